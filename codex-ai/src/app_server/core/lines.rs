//! Bytes into lines, in whatever pieces they come.

use std::ops::Range;

/// Bytes that are asked of the pipe at once.
pub(crate) const READ: usize = 64 << 10;
/// The memory that is kept between two chunks; what a long line took above it goes back.
const KEPT: usize = 256 << 10;
/// The bytes of a line that is too long which are looked at, at its beginning and at its end.
const EDGE: usize = 512;

/// Splits what is read into lines. The bytes of a line that is not complete stay for the next chunk.
pub(crate) struct Lines {
    pub(crate) buffer: Vec<u8>,
    /// Where the first line that was not given out begins.
    start: usize,
    /// Up to here no end of a line was found.
    searched: usize,
    max: usize,
    skipping: Option<Skipping>,
}

/// A line that is too long, of which only the edges are kept.
struct Skipping {
    head: Vec<u8>,
    tail: Vec<u8>,
}

/// What was found in the buffer.
pub(crate) enum Found {
    /// A line, without its end.
    Line(Range<usize>),
    /// A line got too long; it is told at once, and its end later.
    TooLong(Vec<u8>),
    /// The end of a line that was too long: how it began, and how it ended.
    EndOfTooLong(Vec<u8>, Vec<u8>),
}

impl Lines {
    pub(crate) fn new(max: usize) -> Self {
        Self { buffer: Vec::with_capacity(READ), start: 0, searched: 0, max, skipping: None }
    }

    /// The next thing in the buffer; `None` where more is to be read.
    pub(crate) fn next(&mut self) -> Option<Found> {
        if let Some(skipping) = &mut self.skipping {
            let end = memchr::memchr(b'\n', &self.buffer[self.start..]);
            let rest = &self.buffer[self.start..end.map_or(self.buffer.len(), |end| self.start + end)];
            skipping.more(rest);
            self.start += rest.len();
            self.searched = self.start;
            end?;
            self.start += 1;
            self.searched = self.start;
            let Skipping { head, tail } = self.skipping.take()?;
            return Some(Found::EndOfTooLong(head, tail));
        }
        let end = memchr::memchr(b'\n', &self.buffer[self.searched..]).map(|end| self.searched + end);
        self.searched = end.map_or(self.buffer.len(), |end| end + 1);
        let long = end.unwrap_or(self.buffer.len()) - self.start > self.max;
        if long {
            let head = self.buffer[self.start..self.buffer.len().min(self.start + EDGE)].to_vec();
            self.skipping = Some(Skipping { head: head.clone(), tail: Vec::new() });
            self.searched = self.start;
            return Some(Found::TooLong(head));
        }
        let mut line = self.start..end?;
        self.start = self.searched;
        if self.buffer[line.clone()].starts_with(b"\xef\xbb\xbf") {
            line.start += 3;
        }
        if self.buffer[line.clone()].ends_with(b"\r") {
            line.end -= 1;
        }
        Some(Found::Line(line))
    }

    /// All lines were taken: makes room for the next chunk.
    pub(crate) fn compact(&mut self) {
        self.buffer.drain(..self.start);
        self.searched -= self.start;
        self.start = 0;
        if self.buffer.capacity() > KEPT && self.buffer.len() < KEPT / 2 {
            self.buffer.shrink_to(KEPT);
        }
        self.buffer.reserve(READ);
    }

    /// What is there without an end of a line, when nothing more comes.
    pub(crate) fn rest(&mut self) -> Range<usize> {
        match self.skipping {
            Some(_) => 0..0,
            None => self.start..self.buffer.len(),
        }
    }
}

impl Skipping {
    fn more(&mut self, bytes: &[u8]) {
        self.tail.extend_from_slice(&bytes[bytes.len().saturating_sub(EDGE)..]);
        let excess = self.tail.len().saturating_sub(EDGE);
        self.tail.drain(..excess);
    }
}
