//! The requests that are open: each is answered once, or cancelled, and never both.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::Serialize;
use tokio::sync::watch;
use tokio::task::AbortHandle;

use super::super::core::envelope::Ids;
use super::super::core::{Outgoing, WeakQueue};
use super::RequestId;
use super::handle::{Cancelled, Decline, Slot, State};

/// Requests that are open at once, at most; those above are declined.
const MOST_OPEN: usize = 1024;
/// Bytes of the parameters of open requests, at most.
const MOST_BYTES: usize = 64 << 20;

pub(super) struct Open {
    /// Weak, since a request that waits for its answer is no reason to stay connected.
    queue: WeakQueue,
    entries: Mutex<Entries>,
}

#[derive(Default)]
struct Entries {
    entries: HashMap<RequestId, Entry>,
    bytes: usize,
}

struct Entry {
    slot: Arc<Slot>,
    task: Option<AbortHandle>,
}

/// What is sent back.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Reply<T> {
    Result(T),
    Error { code: i64, message: String },
}

impl Open {
    pub(super) fn new(queue: WeakQueue) -> Arc<Self> {
        Arc::new(Self { queue, entries: Mutex::default() })
    }

    fn lock(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes a request. `None`: there is nothing to be answered, or it was declined at once.
    pub(super) fn insert(&self, method: &str, id: RequestId, params: &str) -> Option<Arc<Slot>> {
        let decline = Decline::of(method);
        let mut open = self.lock();
        if let Some(entry) = open.entries.get(&id) {
            if *entry.slot.method == *method && *entry.slot.params == *params {
                // As servers may do for a client that resumes the thread: it is the same question.
                drop(open);
                tracing::debug!(method, %id, "the server repeats a request that is open");
                return None;
            }
            // An answer could be taken for one to the other request, and a yes for one to what nobody was shown.
            let first = open.cancel(&id, &Cancelled::IdReused)?;
            drop(open);
            self.send(&first.slot.id, &first.slot.decline.reply(&first.slot.method));
            self.send(&id, &decline.reply(method));
            tracing::warn!(method, %id, "declined, as another request is open by the same id; that one is declined too");
            first.tell();
            return None;
        }
        if open.entries.len() >= MOST_OPEN || open.bytes.saturating_add(params.len()) > MOST_BYTES {
            let count = open.entries.len();
            drop(open);
            tracing::warn!(method, %id, open = count, "declined, as too many requests are open");
            self.send(&id, &decline.reply(method));
            return None;
        }
        let ids = Ids::read(params);
        let (progress, _) = watch::channel(State::Open);
        let slot = Arc::new(Slot {
            id: id.clone(),
            method: method.into(),
            params: params.into(),
            thread: ids.thread_id.map(Into::into),
            turn: ids.turn_id.map(Into::into),
            decline,
            state: progress,
        });
        open.bytes += params.len();
        open.entries.insert(id, Entry { slot: Arc::clone(&slot), task: None });
        Some(slot)
    }

    /// The request is answered by this task, which ends when the request is cancelled.
    pub(super) fn runs_as(&self, slot: &Arc<Slot>, task: AbortHandle) {
        // Between `insert` and this only an answer can have come: the reader of the pipe does both, and cancels.
        if let Some(entry) = self.lock().entry(slot) {
            entry.task = Some(task);
        }
    }

    /// Sends the answer, if the request is open. The line is in the writer's queue before anybody can cancel.
    pub(super) fn answer(&self, slot: &Arc<Slot>, line: Vec<u8>) -> Result<(), Cancelled> {
        let mut open = self.lock();
        if open.entry(slot).is_none() {
            drop(open);
            return Err(match &*slot.state.borrow() {
                State::Cancelled(why) => why.clone(),
                State::Open | State::Answered => Cancelled::Closed,
            });
        }
        let entry = open.remove(&slot.id);
        let sent = self.queue.upgrade().is_some_and(|queue| queue.send(Outgoing::Line(line)).is_ok());
        drop(open);
        drop(entry);
        let (progress, answered) = match sent {
            true => (State::Answered, Ok(())),
            false => (State::Cancelled(Cancelled::Closed), Err(Cancelled::Closed)),
        };
        slot.state.send_replace(progress);
        answered
    }

    /// Cancels the requests that are meant.
    pub(super) fn cancel(&self, why: &Cancelled, is_meant: impl Fn(&Slot) -> bool) {
        let mut open = self.lock();
        if open.entries.is_empty() {
            return;
        }
        let ids: Vec<RequestId> =
            open.entries.values().filter(|entry| is_meant(&entry.slot)).map(|entry| entry.slot.id.clone()).collect();
        let entries: Vec<Entry> = ids.iter().filter_map(|id| open.cancel(id, why)).collect();
        drop(open);
        for entry in entries {
            entry.tell();
        }
    }

    fn send<T: Serialize>(&self, id: &RequestId, reply: &Reply<T>) {
        if let (Some(queue), Ok(line)) = (self.queue.upgrade(), line(id, reply)) {
            let _ = queue.send(Outgoing::Line(line));
        }
    }
}

impl Entries {
    /// The entry of a request that is open.
    fn entry(&mut self, slot: &Arc<Slot>) -> Option<&mut Entry> {
        self.entries.get_mut(&slot.id).filter(|entry| Arc::ptr_eq(&entry.slot, slot))
    }

    /// Takes a request out, so that it cannot be answered any more. Its entry [tells](Entry::tell) why.
    fn cancel(&mut self, id: &RequestId, why: &Cancelled) -> Option<Entry> {
        let entry = self.remove(id)?;
        entry.slot.state.send_if_modified(|state| {
            *state = State::Cancelled(why.clone());
            false
        });
        Some(entry)
    }

    fn remove(&mut self, id: &RequestId) -> Option<Entry> {
        let entry = self.entries.remove(id)?;
        self.bytes -= entry.slot.params.len();
        Some(entry)
    }
}

impl Entry {
    /// Tells those who wait for the answer that none is needed: after the lock is free, as they may look here.
    fn tell(self) {
        self.slot.state.send_modify(|_| ());
        if let Some(task) = self.task {
            task.abort();
        }
    }
}

/// The line of an answer.
pub(super) fn line<T: Serialize>(id: &RequestId, reply: &Reply<T>) -> serde_json::Result<Vec<u8>> {
    #[derive(Serialize)]
    struct Line<'a, T> {
        id: &'a RequestId,
        #[serde(flatten)]
        reply: &'a Reply<T>,
    }
    serde_json::to_vec(&Line { id, reply })
}
