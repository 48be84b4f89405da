//! Calls of Anthropic's Messages API over a real socket.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread::JoinHandle;
use std::time::Duration;

use codex_ai::provider::anthropic::{Anthropic, AnthropicBuilder, DEFAULT_API_VERSION, DEFAULT_MODEL};
use codex_ai::wire::anthropic::DEFAULT_MAX_TOKENS;
use codex_ai::{
    Chunk, Error, ErrorKind, FinishReason, Message, Options, Part, Provider, Reply, Request, Result, Usage,
};
use serde_json::{Value, json};

const KEY: &str = "sk-ant-test-0123456789";

/// What a server got: the head in lower case, and the body.
struct Got {
    head: String,
    body: Value,
}

/// A server that answers one request with these bytes, and then closes the connection.
fn serve(answer: String) -> (String, JoinHandle<Got>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let server = std::thread::spawn(move || {
        let (mut socket, _) = listener.accept().unwrap();
        let mut bytes = Vec::new();
        let (head, length) = loop {
            let mut piece = [0; 4096];
            let count = socket.read(&mut piece).unwrap();
            assert_ne!(count, 0, "the request is cut off");
            bytes.extend_from_slice(&piece[..count]);
            if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
                let head = String::from_utf8(bytes.drain(..end + 4).collect()).unwrap().to_lowercase();
                let length = head.split("content-length: ").nth(1).and_then(|rest| rest.lines().next()).unwrap();
                let length: usize = length.parse().unwrap();
                break (head, length);
            }
        };
        while bytes.len() < length {
            let mut piece = [0; 4096];
            let count = socket.read(&mut piece).unwrap();
            bytes.extend_from_slice(&piece[..count]);
        }
        socket.write_all(answer.as_bytes()).unwrap();
        Got { head, body: serde_json::from_slice(&bytes).unwrap() }
    });
    (url, server)
}

fn http(status: &str, headers: &str, kind: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\nrequest-id: req_1\r\n{headers}connection: close\r\n\r\n{body}"
    )
}

fn answer() -> String {
    json!({
        "id": "msg_1", "type": "message", "role": "assistant", "model": "claude-test",
        "content": [{ "type": "text", "text": "Hello" }],
        "stop_reason": "end_turn", "stop_sequence": null,
        "usage": { "input_tokens": 5, "output_tokens": 6, "cache_creation_input_tokens": 10, "cache_read_input_tokens": 100 }
    })
    .to_string()
}

fn events(list: &[Value]) -> String {
    list.iter().map(|event| format!("event: {}\ndata: {event}\n\n", event["type"].as_str().unwrap())).collect()
}

fn start() -> Value {
    json!({ "type": "message_start", "message": { "id": "msg_1", "model": "claude-test", "content": [],
            "usage": { "input_tokens": 5, "cache_creation_input_tokens": 10, "cache_read_input_tokens": 100, "output_tokens": 1 } } })
}

fn text_block(text: &str) -> [Value; 3] {
    [
        json!({ "type": "content_block_start", "index": 0, "content_block": { "type": "text", "text": "" } }),
        json!({ "type": "ping" }),
        json!({ "type": "content_block_delta", "index": 0, "delta": { "type": "text_delta", "text": text } }),
    ]
}

fn end() -> [Value; 3] {
    [
        json!({ "type": "content_block_stop", "index": 0 }),
        json!({ "type": "message_delta", "delta": { "stop_reason": "end_turn" }, "usage": { "output_tokens": 6 } }),
        json!({ "type": "message_stop" }),
    ]
}

fn whole_stream() -> String {
    let mut list = vec![start()];
    list.extend(text_block("Hello"));
    list.extend(end());
    events(&list)
}

fn builder(url: &str) -> AnthropicBuilder {
    Anthropic::builder().key(KEY).base_url(url).timeout(Duration::from_secs(20))
}

fn hi() -> Request {
    Request::new(vec![Message::user("Hi")])
}

fn expected() -> Reply {
    let mut usage = Usage::new(115, 6);
    (usage.cached_tokens, usage.cache_write_tokens) = (100, 10);
    let mut reply = Reply::from_text("claude-test", "Hello").with_usage(usage);
    reply.id = Some("msg_1".to_owned());
    reply.request_id = Some("req_1".to_owned());
    reply.vendor_finish_reason = Some("end_turn".into());
    reply
}

async fn ask(request: &Request, response: String) -> (Result<Reply>, Got) {
    let (url, server) = serve(response);
    let answer = builder(&url).build().unwrap().generate(request).await;
    (answer, server.join().unwrap())
}

async fn failed(status: &str, headers: &str, body: &Value) -> Error {
    ask(&hi(), http(status, headers, "application/json", &body.to_string())).await.0.unwrap_err()
}

