//! JSON, as all codecs write it and as they tell that it is none.

use bytes::Bytes;
use serde::Serialize;

use crate::error::{Error, ErrorKind, Result};

/// The body of a request; `size_hint` is roughly how long it becomes, so that it is not copied while it grows.
pub(super) fn request(body: &impl Serialize, size_hint: usize) -> Result<Bytes> {
    let mut out = Vec::with_capacity(size_hint);
    match serde_json::to_writer(&mut out, body) {
        Ok(()) => Ok(out.into()),
        Err(error) => Err(Error::new(ErrorKind::Other, format!("the request cannot be written as JSON: {error}"))),
    }
}

/// The body of an answer.
pub(super) fn reply(body: &impl Serialize) -> Result<Bytes> {
    match serde_json::to_vec(body) {
        Ok(body) => Ok(body.into()),
        Err(error) => Err(Error::new(ErrorKind::Other, format!("the reply cannot be written as JSON: {error}"))),
    }
}

/// The text of an answer's body.
pub(super) fn answer_text(body: &[u8]) -> Result<&str> {
    let body = std::str::from_utf8(body).map_err(|_| Error::new(ErrorKind::Protocol, "the answer is not UTF-8"))?;
    if body.trim_ascii().is_empty() {
        return Err(Error::new(ErrorKind::Protocol, "the answer has no body"));
    }
    Ok(body)
}

/// The error of an answer that cannot be read. The message of serde_json is not passed on: it quotes the body.
pub(super) fn not_an_answer(body: &str, error: &serde_json::Error) -> Error {
    let place = place(error);
    match error.classify() {
        serde_json::error::Category::Eof => {
            Error::new(ErrorKind::Incomplete, format!("the answer's JSON ends too early ({place})"))
        }
        serde_json::error::Category::Data => {
            Error::new(ErrorKind::Protocol, format!("the answer is JSON of another shape ({place})"))
        }
        _ if body.trim_ascii_start().starts_with('<') => {
            Error::new(ErrorKind::Protocol, "the answer is a page of HTML or XML, not JSON")
                .with_help("check the base URL; something between may answer instead of the vendor")
        }
        _ => Error::new(ErrorKind::Protocol, format!("the answer is not JSON ({place})")),
    }
}

/// The error of a request whose body is no JSON object.
pub(super) fn not_an_object(error: &serde_json::Error) -> Error {
    Error::new(ErrorKind::InvalidRequest, format!("the body is not a JSON object ({})", place(error)))
}

fn place(error: &serde_json::Error) -> String {
    format!("line {}, column {}", error.line(), error.column())
}
