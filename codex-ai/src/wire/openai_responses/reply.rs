//! Both halves of an answer.

use std::borrow::Cow;

use bytes::Bytes;
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde::{Deserialize, Serialize as DeriveSerialize};
use serde_json::Value;
use serde_json::value::RawValue;

use super::item::Output;
use super::read_item::read_output;
use super::usual::Usual;
use crate::error::{Error, ErrorKind, Problem, Result};
use crate::message::{Image, Part};
use crate::reply::{FinishReason, Reply, Usage};
use crate::wire::json;
use crate::wire::openai_error::ErrorBody;

/// Reads the body of an answer with status 200.
///
/// An answer that is cut off, filtered, refused or not finished is `Ok` and says so in its finish reason.
///
/// # Errors
/// [`ErrorKind::Protocol`] for what is not such an answer, [`ErrorKind::Incomplete`] for JSON that ends too early, and
/// the vendor's own error for an answer with `"status": "failed"`.
pub fn decode_reply(body: &[u8]) -> Result<Reply> {
    let body = json::answer_text(body)?;
    if let Some(mut answer) = Usual::read(body) {
        let mut reply = Reply::new(answer.model.take().unwrap_or_default(), answer.take_parts());
        reply.finish_reason = finish_reason("completed", None, &reply.parts);
        reply.vendor_finish_reason = Some(vendor_words("completed", None));
        reply.usage = answer.usage();
        reply.id = answer.id.filter(|id| !id.is_empty());
        return Ok(reply);
    }
    let answer = match serde_json::from_str::<Answer<Value>>(body) {
        Ok(answer) => answer,
        // One item that serde_json cannot hold (nested too deeply, a number out of range) must not lose the others.
        Err(error) => match serde_json::from_str::<Answer<&RawValue>>(body) {
            Ok(answer) => answer.lenient(),
            Err(_) => return Err(json::not_an_answer(body, &error)),
        },
    };
    let error = answer.error.filter(|error| !error.is_null());
    let status = answer.status.as_ref().and_then(Value::as_str).unwrap_or("completed");
    let (Some(output), None, false) = (answer.output, &error, status == "failed") else {
        return Err(match (error, status) {
            (Some(error), _) => ErrorBody::from_value(error).into_error(None),
            (None, "failed") => Error::new(ErrorKind::Server, "the vendor failed and gives no reason"),
            (None, _) => Error::new(ErrorKind::Protocol, "the answer has no list `output`"),
        });
    };
    let mut parts = Vec::with_capacity(output.len());
    for item in output {
        parts.extend(read_output(item));
    }
    let reason = answer.incomplete_details.as_ref().and_then(|details| details.get("reason")).and_then(Value::as_str);
    let mut reply = Reply::new(text_of(answer.model).unwrap_or_default(), parts);
    reply.finish_reason = finish_reason(status, reason, &reply.parts);
    reply.vendor_finish_reason = Some(vendor_words(status, reason));
    reply.usage = answer.usage.as_ref().and_then(usage);
    reply.id = text_of(answer.id).filter(|id| !id.is_empty());
    Ok(reply)
}

/// Makes the body of an answer; `created_at` is in seconds since 1970. Where the reply has no id, the text is empty.
///
/// # Errors
/// [`ErrorKind::Unsupported`] for an image by address among the parts: the format has no place for it.
pub fn encode_reply(reply: &Reply, created_at: u64) -> Result<Bytes> {
    check_reply(reply)?;
    json::reply(&ReplyBody { reply, created_at })
}

/// Finds what a reply holds that the format has no place for.
pub(super) fn check_reply(reply: &Reply) -> Result<()> {
    let images = reply.parts.iter().enumerate().filter(|(_, part)| matches!(part, Part::Image(Image::Url(_))));
    let problems: Vec<_> = images
        .map(|(index, _)| Problem::new(format!("parts[{index}]"), "an image by address cannot stand in an answer"))
        .collect();
    if !problems.is_empty() {
        let message = "the reply has no form in OpenAI's Responses API";
        return Err(Error::new(ErrorKind::Unsupported, message).with_problems(problems));
    }
    Ok(())
}

/// Whether a reply is told as completed.
pub(super) fn is_completed(reply: &Reply) -> bool {
    status_of(reply).0.starts_with("complete")
}

/// What is read of an answer. Scalars are taken as they come: an odd one must not lose an answer that was paid for.
#[derive(Deserialize)]
#[serde(bound(deserialize = "Item: Deserialize<'de>"))]
struct Answer<Item> {
    id: Option<Value>,
    model: Option<Value>,
    status: Option<Value>,
    error: Option<Value>,
    incomplete_details: Option<Value>,
    output: Option<Vec<Item>>,
    usage: Option<Value>,
}

impl Answer<&RawValue> {
    /// Each item by itself; one that cannot be held is kept as its text.
    fn lenient(self) -> Answer<Value> {
        let read = |item: &RawValue| serde_json::from_str(item.get()).unwrap_or_else(|_| Value::from(item.get()));
        Answer {
            id: self.id,
            model: self.model,
            status: self.status,
            error: self.error,
            incomplete_details: self.incomplete_details,
            output: self.output.map(|items| items.into_iter().map(read).collect()),
            usage: self.usage,
        }
    }
}

