//! The connections to one server, kept between calls.

use std::convert::Infallible;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::Uri;
use hyper::body::{Frame, SizeHint};
use hyper::client::conn::{http1, http2};
use hyper_util::client::proxy::matcher::Intercept;
use tokio::runtime::Handle;
use tokio::task::AbortHandle;
use tokio::time::Instant;

/// How long a connection is kept that nobody uses.
const KEPT_FOR: Duration = Duration::from_secs(90);

/// The body of a request. A queue of hyper's has room for 32 requests in each connection, so it is no larger than it
/// must be.
pub(super) struct Sent(Option<Box<Bytes>>);

impl From<Bytes> for Sent {
    fn from(bytes: Bytes) -> Self {
        Self(if bytes.is_empty() { None } else { Some(Box::new(bytes)) })
    }
}

impl hyper::body::Body for Sent {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(self.0.take().map(|bytes| Ok(Frame::data(*bytes))))
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.0.as_ref().map_or(0, |bytes| bytes.len() as u64))
    }
}

/// A connection that takes requests: one at a time, or any number.
pub(super) enum Line {
    Http1(http1::SendRequest<Sent>),
    Http2(http2::SendRequest<Sent>),
}

impl Line {
    pub(super) fn is_http1(&self) -> bool {
        matches!(self, Self::Http1(_))
    }
}

/// One server, how it is reached, and the connections to it.
pub(super) struct Lines {
    /// Scheme, host and port.
    pub(super) server: Uri,
    pub(super) secure: bool,
    pub(super) proxy: Option<Intercept>,
    /// Held by the first who connects to a server that could speak HTTP/2: one connection is enough for all then.
    pub(super) first: tokio::sync::Mutex<()>,
    /// Whether the server is known to speak HTTP/1.
    pub(super) only_http1: AtomicBool,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    /// What waits for a request, and since when; the last is taken first.
    http1: Vec<(http1::SendRequest<Sent>, Instant)>,
    /// What is shared, and when it was last used.
    http2: Option<(http2::SendRequest<Sent>, Instant)>,
    /// What closes connections that nobody uses.
    sweeper: Option<AbortHandle>,
}

impl Lines {
    pub(super) fn new(server: Uri, secure: bool, proxy: Option<Intercept>) -> Self {
        let only_http1 = AtomicBool::new(!secure);
        Self { server, secure, proxy, first: tokio::sync::Mutex::default(), only_http1, kept: Mutex::default() }
    }

    pub(super) fn may_be_http2(&self) -> bool {
        !self.only_http1.load(Ordering::Relaxed)
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A connection that can take a request now.
    pub(super) fn take(&self) -> Option<Line> {
        let mut kept = self.kept();
        if let Some((line, used)) = &mut kept.http2 {
            if line.is_ready() && used.elapsed() < KEPT_FOR {
                *used = Instant::now();
                return Some(Line::Http2(line.clone()));
            }
            kept.http2 = None;
        }
        while let Some((line, since)) = kept.http1.pop() {
            if line.is_ready() && since.elapsed() < KEPT_FOR {
                return Some(Line::Http1(line));
            }
        }
        None
    }

    /// Keeps a new connection that is shared.
    pub(super) fn share(self: &Arc<Self>, line: &http2::SendRequest<Sent>) {
        let mut kept = self.kept();
        kept.http2 = Some((line.clone(), Instant::now()));
        self.sweep(&mut kept);
    }

    /// Takes back a connection whose answer was read, or is read no further.
    pub(super) fn put_back(self: &Arc<Self>, line: Line) {
        let Line::Http1(mut line) = line else { return };
        if line.is_ready() {
            self.keep(line);
        } else if !line.is_closed()
            && let Ok(runtime) = Handle::try_current()
        {
            let lines = Arc::clone(self);
            runtime.spawn(async move {
                if poll_fn(|cx| line.poll_ready(cx)).await.is_ok() {
                    lines.keep(line);
                }
            });
        }
    }

    fn keep(self: &Arc<Self>, line: http1::SendRequest<Sent>) {
        let mut kept = self.kept();
        kept.http1.push((line, Instant::now()));
        self.sweep(&mut kept);
    }

    pub(super) fn is_empty(&self) -> bool {
        let kept = self.kept();
        kept.http1.is_empty() && kept.http2.is_none()
    }

    /// Sees to it that somebody closes what nobody uses.
    fn sweep(self: &Arc<Self>, kept: &mut Kept) {
        // It has ended without our doing where its runtime has.
        if kept.sweeper.as_ref().is_none_or(AbortHandle::is_finished)
            && let Ok(runtime) = Handle::try_current()
        {
            kept.sweeper = Some(runtime.spawn(sweep(Arc::downgrade(self))).abort_handle());
        }
    }
}

async fn sweep(lines: Weak<Lines>) {
    loop {
        tokio::time::sleep(KEPT_FOR).await;
        let Some(lines) = lines.upgrade() else { return };
        let mut kept = lines.kept();
        kept.http1.retain(|(line, since)| line.is_ready() && since.elapsed() < KEPT_FOR);
        if kept.http2.as_ref().is_some_and(|(line, used)| !line.is_ready() || used.elapsed() >= KEPT_FOR) {
            kept.http2 = None;
        }
        if kept.http1.is_empty() && kept.http2.is_none() {
            kept.sweeper = None;
            return;
        }
    }
}

impl Drop for Lines {
    fn drop(&mut self) {
        if let Some(sweeper) = self.kept().sweeper.take() {
            sweeper.abort();
        }
    }
}
