//! The transport over HTTP, by reqwest. No other file names reqwest.

use std::collections::VecDeque;
use std::fmt;
use std::pin::Pin;
use std::sync::{OnceLock, PoisonError, RwLock};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures_core::Stream;
use reqwest::{Client, Url, redirect};

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
/// The system's proxy is used, but never for a loopback address: what runs on this machine is not asked for elsewhere,
/// whatever a variable says. Redirects are not followed: a key must not travel to an address that nobody configured,
/// and a POST would become a GET on the way.
///
/// Needs a tokio runtime with I/O and time enabled.
pub struct HttpTransport {
    connect_timeout: Duration,
    /// One client with the system's proxy and one without; each is made when it is first needed.
    proxied: OnceLock<Client>,
    direct: OnceLock<Client>,
    urls: Urls,
}

impl HttpTransport {
    /// A transport with its own connections.
    pub fn new() -> Self {
        Self {
            connect_timeout: DEFAULT_CONNECT_TIMEOUT,
            proxied: OnceLock::new(),
            direct: OnceLock::new(),
            urls: Urls::default(),
        }
    }

    /// Sets how long a connection may take to open.
    #[must_use]
    pub fn with_connect_timeout(mut self, timeout: Duration) -> Self {
        // A client that was made already has the old limit.
        self.proxied = OnceLock::new();
        self.direct = OnceLock::new();
        self.connect_timeout = timeout;
        self
    }

    fn client(&self, url: &Url) -> Result<&Client> {
        let direct = is_loopback(url);
        let cell = if direct { &self.direct } else { &self.proxied };
        if let Some(client) = cell.get() {
            return Ok(client);
        }
        let builder = Client::builder()
            .user_agent(USER_AGENT)
            .connect_timeout(self.connect_timeout)
            .redirect(redirect::Policy::none())
            .retry(reqwest::retry::never());
        let builder = if direct { builder.no_proxy() } else { builder };
        let client = builder.build().map_err(|error| {
            Error::new(ErrorKind::Config, "the HTTP client cannot be made").with_source(error.without_url())
        })?;
        Ok(cell.get_or_init(|| client))
    }

    async fn exchange(&self, request: Outgoing<'_>) -> Result<Response> {
        in_runtime()?;
        let url = self.urls.parsed(request.url)?;
        let client = self.client(&url)?;
        let mut outgoing = reqwest::Request::new(request.method, url);
        let headers = outgoing.headers_mut();
        // One more is the client's own; a map that grows is made anew.
        headers.reserve(request.headers.len() + 1);
        headers.extend(request.headers.iter().map(|(name, value)| (name.clone(), value.clone())));
        *outgoing.body_mut() = Some(request.body.into());
        let mut answer =
            client.execute(outgoing).await.map_err(|error| before_the_answer(error, self.connect_timeout))?;
        let headers = std::mem::take(answer.headers_mut());
        let status = answer.status();
        Ok(Response { status, headers, body: Body::stream(Pieces(answer.bytes_stream())) })
    }
}

impl Default for HttpTransport {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for HttpTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpTransport").field("connect_timeout", &self.connect_timeout).finish_non_exhaustive()
    }
}

impl Transport for HttpTransport {
    fn send<'a>(&'a self, request: Outgoing<'a>) -> BoxFuture<'a, Result<Response>> {
        Box::pin(self.exchange(request))
    }
}

/// The URLs that were asked last. A provider has but a few, and to parse one takes longer than to copy it.
#[derive(Default)]
struct Urls(RwLock<VecDeque<(Box<str>, Url)>>);

impl Urls {
    /// How many are kept.
    const KEPT: usize = 8;

    fn parsed(&self, text: &str) -> Result<Url> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, url)) = known.iter().find(|(known, _)| **known == *text) {
            return Ok(url.clone());
        }
        drop(known);
        let url = Url::parse(text)
            .map_err(|error| Error::new(ErrorKind::Config, format!("the URL cannot be used: {error}")))?;
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        known.truncate(Self::KEPT - 1);
        known.push_front((text.into(), url.clone()));
        Ok(url)
    }
}

/// Whether a URL leads to this machine.
fn is_loopback(url: &Url) -> bool {
    use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
    let Some(host) = url.host_str() else { return false };
    let host = host.trim_end_matches('.');
    if let Ok(ip) = host.parse::<Ipv4Addr>() {
        return ip.is_loopback();
    }
    let v6 = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    if let Some(ip) = v6.and_then(|host| host.parse::<Ipv6Addr>().ok()) {
        return IpAddr::V6(ip).to_canonical().is_loopback();
    }
    host == "localhost" || host.ends_with(".localhost")
}

fn before_the_answer(error: reqwest::Error, connect_timeout: Duration) -> Error {
    let error = error.without_url();
    let (kind, message) = match (error.is_timeout(), error.is_connect()) {
        (true, true) => (ErrorKind::Timeout, format!("no connection within {connect_timeout:?}")),
        (true, false) => (ErrorKind::Timeout, "no answer in time".to_owned()),
        (false, true) => (ErrorKind::Connect, "no connection to the server".to_owned()),
        _ if error.is_builder() => (ErrorKind::Config, "the request cannot be made".to_owned()),
        _ => (ErrorKind::Connect, "the connection broke before the answer began".to_owned()),
    };
    Error::new(kind, message).with_source(error)
}

fn inside_the_answer(error: reqwest::Error) -> Error {
    let error = error.without_url();
    let (kind, message) = if error.is_timeout() {
        (ErrorKind::Timeout, "the answer stopped coming")
    } else {
        (ErrorKind::Incomplete, "the connection broke inside the answer")
    };
    Error::new(kind, message).with_source(error)
}

/// The body as reqwest gives it, with our errors.
struct Pieces<S>(S);

impl<S: Stream<Item = reqwest::Result<Bytes>> + Unpin> Stream for Pieces<S> {
    type Item = Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Pin::new(&mut self.0).poll_next(cx).map(|piece| piece.map(|piece| piece.map_err(inside_the_answer)))
    }
}
