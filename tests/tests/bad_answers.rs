//! What can go wrong on the wire, over a real socket: each way ends in a typed error, none in a hang or a panic.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::io::{Read, Write};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use codex_ai::provider::openai::{OpenAi, OpenAiBuilder};
use codex_ai::testing::{Step, WireServer};
use codex_ai::transport::{Body, Outgoing, Response, Transport};
use codex_ai::{BoxFuture, Error, ErrorKind, Message, Provider, Reply, Request};
use serde_json::json;

fn builder(url: &str) -> OpenAiBuilder {
    OpenAi::builder().key("sk-test-0123456789").base_url(url)
}

fn hi() -> Request {
    Request::new(vec![Message::user("Hi")])
}

/// The error that one answer of the server leads to.
async fn error_of(step: Step) -> Error {
    error_with(step, |builder| builder).await
}

async fn error_with(step: Step, settings: impl FnOnce(OpenAiBuilder) -> OpenAiBuilder) -> Error {
    let server = WireServer::script([step]).unwrap();
    let openai = settings(builder(&server.url())).build().unwrap();
    let error = openai.generate(&hi()).await.unwrap_err();
    assert_eq!(error.route(), Some("openai/gpt-5.6-luna"), "{error}");
    error
}

#[tokio::test]
async fn each_status_and_code_has_its_kind() {
    use ErrorKind::*;
    let cases = [
        (400, "invalid_value", InvalidRequest, false),
        (400, "context_length_exceeded", InvalidRequest, false),
        (400, "invalid_api_key", Authentication, false),
        (400, "content_filter", Filtered, false),
        (401, "invalid_api_key", Authentication, false),
        (402, "payment_required", Quota, false),
        (403, "unsupported_country", Permission, false),
        (403, "model_not_found", NotFound, false),
        (404, "model_not_found", NotFound, false),
        (404, "anything", NotFound, false),
        (408, "timeout", Timeout, true),
        (409, "conflict", Server, true),
        (413, "too_big", InvalidRequest, false),
        (422, "unprocessable", InvalidRequest, false),
        (429, "rate_limit_exceeded", RateLimit, true),
        (429, "anything", RateLimit, true),
        (429, "insufficient_quota", Quota, false),
        (429, "credit_balance_exhausted", Quota, false),
        (429, "project_spend_limit_reached", Quota, false),
        (500, "server_error", Server, true),
        (500, "context_length_exceeded", InvalidRequest, false),
        (503, "overloaded", Server, true),
        (529, "overloaded", Server, true),
        (307, "moved", Config, false),
    ];
    let steps =
        cases.map(|(status, code, _, _)| Step::error(status, code, "Some words.").with_header("x-request-id", "req_9"));
    let server = WireServer::script(steps).unwrap();
    let openai = builder(&server.url()).build().unwrap();
    for (status, code, kind, retryable) in cases {
        let error = openai.generate(&hi()).await.unwrap_err();
        assert_eq!((error.kind(), error.is_retryable()), (kind, retryable), "{status} {code}: {error}");
        assert_eq!((error.status(), error.code()), (Some(status), Some(code)));
        assert_eq!(error.request_id(), Some("req_9"));
        assert!(error.message().ends_with(": Some words."), "{error}");
    }
}

