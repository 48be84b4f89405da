//! Answers with what vendors have not thought of yet: a field more in some object, a part of a new sort. What is known is
//! read as before, and nothing of it is lost when it is written again.

use std::collections::HashSet;

use codex_ai_tests::exchange::Format;
use codex_ai_tests::places::places;
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
        let format = case.endpoint.format;
        let mut places = places(&body, &PARTS, &MODELS);
        places.retain(|place| self.seen.insert(format!("{format:?} {}", place.shape)));
        places.into_iter().map(|place| (place.shape, changed(case, &body, &place.pointer))).collect()
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
