//! Between texts: brackets, commas, colons, comments.

use super::ahead;
use super::cursor::{Cursor, Look, More, is_odd_space, is_space, touch};
use super::frame::{Quote, Shape};
use super::machine::{Comment, Machine, Mode};
use crate::json::raw::Mistakes;

impl Machine {
    /// A key, or the end of an object.
    pub(super) fn key(&mut self, c: &mut Cursor<'_>) -> Look<()> {
        let byte = self.skip_space(c)?;
        match byte {
            b'}' | b']' | b')' => self.closer(c, byte)?,
            b',' | b';' => self.skip(c, 1, Mistakes::STRAY_COMMA),
            b':' | b'=' => self.skip(c, 1, Mistakes::JUNK),
            b'`' if self.fence_here(c)? => self.abort(c.offset(c.pos)),
            b'"' | b'\'' | b'`' => self.open_text(c, Quote::Plain(byte), 1, true),
            b'{' => self.open(c, Shape::Object),
            b'[' => self.open(c, Shape::List),
            b'.' if c.is_at(c.pos, b"...")? => self.skip(c, 3, Mistakes::ELLIPSIS),
            b'/' | b'#' if self.comment_here(c, byte)? => {}
            b'\\' if self.escaped_here(c, true)? => {}
            _ if let Some(double) = ahead::typographic(c, c.pos)? => {
                self.open_text(c, Quote::Typographic(double), 3, true);
            }
            _ => self.open_text(c, Quote::None, 0, true),
        }
        Ok(())
    }

    /// What parts key and value.
    pub(super) fn colon(&mut self, c: &mut Cursor<'_>) -> Look<()> {
        let byte = self.skip_space(c)?;
        match byte {
            b':' => {
                self.pair(Mistakes::NONE);
                c.pos += 1;
            }
            b'=' => {
                let width = 1 + usize::from(matches!(c.at(c.pos + 1)?, Some(b'>' | b'=')));
                self.pair(Mistakes::EQUALS_SIGN);
                c.pos += width;
            }
            b',' | b'}' | b']' | b')' | b';' => {
                if let Some((frame, node)) = self.top() {
                    frame.add_lone_key(node);
                }
                self.mode = Mode::After;
            }
            b'/' | b'#' if self.comment_here(c, byte)? => {}
            b'`' if self.fence_here(c)? && self.fence.is_some() => self.abort(c.offset(c.pos)),
            _ => self.pair(Mistakes::MISSING_COLON),
        }
        Ok(())
    }

    fn pair(&mut self, mistakes: Mistakes) {
        if let Some(frame) = self.stack.last_mut() {
            frame.paired = true;
            if let Some(key) = &mut frame.key {
                key.mistakes |= mistakes;
                key.colon = true;
            }
        }
        self.mode = Mode::Value;
        self.fresh_line = false;
    }

    /// A value, or the end of a list.
    pub(super) fn value(&mut self, c: &mut Cursor<'_>) -> Look<()> {
        let byte = self.skip_space(c)?;
        match byte {
            b'"' | b'\'' => {
                let width = c.run_up_to_three(c.pos, byte)?;
                let quote = if width == 3 { Quote::Triple(byte) } else { Quote::Plain(byte) };
                self.open_text(c, quote, if width == 3 { 3 } else { 1 }, false);
            }
            b'{' => self.open(c, Shape::Object),
            b'[' => self.open(c, Shape::List),
            b'(' if self.tuple_here(c)? => self.open(c, Shape::Tuple),
            b',' | b';' => self.no_value(c),
            b'}' | b']' | b')' => self.closer(c, byte)?,
            b'/' if self.comment_here(c, byte)? => {}
            b'#' if matches!(c.at(c.pos + 1)?, None | Some(b' ' | b'\t' | b'\n')) => {
                self.comment_here(c, byte)?;
            }
            b'.' if self.ellipsis_here(c)? => self.skip(c, 3, Mistakes::ELLIPSIS),
            b':' => self.skip(c, 1, Mistakes::JUNK),
            b'`' => self.back_quote(c)?,
            b'\\' if self.escaped_here(c, false)? => {}
            _ if let Some(double) = ahead::typographic(c, c.pos)? => {
                self.open_text(c, Quote::Typographic(double), 3, false);
            }
            _ => self.open_text(c, Quote::None, 0, false),
        }
        Ok(())
    }

