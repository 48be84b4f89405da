//! Fields that vendors have not thought of yet: a body with one more field, in whatever object, comes back with it, or is
//! refused with the field's name. Nothing is lost silently.

use std::collections::HashSet;

use codex_ai_tests::exchange::Endpoint;
use codex_ai_tests::places::places;
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
        let mut places = places(body, &[], &USERS);
        places.retain(|place| self.seen.insert(format!("{:?} {}", endpoint.format, place.shape)));
        let tried = places.into_iter().map(|place| {
            let mut body = body.clone();
            if let Some(Value::Object(object)) = body.pointer_mut(&place.pointer) {
                object.insert(UNKNOWN.to_owned(), json!({ "deep": [1, "two"] }));
            }
            let result = round_trip::check(endpoint, &body);
            (place.shape, result.or_else(|wrong| if is_refused(&wrong) { Ok(()) } else { Err(wrong) }))
        });
        tried.collect()
    }
}

/// Whether this is a refusal that names the field.
fn is_refused(wrong: &str) -> bool {
    wrong.starts_with(round_trip::UNREADABLE) && wrong.contains(&format!("{UNKNOWN}`"))
}
