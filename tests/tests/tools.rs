//! `#[tool]` and the rounds of a model that calls tools: on every vendor over a socket, whole and streamed.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::borrow::Cow;

use codex_ai::provider::anthropic::Anthropic;
use codex_ai::provider::compatible::Compatible;
use codex_ai::provider::gemini::Gemini;
use codex_ai::provider::openai::OpenAi;
use codex_ai::provider::openrouter::OpenRouter;
use codex_ai::testing::{Scripted, Step, WireServer};
use codex_ai::{
    AnyProvider, Chunk, Dispatcher, FinishReason, Function, LlmSchema, Part, Prompt, Reply, Role, Tool, ToolCall,
    ToolDef, ToolResult, Usage, blocking, prompt, tool,
};

/// The weather in a city now.
#[tool]
async fn weather(
    /// Without the country.
    city: &str,
    #[arg(default = 1)] days: u8,
    tags: Option<&str>,
) -> String {
    format!("{days} days of 12 degrees in {city}{}", tags.unwrap_or_default())
}

#[derive(serde::Serialize)]
struct Receipt {
    order: String,
    cents: u32,
}

mod shop {
    use super::{Receipt, tool};

    /// Gives the money back.
    #[tool(name = "refund-order")]
    pub(crate) async fn refund(order: &str, #[arg(rename = "type")] kind: Option<String>) -> Result<Receipt, String> {
        match order {
            "AB-1" => Ok(Receipt { order: order.to_owned(), cents: kind.map_or(450, |_| 1) }),
            other => Err(format!("there is no order {other}")),
        }
    }

    pub(crate) mod orders {
        use super::tool;

        /// Counts.
        #[tool(marker = Count)]
        pub(crate) async fn count(orders: &[String]) -> usize {
            orders.len()
        }

        // A module has the name already.
        pub(crate) mod count {}
    }
}
use shop::refund;

#[derive(Debug, PartialEq, serde::Deserialize, LlmSchema)]
struct Forecast {
    celsius: i32,
}

/// Advises.
#[prompt(tools(weather, refund, shop::orders::Count))]
async fn advise(city: &str) -> Prompt {
    Prompt::new().user(format!("How warm is it in {city}?"))
}

#[prompt(tools(self::weather), marker = Warmth)]
async fn forecast(city: &str) -> Prompt<Forecast> {
    Prompt::new().user(format!("How warm is it in {city}?"))
}

pub(crate) fn vendors(server: &WireServer) -> Vec<AnyProvider> {
    let (url, origin, key) = (server.url(), server.origin(), "a-key-for-tests");
    vec![
        AnyProvider::new(OpenAi::builder().key(key).base_url(&url).build().unwrap()),
        AnyProvider::new(OpenAi::builder().key(key).base_url(&url).chat().build().unwrap()),
        AnyProvider::new(Anthropic::builder().key(key).base_url(&origin).build().unwrap()),
        AnyProvider::new(Gemini::builder().key(key).base_url(&origin).build().unwrap()),
        AnyProvider::new(OpenRouter::builder().key(key).base_url(&url).build().unwrap()),
        AnyProvider::new(Compatible::at(&url).key(key).default_model("m").build().unwrap()),
    ]
}

/// An answer that calls these tools.
fn calls(calls: &[(&str, &str)]) -> Reply {
    let call = |(at, (name, arguments)): (usize, &(&str, &str))| {
        Part::ToolCall(ToolCall::new(format!("call_{at}"), *name, *arguments))
    };
    Reply::new("m", calls.iter().enumerate().map(call).collect())
        .with_finish_reason(FinishReason::ToolCalls)
        .with_usage(Usage::new(10, 5))
}

fn text(text: &str) -> Reply {
    Reply::from_text("m", text).with_usage(Usage::new(20, 6))
}

/// The results that a request tells, oldest first.
fn results(messages: &[codex_ai::Message]) -> Vec<ToolResult> {
    let parts = messages.iter().filter(|message| message.role == Role::Tool).flat_map(|message| &message.parts);
    parts.filter_map(|part| if let Part::ToolResult(result) = part { Some(result.clone()) } else { None }).collect()
}

