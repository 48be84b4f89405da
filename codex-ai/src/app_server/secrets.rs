//! The secrets that the server was given, for texts of the server that may repeat them.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use secrecy::{ExposeSecret, SecretString};

use crate::error::{SHORTEST_SECRET, redact};

/// Secrets that are remembered at most; the oldest go.
const MOST: usize = 64;

/// The keys of logins, and the values of the environment and of the configuration whose names say that they are secret.
/// Clones share them.
#[derive(Clone, Default)]
pub(crate) struct Secrets(Arc<Mutex<VecDeque<SecretString>>>);

impl Secrets {
    fn lock(&self) -> MutexGuard<'_, VecDeque<SecretString>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is too short is no secret: it protects nothing, and words would suffer.
    pub(crate) fn add(&self, secret: SecretString) {
        let text = secret.expose_secret();
        let mut secrets = self.lock();
        if text.len() < SHORTEST_SECRET || secrets.iter().any(|known| known.expose_secret() == text) {
            return;
        }
        if secrets.len() == MOST {
            secrets.pop_front();
        }
        secrets.push_back(secret);
    }

    /// The same where the name says that it is one.
    pub(crate) fn add_named(&self, name: &str, value: &str) {
        let name = name.to_ascii_uppercase();
        if ["KEY", "TOKEN", "SECRET", "PASSWORD", "PASSWD", "CREDENTIAL"].iter().any(|word| name.contains(word)) {
            self.add(value.into());
        }
    }

    /// Takes them out of a text.
    pub(crate) fn redact(&self, text: &mut String) {
        let secrets = self.lock();
        // The longest first: one may be part of another.
        let mut secrets: Vec<_> = secrets.iter().map(ExposeSecret::expose_secret).collect();
        secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        for secret in secrets {
            redact(text, secret);
        }
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Secrets").finish_non_exhaustive()
    }
}
