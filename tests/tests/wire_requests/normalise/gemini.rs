//! Gemini's `generateContent`, and Imagen's `predict`.
//!
//! - Names of fields are in camel or in snake case, to the vendor the same. Names of the user's own (in arguments, results
//!   and schemas) stay.
//! - `null` is absent, and `thought: false`, and an empty `generationConfig`.
//! - a content without a role is the user's; `systemInstruction` needs none.
//! - the role `function` is `user`, as Google itself says now.
//! - tools may stand in one entry or in several; their order among each other says nothing.
//! - `parameters` that are a JSON schema (no type in capitals, no `nullable`) are `parametersJsonSchema`: Google takes
//!   either, and the library sends what is a JSON schema as one.
//! - one object as `contents`, `parts` or `tools` is a list of one.
//! - Base64 in either alphabet, with or without padding, is the same bytes.
//! - `args` of a call that has none is an empty object.

use serde_json::{Value, json};

use super::{Object, drop_if, object, objects};

/// Fields that hold what the user named.
const USERS: [&str; 6] = ["args", "response", "parametersJsonSchema", "responseJsonSchema", "labels", "default"];

pub(crate) fn normalise(body: &mut Object) {
    let mut camel = camel_object(std::mem::take(body));
    std::mem::swap(body, &mut camel);
    drop_if(body, "generationConfig", json!({}));
    for name in ["contents", "tools"] {
        as_list(body, name);
    }
    for content in objects(body.get_mut("contents")) {
        let role = content.entry("role").or_insert_with(|| "user".into());
        if role == "function" {
            *role = "user".into();
        }
        parts(content);
    }
    tools(body);
    if let Some(system) = object(body, "systemInstruction") {
        system.shift_remove("role");
        parts(system);
    }
}

/// Imagen: `sampleCount: 1` and `includeRaiReason: true` are absent, as the library always says them: it wants one picture,
/// or the reason why there is none. An empty `parameters` is absent.
pub(crate) fn normalise_imagen(body: &mut Object) {
    if let Some(parameters) = object(body, "parameters") {
        drop_if(parameters, "sampleCount", 1);
        drop_if(parameters, "includeRaiReason", true);
    }
    drop_if(body, "parameters", json!({}));
}

fn parts(content: &mut Object) {
    as_list(content, "parts");
    for part in objects(content.get_mut("parts")) {
        drop_if(part, "thought", false);
        if let Some(call) = object(part, "functionCall") {
            call.entry("args").or_insert_with(|| json!({}));
        }
        one_alphabet(part);
    }
}

/// Each tool as an entry of its own, and all functions as one.
fn tools(body: &mut Object) {
    let Some(Value::Array(tools)) = body.get_mut("tools") else { return };
    let mut functions = Vec::new();
    let mut others = Vec::new();
    for (name, value) in std::mem::take(tools).into_iter().filter_map(entries).flatten() {
        match value {
            Value::Array(list) if name == "functionDeclarations" => functions.extend(list),
            value => others.push(json!({ name: value })),
        }
    }
    for function in functions.iter_mut().filter_map(Value::as_object_mut) {
        if function.get("parameters").is_some_and(|schema| !is_googles(schema))
            && let Some(schema) = function.shift_remove("parameters")
        {
            function.insert("parametersJsonSchema".to_owned(), schema);
        }
    }
    others.sort_by_cached_key(Value::to_string);
    if !functions.is_empty() {
        others.insert(0, json!({ "functionDeclarations": functions }));
    }
    *tools = others;
}

/// Whether a schema is in Google's own form.
fn is_googles(schema: &Value) -> bool {
    match schema {
        Value::Object(object) => object.iter().any(|(name, value)| match value {
            Value::String(kind) => name == "type" && kind.contains(|c: char| c.is_ascii_uppercase()),
            Value::Bool(_) => name == "nullable",
            value => is_googles(value),
        }),
        Value::Array(list) => list.iter().any(is_googles),
        _ => false,
    }
}

fn entries(tool: Value) -> Option<Object> {
    match tool {
        Value::Object(object) => Some(object),
        _ => None,
    }
}

fn one_alphabet(part: &mut Object) {
    if let Some(Value::String(data)) = object(part, "inlineData").and_then(|data| data.get_mut("data")) {
        *data = data.trim_end_matches('=').replace('-', "+").replace('_', "/");
    }
}

fn as_list(parent: &mut Object, name: &str) {
    if let Some(value @ Value::Object(_)) = parent.get_mut(name) {
        *value = Value::Array(vec![value.take()]);
    }
}

fn camel_object(object: Object) -> Object {
    let fields = object.into_iter().filter(|(_, value)| !value.is_null());
    fields
        .map(|(name, value)| {
            let name = camel(&name);
            let value = if USERS.contains(&name.as_str()) {
                value
            } else if name == "properties" {
                // The names in it are the user's, the schemas beneath are not.
                match value {
                    Value::Object(properties) => {
                        properties.into_iter().map(|(name, schema)| (name, camel_value(schema))).collect()
                    }
                    other => other,
                }
            } else {
                camel_value(value)
            };
            (name, value)
        })
        .collect()
}

fn camel_value(value: Value) -> Value {
    match value {
        Value::Object(object) => Value::Object(camel_object(object)),
        Value::Array(list) => list.into_iter().map(camel_value).collect(),
        other => other,
    }
}

fn camel(name: &str) -> String {
    let mut words = name.split('_');
    let mut camel = words.next().unwrap_or_default().to_owned();
    for word in words {
        let mut letters = word.chars();
        camel.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        camel.push_str(letters.as_str());
    }
    camel
}
