//! A key is nowhere to be read, and settings come from the environment as they should.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::io::{Read, Write};
use std::net::TcpListener;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::thread;

use codex_ai::provider::openai::OpenAi;
use codex_ai::testing::{Step, WireServer};
use codex_ai::transport::{HttpTransport, Outgoing, Transport};
use codex_ai::{AnyProvider, Error, ErrorKind, Message, Options, Provider, Reply, Request};
use serde_json::json;

const CANARY: &str = "sk-canary/7f3a9c51e0";

fn hi() -> Request {
    Request::new(vec![Message::user("Hi")])
}

/// All that can be seen of an error.
fn visible(error: &Error) -> String {
    let mut text = format!("{error} {error:?} {error:#?} {:?} {:?}", error.answer(), error.problems());
    let mut source = std::error::Error::source(error);
    while let Some(error) = source {
        text.push_str(&format!(" {error} {error:?} {error:#?}"));
        source = error.source();
    }
    text
}

/// What the programs of a process write for its log.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_key_is_in_no_error_no_debug_and_no_log() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber =
        tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(move || writer.clone());
    tracing::subscriber::set_global_default(subscriber.finish()).unwrap();
    tracing::trace!("the log is on");

    let echo = format!("Incorrect key provided: {CANARY}. {}", "More words. ".repeat(200));
    let escaped = r#"{"error":{"message":"key sk-canary\/7f3a9c51e0","code":"sk-canary\u002f7f3a9c51e0"}}"#;
    let json = "application/json";
    let steps = [
        Step::reply(Reply::from_text("m", "fine")).with_header("x-request-id", &format!("req-{CANARY}")),
        Step::error(401, CANARY, &echo),
        // The excerpt of a page ends in the middle of the key.
        Step::bytes(502, "text/html", format!("<html>{} {CANARY}</html>", "x".repeat(190))),
        Step::bytes(400, "text/plain", format!("Bearer {CANARY}")),
        Step::bytes(500, json, escaped),
        Step::json(400, &json!({ "error": { "message": "m", "param": CANARY } })),
        Step::bytes(200, json, format!("not JSON {CANARY}")),
        Step::json(200, &json!({ "model": CANARY })),
        Step::json(200, &json!({ "status": "failed", "error": { "message": echo } })),
        Step::json(200, &json!({ "output": CANARY })).with_header("x-request-id", CANARY),
        Step::bytes(200, json, format!("{CANARY} and more")).cut_after(CANARY.len() + 1),
        Step::huge(100 << 20),
        Step::bytes(302, "text/plain", "").with_header("location", &format!("http://127.0.0.1/?key={CANARY}")),
    ];
    let count = steps.len();
    let server = WireServer::script(steps.clone()).unwrap();
    let builder = OpenAi::builder().key(CANARY).base_url(server.url());
    let mut seen = format!("{builder:?} {steps:?}");
    let openai = builder.build().unwrap();
    seen.push_str(&format!("{:?}", openai.generate(&hi()).await.unwrap()));
    for _ in 1..count {
        seen.push_str(&visible(&openai.generate(&hi()).await.unwrap_err()));
    }
    let unknown = hi().with_options(Options::new().with_extra("model", "m"));
    seen.push_str(&visible(&openai.generate(&unknown).await.unwrap_err()));
    seen.push_str(&format!("{openai:?} {openai:#?} {server:?} {:?} {:#?}", server.requests(), server.requests()));
    seen.push_str(&format!("{:?}", AnyProvider::new(openai)));
    assert!(server.requests().iter().all(|request| request.has_key(CANARY) && !request.has_key("other")));

    // Nobody there; and a key that no header can hold.
    drop(server);
    let openai = OpenAi::builder().key(CANARY).base_url("http://127.0.0.1:9/v1").build().unwrap();
    seen.push_str(&visible(&openai.generate(&hi()).await.unwrap_err()));
    for key in [format!("{CANARY}\n"), format!("{CANARY}\u{e9}"), format!(" {CANARY}")] {
        seen.push_str(&visible(&OpenAi::new(key).unwrap_err()));
    }
    for url in
        [format!("https://user:{CANARY}@host/v1"), format!("https://host/v1?key={CANARY}"), format!("{CANARY}://x y")]
    {
        seen.push_str(&visible(&OpenAi::builder().key("k").base_url(url).build().unwrap_err()));
    }

    let written = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(written.contains("the log is on"));
    for text in [&seen, &written] {
        // No part of it either, such as a cut-off excerpt would leave.
        let place = text.find("canary").map(|at| &text[at.saturating_sub(200)..(at + 60).min(text.len())]);
        assert_eq!(place, None);
    }
}

