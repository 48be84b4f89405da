//! Tool calls that come in pieces.

use serde_json::Value;

use super::Object;
use super::merge::merge;
use super::read_message::call_rest;
use crate::message::{Part, ToolCall};
use crate::stream::Chunk;
use crate::wire::Chunks;

/// The calls of one answer so far.
#[derive(Debug, Default)]
pub(super) struct Calls {
    list: Vec<Call>,
}

#[derive(Debug)]
struct Call {
    /// The vendor's own number of it.
    key: Option<u64>,
    call: ToolCall,
    /// Whether its beginning was told.
    is_told: bool,
    rest: Object,
}

/// A piece of a call, as it was read.
#[derive(Debug, Default)]
pub(super) struct Piece<'a> {
    pub(super) index: Option<u64>,
    pub(super) id: &'a str,
    pub(super) name: &'a str,
    pub(super) arguments: &'a str,
    pub(super) rest: Object,
}

impl Calls {
    /// Adds a piece, and tells of it.
    pub(super) fn add(&mut self, piece: Piece<'_>, chunks: &mut Chunks) {
        let index = self.place(&piece);
        let Some(slot) = self.list.get_mut(index) else { return };
        let call = &mut slot.call;
        if call.id.is_empty() {
            call.id.push_str(piece.id);
        }
        // Some servers say the name with every piece.
        if call.name.is_empty() {
            call.name.push_str(piece.name);
        }
        merge(&mut slot.rest, piece.rest);
        let was_told = slot.is_told;
        slot.tell(index, chunks);
        if piece.arguments.is_empty() {
            return;
        }
        slot.call.arguments.push_str(piece.arguments);
        // Arguments that came before the name are told with it.
        if was_told {
            chunks.push(Chunk::ToolArguments { index, text: piece.arguments.to_owned() });
        } else if slot.is_told {
            chunks.push(Chunk::ToolArguments { index, text: slot.call.arguments.clone() });
        }
    }

    /// Tells of calls that never got a name, and takes all as parts.
    pub(super) fn finish(&mut self, chunks: &mut Chunks) -> Vec<Part> {
        let mut parts = Vec::with_capacity(self.list.len());
        for (index, mut slot) in std::mem::take(&mut self.list).into_iter().enumerate() {
            if !slot.is_told {
                chunks.push(Chunk::ToolCall { index, id: slot.call.id.clone(), name: String::new() });
                chunks.push(Chunk::ToolArguments { index, text: slot.call.arguments.clone() });
            }
            parts.push(Part::ToolCall(slot.call));
            parts.extend(call_rest(&mut slot.rest, true));
        }
        parts
    }

    /// The place of the call that a piece belongs to; a new one where it begins one.
    fn place(&mut self, piece: &Piece<'_>) -> usize {
        let begins = |slot: &Call| {
            // Another id is another call, whatever the index says: some servers number all calls 0.
            let other_id = !piece.id.is_empty() && !slot.call.id.is_empty() && slot.call.id != piece.id;
            let whole = piece.index.is_none() && piece.id.is_empty() && !piece.name.is_empty() && slot.is_told;
            (other_id && !piece.name.is_empty()) || whole
        };
        let found = match piece.index {
            Some(index) => self.list.iter().rposition(|slot| slot.key == Some(index)),
            None if !piece.id.is_empty() => self.list.iter().rposition(|slot| slot.call.id == piece.id),
            None => self.list.len().checked_sub(1),
        };
        match found {
            Some(found) if !self.list.get(found).is_some_and(begins) => found,
            _ => {
                self.list.push(Call {
                    key: piece.index,
                    call: ToolCall::new("", "", ""),
                    is_told: false,
                    rest: Object::new(),
                });
                self.list.len() - 1
            }
        }
    }
}

impl Call {
    fn tell(&mut self, index: usize, chunks: &mut Chunks) {
        if !self.is_told && !self.call.name.is_empty() {
            self.is_told = true;
            chunks.push(Chunk::ToolCall { index, id: self.call.id.clone(), name: self.call.name.clone() });
        }
    }
}

/// Takes a piece out of the JSON of an event; `Err` gives back what is no piece of a function call.
pub(super) fn with_piece(value: Value, add: impl FnOnce(Piece<'_>)) -> Result<(), Value> {
    let Value::Object(mut object) = value else { return Err(value) };
    let kind = object.get("type").map(Value::as_str);
    let function = object.get("function");
    let known = matches!(kind, None | Some(None | Some("function" | "")));
    if !known || !function.is_none_or(|function| function.is_object() || function.is_null()) {
        return Err(Value::Object(object));
    }
    let take = |value: Option<&mut Value>| match value.map(Value::take) {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text,
        Some(other) => other.to_string(),
    };
    let index = object.get("index").and_then(Value::as_u64);
    let id = take(object.get_mut("id"));
    let (name, arguments) = match object.get_mut("function").and_then(Value::as_object_mut) {
        Some(function) => (take(function.get_mut("name")), take(function.get_mut("arguments"))),
        None => Default::default(),
    };
    for name in ["id", "index", "type"] {
        object.shift_remove(name);
    }
    if let Some(Value::Object(function)) = object.get_mut("function") {
        function.shift_remove("name");
        function.shift_remove("arguments");
    }
    add(Piece { index, id: &id, name: &name, arguments: &arguments, rest: object });
    Ok(())
}
