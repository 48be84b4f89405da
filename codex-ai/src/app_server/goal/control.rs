//! What can be done to a goal that is worked towards.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use serde::Serialize;

use super::super::core::Core;
use super::super::event::Events;
use super::super::input::IntoInput;
use super::super::kind::EventKind;
use super::super::notices::GoalStatus;
use super::super::params::OfThread;
use super::super::rpc::RpcError;
use super::super::turn;
use super::{current_goal, set_goal};
use crate::error::{Error, ErrorKind, Result};

/// What can be done to a goal that is worked towards, for use beside the reader of its events. Cloned cheaply.
#[derive(Clone)]
pub struct GoalControl {
    pub(super) core: Core,
    pub(super) thread: Arc<str>,
    pub(super) id: Arc<str>,
    shared: Arc<Shared>,
}

struct Shared {
    /// The turn that runs, or ran last, as far as is known.
    turn: Mutex<Arc<str>>,
    interrupted: AtomicBool,
    over: AtomicBool,
}

/// The most turns that are tried one after another.
const TRIES: usize = 8;

impl GoalControl {
    pub(super) fn new(core: Core, thread: Arc<str>, id: Arc<str>) -> Self {
        let shared = Shared {
            turn: Mutex::new(Arc::clone(&id)),
            interrupted: AtomicBool::new(false),
            over: AtomicBool::new(false),
        };
        Self { core, thread, id, shared: Arc::new(shared) }
    }

    /// The id of the whole: that of its first turn.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The id of its thread.
    pub fn thread_id(&self) -> &str {
        &self.thread
    }

    /// Gives the model more to go on with, in the turn that runs now. Between two turns it waits for the next one.
    ///
    /// # Errors
    /// Where the server refuses: no turn is to come any more, or the input is empty.
    pub async fn steer(&self, input: impl IntoInput) -> Result<()> {
        let input = input.into_input();
        // From before the request on, so that the beginning of the next turn cannot be missed.
        let mut events = self.core.thread_events(&self.thread);
        let mut turn = self.turn();
        for _ in 0..TRIES {
            let Err(error) = turn::steer(&self.core, &self.thread, &turn, &input).await else {
                self.runs(&turn);
                return Ok(());
            };
            turn = match Refusal::of(&error) {
                Some(Refusal::Other(named)) if named != *turn => named.as_str().into(),
                Some(Refusal::NoTurn) => self.next_turn(&mut events, error).await?,
                _ => return Err(error),
            };
        }
        Err(Error::new(ErrorKind::Other, "the goal went from turn to turn too fast to be steered"))
    }

    /// Interrupts the turn that runs and pauses the goal, so that no other begins. The events end with
    /// `turn/completed`, whose status is [`Interrupted`](super::super::TurnStatus::Interrupted).
    ///
    /// # Errors
    /// Where the server refuses, or the goal is over.
    pub async fn interrupt(&self) -> Result<()> {
        if self.shared.over.load(Ordering::Acquire) {
            return Err(Error::new(ErrorKind::InvalidRequest, "the goal is over: there is nothing to interrupt"));
        }
        self.shared.interrupted.store(true, Ordering::Release);
        if let Err(error) = set_goal(&self.core, &self.thread, None, Some(GoalStatus::Paused), None).await {
            self.shared.interrupted.store(false, Ordering::Release);
            return Err(error);
        }
        let mut turn = self.turn();
        for _ in 0..TRIES {
            let Err(error) = self.core.interrupt(&self.thread, &turn).await else { break };
            match Refusal::of(&error) {
                Some(Refusal::Other(named)) if named != *turn => turn = named.as_str().into(),
                // It was between two turns, and the next one does not come.
                Some(Refusal::NoTurn) => break,
                _ => return Err(error),
            }
        }
        Ok(())
    }

    /// The same without waiting.
    pub(super) fn interrupt_later(&self) {
        match tokio::runtime::Handle::try_current() {
            Ok(runtime) => {
                let control = self.clone();
                // Nobody is there to be told of a refusal.
                runtime.spawn(async move { drop(control.interrupt().await) });
            }
            Err(_) => {
                let pause = OfThread { thread_id: &self.thread, more: Pause { status: GoalStatus::Paused } };
                self.core.fire("thread/goal/set", &pause);
                self.core.fire_interrupt(&self.thread, &self.turn());
            }
        }
    }

    pub(super) fn is_interrupted(&self) -> bool {
        self.shared.interrupted.load(Ordering::Acquire)
    }

    pub(super) fn is_over(&self) {
        self.shared.over.store(true, Ordering::Release);
    }

    /// Notes that this turn runs.
    pub(super) fn runs(&self, turn: &Arc<str>) {
        *self.shared.turn.lock().unwrap_or_else(PoisonError::into_inner) = Arc::clone(turn);
    }

    fn turn(&self) -> Arc<str> {
        Arc::clone(&self.shared.turn.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Waits for the next turn; where none is to come, there is this error.
    async fn next_turn(&self, events: &mut Events, refused: Error) -> Result<Arc<str>> {
        let goal = current_goal(&self.core, &self.thread).await?;
        if goal.is_none_or(|goal| goal.status != GoalStatus::Active) {
            return Err(refused);
        }
        let next = async {
            while let Some(event) = events.next().await {
                match event.ok()?.kind() {
                    EventKind::TurnStarted { turn } => return Some(turn.id.into()),
                    EventKind::GoalUpdated { goal } if goal.status != GoalStatus::Active => return None,
                    EventKind::GoalCleared => return None,
                    _ => {}
                }
            }
            None
        };
        match tokio::time::timeout(self.core.options().request_timeout, next).await {
            Ok(Some(turn)) => Ok(turn),
            _ => Err(refused),
        }
    }
}

#[derive(Serialize)]
struct Pause {
    status: GoalStatus,
}

/// Why a turn cannot be steered or interrupted, as Codex 0.169.0 says it: there is no code for it.
#[derive(Debug, PartialEq, Eq)]
enum Refusal {
    NoTurn,
    /// Another turn runs.
    Other(String),
}

impl Refusal {
    fn of(error: &Error) -> Option<Self> {
        let message = &RpcError::of(error)?.message;
        if message.starts_with("no active turn") {
            return Some(Self::NoTurn);
        }
        // With backticks round the ids, or without.
        let (_, named) = message.strip_prefix("expected active turn id")?.split_once(" but found ")?;
        let named = named.trim().trim_matches('`');
        (!named.is_empty()).then(|| Self::Other(named.to_owned()))
    }
}

impl fmt::Debug for GoalControl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GoalControl").field("id", &self.id).field("thread", &self.thread).finish_non_exhaustive()
    }
}
