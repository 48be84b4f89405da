//! The watch over a turn that falls silent.

use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tokio::time::{Instant, Sleep, timeout};

use super::event::Event;
use super::info::{ThreadActiveFlag, ThreadStatus, TurnStatus};
use super::params::OfThread;
use super::turn::TurnControl;
use crate::error::{Error, ErrorKind};
use crate::provider::BoxFuture;

/// How long the server is asked whether a silent turn is over, and how long it may take to interrupt it.
const ASKING: Duration = Duration::from_secs(5);

/// Counts from the last event of a turn on. When the limit has passed, the server is asked once how the turn is: one
/// that is over ends, one that waits for an answer of the client goes on, and any other is interrupted.
pub(crate) struct Idle {
    limit: Duration,
    since: Instant,
    stage: Stage,
}

enum Stage {
    Waiting(Option<Pin<Box<Sleep>>>),
    Looking(Owned<Look>),
    Interrupting(Owned<()>),
}

/// A future that is only ever polled by its owner: never locked, it makes the turn that has it `Sync`, without which a
/// task that awaits `Turn::steer` could not be spawned.
struct Owned<T>(Mutex<BoxFuture<'static, T>>);

impl<T> Owned<T> {
    fn new(future: impl Future<Output = T> + Send + 'static) -> Self {
        Self(Mutex::new(Box::pin(future)))
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<T> {
        self.0.get_mut().unwrap_or_else(PoisonError::into_inner).as_mut().poll(cx)
    }
}

/// What a silent turn turns out to be.
pub(crate) enum Silent {
    /// Over; its `turn/completed` did not come, and this is what it would have been.
    Over(Event),
    /// Given up.
    Error(Error),
}

enum Look {
    Over(Event),
    /// It is over, but how it ended cannot be told.
    Gone,
    /// An approval or an input is open.
    Asks,
    /// It is said to run, or nothing is said.
    Runs,
}

impl Idle {
    pub(crate) fn new(limit: Duration) -> Self {
        Self { limit, since: Instant::now(), stage: Stage::Waiting(None) }
    }

    /// An event came.
    pub(crate) fn reset(&mut self) {
        self.since = Instant::now();
        if let Stage::Looking(_) = self.stage {
            self.stage = Stage::Waiting(None);
        }
    }

    /// Whether it is past asking, so that no event may come before its error.
    pub(crate) fn is_ending(&self) -> bool {
        matches!(self.stage, Stage::Interrupting(_))
    }

    /// To be polled while there is no event.
    pub(crate) fn poll(&mut self, cx: &mut Context<'_>, turn: &TurnControl) -> Poll<Silent> {
        loop {
            match &mut self.stage {
                Stage::Waiting(sleep) => {
                    // No such moment: there is no limit.
                    let Some(deadline) = self.since.checked_add(self.limit) else { return Poll::Pending };
                    let sleep = sleep.get_or_insert_with(|| Box::pin(tokio::time::sleep_until(deadline)));
                    if sleep.deadline() < deadline {
                        sleep.as_mut().reset(deadline);
                    }
                    ready!(sleep.as_mut().poll(cx));
                    self.stage = Stage::Looking(Owned::new(look(turn.clone())));
                }
                Stage::Looking(looking) => match ready!(looking.poll(cx)) {
                    Look::Over(event) => return Poll::Ready(Silent::Over(event)),
                    Look::Gone => {
                        self.again();
                        let error = self.error("the server says that its thread is idle");
                        return Poll::Ready(Silent::Error(error));
                    }
                    Look::Asks => self.again(),
                    Look::Runs => {
                        let turn = turn.clone();
                        self.stage = Stage::Interrupting(Owned::new(async move {
                            // The error tells of the silence; that it cannot be interrupted either adds nothing.
                            let _ = timeout(ASKING, turn.interrupt()).await;
                        }));
                    }
                },
                Stage::Interrupting(interrupting) => {
                    ready!(interrupting.poll(cx));
                    self.again();
                    return Poll::Ready(Silent::Error(self.error("it was interrupted")));
                }
            }
        }
    }

    fn again(&mut self) {
        self.since = Instant::now();
        self.stage = Stage::Waiting(None);
    }

    fn error(&self, what: &str) -> Error {
        Error::new(ErrorKind::Timeout, format!("the turn gave no event for {:?}; {what}", self.limit))
            .with_help("raise `TurnOptions::with_idle_timeout`; what comes of the turn later can still be read")
    }
}

/// Asks the server how the turn is.
async fn look(turn: TurnControl) -> Look {
    // An ephemeral thread does not tell its turns.
    for include_turns in [true, false] {
        match timeout(ASKING, read(&turn, include_turns)).await {
            Ok(Some(look)) => return look,
            Ok(None) => {}
            Err(_) => break,
        }
    }
    Look::Runs
}

async fn read(turn: &TurnControl, include_turns: bool) -> Option<Look> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct More {
        include_turns: bool,
    }
    #[derive(Deserialize)]
    struct Answer {
        thread: Thread,
    }
    #[derive(Deserialize)]
    struct Thread {
        status: Option<ThreadStatus>,
        #[serde(default)]
        turns: Vec<Box<RawValue>>,
    }
    #[derive(Deserialize)]
    struct Head {
        id: String,
        status: TurnStatus,
    }
    #[derive(Serialize)]
    struct Completed<'a> {
        turn: &'a RawValue,
    }
    let params = OfThread { thread_id: turn.thread_id(), more: More { include_turns } };
    let Answer { thread } = turn.core().call("thread/read", &params).await.ok()?;
    for raw in &thread.turns {
        let Ok(head) = serde_json::from_str::<Head>(raw.get()) else { continue };
        if head.id == turn.id() && head.status != TurnStatus::InProgress {
            let params =
                serde_json::to_string(&OfThread { thread_id: turn.thread_id(), more: Completed { turn: raw } }).ok()?;
            return Some(Look::Over(Event::known("turn/completed", &params, None)));
        }
    }
    let asks = |flag: &ThreadActiveFlag| !matches!(flag, ThreadActiveFlag::Unknown(_));
    Some(match thread.status? {
        ThreadStatus::Active { active_flags } if active_flags.iter().any(asks) => Look::Asks,
        ThreadStatus::Active { .. } => Look::Runs,
        _ => Look::Gone,
    })
}
