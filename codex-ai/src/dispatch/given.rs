//! A stream of what a future gives on its way, without a task of its own: it goes on when the stream is read, and ends
//! when the stream is dropped.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use futures_core::Stream;

use crate::error::Result;
use crate::provider::BoxFuture;
use crate::reply::Reply;
use crate::stream::{Chunk, StreamItem};

/// Where a future puts its pieces, one at a time.
#[derive(Clone, Default)]
pub(super) struct Giver(Arc<Mutex<Option<Chunk>>>);

impl Giver {
    /// Gives a piece and waits until it is taken.
    pub(super) async fn give(&self, chunk: Chunk) {
        *self.slot() = Some(chunk);
        std::future::poll_fn(|_| if self.slot().is_some() { Poll::Pending } else { Poll::Ready(()) }).await;
    }

    fn slot(&self) -> std::sync::MutexGuard<'_, Option<Chunk>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The pieces of a future, and at its end the reply.
pub(super) struct Given {
    giver: Giver,
    /// `None` when it has ended.
    work: Option<BoxFuture<'static, Result<Reply>>>,
}

impl Given {
    pub(super) fn new<F>(work: impl FnOnce(Giver) -> F) -> Self
    where
        F: Future<Output = Result<Reply>> + Send + 'static,
    {
        let giver = Giver::default();
        Self { work: Some(Box::pin(work(giver.clone()))), giver }
    }
}

impl Stream for Given {
    type Item = Result<StreamItem>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Some(work) = &mut self.work else { return Poll::Ready(None) };
        match work.as_mut().poll(cx) {
            Poll::Ready(ended) => {
                self.work = None;
                Poll::Ready(Some(ended.map(|reply| StreamItem::Done(Box::new(reply)))))
            }
            // It waits for its piece to be taken, or for something that wakes the reader.
            Poll::Pending => match self.giver.slot().take() {
                Some(chunk) => Poll::Ready(Some(Ok(StreamItem::Chunk(chunk)))),
                None => Poll::Pending,
            },
        }
    }
}
