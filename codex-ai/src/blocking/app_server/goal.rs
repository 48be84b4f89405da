//! The blocking twins of a goal.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::Thread;
use super::connection::Connection;
use crate::app_server::{self as twin, Event, FinishedTurn, Goal, GoalOptions, IntoInput};
#[cfg(doc)]
use crate::error::ErrorKind;
use crate::error::Result;

/// The blocking twin of [`GoalRun`](twin::GoalRun): an iterator that waits for each event. Another thread steers or
/// interrupts the work meanwhile by its [`control`](Self::control).
///
/// Inside an async runtime it gives one error of kind [`ErrorKind::Blocking`] and then `None`. No event is lost: outside
/// of the runtime it goes on.
#[must_use = "a goal is worked towards all the same, but its events are seen by who reads them"]
pub struct GoalRun {
    inner: twin::GoalRun,
    connection: Arc<Connection>,
    refused: bool,
}

/// The blocking twin of [`GoalControl`](twin::GoalControl).
#[derive(Clone)]
pub struct GoalControl {
    inner: twin::GoalControl,
    connection: Arc<Connection>,
}

impl Thread {
    /// As [`Thread::goal`](twin::Thread::goal).
    ///
    /// # Errors
    /// As there, and [`ErrorKind::Blocking`] inside an async runtime.
    pub fn goal(&self, goal: impl Into<GoalOptions>) -> Result<GoalRun> {
        Ok(GoalRun::new(self.connection.wait(self.inner.goal(goal))?, &self.connection))
    }

    /// As [`Thread::current_goal`](twin::Thread::current_goal).
    ///
    /// # Errors
    /// As there, and [`ErrorKind::Blocking`] inside an async runtime.
    pub fn current_goal(&self) -> Result<Option<Goal>> {
        self.connection.wait(self.inner.current_goal())
    }

    /// As [`Thread::pause_goal`](twin::Thread::pause_goal).
    ///
    /// # Errors
    /// As there, and [`ErrorKind::Blocking`] inside an async runtime.
    pub fn pause_goal(&self) -> Result<Goal> {
        self.connection.wait(self.inner.pause_goal())
    }

    /// As [`Thread::clear_goal`](twin::Thread::clear_goal).
    ///
    /// # Errors
    /// As there, and [`ErrorKind::Blocking`] inside an async runtime.
    pub fn clear_goal(&self) -> Result<bool> {
        self.connection.wait(self.inner.clear_goal())
    }
}

impl GoalRun {
    fn new(inner: twin::GoalRun, connection: &Arc<Connection>) -> Self {
        Self { inner, connection: Arc::clone(connection), refused: false }
    }

    /// As [`GoalRun::id`](twin::GoalRun::id).
    pub fn id(&self) -> &str {
        self.inner.id()
    }

    /// As [`GoalRun::thread_id`](twin::GoalRun::thread_id).
    pub fn thread_id(&self) -> &str {
        self.inner.thread_id()
    }

    /// As [`GoalRun::goal`](twin::GoalRun::goal).
    pub fn goal(&self) -> Option<&Goal> {
        self.inner.goal()
    }

    /// As [`GoalRun::control`](twin::GoalRun::control).
    pub fn control(&self) -> GoalControl {
        GoalControl { inner: self.inner.control(), connection: Arc::clone(&self.connection) }
    }

    /// As [`GoalRun::pause_on_drop`](twin::GoalRun::pause_on_drop).
    pub fn pause_on_drop(self, pause: bool) -> Self {
        Self { inner: self.inner.pause_on_drop(pause), ..self }
    }

    /// The next event, as by [`next`](Iterator::next), where it comes within this time; else an error of kind
    /// [`ErrorKind::Timeout`], and nothing is lost.
    pub fn next_within(&mut self, limit: Duration) -> Option<Result<Event>> {
        self.connection.next_within(limit, self.inner.next(), &mut self.refused)
    }

    /// As [`GoalRun::run`](twin::GoalRun::run).
    ///
    /// # Errors
    /// As there, and [`ErrorKind::Blocking`] inside an async runtime.
    pub fn run(self) -> Result<FinishedTurn> {
        self.connection.wait(self.inner.run())
    }

    /// As [`GoalRun::finish`](twin::GoalRun::finish).
    ///
    /// # Errors
    /// As there, and [`ErrorKind::Blocking`] inside an async runtime.
    pub fn finish(self) -> Result<FinishedTurn> {
        self.connection.wait(self.inner.finish())
    }

    /// As [`GoalRun::steer`](twin::GoalRun::steer).
    ///
    /// # Errors
    /// As there, and [`ErrorKind::Blocking`] inside an async runtime.
    pub fn steer(&self, input: impl IntoInput) -> Result<()> {
        self.connection.wait(self.inner.steer(input))
    }

    /// As [`GoalRun::interrupt`](twin::GoalRun::interrupt).
    ///
    /// # Errors
    /// As there, and [`ErrorKind::Blocking`] inside an async runtime.
    pub fn interrupt(&self) -> Result<()> {
        self.connection.wait(self.inner.interrupt())
    }
}

impl GoalControl {
    /// As [`GoalControl::id`](twin::GoalControl::id).
    pub fn id(&self) -> &str {
        self.inner.id()
    }

    /// As [`GoalControl::thread_id`](twin::GoalControl::thread_id).
    pub fn thread_id(&self) -> &str {
        self.inner.thread_id()
    }

    /// As [`GoalControl::steer`](twin::GoalControl::steer).
    ///
    /// # Errors
    /// As there, and [`ErrorKind::Blocking`] inside an async runtime.
    pub fn steer(&self, input: impl IntoInput) -> Result<()> {
        self.connection.wait(self.inner.steer(input))
    }

    /// As [`GoalControl::interrupt`](twin::GoalControl::interrupt).
    ///
    /// # Errors
    /// As there, and [`ErrorKind::Blocking`] inside an async runtime.
    pub fn interrupt(&self) -> Result<()> {
        self.connection.wait(self.inner.interrupt())
    }
}

impl Iterator for GoalRun {
    type Item = Result<Event>;

    fn next(&mut self) -> Option<Result<Event>> {
        self.connection.next(self.inner.next(), &mut self.refused)
    }
}

impl fmt::Debug for GoalRun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("blocking::GoalRun").field(&self.inner).finish()
    }
}

impl fmt::Debug for GoalControl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("blocking::GoalControl").field(&self.inner).finish()
    }
}
