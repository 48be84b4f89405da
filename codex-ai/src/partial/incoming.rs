//! The JSON in a text that is still coming.

use crate::json::Raw;

/// The JSON in a text that is still coming. Each byte is read once.
#[derive(Debug, Default)]
pub(crate) struct Incoming {}

impl Incoming {
    /// The next piece of the text.
    pub(crate) fn push(&mut self, piece: &str) {
        let _ = piece;
    }

    /// The value as far as it has come; `None` before it begins.
    pub(crate) fn value(&self) -> Option<&Raw> {
        None
    }
}
