//! Asks again where that may help.

mod budget;
mod wait;

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use self::budget::Budget;
use super::begin::begin;
use super::tried::{Tried, route};
use crate::capability::{Supports, supports_as};
use crate::error::{Error, ErrorKind, Result};
use crate::image::{GenerateImage, GenerateImagen, GeneratedImage, ImageRequest};
use crate::provider::{BoxFuture, Provider};
use crate::reply::Reply;
use crate::request::Request;
use crate::stream::ReplyStream;

/// How many times a call is asked again at most, unless [`Retry::with_retries`] says otherwise: as OpenAI's and
/// Anthropic's own SDKs do.
pub const DEFAULT_RETRIES: u32 = 2;

/// The wait before the first retry where the vendor names none: 0.5 s. It doubles with each retry.
pub const DEFAULT_FIRST_WAIT: Duration = Duration::from_millis(500);

/// The longest wait where the vendor names none: 8 s.
pub const DEFAULT_LONGEST_WAIT: Duration = Duration::from_secs(8);

/// The longest wait that is granted to a vendor: 120 s. Where it asks for more, the call fails at once.
pub const DEFAULT_RETRY_AFTER_LIMIT: Duration = Duration::from_secs(120);

/// How many retries there may be for each call on the average: one for five calls.
pub const DEFAULT_BUDGET: f64 = 0.2;

/// Asks again where that may help.
///
/// It decides on [`Error::is_retryable`], [`Error::kind`] and [`Error::retry_after`] alone, never on a text:
///
/// - **What**: a failed connection, a timeout, a rate limit, a failure of the vendor, a cut answer; or what the vendor
///   said of it. Credit that is used up never.
/// - **When**: after the time that the vendor asks for, or if that is longer than
///   [120 s](DEFAULT_RETRY_AFTER_LIMIT), not at all: the error is there at once. Where it names no time, after
///   `0.5 s · 2ⁿ`, at most 8 s, times a random factor of 0.75 to 1.
/// - **How often**: [twice](DEFAULT_RETRIES), unless the budget is used up: retries may add
///   [20 %](DEFAULT_BUDGET) to the calls, with ten of them in stock at the start, so that a vendor that is down is not
///   asked three times as much. Clones share the budget.
/// - **Streams** until the first piece came; see the [module](super).
///
/// [`Reply::attempts`] counts the attempts. The error of a call that was asked more than once has them all in
/// [`Error::attempts`].
///
/// Outside of a tokio runtime there is no timer: an error is given as it is.
///
/// ```
/// use std::time::Duration;
/// use codex_ai::{Dispatcher, layer::Retry, provider::Local};
///
/// let provider = Retry::new(Local::quiet()).with_retries(4).with_deadline(Duration::from_secs(60));
/// let dispatcher = Dispatcher::new(provider)?;
/// # Ok::<(), codex_ai::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Retry<P>(Core<P>);

/// The same without the bound of [`GenerateImage`], for providers whose images are known at run time alone.
#[derive(Debug, Clone)]
struct Core<P> {
    inner: P,
    retries: u32,
    first_wait: Duration,
    longest_wait: Duration,
    retry_after_limit: Duration,
    deadline: Option<Duration>,
    budget: Option<Arc<Budget>>,
}

impl<P> Retry<P> {
    /// Retries around `inner`, with the defaults.
    pub fn new(inner: P) -> Self {
        Self(Core {
            inner,
            retries: DEFAULT_RETRIES,
            first_wait: DEFAULT_FIRST_WAIT,
            longest_wait: DEFAULT_LONGEST_WAIT,
            retry_after_limit: DEFAULT_RETRY_AFTER_LIMIT,
            deadline: None,
            budget: Some(Arc::new(Budget::new(DEFAULT_BUDGET))),
        })
    }

    /// Sets how many times a call is asked again at most.
    #[must_use]
    pub fn with_retries(mut self, retries: u32) -> Self {
        self.0.retries = retries;
        self
    }

    /// Sets the wait before the first retry, and the longest one, where the vendor names none.
    #[must_use]
    pub fn with_waits(mut self, first: Duration, longest: Duration) -> Self {
        self.0.first_wait = first;
        self.0.longest_wait = longest;
        self
    }

    /// Sets the longest wait that is granted to a vendor.
    #[must_use]
    pub fn with_retry_after_limit(mut self, limit: Duration) -> Self {
        self.0.retry_after_limit = limit;
        self
    }

    /// Sets how long a call may take with all its retries; of a stream, how long until its first piece. A retry that
    /// would begin later is left out, and one that is still running then ends in [`ErrorKind::Timeout`].
    #[must_use]
    pub fn with_deadline(mut self, deadline: Duration) -> Self {
        self.0.deadline = Some(deadline);
        self
    }

