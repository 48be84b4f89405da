//! The error body of OpenAI and of the many servers that took it over:
//! `{"error": {"message", "type", "param", "code"}}`.

use bytes::Bytes;
use serde_json::{Value, json};

use super::refused;
use crate::error::{Error, ErrorKind, redact};

/// The most characters of the vendor's own words that go into a message.
pub const LONGEST_MESSAGE: usize = 1_000;

/// The most characters of a body that is not JSON that go into a message.
pub const LONGEST_EXCERPT: usize = 200;

/// Makes the error of a status and a body; `secret` is taken out of the texts before they are shortened.
pub fn decode_error(status: u16, body: &[u8], secret: &str) -> Error {
    let mut body = ErrorBody::decode(body);
    body.redact(secret);
    // A status of success says nothing of the error that came with it.
    body.into_error(Some(status).filter(|status| *status >= 300))
}

/// What the vendor says of an error.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ErrorBody {
    /// The vendor's words, or the body's text where it is no JSON.
    pub message: Option<String>,
    /// The vendor's code, such as `context_length_exceeded`.
    pub code: Option<String>,
    /// The vendor's sort of error, such as `invalid_request_error`.
    pub kind: Option<String>,
    /// The field of the request that is to blame.
    pub param: Option<String>,
    /// The status that the body itself tells: servers that fail in the middle of an answer have sent 200 already.
    pub status: Option<u16>,
    /// Why a moderation stepped in, as OpenRouter tells it.
    pub reasons: Vec<String>,
    /// What the model wrote that the vendor did not accept, as Groq tells it.
    pub failed_generation: Option<String>,
    /// Whether the body was JSON.
    pub is_json: bool,
}

impl ErrorBody {
    /// Reads the body of an answer whose status says that it failed. Every body can be read: one that is no JSON is
    /// kept as text, without the tags of HTML.
    pub fn decode(body: &[u8]) -> Self {
        match serde_json::from_slice(body) {
            Ok(value) => Self::from_value(value),
            Err(_) => {
                let text = String::from_utf8_lossy(body);
                let text = if text.trim_start().starts_with('<') { without_tags(&text) } else { text.into_owned() };
                Self { message: Some(text).filter(|text| !text.trim().is_empty()), ..Self::default() }
            }
        }
    }

    /// Reads the error object, with or without the `error` around it.
    pub fn from_value(value: Value) -> Self {
        let mut body = Self { is_json: true, ..Self::default() };
        let value = match value {
            // Some routers put the error into a list.
            Value::Array(mut list) if list.len() == 1 => list.pop().unwrap_or_default(),
            other => other,
        };
        let mut object = match value {
            Value::Object(object) => object,
            Value::String(message) => return Self { message: Some(message), ..body },
            other => return Self { message: Some(other.to_string()), ..body },
        };
        match object.get_mut("error").map(Value::take) {
            Some(Value::Object(error)) => object = error,
            Some(Value::String(message)) => {
                object.insert("message".to_owned(), Value::String(message));
            }
            _ => {}
        }
        let number = |name: &str| {
            let status = object.get(name)?.as_u64().and_then(|number| u16::try_from(number).ok())?;
            (400..=599).contains(&status).then_some(status)
        };
        body.status = number("status_code").or_else(|| number("status")).or_else(|| number("code"));
        body.read_metadata(object.get("metadata"));
        let mut text = |name: &str| match object.get_mut(name).map(Value::take)? {
            Value::Null => None,
            Value::String(text) => Some(text).filter(|text| !text.is_empty()),
            // Some servers give the code as a number, and FastAPI gives a list of details.
            other => Some(other.to_string()),
        };
        body.message = match (text("message").or_else(|| text("detail")), body.message) {
            // The words of the vendor behind a router say more than "provider returned error".
            (Some(own), Some(behind)) => Some(format!("{own}: {behind}")),
            (own, behind) => own.or(behind),
        };
        body.failed_generation = text("failed_generation");
        body.code = text("code");
        body.kind = text("type");
        body.param = text("param");
        body
    }

