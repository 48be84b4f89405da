//! The wire server itself, by raw sockets: formats, keys, addresses, streams, scripts and scenarios.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::collections::HashSet;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use codex_ai::provider::Local;
use codex_ai::testing::{SCENARIOS, Scripted, Step, TestImages, WireServer};
use codex_ai::{
    Chunk, Error, ErrorKind, FinishReason, GenerateImage, GeneratedImage, ImageRequest, Message, Options, Output, Part,
    Provider, Reply, Request, Schema, ToolCall, Usage,
};
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

#[test]
fn a_script_is_told_in_the_format_that_is_asked_for() {
    let reply = || {
        let call = Part::ToolCall(ToolCall::new("call_9", "look", "{\"at\":1}"));
        Reply::new("m", vec![Part::Text("I look. ".into()), call]).with_finish_reason(FinishReason::ToolCalls)
    };
    for format in &FORMATS {
        let error = || Error::new(ErrorKind::RateLimit, "slow down").with_retry_after(Duration::from_millis(1_500));
        let steps = [
            Step::reply(reply().with_usage(Usage::new(7, 8))),
            Step::reply(reply()),
            Step::failure(error()),
            Step::failure(error()),
            Step::reply_then_error(reply(), Error::new(ErrorKind::Server, "it broke")),
            Step::error(403, "no_entry", "not you").with_header("x-more", "1"),
            Step::bytes(299, "text/x-own", "raw"),
        ];
        let server = WireServer::script(steps).unwrap();
        let mut streams = [false, true, false, true, true, false, true].into_iter();
        let mut next = || format.ask(&server, "m", streams.next().unwrap());

        let whole = next();
        assert!(whole.text().contains("call_9") && whole.text().contains("I look. "), "{}", whole.text());
        let streamed = next();
        let all = streamed.text();
        for word in ["call_9", "look", " look.", "at"] {
            assert!(all.contains(word), "{}: {all}", format.name);
        }
        for _ in 0..2 {
            let error = next();
            assert_eq!((error.status, error.header("content-type")), (429, Some("application/json")));
            assert_eq!((error.header("retry-after"), error.header("retry-after-ms")), (Some("1"), Some("1500")));
            assert!(error.json().pointer(format.error).is_some(), "{}", error.text());
        }
        let broken = next();
        assert!(broken.status == 200 && broken.is_whole, "{}", format.name);
        let last = broken.events().pop().unwrap().1;
        assert!(last.contains("it broke"), "{}: {last}", format.name);
        let error = next();
        assert_eq!((error.status, error.header("x-more")), (403, Some("1")));
        assert!(error.text().contains("not you"), "{}", error.text());
        let raw = next();
        assert_eq!((raw.status, raw.header("content-type"), raw.text().as_str()), (299, Some("text/x-own"), "raw"));
        let none = format.ask(&server, "m", false);
        assert!(none.status == 400 && none.text().contains("the script has no answer left"), "{}", none.text());
    }
}

#[test]
fn a_body_breaks_stalls_waits_and_ends_where_the_script_says() {
    let text = "one two three four five six seven eight";
    let reply = || Reply::from_text("m", text);
    for format in &FORMATS {
        let whole = |step: Step, stream| format.ask(&WireServer::script([step]).unwrap(), "m", stream);
        let full = whole(Step::reply(reply()), false);
        assert!(full.is_whole && full.header("content-length").is_some());
        let cut = whole(Step::reply(reply()).cut_after(10), false);
        assert_eq!((cut.body.as_slice(), cut.is_whole), (&full.body[..10], false));
        assert_eq!(cut.header("content-length"), full.header("content-length"));
        let half = whole(Step::reply(reply()).cut_in_half(), false);
        assert_eq!((half.body.len(), half.is_whole), (full.body.len() / 2, false));
        let split = whole(Step::reply(reply()).in_pieces_of(1), false);
        assert_eq!((split.text(), split.is_whole), (full.text(), true));
        let open = whole(Step::reply(reply()).without_end(), false);
        assert_eq!((open.body.as_slice(), open.is_whole), (&full.body[..full.body.len() - 1], true));

        let stream = whole(Step::reply(reply()), true);
        let half = whole(Step::reply(reply()).cut_in_half(), true);
        assert!(!half.is_whole && half.body.len() == stream.body.len() / 2, "{}", format.name);
        let open = whole(Step::reply(reply()).without_end(), true);
        assert!(open.is_whole && open.body.len() < stream.body.len(), "{}", format.name);
        assert!(open.text().contains("eight"), "{}", format.name);
        let split = whole(Step::reply(reply()).in_pieces_of(1), true);
        assert_eq!((split.events().len(), split.is_whole), (stream.events().len(), true));
        let raw = whole(Step::invalid_utf8(), true);
        assert!(raw.is_whole && std::str::from_utf8(&raw.body).is_err());

        let begun = Instant::now();
        whole(
            Step::reply(reply()).with_first_delay(Duration::from_millis(60)).with_delay(Duration::from_millis(5)),
            true,
        );
        assert!(begun.elapsed() >= Duration::from_millis(60 + 7 * 5), "{:?}", begun.elapsed());

        // Each byte of a huge text is of the text.
        let huge = whole(Step::huge(100_000), false);
        let size = huge.json().pointer(format.text).and_then(Value::as_str).map(str::len);
        assert_eq!((size, huge.header("content-length").is_some()), (Some(100_000), true), "{}", format.name);
    }
}

