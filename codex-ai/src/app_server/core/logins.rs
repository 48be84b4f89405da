//! The way of `account/login/completed` to who waits for it.
//!
//! It is no event of a turn, and the bounded list of the others may lose it. It may also come before the answer that
//! names the login, so what comes while such an answer is awaited is kept.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use super::super::login::LoginOutcome;

/// Ends of logins without a name that are kept while one is being started.
const EARLY: usize = 64;

pub(crate) type Waiting = watch::Receiver<Option<LoginOutcome>>;

#[derive(Default)]
pub(crate) struct Logins(Mutex<State>);

#[derive(Default)]
struct State {
    waiting: HashMap<Arc<str>, watch::Sender<Option<LoginOutcome>>>,
    /// Requests under way whose answer names a login.
    starts: usize,
    /// What came meanwhile for logins that nobody has named, oldest first.
    early: VecDeque<LoginOutcome>,
    closed: bool,
}

/// A login whose id is not known yet; while there is one, no end of a login is lost.
pub(crate) struct Starting(Arc<Logins>);

impl Logins {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A login is about to be asked for.
    pub(crate) fn start(self: &Arc<Self>) -> Starting {
        self.lock().starts += 1;
        Starting(Arc::clone(self))
    }

    /// `account/login/completed` came.
    pub(crate) fn completed(&self, params: &str) {
        // Without an id it is the login with a key, whose answer tells the same.
        let Ok(outcome) = serde_json::from_str::<LoginOutcome>(params) else { return };
        let Some(id) = outcome.login_id.as_deref() else { return };
        let mut state = self.lock();
        if let Some(waiting) = state.waiting.remove(id) {
            waiting.send_replace(Some(outcome));
        } else if state.starts > 0 {
            if state.early.len() == EARLY {
                state.early.pop_front();
            }
            state.early.push_back(outcome);
        }
    }

    /// Nobody waits for this login any more.
    pub(crate) fn forget(&self, id: &str) {
        self.lock().waiting.remove(id);
    }

    /// The connection is closed: who waits finds that the other end is gone.
    pub(crate) fn close(&self) {
        let mut state = self.lock();
        state.closed = true;
        state.waiting.clear();
    }
}

impl Starting {
    /// The answer named the login.
    pub(crate) fn named(self, id: &Arc<str>) -> Waiting {
        let mut state = self.0.lock();
        let early = state.early.iter().position(|outcome| outcome.login_id.as_deref() == Some(&**id));
        let early = early.and_then(|at| state.early.remove(at));
        let known = early.is_some();
        let (sender, waiting) = watch::channel(early);
        if !known && !state.closed {
            state.waiting.insert(Arc::clone(id), sender);
        }
        waiting
    }
}

impl Drop for Starting {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.starts -= 1;
        if state.starts == 0 {
            state.early.clear();
        }
    }
}
