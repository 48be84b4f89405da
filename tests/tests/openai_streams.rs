//! Streamed calls of OpenAI's Responses API over a real socket, and what the headers say of the limits.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::time::Duration;

use codex_ai::provider::openai::OpenAi;
use codex_ai::testing::{Step, WireServer};
use codex_ai::wire::EncodeEvents;
use codex_ai::wire::openai_responses::StreamEncoder;
use codex_ai::{Chunk, ErrorKind, Message, Options, Provider, RateLimit, Reply, Request, Usage};

fn client(server: &WireServer) -> OpenAi {
    OpenAi::builder().key("sk-test-0123456789").base_url(server.url()).build().unwrap()
}

fn hi() -> Request {
    Request::new(vec![Message::user("Hi")])
}

/// The events of an answer in these pieces.
fn events(pieces: &[&str], end: bool) -> Vec<u8> {
    let reply = Reply::from_text("gpt-5.6-luna", pieces.concat()).with_usage(Usage::new(5, 6));
    let mut encoder = StreamEncoder::new("resp_1", "gpt-5.6-luna", 7);
    let mut out = Vec::new();
    for piece in pieces {
        encoder.chunk(&Chunk::Text((*piece).to_owned()), &mut out).unwrap();
    }
    if end {
        encoder.done(&reply, &mut out).unwrap();
    }
    out
}

fn stream_of(body: impl Into<Vec<u8>>) -> Step {
    Step::bytes(200, "text/event-stream", body.into()).with_header("x-request-id", "req_1")
}

#[tokio::test]
async fn pieces_come_and_the_reply_is_that_of_a_whole_answer() {
    let step = stream_of(events(&["Hel", "lo"], true)).with_header("x-ratelimit-remaining-requests", "99");
    let server = WireServer::script([step]).unwrap();
    let mut stream = client(&server).stream(&hi()).await.unwrap();
    let mut texts = Vec::new();
    while let Some(chunk) = stream.next().await {
        texts.extend(chunk.unwrap().as_text().map(str::to_owned));
    }
    assert_eq!(texts, ["Hel", "lo"]);
    let reply = stream.finish().await.unwrap();
    assert_eq!(
        (reply.text(), reply.usage, reply.id.as_deref()),
        ("Hello".into(), Some(Usage::new(5, 6)), Some("resp_1"))
    );
    assert_eq!(
        (reply.request_id.as_deref(), reply.vendor_finish_reason.as_deref()),
        (Some("req_1"), Some("completed"))
    );
    assert_eq!(reply.rate_limits.unwrap().requests.remaining, Some(99));
    assert_eq!(server.requests().remove(0).json()["stream"], true);
}

#[tokio::test]
async fn an_error_of_a_stream_has_the_advice_and_route_of_a_whole_call() {
    let event = r#"{"type":"error","code":"invalid_api_key","message":"The key was revoked.","param":null}"#;
    let gone = r#"{"type":"error","code":"model_not_found","message":"Gone."}"#;
    let body =
        |event: &str| [events(&["Hel"], false), format!("event: error\ndata: {event}\n\n").into_bytes()].concat();
    let server = WireServer::script([stream_of(body(event)), stream_of(body(gone))]).unwrap();
    let error = client(&server).stream(&hi()).await.unwrap().finish().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Authentication);
    assert!(error.help().unwrap().contains("`OPENAI_API_KEY`"), "{error}");
    assert_eq!((error.route(), error.request_id()), (Some("openai/gpt-5.6-luna"), Some("req_1")));
    assert_eq!(error.answer(), Some("Hel"));

    let request = hi().with_options(Options::new().with_model("openai/gpt-oss"));
    let error = client(&server).stream(&request).await.unwrap().finish().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert!(error.help().unwrap().contains("`openai/openai/gpt-oss`"), "{error}");
}

#[tokio::test]
async fn a_stream_that_breaks_off_is_incomplete_and_keeps_its_text() {
    let server = WireServer::script([stream_of(events(&["Hel", "lo"], false))]).unwrap();
    let error = client(&server).stream(&hi()).await.unwrap().finish().await.unwrap_err();
    assert_eq!((error.kind(), error.answer()), (ErrorKind::Incomplete, Some("Hello")));
}

#[tokio::test]
async fn limits_are_read_from_the_headers() {
    let limit = |limit, remaining, reset: Option<u64>| {
        let mut out = RateLimit::default();
        out.limit = limit;
        out.remaining = remaining;
        out.reset = reset.map(Duration::from_millis);
        out
    };
    for (reset, millis) in [
        ("1s", Some(1_000)),
        ("6m0s", Some(360_000)),
        ("12ms", Some(12)),
        ("1h2m3.5s", Some(3_723_500)),
        ("1d", Some(86_400_000)),
        ("7.66", Some(7_660)),
        ("60", Some(60_000)),
        ("0", Some(0)),
        ("1790000000", None),
        ("2026-11-20T00:00:00Z", None),
        ("-1s", None),
        ("s", None),
        ("1", Some(1_000)),
        ("1e400", None),
        ("5 apples", None),
        ("", None),
    ] {
        let step = Step::reply(Reply::from_text("m", "ok"))
            .with_header("x-ratelimit-limit-tokens", "30000")
            .with_header("x-ratelimit-remaining-tokens", "29999.5")
            .with_header("x-ratelimit-reset-tokens", reset);
        let server = WireServer::script([step]).unwrap();
        let limits = client(&server).generate(&hi()).await.unwrap().rate_limits.unwrap();
        assert_eq!(limits.tokens, limit(Some(30_000), Some(29_999), millis), "{reset}");
        assert_eq!(limits.requests, RateLimit::default());
    }
    let step = Step::reply(Reply::from_text("m", "ok")).with_header("x-ratelimit-limit-tokens", "many");
    let server = WireServer::script([step, Step::reply(Reply::from_text("m", "ok"))]).unwrap();
    for _ in 0..2 {
        assert_eq!(client(&server).generate(&hi()).await.unwrap().rate_limits, None);
    }
}
