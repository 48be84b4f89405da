//! Events of a streamed answer, read.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::Object;
use super::error::error_of_event;
use super::fields::value_of;
use super::streamed::{Content, OpenBlock};
use super::usage::{Counts, finish_reason, refusal};
use crate::error::{Error, ErrorKind, Result};
use crate::message::Part;
use crate::reply::Reply;
use crate::stream::Chunk;
use crate::wire::{Chunks, DecodeEvents};

/// Reads the events of one streamed answer.
///
/// What has no field in the reply (the stop sequence that was met, the container, the vendor's own counts, events of an
/// unknown sort) is the JSON of its `raw`. An empty [`Chunk::Text`] stands between two blocks of text that nothing else
/// parts.
#[derive(Debug, Default)]
pub struct StreamDecoder {
    id: Option<String>,
    model: String,
    counts: Counts,
    blocks: Vec<OpenBlock>,
    /// How many tools were called.
    calls: usize,
    stop_reason: Option<String>,
    stop_details: Option<Value>,
    /// What has no field.
    raw: Object,
    unknown: Vec<Value>,
}

impl StreamDecoder {
    /// A decoder for one answer.
    pub fn new() -> Self {
        Self::default()
    }
}

/// What every event has.
#[derive(Deserialize)]
struct Kind<'a> {
    #[serde(rename = "type", borrow, default)]
    kind: Cow<'a, str>,
}

#[derive(Deserialize)]
struct MessageStart<'a> {
    #[serde(borrow)]
    message: Message<'a>,
}

#[derive(Deserialize)]
struct Message<'a> {
    #[serde(borrow)]
    id: Option<&'a RawValue>,
    model: Option<&'a RawValue>,
    usage: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct BlockStart<'a> {
    index: u64,
    #[serde(borrow)]
    content_block: &'a RawValue,
}

#[derive(Deserialize)]
struct BlockStop {
    index: u64,
    /// What [`StreamEncoder`](super::StreamEncoder) says of a block only at its end.
    #[serde(default)]
    content_block: Object,
}

#[derive(Deserialize)]
struct BlockDelta {
    index: u64,
    delta: Delta,
}

#[derive(Deserialize)]
struct Delta {
    #[serde(rename = "type")]
    kind: DeltaKind,
    #[serde(default)]
    text: String,
    #[serde(default)]
    partial_json: String,
    #[serde(default)]
    thinking: String,
    #[serde(default)]
    signature: String,
    #[serde(default)]
    citation: Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum DeltaKind {
    TextDelta,
    InputJsonDelta,
    ThinkingDelta,
    SignatureDelta,
    CitationsDelta,
    #[serde(other)]
    Unknown,
}

#[derive(Deserialize)]
struct MessageDelta {
    #[serde(default)]
    delta: Object,
    #[serde(default)]
    usage: Value,
}

impl DecodeEvents for StreamDecoder {
    fn event(&mut self, name: &str, data: &str, chunks: &mut Chunks) -> Result<()> {
        let kind;
        let name = if name.is_empty() {
            kind = serde_json::from_str::<Kind<'_>>(data).map_err(|error| unreadable(&error))?.kind;
            &kind
        } else {
            name
        };
        match name {
            "content_block_delta" => match serde_json::from_str::<BlockDelta>(data) {
                Ok(event) => return self.delta(event, data, chunks),
                Err(_) => return self.keep(data),
            },
            "message_start" => match serde_json::from_str::<MessageStart<'_>>(data) {
                Ok(event) => self.message_start(&event.message),
                Err(error) => return Err(unreadable(&error)),
            },
            "content_block_start" => match serde_json::from_str::<BlockStart<'_>>(data) {
                Ok(event) => self.block_start(&event, chunks),
                Err(error) => return Err(unreadable(&error)),
            },
            "content_block_stop" => match serde_json::from_str::<BlockStop>(data) {
                Ok(event) => {
                    if let Some(block) = self.blocks.iter_mut().rfind(|block| block.index == event.index) {
                        block.rest.extend(event.content_block);
                        block.stop(chunks);
                    }
                }
                Err(error) => return Err(unreadable(&error)),
            },
            "message_delta" => match serde_json::from_str::<MessageDelta>(data) {
                Ok(event) => self.message_delta(event),
                Err(error) => return Err(unreadable(&error)),
            },
            "message_stop" => {
                for part in refusal(self.stop_details.clone()) {
                    chunks.push(match part {
                        Part::Refusal(words) => Chunk::Refusal(words),
                        other => Chunk::Part(other),
                    });
                }
                chunks.done(self.reply());
            }
            "ping" => {}
            "error" => {
                let event = serde_json::from_str(data).unwrap_or_else(|_| Value::from(data));
                return Err(error_of_event(event));
            }
            _ => return self.keep(data),
        }
        Ok(())
    }

    fn end(&mut self, _: &mut Chunks) -> Result<()> {
        Err(Error::new(ErrorKind::Incomplete, "the stream ended without `message_stop`"))
    }

    fn so_far(&mut self) -> Reply {
        self.reply()
    }
}

