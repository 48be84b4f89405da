//! What is open: brackets, and the text at the very end.

use crate::json::raw::{Entry, Mistakes, Raw, RawKind, Span};

/// An open bracket; what is in it is in the tree.
#[derive(Debug)]
pub(super) struct Frame {
    pub(super) shape: Shape,
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
    pub(super) fn new(shape: Shape) -> Self {
        Self { shape, key: None, bare_keys: false, paired: false, comma: false }
    }

    /// Puts a child into `node`, which is this bracket's own.
    pub(super) fn add(&mut self, node: &mut Raw, value: Raw) {
        match &mut node.kind {
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
    }

    /// Takes the last child out of `node` again, and puts its key back.
    pub(super) fn take_last(&mut self, node: &mut Raw) -> Option<Raw> {
        match &mut node.kind {
            RawKind::List(items) => items.pop(),
            RawKind::Object(entries) => entries.pop().map(|entry| {
                self.key = Some(Key { text: entry.key, span: entry.span, mistakes: entry.mistakes, colon: true });
                entry.value
            }),
            RawKind::Bare(_) | RawKind::Quoted(_) => None,
        }
    }

    /// The key that waits stands alone.
    pub(super) fn add_lone_key(&mut self, node: &mut Raw) {
        let Some(key) = &mut self.key else { return };
        if self.paired && !key.colon && key.mistakes.has(Mistakes::UNQUOTED_KEY) {
            node.mistakes |= Mistakes::JUNK;
            self.key = None;
            return;
        }
        key.mistakes |= Mistakes::MISSING_PART;
        let end = key.span.end;
        self.add(node, nothing(end));
        self.comma = false;
    }

    /// The bracket is closed. Braces around things without a `:` are a list.
    pub(super) fn close(mut self, node: &mut Raw, end: u32, mistakes: Mistakes) {
        self.add_lone_key(node);
        node.mistakes |= mistakes;
        if self.comma {
            node.mistakes |= Mistakes::TRAILING_COMMA;
        }
        node.closed = true;
        node.span.end = end;
        if let RawKind::Object(entries) = &mut node.kind
            && !self.paired
            && !entries.is_empty()
        {
            node.mistakes |= Mistakes::BRACES_OF_LIST;
            node.kind = RawKind::List(std::mem::take(entries).into_iter().map(lone).collect());
        }
    }
}

impl Raw {
    /// A list or an object that has just begun.
    pub(super) fn begun(shape: Shape, start: u32) -> Self {
        let kind = match shape {
            Shape::Object => RawKind::Object(Vec::new()),
            Shape::List | Shape::Tuple => RawKind::List(Vec::new()),
        };
        let mistakes = if shape == Shape::Tuple { Mistakes::PARENTHESES } else { Mistakes::NONE };
        Self { kind, closed: false, mistakes, span: Span { start, end: start + 1 } }
    }

    pub(super) fn last_child(&mut self) -> Option<&mut Self> {
        match &mut self.kind {
            RawKind::Bare(_) | RawKind::Quoted(_) => None,
            RawKind::List(items) => items.last_mut(),
            RawKind::Object(entries) => entries.last_mut().map(|entry| &mut entry.value),
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
