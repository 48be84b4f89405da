//! One block of a streamed answer while it comes.

use serde_json::Value;
use serde_json::value::RawValue;

use super::Object;
use super::fields::{Fields, value_of};
use super::read_block::{call_parts, raw_part, text_parts, thinking_parts};
use crate::message::Part;
use crate::stream::Chunk;
use crate::wire::Chunks;

/// One block while it comes.
#[derive(Debug)]
pub(super) struct OpenBlock {
    /// The vendor's number of it.
    pub(super) index: u64,
    pub(super) content: Content,
    /// What it has besides, so far.
    pub(super) rest: Object,
}

#[derive(Debug)]
pub(super) enum Content {
    Text(String),
    Thinking(String),
    /// `start` is the input that came with the block's start, `arguments` what came in pieces.
    Call {
        number: usize,
        id: String,
        name: String,
        start: String,
        arguments: String,
    },
    /// A block that has no type here, and the input that came in pieces.
    Raw {
        block: Value,
        input: String,
    },
}

impl OpenBlock {
    /// The block as it starts. Adds what it brings already.
    pub(super) fn start(index: u64, block: &RawValue, calls: &mut usize, chunks: &mut Chunks) -> Self {
        let raw = |block| Self { index, content: Content::Raw { block, input: String::new() }, rest: Object::new() };
        let Some(fields) = Fields::of(block) else { return raw(value_of(block)) };
        let kind = fields.text("type").unwrap_or_default();
        let (content, taken): (_, &[&str]) = match kind.as_str() {
            "text" => (Content::Text(fields.text("text").unwrap_or_default()), &["type", "text"]),
            "thinking" => (Content::Thinking(fields.text("thinking").unwrap_or_default()), &["type", "thinking"]),
            "tool_use" => {
                let (Some(id), Some(name)) = (fields.text("id"), fields.text("name")) else {
                    return raw(value_of(block));
                };
                let number = *calls;
                *calls += 1;
                let start = fields.get("input").map(RawValue::get).filter(|input| *input != "null");
                let start = start.unwrap_or_default().to_owned();
                let content = Content::Call { number, id, name, start, arguments: String::new() };
                (content, &["type", "id", "name", "input"])
            }
            _ => return raw(value_of(block)),
        };
        match &content {
            Content::Text(text) if !text.is_empty() => chunks.push(Chunk::Text(text.clone())),
            Content::Thinking(text) if !text.is_empty() => chunks.push(Chunk::Reasoning(text.clone())),
            Content::Call { number, id, name, .. } => {
                chunks.push(Chunk::ToolCall { index: *number, id: id.clone(), name: name.clone() });
            }
            _ => {}
        }
        let mut rest = fields.rest(taken);
        // What says nothing must not look like something that parts this block from the next.
        rest.retain(|name, value| !(name == "citations" && value.as_array().is_some_and(Vec::is_empty)));
        Self { index, content, rest }
    }

    /// Whether two blocks after one another would look like one, were nothing said between them.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        matches!(
            (&self.content, &other.content),
            (Content::Text(_), Content::Text(_)) | (Content::Thinking(_), Content::Thinking(_))
        )
    }

    /// Adds a citation.
    pub(super) fn cite(&mut self, citation: Value) {
        match self.rest.entry("citations").or_insert_with(|| Value::Array(Vec::new())) {
            Value::Array(list) => list.push(citation),
            other => *other = Value::Array(vec![citation]),
        }
    }

    /// Adds to the signature.
    pub(super) fn sign(&mut self, piece: &str) {
        match self.rest.entry("signature").or_insert_with(|| Value::from("")) {
            Value::String(signature) => signature.push_str(piece),
            other => *other = Value::from(piece),
        }
    }

    /// The block has stopped: adds what is told only now.
    pub(super) fn stop(&mut self, chunks: &mut Chunks) {
        if let Content::Call { number, start, arguments, .. } = &mut self.content
            && arguments.is_empty()
        {
            arguments.push_str(if start.is_empty() { "{}" } else { start });
            chunks.push(Chunk::ToolArguments { index: *number, text: arguments.clone() });
        }
        let rest = self.rest.clone();
        // The part itself was told in pieces, what is behind it was not.
        let told = match &self.content {
            Content::Text(_) => text_parts(String::new(), rest).skip(1),
            Content::Thinking(_) => thinking_parts(String::new(), rest).skip(1),
            Content::Call { .. } => call_parts(String::new(), String::new(), "", rest).skip(1),
            Content::Raw { block, input } => return chunks.push(Chunk::Part(whole_block(block.clone(), input))),
        };
        told.for_each(|part| chunks.push(Chunk::Part(part)));
    }

    /// What the block holds, as the whole answer would tell it.
    pub(super) fn into_parts(self) -> Vec<Part> {
        let rest = self.rest;
        match self.content {
            Content::Text(text) => text_parts(text, rest).collect(),
            Content::Thinking(text) => thinking_parts(text, rest).collect(),
            Content::Call { id, name, arguments, .. } => call_parts(id, name, &arguments, rest).collect(),
            Content::Raw { block, input } => vec![whole_block(block, &input)],
        }
    }
}

/// A block that has no type here, with the input that came in pieces.
fn whole_block(mut block: Value, input: &str) -> Part {
    if let (Value::Object(object), false) = (&mut block, input.is_empty()) {
        // What is cut off in its middle is kept as its text.
        let input = serde_json::from_str(input).unwrap_or_else(|_| Value::from(input));
        object.insert("input".to_owned(), input);
    }
    raw_part(block)
}
