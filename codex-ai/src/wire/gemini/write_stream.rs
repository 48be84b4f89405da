//! Frames of a streamed answer, written.

use super::error::encode_error;
use super::part::companion;
use super::reply::AnswerBody;
use crate::error::{Error, ErrorKind, Result};
use crate::message::{Part, ToolCall};
use crate::reply::Reply;
use crate::stream::Chunk;
use crate::wire::{EncodeEvents, result_of_program};

/// Writes the frames of one streamed answer: `data: {…}`, without names, without comments (Google's own reader fails on
/// one), without a mark at the end.
///
/// A call of a tool is written when its arguments are complete, as Google has no pieces of them.
#[derive(Debug)]
pub struct StreamEncoder {
    /// Model and id of every frame.
    head: Reply,
    /// The calls that were begun and not written yet.
    calls: Vec<(usize, ToolCall)>,
    /// The sort of the part that was written last, to which a companion may belong.
    last: Option<&'static str>,
}

impl StreamEncoder {
    /// An encoder for one answer. The format has no place for the time of it.
    pub fn new(id: &str, model: &str, _created_at: u64) -> Self {
        let mut head = Reply::new(model, Vec::new());
        head.id = Some(id.to_owned());
        Self { head, calls: Vec::new(), last: None }
    }

    fn parts(&self, parts: &[Part], out: &mut Vec<u8>) -> Result<()> {
        frame(&AnswerBody { reply: &self.head, parts, last: false }, out)
    }

    fn flush(&mut self, companion: Option<&Part>, out: &mut Vec<u8>) -> Result<()> {
        let calls = std::mem::take(&mut self.calls);
        if calls.is_empty() {
            return Ok(());
        }
        let mut parts: Vec<Part> = calls.into_iter().map(|(_, call)| Part::ToolCall(call)).collect();
        parts.extend(companion.cloned());
        self.parts(&parts, out)
    }
}

impl EncodeEvents for StreamEncoder {
    fn chunk(&mut self, chunk: &Chunk, out: &mut Vec<u8>) -> Result<()> {
        let (part, kind) = match chunk {
            Chunk::Text(text) => (Part::Text(text.clone()), Some("text")),
            Chunk::Reasoning(text) => (Part::Reasoning(text.clone()), Some("thought")),
            // The last frame has the words of a refusal, and all that the whole reply tells.
            Chunk::Refusal(_) | Chunk::Finish { .. } => return Ok(()),
            Chunk::ToolCall { index, id, name } => {
                self.calls.push((*index, ToolCall::new(id.clone(), name.clone(), "")));
                return Ok(());
            }
            Chunk::ToolArguments { index, text } => {
                if let Some((_, call)) = self.calls.iter_mut().rev().find(|(known, _)| known == index) {
                    call.arguments.push_str(text);
                    return Ok(());
                }
                return Err(Error::new(ErrorKind::Unsupported, "arguments came after the call of a tool was complete"));
            }
            Chunk::ToolResult { .. } => return Err(result_of_program()),
            Chunk::Part(part) => {
                if !self.calls.is_empty() && companion(part, "functionCall").is_some() {
                    self.last = None;
                    return self.flush(Some(part), out);
                }
                let rest = self.last.filter(|_| companion(part, "text").is_some());
                if let Some(last) = rest {
                    let text = String::new();
                    let empty = if last == "text" { Part::Text(text) } else { Part::Reasoning(text) };
                    self.last = None;
                    return self.parts(&[empty, part.clone()], out);
                }
                (part.clone(), None)
            }
        };
        self.flush(None, out)?;
        self.last = kind;
        self.parts(&[part], out)
    }

    fn done(&mut self, reply: &Reply, out: &mut Vec<u8>) -> Result<()> {
        self.flush(None, out)?;
        frame(&AnswerBody { reply, parts: &[], last: true }, out)
    }

    fn error(&mut self, error: &Error, out: &mut Vec<u8>) {
        let (_, body) = encode_error(error);
        out.extend_from_slice(b"data: ");
        out.extend_from_slice(&body);
        out.extend_from_slice(b"\r\n\r\n");
    }
}

/// Google ends lines with CR and LF.
fn frame(body: &AnswerBody<'_>, out: &mut Vec<u8>) -> Result<()> {
    out.extend_from_slice(b"data: ");
    serde_json::to_writer(&mut *out, body)
        .map_err(|error| Error::new(ErrorKind::Other, format!("a frame cannot be written as JSON: {error}")))?;
    out.extend_from_slice(b"\r\n\r\n");
    Ok(())
}
