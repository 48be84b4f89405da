//! Google's errors (`google.rpc.Status` in JSON): `{"error": {"code", "message", "status", "details"}}`, also as a list
//! of one.

use std::time::Duration;

use bytes::Bytes;
use serde_json::{Value, json};

use crate::error::{Error, ErrorKind};
use crate::wire::openai_error::{ErrorBody, kind_of_status};

/// Makes the error of a status and a body; `secret` is taken out of the texts before they are shortened.
///
/// The code is Google's `status` (`RESOURCE_EXHAUSTED`). A `RetryInfo` tells how long to wait, a `QuotaFailure` per day
/// is [`ErrorKind::Quota`], and a key that is not valid is [`ErrorKind::Authentication`] though its status is 400.
pub fn decode_error(status: u16, body: &[u8], secret: &str) -> Error {
    match serde_json::from_slice::<Value>(body) {
        Ok(value) => from_value(status, value, secret),
        Err(_) => {
            let mut body = ErrorBody::decode(body);
            body.redact(secret);
            body.into_error(Some(status).filter(|status| *status >= 300))
        }
    }
}

/// The error of a JSON body, or of a frame of a stream (status 200).
pub(super) fn from_value(status: u16, value: Value, secret: &str) -> Error {
    let value = match value {
        Value::Array(mut list) if !list.is_empty() => list.swap_remove(0),
        other => other,
    };
    let error = value.get("error").unwrap_or(&value);
    let said = error.get("code").and_then(Value::as_u64).and_then(|code| u16::try_from(code).ok());
    let name = error.get("status").and_then(Value::as_str).unwrap_or_default().to_owned();
    let details = error.get("details").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let wait = details.iter().find_map(|detail| duration(detail.get("retryDelay")?.as_str()?));
    // A status of success says nothing of the error that came with it.
    let told = Some(status).filter(|status| *status >= 300).or(said.filter(|code| (300..600).contains(code)));
    let meant = meaning(&name, details).or(told).or_else(|| status_of(&name));
    let mut body = ErrorBody::from_value(value);
    let wait = wait.or_else(|| body.message.as_deref().and_then(repeated));
    body.code = None;
    body.kind = None;
    body.redact(secret);
    let mut error = body.into_error(meant);
    if let Some(told) = told.or(meant) {
        error = error.with_status(told);
    }
    if !name.is_empty() {
        error = error.with_code(name.chars().take(200).collect::<String>());
    }
    match wait {
        Some(wait) => error.with_retry_after(wait),
        None => error,
    }
}

/// The status that says what is meant, where Google's own says something else.
fn meaning(name: &str, details: &[Value]) -> Option<u16> {
    let reason =
        |wanted: &str| details.iter().any(|detail| detail.get("reason").is_some_and(|reason| reason == wanted));
    if reason("API_KEY_INVALID") || reason("API_KEY_EXPIRED") || reason("API_KEY_MISSING") {
        return Some(401);
    }
    let violations = details.iter().filter_map(|detail| detail.get("violations")?.as_array()).flatten();
    let mut ids = violations.filter_map(|violation| violation.get("quotaId")?.as_str());
    if ids.any(|id| id.contains("PerDay")) {
        return Some(402);
    }
    (name == "DEADLINE_EXCEEDED").then_some(408)
}

/// The status that goes with a name (`google.rpc.Code`).
fn status_of(name: &str) -> Option<u16> {
    Some(match name {
        "INVALID_ARGUMENT" | "FAILED_PRECONDITION" | "OUT_OF_RANGE" => 400,
        "UNAUTHENTICATED" => 401,
        "PERMISSION_DENIED" => 403,
        "NOT_FOUND" => 404,
        "ALREADY_EXISTS" | "ABORTED" => 409,
        "RESOURCE_EXHAUSTED" => 429,
        "CANCELLED" => 499,
        "INTERNAL" | "UNKNOWN" | "DATA_LOSS" => 500,
        "UNIMPLEMENTED" => 501,
        "UNAVAILABLE" => 503,
        "DEADLINE_EXCEEDED" => 504,
        _ => return None,
    })
}

/// A duration as protobuf writes it: `47.434392449s`.
fn duration(text: &str) -> Option<Duration> {
    let seconds: f64 = text.strip_suffix('s')?.parse().ok()?;
    Duration::try_from_secs_f64(seconds).ok()
}

/// The delay that a message repeats: `Please retry in 47.4s.`
fn repeated(message: &str) -> Option<Duration> {
    let (_, rest) = message.split_once("retry in ")?;
    let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
    let number: f64 = rest[..end].parse().ok()?;
    let seconds = match &rest[end..] {
        unit if unit.starts_with("ms") => number / 1000.0,
        unit if unit.starts_with('s') => number,
        _ => return None,
    };
    Duration::try_from_secs_f64(seconds).ok()
}

/// The status and body with which a server tells an error in Google's format.
pub fn encode_error(error: &Error) -> (u16, Bytes) {
    let (status, name) = match error.kind() {
        ErrorKind::Authentication => (401, "UNAUTHENTICATED"),
        ErrorKind::Permission => (403, "PERMISSION_DENIED"),
        ErrorKind::NotFound => (404, "NOT_FOUND"),
        ErrorKind::RateLimit | ErrorKind::Quota => (429, "RESOURCE_EXHAUSTED"),
        ErrorKind::Timeout => (504, "DEADLINE_EXCEEDED"),
        ErrorKind::InvalidRequest
        | ErrorKind::InvalidArguments
        | ErrorKind::Unsupported
        | ErrorKind::Schema
        | ErrorKind::Filtered => (400, "INVALID_ARGUMENT"),
        ErrorKind::Connect | ErrorKind::Incomplete | ErrorKind::Protocol => (503, "UNAVAILABLE"),
        _ => (500, "INTERNAL"),
    };
    let status = error.status().filter(|own| kind_of_status(*own) == kind_of_status(status)).unwrap_or(status);
    let mut message = error.message().to_owned();
    for problem in error.problems() {
        message.push_str(&format!("; {problem}"));
    }
    let name = error.code().filter(|code| status_of(code).is_some()).unwrap_or(name);
    let mut body = json!({ "error": { "code": status, "message": message, "status": name } });
    let mut details = Vec::new();
    if error.kind() == ErrorKind::Quota {
        let violations = json!([{ "quotaId": "GenerateRequestsPerDay" }]);
        details.push(json!({ "@type": "type.googleapis.com/google.rpc.QuotaFailure", "violations": violations }));
    }
    if error.kind() == ErrorKind::Authentication {
        let reason = json!({ "@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID" });
        details.push(reason);
    }
    if let Some(wait) = error.retry_after() {
        let delay = format!("{}.{:09}s", wait.as_secs(), wait.subsec_nanos());
        details.push(json!({ "@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": delay }));
    }
    if !details.is_empty() {
        body["error"]["details"] = Value::Array(details);
    }
    (status, body.to_string().into())
}
