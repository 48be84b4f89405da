//! Text in quotes.

use super::ahead;
use super::closing::joined;
use super::cursor::{Cursor, Look, touch};
use super::frame::{Key, Leaf, Quote};
use super::machine::{Machine, Mode};
use crate::json::raw::{Mistakes, Raw, RawKind, Span};

impl Machine {
    /// Goes on to the next quote or escape.
    pub(super) fn quoted(&mut self, c: &mut Cursor<'_>) -> Look<()> {
        let Some(mut leaf) = self.leaf else {
            self.mode = Mode::Prose;
            return Ok(());
        };
        let rest = c.left().as_bytes();
        let next = match leaf.quote {
            Quote::Plain(quote) | Quote::Triple(quote) => memchr::memchr2(quote, b'\\', rest),
            Quote::Typographic(true) => memchr::memchr3(0xe2, b'\\', b'"', rest),
            Quote::Typographic(false) => memchr::memchr3(0xe2, b'\\', b'\'', rest),
            Quote::Escaped => memchr::memchr(b'\\', rest),
            Quote::Code(_) => memchr::memchr(b'`', rest),
            Quote::None => None,
        };
        let run = next.unwrap_or(rest.len());
        touch(run);
        if run > 0 {
            self.take_run(c, run, &mut leaf);
            self.leaf = Some(leaf);
        }
        let byte = c.peek()?;
        let result = match leaf.quote {
            Quote::Triple(quote) if byte == quote => self.triple(c, leaf, quote),
            Quote::Triple(quote) => self.triple_escape(c, quote),
            Quote::Code(width) => self.code(c, leaf, width),
            Quote::Escaped => self.escaped(c, &mut leaf),
            _ if byte == b'\\' => self.escape(c, 0, &mut leaf),
            Quote::Typographic(double) if byte == 0xe2 => match ahead::typographic(c, c.pos)? {
                Some(other) if other == double => self.candidate(c, 3, &mut leaf),
                _ => {
                    let width = c.char_at(c.pos).map_or(1, char::len_utf8);
                    self.take_run(c, width, &mut leaf);
                    Ok(())
                }
            },
            _ => self.candidate(c, 1, &mut leaf),
        };
        result?;
        if let Some(kept) = &mut self.leaf {
            *kept = leaf;
        }
        Ok(())
    }

    fn take_run(&mut self, c: &mut Cursor<'_>, len: usize, leaf: &mut Leaf) {
        let run = c.left().get(..len).unwrap_or_default();
        if has_control(run) && !matches!(leaf.quote, Quote::Code(_) | Quote::Triple(_)) {
            leaf.mistakes |= Mistakes::RAW_CONTROL;
        }
        for byte in run.bytes() {
            leaf.braces = match byte {
                // Once all are closed nothing is counted; this must not depend on how the text came.
                _ if leaf.braces == 0 => break,
                b'{' => leaf.braces + 1,
                b'}' => leaf.braces - 1,
                _ => leaf.braces,
            };
        }
        self.text.push_str(run);
        c.pos += len;
    }

    /// A quote of `width` bytes that may end the text, or belong to it.
    fn candidate(&mut self, c: &mut Cursor<'_>, width: usize, leaf: &mut Leaf) -> Look<()> {
        let at = c.pos + width;
        if leaf.braces == 0 && !leaf.inner && Self::next_piece(c, at, leaf)? {
            return Ok(());
        }
        let closes = leaf.braces == 0 && ahead::quote_closes(c, at, self.place(leaf))?;
        if closes {
            c.pos = at;
            self.end_text(c, *leaf, Mistakes::NONE);
            return Ok(());
        }
        let next = match c.at(at)? {
            None => None,
            Some(_) => c.char_at(at),
        };
        if leaf.braces == 0 && self.text.trim_end().ends_with('{') && ahead::key_like(c, c.pos)? {
            leaf.braces = 1;
        }
        let before = self.text.chars().next_back();
        let in_word = before.is_some_and(char::is_alphanumeric) && next.is_some_and(char::is_alphanumeric);
        if !in_word {
            leaf.inner = !leaf.inner;
        }
        leaf.mistakes |= Mistakes::INNER_QUOTE;
        let quote = if leaf.quote == Quote::Escaped { "\"" } else { c.text.get(c.pos..at).unwrap_or_default() };
        self.text.push_str(quote);
        c.pos = at;
        Ok(())
    }

