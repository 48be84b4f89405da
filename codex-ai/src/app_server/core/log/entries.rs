//! The events that a log holds, and what is missing between them.
//!
//! A notification's ordinal is the number of those before it. An event that was merged has the ordinal of its first
//! notification and counts for several; a gap between two events is what was lost.

use std::collections::VecDeque;
use std::mem::size_of;

use super::super::super::event::Event;
use super::super::merge;
use super::Keep;

#[derive(Debug, Default)]
pub(super) struct Entries {
    entries: VecDeque<Entry>,
    arrived: u64,
    bytes: usize,
    /// How many entries from the front every reader has passed, and their bytes.
    passed: usize,
    passed_bytes: usize,
}

#[derive(Debug)]
struct Entry {
    ordinal: u64,
    event: Event,
    keep: Keep,
}

impl Entry {
    fn end(&self) -> u64 {
        self.ordinal + self.event.notifications()
    }

    fn bytes(&self) -> usize {
        /// What the allocator and the counts of an `Arc` take.
        const ALLOCATED: usize = 32;
        self.event.bytes() + ALLOCATED + size_of::<Self>()
    }
}

impl Entries {
    /// None yet, where this many are lost already.
    pub(super) fn after(lost: u64) -> Self {
        Self { arrived: lost, ..Self::default() }
    }

    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Bytes that the slowest reader has not read.
    pub(super) fn unread(&self) -> usize {
        self.bytes - self.passed_bytes
    }

    /// How many notifications came so far.
    pub(super) fn arrived(&self) -> u64 {
        self.arrived
    }

    /// The ordinal of the oldest that is there.
    pub(super) fn oldest(&self) -> u64 {
        self.entries.front().map_or(self.arrived, |entry| entry.ordinal)
    }

    pub(super) fn push(&mut self, event: Event, keep: Keep) {
        let entry = Entry { ordinal: self.arrived, event, keep };
        self.arrived = entry.end();
        self.bytes += entry.bytes();
        self.entries.push_back(entry);
    }

    /// Puts a delta into the last event, if that is a delta of the same item and nobody has read it; `read` is how far
    /// the fastest reader is.
    pub(super) fn merge(&mut self, event: &Event, read: u64) -> bool {
        let Some(last) = self.entries.back_mut() else { return false };
        // The newest is never lost, so that nothing is missing behind it.
        if last.keep != Keep::Delta || read > last.ordinal {
            return false;
        }
        let before = last.bytes();
        let merged = merge::append(&mut last.event, event);
        self.bytes = self.bytes - before + last.bytes();
        self.arrived = last.end();
        merged
    }

    /// Gives what comes at and after `at` until `take` has enough, and moves `at` behind it. `false` if there is nothing.
    pub(super) fn read(&mut self, at: &mut u64, mut take: impl FnMut(Event) -> bool) -> bool {
        let from = *at;
        // Mostly a reader is just behind what all have passed.
        let mut index = match self.entries.get(self.passed) {
            Some(entry) if entry.ordinal <= from && from < entry.end() => self.passed,
            _ => self.entries.partition_point(|entry| entry.end() <= from),
        };
        let mut more = true;
        while more {
            let next = self.entries.get_mut(index);
            let ordinal = next.as_ref().map_or(self.arrived, |entry| entry.ordinal);
            if ordinal > *at {
                more = take(Event::lagged(ordinal - *at));
                *at = ordinal;
                continue;
            }
            let Some(entry) = next else { break };
            let before = entry.bytes();
            more = take(entry.event.share());
            let after = entry.bytes();
            *at = entry.end();
            if before != after {
                self.bytes = self.bytes - before + after;
                if index < self.passed {
                    self.passed_bytes = self.passed_bytes - before + after;
                }
            }
            index += 1;
        }
        *at > from
    }

    /// Counts what all readers have passed, of which the slowest is at `floor`.
    pub(super) fn count_passed(&mut self, floor: u64) {
        while self.passed > 0 && self.entries[self.passed - 1].end() > floor {
            self.passed -= 1;
            self.passed_bytes -= self.entries[self.passed].bytes();
        }
        while let Some(entry) = self.entries.get(self.passed)
            && entry.end() <= floor
        {
            self.passed += 1;
            self.passed_bytes += entry.bytes();
        }
    }

    /// Gives up the oldest that all have passed, until at most this many bytes of such are left.
    pub(super) fn forget_passed(&mut self, history: usize) {
        while self.passed_bytes > history
            && let Some(entry) = self.entries.pop_front()
        {
            self.passed -= 1;
            self.passed_bytes -= entry.bytes();
            self.bytes -= entry.bytes();
        }
    }

    /// Loses the oldest, deltas first, until at most this many bytes are left. The newest always stays: the end of a turn,
    /// or an event that is larger than all there is room for. Nothing counts as passed then.
    pub(super) fn shrink(&mut self, to: usize) {
        let newest = self.entries.back().map(|entry| entry.ordinal);
        for worth in [Keep::Delta, Keep::Usual, Keep::Always] {
            let mut excess = self.bytes.saturating_sub(to);
            if excess == 0 {
                break;
            }
            self.entries.retain(|entry| {
                if excess == 0 || entry.keep > worth || Some(entry.ordinal) == newest {
                    return true;
                }
                excess = excess.saturating_sub(entry.bytes());
                self.bytes -= entry.bytes();
                false
            });
        }
        // A queue that was long once does not stay so.
        if self.entries.capacity() > 4 * self.entries.len().max(16) {
            self.entries.shrink_to(2 * self.entries.len());
        }
        (self.passed, self.passed_bytes) = (0, 0);
    }
}
