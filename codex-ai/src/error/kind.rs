//! What went wrong, for programs: the sort of failure, and the single problems of a value.

#[cfg(doc)]
use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use super::Error;

/// The sort of failure; what a program decides on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A setting is missing or unusable: no key, an empty key, a bad URL.
    Config,
    /// The prompts of the binary contradict each other, or one that is needed is not there.
    Registry,
    /// No prompt has the mode that was asked for.
    UnknownPrompt,
    /// The JSON arguments of a call by name do not fit; see [`Error::problems`].
    InvalidArguments,
    /// The prompt function itself returned an error; it is the [`source`](StdError::source).
    Prompt,
    /// The provider or the model cannot do what the request asks for: found before anything is sent, or, with a
    /// [`status`](Error::status), said by the vendor of tools or of the field that asks for JSON.
    Unsupported,
    /// The schema cannot be expressed for this provider: found before anything is sent (see [`Error::problems`]), or,
    /// with a [`status`](Error::status), said by the vendor.
    Schema,
    /// The blocking API was used inside an async runtime.
    Blocking,
    /// No connection, or it broke before the answer began.
    Connect,
    /// A time limit passed.
    Timeout,
    /// The vendor does not accept the key (401).
    Authentication,
    /// The key may not do this (403).
    Permission,
    /// The vendor does not know the model or the address (404).
    NotFound,
    /// The request is refused as it is: by the vendor (400, 413, 422 and other 4xx), or before it is sent because its
    /// options contradict each other.
    InvalidRequest,
    /// Too many requests or tokens for now (429).
    RateLimit,
    /// The account has no credit or has met its limit; waiting does not help.
    Quota,
    /// The vendor failed (5xx) or is overloaded.
    Server,
    /// The answer is not in the vendor's format.
    Protocol,
    /// The answer is larger than the limit.
    TooLarge,
    /// The answer ended before its end: a cut connection, a stream without its end marker.
    Incomplete,
    /// The model stopped at the token limit.
    Truncated,
    /// The model refused; the words it used are in [`Error::answer`].
    Refused,
    /// A filter of the vendor stopped the answer.
    Filtered,
    /// The answer holds nothing.
    Empty,
    /// The answer is not a value of the type that was asked for; see [`Error::problems`] and [`Error::answer`].
    InvalidOutput,
    /// The model called tools until a limit of [`ToolUse`](crate::ToolUse) was met.
    ToolLimit,
    /// Anything else.
    Other,
}

/// One thing that is wrong with a value, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Problem {
    /// Where: `points[2].name`; `$` is the whole value.
    pub path: String,
    /// What is expected and what was found, for people.
    pub message: String,
    /// The value that was found there, cut to a few words, where it is known.
    pub got: Option<String>,
    /// What was expected there, where it is known.
    pub expected: Option<String>,
    /// The message without what was found and expected.
    pub(crate) brief: Option<&'static str>,
    /// The same in the form that the vendor wrote the value in, where that is another.
    pub(crate) written: Option<Box<Written>>,
}

/// What is wrong with a value, in the words of the form that a vendor wrote it in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Written {
    pub(crate) path: String,
    pub(crate) got: Option<String>,
    pub(crate) expected: Option<String>,
}

/// One attempt of a call that failed in the end.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Attempt {
    /// The provider and model that were asked, as `openai/gpt-5.6-luna`.
    pub route: String,
    /// The sort of failure.
    pub kind: ErrorKind,
    /// What happened, for people.
    pub message: String,
    /// How long the attempt took.
    pub elapsed: Duration,
    /// The vendor's id of the request.
    pub request_id: Option<String>,
}

impl Attempt {
    /// An attempt that ended in `error` after this time. `route` is for an error that names none.
    pub fn new(route: &str, error: &Error, elapsed: Duration) -> Self {
        Self {
            route: error.route().unwrap_or(route).to_owned(),
            kind: error.kind(),
            message: error.message().to_owned(),
            elapsed,
            request_id: error.request_id().map(str::to_owned),
        }
    }
}

impl fmt::Display for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { route, kind, message, elapsed, request_id } = self;
        write!(f, "`{route}`, {kind:?} after {:.1} s: {message}", elapsed.as_secs_f64())?;
        match request_id {
            Some(id) => write!(f, " (request id `{id}`)"),
            None => Ok(()),
        }
    }
}

impl Problem {
    /// A problem at `path`; an empty path means the whole value.
    pub fn new(path: impl Into<String>, message: impl Into<String>) -> Self {
        let mut path = path.into();
        if path.is_empty() || path == "." {
            path = "$".to_owned();
        }
        Self { path, message: message.into(), got: None, expected: None, brief: None, written: None }
    }

    /// Sets [`got`](Self::got).
    #[must_use]
    pub fn with_got(mut self, got: impl Into<String>) -> Self {
        self.got = Some(got.into());
        self
    }

    /// Sets [`expected`](Self::expected).
    #[must_use]
    pub fn with_expected(mut self, expected: impl Into<String>) -> Self {
        self.expected = Some(expected.into());
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`: {}", self.path, self.message)
    }
}
