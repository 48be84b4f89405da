//! How the parts of a message fall into the fields of one.

use serde_json::Value;

use super::Object;
use crate::message::{CachePoint, Image, Part, ToolCall};

/// The parts of a message, by field.
#[derive(Default)]
pub(super) struct Split<'a> {
    /// The message's own other fields.
    pub(super) head: Option<&'a Object>,
    pub(super) content: Vec<Content<'a>>,
    pub(super) reasoning: Vec<&'a str>,
    pub(super) refusal: Vec<&'a str>,
    pub(super) calls: Vec<Call<'a>>,
}

/// A part of the content.
pub(super) struct Content<'a> {
    pub(super) kind: ContentKind<'a>,
    /// Its other fields.
    pub(super) rest: Option<&'a Object>,
    pub(super) cache: Option<&'a CachePoint>,
}

pub(super) enum ContentKind<'a> {
    Text(&'a str),
    Image(&'a Image),
    /// Thinking that stands in the content; all parts are [`Part::Reasoning`].
    Thinking(&'a [Part]),
    Raw(&'a Value),
}

/// An entry of `tool_calls`.
pub(super) enum Call<'a> {
    Function { call: &'a ToolCall, rest: Option<&'a Object> },
    Raw(&'a Value),
}

impl<'a> Split<'a> {
    /// Sorts parts. Results of tools and whole messages among them are left out.
    pub(super) fn new(parts: &'a [Part]) -> Self {
        let mut split = Self::default();
        let mut rest = parts;
        while let Some((first, after)) = rest.split_first() {
            let here = rest;
            rest = after;
            match first {
                Part::Text(text) => split.content(ContentKind::Text(text), take_rest(&mut rest, "text")),
                Part::Image(image) => split.content(ContentKind::Image(image), take_rest(&mut rest, "image_url")),
                Part::Refusal(text) => split.refusal.push(text),
                Part::ToolCall(call) => {
                    let rest = take_rest(&mut rest, "function");
                    split.calls.push(Call::Function { call, rest });
                }
                Part::Reasoning(_) => {
                    let end = here.iter().position(|part| !matches!(part, Part::Reasoning(_))).unwrap_or(here.len());
                    let (run, after) = here.split_at(end);
                    rest = after;
                    match take_rest(&mut rest, "thinking") {
                        Some(mark) => split.content(ContentKind::Thinking(run), Some(mark)),
                        None => split.reasoning.extend(run.iter().filter_map(thought)),
                    }
                }
                Part::CachePoint(point) => {
                    if let Some(last) = split.content.last_mut() {
                        last.cache = Some(point);
                    }
                }
                Part::Raw(raw) => match rest_of(first) {
                    Some("message") => split.head = split.head.or(raw.as_object()),
                    _ if is_message(raw) => {}
                    _ if is_call(raw) => split.calls.push(Call::Raw(raw)),
                    _ => split.content(ContentKind::Raw(raw), None),
                },
                Part::ToolResult(_) => {}
            }
        }
        split
    }

    fn content(&mut self, kind: ContentKind<'a>, rest: Option<&'a Object>) {
        self.content.push(Content { kind, rest, cache: None });
    }
}

/// The text of thinking.
pub(super) fn thought(part: &Part) -> Option<&str> {
    match part {
        Part::Reasoning(text) => Some(text),
        _ => None,
    }
}

/// Whether a raw part is a message by itself.
pub(super) fn is_message(raw: &Value) -> bool {
    raw.get("role").is_some_and(Value::is_string) && raw.get("type").is_none()
}

/// Whether a raw part is an entry of `tool_calls`, of a sort that has no type here.
pub(super) fn is_call(raw: &Value) -> bool {
    let has = |name| raw.get(name).is_some_and(Value::is_object);
    raw.get("id").is_some_and(Value::is_string) && (has("function") || has("custom"))
}

fn take_rest<'a>(parts: &mut &'a [Part], kind: &str) -> Option<&'a Object> {
    let (first, after) = parts.split_first()?;
    if rest_of(first)? != kind {
        return None;
    }
    *parts = after;
    match first {
        Part::Raw(Value::Object(object)) => Some(object),
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
    let lacks = |name: &str| !object.contains_key(name);
    let lacks_within = |name: &str, key: &str| match object.get(name) {
        None => true,
        Some(Value::Object(inner)) => !inner.contains_key(key),
        Some(_) => false,
    };
    match kind {
        "message" => true,
        "text" => lacks("text"),
        "thinking" => lacks("thinking"),
        "image_url" => lacks_within("image_url", "url"),
        "function" => lacks_within("function", "name") && lacks("id"),
        _ => false,
    }
}
