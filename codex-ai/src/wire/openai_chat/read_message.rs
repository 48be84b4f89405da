//! Messages as they are read, on either side. Nothing here fails: what has no type of its own is kept raw.

use serde_json::Value;

use super::Object;
use super::split::{is_call, is_rest};
use crate::message::{CachePoint, Message, Part, Role, ToolCall, ToolResult};
use crate::wire::data_url;

/// Reads a message of a request.
pub(super) fn read_message(value: Value) -> Message {
    let Value::Object(mut object) = value else { return whole(Role::User, value) };
    // A whole message is known by its role, and by that it has no type.
    let role = match object.get("role").and_then(Value::as_str) {
        _ if object.contains_key("type") => return whole(Role::User, Value::String(Value::Object(object).to_string())),
        Some("user") => Role::User,
        // OpenAI reads both alike: a model that knows only one of them is given that one.
        Some("system" | "developer") => Role::System,
        Some("assistant") => Role::Assistant,
        Some("tool") => return read_result(object),
        Some("function") => return whole(Role::Tool, Value::Object(object)),
        _ => return whole(Role::Assistant, Value::Object(object)),
    };
    object.shift_remove("role");
    object.retain(|_, value| !value.is_null());
    Message::new(role, read_parts(object, role, false))
}

/// Reads the model's message of an answer. What has nothing in it is as good as absent.
pub(super) fn read_answer(mut object: Object) -> Vec<Part> {
    object.shift_remove("role");
    object.retain(|name, value| !is_blank_field(name, value));
    let shown = ["reasoning_content", "reasoning"].iter().any(|name| object.contains_key(*name));
    let details = if shown { None } else { object.get("reasoning_details").and_then(details_text) };
    let mut parts = read_parts(object, Role::Assistant, true);
    if let Some(text) = details {
        // The message's own fields stand first; the details are among them.
        parts.insert(1.min(parts.len()), Part::Reasoning(text));
    }
    parts
}

/// The texts of `reasoning_details`, for servers that give the thinking there alone.
pub(super) fn details_text(details: &Value) -> Option<String> {
    let texts = details.as_array()?.iter().filter_map(|detail| {
        let name = match detail.get("type")?.as_str()? {
            "reasoning.text" => "text",
            "reasoning.summary" => "summary",
            _ => return None,
        };
        detail.get(name)?.as_str()
    });
    Some(texts.collect::<String>()).filter(|text| !text.is_empty())
}

/// Whether there is nothing in a field of a message; an `audio` is there at times because a server writes all fields.
pub(super) fn is_blank_field(name: &str, value: &Value) -> bool {
    let is_silent = || ["id", "data", "transcript"].iter().all(|name| value.get(name).is_none_or(is_blank));
    is_blank(value) || (name == "audio" && is_silent())
}

