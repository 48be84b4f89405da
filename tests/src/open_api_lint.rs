//! What Gemini takes as `responseSchema`, written down a second time and without the library.

use serde_json::Value;

/// The fields of Gemini's `Schema`.
const FIELDS: [&str; 22] = [
    "type",
    "format",
    "title",
    "description",
    "nullable",
    "default",
    "items",
    "minItems",
    "maxItems",
    "enum",
    "properties",
    "propertyOrdering",
    "required",
    "minProperties",
    "maxProperties",
    "minimum",
    "maximum",
    "minLength",
    "maxLength",
    "pattern",
    "example",
    "anyOf",
];

/// The breaches of a schema, each with its place in it.
pub fn breaches(schema: &Value) -> Vec<String> {
    let mut found = Vec::new();
    walk(schema, "#", &mut found);
    found
}

fn walk(schema: &Value, at: &str, found: &mut Vec<String>) {
    let mut breach = |what: String| found.push(format!("{at}: {what}"));
    let Some(map) = schema.as_object() else { return breach("is no object".to_owned()) };
    for keyword in map.keys().filter(|keyword| !FIELDS.contains(&keyword.as_str())) {
        breach(format!("has `{keyword}`"));
    }
    let kind = map.get("type").and_then(Value::as_str).map(str::to_lowercase);
    match kind.as_deref() {
        None if map.contains_key("anyOf") => {}
        Some("object" | "string" | "number" | "integer" | "boolean" | "null") => {}
        Some("array") if map.contains_key("items") => {}
        Some("array") => breach("has no items".to_owned()),
        _ => breach("has no type, or several".to_owned()),
    }
    if map.get("enum").is_some_and(|values| {
        values.as_array().is_none_or(|values| values.is_empty() || !values.iter().all(Value::is_string))
    }) {
        breach("has an enum of something else than strings".to_owned());
    }
    if map.get("nullable").is_some_and(|nullable| !nullable.is_boolean()) {
        breach("has an unusable `nullable`".to_owned());
    }
    let formats = match kind.as_deref() {
        Some("string") => &["enum", "date-time"][..],
        Some("number") => &["float", "double"],
        Some("integer") => &["int32", "int64"],
        _ => &[],
    };
    if map.get("format").is_some_and(|format| format.as_str().is_none_or(|format| !formats.contains(&format))) {
        breach("has an unknown format".to_owned());
    }
    let properties = map.get("properties").and_then(Value::as_object);
    for keyword in ["required", "propertyOrdering"] {
        let mut names = map.get(keyword).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
        if names.any(|name| properties.is_none_or(|properties| !properties.contains_key(name))) {
            breach(format!("names in `{keyword}` what is no property"));
        }
    }
    for (name, property) in properties.into_iter().flatten() {
        walk(property, &format!("{at}/properties/{name}"), found);
    }
    for (i, form) in map.get("anyOf").and_then(Value::as_array).into_iter().flatten().enumerate() {
        walk(form, &format!("{at}/anyOf/{i}"), found);
    }
    if let Some(items) = map.get("items") {
        walk(items, &format!("{at}/items"), found);
    }
}
