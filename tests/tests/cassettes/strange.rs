//! Answers with what vendors have not thought of yet: a field more in some object, a part of a new sort. What is known is
//! read as before, and nothing of it is lost when it is written again.

use std::collections::HashSet;

use codex_ai_tests::exchange::Format;
use serde_json::{Value, json};

use crate::case::Case;
use crate::expect;
use crate::{compare, laws};

/// Lists of parts, to which one of a new sort is added.
const PARTS: [&str; 3] = ["content", "output", "parts"];

/// Objects that hold what the model wrote.
const MODELS: [&str; 6] = ["args", "input", "arguments", "logprobs", "parameters", "schema"];

/// Changes one object of each shape, once for all answers of a format.
#[derive(Default)]
pub(crate) struct Strange {
    seen: HashSet<String>,
}

impl Strange {
    /// Each change that is new, with what came of it.
    pub(crate) fn check(&mut self, case: &Case) -> Vec<(String, Result<(), String>)> {
        if case.is_events || case.status != 200 {
            return Vec::new();
        }
        let Ok(body) = serde_json::from_str::<Value>(&case.body) else { return Vec::new() };
        let mut places = Vec::new();
        walk(&body, String::new(), String::new(), &mut places);
        let format = case.endpoint.format;
        places.retain(|(shape, _)| self.seen.insert(format!("{format:?} {shape}")));
        places.into_iter().map(|(shape, pointer)| (shape, changed(case, &body, &pointer))).collect()
    }
}

fn changed(case: &Case, body: &Value, pointer: &str) -> Result<(), String> {
    let mut body = body.clone();
    match body.pointer_mut(pointer) {
        Some(Value::Object(object)) => {
            object.insert("xUnknown".to_owned(), json!({ "deep": [1, "two"] }));
        }
        Some(Value::Array(list)) => list.push(match case.endpoint.format {
            Format::Gemini => json!({ "xUnknown": { "deep": [1, "two"] } }),
            _ => json!({ "type": "x_unknown", "deep": [1, "two"] }),
        }),
        _ => return Err("the place is gone".to_owned()),
    }
    let changed = case.with_body(body.to_string());
    let expected = expect::outcome(&changed)?;
    compare::codec(&changed, &expected)?;
    laws::check(&changed, &expected)
}

/// All objects and lists of parts of a value: their shape and where they are.
fn walk(value: &Value, shape: String, pointer: String, places: &mut Vec<(String, String)>) {
    match value {
        Value::Object(object) => {
            let shape = match object.get("type").and_then(Value::as_str) {
                Some(kind) => format!("{shape}<{kind}>"),
                None => shape,
            };
            places.push((shape.clone(), pointer.clone()));
            for (name, value) in object.iter().filter(|(name, _)| !MODELS.contains(&name.as_str())) {
                let escaped = name.replace('~', "~0").replace('/', "~1");
                let (shape, pointer) = (format!("{shape}.{name}"), format!("{pointer}/{escaped}"));
                if value.is_array() && PARTS.contains(&name.as_str()) {
                    places.push((format!("{shape}[]"), pointer.clone()));
                }
                walk(value, shape, pointer, places);
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
