//! An answer while it comes.

mod elements;
mod part;
mod partial;
mod text_of;

use std::collections::VecDeque;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;

use crate::error::{Error, ErrorKind, Result};
use crate::json::Leniency;
use crate::message::{Part, ToolResult};
use crate::partial::AnyGrowing;
use crate::reply::{FinishReason, Reply, Usage};

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
    items: Pin<Box<dyn Stream<Item = Result<StreamItem>> + Send>>,
    state: State,
    value: ReadValue<T>,
    /// What an error is given on its way out: the prompt's name, the route.
    on_error: Option<Box<dyn Fn(Error) -> Error + Send + Sync>>,
    /// The text that no partial value has taken in yet; `None` for an answer that is no JSON.
    text: Option<String>,
    /// The partial value, once it was asked for.
    growing: Option<Box<dyn AnyGrowing>>,
    /// How the answer is read.
    leniency: Leniency,
    /// How many times the text began again.
    round: usize,
}

/// Reads the value of a whole reply.
type ReadValue<T> = Box<dyn Fn(Reply) -> Result<Reply<T>> + Send + Sync>;

enum State {
    Running,
    Done(Box<Reply>),
    Failed,
}

impl ReplyStream {
    /// A stream of these items. After [`StreamItem::Done`] or an error it is asked for nothing more; an end without
    /// either is an error of kind [`ErrorKind::Incomplete`].
    pub fn new(items: impl Stream<Item = Result<StreamItem>> + Send + 'static) -> Self {
        Self {
            items: Box::pin(items),
            state: State::Running,
            value: Box::new(Ok),
            on_error: None,
            text: None,
            growing: None,
            leniency: Leniency::default(),
            round: 0,
        }
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
        Items(self)
    }

    /// The same stream, whose reply has a value that is read from it at the end.
    pub(crate) fn with_value<T>(
        self,
        value: impl Fn(Reply) -> Result<Reply<T>> + Send + Sync + 'static,
    ) -> ReplyStream<T> {
        ReplyStream {
            items: self.items,
            state: self.state,
            value: Box::new(value),
            on_error: self.on_error,
            text: self.text,
            growing: None,
            leniency: self.leniency,
            round: self.round,
        }
    }
}

impl<T> ReplyStream<T> {
    /// The next piece. `None` after [`Chunk::Finish`] and after an error. Cancel-safe: nothing is lost where the future
    /// is dropped.
    pub async fn next(&mut self) -> Option<Result<Chunk>> {
        std::future::poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }

    /// Waits for the end and gives the whole reply, those parts included that were read as pieces already.
    ///
    /// # Errors
    /// What the stream ended in; where that was told by [`next`](Self::next) already, [`ErrorKind::Incomplete`]. And
    /// what reading the value ended in.
    pub async fn finish(mut self) -> Result<Reply<T>> {
        loop {
            match std::mem::replace(&mut self.state, State::Failed) {
                State::Done(reply) => return (self.value)(*reply).map_err(|error| self.complete(error)),
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

    /// Keeps the text for partial values, as the answer is JSON.
    pub(crate) fn of_json(mut self, leniency: Leniency) -> Self {
        self.text = Some(String::new());
        self.leniency = leniency;
        self
    }

    /// Whether the answer came to an end of its own, so that what stands at its end is whole.
    fn has_ended(&self) -> bool {
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

    /// All text again, for another reader than the partial value.
    fn reread(mut self) -> Self {
        if let Some(growing) = self.growing.take() {
            self.text.get_or_insert_default().insert_str(0, growing.text());
        }
        self
    }

    /// Has every error go through `with` on its way out.
    pub(crate) fn with_errors(mut self, with: impl Fn(Error) -> Error + Send + Sync + 'static) -> Self {
        self.on_error = Some(match self.on_error.take() {
            None => Box::new(with),
            Some(first) => Box::new(move |error| with(first(error))),
        });
        self
    }

    fn complete(&self, error: Error) -> Error {
        match &self.on_error {
            Some(with) => with(error),
            None => error,
        }
    }

    fn poll_item(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<StreamItem>>> {
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
}

impl<T> Stream for ReplyStream<T> {
    type Item = Result<Chunk>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Chunk>>> {
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

// Nothing in it is pinned but the box, which may move.
impl<T> Unpin for ReplyStream<T> {}

impl<T> fmt::Debug for ReplyStream<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match self.state {
            State::Running => "running",
            State::Done(_) => "done",
            State::Failed => "failed",
        };
        f.debug_tuple("ReplyStream").field(&state).finish()
    }
}

fn ended_by_itself(reply: &Reply) -> bool {
    let is_cut =
        matches!(reply.finish_reason, FinishReason::Length | FinishReason::ContentFilter | FinishReason::Refusal);
    !is_cut && reply.refusal().is_none()
}

/// The items of a stream.
struct Items(ReplyStream);

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
