//! Parts of a content as they are read, on either side. Nothing here fails: what has no type of its own is kept raw.

use std::borrow::Cow;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

use super::answer::Object as JsonObject;
use super::result_text::unwrap_result;
use super::{Field, Object, Text, camel, value_of};
use crate::message::{Image, Part, ToolCall, ToolResult};

/// A part as it came: the usual fields, and all others.
#[derive(Debug, Default)]
pub(super) struct WirePart<'a> {
    text: Option<Cow<'a, str>>,
    thought: bool,
    rest: Vec<Field<'a>>,
}

impl<'de: 'a, 'a> Deserialize<'de> for WirePart<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields;
        impl<'de> Visitor<'de> for Fields {
            type Value = WirePart<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a part")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut part = WirePart::default();
                while let Some(Text(name)) = map.next_key()? {
                    match &*name {
                        "text" => part.text = map.next_value::<Option<Text<'_>>>()?.map(|Text(text)| text),
                        "thought" => part.thought = map.next_value::<Option<bool>>()?.unwrap_or_default(),
                        _ => part.rest.push((name, map.next_value()?)),
                    }
                }
                Ok(part)
            }
        }
        deserializer.deserialize_map(Fields)
    }
}

/// Reads one part: what it is, and what else it has.
pub(super) fn read_part(part: WirePart<'_>) -> (Part, Option<Part>) {
    let WirePart { text, thought, mut rest } = part;
    if let Some(text) = text {
        if rest.is_empty() {
            let text = text.into_owned();
            return (if thought { Part::Reasoning(text) } else { Part::Text(text) }, None);
        }
        // A part of two contents is none that is known.
        if rest.iter().any(|(name, _)| name == "type" || is_content(name)) {
            return (whole(Some(text), thought, rest), None);
        }
        let text = text.into_owned();
        let companion = companion("text", None, false, rest);
        return (if thought { Part::Reasoning(text) } else { Part::Text(text) }, companion);
    }
    let contents = rest.iter().filter(|(name, _)| is_content(name)).count();
    let known = match rest.iter().position(|(name, _)| is_content(name)) {
        Some(place) if contents == 1 && !rest.iter().any(|(name, _)| name == "type") => place,
        _ => return (whole(None, thought, rest), None),
    };
    let (name, raw) = &rest[known];
    let read = match &*camel(name) {
        "functionCall" => call(raw).map(|(part, inner)| ("functionCall", part, inner)),
        "functionResponse" if !thought => result(raw).map(|(part, inner)| ("functionResponse", part, inner)),
        // A picture among the thoughts is a draft, not what was asked for.
        "inlineData" if !thought => inline(raw).map(|(part, inner)| ("inlineData", part, inner)),
        "fileData" if !thought => file(raw).map(|(part, inner)| ("fileData", part, inner)),
        _ => None,
    };
    match read {
        Some((kind, part, inner)) => {
            rest.remove(known);
            (part, companion(kind, inner, thought, rest))
        }
        None => (whole(None, thought, rest), None),
    }
}

/// Whether a field is the content of a part.
fn is_content(name: &str) -> bool {
    matches!(
        &*camel(name),
        "functionCall"
            | "functionResponse"
            | "inlineData"
            | "fileData"
            | "executableCode"
            | "codeExecutionResult"
            | "toolCall"
            | "toolResponse"
    )
}

/// A part as it came.
fn whole(text: Option<Cow<'_, str>>, thought: bool, rest: Vec<Field<'_>>) -> Part {
    let mut object = Object::new();
    if let Some(text) = text {
        object.insert("text".to_owned(), Value::String(text.into_owned()));
    }
    if thought {
        object.insert("thought".to_owned(), Value::Bool(true));
    }
    object.extend(rest.into_iter().map(|(name, raw)| (name.into_owned(), value_of(raw))));
    Part::Raw(Value::Object(object))
}

