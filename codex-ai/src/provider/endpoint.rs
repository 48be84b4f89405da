//! What every vendor is asked through: one exchange, whole or streamed, and what is made of its end.

use std::fmt;
use std::pin::pin;
use std::sync::Arc;
use std::time::SystemTime;

use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Uri};
use secrecy::{ExposeSecret, SecretString};

use super::events::Events;
use crate::error::{Error, ErrorKind, Result, redact};
use crate::reply::{RateLimits, Reply};
use crate::stream::ReplyStream;
use crate::telemetry;
use crate::transport::{KEPT_BODY_LIMIT, Limits, Opened, Outgoing, Transport, Whole, exchange, open, retry_after};
use crate::wire::DecodeEvents;

/// What a vendor speaks: how its answers, events and errors are read.
pub(super) struct Format {
    pub(super) decode_reply: fn(&[u8]) -> Result<Reply>,
    pub(super) stream_decoder: fn() -> Box<dyn DecodeEvents>,
    /// Makes the error of a status and a body; takes the key out of the texts before it shortens them.
    pub(super) decode_error: fn(u16, &[u8], &str) -> Error,
    /// The headers that hold the vendor's id of a request; the first that is there counts.
    pub(super) request_ids: &'static [&'static str],
    /// What the headers say of the limits.
    pub(super) rate_limits: fn(&HeaderMap) -> Option<Box<RateLimits>>,
}

/// What carries requests to a vendor, within limits, and the key that no error may show.
pub(super) struct Endpoint {
    /// As in `openai/gpt-5.6-luna`.
    pub(super) vendor: &'static str,
    pub(super) transport: Arc<dyn Transport>,
    pub(super) limits: Limits,
    pub(super) key: Option<SecretString>,
    pub(super) format: &'static Format,
}

impl Endpoint {
    /// Sends a body and reads the whole answer as a reply. The model is for those who watch.
    pub(super) async fn ask(&self, model: &str, url: &str, headers: &HeaderMap, body: Bytes) -> Result<Reply> {
        let attempt = pin!(async { self.reply(&self.send(url, headers, body).await?) });
        telemetry::whole(telemetry::attempt(self.vendor, model, url, false), attempt).await
    }

    /// Sends a body and reads the whole answer, which is no reply; a status that tells an error is `Err`.
    #[cfg(any(feature = "openai", feature = "gemini"))]
    pub(super) async fn post(&self, model: &str, url: &str, headers: &HeaderMap, body: Bytes) -> Result<Whole> {
        let sent = pin!(self.send(url, headers, body));
        telemetry::whole(telemetry::attempt(self.vendor, model, url, false), sent).await
    }

    async fn send(&self, url: &str, headers: &HeaderMap, body: Bytes) -> Result<Whole> {
        let outgoing = Outgoing::post(url, headers, body);
        let whole = exchange(&*self.transport, outgoing, &self.limits).await.map_err(|error| self.redact(error))?;
        if whole.status.is_success() { Ok(whole) } else { Err(self.failure(&whole)) }
    }

    /// Sends a body and gives the answer while it comes.
    pub(super) async fn stream(
        self: &Arc<Self>,
        model: &str,
        url: &str,
        headers: &HeaderMap,
        body: Bytes,
    ) -> Result<ReplyStream> {
        let attempt = pin!(async {
            let outgoing = Outgoing::post(url, headers, body);
            let opened = open(&*self.transport, outgoing, &self.limits).await.map_err(|error| self.redact(error))?;
            match opened {
                Opened::Stream(response) => Ok(ReplyStream::new(Events::new(Arc::clone(self), response))),
                Opened::Whole(whole) if whole.status.is_success() => Ok(ReplyStream::from_reply(self.reply(&whole)?)),
                Opened::Whole(whole) => Err(self.failure(&whole)),
            }
        });
        telemetry::streamed(telemetry::attempt(self.vendor, model, url, true), attempt).await
    }

    /// The reply of an answer with a status of success.
    fn reply(&self, whole: &Whole) -> Result<Reply> {
        let mut reply = (self.format.decode_reply)(&whole.body).map_err(|error| self.blame(error, whole))?;
        reply.raw.get_or_insert_with(|| whole.body.clone());
        self.complete(&mut reply, &whole.headers);
        Ok(reply)
    }

    /// Adds what the headers say.
    pub(super) fn complete(&self, reply: &mut Reply, headers: &HeaderMap) {
        reply.provider = Some(self.vendor.into());
        reply.request_id = self.request_id(headers);
        reply.rate_limits = (self.format.rate_limits)(headers);
    }

    /// The error of an answer whose status tells one.
    fn failure(&self, whole: &Whole) -> Error {
        let mut error = (self.format.decode_error)(whole.status.as_u16(), &whole.body, self.exposed_key());
        if let Some(wait) = retry_after(&whole.headers, SystemTime::now()) {
            error = error.with_retry_after(wait);
        }
        match whole.headers.get("x-should-retry").map(HeaderValue::as_bytes) {
            Some(b"true") => error = error.with_should_retry(true),
            Some(b"false") => error = error.with_should_retry(false),
            _ => {}
        }
        if error.help().is_none()
            && let Some(help) = advice(error.kind())
        {
            error = error.with_help(help);
        }
        self.finish(error, &whole.headers)
    }

