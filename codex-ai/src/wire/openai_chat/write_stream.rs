//! Events of a streamed answer, written.

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Value, json};

use super::Object;
use super::finish::finish_name;
use super::split::{Call, ContentKind, Split, is_call, rest_of};
use super::usage::UsageBody;
use crate::error::{Error, ErrorKind, Result};
use crate::message::{Image, Part};
use crate::reply::{Reply, Usage};
use crate::stream::Chunk;
use crate::wire::data_url::ImageUrl;
use crate::wire::openai_error::encode_error;
use crate::wire::{EncodeEvents, result_of_program};

/// Writes the events of one streamed answer, with its usage and `[DONE]` at the end.
#[derive(Debug)]
pub struct StreamEncoder {
    id: String,
    model: String,
    created_at: u64,
    /// Whether the role was told.
    begun: bool,
    /// How many calls were begun.
    calls: usize,
    /// Whether fields beside the parts were written as pieces already; they are not written again at the end.
    rests: Rests,
}

#[derive(Debug, Default)]
struct Rests {
    thinking: bool,
    texts: bool,
    images: bool,
    calls: bool,
}

impl StreamEncoder {
    /// An encoder for one answer; `created_at` is in seconds since 1970.
    pub fn new(id: &str, model: &str, created_at: u64) -> Self {
        let (id, model) = (id.to_owned(), model.to_owned());
        Self { id, model, created_at, begun: false, calls: 0, rests: Rests::default() }
    }

    fn delta(&mut self, delta: Delta<'_>, finish: Option<&str>, out: &mut Vec<u8>) -> Result<()> {
        let role = !self.begun;
        self.begun = true;
        self.frame(&[ChoiceBody { index: 0, delta: WithRole { role, delta }, finish_reason: finish }], None, out)
    }

    fn frame(&self, choices: &[ChoiceBody<'_>], usage: Option<Usage>, out: &mut Vec<u8>) -> Result<()> {
        let (id, model) = (self.id.as_str(), self.model.as_str());
        let object = "chat.completion.chunk";
        let usage = usage.map(UsageBody::from);
        write_frame(&Frame { id, object, created: self.created_at, model, choices, usage }, out)
    }

    /// Writes what stands beside the parts of an answer.
    fn rests(&mut self, reply: &Reply, out: &mut Vec<u8>) -> Result<()> {
        let split = Split::new(&reply.parts);
        if let Some(head) = split.head {
            self.delta(Delta::Head(head), None, out)?;
        }
        for part in &split.content {
            let (written, is_image) = match part.kind {
                ContentKind::Thinking(_) => (self.rests.thinking, false),
                ContentKind::Text(_) => (self.rests.texts, false),
                ContentKind::Image(_) => (self.rests.images, true),
                ContentKind::Raw(_) => continue,
            };
            if let (Some(rest), false) = (part.rest, written) {
                self.delta(if is_image { Delta::ImageFields(rest) } else { Delta::Content(rest) }, None, out)?;
            }
        }
        if !self.rests.calls {
            let functions = split.calls.iter().filter_map(|call| match call {
                Call::Function { rest, .. } => Some(*rest),
                Call::Raw(_) => None,
            });
            for (index, rest) in functions.enumerate() {
                if let Some(rest) = rest {
                    self.delta(Delta::CallFields { index, fields: rest }, None, out)?;
                }
            }
        }
        Ok(())
    }
}

impl EncodeEvents for StreamEncoder {
    fn chunk(&mut self, chunk: &Chunk, out: &mut Vec<u8>) -> Result<()> {
        let delta = match chunk {
            Chunk::Text(text) => Delta::Text("content", text),
            Chunk::Reasoning(text) => Delta::Text("reasoning_content", text),
            Chunk::Refusal(text) => Delta::Text("refusal", text),
            Chunk::ToolCall { index, id, name } => {
                self.calls = self.calls.max(index + 1);
                Delta::Call { index: *index, id, name }
            }
            Chunk::ToolArguments { index, text } => Delta::Arguments { index: *index, text },
            Chunk::Part(Part::Image(image)) => Delta::Image(image),
            Chunk::Part(part @ Part::Raw(Value::Object(fields))) => match rest_of(part) {
                Some("thinking") => {
                    self.rests.thinking = true;
                    Delta::Content(fields)
                }
                Some("text") => {
                    self.rests.texts = true;
                    Delta::Content(fields)
                }
                Some("image_url") => {
                    self.rests.images = true;
                    Delta::ImageFields(fields)
                }
                Some("function") => {
                    self.rests.calls = true;
                    Delta::CallFields { index: self.calls.saturating_sub(1), fields }
                }
                // Of a message, written at the end: what was thought is told by pieces before what is said of it.
                Some(_) => return Ok(()),
                None if is_call(&Value::Object(fields.clone())) => {
                    self.calls += 1;
                    Delta::CallFields { index: self.calls - 1, fields }
                }
                None => Delta::Content(fields),
            },
            // The end is written by `done`, and a cache point is no content.
            Chunk::Finish { .. } | Chunk::Part(Part::CachePoint(_)) => return Ok(()),
            Chunk::ToolResult { .. } => return Err(result_of_program()),
            Chunk::Part(_) => {
                return Err(Error::new(
                    ErrorKind::Unsupported,
                    "a stream of Chat Completions has no place for this part",
                ));
            }
        };
        self.delta(delta, None, out)
    }