#[test]
fn an_endless_answer_is_not_made_before_it_is_read() {
    for format in &FORMATS {
        for (step, stream) in [(Step::endless(), false), (Step::endless(), true), (Step::endless_events(), true)] {
            let server = WireServer::script([step]).unwrap();
            let mut socket = TcpStream::connect(("127.0.0.1", server.port())).unwrap();
            let body = format.body("m", stream).to_string();
            let path = format.path("m", stream);
            let head =
                format!("POST {path} HTTP/1.1\r\nHost: x\r\n{}\r\nContent-Length: {}\r\n\r\n", format.key, body.len());
            socket.write_all(head.as_bytes()).unwrap();
            socket.write_all(body.as_bytes()).unwrap();
            let mut buffer = vec![0; 1 << 20];
            let mut came = 0;
            while came < 4 << 20 {
                let count = socket.read(&mut buffer).unwrap();
                assert!(count > 0, "{} ended", format.name);
                came += count;
            }
            drop(socket);
            while server.abandoned_count() == 0 {
                std::thread::yield_now();
            }
            assert!(server.bytes_sent() < 32 << 20, "{}", server.bytes_sent());
        }
    }
}

#[test]
fn an_answer_that_is_waited_for_holds_up_no_other() {
    let server = WireServer::script([Step::never(), Step::never(), Step::reply(Reply::from_text("m", "x"))]).unwrap();
    let format = &FORMATS[0];
    let waiting: Vec<_> = (1..=2)
        .map(|count| {
            let mut socket = TcpStream::connect(("127.0.0.1", server.port())).unwrap();
            let head =
                format!("POST /v1/responses HTTP/1.1\r\nHost: x\r\n{}\r\nContent-Length: 2\r\n\r\n{{}}", format.key);
            socket.write_all(head.as_bytes()).unwrap();
            while server.request_count() < count {
                std::thread::yield_now();
            }
            socket
        })
        .collect();
    // A request counts when it comes; what it gets of the script is decided a little later.
    while server.requests().len() < 2 {
        std::thread::yield_now();
    }
    let answer = format.ask(&server, "m", false);
    assert_eq!((answer.status, server.connection_count()), (200, 3));
    let peers: HashSet<_> = server.requests().iter().map(|request| request.peer).collect();
    assert_eq!(peers.len(), 3);
    // The server's end closes what is open.
    drop(server);
    for mut socket in waiting {
        assert_eq!(socket.read(&mut [0; 16]).unwrap_or(0), 0);
    }
}

