//! Events of a streamed answer, read.

use std::borrow::Cow;
use std::sync::LazyLock;

use bytes::Bytes;
use memchr::memmem::Finder;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;
use serde_json::value::RawValue;

use super::Object;
use super::reply::{decode_reply, usage};
use super::streamed::Streamed;
use crate::error::{Error, ErrorKind, Result};
use crate::message::Part;
use crate::reply::{FinishReason, Reply, Usage};
use crate::stream::Chunk;
use crate::wire::flat::{Front, Known};
use crate::wire::openai_error::ErrorBody;
use crate::wire::{Chunks, DecodeEvents};

/// Reads the events of one streamed answer.
///
/// Text, refusals, thinking and the arguments of calls come as they are written; every other item comes as a
/// [`Part::Raw`] when it is complete, as do the companions of parts (see [`super`]) and the unfinished pictures of
/// `image_generation`, which are the whole event. A message that is no answer comes as a [`Part::Raw`] too, not as text.
///
/// The reply is that of the last event, so that it is the one a whole answer gives, [`raw`](Reply::raw) included.
/// Where a server leaves the output out of it, the reply is made of the items, or of their pieces.
#[derive(Debug, Default)]
pub struct StreamDecoder {
    /// The items so far, in the order in which they began.
    items: Vec<Streamed>,
    /// How many calls were handed out.
    calls: usize,
    usage: Option<Usage>,
    /// The front of the piece before.
    known: Known,
}

/// An event that carries a piece.
#[derive(Default, Deserialize)]
pub(super) struct Piece<'a> {
    #[serde(borrow, default, rename = "type")]
    pub(super) kind: Cow<'a, str>,
    // Owned: it is handed out as it is.
    #[serde(default)]
    pub(super) delta: String,
    pub(super) output_index: Option<u64>,
    error: Option<IgnoredAny>,
}

/// Any event.
#[derive(Deserialize)]
struct Event<'a> {
    #[serde(borrow, default, rename = "type")]
    kind: Cow<'a, str>,
    output_index: Option<u64>,
    #[serde(borrow)]
    item: Option<&'a RawValue>,
    #[serde(borrow)]
    response: Option<&'a RawValue>,
    #[serde(borrow)]
    arguments: Option<&'a RawValue>,
    #[serde(borrow)]
    error: Option<&'a RawValue>,
}

impl<'a> Piece<'a> {
    /// Reads an event that carries a piece, as OpenAI writes it; `None` for whatever needs a parser.
    fn usual(data: &'a str, known: &mut Known) -> Option<Self> {
        const TYPE: &str = "\"type\":\"";
        let front = match known.front(data, &ERROR) {
            Some(front) => front,
            None => {
                let front = Front::of(data, &DELTA, &ERROR)?;
                known.learn(&front, &DELTA, front.first(TYPE)?, front.whole(&OUTPUT_INDEX)?, &COUNT);
                front
            }
        };
        let kind = known.first(&front, TYPE)?;
        Some(Self { kind: kind.into(), output_index: known.whole(), delta: front.text()?, error: None })
    }
}

static DELTA: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(",\"delta\":\""));
static ERROR: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("\"error\""));
static COUNT: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("\"sequence_number\":"));
static OUTPUT_INDEX: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("\"output_index\":"));

impl StreamDecoder {
    /// A decoder for one answer.
    pub fn new() -> Self {
        Self::default()
    }

    /// The item at this place; the last one where the server does not say.
    fn item(&mut self, index: Option<u64>) -> &mut Streamed {
        let found = match index {
            Some(index) => self.items.iter().rposition(|item| item.index == index),
            None => self.items.len().checked_sub(1),
        };
        let at = found.unwrap_or_else(|| {
            self.items.push(Streamed::new(index.unwrap_or_default()));
            self.items.len() - 1
        });
        &mut self.items[at]
    }

