//! Both halves of an answer.

use bytes::Bytes;
use serde::Deserialize;
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Value;
use serde_json::value::RawValue;

use super::block::{Block, arguments, blocks};
use super::error::error_of_event;
use super::fields::value_of;
use super::read_block::read_content;
use super::usage::{Counts, StopDetails, UsageBody, finish_reason, refusal, stop_reason};
use crate::error::{Error, ErrorKind, Problem, Result};
use crate::message::Part;
use crate::reply::Reply;
use crate::wire::json;

/// Reads the body of an answer with status 200.
///
/// An answer that is cut off, refused or not finished is `Ok` and says so in its finish reason. What `stop_details` says
/// of a refusal is a [`Part::Refusal`] at the end.
///
/// # Errors
/// [`ErrorKind::Protocol`] for what is not such an answer, [`ErrorKind::Incomplete`] for JSON that ends too early, and
/// the vendor's own error for a body that tells one.
pub fn decode_reply(body: &[u8]) -> Result<Reply> {
    let body = json::answer_text(body)?;
    let answer: Answer<'_> = serde_json::from_str(body).map_err(|error| json::not_an_answer(body, &error))?;
    let Some(mut parts) = answer.content.and_then(read_content) else {
        return Err(match answer.error {
            Some(error) => error_of_event(serde_json::json!({ "error": value_of(error) })),
            None => Error::new(ErrorKind::Protocol, "the answer has no list `content`"),
        });
    };
    parts.extend(refusal(answer.stop_details.map(value_of)));
    let mut counts = Counts::default();
    counts.update(&answer.usage.map(value_of).unwrap_or_default());
    let mut reply = Reply::new(text_of(answer.model).unwrap_or_default(), parts);
    (reply.finish_reason, reply.vendor_finish_reason) = finish_reason(text_of(answer.stop_reason));
    reply.usage = counts.usage();
    reply.id = text_of(answer.id).filter(|id| !id.is_empty());
    Ok(reply)
}

/// Makes the body of an answer. The format has no place for `created_at`; where the reply has no id, the text is empty.
///
/// # Errors
/// [`ErrorKind::Unsupported`] for parts that an answer cannot hold, and for a call whose arguments are not a JSON
/// object.
pub fn encode_reply(reply: &Reply, created_at: u64) -> Result<Bytes> {
    let _ = created_at;
    let problems: Vec<_> = blocks(&reply.parts)
        .filter_map(|(index, block)| Some(Problem::new(format!("parts[{index}]"), unsendable(&block)?)))
        .collect();
    if !problems.is_empty() {
        let message = "the reply has no form in Anthropic's Messages API";
        return Err(Error::new(ErrorKind::Unsupported, message).with_problems(problems));
    }
    json::reply(&ReplyBody(reply))
}

/// Why a block cannot stand in an answer.
pub(super) fn unsendable(block: &Block<'_>) -> Option<&'static str> {
    match block.part {
        Part::Image(_) => Some("an image cannot stand in an answer"),
        Part::ToolResult(_) => Some("a result of a tool cannot stand in an answer"),
        Part::ToolCall(call) => arguments(&call.arguments).err(),
        Part::Raw(raw) if !raw.is_object() => Some("a raw part that is no JSON object cannot be sent"),
        _ => None,
    }
}

/// What is read of an answer. Scalars are taken as they come: an odd one must not lose an answer that was paid for.
#[derive(Deserialize)]
struct Answer<'a> {
    #[serde(borrow)]
    id: Option<&'a RawValue>,
    model: Option<&'a RawValue>,
    content: Option<&'a RawValue>,
    stop_reason: Option<&'a RawValue>,
    stop_details: Option<&'a RawValue>,
    usage: Option<&'a RawValue>,
    error: Option<&'a RawValue>,
}

fn text_of(raw: Option<&RawValue>) -> Option<String> {
    match value_of(raw?) {
        Value::String(text) => Some(text),
        Value::Null => None,
        other => Some(other.to_string()),
    }
}

struct ReplyBody<'a>(&'a Reply);

impl Serialize for ReplyBody<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Reply { parts, finish_reason, vendor_finish_reason, usage, model, id, .. } = self.0;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("id", id.as_deref().unwrap_or_default())?;
        map.serialize_entry("type", "message")?;
        map.serialize_entry("role", "assistant")?;
        map.serialize_entry("model", model)?;
        map.serialize_entry("content", &AnswerBlocks(parts))?;
        map.serialize_entry("stop_reason", stop_reason(finish_reason, vendor_finish_reason.as_deref()))?;
        map.serialize_entry("stop_sequence", &())?;
        map.serialize_entry("stop_details", &StopDetails(parts))?;
        map.serialize_entry("usage", &usage.map(UsageBody))?;
        map.end()
    }
}

/// The blocks of an answer: the words of a refusal stand in `stop_details`.
struct AnswerBlocks<'a>(&'a [Part]);

impl Serialize for AnswerBlocks<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let stays = |block: &Block<'_>| block.is_written() && !matches!(block.part, Part::Refusal(_));
        serializer.collect_seq(blocks(self.0).map(|(_, block)| block).filter(stays))
    }
}