#[test]
fn pictures_come_in_every_format_that_has_them() {
    use base64_of_test::decode;
    let server = local();
    let key = FORMATS[0].key;
    let google = FORMATS[3].key;
    let ask = |path: &str, headers: &[&str], body: &[u8], place: &str| {
        let answer = exchange(&server, "POST", path, headers, body);
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        let value = answer.json();
        let data = value.pointer(place).and_then(Value::as_str).unwrap_or_else(|| panic!("{value}"));
        let png = decode(data);
        assert!(png.starts_with(b"\x89PNG\r\n\x1a\n") && png.ends_with(b"IEND\xaeB`\x82"), "{path}");
        png
    };
    let generation = |prompt: &str| {
        let body = json!({ "model": "gpt-image-2", "prompt": prompt, "size": "1024x1024" }).to_string();
        ask("/v1/images/generations", &[key, "Content-Type: application/json"], body.as_bytes(), "/data/0/b64_json")
    };
    let fox = generation("a red fox");
    assert_eq!(fox, generation("a red fox"));
    assert_ne!(fox, generation("a blue fox"));

    let mut form = b"--b\r\nContent-Disposition: form-data; name=\"prompt\"\r\n\r\na red fox\r\n".to_vec();
    form.extend(b"--b\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\ngpt-image-2\r\n");
    form.extend(
        b"--b\r\nContent-Disposition: form-data; name=\"image\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\n",
    );
    form.extend(&fox);
    form.extend(b"\r\n--b--\r\n");
    let multipart = "Content-Type: multipart/form-data; boundary=b";
    assert_eq!(ask("/v1/images/edits", &[key, multipart], &form, "/data/0/b64_json"), fox);
    let none = exchange(&server, "POST", "/v1/images/edits", &[key, multipart], b"--b--\r\n");
    assert_eq!(none.status, 400, "{}", none.text());

    let body = json!({ "instances": [{ "prompt": "a red fox" }], "parameters": { "sampleCount": 1 } }).to_string();
    for path in ["/v1beta/models/imagen-4:predict", "/v1beta1/publishers/google/models/imagen-4:predict"] {
        assert_eq!(ask(path, &[google], body.as_bytes(), "/predictions/0/bytesBase64Encoded"), fox);
    }
    let contents = json!([{ "role": "user", "parts": [{ "text": "a red fox" }] }]);
    let body = json!({ "contents": contents, "generationConfig": { "responseModalities": ["IMAGE"] } }).to_string();
    let place = "/candidates/0/content/parts/0/inlineData/data";
    assert_eq!(ask("/v1beta/models/gemini-3-pro-image:generateContent", &[google], body.as_bytes(), place), fox);

    // A provider without pictures says so; a script gives the one that it has.
    let server = WireServer::new(Local::quiet()).unwrap();
    let answer = exchange(&server, "POST", "/v1/images/generations", &[key], b"{\"model\":\"m\",\"prompt\":\"x\"}");
    assert!(answer.status == 400 && answer.text().contains("makes no pictures"), "{}", answer.text());
    let gif = || GeneratedImage::new(&b"GIF89a"[..], "image/gif");
    let steps = [
        Step::image(gif()),
        Step::reply(Reply::from_text("m", "x")),
        Step::failure(Error::new(ErrorKind::Filtered, "not that")),
    ];
    let server = WireServer::script(steps).unwrap();
    let mut next =
        || exchange(&server, "POST", "/v1/images/generations", &[key], b"{\"model\":\"m\",\"prompt\":\"x\"}");
    assert_eq!(decode(next().json()["data"][0]["b64_json"].as_str().unwrap()), b"GIF89a");
    assert!(next().text().contains("a picture was asked for"));
    assert_eq!(next().status, 400);
}

/// Base64 without a crate for it.
mod base64_of_test {
    pub fn decode(text: &str) -> Vec<u8> {
        const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let digits: Vec<u32> = text
            .bytes()
            .filter(|byte| *byte != b'=')
            .map(|byte| LETTERS.iter().position(|letter| *letter == byte).unwrap() as u32)
            .collect();
        let bytes = digits.chunks(4).flat_map(|four| {
            let bits = four.iter().fold(0, |bits, digit| bits << 6 | digit) << (6 * (4 - four.len()));
            bits.to_be_bytes()[1..four.len()].to_vec()
        });
        bytes.collect()
    }
}

