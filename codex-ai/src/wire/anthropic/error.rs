//! The error body of Anthropic's API:
//! `{"type": "error", "error": {"type", "message", "details": {"error_code"}}, "request_id"}`.

use bytes::Bytes;
use serde_json::{Value, json};

use crate::error::{Error, ErrorKind};
use crate::wire::openai_error::{ErrorBody, kind_of_status};

/// Makes the error of a status and a body; `secret` is taken out of the texts before they are shortened.
///
/// The code is the vendor's `error_code` where there is one, else its type of error. A spend limit that is met and an
/// account without credit are [`ErrorKind::Quota`].
pub fn decode_error(status: u16, body: &[u8], secret: &str) -> Error {
    // A status of success says nothing of the error that came with it.
    let status = Some(status).filter(|status| *status >= 300);
    match serde_json::from_slice::<Value>(body) {
        Ok(value) => read(value, status, secret),
        Err(_) => {
            let mut body = ErrorBody::decode(body);
            body.redact(secret);
            body.into_error(status)
        }
    }
}

/// The error that an event, or a body of status 200, tells.
pub(super) fn error_of_event(event: Value) -> Error {
    read(event, None, "")
}

/// The status and body with which a server tells an error in Anthropic's format.
pub fn encode_error(error: &Error) -> (u16, Bytes) {
    let (status, kind) = match error.kind() {
        ErrorKind::Authentication => (401, "authentication_error"),
        ErrorKind::Permission => (403, "permission_error"),
        ErrorKind::NotFound => (404, "not_found_error"),
        ErrorKind::RateLimit => (429, "rate_limit_error"),
        ErrorKind::Quota => (402, "billing_error"),
        ErrorKind::TooLarge => (413, "request_too_large"),
        ErrorKind::Timeout => (504, "timeout_error"),
        ErrorKind::InvalidRequest
        | ErrorKind::InvalidArguments
        | ErrorKind::Unsupported
        | ErrorKind::Schema
        | ErrorKind::Filtered
        | ErrorKind::Refused => (400, "invalid_request_error"),
        _ => (500, "api_error"),
    };
    let own = error.status().filter(|own| *own >= 400 && kind_of_status(*own) == kind_of_status(status));
    let (status, kind) = match (own, error.code()) {
        (Some(own), code) => (own, code.filter(|code| kind_of_type(code).is_some()).unwrap_or(kind)),
        (None, Some("overloaded_error")) => (529, "overloaded_error"),
        (None, code) => (status, code.filter(|code| kind_of_type(code) == Some(error.kind())).unwrap_or(kind)),
    };
    let mut message = error.message().to_owned();
    for problem in error.problems() {
        message.push_str(&format!("; {problem}"));
    }
    let mut inner = json!({ "type": kind, "message": message });
    if let Some(code) = error.code().filter(|code| *code != kind) {
        inner["details"] = json!({ "error_code": code });
    }
    let body = json!({ "type": "error", "error": inner, "request_id": error.request_id() });
    (status, body.to_string().into())
}

fn read(value: Value, status: Option<u16>, secret: &str) -> Error {
    let text = |path: &str| value.pointer(path).and_then(Value::as_str).map(str::to_owned);
    let code = text("/error/details/error_code");
    let request_id = text("/request_id");
    let mut body = ErrorBody::from_value(value);
    body.code = code.or(body.code);
    body.redact(secret);
    let by_code = body.code.as_deref().filter(|code| code.ends_with("spend_limit_reached")).map(|_| ErrorKind::Quota);
    let kind = by_code
        .or_else(|| kind_of_type(body.kind.as_deref()?))
        .unwrap_or_else(|| status.map_or(ErrorKind::Server, kind_of_status));
    let error = body.into_error_of(kind, status);
    match request_id {
        Some(mut id) => {
            crate::error::redact(&mut id, secret);
            error.with_request_id(id)
        }
        None => error,
    }
}

/// The types of error (Anthropic's API reference and SDK 2.11, November 2026).
fn kind_of_type(kind: &str) -> Option<ErrorKind> {
    Some(match kind {
        "invalid_request_error" | "request_too_large" => ErrorKind::InvalidRequest,
        "authentication_error" => ErrorKind::Authentication,
        "billing_error" => ErrorKind::Quota,
        "permission_error" => ErrorKind::Permission,
        "not_found_error" => ErrorKind::NotFound,
        "rate_limit_error" => ErrorKind::RateLimit,
        "timeout_error" => ErrorKind::Timeout,
        "api_error" | "overloaded_error" | "conflict_error" => ErrorKind::Server,
        _ => return None,
    })
}