impl StreamDecoder {
    fn message_start(&mut self, message: &Message<'_>) {
        let text = |raw: Option<&RawValue>| raw.and_then(|raw| serde_json::from_str::<String>(raw.get()).ok());
        self.id = text(message.id).filter(|id| !id.is_empty());
        self.model = text(message.model).unwrap_or_default();
        if let Some(usage) = message.usage {
            let usage = value_of(usage);
            self.counts.start(&usage);
            self.keep_usage(usage);
        }
    }

    fn block_start(&mut self, event: &BlockStart<'_>, chunks: &mut Chunks) {
        let mut own = Chunks::new();
        let block = OpenBlock::start(event.index, event.content_block, &mut self.calls, &mut own);
        // Without a word between them two blocks of text would be one to who reads the pieces alone.
        let parted = |last: &OpenBlock| !last.rest.is_empty() || !last.is_like(&block);
        if self.blocks.last().is_some_and(|last| !parted(last)) {
            chunks.push(match block.content {
                Content::Thinking(_) => Chunk::Reasoning(String::new()),
                _ => Chunk::Text(String::new()),
            });
        }
        while let Some(crate::stream::StreamItem::Chunk(chunk)) = own.pop() {
            chunks.push(chunk);
        }
        self.blocks.push(block);
    }

    fn delta(&mut self, event: BlockDelta, data: &str, chunks: &mut Chunks) -> Result<()> {
        let Some(block) = self.blocks.iter_mut().rfind(|block| block.index == event.index) else {
            return self.keep(data);
        };
        let delta = event.delta;
        match (delta.kind, &mut block.content) {
            (DeltaKind::TextDelta, Content::Text(text)) => {
                text.push_str(&delta.text);
                push_text(delta.text, Chunk::Text, chunks);
            }
            (DeltaKind::ThinkingDelta, Content::Thinking(text)) => {
                text.push_str(&delta.thinking);
                push_text(delta.thinking, Chunk::Reasoning, chunks);
            }
            (DeltaKind::InputJsonDelta, Content::Call { number, arguments, .. }) => {
                let index = *number;
                arguments.push_str(&delta.partial_json);
                push_text(delta.partial_json, |text| Chunk::ToolArguments { index, text }, chunks);
            }
            (DeltaKind::InputJsonDelta, Content::Raw { input, .. }) => input.push_str(&delta.partial_json),
            (DeltaKind::SignatureDelta, Content::Thinking(_)) => block.sign(&delta.signature),
            (DeltaKind::CitationsDelta, Content::Text(_)) => block.cite(delta.citation),
            _ => return self.keep(data),
        }
        Ok(())
    }

    fn message_delta(&mut self, event: MessageDelta) {
        for (name, value) in event.delta {
            match (name.as_str(), value) {
                (_, Value::Null) => {}
                ("stop_reason", Value::String(reason)) => self.stop_reason = Some(reason),
                ("stop_reason", other) => self.stop_reason = Some(other.to_string()),
                (_, value) => {
                    if name == "stop_details" {
                        self.stop_details = Some(value.clone());
                    }
                    self.raw.insert(name, value);
                }
            }
        }
        self.counts.update(&event.usage);
        self.keep_usage(event.usage);
    }

    fn keep_usage(&mut self, usage: Value) {
        let Value::Object(usage) = usage else { return };
        if let Value::Object(all) = self.raw.entry("usage").or_insert_with(|| Value::Object(Object::new())) {
            all.extend(usage.into_iter().filter(|(_, count)| !count.is_null()));
        }
    }

    /// Keeps an event that has no meaning here.
    fn keep(&mut self, data: &str) -> Result<()> {
        let event: Value = serde_json::from_str(data).map_err(|error| unreadable(&error))?;
        // Whatever its name is, what tells an error is one.
        if event.get("type").is_some_and(|kind| kind == "error") {
            return Err(error_of_event(event));
        }
        self.unknown.push(event);
        Ok(())
    }

    fn reply(&mut self) -> Reply {
        let mut parts: Vec<Part> =
            std::mem::take(&mut self.blocks).into_iter().flat_map(OpenBlock::into_parts).collect();
        parts.extend(refusal(self.stop_details.take()));
        let mut reply = Reply::new(std::mem::take(&mut self.model), parts);
        (reply.finish_reason, reply.vendor_finish_reason) = finish_reason(self.stop_reason.take());
        reply.usage = self.counts.usage();
        reply.id = self.id.take();
        let mut raw = std::mem::take(&mut self.raw);
        if !self.unknown.is_empty() {
            raw.insert("events".to_owned(), Value::Array(std::mem::take(&mut self.unknown)));
        }
        if !raw.is_empty() {
            reply.raw = Some(Value::Object(raw).to_string().into());
        }
        reply
    }
}

fn push_text(text: String, chunk: impl FnOnce(String) -> Chunk, chunks: &mut Chunks) {
    if !text.is_empty() {
        chunks.push(chunk(text));
    }
}

fn unreadable(error: &serde_json::Error) -> Error {
    let place = format!("line {}, column {}", error.line(), error.column());
    let message = match error.classify() {
        serde_json::error::Category::Data => format!("an event of the stream has another shape ({place})"),
        _ => format!("an event of the stream is not JSON ({place})"),
    };
    Error::new(ErrorKind::Protocol, message)
}
