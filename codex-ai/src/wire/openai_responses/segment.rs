//! How the parts of a message fall into items.

use serde_json::Value;

use super::Object;
use crate::message::{Image, Part, Role, ToolCall, ToolResult};

/// The parts that become one item, with the fields that a raw part beside them carries.
pub(super) enum Segment<'a> {
    /// The content of a message.
    Message { head: Option<&'a Object>, parts: &'a [Part] },
    /// Thinking; all parts are [`Part::Reasoning`].
    Reasoning { texts: &'a [Part], rest: Option<&'a Object> },
    /// A tool is to be called.
    Call { call: &'a ToolCall, rest: Option<&'a Object> },
    /// A picture that the model made.
    Picture { image: &'a Image, rest: Option<&'a Object> },
    /// A tool's result.
    Result { result: &'a ToolResult, rest: Option<&'a Object> },
    /// An item of its own, as it came.
    Raw(&'a Value),
}

/// Takes the parts of one message apart.
pub(super) fn segments(parts: &[Part], role: Role) -> Segments<'_> {
    Segments { parts, role }
}

pub(super) struct Segments<'a> {
    parts: &'a [Part],
    role: Role,
}

impl<'a> Iterator for Segments<'a> {
    type Item = Segment<'a>;

    fn next(&mut self) -> Option<Segment<'a>> {
        // A hint that stands beside no content has no place here; the vendor caches by itself.
        let first = self.parts.iter().position(|part| !matches!(part, Part::CachePoint(_)))?;
        self.parts = self.parts.get(first..).unwrap_or_default();
        let (first, after) = self.parts.split_first()?;
        match first {
            Part::ToolCall(call) => {
                self.parts = after;
                Some(Segment::Call { call, rest: self.take_rest("function_call") })
            }
            Part::ToolResult(result) => {
                self.parts = after;
                Some(Segment::Result { result, rest: self.take_rest("function_call_output") })
            }
            Part::Reasoning(_) => {
                let texts = self.take_while(|part| matches!(part, Part::Reasoning(_)));
                Some(Segment::Reasoning { texts, rest: self.take_rest("reasoning") })
            }
            Part::Image(image) if self.role == Role::Assistant => {
                self.parts = after;
                Some(Segment::Picture { image, rest: self.take_rest(PICTURE) })
            }
            Part::Raw(raw) if !is_content(first, self.role) && rest_of(first) != Some("message") => {
                self.parts = after;
                Some(Segment::Raw(raw))
            }
            _ => {
                let head = self.take_rest("message");
                let role = self.role;
                Some(Segment::Message { head, parts: self.take_while(|part| is_content(part, role)) })
            }
        }
    }
}

impl<'a> Segments<'a> {
    fn take_while(&mut self, wanted: impl Fn(&Part) -> bool) -> &'a [Part] {
        let end = self.parts.iter().position(|part| !wanted(part)).unwrap_or(self.parts.len());
        let (taken, after) = self.parts.split_at(end);
        self.parts = after;
        taken
    }

    fn take_rest(&mut self, kind: &str) -> Option<&'a Object> {
        let (first, after) = self.parts.split_first()?;
        let rest = rest_object(first, kind)?;
        self.parts = after;
        Some(rest)
    }
}

/// The fields of a raw part that belong to a part of type `kind` beside it.
pub(super) fn rest_object<'a>(part: &'a Part, kind: &str) -> Option<&'a Object> {
    match part {
        Part::Raw(Value::Object(object)) if rest_of(part) == Some(kind) => Some(object),
        _ => None,
    }
}

/// The type of part whose other fields this raw part holds: it has the `type`, but not what makes the part.
pub(super) fn rest_of(part: &Part) -> Option<&str> {
    let Part::Raw(Value::Object(object)) = part else { return None };
    let kind = object.get("type")?.as_str()?;
    is_rest(kind, object).then_some(kind)
}

/// Whether an object of this type lacks what makes the part.
pub(super) fn is_rest(kind: &str, object: &Object) -> bool {
    let has = |key| object.contains_key(key);
    match kind {
        "message" => !has("content"),
        // `null` where the texts are those of `content`; see `read_item::reasoning`.
        "reasoning" => !object.get("summary").is_some_and(Value::is_array),
        "function_call" => !has("arguments"),
        "function_call_output" => !has("output"),
        "output_text" | "input_text" => !has("text"),
        "refusal" => !has("refusal"),
        PICTURE => !has("result"),
        "input_image" => !has("image_url") && !has("file_id"),
        _ => false,
    }
}

/// The type of the item that holds a picture of the model.
pub(super) const PICTURE: &str = "image_generation_call";

/// Whether a part stands inside a message.
fn is_content(part: &Part, role: Role) -> bool {
    match part {
        Part::Image(_) => role != Role::Assistant,
        Part::Text(_) | Part::Refusal(_) | Part::CachePoint(_) => true,
        Part::Raw(Value::Object(object)) => object.get("type").and_then(Value::as_str).is_some_and(is_content_type),
        _ => false,
    }
}

/// Whether a raw object of this type stands inside a message.
pub(super) fn is_content_type(kind: &str) -> bool {
    kind.starts_with("input_") || matches!(kind, "output_text" | "refusal")
}
