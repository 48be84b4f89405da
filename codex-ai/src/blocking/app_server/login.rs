//! The blocking twin of a login.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::connection::Connection;
use crate::app_server::{self as twin, LoginOutcome};
#[cfg(doc)]
use crate::error::ErrorKind;
use crate::error::Result;

/// The blocking twin of [`Login`](twin::Login).
#[derive(Clone)]
pub struct Login {
    inner: twin::Login,
    connection: Arc<Connection>,
}

impl Login {
    pub(super) fn new(inner: twin::Login, connection: &Arc<Connection>) -> Self {
        Self { inner, connection: Arc::clone(connection) }
    }

    /// As [`Login::id`](twin::Login::id).
    pub fn id(&self) -> &str {
        self.inner.id()
    }

    /// As [`Login::url`](twin::Login::url).
    pub fn url(&self) -> &str {
        self.inner.url()
    }

    /// As [`Login::user_code`](twin::Login::user_code).
    pub fn user_code(&self) -> Option<&str> {
        self.inner.user_code()
    }

    /// As [`Login::wait`](twin::Login::wait).
    ///
    /// # Errors
    /// As there, and [`ErrorKind::Blocking`] inside an async runtime.
    pub fn wait(&self) -> Result<LoginOutcome> {
        self.connection.wait(self.inner.wait())
    }

    /// As [`wait`](Self::wait), but no longer than this.
    ///
    /// # Errors
    /// As there, and [`ErrorKind::Timeout`], after which it can be waited for again.
    pub fn wait_within(&self, limit: Duration) -> Result<LoginOutcome> {
        self.connection.wait_within(limit, self.inner.wait())
    }

    /// As [`Login::cancel`](twin::Login::cancel).
    ///
    /// # Errors
    /// As there, and [`ErrorKind::Blocking`] inside an async runtime.
    pub fn cancel(&self) -> Result<bool> {
        self.connection.wait(self.inner.cancel())
    }
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("blocking::Login").field(&self.inner).finish()
    }
}
