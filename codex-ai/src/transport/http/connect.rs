//! How a connection is opened: over TCP, through TLS, by way of a proxy.

use std::sync::atomic::Ordering;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};
use std::time::Duration;

use http::{HeaderMap, HeaderValue, Uri, header};
use hyper::client::conn::{http1, http2};
use hyper::rt::{Read, Write};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use rustls_platform_verifier::BuilderVerifierExt;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::{CryptoProvider, aws_lc_rs};
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ALL_VERSIONS, ClientConfig};
use tower_service::Service;

use super::lines::{Line, Lines};
use super::timed_out;
use crate::error::{BoxError, Error, ErrorKind, Result};
use crate::provider::BoxFuture;

/// What bytes go over.
type Wire = Box<dyn Socket>;

trait Socket: Read + Write + Unpin + Send {}

impl<T: Read + Write + Unpin + Send> Socket for T {}

/// Opens connections.
pub(super) struct Connector {
    pub(super) timeout: Duration,
    tcp: HttpConnector,
    /// Each is made when it is first needed: the certificates are read from disk, and so may the proxies be.
    tls: OnceLock<Tls>,
    proxies: OnceLock<Matcher>,
}

#[derive(Clone)]
struct Tls {
    /// Offers HTTP/2 and HTTP/1.
    to_server: TlsConnector,
    /// Offers nothing: a proxy is asked by HTTP/1.
    to_proxy: TlsConnector,
}

impl Connector {
    pub(super) fn new(timeout: Duration) -> Self {
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_connect_timeout(Some(timeout));
        // A model may think for minutes without a byte. What is gone is found out about, what is slow is left alone.
        tcp.set_keepalive(Some(Duration::from_secs(15)));
        tcp.set_keepalive_interval(Some(Duration::from_secs(15)));
        tcp.set_keepalive_retries(Some(3));
        #[cfg(any(target_os = "android", target_os = "fuchsia", target_os = "linux"))]
        tcp.set_tcp_user_timeout(Some(Duration::from_secs(30)));
        Self { timeout, tcp, tls: OnceLock::new(), proxies: OnceLock::new() }
    }

    /// The proxy by which the system wants a server to be reached.
    pub(super) fn proxy(&self, server: &Uri) -> Option<Intercept> {
        self.proxies.get_or_init(Matcher::from_system).intercept(server)
    }

    /// Opens a connection, or shares one that somebody else has opened meanwhile.
    pub(super) async fn connect(&self, lines: &Arc<Lines>) -> Result<Line> {
        let mut first = None;
        if lines.may_be_http2() {
            match lines.first.try_lock() {
                Ok(held) => first = Some(held),
                Err(_) => {
                    // What the first one found is good for all; where it failed, each tries for itself.
                    drop(lines.first.lock().await);
                    if let Some(line) = lines.take() {
                        return Ok(line);
                    }
                }
            }
        }
        let line = match tokio::time::timeout(self.timeout, self.open(lines)).await {
            Ok(Ok(line)) => line,
            Ok(Err(OpenError::Config(error))) => return Err(error),
            Ok(Err(OpenError::Connect(error))) if !timed_out(&*error) => {
                return Err(Error::new(ErrorKind::Connect, "no connection to the server").with_source(error));
            }
            Ok(Err(OpenError::Connect(error))) => return Err(self.too_slow(error)),
            Err(elapsed) => return Err(self.too_slow(elapsed)),
        };
        match &line {
            Line::Http1(_) => lines.only_http1.store(true, Ordering::Relaxed),
            Line::Http2(line) => lines.share(line),
        }
        drop(first);
        Ok(line)
    }

    fn too_slow(&self, error: impl Into<BoxError>) -> Error {
        Error::new(ErrorKind::Timeout, format!("no connection within {:?}", self.timeout)).with_source(error)
    }

