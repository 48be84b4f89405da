//! Frames of a streamed answer, read.

use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::answer::{Answer, block_reason, read_answer, text_of, usage};
use super::reply::finish;
use super::{Field, Object, error, value_of};
use crate::error::{Error, ErrorKind, Result};
use crate::message::{Part, ToolCall};
use crate::reply::Reply;
use crate::stream::Chunk;
use crate::wire::{Chunks, DecodeEvents};

/// Reads the frames of one streamed answer: each a whole `GenerateContentResponse`, without a name.
///
/// The end is that of the connection; the answer is complete if a frame told why the model stopped. The reply's
/// [`raw`](Reply::raw) has what no piece holds: `usageMetadata` with its details, `groundingMetadata`, the other
/// candidates.
#[derive(Debug, Default)]
pub struct StreamDecoder {
    parts: Vec<Part>,
    calls: usize,
    finish_reason: Option<String>,
    blocked: Option<String>,
    feedback: Option<String>,
    usage: String,
    model: String,
    id: Option<String>,
    /// What the frames and the first candidate have besides, the last of each name.
    rest: Vec<(String, String)>,
    candidate_rest: Vec<(String, String)>,
    /// Pieces of the other candidates.
    others: Vec<String>,
    seen: bool,
}

impl StreamDecoder {
    /// A decoder for one answer.
    pub fn new() -> Self {
        Self::default()
    }

    fn part(&mut self, part: Part, companion: Option<Part>, chunks: &mut Chunks) {
        let goes_on = match (&part, self.parts.last_mut()) {
            (Part::Text(text), Some(Part::Text(last))) | (Part::Reasoning(text), Some(Part::Reasoning(last))) => {
                last.push_str(text);
                true
            }
            _ => false,
        };
        let is_empty = matches!(&part, Part::Text(text) | Part::Reasoning(text) if text.is_empty());
        // An empty text alone ends many streams and says nothing; one with a signature holds it.
        if is_empty && (goes_on || companion.is_none()) {
        } else if goes_on {
            chunks.push(text_chunk(part));
        } else {
            self.parts.push(part.clone());
            match part {
                Part::ToolCall(ToolCall { id, name, arguments }) => {
                    let index = self.calls;
                    self.calls += 1;
                    chunks.push(Chunk::ToolCall { index, id, name });
                    chunks.push(Chunk::ToolArguments { index, text: arguments });
                }
                part => chunks.push(text_chunk(part)),
            }
        }
        if let Some(companion) = companion {
            self.parts.push(companion.clone());
            chunks.push(Chunk::Part(companion));
        }
    }

    fn raw(&self) -> Option<String> {
        let object = |fields: &[(String, String)]| -> Object {
            fields.iter().map(|(name, text)| (name.clone(), parse(text))).collect()
        };
        let mut raw = Object::new();
        let mut candidates = Vec::new();
        let first = object(&self.candidate_rest);
        if !first.is_empty() || !self.others.is_empty() {
            candidates.push(Value::Object(first));
        }
        candidates.extend(self.others.iter().map(|text| parse(text)));
        if !candidates.is_empty() {
            raw.insert("candidates".to_owned(), Value::Array(candidates));
        }
        if let Some(feedback) = &self.feedback {
            raw.insert("promptFeedback".to_owned(), parse(feedback));
        }
        if !self.usage.is_empty() {
            raw.insert("usageMetadata".to_owned(), parse(&self.usage));
        }
        raw.extend(object(&self.rest));
        (!raw.is_empty()).then(|| Value::Object(raw).to_string())
    }

    fn reply(&mut self) -> Reply {
        let mut reply = Reply::new(std::mem::take(&mut self.model), std::mem::take(&mut self.parts));
        finish(&mut reply, self.finish_reason.as_deref(), self.blocked.take());
        reply.usage = usage(&self.usage);
        reply.id = self.id.take();
        reply
    }
}

