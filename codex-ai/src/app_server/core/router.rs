//! Where each message goes: an answer to who asked, an event to its turn, its thread, or the client.
//!
//! Nothing here waits, reads a clock or touches a socket; each method is one step of a state machine. All of the state is
//! behind one lock; the lock of a log is only ever taken inside of it or alone, and nobody is woken within.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::Waker;

use serde_json::value::RawValue;
use tokio::sync::oneshot;

use super::super::closed::Closed;
use super::super::event::{Event, Events};
use super::envelope::{Envelope, Ids};
use super::log::{Begin, Keep, Limits, Log, Lost};
use super::pending::{Pending, Unanswered};
use super::routes::{self, At};
use super::turns::{Ending, Turns};

pub(crate) use super::pending::{Answer, AnswerError, Claim, Interrupt, Unwanted};

pub(crate) struct Router {
    state: Mutex<State>,
    thread_limits: Limits,
}

struct State {
    requests: Unanswered,
    turns: Turns,
    /// The threads that somebody reads.
    threads: HashMap<Arc<str>, Arc<Log>>,
    global: Arc<Log>,
    closed: Option<Arc<Closed>>,
    counts: Counts,
}

/// What was counted since the start, and what is under way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counts {
    /// Lines that are no message of the protocol.
    pub unreadable_lines: u64,
    /// Lines above the limit of length.
    pub oversized_lines: u64,
    /// Answers to requests that nobody waits for any more, or that were never asked.
    pub unexpected_answers: u64,
    /// Turns whose events nobody claimed before they were given up.
    pub unclaimed_turns: u64,
    /// Events that named a turn after its `turn/completed`.
    pub late_events: u64,
    /// Now: requests that wait for an answer.
    pub open_requests: usize,
    /// Now: turns that run, or that somebody reads.
    pub open_turns: usize,
    /// Now: threads whose events somebody reads.
    pub open_threads: usize,
}

/// Frees the place of a reader.
pub(crate) struct Release {
    router: Weak<Router>,
    of: Of,
}

enum Of {
    Turn(Arc<str>),
    Thread(Arc<str>),
    Client,
}

/// What follows from a message for those outside of the router.
#[derive(Default)]
pub(crate) struct Effects {
    /// Who is to be woken.
    pub(crate) wakers: Vec<Waker>,
    /// The turn that ended.
    pub(crate) ended_turn: Option<Arc<str>>,
    /// The logs that are full, for whose readers the reader of the pipe is to wait.
    pub(crate) full: Vec<Arc<Log>>,
    /// What nobody wants any more.
    pub(crate) unwanted: Vec<Unwanted>,
}

