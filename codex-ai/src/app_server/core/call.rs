//! One request: its turn, its answer, its time, and asking again.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use serde::Serialize;
use serde_json::value::RawValue;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};
use tokio::time::{Instant, timeout_at};

use super::super::closed::{Closed, ClosedReason};
use super::super::event::Events;
use super::super::rpc::RpcError;
use super::Shared;
use super::interrupt::Early;
use super::queue::Outgoing;
use super::router::{Answer, AnswerError, Claim, Interrupt};
use crate::error::{Error, ErrorKind, Result};
use crate::telemetry;

/// How one request is made.
#[derive(Debug, Clone, Default)]
pub(crate) struct Call {
    /// Other than the client's.
    pub(crate) timeout: Option<Duration>,
    /// What the answer names.
    pub(crate) claim: Option<Claim>,
    /// The turn that it ends; see [`interrupt`](super::interrupt).
    pub(crate) ends: Option<Interrupt>,
}

type Answered = (Box<RawValue>, Option<Events>);

/// A request that was sent. Dropped, its slot is free, and what its answer names is ended where that was wanted.
struct Asked<'a> {
    shared: &'a Arc<Shared>,
    id: u64,
    answer: oneshot::Receiver<Answer>,
}

impl Drop for Asked<'_> {
    fn drop(&mut self) {
        if let Some(unwanted) = self.shared.router.abandon(self.id, &mut self.answer) {
            self.shared.end(&unwanted);
        }
    }
}

/// What a request waits for.
enum Waiting {
    Permit,
    Room,
    Answer,
}

impl Shared {
    /// Asks until there is an answer or no time left. A closed connection ends it at once, whatever it waits for.
    pub(super) async fn call(self: &Arc<Self>, method: &str, params: &impl Serialize, call: &Call) -> Result<Answered> {
        if let Some(closed) = self.refused() {
            return Err(closed.refused_call(method));
        }
        let asked = async {
            let mut attempts = pin!(self.attempts(method, params, call, None));
            let closed = tokio::select! {
                biased;
                answer = &mut attempts => return answer,
                closed = self.ended() => closed,
            };
            // An answer that came before the end counts, also one that came between the two looks.
            match poll_fn(|cx| Poll::Ready(attempts.as_mut().poll(cx))).await {
                Poll::Ready(answer) => answer,
                Poll::Pending => Err(closed.refused_call(method)),
            }
        };
        telemetry::request(method, asked).await
    }

    /// Asks in the background.
    pub(super) fn fire(self: &Arc<Self>, method: &'static str, params: Box<RawValue>, call: Call) {
        if self.refused().is_some() {
            return;
        }
        // Sent from here, as the last handle may be about to go.
        let first =
            Arc::clone(self.lane(method)).try_acquire_owned().ok().map(|permit| (permit, self.send(method, &params)));
        let shared = Arc::clone(self);
        self.runtime.spawn(async move {
            let first = match first {
                Some((permit, Ok((id, answer)))) => Some((permit, Asked { shared: &shared, id, answer })),
                Some((_, Err(_))) => return,
                None => None,
            };
            tokio::select! {
                _ = shared.attempts(method, &params, &call, first) => {}
                _ = shared.ended() => {}
            }
        });
    }

    /// Why nothing can be asked any more.
    fn refused(&self) -> Option<Arc<Closed>> {
        if let Some(closed) = &*self.closed.borrow() {
            return Some(Arc::clone(closed));
        }
        self.stop.borrow().reason().map(|reason| Arc::new(Closed::early(reason)))
    }

    fn lane(&self, method: &str) -> &Arc<Semaphore> {
        match method {
            "turn/interrupt" | "turn/steer" | "account/login/cancel" => &self.urgent,
            _ => &self.in_flight,
        }
    }

