//! OpenAI's Responses API.
//!
//! - `null` is absent, at the top and in items, parts and tools.
//! - `stream: false` is absent, as are an empty `instructions` `text.format` of type `text` and a schema's
//!   `strict: false`: they are the defaults.
//! - `store: false` is absent: the library always says it, whatever the recorded client left to the vendor's default.
//! - a text as `input` is one message of the user, and a text as content one part.
//! - a message's `type` may be left out; the role `developer` is `system`, which the vendor reads alike.
//! - `id` and `status` of replayed messages, calls and results: without `store` they mean nothing.
//! - an empty list of tools is absent.
//! - empty lists of `annotations` and `logprobs`, and an empty `content` of reasoning, are absent.

use serde_json::{Value, json};

use super::{Object, drop_empty_lists, drop_if, drop_nulls, is, object, objects};

pub(crate) fn normalise(body: &mut Object) {
    drop_nulls(body);
    drop_empty_lists(body, &["tools"]);
    drop_if(body, "stream", false);
    drop_if(body, "store", false);
    drop_if(body, "instructions", "");
    for field in ["text", "reasoning"] {
        if let Some(field) = object(body, field) {
            drop_nulls(field);
            if let Some(format) = object(field, "format") {
                drop_if(format, "strict", false);
            }
            drop_if(field, "format", json!({ "type": "text" }));
        }
        drop_if(body, field, json!({}));
    }
    if let Some(Value::String(text)) = body.get("input") {
        let message = json!([{ "role": "user", "content": text }]);
        body.insert("input".to_owned(), message);
    }
    objects(body.get_mut("input")).for_each(item);
    objects(body.get_mut("tools")).for_each(drop_nulls);
}

fn item(item: &mut Object) {
    drop_nulls(item);
    if !item.contains_key("type") && item.contains_key("role") {
        item.insert("type".to_owned(), "message".into());
    }
    let kind = item.get("type").and_then(Value::as_str).unwrap_or_default().to_owned();
    if matches!(kind.as_str(), "message" | "function_call" | "function_call_output") {
        item.shift_remove("id");
        item.shift_remove("status");
    }
    match kind.as_str() {
        "message" => message(item),
        "reasoning" => drop_if(item, "content", json!([])),
        _ => {}
    }
}

fn message(message: &mut Object) {
    if is(message, "role", "developer") {
        message.insert("role".to_owned(), "system".into());
    }
    let kind = if is(message, "role", "assistant") { "output_text" } else { "input_text" };
    if let Some(Value::String(text)) = message.get("content") {
        let parts = json!([{ "type": kind, "text": text }]);
        message.insert("content".to_owned(), parts);
    }
    for part in objects(message.get_mut("content")) {
        drop_nulls(part);
        if is(part, "type", "text") {
            part.insert("type".to_owned(), kind.into());
        }
        drop_if(part, "annotations", json!([]));
        drop_if(part, "logprobs", json!([]));
    }
}
