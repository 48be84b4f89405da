//! The faults, and what each must end in.

use std::time::Duration;

use codex_ai::testing::Step;
use codex_ai::{Error, ErrorKind, FinishReason, Reply, Usage};

use crate::{IMPATIENT, LIMITS, Limits, TEXT};

/// What a call must end in.
#[derive(Clone, Debug)]
pub(crate) enum End {
    Text,
    Reason(FinishReason),
    Reasons(&'static [FinishReason]),
    Error(ErrorKind),
    /// Either; which of them is a matter of timing.
    Errors(&'static [ErrorKind]),
}

/// Anthropic's format has one word for a refusal and a filter.
pub(crate) const FILTERED: &[FinishReason] = &[FinishReason::ContentFilter, FinishReason::Refusal];

pub(crate) struct Fault {
    pub(crate) name: &'static str,
    pub(crate) step: Step,
    pub(crate) whole: End,
    pub(crate) streamed: End,
    pub(crate) limits: Limits,
}

pub(crate) fn reply() -> Reply {
    let mut reply = Reply::from_text("model-1", TEXT).with_usage(Usage::new(5, 6));
    reply.id = Some("answer-1".to_owned());
    reply
}

pub(crate) fn good() -> Step {
    Step::reply(reply())
}

pub(crate) fn failure(kind: ErrorKind) -> Step {
    Step::failure(Error::new(kind, "words of the vendor"))
}

pub(crate) fn faults() -> Vec<Fault> {
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
            limits: Limits { time: Duration::from_millis(1_200), ..LIMITS },
            ..fine("a pause between events", good().with_delay(Duration::from_millis(90)))
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
