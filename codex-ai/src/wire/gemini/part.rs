//! Parts of a content as they are written: those of a request's message and of an answer.

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Value;

use super::Object;
use super::result_text::{Response, object};
use crate::message::{Image, Part, ToolCall, ToolResult};
use crate::wire::data_url::{self, Base64};

/// A part, and what the raw part after it adds.
#[derive(Clone, Copy)]
pub(super) struct PartBody<'a> {
    pub(super) part: &'a Part,
    pub(super) rest: Option<&'a Object>,
    /// The name of the tool whose result this is, where the result itself names none.
    pub(super) tool: Option<&'a str>,
}

/// Takes parts together with what follows them. Points of a cache are left out: Gemini finds out by itself.
pub(super) fn bodies(parts: &[Part]) -> impl Iterator<Item = PartBody<'_>> {
    let mut parts = parts.iter().filter(|part| !matches!(part, Part::CachePoint(_))).peekable();
    std::iter::from_fn(move || {
        let part = parts.next()?;
        let rest = kind_of(part).and_then(|kind| parts.peek().and_then(|next| companion(next, kind)));
        if rest.is_some() {
            parts.next();
        }
        Some(PartBody { part, rest, tool: None })
    })
}

/// The fields of a raw part that belong to a part of this sort before it.
pub(super) fn companion<'a>(part: &'a Part, kind: &str) -> Option<&'a Object> {
    match part {
        Part::Raw(Value::Object(object)) if object.get("type").and_then(Value::as_str) == Some(kind) => {
            (kind != "text" || !object.contains_key("text")).then_some(object)
        }
        _ => None,
    }
}

/// What a part is on the wire.
pub(super) fn kind_of(part: &Part) -> Option<&'static str> {
    Some(match part {
        Part::Text(_) | Part::Reasoning(_) => "text",
        Part::Image(Image::Bytes { .. }) => "inlineData",
        Part::Image(Image::Url(_)) => "fileData",
        Part::ToolCall(_) => "functionCall",
        Part::ToolResult(_) => "functionResponse",
        _ => return None,
    })
}

/// The parts of a request's message.
pub(super) struct Parts<'a>(pub(super) &'a [Part]);

/// The parts of an answer, in which the words of a refusal have a place of their own.
pub(super) struct AnswerParts<'a>(pub(super) &'a [Part]);

impl Serialize for Parts<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(bodies(self.0))
    }
}

impl Serialize for AnswerParts<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(bodies(self.0).filter(|body| !matches!(body.part, Part::Refusal(_))))
    }
}

impl Serialize for PartBody<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if let Part::Raw(raw) = self.part {
            return raw.serialize(serializer);
        }
        let mut map = serializer.serialize_map(None)?;
        let kind = kind_of(self.part).unwrap_or("text");
        let inner = self.rest.and_then(|rest| rest.get(kind)).and_then(Value::as_object);
        match self.part {
            Part::Text(text) | Part::Refusal(text) => map.serialize_entry("text", text)?,
            Part::Reasoning(text) => {
                map.serialize_entry("text", text)?;
                map.serialize_entry("thought", &true)?;
            }
            Part::Image(image) => match image {
                Image::Bytes { data, mime_type } => {
                    map.serialize_entry("inlineData", &Blob { data, mime_type, inner })?;
                }
                Image::Url(url) => match as_data(url) {
                    Some(Image::Bytes { data, mime_type }) => {
                        let blob = Blob { data: &data, mime_type: &mime_type, inner: None };
                        map.serialize_entry("inlineData", &blob)?;
                    }
                    _ => map.serialize_entry("fileData", &File { url, inner })?,
                },
            },
            Part::ToolCall(call) => map.serialize_entry("functionCall", &Call { call, inner })?,
            Part::ToolResult(result) => {
                let name = result.name.as_deref().or(self.tool).unwrap_or_default();
                map.serialize_entry("functionResponse", &ResultBody { result, name, inner })?;
            }
            Part::Raw(_) | Part::CachePoint(_) => {}
        }
        for (name, value) in self.rest.into_iter().flatten() {
            let written =
                name == "type" || name == kind || (name == "thought" && matches!(self.part, Part::Reasoning(_)));
            if !written {
                map.serialize_entry(name, value)?;
            }
        }
        map.end()
    }
}

/// The picture of a `data:` URL.
pub(super) fn as_data(url: &str) -> Option<Image> {
    url.starts_with("data:").then(|| data_url::decode(url.to_owned()))
}

struct Blob<'a> {
    data: &'a [u8],
    mime_type: &'a str,
    inner: Option<&'a Object>,
}

impl Serialize for Blob<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("mimeType", self.mime_type)?;
        map.serialize_entry("data", &Base64(self.data))?;
        write_inner(&mut map, self.inner, &["mimeType", "data"])?;
        map.end()
    }
}

struct File<'a> {
    url: &'a str,
    inner: Option<&'a Object>,
}

impl Serialize for File<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("fileUri", self.url)?;
        write_inner(&mut map, self.inner, &["fileUri"])?;
        map.end()
    }
}

struct Call<'a> {
    call: &'a ToolCall,
    inner: Option<&'a Object>,
}

impl Serialize for Call<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let ToolCall { id, name, arguments } = self.call;
        let mut map = serializer.serialize_map(None)?;
        if !id.is_empty() {
            map.serialize_entry("id", id)?;
        }
        map.serialize_entry("name", name)?;
        match object(arguments) {
            Some(arguments) => map.serialize_entry("args", arguments)?,
            None => map.serialize_entry("args", &Object::new())?,
        }
        write_inner(&mut map, self.inner, &["id", "name", "args"])?;
        map.end()
    }
}

struct ResultBody<'a> {
    result: &'a ToolResult,
    name: &'a str,
    inner: Option<&'a Object>,
}

impl Serialize for ResultBody<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let ToolResult { id, output, is_error, .. } = self.result;
        let mut map = serializer.serialize_map(None)?;
        if !id.is_empty() {
            map.serialize_entry("id", id)?;
        }
        map.serialize_entry("name", self.name)?;
        map.serialize_entry("response", &Response { output, is_error: *is_error })?;
        write_inner(&mut map, self.inner, &["id", "name", "response"])?;
        map.end()
    }
}

fn write_inner<M: SerializeMap>(map: &mut M, inner: Option<&Object>, written: &[&str]) -> Result<(), M::Error> {
    for (name, value) in inner.into_iter().flatten() {
        if !written.contains(&name.as_str()) {
            map.serialize_entry(name, value)?;
        }
    }
    Ok(())
}
