//! Both halves of an answer.

use std::collections::BTreeMap;

use bytes::Bytes;
use serde::Deserialize;
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Value;
use serde_json::value::RawValue;

use super::finish::{finish_name, set_finish};
use super::message::Answer;
use super::read_message::read_answer;
use super::usage::{UsageBody, read_usage};
use crate::error::{Error, ErrorKind, Result};
use crate::reply::{Reply, Usage};
use crate::wire::json;
use crate::wire::openai_error::ErrorBody;

/// Reads the body of an answer with status 200. Of several choices the first is read.
///
/// An answer that is cut off, filtered or refused is `Ok` and says so in its finish reason.
///
/// # Errors
/// [`ErrorKind::Protocol`] for what is not such an answer, [`ErrorKind::Incomplete`] for JSON that ends too early, and
/// the vendor's own error for an `error` beside, within or instead of the choices.
pub fn decode_reply(body: &[u8]) -> Result<Reply> {
    let body = json::answer_text(body)?;
    let fields = match serde_json::from_str::<Fields>(body) {
        Ok(fields) => fields,
        // One value that serde_json cannot hold (nested too deeply, a number out of range) must not lose the others.
        Err(error) => match serde_json::from_str::<&RawValue>(body) {
            Ok(raw) => serde_json::from_value(lenient(raw, 0)).map_err(|_| json::not_an_answer(body, &error))?,
            Err(_) => return Err(json::not_an_answer(body, &error)),
        },
    };
    let usage = fields.usage.as_ref().and_then(read_usage);
    let error = fields.error.filter(is_error);
    let mut choice = match fields.choices {
        Some(Value::Array(choices)) => choices.into_iter().next(),
        _ => None,
    };
    let choice = choice.as_mut().and_then(Value::as_object_mut);
    let Some(choice) = choice else {
        let error = match (error, fields.detail) {
            (Some(error), _) => ErrorBody::from_value(error).into_error(None),
            // Older servers tell an error at the top level, and FastAPI as `detail`.
            (None, detail) if fields.message.is_some() || detail.is_some() => {
                ErrorBody::decode(body.as_bytes()).into_error(None)
            }
            _ => Error::new(ErrorKind::Protocol, "the answer has no list `choices`, or nothing is in it"),
        };
        return Err(with_usage(error, usage));
    };
    let message = match choice.get_mut("message").map(Value::take) {
        Some(Value::Object(message)) => message,
        _ => super::Object::new(),
    };
    let mut reply = Reply::new(text_of(fields.model).unwrap_or_default(), read_answer(message));
    reply.usage = usage;
    reply.id = text_of(fields.id).filter(|id| !id.is_empty());
    let said = choice.get("finish_reason").and_then(Value::as_str);
    if let Some(error) = error.or_else(|| choice.get("error").cloned().filter(is_error)) {
        return Err(told_late(ErrorBody::from_value(error).into_error(None), &reply));
    }
    if said == Some("error") {
        return Err(told_late(no_reason(), &reply));
    }
    set_finish(&mut reply, said);
    Ok(reply)
}

/// Makes the body of an answer; `created_at` is in seconds since 1970. Where the reply has no id, the text is empty.
///
/// # Errors
/// None today; what has no place in a message of this format stands as a part in its content.
pub fn encode_reply(reply: &Reply, created_at: u64) -> Result<Bytes> {
    json::reply(&ReplyBody { reply, created_at })
}

/// What is read of an answer. Scalars are taken as they come: an odd one must not lose an answer that was paid for.
#[derive(Deserialize)]
struct Fields {
    id: Option<Value>,
    model: Option<Value>,
    error: Option<Value>,
    message: Option<Value>,
    detail: Option<Value>,
    choices: Option<Value>,
    usage: Option<Value>,
}

/// How deep values are taken apart that cannot be read as a whole.
const DEPTH: usize = 8;

/// The value of a JSON text; what cannot be held is kept as its text, and what stands around it as it is.
pub(super) fn lenient(raw: &RawValue, depth: usize) -> Value {
    let text = raw.get();
    if let Ok(value) = serde_json::from_str(text) {
        return value;
    }
    if depth < DEPTH {
        if let Ok(object) = serde_json::from_str::<BTreeMap<String, &RawValue>>(text) {
            return object.into_iter().map(|(name, value)| (name, lenient(value, depth + 1))).collect();
        }
        if let Ok(list) = serde_json::from_str::<Vec<&RawValue>>(text) {
            return list.into_iter().map(|value| lenient(value, depth + 1)).collect();
        }
    }
    Value::from(text)
}

/// Whether a field `error` tells an error.
pub(super) fn is_error(error: &Value) -> bool {
    !super::read_message::is_blank(error) && error != &Value::Bool(false)
}

/// The error of an answer that says `error` and no more.
pub(super) fn no_reason() -> Error {
    Error::new(ErrorKind::Server, "the vendor failed while it answered, and gives no reason")
}

/// Adds what came before the error: it was paid for.
fn told_late(error: Error, reply: &Reply) -> Error {
    let text = reply.text();
    let error = if text.is_empty() || error.answer().is_some() { error } else { error.with_answer(text) };
    with_usage(error, reply.usage)
}

fn with_usage(error: Error, usage: Option<Usage>) -> Error {
    match usage {
        Some(usage) => error.with_usage(usage),
        None => error,
    }
}

pub(super) fn text_of(value: Option<Value>) -> Option<String> {
    match value? {
        Value::String(text) => Some(text),
        Value::Null => None,
        other => Some(other.to_string()),
    }
}

struct ReplyBody<'a> {
    reply: &'a Reply,
    created_at: u64,
}

impl Serialize for ReplyBody<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let reply = self.reply;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("id", reply.id.as_deref().unwrap_or_default())?;
        map.serialize_entry("object", "chat.completion")?;
        map.serialize_entry("created", &self.created_at)?;
        map.serialize_entry("model", &reply.model)?;
        map.serialize_entry("choices", &[ChoiceBody(reply)])?;
        if let Some(usage) = reply.usage {
            map.serialize_entry("usage", &UsageBody::from(usage))?;
        }
        map.end()
    }
}

struct ChoiceBody<'a>(&'a Reply);

impl Serialize for ChoiceBody<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(4))?;
        map.serialize_entry("index", &0)?;
        map.serialize_entry("message", &Answer(&self.0.parts))?;
        map.serialize_entry("logprobs", &())?;
        map.serialize_entry("finish_reason", finish_name(self.0))?;
        map.end()
    }
}