#[tokio::test]
async fn a_key_is_in_no_error_of_a_stream() {
    let stream = "text/event-stream";
    let said = json!({ "type": "response.output_text.delta", "delta": CANARY });
    let failed = json!({ "type": "response.failed", "response": { "error": { "code": CANARY, "message": CANARY } } });
    let steps = [
        Step::bytes(
            200,
            stream,
            format!("data: {}\n\n", json!({ "type": "error", "code": CANARY, "message": CANARY })),
        ),
        Step::bytes(200, stream, format!("event: error\ndata: {{\"error\":{{\"message\":\"{CANARY}\"}}}}\n\n")),
        Step::bytes(200, stream, format!("data: {failed}\n\n")),
        // As the text so far, as what is no JSON, and as what is no event.
        Step::bytes(200, stream, format!("data: {said}\n\n")),
        Step::bytes(200, stream, format!("data: {said}\n\ndata: {CANARY}\n\n")),
        Step::bytes(200, stream, format!("data: {CANARY}\n\n")),
        Step::bytes(200, stream, format!("{{\"error\":{{\"message\":\"{CANARY}\"}}}}")),
        Step::bytes(200, stream, format!("<html>{CANARY}")),
        Step::bytes(200, "application/json", format!("{{\"error\":{{\"message\":\"{CANARY}\"}}}}")),
        Step::bytes(200, stream, "").with_header("x-request-id", CANARY),
    ];
    let count = steps.len();
    let server = WireServer::script(steps).unwrap();
    let openai = OpenAi::builder().key(CANARY).base_url(server.url()).build().unwrap();
    for step in 0..count {
        let error = match openai.stream(&hi()).await {
            Ok(stream) => stream.finish().await.unwrap_err(),
            Err(error) => error,
        };
        let seen = visible(&error);
        assert!(!seen.contains("canary"), "{step}: {seen}");
    }
}

/// Runs one of the ignored tests below in a process of its own with these variables.
fn in_child(test: &str, variables: &[(&str, &str)]) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    for name in ["API_KEY", "BASE_URL", "ORG_ID", "PROJECT_ID"] {
        command.env_remove(format!("OPENAI_{name}"));
    }
    for name in ["http_proxy", "https_proxy", "all_proxy", "no_proxy"] {
        command.env_remove(name).env_remove(name.to_uppercase());
    }
    let output = command.args(["--ignored", "--exact", test]).envs(variables.iter().copied()).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && text.contains("1 passed"), "{text}{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn the_environment_is_read_by_from_env() {
    let server = WireServer::script([Step::reply(Reply::from_text("m", "ok"))]).unwrap();
    let url = server.url();
    let all = [
        ("OPENAI_API_KEY", "sk-from-env-1"),
        ("OPENAI_BASE_URL", url.as_str()),
        ("OPENAI_ORG_ID", "org-env"),
        ("OPENAI_PROJECT_ID", " "),
    ];
    in_child("child_calls_from_env", &all);
    let request = server.requests().remove(0);
    assert!(request.has_key("sk-from-env-1"));
    assert_eq!((request.header("openai-organization"), request.header("openai-project")), (Some("org-env"), None));

    in_child("child_has_no_key", &[]);
    in_child("child_has_no_key", &[("OPENAI_API_KEY", "")]);
    in_child("child_has_no_key", &[("OPENAI_API_KEY", "  ")]);
    in_child("child_sets_the_key_itself", &all);
}

#[tokio::test]
#[ignore = "run by the_environment_is_read_by_from_env"]
async fn child_calls_from_env() {
    assert_eq!(OpenAi::from_env().unwrap().generate(&hi()).await.unwrap().text(), "ok");
}

#[test]
#[ignore = "run by the_environment_is_read_by_from_env"]
fn child_has_no_key() {
    let error = OpenAi::from_env().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(error.help().unwrap().contains("OPENAI_API_KEY"), "{error}");
}

