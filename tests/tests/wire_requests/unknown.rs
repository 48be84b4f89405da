//! Fields that vendors have not thought of yet: a body with one more field, in whatever object, comes back with it.

use std::collections::HashSet;

use codex_ai_tests::exchange::Endpoint;
use serde_json::{Value, json};

use crate::round_trip;

/// The name of the field that nobody knows.
const UNKNOWN: &str = "xUnknown";

/// Objects that hold what the user named: another field there is nothing new to the format.
const USERS: [&str; 12] = [
    "parameters",
    "schema",
    "input_schema",
    "args",
    "input",
    "response",
    "parametersJsonSchema",
    "parameters_json_schema",
    "responseJsonSchema",
    "responseSchema",
    "metadata",
    "labels",
];

/// Adds a field to one object of each shape, once for all bodies of a format.
#[derive(Default)]
pub(crate) struct Unknown {
    seen: HashSet<String>,
}

impl Unknown {
    /// Each place that is new, with what came of the body with a field there.
    pub(crate) fn check(&mut self, endpoint: &Endpoint, body: &Value) -> Vec<(String, Result<(), String>)> {
        let mut places = Vec::new();
        walk(body, String::new(), String::new(), &mut places);
        places.retain(|(shape, _)| self.seen.insert(format!("{:?} {shape}", endpoint.format)));
        let tried = places.into_iter().map(|(shape, pointer)| {
            let mut body = body.clone();
            if let Some(Value::Object(object)) = body.pointer_mut(&pointer) {
                object.insert(UNKNOWN.to_owned(), json!({ "deep": [1, "two"] }));
            }
            (shape, round_trip::check(endpoint, &body))
        });
        tried.collect()
    }
}

/// All objects of a value: their shape, which is the names on the way and their types, and where they are.
fn walk(value: &Value, shape: String, pointer: String, places: &mut Vec<(String, String)>) {
    match value {
        Value::Object(object) => {
            let shape = match object.get("type").or_else(|| object.get("role")).and_then(Value::as_str) {
                Some(kind) => format!("{shape}<{kind}>"),
                None => shape,
            };
            places.push((shape.clone(), pointer.clone()));
            for (name, value) in object {
                // The list of messages of the Responses API has a name that other formats have for arguments.
                let users = USERS.contains(&name.as_str()) && !(name == "input" && value.is_array());
                if !users {
                    let escaped = name.replace('~', "~0").replace('/', "~1");
                    walk(value, format!("{shape}.{name}"), format!("{pointer}/{escaped}"), places);
                }
            }
        }
        Value::Array(list) => {
            for (i, value) in list.iter().enumerate() {
                walk(value, format!("{shape}[]"), format!("{pointer}/{i}"), places);
            }
        }
        _ => {}
    }
}
