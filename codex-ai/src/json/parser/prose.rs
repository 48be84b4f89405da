//! Text around values: where values and fences begin.

use super::Fence;
use super::ahead;
use super::cursor::{Cursor, Look};
use super::frame::{Quote, Shape};
use super::machine::Machine;
use crate::json::raw::Span;

/// How far into a list without quotes is looked for its first comma.
const WORDS: usize = 96;

/// What an opening bracket in prose looks like.
enum Start {
    /// Prose.
    No,
    /// A value, if nothing better comes.
    Weak,
    Strong,
}

impl Machine {
    /// Goes on to the next value or fence.
    pub(super) fn prose(&mut self, c: &mut Cursor<'_>) -> Look<()> {
        let byte = c.peek()?;
        match byte {
            b'\n' => {
                self.line_seen = false;
                if std::mem::take(&mut self.fence_line) {
                    self.end_fence_line(c, c.pos, c.pos + 1);
                }
                c.pos += 1;
                return Ok(());
            }
            b' ' | b'\t' | b'\r' => {
                c.pos += 1;
                return Ok(());
            }
            b'{' => {
                let start = self.object_start(c)?;
                if self.begins(c, &start) {
                    self.open(c, Shape::Object);
                    return Ok(());
                }
            }
            b'[' => {
                let start = self.list_start(c)?;
                if self.begins(c, &start) {
                    self.open(c, Shape::List);
                    return Ok(());
                }
            }
            b'(' if !self.prose_seen && self.tuple_here(c)? => {
                self.begins(c, &Start::Strong);
                self.open(c, Shape::Tuple);
                return Ok(());
            }
            b'"' if !self.prose_seen && self.json_in_quotes(c)? => {
                self.begins(c, &Start::Strong);
                self.open_text(c, Quote::Plain(b'"'), 1, false);
                return Ok(());
            }
            b'`' => return self.back_quotes(c, byte),
            b'~' if !self.line_seen => return self.back_quotes(c, byte),
            _ => {}
        }
        // Nothing begins here, nor before the next of the bytes above.
        let rest = c.left().as_bytes().get(1..).unwrap_or_default();
        let next = rest.iter().position(|byte| matches!(byte, b'\n' | b'{' | b'[' | b'`'));
        c.pos += 1 + next.unwrap_or(rest.len());
        self.prose_seen = true;
        self.line_seen = true;
        Ok(())
    }

    fn begins(&mut self, c: &Cursor<'_>, start: &Start) -> bool {
        let weak = match start {
            Start::No => return false,
            Start::Weak => self.line_seen && !self.fence_line,
            Start::Strong => false,
        };
        if std::mem::take(&mut self.fence_line) {
            self.end_fence_line(c, c.pos, c.pos);
        }
        self.root = (weak, self.fence.is_some().then(|| self.found.fences.len().saturating_sub(1)));
        true
    }

    fn end_fence_line(&mut self, c: &Cursor<'_>, info: usize, body: usize) {
        self.prose_seen = false;
        if let Some(fence) = self.found.fences.last_mut() {
            fence.info.end = c.offset(info);
            fence.body = c.span(body, body);
        }
    }

    /// A run of back quotes or tildes: a fence from three on.
    fn back_quotes(&mut self, c: &mut Cursor<'_>, byte: u8) -> Look<()> {
        let width = c.run_at(c.pos, byte)?;
        if width < 3 {
            c.pos += width;
            self.prose_seen = true;
            self.line_seen = true;
            return Ok(());
        }
        let end = c.offset(c.pos);
        let opens = self.fence.is_none() || c.at(c.pos + width)?.is_some_and(|next| next.is_ascii_alphabetic());
        if let Some((own, _)) = self.fence
            && own != byte
        {
            // The other sort of fence is text in this one.
        } else {
            let was_open = self.fence.take().is_some();
            if was_open && let Some(fence) = self.found.fences.last_mut() {
                if self.fence_line {
                    fence.info.end = end;
                    fence.body = Span { start: end, end };
                }
                fence.body.end = end;
                fence.closed = !opens;
            }
            self.fence_line = opens;
            if opens {
                self.fence = Some((byte, width));
                let span = c.span(c.pos + width, c.pos + width);
                self.found.fences.push(Fence { info: span, body: span, closed: false });
            }
        }
        c.pos += width;
        self.prose_seen = !opens;
        self.line_seen = true;
        Ok(())
    }

