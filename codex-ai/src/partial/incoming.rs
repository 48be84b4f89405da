//! The JSON in a text that is still coming.

use super::Cursor;
use crate::json::align::Shape;
use crate::json::parser::{Found, Push};
use crate::json::{Leniency, Raw};

/// The JSON in a text that is still coming. Each byte is read once.
#[derive(Debug, Default)]
pub(crate) struct Incoming {
    /// All of the text, of which a value may be a piece.
    text: String,
    state: State,
    leniency: Leniency,
}

#[derive(Debug)]
enum State {
    Coming(Box<Push>),
    /// The text has ended.
    Whole(Found),
}

impl Incoming {
    pub(crate) fn new(leniency: Leniency) -> Self {
        Self { leniency, ..Self::default() }
    }

    /// The next piece of the text; tells whether there may be more of the value than before.
    pub(crate) fn push(&mut self, piece: &str) -> bool {
        self.text.push_str(piece);
        match &mut self.state {
            State::Coming(push) => push.push(piece),
            State::Whole(_) => false,
        }
    }

    /// The text has ended, so that what waited for more of it is settled.
    pub(crate) fn end(&mut self) {
        if let State::Coming(push) = &mut self.state {
            self.state = State::Whole(std::mem::take(&mut **push).finish());
        }
    }

    /// The place of the value as far as it has come; `None` before it begins, and where nothing may stand before it. Once there it stays the same and grows.
    pub(crate) fn cursor<'a>(&'a self, shape: &'a Shape) -> Option<Cursor<'a>> {
        let value = self.value()?;
        let exact = self.leniency == Leniency::Exact;
        let before = self.text.get(..value.span.start as usize).unwrap_or_default();
        if exact && !before.trim_ascii_start().is_empty() {
            return None;
        }
        Some(Cursor::new(value, shape, &self.text, exact))
    }

    /// All of the text so far.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    fn value(&self) -> Option<&Raw> {
        match &self.state {
            State::Coming(push) => push.best(),
            State::Whole(found) => found.values.iter().find(|value| !value.weak).map(|value| &value.raw),
        }
    }
}

impl Default for State {
    fn default() -> Self {
        Self::Coming(Box::default())
    }
}
