//! A provider that gives what a test tells it to.

use std::collections::VecDeque;
use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_core::Stream;
use tokio::time::Sleep;

use crate::capability::{Capability, Images, StrictSchema, Supports, Tools};
use crate::error::{Error, ErrorKind, Result};
use crate::provider::{BoxFuture, Provider};
use crate::reply::Reply;
use crate::request::Request;
use crate::stream::{Chunk, ReplyStream, StreamItem};

/// A provider that gives these answers, in order or by what is asked, and remembers what it was asked. Clones share both.
///
/// ```
/// use codex_ai::testing::Scripted;
/// use codex_ai::{Error, ErrorKind, Message, Provider, Reply, Request};
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let provider = Scripted::new([
///     Ok(Reply::from_text("test-1", "Hello")),
///     Err(Error::new(ErrorKind::RateLimit, "too fast")),
/// ]);
/// let request = Request::new(vec![Message::user("Hi")]);
/// assert_eq!(provider.generate(&request).await.unwrap().text(), "Hello");
/// assert_eq!(provider.generate(&request).await.unwrap_err().kind(), ErrorKind::RateLimit);
/// assert_eq!(provider.requests()[0].messages, request.messages);
/// # });
/// ```
///
/// Where many ask at once, an answer can be [chosen by the request](Self::by).
#[derive(Clone)]
pub struct Scripted {
    name: &'static str,
    choose: Option<Arc<Choose>>,
    lacks: Vec<Capability>,
    state: Arc<Mutex<State>>,
}

/// Chooses an answer by what is asked.
type Choose = dyn Fn(&Request) -> Answer + Send + Sync;

struct State {
    answers: VecDeque<Answer>,
    requests: Vec<Request>,
}

/// One answer of [`Scripted`]: whole or in pieces, at once or later.
///
/// ```
/// use std::time::Duration;
/// use codex_ai::testing::{Answer, Scripted};
/// use codex_ai::{Error, ErrorKind, Message, Provider, Reply, Request};
///
/// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
/// let cut = Error::new(ErrorKind::Incomplete, "the connection broke");
/// let provider = Scripted::answers([
///     Answer::from(Ok(Reply::from_text("test-1", "late"))).after(Duration::from_millis(2)),
///     Answer::pieces(["Hel", "lo"]).pause(Duration::from_millis(1)).ending(Err(cut)),
/// ]);
/// let request = Request::new(vec![Message::user("Hi")]);
/// assert_eq!(provider.generate(&request).await.unwrap().text(), "late");
/// let mut stream = provider.stream(&request).await.unwrap();
/// assert_eq!(stream.next().await.unwrap().unwrap().as_text(), Some("Hel"));
/// # });
/// ```
#[must_use]
pub struct Answer {
    after: Duration,
    pause: Duration,
    pieces: Vec<Chunk>,
    /// `None` where nothing comes any more.
    end: Option<Result<Reply>>,
    /// Whether an error keeps the answer from beginning.
    whole: bool,
}

impl From<Result<Reply>> for Answer {
    fn from(result: Result<Reply>) -> Self {
        Self { after: Duration::ZERO, pause: Duration::ZERO, pieces: Vec::new(), end: Some(result), whole: true }
    }
}

impl Answer {
    /// Text in pieces, and then a reply of all of it from the model `scripted`.
    pub fn pieces<T: Into<String>>(pieces: impl IntoIterator<Item = T>) -> Self {
        let texts: Vec<String> = pieces.into_iter().map(Into::into).collect();
        let reply = Reply::from_text("scripted", texts.concat());
        Self { pieces: texts.into_iter().map(Chunk::Text).collect(), whole: false, ..Self::from(Ok(reply)) }
    }

    /// No answer, ever.
    pub fn never() -> Self {
        Self { end: None, ..Self::pieces([""; 0]) }
    }

    /// Sets how long it takes until the answer begins.
    pub fn after(mut self, wait: Duration) -> Self {
        self.after = wait;
        self
    }

    /// Sets how long it takes from each piece to the next, and to the end.
    pub fn pause(mut self, wait: Duration) -> Self {
        self.pause = wait;
        self
    }

    /// Sets what comes after the last piece.
    pub fn ending(mut self, end: Result<Reply>) -> Self {
        self.end = Some(end);
        self
    }

    /// Nothing comes after the last piece, and no end either.
    pub fn stalling(mut self) -> Self {
        self.end = None;
        self
    }
}

impl Scripted {
    /// A provider with these answers.
    pub fn new(answers: impl IntoIterator<Item = Result<Reply>>) -> Self {
        Self::answers(answers.into_iter().map(Answer::from))
    }

    /// A provider that answers with these texts.
    pub fn texts<T: Into<String>>(texts: impl IntoIterator<Item = T>) -> Self {
        Self::new(texts.into_iter().map(|text| Ok(Reply::from_text("scripted", text))))
    }

    /// A provider with these answers, some of them in pieces or late.
    pub fn answers(answers: impl IntoIterator<Item = Answer>) -> Self {
        let state = State { answers: answers.into_iter().collect(), requests: Vec::new() };
        Self { name: "scripted", choose: None, lacks: Vec::new(), state: Arc::new(Mutex::new(state)) }
    }

    /// A provider whose answers are chosen by what is asked, as where the order of the requests is not known.
    ///
    /// ```
    /// use codex_ai::testing::{Answer, Scripted};
    /// use codex_ai::{Message, Provider, Request};
    ///
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// let provider = Scripted::by(|request| {
    ///     let asked = request.messages.last().and_then(Message::text).unwrap_or_default();
    ///     Answer::pieces(["You said ", &asked])
    /// });
    /// let request = Request::new(vec![Message::user("Hi")]);
    /// assert_eq!(provider.generate(&request).await.unwrap().text(), "You said Hi");
    /// # });
    /// ```
    pub fn by(choose: impl Fn(&Request) -> Answer + Send + Sync + 'static) -> Self {
        Self { choose: Some(Arc::new(choose)), ..Self::answers([]) }
    }

    /// The same provider under another name; `scripted` otherwise.
    #[must_use]
    pub fn named(mut self, name: &'static str) -> Self {
        self.name = name;
        self
    }

    /// The same provider without a capability, in calls by name and behind an [`AnyProvider`](crate::AnyProvider). To the
    /// compiler it supports everything.
    #[must_use]
    pub fn without(mut self, capability: Capability) -> Self {
        self.lacks.push(capability);
        self
    }

    /// What it was asked, oldest first.
    pub fn requests(&self) -> Vec<Request> {
        self.state().requests.clone()
    }

    /// How many answers have not been given yet; 0 where they are chosen by what is asked.
    pub fn left(&self) -> usize {
        self.state().answers.len()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn next_answer(&self, request: &Request) -> Answer {
        let next = {
            let mut state = self.state();
            state.requests.push(request.clone());
            state.answers.pop_front()
        };
        // Chosen outside of the lock: the choice may ask this provider what came so far.
        let answer = next.or_else(|| self.choose.as_ref().map(|choose| choose(request))).unwrap_or_else(|| {
            let error = Error::new(ErrorKind::Other, "the script has no answer left")
                .with_help("give `Scripted` an answer for each request that the test makes");
            Answer::from(Err(error))
        });
        if !answer.after.is_zero() {
            tokio::time::sleep(answer.after).await;
        }
        answer
    }
}

impl Provider for Scripted {
    fn name(&self) -> &str {
        self.name
    }

    fn generate<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Result<Reply>> {
        Box::pin(async move {
            let answer = self.next_answer(request).await;
            let pauses = u32::try_from(answer.pieces.len()).unwrap_or(u32::MAX);
            if !answer.pause.is_zero() {
                tokio::time::sleep(answer.pause.saturating_mul(pauses)).await;
            }
            match answer.end {
                Some(end) => end,
                None => std::future::pending().await,
            }
        })
    }

    fn stream<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Result<ReplyStream>> {
        Box::pin(async move {
            let answer = self.next_answer(request).await;
            if answer.whole {
                let end = answer.end.unwrap_or_else(|| Ok(Reply::from_text("scripted", "")));
                return Ok(ReplyStream::from_reply(end?));
            }
            Ok(ReplyStream::new(Pieces {
                pieces: answer.pieces.into(),
                end: answer.end,
                pause: answer.pause,
                first: true,
                timer: None,
            }))
        })
    }

    fn supports(&self, capability: Capability, _: Option<&str>) -> bool {
        !self.lacks.contains(&capability)
    }
}

impl<Q> Supports<Images, Q> for Scripted {}
impl<Q> Supports<Tools, Q> for Scripted {}
impl<Q> Supports<StrictSchema, Q> for Scripted {}

/// The pieces of an answer, with pauses between them.
struct Pieces {
    pieces: VecDeque<Chunk>,
    end: Option<Result<Reply>>,
    pause: Duration,
    first: bool,
    timer: Option<Pin<Box<Sleep>>>,
}

impl Stream for Pieces {
    type Item = Result<StreamItem>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if !self.pause.is_zero() && !self.first {
            let pause = self.pause;
            let timer = self.timer.get_or_insert_with(|| Box::pin(tokio::time::sleep(pause)));
            ready!(timer.as_mut().poll(cx));
            self.timer = None;
        }
        self.first = false;
        match self.pieces.pop_front() {
            Some(piece) => Poll::Ready(Some(Ok(StreamItem::Chunk(piece)))),
            None => match self.end.take() {
                Some(end) => Poll::Ready(Some(end.map(|reply| StreamItem::Done(Box::new(reply))))),
                None => Poll::Pending,
            },
        }
    }
}

impl fmt::Debug for Scripted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.state();
        f.debug_struct("Scripted").field("left", &state.answers.len()).field("asked", &state.requests.len()).finish()
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer")
            .field("after", &self.after)
            .field("pause", &self.pause)
            .field("pieces", &self.pieces.len())
            .finish_non_exhaustive()
    }
}
