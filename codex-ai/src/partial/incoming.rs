//! The JSON in a text that is still coming.

use super::Cursor;
use crate::json::Raw;
use crate::json::align::Shape;
use crate::json::parser::{Found, Push};

/// The JSON in a text that is still coming. Each byte is read once.
#[derive(Debug, Default)]
pub(crate) struct Incoming {
    /// All of the text, of which a value may be a piece.
    text: String,
    state: State,
}

#[derive(Debug)]
enum State {
    Coming(Box<Push>),
    /// The text has ended.
    Whole(Found),
}

impl Incoming {
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

    /// The place of the value as far as it has come; `None` before it begins. Once there it stays the same and grows.
    pub(crate) fn cursor<'a>(&'a self, shape: &'a Shape) -> Option<Cursor<'a>> {
        Some(Cursor::new(self.value()?, shape, &self.text))
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