    async fn open(&self, lines: &Lines) -> std::result::Result<Line, OpenError> {
        let (wire, http2) = match (&lines.proxy, lines.secure) {
            (None, false) => (self.tcp(&lines.server).await?, false),
            (None, true) => {
                let tls = self.tls()?;
                secured(&tls.to_server, self.tcp(&lines.server).await?, &lines.server).await?
            }
            (Some(proxy), false) => (self.to_proxy(proxy)?.call(proxy.uri().clone()).await?, false),
            (Some(proxy), true) => {
                let tls = self.tls()?;
                let mut headers = HeaderMap::new();
                headers.insert(header::USER_AGENT, HeaderValue::from_static(super::USER_AGENT));
                let mut tunnel = Tunnel::new(proxy.uri().clone(), self.to_proxy(proxy)?).with_headers(headers);
                if let Some(auth) = proxy.basic_auth() {
                    tunnel = tunnel.with_auth(auth.clone());
                }
                let wire = tunnel.call(lines.server.clone()).await.map_err(BoxError::from)?;
                secured(&tls.to_server, wire, &lines.server).await?
            }
        };
        // Neither fails for a reason of its own: what is wrong with a connection is told to whoever sends on it.
        if http2 {
            let mut builder = http2::Builder::new(TokioExecutor::new());
            let (line, connection) = builder.timer(TokioTimer::new()).handshake(wire).await.map_err(BoxError::from)?;
            tokio::spawn(connection);
            Ok(Line::Http2(line))
        } else {
            let (line, connection) = http1::handshake(wire).await.map_err(BoxError::from)?;
            tokio::spawn(connection);
            Ok(Line::Http1(line))
        }
    }

    async fn tcp(&self, server: &Uri) -> std::result::Result<Wire, BoxError> {
        Ok(Box::new(self.tcp.clone().call(server.clone()).await?))
    }

    fn to_proxy(&self, proxy: &Intercept) -> std::result::Result<ToProxy, OpenError> {
        let tls = match proxy.uri().scheme_str() {
            Some("http") => None,
            Some("https") => Some(self.tls()?.to_proxy.clone()),
            _ => {
                return Err(OpenError::Config(
                    Error::new(ErrorKind::Config, "the system's proxy is neither `http` nor `https`")
                        .with_help("set `HTTPS_PROXY` to a proxy of HTTP, or `NO_PROXY` to the host"),
                ));
            }
        };
        Ok(ToProxy { tcp: self.tcp.clone(), tls })
    }

    fn tls(&self) -> std::result::Result<&Tls, OpenError> {
        if let Some(tls) = self.tls.get() {
            return Ok(tls);
        }
        let provider = CryptoProvider::get_default().cloned();
        let provider = provider.unwrap_or_else(|| Arc::new(aws_lc_rs::default_provider()));
        let config = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(ALL_VERSIONS)
            .and_then(BuilderVerifierExt::with_platform_verifier);
        let to_proxy = config
            .map_err(|error| {
                OpenError::Config(Error::new(ErrorKind::Config, "TLS cannot be set up").with_source(error))
            })?
            .with_no_client_auth();
        let mut to_server = to_proxy.clone();
        to_server.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        let tls = Tls { to_server: Arc::new(to_server).into(), to_proxy: Arc::new(to_proxy).into() };
        Ok(self.tls.get_or_init(|| tls))
    }
}

enum OpenError {
    /// It can never be opened.
    Config(Error),
    Connect(BoxError),
}

impl From<BoxError> for OpenError {
    fn from(error: BoxError) -> Self {
        Self::Connect(error)
    }
}

/// Puts TLS over a connection; whether HTTP/2 is spoken on it comes with it.
async fn secured(tls: &TlsConnector, wire: Wire, server: &Uri) -> std::result::Result<(Wire, bool), BoxError> {
    let host = server.host().unwrap_or_default();
    // An IPv6 address stands in brackets.
    let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    let stream = tls.connect(ServerName::try_from(host.to_owned())?, TokioIo::new(wire)).await?;
    let http2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
    Ok((Box::new(TokioIo::new(stream)), http2))
}

/// Opens a connection to a proxy, whose address it is called with.
struct ToProxy {
    tcp: HttpConnector,
    tls: Option<TlsConnector>,
}

impl Service<Uri> for ToProxy {
    type Response = Wire;
    type Error = BoxError;
    type Future = BoxFuture<'static, std::result::Result<Wire, BoxError>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<std::result::Result<(), BoxError>> {
        self.tcp.poll_ready(cx).map_err(BoxError::from)
    }

    fn call(&mut self, proxy: Uri) -> Self::Future {
        let (tcp, tls) = (self.tcp.call(proxy.clone()), self.tls.clone());
        Box::pin(async move {
            let wire: Wire = Box::new(tcp.await?);
            match tls {
                Some(tls) => Ok(secured(&tls, wire, &proxy).await?.0),
                None => Ok(wire),
            }
        })
    }
}
