//! Both halves of an answer.

use bytes::Bytes;
use serde::Serialize as DeriveSerialize;
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::value::RawValue;

use super::answer::{block_reason, finish_reason, read_answer, text_of, usage};
use super::part::AnswerParts;
use super::read_stream::StreamDecoder;
use super::{error, value_of};
use crate::error::{Error, ErrorKind, Result};
use crate::message::Part;
use crate::reply::{FinishReason, Reply, Usage};
use crate::stream::StreamItem;
use crate::wire::{Chunks, DecodeEvents, json};

/// Reads the body of an answer with status 200: one object, or the list of them that a stream without `alt=sse` is.
///
/// The parts are those of the first candidate. A prompt that was blocked is an answer without parts whose finish reason
/// is [`FinishReason::ContentFilter`]; Google's word for it is
/// [`vendor_finish_reason`](Reply::vendor_finish_reason).
///
/// # Errors
/// [`ErrorKind::Protocol`] for what is not such an answer, [`ErrorKind::Incomplete`] for JSON that ends too early, and
/// the vendor's own error for a body that tells one.
pub fn decode_reply(body: &[u8]) -> Result<Reply> {
    let body = json::answer_text(body)?;
    if body.trim_ascii_start().starts_with('[') {
        return list(body);
    }
    let answer = read_answer(body).map_err(|error| json::not_an_answer(body, &error))?;
    if let Some(told) = answer.error {
        return Err(error::from_value(200, serde_json::json!({ "error": value_of(told) }), ""));
    }
    let known = answer.candidates.is_some() || answer.feedback.is_some() || answer.usage.is_some();
    if !known && answer.model.is_none() && answer.id.is_none() {
        return Err(Error::new(
            ErrorKind::Protocol,
            "the answer has neither candidates nor a reason why there are none",
        ));
    }
    let candidate = answer.candidates.and_then(|list| list.into_iter().next());
    let mut reply = Reply::new(text_of(answer.model).unwrap_or_default(), Vec::new());
    let mut said = None;
    if let Some(candidate) = candidate {
        reply.parts.reserve(candidate.parts.len());
        for piece in candidate.parts {
            let (part, rest) = piece.read();
            reply.parts.push(part);
            reply.parts.extend(rest);
        }
        said = candidate.finish_reason;
    }
    let blocked = block_reason(answer.feedback);
    finish(&mut reply, said.as_deref(), blocked);
    reply.usage = answer.usage.and_then(|raw| usage(raw.get()));
    reply.id = text_of(answer.id);
    Ok(reply)
}

/// Sets why the model stopped.
pub(super) fn finish(reply: &mut Reply, said: Option<&str>, blocked: Option<String>) {
    let calls = reply.parts.iter().any(|part| matches!(part, Part::ToolCall(_)));
    match (said, blocked) {
        (Some(said), _) if !said.is_empty() => {
            reply.finish_reason = finish_reason(said, calls);
            reply.vendor_finish_reason = Some(said.to_owned().into());
        }
        (_, Some(blocked)) => {
            reply.finish_reason = FinishReason::ContentFilter;
            reply.vendor_finish_reason = Some(blocked.into());
        }
        // What came whole and says nothing of its end came to it.
        _ => {
            reply.finish_reason = finish_reason("STOP", calls);
            reply.vendor_finish_reason = Some("STOP".into());
        }
    }
}

/// The answer that a list of frames is.
fn list(body: &str) -> Result<Reply> {
    let frames: Vec<&RawValue> = serde_json::from_str(body).map_err(|error| json::not_an_answer(body, &error))?;
    let mut decoder = StreamDecoder::new();
    let mut chunks = Chunks::new();
    for frame in frames {
        decoder.event("", frame.get(), &mut chunks)?;
    }
    decoder.end(&mut chunks)?;
    while let Some(item) = chunks.pop() {
        if let StreamItem::Done(mut reply) = item {
            // The body itself says more.
            reply.raw = None;
            return Ok(*reply);
        }
    }
    Err(Error::new(ErrorKind::Incomplete, "the answer has no end"))
}

