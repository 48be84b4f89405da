//! Where the events of a turn come from.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use futures_core::Stream;

use super::event::{Event, Events};
use super::kind::EventKind;
use crate::error::Result;

/// The events of one turn.
pub(crate) enum TurnEvents {
    /// Those of a turn whose id was known when it was claimed.
    Own(Events),
    /// Those of its thread, of which the others are left out: the turn was found there.
    OfThread {
        events: Events,
        turn: Arc<str>,
        /// What was read while the turn was looked for.
        early: VecDeque<Event>,
    },
}

impl TurnEvents {
    /// Whether no other handle sees the turn.
    pub(crate) fn is_only_reader(&self) -> bool {
        match self {
            Self::Own(events) => events.is_only_reader(),
            // Whoever else reads the thread reads more than this turn.
            Self::OfThread { .. } => true,
        }
    }

    pub(crate) fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Event>>> {
        let (events, turn, early) = match self {
            Self::Own(events) => return Pin::new(events).poll_next(cx),
            Self::OfThread { events, turn, early } => (events, turn, early),
        };
        if let Some(event) = early.pop_front() {
            return Poll::Ready(Some(Ok(event)));
        }
        loop {
            match ready!(Pin::new(&mut *events).poll_next(cx)) {
                Some(Ok(event)) if !is_of(&event, turn) => {}
                next => return Poll::Ready(next),
            }
        }
    }
}

/// Whether it is of this turn, or tells of events that were lost.
fn is_of(event: &Event, turn: &str) -> bool {
    match event.turn_id() {
        Some(id) => id == turn,
        None => matches!(event.kind(), EventKind::Lagged { .. }),
    }
}
