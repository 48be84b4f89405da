//! The requests that a server got.

use std::collections::VecDeque;
use std::fmt;
use std::net::SocketAddr;

use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method};
use serde_json::Value;

use super::route::KEY_HEADERS;

/// How many requests a server keeps; older ones are forgotten.
pub const KEPT_REQUESTS: usize = 1_024;

/// How many bytes of bodies a server keeps: 128 MiB; requests older than that are forgotten.
const KEPT_BYTES: usize = 128 << 20;

/// A request that a server got. Its key is compared, not shown.
#[derive(Clone)]
#[non_exhaustive]
pub struct Recorded {
    /// The method.
    pub method: Method,
    /// The path, without the query.
    pub path: String,
    /// The query, without the field `key`; empty where there is none.
    pub query: String,
    /// The headers, without those that hold a key: `Authorization`, `x-api-key`, `x-goog-api-key`, `api-key`.
    pub headers: HeaderMap,
    /// The body as it came.
    pub body: Bytes,
    /// The client's end of the connection. Requests of one address came over one connection.
    pub peer: SocketAddr,
    /// What stood where a key can stand.
    keys: Vec<HeaderValue>,
}

impl Recorded {
    pub(super) fn new(head: Parts, body: Bytes, peer: SocketAddr) -> Self {
        let Parts { method, uri, mut headers, .. } = head;
        let mut keys: Vec<_> = KEY_HEADERS.iter().filter_map(|name| headers.remove(*name)).collect();
        let mut query = Vec::new();
        for pair in uri.query().unwrap_or_default().split('&').filter(|pair| !pair.is_empty()) {
            match pair.strip_prefix("key=") {
                Some(key) => keys.extend(HeaderValue::try_from(key)),
                None => query.push(pair),
            }
        }
        Self { method, path: uri.path().to_owned(), query: query.join("&"), headers, body, peer, keys }
    }

    /// The body as JSON; `null` where it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// A header's value as text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// Whether the request came with this key, in any of the ways in which vendors take one.
    pub fn has_key(&self, key: &str) -> bool {
        let keys = self.keys.iter().map(HeaderValue::as_bytes);
        keys.map(|value| value.strip_prefix(b"Bearer ").unwrap_or(value)).any(|value| value == key.as_bytes())
    }
}

impl fmt::Debug for Recorded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recorded")
            .field("method", &self.method)
            .field("path", &self.path)
            .field("query", &self.query)
            .field("headers", &self.headers)
            .field("has_key", &!self.keys.is_empty())
            .field("body_bytes", &self.body.len())
            .finish()
    }
}

/// The newest requests.
#[derive(Default)]
pub(super) struct Log {
    requests: VecDeque<Recorded>,
    bytes: usize,
}

impl Log {
    pub(super) fn push(&mut self, request: Recorded) {
        self.bytes += request.body.len();
        self.requests.push_back(request);
        while self.requests.len() > KEPT_REQUESTS || self.bytes > KEPT_BYTES {
            let Some(old) = self.requests.pop_front() else { break };
            self.bytes -= old.body.len();
        }
    }

    pub(super) fn all(&self) -> Vec<Recorded> {
        self.requests.iter().cloned().collect()
    }
}