    /// Reads a piece. `false` where the event carries none.
    fn piece(&mut self, piece: Piece<'_>, chunks: &mut Chunks) -> bool {
        let Piece { kind, delta, output_index, .. } = piece;
        match &*kind {
            "response.output_text.delta" => {
                let item = self.item(output_index);
                item.text.push_str(&delta);
                if !item.is_aside && !delta.is_empty() {
                    chunks.push(Chunk::Text(delta));
                }
            }
            "response.refusal.delta" => {
                let item = self.item(output_index);
                item.refusal.push_str(&delta);
                if !item.is_aside && !delta.is_empty() {
                    chunks.push(Chunk::Refusal(delta));
                }
            }
            "response.reasoning_summary_text.delta" | "response.reasoning_text.delta" => {
                let item = self.item(output_index);
                item.is_summary |= kind == "response.reasoning_summary_text.delta";
                item.reasoning.push_str(&delta);
                if !delta.is_empty() {
                    chunks.push(Chunk::Reasoning(delta));
                }
            }
            "response.function_call_arguments.delta" => {
                let mut calls = self.calls;
                self.item(output_index).arguments(&delta, &mut calls, chunks);
                self.calls = calls;
            }
            // A piece of something that comes as a whole.
            other => return other.ends_with(".delta"),
        }
        true
    }

    fn other(&mut self, event: &Event<'_>, data: &str, chunks: &mut Chunks) -> Result<()> {
        let kind = &*event.kind;
        if kind == "error" || event.error.is_some_and(is_truthy) {
            return Err(told_error(data));
        }
        let mut calls = self.calls;
        match kind {
            "response.output_item.added" => {
                if let Some(item) = event.item.and_then(value_of) {
                    // A server that gives no place means the next one.
                    let index = event.output_index.unwrap_or(self.items.len() as u64);
                    self.item(Some(index)).begin(item, &mut calls, chunks);
                }
            }
            "response.function_call_arguments.done" => {
                if let Some(Value::String(arguments)) = event.arguments.and_then(value_of) {
                    self.item(event.output_index).arguments_done(arguments, &mut calls, chunks);
                }
            }
            "response.output_item.done" => {
                if let Some(raw) = event.item {
                    let item = value_of(raw).unwrap_or_else(|| Value::from(raw.get()));
                    self.item(event.output_index).finish(raw.get(), item, &mut calls, chunks);
                }
            }
            "response.image_generation_call.partial_image" => {
                if let Ok(Value::Object(mut event)) = serde_json::from_str(data) {
                    event.shift_remove("sequence_number");
                    chunks.push(Chunk::Part(Part::Raw(Value::Object(event))));
                }
            }
            "response.completed" | "response.incomplete" | "response.failed" => {
                let response = event.response.map_or("", RawValue::get);
                let was_silent = self.items.is_empty();
                let reply = self.reply(kind, response)?;
                if was_silent {
                    hand_out(&reply, chunks);
                }
                chunks.done(reply);
            }
            _ => {}
        }
        self.calls = calls;
        Ok(())
    }

    /// The whole reply, from the last event.
    fn reply(&mut self, kind: &str, response: &str) -> Result<Reply> {
        let read = match decode_reply(response.as_bytes()) {
            Ok(reply) if !reply.parts.is_empty() || self.items.is_empty() => Ok(reply),
            // It may only lack the output.
            Ok(_) => self.put_together(kind, response),
            Err(error)
                if error.kind() == ErrorKind::Protocol && !self.items.is_empty() && kind != "response.failed" =>
            {
                self.put_together(kind, response)
            }
            Err(error) => {
                self.usage =
                    serde_json::from_str(response).ok().and_then(|response: Object| usage(response.get("usage")?));
                Err(error)
            }
        };
        let mut reply = read?;
        match (kind, &reply.finish_reason) {
            ("response.failed", _) => {
                self.usage = reply.usage;
                return Err(Error::new(ErrorKind::Server, "the vendor failed and gives no reason"));
            }
            ("response.incomplete", FinishReason::Stop | FinishReason::ToolCalls) => {
                reply.finish_reason = FinishReason::Other("incomplete".to_owned());
                reply.vendor_finish_reason = Some("incomplete".into());
            }
            _ => {}
        }
        reply.raw.get_or_insert_with(|| Bytes::copy_from_slice(response.as_bytes()));
        Ok(reply)
    }