    fn done(&mut self, reply: &Reply, out: &mut Vec<u8>) -> Result<()> {
        self.rests(reply, out)?;
        self.delta(Delta::Empty, Some(finish_name(reply)), out)?;
        if let Some(usage) = reply.usage {
            self.frame(&[], Some(usage), out)?;
        }
        out.extend_from_slice(b"data: [DONE]\n\n");
        Ok(())
    }

    fn error(&mut self, error: &Error, out: &mut Vec<u8>) {
        let (_, body) = encode_error(error);
        out.extend_from_slice(b"data: ");
        out.extend_from_slice(&body);
        out.extend_from_slice(b"\n\n");
    }
}

fn write_frame(frame: &Frame<'_>, out: &mut Vec<u8>) -> Result<()> {
    out.extend_from_slice(b"data: ");
    serde_json::to_writer(&mut *out, frame)
        .map_err(|error| Error::new(ErrorKind::Other, format!("the event cannot be written as JSON: {error}")))?;
    out.extend_from_slice(b"\n\n");
    Ok(())
}

#[derive(serde::Serialize)]
struct Frame<'a> {
    id: &'a str,
    object: &'static str,
    created: u64,
    model: &'a str,
    choices: &'a [ChoiceBody<'a>],
    #[serde(skip_serializing_if = "Option::is_none")]
    usage: Option<UsageBody>,
}

#[derive(serde::Serialize)]
struct ChoiceBody<'a> {
    index: u64,
    delta: WithRole<'a>,
    finish_reason: Option<&'a str>,
}

struct WithRole<'a> {
    role: bool,
    delta: Delta<'a>,
}

enum Delta<'a> {
    Empty,
    /// A text of the field of this name.
    Text(&'static str, &'a str),
    Call {
        index: usize,
        id: &'a str,
        name: &'a str,
    },
    Arguments {
        index: usize,
        text: &'a str,
    },
    /// Other fields of a call.
    CallFields {
        index: usize,
        fields: &'a Object,
    },
    Image(&'a Image),
    /// Other fields of a picture.
    ImageFields(&'a Object),
    /// A part of a content that is a list.
    Content(&'a Object),
    /// The message's own other fields.
    Head(&'a Object),
}

impl Serialize for WithRole<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        if self.role {
            map.serialize_entry("role", "assistant")?;
        }
        match &self.delta {
            Delta::Empty => {}
            Delta::Text(name, text) => map.serialize_entry(name, text)?,
            Delta::Call { index, id, name } => {
                let function = json!({ "name": name, "arguments": "" });
                let call = json!({ "index": index, "id": id, "type": "function", "function": function });
                map.serialize_entry("tool_calls", &[call])?;
            }
            Delta::Arguments { index, text } => {
                let call = json!({ "index": index, "function": { "arguments": text } });
                map.serialize_entry("tool_calls", &[call])?;
            }
            Delta::CallFields { index, fields } => {
                let mut call = (*fields).clone();
                call.insert("index".to_owned(), (*index).into());
                map.serialize_entry("tool_calls", &[call])?;
            }
            Delta::Image(image) => {
                let url = ImageUrl(image).to_string();
                map.serialize_entry("images", &[json!({ "type": "image_url", "image_url": { "url": url } })])?;
            }
            Delta::ImageFields(fields) => map.serialize_entry("images", &[fields])?,
            Delta::Content(part) => map.serialize_entry("content", &[part])?,
            Delta::Head(fields) => {
                for (name, value) in fields.iter().filter(|(name, _)| name.as_str() != "type") {
                    map.serialize_entry(name, value)?;
                }
            }
        }
        map.end()
    }
}
