//! Answers in the vendor's format.

use std::time::{SystemTime, UNIX_EPOCH};

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use http::StatusCode;
use http::header::{CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER};

use crate::error::{Error, Result};
use crate::reply::Reply;
use crate::wire::openai_error::encode_error;
use crate::wire::openai_responses::encode_reply;

/// The body of a reply in the vendor's format. One without an id gets one.
pub(super) fn encode(mut reply: Reply, number: u64) -> Result<Bytes> {
    reply.id.get_or_insert_with(|| format!("resp_{number}"));
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    encode_reply(&reply, now)
}

/// What a provider gave, in the vendor's format.
pub(super) fn result(result: Result<Reply>, number: u64, request_id: &str) -> Response {
    match result.and_then(|reply| encode(reply, number)) {
        Ok(body) => json(200, request_id, body.into()),
        Err(error) => failure(&error, request_id),
    }
}

/// An error in the vendor's format.
pub(super) fn failure(error: &Error, request_id: &str) -> Response {
    let (status, body) = encode_error(error);
    let mut response = json(status, request_id, body.into());
    if let Some(wait) = error.retry_after() {
        let headers = response.headers_mut();
        headers.insert(RETRY_AFTER, HeaderValue::from(wait.as_secs().max(1)));
        if let Ok(milliseconds) = u64::try_from(wait.as_millis()) {
            headers.insert(HeaderName::from_static("retry-after-ms"), HeaderValue::from(milliseconds));
        }
    }
    response
}

/// An error of the server itself, with these words.
pub(super) fn text(status: u16, request_id: &str, message: &str, code: &str) -> Response {
    let error = serde_json::json!({ "message": message, "type": "invalid_request_error", "param": null, "code": code });
    json(status, request_id, serde_json::json!({ "error": error }).to_string().into())
}

fn json(status: u16, request_id: &str, body: Body) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    with_request_id(response, request_id)
}

pub(super) fn with_request_id(mut response: Response, request_id: &str) -> Response {
    if let Ok(id) = HeaderValue::try_from(request_id) {
        response.headers_mut().entry(HeaderName::from_static("x-request-id")).or_insert(id);
    }
    response
}
