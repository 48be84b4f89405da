//! The events of one turn, of one thread or of the whole client, and how far each of their readers is.

mod entries;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use self::entries::Entries;
use super::super::closed::Closed;
use super::super::event::Event;
use super::super::options::Overflow;
use crate::error::{Error, ErrorKind, Result};

/// Events that a reader takes at once, at most.
const TAKEN: usize = 64;
/// Bytes above which a reader takes no further event at once: what it has taken is outside of the budget.
const TAKEN_BYTES: usize = 16 << 10;

/// How much a log keeps.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Bytes that wait for the slowest reader, above which events are lost or the reader of the pipe waits.
    pub(crate) budget: usize,
    /// Bytes that wait, above which neighbouring deltas become one.
    pub(crate) merge_above: usize,
    /// Bytes that all have read and that are kept for one who joins later.
    pub(crate) history: usize,
    /// What happens above the budget.
    pub(crate) overflow: Overflow,
}

/// Events in their order. Each reader sees all of them, at its own pace.
#[derive(Debug)]
pub(crate) struct Log {
    state: Mutex<State>,
    limits: Limits,
}

#[derive(Debug, Default)]
struct State {
    entries: Entries,
    readers: Vec<Reader>,
    next_reader: u64,
    /// The last reader has gone: no more is kept than for one who joins later.
    left: bool,
    end: Option<End>,
    /// Wakes the reader of the pipe, which waits for room.
    room: Option<Waker>,
}

/// What an event is worth where not all can be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Keep {
    /// A piece of an item whose whole comes with its completion.
    Delta,
    Usual,
    /// The end of a turn, and what it ended in: not lost while there is room for them alone.
    Always,
}

#[derive(Debug, Clone)]
enum End {
    Complete,
    Lost(Lost),
    Closed(Arc<Closed>),
}

/// The end of a turn came, but cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Lost {
    /// Its line is longer than the client reads; else it is no message.
    pub(crate) too_long: bool,
}

impl Lost {
    fn ended_stream(self) -> Error {
        let (kind, what, help) = match self.too_long {
            true => (ErrorKind::TooLarge, "is longer than the client reads", "raise `ClientOptions::with_max_line`"),
            false => (ErrorKind::Protocol, "is no JSON-RPC message", "see the line in `Client::events`"),
        };
        Error::new(kind, format!("the turn is over, but its `turn/completed` {what}"))
            .with_help(format!("{help}; `Client::read_thread` gives the turn where the server saves it"))
    }
}

#[derive(Debug)]
struct Reader {
    id: u64,
    /// The ordinal that it expects next.
    at: u64,
    told: bool,
    waker: Option<Waker>,
}

/// Where a new reader begins.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Begin {
    /// With the first event that ever came; what is gone is told as lost.
    Beginning,
    /// With the oldest event that is still there.
    Oldest,
    /// With what comes from now on.
    Now,
}

/// What a log says when it was given an event.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pushed {
    /// The reader of the pipe is to wait for room.
    pub(crate) full: bool,
    /// The bytes that it holds now.
    pub(crate) bytes: usize,
}