#[tokio::test]
#[ignore = "run by the_environment_is_read_by_from_env"]
async fn child_sets_the_key_itself() {
    let server = WireServer::script([Step::reply(Reply::from_text("m", "ok"))]).unwrap();
    let own = OpenAi::builder().key("sk-own-key-1").base_url(server.url());
    own.from_env().unwrap().build().unwrap().generate(&hi()).await.unwrap();
    let request = server.requests().remove(0);
    assert!(request.has_key("sk-own-key-1"));
    assert_eq!(request.header("openai-organization"), Some("org-env"));

    // Without `from_env` nothing is read.
    let server = WireServer::script([Step::reply(Reply::from_text("m", "ok"))]).unwrap();
    let own = OpenAi::builder().key("sk-own-key-1").base_url(server.url()).build().unwrap();
    own.generate(&hi()).await.unwrap();
    assert_eq!(server.requests().remove(0).header("openai-organization"), None);
}

#[test]
fn a_proxy_is_used_but_never_for_loopback() {
    let proxy = WireServer::script([Step::reply(Reply::from_text("m", "by proxy"))]).unwrap();
    let url = format!("http://127.0.0.1:{}", proxy.port());
    in_child(
        "child_has_a_proxy",
        &[("HTTP_PROXY", &url), ("http_proxy", &url), ("ALL_PROXY", &url), ("all_proxy", &url)],
    );
    assert_eq!(proxy.request_count(), 1);
}

#[tokio::test]
#[ignore = "run by a_proxy_is_used_but_never_for_loopback"]
async fn child_has_a_proxy() {
    let server = WireServer::script((0..2).map(|_| Step::reply(Reply::from_text("m", "direct")))).unwrap();
    for host in ["127.0.0.1", "localhost"] {
        let url = format!("http://{host}:{}/v1", server.port());
        let openai = OpenAi::builder().key("sk-test-0123456789").base_url(url).build().unwrap();
        assert_eq!(openai.generate(&hi()).await.unwrap().text(), "direct");
    }
    // A host that does not exist: only the proxy can answer for it.
    let openai = OpenAi::builder().key("sk-test-0123456789").base_url("http://llm.invalid/v1").build().unwrap();
    assert_eq!(openai.generate(&hi()).await.unwrap().text(), "by proxy");
}

#[test]
fn a_proxy_leads_to_a_server_over_tls_and_sees_no_key() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let proxy = thread::spawn(move || {
        let (mut socket, _) = listener.accept().unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            socket.read_exact(&mut byte).unwrap();
            head.extend(byte);
        }
        socket.write_all(b"HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n").unwrap();
        String::from_utf8(head).unwrap()
    });
    in_child("child_is_refused_by_its_proxy", &[("HTTPS_PROXY", &format!("http://aladdin:sesame@{address}"))]);
    let head = proxy.join().unwrap();
    assert!(head.starts_with("CONNECT llm.invalid:443 HTTP/1.1\r\n"), "{head}");
    assert!(head.contains("proxy-authorization: Basic YWxhZGRpbjpzZXNhbWU=\r\n"), "{head}");
    assert!(!head.contains("canary"), "{head}");

    in_child("child_has_a_proxy_of_another_kind", &[("HTTPS_PROXY", "socks5://127.0.0.1:1")]);
}

fn over_tls() -> OpenAi {
    OpenAi::builder().key(CANARY).base_url("https://llm.invalid/v1").build().unwrap()
}

#[tokio::test]
#[ignore = "run by a_proxy_leads_to_a_server_over_tls_and_sees_no_key"]
async fn child_is_refused_by_its_proxy() {
    let error = over_tls().generate(&hi()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect);
    let seen = visible(&error);
    assert!(!seen.contains("canary") && !seen.contains("sesame") && !seen.contains("YWxhZGRpbjpzZXNhbWU"), "{seen}");
}

#[tokio::test]
#[ignore = "run by a_proxy_leads_to_a_server_over_tls_and_sees_no_key"]
async fn child_has_a_proxy_of_another_kind() {
    let error = over_tls().generate(&hi()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(error.help().unwrap().contains("HTTPS_PROXY"), "{error}");
}

#[tokio::test]
async fn a_password_in_a_url_goes_nowhere() {
    let server = WireServer::script([Step::reply(Reply::from_text("m", "ok"))]).unwrap();
    let headers = http::HeaderMap::new();
    for who in ["aladdin:sesame@", "aladdin@", ":sesame@"] {
        let url = server.url().replace("://", &format!("://{who}"));
        let error = HttpTransport::new().send(Outgoing::post(&url, &headers, "{}")).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(!visible(&error).contains("sesame") && !visible(&error).contains("aladdin"), "{error:?}");
    }
    assert!(server.requests().is_empty());
}
