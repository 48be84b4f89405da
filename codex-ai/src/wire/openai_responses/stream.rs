//! Events of a streamed answer, read.

use serde_json::Value;

use super::reply::decode_reply;
use crate::error::{Error, ErrorKind, Result};
use crate::message::Part;
use crate::reply::Reply;
use crate::stream::Chunk;
use crate::wire::openai_error::ErrorBody;
use crate::wire::{Chunks, DecodeEvents};

/// Reads the events of one streamed answer.
#[derive(Debug, Default)]
pub struct StreamDecoder {
    /// The text that came so far.
    text: String,
}

impl StreamDecoder {
    /// A decoder for one answer.
    pub fn new() -> Self {
        Self::default()
    }
}

impl DecodeEvents for StreamDecoder {
    fn event(&mut self, _: &str, data: &str, chunks: &mut Chunks) -> Result<()> {
        if data == "[DONE]" {
            return Ok(());
        }
        let mut event: Value = serde_json::from_str(data).map_err(|error| {
            let place = format!("line {}, column {}", error.line(), error.column());
            Error::new(ErrorKind::Protocol, format!("an event of the stream is not JSON ({place})"))
        })?;
        let kind = event.get_mut("type").map(Value::take).unwrap_or_default();
        let kind = kind.as_str().unwrap_or_default();
        let mut take = |name: &str| match event.get_mut(name).map(Value::take) {
            Some(Value::String(text)) => text,
            _ => String::new(),
        };
        match kind {
            "response.output_text.delta" => {
                let text = take("delta");
                self.text.push_str(&text);
                chunks.push(Chunk::Text(text));
            }
            "response.refusal.delta" => chunks.push(Chunk::Refusal(take("delta"))),
            "response.reasoning_summary_text.delta" | "response.reasoning_text.delta" => {
                chunks.push(Chunk::Reasoning(take("delta")));
            }
            "response.completed" | "response.incomplete" | "response.failed" => {
                let response = event.get("response").map(ToString::to_string).unwrap_or_default();
                chunks.done(decode_reply(response.as_bytes())?);
            }
            "error" => return Err(ErrorBody::from_value(event).into_error(None)),
            _ if event.get("error").is_some_and(|error| !error.is_null()) => {
                return Err(ErrorBody::from_value(event).into_error(None));
            }
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self, _: &mut Chunks) -> Result<()> {
        Err(Error::new(ErrorKind::Incomplete, "the stream ended without `response.completed`"))
    }

    fn so_far(&mut self) -> Reply {
        Reply::new("", vec![Part::Text(std::mem::take(&mut self.text))])
    }
}
