//! Every fault on every vendor, whole and streamed, through the providers and over a real socket.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod connections;
mod pictures;
mod raw;
mod table;

use std::time::{Duration, Instant};

use codex_ai::provider::anthropic::Anthropic;
use codex_ai::provider::compatible::Compatible;
use codex_ai::provider::gemini::Gemini;
use codex_ai::provider::openai::OpenAi;
use codex_ai::provider::openrouter::OpenRouter;
use codex_ai::testing::{Step, WireServer};
use codex_ai::{Chunk, Error, ErrorKind, FinishReason, Message, Provider, Reply, Request, Usage};

use table::{End, faults, good, reply};

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

/// Waits until the server has seen so many clients leave.
async fn left(server: &WireServer, count: u64) {
    let seen = async {
        while server.abandoned_count() < count {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, seen).await.expect("the server does not see the client leave");
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
            if begun.elapsed() > fault.limits.time + Duration::from_secs(5) {
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
    // Of all vendors at once, with the server in the same process: 1 GiB would show.
    if let Some(peak) = peak_memory() {
        assert!(peak < 200 << 10, "{peak} KiB of memory");
    }
}

/// The most memory this process has had so far, in KiB, where the system tells it.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
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
