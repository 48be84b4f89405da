//! Answers beyond the limit of size. A target of its own: it looks at the memory of the whole process.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use codex_ai::provider::openai::{OpenAi, OpenAiBuilder};
use codex_ai::testing::{Step, WireServer};
use codex_ai::transport::DEFAULT_BODY_LIMIT;
use codex_ai::{ErrorKind, Message, Provider, Request};

const HUGE: u64 = 100 << 20;

fn builder(server: &WireServer) -> OpenAiBuilder {
    OpenAi::builder().key("sk-test-0123456789").base_url(server.url())
}

fn hi() -> Request {
    Request::new(vec![Message::user("Hi")])
}

#[tokio::test]
async fn an_answer_that_is_too_large_is_not_read_on() {
    let server = WireServer::script([Step::huge(HUGE), Step::huge(HUGE).chunked()]).unwrap();
    let openai = builder(&server).build().unwrap();
    let before = peak_memory();
    // The length is declared: nothing of the body is held. Then it is not: the limit is met on the way.
    for allowed in [16 << 10, 2 * (DEFAULT_BODY_LIMIT as u64 >> 10) + (16 << 10)] {
        let error = openai.generate(&hi()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TooLarge, "{error}");
        assert!(!error.is_retryable() && error.answer().is_none());
        if let (Some(before), Some(after)) = (before, peak_memory()) {
            assert!(after - before < allowed, "{} KiB more, allowed are {allowed}", after - before);
        }
    }
    drop(server);

    let body = r#"{"output":[]}"#;
    let step = Step::bytes(200, "application/json", body);
    let server = WireServer::script([step.clone().chunked(), step.clone(), step.clone().chunked(), step]).unwrap();
    let fits = builder(&server).body_limit(body.len()).build().unwrap();
    let short = builder(&server).body_limit(body.len() - 1).build().unwrap();
    for _ in 0..2 {
        assert!(fits.generate(&hi()).await.is_ok());
    }
    for _ in 0..2 {
        assert_eq!(short.generate(&hi()).await.unwrap_err().kind(), ErrorKind::TooLarge);
    }
}

/// The most memory this process has had so far, in KiB, where the system tells it.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}
