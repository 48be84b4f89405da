//! What the codecs of streams have in common.

use std::collections::VecDeque;

use crate::error::{Error, Result};
use crate::reply::Reply;
use crate::stream::{Chunk, StreamItem};

/// Reads the events of one streamed answer.
pub trait DecodeEvents: Send {
    /// Reads one event and adds what it brings: its field `event`, empty where there is none, and its `data`. An event
    /// of an unknown sort brings nothing.
    ///
    /// # Errors
    /// The vendor's own error, where the event tells one; [`ErrorKind::Protocol`](crate::ErrorKind::Protocol) for what
    /// cannot be read.
    fn event(&mut self, name: &str, data: &str, chunks: &mut Chunks) -> Result<()>;

    /// The body has ended. Adds the reply where the vendor marks the end in no other way.
    ///
    /// # Errors
    /// [`ErrorKind::Incomplete`](crate::ErrorKind::Incomplete) where the vendor's end marker is missing.
    fn end(&mut self, chunks: &mut Chunks) -> Result<()>;

    /// What came so far, for an error.
    fn so_far(&mut self) -> Reply;
}

/// Writes the events of one streamed answer.
pub trait EncodeEvents: Send {
    /// Writes a piece as whole events.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) for a piece that the format has no place for.
    fn chunk(&mut self, chunk: &Chunk, out: &mut Vec<u8>) -> Result<()>;

    /// Writes the end. `reply` is the whole answer, of which all pieces were written before.
    ///
    /// # Errors
    /// As [`chunk`](Self::chunk).
    fn done(&mut self, reply: &Reply, out: &mut Vec<u8>) -> Result<()>;

    /// Writes an error; nothing follows.
    fn error(&mut self, error: &Error, out: &mut Vec<u8>);
}

/// What was read of a stream and not handed out yet.
#[derive(Debug, Default)]
pub struct Chunks {
    items: VecDeque<StreamItem>,
    is_done: bool,
}

impl Chunks {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a piece.
    pub fn push(&mut self, chunk: Chunk) {
        self.items.push_back(StreamItem::Chunk(chunk));
    }

    /// Adds the whole answer; nothing may follow.
    pub fn done(&mut self, reply: Reply) {
        self.items.push_back(StreamItem::Done(Box::new(reply)));
        self.is_done = true;
    }

    /// Whether the whole answer was added.
    pub fn is_done(&self) -> bool {
        self.is_done
    }

    /// Whether nothing is waiting.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Takes the next item.
    pub fn pop(&mut self) -> Option<StreamItem> {
        self.items.pop_front()
    }
}
