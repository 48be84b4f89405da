//! The stored schema.

use codex_ai_tests::data;
use serde_json::{Map, Value, json};

/// The schema of the whole protocol.
pub(super) struct Schema {
    root: Value,
}

impl Schema {
    /// `None`, with a line that says so, where it is not there.
    pub(super) fn load() -> Option<Self> {
        let file = data::path("app-server-schema/codex_app_server_protocol.experimental.schemas.json")?;
        let root: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
        Some(Self { root: simple(&root) })
    }

    /// The methods of `ClientRequest`, `ServerNotification` or `ServerRequest`, each with the schema of its parameters.
    pub(super) fn methods(&self, of: &str) -> Vec<(String, Value)> {
        let forms = self.root["definitions"][of]["oneOf"].as_array().unwrap();
        forms
            .iter()
            .map(|form| {
                let method = form["properties"]["method"]["enum"][0].as_str().unwrap().to_owned();
                // The server wants an object even where the schema has nothing.
                let nothing = || json!({ "type": "object", "maxProperties": 0 });
                let params = form["properties"].get("params").filter(|params| params["type"] != "null").cloned();
                (method, params.unwrap_or_else(nothing))
            })
            .collect()
    }

    pub(super) fn params(&self, of: &str, method: &str) -> Option<Value> {
        self.methods(of).into_iter().find(|(known, _)| known == method).map(|(_, params)| params)
    }

    /// Checks values by this part of the schema.
    pub(super) fn validator(&self, part: &Value) -> jsonschema::Validator {
        jsonschema::draft7::new(&whole(&self.root, part)).unwrap()
    }

    /// The same, but a member without a name in the schema is an error: a server would not read it.
    pub(super) fn closed_validator(&self, part: &Value) -> jsonschema::Validator {
        let mut schema = whole(&self.root, part);
        close(&mut schema, true);
        jsonschema::draft7::new(&schema).unwrap()
    }

    /// The part with all definitions that it names, for who makes values of it.
    pub(super) fn root(&self) -> &Value {
        &self.root
    }
}

/// The part, with the definitions that it names.
fn whole(root: &Value, part: &Value) -> Value {
    let mut whole = json!({ "allOf": [part], "definitions": { "v2": {} } });
    let mut open = references(part);
    while let Some(name) = open.pop() {
        let mut path = name.trim_start_matches("#/definitions/").split('/').collect::<Vec<_>>();
        let last = path.pop().unwrap();
        let folder = path.iter().fold(&mut whole["definitions"], |folder, name| &mut folder[*name]);
        if folder.get(last).is_none() {
            let definition = root.pointer(&name[1..]).unwrap();
            open.extend(references(definition));
            folder[last] = definition.clone();
        }
    }
    whole
}

fn references(schema: &Value) -> Vec<String> {
    match schema {
        Value::Object(map) => {
            let own = map.get("$ref").and_then(Value::as_str).map(str::to_owned);
            own.into_iter().chain(map.values().flat_map(references)).collect()
        }
        Value::Array(list) => list.iter().flat_map(references).collect(),
        _ => Vec::new(),
    }
}

/// A reference in a list of one is the reference.
fn simple(schema: &Value) -> Value {
    match schema {
        Value::Object(map) => match map.get("allOf").and_then(Value::as_array).map(Vec::as_slice) {
            Some([only]) if !map.contains_key("properties") => simple(only),
            _ => Value::Object(map.iter().map(|(key, value)| (key.clone(), simple(value))).collect()),
        },
        Value::Array(list) => Value::Array(list.iter().map(simple).collect()),
        other => other.clone(),
    }
}

/// Takes away what a schema does not name. Forms that add to each other stay open: each names only its own part.
fn close(schema: &mut Value, may: bool) {
    match schema {
        Value::Object(map) => {
            let adds = ["anyOf", "oneOf", "allOf"].iter().any(|key| map.contains_key(*key));
            let is_object = map.get("properties").is_some_and(Value::is_object);
            if may && is_object && !adds {
                map.entry("additionalProperties").or_insert(Value::Bool(false));
            }
            close_parts(map, !(adds && is_object));
        }
        Value::Array(list) => list.iter_mut().for_each(|part| close(part, may)),
        _ => {}
    }
}

fn close_parts(map: &mut Map<String, Value>, forms_may: bool) {
    for (key, part) in map {
        match &**key {
            "anyOf" | "oneOf" | "allOf" => close(part, forms_may),
            "properties" => each(part, |_, part| close(part, true)),
            "definitions" => each(part, |name, part| match name {
                "v2" => each(part, |_, part| close(part, true)),
                _ => close(part, true),
            }),
            "items" | "additionalProperties" => close(part, true),
            _ => {}
        }
    }
}

fn each(map: &mut Value, mut of: impl FnMut(&str, &mut Value)) {
    map.as_object_mut().into_iter().flatten().for_each(|(name, part)| of(name, part));
}

/// What the checks of this module rest on.
#[test]
fn a_member_that_the_schema_does_not_name_is_found() {
    let Some(schema) = Schema::load() else { return };
    let validator = schema.closed_validator(&schema.params("ClientRequest", "turn/start").unwrap());
    let with = |input: Value, name: &str| json!({ "threadId": "t", "input": [input], name: "x" });
    let text = || json!({ "type": "text", "text": "t" });
    assert!(validator.is_valid(&with(text(), "model")));
    assert!(!validator.is_valid(&with(text(), "modell")));
    assert!(!validator.is_valid(&with(json!({ "type": "text", "text": "t", "texts": [] }), "model")));
    assert!(!validator.is_valid(&with(json!({ "type": "texts", "text": "t" }), "model")));
    assert!(validator.is_valid(&with(json!({ "type": "image", "fileId": "f", "detail": "low" }), "model")));
}