    /// What parts values, or the end.
    pub(super) fn after(&mut self, c: &mut Cursor<'_>) -> Look<()> {
        let byte = self.skip_space(c)?;
        match byte {
            b',' => self.comma(c, Mistakes::NONE),
            b'}' | b']' | b')' => self.closer(c, byte)?,
            b';' => self.comma(c, Mistakes::STRAY_COMMA),
            b':' | b'=' => self.skip(c, 1, Mistakes::JUNK),
            b'/' | b'#' if self.comment_here(c, byte)? => {}
            b'`' if self.fence_here(c)? => self.abort(c.offset(c.pos)),
            b'~' if c.is_at(c.pos, b"~~~")? => self.abort(c.offset(c.pos)),
            b'\\' if !c.is_at(c.pos, b"\\\"")? && self.escaped_here(c, false)? => {}
            _ => {
                self.next_child();
                self.forgive(Mistakes::MISSING_COMMA);
            }
        }
        Ok(())
    }

    /// Ends what the bracket at the place means to end.
    fn closer(&mut self, c: &mut Cursor<'_>, byte: u8) -> Look<()> {
        let Some(frame) = self.stack.last_mut() else { return Ok(()) };
        let own = match frame.shape {
            Shape::Object => b'}',
            Shape::List => b']',
            Shape::Tuple => b')',
        };
        let end = c.offset(c.pos + 1);
        if byte == own {
            c.pos += 1;
            self.close(end, Mistakes::NONE);
            return Ok(());
        }
        let other = match byte {
            b'}' => Shape::Object,
            b']' => Shape::List,
            _ => Shape::Tuple,
        };
        let parent = self.stack.len().checked_sub(2).and_then(|index| self.stack.get(index)).map(|frame| frame.shape);
        if own != b'}' && byte == b'}' && parent == Some(Shape::Object) {
            // `["a"}, "key": ..`: the wrong bracket, since the object around goes on.
            let (next, after) = c.behind_space(c.pos + 1)?;
            let goes_on = after == Some(b',') && {
                let (key, _) = c.behind_space(next + 1)?;
                ahead::key_like(c, key)?
            };
            if goes_on {
                c.pos += 1;
                self.close(end, Mistakes::WRONG_CLOSER);
                return Ok(());
            }
        }
        if self.has_open(other) {
            while self.stack.last().is_some_and(|frame| frame.shape != other) {
                self.close(c.offset(c.pos), Mistakes::WRONG_CLOSER);
            }
            c.pos += 1;
            self.close(end, Mistakes::NONE);
        } else if own != b'}' && other != Shape::Object {
            c.pos += 1;
            self.close(end, Mistakes::WRONG_CLOSER);
        } else {
            self.skip(c, 1, Mistakes::EXTRA_CLOSER);
        }
        Ok(())
    }

    /// A comma where a value should be.
    fn no_value(&mut self, c: &mut Cursor<'_>) {
        match self.top() {
            Some((frame, node)) if frame.shape == Shape::Object => {
                frame.add_lone_key(node);
                self.mode = Mode::After;
            }
            _ => self.skip(c, 1, Mistakes::STRAY_COMMA),
        }
    }

    fn comma(&mut self, c: &mut Cursor<'_>, mistakes: Mistakes) {
        c.pos += 1;
        self.next_child();
        if let Some(frame) = self.stack.last_mut() {
            frame.comma = true;
        }
        self.forgive(mistakes);
    }

    fn next_child(&mut self) {
        let object = self.stack.last().is_some_and(|frame| frame.shape == Shape::Object);
        self.mode = if object { Mode::Key } else { Mode::Value };
        self.fresh_line = false;
    }

