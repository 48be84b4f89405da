//! Items as they are written: those of a request's `input` and of an answer's `output`.

use serde::Serialize as DeriveSerialize;
use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};
use serde_json::{Map, Value};

use super::Object;
use super::segment::{PICTURE, Segment, rest_object, segments};
use crate::message::{CachePoint, Image, Message, Part, Role};
use crate::wire::data_url::{Base64, ImageUrl};

/// The field `input`: text where there is one text of the user and nothing else, else a list.
pub(super) struct Input<'a>(pub(super) &'a [Message]);

impl Serialize for Input<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if let [Message { role: Role::User, parts }] = self.0
            && let [Part::Text(text)] = parts.as_slice()
        {
            return serializer.serialize_str(text);
        }
        let mut list = serializer.serialize_seq(None)?;
        for message in self.0 {
            if message.parts.is_empty() {
                let segment = Segment::Message { head: None, parts: &[] };
                list.serialize_element(&Item { segment, role: message.role, number: None })?;
            }
            for segment in segments(&message.parts, message.role) {
                list.serialize_element(&Item { segment, role: message.role, number: None })?;
            }
        }
        list.end()
    }
}

/// The field `output`.
pub(super) struct Output<'a>(pub(super) &'a [Part]);

impl Serialize for Output<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(None)?;
        for (number, segment) in segments(self.0, Role::Assistant).enumerate() {
            list.serialize_element(&Item { segment, role: Role::Assistant, number: Some(number) })?;
        }
        list.end()
    }
}

/// One item. In an answer it has a number, from which its id is made.
struct Item<'a> {
    segment: Segment<'a>,
    role: Role,
    number: Option<usize>,
}

/// The item of an answer that these parts make, at its place there.
pub(super) struct OutputItem<'a> {
    pub(super) parts: &'a [Part],
    pub(super) number: usize,
}

impl Serialize for OutputItem<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match segments(self.parts, Role::Assistant).next() {
            Some(segment) => Item { segment, role: Role::Assistant, number: Some(self.number) }.serialize(serializer),
            None => serializer.serialize_unit(),
        }
    }
}

/// The one part of an answer's message that these parts make.
pub(super) struct OutputPart<'a>(pub(super) &'a [Part]);

impl Serialize for OutputPart<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (part, rest) = match self.0 {
            [part, rest] => (part, Some(rest)),
            [part] => (part, None),
            _ => return serializer.serialize_unit(),
        };
        let (kind, key, value) = match part {
            Part::Text(text) => ("output_text", "text", text),
            Part::Refusal(text) => ("refusal", "refusal", text),
            _ => return serializer.serialize_unit(),
        };
        let beside = Beside { rest: rest.and_then(|rest| rest_object(rest, kind)), cache_point: None };
        Content1 { kind, key, value, beside }.serialize(serializer)
    }
}

impl Serialize for Item<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if let Segment::Raw(raw) = self.segment {
            return raw.serialize(serializer);
        }
        let mut map = serializer.serialize_map(None)?;
        match &self.segment {
            Segment::Message { head, parts } => {
                if let Some(number) = self.number {
                    map.serialize_entry("id", &format_args!("msg_{number}"))?;
                    map.serialize_entry("status", "completed")?;
                }
                if self.number.is_some() || head.is_some() {
                    map.serialize_entry("type", "message")?;
                }
                map.serialize_entry("role", role_name(self.role))?;
                write_rest(&mut map, *head, &["id", "status", "role"])?;
                match parts {
                    [Part::Text(text)] if self.number.is_none() && head.is_none() => {
                        map.serialize_entry("content", text)?;
                    }
                    _ => map.serialize_entry("content", &Content { parts, role: self.role })?,
                }
            }
            Segment::Reasoning { texts, rest } => {
                map.serialize_entry("type", "reasoning")?;
                let (key, kind) = if rest.is_some_and(|rest| rest.contains_key("summary")) {
                    map.serialize_entry("summary", &[(); 0])?;
                    ("content", "reasoning_text")
                } else {
                    ("summary", "summary_text")
                };
                match rest.and_then(|rest| rest.get("texts")) {
                    Some(list) => map.serialize_entry(key, list)?,
                    None => map.serialize_entry(key, &Texts { texts, kind })?,
                }
                write_rest(&mut map, *rest, &["summary", "texts"])?;
            }
            Segment::Picture { image, rest } => {
                map.serialize_entry("type", PICTURE)?;
                if let (None, Some(number)) = (rest, self.number) {
                    map.serialize_entry("id", &format_args!("ig_{number}"))?;
                    map.serialize_entry("status", "completed")?;
                }
                if let Image::Bytes { data, mime_type } = image {
                    map.serialize_entry("result", &Base64(data))?;
                    let format = mime_type.strip_prefix("image/").filter(|_| rest.is_none());
                    if let Some(format) = format {
                        map.serialize_entry("output_format", format)?;
                    }
                }
                write_rest(&mut map, *rest, &["result"])?;
            }
            Segment::Call { call, rest } => {
                map.serialize_entry("type", "function_call")?;
                if let Some(number) = self.number {
                    map.serialize_entry("id", &format_args!("fc_{number}"))?;
                    map.serialize_entry("status", "completed")?;
                }
                map.serialize_entry("call_id", &call.id)?;
                map.serialize_entry("name", &call.name)?;
                map.serialize_entry("arguments", &call.arguments)?;
                write_rest(&mut map, *rest, &["id", "status", "call_id", "name"])?;
            }
            Segment::Result { result, rest } => {
                map.serialize_entry("type", "function_call_output")?;
                map.serialize_entry("call_id", &result.id)?;
                map.serialize_entry("output", &result.output)?;
                write_rest(&mut map, *rest, &["id", "status", "call_id"])?;
            }
            Segment::Raw(_) => {}
        }
        map.end()
    }
}

