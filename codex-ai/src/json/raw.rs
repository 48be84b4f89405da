//! What the tolerant parser makes of a text, before a schema says what was meant.

use std::ops::{BitOr, BitOrAssign, Range};

/// A value as it was written.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Raw {
    pub(crate) kind: RawKind,
    /// Whether its end was seen; `false` where the text ended first, or has not come further yet.
    pub(crate) closed: bool,
    /// What was forgiven in this node itself, not in those below it.
    pub(crate) mistakes: Mistakes,
    /// Where it stands in the text, quotes and brackets included.
    pub(crate) span: Span,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum RawKind {
    /// Text without quotes: a number, `true`, `null`, or a word that should have had them.
    Bare(String),
    /// Text in quotes of any sort, its escapes resolved.
    Quoted(String),
    /// Items in brackets.
    List(Vec<Raw>),
    /// Keys and values in braces, in order; a key may be there twice.
    Object(Vec<Entry>),
}

/// A key with its value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entry {
    pub(crate) key: String,
    /// What was forgiven in the key, and between it and the value.
    pub(crate) mistakes: Mistakes,
    /// Where the key stands, quotes included.
    pub(crate) span: Span,
    pub(crate) value: Raw,
}

/// Bytes of a text, from `start` to before `end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Span {
    pub(crate) start: u32,
    pub(crate) end: u32,
}

/// A set of mistakes that were forgiven.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Mistakes(u32);

impl Raw {
    /// The children of a list or an object; 0 for text.
    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        match &self.kind {
            RawKind::Bare(_) | RawKind::Quoted(_) => 0,
            RawKind::List(items) => items.len(),
            RawKind::Object(entries) => entries.len(),
        }
    }

    /// The value of a child; `None` beyond the last one.
    #[cfg(test)]
    pub(crate) fn child(&self, index: usize) -> Option<&Raw> {
        match &self.kind {
            RawKind::Bare(_) | RawKind::Quoted(_) => None,
            RawKind::List(items) => items.get(index),
            RawKind::Object(entries) => entries.get(index).map(|entry| &entry.value),
        }
    }

    /// The text, in quotes or without; `None` for a list or an object.
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.kind {
            RawKind::Bare(text) | RawKind::Quoted(text) => Some(text),
            RawKind::List(_) | RawKind::Object(_) => None,
        }
    }

    /// Whether nothing was forgiven in it or below it, and all of it is there.
    pub(crate) fn is_exact(&self) -> bool {
        self.closed
            && self.mistakes.is_empty()
            && match &self.kind {
                RawKind::Bare(_) | RawKind::Quoted(_) => true,
                RawKind::List(items) => items.iter().all(Self::is_exact),
                RawKind::Object(entries) => {
                    entries.iter().all(|entry| entry.mistakes.is_empty() && entry.value.is_exact())
                }
            }
    }
}

impl Span {
    /// The piece of `text` it means; empty where it does not fit.
    pub(crate) fn of(self, text: &str) -> &str {
        text.get(Range::<usize>::from(self)).unwrap_or_default()
    }
}

impl From<Span> for Range<usize> {
    fn from(span: Span) -> Self {
        span.start as usize..span.end as usize
    }
}

impl Mistakes {
    pub(crate) const NONE: Self = Self(0);
    /// `'text'`
    pub(crate) const SINGLE_QUOTES: Self = Self(1);
    /// `“text”`
    pub(crate) const TYPOGRAPHIC_QUOTES: Self = Self(1 << 1);
    /// `` `text` ``
    pub(crate) const BACK_QUOTES: Self = Self(1 << 2);
    /// `"""text"""`
    pub(crate) const TRIPLE_QUOTES: Self = Self(1 << 3);
    /// A fenced block of code where text belongs; its info line is dropped, its indent taken off when it closes.
    pub(crate) const CODE_BLOCK: Self = Self(1 << 4);
    /// `\"text\"`: quotes escaped that should not be.
    pub(crate) const ESCAPED_QUOTES: Self = Self(1 << 5);
    /// A key without quotes.
    pub(crate) const UNQUOTED_KEY: Self = Self(1 << 6);
    /// Text without quotes that is no number, `true`, `false` or `null` of JSON.
    pub(crate) const UNQUOTED_TEXT: Self = Self(1 << 7);
    /// No comma before this child (in the parent's set).
    pub(crate) const MISSING_COMMA: Self = Self(1 << 8);
    /// No `:` after the key.
    pub(crate) const MISSING_COLON: Self = Self(1 << 9);
    /// A key without a value (the value is empty bare text), or a value without a key (the key is empty).
    pub(crate) const MISSING_PART: Self = Self(1 << 10);
    /// A comma before the closing bracket.
    pub(crate) const TRAILING_COMMA: Self = Self(1 << 11);
    /// A comma with nothing before it, or `;` for a comma.
    pub(crate) const STRAY_COMMA: Self = Self(1 << 12);
    /// A comment.
    pub(crate) const COMMENT: Self = Self(1 << 13);
    /// A line break or another control character as it is inside quotes.
    pub(crate) const RAW_CONTROL: Self = Self(1 << 14);
    /// A quote inside quotes without its `\`.
    pub(crate) const INNER_QUOTE: Self = Self(1 << 15);
    /// A `\` with something after it that JSON does not know.
    pub(crate) const BAD_ESCAPE: Self = Self(1 << 16);
    /// `...` for items left out.
    pub(crate) const ELLIPSIS: Self = Self(1 << 17);
    /// `( )` for `[ ]`.
    pub(crate) const PARENTHESES: Self = Self(1 << 18);
    /// `{ }` for `[ ]`: nothing in it had a `:`.
    pub(crate) const BRACES_OF_LIST: Self = Self(1 << 19);
    /// Closed by another bracket than its own.
    pub(crate) const WRONG_CLOSER: Self = Self(1 << 20);
    /// A closing bracket too many.
    pub(crate) const EXTRA_CLOSER: Self = Self(1 << 21);
    /// `=` or `=>` for `:`.
    pub(crate) const EQUALS_SIGN: Self = Self(1 << 22);
    /// Words that belong to nothing were skipped.
    pub(crate) const JUNK: Self = Self(1 << 23);
    /// Deeper than the parser goes; what lies below is missing.
    pub(crate) const TOO_DEEP: Self = Self(1 << 24);
    /// `"a" + "b"`
    pub(crate) const JOINED: Self = Self(1 << 25);

    pub(crate) fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether all of `other` are in it.
    pub(crate) fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// All but those of `other`.
    pub(crate) fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }
}

impl BitOr for Mistakes {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitOrAssign for Mistakes {
    fn bitor_assign(&mut self, other: Self) {
        self.0 |= other.0;
    }
}
