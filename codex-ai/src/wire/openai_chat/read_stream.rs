//! Events of a streamed answer, read.

use serde_json::Value;
use serde_json::value::RawValue;

use super::Object;
use super::calls::{Calls, Piece, with_piece};
use super::event::{Delta, Event};
use super::finish::set_finish;
use super::merge::merge;
use super::read_message::{details_text, is_blank, is_blank_field, read_content};
use super::reply::{is_error, lenient, no_reason, text_of};
use super::split::is_rest;
use super::usage::read_usage;
use crate::error::{Error, ErrorKind, Result};
use crate::message::{Part, join_text};
use crate::reply::{Reply, Usage};
use crate::stream::Chunk;
use crate::wire::openai_error::ErrorBody;
use crate::wire::{Chunks, DecodeEvents};

/// Reads the events of one streamed answer.
///
/// The answer is complete with `[DONE]`, or with the end of the body after a finish reason. What events say besides the
/// answer is gathered in [`Reply::raw`]: fields of the top level, and as `choices` what stands beside a delta and all of
/// the second and later choices.
#[derive(Debug, Default)]
pub struct StreamDecoder {
    /// Whether an event was read. The first is read by the longer way: it says what all others repeat.
    begun: bool,
    id: Option<String>,
    model: String,
    /// The message's own other fields.
    head: Object,
    reasoning: String,
    /// Whether thinking came in a field of its own, and not only in `reasoning_details`.
    has_reasoning: bool,
    content: Vec<Part>,
    refusal: String,
    images: Vec<Part>,
    calls: Calls,
    /// Calls of another sort, with the vendor's number of each.
    raw_calls: Vec<(Option<u64>, Object)>,
    finish: Option<String>,
    usage: Option<Usage>,
    raw: Object,
    raw_choices: Vec<Value>,
}

impl StreamDecoder {
    /// A decoder for one answer.
    pub fn new() -> Self {
        Self::default()
    }
}

impl DecodeEvents for StreamDecoder {
    fn event(&mut self, name: &str, data: &str, chunks: &mut Chunks) -> Result<()> {
        if self.begun
            && name != "error"
            && let Ok(event) = serde_json::from_str::<Event<'_>>(data)
        {
            self.usual(event.choices.0.delta, chunks);
            return Ok(());
        }
        match data.trim_ascii() {
            "" => return Ok(()),
            "[DONE]" if self.begun => return self.done(chunks),
            "[DONE]" => return Err(Error::new(ErrorKind::Incomplete, "the stream has no answer in it")),
            _ => {}
        }
        let value = match serde_json::from_str(data) {
            Ok(value) => value,
            Err(error) => match serde_json::from_str::<&RawValue>(data) {
                Ok(raw) => lenient(raw, 0),
                Err(_) => {
                    let place = format!("line {}, column {}", error.line(), error.column());
                    let message = format!("an event of the stream is not JSON ({place})");
                    return Err(Error::new(ErrorKind::Protocol, message));
                }
            },
        };
        self.unusual(name, value, chunks)
    }

    fn end(&mut self, chunks: &mut Chunks) -> Result<()> {
        if self.finish.is_some() {
            return self.done(chunks);
        }
        Err(Error::new(ErrorKind::Incomplete, "the stream ended without a `finish_reason` and without `[DONE]`"))
    }

    fn so_far(&mut self) -> Reply {
        let text = join_text(&self.content).unwrap_or_default().into_owned();
        let mut reply = Reply::new(self.model.as_str(), vec![Part::Text(text)]);
        reply.usage = self.usage;
        reply
    }
}

impl StreamDecoder {
    /// Reads an event of the usual shape.
    fn usual(&mut self, delta: Delta<'_>, chunks: &mut Chunks) {
        if let Some(text) = delta.content.get() {
            self.text(text.into_owned(), chunks);
        }
        let (old, new) = (delta.reasoning_content.get(), delta.reasoning.get());
        // Some servers say it twice, under the old name and the new one.
        if let Some(text) = old.or(new) {
            self.has_reasoning = true;
            self.reasoning(text.into_owned(), chunks);
        }
        if let Some(text) = delta.refusal.get() {
            self.refusal(text.into_owned(), chunks);
        }
        for call in delta.tool_calls.into_iter().flatten() {
            let (id, name) = (call.id.get().unwrap_or_default(), call.function.name.get().unwrap_or_default());
            let arguments = call.function.arguments.get().unwrap_or_default();
            let (id, name, arguments) = (id.as_ref(), name.as_ref(), arguments.as_ref());
            self.calls.add(Piece { index: call.index, id, name, arguments, rest: Object::new() }, chunks);
        }
    }

