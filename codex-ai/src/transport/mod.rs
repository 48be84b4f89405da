//! How bytes go to a vendor and come back. Knows no vendor and no prompt.

mod body;
#[cfg(feature = "http")]
mod http;
mod limits;
mod retry_after;
mod sse;

use std::fmt;

use ::http::{HeaderMap, Method, StatusCode};
use bytes::Bytes;

#[cfg(feature = "http")]
pub use self::http::{DEFAULT_CONNECT_TIMEOUT, HttpTransport};
pub use body::Body;
pub(crate) use limits::in_runtime;
pub use limits::{
    DEFAULT_BODY_LIMIT, DEFAULT_READ_TIMEOUT, DEFAULT_STREAM_LIMIT, DEFAULT_TIMEOUT, ERROR_BODY_LIMIT, KEPT_BODY_LIMIT,
    Limits, Opened, Whole, exchange, open,
};
pub use retry_after::retry_after;
pub use sse::{DEFAULT_EVENT_LIMIT, Event, SseParser};

use crate::error::Result;
use crate::provider::BoxFuture;

/// Sends one request and gives back status, headers, and the body while it comes.
///
/// An implementation has no time limit of its own for the whole exchange, follows no redirect, retries nothing, and
/// reads no more of the body than it is asked for. Dropping the future, or the body, ends the exchange.
///
/// ```
/// use codex_ai::transport::{Body, Outgoing, Response, Transport};
/// use codex_ai::{BoxFuture, Result};
///
/// /// Answers everything with the same JSON, for a test without sockets.
/// struct Canned(&'static str);
///
/// impl Transport for Canned {
///     fn send<'a>(&'a self, _request: Outgoing<'a>) -> BoxFuture<'a, Result<Response>> {
///         Box::pin(async { Ok(Response::new(200, Body::full(self.0))) })
///     }
/// }
/// ```
pub trait Transport: Send + Sync {
    /// Sends a request.
    ///
    /// # Errors
    /// [`ErrorKind::Connect`](crate::ErrorKind::Connect) where no answer began,
    /// [`ErrorKind::Timeout`](crate::ErrorKind::Timeout) where a time limit passed. No URL and no header is part of it.
    fn send<'a>(&'a self, request: Outgoing<'a>) -> BoxFuture<'a, Result<Response>>;
}

/// A request on its way out.
#[non_exhaustive]
pub struct Outgoing<'a> {
    /// The method.
    pub method: Method,
    /// The whole URL.
    pub url: &'a str,
    /// The headers; those with a secret are marked sensitive.
    pub headers: &'a HeaderMap,
    /// The body.
    pub body: Bytes,
}

/// An answer whose body is still to come.
#[derive(Debug)]
#[non_exhaustive]
pub struct Response {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Body,
}

impl<'a> Outgoing<'a> {
    /// A POST of `body`.
    pub fn post(url: &'a str, headers: &'a HeaderMap, body: impl Into<Bytes>) -> Self {
        Self { method: Method::POST, url, headers, body: body.into() }
    }
}

impl fmt::Debug for Outgoing<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Neither the headers' values nor the URL: either can hold a secret.
        let headers: Vec<_> = self.headers.keys().collect();
        f.debug_struct("Outgoing")
            .field("method", &self.method)
            .field("headers", &headers)
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

impl Response {
    /// An answer without headers. A number that is no status is taken as 500.
    pub fn new(status: u16, body: Body) -> Self {
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        Self { status, headers: HeaderMap::new(), body }
    }

    /// Sets the headers.
    #[must_use]
    pub fn with_headers(mut self, headers: HeaderMap) -> Self {
        self.headers = headers;
        self
    }
}
