//! Events of a streamed answer, written.

use std::borrow::Cow;

use serde::Serialize;
use serde_json::{Value, json};

use super::item::{OutputItem, OutputPart};
use super::open::{Open, Sort, item_id};
use super::reply::{ReplyBody, check_reply, is_completed};
use super::segment::{PICTURE, rest_of};
use super::write_call::Calls;
use super::write_event::{PieceEvent, Writer};
use crate::error::{Error, ErrorKind, Result};
use crate::message::{Image, Part, ToolCall};
use crate::reply::Reply;
use crate::stream::Chunk;
use crate::wire::openai_error::encode_error;
use crate::wire::{EncodeEvents, result_of_program};

/// Writes the events of one streamed answer, in the vendor's order (SDK 3.52.0).
///
/// Pieces of one sort that follow each other become one item. The last event holds the whole reply, as
/// [`encode_reply`](super::encode_reply) writes it.
#[derive(Debug)]
pub struct StreamEncoder {
    id: String,
    model: String,
    created_at: u64,
    writer: Writer,
    /// How many items were begun.
    items: usize,
    open: Option<Open>,
    calls: Calls,
    /// A picture whose other fields may come with the next piece.
    picture: Option<Part>,
}

impl StreamEncoder {
    /// An encoder for one answer; `created_at` is in seconds since 1970. `id` stands in all events, unless it is empty:
    /// then the last has the reply's own. `model` stands in the first events.
    pub fn new(id: &str, model: &str, created_at: u64) -> Self {
        Self {
            id: id.to_owned(),
            model: model.to_owned(),
            created_at,
            writer: Writer::default(),
            items: 0,
            open: None,
            calls: Calls::default(),
            picture: None,
        }
    }

    /// Writes the events that stand before all others.
    fn begin(&mut self, out: &mut Vec<u8>) -> Result<()> {
        if self.writer.has_begun() {
            return Ok(());
        }
        let response = json!({ "response": {
            "id": self.id, "object": "response", "created_at": self.created_at, "status": "in_progress",
            "model": self.model, "error": null, "incomplete_details": null, "output": [],
            "parallel_tool_calls": true, "tool_choice": "auto", "tools": [], "usage": null,
        } });
        self.writer.event("response.created", &response, out)?;
        self.writer.event("response.in_progress", &response, out)
    }

    /// The next item's place in the answer.
    fn next_place(&mut self) -> usize {
        self.items += 1;
        self.items - 1
    }

    /// Opens a message or thinking, unless one is open.
    fn open(&mut self, sort: Sort, head: Option<&Part>, out: &mut Vec<u8>) -> Result<()> {
        if head.is_none() && self.open.as_ref().is_some_and(|open| open.sort == sort) {
            return Ok(());
        }
        self.close(out)?;
        let place = self.next_place();
        let mut parts = Vec::new();
        let item = match sort {
            Sort::Reasoning => json!({ "id": item_id(sort, place), "type": "reasoning", "summary": [] }),
            Sort::Message => {
                let mut item = json!({
                    "id": item_id(sort, place), "type": "message", "status": "in_progress", "role": "assistant",
                    "content": [],
                });
                if let (Value::Object(item), Some(Part::Raw(Value::Object(head)))) = (&mut item, head) {
                    for (name, value) in head {
                        item.entry(name).or_insert_with(|| value.clone());
                    }
                }
                parts.extend(head.cloned());
                item
            }
        };
        self.open = Some(Open { place, sort, parts, piece: None, pieces: 0 });
        self.writer.event("response.output_item.added", &json!({ "output_index": place, "item": item }), out)
    }