    /// Reads an event of any shape.
    fn unusual(&mut self, name: &str, value: Value, chunks: &mut Chunks) -> Result<()> {
        let Value::Object(mut event) = value else {
            return Err(Error::new(ErrorKind::Protocol, "an event of the stream is not a JSON object"));
        };
        let usage = event.get("usage").and_then(read_usage);
        self.usage = usage.or_else(|| event.get("x_groq")?.get("usage").and_then(read_usage)).or(self.usage);
        let is_error = event.get("error").is_some_and(is_error)
            || name == "error"
            || (!event.contains_key("choices") && event.get("object").is_some_and(|object| object == "error"));
        if is_error {
            return Err(ErrorBody::from_value(Value::Object(event)).into_error(None));
        }
        self.begun = true;
        if self.id.is_none() {
            self.id = text_of(event.shift_remove("id")).filter(|id| !id.is_empty());
        }
        if self.model.is_empty() {
            self.model = text_of(event.shift_remove("model")).unwrap_or_default();
        }
        let choices = event.shift_remove("choices");
        for name in ["id", "model", "object", "created", "obfuscation"] {
            event.shift_remove(name);
        }
        event.retain(|_, value| !is_blank(value));
        self.raw.extend(event);
        if let Some(Value::Array(choices)) = choices {
            for choice in choices {
                self.choice(choice, chunks)?;
            }
        }
        Ok(())
    }

    fn choice(&mut self, choice: Value, chunks: &mut Chunks) -> Result<()> {
        let Value::Object(mut choice) = choice else { return Ok(()) };
        if choice.get("index").and_then(Value::as_u64).is_some_and(|index| index > 0) {
            self.raw_choices.push(Value::Object(choice));
            return Ok(());
        }
        let delta = choice.shift_remove("delta").or_else(|| choice.shift_remove("message"));
        if let Some(Value::Object(delta)) = delta {
            self.delta(delta, chunks);
        }
        if let Some(error) = choice.shift_remove("error").filter(is_error) {
            return Err(ErrorBody::from_value(error).into_error(None));
        }
        match text_of(choice.shift_remove("finish_reason")) {
            Some(reason) if reason == "error" => return Err(no_reason()),
            Some(reason) if !reason.is_empty() => self.finish = Some(reason),
            _ => {}
        }
        choice.retain(|name, value| name != "index" && !is_blank(value));
        if !choice.is_empty() {
            choice.insert("index".to_owned(), 0.into());
            self.raw_choices.push(Value::Object(choice));
        }
        Ok(())
    }

    fn delta(&mut self, mut delta: Object, chunks: &mut Chunks) {
        delta.shift_remove("role");
        match delta.shift_remove("content") {
            Some(Value::String(text)) => self.text(text, chunks),
            Some(Value::Array(list)) => list.into_iter().for_each(|part| self.part(part, chunks)),
            Some(other) if !is_blank(&other) => self.part(other, chunks),
            _ => {}
        }
        let mut said = None;
        for name in ["reasoning_content", "reasoning"] {
            match delta.shift_remove(name) {
                Some(Value::String(text)) if said.is_none() && !text.is_empty() => said = Some(text),
                Some(Value::String(text)) if said.as_ref() == Some(&text) => {}
                Some(other) => {
                    delta.insert(name.to_owned(), other);
                }
                None => {}
            }
        }
        if let Some(text) = said {
            self.has_reasoning = true;
            self.reasoning(text, chunks);
        }
        if let Some(Value::String(text)) = delta.get_mut("refusal").map(Value::take) {
            self.refusal(text, chunks);
        }
        if let Some(Value::Array(images)) = delta.shift_remove("images") {
            for image in images {
                let mut parts = Vec::new();
                match image {
                    // Says what the picture before has besides.
                    Value::Object(fields) if is_rest("image_url", &fields) => {
                        parts.push(Part::Raw(Value::Object(fields)));
                    }
                    image => read_content(image, false, true, &mut parts),
                }
                parts.iter().for_each(|part| chunks.push(Chunk::Part(part.clone())));
                self.images.append(&mut parts);
            }
        }
        if let Some(Value::Array(calls)) = delta.shift_remove("tool_calls") {
            calls.into_iter().for_each(|call| self.call(call, chunks));
        }
        // The channel of open models: it belongs to the piece, not to the message.
        if let Some(channel) = delta.shift_remove("channel").filter(|channel| !is_blank(channel)) {
            self.raw.insert("channel".to_owned(), channel);
        }
        delta.retain(|name, value| !is_blank_field(name, value));
        if let (false, Some(text)) = (self.has_reasoning, delta.get("reasoning_details").and_then(details_text)) {
            self.reasoning(text, chunks);
        }
        if !delta.is_empty() {
            merge(&mut self.head, delta);
        }
    }

    fn text(&mut self, text: String, chunks: &mut Chunks) {
        if text.is_empty() {
            return;
        }
        match self.content.last_mut() {
            Some(Part::Text(before)) => before.push_str(&text),
            _ => self.content.push(Part::Text(text.clone())),
        }
        chunks.push(Chunk::Text(text));
    }

