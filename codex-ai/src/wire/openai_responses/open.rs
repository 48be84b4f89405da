//! The item of a streamed answer that is being written.

use serde_json::{Value, json};

use super::item::OutputPart;
use crate::message::Part;

/// The message or the thinking that is being written.
#[derive(Debug)]
pub(super) struct Open {
    /// Its place in the answer.
    pub(super) place: usize,
    pub(super) sort: Sort,
    /// The parts that are complete, and the fields beside them.
    pub(super) parts: Vec<Part>,
    /// Where in `parts` the piece begins that is being written, and its place in the item.
    pub(super) piece: Option<(usize, usize)>,
    /// How many pieces were begun.
    pub(super) pieces: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    Message,
    Reasoning,
}

impl Open {
    /// Ends the piece that is being written: the two events that say so.
    pub(super) fn end_piece(&mut self) -> Option<[(&'static str, Value); 2]> {
        let (at, nth) = self.piece.take()?;
        let (place, id) = (self.place, item_id(self.sort, self.place));
        let parts = self.parts.get(at..).unwrap_or_default();
        let in_content = |mut event: Value| {
            event["item_id"] = id.as_str().into();
            event["output_index"] = place.into();
            event["content_index"] = nth.into();
            event
        };
        let part = json!(OutputPart(parts));
        let (done, event, part_done, part_event) = match parts.first() {
            Some(Part::Text(text)) => (
                "response.output_text.done",
                in_content(json!({ "text": text, "logprobs": [] })),
                "response.content_part.done",
                in_content(json!({ "part": part })),
            ),
            Some(Part::Refusal(text)) => (
                "response.refusal.done",
                in_content(json!({ "refusal": text })),
                "response.content_part.done",
                in_content(json!({ "part": part })),
            ),
            Some(Part::Reasoning(text)) => (
                "response.reasoning_summary_text.done",
                json!({ "item_id": id, "output_index": place, "summary_index": nth, "text": text }),
                "response.reasoning_summary_part.done",
                json!({
                    "item_id": id, "output_index": place, "summary_index": nth,
                    "part": { "type": "summary_text", "text": text },
                }),
            ),
            _ => return None,
        };
        Some([(done, event), (part_done, part_event)])
    }
}

/// The id of an item, as [`encode_reply`](super::encode_reply) writes it.
pub(super) fn item_id(sort: Sort, place: usize) -> String {
    match sort {
        Sort::Message => format!("msg_{place}"),
        Sort::Reasoning => format!("rs_{place}"),
    }
}
