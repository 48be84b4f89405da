//! What is open: brackets, and the text at the very end.

use crate::json::raw::{Entry, Mistakes, Raw, RawKind, Span};

/// An open bracket with what is in it so far.
#[derive(Debug)]
pub(super) struct Frame {
    pub(super) shape: Shape,
    /// The list or object itself; empty while it is in its parent.
    pub(super) raw: Raw,
    /// The key whose value comes next.
    pub(super) key: Option<Key>,
    /// Whether some key has no quotes.
    pub(super) bare_keys: bool,
    /// Whether some entry has a key and a value.
    pub(super) paired: bool,
    /// Whether a comma was the last thing.
    pub(super) comma: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Object,
    List,
    Tuple,
}

#[derive(Debug)]
pub(super) struct Key {
    pub(super) text: String,
    pub(super) span: Span,
    pub(super) mistakes: Mistakes,
    /// Whether a colon came after it.
    pub(super) colon: bool,
}

/// Text that is open.
#[derive(Debug, Clone, Copy)]
pub(super) struct Leaf {
    pub(super) start: u32,
    pub(super) mistakes: Mistakes,
    pub(super) is_key: bool,
    pub(super) quote: Quote,
    /// Whether an odd number of quotes inside were taken for text.
    pub(super) inner: bool,
    /// Braces of JSON inside quotes that are not escaped.
    pub(super) braces: u32,
    /// Brackets and parentheses open in bare text.
    pub(super) brackets: u32,
    pub(super) parens: u32,
}

/// What a text is enclosed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quote {
    /// Nothing.
    None,
    /// `"`, `'` or `` ` ``.
    Plain(u8),
    /// `\"`
    Escaped,
    /// `“ ”` and their like; `true` for the double ones.
    Typographic(bool),
    /// Three of `"` or `'`.
    Triple(u8),
    /// A fence of so many back quotes.
    Code(usize),
}

impl Frame {
    pub(super) fn new(shape: Shape, start: u32) -> Self {
        let kind = match shape {
            Shape::Object => RawKind::Object(Vec::new()),
            Shape::List | Shape::Tuple => RawKind::List(Vec::new()),
        };
        let mistakes = if shape == Shape::Tuple { Mistakes::PARENTHESES } else { Mistakes::NONE };
        let raw = Raw { kind, closed: false, mistakes, span: Span { start, end: start } };
        Self { shape, raw, key: None, bare_keys: false, paired: false, comma: false }
    }

    /// Takes a child in.
    pub(super) fn add(&mut self, value: Raw) {
        match &mut self.raw.kind {
            RawKind::List(items) => items.push(value),
            RawKind::Object(entries) => {
                let key = self.key.take().unwrap_or_else(|| Key {
                    text: String::new(),
                    span: Span { start: value.span.start, end: value.span.start },
                    mistakes: Mistakes::MISSING_PART,
                    colon: false,
                });
                entries.push(Entry { key: key.text, mistakes: key.mistakes, span: key.span, value });
            }
            RawKind::Bare(_) | RawKind::Quoted(_) => {}
        }
        self.comma = false;
    }

    /// Takes the last child out again, and puts its key back.
    pub(super) fn take_last(&mut self) -> Option<Raw> {
        match &mut self.raw.kind {
            RawKind::List(items) => items.pop(),
            RawKind::Object(entries) => entries.pop().map(|entry| {
                self.key = Some(Key { text: entry.key, span: entry.span, mistakes: entry.mistakes, colon: true });
                entry.value
            }),
            RawKind::Bare(_) | RawKind::Quoted(_) => None,
        }
    }

    /// The key that waits stands alone.
    pub(super) fn add_lone_key(&mut self) {
        let Some(mut key) = self.key.take() else { return };
        if self.paired && !key.colon && key.mistakes.has(Mistakes::UNQUOTED_KEY) {
            self.raw.mistakes |= Mistakes::JUNK;
            return;
        }
        key.mistakes |= Mistakes::MISSING_PART;
        let end = key.span.end;
        self.key = Some(key);
        self.add(nothing(end));
    }

    /// The closed list or object. Braces around things without a `:` are a list.
    pub(super) fn close(mut self, end: u32, mistakes: Mistakes) -> Raw {
        let mut raw = self.raw;
        raw.mistakes |= mistakes;
        if self.comma {
            raw.mistakes |= Mistakes::TRAILING_COMMA;
            self.comma = false;
        }
        raw.closed = true;
        raw.span.end = end;
        match raw.kind {
            RawKind::Object(entries) if !self.paired && !entries.is_empty() => {
                raw.mistakes |= Mistakes::BRACES_OF_LIST;
                raw.kind = RawKind::List(entries.into_iter().map(lone).collect());
                raw
            }
            kind => Raw { kind, ..raw },
        }
    }
}

impl Raw {
    /// What stands in for a node that is elsewhere; allocates nothing.
    pub(super) fn hole() -> Self {
        Self {
            kind: RawKind::List(Vec::new()),
            closed: false,
            mistakes: Mistakes::NONE,
            span: Span { start: 0, end: 0 },
        }
    }
}

/// A value that is not there.
pub(super) fn nothing(at: u32) -> Raw {
    Raw {
        kind: RawKind::Bare(String::new()),
        closed: true,
        mistakes: Mistakes::NONE,
        span: Span { start: at, end: at },
    }
}

/// An entry without `:` as an item.
fn lone(entry: Entry) -> Raw {
    if entry.key.is_empty() && entry.value.text() != Some("") {
        return entry.value;
    }
    let kind =
        if entry.mistakes.has(Mistakes::UNQUOTED_KEY) { RawKind::Bare(entry.key) } else { RawKind::Quoted(entry.key) };
    Raw { kind, closed: true, mistakes: Mistakes::NONE, span: entry.span }
}
