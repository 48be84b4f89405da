//! Pieces of a written schema: the description, null, the path of a part.

use serde_json::{Value, json};

use super::{Dialect, Keywords, Null};
use crate::schema::validate::path::{self, Step};

/// The form, or null.
pub(super) fn or_null(mut form: Value, dialect: &Dialect) -> Value {
    if dialect.null == Null::Keyword {
        if let Value::Object(out) = &mut form {
            out.insert("nullable".to_owned(), true.into());
        }
        return form;
    }
    let kind = form.get("type").and_then(Value::as_str);
    let has_room = form.get("enum").is_none() || dialect.enums.contains(&"null");
    if let Some(scalar @ ("string" | "number" | "integer" | "boolean")) = kind.filter(|_| has_room) {
        let types = json!([scalar, "null"]);
        if let Value::Object(out) = &mut form {
            out.insert("type".to_owned(), types);
            if let Some(Value::Array(values)) = out.get_mut("enum") {
                values.push(Value::Null);
            }
        }
        return form;
    }
    json!({ "anyOf": [form, { "type": "null" }] })
}

/// Puts words in front of the description that is there, and notes, each a sentence, after it.
pub(super) fn describe(out: &mut Keywords, words: Option<&str>, notes: &[String]) {
    let words = words.unwrap_or_default().trim();
    let before = match out.shift_remove("description") {
        Some(Value::String(text)) if text != words => text,
        _ => String::new(),
    };
    let mut text = words.to_owned();
    for more in [before.as_str()].into_iter().chain(notes.iter().map(String::as_str)).filter(|more| !more.is_empty()) {
        if !text.is_empty() {
            if text.ends_with(|c: char| c.is_alphanumeric() || matches!(c, '`' | '"' | ')')) {
                text.push('.');
            }
            text.push(if more.contains('\n') { '\n' } else { ' ' });
        }
        text.push_str(more);
    }
    if !text.is_empty() {
        out.shift_insert(0, "description".to_owned(), Value::String(text));
    }
}

/// The path of a property.
pub(super) fn property(at: &str, name: &str) -> String {
    let mut path = at.to_owned();
    path::push(&mut path, Step::Key(name));
    path
}

/// The path of the items of a list.
pub(super) fn item(at: &str) -> String {
    format!("{}[]", root(at))
}

/// The path, where something follows that needs one.
pub(super) fn root(at: &str) -> &str {
    if at.is_empty() { "$" } else { at }
}

/// What the root is, if it is no object.
pub(super) fn kind_of_root(root: &Value) -> Option<String> {
    if root.get("anyOf").is_some() {
        return Some("a choice of forms".to_owned());
    }
    Some(match root.get("type") {
        Some(Value::String(name)) => match name.as_str() {
            "object" => return None,
            "array" => "a list".to_owned(),
            "integer" => "a whole number".to_owned(),
            "boolean" => "true or false".to_owned(),
            "null" => "null".to_owned(),
            other => format!("a {other}"),
        },
        Some(_) => "a value that may be null".to_owned(),
        None => return None,
    })
}
