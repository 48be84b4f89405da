//! Calls of tools in a streamed answer, written.

use serde::de::IgnoredAny;
use serde_json::json;

use super::item::OutputItem;
use super::write_event::Writer;
use crate::error::{Error, ErrorKind, Result};
use crate::message::{Part, ToolCall};

/// Calls whose arguments are not complete. Mostly one; some vendors write several at the same time.
#[derive(Debug, Default)]
pub(super) struct Calls(Vec<OpenCall>);

#[derive(Debug)]
struct OpenCall {
    /// Its place in the answer.
    place: usize,
    /// Its number among the calls.
    index: usize,
    /// The call, and the fields beside it.
    parts: Vec<Part>,
}

impl Calls {
    pub(super) fn begin(
        &mut self,
        place: usize,
        index: usize,
        call: ToolCall,
        writer: &mut Writer,
        out: &mut Vec<u8>,
    ) -> Result<()> {
        let item = json!({
            "type": "function_call", "id": format!("fc_{place}"), "status": "in_progress", "call_id": call.id,
            "name": call.name, "arguments": "",
        });
        self.0.push(OpenCall { place, index, parts: vec![Part::ToolCall(call)] });
        writer.event("response.output_item.added", &json!({ "output_index": place, "item": item }), out)
    }

    /// The arguments of a call go on.
    pub(super) fn arguments(&mut self, index: usize, text: &str, writer: &mut Writer, out: &mut Vec<u8>) -> Result<()> {
        let Some(open) = self.0.iter_mut().rfind(|call| call.index == index) else {
            let message = "the arguments of a call go on that was not begun, or that was complete";
            return Err(Error::new(ErrorKind::Unsupported, message));
        };
        if let Some(Part::ToolCall(call)) = open.parts.first_mut() {
            call.arguments.push_str(text);
        }
        let event = json!({ "item_id": format!("fc_{}", open.place), "output_index": open.place, "delta": text });
        writer.event("response.function_call_arguments.delta", &event, out)
    }

    /// Adds the part with the other fields of the last call. `false` where there is none.
    pub(super) fn add(&mut self, part: &Part) -> bool {
        let last = self.0.last_mut();
        last.is_some_and(|call| {
            call.parts.push(part.clone());
            true
        })
    }

    /// Ends the calls whose arguments are complete, or all of them.
    pub(super) fn close(&mut self, all: bool, writer: &mut Writer, out: &mut Vec<u8>) -> Result<()> {
        let (done, open): (Vec<_>, _) =
            std::mem::take(&mut self.0).into_iter().partition(|call| all || call.is_complete());
        self.0 = open;
        for OpenCall { place, parts, .. } in done {
            if let Some(Part::ToolCall(call)) = parts.first() {
                let event = json!({
                    "item_id": format!("fc_{place}"), "output_index": place, "name": call.name,
                    "arguments": call.arguments,
                });
                writer.event("response.function_call_arguments.done", &event, out)?;
            }
            let event = json!({ "output_index": place, "item": OutputItem { parts: &parts, number: place } });
            writer.event("response.output_item.done", &event, out)?;
        }
        Ok(())
    }
}

impl OpenCall {
    /// Whether the arguments are JSON that is complete.
    fn is_complete(&self) -> bool {
        let Some(Part::ToolCall(call)) = self.parts.first() else { return false };
        serde_json::from_str::<IgnoredAny>(&call.arguments).is_ok()
    }
}
