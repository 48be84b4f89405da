//! The state of the parser between two bytes.

use super::ahead::{Place, PlaceKind};
use super::bare::is_special;
use super::cursor::{Cursor, Look, More, touch};
use super::frame::{Frame, Leaf, Quote, Shape};
use super::{Found, MAX_DEPTH, Value};
use crate::json::raw::{Mistakes, Raw, RawKind, Span};

#[derive(Debug, Default)]
pub(super) struct Machine {
    pub(super) found: Found,
    pub(super) stack: Vec<Frame>,
    /// How many of each shape are open.
    open: [usize; 3],
    pub(super) mode: Mode,
    /// The text that is open, in the modes `Text`, `Bare` and `BareKey`.
    pub(super) leaf: Option<Leaf>,
    pub(super) text: String,
    pub(super) comment: Option<Comment>,
    /// Whether the value at the root is weak, and in which fence it stands.
    pub(super) root: (bool, Option<usize>),
    /// The fence that is open: its character and length.
    pub(super) fence: Option<(u8, usize)>,
    /// Whether the line of the opening fence has not ended yet.
    pub(super) fence_line: bool,
    /// Whether something stood in the prose before, since the beginning or the fence.
    pub(super) prose_seen: bool,
    /// Whether something stood on this line of prose.
    pub(super) line_seen: bool,
    /// Whether a line ended since the last part of a structure.
    pub(super) fresh_line: bool,
    /// Whether the open text is in the tree, for others to see, and not in `text`.
    shown: bool,
}

/// What comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Mode {
    /// Text around values.
    #[default]
    Prose,
    /// A value, or the end of a list.
    Value,
    /// A key, or the end of an object.
    Key,
    /// What parts key and value.
    Colon,
    /// What parts values, or the end.
    After,
    /// The rest of a text in quotes.
    Text,
    /// The rest of a text without.
    Bare,
    /// The rest of a key without.
    BareKey,
    /// Nothing: it went too deep.
    Stopped,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comment {
    Line,
    Block,
}

impl Machine {
    /// Takes all of the window that can be settled.
    pub(super) fn run(&mut self, c: &mut Cursor<'_>) {
        while self.step(c).is_ok() {
            touch(1);
        }
    }

    fn step(&mut self, c: &mut Cursor<'_>) -> Look<()> {
        if let Some(comment) = self.comment {
            return self.skip_comment(c, comment);
        }
        match self.mode {
            Mode::Prose => self.prose(c),
            Mode::Value => self.value(c),
            Mode::Key => self.key(c),
            Mode::Colon => self.colon(c),
            Mode::After => self.after(c),
            Mode::Text => self.quoted(c),
            Mode::Bare => self.bare(c),
            Mode::BareKey => self.bare_key(c),
            Mode::Stopped => {
                c.pos = c.bytes.len();
                Err(More)
            }
        }
    }

    /// All that was found, open values included.
    pub(super) fn finish(mut self, len: usize) -> Found {
        let end = u32::try_from(len).unwrap_or(u32::MAX);
        self.close_before_brackets(end);
        self.put_in();
        self.end_open(end);
        if self.fence.is_some()
            && let Some(fence) = self.found.fences.last_mut()
        {
            if self.fence_line {
                fence.info.end = end;
                fence.body = Span { start: end, end };
            } else {
                fence.body.end = end;
            }
        }
        self.found
    }

    /// Opens a bracket at the place.
    pub(super) fn open(&mut self, c: &mut Cursor<'_>, shape: Shape) {
        if self.stack.len() >= MAX_DEPTH {
            self.found.too_deep = true;
            if let Some(root) = self.found.values.last_mut() {
                root.raw.mistakes |= Mistakes::TOO_DEEP;
            }
            self.abort(c.offset(c.pos));
            self.mode = Mode::Stopped;
            return;
        }
        self.put(Raw::begun(shape, c.offset(c.pos)));
        self.stack.push(Frame::new(shape));
        self.open[shape as usize] += 1;
        self.mode = if shape == Shape::Object { Mode::Key } else { Mode::Value };
        self.fresh_line = false;
        c.pos += 1;
    }

    /// Begins a text at the place; its quotes are `width` bytes.
    pub(super) fn open_text(&mut self, c: &mut Cursor<'_>, quote: Quote, width: usize, is_key: bool) {
        let mistakes = match quote {
            Quote::None if is_key => Mistakes::UNQUOTED_KEY,
            Quote::None | Quote::Plain(b'"') => Mistakes::NONE,
            Quote::Plain(b'`') => Mistakes::BACK_QUOTES,
            Quote::Plain(_) => Mistakes::SINGLE_QUOTES,
            Quote::Escaped => Mistakes::ESCAPED_QUOTES,
            Quote::Typographic(_) => Mistakes::TYPOGRAPHIC_QUOTES,
            Quote::Triple(_) => Mistakes::TRIPLE_QUOTES,
            Quote::Code(_) => Mistakes::CODE_BLOCK,
        };
        let start = c.offset(c.pos);
        self.text.clear();
        self.leaf = Some(Leaf { start, mistakes, is_key, quote, inner: false, braces: 0, brackets: 0, parens: 0 });
        self.mode = match quote {
            Quote::None if is_key => Mode::BareKey,
            Quote::None => Mode::Bare,
            _ => Mode::Text,
        };
        c.pos += width;
    }

    /// Takes a closed text to where it belongs.
    pub(super) fn add(&mut self, raw: Raw) {
        self.put(raw);
        self.after_child();
    }