    async fn attempts(
        self: &Arc<Self>,
        method: &str,
        params: &impl Serialize,
        call: &Call,
        mut first: Option<(OwnedSemaphorePermit, Asked<'_>)>,
    ) -> Result<Answered> {
        let limit = call.timeout.unwrap_or(self.options.request_timeout);
        let deadline = Instant::now().checked_add(limit);
        let late = |waiting| self.late(method, limit, &waiting);
        let overload = &self.options.overload;
        let again = if method == "turn/start" && !overload.turn_starts { 0 } else { overload.retries };
        let mut retries = 0;
        let mut early = Early::default();
        loop {
            let answer = {
                let (_permit, mut asked) = match first.take() {
                    Some(first) => first,
                    None => {
                        let permit = Arc::clone(self.lane(method)).acquire_owned();
                        let permit = within(deadline, permit).await.ok_or_else(|| late(Waiting::Permit))?;
                        let permit = permit.map_err(|_| given_up(method))?;
                        within(deadline, self.queue.room()).await.ok_or_else(|| late(Waiting::Room))?;
                        let claim = call.claim.clone();
                        let (id, answer) = match &early.instead {
                            Some(instead) => self.send_claiming(method, instead, claim)?,
                            None => self.send_claiming(method, params, claim)?,
                        };
                        (permit, Asked { shared: self, id, answer })
                    }
                };
                let answer = within(deadline, &mut asked.answer).await.ok_or_else(|| late(Waiting::Answer))?;
                answer.map_err(|_| given_up(method))?
            };
            let error = match answer.result {
                Ok(raw) => return Ok((raw, answer.events)),
                Err(AnswerError::Rpc(raw)) => RpcError::read(raw.get()).without(&self.secrets),
                Err(AnswerError::Closed(closed)) => return Err(closed.refused_call(method)),
                Err(AnswerError::Unreadable { too_long }) => return Err(self.unreadable(method, too_long)),
            };
            let wait = match error.is_overloaded() {
                true if retries == again => None,
                true => {
                    retries += 1;
                    Some(overload.wait(retries - 1))
                }
                false => early.wait(&error, call, self),
            };
            let in_time = |wait: &Duration| deadline.is_none_or(|end| end.duration_since(Instant::now()) > *wait);
            match wait.filter(in_time) {
                Some(wait) => tokio::time::sleep(wait).await,
                None => return Err(error.into_error(method)),
            }
        }
    }

    fn send(&self, method: &str, params: &impl Serialize) -> Result<(u64, oneshot::Receiver<Answer>)> {
        self.send_claiming(method, params, None)
    }

    /// Puts a request into the queue.
    fn send_claiming(
        &self,
        method: &str,
        params: &impl Serialize,
        claim: Option<Claim>,
    ) -> Result<(u64, oneshot::Receiver<Answer>)> {
        let id = self.router.next_id();
        let line = request_line(id, method, params)?;
        let mut answer = self.router.open(id, claim).map_err(|closed| closed.refused_call(method))?;
        if self.queue.send(Outgoing::Line(line)).is_err() {
            self.router.abandon(id, &mut answer);
            let closed = self.refused().unwrap_or_else(|| Arc::new(Closed::early(ClosedReason::ShutDown)));
            return Err(closed.refused_call(method));
        }
        Ok((id, answer))
    }

    fn late(&self, method: &str, limit: Duration, waiting: &Waiting) -> Error {
        let unsent = self.queue.unsent();
        let (message, help) = match waiting {
            Waiting::Permit => (
                format!(
                    "`{method}` was not sent within {limit:?}: all requests that may be under way have no answer yet"
                ),
                "ask less at once, or raise `ClientOptions::with_request_timeout`",
            ),
            Waiting::Room => (
                format!(
                    "`{method}` was not sent within {limit:?}: {unsent} bytes wait for a server that does not read"
                ),
                "start another client if it stays so",
            ),
            Waiting::Answer if unsent > 0 => (
                format!(
                    "`{method}` got no answer within {limit:?}: {unsent} bytes wait for a server that does not read"
                ),
                "start another client if it stays so",
            ),
            Waiting::Answer => (
                format!("`{method}` got no answer within {limit:?}"),
                "raise `ClientOptions::with_request_timeout`, or ask again if asking twice does no harm",
            ),
        };
        Error::new(ErrorKind::Timeout, message).with_help(help)
    }

    fn unreadable(&self, method: &str, too_long: bool) -> Error {
        match too_long {
            true => Error::new(
                ErrorKind::TooLarge,
                format!("the answer to `{method}` is longer than {} bytes", self.options.max_line),
            )
            .with_help("raise `ClientOptions::with_max_line`, or ask for less"),
            false => Error::new(ErrorKind::Protocol, format!("the answer to `{method}` is no JSON-RPC message"))
                .with_help("see the line in `Client::events`, and report which version of the server it is"),
        }
    }
}

/// The result, or `None` where there is no time left.
async fn within<F: Future>(deadline: Option<Instant>, future: F) -> Option<F::Output> {
    match deadline {
        Some(deadline) => timeout_at(deadline, future).await.ok(),
        None => Some(future.await),
    }
}

pub(super) fn request_line(id: u64, method: &str, params: &impl Serialize) -> Result<Vec<u8>> {
    #[derive(Serialize)]
    struct Line<'a, P> {
        id: u64,
        method: &'a str,
        params: &'a P,
    }
    serde_json::to_vec(&Line { id, method, params }).map_err(|error| unwritable(method, error))
}

pub(crate) fn unwritable(method: &str, error: serde_json::Error) -> Error {
    Error::new(ErrorKind::InvalidRequest, format!("the parameters of `{method}` are no JSON: {error}"))
        .with_help("use maps whose keys are texts")
        .with_source(error)
}

fn given_up(method: &str) -> Error {
    Error::new(ErrorKind::Other, format!("`{method}` was given up"))
}