    /// Goes on with the next piece of a text in several.
    fn next_piece(c: &mut Cursor<'_>, at: usize, leaf: &mut Leaf) -> Look<bool> {
        if leaf.is_key || !matches!(leaf.quote, Quote::Plain(_)) {
            return Ok(false);
        }
        let Some((next, quote)) = joined(c, at)? else { return Ok(false) };
        leaf.quote = quote;
        leaf.mistakes |= Mistakes::JOINED;
        c.pos = next;
        Ok(true)
    }

    /// The text has ended before the place.
    fn end_text(&mut self, c: &Cursor<'_>, leaf: Leaf, mistakes: Mistakes) {
        let text = std::mem::take(&mut self.text);
        let span = Span { start: leaf.start, end: c.offset(c.pos) };
        let mistakes = leaf.mistakes | mistakes;
        self.leaf = None;
        if leaf.is_key {
            if let Some(frame) = self.stack.last_mut() {
                frame.key = Some(Key { text, span, mistakes, colon: false });
                frame.comma = false;
            }
            self.mode = Mode::Colon;
            self.fresh_line = false;
        } else {
            self.add(Raw { kind: RawKind::Quoted(text), closed: true, mistakes, span });
        }
    }

    /// Three or more quotes where three ended the text.
    fn triple(&mut self, c: &mut Cursor<'_>, leaf: Leaf, quote: u8) -> Look<()> {
        let count = c.run_at(c.pos, quote)?;
        let text = if count < 3 { count } else { count - 3 };
        self.text.push_str(c.left().get(..text).unwrap_or_default());
        c.pos += count;
        if count >= 3 {
            self.end_text(c, leaf, Mistakes::NONE);
        }
        Ok(())
    }

    /// Between three quotes only quotes are escaped.
    fn triple_escape(&mut self, c: &mut Cursor<'_>, quote: u8) -> Look<()> {
        if c.at(c.pos + 1)? == Some(quote) {
            self.text.push(char::from(quote));
            c.pos += 2;
        } else {
            self.text.push('\\');
            c.pos += 1;
        }
        Ok(())
    }

    /// Back quotes in a block of code: its end, if the structure goes on behind them.
    fn code(&mut self, c: &mut Cursor<'_>, leaf: Leaf, width: usize) -> Look<()> {
        let count = c.run_at(c.pos, b'`')?;
        if count >= width {
            let (next, after) = c.behind_space(c.pos + count)?;
            let ends = match after {
                None | Some(b',' | b'}' | b']' | b')') => true,
                Some(_) => c.line_ends(c.pos, next) && ahead::key_like(c, next)?,
            };
            if ends {
                c.pos += count;
                self.text = dedent(&self.text);
                self.end_text(c, leaf, Mistakes::NONE);
                return Ok(());
            }
        }
        self.text.push_str(c.left().get(..count).unwrap_or_default());
        c.pos += count;
        Ok(())
    }

    /// A `\` between quotes that are escaped themselves: `\"` is a quote, `\\"` and `\\\"` are text.
    fn escaped(&mut self, c: &mut Cursor<'_>, leaf: &mut Leaf) -> Look<()> {
        match c.at(c.pos + 1)? {
            Some(b'"') => self.candidate(c, 2, leaf),
            Some(b'\\') => {
                if c.is_at(c.pos + 2, b"\\\"")? {
                    self.text.push('"');
                    c.pos += 4;
                    return Ok(());
                }
                self.escape(c, 1, leaf)
            }
            _ => self.escape(c, 0, leaf),
        }
    }