/// What a part has besides its content; `inner` is what the content has besides what makes the part.
fn companion(kind: &str, inner: Option<Object>, thought: bool, rest: Vec<Field<'_>>) -> Option<Part> {
    if rest.is_empty() && inner.is_none() && !thought {
        return None;
    }
    let mut object = Object::new();
    object.insert("type".to_owned(), Value::from(kind));
    if let Some(inner) = inner {
        object.insert(kind.to_owned(), Value::Object(inner));
    }
    if thought {
        object.insert("thought".to_owned(), Value::Bool(true));
    }
    for (name, raw) in rest {
        let name = match &*name {
            "thought_signature" | "video_metadata" | "part_metadata" | "media_resolution" => camel(&name).into_owned(),
            _ => name.into_owned(),
        };
        object.insert(name, value_of(raw));
    }
    Some(Part::Raw(Value::Object(object)))
}

/// The fields of an object, taken one by one.
struct Fields<'a>(Vec<Field<'a>>);

impl<'a> Fields<'a> {
    fn read(raw: &'a RawValue) -> Option<Self> {
        serde_json::from_str::<JsonObject<'a>>(raw.get()).ok().map(|object| Self(object.0))
    }

    fn take(&mut self, wanted: &str) -> Option<&'a RawValue> {
        let place = self.0.iter().position(|(name, _)| camel(name) == wanted)?;
        let raw = self.0.remove(place).1;
        (raw.get() != "null").then_some(raw)
    }

    /// The text of a field. `Some(None)` where it is absent, `None` where it is no text.
    fn text(&mut self, wanted: &str) -> Option<Option<Cow<'a, str>>> {
        match self.take(wanted) {
            None => Some(None),
            Some(raw) => serde_json::from_str::<Text<'a>>(raw.get()).ok().map(|Text(text)| Some(text)),
        }
    }

    fn rest(self) -> Option<Object> {
        let rest: Object = self.0.into_iter().map(|(name, raw)| (name.into_owned(), value_of(raw))).collect();
        (!rest.is_empty()).then_some(rest)
    }
}

fn call(raw: &RawValue) -> Option<(Part, Option<Object>)> {
    let mut fields = Fields::read(raw)?;
    let id = fields.text("id")?.unwrap_or_default();
    let name = fields.text("name")??;
    let arguments = fields.take("args").map_or("{}", RawValue::get);
    if !arguments.starts_with('{') {
        return None;
    }
    Some((Part::ToolCall(ToolCall::new(id, name, arguments)), fields.rest()))
}

fn result(raw: &RawValue) -> Option<(Part, Option<Object>)> {
    let mut fields = Fields::read(raw)?;
    let id = fields.text("id")?.unwrap_or_default();
    let name = fields.text("name")??;
    let response = fields.take("response").map_or("{}", RawValue::get);
    if !response.starts_with('{') {
        return None;
    }
    let (output, is_error) = unwrap_result(response);
    let result = ToolResult::new(id, output).with_name(name);
    Some((Part::ToolResult(if is_error { result.as_error() } else { result }), fields.rest()))
}

fn inline(raw: &RawValue) -> Option<(Part, Option<Object>)> {
    let mut fields = Fields::read(raw)?;
    let mime_type = fields.text("mimeType")??;
    if !mime_type.starts_with("image/") {
        return None;
    }
    let data = fields.text("data")??;
    Some((Part::Image(Image::bytes(decode_base64(&data)?, mime_type)), fields.rest()))
}

/// Google reads both alphabets, and its own SDK for Python writes the one for URLs.
pub(in crate::wire) fn decode_base64(data: &str) -> Option<Vec<u8>> {
    STANDARD.decode(data).or_else(|_| URL_SAFE.decode(data)).ok()
}

fn file(raw: &RawValue) -> Option<(Part, Option<Object>)> {
    let mut fields = Fields::read(raw)?;
    let uri = fields.text("fileUri")??;
    if uri.starts_with("data:") {
        return None;
    }
    let mime_type = fields.text("mimeType")?;
    if mime_type.as_deref().is_some_and(|mime_type| !mime_type.starts_with("image/")) {
        return None;
    }
    let mut inner = Object::new();
    if let Some(mime_type) = mime_type {
        inner.insert("mimeType".to_owned(), Value::String(mime_type.into_owned()));
    }
    inner.extend(fields.rest().unwrap_or_default());
    Some((Part::Image(Image::url(uri)), (!inner.is_empty()).then_some(inner)))
}
