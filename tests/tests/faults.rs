//! Every fault on every vendor, whole and streamed, through the providers and over a real socket.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::collections::HashSet;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::process::Command;
use std::time::{Duration, Instant};

use codex_ai::provider::anthropic::Anthropic;
use codex_ai::provider::compatible::Compatible;
use codex_ai::provider::gemini::Gemini;
use codex_ai::provider::openai::OpenAi;
use codex_ai::provider::openrouter::OpenRouter;
use codex_ai::testing::{Step, WireServer};
use codex_ai::{Chunk, Error, ErrorKind, FinishReason, Message, Provider, Reply, Request, Usage};

/// A key that no error may show. Keys of vendors look like this.
const KEY: &str = "sk-canary-5e0c7d1a9b";

/// No call of a test takes longer, whatever the server does.
const PATIENCE: Duration = Duration::from_secs(20);

const TEXT: &str = "The bridge opened on Monday. It cost 3 million euros, and it took two years.";

/// The limits of a provider.
#[derive(Clone, Copy)]
struct Limits {
    time: Duration,
    bytes: usize,
}

const LIMITS: Limits = Limits { time: Duration::from_secs(10), bytes: 1 << 20 };
const IMPATIENT: Limits = Limits { time: Duration::from_millis(300), ..LIMITS };

/// A vendor, and how its provider is made for the server.
#[derive(Clone, Copy)]
struct Vendor {
    name: &'static str,
    make: fn(&str, &str, Limits) -> Box<dyn Provider>,
}

/// A vendor of this name; its builder is given the base URL of OpenAI's formats, or the one without a path.
macro_rules! vendor {
    ($name:literal, |$url:ident, $origin:ident| $builder:expr) => {
        Vendor {
            name: $name,
            make: |$url, $origin, limits| {
                let builder = $builder.key(KEY).default_model("model-0").timeout(limits.time).read_timeout(limits.time);
                let builder = builder.body_limit(limits.bytes).event_limit(limits.bytes).stream_limit(2 * limits.bytes);
                Box::new(builder.build().unwrap())
            },
        }
    };
}

const VENDORS: &[Vendor] = &[
    vendor!("responses", |url, _origin| OpenAi::builder().base_url(url)),
    vendor!("chat", |url, _origin| OpenAi::builder().chat().base_url(url)),
    vendor!("anthropic", |_url, origin| Anthropic::builder().base_url(origin)),
    vendor!("gemini", |_url, origin| Gemini::builder().base_url(origin)),
    vendor!("openrouter", |url, _origin| OpenRouter::builder().base_url(url)),
    vendor!("compatible", |url, _origin| Compatible::at(url)),
];

impl Vendor {
    fn of(self, server: &WireServer) -> Box<dyn Provider> {
        self.with(server, LIMITS)
    }

    fn with(self, server: &WireServer, limits: Limits) -> Box<dyn Provider> {
        (self.make)(&server.url(), &server.origin(), limits)
    }
}

fn ask() -> Request {
    Request::new(vec![Message::user("Hi")])
}

/// Asks once, whole or streamed; never longer than a test may take.
async fn call(provider: &dyn Provider, streamed: bool) -> Result<Reply, Error> {
    let request = ask();
    let call = async {
        if streamed { provider.stream(&request).await?.finish().await } else { provider.generate(&request).await }
    };
    tokio::time::timeout(PATIENCE, call).await.expect("the call hangs")
}