    /// The reply of a last event without output.
    fn put_together(&mut self, kind: &str, response: &str) -> Result<Reply> {
        let mut response: Object = match serde_json::from_str(response) {
            Ok(response) => response,
            Err(_) if matches!(response.trim(), "" | "null") => Object::new(),
            // What it says of the end cannot be read.
            Err(_) => return decode_reply(response.as_bytes()),
        };
        if response.get("status").is_none_or(Value::is_null) {
            let status = if kind == "response.incomplete" { "incomplete" } else { "completed" };
            response.insert("status".to_owned(), status.into());
        }
        let mut items = std::mem::take(&mut self.items);
        items.sort_by_key(|item| item.index);
        let output = items.into_iter().filter_map(Streamed::into_value).collect();
        response.insert("output".to_owned(), Value::Array(output));
        let body = Value::Object(response).to_string();
        let mut reply = decode_reply(body.as_bytes())?;
        reply.raw = Some(body.into());
        Ok(reply)
    }
}

impl DecodeEvents for StreamDecoder {
    fn event(&mut self, name: &str, data: &str, chunks: &mut Chunks) -> Result<()> {
        if data == "[DONE]" {
            return Ok(());
        }
        // Nearly every event is a piece. Many servers do not name their events.
        if (name.is_empty() || name.ends_with(".delta"))
            && let Some(piece) = Piece::usual(data, &mut self.known).or_else(|| serde_json::from_str(data).ok())
            && piece.error.is_none()
            && self.piece(piece, chunks)
        {
            return Ok(());
        }
        let event = serde_json::from_str::<Event<'_>>(data).map_err(|error| {
            let what = if error.is_data() { "is JSON of another shape" } else { "is not JSON" };
            let place = format!("line {}, column {}", error.line(), error.column());
            Error::new(ErrorKind::Protocol, format!("an event of the stream {what} ({place})"))
        })?;
        self.other(&event, data, chunks)
    }

    fn end(&mut self, _: &mut Chunks) -> Result<()> {
        Err(Error::new(ErrorKind::Incomplete, "the stream ended without `response.completed`"))
    }

    fn so_far(&mut self) -> Reply {
        let answers = self.items.iter().filter(|item| !item.is_aside && !item.text.is_empty());
        let parts = answers.map(|item| Part::Text(item.text.clone())).collect();
        let mut reply = Reply::new("", parts);
        reply.usage = self.usage;
        reply
    }
}

fn value_of(raw: &RawValue) -> Option<Value> {
    serde_json::from_str(raw.get()).ok()
}

/// Hands out the parts of a reply of which nothing came before.
fn hand_out(reply: &Reply, chunks: &mut Chunks) {
    let mut calls = 0;
    for part in &reply.parts {
        match part {
            Part::Text(text) => chunks.push(Chunk::Text(text.clone())),
            Part::Reasoning(text) => chunks.push(Chunk::Reasoning(text.clone())),
            Part::Refusal(text) => chunks.push(Chunk::Refusal(text.clone())),
            Part::ToolCall(call) => {
                chunks.push(Chunk::ToolCall { index: calls, id: call.id.clone(), name: call.name.clone() });
                chunks.push(Chunk::ToolArguments { index: calls, text: call.arguments.clone() });
                calls += 1;
            }
            part => chunks.push(Chunk::Part(part.clone())),
        }
    }
}

/// Whether a field `error` tells one, as the vendor's own client takes it.
fn is_truthy(raw: &RawValue) -> bool {
    !matches!(raw.get(), "null" | "false" | "0" | "\"\"" | "{}" | "[]")
}

/// The error that an event tells.
fn told_error(data: &str) -> Error {
    let mut event: Value = serde_json::from_str(data).unwrap_or_default();
    // The sort of the event is no sort of error.
    if let Some(event) = event.as_object_mut() {
        event.shift_remove("type");
    }
    ErrorBody::from_value(event).into_error(None)
}
