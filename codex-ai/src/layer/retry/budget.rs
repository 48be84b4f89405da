//! How many retries there may be.

use std::sync::atomic::{AtomicU64, Ordering};

/// A bucket that every call fills by a little and every retry empties by one.
#[derive(Debug)]
pub(super) struct Budget {
    /// What is there, in thousandths of a retry.
    left: AtomicU64,
    per_call: u64,
}

/// One retry.
const ONE: u64 = 1000;

/// The most that is kept, and what is there at the start: a program that makes few calls may retry them all.
const MOST: u64 = 10 * ONE;

impl Budget {
    pub(super) fn new(share: f64) -> Self {
        // A share that is no number is none.
        let per_call = (share.clamp(0.0, 100.0) * ONE as f64) as u64;
        Self { left: AtomicU64::new(MOST), per_call }
    }

    /// A call was made.
    pub(super) fn call(&self) {
        self.update(|left| Some(left.saturating_add(self.per_call).min(MOST)));
    }

    /// Takes one retry, if there is one.
    pub(super) fn take(&self) -> bool {
        self.update(|left| left.checked_sub(ONE))
    }

    fn update(&self, change: impl Fn(u64) -> Option<u64>) -> bool {
        // Nothing else is read that depends on it.
        self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, change).is_ok()
    }
}
