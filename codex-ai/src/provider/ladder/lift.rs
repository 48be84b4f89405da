//! An answer that came by the call of a tool, as one that came as text.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use serde_json::Value;

use crate::error::Result;
use crate::message::Part;
use crate::reply::{AnswerCall, FinishReason, Reply};
use crate::stream::{Chunk, ReplyStream, StreamItem};
use crate::wire::lower::Rung;

/// Says how the schema was told, and makes the arguments of the tool the text of the answer.
pub(super) fn lift(reply: &mut Reply, rung: Rung, tool: &str) {
    reply.schema_mode = Some(rung.mode);
    reply.wire_form = rung.form;
    if rung.is_tool() {
        unwrap_call(reply, tool);
    }
}

/// The same for a stream, once its first item is there.
///
/// # Errors
/// What the stream begins with, where that is an error.
pub(super) async fn stream(stream: ReplyStream, rung: Rung, tool: &str) -> Result<ReplyStream> {
    let tool = if rung.is_tool() { tool.to_owned() } else { String::new() };
    let items = stream.into_items();
    let mut lifted =
        Lifted { items, rung, tool, call: None, held: Vec::new(), ready: VecDeque::new(), text: String::new() };
    // An end without an item is told by the stream itself.
    if let Some(first) = poll_fn(|cx| Pin::new(&mut lifted.items).poll_next(cx)).await
        && let Some(item) = lifted.take(first?)
    {
        lifted.ready.push_front(item);
    }
    Ok(ReplyStream::new(lifted))
}

fn unwrap_call(reply: &mut Reply, tool: &str) {
    let is_answer = |part: &Part| matches!(part, Part::ToolCall(call) if call.name == tool);
    let Some(place) = reply.parts.iter().position(is_answer) else { return };
    let parts = reply.parts.clone();
    // What a part has besides its content follows it, and belongs to it alone.
    let mut dropped: Option<&[&str]> = None;
    let mut lifted = Vec::with_capacity(parts.len());
    for (at, part) in std::mem::take(&mut reply.parts).into_iter().enumerate() {
        let beside = dropped.take();
        match part {
            Part::ToolCall(call) if at == place => {
                reply.answered_by = Some(Box::new(AnswerCall { id: call.id, name: call.name, parts: Vec::new() }));
                lifted.push(Part::Text(call.arguments));
                dropped = Some(&["functionCall", "function", "function_call", "tool_use"]);
            }
            // Words around the call are no part of the answer.
            Part::Text(text) => {
                lifted.push(Part::Reasoning(text));
                dropped = Some(&["text", "output_text"]);
            }
            Part::Raw(raw) if beside.is_some_and(|kinds| is_of(&raw, kinds)) => dropped = beside,
            other => lifted.push(other),
        }
    }
    reply.parts = lifted;
    if let Some(answered_by) = &mut reply.answered_by {
        answered_by.parts = parts;
    }
    if reply.finish_reason == FinishReason::ToolCalls {
        reply.finish_reason = FinishReason::Stop;
    }
}

fn is_of(raw: &Value, kinds: &[&str]) -> bool {
    raw.get("type").and_then(Value::as_str).is_some_and(|kind| kinds.contains(&kind))
}

/// The items of a stream whose answer comes by the call of a tool, or else as text.
struct Lifted<S> {
    items: S,
    rung: Rung,
    /// Empty where there is none.
    tool: String,
    /// The number of its call.
    call: Option<usize>,
    /// Text that came before a call: the answer, unless a call follows.
    held: Vec<String>,
    ready: VecDeque<StreamItem>,
    /// The answer so far, for an error.
    text: String,
}

impl<S> Lifted<S> {
    /// What an item becomes; `None` where it is kept back.
    fn take(&mut self, item: StreamItem) -> Option<StreamItem> {
        let chunk = match item {
            StreamItem::Chunk(chunk) => chunk,
            StreamItem::Done(mut reply) => {
                lift(&mut reply, self.rung, &self.tool);
                let held = std::mem::take(&mut self.held);
                self.ready.extend(held.into_iter().map(|text| StreamItem::Chunk(Chunk::Text(text))));
                self.ready.push_back(StreamItem::Done(reply));
                return self.ready.pop_front();
            }
        };
        if self.tool.is_empty() {
            return Some(StreamItem::Chunk(chunk));
        }
        Some(StreamItem::Chunk(match chunk {
            Chunk::Text(text) if self.call.is_none() => {
                self.held.push(text);
                return None;
            }
            Chunk::Text(text) => Chunk::Reasoning(text),
            Chunk::ToolCall { index, name, .. } if self.call.is_none() && name == self.tool => {
                self.call = Some(index);
                let held = std::mem::take(&mut self.held);
                self.ready.extend(held.into_iter().map(|text| StreamItem::Chunk(Chunk::Reasoning(text))));
                return self.ready.pop_front();
            }
            Chunk::ToolArguments { index, text } if self.call == Some(index) => {
                self.text.push_str(&text);
                Chunk::Text(text)
            }
            other => other,
        }))
    }
}

impl<S: Stream<Item = Result<StreamItem>> + Unpin> Stream for Lifted<S> {
    type Item = Result<StreamItem>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Some(item) = self.ready.pop_front() {
                return Poll::Ready(Some(Ok(item)));
            }
            match ready!(Pin::new(&mut self.items).poll_next(cx)) {
                None => return Poll::Ready(None),
                Some(Ok(item)) => {
                    if let Some(item) = self.take(item) {
                        return Poll::Ready(Some(Ok(item)));
                    }
                }
                Some(Err(error)) if !self.text.is_empty() => {
                    let text = std::mem::take(&mut self.text);
                    return Poll::Ready(Some(Err(error.with_answer(text))));
                }
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
            }
        }
    }
}