    /// Sets how many retries there may be for each call on the average; `0.2` is one for five calls. The budget is new:
    /// it is shared with the clones that are made from now on.
    #[must_use]
    pub fn with_budget(mut self, share: f64) -> Self {
        self.0.budget = Some(Arc::new(Budget::new(share)));
        self
    }

    /// Takes the budget away: only the number of retries counts.
    #[must_use]
    pub fn without_budget(mut self) -> Self {
        self.0.budget = None;
        self
    }

    /// The provider inside.
    pub fn inner(&self) -> &P {
        &self.0.inner
    }
}

impl<P: Provider> Core<P> {
    /// Asks until there is an answer, and gives it with the number of attempts that failed.
    async fn run<'a, T, F>(&'a self, model: Option<&str>, ask: F) -> Result<(T, u32)>
    where
        F: Fn() -> BoxFuture<'a, Result<T>>,
    {
        let begin = Instant::now();
        let until = self.deadline.and_then(|deadline| begin.checked_add(deadline));
        if let Some(budget) = &self.budget {
            budget.call();
        }
        let mut tried = Tried::default();
        for retry in 0.. {
            let start = Instant::now();
            let error = match self.ask(ask(), model, until).await {
                Ok(answer) => return Ok((answer, tried.count())),
                Err(error) => error,
            };
            tried.push(&route(self.inner.name(), model), &error, start.elapsed());
            match self.wait_for(&error, retry, until) {
                Some(wait) => {
                    tracing::debug!(kind = ?error.kind(), wait_ms = wait.as_millis(), retry = retry + 1, "asking again");
                    tokio::time::sleep(wait).await;
                }
                None => return Err(tried.explain(error)),
            }
        }
        Err(Error::new(ErrorKind::Other, "there are no retries left"))
    }

    async fn ask<T>(&self, answer: BoxFuture<'_, Result<T>>, model: Option<&str>, until: Option<Instant>) -> Result<T> {
        let (Some(until), Some(deadline)) = (until, self.deadline) else { return answer.await };
        crate::transport::in_runtime()?;
        match tokio::time::timeout_at(until, answer).await {
            Ok(result) => result,
            Err(_) => Err(Error::new(ErrorKind::Timeout, format!("no answer within the deadline of {deadline:?}"))
                .with_route(route(self.inner.name(), model))
                .with_help("allow more time, or ask for a shorter answer")),
        }
    }

    /// How long to wait before it is asked again; `None` where it is not.
    fn wait_for(&self, error: &Error, retry: u32, until: Option<Instant>) -> Option<Duration> {
        if retry >= self.retries || !error.is_retryable() || tokio::runtime::Handle::try_current().is_err() {
            return None;
        }
        let wait = match error.retry_after() {
            Some(wait) if wait > self.retry_after_limit => return None,
            Some(wait) => wait,
            None => wait::backoff(self.first_wait, self.longest_wait, retry),
        };
        let too_late = until.is_some_and(|until| Instant::now().checked_add(wait).is_none_or(|then| then >= until));
        if too_late || !self.budget.as_ref().is_none_or(|budget| budget.take()) {
            return None;
        }
        Some(wait)
    }
}

impl<P: Provider> Provider for Retry<P> {
    fn name(&self) -> &str {
        self.0.inner.name()
    }

    fn generate<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Result<Reply>> {
        Box::pin(async move {
            let model = request.options.model.as_deref();
            let (mut reply, failed) = self.0.run(model, || self.0.inner.generate(request)).await?;
            reply.attempts = reply.attempts.saturating_add(failed);
            Ok(reply)
        })
    }

    fn stream<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Result<ReplyStream>> {
        Box::pin(async move {
            let model = request.options.model.as_deref();
            let (begun, failed) = self.0.run(model, || Box::pin(begin(&self.0.inner, request))).await?;
            Ok(begun.into_stream(failed))
        })
    }

    fn images(&self) -> Option<&dyn GenerateImage> {
        self.0.inner.images().map(|_| &self.0 as &dyn GenerateImage)
    }

    fn imagen(&self) -> Option<&dyn GenerateImagen> {
        self.0.inner.imagen().map(|_| &self.0 as &dyn GenerateImagen)
    }

    supports_as!(self => self.0.inner);
}

impl<P: Supports<C, Q>, C, Q> Supports<C, Q> for Retry<P> {}

super::image_layer!(Retry, |core, model, ask| Ok(core.run(model, ask).await?.0));
