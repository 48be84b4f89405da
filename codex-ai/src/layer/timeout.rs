//! Limits of time.

use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::Duration;

use futures_core::Stream;
use tokio::task::coop::{poll_proceed, unconstrained};
use tokio::time::{Instant, Sleep};

use super::begin::{Items, begin};
use crate::capability::{Supports, supports_as};
use crate::error::{Error, ErrorKind, Result};
use crate::image::{GenerateImage, GenerateImagen, GeneratedImage, ImageRequest};
use crate::provider::{BoxFuture, Provider};
use crate::reply::Reply;
use crate::request::Request;
use crate::stream::{Chunk, ReplyStream, StreamItem};
use crate::transport::in_runtime;

/// Limits of time around a provider; what is over them ends in [`ErrorKind::Timeout`], and the exchange is ended.
///
/// Without a limit set it changes nothing. How long a connection may take to open is a setting of the vendors.
///
/// ```
/// use std::time::Duration;
/// use codex_ai::{layer::Timeout, provider::Local};
///
/// let provider = Timeout::new(Local::quiet())
///     .with_first_token(Duration::from_secs(15))
///     .with_idle(Duration::from_secs(30))
///     .with_whole(Duration::from_secs(300));
/// ```
#[derive(Debug, Clone)]
pub struct Timeout<P>(Core<P>);

#[derive(Debug, Clone)]
struct Core<P> {
    inner: P,
    first_token: Option<Duration>,
    idle: Option<Duration>,
    whole: Option<Duration>,
}

impl<P> Timeout<P> {
    /// No limits yet around `inner`.
    pub fn new(inner: P) -> Self {
        Self(Core { inner, first_token: None, idle: None, whole: None })
    }

    /// Sets how long it may take until the first piece of a stream is there. The first token of an answer that is asked
    /// for as a whole comes with all of it: [`with_whole`](Self::with_whole) is its limit.
    #[must_use]
    pub fn with_first_token(mut self, limit: Duration) -> Self {
        self.0.first_token = Some(limit);
        self
    }

    /// Sets how long a stream may pause between two pieces. The time in which the stream is not read does not count.
    #[must_use]
    pub fn with_idle(mut self, limit: Duration) -> Self {
        self.0.idle = Some(limit);
        self
    }

    /// Sets how long a call may take from its beginning to its end, streamed or not, or an image.
    #[must_use]
    pub fn with_whole(mut self, limit: Duration) -> Self {
        self.0.whole = Some(limit);
        self
    }

    /// The provider inside.
    pub fn inner(&self) -> &P {
        &self.0.inner
    }
}

impl<P: Provider> Core<P> {
    async fn whole<T>(&self, answer: BoxFuture<'_, Result<T>>) -> Result<T> {
        let Some(limit) = self.whole else { return answer.await };
        in_runtime()?;
        tokio::time::timeout(limit, answer).await.unwrap_or_else(|_| Err(self.located(no_whole(limit))))
    }

    /// Names who was too slow.
    fn located(&self, error: Error) -> Error {
        error.with_route(self.inner.name())
    }

    /// A stream whose first piece came within the limit.
    async fn begun(&self, request: &Request, limit: Duration, late: fn(Duration) -> Error) -> Result<ReplyStream> {
        match tokio::time::timeout(limit, begin(&self.inner, request)).await {
            Ok(begun) => Ok(begun?.into_stream(0)),
            Err(_) => Err(self.located(late(limit))),
        }
    }
}

impl<P: Provider> Provider for Timeout<P> {
    fn name(&self) -> &str {
        self.0.inner.name()
    }

    fn generate<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Result<Reply>> {
        Box::pin(self.0.whole(self.0.inner.generate(request)))
    }

