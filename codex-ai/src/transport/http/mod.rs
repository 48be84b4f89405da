//! The transport over HTTP, by hyper. No file outside of this folder names hyper, rustls, or what comes with them.
//!
//! It is made of hyper's parts and not of a client on top of them for the sake of memory: a call that waits for a model
//! holds a connection and a small future, and no request.

mod connect;
mod lines;
mod target;

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use futures_core::Stream;
use http::{Request, Response as Answer};
use hyper::body::{Body as _, Incoming};
use hyper::client::conn::TrySendError;

use self::connect::Connector;
use self::lines::{Line, Lines, Sent};
use self::target::{Target, Targets};
use super::limits::in_runtime;
use super::{Body, Outgoing, Response, Transport};
use crate::error::{Error, ErrorKind, Result};
use crate::provider::BoxFuture;

/// How long a connection may take to open: 10 s.
pub const DEFAULT_CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// The name under which requests are made.
const USER_AGENT: &str = concat!("codex-ai/", env!("CARGO_PKG_VERSION"));

/// HTTP and HTTPS over connections that are kept and used again.
///
/// The system's proxy is used, if it is one of HTTP (SOCKS is a [`Config`](ErrorKind::Config) error), but never for a
/// loopback address: what runs on this machine is not asked for elsewhere, whatever a variable says. A URL with a user name
/// or a password in it is refused. Redirects are not followed: a key must not travel to an address that nobody configured,
/// and a POST would become a GET on the way.
///
/// Needs a tokio runtime with I/O and time enabled.
pub struct HttpTransport {
    connector: Connector,
    targets: Targets,
}

impl HttpTransport {
    /// A transport with its own connections.
    pub fn new() -> Self {
        Self { connector: Connector::new(DEFAULT_CONNECT_TIMEOUT), targets: Targets::default() }
    }

    /// Sets how long a connection may take to open.
    #[must_use]
    pub fn with_connect_timeout(mut self, timeout: Duration) -> Self {
        self.connector = Connector::new(timeout);
        self
    }

    async fn exchange(&self, request: Outgoing<'_>) -> Result<Response> {
        in_runtime()?;
        let target = self.targets.of(request.url, &self.connector)?;
        let (mut line, mut used_before) = self.line(&target).await?;
        let request = target.request(&line, request);
        let mut sending = send(&mut line, request);
        loop {
            let failed = match sending.await.map_err(Failed::from) {
                Ok(answer) => return Ok(response(answer, line, &target)),
                Err(failed) => failed,
            };
            // A server may close a connection at the moment when it is used again. What was not written can be sent once
            // more; a new connection gives no such reason.
            let Some(unsent) = failed.unsent.filter(|_| used_before) else {
                return Err(before_the_answer(failed.error));
            };
            (line, used_before) = self.line(&target).await?;
            let request = target.address(&line, *unsent);
            sending = send(&mut line, request);
        }
    }

    /// A connection to send a request on, and whether it was used before.
    async fn line(&self, target: &Target) -> Result<(Line, bool)> {
        match target.lines.take() {
            Some(line) => Ok((line, true)),
            // Boxed: it is large, and the call waits for its answer long after.
            None => Ok((Box::pin(self.connector.connect(&target.lines)).await?, false)),
        }
    }
}

impl Default for HttpTransport {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for HttpTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpTransport").field("connect_timeout", &self.connector.timeout).finish_non_exhaustive()
    }
}

impl Transport for HttpTransport {
    fn send<'a>(&'a self, request: Outgoing<'a>) -> BoxFuture<'a, Result<Response>> {
        Box::pin(self.exchange(request))
    }
}

type Sending = BoxFuture<'static, std::result::Result<Answer<Incoming>, TrySendError<Request<Sent>>>>;

fn send(line: &mut Line, request: Request<Sent>) -> Sending {
    match line {
        Line::Http1(line) => Box::pin(line.try_send_request(request)),
        Line::Http2(line) => Box::pin(line.try_send_request(request)),
    }
}

/// A request without an answer.
struct Failed {
    error: hyper::Error,
    /// The request, where nothing of it was written. Boxed, for the future that could have to keep it.
    unsent: Option<Box<Request<Sent>>>,
}

impl From<TrySendError<Request<Sent>>> for Failed {
    fn from(mut failed: TrySendError<Request<Sent>>) -> Self {
        Self { unsent: failed.take_message().map(Box::new), error: failed.into_error() }
    }
}

fn response(answer: Answer<Incoming>, line: Line, target: &Target) -> Response {
    let (head, body) = answer.into_parts();
    let lines = Arc::clone(&target.lines);
    Response {
        status: head.status,
        headers: head.headers,
        body: Body::stream(Pieces { body, line: Some((line, lines)) }),
    }
}

fn before_the_answer(error: hyper::Error) -> Error {
    let (kind, message) = if timed_out(&error) {
        (ErrorKind::Timeout, "no answer in time")
    } else if error.is_user() {
        (ErrorKind::Config, "the request cannot be made")
    } else {
        (ErrorKind::Connect, "the connection broke before the answer began")
    };
    Error::new(kind, message).with_source(error)
}

fn inside_the_answer(error: hyper::Error) -> Error {
    let (kind, message) = if timed_out(&error) {
        (ErrorKind::Timeout, "the answer stopped coming")
    } else {
        (ErrorKind::Incomplete, "the connection broke inside the answer")
    };
    Error::new(kind, message).with_source(error)
}

/// Whether an error comes from a time limit, be it the system's own.
fn timed_out(error: &(dyn std::error::Error + 'static)) -> bool {
    std::iter::successors(Some(error), |error| error.source()).any(|error| {
        error.downcast_ref::<std::io::Error>().is_some_and(|error| error.kind() == std::io::ErrorKind::TimedOut)
            || error.downcast_ref::<hyper::Error>().is_some_and(hyper::Error::is_timeout)
    })
}

/// The body as hyper gives it, with our errors. Its connection is free again at its end.
struct Pieces {
    body: Incoming,
    line: Option<(Line, Arc<Lines>)>,
}

impl Stream for Pieces {
    type Item = Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes>>> {
        loop {
            match ready!(Pin::new(&mut self.body).poll_frame(cx)) {
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(piece) => return Poll::Ready(Some(Ok(piece))),
                    Err(_trailers) => {}
                },
                Some(Err(error)) => {
                    self.line = None;
                    return Poll::Ready(Some(Err(inside_the_answer(error))));
                }
                None => {
                    self.free();
                    return Poll::Ready(None);
                }
            }
        }
    }
}

impl Pieces {
    fn free(&mut self) {
        if let Some((line, lines)) = self.line.take() {
            lines.put_back(line);
        }
    }
}

impl Drop for Pieces {
    fn drop(&mut self) {
        // Often all that is missing is the mark of the end, and hyper reads that much by itself. It closes the
        // connection otherwise.
        self.free();
    }
}
