//! One recorded exchange.

use codex_ai_tests::exchange::{Endpoint, Format, endpoint, text};
use serde_json::Value;

/// A recorded answer, and what was asked for.
pub(crate) struct Case {
    pub(crate) endpoint: Endpoint,
    /// The vendor's name in the recording.
    pub(crate) vendor: String,
    /// Whether the answer was asked for as a stream.
    pub(crate) streamed: bool,
    /// Whether the answer is a stream of events.
    pub(crate) is_events: bool,
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
    /// The same for every run, and another for every exchange.
    pub(crate) seed: u64,
}

impl Case {
    /// Reads an exchange.
    ///
    /// # Errors
    /// The reason why it is none of this suite's.
    pub(crate) fn read(exchange: &Value, name: &str) -> Result<Self, String> {
        let (request, response) = (&exchange["request"], &exchange["response"]);
        let endpoint = endpoint(text(request, "/method"), text(request, "/path"))?;
        if matches!(endpoint.format, Format::Images | Format::ImageEdits | Format::Imagen) {
            return Err("pictures have a suite of their own".to_owned());
        }
        let headers = response["headers"].as_object().into_iter().flatten();
        let headers = headers.map(|(name, value)| (name.to_ascii_lowercase(), words(value))).collect::<Vec<_>>();
        let content_type = headers.iter().find(|(name, _)| name == "content-type");
        let is_events = content_type.is_some_and(|(_, value)| value.starts_with("text/event-stream"));
        let Some(body) = response["body"].as_str() else { return Err("the recording has no answer".to_owned()) };
        let status = response["status"].as_u64().and_then(|status| u16::try_from(status).ok());
        Ok(Self {
            streamed: endpoint.stream || request.pointer("/body/stream") == Some(&Value::Bool(true)) || is_events,
            is_events,
            vendor: text(exchange, "/provider").to_owned(),
            status: status.ok_or("the recording has no status")?,
            headers,
            body: body.to_owned(),
            seed: seed(name),
            endpoint,
        })
    }
}

impl Case {
    /// The same exchange with another body.
    pub(crate) fn with_body(&self, body: String) -> Self {
        let Self { endpoint, vendor, streamed, is_events, status, headers, seed, .. } = self;
        Self {
            endpoint: endpoint.clone(),
            vendor: vendor.clone(),
            headers: headers.clone(),
            streamed: *streamed,
            is_events: *is_events,
            status: *status,
            seed: *seed,
            body,
        }
    }
}

/// A header's value; a recording may hold several in a list.
fn words(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(list) => list.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

/// A number made of a name (FNV-1a).
fn seed(name: &str) -> u64 {
    name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
