//! The body of an answer, as a stream of pieces.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_core::Stream;

use crate::error::Result;

/// The body of an answer, as a stream of pieces. It ends with the body's end; a body that breaks off is an `Err`.
pub struct Body(Kind);

enum Kind {
    Full(Option<Bytes>),
    Stream {
        pieces: Pin<Box<dyn Stream<Item = Result<Bytes>> + Send>>,
        /// A piece, or the end, that came when the task had used up its share of work.
        held: Option<Option<Result<Bytes>>>,
    },
}

impl Body {
    /// A body that is there already.
    pub fn full(bytes: impl Into<Bytes>) -> Self {
        Self(Kind::Full(Some(bytes.into())))
    }

    /// A body that comes in pieces.
    pub fn stream(stream: impl Stream<Item = Result<Bytes>> + Send + 'static) -> Self {
        Self(Kind::Stream { pieces: Box::pin(stream), held: None })
    }

    /// The next piece, `None` at the end.
    pub async fn next(&mut self) -> Option<Result<Bytes>> {
        std::future::poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }
}

impl Stream for Body {
    type Item = Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes>>> {
        match &mut self.0 {
            Kind::Full(bytes) => Poll::Ready(bytes.take().map(Ok)),
            Kind::Stream { pieces, held } => {
                let piece = match held.take() {
                    Some(piece) => piece,
                    None => ready!(pieces.as_mut().poll_next(cx)),
                };
                // A body that always has a piece, or an empty one, would keep the limits of time from being looked at.
                match tokio::task::coop::poll_proceed(cx) {
                    Poll::Ready(coop) => coop.made_progress(),
                    Poll::Pending => {
                        *held = Some(piece);
                        return Poll::Pending;
                    }
                }
                Poll::Ready(piece)
            }
        }
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Body(..)")
    }
}