#[tokio::test]
async fn a_text_goes_out_and_an_answer_comes_back() {
    let (reply, got) = ask(&hi(), http("200 OK", "", "application/json", &answer())).await;
    let reply = reply.unwrap();
    assert_eq!(reply, expected());
    assert_eq!(reply.raw_json()["usage"]["input_tokens"], 5);
    assert!(got.head.starts_with("post /v1/messages http/1.1\r\n"), "{}", got.head);
    assert!(got.head.contains(&format!("x-api-key: {KEY}\r\n")));
    assert!(got.head.contains(&format!("anthropic-version: {DEFAULT_API_VERSION}\r\n")));
    assert!(!got.head.contains("authorization") && !got.head.contains("anthropic-beta"));
    let messages = json!([{ "role": "user", "content": "Hi" }]);
    let body = json!({ "model": DEFAULT_MODEL, "max_tokens": DEFAULT_MAX_TOKENS, "messages": messages });
    assert_eq!(got.body, body);
}

#[tokio::test]
async fn a_token_betas_and_a_version_are_sent() {
    let (url, server) = serve(http("200 OK", "", "application/json", &answer()));
    let anthropic = Anthropic::builder()
        .auth_token("token-0123456789")
        .base_url(format!("{url}/v1/"))
        .api_version("2026-10-21")
        .beta("one-2026-01-01")
        .beta("two-2026-01-01")
        .reasoning_effort("low")
        .build()
        .unwrap();
    let request = hi().with_options(Options::new().with_model("anthropic/claude-x"));
    anthropic.generate(&request).await.unwrap();
    let got = server.join().unwrap();
    assert!(got.head.starts_with("post /v1/messages "));
    assert!(got.head.contains("authorization: bearer token-0123456789\r\n"));
    assert!(!got.head.contains("x-api-key"));
    assert!(got.head.contains("anthropic-version: 2026-10-21\r\n"));
    assert!(got.head.contains("anthropic-beta: one-2026-01-01,two-2026-01-01\r\n"));
    assert_eq!(got.body["model"], "claude-x");
    assert_eq!(got.body["output_config"], json!({ "effort": "low" }));
}

#[tokio::test]
async fn a_version_without_sampling_refuses_it_before_anything_is_sent() {
    let anthropic = builder("http://127.0.0.1:9").api_version("2026-10-21").build().unwrap();
    let request = hi().with_options(Options::new().with_temperature(0.0).with_top_k(3));
    let error = anthropic.generate(&request).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    let paths: Vec<_> = error.problems().iter().map(|problem| problem.path.as_str()).collect();
    assert_eq!(paths, ["options.temperature", "options.top_k"]);
    assert_eq!(error.route(), Some(format!("anthropic/{DEFAULT_MODEL}").as_str()));
}

#[tokio::test]
async fn another_vendors_model_is_refused_at_the_vendors_own_address() {
    let anthropic = Anthropic::new(KEY).unwrap();
    let error = anthropic.generate(&hi().with_options(Options::new().with_model("openai/gpt-6"))).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert!(!format!("{anthropic:?} {error} {error:?}").contains(KEY));
}

#[tokio::test]
async fn a_stream_gives_the_reply_of_a_whole_answer() {
    let (url, server) = serve(http("200 OK", "", "text/event-stream", &whole_stream()));
    let mut stream = builder(&url).build().unwrap().stream(&hi()).await.unwrap();
    let mut pieces = Vec::new();
    while let Some(piece) = stream.next().await {
        pieces.push(piece.unwrap());
    }
    let finish = Chunk::Finish { reason: FinishReason::Stop, usage: expected().usage };
    assert_eq!(pieces, [Chunk::Text("Hello".to_owned()), finish]);
    let reply = stream.finish().await.unwrap();
    assert_eq!(reply, expected());
    assert_eq!(server.join().unwrap().body["stream"], true);
}

#[tokio::test]
async fn a_large_limit_of_tokens_asks_for_a_stream_and_gives_the_whole() {
    let request = hi().with_options(Options::new().with_max_tokens(64_000));
    let (reply, got) = ask(&request, http("200 OK", "", "text/event-stream", &whole_stream())).await;
    assert_eq!(reply.unwrap(), expected());
    assert_eq!((&got.body["stream"], &got.body["max_tokens"]), (&json!(true), &json!(64_000)));
}

