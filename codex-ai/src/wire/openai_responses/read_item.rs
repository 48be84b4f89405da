//! Items as they are read, on either side. Nothing here fails: what has no type of its own is kept raw.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::Object;
use super::item::BREAKPOINT;
use super::segment::{PICTURE, is_content_type, is_rest};
use crate::message::{CachePoint, Image, Part, Role, ToolCall, ToolResult};
use crate::wire::data_url;

/// Reads one item: who says it, and its parts.
pub(super) fn read_item(item: Value) -> (Role, Vec<Part>) {
    let Value::Object(object) = item else { return (Role::Assistant, vec![Part::Raw(item)]) };
    let kind = object.get("type").and_then(Value::as_str);
    match kind {
        Some("function_call") => (Role::Assistant, call(object)),
        Some("function_call_output") => (Role::Tool, result(object)),
        Some("reasoning") => (Role::Assistant, reasoning(object)),
        Some(PICTURE) => (Role::Assistant, picture(object)),
        Some("message") => message(object),
        None if object.contains_key("role") && object.contains_key("content") => message(object),
        Some(other) => {
            let role = if other.ends_with("_output") { Role::Tool } else { Role::Assistant };
            (role, vec![whole(object)])
        }
        None => (Role::Assistant, vec![whole(object)]),
    }
}

/// Reads one item of an answer. Only what the model itself says is taken apart.
pub(super) fn read_output(item: Value) -> Vec<Part> {
    let others = match item.get("role").and_then(Value::as_str) {
        None | Some("assistant") => false,
        Some(_) => item.get("content").is_some(),
    };
    if others { vec![Part::Raw(item)] } else { read_item(item).1 }
}

fn message(mut object: Object) -> (Role, Vec<Part>) {
    let role = match object.get("role").map(Value::as_str) {
        Some(Some("user")) => Role::User,
        // OpenAI reads both alike: a model that knows only one of them is given that one.
        Some(Some("system" | "developer")) => Role::System,
        Some(Some("assistant")) | None => Role::Assistant,
        Some(_) => return (Role::Assistant, vec![whole(object)]),
    };
    let aside = object.get("phase").and_then(Value::as_str).is_some_and(|phase| phase != "final_answer");
    if role == Role::Assistant && aside {
        return (role, vec![whole(object)]);
    }
    let content = match object.get_mut("content").map(Value::take) {
        Some(Value::String(text)) => vec![Part::Text(text)],
        Some(Value::Array(content)) => {
            let mut parts = Vec::with_capacity(content.len());
            for part in content {
                read_content(part, role, &mut parts);
            }
            parts
        }
        other => {
            if let Some(content) = other {
                object.insert("content".to_owned(), content);
            }
            return (role, vec![whole(object)]);
        }
    };
    let Some(head) = rest(object, "message", &["id", "status", "role", "content"]) else { return (role, content) };
    let mut parts = Vec::with_capacity(content.len() + 1);
    parts.push(head);
    parts.extend(content);
    (role, parts)
}

/// Reads one part of a message's content.
fn read_content(part: Value, role: Role, parts: &mut Vec<Part>) {
    let Value::Object(mut object) = part else { return parts.push(in_message(part, role)) };
    let kind = object.get("type").and_then(Value::as_str).unwrap_or_default();
    let (key, kind) = match kind {
        "output_text" => ("text", "output_text"),
        "input_text" | "text" => ("text", "input_text"),
        "refusal" => ("refusal", "refusal"),
        "input_image" if role != Role::Assistant => ("image_url", "input_image"),
        _ => ("", ""),
    };
    match object.get_mut(key).map(Value::take) {
        Some(Value::String(text)) => {
            parts.push(match key {
                "text" => Part::Text(text),
                "refusal" => Part::Refusal(text),
                _ => Part::Image(data_url::decode(text)),
            });
            // A text of either side is written by the role of its message.
            let kind = match (key, role) {
                ("text", Role::Assistant) => "output_text",
                ("text", _) => "input_text",
                _ => kind,
            };
            let point = take_cache_point(&mut object);
            parts.extend(rest(object, kind, &[key]));
            parts.extend(point);
        }
        taken => {
            if let Some(value) = taken {
                object.insert(key.to_owned(), value);
            }
            let kind = object.get("type").and_then(Value::as_str).unwrap_or_default();
            let plain = is_content_type(kind) && kind.starts_with("input_") && !is_rest(kind, &object);
            let part = Value::Object(object);
            parts.push(if plain { Part::Raw(part) } else { in_message(part, role) });
        }
    }
}

/// Takes the field that makes a part a point for the cache, where it says no more than that.
fn take_cache_point(object: &mut Object) -> Option<Part> {
    let point = object.get(BREAKPOINT)?.as_object()?;
    let mut read = CachePoint::new();
    for (name, value) in point {
        match (name.as_str(), value) {
            ("mode", Value::String(mode)) if mode == "explicit" => {}
            ("ttl", Value::String(ttl)) => read = read.with_ttl(ttl.clone()),
            _ => return None,
        }
    }
    if !point.contains_key("mode") {
        return None;
    }
    object.shift_remove(BREAKPOINT);
    Some(Part::CachePoint(read))
}