impl DecodeEvents for StreamDecoder {
    fn event(&mut self, _: &str, data: &str, chunks: &mut Chunks) -> Result<()> {
        // Google sends no such mark, but some gateways do.
        if data == "[DONE]" {
            return Ok(());
        }
        let answer = match read_answer(data) {
            Ok(answer) => answer,
            Err(_) if data.trim_ascii_start().starts_with('[') && serde_json::from_str::<Value>(data).is_ok() => {
                return Err(error::decode_error(200, data.as_bytes(), ""));
            }
            Err(error) => {
                let place = format!("line {}, column {}", error.line(), error.column());
                return Err(Error::new(
                    ErrorKind::Protocol,
                    format!("a frame of the stream is not an answer ({place})"),
                ));
            }
        };
        let Answer { candidates, feedback, usage, model, id, error, rest } = answer;
        if let Some(told) = error {
            return Err(error::from_value(200, json!({ "error": value_of(told) }), ""));
        }
        self.seen = true;
        if let Some(raw) = usage {
            self.usage.clear();
            self.usage.push_str(raw.get());
        }
        set(&mut self.model, model);
        if let (None, Some(id)) = (&self.id, id) {
            self.id = text_of(Some(id));
        }
        if feedback.is_some() {
            self.feedback = feedback.map(|raw| raw.get().to_owned());
            self.blocked = block_reason(feedback).or_else(|| self.blocked.take());
        }
        keep(&mut self.rest, rest);
        let several = candidates.as_ref().is_some_and(|list| list.iter().any(|candidate| candidate.index > 0));
        for candidate in candidates.unwrap_or_default().into_iter().filter(|candidate| candidate.index == 0) {
            for piece in candidate.parts {
                let (part, companion) = piece.read();
                self.part(part, companion, chunks);
            }
            if let Some(reason) = candidate.finish_reason.filter(|reason| !reason.is_empty()) {
                self.finish_reason = Some(reason.into_owned());
            }
            keep(&mut self.candidate_rest, candidate.rest);
        }
        if several {
            let all = serde_json::from_str::<Answer<'_, &RawValue>>(data).ok().and_then(|answer| answer.candidates);
            let others = all.unwrap_or_default().into_iter().filter(|raw| {
                let index = value_of(raw).get("index").and_then(Value::as_u64);
                index.is_some_and(|index| index > 0)
            });
            self.others.extend(others.map(|raw| raw.get().to_owned()));
        }
        Ok(())
    }

    fn end(&mut self, chunks: &mut Chunks) -> Result<()> {
        if self.finish_reason.is_none() && self.blocked.is_none() {
            let message =
                if self.seen { "the stream ended without a `finishReason`" } else { "the stream has no answer" };
            return Err(Error::new(ErrorKind::Incomplete, message));
        }
        let raw = self.raw();
        let mut reply = self.reply();
        reply.raw = raw.map(Into::into);
        chunks.done(reply);
        Ok(())
    }

    fn so_far(&mut self) -> Reply {
        self.reply()
    }
}

fn text_chunk(part: Part) -> Chunk {
    match part {
        Part::Text(text) => Chunk::Text(text),
        Part::Reasoning(text) => Chunk::Reasoning(text),
        other => Chunk::Part(other),
    }
}

fn parse(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| Value::from(text))
}

/// Sets a text where it is not set yet.
fn set(text: &mut String, raw: Option<&RawValue>) {
    if text.is_empty()
        && let Some(said) = text_of(raw)
    {
        *text = said;
    }
}

/// Keeps the last value of each field.
fn keep(kept: &mut Vec<(String, String)>, fields: Vec<Field<'_>>) {
    for (name, raw) in fields {
        match kept.iter_mut().find(|(known, _)| *known == name) {
            Some((_, text)) => {
                text.clear();
                text.push_str(raw.get());
            }
            None => kept.push((name.into_owned(), raw.get().to_owned())),
        }
    }
}
