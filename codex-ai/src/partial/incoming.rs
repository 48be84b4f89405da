//! The JSON in a text that is still coming.

use crate::json::Raw;
use crate::json::parser::{Found, Push};

/// The JSON in a text that is still coming. Each byte is read once.
#[derive(Debug)]
pub(crate) enum Incoming {
    Coming(Push),
    /// The text has ended.
    Whole(Found),
}

impl Incoming {
    /// The next piece of the text.
    pub(crate) fn push(&mut self, piece: &str) {
        if let Self::Coming(push) = self {
            push.push(piece);
        }
    }

    /// The text has ended, so that what waited for more of it is settled.
    pub(crate) fn end(&mut self) {
        if let Self::Coming(push) = self {
            *self = Self::Whole(std::mem::take(push).finish());
        }
    }

    /// The value as far as it has come; `None` before it begins. Once there it stays the same and grows.
    pub(crate) fn value(&self) -> Option<&Raw> {
        match self {
            Self::Coming(push) => push.best(),
            Self::Whole(found) => found.values.iter().find(|value| !value.weak).map(|value| &value.raw),
        }
    }
}

impl Default for Incoming {
    fn default() -> Self {
        Self::Coming(Push::new())
    }
}