    /// Closes the innermost bracket.
    pub(super) fn close(&mut self, end: u32, mistakes: Mistakes) {
        let node = innermost(&mut self.found, self.stack.len());
        let Some((frame, node)) = self.stack.pop().zip(node) else { return };
        self.open[frame.shape as usize] -= 1;
        frame.close(node, end, mistakes);
        self.after_child();
    }

    /// The innermost list or object, with its frame.
    pub(super) fn top(&mut self) -> Option<(&mut Frame, &mut Raw)> {
        let depth = self.stack.len();
        self.stack.last_mut().zip(innermost(&mut self.found, depth))
    }

    /// Puts a value into the innermost list or object, or where values are.
    fn put(&mut self, raw: Raw) {
        if let Some((frame, node)) = self.top() {
            frame.add(node, raw);
        } else {
            let (weak, fence) = self.root;
            self.found.values.push(Value { raw, weak, fence });
        }
    }

    fn after_child(&mut self) {
        self.fresh_line = false;
        if let Some(frame) = self.stack.last_mut() {
            frame.comma = false;
            self.mode = Mode::After;
        } else {
            self.mode = Mode::Prose;
            self.prose_seen = true;
            self.line_seen = true;
        }
    }

    /// Ends all that is open, where no more of it can come.
    pub(super) fn abort(&mut self, end: u32) {
        self.put_in();
        self.end_open(end);
        self.prose_seen = true;
        self.line_seen = !self.fresh_line;
        self.shown = false;
        self.stack.clear();
        self.open = [0; 3];
        self.leaf = None;
        self.text.clear();
        self.mode = Mode::Prose;
    }

    /// Where the innermost text stands.
    pub(super) fn place(&self, leaf: &Leaf) -> Place {
        let frame = self.stack.last();
        let shape = frame.map(|frame| frame.shape);
        let kind = match shape {
            None => PlaceKind::Root,
            Some(_) if leaf.is_key => PlaceKind::Key,
            Some(Shape::Object) => PlaceKind::ObjectValue,
            Some(Shape::List | Shape::Tuple) => PlaceKind::Item,
        };
        Place {
            kind,
            inner: leaf.inner,
            depth: self.stack.len(),
            in_list: shape != Some(Shape::Object) || self.has_open(Shape::List) || self.has_open(Shape::Tuple),
            in_object: shape == Some(Shape::Object) || self.has_open(Shape::Object),
            bare_keys: frame.is_some_and(|frame| frame.bare_keys),
        }
    }

    pub(super) fn has_open(&self, shape: Shape) -> bool {
        self.open[shape as usize] > 0
    }

    /// Puts the open text into the tree, for others to see.
    pub(super) fn put_in(&mut self) {
        let Some(leaf) = self.leaf.as_ref().filter(|leaf| !leaf.is_key && !self.shown) else { return };
        let span = Span { start: leaf.start, end: leaf.start };
        let mistakes = leaf.mistakes;
        let text = std::mem::take(&mut self.text);
        let kind = if leaf.quote == Quote::None { RawKind::Bare(text) } else { RawKind::Quoted(text) };
        self.put(Raw { kind, closed: false, mistakes, span });
        self.shown = true;
    }

    /// Takes it out again.
    pub(super) fn take_out(&mut self) {
        if !std::mem::take(&mut self.shown) {
            return;
        }
        let raw = match self.top() {
            Some((frame, node)) => frame.take_last(node),
            None => self.found.values.pop().map(|value| value.raw),
        };
        if let Some(Raw { kind: RawKind::Bare(text) | RawKind::Quoted(text), .. }) = raw {
            self.text = text;
        }
    }

    /// Takes a piece that has nothing special into the open text, where it stands; `false` if that cannot be.
    pub(super) fn grow(&mut self, piece: &str) -> bool {
        let Some(leaf) = self.leaf.filter(|leaf| leaf.quote == Quote::None || leaf.braces == 0) else { return false };
        let is_text = match leaf.quote {
            Quote::Plain(quote) => !piece.bytes().any(|byte| byte == quote || byte == b'\\' || byte < 0x20),
            Quote::None if !leaf.is_key => !piece.bytes().any(is_special),
            _ => false,
        };
        if !is_text {
            return false;
        }
        if leaf.is_key {
            self.text.push_str(piece);
        } else {
            let Some(raw) = innermost(&mut self.found, self.stack.len() + 1).filter(|_| self.shown) else {
                return false;
            };
            let (RawKind::Quoted(text) | RawKind::Bare(text)) = &mut raw.kind else { return false };
            text.push_str(piece);
        }
        true
    }

    /// Whether the open text is a key, which is in the tree with its value alone.
    pub(super) fn is_in_key(&self) -> bool {
        self.leaf.is_some_and(|leaf| leaf.is_key)
    }

    /// Whether what waits begins with the comma behind a value without quotes and the quote of a key, so that letters
    /// settle nothing.
    pub(super) fn waits_for_key(&self, waiting: &str) -> bool {
        self.mode == Mode::Bare && waiting.starts_with(",\"")
    }

    /// Notes where the text ends in all that is open.
    fn end_open(&mut self, end: u32) {
        let open = self.stack.len() + usize::from(self.shown);
        let mut node = self.found.values.last_mut().map(|value| &mut value.raw);
        for _ in 0..open {
            let Some(raw) = node else { return };
            raw.span.end = end;
            node = raw.last_child();
        }
    }
}

/// The last child of the last child .. of the last value.
fn innermost(found: &mut Found, depth: usize) -> Option<&mut Raw> {
    let mut node = &mut found.values.last_mut().filter(|_| depth > 0)?.raw;
    for _ in 1..depth {
        node = node.last_child()?;
    }
    Some(node)
}
