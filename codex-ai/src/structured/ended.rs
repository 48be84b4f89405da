//! Answers that are no value whatever their text says: refused, filtered, cut off, empty.

use std::borrow::Cow;

use crate::error::{Error, ErrorKind, Result};
use crate::message::Part;
use crate::reply::{FinishReason, Reply};

/// The text of an answer that came to its end.
pub(super) fn text_of(reply: &Reply) -> Result<Cow<'_, str>> {
    let text = reply.text();
    let error = if reply.finish_reason == FinishReason::Refusal || reply.refusal().is_some() {
        let words = reply.refusal().map_or_else(|| text.to_string(), str::to_owned);
        Error::new(ErrorKind::Refused, "the model refused to answer").with_answer(words)
    } else if reply.finish_reason == FinishReason::ContentFilter {
        Error::new(ErrorKind::Filtered, "a filter of the vendor stopped the answer").with_answer(text)
    } else if reply.finish_reason == FinishReason::Length {
        Error::new(ErrorKind::Truncated, "the answer was cut off at the token limit")
            .with_help("raise `max_tokens`, or ask for less")
            .with_answer(text)
    } else {
        return Ok(text);
    };
    Err(with_usage(error, reply))
}

/// The same, for an answer that is to be JSON.
pub(super) fn json_text_of(reply: &Reply) -> Result<Cow<'_, str>> {
    let text = text_of(reply)?;
    if text.trim().is_empty() { Err(empty(reply)) } else { Ok(text) }
}

pub(super) fn empty(reply: &Reply) -> Error {
    let called = reply.parts.iter().find_map(|part| match part {
        Part::ToolCall(call) => Some(&call.name),
        _ => None,
    });
    let error = match called {
        Some(tool) => Error::new(ErrorKind::Empty, format!("the model called the tool `{tool}` and said nothing"))
            .with_help("ask by `generate_reply` or `stream_reply`, whose answer has the calls of tools"),
        None => Error::new(ErrorKind::Empty, "the answer is empty"),
    };
    with_usage(error, reply)
}

/// The tokens of the answer, in its error.
pub(super) fn with_usage(error: Error, reply: &Reply) -> Error {
    match reply.usage {
        Some(usage) => error.with_usage(usage),
        None => error,
    }
}
