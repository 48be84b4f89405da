//! A stream that is handed on when its first item is there.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;

use crate::error::{Error, ErrorKind, Result};
use crate::provider::Provider;
use crate::request::Request;
use crate::stream::{ReplyStream, StreamItem};

/// The items of a stream.
pub(super) type Items = Pin<Box<dyn Stream<Item = Result<StreamItem>> + Send>>;

/// A stream whose first item has come.
pub(super) struct Begun {
    first: Option<StreamItem>,
    rest: Items,
    /// How many times somebody was asked in vain before.
    failed_before: u32,
}

/// Opens a stream and waits for its first item.
pub(super) async fn begin<P: Provider + ?Sized>(provider: &P, request: &Request) -> Result<Begun> {
    let mut rest: Items = Box::pin(provider.stream(request).await?.into_items());
    match std::future::poll_fn(|cx| rest.as_mut().poll_next(cx)).await {
        Some(first) => Ok(Begun { first: Some(first?), rest, failed_before: 0 }),
        None => Err(Error::new(ErrorKind::Incomplete, "the stream ended before the answer began")),
    }
}

impl Begun {
    /// The stream, whose reply counts the attempts that failed before.
    pub(super) fn into_stream(mut self, failed_before: u32) -> ReplyStream {
        self.failed_before = failed_before;
        ReplyStream::new(self)
    }
}

impl Stream for Begun {
    type Item = Result<StreamItem>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut item = match self.first.take() {
            Some(first) => Some(Ok(first)),
            None => ready!(self.rest.as_mut().poll_next(cx)),
        };
        if let Some(Ok(StreamItem::Done(reply))) = &mut item {
            reply.attempts = reply.attempts.saturating_add(self.failed_before);
        }
        Poll::Ready(item)
    }
}
