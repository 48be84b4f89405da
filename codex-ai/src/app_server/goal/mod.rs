//! Goals: what the server works towards by itself, turn after turn.

mod control;
mod cursor;

use std::collections::VecDeque;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use serde::{Deserialize, Serialize};

pub use self::control::GoalControl;
use self::cursor::Cursor;
use super::core::Core;
use super::event::{Event, Events};
use super::finished::{self, FinishedTurn};
use super::info::ThreadStatus;
use super::input::IntoInput;
use super::kind::EventKind;
use super::notices::{Goal, GoalStatus};
use super::params::{Nothing, OfThread};
use super::thread::Thread;
use crate::error::{Error, ErrorKind, Result};

/// Characters of a goal, at most (Codex 0.169.0).
const LONGEST: usize = 4000;

/// What is to be worked towards.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct GoalOptions {
    /// The goal, in at most 4000 characters.
    pub objective: String,
    /// The tokens that it may cost.
    pub token_budget: Option<u64>,
}

impl GoalOptions {
    /// This goal.
    pub fn new(objective: impl Into<String>) -> Self {
        Self { objective: objective.into(), token_budget: None }
    }

    /// The tokens that it may cost.
    #[must_use]
    pub fn with_token_budget(mut self, tokens: u64) -> Self {
        self.token_budget = Some(tokens);
        self
    }

    /// What the server would refuse, before anything is sent.
    fn check(&self) -> Result<()> {
        let length = self.objective.chars().count();
        let message = match length {
            _ if self.objective.trim().is_empty() => "a goal must not be empty".to_owned(),
            _ if length > LONGEST => format!("a goal has at most {LONGEST} characters, and this one has {length}"),
            _ => return Ok(()),
        };
        Err(Error::new(ErrorKind::InvalidRequest, message))
    }
}

impl From<&str> for GoalOptions {
    fn from(objective: &str) -> Self {
        Self::new(objective)
    }
}

impl From<String> for GoalOptions {
    fn from(objective: String) -> Self {
        Self::new(objective)
    }
}

/// A goal that is worked towards: as many turns as that takes, seen as one.
///
/// All events have the id of the first turn; of the beginnings and ends of turns there is one each. When it is dropped,
/// the server goes on working, unless [`pause_on_drop`](Self::pause_on_drop) says otherwise.
#[must_use = "a goal is worked towards all the same, but its events are seen by who reads them"]
pub struct GoalRun {
    control: GoalControl,
    events: Events,
    cursor: Cursor,
    /// Events to be given before any other.
    ready: VecDeque<Event>,
    pause_on_drop: bool,
    over: bool,
}

impl Thread {
    /// Sets a goal, in place of one that was, and follows the work towards it. The server begins a turn by itself, and
    /// the next one after it, until the model says that the goal is met, or something stands in its way.
    ///
    /// # Errors
    /// Where the goal is empty or longer than 4000 characters, the thread is ephemeral or has a turn under way, goals
    /// are turned off, or no turn begins within the client's time limit of a request. Nothing is asked of the model then.
    pub async fn goal(&self, goal: impl Into<GoalOptions>) -> Result<GoalRun> {
        let goal = goal.into();
        goal.check()?;
        self.subscribed("thread/goal/set")?;
        let refused = |why: &str| Error::new(ErrorKind::InvalidRequest, format!("no goal can be set: {why}"));
        let info = self.read(false).await?;
        if info.ephemeral || info.path.is_none() {
            return Err(refused("the thread is ephemeral"));
        }
        if info.status.is_some_and(|status| status != ThreadStatus::Idle) {
            return Err(refused("the thread is not idle"));
        }
        self.clear_goal().await?;
        GoalRun::start(self.core.clone(), Arc::clone(&self.id), goal).await
    }

    /// The goal of the thread, as it stands; `None` where there is none.
    ///
    /// # Errors
    /// Where the server refuses.
    pub async fn current_goal(&self) -> Result<Option<Goal>> {
        current_goal(&self.core, &self.id).await
    }

    /// Pauses the goal: no further turn begins. One that runs goes on.
    ///
    /// # Errors
    /// Where the server refuses: there is no goal.
    pub async fn pause_goal(&self) -> Result<Goal> {
        set_goal(&self.core, &self.id, None, Some(GoalStatus::Paused), None).await
    }

    /// Takes the goal away; `false` where there was none. A turn that runs goes on.
    ///
    /// # Errors
    /// Where the server refuses.
    pub async fn clear_goal(&self) -> Result<bool> {
        #[derive(Deserialize)]
        struct Answer {
            cleared: bool,
        }
        let params = OfThread { thread_id: &self.id, more: Nothing {} };
        let Answer { cleared } = self.core.call("thread/goal/clear", &params).await?;
        Ok(cleared)
    }
}

async fn current_goal(core: &Core, thread: &str) -> Result<Option<Goal>> {
    #[derive(Deserialize)]
    struct Answer {
        goal: Option<Goal>,
    }
    let Answer { goal } = core.call("thread/goal/get", &OfThread { thread_id: thread, more: Nothing {} }).await?;
    Ok(goal)
}

async fn set_goal(
    core: &Core,
    thread: &str,
    objective: Option<&str>,
    status: Option<GoalStatus>,
    token_budget: Option<u64>,
) -> Result<Goal> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Params<'a> {
        thread_id: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        objective: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        status: Option<GoalStatus>,
        #[serde(skip_serializing_if = "Option::is_none")]
        token_budget: Option<u64>,
    }
    #[derive(Deserialize)]
    struct Answer {
        goal: Goal,
    }
    let params = Params { thread_id: thread, objective, status, token_budget };
    let Answer { goal } = core.call("thread/goal/set", &params).await?;
    Ok(goal)
}