impl Router {
    pub(crate) fn new(turn_limits: Limits, global_limits: Limits) -> Arc<Self> {
        Arc::new(Self {
            state: Mutex::new(State {
                requests: Unanswered::default(),
                turns: Turns::new(turn_limits),
                threads: HashMap::new(),
                global: Arc::new(Log::new(global_limits, 0)),
                closed: None,
                counts: Counts::default(),
            }),
            thread_limits: turn_limits,
        })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An id for the next request.
    pub(crate) fn next_id(&self) -> u64 {
        self.lock().requests.next_id()
    }

    /// Notes that a request is about to be sent.
    pub(crate) fn open(&self, id: u64, claim: Option<Claim>) -> Result<oneshot::Receiver<Answer>, Arc<Closed>> {
        let mut state = self.lock();
        if let Some(closed) = &state.closed {
            return Err(Arc::clone(closed));
        }
        if let Some(Claim::Turn { thread, .. }) = &claim {
            state.turns.start_began(thread);
        }
        Ok(state.requests.open(id, claim))
    }

    /// `true` where the end of the turn was seen.
    pub(crate) fn is_over(&self, turn: &str) -> bool {
        self.lock().turns.is_over(turn)
    }

    /// The turn that runs under another id than this one, which is its root.
    pub(crate) fn running_as(&self, root: &str) -> Option<Arc<str>> {
        self.lock().turns.running_as(root)
    }

    /// Nobody waits for the answer to this request any more. Gives what is to end, where the answer had come and was not
    /// taken; where it comes later, that is found among its effects.
    pub(crate) fn abandon(&self, id: u64, answer: &mut oneshot::Receiver<Answer>) -> Option<Unwanted> {
        // Whoever sends from now on is told that nobody is there.
        answer.close();
        let mut state = self.lock();
        if let Some(Claim::Turn { thread, .. }) = state.requests.abandon(id) {
            state.turns.start_ended(&thread);
        }
        drop(state);
        self.unwanted(answer.try_recv().ok()?)
    }

    /// What is to end after an answer that nobody took.
    fn unwanted(&self, answer: Answer) -> Option<Unwanted> {
        let Answer { events, unwanted, .. } = answer;
        drop(events);
        unwanted.filter(|unwanted| match unwanted {
            Unwanted::Turn(interrupt) => self.lock().turns.unheard(&interrupt.turn),
            Unwanted::Thread(_) => true,
        })
    }

    /// An answer came. `false`: to nothing that was asked, or nobody took it.
    pub(crate) fn answer(self: &Arc<Self>, id: u64, result: Result<&str, &str>, effects: &mut Effects) -> bool {
        let raw = |json: &str| RawValue::from_string(json.to_owned()).unwrap_or_else(|_| RawValue::NULL.to_owned());
        let mut state = self.lock();
        let Some(Pending { reply, claim }) = state.requests.answered(id) else {
            state.counts.unexpected_answers += 1;
            return false;
        };
        let (mut events, mut unwanted) = (None, None);
        if let Some(Claim::Thread) = claim {
            let thread = result.ok().and_then(|result| Ids::read(result).thread_at(At::Nested));
            unwanted = thread.map(|thread| Unwanted::Thread(thread.as_ref().into()));
        }
        if let Some(Claim::Turn { thread, interrupt }) = claim {
            if let Some(turn) = result.ok().and_then(|result| Ids::read(result).turn_at(At::Nested)) {
                if interrupt {
                    let interrupt = Interrupt { thread: Arc::clone(&thread), turn: turn.as_ref().into() };
                    unwanted = Some(Unwanted::Turn(interrupt));
                }
                if reply.is_some() {
                    // An end before this request was sent is not that of the turn which its answer names.
                    state.turns.begin_anew(&turn);
                    events = Some(self.claim(&mut state, &turn));
                }
            }
            if reply.is_some() {
                state.turns.start_ended(&thread);
            }
        }
        if reply.is_none() {
            state.counts.unexpected_answers += 1;
        }
        drop(state);
        let result = match result {
            Ok(result) => Ok(raw(result)),
            Err(error) => Err(AnswerError::Rpc(raw(error))),
        };
        let answer = Answer { result, events, unwanted };
        let untaken = match reply {
            Some(reply) => reply.send(answer).err(),
            None => Some(answer),
        };
        let taken = untaken.is_none();
        // Events are dropped outside of the lock.
        effects.unwanted.extend(untaken.and_then(|answer| self.unwanted(answer)));
        taken
    }

    /// The answer to this request came, but cannot be read. `false`: to nothing that was asked, or nobody took it.
    pub(crate) fn fail(&self, id: u64, error: AnswerError) -> bool {
        let mut state = self.lock();
        let Some(Pending { reply, claim }) = state.requests.answered(id) else { return false };
        if let (Some(Claim::Turn { thread, .. }), Some(_)) = (claim, &reply) {
            state.turns.start_ended(&thread);
        }
        drop(state);
        reply.is_some_and(|reply| reply.send(Answer { result: Err(error), events: None, unwanted: None }).is_ok())
    }

    /// A notification came.
    pub(crate) fn notify(&self, method: &str, message: &mut Envelope<'_>, effects: &mut Effects) {
        let params = message.params.unwrap_or("{}");
        let (event, turn_at, thread_at, keep) = match routes::find(method) {
            Some(route) => {
                (Event::known(route.method, params, message.emitted_at_ms), route.turn, route.thread, route.keep)
            }
            None => (Event::other(method, params, message.emitted_at_ms), At::Top, At::Top, Keep::Usual),
        };
        let turn = message.ids.turn_at(turn_at);
        let thread = message.ids.thread_at(thread_at);
        let mut guard = self.lock();
        let state = &mut *guard;
        if !state.threads.is_empty()
            && let Some(log) = thread.as_deref().and_then(|thread| state.threads.get(thread))
            && log.push(event.clone(), keep, &mut effects.wakers).full
        {
            effects.full.push(Arc::clone(log));
        }
        let Some(turn) = turn else {
            if let ("thread/closed" | "thread/deleted", Some(thread)) = (method, &thread) {
                state.turns.thread_gone(thread);
            }
            state.global.push(event, keep, &mut effects.wakers);
            return;
        };
        let ending = (method == "turn/completed").then(|| event.clone());
        if method == "turn/started" {
            state.turns.begin_anew(&turn);
        }
        match state.turns.push(&turn, thread.as_deref(), event, keep, &mut effects.wakers) {
            Ok(full) => {
                effects.full.extend(full);
                if method == "turn/started"
                    && let Some(root) = message.ids.root_turn()
                {
                    state.turns.rooted(&turn, &root);
                }
                if let Some(ending) = ending {
                    effects.ended_turn = Some(state.turns.complete(&turn, Ending::Event(ending), &mut effects.wakers));
                }
            }
            Err(late) => {
                state.counts.late_events += 1;
                state.global.push(late, keep, &mut effects.wakers);
            }
        }
    }

    /// A line came that is no message.
    pub(crate) fn unreadable(&self, line: &[u8], oversized: bool, effects: &mut Effects) {
        let mut state = self.lock();
        match oversized {
            true => state.counts.oversized_lines += 1,
            false => state.counts.unreadable_lines += 1,
        }
        state.global.push(Event::unreadable(line), Keep::Usual, &mut effects.wakers);
    }

    /// The end of this turn came, but cannot be read. One that is over stays as it ended.
    pub(crate) fn lost_end(&self, turn: &str, lost: Lost, effects: &mut Effects) {
        let mut state = self.lock();
        if !state.turns.is_over(turn) {
            effects.ended_turn = Some(state.turns.complete(turn, Ending::Lost(lost), &mut effects.wakers));
        }
    }

    /// The events of a turn by its id.
    pub(crate) fn turn(self: &Arc<Self>, turn: &str) -> Events {
        let mut state = self.lock();
        self.claim(&mut state, turn)
    }

    fn claim(self: &Arc<Self>, state: &mut State, turn: &str) -> Events {
        let (turn, log, reader) = state.turns.claim(turn, state.closed.as_ref());
        self.events(log, reader, Of::Turn(turn))
    }

    /// The events of a thread, and of all its turns, from now on.
    pub(crate) fn thread(self: &Arc<Self>, thread: &str) -> Events {
        let mut guard = self.lock();
        let state = &mut *guard;
        let thread: Arc<str> = thread.into();
        let log = match &state.closed {
            Some(closed) => {
                let log = Log::new(self.thread_limits, 0);
                log.close(closed, &mut Vec::new());
                Arc::new(log)
            }
            None => {
                let slot = state.threads.entry(Arc::clone(&thread));
                Arc::clone(slot.or_insert_with(|| Arc::new(Log::new(self.thread_limits, 0))))
            }
        };
        let reader = log.add_reader(Begin::Now);
        self.events(log, reader, Of::Thread(thread))
    }

    /// The events of the client that belong to no turn, from the oldest that is kept.
    pub(crate) fn global(self: &Arc<Self>) -> Events {
        let log = Arc::clone(&self.lock().global);
        let reader = log.add_reader(Begin::Oldest);
        self.events(log, reader, Of::Client)
    }

    fn events(self: &Arc<Self>, log: Arc<Log>, reader: u64, of: Of) -> Events {
        Events::new(log, reader, Release { router: Arc::downgrade(self), of })
    }

    /// The connection is closed: all who wait are told.
    pub(crate) fn close(&self, closed: &Arc<Closed>, effects: &mut Effects) {
        let mut guard = self.lock();
        let state = &mut *guard;
        if state.closed.is_some() {
            return;
        }
        state.closed = Some(Arc::clone(closed));
        state.turns.close(closed, &mut effects.wakers);
        for (_, log) in state.threads.drain() {
            log.close(closed, &mut effects.wakers);
        }
        state.global.close(closed, &mut effects.wakers);
        let pending = state.requests.close();
        drop(guard);
        for reply in pending {
            let result = Err(AnswerError::Closed(Arc::clone(closed)));
            let _ = reply.send(Answer { result, events: None, unwanted: None });
        }
    }

    pub(crate) fn closed(&self) -> Option<Arc<Closed>> {
        self.lock().closed.clone()
    }

    pub(crate) fn counts(&self) -> Counts {
        let state = self.lock();
        Counts {
            unclaimed_turns: state.turns.unclaimed(),
            open_requests: state.requests.len(),
            open_turns: state.turns.len(),
            open_threads: state.threads.len(),
            ..state.counts
        }
    }
}

impl Release {
    /// This reader of this log is gone.
    pub(crate) fn now(&self, log: &Arc<Log>, reader: u64) {
        let Some(router) = self.router.upgrade() else {
            log.remove_reader(reader);
            return;
        };
        let mut state = router.lock();
        let waker = log.remove_reader(reader);
        match &self.of {
            Of::Turn(turn) => state.turns.release(turn, log),
            Of::Thread(thread) => {
                if log.readers() == 0 && state.threads.get(thread).is_some_and(|slot| Arc::ptr_eq(slot, log)) {
                    state.threads.remove(thread);
                }
            }
            Of::Client => {}
        }
        drop(state);
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}
