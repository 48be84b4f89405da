//! The turns that are known, from the first sight of an id until nothing can come for it any more.
//!
//! A turn whose events somebody reads has a slot until it is complete and its last reader gone. A turn that nobody reads is
//! idle: nobody has claimed it yet, or all have left it. Idle turns go when they are complete and no answer under way can
//! name them, and above a bound of their number and bytes, the one without events for longest first.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;
use std::task::Waker;

use super::super::closed::Closed;
use super::super::event::Event;
use super::log::{Begin, Keep, Limits, Log, Lost, Pushed};

/// Turns without readers, at most.
const IDLE_TURNS: usize = 256;
/// Bytes of the events of such turns, at most.
const IDLE_BYTES: usize = 8 << 20;
/// Turns that are remembered after they are gone, for who asks for them by id.
const PAST_TURNS: usize = 512;
/// Bytes of the last events of such turns, at most.
const PAST_BYTES: usize = 1 << 20;

pub(super) struct Turns {
    limits: Limits,
    slots: HashMap<Arc<str>, Slot>,
    /// Slots without readers by the time of their last event.
    idle: BTreeMap<u64, Arc<str>>,
    idle_bytes: usize,
    clock: u64,
    /// Requests under way, by thread, whose answer names a turn of it.
    starts: HashMap<Arc<str>, usize>,
    /// Complete turns without readers that an answer may yet name.
    over: Vec<Arc<str>>,
    past: HashMap<Arc<str>, Past>,
    past_order: VecDeque<Arc<str>>,
    past_bytes: usize,
    /// Turns that went without ever having had a reader.
    unclaimed: u64,
}

struct Slot {
    log: Arc<Log>,
    thread: Option<Arc<str>>,
    /// The turn under whose id its events come.
    root: Option<Arc<str>>,
    claimed: bool,
    complete: bool,
    /// Its place among the idle.
    idle: Option<Idle>,
}

#[derive(Clone, Copy)]
struct Idle {
    since: u64,
    bytes: usize,
}

impl Slot {
    fn new(log: Arc<Log>) -> Self {
        Self { log, thread: None, root: None, claimed: false, complete: false, idle: None }
    }
}

/// What is left of a turn.
struct Past {
    arrived: u64,
    ending: Option<Ending>,
    /// An answer could still name it when it went.
    awaited: bool,
}

/// How a turn ended.
pub(super) enum Ending {
    /// With this event.
    Event(Event),
    /// With one that cannot be read.
    Lost(Lost),
}

impl Past {
    fn bytes(&self) -> usize {
        match &self.ending {
            Some(Ending::Event(event)) => event.bytes(),
            Some(Ending::Lost(_)) | None => 0,
        }
    }

    /// The events that came and are gone.
    fn lost(&self) -> u64 {
        self.arrived - u64::from(matches!(self.ending, Some(Ending::Event(_))))
    }
}

impl Ending {
    fn end(&self, log: &Log, wakers: &mut Vec<Waker>) {
        match self {
            Self::Event(_) => log.complete(wakers),
            Self::Lost(lost) => log.lost(*lost, wakers),
        }
    }
}