/// Makes the body of an answer. The format has no place for the time of it; the words of a refusal become
/// `finishMessage` beside the reason `SAFETY`.
///
/// # Errors
/// None for the replies of today's types; the result is there for the codecs' common form.
pub fn encode_reply(reply: &Reply, _created_at: u64) -> Result<Bytes> {
    let body = AnswerBody { reply, parts: &reply.parts, last: true };
    json::reply(&body)
}

/// The vendor's word for why it stopped.
fn said(reply: &Reply) -> &str {
    let calls = reply.parts.iter().any(|part| matches!(part, Part::ToolCall(_)));
    let own = reply.vendor_finish_reason.as_deref();
    match (own, &reply.finish_reason) {
        (Some(own), reason) if finish_reason(own, calls) == *reason => own,
        (_, FinishReason::Stop | FinishReason::ToolCalls) => "STOP",
        (_, FinishReason::Length) => "MAX_TOKENS",
        (_, FinishReason::ContentFilter | FinishReason::Refusal) => "SAFETY",
        (_, FinishReason::Other(other)) => other,
    }
}

/// An answer, or a frame of one.
pub(super) struct AnswerBody<'a> {
    pub(super) reply: &'a Reply,
    pub(super) parts: &'a [Part],
    /// Whether it tells why the model stopped, and what it used.
    pub(super) last: bool,
}

#[derive(DeriveSerialize)]
#[serde(rename_all = "camelCase")]
struct UsageBody {
    prompt_token_count: u64,
    #[serde(skip_serializing_if = "is_zero")]
    cached_content_token_count: u64,
    candidates_token_count: u64,
    #[serde(skip_serializing_if = "is_zero")]
    thoughts_token_count: u64,
    total_token_count: u64,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde wants a reference")]
fn is_zero(count: &u64) -> bool {
    *count == 0
}

impl From<Usage> for UsageBody {
    fn from(usage: Usage) -> Self {
        Self {
            prompt_token_count: usage.input_tokens,
            cached_content_token_count: usage.cached_tokens,
            candidates_token_count: usage.output_tokens.saturating_sub(usage.reasoning_tokens),
            thoughts_token_count: usage.reasoning_tokens,
            total_token_count: usage.total_tokens(),
        }
    }
}

impl Serialize for AnswerBody<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Reply { finish_reason, vendor_finish_reason, usage, model, id, .. } = self.reply;
        let mut map = serializer.serialize_map(None)?;
        let blocked = self.last && *finish_reason == FinishReason::ContentFilter && self.reply.parts.is_empty();
        // The word of another vendor is none that Google's clients know.
        let is_googles =
            |reason: &&str| !reason.is_empty() && reason.chars().all(|c| c.is_ascii_uppercase() || c == '_');
        match vendor_finish_reason.as_deref().filter(|_| blocked).filter(is_googles) {
            Some(reason) => map.serialize_entry("promptFeedback", &serde_json::json!({ "blockReason": reason }))?,
            None => map.serialize_entry("candidates", &[CandidateBody(self)])?,
        }
        if let Some(usage) = usage.filter(|_| self.last) {
            map.serialize_entry("usageMetadata", &UsageBody::from(usage))?;
        }
        if !model.is_empty() {
            map.serialize_entry("modelVersion", model)?;
        }
        if let Some(id) = id.as_deref().filter(|id| !id.is_empty()) {
            map.serialize_entry("responseId", id)?;
        }
        map.end()
    }
}

struct CandidateBody<'a>(&'a AnswerBody<'a>);

impl Serialize for CandidateBody<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let AnswerBody { reply, parts, last } = self.0;
        let mut map = serializer.serialize_map(None)?;
        if !parts.is_empty() {
            map.serialize_entry("content", &ContentBody { role: "model", parts: AnswerParts(parts) })?;
        }
        if *last {
            map.serialize_entry("finishReason", said(reply))?;
            if let Some(refusal) = reply.refusal() {
                map.serialize_entry("finishMessage", refusal)?;
            }
        }
        map.serialize_entry("index", &0)?;
        map.end()
    }
}

#[derive(DeriveSerialize)]
struct ContentBody<'a> {
    role: &'a str,
    parts: AnswerParts<'a>,
}
