//! Text without quotes: values and keys.

use super::ahead;
use super::cursor::{Cursor, Look, touch};
use super::frame::{Key, Leaf, Shape};
use super::machine::{Machine, Mode};
use crate::json::raw::{Mistakes, Raw, RawKind, Span};

/// How long a number or a literal may be to be known for one in passing.
const SHORT: usize = 64;

/// What is to be done with the byte at the place.
enum Turn {
    /// It belongs to the text.
    Text,
    /// The text ended before it.
    Ends,
    /// It is left out, and the text ended there.
    EndsWithout,
    /// All ends here, the brackets too.
    Aborts,
}

impl Machine {
    /// Goes on to the next byte that may end a value without quotes.
    pub(super) fn bare(&mut self, c: &mut Cursor<'_>) -> Look<()> {
        let Some(mut leaf) = self.leaf else {
            self.mode = Mode::Prose;
            return Ok(());
        };
        let rest = c.left();
        let run = rest.bytes().position(is_special).unwrap_or(rest.len());
        touch(run);
        self.text.push_str(rest.get(..run).unwrap_or_default());
        c.pos += run;
        let byte = c.peek()?;
        match self.bare_turn(c, byte, &mut leaf)? {
            Turn::Text => {
                // White space after a line break was looked over already; taking it whole keeps this linear.
                let width = if byte == b'\n' { c.behind_space(c.pos)?.0 - c.pos } else { 1 };
                self.text.push_str(c.left().get(..width).unwrap_or_default());
                c.pos += width;
                self.leaf = Some(leaf);
            }
            Turn::Ends => self.end_bare(c, &leaf),
            Turn::EndsWithout => {
                leaf.mistakes |= Mistakes::INNER_QUOTE;
                self.end_bare(c, &leaf);
                c.pos += 1;
            }
            Turn::Aborts => {
                self.end_bare(c, &leaf);
                self.abort(c.offset(c.pos));
            }
        }
        Ok(())
    }

    fn bare_turn(&mut self, c: &Cursor<'_>, byte: u8, leaf: &mut Leaf) -> Look<Turn> {
        let shape = self.stack.last().map_or(Shape::List, |frame| frame.shape);
        let object = shape == Shape::Object;
        let nested = leaf.parens > 0 || leaf.brackets > 0 || leaf.braces > 0;
        let ends = match byte {
            b',' if object => ahead::comma_ends_bare(c, c.pos + 1, nested, is_short_literal(&self.text))?,
            b',' => !nested,
            b'}' if leaf.braces > 0 => {
                leaf.braces -= 1;
                false
            }
            b'}' => object || self.has_open(Shape::Object),
            b']' if leaf.brackets > 0 => {
                leaf.brackets -= 1;
                false
            }
            b']' if object && is_short_literal(self.text.trim_end()) => true,
            b']' if object => self.has_open(Shape::List) && self.closer_follows(c)?,
            b']' => true,
            b')' if leaf.parens > 0 => {
                leaf.parens -= 1;
                false
            }
            b')' => shape == Shape::Tuple,
            b'{' => {
                leaf.braces += 1;
                false
            }
            b'[' => {
                leaf.brackets += 1;
                false
            }
            b'(' => {
                leaf.parens += 1;
                false
            }
            b'"' => return self.bare_quote(c, leaf, object),
            b'\n' => {
                let (next, _) = c.behind_space(c.pos)?;
                if self.fence.is_some() && c.is_at(next, b"```")? {
                    return Ok(Turn::Aborts);
                }
                let quoted = ahead::is_quote(c, next)?;
                let known = quoted || self.stack.last().is_some_and(|frame| frame.bare_keys);
                object && known && ahead::key_like(c, next)?
            }
            b'/' => self.text.ends_with([' ', '\t']) && ahead::comment(c, c.pos)?,
            b'#' => self.text.ends_with([' ', '\t']) && is_short_literal(self.text.trim_end()),
            b'`' if self.fence.is_some() && c.is_at(c.pos, b"```")? => {
                if self.text.trim_end_matches([' ', '\t']).ends_with('\n') {
                    return Ok(Turn::Aborts);
                }
                false
            }
            b'\\' => c.is_at(c.pos, b"\\n")? && c.is_at(c.behind_space(c.pos + 2)?.0, b"}")?,
            _ => false,
        };
        Ok(if ends { Turn::Ends } else { Turn::Text })
    }

    /// A `"` in bare text: the next key, one too many, or text.
    fn bare_quote(&self, c: &Cursor<'_>, leaf: &mut Leaf, object: bool) -> Look<Turn> {
        let value = object || self.item_in_object() && is_short_literal(self.text.trim_end());
        if value && ahead::key_like(c, c.pos)? {
            return Ok(Turn::Ends);
        }
        if !leaf.inner && matches!(c.behind_space(c.pos + 1)?.1, None | Some(b',' | b'}' | b']')) {
            return Ok(Turn::EndsWithout);
        }
        leaf.inner = !leaf.inner;
        Ok(Turn::Text)
    }

