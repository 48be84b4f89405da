//! OpenAI's Chat Completions, and what resembles them.
//!
//! - `null` is absent, at the top and in messages, parts and calls.
//! - `stream: false` is absent, as are `response_format` of type `text` and a schema's `strict: false`: they are the
//!   defaults.
//! - an empty list of tools, of calls or of parts is absent.
//! - one text as `stop` is a list of one.
//! - a text as content is one part; the role `developer` is `system`: which of them is sent is the provider's setting.
//! - an address as `image_url` is an object with it.
//! - a call's `index` that is its place in the list says nothing.
//! - the `type` of a tool and of a call may be left out where it is `function`, as Mistral does.

use serde_json::{Value, json};

use super::{Object, drop_empty_lists, drop_if, drop_nulls, is, object, objects};

pub(crate) fn normalise(body: &mut Object) {
    drop_nulls(body);
    drop_empty_lists(body, &["tools"]);
    drop_if(body, "stream", false);
    drop_if(body, "response_format", json!({ "type": "text" }));
    if let Some(Value::String(stop)) = body.get("stop") {
        let stop = json!([stop]);
        body.insert("stop".to_owned(), stop);
    }
    objects(body.get_mut("messages")).for_each(message);
    for tool in objects(body.get_mut("tools")) {
        with_type(tool);
        if let Some(function) = object(tool, "function") {
            drop_nulls(function);
        }
    }
    if let Some(format) = object(body, "response_format").and_then(|format| object(format, "json_schema")) {
        drop_nulls(format);
        drop_if(format, "strict", false);
    }
}

fn message(message: &mut Object) {
    drop_nulls(message);
    drop_empty_lists(message, &["content", "tool_calls"]);
    if is(message, "role", "developer") {
        message.insert("role".to_owned(), "system".into());
    }
    if let Some(Value::String(text)) = message.get("content") {
        let parts = json!([{ "type": "text", "text": text }]);
        message.insert("content".to_owned(), parts);
    }
    for part in objects(message.get_mut("content")) {
        drop_nulls(part);
        if let Some(Value::String(url)) = part.get("image_url") {
            let url = json!({ "url": url });
            part.insert("image_url".to_owned(), url);
        }
    }
    for (place, call) in objects(message.get_mut("tool_calls")).enumerate() {
        drop_if(call, "index", place);
        with_type(call);
    }
}

fn with_type(object: &mut Object) {
    drop_nulls(object);
    if object.contains_key("function") && !object.contains_key("type") {
        object.insert("type".to_owned(), "function".into());
    }
}
