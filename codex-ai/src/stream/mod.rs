//! An answer while it comes.

mod elements;
mod part;
mod partial;
mod pieces;
mod text_of;

use std::collections::VecDeque;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;

#[cfg(doc)]
use crate::error::ErrorKind;
use crate::error::{Error, Result};
use crate::json::Leniency;
use crate::message::{Part, ToolResult};
use crate::prompt::PromptOutput;
use crate::reply::{FinishReason, Reply, Usage};
use crate::structured::{ReplySlot, kept};

use self::pieces::{Pieces, State};
pub use elements::Elements;
pub use text_of::TextOf;

/// A piece of an answer that is still coming.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Chunk {
    /// The answer's text goes on.
    Text(String),
    /// The model's own thinking goes on, as far as the vendor shows it.
    Reasoning(String),
    /// The words with which the model refuses go on.
    Refusal(String),
    /// The model begins to call a tool; its arguments follow.
    ToolCall {
        /// The number of the call in this stream, from 0.
        index: usize,
        /// The vendor's id of the call; empty where the vendor gives none.
        id: String,
        /// The name of the tool.
        name: String,
    },
    /// The JSON text of a tool's arguments goes on.
    ToolArguments {
        /// The number of the call in this stream, from 0.
        index: usize,
        /// The next piece of the JSON text.
        text: String,
    },
    /// A tool of the program has given its result; the model is asked again with those of all calls. What it says after
    /// that is a new text, and only the text after the last result is the answer.
    ToolResult {
        /// The number of the call in this stream, from 0.
        index: usize,
        /// What the tool gave back.
        result: ToolResult,
    },
    /// A part that comes as a whole: an image, or something of a vendor that has no type here.
    Part(Part),
    /// The answer is complete. The last piece of every stream that did not fail.
    Finish {
        /// Why the model stopped.
        reason: FinishReason,
        /// Tokens used, where the vendor says.
        usage: Option<Usage>,
    },
}

impl Chunk {
    /// The text of a [`Chunk::Text`].
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// What a provider puts into a [`ReplyStream`]: pieces, and at the end the whole.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum StreamItem {
    /// A piece of the answer, other than [`Chunk::Finish`].
    Chunk(Chunk),
    /// The whole answer; nothing follows.
    Done(Box<Reply>),
}

/// An answer while it comes: pieces by [`next`](Self::next), the whole by [`finish`](Self::finish).
///
/// Dropping it ends the exchange and closes the connection. After an error nothing follows; the error has the text that
/// came so far as [`Error::answer`].
///
/// ```
/// use codex_ai::{Chunk, Message, Provider, Request, provider::Local};
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let request = Request::new(vec![Message::user("Rain fell all night. Two roads are closed.")]);
/// let mut stream = Local::quiet().stream(&request).await?;
/// let mut text = String::new();
/// while let Some(chunk) = stream.next().await {
///     if let Chunk::Text(piece) = chunk? {
///         text.push_str(&piece);
///     }
/// }
/// let reply = stream.finish().await?;
/// assert_eq!(reply.text(), text);
/// # Ok::<_, codex_ai::Error>(()) }).unwrap();
/// ```
#[must_use = "a stream does nothing until it is read"]
pub struct ReplyStream<T = ()> {
    pieces: Pieces,
    value: ReadValue<T>,
}

/// Reads the value of a whole reply.
type ReadValue<T> = fn(Reply, &Pieces) -> Result<Reply<T>>;

impl ReplyStream {
    /// A stream of these items. After [`StreamItem::Done`] or an error it is asked for nothing more; an end without
    /// either is an error of kind [`ErrorKind::Incomplete`].
    pub fn new(items: impl Stream<Item = Result<StreamItem>> + Send + 'static) -> Self {
        Self { pieces: Pieces::new(Box::pin(items)), value: |reply, _| Ok(reply) }
    }

    /// A stream of a reply that is there already: one piece for each of its parts.
    pub fn from_reply(reply: Reply) -> Self {
        let mut chunks = VecDeque::with_capacity(reply.parts.len());
        let mut calls = 0;
        for part in &reply.parts {
            match part {
                Part::Text(text) => chunks.push_back(Chunk::Text(text.clone())),
                Part::Reasoning(text) => chunks.push_back(Chunk::Reasoning(text.clone())),
                Part::Refusal(text) => chunks.push_back(Chunk::Refusal(text.clone())),
                Part::ToolCall(call) => {
                    let index = calls;
                    calls += 1;
                    chunks.push_back(Chunk::ToolCall { index, id: call.id.clone(), name: call.name.clone() });
                    chunks.push_back(Chunk::ToolArguments { index, text: call.arguments.clone() });
                }
                other => chunks.push_back(Chunk::Part(other.clone())),
            }
        }
        Self::new(Ready { chunks, reply: Some(Box::new(reply)) })
    }