fn text_of(value: Option<Value>) -> Option<String> {
    match value? {
        Value::String(text) => Some(text),
        Value::Null => None,
        other => Some(other.to_string()),
    }
}

fn finish_reason(status: &str, reason: Option<&str>, parts: &[Part]) -> FinishReason {
    match (status, reason) {
        // "complete" is said by a server that only resembles OpenAI's.
        ("completed" | "complete", _) => {
            if parts.iter().any(|part| matches!(part, Part::Refusal(_))) {
                FinishReason::Refusal
            } else if parts.iter().any(|part| matches!(part, Part::ToolCall(_))) {
                FinishReason::ToolCalls
            } else {
                FinishReason::Stop
            }
        }
        ("incomplete", Some("max_output_tokens")) => FinishReason::Length,
        ("incomplete", Some("content_filter")) => FinishReason::ContentFilter,
        ("incomplete", Some(reason)) => FinishReason::Other(reason.to_owned()),
        (status, _) => FinishReason::Other(status.to_owned()),
    }
}

/// The vendor's own words of the end: the reason of an incomplete answer, else its status.
fn vendor_words(status: &str, reason: Option<&str>) -> Cow<'static, str> {
    match (status, reason) {
        ("completed", _) => "completed".into(),
        ("incomplete", Some("max_output_tokens")) => "max_output_tokens".into(),
        ("incomplete", Some("content_filter")) => "content_filter".into(),
        ("incomplete", Some(reason)) => reason.to_owned().into(),
        (status, _) => status.to_owned().into(),
    }
}

/// The `status` and the reason of `incomplete_details` that say this.
fn status_of(reply: &Reply) -> (&str, Option<&str>) {
    match &reply.finish_reason {
        FinishReason::Stop | FinishReason::ToolCalls | FinishReason::Refusal => {
            // Said so by a server that only resembles OpenAI's.
            let odd = reply.vendor_finish_reason.as_deref() == Some("complete");
            (if odd { "complete" } else { "completed" }, None)
        }
        FinishReason::Length => ("incomplete", Some("max_output_tokens")),
        FinishReason::ContentFilter => ("incomplete", Some("content_filter")),
        FinishReason::Other(other) => match other.as_str() {
            "incomplete" | "in_progress" | "queued" | "cancelled" => (other, None),
            _ => ("incomplete", Some(other)),
        },
    }
}

pub(super) fn usage(value: &Value) -> Option<Usage> {
    let count = |path: &str| match value.pointer(path) {
        Some(Value::Number(number)) => number.as_u64().or_else(|| number.as_f64().map(|n| n as u64)).unwrap_or(0),
        _ => 0,
    };
    value.is_object().then(|| Usage {
        input_tokens: count("/input_tokens"),
        output_tokens: count("/output_tokens"),
        cached_tokens: count("/input_tokens_details/cached_tokens"),
        cache_write_tokens: count("/input_tokens_details/cache_write_tokens"),
        reasoning_tokens: count("/output_tokens_details/reasoning_tokens"),
    })
}

/// The body of an answer.
pub(super) struct ReplyBody<'a> {
    pub(super) reply: &'a Reply,
    pub(super) created_at: u64,
}

#[derive(DeriveSerialize)]
struct UsageBody {
    input_tokens: u64,
    input_tokens_details: InputDetails,
    output_tokens: u64,
    output_tokens_details: OutputDetails,
    total_tokens: u64,
}

#[derive(DeriveSerialize)]
struct InputDetails {
    cached_tokens: u64,
    cache_write_tokens: u64,
}

#[derive(DeriveSerialize)]
struct OutputDetails {
    reasoning_tokens: u64,
}

impl Serialize for ReplyBody<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Reply { parts, finish_reason, usage, model, id, .. } = self.reply;
        let (status, reason) = status_of(self.reply);
        // A refusal without words is still told by a part: the format has no status for it.
        let refused = *finish_reason == FinishReason::Refusal && self.reply.refusal().is_none();
        let with_refusal;
        let parts = if refused {
            with_refusal = [parts.as_slice(), &[Part::Refusal(String::new())]].concat();
            &with_refusal
        } else {
            parts
        };
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("id", id.as_deref().unwrap_or_default())?;
        map.serialize_entry("object", "response")?;
        map.serialize_entry("created_at", &self.created_at)?;
        map.serialize_entry("status", status)?;
        map.serialize_entry("model", model)?;
        map.serialize_entry("error", &())?;
        map.serialize_entry("incomplete_details", &reason.map(|reason| serde_json::json!({ "reason": reason })))?;
        map.serialize_entry("output", &Output(parts))?;
        map.serialize_entry("parallel_tool_calls", &true)?;
        map.serialize_entry("tool_choice", "auto")?;
        map.serialize_entry("tools", &[(); 0])?;
        let usage = usage.map(|usage| UsageBody {
            input_tokens: usage.input_tokens,
            input_tokens_details: InputDetails {
                cached_tokens: usage.cached_tokens,
                cache_write_tokens: usage.cache_write_tokens,
            },
            output_tokens: usage.output_tokens,
            output_tokens_details: OutputDetails { reasoning_tokens: usage.reasoning_tokens },
            total_tokens: usage.total_tokens(),
        });
        map.serialize_entry("usage", &usage)?;
        map.end()
    }
}
