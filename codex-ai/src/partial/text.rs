//! Text that is still coming.

use std::fmt;
use std::ops::Deref;

use super::{Cursor, Grow};

/// Text that is still coming. It only grows, and is used as a `&str`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PartialText(String);

impl PartialText {
    /// The text so far.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Grow for PartialText {
    fn grow(&mut self, from: Cursor<'_>) -> bool {
        let Some(new) = from.text().and_then(|text| text.get(self.0.len()..)) else { return false };
        self.0.push_str(new);
        !new.is_empty()
    }
}

impl Deref for PartialText {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for PartialText {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PartialText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}
