//! The wire server itself, by raw sockets: formats, keys, addresses, streams, scripts and scenarios.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod pictures;
mod providers;
mod scripts;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use codex_ai::provider::Local;
use codex_ai::testing::{TestImages, WireServer};
use codex_ai::{Message, Provider, Request};
use serde_json::{Value, json};

const ASK: &str =
    "Summarise in two sentences:\n\nThe bridge opened on Monday. It cost 3 million euros. It took two years.";

/// A format: where it is asked, how a request looks, and where the text of an answer stands.
struct Format {
    name: &'static str,
    path: &'static str,
    stream_path: &'static str,
    key: &'static str,
    text: &'static str,
    error: &'static str,
    request_id: Option<&'static str>,
}

const FORMATS: [Format; 4] = [
    Format {
        name: "responses",
        path: "/v1/responses",
        stream_path: "/v1/responses",
        key: "Authorization: Bearer k",
        text: "/output/0/content/0/text",
        error: "/error/code",
        request_id: Some("x-request-id"),
    },
    Format {
        name: "chat",
        path: "/v1/chat/completions",
        stream_path: "/v1/chat/completions",
        key: "Authorization: Bearer k",
        text: "/choices/0/message/content",
        error: "/error/code",
        request_id: Some("x-request-id"),
    },
    Format {
        name: "anthropic",
        path: "/v1/messages",
        stream_path: "/v1/messages",
        key: "x-api-key: k",
        text: "/content/0/text",
        error: "/error/type",
        request_id: Some("request-id"),
    },
    Format {
        name: "gemini",
        path: "/v1beta/models/MODEL:generateContent",
        stream_path: "/v1beta/models/MODEL:streamGenerateContent?alt=sse",
        key: "x-goog-api-key: k",
        text: "/candidates/0/content/parts/0/text",
        error: "/error/status",
        request_id: None,
    },
];

impl Format {
    fn path(&self, model: &str, stream: bool) -> String {
        (if stream { self.stream_path } else { self.path }).replace("MODEL", model)
    }

    fn body(&self, model: &str, stream: bool) -> Value {
        let messages = json!([{ "role": "user", "content": ASK }]);
        match self.name {
            "responses" => json!({ "model": model, "input": ASK, "stream": stream }),
            "chat" => json!({ "model": model, "messages": messages, "stream": stream }),
            "anthropic" => json!({ "model": model, "messages": messages, "stream": stream, "max_tokens": 500 }),
            _ => json!({ "contents": [{ "role": "user", "parts": [{ "text": ASK }] }] }),
        }
    }

    fn ask(&self, server: &WireServer, model: &str, stream: bool) -> Answer {
        let body = self.body(model, stream).to_string();
        exchange(server, "POST", &self.path(model, stream), &[self.key], body.as_bytes())
    }
}

/// An answer as it came over the socket.
struct Answer {
    status: u16,
    head: String,
    body: Vec<u8>,
    /// Whether the body came to its end.
    is_whole: bool,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.text()))
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(':'));
        lines.find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }

    /// The events of a stream: name and data.
    fn events(&self) -> Vec<(String, String)> {
        let text = self.text();
        assert!(text.ends_with("\n\n") || text.ends_with("\r\n\r\n"), "{text:?}");
        let text = text.replace("\r\n", "\n");
        let field = |frame: &str, name: &str| {
            let values = frame.lines().filter_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
            values.collect::<Vec<_>>().join("\n")
        };
        let frames = text.split("\n\n").filter(|frame| !frame.is_empty());
        frames.map(|frame| (field(frame, "event"), field(frame, "data"))).collect()
    }
}

/// Sends one request over a connection of its own, and reads what comes until the server closes it.
fn exchange(server: &WireServer, method: &str, path: &str, headers: &[&str], body: &[u8]) -> Answer {
    let mut socket = TcpStream::connect(("127.0.0.1", server.port())).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let mut head = format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n");
    for header in headers {
        head.push_str(&format!("{header}\r\n"));
    }
    head.push_str(&format!("Content-Length: {}\r\n\r\n", body.len()));
    socket.write_all(head.as_bytes()).unwrap();
    socket.write_all(body).unwrap();
    let mut all = Vec::new();
    // A connection that is broken on purpose may end in an error; what came is judged.
    let _ = socket.read_to_end(&mut all);
    let end = all.windows(4).position(|four| four == b"\r\n\r\n").expect("an answer has a head");
    let head = String::from_utf8(all[..end].to_vec()).unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    let mut answer = Answer { status, head, body: all.split_off(end + 4), is_whole: true };
    if answer.header("transfer-encoding") == Some("chunked") {
        (answer.body, answer.is_whole) = without_chunks(&answer.body);
    } else if let Some(length) = answer.header("content-length") {
        answer.is_whole = length.parse() == Ok(answer.body.len());
    }
    answer
}