    fn stream<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Result<ReplyStream>> {
        let Core { inner, first_token, idle, whole } = &self.0;
        if first_token.is_none() && idle.is_none() && whole.is_none() {
            return inner.stream(request);
        }
        Box::pin(async move {
            in_runtime()?;
            let end = whole.and_then(|limit| Some((Instant::now().checked_add(limit)?, limit)));
            let stream = match (*first_token, *whole) {
                (None, None) => inner.stream(request).await?,
                (Some(first), whole) if whole.is_none_or(|whole| first <= whole) => {
                    self.0.begun(request, first, no_first_token).await?
                }
                (first, whole) => self.0.begun(request, whole.or(first).unwrap_or_default(), no_whole).await?,
            };
            let timer = Box::pin(tokio::time::sleep(Duration::ZERO));
            Ok(ReplyStream::new(Timed {
                items: Some(Box::pin(stream.into_items())),
                idle: *idle,
                end,
                waiting_until: None,
                timer,
                route: inner.name().to_owned(),
                text: String::new(),
            }))
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

impl<P: Supports<C, Q>, C, Q> Supports<C, Q> for Timeout<P> {}

super::image_layer!(Timeout, |core, _model, ask| core.whole(ask()).await);

/// A stream with limits of time.
struct Timed {
    /// `None` when nothing more is read; dropping it ends the exchange.
    items: Option<Items>,
    idle: Option<Duration>,
    /// When the whole has to be there, and after how long.
    end: Option<(Instant, Duration)>,
    /// Until when the next piece has to be there; `None` while nobody waits for it.
    waiting_until: Option<(Instant, Limit)>,
    timer: Pin<Box<Sleep>>,
    route: String,
    /// What came so far.
    text: String,
}

#[derive(Clone, Copy)]
enum Limit {
    Idle(Duration),
    Whole(Duration),
}

impl Timed {
    /// When the piece that is waited for from now on is too late.
    fn limit(&self) -> Option<(Instant, Limit)> {
        let idle = self.idle.and_then(|idle| Some((Instant::now().checked_add(idle)?, Limit::Idle(idle))));
        let whole = self.end.map(|(end, limit)| (end, Limit::Whole(limit)));
        match (idle, whole) {
            (Some(idle), Some(whole)) => Some(if idle.0 < whole.0 { idle } else { whole }),
            (idle, whole) => idle.or(whole),
        }
    }

    fn late(&mut self, limit: Limit) -> Error {
        self.items = None;
        let error = match limit {
            Limit::Idle(limit) => Error::new(ErrorKind::Timeout, format!("the stream stopped coming for {limit:?}")),
            Limit::Whole(limit) => no_whole(limit),
        };
        let error = error.with_route(self.route.clone());
        if self.text.is_empty() { error } else { error.with_answer(std::mem::take(&mut self.text)) }
    }
}

impl Stream for Timed {
    type Item = Result<StreamItem>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        let Some(items) = &mut this.items else { return Poll::Ready(None) };
        // Without a share of work the next piece waits for the next turn: one that always has a piece would never be late.
        let item = poll_proceed(cx).map(|coop| (coop, items.as_mut().poll_next(cx)));
        if let Poll::Ready((coop, Poll::Ready(item))) = item {
            coop.made_progress();
            this.waiting_until = None;
            if let Some(Ok(StreamItem::Chunk(Chunk::Text(text)))) = &item {
                this.text.push_str(text);
            }
            return Poll::Ready(item);
        }
        let Some((until, limit)) = this.waiting_until.or_else(|| this.limit()) else { return Poll::Pending };
        if this.waiting_until.replace((until, limit)).is_none() {
            this.timer.as_mut().reset(until);
        }
        match pin!(unconstrained(this.timer.as_mut())).poll(cx) {
            Poll::Ready(()) => {
                let error = this.late(limit);
                Poll::Ready(Some(Err(error)))
            }
            Poll::Pending => Poll::Pending,
        }
    }
}

fn no_whole(limit: Duration) -> Error {
    Error::new(ErrorKind::Timeout, format!("no whole answer within {limit:?}"))
        .with_help("allow more time, or ask for a shorter answer")
}

pub(super) fn no_first_token(limit: Duration) -> Error {
    Error::new(ErrorKind::Timeout, format!("the answer did not begin within {limit:?}")).with_help("allow more time")
}
