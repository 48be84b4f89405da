//! What a failure means for the rest of the chain.

use std::time::Duration;

use crate::error::{Error, ErrorKind};

/// The longest rest that a vendor can ask for: a probe costs less than a route that is left out for a day.
const LONGEST_REST: Duration = Duration::from_secs(600);

/// What one failure says of the route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is not well.
    Ill,
    /// It answered, so it is well.
    Well,
    /// It was not asked at all.
    Unknown,
}

/// Whether another route may do better.
pub(super) fn moves_on(error: &Error) -> bool {
    use ErrorKind::{
        Authentication, Blocking, Config, Connect, Empty, Filtered, Incomplete, InvalidArguments, InvalidOutput,
        InvalidRequest, NotFound, Other, Permission, Prompt, Protocol, Quota, RateLimit, Refused, Registry, Schema,
        Server, Timeout, TooLarge, ToolLimit, Truncated, UnknownPrompt, Unsupported,
    };
    match error.kind() {
        Connect | Timeout | RateLimit | Quota | Server | Incomplete | Protocol | Authentication | Permission
        | NotFound | Config | Unsupported | Schema | Other => true,
        // The fault is in the call, or there is an answer: the next route would cost again and say the same.
        InvalidRequest | InvalidArguments | UnknownPrompt | Registry | Prompt | Blocking | Refused | Filtered
        | Truncated | Empty | InvalidOutput | TooLarge | ToolLimit => error.is_retryable(),
    }
}

/// What the failure says of the route.
pub(super) fn verdict(error: &Error) -> Verdict {
    use ErrorKind::{
        Authentication, Config, Connect, Incomplete, Other, Permission, Protocol, Quota, RateLimit, Schema, Server,
        Timeout, Unsupported,
    };
    match error.kind() {
        Connect | Timeout | RateLimit | Quota | Server | Incomplete | Protocol | Authentication | Permission => {
            Verdict::Ill
        }
        Unsupported | Schema | Config | Other => Verdict::Unknown,
        _ => Verdict::Well,
    }
}

/// How long a route rests after this failure.
pub(super) fn rest(error: &Error, cool_down: Duration) -> Duration {
    error.retry_after().map_or(cool_down, |wait| wait.min(LONGEST_REST))
}

/// The failure that tells most: the last that may pass by itself, so that it is worth while to ask again; else the last.
pub(super) fn most_telling(errors: Vec<Error>) -> Option<Error> {
    let mut telling: Option<Error> = None;
    for error in errors {
        if error.is_retryable() || telling.as_ref().is_none_or(|telling| !telling.is_retryable()) {
            telling = Some(error);
        }
    }
    telling
}