impl Log {
    /// An empty log of one who has lost this many notifications before.
    pub(crate) fn new(limits: Limits, lost: u64) -> Self {
        let state = State { entries: Entries::after(lost), ..State::default() };
        Self { state: Mutex::new(state), limits }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds an event and gives who is to be woken.
    pub(crate) fn push(&self, event: Event, keep: Keep, wakers: &mut Vec<Waker>) -> Pushed {
        let mut guard = self.lock();
        let state = &mut *guard;
        if state.end.is_some() {
            return Pushed { full: false, bytes: state.entries.bytes() };
        }
        let merges = keep == Keep::Delta && state.entries.unread() > self.limits.merge_above;
        let read = state.readers.iter().map(|reader| reader.at).max().unwrap_or(0);
        // Whoever waits has read the last event, which then takes nothing in: nobody is to be woken.
        if !(merges && state.entries.merge(&event, read)) {
            state.entries.push(event, keep);
            wakers.extend(state.readers.iter_mut().filter_map(|reader| reader.waker.take()));
        }
        let limit = if state.left { self.limits.history } else { self.limits.budget };
        let over = state.entries.unread() > limit;
        let full = over && self.limits.overflow == Overflow::Wait && !state.readers.is_empty();
        if over && !full {
            state.shrink(limit / 4 * 3);
        }
        Pushed { full, bytes: state.entries.bytes() }
    }

    /// Nothing comes any more: the turn is complete.
    pub(crate) fn complete(&self, wakers: &mut Vec<Waker>) {
        self.end(End::Complete, wakers);
    }

    /// Nothing comes any more: the end of the turn is lost.
    pub(crate) fn lost(&self, lost: Lost, wakers: &mut Vec<Waker>) {
        self.end(End::Lost(lost), wakers);
    }

    /// Nothing comes any more: the connection is closed.
    pub(crate) fn close(&self, closed: &Arc<Closed>, wakers: &mut Vec<Waker>) {
        self.end(End::Closed(Arc::clone(closed)), wakers);
    }

    fn end(&self, end: End, wakers: &mut Vec<Waker>) {
        let mut state = self.lock();
        state.end.get_or_insert(end);
        wakers.extend(state.readers.iter_mut().filter_map(|reader| reader.waker.take()));
        wakers.extend(state.room.take());
    }

    pub(crate) fn add_reader(&self, from: Begin) -> u64 {
        let mut state = self.lock();
        let at = match from {
            Begin::Beginning => 0,
            Begin::Oldest => state.entries.oldest(),
            Begin::Now => state.entries.arrived(),
        };
        let id = state.next_reader;
        state.next_reader += 1;
        state.left = false;
        state.readers.push(Reader { id, at, told: false, waker: None });
        state.count_passed();
        id
    }

    /// Gives who is to be woken. Without readers it keeps what came last for one who joins later.
    pub(crate) fn remove_reader(&self, id: u64) -> Option<Waker> {
        let mut state = self.lock();
        state.readers.retain(|reader| reader.id != id);
        if state.readers.is_empty() {
            state.left = true;
            state.shrink(self.limits.history);
        } else {
            state.advance(self.limits.history);
        }
        state.made_room(self.limits.budget)
    }

    pub(crate) fn readers(&self) -> usize {
        self.lock().readers.len()
    }

    pub(crate) fn bytes(&self) -> usize {
        self.lock().entries.bytes()
    }

    /// How many notifications came so far.
    pub(crate) fn arrived(&self) -> u64 {
        self.lock().entries.arrived()
    }

    /// The next event, and into `taken` those after it that are there already.
    pub(crate) fn poll_next(
        &self,
        id: u64,
        taken: &mut VecDeque<Event>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Event>>> {
        let mut guard = self.lock();
        let state = &mut *guard;
        let Some(reader) = state.readers.iter_mut().find(|reader| reader.id == id) else {
            return Poll::Ready(None);
        };
        let mut bytes = 0;
        let first = state.entries.read(&mut reader.at, |event| {
            bytes += event.bytes();
            taken.push_back(event);
            taken.len() < TAKEN && bytes < TAKEN_BYTES
        });
        if first {
            state.advance(self.limits.history);
            let room = state.made_room(self.limits.budget);
            drop(guard);
            if let Some(room) = room {
                room.wake();
            }
            return Poll::Ready(taken.pop_front().map(Ok));
        }
        match &state.end {
            None => {
                match &mut reader.waker {
                    Some(waker) => waker.clone_from(cx.waker()),
                    none => *none = Some(cx.waker().clone()),
                }
                Poll::Pending
            }
            Some(End::Closed(closed)) if !reader.told => {
                reader.told = true;
                Poll::Ready(Some(Err(closed.ended_stream())))
            }
            Some(End::Lost(lost)) if !reader.told => {
                reader.told = true;
                Poll::Ready(Some(Err(lost.ended_stream())))
            }
            Some(_) => Poll::Ready(None),
        }
    }

    /// Waits until there is room again, or nobody reads any more.
    pub(crate) async fn room(&self) {
        std::future::poll_fn(|cx| {
            let mut state = self.lock();
            if state.has_room(self.limits.budget) {
                return Poll::Ready(());
            }
            state.room = Some(cx.waker().clone());
            Poll::Pending
        })
        .await;
    }
}

impl State {
    fn has_room(&self, budget: usize) -> bool {
        self.entries.unread() <= budget / 2 || self.readers.is_empty() || self.end.is_some()
    }

    fn made_room(&mut self, budget: usize) -> Option<Waker> {
        if self.room.is_none() || !self.has_room(budget) {
            return None;
        }
        self.room.take()
    }

    fn floor(&self) -> u64 {
        self.readers.iter().map(|reader| reader.at).min().unwrap_or(0)
    }

    /// After a reader went on, or left: counts what all have passed and gives up what is more than `history`.
    fn advance(&mut self, history: usize) {
        self.count_passed();
        self.entries.forget_passed(history);
    }

    fn count_passed(&mut self) {
        let floor = self.floor();
        self.entries.count_passed(floor);
    }

    /// Loses the oldest events, deltas first, until at most this many bytes are left.
    fn shrink(&mut self, to: usize) {
        self.entries.shrink(to);
        self.count_passed();
    }
}