    /// The items themselves, for a layer that hands them on.
    pub fn into_items(self) -> impl Stream<Item = Result<StreamItem>> + Send {
        Items(self.pieces)
    }

    /// Has every error go through `with` on its way out.
    pub(crate) fn with_errors(mut self, with: impl Fn(Error) -> Error + Send + Sync + 'static) -> Self {
        self.pieces.on_error = Some(match self.pieces.on_error.take() {
            None => Box::new(with),
            Some(first) => Box::new(move |error| with(first(error))),
        });
        self
    }

    /// Has the whole reply go through `read` at the end, which is given what reads the value of a type.
    pub(crate) fn read_by(
        mut self,
        read: impl Fn(Reply, &mut dyn ReplySlot) -> Result<Reply> + Send + Sync + 'static,
    ) -> Self {
        self.pieces.read = Some(Box::new(read));
        self
    }

    /// Keeps the text for partial values, as the answer is JSON.
    pub(crate) fn of_json(mut self, leniency: Leniency) -> Self {
        self.pieces.text = Some(String::new());
        self.pieces.leniency = leniency;
        self
    }

    /// The same stream, whose reply has a value.
    pub(crate) fn of_value<T: PromptOutput>(self) -> ReplyStream<T> {
        ReplyStream { pieces: self.pieces, value: read_value }
    }
}

fn read_value<T: PromptOutput>(reply: Reply, pieces: &Pieces) -> Result<Reply<T>> {
    let mut value: Option<T> = None;
    match pieces.read(reply, &mut value) {
        Ok(reply) => Ok(reply.with_value(kept(value)?)),
        Err(error) => Err(pieces.complete(error)),
    }
}

impl<T> ReplyStream<T> {
    /// The next piece. `None` after [`Chunk::Finish`] and after an error. Cancel-safe: nothing is lost where the future
    /// is dropped.
    pub async fn next(&mut self) -> Option<Result<Chunk>> {
        self.pieces.next().await
    }

    /// Waits for the end and gives the whole reply, those parts included that were read as pieces already.
    ///
    /// # Errors
    /// What the stream ended in; where that was told by [`next`](Self::next) already, [`ErrorKind::Incomplete`]. And
    /// what reading the value ended in.
    pub async fn finish(mut self) -> Result<Reply<T>> {
        match self.pieces.end().await {
            Ok(reply) => (self.value)(reply, &self.pieces),
            Err(error) => Err(error),
        }
    }

    /// All text again, for another reader than the partial value.
    fn reread(mut self) -> Self {
        self.pieces.reread();
        self
    }
}

impl<T> Stream for ReplyStream<T> {
    type Item = Result<Chunk>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.pieces.poll_chunk(cx)
    }
}

impl<T> fmt::Debug for ReplyStream<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match self.pieces.state {
            State::Running => "running",
            State::Done(_) => "done",
            State::Failed => "failed",
        };
        f.debug_tuple("ReplyStream").field(&state).finish()
    }
}

/// The items of a stream.
struct Items(Pieces);

impl Stream for Items {
    type Item = Result<StreamItem>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let state = std::mem::replace(&mut self.0.state, State::Running);
        match state {
            State::Running => {}
            State::Failed => {
                self.0.state = State::Failed;
                return Poll::Ready(None);
            }
            // The stream was read to its end before it was taken apart.
            State::Done(reply) => {
                self.0.state = State::Failed;
                return Poll::Ready(Some(Ok(StreamItem::Done(reply))));
            }
        }
        let item = ready!(self.0.poll_item(cx));
        if let Some(Ok(StreamItem::Done(_))) = &item {
            self.0.state = State::Failed;
        }
        Poll::Ready(item)
    }
}

/// A reply that is there already.
struct Ready {
    chunks: VecDeque<Chunk>,
    reply: Option<Box<Reply>>,
}

impl Stream for Ready {
    type Item = Result<StreamItem>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(match self.chunks.pop_front() {
            Some(chunk) => Some(Ok(StreamItem::Chunk(chunk))),
            None => self.reply.take().map(|reply| Ok(StreamItem::Done(reply))),
        })
    }
}