#[tokio::test]
async fn tools_are_called_until_the_model_answers_on_every_vendor() {
    let steps = || {
        [
            calls(&[("weather", r#"{"city":"Oslo"}"#), ("refund-order", r#"{"order":"AB-1","type":"x"}"#)]),
            calls(&[("count", r#"{"orders":["a","b"]}"#)]),
            text("12 degrees."),
        ]
    };
    let server = WireServer::script((0..12).flat_map(|_| steps()).map(Step::reply)).unwrap();
    for vendor in vendors(&server) {
        let name = vendor.name().to_owned();
        let dispatcher = Dispatcher::new(vendor).unwrap();
        let reply = dispatcher.reply::<Advise>(AdviseArgs { city: "Oslo" }).await.unwrap();
        assert_eq!((&*reply.value, reply.usage, reply.attempts), ("12 degrees.", Some(Usage::new(40, 16)), 3), "{name}");
        let told: Vec<_> = results(&reply.tool_messages).into_iter().map(|result| result.output).collect();
        assert_eq!(told, ["1 days of 12 degrees in Oslo", r#"{"order":"AB-1","cents":1}"#, "2"], "{name}");

        let mut stream = dispatcher.stream::<Advise>(AdviseArgs { city: "Oslo" }).await.unwrap();
        let mut shown = Vec::new();
        while let Some(chunk) = stream.next().await {
            match chunk.unwrap() {
                Chunk::ToolCall { index, name, .. } => shown.push(format!("{index} {name}")),
                Chunk::ToolResult { index, result } => shown.push(format!("{index} = {}", result.output)),
                Chunk::Text(text) => shown.push(text),
                Chunk::Finish { usage, .. } => shown.push(usage.unwrap().total_tokens().to_string()),
                _ => {}
            }
        }
        let wanted = [
            "0 weather",
            "1 refund-order",
            "0 = 1 days of 12 degrees in Oslo",
            r#"1 = {"order":"AB-1","cents":1}"#,
            "2 count",
            "2 = 2",
        ];
        assert_eq!(shown[..6], wanted, "{name}");
        assert_eq!(shown[6..shown.len() - 1].concat(), "12 degrees.", "{name}");
        assert_eq!(shown.last().unwrap(), "56", "{name}");
        let streamed = stream.finish().await.unwrap();
        assert_eq!((streamed.value, streamed.usage), ("12 degrees.".to_owned(), reply.usage), "{name}");
        assert_eq!(streamed.tool_messages.len(), 4, "{name}");
    }
    assert_eq!(server.request_count(), 36);
    for (at, request) in server.requests().iter().enumerate() {
        let body = request.json().to_string();
        assert!(body.contains("Without the country.") && body.contains("Gives the money back."), "{body}");
        assert_eq!(body.contains("12 degrees in Oslo"), at % 3 > 0, "{body}");
    }
}

#[tokio::test]
async fn values_are_read_after_the_tools_on_every_vendor() {
    let mut call = calls(&[("weather", r#"{"city":"Oslo"}"#)]);
    call.parts.insert(0, Part::Text("I look that up: {".into()));
    let steps = || [call.clone(), text(r#"{"celsius":12}"#)];
    let server = WireServer::script((0..12).flat_map(|_| steps()).map(Step::reply)).unwrap();
    for vendor in vendors(&server) {
        let name = vendor.name().to_owned();
        let dispatcher = Dispatcher::new(vendor).unwrap();
        let value = dispatcher.call::<Warmth>(WarmthArgs { city: "Oslo" }).await.unwrap();
        assert_eq!(value, Forecast { celsius: 12 }, "{name}");
        let mut stream = dispatcher.stream::<Warmth>(WarmthArgs { city: "Oslo" }).await.unwrap();
        let mut last = None;
        while let Some(partial) = stream.next_partial().await {
            last = partial.unwrap().celsius.partial().copied();
        }
        assert_eq!(last, Some(12), "{name}");
        assert_eq!(stream.finish().await.unwrap().value, value, "{name}");
    }
}
