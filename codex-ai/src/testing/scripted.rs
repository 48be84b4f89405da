//! A provider that gives what a test tells it to.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::error::{Error, ErrorKind, Result};
use crate::provider::{BoxFuture, Provider};
use crate::reply::Reply;
use crate::request::Request;

/// A provider that gives these answers, in order, and remembers what it was asked. Clones share both.
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
#[derive(Clone)]
pub struct Scripted(Arc<Mutex<State>>);

struct State {
    answers: VecDeque<Result<Reply>>,
    requests: Vec<Request>,
}

impl Scripted {
    /// A provider with these answers.
    pub fn new(answers: impl IntoIterator<Item = Result<Reply>>) -> Self {
        Self(Arc::new(Mutex::new(State { answers: answers.into_iter().collect(), requests: Vec::new() })))
    }

    /// A provider that answers with these texts.
    pub fn texts<T: Into<String>>(texts: impl IntoIterator<Item = T>) -> Self {
        Self::new(texts.into_iter().map(|text| Ok(Reply::from_text("scripted", text))))
    }

    /// What it was asked, oldest first.
    pub fn requests(&self) -> Vec<Request> {
        self.state().requests.clone()
    }

    /// How many answers have not been given yet.
    pub fn left(&self) -> usize {
        self.state().answers.len()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Provider for Scripted {
    fn name(&self) -> &str {
        "scripted"
    }

    fn generate<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Result<Reply>> {
        Box::pin(async move {
            let mut state = self.state();
            state.requests.push(request.clone());
            state.answers.pop_front().unwrap_or_else(|| {
                Err(Error::new(ErrorKind::Other, "the script has no answer left")
                    .with_help("give `Scripted` an answer for each request that the test makes"))
            })
        })
    }
}

impl fmt::Debug for Scripted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.state();
        f.debug_struct("Scripted").field("left", &state.answers.len()).field("asked", &state.requests.len()).finish()
    }
}