    /// Completes an error that was found in an answer of status 200: nothing that was paid for is lost.
    pub(super) fn blame(&self, error: Error, whole: &Whole) -> Error {
        let kept = matches!(error.kind(), ErrorKind::Protocol | ErrorKind::Incomplete) && error.answer().is_none();
        let error = match std::str::from_utf8(&whole.body) {
            Ok(text) if kept && !text.is_empty() && text.len() <= KEPT_BODY_LIMIT => error.with_answer(text),
            _ => error,
        };
        self.finish(error, &whole.headers)
    }

    /// Adds the request's id to an error, and takes the key out of it.
    pub(super) fn finish(&self, error: Error, headers: &HeaderMap) -> Error {
        let unreadable = matches!(error.kind(), ErrorKind::Protocol | ErrorKind::Incomplete);
        let error = match headers.get(CONTENT_ENCODING) {
            Some(encoding) if unreadable && encoding != "identity" => {
                error.with_help("the answer is compressed, which was not asked for; look at what stands in between")
            }
            _ => error,
        };
        self.redact(match self.request_id(headers) {
            Some(id) => error.with_request_id(id),
            None => error,
        })
    }

    fn request_id(&self, headers: &HeaderMap) -> Option<String> {
        let mut ids = self.format.request_ids.iter().filter_map(|name| headers.get(*name)?.to_str().ok());
        let mut id = ids.next()?.to_owned();
        // A reply's id is shown in logs and spans, and gateways have put anything into it.
        redact(&mut id, self.exposed_key());
        Some(id)
    }

    fn redact(&self, error: Error) -> Error {
        error.without_secret(self.exposed_key())
    }

    pub(super) fn exposed_key(&self) -> &str {
        self.key.as_ref().map_or("", ExposeSecret::expose_secret)
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endpoint").field("limits", &self.limits).finish_non_exhaustive()
    }
}

/// What to do about an error that a vendor has nothing of its own to say about.
fn advice(kind: ErrorKind) -> Option<&'static str> {
    Some(match kind {
        ErrorKind::RateLimit => {
            "ask again later; `codex_ai::layer::Retry` does so by itself, and `Limit` keeps a program below the limit"
        }
        ErrorKind::Quota => "add credit or raise the limit at the vendor; asking again does not help",
        ErrorKind::NotFound => "check the name of the model, and the base URL",
        ErrorKind::Permission => "check what the key may do at the vendor, and the name of the model",
        ErrorKind::Server => {
            "ask again later; `codex_ai::layer::Retry` does so by itself, `Failover` asks another vendor"
        }
        _ => return None,
    })
}

/// The headers of a vendor that takes JSON, and its key as `Authorization: Bearer`.
#[allow(dead_code, reason = "not every vendor takes a bearer token")]
pub(super) fn bearer_headers(key: &SecretString) -> Result<HeaderMap> {
    let mut headers = json_headers();
    headers.insert(AUTHORIZATION, secret_value("Bearer ", key)?);
    Ok(headers)
}

/// The headers of a vendor that takes JSON.
pub(super) fn json_headers() -> HeaderMap {
    let mut headers = HeaderMap::new();
    let json = HeaderValue::from_static("application/json");
    headers.insert(CONTENT_TYPE, json.clone());
    headers.insert(ACCEPT, json);
    headers
}

/// A header's value with a key in it, marked so that it is never printed and never indexed by HTTP/2.
pub(super) fn secret_value(prefix: &str, key: &SecretString) -> Result<HeaderValue> {
    let exposed = key.expose_secret();
    if exposed.trim().is_empty() {
        return Err(Error::new(ErrorKind::Config, "the key is empty"));
    }
    // Looked at here, because a header takes tabs and spaces, and a key with a line break at its end is a common slip.
    let place = exposed.chars().position(|c| !c.is_ascii_graphic());
    match (place, HeaderValue::try_from(format!("{prefix}{exposed}"))) {
        (None, Ok(mut value)) => {
            value.set_sensitive(true);
            Ok(value)
        }
        (place, _) => {
            let place = place.map_or(0, |place| place + 1);
            Err(Error::new(ErrorKind::Config, format!("the key has a character at place {place} that no key has"))
                .with_help("remove spaces, line breaks and letters outside of ASCII from the key"))
        }
    }
}

/// A base URL without the slash at its end.
pub(super) fn base_url(text: &str) -> Result<(String, Uri)> {
    let wrong =
        |message: &'static str| Err(Error::new(ErrorKind::Config, message).with_help("write it as `https://host/v1`"));
    let text = text.trim().trim_end_matches('/');
    let Ok(uri) = text.parse::<Uri>() else { return wrong("the base URL is not a URL") };
    let Some(authority) = uri.authority() else { return wrong("the base URL has no host") };
    if !matches!(uri.scheme_str(), Some("http" | "https")) {
        return wrong("the base URL is neither `http` nor `https`");
    }
    if text.contains('@') {
        return wrong("the base URL has a user name or a password in it");
    }
    if authority.as_str() != authority.host() && authority.port_u16().is_none() {
        return wrong("the base URL has a port that is no number");
    }
    if uri.query().is_some() || text.contains('#') {
        return wrong("the base URL has a query or a fragment");
    }
    Ok((text.to_owned(), uri))
}