    /// Reads what a router says of the vendor behind it.
    fn read_metadata(&mut self, metadata: Option<&Value>) {
        let Some(metadata) = metadata else { return };
        self.message = match metadata.get("raw") {
            Some(Value::String(raw)) => Self::decode(raw.as_bytes()).message,
            Some(raw @ Value::Object(_)) => Self::from_value(raw.clone()).message,
            _ => None,
        };
        if let Some(Value::Array(reasons)) = metadata.get("reasons") {
            self.reasons = reasons.iter().filter_map(Value::as_str).map(str::to_owned).collect();
        }
    }

    /// Takes a secret out of all texts.
    pub fn redact(&mut self, secret: &str) {
        let texts = [&mut self.message, &mut self.code, &mut self.kind, &mut self.param, &mut self.failed_generation];
        for text in texts.into_iter().flatten().chain(&mut self.reasons) {
            redact(text, secret);
        }
    }

    /// The error to hand on. The kind follows the code where it is known, else the status; `None` is an error that
    /// came in an answer of status 200.
    pub fn into_error(self, status: Option<u16>) -> Error {
        let kind = self.error_kind(status);
        self.into_error_of(kind, status)
    }

    /// The error to hand on, of a kind that the caller found.
    pub(super) fn into_error_of(self, kind: ErrorKind, status: Option<u16>) -> Error {
        let mut message = lead(kind).to_owned();
        if let Some(said) = &self.message {
            let longest = if self.is_json { LONGEST_MESSAGE } else { LONGEST_EXCERPT };
            message.push_str(": ");
            push_short(&mut message, said, longest);
        }
        if let Some(param) = &self.param {
            message.push_str(" (parameter `");
            push_short(&mut message, param, LONGEST_EXCERPT);
            message.push_str("`)");
        }
        if !self.reasons.is_empty() {
            message.push_str(" (reasons: ");
            push_short(&mut message, &self.reasons.join(", "), LONGEST_EXCERPT);
            message.push(')');
        }
        let mut error = Error::new(kind, message);
        let said = self.message.as_deref().unwrap_or_default();
        error = refused::mark(error, status.or(self.status), said, self.param.as_deref(), self.code.as_deref());
        if let Some(text) = self.failed_generation {
            error = error.with_answer(text);
        }
        if let Some(status) = status {
            error = error.with_status(status);
        }
        if let Some(code) = self.code.or(self.kind) {
            let mut short = String::new();
            push_short(&mut short, &code, LONGEST_EXCERPT);
            error = error.with_code(short);
        }
        error
    }

    fn error_kind(&self, status: Option<u16>) -> ErrorKind {
        let known = [&self.code, &self.kind].into_iter().flatten().find_map(|code| kind_of_code(code));
        if let Some(known) = known {
            return known;
        }
        if !self.reasons.is_empty() {
            return ErrorKind::Filtered;
        }
        match status.or(self.status) {
            Some(status) => kind_of_status(status),
            // Told within an answer, where there is no status to tell it.
            None if matches!(self.kind.as_deref(), Some("invalid_request_error" | "BadRequestError")) => {
                ErrorKind::InvalidRequest
            }
            None => ErrorKind::Server,
        }
    }
}

/// The status and body with which a server tells an error in OpenAI's format.
pub fn encode_error(error: &Error) -> (u16, Bytes) {
    let (status, kind, code) = match error.kind() {
        ErrorKind::Authentication => (401, "invalid_request_error", "invalid_api_key"),
        ErrorKind::Permission => (403, "invalid_request_error", "permission_denied"),
        ErrorKind::NotFound => (404, "invalid_request_error", "model_not_found"),
        ErrorKind::RateLimit => (429, "requests", "rate_limit_exceeded"),
        ErrorKind::Quota => (429, "insufficient_quota", "insufficient_quota"),
        ErrorKind::Filtered => (400, "invalid_request_error", "content_filter"),
        ErrorKind::Timeout => (408, "server_error", "timeout"),
        ErrorKind::InvalidRequest | ErrorKind::InvalidArguments | ErrorKind::Unsupported | ErrorKind::Schema => {
            (400, "invalid_request_error", "invalid_value")
        }
        ErrorKind::Server => (500, "server_error", "server_error"),
        ErrorKind::Connect | ErrorKind::Incomplete | ErrorKind::Protocol => (502, "server_error", "server_error"),
        _ => (500, "server_error", "internal_error"),
    };
    let status = error.status().filter(|own| kind_of_status(*own) == kind_of_status(status)).unwrap_or(status);
    let mut message = error.message().to_owned();
    for problem in error.problems() {
        message.push_str(&format!("; {problem}"));
    }
    let code = error.code().unwrap_or(code);
    let body = json!({ "error": { "message": message, "type": kind, "param": null, "code": code } });
    (status, body.to_string().into())
}

