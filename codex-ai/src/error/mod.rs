//! The one error type that users see.

mod kind;
mod refused;

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use crate::reply::Usage;
use crate::structured::Report;

pub(crate) use kind::Written;
pub use kind::{Attempt, ErrorKind, Problem};
pub(crate) use refused::Refused;

/// A result whose error is [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Any error that can cross threads; what a prompt function's own error converts into.
pub type BoxError = Box<dyn StdError + Send + Sync + 'static>;

/// What went wrong, to which prompt and route, and what to do about it.
///
/// Match on [`kind`](Error::kind); the text is for people and may change. No key, header or URL is ever part of it.
///
/// ```
/// use codex_ai::{Error, ErrorKind};
///
/// fn advice(error: &Error) -> &'static str {
///     match error.kind() {
///         ErrorKind::Authentication => "look at the key",
///         ErrorKind::InvalidOutput => "look at error.problems() and error.answer()",
///         _ if error.is_retryable() => "try again later",
///         _ => "give up",
///     }
/// }
/// # assert_eq!(advice(&Error::new(ErrorKind::Timeout, "no answer")), "try again later");
/// ```
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    message: Cow<'static, str>,
    help: Option<Cow<'static, str>>,
    prompt: Option<Cow<'static, str>>,
    route: Option<String>,
    status: Option<u16>,
    code: Option<String>,
    request_id: Option<String>,
    retry_after: Option<Duration>,
    should_retry: Option<bool>,
    attempts: Vec<Attempt>,
    problems: Vec<Problem>,
    answer: Option<String>,
    usage: Option<Usage>,
    report: Option<Box<Report>>,
    source: Option<BoxError>,
    /// What of the form of the answer a vendor did not take.
    refused: Option<Refused>,
}

impl Error {
    /// An error of this kind. The message starts in lower case and has no full stop.
    pub fn new(kind: ErrorKind, message: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Inner {
            kind,
            message: message.into(),
            help: None,
            prompt: None,
            route: None,
            status: None,
            code: None,
            request_id: None,
            retry_after: None,
            should_retry: None,
            attempts: Vec::new(),
            problems: Vec::new(),
            answer: None,
            usage: None,
            report: None,
            source: None,
            refused: None,
        }))
    }

    /// The error of a prompt function: an [`Error`] in the box comes back as it was.
    pub fn from_prompt(error: impl Into<BoxError>) -> Self {
        match error.into().downcast::<Self>() {
            Ok(own) => *own,
            Err(other) => {
                Self::new(ErrorKind::Prompt, format!("the prompt function failed: {other}")).with_source(other)
            }
        }
    }

    /// The sort of failure.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Whether the same request may succeed later: connection, timeout, rate limit, vendor failure, cut answer; or
    /// what the vendor itself said of that.
    pub fn is_retryable(&self) -> bool {
        use ErrorKind::{Connect, Incomplete, Quota, RateLimit, Server, Timeout};
        match (self.0.kind, self.0.should_retry) {
            // Credit that is used up does not come back by itself, whatever a header says.
            (Quota, _) => false,
            (_, Some(said)) => said,
            (kind, None) => matches!(kind, Connect | Timeout | RateLimit | Server | Incomplete),
        }
    }

    /// What happened, without context and help.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// What to do now.
    pub fn help(&self) -> Option<&str> {
        self.0.help.as_deref()
    }

    /// The mode of the prompt that was being called.
    pub fn prompt(&self) -> Option<&str> {
        self.0.prompt.as_deref()
    }

    /// The provider and model that were asked, as `openai/gpt-5.6-luna`.
    pub fn route(&self) -> Option<&str> {
        self.0.route.as_deref()
    }

    /// The HTTP status of the vendor's answer.
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// The vendor's own error code or type.
    pub fn code(&self) -> Option<&str> {
        self.0.code.as_deref()
    }

    /// The vendor's id of the request, for its support.
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// How long the vendor asks to wait.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// Every attempt that was made, oldest first, where there was more than one.
    pub fn attempts(&self) -> &[Attempt] {
        &self.0.attempts
    }

    /// Every single problem found, each with its path.
    pub fn problems(&self) -> &[Problem] {
        &self.0.problems
    }

    /// The model's text, where there was one: nothing that was paid for is lost.
    pub fn answer(&self) -> Option<&str> {
        self.0.answer.as_deref()
    }

    /// The tokens that were used all the same.
    pub fn usage(&self) -> Option<&Usage> {
        self.0.usage.as_ref()
    }

    /// What the call took until it failed, where it asked for a value.
    pub fn report(&self) -> Option<&Report> {
        self.0.report.as_deref()
    }

    /// Adds what to do now; an imperative, without a full stop.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<Cow<'static, str>>) -> Self {
        self.0.help = Some(help.into());
        self
    }

    /// Names the prompt, unless one is named already.
    #[must_use]
    pub fn with_prompt(mut self, mode: impl Into<Cow<'static, str>>) -> Self {
        self.0.prompt.get_or_insert_with(|| mode.into());
        self
    }

    /// Names the route, unless one is named already.
    #[must_use]
    pub fn with_route(mut self, route: impl Into<String>) -> Self {
        self.0.route.get_or_insert_with(|| route.into());
        self
    }

    /// Adds the HTTP status.
    #[must_use]
    pub fn with_status(mut self, status: u16) -> Self {
        self.0.status = Some(status);
        self
    }

    /// Adds the vendor's own error code.
    #[must_use]
    pub fn with_code(mut self, code: impl Into<String>) -> Self {
        self.0.code = Some(code.into());
        self
    }

    /// Adds the vendor's request id.
    #[must_use]
    pub fn with_request_id(mut self, id: impl Into<String>) -> Self {
        self.0.request_id = Some(id.into());
        self
    }

    /// Adds the time the vendor asks to wait.
    #[must_use]
    pub fn with_retry_after(mut self, wait: Duration) -> Self {
        self.0.retry_after = Some(wait);
        self
    }

    /// Adds what the vendor says of asking again.
    #[must_use]
    pub fn with_should_retry(mut self, should_retry: bool) -> Self {
        self.0.should_retry = Some(should_retry);
        self
    }

    /// Adds the attempts that were made.
    #[must_use]
    pub fn with_attempts(mut self, attempts: Vec<Attempt>) -> Self {
        self.0.attempts = attempts;
        self
    }

    /// Adds the problems that were found.
    #[must_use]
    pub fn with_problems(mut self, problems: Vec<Problem>) -> Self {
        self.0.problems = problems;
        self
    }

    /// Adds the model's text.
    #[must_use]
    pub fn with_answer(mut self, answer: impl Into<String>) -> Self {
        self.0.answer = Some(answer.into());
        self
    }

    /// Adds the tokens used.
    #[must_use]
    pub fn with_usage(mut self, usage: Usage) -> Self {
        self.0.usage = Some(usage);
        self
    }

    /// Adds what the call took.
    #[must_use]
    pub fn with_report(mut self, report: Report) -> Self {
        self.0.report = Some(Box::new(report));
        self
    }

    /// Adds the cause.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<BoxError>) -> Self {
        self.0.source = Some(source.into());
        self
    }
}

