//! A stream of an answer without the type of its value.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;

use super::{Chunk, StreamItem};
use crate::error::{Error, ErrorKind, Result};
use crate::json::Leniency;
use crate::partial::Growing;
use crate::reply::{FinishReason, Reply};
use crate::structured::ReplySlot;

/// A stream without the type of its value: so all that it does is compiled once.
pub(super) struct Pieces {
    items: Pin<Box<dyn Stream<Item = Result<StreamItem>> + Send>>,
    pub(super) state: State,
    /// What an error is given on its way out: the prompt's name, the route.
    pub(super) on_error: Option<Box<dyn Fn(Error) -> Error + Send + Sync>>,
    /// What becomes of the whole reply when its value is read.
    pub(super) read: Option<Box<Through>>,
    /// The text that no partial value has taken in yet; `None` for an answer that is no JSON.
    pub(super) text: Option<String>,
    /// The partial value, once it was asked for.
    pub(super) growing: Option<Growing>,
    /// How the answer is read.
    pub(super) leniency: Leniency,
    /// How many times the text began again.
    pub(super) round: usize,
}

/// Reads the value of a whole reply into the slot, and gives the reply as it is handed out.
type Through = dyn Fn(Reply, &mut dyn ReplySlot) -> Result<Reply> + Send + Sync;

pub(super) enum State {
    Running,
    Done(Box<Reply>),
    Failed,
}

impl Pieces {
    pub(super) fn new(items: Pin<Box<dyn Stream<Item = Result<StreamItem>> + Send>>) -> Self {
        Self {
            items,
            state: State::Running,
            on_error: None,
            read: None,
            text: None,
            growing: None,
            leniency: Leniency::default(),
            round: 0,
        }
    }

    pub(super) async fn next(&mut self) -> Option<Result<Chunk>> {
        poll_fn(|cx| self.poll_chunk(cx)).await
    }

    /// Waits for the whole reply.
    pub(super) async fn end(&mut self) -> Result<Reply> {
        loop {
            match std::mem::replace(&mut self.state, State::Failed) {
                State::Done(reply) => return Ok(*reply),
                State::Failed => {
                    let error = Error::new(ErrorKind::Incomplete, "the stream has failed and has no reply");
                    return Err(self.complete(error));
                }
                State::Running => {
                    self.state = State::Running;
                    if let Some(Err(error)) = self.next().await {
                        return Err(error);
                    }
                }
            }
        }
    }

    /// Whether the answer came to an end of its own, so that what stands at its end is whole.
    pub(super) fn has_ended(&self) -> bool {
        matches!(&self.state, State::Done(reply) if ended_by_itself(reply))
    }

    /// The text so far was said beside calls of tools, and is no part of the answer.
    fn begin_again(&mut self) {
        if let Some(text) = &mut self.text {
            text.clear();
            self.growing = None;
            self.round += 1;
        }
    }

    pub(super) fn reread(&mut self) {
        if let Some(growing) = self.growing.take() {
            self.text.get_or_insert_default().insert_str(0, growing.text());
        }
    }

    /// Reads the value of the whole reply.
    pub(super) fn read(&self, reply: Reply, slot: &mut dyn ReplySlot) -> Result<Reply> {
        match &self.read {
            Some(read) => read(reply, slot),
            None => slot.read(&reply, self.leniency).map(|_| reply),
        }
    }

    pub(super) fn complete(&self, error: Error) -> Error {
        match &self.on_error {
            Some(with) => with(error),
            None => error,
        }
    }

    pub(super) fn poll_item(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<StreamItem>>> {
        if !matches!(self.state, State::Running) {
            return Poll::Ready(None);
        }
        let item = ready!(self.items.as_mut().poll_next(cx));
        let item = item.unwrap_or_else(|| {
            Err(Error::new(ErrorKind::Incomplete, "the stream ended before the answer was complete"))
        });
        Poll::Ready(Some(item.map_err(|error| {
            self.state = State::Failed;
            self.complete(error)
        })))
    }

    pub(super) fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Chunk>>> {
        Poll::Ready(match ready!(self.poll_item(cx)) {
            Some(Ok(StreamItem::Chunk(chunk))) => {
                if let (Some(text), Chunk::Text(piece)) = (&mut self.text, &chunk) {
                    text.push_str(piece);
                }
                if let Chunk::ToolResult { .. } = chunk {
                    self.begin_again();
                }
                Some(Ok(chunk))
            }
            Some(Ok(StreamItem::Done(reply))) => {
                let finish = Chunk::Finish { reason: reply.finish_reason.clone(), usage: reply.usage };
                self.state = State::Done(reply);
                Some(Ok(finish))
            }
            Some(Err(error)) => Some(Err(error)),
            None => None,
        })
    }
}

fn ended_by_itself(reply: &Reply) -> bool {
    let is_cut =
        matches!(reply.finish_reason, FinishReason::Length | FinishReason::ContentFilter | FinishReason::Refusal);
    !is_cut && reply.refusal().is_none()
}
