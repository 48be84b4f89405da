//! Texts whose own quote is missing: before the last brackets, or before the next key.

use super::ahead;
use super::cursor::{Cursor, Look};
use super::frame::{Key, Leaf, Quote, Shape};
use super::machine::{Machine, Mode};
use crate::json::raw::{Mistakes, Raw, RawKind, Span};

/// The longest text that may be a key where an item of a list was expected.
const KEY: usize = 96;

impl Machine {
    /// Where all has ended and a text has not: takes the brackets that close everything out of it, as in `{"a": "x}`.
    /// Brackets that have their counterpart in the text are text.
    pub(super) fn close_before_brackets(&mut self, end: u32) {
        let is_text = |leaf: &Leaf| !leaf.is_key && matches!(leaf.quote, Quote::Plain(_) | Quote::Typographic(_));
        let Some(leaf) = self.leaf.filter(is_text) else { return };
        let mut rest = self.text.trim_end();
        if self.fence.is_some() {
            rest = rest.strip_suffix("```").unwrap_or(rest).trim_end();
        }
        let mut closers = [('{', '}', 0_usize), ('[', ']', 0), ('(', ')', 0)];
        for frame in &self.stack {
            let (_, closer, count) = &mut closers[frame.shape as usize];
            let Some(before) = rest.strip_suffix(*closer) else { return };
            *count += 1;
            rest = before.trim_end();
        }
        let is_own = |(opener, closer, count): &(char, char, usize)| {
            *count == 0 || self.text.matches(*closer).count() >= self.text.matches(*opener).count() + count
        };
        if self.stack.is_empty() || !closers.iter().all(is_own) {
            return;
        }
        let stop = end - u32::try_from(self.text.len() - rest.len()).unwrap_or(0).min(end - leaf.start);
        let len = rest.len();
        let mut text = std::mem::take(&mut self.text);
        text.truncate(len);
        self.leaf = None;
        let span = Span { start: leaf.start, end: stop };
        self.add(Raw { kind: RawKind::Quoted(text), closed: false, mistakes: leaf.mistakes, span });
        while !self.stack.is_empty() {
            self.close(end, Mistakes::NONE);
        }
    }

    /// Whether a quote at the place opens the next key, so that the text before it has lost its own, as in
    /// `{"a": "x, "b": "y"}`: then it ends before its last comma.
    pub(super) fn key_begins(&mut self, c: &mut Cursor<'_>, leaf: &Leaf) -> Look<bool> {
        let may_be = !leaf.is_key && self.stack.last().is_some_and(|frame| frame.shape == Shape::Object);
        let text = self.text.trim_end();
        if !may_be || !text.ends_with(',') || !ahead::entry_like(c, c.pos)? {
            return Ok(false);
        }
        let len = text.len() - 1;
        let comma =
            c.offset(c.pos) - u32::try_from(self.text.len() - len).unwrap_or(0).min(c.offset(c.pos) - leaf.start);
        let mut text = std::mem::take(&mut self.text);
        text.truncate(len);
        self.leaf = None;
        let span = Span { start: leaf.start, end: comma };
        let mistakes = leaf.mistakes | Mistakes::MISSING_QUOTE;
        self.add(Raw { kind: RawKind::Quoted(text), closed: true, mistakes, span });
        self.mode = Mode::Key;
        Ok(true)
    }

    /// Whether a quote that ends before `at` makes an item the next key of the object around, as in
    /// `{"a": ["x", "b": 1}`: then the list ends before it.
    pub(super) fn item_is_key(&mut self, c: &mut Cursor<'_>, at: usize, leaf: &Leaf) -> Look<bool> {
        let may_be = !leaf.is_key && !leaf.inner && self.item_in_object() && self.text.len() <= KEY;
        if !may_be || self.stack.last().is_none_or(|frame| frame.shape != Shape::List || !frame.comma) {
            return Ok(false);
        }
        let (colon, byte) = c.behind_space(at)?;
        if byte != Some(b':') || c.at(colon + 1)? == Some(b'/') {
            return Ok(false);
        }
        let text = std::mem::take(&mut self.text);
        self.leaf = None;
        self.close(leaf.start, Mistakes::WRONG_CLOSER);
        c.pos = at;
        if let Some(frame) = self.stack.last_mut() {
            let span = Span { start: leaf.start, end: c.offset(at) };
            frame.key = Some(Key { text, span, mistakes: leaf.mistakes, colon: false });
        }
        self.mode = Mode::Colon;
        Ok(true)
    }
}

/// The quote with which a text goes on that was put together by `+`, and the place behind it.
pub(super) fn joined(c: &Cursor<'_>, at: usize) -> Look<Option<(usize, Quote)>> {
    let (plus, Some(b'+')) = c.behind_space(at)? else { return Ok(None) };
    let (next, byte) = c.behind_space(plus + 1)?;
    Ok(match byte {
        Some(quote @ (b'"' | b'\'')) if !ahead::key_like(c, next)? => Some((next + 1, Quote::Plain(quote))),
        _ => None,
    })
}