/// The content of a body in chunks, and whether its end came.
fn without_chunks(mut rest: &[u8]) -> (Vec<u8>, bool) {
    let mut content = Vec::new();
    loop {
        let Some(end) = rest.windows(2).position(|two| two == b"\r\n") else { return (content, false) };
        let length = usize::from_str_radix(std::str::from_utf8(&rest[..end]).unwrap(), 16).unwrap();
        rest = &rest[end + 2..];
        if length == 0 {
            return (content, true);
        }
        let Some(chunk) = rest.get(..length + 2) else { return (content, false) };
        content.extend(&chunk[..length]);
        rest = &rest[length + 2..];
    }
}

fn local() -> WireServer {
    WireServer::with_scenarios(0, TestImages::new(Local::quiet())).unwrap()
}

async fn local_text() -> String {
    let reply = Local::quiet().generate(&Request::new(vec![Message::user(ASK)])).await.unwrap();
    assert_eq!(reply.text(), "The bridge opened on Monday. It took two years.");
    reply.text().into_owned()
}

#[tokio::test]
async fn every_format_gives_the_same_text_whole() {
    let server = local();
    for format in &FORMATS {
        let answer = format.ask(&server, "any", false);
        assert_eq!((answer.status, answer.header("content-type")), (200, Some("application/json")), "{}", format.name);
        assert_eq!(answer.json().pointer(format.text), Some(&json!(local_text().await)), "{}", answer.text());
        if let Some(name) = format.request_id {
            assert!(answer.header(name).unwrap().starts_with("req_"), "{}", answer.head);
        }
    }
}

#[tokio::test]
async fn every_format_streams_as_its_vendor_does() {
    let server = local();
    let text = local_text().await;
    let parsed = |data: &String| serde_json::from_str::<Value>(data).unwrap();
    let join = |events: &[(String, String)], path: &str| {
        let events = events.iter().filter(|(_, data)| data != "[DONE]").map(|(_, data)| parsed(data));
        let pieces: Vec<_> = events
            .filter_map(|event| Some(event.pointer(path)?.as_str()?.to_owned()))
            .filter(|p| !p.is_empty())
            .collect();
        assert!(pieces.len() > 4, "{pieces:?}");
        pieces.concat()
    };
    for format in &FORMATS {
        let answer = format.ask(&server, "any", true);
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert!(answer.header("content-type").unwrap().starts_with("text/event-stream"), "{}", answer.head);
        assert!(answer.is_whole && answer.header("content-length").is_none(), "{}", answer.head);
        assert!(!answer.text().lines().any(|line| line.starts_with(':')), "a comment");
        let events = answer.events();
        let names: Vec<_> = events.iter().map(|(name, _)| name.as_str()).collect();
        match format.name {
            "responses" => {
                for (number, (name, data)) in events.iter().enumerate() {
                    let data = parsed(data);
                    assert_eq!((&data["type"], &data["sequence_number"]), (&json!(name), &json!(number)));
                }
                assert_eq!(names[..2], ["response.created", "response.in_progress"]);
                assert_eq!(names.last(), Some(&"response.completed"));
                let deltas: Vec<_> =
                    events.iter().filter(|(name, _)| name == "response.output_text.delta").cloned().collect();
                assert_eq!(join(&deltas, "/delta"), text);
            }
            "chat" => {
                assert!(names.iter().all(|name| name.is_empty()));
                assert_eq!(events.last().unwrap().1, "[DONE]");
                assert_eq!(join(&events, "/choices/0/delta/content"), text);
                assert_eq!(parsed(&events[0].1)["choices"][0]["delta"]["role"], "assistant");
            }
            "anthropic" => {
                for (name, data) in &events {
                    assert_eq!(&parsed(data)["type"], name);
                }
                assert_eq!(names[..2], ["message_start", "content_block_start"]);
                let end = &names[names.len() - 3..];
                assert_eq!(end, ["content_block_stop", "message_delta", "message_stop"]);
                assert_eq!(join(&events, "/delta/text"), text);
            }
            _ => {
                assert!(names.iter().all(|name| name.is_empty()));
                assert_eq!(join(&events, "/candidates/0/content/parts/0/text"), text);
                assert_eq!(parsed(&events.last().unwrap().1)["candidates"][0]["finishReason"], "STOP");
            }
        }
    }
}