    fn object_start(&self, c: &Cursor<'_>) -> Look<Start> {
        let (next, byte) = c.behind_space(c.pos + 1)?;
        Ok(match byte {
            None => Start::Strong,
            Some(b'}') => Start::Weak,
            Some(b'\\') => {
                if c.is_at(next, b"\\\"")? || c.is_at(next, b"\\n")? {
                    Start::Strong
                } else {
                    Start::No
                }
            }
            Some(b'/') => {
                if ahead::comment(c, next)? {
                    Start::Strong
                } else {
                    Start::No
                }
            }
            Some(b'#') => {
                if c.line_ends(c.pos, next) {
                    Start::Strong
                } else {
                    Start::No
                }
            }
            Some(b'.') => {
                if c.is_at(next, b"...")? {
                    Start::Weak
                } else {
                    Start::No
                }
            }
            Some(_) if ahead::is_quote(c, next)? || ahead::key_like(c, next)? => Start::Strong,
            Some(_) => Start::No,
        })
    }

    fn list_start(&self, c: &Cursor<'_>) -> Look<Start> {
        let (next, byte) = c.behind_space(c.pos + 1)?;
        Ok(match byte {
            None | Some(b'{' | b'[') => Start::Strong,
            Some(b']') => Start::Weak,
            Some(b'/') => {
                if ahead::comment(c, next)? {
                    Start::Strong
                } else {
                    Start::No
                }
            }
            Some(b'#') => {
                if c.line_ends(c.pos, next) {
                    Start::Strong
                } else {
                    Start::No
                }
            }
            Some(b'\\') => {
                if c.is_at(next, b"\\\"")? || c.is_at(next, b"\\n")? {
                    Start::Strong
                } else {
                    Start::No
                }
            }
            Some(_) if ahead::is_quote(c, next)? => Start::Strong,
            Some(_) if c.line_ends(c.pos, next) => Start::Strong,
            Some(_) => words(c, next, self.line_seen)?,
        })
    }

    /// Whether `(1, ..` or `("..` stands at the place.
    pub(super) fn tuple_here(&self, c: &Cursor<'_>) -> Look<bool> {
        let (next, byte) = c.behind_space(c.pos + 1)?;
        Ok(match byte {
            Some(b'0'..=b'9' | b'-') => {
                for place in next..next + WORDS {
                    match c.at(place)? {
                        Some(byte) if ahead::is_number_byte(byte) => {}
                        Some(b',') => return Ok(true),
                        _ => return Ok(false),
                    }
                }
                false
            }
            Some(b'"' | b'\'') => true,
            _ => false,
        })
    }

    /// Whether a text begins that holds JSON itself: `"{`.
    fn json_in_quotes(&self, c: &Cursor<'_>) -> Look<bool> {
        let (mut next, mut byte) = c.behind_space(c.pos + 1)?;
        if byte == Some(b'\\') && c.is_at(next, b"\\n")? {
            (next, byte) = c.behind_space(next + 2)?;
        }
        Ok(match byte {
            Some(b'{') => matches!(c.behind_space(next + 1)?.1, None | Some(b'\\' | b'"' | b'\'' | b'}')),
            Some(b'[') => matches!(c.behind_space(next + 1)?.1, None | Some(b'\\' | b'"' | b'{' | b'[' | b'0'..=b'9')),
            _ => false,
        })
    }
}

/// What a bracket with words behind it is. In the middle of a line it needs a comma to be a list.
fn words(c: &Cursor<'_>, at: usize, in_line: bool) -> Look<Start> {
    let mut comma = false;
    for place in at..at + WORDS {
        match c.at(place)? {
            None => return Ok(if in_line && !comma { Start::No } else { Start::Weak }),
            Some(b',') if !in_line => return Ok(Start::Weak),
            Some(b',') => comma = true,
            Some(b']') => {
                let word = c.bytes.get(at..place).unwrap_or_default();
                let number = word.iter().all(|byte| ahead::is_number_byte(*byte));
                if c.at(place + 1)? == Some(b'(') || in_line && !comma && !number {
                    return Ok(Start::No);
                }
                return Ok(Start::Weak);
            }
            Some(b'\n') => return Ok(if comma { Start::Weak } else { Start::No }),
            Some(_) => {}
        }
    }
    Ok(if comma { Start::Weak } else { Start::No })
}
