//! Server-sent events (WHATWG HTML, 9.2.6), from bytes that come in any pieces.

use std::ops::Range;

use crate::error::{Error, ErrorKind, Result};

/// The largest event: 32 MiB, room for a picture in base64.
pub const DEFAULT_EVENT_LIMIT: usize = 32 << 20;

/// How many bytes of lines that are no field are kept.
const STRAY_LIMIT: usize = 64 << 10;

/// Takes bytes as they come and gives events as they are complete. Each byte is looked at once.
///
/// Lines may end with LF, CRLF or CR; a BOM, comments and unknown fields are passed over, `id` and `retry` too, since
/// nothing is ever asked again where it left off.
#[derive(Debug)]
pub struct SseParser {
    limit: usize,
    /// What was not handed out yet. Everything before `start` was.
    buffer: Vec<u8>,
    start: usize,
    /// How far lines were looked for, counted from `start` as all places below.
    scanned: usize,
    /// Where the line begins that is looked at.
    line: usize,
    name: Range<usize>,
    data: Data,
    /// The data of an event that has several lines of it.
    joined: Vec<u8>,
    /// The line before ended with CR: a LF that follows belongs to it.
    after_cr: bool,
    begun: bool,
    stray: Vec<u8>,
}

/// The `data` of the event so far.
#[derive(Debug, Default)]
enum Data {
    #[default]
    None,
    One(Range<usize>),
    Joined,
}

/// An event as it is in the parser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Event<'a> {
    /// The field `event`; empty where there is none.
    pub name: &'a str,
    /// The fields `data`, joined by line feeds.
    pub data: &'a str,
}

impl SseParser {
    /// A parser for one body, which takes events of at most `limit` bytes, the ends of their lines included.
    pub fn new(limit: usize) -> Self {
        Self {
            limit,
            buffer: Vec::new(),
            start: 0,
            scanned: 0,
            line: 0,
            name: 0..0,
            data: Data::None,
            joined: Vec::new(),
            after_cr: false,
            begun: false,
            stray: Vec::new(),
        }
    }

    /// Adds bytes.
    pub fn push(&mut self, bytes: &[u8]) {
        if self.start == self.buffer.len() {
            self.buffer.clear();
        } else {
            self.buffer.drain(..self.start);
        }
        self.start = 0;
        self.buffer.extend_from_slice(bytes);
    }

    /// The body has ended: what stands there without a blank line after it is an event all the same.
    pub fn end(&mut self) {
        self.push(b"\n\n");
    }

    /// Lines that are no fields, such as an error told as plain JSON; at most 64 KiB of them.
    pub fn stray(&self) -> &[u8] {
        &self.stray
    }

    /// The next event that is complete.
    ///
    /// # Errors
    /// [`ErrorKind::TooLarge`] for an event beyond the limit, [`ErrorKind::Protocol`] for one that is not UTF-8. The
    /// parser is of no use after that.
    #[allow(clippy::should_implement_trait, reason = "an iterator cannot lend what it holds")]
    pub fn next(&mut self) -> Result<Option<Event<'_>>> {
        loop {
            let rest = &self.buffer[self.start..];
            if !self.begun {
                const BOM: &[u8] = "\u{feff}".as_bytes();
                if rest.len() < BOM.len() && BOM.starts_with(rest) {
                    return Ok(None);
                }
                if rest.starts_with(BOM) {
                    self.start += BOM.len();
                }
                self.begun = true;
                continue;
            }
            if self.after_cr && self.scanned < rest.len() {
                self.after_cr = false;
                if rest[self.scanned] == b'\n' {
                    self.scanned += 1;
                    self.line = self.scanned;
                }
            }
            let unread = &rest[self.scanned..];
            let found = match unread.first() {
                // No search is begun where there is nothing to look through.
                None => None,
                Some(b'\n' | b'\r') => Some(0),
                Some(_) => memchr::memchr2(b'\n', b'\r', unread),
            };
            let Some(found) = found else {
                self.scanned = rest.len();
                if rest.len() > self.limit {
                    return Err(self.too_large());
                }
                return Ok(None);
            };
            let end = self.scanned + found;
            if end > self.limit {
                return Err(self.too_large());
            }
            self.after_cr = rest[end] == b'\r';
            let line = self.line..end;
            self.scanned = end + 1;
            self.line = self.scanned;
            if !line.is_empty() {
                self.field(line);
                continue;
            }
            let event_start = self.start;
            self.start += self.scanned;
            self.scanned = 0;
            self.line = 0;
            let name = std::mem::replace(&mut self.name, 0..0);
            let data = match std::mem::take(&mut self.data) {
                Data::None => continue,
                Data::One(range) => &self.buffer[event_start + range.start..event_start + range.end],
                Data::Joined => self.joined.as_slice(),
            };
            let name = &self.buffer[event_start + name.start..event_start + name.end];
            let (Ok(name), Ok(data)) = (std::str::from_utf8(name), std::str::from_utf8(data)) else {
                return Err(Error::new(ErrorKind::Protocol, "an event of the stream is not UTF-8"));
            };
            return Ok(Some(Event { name, data }));
        }
    }

    fn field(&mut self, line: Range<usize>) {
        let bytes = &self.buffer[self.start + line.start..self.start + line.end];
        // As nearly all lines are.
        if bytes.starts_with(b"data: ") && matches!(self.data, Data::None) {
            self.data = Data::One(line.start + 6..line.end);
            return;
        }
        if bytes.starts_with(b"event: ") {
            self.name = line.start + 7..line.end;
            return;
        }
        let (name, value) = match memchr::memchr(b':', bytes) {
            Some(colon) => {
                let space = usize::from(bytes.get(colon + 1) == Some(&b' '));
                (&bytes[..colon], line.start + colon + 1 + space..line.end)
            }
            None => (bytes, line.end..line.end),
        };
        match name {
            b"data" => {
                let buffer = &self.buffer[self.start..];
                self.data = match std::mem::take(&mut self.data) {
                    Data::None => Data::One(value),
                    Data::One(first) => {
                        self.joined.clear();
                        self.joined.extend_from_slice(&buffer[first]);
                        self.joined.push(b'\n');
                        self.joined.extend_from_slice(&buffer[value]);
                        Data::Joined
                    }
                    Data::Joined => {
                        self.joined.push(b'\n');
                        self.joined.extend_from_slice(&buffer[value]);
                        Data::Joined
                    }
                };
            }
            b"event" => self.name = value,
            // A comment, and fields for asking again.
            b"" | b"id" | b"retry" => {}
            _ => {
                let room = STRAY_LIMIT - self.stray.len();
                let kept = bytes.len().min(room);
                self.stray.extend_from_slice(&bytes[..kept]);
                if kept < room {
                    self.stray.push(b'\n');
                }
            }
        }
    }

    fn too_large(&self) -> Error {
        Error::new(ErrorKind::TooLarge, format!("an event of the stream is larger than {} bytes", self.limit))
            .with_help("ask for less, or ask for a whole answer")
    }
}