#[tokio::test]
async fn error_bodies_of_other_shapes_are_read() {
    let cases = [
        (
            json!({ "error": { "message": "m", "type": "t", "param": "input[0]", "code": null } }),
            Some("t"),
            "m (parameter `input[0]`)",
        ),
        (json!({ "error": { "message": "m", "code": 400 } }), Some("400"), "m"),
        (json!({ "message": "m", "code": "c" }), Some("c"), "m"),
        (json!({ "error": "m" }), None, "m"),
        (json!({ "detail": [{ "msg": "m" }] }), None, r#"[{"msg":"m"}]"#),
        (json!("m"), None, "m"),
    ];
    for (body, code, words) in cases {
        let error = error_of(Step::json(400, &body)).await;
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
        assert_eq!(error.code(), code, "{body}");
        assert!(error.message().ends_with(&format!(": {words}")), "{body}: {error}");
    }
    let error = error_of(Step::bytes(500, "text/plain", "")).await;
    assert_eq!((error.kind(), error.message()), (ErrorKind::Server, "the vendor failed"));
}

#[tokio::test]
async fn a_page_of_html_is_kept_short() {
    let page =
        format!("<html><head><title>502 Bad Gateway</title></head>\n<body>{}</body></html>", "sorry ".repeat(5_000));
    let error = error_of(Step::bytes(502, "text/html", page)).await;
    assert_eq!((error.kind(), error.status()), (ErrorKind::Server, Some(502)));
    assert!(error.message().starts_with("the vendor failed: 502 Bad Gateway sorry"), "{error}");
    assert!(error.message().len() < 300 && !error.message().contains('<'), "{error}");

    let long = error_of(Step::error(400, "c", &"long words\n".repeat(4_000))).await;
    assert!(long.message().chars().count() < 1_100 && !long.message().contains('\n'), "{}", long.message().len());
}

#[tokio::test]
async fn retry_after_is_read_in_all_its_forms() {
    let seconds = |seconds: f64| Some(Duration::from_secs_f64(seconds));
    type Headers = &'static [(&'static str, &'static str)];
    let cases: [(Headers, Option<Duration>); 11] = [
        (&[("retry-after", "7")], seconds(7.0)),
        (&[("retry-after", "1.5")], seconds(1.5)),
        (&[("retry-after-ms", "250"), ("retry-after", "7")], seconds(0.25)),
        (&[("retry-after-ms", "soon"), ("retry-after", "7")], seconds(7.0)),
        (&[("retry-after", "0")], None),
        (&[("retry-after", "-3")], None),
        (&[("retry-after", "NaN")], None),
        (&[("retry-after", "1e300")], None),
        (&[("retry-after", "soon")], None),
        (&[("retry-after", "Thu, 01 Jan 1970 00:00:00 GMT")], None),
        (&[], None),
    ];
    for (headers, expected) in cases {
        let mut step = Step::error(429, "rate_limit_exceeded", "slow");
        for (name, value) in headers {
            step = step.with_header(name, value);
        }
        assert_eq!(error_of(step).await.retry_after(), expected, "{headers:?}");
    }
    // A date far ahead: the wait is the time from now until then.
    let error = error_of(Step::error(503, "c", "m").with_header("retry-after", "Fri, 01 Jan 2100 00:00:00 GMT")).await;
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    let until = Duration::from_secs(4_102_444_800) - now;
    let wait = error.retry_after().unwrap();
    assert!(wait >= until && wait < until + Duration::from_secs(600), "{wait:?} {until:?}");
}

#[tokio::test]
async fn answers_that_are_no_answers() {
    let json = "application/json";
    let cases: [(Step, ErrorKind, &str); 12] = [
        (Step::bytes(200, json, ""), ErrorKind::Protocol, "no body"),
        (Step::bytes(200, json, "hello"), ErrorKind::Protocol, "not JSON"),
        (Step::bytes(200, "text/html", "<html>Log in</html>"), ErrorKind::Protocol, "HTML"),
        (Step::bytes(200, json, &b"{\"output\": \"\xff\"}"[..]), ErrorKind::Protocol, "UTF-8"),
        (Step::bytes(200, json, "[1, 2]"), ErrorKind::Protocol, "another shape"),
        (Step::bytes(200, json, "{}"), ErrorKind::Protocol, "`output`"),
        (Step::bytes(200, json, r#"{"output": "text"}"#), ErrorKind::Protocol, "another shape"),
        (Step::bytes(200, json, r#"{"choices": []}"#), ErrorKind::Protocol, "`output`"),
        (Step::bytes(200, json, r#"{"output": ["#), ErrorKind::Incomplete, "too early"),
        (
            Step::bytes(200, json, r#"{"error": {"message": "m", "code": "rate_limit_exceeded"}}"#),
            ErrorKind::RateLimit,
            "m",
        ),
        (
            Step::bytes(
                200,
                json,
                r#"{"status": "failed", "output": [], "error": {"message": "m", "code": "server_error"}}"#,
            ),
            ErrorKind::Server,
            "m",
        ),
        (Step::bytes(200, json, r#"{"status": "failed", "output": []}"#), ErrorKind::Server, "no reason"),
    ];
    for (step, kind, words) in cases {
        let error = error_of(step.with_header("x-request-id", "req_5")).await;
        assert_eq!(error.kind(), kind, "{error}");
        assert!(error.message().contains(words), "{error} / {words}");
        assert_eq!(error.request_id(), Some("req_5"));
    }
    let error = error_of(Step::bytes(200, json, "paid for")).await;
    assert_eq!(error.answer(), Some("paid for"));
    let failed =
        error_of(Step::json(200, &json!({ "status": "failed", "error": { "code": "bio_policy", "message": "m" } })))
            .await;
    assert_eq!((failed.kind(), failed.code()), (ErrorKind::Filtered, Some("bio_policy")));
}

#[tokio::test]
async fn a_compressed_answer_that_nobody_asked_for_is_called_that() {
    let compressed = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0xab, 0x56];
    for kind in ["application/json", "text/event-stream"] {
        let step = || Step::bytes(200, kind, compressed.to_vec()).with_header("content-encoding", "gzip");
        let server = WireServer::script([step()]).unwrap();
        let openai = builder(&server.url()).build().unwrap();
        let error = match openai.stream(&hi()).await {
            Ok(stream) => stream.finish().await.unwrap_err(),
            Err(error) => error,
        };
        assert!(error.help().unwrap().contains("compressed"), "{kind}: {error}");
        assert!(error_of(step()).await.help().unwrap().contains("compressed"), "{kind}");
    }
}

#[tokio::test]
async fn an_odd_item_or_number_does_not_lose_the_rest() {
    let deep = format!("{}{}", "[".repeat(400), "]".repeat(400));
    let text = r#"{"type":"message","role":"assistant","content":[{"type":"output_text","text":"kept"}]}"#;
    let body = format!(
        r#"{{"id":7,"model":null,"output":[{{"type":"odd","deep":{deep}}},{text},3,null],"usage":{{"input_tokens":4.0}}}}"#
    );
    let server = WireServer::script([Step::bytes(200, "application/json", body)]).unwrap();
    let reply = builder(&server.url()).build().unwrap().generate(&hi()).await.unwrap();
    assert_eq!(reply.text(), "kept");
    assert_eq!(reply.parts.len(), 4);
    assert_eq!(reply.id.as_deref(), Some("7"));
    assert_eq!(reply.usage.unwrap().input_tokens, 4);
}

#[tokio::test]
async fn an_error_page_without_end_is_read_in_part() {
    let error = error_of(Step::bytes(500, "text/plain", vec![b'x'; 8 << 20])).await;
    assert_eq!(error.kind(), ErrorKind::Server);
    assert!(error.message().len() < 300);
    // What there is of a broken error body is told, with the status.
    let error = error_of(Step::error(503, "overloaded", "m").cut_after(20)).await;
    assert_eq!((error.kind(), error.status()), (ErrorKind::Server, Some(503)));
}

#[tokio::test]
async fn a_body_that_breaks_off_is_incomplete() {
    for step in [Step::reply(Reply::from_text("m", "Hello")), Step::reply(Reply::from_text("m", "Hello")).chunked()] {
        let error = error_of(step.cut_after(30)).await;
        assert_eq!(error.kind(), ErrorKind::Incomplete, "{error}");
        assert!(error.is_retryable());
        assert_eq!(error.answer().map(str::len), Some(30));
    }
    assert_eq!(error_of(Step::reply(Reply::from_text("m", "Hello")).cut_after(0)).await.kind(), ErrorKind::Incomplete);
}

#[tokio::test]
async fn a_server_that_says_nothing_meets_the_limits() {
    let short = Duration::from_millis(30);
    let error = error_with(Step::never(), |builder| builder.timeout(short)).await;
    assert_eq!(error.kind(), ErrorKind::Timeout, "{error}");
    assert!(error.is_retryable());

    let stalled = || Step::reply(Reply::from_text("m", "Hello")).stall_after(30);
    let error = error_with(stalled(), |builder| builder.read_timeout(short)).await;
    assert_eq!(error.kind(), ErrorKind::Timeout);
    let error = error_with(stalled(), |builder| builder.timeout(short)).await;
    assert_eq!(error.kind(), ErrorKind::Timeout);
}

#[tokio::test(start_paused = true)]
async fn what_came_before_a_pause_is_kept() {
    /// Sends two pieces and nothing more.
    struct Stalls;

    impl Transport for Stalls {
        fn send<'a>(&'a self, _request: Outgoing<'a>) -> BoxFuture<'a, codex_ai::Result<Response>> {
            let mut pieces = vec!["two", "one "];
            let stream = std::iter::from_fn(move || pieces.pop()).map(|piece| Ok(piece.into()));
            Box::pin(async { Ok(Response::new(200, Body::stream(Then(stream)))) })
        }
    }

    let openai = builder("http://localhost/v1").transport(std::sync::Arc::new(Stalls)).build().unwrap();
    let start = tokio::time::Instant::now();
    let error = openai.generate(&hi()).await.unwrap_err();
    assert_eq!((error.kind(), error.answer()), (ErrorKind::Timeout, Some("one two")));
    assert_eq!(start.elapsed().as_secs(), codex_ai::transport::DEFAULT_READ_TIMEOUT.as_secs());
}

/// The items of an iterator as a stream that never ends.
struct Then<I>(I);

impl<I: Iterator + Unpin> futures_core::Stream for Then<I> {
    type Item = I::Item;

    fn poll_next(mut self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<Option<I::Item>> {
        self.0.next().map_or(Poll::Pending, |item| Poll::Ready(Some(item)))
    }
}

#[tokio::test]
async fn a_server_that_stalls_inside_an_error_still_tells_the_status() {
    let step = Step::error(429, "rate_limit_exceeded", "slow").stall_after(5);
    let error = error_with(step, |builder| builder.read_timeout(Duration::from_millis(30))).await;
    assert_eq!((error.kind(), error.status()), (ErrorKind::RateLimit, Some(429)));
}

#[tokio::test]
async fn nobody_there_or_somebody_who_hangs_up() {
    // A port that was free a moment ago, and is closed.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let openai = builder(&format!("http://127.0.0.1:{port}/v1")).build().unwrap();
    let error = openai.generate(&hi()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect, "{error}");
    assert!(!chain(&error).contains("/v1"), "{}", chain(&error));

    let raw = |answer: &'static [u8]| {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/v1", listener.local_addr().unwrap());
        let thread = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut buffer = [0; 4_096];
            assert!(stream.read(&mut buffer).unwrap() > 0);
            stream.write_all(answer).unwrap();
        });
        (url, thread)
    };
    for answer in [&b""[..], b"HTTP/1.1 200 OK\r\ncontent-", b"garbage\r\n\r\n"] {
        let (url, thread) = raw(answer);
        let error = builder(&url).build().unwrap().generate(&hi()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Connect, "{error}");
        thread.join().unwrap();
    }
    // Neither a length nor chunks: the body ends with the connection, and its JSON tells that it was not all.
    let (url, thread) = raw(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n{\"output\": [");
    let error = builder(&url).build().unwrap().generate(&hi()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Incomplete, "{error}");
    thread.join().unwrap();
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let other = WireServer::script([]).unwrap();
    let step = Step::bytes(307, "text/plain", "").with_header("location", &format!("{}/responses", other.url()));
    let error = error_of(step).await;
    assert_eq!(error.kind(), ErrorKind::Config);
    assert_eq!(other.request_count(), 0);
}

#[tokio::test]
async fn the_server_itself_answers_as_openai_does() {
    let server = WireServer::script([]).unwrap();
    let base = server.url();
    let error = builder(&format!("{base}/elsewhere")).build().unwrap().generate(&hi()).await.unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::NotFound, Some("unknown_url")));
    let error = builder(&base).build().unwrap().generate(&hi()).await.unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::InvalidRequest, Some("script_exhausted")));

    let get = |key: &str, method: &str| {
        let mut stream = std::net::TcpStream::connect(("127.0.0.1", server.port())).unwrap();
        let head = format!(
            "{method} /v1/responses HTTP/1.1\r\nhost: x\r\n{key}connection: close\r\ncontent-length: 0\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    };
    assert!(get("", "POST").starts_with("HTTP/1.1 401 "));
    assert!(get("authorization: Bearer \r\n", "POST").starts_with("HTTP/1.1 401 "));
    assert!(get("authorization: Bearer k\r\n", "GET").starts_with("HTTP/1.1 405 "));

    let provider = WireServer::new(codex_ai::testing::Scripted::texts(["x"])).unwrap();
    let mut stream = std::net::TcpStream::connect(("127.0.0.1", provider.port())).unwrap();
    let body = r#"{"input": 5, "temperature": "hot"}"#;
    let head = "POST /v1/responses HTTP/1.1\r\nhost: x\r\nauthorization: Bearer k\r\nconnection: close\r\n";
    stream.write_all(format!("{head}content-length: {}\r\n\r\n{body}", body.len()).as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
    for path in ["`input`", "`temperature`", "`model`"] {
        assert!(answer.contains(path), "{answer}");
    }
}

/// An error with all its causes.
fn chain(error: &Error) -> String {
    let mut text = format!("{error} {error:?}");
    let mut source = std::error::Error::source(error);
    while let Some(error) = source {
        text.push_str(&format!(" {error} {error:?}"));
        source = error.source();
    }
    text
}