/// Pauses a goal that was set when the wait for its first turn is given up.
struct Starting {
    control: Option<GoalControl>,
}

impl Drop for Starting {
    fn drop(&mut self) {
        if let Some(control) = &self.control {
            control.interrupt_later();
        }
    }
}

impl GoalRun {
    async fn start(core: Core, thread: Arc<str>, options: GoalOptions) -> Result<Self> {
        // From before the request on, so that no event can be missed.
        let mut events = core.thread_events(&thread);
        // Which turn it will be is not known yet; an interrupt with this id is told the true one.
        let control = GoalControl::new(core.clone(), Arc::clone(&thread), "none".into());
        let mut starting = Starting { control: Some(control) };
        let set = set_goal(&core, &thread, Some(&options.objective), Some(GoalStatus::Active), options.token_budget);
        let goal = match set.await {
            Ok(goal) => goal,
            Err(error) => {
                // One that was refused was not set; of any other it is not known.
                if error.kind() != ErrorKind::Timeout {
                    starting.control = None;
                }
                return Err(error);
            }
        };
        let mut early = VecDeque::new();
        let first = async {
            while let Some(event) = events.next().await {
                let event = event?;
                let begun = match (event.method(), event.kind()) {
                    ("turn/started", EventKind::TurnStarted { turn }) => Some(turn.id),
                    _ => None,
                };
                if begun.is_some() || event.method().starts_with("thread/goal/") {
                    early.push_back(event);
                }
                if let Some(id) = begun {
                    return Ok(id);
                }
            }
            Err(Error::new(ErrorKind::Incomplete, "the events ended before the first turn of the goal began"))
        };
        let limit = core.options().request_timeout;
        let late = |_| Error::new(ErrorKind::Timeout, format!("the goal was set, but no turn began within {limit:?}"));
        let id: Arc<str> = tokio::time::timeout(limit, first).await.map_err(late)??.into();
        starting.control = None;
        let control = GoalControl::new(core, thread, Arc::clone(&id));
        let cursor = Cursor::new(id, goal);
        let mut run = Self { control, events, cursor, ready: VecDeque::new(), pause_on_drop: false, over: false };
        for event in early {
            run.take(event);
        }
        Ok(run)
    }

    /// The id of the whole: that of its first turn.
    pub fn id(&self) -> &str {
        self.control.id()
    }

    /// The id of its thread.
    pub fn thread_id(&self) -> &str {
        self.control.thread_id()
    }

    /// The goal as the events that were read tell of it: its status, and what it has cost.
    pub fn goal(&self) -> Option<&Goal> {
        self.cursor.goal()
    }

    /// What can be done to it, for use beside its reader.
    pub fn control(&self) -> GoalControl {
        self.control.clone()
    }

    /// Whether the goal is paused, and the turn that runs interrupted, when this handle is dropped before the end. While
    /// [`run`](Self::run) and [`finish`](Self::finish) wait, it is so always: who gives them up does not want the work.
    pub fn pause_on_drop(mut self, pause: bool) -> Self {
        self.pause_on_drop = pause;
        self
    }

    /// The next event; `None` after `turn/completed`, and after the error of a closed connection. Cancel-safe.
    pub async fn next(&mut self) -> Option<Result<Event>> {
        std::future::poll_fn(|cx| self.poll(cx)).await
    }

    /// Reads to the end and puts together what came: the items, tokens and the time of all turns. Where its future is
    /// dropped, the goal is paused.
    ///
    /// # Errors
    /// As [`Turn::run`](super::Turn::run).
    pub async fn run(self) -> Result<FinishedTurn> {
        self.finish().await?.into_result()
    }

    /// Like [`run`](Self::run), where a turn that failed is no error either.
    ///
    /// # Errors
    /// Where the events end before the goal does.
    pub async fn finish(mut self) -> Result<FinishedTurn> {
        self.pause_on_drop = true;
        finished::collect(&mut self).await
    }

    /// Gives the model more to go on with; see [`GoalControl::steer`].
    ///
    /// # Errors
    /// Where the server refuses.
    pub async fn steer(&self, input: impl IntoInput) -> Result<()> {
        self.control.steer(input).await
    }

    /// Interrupts the turn that runs and pauses the goal; see [`GoalControl::interrupt`].
    ///
    /// # Errors
    /// Where the server refuses, or the goal is over.
    pub async fn interrupt(&self) -> Result<()> {
        self.control.interrupt().await
    }

    fn take(&mut self, event: Event) {
        let step = self.cursor.take(event, self.control.is_interrupted());
        if let Some(turn) = self.cursor.active() {
            self.control.runs(turn);
        }
        self.ready.extend(step.event);
        if let Some(end) = step.end {
            self.ready.push_back(end);
            self.over = true;
            self.control.is_over();
        }
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Event>>> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Poll::Ready(Some(Ok(event)));
            }
            if self.over {
                return Poll::Ready(None);
            }
            match ready!(Pin::new(&mut self.events).poll_next(cx)) {
                Some(Ok(event)) => self.take(event),
                end => {
                    self.over = true;
                    return Poll::Ready(end);
                }
            }
        }
    }
}

impl Drop for GoalRun {
    fn drop(&mut self) {
        if self.pause_on_drop && !self.over {
            self.control.interrupt_later();
        }
    }
}

impl Stream for GoalRun {
    type Item = Result<Event>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll(cx)
    }
}

impl fmt::Debug for GoalRun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GoalRun").field("control", &self.control).finish_non_exhaustive()
    }
}
