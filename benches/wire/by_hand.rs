//! The floor: the same calls with reqwest and serde_json alone, with types of just what is needed. It checks nothing,
//! limits nothing and keeps nothing.

use std::borrow::Cow;
use std::pin::{Pin, pin};

use bytes::Bytes;
use futures_core::Stream;
use reqwest::Client;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

pub struct ByHand {
    client: Client,
    url: String,
}

#[derive(Serialize)]
struct Body<'a> {
    model: &'a str,
    instructions: &'a str,
    input: &'a str,
    store: bool,
    stream: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<Text<'a>>,
}

#[derive(Serialize)]
struct Text<'a> {
    format: Format<'a>,
}

#[derive(Serialize)]
struct Format<'a> {
    r#type: &'a str,
    name: &'a str,
    strict: bool,
    schema: &'a RawValue,
}

#[derive(Deserialize)]
struct Answer {
    model: String,
    output: Vec<Item>,
    usage: Usage,
}

#[derive(Deserialize)]
struct Item {
    content: Vec<Content>,
}

#[derive(Deserialize)]
struct Content {
    text: String,
}

#[derive(Deserialize)]
struct Usage {
    input_tokens: u64,
    output_tokens: u64,
}

#[derive(Deserialize)]
struct Event<'a> {
    #[serde(borrow, rename = "type")]
    kind: Cow<'a, str>,
    delta: Option<String>,
}

impl ByHand {
    pub fn new(base_url: &str) -> Self {
        let client = Client::builder().no_proxy().build().expect("a client");
        Self { client, url: format!("{base_url}/responses") }
    }

    async fn send(&self, system: &str, user: &str, schema: Option<&RawValue>, stream: bool) -> reqwest::Response {
        let text = schema
            .map(|schema| Text { format: Format { r#type: "json_schema", name: "Report", strict: true, schema } });
        let body = Body { model: "gpt-5.6-luna", instructions: system, input: user, store: false, stream, text };
        let body = serde_json::to_vec(&body).expect("it is JSON");
        let request = self.client.post(&self.url).bearer_auth("sk-test-0123456789");
        let request = request.header("content-type", "application/json").header("accept", "application/json");
        request.body(body).send().await.expect("an answer").error_for_status().expect("a good answer")
    }

    /// A call for free text.
    pub async fn text(&self, system: &str, user: &str) -> String {
        self.answer(system, user, None).await
    }

    /// A call for a value.
    pub async fn value<T: DeserializeOwned>(&self, system: &str, user: &str, schema: &RawValue) -> T {
        serde_json::from_str(&self.answer(system, user, Some(schema)).await).expect("a value")
    }

    async fn answer(&self, system: &str, user: &str, schema: Option<&RawValue>) -> String {
        let body = self.send(system, user, schema, false).await.bytes().await.expect("a body");
        let mut answer: Answer = serde_json::from_slice(&body).expect("an answer");
        std::hint::black_box((answer.model, answer.usage.input_tokens + answer.usage.output_tokens));
        answer.output.pop().and_then(|mut item| item.content.pop()).expect("a text").text
    }

    /// A streamed call; returns the number of pieces and of their bytes.
    pub async fn stream(&self, system: &str, user: &str) -> (usize, usize) {
        let body = pin!(self.send(system, user, None, true).await.bytes_stream());
        self.pieces(body).await
    }

    async fn pieces(&self, mut body: Pin<&mut impl Stream<Item = reqwest::Result<Bytes>>>) -> (usize, usize) {
        let mut buffer = Vec::new();
        let (mut count, mut bytes) = (0, 0);
        while let Some(piece) = std::future::poll_fn(|cx| body.as_mut().poll_next(cx)).await {
            buffer.extend_from_slice(&piece.expect("a piece"));
            let mut start = 0;
            while let Some(end) = memchr::memchr(b'\n', &buffer[start..]) {
                let line = &buffer[start..start + end];
                start += end + 1;
                let Some(data) = line.strip_prefix(b"data: ") else { continue };
                let event: Event<'_> = serde_json::from_slice(data).expect("an event");
                if event.kind == "response.output_text.delta" {
                    let text = std::hint::black_box(event.delta.expect("a piece"));
                    count += 1;
                    bytes += text.len();
                }
            }
            buffer.drain(..start);
        }
        (count, bytes)
    }
}

/// The stream as it comes from reqwest, with nothing read of it: what the HTTP library alone costs.
pub async fn bare(hand: &ByHand, system: &str, user: &str) -> usize {
    let mut body = pin!(hand.send(system, user, None, true).await.bytes_stream());
    let mut bytes = 0;
    while let Some(piece) = std::future::poll_fn(|cx| body.as_mut().poll_next(cx)).await {
        bytes += piece.expect("a piece").len();
    }
    bytes
}
