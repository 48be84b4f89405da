//! The blocking twin of a thread.

use std::fmt;
use std::sync::Arc;

use serde_json::Value;

use super::connection::Connection;
use super::{Events, Turn, TurnText};
use crate::app_server::{
    self as twin, FinishedTurn, ForkOptions, IntoInput, ReviewTarget, ThreadInfo, ThreadSettings, TurnOptions,
};
#[cfg(doc)]
use crate::error::ErrorKind;
use crate::error::Result;

/// The blocking twin of [`Thread`](twin::Thread).
#[derive(Clone)]
pub struct Thread {
    pub(super) inner: twin::Thread,
    pub(super) connection: Arc<Connection>,
}

impl Thread {
    pub(super) fn new(inner: twin::Thread, connection: &Arc<Connection>) -> Self {
        Self { inner, connection: Arc::clone(connection) }
    }

    /// As [`Thread::id`](twin::Thread::id).
    pub fn id(&self) -> &str {
        self.inner.id()
    }

    /// As [`Thread::info`](twin::Thread::info).
    pub fn info(&self) -> &ThreadInfo {
        self.inner.info()
    }

    /// As [`Thread::settings`](twin::Thread::settings).
    pub fn settings(&self) -> &ThreadSettings {
        self.inner.settings()
    }

    /// As [`Thread::events`](twin::Thread::events).
    pub fn events(&self) -> Events {
        Events::new(self.inner.events(), &self.connection)
    }

    /// As [`Thread::turn`](twin::Thread::turn).
    ///
    /// # Errors
    /// As there, and [`ErrorKind::Blocking`] inside an async runtime.
    pub fn turn(&self, input: impl IntoInput, options: TurnOptions) -> Result<Turn> {
        self.begin(self.inner.turn(input, options))
    }

    /// As [`Thread::run`](twin::Thread::run).
    ///
    /// # Errors
    /// As there, and [`ErrorKind::Blocking`] inside an async runtime.
    pub fn run(&self, input: impl IntoInput) -> Result<FinishedTurn> {
        self.connection.wait(self.inner.run(input))
    }

    /// As [`Thread::run_with`](twin::Thread::run_with).
    ///
    /// # Errors
    /// As there, and [`ErrorKind::Blocking`] inside an async runtime.
    pub fn run_with(&self, input: impl IntoInput, options: TurnOptions) -> Result<FinishedTurn> {
        self.connection.wait(self.inner.run_with(input, options))
    }

    /// As [`Thread::stream_text`](twin::Thread::stream_text).
    ///
    /// # Errors
    /// As there, and [`ErrorKind::Blocking`] inside an async runtime.
    pub fn stream_text(&self, input: impl IntoInput) -> Result<TurnText> {
        Ok(TurnText::new(self.connection.wait(self.inner.stream_text(input))?, &self.connection))
    }

    /// As [`Thread::join`](twin::Thread::join).
    pub fn join(&self, turn: impl AsRef<str>) -> Turn {
        Turn::new(self.inner.join(turn), &self.connection)
    }

    /// As [`Thread::review`](twin::Thread::review).
    ///
    /// # Errors
    /// As there, and [`ErrorKind::Blocking`] inside an async runtime.
    pub fn review(&self, target: ReviewTarget) -> Result<Turn> {
        self.begin(self.inner.review(target))
    }

    /// As [`Thread::compact`](twin::Thread::compact).
    ///
    /// # Errors
    /// As there, and [`ErrorKind::Blocking`] inside an async runtime.
    pub fn compact(&self) -> Result<Turn> {
        self.begin(self.inner.compact())
    }

    /// As [`Thread::shell_command`](twin::Thread::shell_command).
    ///
    /// # Errors
    /// As there, and [`ErrorKind::Blocking`] inside an async runtime.
    pub fn shell_command(&self, command: impl Into<String>) -> Result<Turn> {
        self.begin(self.inner.shell_command(command))
    }

    /// As [`Thread::inject_items`](twin::Thread::inject_items).
    ///
    /// # Errors
    /// As there, and [`ErrorKind::Blocking`] inside an async runtime.
    pub fn inject_items(&self, items: Vec<Value>) -> Result<()> {
        self.connection.wait(self.inner.inject_items(items))
    }

    /// As [`Thread::fork`](twin::Thread::fork).
    ///
    /// # Errors
    /// As there, and [`ErrorKind::Blocking`] inside an async runtime.
    pub fn fork(&self, options: ForkOptions) -> Result<Self> {
        Ok(Self::new(self.connection.wait(self.inner.fork(options))?, &self.connection))
    }

    /// As [`Thread::read`](twin::Thread::read).
    ///
    /// # Errors
    /// As there, and [`ErrorKind::Blocking`] inside an async runtime.
    pub fn read(&self, include_turns: bool) -> Result<ThreadInfo> {
        self.connection.wait(self.inner.read(include_turns))
    }

    /// As [`Thread::set_name`](twin::Thread::set_name).
    ///
    /// # Errors
    /// As there, and [`ErrorKind::Blocking`] inside an async runtime.
    pub fn set_name(&self, name: impl Into<String>) -> Result<()> {
        self.connection.wait(self.inner.set_name(name))
    }

    /// As [`Thread::archive`](twin::Thread::archive).
    ///
    /// # Errors
    /// As there, and [`ErrorKind::Blocking`] inside an async runtime.
    pub fn archive(&self) -> Result<()> {
        self.connection.wait(self.inner.archive())
    }

    /// As [`Thread::unarchive`](twin::Thread::unarchive).
    ///
    /// # Errors
    /// As there, and [`ErrorKind::Blocking`] inside an async runtime.
    pub fn unarchive(&self) -> Result<ThreadInfo> {
        self.connection.wait(self.inner.unarchive())
    }

    /// As [`Thread::delete`](twin::Thread::delete).
    ///
    /// # Errors
    /// As there, and [`ErrorKind::Blocking`] inside an async runtime.
    pub fn delete(&self) -> Result<()> {
        self.connection.wait(self.inner.delete())
    }

    /// As [`Thread::unsubscribe`](twin::Thread::unsubscribe).
    ///
    /// # Errors
    /// As there, and [`ErrorKind::Blocking`] inside an async runtime.
    pub fn unsubscribe(&self) -> Result<()> {
        self.connection.wait(self.inner.unsubscribe())
    }

    fn begin(&self, turn: impl Future<Output = Result<twin::Turn>>) -> Result<Turn> {
        Ok(Turn::new(self.connection.wait(turn)?, &self.connection))
    }
}

impl fmt::Debug for Thread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("blocking::Thread").field(&self.inner).finish()
    }
}
