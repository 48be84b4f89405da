//! The parser fed piece by piece.

use super::{Cursor, Found, Machine, Value};
use crate::json::raw::Raw;

/// How many bytes may wait before a look ahead is tried less often than at each piece.
const PATIENT_FROM: usize = 64;

/// Takes a text in pieces of any size and holds the tree of what came so far.
#[derive(Debug, Default)]
pub(crate) struct Push {
    machine: Machine,
    /// Bytes that came but are not settled.
    waiting: String,
    /// Below so many waiting bytes a look ahead cannot have been settled, or is not worth the try.
    try_from: usize,
    /// How many bytes are settled.
    settled: usize,
}

impl Push {
    /// Takes the next piece, and tells whether there may be more in the tree than before.
    pub(crate) fn push(&mut self, piece: &str) -> bool {
        if self.waiting.is_empty() {
            if self.machine.grow(piece) {
                self.settled += piece.len();
                return !self.machine.is_in_key();
            }
            let taken = self.run(piece);
            self.waiting.push_str(piece.get(taken..).unwrap_or_default());
        } else {
            let is_idle = self.waiting.len() + piece.len() < PATIENT_FROM
                && piece.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
                && self.machine.waits_for_key(&self.waiting);
            self.waiting.push_str(piece);
            if is_idle || self.waiting.len() < self.try_from {
                return false;
            }
            let waiting = std::mem::take(&mut self.waiting);
            let taken = self.run(&waiting);
            self.waiting = waiting;
            self.waiting.drain(..taken);
        }
        let waiting = self.waiting.len();
        self.try_from = if waiting > PATIENT_FROM { waiting + waiting / 4 } else { 0 };
        true
    }

    /// All values so far; the last one may be open. Closed ones never change.
    pub(crate) fn values(&self) -> &[Value] {
        &self.machine.found.values
    }

    /// The value that is most likely the answer: the first one that does not look like prose.
    pub(crate) fn best(&self) -> Option<&Raw> {
        self.values().iter().find(|value| !value.weak).map(|value| &value.raw)
    }

    /// How many bytes came but wait for more.
    #[cfg(test)]
    pub(super) fn waits(&self) -> usize {
        self.waiting.len()
    }

    /// The text has ended.
    pub(crate) fn finish(mut self) -> Found {
        self.machine.take_out();
        let mut cursor = Cursor::new(&self.waiting, 0, self.settled, true);
        self.machine.run(&mut cursor);
        self.machine.finish(self.settled + self.waiting.len())
    }

    fn run(&mut self, window: &str) -> usize {
        self.machine.take_out();
        let mut cursor = Cursor::new(window, 0, self.settled, false);
        self.machine.run(&mut cursor);
        let taken = cursor.pos;
        self.settled += taken;
        self.machine.put_in();
        taken
    }
}
