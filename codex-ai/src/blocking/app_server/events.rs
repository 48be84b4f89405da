//! The blocking twin of events.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::connection::Connection;
use crate::app_server::{self as twin, Event};
#[cfg(doc)]
use crate::error::ErrorKind;
use crate::error::Result;

/// The blocking twin of [`Events`](twin::Events): an iterator that waits for each event.
///
/// Inside an async runtime it gives one error of kind [`ErrorKind::Blocking`] and then `None`. No event is lost: outside
/// of the runtime it goes on.
#[must_use = "events are seen by who reads them"]
pub struct Events {
    inner: twin::Events,
    connection: Arc<Connection>,
    refused: bool,
}

impl Events {
    pub(super) fn new(inner: twin::Events, connection: &Arc<Connection>) -> Self {
        Self { inner, connection: Arc::clone(connection), refused: false }
    }

    /// The next event, as by [`next`](Iterator::next), where it comes within this time; else an error of kind
    /// [`ErrorKind::Timeout`], and no event is lost.
    pub fn next_within(&mut self, limit: Duration) -> Option<Result<Event>> {
        self.connection.next_within(limit, self.inner.next(), &mut self.refused)
    }
}

impl Iterator for Events {
    type Item = Result<Event>;

    fn next(&mut self) -> Option<Result<Event>> {
        self.connection.next(self.inner.next(), &mut self.refused)
    }
}

impl fmt::Debug for Events {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("blocking::Events").finish()
    }
}
