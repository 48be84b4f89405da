//! A reply in pieces, as a model would give it.

use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;

use crate::error::Result;
use crate::message::Part;
use crate::reply::Reply;
use crate::stream::{Chunk, ReplyStream, StreamItem};

/// The most characters of a piece; scripts without spaces are cut by it.
const LONGEST_PIECE: usize = 16;

/// A stream of this reply, a word at a time.
pub(super) fn stream(reply: Reply) -> ReplyStream {
    ReplyStream::new(Chunks { chunks: chunks(&reply).into(), reply: Some(Box::new(reply)) })
}

/// The pieces of a reply: texts and the arguments of calls a word at a time, all else as a whole.
pub(crate) fn chunks(reply: &Reply) -> Vec<Chunk> {
    let mut chunks = Vec::new();
    let mut calls = 0;
    for part in &reply.parts {
        match part {
            Part::Text(text) => chunks.extend(pieces(text).map(|piece| Chunk::Text(piece.to_owned()))),
            Part::Reasoning(text) => chunks.extend(pieces(text).map(|piece| Chunk::Reasoning(piece.to_owned()))),
            Part::Refusal(text) => chunks.extend(pieces(text).map(|piece| Chunk::Refusal(piece.to_owned()))),
            Part::ToolCall(call) => {
                let index = calls;
                calls += 1;
                chunks.push(Chunk::ToolCall { index, id: call.id.clone(), name: call.name.clone() });
                let arguments = pieces(&call.arguments);
                chunks.extend(arguments.map(|piece| Chunk::ToolArguments { index, text: piece.to_owned() }));
            }
            other => chunks.push(Chunk::Part(other.clone())),
        }
    }
    chunks
}

/// A text in pieces: each begins with the space before its word. Joined they are the text.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let mut in_word = false;
        let end = rest.char_indices().enumerate().find_map(|(count, (at, c))| {
            let ends = count == LONGEST_PIECE || (in_word && c.is_whitespace());
            in_word |= !c.is_whitespace();
            ends.then_some(at)
        });
        let (piece, after) = rest.split_at(end.unwrap_or(rest.len()));
        rest = after;
        (!piece.is_empty()).then_some(piece)
    })
}

struct Chunks {
    chunks: VecDeque<Chunk>,
    reply: Option<Box<Reply>>,
}

impl Stream for Chunks {
    type Item = Result<StreamItem>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(match self.chunks.pop_front() {
            Some(chunk) => Some(Ok(StreamItem::Chunk(chunk))),
            None => self.reply.take().map(|reply| Ok(StreamItem::Done(reply))),
        })
    }
}
