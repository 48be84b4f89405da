//! A turn that answers a request.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;

use super::super::core::Core;
use super::super::params::{Nothing, OfThread};
use super::super::turn::Turn;
use super::answer::Answer;
use crate::error::{Error, ErrorKind, Result};
use crate::reply::Reply;
use crate::stream::StreamItem;

/// The items of an answer, while the turn runs. Dropping it interrupts the turn.
pub(super) struct Running {
    /// `None` once it is over; it goes before the thread does.
    turn: Option<Turn>,
    lease: Option<Lease>,
    answer: Answer,
}

/// A thread that is let go of when this is dropped.
pub(super) struct Lease {
    core: Core,
    thread: String,
}

impl Lease {
    pub(super) fn new(core: Core, thread: &str) -> Self {
        Self { core, thread: thread.to_owned() }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.core.fire("thread/unsubscribe", &OfThread { thread_id: &self.thread, more: Nothing {} });
    }
}

impl Running {
    pub(super) fn new(turn: Turn, lease: Lease, model: &str) -> Self {
        let answer = Answer::new(turn.id(), model);
        Self { turn: Some(turn), lease: Some(lease), answer }
    }

    /// Waits for the end.
    pub(super) async fn finish(mut self) -> Result<Reply> {
        loop {
            match poll_fn(|cx| Pin::new(&mut self).poll_next(cx)).await {
                Some(Ok(StreamItem::Done(reply))) => return Ok(*reply),
                Some(Ok(StreamItem::Chunk(_))) => {}
                Some(Err(error)) => return Err(error),
                None => return Err(Error::new(ErrorKind::Incomplete, "the turn ended without an end")),
            }
        }
    }

    fn end(&mut self) {
        self.turn = None;
        self.lease = None;
    }
}

impl Stream for Running {
    type Item = Result<StreamItem>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        loop {
            if let Some(item) = this.answer.ready.pop_front() {
                if matches!(item, StreamItem::Done(_)) {
                    this.end();
                }
                return Poll::Ready(Some(Ok(item)));
            }
            let Some(turn) = &mut this.turn else { return Poll::Ready(None) };
            let taken = match ready!(Pin::new(turn).poll_next(cx)) {
                Some(Ok(event)) => this.answer.take(&event),
                Some(Err(error)) => Err(error),
                None => Err(Error::new(ErrorKind::Incomplete, "the turn's events ended without `turn/completed`")),
            };
            if let Err(error) = taken {
                this.end();
                return Poll::Ready(Some(Err(this.answer.complete(error))));
            }
        }
    }
}