fn call(mut object: Object) -> Vec<Part> {
    // Compatible servers name the call by `id` alone, and some give the arguments as an object.
    let id = if object.get("call_id").is_some_and(Value::is_string) { "call_id" } else { "id" };
    let arguments = match object.get("arguments") {
        Some(Value::String(text)) => text.clone(),
        Some(arguments @ Value::Object(_)) => arguments.to_string(),
        _ => return vec![whole(object)],
    };
    let (Some(Value::String(id)), Some(Value::String(name))) = (object.get(id), object.get("name")) else {
        return vec![whole(object)];
    };
    let call = Part::ToolCall(ToolCall::new(id.clone(), name.clone(), arguments));
    object.shift_remove("arguments");
    let rest = rest(object, "function_call", &["id", "status", "call_id", "name"]);
    std::iter::once(call).chain(rest).collect()
}

fn result(mut object: Object) -> Vec<Part> {
    let (Some(Value::String(id)), Some(Value::String(_))) = (object.get("call_id"), object.get("output")) else {
        return vec![whole(object)];
    };
    let id = id.clone();
    let Some(Value::String(output)) = object.shift_remove("output") else { return vec![whole(object)] };
    let rest = rest(object, "function_call_output", &["id", "status", "call_id"]);
    std::iter::once(Part::ToolResult(ToolResult::new(id, output))).chain(rest).collect()
}

/// The texts of the summary, or, where there is none, those of the thinking itself, as models with open weights give it.
fn reasoning(mut object: Object) -> Vec<Part> {
    if !object.get("summary").is_some_and(Value::is_array) {
        object.insert("summary".to_owned(), json!([]));
    }
    let (key, kind) = match object.get("summary").and_then(Value::as_array) {
        Some(summary) if !summary.is_empty() => ("summary", "summary_text"),
        _ => ("content", "reasoning_text"),
    };
    let Some(Value::Array(list)) = object.get(key) else { return vec![whole(object)] };
    let mut parts: Vec<_> = list.iter().filter_map(text_of).collect();
    if parts.is_empty() {
        return vec![whole(object)];
    }
    let plain = list.iter().all(|entry| is_text_alone(entry, kind));
    let list = object.shift_remove(key).filter(|_| !plain);
    if key == "content" {
        // Tells where the texts belong when they are put back.
        object.insert("summary".to_owned(), Value::Null);
    }
    // One of them has more to it than its text: the list is kept beside the texts.
    object.extend(list.map(|list| ("texts".to_owned(), list)));
    // Also where nothing is left: it tells that the thinking is this vendor's.
    parts.push(Part::Raw(Value::Object(object)));
    parts
}

/// The text of an entry of thinking.
fn text_of(entry: &Value) -> Option<Part> {
    Some(Part::Reasoning(entry.get("text")?.as_str()?.to_owned()))
}

/// Whether an entry is `{"type": kind, "text": ..}` and has no other field.
fn is_text_alone(entry: &Value, kind: &str) -> bool {
    let has_two = entry.as_object().is_some_and(|object| object.len() == 2);
    has_two && entry.get("type").is_some_and(|own| own == kind) && entry.get("text").is_some_and(Value::is_string)
}

/// The picture of the tool for pictures. Its other fields always stand beside it: they tell it from a picture that was
/// given to the model.
fn picture(mut object: Object) -> Vec<Part> {
    let bytes = object.get("result").and_then(Value::as_str).filter(|text| !text.is_empty());
    let Some(bytes) = bytes.and_then(|text| STANDARD.decode(text).ok()) else { return vec![whole(object)] };
    object.shift_remove("result");
    let format = object.get("output_format").and_then(Value::as_str).unwrap_or("png");
    let image = Image::bytes(bytes, format!("image/{format}"));
    vec![Part::Image(image), Part::Raw(Value::Object(object))]
}

/// The fields that are left when `taken` have been read, as a raw part of this type; `None` where nothing is left.
fn rest(mut object: Object, kind: &str, taken: &[&str]) -> Option<Part> {
    object.retain(|name, value| {
        let nothing = match value {
            Value::Null => true,
            Value::Array(list) => list.is_empty() && matches!(name.as_str(), "annotations" | "logprobs"),
            _ => false,
        };
        name != "type" && !nothing && !taken.contains(&name.as_str())
    });
    if object.is_empty() {
        return None;
    }
    object.shift_insert(0, "type".to_owned(), Value::from(kind));
    Some(Part::Raw(Value::Object(object)))
}

/// An item as it came. One that could be taken for a part of another is kept as its text, so that it never is.
fn whole(object: Object) -> Part {
    let kind = object.get("type").and_then(Value::as_str).unwrap_or_default();
    // One without a picture follows no picture: the picture's own other fields stand between.
    let unclear = (is_rest(kind, &object) && kind != PICTURE) || is_content_type(kind);
    let value = Value::Object(object);
    Part::Raw(if unclear { Value::String(value.to_string()) } else { value })
}

/// A part of a message that has no form outside of it: a message with this part alone.
fn in_message(part: Value, role: Role) -> Part {
    let role = match role {
        Role::User => "user",
        Role::System => "system",
        Role::Assistant | Role::Tool => "assistant",
    };
    let mut message = Object::new();
    message.insert("type".to_owned(), Value::from("message"));
    message.insert("role".to_owned(), Value::from(role));
    message.insert("content".to_owned(), Value::Array(vec![part]));
    Part::Raw(Value::Object(message))
}