    fn reasoning(&mut self, text: String, chunks: &mut Chunks) {
        if !text.is_empty() {
            self.reasoning.push_str(&text);
            chunks.push(Chunk::Reasoning(text));
        }
    }

    fn refusal(&mut self, text: String, chunks: &mut Chunks) {
        if !text.is_empty() {
            self.refusal.push_str(&text);
            chunks.push(Chunk::Refusal(text));
        }
    }

    /// Reads a part of a content that is a list.
    fn part(&mut self, part: Value, chunks: &mut Chunks) {
        let kind = part.get("type").and_then(Value::as_str).unwrap_or_default();
        match kind {
            // Says that what was thought stands in the content.
            "thinking" if part.get("thinking").is_none() && !self.reasoning.is_empty() => {
                self.content.splice(0..0, [Part::Reasoning(std::mem::take(&mut self.reasoning)), Part::Raw(part)]);
                return;
            }
            // Says what the text has besides.
            "text" if part.get("text").is_none() => {
                let text = self.content.iter().rposition(|part| matches!(part, Part::Text(_)));
                chunks.push(Chunk::Part(Part::Raw(part.clone())));
                self.content.insert(text.map_or(self.content.len(), |text| text + 1), Part::Raw(part));
                return;
            }
            _ => {}
        }
        let mut parts = Vec::new();
        read_content(part, true, true, &mut parts);
        let mut parts = parts.into_iter().peekable();
        while let Some(part) = parts.next() {
            match part {
                Part::Text(text) => {
                    self.text(text, chunks);
                    if let Some(rest) = parts.next_if(|rest| matches!(rest, Part::Raw(_))) {
                        chunks.push(Chunk::Part(rest.clone()));
                        self.content.push(rest);
                    }
                }
                Part::Refusal(text) => self.refusal(text, chunks),
                Part::Reasoning(text) => {
                    chunks.push(Chunk::Reasoning(text.clone()));
                    match self.content.as_mut_slice() {
                        [.., Part::Reasoning(before), Part::Raw(_)] | [.., Part::Reasoning(before)] => {
                            before.push_str(&text);
                        }
                        _ => self.content.push(Part::Reasoning(text)),
                    }
                }
                Part::Raw(Value::Object(mark)) if mark.get("type").is_some_and(|kind| kind == "thinking") => {
                    match self.content.last_mut() {
                        Some(Part::Raw(Value::Object(before))) => merge(before, mark),
                        _ => self.content.push(Part::Raw(Value::Object(mark))),
                    }
                }
                other => {
                    chunks.push(Chunk::Part(other.clone()));
                    self.content.push(other);
                }
            }
        }
    }

    fn call(&mut self, call: Value, chunks: &mut Chunks) {
        let index = call.get("index").and_then(Value::as_u64);
        let raw = self.raw_calls.iter_mut().find(|(key, _)| index.is_some() && *key == index);
        match (raw, call) {
            (Some((_, raw)), Value::Object(call)) => merge(raw, call),
            (_, call) => match with_piece(call, |piece| self.calls.add(piece, chunks)) {
                Err(Value::Object(call)) => self.raw_calls.push((index, call)),
                Err(other) => self.raw_choices.push(other),
                Ok(()) => {}
            },
        }
    }

    /// The answer is complete.
    fn done(&mut self, chunks: &mut Chunks) -> Result<()> {
        let mut parts = Vec::with_capacity(2);
        if !self.head.is_empty() {
            let mut head = std::mem::take(&mut self.head);
            head.shift_insert(0, "type".to_owned(), Value::from("message"));
            parts.push(Part::Raw(Value::Object(head)));
        }
        if !self.reasoning.is_empty() {
            parts.push(Part::Reasoning(std::mem::take(&mut self.reasoning)));
        }
        parts.append(&mut self.content);
        if !self.refusal.is_empty() {
            parts.push(Part::Refusal(std::mem::take(&mut self.refusal)));
        }
        parts.append(&mut self.images);
        parts.append(&mut self.calls.finish(chunks));
        for (_, mut call) in std::mem::take(&mut self.raw_calls) {
            call.shift_remove("index");
            let part = Part::Raw(Value::Object(call));
            chunks.push(Chunk::Part(part.clone()));
            parts.push(part);
        }
        let mut reply = Reply::new(std::mem::take(&mut self.model), parts);
        reply.id = self.id.take();
        reply.usage = self.usage;
        set_finish(&mut reply, self.finish.as_deref());
        if !self.raw_choices.is_empty() {
            self.raw.insert("choices".to_owned(), Value::Array(std::mem::take(&mut self.raw_choices)));
        }
        if !self.raw.is_empty() {
            reply.raw = Some(Value::Object(std::mem::take(&mut self.raw)).to_string().into());
        }
        chunks.done(reply);
        Ok(())
    }
}
