//! Events of a streamed answer, written.

use serde::Serialize;
use serde_json::{Value, json};

use super::Object;
use super::block::{Block, is_companion};
use super::error::encode_error;
use super::reply::unsendable;
use super::usage::{StopDetails, UsageBody, stop_reason};
use crate::error::{Error, ErrorKind, Problem, Result};
use crate::message::{Part, ToolCall};
use crate::reply::{Reply, Usage};
use crate::stream::Chunk;
use crate::wire::{EncodeEvents, result_of_program};

/// Writes the events of one streamed answer.
///
/// The calls of tools are written when their arguments are complete: the format sends block after block, and what a
/// block has besides its content stands in its first event. An empty [`Chunk::Text`] parts two blocks of text.
/// The first event wants counts before they are known: they are 0 there, and right in the last. Other fields of a text
/// or of thinking than citations and signature are known only when its block has begun: they stand in `content_block` of
/// the event that ends it.
#[derive(Debug)]
pub struct StreamEncoder {
    id: String,
    model: String,
    has_started: bool,
    /// How many blocks were begun.
    blocks: usize,
    open: Open,
    /// Calls that were begun and not written yet.
    calls: Vec<Call>,
}

/// The block whose pieces are being written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Open {
    Nothing,
    Text,
    Thinking,
}

#[derive(Debug)]
struct Call {
    index: usize,
    call: ToolCall,
    rest: Option<Value>,
}

impl StreamEncoder {
    /// An encoder for one answer. The format has no place for `created_at`.
    pub fn new(id: &str, model: &str, created_at: u64) -> Self {
        let _ = created_at;
        Self {
            id: id.to_owned(),
            model: model.to_owned(),
            has_started: false,
            blocks: 0,
            open: Open::Nothing,
            calls: Vec::new(),
        }
    }

    fn begin(&mut self, out: &mut Vec<u8>) {
        if self.has_started {
            return;
        }
        self.has_started = true;
        let message = json!({
            "id": self.id, "type": "message", "role": "assistant", "model": self.model, "content": [],
            "stop_reason": null, "stop_sequence": null, "usage": UsageBody(Usage::default()),
        });
        frame(out, "message_start", &json!({ "type": "message_start", "message": message }));
    }

    /// Has a block of this sort open: the one that is, or a new one.
    fn open(&mut self, open: Open, out: &mut Vec<u8>) {
        if self.open == open {
            return;
        }
        self.close(out);
        let block = match open {
            Open::Text => json!({ "type": "text", "text": "" }),
            Open::Thinking => json!({ "type": "thinking", "thinking": "" }),
            Open::Nothing => return,
        };
        self.start(&block, out);
        self.open = open;
    }