/// The parts inside a message, each with the raw part that carries its other fields.
struct Content<'a> {
    parts: &'a [Part],
    role: Role,
}

impl Serialize for Content<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(None)?;
        let mut parts = self.parts.iter().peekable();
        while let Some(part) = parts.next() {
            // What stands beside the part: its other fields, and whether it is a point for the cache.
            let mut beside = |kind: &str| {
                let mut beside = Beside::default();
                while let Some(next) = parts.peek() {
                    match (rest_object(next, kind), next) {
                        (Some(rest), _) if beside.rest.is_none() => beside.rest = Some(rest),
                        (_, Part::CachePoint(_)) if self.role == Role::Assistant => {}
                        (_, Part::CachePoint(point)) => beside.cache_point = Some(Breakpoint::new(point)),
                        _ => break,
                    }
                    parts.next();
                }
                beside
            };
            match part {
                Part::Text(text) if self.role == Role::Assistant => {
                    let beside = beside("output_text");
                    list.serialize_element(&Content1 { kind: "output_text", key: "text", value: text, beside })?;
                }
                Part::Text(text) => {
                    let beside = beside("input_text");
                    list.serialize_element(&Content1 { kind: "input_text", key: "text", value: text, beside })?;
                }
                Part::Refusal(text) => {
                    let beside = beside("refusal");
                    list.serialize_element(&Content1 { kind: "refusal", key: "refusal", value: text, beside })?;
                }
                Part::Image(image) => {
                    let beside = beside("input_image");
                    let value = &ImageUrl(image);
                    list.serialize_element(&Content1 { kind: "input_image", key: "image_url", value, beside })?;
                }
                Part::Raw(raw) => match beside("") {
                    Beside { cache_point: Some(point), .. } => list.serialize_element(&WithCachePoint(raw, point))?,
                    Beside { .. } => list.serialize_element(raw)?,
                },
                // `segments` puts no other part into a message.
                Part::ToolCall(_) | Part::ToolResult(_) | Part::Reasoning(_) | Part::CachePoint(_) => {}
            }
        }
        list.end()
    }
}

/// One part inside a message.
struct Content1<'a, V: ?Sized> {
    kind: &'static str,
    key: &'static str,
    value: &'a V,
    beside: Beside<'a>,
}

/// What stands beside a part.
#[derive(Clone, Copy, Default)]
struct Beside<'a> {
    rest: Option<&'a Object>,
    cache_point: Option<Breakpoint<'a>>,
}

/// A raw part with a point for the cache behind it.
struct WithCachePoint<'a>(&'a Value, Breakpoint<'a>);

impl Serialize for WithCachePoint<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        write_rest(&mut map, self.0.as_object(), &[BREAKPOINT])?;
        if let Some(kind) = self.0.get("type") {
            map.serialize_entry("type", kind)?;
        }
        map.serialize_entry(BREAKPOINT, &self.1)?;
        map.end()
    }
}

/// The field with which a block asks the cache to keep all up to it.
pub(super) const BREAKPOINT: &str = "prompt_cache_breakpoint";

/// The value of that field; the vendor takes `30m` and `12h` as `ttl`.
#[derive(Clone, Copy, DeriveSerialize)]
struct Breakpoint<'a> {
    mode: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    ttl: Option<&'a str>,
}

impl<'a> Breakpoint<'a> {
    fn new(point: &'a CachePoint) -> Self {
        Self { mode: "explicit", ttl: point.ttl.as_deref() }
    }
}

impl<V: Serialize + ?Sized> Serialize for Content1<'_, V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("type", self.kind)?;
        map.serialize_entry(self.key, self.value)?;
        let Beside { rest, cache_point } = self.beside;
        if self.kind == "output_text" && !rest.is_some_and(|rest| rest.contains_key("annotations")) {
            map.serialize_entry("annotations", &[(); 0])?;
        }
        write_rest(&mut map, rest, if cache_point.is_some() { &[BREAKPOINT] } else { &[] })?;
        if let Some(point) = cache_point {
            map.serialize_entry(BREAKPOINT, &point)?;
        }
        map.end()
    }
}

/// The texts of a reasoning item.
struct Texts<'a> {
    texts: &'a [Part],
    kind: &'static str,
}

impl Serialize for Texts<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.texts.iter().filter_map(|part| match part {
            Part::Reasoning(value) => Some(Content1 { kind: self.kind, key: "text", value, beside: Beside::default() }),
            _ => None,
        }))
    }
}

/// Writes the fields of a raw part into the item it belongs to, but for those that are written already.
fn write_rest<M: SerializeMap>(
    map: &mut M,
    rest: Option<&Map<String, Value>>,
    written: &[&str],
) -> Result<(), M::Error> {
    for (name, value) in rest.into_iter().flatten() {
        if name != "type" && !written.contains(&name.as_str()) {
            map.serialize_entry(name, value)?;
        }
    }
    Ok(())
}

fn role_name(role: Role) -> &'static str {
    match role {
        Role::System => "system",
        Role::User => "user",
        Role::Assistant => "assistant",
        Role::Tool => "tool",
    }
}
