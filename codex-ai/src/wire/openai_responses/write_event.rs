//! One event of a streamed answer, written.

use serde::Serialize;

use crate::error::{Error, ErrorKind, Result};

/// Writes events, and counts them.
#[derive(Debug, Default)]
pub(super) struct Writer {
    /// The number of the next event.
    next: u64,
}

impl Writer {
    /// Whether an event was written.
    pub(super) fn has_begun(&self) -> bool {
        self.next > 0
    }

    /// Writes one event, or nothing.
    pub(super) fn event(&mut self, kind: &str, fields: &impl Serialize, out: &mut Vec<u8>) -> Result<()> {
        #[derive(Serialize)]
        struct Event<'a, T> {
            #[serde(rename = "type")]
            kind: &'a str,
            #[serde(flatten)]
            fields: &'a T,
            sequence_number: u64,
        }
        let start = out.len();
        out.extend_from_slice(b"event: ");
        out.extend_from_slice(kind.as_bytes());
        out.extend_from_slice(b"\ndata: ");
        let event = Event { kind, fields, sequence_number: self.next };
        if let Err(error) = serde_json::to_writer(&mut *out, &event) {
            out.truncate(start);
            return Err(Error::new(ErrorKind::Other, format!("an event cannot be written as JSON: {error}")));
        }
        out.extend_from_slice(b"\n\n");
        self.next += 1;
        Ok(())
    }
}

/// An event with a piece of a text.
#[derive(Serialize)]
pub(super) struct PieceEvent<'a> {
    item_id: &'a str,
    output_index: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    content_index: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    summary_index: Option<usize>,
    delta: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    logprobs: Option<[(); 0]>,
}

impl<'a> PieceEvent<'a> {
    /// The event `kind` for the part in place `nth` of an item.
    pub(super) fn new(kind: &str, item_id: &'a str, output_index: usize, nth: usize, delta: &'a str) -> Self {
        let is_summary = kind == "response.reasoning_summary_text.delta";
        Self {
            item_id,
            output_index,
            content_index: (!is_summary).then_some(nth),
            summary_index: is_summary.then_some(nth),
            delta,
            logprobs: (kind == "response.output_text.delta").then_some([]),
        }
    }
}
