//! What a recorded answer says, found by plain walks through its JSON. Nothing of the library reads here; it only lends
//! the words for what is found.

mod anthropic;
mod chat;
mod error;
mod gemini;
mod responses;

use codex_ai::{ErrorKind, FinishReason};
use codex_ai_tests::exchange::Format;
use serde_json::Value;

use crate::case::Case;
use crate::sse;

/// What must come of an exchange.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// An answer.
    Reply(Box<Expected>),
    /// An error of one of these kinds: more than one where the vendor's words leave it open.
    Error(Vec<ErrorKind>),
}

/// What an answer says.
#[derive(Debug, Default)]
pub(crate) struct Expected {
    pub(crate) text: String,
    pub(crate) reasoning: String,
    pub(crate) refusal: String,
    pub(crate) calls: Vec<Call>,
    /// MIME type and bytes.
    pub(crate) images: Vec<(String, Vec<u8>)>,
    pub(crate) tokens: Option<Tokens>,
    pub(crate) finish: FinishReason,
    /// The vendor's own word for it; `None` where the format has none.
    pub(crate) vendor_finish: Option<String>,
    pub(crate) model: String,
    pub(crate) id: String,
    /// In how many pieces the text came at least; 0 for a whole answer.
    pub(crate) pieces: usize,
}

/// A tool that is to be called.
#[derive(Debug, Default)]
pub(crate) struct Call {
    pub(crate) id: String,
    pub(crate) name: String,
    /// JSON, or a text where it is none.
    pub(crate) arguments: Value,
}

/// Tokens used.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tokens {
    pub(crate) input: u64,
    pub(crate) output: u64,
    pub(crate) cached: u64,
    pub(crate) cache_write: u64,
    pub(crate) reasoning: u64,
}

/// What must come of a recorded exchange.
///
/// # Errors
/// What is odd about the recording itself.
pub(crate) fn outcome(case: &Case) -> Result<Outcome, String> {
    if case.status >= 300 {
        let body = serde_json::from_str(&case.body).unwrap_or(Value::Null);
        return Ok(Outcome::Error(error::kinds(Some(case.status), &body)));
    }
    let format = case.endpoint.format;
    let mut expected = if case.is_events {
        let events = sse::events(&case.body);
        let read = match format {
            Format::Responses => responses::stream,
            Format::Chat => chat::stream,
            Format::Anthropic => anthropic::stream,
            Format::Gemini => gemini::stream,
            _ => return Err("no such stream".to_owned()),
        };
        match read(&events)? {
            Streamed::Whole(expected) => *expected,
            Streamed::CutOff => return Ok(Outcome::Error(vec![ErrorKind::Incomplete])),
            Streamed::Failed(error) => return Ok(Outcome::Error(error::kinds(None, &error))),
        }
    } else {
        let body: Value = serde_json::from_str(&case.body).map_err(|error| error.to_string())?;
        if body.get("error").is_some_and(|error| !error.is_null()) {
            return Ok(Outcome::Error(error::kinds(None, &body)));
        }
        match format {
            Format::Responses if body["status"] == "failed" => return Ok(Outcome::Error(error::kinds(None, &body))),
            Format::Responses => responses::whole(&body),
            Format::Chat => match chat::failure(&body) {
                Some(Value::Null) => return Ok(Outcome::Error(vec![ErrorKind::Protocol])),
                Some(error) => return Ok(Outcome::Error(error::kinds(None, &error))),
                None => chat::whole(&body),
            },
            Format::Anthropic => anthropic::whole(&body),
            Format::Gemini => gemini::whole(&body),
            _ => return Err("no such answer".to_owned()),
        }
    };
    if expected.finish == FinishReason::Stop && !expected.calls.is_empty() {
        // Who waits for the results of tools has not stopped, whatever word a vendor has for it.
        expected.finish = FinishReason::ToolCalls;
    }
    Ok(Outcome::Reply(Box::new(expected)))
}

/// How a recorded stream ended.
enum Streamed {
    Whole(Box<Expected>),
    CutOff,
    /// With this error.
    Failed(Value),
}

/// The number at the first of these places that has one.
fn number(value: &Value, pointers: &[&str]) -> u64 {
    let number = |value: &Value| value.as_u64().or_else(|| value.as_f64().map(|number| number as u64));
    pointers.iter().find_map(|pointer| number(value.pointer(pointer)?)).unwrap_or(0)
}

fn string(value: &Value, pointer: &str) -> String {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn list<'v>(value: &'v Value, pointer: &str) -> &'v [Value] {
    value.pointer(pointer).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// Arguments as the value that they stand for.
pub(crate) fn arguments(text: &str) -> Value {
    if text.trim().is_empty() {
        return Value::Object(serde_json::Map::new());
    }
    serde_json::from_str(text).unwrap_or_else(|_| Value::from(text))
}

/// The bytes of a recorded picture, which may have been cut off in the middle.
fn bytes(base64: &str) -> Vec<u8> {
    let values = base64.bytes().filter_map(|byte| match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' | b'-' => Some(62),
        b'/' | b'_' => Some(63),
        _ => None,
    });
    let mut bytes = Vec::with_capacity(base64.len() / 4 * 3);
    let (mut held, mut bits) = (0_u32, 0);
    for value in values {
        held = held << 6 | u32::from(value);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((held >> bits) as u8);
        }
    }
    bytes
}