    /// Text, a refusal or thinking goes on. `empty` is the part without its text.
    fn piece(&mut self, sort: Sort, empty: Part, text: &str, out: &mut Vec<u8>) -> Result<()> {
        self.open(sort, None, out)?;
        let Some(open) = &self.open else { return Ok(()) };
        let same = open.piece.is_some_and(|(at, _)| {
            open.parts.get(at).is_some_and(|part| std::mem::discriminant(part) == std::mem::discriminant(&empty))
        });
        if !same {
            self.close_piece(out)?;
            let Some(open) = &mut self.open else { return Ok(()) };
            let (place, at, nth) = (open.place, open.parts.len(), open.pieces);
            open.piece = Some((at, nth));
            open.pieces += 1;
            let id = item_id(sort, place);
            let (kind, event) = match sort {
                Sort::Message => {
                    let part = json!(OutputPart(std::slice::from_ref(&empty)));
                    let event = json!({ "item_id": id, "output_index": place, "content_index": nth, "part": part });
                    ("response.content_part.added", event)
                }
                Sort::Reasoning => {
                    let part = json!({ "type": "summary_text", "text": "" });
                    let event = json!({ "item_id": id, "output_index": place, "summary_index": nth, "part": part });
                    ("response.reasoning_summary_part.added", event)
                }
            };
            open.parts.push(empty);
            self.writer.event(kind, &event, out)?;
        }
        let Some(open) = &mut self.open else { return Ok(()) };
        let Some((at, nth)) = open.piece else { return Ok(()) };
        let (place, id) = (open.place, item_id(sort, open.place));
        let kind = match open.parts.get_mut(at) {
            Some(Part::Text(whole)) => {
                whole.push_str(text);
                "response.output_text.delta"
            }
            Some(Part::Refusal(whole)) => {
                whole.push_str(text);
                "response.refusal.delta"
            }
            Some(Part::Reasoning(whole)) => {
                whole.push_str(text);
                "response.reasoning_summary_text.delta"
            }
            _ => return Ok(()),
        };
        let event = PieceEvent::new(kind, &id, place, nth, text);
        self.writer.event(kind, &event, out)
    }

    /// Ends the piece that is being written.
    fn close_piece(&mut self, out: &mut Vec<u8>) -> Result<()> {
        let Some(done) = self.open.as_mut().and_then(Open::end_piece) else { return Ok(()) };
        for (kind, event) in done {
            self.writer.event(kind, &event, out)?;
        }
        Ok(())
    }

    /// Ends the message or the thinking that is being written, and calls that are complete.
    fn close(&mut self, out: &mut Vec<u8>) -> Result<()> {
        self.close_piece(out)?;
        if let Some(Open { place, parts, sort, .. }) = self.open.take() {
            let mut item = json!(OutputItem { parts: &parts, number: place });
            // The vendor's client holds items of another id for others; the last event has the item's own.
            if let Value::Object(item) = &mut item {
                item.insert("id".to_owned(), item_id(sort, place).into());
            }
            self.writer.event("response.output_item.done", &json!({ "output_index": place, "item": item }), out)?;
        }
        self.calls.close(false, &mut self.writer, out)
    }

    fn call(&mut self, index: usize, call: ToolCall, out: &mut Vec<u8>) -> Result<()> {
        self.close(out)?;
        let place = self.next_place();
        self.calls.begin(place, index, call, &mut self.writer, out)
    }

    /// A part that comes as a whole.
    fn part(&mut self, part: &Part, out: &mut Vec<u8>) -> Result<()> {
        match part {
            Part::Text(text) => self.piece(Sort::Message, Part::Text(String::new()), text, out),
            Part::Refusal(text) => self.piece(Sort::Message, Part::Refusal(String::new()), text, out),
            Part::Reasoning(text) => {
                self.close_piece(out)?;
                self.piece(Sort::Reasoning, Part::Reasoning(String::new()), text, out)
            }
            Part::ToolCall(call) => {
                let index = usize::MAX;
                self.call(index, ToolCall { arguments: String::new(), ..call.clone() }, out)?;
                self.calls.arguments(index, &call.arguments, &mut self.writer, out)?;
                self.calls.close(false, &mut self.writer, out)
            }
            Part::Raw(raw) => self.raw(part, raw, out),
            Part::ToolResult(_) => self.item(&json!(OutputItem { parts: std::slice::from_ref(part), number: 0 }), out),
            Part::CachePoint(_) => Ok(()),
            Part::Image(Image::Bytes { .. }) => {
                self.picture = Some(part.clone());
                Ok(())
            }
            Part::Image(Image::Url(_)) => {
                let message = "an image by address cannot stand in an answer of OpenAI's Responses API";
                Err(Error::new(ErrorKind::Unsupported, message))
            }
        }
    }

    fn raw(&mut self, part: &Part, raw: &Value, out: &mut Vec<u8>) -> Result<()> {
        let kind = raw.get("type").and_then(Value::as_str).unwrap_or_default();
        if kind.starts_with("response.")
            && let Value::Object(event) = raw
        {
            let mut event = event.clone();
            event.shift_remove("type");
            event.shift_remove("sequence_number");
            let kind: String = kind.chars().filter(|c| !c.is_control()).collect();
            return self.writer.event(&kind, &event, out);
        }
        match (rest_of(part), &mut self.open) {
            (Some("message"), _) => self.open(Sort::Message, Some(part), out),
            (Some("output_text" | "refusal"), Some(open)) if open.piece.is_some() => {
                open.parts.push(part.clone());
                self.annotations(raw, out)?;
                self.close_piece(out)
            }
            (Some("reasoning"), Some(open)) if open.sort == Sort::Reasoning => {
                self.close_piece(out)?;
                if let Some(open) = &mut self.open {
                    open.parts.push(part.clone());
                }
                self.close(out)
            }
            (Some("function_call"), _) if self.calls.add(part) => self.close(out),
            _ => self.item(raw, out),
        }
    }

