//! Blocks as they are written: those of a message and those of an answer.

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Value;
use serde_json::value::RawValue;

use super::Object;
use crate::message::{CachePoint, Image, Part};
use crate::wire::data_url::Base64;

/// A part with all that becomes one block with it.
#[derive(Clone, Copy)]
pub(super) struct Block<'a> {
    pub(super) part: &'a Part,
    /// The fields that a raw part behind it carries.
    pub(super) rest: Option<&'a Object>,
    pub(super) cache: Option<&'a CachePoint>,
}

/// The fields that a message has besides its content, and its other parts.
pub(super) fn split_head(parts: &[Part]) -> (Option<&Object>, &[Part]) {
    let head = parts.first().and_then(|first| rest_object(first, "message"));
    (head, if head.is_some() { &parts[1..] } else { parts })
}

/// Takes the parts of one message apart, each block with the place of its first part.
pub(super) fn blocks(parts: &[Part]) -> impl Iterator<Item = (usize, Block<'_>)> + Clone {
    let mut index = 0;
    std::iter::from_fn(move || {
        let place = index;
        let part = parts.get(index)?;
        index += 1;
        let rest = parts.get(index).and_then(|next| rest_object(next, kind_of(part)?));
        index += usize::from(rest.is_some());
        let cache = match (part, parts.get(index)) {
            (Part::CachePoint(_), _) => None,
            (_, Some(Part::CachePoint(cache))) => Some(cache),
            _ => None,
        };
        index += usize::from(cache.is_some());
        Some((place, Block { part, rest, cache }))
    })
}

/// The type of block that a part becomes; `None` for what has no fields but its own.
fn kind_of(part: &Part) -> Option<&'static str> {
    Some(match part {
        Part::Text(_) => "text",
        Part::Image(_) => "image",
        Part::ToolCall(_) => "tool_use",
        Part::ToolResult(_) => "tool_result",
        Part::Reasoning(_) => "thinking",
        Part::Refusal(_) => "refusal",
        Part::CachePoint(_) | Part::Raw(_) => return None,
    })
}

fn rest_object<'a>(part: &'a Part, kind: &str) -> Option<&'a Object> {
    match part {
        Part::Raw(value) if is_companion(value) && value.get("type")? == kind => value.as_object(),
        _ => None,
    }
}

/// Whether a raw value holds what another part has besides: it has the `type`, but not what makes the block.
pub(super) fn is_companion(value: &Value) -> bool {
    let lacks = |name: &str| value.get(name).is_none();
    match value.get("type").and_then(Value::as_str) {
        Some("text") => lacks("text"),
        Some("thinking") => lacks("thinking"),
        Some("image") => lacks("source"),
        Some("tool_use") => lacks("id"),
        Some("tool_result") => lacks("tool_use_id"),
        // No block has these types: they are what `stop_details` says besides its words, and what a message has besides
        // its content.
        Some("refusal") => true,
        Some("message") => lacks("role"),
        _ => false,
    }
}

/// A content as a list of blocks.
pub(super) struct Blocks<'a>(pub(super) &'a [Part]);

impl Serialize for Blocks<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(blocks(self.0).filter(|(_, block)| block.is_written()).map(|(_, block)| block))
    }
}

/// The content of a message: a text where there is one text and nothing else, else a list.
pub(super) struct Content<'a>(pub(super) &'a [Part]);

impl Serialize for Content<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            [Part::Text(text)] => serializer.serialize_str(text),
            parts => Blocks(parts).serialize(serializer),
        }
    }
}

impl Block<'_> {
    /// What an answer tells by `stop_details` stands in no block.
    pub(super) fn is_written(&self) -> bool {
        match self.part {
            Part::Raw(raw) => raw.get("type").is_none_or(|kind| kind != "refusal" && kind != "message"),
            Part::CachePoint(_) => false,
            _ => true,
        }
    }
}

impl Serialize for Block<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        let mut written: &[&str] = &["type"];
        match self.part {
            Part::Text(text) => {
                map.serialize_entry("type", "text")?;
                map.serialize_entry("text", text)?;
            }
            // The words of a refusal, most of them of another vendor, are text that the model said.
            Part::Refusal(text) => {
                map.serialize_entry("type", "text")?;
                map.serialize_entry("text", text)?;
                written = &["type", "category"];
            }
            Part::Image(image) => {
                map.serialize_entry("type", "image")?;
                map.serialize_entry("source", &Source(image))?;
            }
            Part::ToolCall(call) => {
                map.serialize_entry("type", "tool_use")?;
                map.serialize_entry("id", &call.id)?;
                map.serialize_entry("name", &call.name)?;
                let input = arguments(&call.arguments).map_err(serde::ser::Error::custom)?;
                map.serialize_entry("input", input)?;
            }
            Part::ToolResult(result) => {
                map.serialize_entry("type", "tool_result")?;
                map.serialize_entry("tool_use_id", &result.id)?;
                if !self.rest.is_some_and(|rest| rest.contains_key("content")) {
                    map.serialize_entry("content", &result.output)?;
                }
                if result.is_error {
                    map.serialize_entry("is_error", &true)?;
                }
            }
            Part::Reasoning(text) => {
                map.serialize_entry("type", "thinking")?;
                map.serialize_entry("thinking", text)?;
            }
            Part::Raw(raw) => {
                for (name, value) in raw.as_object().into_iter().flatten() {
                    map.serialize_entry(name, value)?;
                }
            }
            Part::CachePoint(_) => {}
        }
        for (name, value) in self.rest.into_iter().flatten() {
            if !written.contains(&name.as_str()) {
                map.serialize_entry(name, value)?;
            }
        }
        // A raw block may say it itself; the hint then adds nothing.
        if let Some(cache) = self.cache
            && !matches!(self.part, Part::Raw(raw) if raw.get("cache_control").is_some())
        {
            map.serialize_entry("cache_control", &CacheControl(cache))?;
        }
        map.end()
    }
}

/// The arguments of a call as they are written.
///
/// # Errors
/// What is wrong with them, for people.
pub(super) fn arguments(text: &str) -> Result<&RawValue, &'static str> {
    let text = if text.trim_ascii().is_empty() { "{}" } else { text };
    match serde_json::from_str::<&RawValue>(text) {
        Ok(raw) if raw.get().starts_with('{') => Ok(raw),
        _ => Err("the arguments are not a JSON object"),
    }
}

/// A `cache_control`.
struct CacheControl<'a>(&'a CachePoint);

impl Serialize for CacheControl<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("type", "ephemeral")?;
        if let Some(ttl) = &self.0.ttl {
            map.serialize_entry("ttl", ttl)?;
        }
        map.end()
    }
}

/// The `source` of an image.
struct Source<'a>(&'a Image);

impl Serialize for Source<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        match self.0 {
            Image::Bytes { data, mime_type } => {
                map.serialize_entry("type", "base64")?;
                map.serialize_entry("media_type", mime_type)?;
                map.serialize_entry("data", &Base64(data))?;
            }
            Image::Url(url) => {
                map.serialize_entry("type", "url")?;
                map.serialize_entry("url", url)?;
            }
        }
        map.end()
    }
}