impl Error {
    /// Takes every occurrence of a secret out of the texts; vendors have echoed keys. A secret of less than
    /// [`SHORTEST_SECRET`] bytes is left: it protects nothing, and words would suffer.
    #[cfg(feature = "_vendor")]
    pub(crate) fn without_secret(mut self, secret: &str) -> Self {
        if secret.len() < SHORTEST_SECRET {
            return self;
        }
        let inner = &mut *self.0;
        for text in [&mut inner.code, &mut inner.request_id, &mut inner.answer].into_iter().flatten() {
            redact(text, secret);
        }
        for text in [Some(&mut inner.message), inner.help.as_mut()].into_iter().flatten() {
            if text.contains(secret) {
                redact(text.to_mut(), secret);
            }
        }
        for problem in &mut inner.problems {
            redact(&mut problem.path, secret);
            redact(&mut problem.message, secret);
            for text in [&mut problem.got, &mut problem.expected].into_iter().flatten() {
                redact(text, secret);
            }
            if let Some(written) = &mut problem.written {
                redact(&mut written.path, secret);
                for text in [&mut written.got, &mut written.expected].into_iter().flatten() {
                    redact(text, secret);
                }
            }
        }
        self
    }
}

/// The shortest text, in bytes, that is taken for a secret.
pub(crate) const SHORTEST_SECRET: usize = 8;

/// Replaces a secret in a text.
pub(crate) fn redact(text: &mut String, secret: &str) {
    if secret.len() >= SHORTEST_SECRET && text.contains(secret) {
        *text = text.replace(secret, "[REDACTED]");
    }
}

/// At most this many problems are printed; all are in [`Error::problems`].
const PRINTED_PROBLEMS: usize = 10;

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        match (&inner.prompt, &inner.route) {
            (Some(prompt), Some(route)) => write!(f, "prompt `{prompt}` on `{route}`: ")?,
            (Some(prompt), None) => write!(f, "prompt `{prompt}`: ")?,
            (None, Some(route)) => write!(f, "`{route}`: ")?,
            (None, None) => {}
        }
        f.write_str(&inner.message)?;
        let mut details = Vec::new();
        if let Some(status) = inner.status {
            details.push(format!("status {status}"));
        }
        if let Some(code) = &inner.code {
            details.push(format!("code `{code}`"));
        }
        if let Some(id) = &inner.request_id {
            details.push(format!("request id `{id}`"));
        }
        if let Some(wait) = inner.retry_after {
            details.push(format!("retry after {wait:?}"));
        }
        if !details.is_empty() {
            write!(f, " ({})", details.join(", "))?;
        }
        let asks = inner.report.as_deref().map_or(0, |report| report.asks.len());
        // Of answers that are no value there is one line for all; the problems of the last one follow.
        for attempt in inner.attempts.iter().filter(|one| asks < 2 || one.kind != ErrorKind::InvalidOutput) {
            write!(f, "\n  {attempt}")?;
        }
        if let Some(report) = inner.report.as_deref().filter(|_| asks > 1) {
            write!(f, "\n  asked {asks} times: {:.1} s", report.elapsed.as_secs_f64())?;
            match report.usage.total_tokens() {
                0 => {}
                tokens => write!(f, ", {tokens} tokens")?,
            }
        }
        for problem in inner.problems.iter().take(PRINTED_PROBLEMS) {
            write!(f, "\n  {problem}")?;
        }
        if let Some(more @ 1..) = inner.problems.len().checked_sub(PRINTED_PROBLEMS) {
            write!(f, "\n  and {more} more")?;
        }
        if let Some(help) = &inner.help {
            write!(f, "\n  = help: {help}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The answer's length only: `Debug` ends up in logs, and what a model says may be private.
        f.debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("text", &self.to_string())
            .field("answer_bytes", &self.0.answer.as_ref().map(String::len))
            .field("usage", &self.0.usage)
            .field("source", &self.0.source)
            .finish()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}
