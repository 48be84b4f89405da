//! Texts whose last quote is missing, and texts in several pieces.

use super::ahead;
use super::cursor::{Cursor, Look};
use super::frame::{Leaf, Quote};
use super::machine::Machine;
use crate::json::raw::{Mistakes, Raw, RawKind, Span};

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
