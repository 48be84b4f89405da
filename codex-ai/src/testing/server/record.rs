//! The requests that a server got.

use std::collections::VecDeque;
use std::fmt;

use bytes::Bytes;
use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderValue, Method};
use serde_json::Value;

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
    /// The headers, without `Authorization`.
    pub headers: HeaderMap,
    /// The body as it came.
    pub body: Bytes,
    authorization: Option<HeaderValue>,
}

impl Recorded {
    pub(super) fn new(method: Method, path: String, mut headers: HeaderMap, body: Bytes) -> Self {
        let authorization = headers.remove(AUTHORIZATION);
        Self { method, path, headers, body, authorization }
    }

    /// The body as JSON; `null` where it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// A header's value as text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// Whether the request came with this key, as `Authorization: Bearer KEY`.
    pub fn has_key(&self, key: &str) -> bool {
        let value = self.authorization.as_ref().map(HeaderValue::as_bytes);
        value.and_then(|value| value.strip_prefix(b"Bearer ")) == Some(key.as_bytes())
    }
}

impl fmt::Debug for Recorded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recorded")
            .field("method", &self.method)
            .field("path", &self.path)
            .field("headers", &self.headers)
            .field("has_authorization", &self.authorization.is_some())
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
