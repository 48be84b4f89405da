//! What a URL comes to: a server, and how it is asked.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use http::header::{HOST, PROXY_AUTHORIZATION, USER_AGENT};
use http::{HeaderValue, Request, Uri};
use url::{Host, Url};

use super::connect::Connector;
use super::lines::{Line, Lines, Sent};
use crate::error::{Error, ErrorKind, Result};
use crate::transport::Outgoing;

/// A URL, ready to be asked for.
pub(super) struct Target {
    /// As a connection of HTTP/2 is told.
    whole: Uri,
    /// As a connection of HTTP/1 is told: path and query, or all of it where a proxy is asked.
    short: Uri,
    host: HeaderValue,
    pub(super) lines: Arc<Lines>,
}

impl Target {
    fn new(url: &Url, connector: &Connector, all: &Mutex<HashMap<Uri, Arc<Lines>>>) -> Result<Self> {
        let secure = match url.scheme() {
            "https" => true,
            "http" => false,
            _ => return Err(unusable("it is neither `http` nor `https`")),
        };
        // It would stand in what a proxy is asked for.
        if !url.username().is_empty() || url.password().is_some() {
            return Err(unusable("it has a user name or a password in it"));
        }
        let whole: Uri = url.as_str().parse().map_err(unusable)?;
        let (Some(host), Some(path)) = (url.host_str(), whole.path_and_query()) else {
            return Err(unusable("it has no host"));
        };
        // Without the scheme's own port.
        let authority = url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
        let host = HeaderValue::try_from(&authority).map_err(unusable)?;
        let builder = Uri::builder().scheme(url.scheme()).authority(authority).path_and_query("/");
        let server = builder.build().map_err(unusable)?;
        let short = Uri::from(path.clone());

        let mut all = all.lock().unwrap_or_else(PoisonError::into_inner);
        let lines = match all.get(&server) {
            Some(lines) => Arc::clone(lines),
            None => {
                let proxy = if is_loopback(url) { None } else { connector.proxy(&server) };
                let lines = Arc::new(Lines::new(server.clone(), secure, proxy));
                all.retain(|_, lines| Arc::strong_count(lines) > 1 || !lines.is_empty());
                all.insert(server, Arc::clone(&lines));
                lines
            }
        };
        let short = if lines.proxy.is_some() && !secure { whole.clone() } else { short };
        Ok(Self { whole, short, host, lines })
    }

    /// A request as it goes out on a connection.
    pub(super) fn request(&self, line: &Line, outgoing: Outgoing<'_>) -> Request<Sent> {
        let mut request = Request::new(Sent::from(outgoing.body));
        *request.method_mut() = outgoing.method;
        let headers = request.headers_mut();
        // A map that grows is made anew.
        headers.reserve(outgoing.headers.len() + 2);
        headers.extend(outgoing.headers.iter().map(|(name, value)| (name.clone(), value.clone())));
        headers.entry(USER_AGENT).or_insert(HeaderValue::from_static(super::USER_AGENT));
        if !self.lines.secure
            && let Some(auth) = self.lines.proxy.as_ref().and_then(|proxy| proxy.basic_auth())
        {
            headers.entry(PROXY_AUTHORIZATION).or_insert_with(|| auth.clone());
        }
        self.address(line, request)
    }

    /// Writes on a request where it goes, as the connection is told.
    pub(super) fn address(&self, line: &Line, mut request: Request<Sent>) -> Request<Sent> {
        if line.is_http1() {
            *request.uri_mut() = self.short.clone();
            request.headers_mut().entry(HOST).or_insert_with(|| self.host.clone());
        } else {
            *request.uri_mut() = self.whole.clone();
            request.headers_mut().remove(HOST);
        }
        request
    }
}

fn unusable(why: impl std::fmt::Display) -> Error {
    Error::new(ErrorKind::Config, format!("the URL cannot be used: {why}"))
}

/// The URLs that were asked last, and all servers. A provider has but a few, and to take a URL apart costs more than to
/// look it up.
#[derive(Default)]
pub(super) struct Targets {
    known: RwLock<VecDeque<(Box<str>, Arc<Target>)>>,
    servers: Mutex<HashMap<Uri, Arc<Lines>>>,
}

impl Targets {
    /// How many are kept.
    const KEPT: usize = 8;

    pub(super) fn of(&self, url: &str, connector: &Connector) -> Result<Arc<Target>> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, target)) = known.iter().find(|(known, _)| **known == *url) {
            return Ok(Arc::clone(target));
        }
        drop(known);
        let target = Arc::new(Target::new(&Url::parse(url).map_err(unusable)?, connector, &self.servers)?);
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        known.truncate(Self::KEPT - 1);
        known.push_front((url.into(), Arc::clone(&target)));
        Ok(target)
    }
}

/// Whether a URL leads to this machine.
fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.to_canonical().is_loopback(),
        Some(Host::Domain(host)) => {
            let host = host.trim_end_matches('.');
            host == "localhost"
                || host.ends_with(".localhost")
                || host.parse::<std::net::Ipv4Addr>().is_ok_and(|ip| ip.is_loopback())
        }
        None => false,
    }
}