    fn start(&mut self, block: &impl Serialize, out: &mut Vec<u8>) {
        #[derive(Serialize)]
        struct Start<'a, B> {
            r#type: &'static str,
            index: usize,
            content_block: &'a B,
        }
        let event = Start { r#type: "content_block_start", index: self.blocks, content_block: block };
        frame(out, event.r#type, &event);
        self.blocks += 1;
    }

    fn delta(&self, delta: &impl Serialize, out: &mut Vec<u8>) {
        #[derive(Serialize)]
        struct Event<'a, D> {
            r#type: &'static str,
            index: usize,
            delta: &'a D,
        }
        let index = self.blocks.saturating_sub(1);
        frame(out, "content_block_delta", &Event { r#type: "content_block_delta", index, delta });
    }

    /// Ends a block with the fields that it has besides its text, which are known only now.
    fn stop_with(&self, fields: &Object, out: &mut Vec<u8>) {
        let index = self.blocks.saturating_sub(1);
        let event = json!({ "type": "content_block_stop", "index": index, "content_block": fields });
        frame(out, "content_block_stop", &event);
    }

    fn stop(&self, out: &mut Vec<u8>) {
        let index = self.blocks.saturating_sub(1);
        frame(out, "content_block_stop", &json!({ "type": "content_block_stop", "index": index }));
    }

    /// Ends whatever is open.
    fn close(&mut self, out: &mut Vec<u8>) {
        if self.open != Open::Nothing {
            self.open = Open::Nothing;
            self.stop(out);
        }
        for Call { call, rest, .. } in std::mem::take(&mut self.calls) {
            let ToolCall { id, name, arguments } = call;
            let mut block = json!({ "type": "tool_use", "id": id, "name": name, "input": {} });
            if let (Value::Object(block), Some(Value::Object(rest))) = (&mut block, rest) {
                block.extend(rest.into_iter().filter(|(name, _)| name != "type"));
            }
            self.start(&block, out);
            self.delta(&json!({ "type": "input_json_delta", "partial_json": arguments }), out);
            self.stop(out);
        }
    }

    fn part(&mut self, part: &Part, out: &mut Vec<u8>) -> Result<()> {
        match part {
            Part::Text(text) => self.chunk(&Chunk::Text(text.clone()), out),
            Part::Reasoning(text) => self.chunk(&Chunk::Reasoning(text.clone()), out),
            Part::Refusal(_) | Part::CachePoint(_) => Ok(()),
            Part::ToolCall(call) => {
                self.close(out);
                self.calls.push(Call { index: usize::MAX, call: call.clone(), rest: None });
                Ok(())
            }
            Part::Raw(raw) if is_companion(raw) => self.companion(raw, out),
            Part::Raw(raw) => {
                if let Some(wrong) = unsendable(&Block { part, rest: None, cache: None }) {
                    return Err(unsupported(wrong));
                }
                self.close(out);
                self.start(raw, out);
                self.stop(out);
                Ok(())
            }
            Part::Image(_) | Part::ToolResult(_) => {
                let wrong = unsendable(&Block { part, rest: None, cache: None });
                Err(unsupported(wrong.unwrap_or("this part cannot stand in an answer")))
            }
        }
    }

    /// Writes what the part before has besides its content.
    fn companion(&mut self, raw: &Value, out: &mut Vec<u8>) -> Result<()> {
        let fields = raw.as_object().into_iter().flatten().filter(|(name, _)| *name != "type");
        match raw.get("type").and_then(Value::as_str) {
            Some("refusal") => return Ok(()),
            Some("tool_use") => {
                let Some(call) = self.calls.last_mut() else {
                    return Err(unsupported("this raw part belongs to a part that is not before it"));
                };
                call.rest = Some(raw.clone());
                return Ok(());
            }
            Some("text") => self.open(Open::Text, out),
            Some("thinking") => self.open(Open::Thinking, out),
            _ => return Err(unsupported("this raw part belongs to a part that is not before it")),
        }
        let mut late = Object::new();
        for (name, value) in fields {
            match (name.as_str(), value) {
                ("signature", Value::String(signature)) => {
                    self.delta(&json!({ "type": "signature_delta", "signature": signature }), out);
                }
                ("citations", Value::Array(citations)) => {
                    for citation in citations {
                        self.delta(&json!({ "type": "citations_delta", "citation": citation }), out);
                    }
                }
                _ => {
                    late.insert(name.clone(), value.clone());
                }
            }
        }
        if late.is_empty() {
            self.close(out);
        } else {
            self.open = Open::Nothing;
            self.stop_with(&late, out);
            self.close(out);
        }
        Ok(())
    }
}

impl EncodeEvents for StreamEncoder {
    fn chunk(&mut self, chunk: &Chunk, out: &mut Vec<u8>) -> Result<()> {
        self.begin(out);
        match chunk {
            // Other vendors send empty pieces too: here they begin a block only when something follows.
            Chunk::Text(text) if text.is_empty() => {
                if self.open == Open::Text {
                    self.close(out);
                }
            }
            Chunk::Reasoning(text) if text.is_empty() => {
                if self.open == Open::Thinking {
                    self.close(out);
                }
            }
            Chunk::Text(text) => {
                self.open(Open::Text, out);
                self.delta(&TextDelta { r#type: "text_delta", text }, out);
            }
            Chunk::Reasoning(text) => {
                self.open(Open::Thinking, out);
                self.delta(&ThinkingDelta { r#type: "thinking_delta", thinking: text }, out);
            }
            Chunk::ToolCall { index, id, name } => {
                if self.open != Open::Nothing {
                    self.close(out);
                }
                let call = ToolCall::new(id.as_str(), name.as_str(), "");
                self.calls.push(Call { index: *index, call, rest: None });
            }
            Chunk::ToolArguments { index, text } => match self.calls.iter_mut().rfind(|call| call.index == *index) {
                Some(call) => call.call.arguments.push_str(text),
                None => return Err(unsupported("arguments of a call that was not begun")),
            },
            Chunk::Part(part) => return self.part(part, out),
            // What a refusal says stands in `stop_details`, which comes at the end.
            Chunk::Refusal(_) | Chunk::Finish { .. } => {}
            Chunk::ToolResult { .. } => return Err(result_of_program()),
        }
        Ok(())
    }

    fn done(&mut self, reply: &Reply, out: &mut Vec<u8>) -> Result<()> {
        #[derive(Serialize)]
        struct Event<'a> {
            r#type: &'static str,
            delta: Delta<'a>,
            usage: Option<UsageBody>,
        }
        #[derive(Serialize)]
        struct Delta<'a> {
            stop_reason: &'a str,
            stop_sequence: (),
            stop_details: StopDetails<'a>,
        }
        self.begin(out);
        self.close(out);
        let delta = Delta {
            stop_reason: stop_reason(&reply.finish_reason, reply.vendor_finish_reason.as_deref()),
            stop_sequence: (),
            stop_details: StopDetails(&reply.parts),
        };
        frame(out, "message_delta", &Event { r#type: "message_delta", delta, usage: reply.usage.map(UsageBody) });
        frame(out, "message_stop", &json!({ "type": "message_stop" }));
        Ok(())
    }

    fn error(&mut self, error: &Error, out: &mut Vec<u8>) {
        let (_, body) = encode_error(error);
        out.extend_from_slice(b"event: error\ndata: ");
        out.extend_from_slice(&body);
        out.extend_from_slice(b"\n\n");
    }
}

#[derive(Serialize)]
struct TextDelta<'a> {
    r#type: &'static str,
    text: &'a str,
}

#[derive(Serialize)]
struct ThinkingDelta<'a> {
    r#type: &'static str,
    thinking: &'a str,
}

fn unsupported(message: &'static str) -> Error {
    Error::new(ErrorKind::Unsupported, "the piece has no form in Anthropic's Messages API")
        .with_problems(vec![Problem::new("$", message)])
}

/// Writes one event. Nothing that is written here can fail to be JSON.
fn frame(out: &mut Vec<u8>, name: &str, data: &impl Serialize) {
    out.extend_from_slice(b"event: ");
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b"\ndata: ");
    let written = serde_json::to_writer(&mut *out, data);
    debug_assert!(written.is_ok(), "an event that is no JSON");
    out.extend_from_slice(b"\n\n");
}
