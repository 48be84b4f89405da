//! So much a minute.

use std::time::Duration;

use tokio::time::Instant;

/// A bucket that holds what may be used in a minute and fills evenly. It goes below zero: who takes more than there is
/// waits until it would have been filled, so that everybody is served in the order of asking.
///
/// The crate `governor` counts the same way, but a cell that was taken there cannot be given back, which is what an
/// estimate needs that turns out to be wrong; and its clock is not the one that tests can stop.
#[derive(Debug)]
pub(super) struct Bucket {
    per_minute: f64,
    level: f64,
    filled: Instant,
}

impl Bucket {
    pub(super) fn new(per_minute: u64, now: Instant) -> Self {
        // Of nothing a minute there would be nothing, ever.
        let per_minute = per_minute.max(1) as f64;
        Self { per_minute, level: per_minute, filled: now }
    }

    /// Takes this much and tells how long to wait for it.
    pub(super) fn take(&mut self, amount: f64, now: Instant) -> Duration {
        self.fill(now);
        self.level -= amount;
        Duration::try_from_secs_f64((-self.level).max(0.0) * 60.0 / self.per_minute).unwrap_or(Duration::MAX)
    }

    /// Gives back what was taken and not used; a negative amount is what was used beyond.
    pub(super) fn give(&mut self, amount: f64, now: Instant) {
        self.fill(now);
        self.level = (self.level + amount).min(self.per_minute);
    }

    /// Whether nothing is in use.
    pub(super) fn is_full(&mut self, now: Instant) -> bool {
        self.fill(now);
        self.level >= self.per_minute
    }

    fn fill(&mut self, now: Instant) {
        let passed = now.saturating_duration_since(self.filled).as_secs_f64();
        self.level = (self.level + passed * self.per_minute / 60.0).min(self.per_minute);
        self.filled = now;
    }
}