/// Whether there is nothing in a value.
pub(super) fn is_blank(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(list) => list.is_empty(),
        Value::Object(object) => object.values().all(is_blank),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

fn whole(role: Role, value: Value) -> Message {
    Message::new(role, vec![Part::Raw(value)])
}

/// Reads the result of a tool.
fn read_result(object: Object) -> Message {
    let text = |name: &str| object.get(name).and_then(Value::as_str);
    let known = |name: &str| matches!(name, "role" | "tool_call_id" | "content" | "name");
    let plain = object.iter().all(|(name, value)| known(name) || value.is_null());
    let (Some(id), Some(output), true) = (text("tool_call_id"), text("content"), plain) else {
        return whole(Role::Tool, Value::Object(object));
    };
    let mut result = ToolResult::new(id, output);
    result.name = text("name").map(str::to_owned);
    Message::new(Role::Tool, vec![Part::ToolResult(result)])
}

fn read_parts(mut object: Object, role: Role, is_answer: bool) -> Vec<Part> {
    let mut parts = Vec::new();
    let is_model = role == Role::Assistant;
    if is_model {
        for name in ["reasoning_content", "reasoning"] {
            if let Some(text) = take_text(&mut object, name) {
                // Some servers give it twice, under the old name and the new one.
                match parts.last() {
                    Some(Part::Reasoning(first)) if *first == text => {}
                    Some(_) => {
                        object.insert(name.to_owned(), Value::String(text));
                    }
                    None => parts.push(Part::Reasoning(text)),
                }
            }
        }
    }
    match object.shift_remove("content") {
        None => {}
        Some(Value::String(text)) => parts.push(Part::Text(text)),
        Some(Value::Array(content)) => {
            for part in content {
                read_content(part, is_model, is_answer, &mut parts);
            }
        }
        Some(other) => {
            object.insert("content".to_owned(), other);
        }
    }
    if is_model {
        if let Some(text) = take_text(&mut object, "refusal") {
            parts.push(Part::Refusal(text));
        }
        read_list(&mut object, "images", &mut parts, |image, parts| {
            if image.get("type").and_then(Value::as_str) == Some("image_url") {
                read_content(image, false, is_answer, parts);
            } else {
                parts.push(whole_part(image));
            }
        });
        read_list(&mut object, "tool_calls", &mut parts, |call, parts| read_call(call, is_answer, parts));
    }
    if object.is_empty() {
        return parts;
    }
    object.shift_insert(0, "type".to_owned(), Value::from("message"));
    parts.insert(0, Part::Raw(Value::Object(object)));
    parts
}

fn take_text(object: &mut Object, name: &str) -> Option<String> {
    if !object.get(name)?.is_string() {
        return None;
    }
    match object.shift_remove(name) {
        Some(Value::String(text)) => Some(text),
        _ => None,
    }
}

fn read_list(object: &mut Object, name: &str, parts: &mut Vec<Part>, read: impl Fn(Value, &mut Vec<Part>)) {
    if !object.get(name).is_some_and(Value::is_array) {
        return;
    }
    if let Some(Value::Array(list)) = object.shift_remove(name) {
        for value in list {
            read(value, parts);
        }
    }
}

/// Reads one part of a message's content.
pub(super) fn read_content(part: Value, is_model: bool, is_answer: bool, parts: &mut Vec<Part>) {
    let Value::Object(mut object) = part else { return parts.push(whole_part(part)) };
    let kind = object.get("type").and_then(Value::as_str).unwrap_or_default();
    match kind {
        "text" | "output_text" if object.get("text").is_some_and(Value::is_string) => {
            let text = take_text(&mut object, "text").unwrap_or_default();
            let rest = rest(object, "text");
            match (parts.last_mut(), &rest) {
                (Some(Part::Text(before)), None) if is_answer => before.push_str(&text),
                _ => parts.push(Part::Text(text)),
            }
            parts.extend(rest.into_iter().flatten());
        }
        "refusal" if is_model && object.get("refusal").is_some_and(Value::is_string) && object.len() == 2 => {
            parts.extend(take_text(&mut object, "refusal").map(Part::Refusal));
        }
        "image_url" if !is_model => read_image(object, parts),
        "thinking" if is_model => read_thinking(object, parts),
        _ => parts.push(whole_part(Value::Object(object))),
    }
}

fn read_image(mut object: Object, parts: &mut Vec<Part>) {
    let url = match object.get_mut("image_url") {
        Some(Value::String(url)) => std::mem::take(url),
        Some(Value::Object(inner)) => match take_text(inner, "url") {
            Some(url) => url,
            None => return parts.push(whole_part(Value::Object(object))),
        },
        _ => return parts.push(whole_part(Value::Object(object))),
    };
    if object.get("image_url").is_some_and(is_blank) {
        object.shift_remove("image_url");
    }
    object.shift_remove("index");
    parts.push(Part::Image(data_url::decode(url)));
    parts.extend(rest(object, "image_url").into_iter().flatten());
}

/// Thinking in the content, as Mistral gives it: a list of texts. Where one of them has more to it than its text, the
/// list is kept beside the texts as `texts`.
fn read_thinking(mut object: Object, parts: &mut Vec<Part>) {
    let list = match object.shift_remove("thinking") {
        Some(Value::Array(list)) => list,
        other => {
            object.extend(other.map(|other| ("thinking".to_owned(), other)));
            return parts.push(whole_part(Value::Object(object)));
        }
    };
    let text = |entry: &Value| Some(Part::Reasoning(entry.get("text")?.as_str()?.to_owned()));
    let plain = |entry: &Value| {
        let known = |object: &Object| object.len() == 2 && object.get("type").is_some_and(|kind| kind == "text");
        entry.as_object().is_some_and(known) && text(entry).is_some()
    };
    let texts: Vec<_> = list.iter().filter_map(text).collect();
    if texts.is_empty() {
        object.insert("thinking".to_owned(), Value::Array(list));
        return parts.push(whole_part(Value::Object(object)));
    }
    if !list.iter().all(plain) {
        object.insert("texts".to_owned(), Value::Array(list));
    }
    object.retain(|name, value| name == "type" || !value.is_null());
    parts.extend(texts);
    parts.push(Part::Raw(Value::Object(object)));
}

fn read_call(call: Value, is_answer: bool, parts: &mut Vec<Part>) {
    let Value::Object(mut object) = call else { return parts.push(whole_part(call)) };
    let kind = object.get("type").and_then(Value::as_str);
    let function = object.get("function").and_then(Value::as_object);
    let arguments = match function.and_then(|function| function.get("arguments")) {
        Some(Value::String(text)) => Some(text.clone()),
        // Some servers give the object itself.
        Some(arguments @ Value::Object(_)) => Some(arguments.to_string()),
        None | Some(Value::Null) => Some(String::new()),
        Some(_) => None,
    };
    let name = function.and_then(|function| function.get("name")).and_then(Value::as_str).map(str::to_owned);
    let id = match object.get("id") {
        Some(Value::String(id)) => Some(id.clone()),
        None | Some(Value::Null) => Some(String::new()),
        Some(Value::Number(id)) => Some(id.to_string()),
        Some(_) => None,
    };
    let (Some(arguments), Some(name), Some(id), None | Some("function" | "")) = (arguments, name, id, kind) else {
        let value = Value::Object(object);
        return parts.push(if is_call(&value) { Part::Raw(value) } else { whole_part(value) });
    };
    parts.push(Part::ToolCall(ToolCall::new(id, name, arguments)));
    parts.extend(call_rest(&mut object, is_answer));
}

/// The fields of a call that have no place in [`ToolCall`].
pub(super) fn call_rest(object: &mut Object, is_answer: bool) -> Option<Part> {
    for name in ["id", "index", "type"] {
        object.shift_remove(name);
    }
    if let Some(Value::Object(function)) = object.get_mut("function") {
        function.retain(|name, value| !matches!(name.as_str(), "name" | "arguments") && !value.is_null());
        if function.is_empty() {
            object.shift_remove("function");
        }
    }
    object.retain(|_, value| if is_answer { !is_blank(value) } else { !value.is_null() });
    if object.is_empty() {
        return None;
    }
    let mut rest = std::mem::take(object);
    rest.shift_insert(0, "type".to_owned(), Value::from("function"));
    Some(Part::Raw(Value::Object(rest)))
}

/// The fields that are left, as a cache point and a raw part of this type.
fn rest(mut object: Object, kind: &str) -> Option<Vec<Part>> {
    object.retain(|name, value| name != "type" && !value.is_null());
    let point = object.get("cache_control").and_then(cache_point);
    if point.is_some() {
        object.shift_remove("cache_control");
    }
    let mut parts = Vec::new();
    if !object.is_empty() {
        object.shift_insert(0, "type".to_owned(), Value::from(kind));
        parts.push(Part::Raw(Value::Object(object)));
    }
    parts.extend(point.map(Part::CachePoint));
    (!parts.is_empty()).then_some(parts)
}

fn cache_point(value: &Value) -> Option<CachePoint> {
    let object = value.as_object()?;
    let ttl = match object.get("ttl") {
        None => None,
        Some(ttl) => Some(ttl.as_str()?.to_owned()),
    };
    let known = object.keys().all(|name| matches!(name.as_str(), "type" | "ttl"));
    (known && object.get("type")?.as_str()? == "ephemeral")
        .then(|| ttl.map_or_else(CachePoint::new, |ttl| CachePoint::new().with_ttl(ttl)))
}

/// A part as it came. One that could be taken for something else is kept as its text, so that it never is.
fn whole_part(value: Value) -> Part {
    let unclear = match &value {
        Value::Object(object) => {
            let kind = object.get("type").and_then(Value::as_str);
            kind.map_or(object.contains_key("role"), |kind| is_rest(kind, object)) || is_call(&value)
        }
        _ => false,
    };
    Part::Raw(if unclear { Value::String(value.to_string()) } else { value })
}