    /// Writes the picture that waits for its other fields, with them where this piece has them: then nothing is left of
    /// the piece to be written.
    fn flush_picture(&mut self, next: Option<&Chunk>, out: &mut Vec<u8>) -> Result<bool> {
        let Some(picture) = self.picture.take() else { return Ok(false) };
        let rest = match next {
            Some(Chunk::Part(part)) if rest_of(part) == Some(PICTURE) => Some(part.clone()),
            _ => None,
        };
        let is_taken = rest.is_some();
        let parts: Vec<_> = std::iter::once(picture).chain(rest).collect();
        let number = self.items;
        self.item(&json!(OutputItem { parts: &parts, number }), out)?;
        Ok(is_taken)
    }

    /// What the text that is being written refers to.
    fn annotations(&mut self, raw: &Value, out: &mut Vec<u8>) -> Result<()> {
        let Some(Open { place, piece: Some((_, nth)), .. }) = self.open else { return Ok(()) };
        for (number, annotation) in raw.get("annotations").and_then(Value::as_array).into_iter().flatten().enumerate() {
            let event = json!({
                "item_id": item_id(Sort::Message, place), "output_index": place, "content_index": nth,
                "annotation_index": number, "annotation": annotation,
            });
            self.writer.event("response.output_text.annotation.added", &event, out)?;
        }
        Ok(())
    }

    /// An item that comes as a whole.
    fn item(&mut self, item: &Value, out: &mut Vec<u8>) -> Result<()> {
        self.close(out)?;
        let place = self.next_place();
        let event = json!({ "output_index": place, "item": item });
        self.writer.event("response.output_item.added", &event, out)?;
        self.writer.event("response.output_item.done", &event, out)
    }
}

impl EncodeEvents for StreamEncoder {
    fn chunk(&mut self, chunk: &Chunk, out: &mut Vec<u8>) -> Result<()> {
        self.begin(out)?;
        if self.flush_picture(Some(chunk), out)? {
            return Ok(());
        }
        match chunk {
            Chunk::Text(text) => self.piece(Sort::Message, Part::Text(String::new()), text, out),
            Chunk::Refusal(text) => self.piece(Sort::Message, Part::Refusal(String::new()), text, out),
            Chunk::Reasoning(text) => self.piece(Sort::Reasoning, Part::Reasoning(String::new()), text, out),
            Chunk::ToolCall { index, id, name } => self.call(*index, ToolCall::new(id, name, ""), out),
            Chunk::ToolArguments { index, text } => self.calls.arguments(*index, text, &mut self.writer, out),
            Chunk::Part(part) => self.part(part, out),
            Chunk::Finish { .. } => Ok(()),
            Chunk::ToolResult { .. } => Err(result_of_program()),
        }
    }

    fn done(&mut self, reply: &Reply, out: &mut Vec<u8>) -> Result<()> {
        check_reply(reply)?;
        self.begin(out)?;
        self.flush_picture(None, out)?;
        self.close(out)?;
        self.calls.close(true, &mut self.writer, out)?;
        let kind = if is_completed(reply) { "response.completed" } else { "response.incomplete" };
        let mut reply = Cow::Borrowed(reply);
        // All events of one answer have one id.
        if !self.id.is_empty() && reply.id.as_ref() != Some(&self.id) {
            reply.to_mut().id = Some(self.id.clone());
        }
        if reply.model.is_empty() {
            reply.to_mut().model.clone_from(&self.model);
        }
        #[derive(Serialize)]
        struct End<'a> {
            response: ReplyBody<'a>,
        }
        let end = End { response: ReplyBody { reply: &reply, created_at: self.created_at } };
        self.writer.event(kind, &end, out)
    }

    fn error(&mut self, error: &Error, out: &mut Vec<u8>) {
        let (_, body) = encode_error(error);
        let told: Value = serde_json::from_slice(&body).unwrap_or_default();
        let event = json!({
            "code": told["error"]["code"], "message": told["error"]["message"], "param": told["error"]["param"],
        });
        // Three texts can always be written.
        drop(self.writer.event("error", &event, out));
    }
}
