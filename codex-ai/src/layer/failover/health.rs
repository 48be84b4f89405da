//! Whether a route is worth asking.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// How one route has done lately.
#[derive(Debug, Default)]
pub(super) struct Health(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// Failures in a row.
    failures: u32,
    /// It rests until then, and longer until a probe has succeeded.
    rests_until: Option<Instant>,
    /// A probe is on its way.
    probing: bool,
}

/// Leave to ask a route once. Dropped without a verdict it changes nothing.
#[derive(Debug)]
pub(super) struct Pass<'a> {
    health: &'a Health,
    probe: bool,
}

impl Health {
    /// Leave to ask, unless the route rests. When its time is over one call is let through.
    pub(super) fn admit(&self) -> Option<Pass<'_>> {
        let mut state = self.state();
        let probe = match state.rests_until {
            None => false,
            Some(until) if Instant::now() >= until && !state.probing => true,
            Some(_) => return None,
        };
        state.probing |= probe;
        Some(Pass { health: self, probe })
    }

    /// Leave to ask a route that rests, for want of a better one.
    pub(super) fn admit_anyway(&self) -> Pass<'_> {
        Pass { health: self, probe: false }
    }

    /// Until when it rests.
    pub(super) fn rests_until(&self) -> Option<Instant> {
        self.state().rests_until
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pass<'_> {
    /// The route answered.
    pub(super) fn succeeded(self) {
        let mut state = self.health.state();
        state.failures = 0;
        state.rests_until = None;
    }

    /// The route failed; from this many failures in a row on it rests for a time.
    pub(super) fn failed(self, most: u32, rest: Duration) {
        let mut state = self.health.state();
        state.failures = state.failures.saturating_add(1);
        if state.failures >= most {
            state.rests_until = Instant::now().checked_add(rest).or(state.rests_until);
        }
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        if self.probe {
            self.health.state().probing = false;
        }
    }
}
