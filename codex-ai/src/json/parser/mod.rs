//! The tolerant parser: text in, values as they were written out. It knows no schema.
//!
//! One machine reads the text in one go ([`parse`]) or in pieces of any size ([`Push`]), with the same result. It looks
//! ahead a bounded number of bytes, keeps its own stack, and stops at [`MAX_DEPTH`] levels.

mod ahead;
mod bare;
mod closing;
mod cursor;
mod frame;
mod machine;
mod prose;
mod push;
mod quoted;
mod structure;
#[cfg(test)]
mod tests;

use super::raw::{Raw, RawKind, Span};
use cursor::Cursor;
use machine::Machine;
pub(crate) use push::Push;

/// How many brackets may be open at a time; as many as `serde_json` takes.
pub(crate) const MAX_DEPTH: usize = 128;

/// How many weak values without an end are looked into for others.
const SECOND_LOOKS: usize = 4;

/// What a text holds, in its order.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Found {
    pub(crate) values: Vec<Value>,
    pub(crate) fences: Vec<Fence>,
    /// Whether it went deeper than [`MAX_DEPTH`]; nothing after that point was read.
    pub(crate) too_deep: bool,
}

/// A structure in a text, or a text in quotes that holds one.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Value {
    pub(crate) raw: Raw,
    /// Whether it is likely to be prose: `[1]` or `{}` in the middle of a line.
    pub(crate) weak: bool,
    /// The fence it stands in, by its place in [`Found::fences`].
    pub(crate) fence: Option<usize>,
}

/// A fenced block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fence {
    /// What stands behind the opening fence: `json`.
    pub(crate) info: Span,
    pub(crate) body: Span,
    pub(crate) closed: bool,
}

/// Reads all values of a text.
pub(crate) fn parse(text: &str) -> Found {
    let mut found = pass(text, 0);
    for _ in 0..SECOND_LOOKS {
        let Some(last) = found.values.last().filter(|last| last.weak && !last.raw.closed) else { break };
        let more = pass(text, last.raw.span.start as usize + 1);
        if more.values.is_empty() {
            break;
        }
        found.values.extend(more.values.into_iter().map(|value| Value { fence: None, ..value }));
    }
    found
}

/// An object with the entries that follow behind its end, as in `{"a": 1}, "b": 2}`; `None` where there are none.
pub(crate) fn with_entries_behind(text: &str, object: &Raw) -> Option<Raw> {
    let RawKind::Object(entries) = &object.kind else { return None };
    let end = object.span.end as usize;
    let mut cursor = Cursor::new(text, end, 0, true);
    let (comma, Some(b',')) = cursor.behind_space(end).ok()? else { return None };
    let (key, byte) = cursor.behind_space(comma + 1).ok()?;
    if !object.closed || byte != Some(b'"') || !ahead::key_like(&cursor, key).ok()? {
        return None;
    }
    // The comma is taken for the bracket that opens the rest.
    let mut machine = Machine::default();
    cursor.pos = comma;
    machine.open(&mut cursor, frame::Shape::Object);
    machine.run(&mut cursor);
    let behind = machine.finish(text.len()).values.into_iter().next()?.raw;
    let RawKind::Object(more) = behind.kind else { return None };
    let span = Span { start: object.span.start, end: behind.span.end };
    let entries = entries.iter().cloned().chain(more).collect();
    let mistakes = object.mistakes | behind.mistakes;
    Some(Raw { kind: RawKind::Object(entries), closed: true, mistakes, span })
}

fn pass(text: &str, start: usize) -> Found {
    let mut machine = Machine::default();
    let mut cursor = Cursor::new(text, start, 0, true);
    machine.run(&mut cursor);
    machine.finish(text.len())
}
