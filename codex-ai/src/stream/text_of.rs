//! The text of one field, as it grows.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;

use super::ReplyStream;
use super::part::Part;
use crate::error::Result;
use crate::json::align::Node;
use crate::prompt::JsonOutput;
use crate::reply::Reply;
use crate::schema::LlmSchema;

/// The text of one field of an answer, piece by piece as it comes; see [`ReplyStream::into_text_of`].
#[must_use = "a stream does nothing until it is read"]
pub struct TextOf<T> {
    stream: ReplyStream<T>,
    part: Part,
    /// How much of the text was given.
    given: usize,
}

impl<T: LlmSchema + JsonOutput> ReplyStream<T> {
    /// The text of one field of the value that was asked for, as it grows. `path` has the names that the schema has:
    /// `body`, `letter.body`.
    ///
    /// ```no_run
    /// # use codex_ai::{Dispatcher, LlmSchema};
    /// #[derive(serde::Deserialize, LlmSchema)]
    /// struct Letter {
    ///     subject: String,
    ///     body: String,
    /// }
    ///
    /// # async fn example(dispatcher: Dispatcher) -> codex_ai::Result<()> {
    /// let mut body = dispatcher.stream_json::<Letter>("Write to the landlord.").await?.into_text_of("body")?;
    /// while let Some(piece) = body.next().await {
    ///     print!("{}", piece?);
    /// }
    /// let letter: Letter = body.finish().await?.value;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArguments`](crate::ErrorKind::InvalidArguments) with a suggestion if the path leads to no text.
    pub fn into_text_of(self, path: &str) -> Result<TextOf<T>> {
        let part = Part::new(T::llm_schema(), path, "text", self.pieces.leniency, |node| matches!(node, Node::Text))?;
        Ok(TextOf { stream: self.reread(), part, given: 0 })
    }
}

impl<T> TextOf<T> {
    /// The next piece of the text. `None` at the end of the answer, and after an error. Cancel-safe.
    pub async fn next(&mut self) -> Option<Result<String>> {
        std::future::poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }

    /// Waits for the end and gives the whole reply, read from the whole text and checked.
    ///
    /// # Errors
    /// As [`ReplyStream::finish`].
    pub async fn finish(self) -> Result<Reply<T>> {
        self.stream.finish().await
    }

    /// What has come of the text since the last time.
    fn take_in(&mut self) -> Option<String> {
        if self.part.follow(self.stream.pieces.round) {
            self.given = 0;
        }
        if !self.stream.pieces.feed(&mut self.part) {
            return None;
        }
        let new = self.part.cursor()?.text()?.get(self.given..)?;
        self.given += new.len();
        (!new.is_empty()).then(|| new.to_owned())
    }
}

impl<T> Stream for TextOf<T> {
    type Item = Result<String>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Some(piece) = self.take_in() {
                return Poll::Ready(Some(Ok(piece)));
            }
            match ready!(Pin::new(&mut self.stream).poll_next(cx)) {
                Some(Ok(_)) => {}
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
    }
}

// Nothing in it is pinned but what the stream has in a box.
impl<T> Unpin for TextOf<T> {}

impl<T> fmt::Debug for TextOf<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TextOf").field("stream", &self.stream).field("given", &self.given).finish_non_exhaustive()
    }
}