impl Turns {
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            limits,
            slots: HashMap::new(),
            idle: BTreeMap::new(),
            idle_bytes: 0,
            clock: 0,
            starts: HashMap::new(),
            over: Vec::new(),
            past: HashMap::new(),
            past_order: VecDeque::new(),
            past_bytes: 0,
            unclaimed: 0,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.slots.len()
    }

    pub(super) fn unclaimed(&self) -> u64 {
        self.unclaimed
    }

    /// Gives an event to its turn, and the log that is full. The event comes back where the turn is over.
    pub(super) fn push(
        &mut self,
        turn: &str,
        thread: Option<&str>,
        event: Event,
        keep: Keep,
        wakers: &mut Vec<Waker>,
    ) -> Result<Option<Arc<Log>>, Event> {
        let slot = match self.slots.get_mut(turn) {
            Some(slot) => slot,
            None => {
                self.appear(turn);
                let Some(slot) = self.slots.get_mut(turn) else { return Err(event) };
                slot
            }
        };
        if slot.complete {
            return Err(event);
        }
        if slot.thread.is_none() {
            slot.thread = thread.map(Into::into);
        }
        let Pushed { full, bytes } = slot.log.push(event, keep, wakers);
        let full = full.then(|| Arc::clone(&slot.log));
        if let Some(idle) = &mut slot.idle {
            self.idle_bytes = self.idle_bytes - idle.bytes + bytes;
            idle.bytes = bytes;
            if let Some(id) = self.idle.remove(&idle.since) {
                self.clock += 1;
                idle.since = self.clock;
                self.idle.insert(self.clock, id);
            }
            self.bound();
        }
        Ok(full)
    }

    /// Makes a slot for a turn that has none, unless it is over.
    fn appear(&mut self, turn: &str) {
        let lost = match self.past.get(turn) {
            Some(Past { ending: Some(_), .. }) => return,
            past => past.map_or(0, |past| past.arrived),
        };
        self.slots.insert(turn.into(), Slot::new(Arc::new(Log::new(self.limits, lost))));
        self.set_idle(turn);
    }

    /// A turn has had its last event, which is this one.
    pub(super) fn complete(&mut self, turn: &str, ending: Ending, wakers: &mut Vec<Waker>) -> Arc<str> {
        let id = match self.slots.get_key_value(turn) {
            Some((id, _)) => Arc::clone(id),
            None => turn.into(),
        };
        let arrived = match self.slots.get_mut(turn) {
            Some(slot) => {
                slot.complete = true;
                ending.end(&slot.log, wakers);
                slot.log.arrived()
            }
            // Given up for want of room, by its last event; or nothing was read of it but that it ended.
            None => self.past.get(turn).map_or(u64::from(matches!(ending, Ending::Event(_))), |past| past.arrived),
        };
        let awaited = matches!(ending, Ending::Lost(_)) && !self.starts.is_empty();
        self.remember(Arc::clone(&id), Past { arrived, ending: Some(ending), awaited });
        self.settle(&id);
        self.give_up_idle(|slot| slot.root.as_ref() == Some(&id));
        id
    }

    /// A turn says that another is its root: the start of a review comes under an id of its own, all else of it, and its
    /// end, under that of its root. So it goes with it, where nobody reads it.
    pub(super) fn rooted(&mut self, turn: &str, root: &str) {
        if let Some(slot) = self.slots.get_mut(turn).filter(|_| turn != root) {
            slot.root = Some(root.into());
        }
    }

    /// The turn under way that has this one as its root.
    pub(super) fn running_as(&self, root: &str) -> Option<Arc<str>> {
        let of_root = |slot: &Slot| slot.root.as_deref() == Some(root);
        self.slots.iter().find_map(|(turn, slot)| of_root(slot).then(|| Arc::clone(turn)))
    }

    /// A turn begins. If one of this id is over, then the server gives its ids again.
    pub(super) fn begin_anew(&mut self, turn: &str) {
        let over = |past: &Past| past.ending.is_some() && !past.awaited;
        if !self.slots.contains_key(turn)
            && self.past.get(turn).is_some_and(over)
            && let Some(past) = self.past.remove(turn)
        {
            self.past_bytes -= past.bytes();
            self.past_order.retain(|id| **id != *turn);
        }
    }

    /// A reader of the events of a turn, from its first one.
    pub(super) fn claim(&mut self, turn: &str, closed: Option<&Arc<Closed>>) -> (Arc<str>, Arc<Log>, u64) {
        let mut nobody = Vec::new();
        let id = match self.slots.get_key_value(turn) {
            Some((id, _)) => Arc::clone(id),
            None => {
                let id: Arc<str> = turn.into();
                let past = self.past.get(turn);
                let ending = past.and_then(|past| past.ending.as_ref());
                let log = Arc::new(Log::new(self.limits, past.map_or(0, Past::lost)));
                if ending.is_some() || closed.is_some() {
                    // It is over, or the connection is: what was kept of it is all there is, and it needs no slot.
                    if let Some(ending) = ending {
                        if let Ending::Event(event) = ending {
                            log.push(event.clone(), Keep::Always, &mut nobody);
                        }
                        ending.end(&log, &mut nobody);
                    } else if let Some(closed) = closed {
                        log.close(closed, &mut nobody);
                    }
                    let reader = log.add_reader(Begin::Beginning);
                    return (id, log, reader);
                }
                let slot = Slot::new(log);
                self.slots.insert(Arc::clone(&id), slot);
                id
            }
        };
        self.unset_idle(turn);
        let slot = self.slots.entry(Arc::clone(&id)).or_insert_with(|| Slot::new(Arc::new(Log::new(self.limits, 0))));
        slot.claimed = true;
        let reader = slot.log.add_reader(Begin::Beginning);
        (id, Arc::clone(&slot.log), reader)
    }

    /// A reader of this log has gone.
    pub(super) fn release(&mut self, turn: &str, log: &Arc<Log>) {
        if log.readers() == 0 && self.slots.get(turn).is_some_and(|slot| Arc::ptr_eq(&slot.log, log)) {
            self.set_idle(turn);
            self.settle(turn);
            self.bound();
        }
    }

    /// `true` where the turn runs and nobody reads it.
    pub(super) fn unheard(&self, turn: &str) -> bool {
        match self.slots.get(turn) {
            Some(slot) => !slot.complete && slot.log.readers() == 0,
            None => self.past.get(turn).is_none_or(|past| past.ending.is_none()),
        }
    }

    /// `true` where the end of the turn was seen.
    pub(super) fn is_over(&self, turn: &str) -> bool {
        match self.slots.get(turn) {
            Some(slot) => slot.complete,
            None => self.past.get(turn).is_some_and(|past| past.ending.is_some()),
        }
    }

    /// A request was sent whose answer names a turn of this thread.
    pub(super) fn start_began(&mut self, thread: &Arc<str>) {
        *self.starts.entry(Arc::clone(thread)).or_default() += 1;
    }

    /// Such a request has ended, in whatever way.
    pub(super) fn start_ended(&mut self, thread: &str) {
        let Some(starts) = self.starts.get_mut(thread) else { return };
        *starts -= 1;
        if *starts == 0 {
            self.starts.remove(thread);
            for turn in std::mem::take(&mut self.over) {
                self.settle(&turn);
            }
        }
    }

    /// A thread is no longer there: what nobody reads of it goes.
    pub(super) fn thread_gone(&mut self, thread: &str) {
        if !self.starts.contains_key(thread) {
            self.give_up_idle(|slot| slot.thread.as_deref() == Some(thread));
        }
    }

    fn give_up_idle(&mut self, which: impl Fn(&Slot) -> bool) {
        let of = |id: &&Arc<str>| self.slots.get(&***id).is_some_and(&which);
        let gone: Vec<_> = self.idle.values().filter(of).cloned().collect();
        gone.iter().for_each(|turn| self.give_up(turn));
    }

    pub(super) fn close(&mut self, closed: &Arc<Closed>, wakers: &mut Vec<Waker>) {
        for (_, slot) in self.slots.drain() {
            slot.log.close(closed, wakers);
        }
        self.idle.clear();
        self.idle_bytes = 0;
        self.starts.clear();
        self.over.clear();
    }

    /// Frees the slot of a turn that is complete, if nobody reads it or can yet be told of it.
    fn settle(&mut self, turn: &str) {
        let Some((id, slot)) = self.slots.get_key_value(turn) else { return };
        if !slot.complete || slot.idle.is_none() {
            return;
        }
        let awaited = match &slot.thread {
            Some(thread) => self.starts.contains_key(thread),
            None => !self.starts.is_empty(),
        };
        if awaited {
            let id = Arc::clone(id);
            if !self.over.contains(&id) {
                self.over.push(id);
            }
        } else {
            self.give_up(turn);
        }
    }

    fn set_idle(&mut self, turn: &str) {
        let Some((id, _)) = self.slots.get_key_value(turn) else { return };
        let id = Arc::clone(id);
        let Some(slot) = self.slots.get_mut(turn).filter(|slot| slot.idle.is_none()) else { return };
        self.clock += 1;
        let idle = Idle { since: self.clock, bytes: slot.log.bytes() };
        slot.idle = Some(idle);
        self.idle_bytes += idle.bytes;
        self.idle.insert(idle.since, id);
    }

    fn unset_idle(&mut self, turn: &str) {
        if let Some(idle) = self.slots.get_mut(turn).and_then(|slot| slot.idle.take()) {
            self.idle.remove(&idle.since);
            self.idle_bytes -= idle.bytes;
        }
    }

    fn bound(&mut self) {
        while (self.idle.len() > IDLE_TURNS || self.idle_bytes > IDLE_BYTES)
            && let Some((_, turn)) = self.idle.first_key_value()
        {
            let turn = Arc::clone(turn);
            self.give_up(&turn);
            if let Some(past) = self.past.get_mut(&turn) {
                past.awaited = true;
            }
        }
    }

    /// Forgets a turn but for how much of it there was.
    fn give_up(&mut self, turn: &str) {
        self.unset_idle(turn);
        let Some((id, slot)) = self.slots.remove_entry(turn) else { return };
        self.unclaimed += u64::from(!slot.claimed);
        if !slot.complete {
            self.remember(id, Past { arrived: slot.log.arrived(), ending: None, awaited: false });
        }
    }

    fn remember(&mut self, turn: Arc<str>, past: Past) {
        self.past_bytes += past.bytes();
        match self.past.insert(Arc::clone(&turn), past) {
            Some(before) => self.past_bytes -= before.bytes(),
            None => self.past_order.push_back(turn),
        }
        while (self.past.len() > PAST_TURNS || self.past_bytes > PAST_BYTES)
            && let Some(oldest) = self.past_order.pop_front()
        {
            self.past_bytes -= self.past.remove(&oldest).as_ref().map_or(0, Past::bytes);
        }
    }
}
