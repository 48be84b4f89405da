//! Limits of load.

mod bucket;
mod estimate;

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_core::Stream;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

use self::bucket::Bucket;
use super::begin::Items;
use super::tried::route;
use crate::capability::{Supports, supports_as};
use crate::error::{Error, ErrorKind, Result};
use crate::image::{GenerateImage, GenerateImagen, GeneratedImage, ImageRequest};
use crate::provider::{BoxFuture, Provider};
use crate::reply::{Reply, Usage};
use crate::request::Request;
use crate::stream::{ReplyStream, StreamItem};
use crate::transport::in_runtime;

/// Limits of load around a provider: calls at once, and requests and tokens a minute. Calls wait for their turn, in the
/// order in which they came. Clones share the limits.
///
/// - **Calls at once** are those of the whole layer. A stream counts until its end, or until it is dropped.
/// - **Requests and tokens a minute** are counted for each route, that is provider and model, as vendors do. What is not
///   used is kept for a minute at most, so a minute's worth may go out at once.
/// - **Tokens** are estimated before the call (four bytes of text are one, and
///   [`max_tokens`](crate::Options::max_tokens) for the answer, or 500) and corrected by the usage that comes with the
///   answer. A call that failed without usage took none.
///
/// Put it inside of a [`Retry`](super::Retry), and retries count too.
///
/// ```
/// use codex_ai::{layer::Limit, provider::Local};
///
/// let provider = Limit::new(Local::quiet())
///     .with_concurrency(8)
///     .with_requests_per_minute(500)
///     .with_tokens_per_minute(200_000);
/// ```
#[derive(Debug, Clone)]
pub struct Limit<P>(Core<P>);

#[derive(Debug, Clone)]
struct Core<P> {
    inner: P,
    at_once: Option<Arc<Semaphore>>,
    requests: Option<u64>,
    tokens: Option<u64>,
    longest_wait: Option<Duration>,
    routes: Arc<Routes>,
}

/// The buckets of each route.
#[derive(Debug, Default)]
struct Routes(Mutex<HashMap<String, Buckets>>);

#[derive(Debug)]
struct Buckets {
    requests: Option<Bucket>,
    tokens: Option<Bucket>,
}

/// Beyond this many routes, those that are not in use are forgotten.
const KEPT_ROUTES: usize = 256;

impl<P> Limit<P> {
    /// No limits yet around `inner`.
    pub fn new(inner: P) -> Self {
        let routes = Arc::default();
        Self(Core { inner, at_once: None, requests: None, tokens: None, longest_wait: None, routes })
    }

    /// Sets how many calls may run at once; at least one. Shared with the clones that are made from now on.
    #[must_use]
    pub fn with_concurrency(mut self, calls: usize) -> Self {
        self.0.at_once = Some(Arc::new(Semaphore::new(calls.clamp(1, Semaphore::MAX_PERMITS))));
        self
    }

    /// Sets how many requests may go out in a minute for each route; at least one.
    #[must_use]
    pub fn with_requests_per_minute(mut self, requests: u64) -> Self {
        self.0.requests = Some(requests);
        self.0.routes = Arc::default();
        self
    }

    /// Sets how many tokens requests and answers of one route may take in a minute; at least one.
    #[must_use]
    pub fn with_tokens_per_minute(mut self, tokens: u64) -> Self {
        self.0.tokens = Some(tokens);
        self.0.routes = Arc::default();
        self
    }

    /// Sets how long a call may wait for its turn by the minute. One that would have to wait longer is an error of kind
    /// [`ErrorKind::RateLimit`] at once, with the time as [`Error::retry_after`].
    #[must_use]
    pub fn with_longest_wait(mut self, wait: Duration) -> Self {
        self.0.longest_wait = Some(wait);
        self
    }

    /// The provider inside.
    pub fn inner(&self) -> &P {
        &self.0.inner
    }
}

impl<P: Provider> Core<P> {
    /// Waits until a call may go out. What it gives is held until the call is over.
    async fn turn(&self, model: Option<&str>, tokens: f64) -> Result<Turn> {
        let mut turn = Turn { permit: None, taken: None, estimate: tokens };
        if self.requests.is_some() || self.tokens.is_some() {
            in_runtime()?;
            let route = route(self.inner.name(), model);
            let wait = self.routes.take(&route, self, tokens);
            // Made before waiting: a call that is cancelled gives back what it took.
            let taken = turn.taken.insert(Taken { routes: Arc::clone(&self.routes), route, requests: 1.0, tokens });
            if self.longest_wait.is_some_and(|longest| wait > longest) {
                let error = Error::new(ErrorKind::RateLimit, "the limit that the program sets itself is met")
                    .with_route(taken.route.clone())
                    .with_retry_after(wait)
                    .with_help("ask later, or allow more a minute");
                return Err(error);
            }
            if !wait.is_zero() {
                tokio::time::sleep(wait).await;
            }
        }
        if let Some(semaphore) = &self.at_once {
            turn.permit = Arc::clone(semaphore).acquire_owned().await.ok();
        }
        if let Some(taken) = &mut turn.taken {
            // From here on it counts, whatever becomes of the call.
            taken.requests = 0.0;
            taken.tokens = 0.0;
        }
        Ok(turn)
    }

