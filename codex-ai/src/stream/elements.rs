//! The elements of a list, each as soon as it is complete.

use std::collections::VecDeque;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;

use super::ReplyStream;
use super::part::Part;
use crate::error::{Error, ErrorKind, Problem, Result};
use crate::json::Leniency;
use crate::json::align::Node;
use crate::partial::Cursor;
use crate::prompt::JsonOutput;
use crate::reply::Reply;
use crate::schema::LlmSchema;

/// The elements of a list in an answer, typed and checked one by one as they come; see
/// [`ReplyStream::into_elements`].
///
/// An element that is wrong is an error of its own, with the path of each problem in the answer, and the next ones
/// follow. Whether the answer as a whole is right only [`finish`](Self::finish) tells.
#[must_use = "a stream does nothing until it is read"]
pub struct Elements<T, E> {
    stream: ReplyStream<T>,
    part: Part,
    /// How many elements are complete.
    seen: usize,
    ready: VecDeque<Result<E>>,
}

impl<E> ReplyStream<Vec<E>>
where
    E: LlmSchema + Send + 'static,
    Vec<E>: JsonOutput,
{
    /// The elements of the list that was asked for, each as soon as it is complete. What a model says beside its calls of
    /// tools is no part of the list; but what reads as an element before the call has come is given.
    ///
    /// ```no_run
    /// # use codex_ai::{Dispatcher, LlmSchema};
    /// #[derive(serde::Deserialize, LlmSchema)]
    /// struct Book {
    ///     title: String,
    /// }
    ///
    /// # async fn example(dispatcher: Dispatcher) -> codex_ai::Result<()> {
    /// let mut books = dispatcher.stream_json::<Vec<Book>>("Ten books on rain.").await?.into_elements();
    /// while let Some(book) = books.next().await {
    ///     println!("{}", book?.title);
    /// }
    /// let all: Vec<Book> = books.finish().await?.value;
    /// # Ok(()) }
    /// ```
    pub fn into_elements(self) -> Elements<Vec<E>, E> {
        let part = Part::whole(<Vec<E>>::llm_schema(), self.pieces.leniency);
        Elements { part, stream: self.reread(), seen: 0, ready: VecDeque::new() }
    }
}

impl<T: LlmSchema + JsonOutput> ReplyStream<T> {
    /// The elements of a list inside the value that was asked for, each as soon as it is complete. `path` has the names
    /// that the schema has: `points`, `report.points`. An element is an `E` by the schema and the checks of `E` itself.
    ///
    /// ```no_run
    /// # use codex_ai::{Dispatcher, LlmSchema};
    /// #[derive(serde::Deserialize, LlmSchema)]
    /// struct Summary {
    ///     headline: String,
    ///     points: Vec<String>,
    /// }
    ///
    /// # async fn example(dispatcher: Dispatcher) -> codex_ai::Result<()> {
    /// let stream = dispatcher.stream_json::<Summary>("Sum up: it rained.").await?;
    /// let mut points = stream.into_elements_of::<String>("points")?;
    /// while let Some(point) = points.next().await {
    ///     println!("- {}", point?);
    /// }
    /// let summary: Summary = points.finish().await?.value;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArguments`] with a suggestion if the path leads to no list.
    pub fn into_elements_of<E: LlmSchema + 'static>(self, path: &str) -> Result<Elements<T, E>> {
        let is_list = |node: &Node| matches!(node, Node::List(list) if list.first.is_empty());
        let part = Part::new(T::llm_schema(), path, "list", self.pieces.leniency, is_list)?;
        Ok(Elements { part, stream: self.reread(), seen: 0, ready: VecDeque::new() })
    }
}

impl<T, E: LlmSchema + 'static> Elements<T, E> {
    /// The next element. `None` at the end of the answer, and after an error of the stream. Cancel-safe.
    ///
    /// An element that is wrong is an error of kind [`ErrorKind::InvalidOutput`]; the next ones follow it.
    pub async fn next(&mut self) -> Option<Result<E>> {
        std::future::poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }

    /// Waits for the end and gives the whole reply, read from the whole text and checked.
    ///
    /// # Errors
    /// As [`ReplyStream::finish`].
    pub async fn finish(self) -> Result<Reply<T>> {
        self.stream.finish().await
    }

    /// Takes in the text that has come.
    fn take_in(&mut self) {
        if self.part.follow(self.stream.pieces.round) {
            self.seen = 0;
            self.ready.clear();
        }
        if !self.stream.pieces.feed(&mut self.part) {
            return;
        }
        let path = self.part.path();
        let Some(list) = self.part.cursor() else { return };
        let (first, leniency) = (self.seen, self.stream.pieces.leniency);
        let closed = list.items(&mut self.seen).take_while(|item| item.is_closed());
        self.ready.extend(closed.enumerate().map(|(at, item)| read(item, leniency, &path, first + at)));
    }
}

/// The element as a value that is checked.
fn read<E: LlmSchema + 'static>(item: Cursor<'_>, leniency: Leniency, path: &str, index: usize) -> Result<E> {
    let text = item.tree().map_or_else(|| item.written(), |tree| tree.to_string());
    let reply = Reply::from_text("", text.as_str());
    match crate::structured::read_as(&reply, E::llm_schema(), leniency) {
        Ok(parsed) => Ok(parsed.value),
        Err(error) => {
            let message = format!("element {index} of the answer is not a `{}`", E::llm_schema().name());
            let here = if path.is_empty() { format!("$[{index}]") } else { format!("{path}[{index}]") };
            let problems = error.problems().iter().map(|problem| moved(problem, &here)).collect();
            Err(Error::new(ErrorKind::InvalidOutput, message).with_problems(problems).with_answer(text))
        }
    }
}

/// A problem of an element as one of the whole.
fn moved(problem: &Problem, here: &str) -> Problem {
    let path = match problem.path.strip_prefix('$') {
        Some(rest) if rest.is_empty() || rest.starts_with('[') => format!("{here}{rest}"),
        _ if problem.path.is_empty() => here.to_owned(),
        _ => format!("{here}.{}", problem.path),
    };
    let mut problem = problem.clone();
    problem.path = path;
    problem
}

impl<T, E: LlmSchema + 'static> Stream for Elements<T, E> {
    type Item = Result<E>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            self.take_in();
            if let Some(element) = self.ready.pop_front() {
                return Poll::Ready(Some(element));
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
impl<T, E> Unpin for Elements<T, E> {}

impl<T, E> fmt::Debug for Elements<T, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Elements").field("stream", &self.stream).field("seen", &self.seen).finish_non_exhaustive()
    }
}