#[test]
fn every_scenario_is_what_its_name_says() {
    let server = local();
    for format in &FORMATS {
        for stream in [false, true] {
            let ask = |name: &str| format.ask(&server, name, stream);
            for (name, status) in [
                ("scenario-401", 401),
                ("scenario-403", 403),
                ("scenario-404", 404),
                ("scenario-429-then-ok", 429),
                ("scenario-429-then-ok", 200),
                ("scenario-500", 500),
                ("scenario-html", 502),
                ("scenario-slow-tokens", 200),
                ("scenario-bytes", 200),
                ("scenario-wrong-type", 200),
                ("scenario-length", 200),
                ("scenario-empty", 200),
                ("scenario-invalid-json", 200),
                ("scenario-wrong-json", 200),
                ("scenario-tool-call", 200),
                ("scenario-error-event", if stream { 200 } else { 500 }),
                ("scenario-of-nobody", 404),
            ] {
                let answer = ask(name);
                assert_eq!(answer.status, status, "{} {name} {stream}: {}", format.name, answer.text());
                assert!(answer.is_whole, "{} {name}", format.name);
            }
            assert!(matches!(ask("scenario-529").status, 503 | 529));
            assert!(matches!(ask("scenario-quota").status, 402 | 403 | 429));
            assert!(!ask("scenario-cut").is_whole, "{}", format.name);
            assert!(std::str::from_utf8(&ask("scenario-invalid-utf8").body).is_err(), "{}", format.name);
            assert_eq!(ask("scenario-wrong-type").header("content-type"), Some("text/html; charset=utf-8"));
            let no_end = ask("scenario-no-end");
            let with_end = ask("scenario-bytes").body.len();
            let missing = with_end - no_end.body.len();
            assert!(no_end.is_whole && if stream { missing > 20 } else { missing < 5 }, "{} {missing}", format.name);
        }
    }
    let names: HashSet<_> = SCENARIOS.iter().map(|(name, _)| *name).collect();
    assert_eq!(names.len(), SCENARIOS.len());
    assert!(names.iter().all(|name| name.starts_with("scenario-")));
}

#[tokio::test]
async fn the_built_in_provider_streams_what_it_answers() {
    let text = "Rain fell all night.\n\n  Two roads  are closed, says Anna M\u{fc}ller. 東京では橋が月曜日に開通しましたと市長が述べました。";
    let schema = json!({ "type": "object", "properties": { "who": { "type": "string" }, "all": { "type": "array", "items": { "type": "string" } } }, "required": ["who", "all"] });
    let schema = Output::Schema(std::sync::Arc::new(Schema::new("S", schema).unwrap()));
    for output in [Output::Text, Output::Json, schema] {
        for limit in [None, Some(3)] {
            let mut options = Options::new();
            options.max_tokens = limit;
            let request = Request::new(vec![Message::user(text)]).with_output(output.clone()).with_options(options);
            let whole = Local::quiet().generate(&request).await.unwrap();
            let mut stream = Local::quiet().stream(&request).await.unwrap();
            let (mut pieces, mut finish) = (Vec::new(), None);
            while let Some(chunk) = stream.next().await {
                match chunk.unwrap() {
                    Chunk::Text(piece) => pieces.push(piece),
                    Chunk::Finish { reason, .. } => finish = Some(reason),
                    other => panic!("{other:?}"),
                }
            }
            assert_eq!(pieces.concat(), whole.text());
            assert!(pieces.iter().all(|piece| (1..=16).contains(&piece.chars().count())), "{pieces:?}");
            assert!(limit.is_some() || pieces.len() > 3, "{pieces:?}");
            assert_eq!(finish.as_ref(), Some(&whole.finish_reason));
            assert_eq!(stream.finish().await.unwrap(), whole);
        }
    }
    let picture =
        Message::new(codex_ai::Role::User, vec![Part::Image(codex_ai::Image::url("https://example.com/a.png"))]);
    let error = Local::quiet().stream(&Request::new(vec![picture])).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
}

#[tokio::test]
async fn a_provider_behind_the_server_may_fail_on_the_way() {
    let errors = || [Err(Error::new(ErrorKind::Quota, "no credit")), Ok(Reply::from_text("m", "fine"))];
    for format in &FORMATS {
        for stream in [false, true] {
            let server = WireServer::new(Scripted::new(errors())).unwrap();
            let failed = format.ask(&server, "m", stream);
            assert!(matches!(failed.status, 402 | 403 | 429), "{}: {}", format.name, failed.status);
            assert!(failed.text().contains("no credit"), "{}", failed.text());
            assert!(format.ask(&server, "m", stream).text().contains("fine"), "{}", format.name);
        }
    }
    let error = TestImages::default().generate_image(&ImageRequest::new(" ")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
}