#[tokio::test]
async fn a_cut_stream_keeps_the_text_and_the_tokens() {
    let mut list = vec![start()];
    list.extend(text_block("Hel"));
    let (url, server) = serve(http("200 OK", "", "text/event-stream", &events(&list)));
    let stream = builder(&url).build().unwrap().stream(&hi()).await.unwrap();
    let error = stream.finish().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Incomplete);
    assert_eq!(error.answer(), Some("Hel"));
    assert_eq!(error.usage().unwrap().input_tokens, 115);
    assert_eq!(error.request_id(), Some("req_1"));
    server.join().unwrap();
}

#[tokio::test]
async fn an_overload_amid_a_stream_is_the_vendors_error() {
    let mut list = vec![start()];
    list.extend(text_block("Hel"));
    list.push(json!({ "type": "error", "error": { "type": "overloaded_error", "message": "Overloaded" } }));
    list.extend(end());
    let (url, server) = serve(http("200 OK", "", "text/event-stream", &events(&list)));
    let error = builder(&url).build().unwrap().stream(&hi()).await.unwrap().finish().await.unwrap_err();
    assert_eq!((error.kind(), error.code(), error.status()), (ErrorKind::Server, Some("overloaded_error"), None));
    assert!(error.is_retryable());
    assert_eq!(error.answer(), Some("Hel"));
    server.join().unwrap();
}

#[tokio::test]
async fn errors_have_the_kind_that_the_vendor_means() {
    let body = |kind: &str, details: Value| json!({ "type": "error", "error": { "type": kind, "message": format!("bad {KEY}"), "details": details } });
    let cases = [
        ("401 Unauthorized", body("authentication_error", Value::Null), ErrorKind::Authentication),
        ("402 Payment Required", body("billing_error", Value::Null), ErrorKind::Quota),
        ("404 Not Found", body("not_found_error", Value::Null), ErrorKind::NotFound),
        ("413 Payload Too Large", body("request_too_large", Value::Null), ErrorKind::InvalidRequest),
        ("429 Too Many Requests", body("rate_limit_error", Value::Null), ErrorKind::RateLimit),
        (
            "429 Too Many Requests",
            body("rate_limit_error", json!({ "error_code": "enforced_spend_limit_reached" })),
            ErrorKind::Quota,
        ),
        (
            "400 Bad Request",
            body("invalid_request_error", json!({ "error_code": "contract_spend_limit_reached" })),
            ErrorKind::Quota,
        ),
        ("529 Overloaded", body("overloaded_error", Value::Null), ErrorKind::Server),
        ("503 Unavailable", json!("down"), ErrorKind::Server),
    ];
    for (status, body, kind) in cases {
        let error = failed(status, "retry-after: 7\r\n", &body).await;
        assert_eq!(error.kind(), kind, "{status} {body}");
        assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
        assert_eq!(error.request_id(), Some("req_1"));
        assert!(!format!("{error} {error:?}").contains(KEY), "{error}");
    }
}

#[tokio::test]
async fn limits_are_read_from_the_headers() {
    let headers = "anthropic-ratelimit-requests-limit: 50\r\nanthropic-ratelimit-requests-remaining: 49\r\n\
                   anthropic-ratelimit-requests-reset: 2020-01-01T00:00:00Z\r\n\
                   anthropic-ratelimit-input-tokens-remaining: 1000\r\n\
                   anthropic-ratelimit-output-tokens-reset: 9999-12-31T23:59:59.5-01:30\r\n\
                   anthropic-ratelimit-tokens-reset: soon\r\n";
    let (reply, _) = ask(&hi(), http("200 OK", headers, "application/json", &answer())).await;
    let limits = reply.unwrap().rate_limits.unwrap();
    assert_eq!((limits.requests.limit, limits.requests.remaining), (Some(50), Some(49)));
    assert_eq!(limits.requests.reset, Some(Duration::ZERO));
    assert_eq!(limits.input_tokens.remaining, Some(1000));
    let years = limits.output_tokens.reset.unwrap().as_secs() / (365 * 86_400);
    assert!((7_900..8_000).contains(&years), "{years}");
    assert_eq!(limits.tokens.reset, None);
}

#[tokio::test]
async fn a_refusal_says_why() {
    let body = json!({
        "id": "msg_1", "model": "claude-test", "content": [], "stop_reason": "refusal",
        "stop_details": { "type": "refusal", "category": "bio", "explanation": "too dangerous" },
        "usage": { "input_tokens": 1, "output_tokens": 0 },
    });
    let (reply, _) = ask(&hi(), http("200 OK", "", "application/json", &body.to_string())).await;
    let reply = reply.unwrap();
    assert_eq!(reply.finish_reason, FinishReason::Refusal);
    assert_eq!(reply.refusal(), Some("too dangerous"));
    assert_eq!(reply.parts[1], Part::Raw(json!({ "type": "refusal", "category": "bio" })));
}