/// The codes that say more than their status. Sources: OpenAI's error guide and its SDK 3.52.0; Azure's content filter.
fn kind_of_code(code: &str) -> Option<ErrorKind> {
    Some(match code {
        "insufficient_quota" | "credit_balance_exhausted" | "billing_hard_limit_reached" | "billing_not_active" => {
            ErrorKind::Quota
        }
        "invalid_api_key" => ErrorKind::Authentication,
        // Also sent with 403, for a model that the project may not use.
        "model_not_found" => ErrorKind::NotFound,
        "context_length_exceeded" | "string_above_max_length" | "unsupported_parameter" | "invalid_prompt" => {
            ErrorKind::InvalidRequest
        }
        "rate_limit_exceeded" => ErrorKind::RateLimit,
        "content_filter" | "content_policy_violation" | "moderation_blocked" => ErrorKind::Filtered,
        _ if code.contains("spend_limit") || code.contains("usage_limit") => ErrorKind::Quota,
        _ if code.ends_with("_policy") || code.ends_with("_policy_violation") => ErrorKind::Filtered,
        _ if code.starts_with("image_") || code.starts_with("invalid_image") => ErrorKind::InvalidRequest,
        _ => return None,
    })
}

/// What a status alone says.
pub fn kind_of_status(status: u16) -> ErrorKind {
    match status {
        // The library follows no redirect: it would carry the key, and the prompt, to another address.
        300..=399 => ErrorKind::Config,
        401 => ErrorKind::Authentication,
        402 => ErrorKind::Quota,
        403 => ErrorKind::Permission,
        404 => ErrorKind::NotFound,
        408 => ErrorKind::Timeout,
        429 => ErrorKind::RateLimit,
        // A conflict and a request that came too early pass, as an overload does.
        409 | 425 | 500.. => ErrorKind::Server,
        400..=499 => ErrorKind::InvalidRequest,
        _ => ErrorKind::Protocol,
    }
}

fn lead(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::Authentication => "the vendor does not accept the key",
        ErrorKind::Permission => "the key may not do this",
        ErrorKind::NotFound => "the vendor does not know the model or the address",
        ErrorKind::RateLimit => "too many requests or tokens for now",
        ErrorKind::Quota => "the account has no credit or has met its limit",
        ErrorKind::Filtered => "a filter of the vendor stopped the request",
        ErrorKind::Timeout => "the vendor gave up waiting",
        ErrorKind::Server => "the vendor failed",
        ErrorKind::Config => "the server redirects to another address, which is not followed",
        ErrorKind::Protocol => "the server answers with a status that means nothing here",
        _ => "the vendor refuses the request",
    }
}

/// Adds at most `longest` characters of a text, on one line.
fn push_short(out: &mut String, text: &str, longest: usize) {
    let mut left = longest;
    for (index, word) in text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|w| !w.is_empty()).enumerate()
    {
        if index > 0 {
            out.push(' ');
            left = left.saturating_sub(1);
        }
        for c in word.chars() {
            if left == 0 {
                out.push('…');
                return;
            }
            out.push(c);
            left -= 1;
        }
    }
}

/// The text between the tags.
fn without_tags(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut inside = false;
    for c in html.chars() {
        match c {
            '<' => inside = true,
            '>' if inside => {
                inside = false;
                text.push(' ');
            }
            c if !inside => text.push(c),
            _ => {}
        }
    }
    text
}