    /// Notes a mistake in the innermost list or object.
    pub(super) fn forgive(&mut self, mistakes: Mistakes) {
        if mistakes.is_empty() {
            return;
        }
        if let Some((_, node)) = self.top() {
            node.mistakes |= mistakes;
        }
    }

    pub(super) fn skip(&mut self, c: &mut Cursor<'_>, width: usize, mistakes: Mistakes) {
        self.forgive(mistakes);
        c.pos += width;
    }

    /// Goes on to what is no white space, and tells it.
    pub(super) fn skip_space(&mut self, c: &mut Cursor<'_>) -> Look<u8> {
        loop {
            let rest = c.left().as_bytes();
            let len = rest.iter().position(|byte| !is_space(*byte)).unwrap_or(rest.len());
            touch(len);
            self.fresh_line |= c.line_ends(c.pos, c.pos + len);
            c.pos += len;
            match c.peek()? {
                0x80.. | 0xb | 0xc => match c.char_at(c.pos) {
                    Some(other) if is_odd_space(other) => c.pos += other.len_utf8(),
                    _ => return c.peek(),
                },
                byte => return Ok(byte),
            }
        }
    }

    /// Whether three back quotes stand at the place.
    fn fence_here(&self, c: &Cursor<'_>) -> Look<bool> {
        c.is_at(c.pos, b"```")
    }

    /// A back quote where a value should be: a quote, a block of code, or the end of the fence around.
    fn back_quote(&mut self, c: &mut Cursor<'_>) -> Look<()> {
        if !self.fence_here(c)? {
            self.open_text(c, Quote::Plain(b'`'), 1, false);
            return Ok(());
        }
        let width = c.run_at(c.pos, b'`')?;
        if self.fence.is_some() && self.fresh_line && matches!(c.at(c.pos + width)?, None | Some(b'\n' | b'\r')) {
            self.abort(c.offset(c.pos));
        } else {
            self.open_text(c, Quote::Code(width), width, false);
        }
        Ok(())
    }

    /// `...` for items left out.
    fn ellipsis_here(&self, c: &Cursor<'_>) -> Look<bool> {
        let list = self.stack.last().is_some_and(|frame| frame.shape != Shape::Object);
        if !list || !c.is_at(c.pos, b"...")? {
            return Ok(false);
        }
        Ok(matches!(c.behind_space(c.pos + 3)?.1, None | Some(b',' | b']' | b')')))
    }

    /// A quote or white space that was escaped although it is not in a text.
    fn escaped_here(&mut self, c: &mut Cursor<'_>, is_key: bool) -> Look<bool> {
        match c.at(c.pos + 1)? {
            Some(b'"') => self.open_text(c, Quote::Escaped, 2, is_key),
            Some(b'n' | b't' | b'r') => self.skip(c, 2, Mistakes::ESCAPED_QUOTES),
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Begins a comment at the place, if one is there.
    fn comment_here(&mut self, c: &mut Cursor<'_>, byte: u8) -> Look<bool> {
        let (comment, width) = match byte {
            b'#' => (Comment::Line, 1),
            _ => match c.at(c.pos + 1)? {
                Some(b'/') => (Comment::Line, 2),
                Some(b'*') => (Comment::Block, 2),
                _ => return Ok(false),
            },
        };
        self.comment = Some(comment);
        self.skip(c, width, Mistakes::COMMENT);
        Ok(true)
    }

    pub(super) fn skip_comment(&mut self, c: &mut Cursor<'_>, comment: Comment) -> Look<()> {
        let rest = c.left().as_bytes();
        match comment {
            Comment::Line => {
                let Some(end) = memchr::memchr(b'\n', rest) else {
                    c.pos = c.bytes.len();
                    return Err(More);
                };
                c.pos += end;
            }
            Comment::Block => {
                let Some(end) = memchr::memchr(b'*', rest) else {
                    c.pos = c.bytes.len();
                    return Err(More);
                };
                c.pos += end;
                if c.at(c.pos + 1)? != Some(b'/') {
                    c.pos += 1;
                    return Ok(());
                }
                c.pos += 2;
            }
        }
        self.comment = None;
        Ok(())
    }
}