    /// A `\` with what it stands for; the first `skip` bytes are further ones.
    fn escape(&mut self, c: &mut Cursor<'_>, skip: usize, leaf: &mut Leaf) -> Look<()> {
        let at = c.pos + skip + 1;
        let known = match c.at(at)? {
            None => {
                leaf.mistakes |= Mistakes::BAD_ESCAPE;
                c.pos = c.bytes.len();
                return Ok(());
            }
            Some(b'n') => '\n',
            Some(byte @ (b'"' | b'\\' | b'/')) => char::from(byte),
            Some(b'u') => return self.unicode(c, at + 1, leaf),
            Some(b't') => '\t',
            Some(b'r') => '\r',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(byte @ (b'\'' | b'`')) => {
                leaf.mistakes |= Mistakes::BAD_ESCAPE;
                char::from(byte)
            }
            Some(_) => {
                leaf.mistakes |= Mistakes::BAD_ESCAPE;
                self.text.push('\\');
                c.pos = at;
                return Ok(());
            }
        };
        self.text.push(known);
        c.pos = at + 1;
        Ok(())
    }

    /// `\u` with its digits from `at` on, and those of a second half.
    fn unicode(&mut self, c: &mut Cursor<'_>, at: usize, leaf: &mut Leaf) -> Look<()> {
        let first = match hex(c, at)? {
            Hex::Unit(unit) => unit,
            Hex::Cut => {
                leaf.mistakes |= Mistakes::BAD_ESCAPE;
                c.pos = c.bytes.len();
                return Ok(());
            }
            Hex::Wrong => {
                leaf.mistakes |= Mistakes::BAD_ESCAPE;
                self.text.push_str("\\u");
                c.pos = at;
                return Ok(());
            }
        };
        let mut end = at + 4;
        let mut decoded = char::from_u32(first);
        if (0xd800..0xdc00).contains(&first)
            && c.is_at(end, b"\\u")?
            && let Hex::Unit(second @ 0xdc00..0xe000) = hex(c, end + 2)?
        {
            decoded = char::from_u32(0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00));
            end += 6;
        }
        if decoded.is_none() {
            leaf.mistakes |= Mistakes::BAD_ESCAPE;
        }
        self.text.push(decoded.unwrap_or(char::REPLACEMENT_CHARACTER));
        c.pos = end;
        Ok(())
    }
}

/// Whether a control character is in it; without a way out in between, so that it is done many bytes at a time.
fn has_control(text: &str) -> bool {
    text.bytes().fold(false, |found, byte| found | (byte < 0x20))
}

enum Hex {
    Unit(u32),
    /// The text ends in it.
    Cut,
    Wrong,
}

fn hex(c: &Cursor<'_>, at: usize) -> Look<Hex> {
    let mut unit = 0;
    for place in at..at + 4 {
        let Some(byte) = c.at(place)? else { return Ok(Hex::Cut) };
        let Some(digit) = char::from(byte).to_digit(16) else { return Ok(Hex::Wrong) };
        unit = unit * 16 + digit;
    }
    Ok(Hex::Unit(unit))
}

/// A block of code without its info line, the indent that all lines share, and the line break at its end.
fn dedent(block: &str) -> String {
    let Some((_, code)) = block.split_once('\n') else { return block.trim().to_owned() };
    let code = code.trim_end_matches([' ', '\t']);
    let code = code.strip_suffix('\n').unwrap_or(code);
    let code = code.strip_suffix('\r').unwrap_or(code);
    let indent = |line: &str| line.len() - line.trim_start_matches([' ', '\t']).len();
    let shared = code.lines().filter(|line| !line.trim().is_empty()).map(indent).min().unwrap_or(0);
    let mut out = String::with_capacity(code.len());
    for (index, line) in code.split('\n').enumerate() {
        if index > 0 {
            out.push('\n');
        }
        out.push_str(line.get(shared..).unwrap_or_else(|| line.trim_start_matches([' ', '\t'])));
    }
    out
}