    /// Whether a structure goes on behind the bracket at the place.
    fn closer_follows(&self, c: &Cursor<'_>) -> Look<bool> {
        let (next, byte) = c.behind_space(c.pos + 1)?;
        Ok(matches!(byte, None | Some(b',' | b'}' | b']')) || c.line_ends(c.pos, next))
    }

    fn end_bare(&mut self, c: &Cursor<'_>, leaf: &Leaf) {
        let mut text = std::mem::take(&mut self.text);
        let len = text.trim_end().len();
        let end = c.offset(c.pos) - u32::try_from(text.len() - len).unwrap_or(0);
        text.truncate(len);
        let mut mistakes = leaf.mistakes;
        if !is_literal(&text) {
            mistakes |= Mistakes::UNQUOTED_TEXT;
        }
        self.leaf = None;
        let span = Span { start: leaf.start, end };
        self.add(Raw { kind: RawKind::Bare(text), closed: true, mistakes, span });
    }

    /// Goes on to the end of a key without quotes.
    pub(super) fn bare_key(&mut self, c: &mut Cursor<'_>) -> Look<()> {
        let Some(leaf) = self.leaf else {
            self.mode = Mode::Prose;
            return Ok(());
        };
        let rest = c.left();
        let run = rest.bytes().position(ends_key).unwrap_or(rest.len());
        touch(run);
        self.text.push_str(rest.get(..run).unwrap_or_default());
        c.pos += run;
        match c.peek()? {
            b'"' | b'\n' => {
                // Words before a key, or a key without its first quote.
                let word = self.text.trim_end().len();
                let spaced = word < self.text.len() || c.peek()? == b'\n';
                let next = c.behind_space(c.pos)?.1;
                if !spaced && c.is_at(c.pos, b"\"")? {
                    self.end_key(c, &leaf, Mistakes::INNER_QUOTE);
                    c.pos += 1;
                } else if matches!(next, Some(b':' | b'}')) {
                    self.end_key(c, &leaf, Mistakes::NONE);
                } else {
                    self.leaf = None;
                    self.text.clear();
                    self.mode = Mode::Key;
                    self.forgive(Mistakes::JUNK);
                }
            }
            _ => self.end_key(c, &leaf, Mistakes::NONE),
        }
        Ok(())
    }

    fn end_key(&mut self, c: &Cursor<'_>, leaf: &Leaf, mistakes: Mistakes) {
        let mut text = std::mem::take(&mut self.text);
        let len = text.trim_end().len();
        let end = c.offset(c.pos) - u32::try_from(text.len() - len).unwrap_or(0);
        text.truncate(len);
        self.leaf = None;
        if let Some(frame) = self.stack.last_mut() {
            let span = Span { start: leaf.start, end };
            frame.key = Some(Key { text, span, mistakes: leaf.mistakes | mistakes, colon: false });
            frame.bare_keys = true;
            frame.comma = false;
        }
        self.mode = Mode::Colon;
        self.fresh_line = false;
    }
}

/// Whether JSON has this without quotes.
pub(super) fn is_literal(text: &str) -> bool {
    matches!(text, "true" | "false" | "null") || is_number(text.as_bytes())
}

/// The same for what is asked at every comma, where the work must not grow with the text.
fn is_short_literal(text: &str) -> bool {
    text.len() <= SHORT && is_literal(text)
}

fn is_number(text: &[u8]) -> bool {
    let digits = |text: &[u8]| text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let text = text.strip_prefix(b"-").unwrap_or(text);
    let whole = digits(text);
    if whole == 0 || whole > 1 && text.first() == Some(&b'0') {
        return false;
    }
    let mut rest = text.get(whole..).unwrap_or_default();
    if let Some(fraction) = rest.strip_prefix(b".") {
        let len = digits(fraction);
        if len == 0 {
            return false;
        }
        rest = fraction.get(len..).unwrap_or_default();
    }
    if let Some(exponent) = rest.strip_prefix(b"e").or_else(|| rest.strip_prefix(b"E")) {
        let exponent = exponent.strip_prefix(b"+").or_else(|| exponent.strip_prefix(b"-")).unwrap_or(exponent);
        let len = digits(exponent);
        return len > 0 && len == exponent.len();
    }
    rest.is_empty()
}

pub(super) fn is_special(byte: u8) -> bool {
    matches!(byte, b',' | b'}' | b']' | b')' | b'{' | b'[' | b'(' | b'"' | b'\n' | b'/' | b'#' | b'`' | b'\\')
}

fn ends_key(byte: u8) -> bool {
    matches!(byte, b':' | b'=' | b',' | b'}' | b']' | b'{' | b'"' | b'\n')
}