/// What a call must end in.
#[derive(Clone, Debug)]
enum End {
    Text,
    Reason(FinishReason),
    Reasons(&'static [FinishReason]),
    Error(ErrorKind),
    /// Either; which of them is a matter of timing.
    Errors(&'static [ErrorKind]),
}

/// Anthropic's format has one word for a refusal and a filter.
const FILTERED: &[FinishReason] = &[FinishReason::ContentFilter, FinishReason::Refusal];

struct Fault {
    name: &'static str,
    step: Step,
    whole: End,
    streamed: End,
    limits: Limits,
}

fn reply() -> Reply {
    let mut reply = Reply::from_text("model-1", TEXT).with_usage(Usage::new(5, 6));
    reply.id = Some("answer-1".to_owned());
    reply
}

fn good() -> Step {
    Step::reply(reply())
}

fn failure(kind: ErrorKind) -> Step {
    Step::failure(Error::new(kind, "words of the vendor"))
}

fn faults() -> Vec<Fault> {
    use ErrorKind::*;
    let fault = |name, step, whole, streamed| Fault { name, step, whole, streamed, limits: LIMITS };
    let both = |name, step, kind| fault(name, step, End::Error(kind), End::Error(kind));
    let fine = |name, step| fault(name, step, End::Text, End::Text);
    let timeout = |name, step| Fault { limits: IMPATIENT, ..both(name, step, Timeout) };
    let page = "<!DOCTYPE html><html><body><h1>Sign in</h1></body></html>";
    let json = "application/json";
    let events = "text/event-stream";
    let wait = Duration::from_millis(1_500);
    let nested = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    vec![
        fine("nothing", good()),
        both("401", failure(Authentication), Authentication),
        both("403", failure(Permission), Permission),
        both("404", failure(NotFound), NotFound),
        both("400", failure(InvalidRequest), InvalidRequest),
        both("429", Step::failure(Error::new(RateLimit, "slow down").with_retry_after(wait)), RateLimit),
        both("quota", failure(Quota), Quota),
        both("500", failure(Server), Server),
        both("503", Step::failure(Error::new(Server, "busy").with_status(503)), Server),
        both("529", Step::failure(Error::new(Server, "busy").with_status(529)), Server),
        both("an error that is a page", Step::bytes(502, "text/html", page), Server),
        both("an error without a body", Step::bytes(500, json, ""), Server),
        both("an error that never ends", Step::endless().with_status(500), Server),
        both("an error that breaks off", failure(Server).cut_after(9), Server),
        both("an error with bytes that are no text", Step::bytes(400, json, &b"\xff\xfe{"[..]), InvalidRequest),
        both("a redirect", Step::bytes(307, json, "").with_header("location", "http://127.0.0.1:1/"), Config),
        both("a page", Step::bytes(200, "text/html", page), Protocol),
        fault("nothing at all", Step::bytes(200, json, ""), End::Error(Protocol), End::Error(Protocol)),
        fault("no events", Step::bytes(200, events, ""), End::Error(Protocol), End::Error(Incomplete)),
        fault("comments", Step::bytes(200, events, ": hi\n\n"), End::Error(Protocol), End::Error(Incomplete)),
        both("JSON of another shape", Step::bytes(200, json, "[1]"), Protocol),
        both("no JSON", Step::bytes(200, json, "I am sorry"), Protocol),
        both("JSON that is nested deeply", Step::bytes(200, json, nested.clone()), Protocol),
        both("an event that is no JSON", Step::bytes(200, events, "data: {\"a\":\n\n"), Protocol),
        both("an event that is nested deeply", Step::bytes(200, events, format!("data: {nested}\n\n")), Protocol),
        both("bytes that are no text", Step::invalid_utf8(), Protocol),
        fine("the wrong type", good().with_header("content-type", "text/plain")),
        fine("every byte by itself", good().in_pieces_of(1)),
        fine("no length", good().chunked()),
        fine("a slow start", good().with_first_delay(Duration::from_millis(50))),
        // All pauses together are longer than any of them may be.
        Fault {
            limits: Limits { time: Duration::from_millis(800), ..LIMITS },
            ..fine("a pause between events", good().with_delay(Duration::from_millis(60)))
        },
        timeout("silence", Step::never()),
        timeout("a start that is too slow", good().with_first_delay(Duration::from_secs(60))),
        timeout("a body that stops coming", good().stall_in_half()),
        both("a body that breaks off", good().cut_in_half(), Incomplete),
        both("a body that breaks off, of no known length", good().chunked().cut_in_half(), Incomplete),
        fault(
            "a body that never begins",
            good().cut_after(0),
            End::Errors(&[Incomplete, Connect]),
            End::Errors(&[Incomplete, Connect]),
        ),
        both("no end marker", good().without_end(), Incomplete),
        both("an error after the text", Step::reply_then_error(reply(), Error::new(Server, "it broke")), Server),
        both("1 GiB", Step::huge(1 << 30), TooLarge),
        both("1 GiB of no known length", Step::huge(1 << 30).chunked(), TooLarge),
        both("a text that never ends", Step::endless(), TooLarge),
        both("events that never end", Step::endless_events(), TooLarge),
        fault(
            "the token limit",
            Step::reply(reply().with_finish_reason(FinishReason::Length)),
            End::Reason(FinishReason::Length),
            End::Reason(FinishReason::Length),
        ),
        fault(
            "a filter",
            Step::reply(reply().with_finish_reason(FinishReason::ContentFilter)),
            End::Reasons(FILTERED),
            End::Reasons(FILTERED),
        ),
    ]
}

/// All that can be seen of an error.
fn visible(error: &Error) -> String {
    let mut text = format!("{error} {error:?} {error:#?} {:?} {:?}", error.answer(), error.problems());
    text.push_str(&format!("{:?} {:?} {:?}", error.code(), error.request_id(), error.attempts()));
    let mut source = std::error::Error::source(error);
    while let Some(error) = source {
        text.push_str(&format!(" {error} {error:?}"));
        source = error.source();
    }
    text
}

/// Why a call did not end as it should have; empty if it did.
fn judge(expected: &End, result: &Result<Reply, Error>) -> String {
    let right = match (expected, result) {
        (End::Text, Ok(reply)) => reply.text() == TEXT && reply.finish_reason == FinishReason::Stop,
        (End::Reason(reason), Ok(reply)) => reply.finish_reason == *reason && reply.text() == TEXT,
        (End::Reasons(reasons), Ok(reply)) => reasons.contains(&reply.finish_reason) && reply.text() == TEXT,
        (End::Error(kind), Err(error)) => error.kind() == *kind,
        (End::Errors(kinds), Err(error)) => kinds.contains(&error.kind()),
        _ => false,
    };
    match result {
        _ if !right => format!("expected {expected:?}, got {result:?}"),
        Err(error) if visible(error).contains("canary") => format!("shows the key: {error:?}"),
        Err(error) if visible(error).contains("http://127") => format!("shows the URL: {error:?}"),
        _ => String::new(),
    }
}

async fn every_fault(vendor: Vendor) {
    let mut wrong = Vec::new();
    for fault in faults() {
        for (streamed, expected) in [(false, &fault.whole), (true, &fault.streamed)] {
            let server = WireServer::script([fault.step.clone()]).unwrap();
            let provider = vendor.with(&server, fault.limits);
            let begun = Instant::now();
            let result = call(&*provider, streamed).await;
            let how = if streamed { "streamed" } else { "whole" };
            let mut complain = |what: String| {
                if !what.is_empty() {
                    wrong.push(format!("{}, {}, {how}: {what}", vendor.name, fault.name));
                }
            };
            complain(judge(expected, &result));
            // The limit of the whole body, of all events, and what stands in the buffers of the sockets.
            let most = 2 * fault.limits.bytes as u64 + (24 << 20);
            if server.bytes_sent() > most {
                complain(format!("{} bytes could be sent", server.bytes_sent()));
            }
            if begun.elapsed() > Duration::from_secs(5) {
                complain(format!("took {:?}", begun.elapsed()));
            }
            if server.request_count() != 1 {
                complain(format!("{} requests came", server.request_count()));
            }
            if server.requests().iter().any(|request| !request.has_key(KEY) || format!("{request:?}").contains(KEY)) {
                complain("the key is missing, or shown".to_owned());
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

macro_rules! every_fault {
    ($($name:ident: $number:literal,)+) => {
        $(
            #[tokio::test]
            async fn $name() {
                assert_eq!(stringify!($name), format!("every_fault_of_{}", VENDORS[$number].name));
                every_fault(VENDORS[$number]).await;
            }
        )+
        #[test]
        fn no_vendor_is_left_out() {
            assert_eq!([$($number),+].len(), VENDORS.len());
        }
    };
}

every_fault! {
    every_fault_of_responses: 0,
    every_fault_of_chat: 1,
    every_fault_of_anthropic: 2,
    every_fault_of_gemini: 3,
    every_fault_of_openrouter: 4,
    every_fault_of_compatible: 5,
}

#[tokio::test]
async fn what_came_before_a_stream_failed_is_not_lost() {
    for vendor in VENDORS {
        let error = || Error::new(ErrorKind::Server, "it broke");
        let steps =
            [Step::reply_then_error(reply(), error()), good().without_end(), good().in_pieces_of(1).without_end()];
        let server = WireServer::script(steps).unwrap();
        let provider = vendor.of(&server);
        for _ in 0..3 {
            let mut stream = provider.stream(&ask()).await.unwrap();
            let mut text = String::new();
            let error = loop {
                match stream.next().await.expect("an error comes before the end") {
                    Ok(Chunk::Text(piece)) => text.push_str(&piece),
                    Ok(_) => {}
                    Err(error) => break error,
                }
            };
            assert_eq!((text.as_str(), error.answer()), (TEXT, Some(TEXT)), "{}: {error:?}", vendor.name);
            assert!(stream.next().await.is_none(), "{}", vendor.name);
            assert_eq!(stream.finish().await.unwrap_err().kind(), ErrorKind::Incomplete);
        }
    }
}

#[tokio::test]
async fn a_wait_and_an_id_are_told() {
    for vendor in VENDORS {
        let wait = Duration::from_millis(2_500);
        let step = || Step::failure(Error::new(ErrorKind::RateLimit, "slow down").with_retry_after(wait));
        let server = WireServer::script([step(), step(), good(), good()]).unwrap();
        let provider = vendor.of(&server);
        for streamed in [false, true] {
            let error = call(&*provider, streamed).await.unwrap_err();
            assert_eq!((error.retry_after(), error.status()), (Some(wait), Some(429)), "{}", vendor.name);
            assert!(error.is_retryable(), "{}", vendor.name);
        }
        for streamed in [false, true] {
            let reply = call(&*provider, streamed).await.unwrap();
            assert_eq!(reply.id.as_deref(), Some("answer-1"), "{}", vendor.name);
            assert_eq!(reply.usage, Some(Usage::new(5, 6)), "{}", vendor.name);
            assert_eq!(reply.model, "model-1", "{}", vendor.name);
        }
    }
}

#[tokio::test]
async fn a_vendor_that_echoes_the_key_does_not_spread_it() {
    for vendor in VENDORS {
        let echo = || Step::error(401, KEY, &format!("wrong key {KEY} {}", "x".repeat(2_000)));
        let steps = [
            echo(),
            echo().with_header("x-request-id", KEY).with_header("request-id", KEY),
            Step::bytes(500, "text/plain", format!("{} {KEY}", "x".repeat(190))),
            Step::bytes(200, "application/json", format!("{{\"{KEY}\": ")),
            Step::bytes(200, "text/event-stream", format!("data: {{\"error\":{{\"message\":\"{KEY}\"}}}}\n\n")),
            Step::reply_then_error(reply(), Error::new(ErrorKind::Server, format!("about {KEY}"))),
        ];
        for streamed in [false, true] {
            let server = WireServer::script(steps.clone()).unwrap();
            let provider = vendor.of(&server);
            for number in 0..steps.len() {
                let error = call(&*provider, streamed).await.unwrap_err();
                let seen = visible(&error);
                assert!(!seen.contains("canary"), "{} {number} {streamed}: {seen}", vendor.name);
            }
        }
    }
}

#[tokio::test]
async fn a_connection_is_used_again_unless_its_body_broke() {
    for vendor in VENDORS {
        let steps = [good(), good(), good().chunked().cut_in_half(), good(), failure(ErrorKind::Server), good()];
        let server = WireServer::script(steps).unwrap();
        let provider = vendor.of(&server);
        let mut ends = Vec::new();
        for _ in 0..6 {
            ends.push(call(&*provider, false).await.is_ok());
        }
        assert_eq!(ends, [true, true, false, true, false, true], "{}", vendor.name);
        let peers: Vec<_> = server.requests().iter().map(|request| request.peer).collect();
        assert!(peers[..3].iter().all(|peer| *peer == peers[0]), "{}: {peers:?}", vendor.name);
        assert!(peers[3..].iter().all(|peer| *peer == peers[3]), "{}: {peers:?}", vendor.name);
        assert_ne!(peers[0], peers[3], "{}", vendor.name);

        // The same for streams, one way or another: what broke is never used again.
        let steps = [good().cut_in_half(), good().without_end(), good().stall_in_half(), good()];
        let server = WireServer::script(steps).unwrap();
        let provider = vendor.with(&server, IMPATIENT);
        for is_good in [false, false, false, true] {
            assert_eq!(call(&*provider, true).await.is_ok(), is_good, "{}", vendor.name);
        }
        let peers: HashSet<_> = server.requests().iter().map(|request| request.peer).collect();
        assert!(peers.len() >= 3, "{}: {peers:?}", vendor.name);
    }
}

/// Waits until the server has seen so many clients leave.
async fn left(server: &WireServer, count: u64) {
    let seen = async {
        while server.abandoned_count() < count {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, seen).await.expect("the server does not see the client leave");
}

#[tokio::test]
async fn dropping_a_call_or_a_stream_closes_its_connection() {
    for vendor in VENDORS {
        let steps =
            [Step::never(), Step::never(), good().stall_in_half(), Step::endless_events(), good().stall_in_half()];
        let server = WireServer::script(steps).unwrap();
        let provider = vendor.of(&server);
        let request = ask();
        let arrived = async |count: u64| {
            while server.request_count() < count {
                tokio::task::yield_now().await;
            }
        };
        tokio::select! {
            result = provider.generate(&request) => panic!("{result:?}"),
            () = arrived(1) => {}
        }
        left(&server, 1).await;
        tokio::select! {
            result = provider.stream(&request) => panic!("{result:?}"),
            () = arrived(2) => {}
        }
        left(&server, 2).await;
        // Some of the stream was read already.
        for count in [3, 4] {
            let mut stream = provider.stream(&request).await.unwrap();
            while !matches!(stream.next().await.unwrap().unwrap(), Chunk::Text(_)) {}
            drop(stream);
            left(&server, count).await;
        }
        // The future of a read may be dropped without harm; then the stream.
        let mut stream = provider.stream(&request).await.unwrap();
        while !matches!(stream.next().await.unwrap().unwrap(), Chunk::Text(_)) {}
        while tokio::time::timeout(Duration::from_millis(20), stream.next()).await.is_ok() {}
        drop(stream);
        left(&server, 5).await;
    }
}

/// A server that reads a request and answers with these bytes, as often as it is asked.
fn raw_server(answer: Vec<u8>) -> (u16, impl FnOnce()) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let stop = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let stopped = stop.clone();
    let thread = std::thread::spawn(move || {
        for socket in listener.incoming() {
            if stopped.load(std::sync::atomic::Ordering::Relaxed) {
                return;
            }
            let mut socket = socket.unwrap();
            let mut buffer = [0; 8 << 10];
            let _ = socket.read(&mut buffer);
            let _ = socket.write_all(&answer);
        }
    });
    let end = move || {
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
        drop(std::net::TcpStream::connect(address));
        thread.join().unwrap();
    };
    (address.port(), end)
}

#[tokio::test]
async fn what_is_no_http_is_a_connection_that_failed() {
    let endless_header = [b"HTTP/1.1 200 OK\r\nx-a: ".to_vec(), vec![b'a'; 4 << 20]].concat();
    let answers = [
        Vec::new(),
        b"SSH-2.0-OpenSSH_10.0\r\n".to_vec(),
        b"\x15\x03\x01\x00\x02\x02\x50".to_vec(),
        b"HTTP/1.1 200 OK\r\nContent-Len".to_vec(),
        b"HTTP/1.1 9999 What\r\n\r\n".to_vec(),
        b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n".to_vec(),
        endless_header,
    ];
    for answer in answers {
        let start = String::from_utf8_lossy(&answer[..answer.len().min(40)]).into_owned();
        let (port, end) = raw_server(answer);
        let origin = format!("http://127.0.0.1:{port}");
        for vendor in VENDORS {
            let provider = (vendor.make)(&format!("{origin}/v1"), &origin, LIMITS);
            for streamed in [false, true] {
                let error = call(&*provider, streamed).await.unwrap_err();
                assert_eq!(error.kind(), ErrorKind::Connect, "{} {start:?}: {error:?}", vendor.name);
                assert!(!visible(&error).contains("127.0.0.1"), "{error:?}");
            }
        }
        end();
    }
}

#[tokio::test]
async fn a_body_that_is_no_chunk_or_too_long_is_an_error() {
    let answers: [&[u8]; 3] = [
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n{",
        b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\ndata: {}\n\n\r\n",
    ];
    for answer in answers {
        let (port, end) = raw_server(answer.to_vec());
        let origin = format!("http://127.0.0.1:{port}");
        for vendor in VENDORS {
            let provider = (vendor.make)(&format!("{origin}/v1"), &origin, LIMITS);
            for streamed in [false, true] {
                let error = call(&*provider, streamed).await.unwrap_err();
                assert_eq!(error.kind(), ErrorKind::Incomplete, "{}: {error:?}", vendor.name);
            }
        }
        end();
    }
}

#[tokio::test]
async fn nobody_there_is_told_at_once() {
    for vendor in VENDORS {
        let provider = (vendor.make)("http://127.0.0.1:9/v1", "http://127.0.0.1:9", LIMITS);
        for streamed in [false, true] {
            let error = call(&*provider, streamed).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Connect, "{}: {error:?}", vendor.name);
            assert!(!visible(&error).contains("canary") && !visible(&error).contains("http:"), "{error:?}");
        }
    }
}

#[test]
fn no_proxy_catches_a_call_to_this_machine() {
    let proxy = WireServer::script([]).unwrap();
    let url = format!("http://127.0.0.1:{}", proxy.port());
    let mut command = Command::new(std::env::current_exe().unwrap());
    for name in ["http_proxy", "https_proxy", "all_proxy"] {
        command.env(name, &url).env(name.to_uppercase(), &url);
    }
    command.env_remove("no_proxy").env_remove("NO_PROXY");
    let output = command.args(["--ignored", "--exact", "child_has_a_proxy"]).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && text.contains("1 passed"), "{text}{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(proxy.connection_count(), 0);
}

#[tokio::test]
#[ignore = "run by no_proxy_catches_a_call_to_this_machine"]
async fn child_has_a_proxy() {
    for vendor in VENDORS {
        let server = WireServer::script([good(), good(), good(), good()]).unwrap();
        for host in ["127.0.0.1", "localhost"] {
            let origin = format!("http://{host}:{}", server.port());
            let provider = (vendor.make)(&format!("{origin}/v1"), &origin, LIMITS);
            for streamed in [false, true] {
                assert_eq!(call(&*provider, streamed).await.unwrap().text(), TEXT, "{}", vendor.name);
            }
        }
    }
}