    /// A call that gives a whole answer.
    async fn whole<'a, T>(
        &self,
        model: Option<&str>,
        tokens: f64,
        ask: impl FnOnce() -> BoxFuture<'a, Result<T>>,
        usage: impl FnOnce(&T) -> Option<Usage>,
    ) -> Result<T> {
        let mut turn = self.turn(model, tokens).await?;
        let result = ask().await;
        turn.over(match &result {
            Ok(answer) => usage(answer),
            Err(error) => Some(error.usage().copied().unwrap_or_default()),
        });
        result
    }
}

/// What one call holds.
struct Turn {
    permit: Option<OwnedSemaphorePermit>,
    taken: Option<Taken>,
    /// The tokens that were taken for it.
    estimate: f64,
}

/// What one call took from the buckets and gives back when this is dropped.
struct Taken {
    routes: Arc<Routes>,
    route: String,
    requests: f64,
    tokens: f64,
}

impl Turn {
    /// The call is over; where it is known how much was used, the estimate is corrected.
    fn over(&mut self, used: Option<Usage>) {
        self.permit = None;
        if let (Some(mut taken), Some(used)) = (self.taken.take(), used) {
            taken.tokens = self.estimate - used.total_tokens() as f64;
        }
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        if self.requests != 0.0 || self.tokens != 0.0 {
            self.routes.give(&self.route, self.requests, self.tokens);
        }
    }
}

impl Routes {
    fn take<P>(&self, route: &str, limits: &Core<P>, tokens: f64) -> Duration {
        let now = Instant::now();
        let mut routes = self.lock();
        if routes.len() >= KEPT_ROUTES && !routes.contains_key(route) {
            routes.retain(|_, buckets| {
                let full = |bucket: &mut Option<Bucket>| bucket.as_mut().is_none_or(|bucket| bucket.is_full(now));
                !(full(&mut buckets.requests) && full(&mut buckets.tokens))
            });
        }
        if !routes.contains_key(route) {
            let new = |limit: Option<u64>| limit.map(|limit| Bucket::new(limit, now));
            routes.insert(route.to_owned(), Buckets { requests: new(limits.requests), tokens: new(limits.tokens) });
        }
        let Some(buckets) = routes.get_mut(route) else { return Duration::ZERO };
        let take = |bucket: &mut Option<Bucket>, amount| bucket.as_mut().map(|bucket| bucket.take(amount, now));
        take(&mut buckets.requests, 1.0).max(take(&mut buckets.tokens, tokens)).unwrap_or_default()
    }

    fn give(&self, route: &str, requests: f64, tokens: f64) {
        let now = Instant::now();
        if let Some(buckets) = self.lock().get_mut(route) {
            for (bucket, amount) in [(&mut buckets.requests, requests), (&mut buckets.tokens, tokens)] {
                if let Some(bucket) = bucket {
                    bucket.give(amount, now);
                }
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Buckets>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<P: Provider> Provider for Limit<P> {
    fn name(&self) -> &str {
        self.0.inner.name()
    }

    fn generate<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Result<Reply>> {
        Box::pin(async move {
            let core = &self.0;
            let model = request.options.model.as_deref();
            core.whole(model, estimate::tokens(request), || core.inner.generate(request), |reply| reply.usage).await
        })
    }

    fn stream<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Result<ReplyStream>> {
        Box::pin(async move {
            let mut turn = self.0.turn(request.options.model.as_deref(), estimate::tokens(request)).await?;
            match self.0.inner.stream(request).await {
                Ok(stream) => Ok(ReplyStream::new(Limited { items: Box::pin(stream.into_items()), turn: Some(turn) })),
                Err(error) => {
                    turn.over(Some(error.usage().copied().unwrap_or_default()));
                    Err(error)
                }
            }
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

impl<P: Supports<C, Q>, C, Q> Supports<C, Q> for Limit<P> {}

// Of images only the tokens count that were used.
super::image_layer!(Limit, |core, model, ask| core.whole(model, 0.0, ask, |image| image.usage).await);

/// A stream that holds its place until it ends.
struct Limited {
    items: Items,
    /// Dropped with the stream: the estimate stands, as nobody knows how much was used.
    turn: Option<Turn>,
}

impl Stream for Limited {
    type Item = Result<StreamItem>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let item = ready!(self.items.as_mut().poll_next(cx));
        let used = match &item {
            Some(Ok(StreamItem::Chunk(_))) => return Poll::Ready(item),
            Some(Ok(StreamItem::Done(reply))) => reply.usage,
            // What came so far was used.
            Some(Err(error)) => error.usage().copied(),
            None => None,
        };
        if let Some(mut turn) = self.turn.take() {
            turn.over(used);
        }
        Poll::Ready(item)
    }
}
