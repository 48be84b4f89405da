//! The blocking twins of a turn.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::connection::Connection;
use crate::app_server::{self as twin, Event, FinishedTurn, IntoInput};
#[cfg(doc)]
use crate::error::ErrorKind;
use crate::error::Result;

/// The blocking twin of [`Turn`](twin::Turn): an iterator that waits for each event. Another thread steers or interrupts
/// the turn meanwhile by its [`control`](Self::control).
///
/// Inside an async runtime it gives one error of kind [`ErrorKind::Blocking`] and then `None`. No event is lost: outside
/// of the runtime it goes on.
#[must_use = "a turn runs on, but its events are seen by who reads them"]
pub struct Turn {
    inner: twin::Turn,
    connection: Arc<Connection>,
    refused: bool,
}

/// The blocking twin of [`TurnControl`](twin::TurnControl).
#[derive(Clone)]
pub struct TurnControl {
    inner: twin::TurnControl,
    connection: Arc<Connection>,
}

/// The blocking twin of [`TurnText`](twin::TurnText): an iterator that waits for each piece of the text.
///
/// Inside an async runtime it gives one error of kind [`ErrorKind::Blocking`] and then `None`. No piece is lost: outside
/// of the runtime it goes on.
#[must_use = "a turn runs on, but its text is seen by who reads it"]
pub struct TurnText {
    inner: twin::TurnText,
    connection: Arc<Connection>,
    refused: bool,
}

impl Turn {
    pub(super) fn new(inner: twin::Turn, connection: &Arc<Connection>) -> Self {
        Self { inner, connection: Arc::clone(connection), refused: false }
    }

    /// As [`Turn::id`](twin::Turn::id).
    pub fn id(&self) -> &str {
        self.inner.id()
    }

    /// As [`Turn::thread_id`](twin::Turn::thread_id).
    pub fn thread_id(&self) -> &str {
        self.inner.thread_id()
    }

    /// As [`Turn::control`](twin::Turn::control).
    pub fn control(&self) -> TurnControl {
        TurnControl::new(self.inner.control(), &self.connection)
    }

    /// As [`Turn::interrupt_on_drop`](twin::Turn::interrupt_on_drop).
    pub fn interrupt_on_drop(self, interrupt: bool) -> Self {
        Self { inner: self.inner.interrupt_on_drop(interrupt), ..self }
    }

    /// As [`Turn::idle_timeout`](twin::Turn::idle_timeout).
    pub fn idle_timeout(self, limit: Duration) -> Self {
        Self { inner: self.inner.idle_timeout(limit), ..self }
    }

    /// The next event, as by [`next`](Iterator::next), where it comes within this time; else an error of kind
    /// [`ErrorKind::Timeout`], and nothing is lost.
    pub fn next_within(&mut self, limit: Duration) -> Option<Result<Event>> {
        self.connection.next_within(limit, self.inner.next(), &mut self.refused)
    }

    /// As [`Turn::run`](twin::Turn::run).
    ///
    /// # Errors
    /// As there, and [`ErrorKind::Blocking`] inside an async runtime.
    pub fn run(self) -> Result<FinishedTurn> {
        self.connection.wait(self.inner.run())
    }

    /// As [`Turn::finish`](twin::Turn::finish).
    ///
    /// # Errors
    /// As there, and [`ErrorKind::Blocking`] inside an async runtime.
    pub fn finish(self) -> Result<FinishedTurn> {
        self.connection.wait(self.inner.finish())
    }

    /// As [`Turn::text`](twin::Turn::text).
    pub fn text(self) -> TurnText {
        TurnText::new(self.inner.text(), &self.connection)
    }

    /// As [`Turn::steer`](twin::Turn::steer).
    ///
    /// # Errors
    /// As there, and [`ErrorKind::Blocking`] inside an async runtime.
    pub fn steer(&self, input: impl IntoInput) -> Result<()> {
        self.connection.wait(self.inner.steer(input))
    }

    /// As [`Turn::interrupt`](twin::Turn::interrupt).
    ///
    /// # Errors
    /// As there, and [`ErrorKind::Blocking`] inside an async runtime.
    pub fn interrupt(&self) -> Result<()> {
        self.connection.wait(self.inner.interrupt())
    }
}

impl TurnControl {
    pub(super) fn new(inner: twin::TurnControl, connection: &Arc<Connection>) -> Self {
        Self { inner, connection: Arc::clone(connection) }
    }

    /// As [`TurnControl::id`](twin::TurnControl::id).
    pub fn id(&self) -> &str {
        self.inner.id()
    }

    /// As [`TurnControl::thread_id`](twin::TurnControl::thread_id).
    pub fn thread_id(&self) -> &str {
        self.inner.thread_id()
    }

    /// As [`TurnControl::steer`](twin::TurnControl::steer).
    ///
    /// # Errors
    /// As there, and [`ErrorKind::Blocking`] inside an async runtime.
    pub fn steer(&self, input: impl IntoInput) -> Result<()> {
        self.connection.wait(self.inner.steer(input))
    }

    /// As [`TurnControl::interrupt`](twin::TurnControl::interrupt).
    ///
    /// # Errors
    /// As there, and [`ErrorKind::Blocking`] inside an async runtime.
    pub fn interrupt(&self) -> Result<()> {
        self.connection.wait(self.inner.interrupt())
    }
}

impl TurnText {
    pub(super) fn new(inner: twin::TurnText, connection: &Arc<Connection>) -> Self {
        Self { inner, connection: Arc::clone(connection), refused: false }
    }

    /// As [`TurnText::id`](twin::TurnText::id).
    pub fn id(&self) -> &str {
        self.inner.id()
    }

    /// As [`TurnText::control`](twin::TurnText::control).
    pub fn control(&self) -> TurnControl {
        TurnControl::new(self.inner.control(), &self.connection)
    }

    /// The next piece, as by [`next`](Iterator::next), where it comes within this time; else an error of kind
    /// [`ErrorKind::Timeout`], and nothing is lost.
    pub fn next_within(&mut self, limit: Duration) -> Option<Result<String>> {
        self.connection.next_within(limit, self.inner.next(), &mut self.refused)
    }

    /// As [`TurnText::missed`](twin::TurnText::missed).
    pub fn missed(&self) -> u64 {
        self.inner.missed()
    }

    /// As [`TurnText::finish`](twin::TurnText::finish).
    ///
    /// # Errors
    /// As there, and [`ErrorKind::Blocking`] inside an async runtime.
    pub fn finish(self) -> Result<FinishedTurn> {
        self.connection.wait(self.inner.finish())
    }
}

impl Iterator for Turn {
    type Item = Result<Event>;

    fn next(&mut self) -> Option<Result<Event>> {
        self.connection.next(self.inner.next(), &mut self.refused)
    }
}

impl fmt::Debug for Turn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("blocking::Turn").field(&self.inner).finish()
    }
}

impl Iterator for TurnText {
    type Item = Result<String>;

    fn next(&mut self) -> Option<Result<String>> {
        self.connection.next(self.inner.next(), &mut self.refused)
    }
}

impl fmt::Debug for TurnText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("blocking::TurnText").field(&self.inner).finish()
    }
}

impl fmt::Debug for TurnControl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("blocking::TurnControl").field(&self.inner).finish()
    }
}
