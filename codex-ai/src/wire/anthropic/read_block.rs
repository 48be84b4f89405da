//! Blocks as they are read, on either side. Nothing here fails: what has no type of its own is kept raw.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::Object;
use super::block::is_companion;
use super::fields::{Fields, value_of};
use crate::message::{CachePoint, Image, Part, ToolCall, ToolResult};

/// Reads the blocks of a content, which is a text or a list. `None` for anything else.
pub(super) fn read_content(content: &RawValue) -> Option<Vec<Part>> {
    if let Ok(text) = serde_json::from_str::<String>(content.get()) {
        return Some(vec![Part::Text(text)]);
    }
    let blocks: Vec<&RawValue> = serde_json::from_str(content.get()).ok()?;
    let mut parts = Vec::with_capacity(blocks.len());
    for block in blocks {
        read_block(block, &mut parts);
    }
    Some(parts)
}

/// Reads one block: its part, what it has besides, and its cache point.
pub(super) fn read_block(block: &RawValue, parts: &mut Vec<Part>) {
    let Some(fields) = Fields::of(block) else { return parts.push(Part::Raw(value_of(block))) };
    let kind = fields.text("type").unwrap_or_default();
    let known = match kind.as_str() {
        "text" => fields.text("text").map(|text| text_parts(text, fields.rest(&["type", "text"]))),
        "thinking" => fields.text("thinking").map(|text| thinking_parts(text, fields.rest(&["type", "thinking"]))),
        "image" => image(&fields),
        "tool_use" => call(&fields),
        "tool_result" => result(&fields),
        _ => None,
    };
    match known {
        Some(known) => parts.extend(known),
        None => parts.push(raw_part(value_of(block))),
    }
}

pub(super) type Parts = std::iter::Flatten<std::array::IntoIter<Option<Part>, 3>>;

pub(super) fn text_parts(text: String, rest: Object) -> Parts {
    with_rest(Part::Text(text), "text", rest)
}

pub(super) fn thinking_parts(text: String, rest: Object) -> Parts {
    with_rest(Part::Reasoning(text), "thinking", rest)
}

/// `input` is the JSON text of the arguments; where there is none the tool takes none.
pub(super) fn call_parts(id: String, name: String, input: &str, rest: Object) -> Parts {
    let input = if input.is_empty() { "{}" } else { input };
    with_rest(Part::ToolCall(ToolCall::new(id, name, input)), "tool_use", rest)
}

/// A block as it came. One that could be taken for what belongs to another part is kept as its text, so that it never
/// is.
pub(super) fn raw_part(value: Value) -> Part {
    Part::Raw(if is_companion(&value) { Value::String(value.to_string()) } else { value })
}

fn image(fields: &Fields<'_>) -> Option<Parts> {
    #[derive(Deserialize)]
    #[serde(tag = "type", rename_all = "lowercase", deny_unknown_fields)]
    enum Source {
        Base64 { media_type: String, data: String },
        Url { url: String },
    }
    let image = match fields.read::<Source>("source")? {
        Source::Base64 { media_type, data } => Image::bytes(STANDARD.decode(data).ok()?, media_type),
        Source::Url { url } => Image::url(url),
    };
    Some(with_rest(Part::Image(image), "image", fields.rest(&["type", "source"])))
}

fn call(fields: &Fields<'_>) -> Option<Parts> {
    let (id, name) = (fields.text("id")?, fields.text("name")?);
    let input = fields.get("input").map(RawValue::get).filter(|input| *input != "null").unwrap_or_default();
    (input.is_empty() || input.starts_with('{'))
        .then(|| call_parts(id, name, input, fields.rest(&["type", "id", "name", "input"])))
}

/// The output is the join of the result's texts; a content that is more than one text stays beside it as it is.
fn result(fields: &Fields<'_>) -> Option<Parts> {
    let id = fields.text("tool_use_id")?;
    let is_error = match fields.get("is_error").map(RawValue::get) {
        None | Some("null" | "false") => false,
        Some("true") => true,
        Some(_) => return None,
    };
    let mut rest = fields.rest(&["type", "tool_use_id", "is_error", "content"]);
    let output = match fields.get("content").map(value_of).unwrap_or_default() {
        Value::Null => String::new(),
        Value::String(text) => text,
        content @ Value::Array(_) => {
            let blocks = content.as_array().into_iter().flatten();
            let output = blocks.filter_map(|block| block.get("text").and_then(Value::as_str)).collect();
            rest.insert("content".to_owned(), content);
            output
        }
        _ => return None,
    };
    let mut result = ToolResult::new(id, output);
    result.is_error = is_error;
    Some(with_rest(Part::ToolResult(result), "tool_result", rest))
}

/// A part, what it has besides (`None` where that is nothing), and its cache point.
fn with_rest(part: Part, kind: &str, mut rest: Object) -> Parts {
    let cache = rest.get("cache_control").and_then(cache_point);
    if cache.is_some() {
        rest.shift_remove("cache_control");
    }
    let companion = companion(kind, rest);
    [Some(part), companion, cache.map(Part::CachePoint)].into_iter().flatten()
}

/// What a part has besides its content, as a raw part of the block's type; `None` where that is nothing.
pub(super) fn companion(kind: &str, mut rest: Object) -> Option<Part> {
    if rest.get("citations").is_some_and(|list| list.as_array().is_some_and(Vec::is_empty)) {
        rest.shift_remove("citations");
    }
    if rest.is_empty() {
        return None;
    }
    rest.shift_insert(0, "type".to_owned(), Value::from(kind));
    Some(Part::Raw(Value::Object(rest)))
}

/// The cache point that a `cache_control` is, if it says nothing else.
pub(super) fn cache_point(control: &Value) -> Option<CachePoint> {
    let control = control.as_object()?;
    let ttl = match control.get("ttl") {
        None => None,
        Some(ttl) => Some(ttl.as_str()?.to_owned().into()),
    };
    let plain = control.get("type")? == "ephemeral" && control.keys().all(|name| name == "type" || name == "ttl");
    plain.then_some(CachePoint { ttl })
}
