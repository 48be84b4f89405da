//! A window on the text and the place in it.

use crate::json::raw::Span;

/// The bytes at hand do not settle it.
#[derive(Debug)]
pub(super) struct More;

/// What a look ahead says, if it can.
pub(super) type Look<T> = Result<T, More>;

/// How far white space is followed in a look ahead.
const MAX_SPACE: usize = 1024;

#[derive(Debug)]
pub(super) struct Cursor<'a> {
    pub(super) text: &'a str,
    pub(super) bytes: &'a [u8],
    /// The next byte to take.
    pub(super) pos: usize,
    /// Where the window begins in the whole text.
    base: usize,
    /// Whether nothing comes after the window.
    end: bool,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a str, pos: usize, base: usize, end: bool) -> Self {
        Self { text, bytes: text.as_bytes(), pos, base, end }
    }

    /// The byte at the place; an error where the window ends.
    pub(super) fn peek(&self) -> Look<u8> {
        touch(1);
        self.bytes.get(self.pos).copied().ok_or(More)
    }

    /// The byte at `at`, `None` behind the end of the whole text.
    pub(super) fn at(&self, at: usize) -> Look<Option<u8>> {
        touch(1);
        match self.bytes.get(at) {
            Some(byte) => Ok(Some(*byte)),
            None if self.end => Ok(None),
            None => Err(More),
        }
    }

    /// Whether the text goes on with `what` at `at`.
    pub(super) fn is_at(&self, at: usize, what: &[u8]) -> Look<bool> {
        let rest = self.bytes.get(at..).unwrap_or_default();
        if rest.len() >= what.len() {
            return Ok(rest.starts_with(what));
        }
        if self.end || !what.starts_with(rest) { Ok(false) } else { Err(More) }
    }

    /// How often `byte` stands from `at` on.
    pub(super) fn run_at(&self, at: usize, byte: u8) -> Look<usize> {
        let rest = self.bytes.get(at..).unwrap_or_default();
        let count = rest.iter().take_while(|other| **other == byte).count();
        touch(count);
        if count == rest.len() && !self.end { Err(More) } else { Ok(count) }
    }

    /// How often `byte` stands from `at` on, up to three times.
    pub(super) fn run_up_to_three(&self, at: usize, byte: u8) -> Look<usize> {
        for count in 0..3 {
            if self.at(at + count)? != Some(byte) {
                return Ok(count);
            }
        }
        Ok(3)
    }

    /// The first place from `at` on that is no white space, with the byte there; `None` at the end or too far off.
    pub(super) fn behind_space(&self, at: usize) -> Look<(usize, Option<u8>)> {
        let rest = self.bytes.get(at..).unwrap_or_default();
        let rest = rest.get(..MAX_SPACE).unwrap_or(rest);
        let len = rest.iter().position(|byte| !is_space(*byte)).unwrap_or(rest.len());
        touch(len);
        if len == MAX_SPACE { Ok((at + len, None)) } else { Ok((at + len, self.at(at + len)?)) }
    }

    /// Whether a line ends between the two places.
    pub(super) fn line_ends(&self, from: usize, to: usize) -> bool {
        self.bytes.get(from..to).unwrap_or_default().contains(&b'\n')
    }

    /// The character that begins at `at`.
    pub(super) fn char_at(&self, at: usize) -> Option<char> {
        self.text.get(at..)?.chars().next()
    }

    pub(super) fn left(&self) -> &'a str {
        self.text.get(self.pos..).unwrap_or_default()
    }

    /// A place in the window as one in the whole text.
    pub(super) fn offset(&self, at: usize) -> u32 {
        u32::try_from(self.base + at).unwrap_or(u32::MAX)
    }

    pub(super) fn span(&self, from: usize, to: usize) -> Span {
        Span { start: self.offset(from), end: self.offset(to) }
    }
}

/// White space by JSON.
pub(super) fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

/// Counts bytes that were looked at, for the tests of how the work grows.
#[cfg(test)]
pub(super) fn touch(count: usize) {
    super::tests::TOUCHED.with(|touched| touched.set(touched.get() + count));
}

#[cfg(not(test))]
pub(super) fn touch(_: usize) {}

/// White space as it stands between the parts of JSON, and such as models put there.
pub(super) fn is_odd_space(c: char) -> bool {
    matches!(c, '\u{feff}' | '\u{200b}' | '\u{b}' | '\u{c}') || c.is_whitespace()
}
