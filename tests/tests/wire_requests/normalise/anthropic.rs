//! Anthropic's Messages API.
//!
//! - `null` is absent, at the top and in blocks and tools.
//! - `stream: false` and a result's `is_error: false` are absent: they are the defaults.
//! - a result without content has the empty text.
//! - a text as content, as `system` or as a tool's result is one block of text; an empty `system` is absent.
//! - an empty list of tools or of stop sequences is absent.

use serde_json::{Value, json};

use super::{Object, drop_empty_lists, drop_if, drop_nulls, is, objects};

pub(crate) fn normalise(body: &mut Object) {
    drop_nulls(body);
    drop_if(body, "stream", false);
    drop_if(body, "system", "");
    drop_empty_lists(body, &["system", "tools", "stop_sequences"]);
    blocks(body, "system");
    for message in objects(body.get_mut("messages")) {
        drop_nulls(message);
        blocks(message, "content");
    }
    objects(body.get_mut("tools")).for_each(drop_nulls);
}

/// Makes a list of blocks of a field.
fn blocks(parent: &mut Object, name: &str) {
    if let Some(Value::String(text)) = parent.get(name) {
        let list = json!([{ "type": "text", "text": text }]);
        parent.insert(name.to_owned(), list);
    }
    for block in objects(parent.get_mut(name)) {
        drop_nulls(block);
        if is(block, "type", "tool_result") {
            drop_if(block, "is_error", false);
            drop_if(block, "content", json!([]));
            block.entry("content").or_insert_with(|| "".into());
            blocks(block, "content");
        }
    }
}