#[test]
fn addresses_with_and_without_what_stands_in_front() {
    let server = WireServer::new(Local::quiet()).unwrap();
    let status = |format: &Format, path: &str| {
        let body = format.body("m", false).to_string();
        exchange(&server, "POST", path, &[format.key], body.as_bytes()).status
    };
    let [responses, chat, anthropic, gemini] = &FORMATS;
    for prefix in ["", "/v1", "/api/v1", "/openai/v1"] {
        assert_eq!(status(responses, &format!("{prefix}/responses")), 200, "{prefix}");
        assert_eq!(status(chat, &format!("{prefix}/chat/completions")), 200, "{prefix}");
        assert_eq!(status(anthropic, &format!("{prefix}/messages")), 200, "{prefix}");
    }
    for prefix in ["", "/v1", "/v1beta", "/v1alpha", "/v1/publishers/google", "/v1beta1/publishers/google"] {
        assert_eq!(status(gemini, &format!("{prefix}/models/m:generateContent")), 200, "{prefix}");
        assert_eq!(status(gemini, &format!("{prefix}/models/m:streamGenerateContent?alt=sse")), 200, "{prefix}");
    }
    let unknown = [
        "/",
        "/v1",
        "/v1/v1/responses",
        "/v1responses",
        "/v2/responses",
        "/v1/responses/",
        "/v1/responses/1",
        "/v1beta/models/m",
        "/v1beta/models/:generateContent",
        "/v1beta/models/m:countTokens",
        "/v1beta/v1/models/m:generateContent",
        "/%00",
    ];
    for path in unknown {
        let answer = exchange(&server, "POST", path, &[responses.key], b"{}");
        assert_eq!((answer.status, &answer.json()["error"]["code"]), (404, &json!("unknown_url")), "{path}");
    }
    let answer = exchange(&server, "POST", "/v1beta/models/m:streamGenerateContent", &[gemini.key], b"{}");
    assert!(answer.status == 400 && answer.text().contains("alt=sse"), "{}", answer.text());
}

#[test]
fn a_request_needs_its_vendors_key_and_method() {
    let server = WireServer::new(Local::quiet()).unwrap();
    for format in &FORMATS {
        let path = format.path("m", false);
        let body = format.body("m", false).to_string();
        let status = |headers: &[&str]| exchange(&server, "POST", &path, headers, body.as_bytes()).status;
        for headers in [&[][..], &["Authorization: Basic k"], &["Authorization: Bearer "], &["x-other: k"]] {
            let answer = exchange(&server, "POST", &path, headers, body.as_bytes());
            assert_eq!(answer.status, 401, "{} {headers:?}", format.name);
            assert!(answer.json().pointer(format.error).is_some_and(Value::is_string), "{}", answer.text());
        }
        assert_eq!(status(&[format.key]), 200, "{}", format.name);
        assert_eq!(status(&["Authorization: Bearer k"]), if format.name == "gemini" { 401 } else { 200 });
        let answer = exchange(&server, "GET", &path, &[format.key], b"");
        assert_eq!(answer.status, 405, "{}", format.name);
        assert!(answer.json().pointer(format.error).is_some_and(Value::is_string), "{}", answer.text());
        // What is wrong with a request is told in the format, too.
        let answer = exchange(&server, "POST", &path, &[format.key], b"{\"model\": 5");
        assert_eq!(answer.status, 400, "{}", format.name);
        assert!(answer.json().pointer(format.error).is_some_and(Value::is_string), "{}", answer.text());
    }
    let gemini = &FORMATS[3];
    let path = format!("{}?key=secret-in-query&x=1", gemini.path("m", false));
    assert_eq!(exchange(&server, "POST", &path, &[], gemini.body("m", false).to_string().as_bytes()).status, 200);
    let request = server.requests().pop().unwrap();
    assert_eq!((request.query.as_str(), request.has_key("secret-in-query")), ("x=1", true));
    let azure =
        exchange(&server, "POST", "/openai/v1/responses", &["api-key: az"], b"{\"model\":\"m\",\"input\":\"x\"}");
    assert_eq!(azure.status, 200);
    assert!(server.requests().pop().unwrap().has_key("az"));
    let seen = format!("{:?}", server.requests());
    assert!(!seen.contains("secret-in-query") && !seen.contains("Bearer"), "{seen}");
}
