//! The requests that have no answer yet.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;
use tokio::sync::oneshot;

use super::super::closed::Closed;
use super::super::event::Events;

/// Requests at most whose answer is awaited, but by nobody: a server that is flooded leaves some without.
const IGNORED: usize = 256;

/// A request without an answer.
pub(super) struct Pending {
    /// `None` where nobody waits.
    pub(super) reply: Option<oneshot::Sender<Answer>>,
    pub(super) claim: Option<Claim>,
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) result: Result<Box<RawValue>, AnswerError>,
    /// The events of the turn that the answer names.
    pub(crate) events: Option<Events>,
    /// What it began, which is to end if nobody takes the answer.
    pub(super) unwanted: Option<Unwanted>,
}

pub(crate) enum AnswerError {
    /// The server's error: the JSON text of its object.
    Rpc(Box<RawValue>),
    Closed(Arc<Closed>),
    /// It shows whose it is, but no more of it can be read.
    Unreadable {
        too_long: bool,
    },
}

/// What the answer to a request names.
#[derive(Debug, Clone)]
pub(crate) enum Claim {
    /// A turn at `/turn/id`, whose events are the asker's.
    Turn {
        thread: Arc<str>,
        /// It is interrupted where its asker has gone before the answer came, and nobody else reads it.
        interrupt: bool,
    },
    /// A thread at `/thread/id` that is new: where its asker has gone, nobody knows of it, and it is unsubscribed from.
    Thread,
}

impl Claim {
    /// Whether the answer matters where its asker has gone.
    fn outlives(&self) -> bool {
        match self {
            Self::Turn { interrupt, .. } => *interrupt,
            Self::Thread => true,
        }
    }
}

/// What was begun for somebody who has gone.
#[derive(Debug, Clone)]
pub(crate) enum Unwanted {
    Turn(Interrupt),
    Thread(Arc<str>),
}

/// A turn that is to be interrupted.
#[derive(Debug, Clone)]
pub(crate) struct Interrupt {
    pub(crate) thread: Arc<str>,
    pub(crate) turn: Arc<str>,
}

impl Serialize for Interrupt {
    /// The parameters of `turn/interrupt`.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut params = serializer.serialize_map(Some(2))?;
        params.serialize_entry("threadId", &*self.thread)?;
        params.serialize_entry("turnId", &*self.turn)?;
        params.end()
    }
}

#[derive(Default)]
pub(super) struct Unanswered {
    next: u64,
    pending: HashMap<u64, Pending>,
    /// Those that nobody waits for, oldest first; some are answered by now.
    ignored: VecDeque<u64>,
}

impl Unanswered {
    pub(super) fn next_id(&mut self) -> u64 {
        let id = self.next;
        self.next += 1;
        id
    }

    pub(super) fn len(&self) -> usize {
        self.pending.len()
    }

    pub(super) fn open(&mut self, id: u64, claim: Option<Claim>) -> oneshot::Receiver<Answer> {
        let (reply, answer) = oneshot::channel();
        self.pending.insert(id, Pending { reply: Some(reply), claim });
        answer
    }

    /// Nobody waits for the answer to this one, but it is looked at when it comes.
    pub(super) fn ignore(&mut self, id: u64, claim: Option<Claim>) {
        self.pending.insert(id, Pending { reply: None, claim });
        self.ignored.push_back(id);
        if self.ignored.len() > IGNORED
            && let Some(oldest) = self.ignored.pop_front()
        {
            self.pending.remove(&oldest);
        }
    }

    /// Nobody waits for this one any more: its claim, if it still was to be answered.
    pub(super) fn abandon(&mut self, id: u64) -> Option<Claim> {
        let claim = self.pending.remove(&id)?.claim?;
        if claim.outlives() {
            self.ignore(id, Some(claim.clone()));
        }
        Some(claim)
    }

    pub(super) fn answered(&mut self, id: u64) -> Option<Pending> {
        self.pending.remove(&id)
    }

    /// Nothing is answered any more: those who wait.
    pub(super) fn close(&mut self) -> Vec<oneshot::Sender<Answer>> {
        self.ignored.clear();
        self.pending.drain().filter_map(|(_, pending)| pending.reply).collect()
    }
}
