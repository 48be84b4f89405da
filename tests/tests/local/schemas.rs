//! Schemas one by one: outside data, contradictions, recursion, size, and keywords that Rust types do not make.

use std::path::PathBuf;
use std::time::Instant;

use codex_ai::{ErrorKind, Schema};
use serde_json::{Value, json};

use crate::examples::{INVOICE, NEWS};
use crate::{ask, fill, problems, request};

/// The folder of outside data: `CODEX_AI_DATA`, or `../shared` beside the repository.
fn outside_data() -> PathBuf {
    let default = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared");
    std::env::var_os("CODEX_AI_DATA").map_or_else(default, PathBuf::from)
}

/// The files of outside data that hold schemas.
const FILES: &[&str] = &["schemars-output", "accepted-schemas", "lenient-json"];

/// Schemas of no value at all: an enum without variants.
const EMPTY: &[&str] = &["enums_ref_variants.rs~no_variants"];

#[test]
fn recorded_schemas_get_valid_values() {
    for file in FILES {
        let path = outside_data().join("cases").join(file).with_extension("json");
        let Ok(text) = std::fs::read_to_string(&path) else {
            println!("local_{file}: skipped, there is no {}", path.display());
            assert!(std::env::var_os("CODEX_AI_REQUIRE_DATA").is_none(), "the outside data is required");
            continue;
        };
        let cases: Vec<Value> = serde_json::from_str(&text).expect("JSON");
        let (mut passed, mut failed, mut excepted) = (0, 0, 0);
        for (index, case) in cases.iter().enumerate() {
            let name = case["name"].as_str().map_or_else(|| index.to_string(), str::to_owned);
            match check(&case["schema"]) {
                Ok(()) => passed += 1,
                Err((true, reason)) => {
                    println!("excepted {name}: {reason}");
                    excepted += 1;
                }
                Err((_, reason)) if EMPTY.contains(&name.as_str()) => {
                    println!("excepted {name}: {reason}");
                    excepted += 1;
                }
                Err((_, reason)) => {
                    println!("failed {name}: {reason}");
                    failed += 1;
                }
            }
        }
        println!("local_{file}: {passed} passed, {failed} failed, {excepted} excepted");
        assert_eq!(failed, 0);
    }
}

/// Whether every prompt gets a valid value; the error says whether it is the schema that is no schema of draft 2020-12.
fn check(schema: &Value) -> Result<(), (bool, String)> {
    jsonschema::options().build(schema).map_err(|error| (true, format!("the oracle cannot read it: {error}")))?;
    Schema::new("T", schema.clone()).map_err(|error| (true, format!("refused: {error}")))?;
    for prompt in [NEWS, INVOICE, "", "foo: 3\nbar: true\nmy_map: x"] {
        let reply = ask(&request(prompt, schema.clone())).map_err(|error| (false, format!("no value: {error}")))?;
        let value: Value = serde_json::from_str(&reply.text()).map_err(|error| (false, error.to_string()))?;
        let problems = problems(schema, &value);
        if !problems.is_empty() {
            return Err((false, format!("{problems:?} in {value}")));
        }
    }
    Ok(())
}

/// Asserts that the value for a schema is valid, and gives it.
#[track_caller]
fn valid(prompt: &str, schema: Value) -> Value {
    let value = fill(prompt, schema.clone());
    assert_eq!(problems(&schema, &value), Vec::<String>::new(), "{value}");
    value
}

#[test]
fn keywords_that_rust_types_do_not_make_are_kept_to() {
    for schema in [
        json!(true),
        json!({}),
        json!({ "const": { "a": [1, 2.5, null] } }),
        json!({ "enum": [null, 3, "x", [1]] }),
        json!({ "enum": ["x", 3, null], "type": ["integer", "null"] }),
        json!({ "type": "array", "contains": { "const": 7 }, "minContains": 2, "maxContains": 3, "items": { "type": "integer" } }),
        json!({ "type": "array", "prefixItems": [{ "type": "string" }], "items": false, "minItems": 1 }),
        json!({ "type": "array", "items": { "enum": [1, 2, 3] }, "uniqueItems": true, "minItems": 3 }),
        json!({ "type": "array", "items": { "type": "boolean" }, "uniqueItems": true, "minItems": 2 }),
        json!({ "type": "object", "required": ["a", "b"], "additionalProperties": { "type": "integer" } }),
        json!({ "type": "object", "required": ["a"], "dependentRequired": { "a": ["b"], "b": ["c"] } }),
        json!({ "type": "object", "required": ["a"], "dependentSchemas": { "a": { "required": ["b"], "properties": { "b": { "const": 1 } } } } }),
        json!({ "type": "object", "minProperties": 4, "patternProperties": { "^x-[a-d]$": { "type": "boolean" } }, "additionalProperties": false }),
        json!({ "type": "object", "minProperties": 2, "propertyNames": { "pattern": "^[a-c]{3}$" }, "additionalProperties": { "type": "null" } }),
        json!({ "type": "object", "properties": { "a": { "type": "string" }, "b": { "type": "string" } }, "minProperties": 2, "maxProperties": 2 }),
        json!({ "allOf": [{ "type": "integer", "minimum": 5 }, { "type": "number", "maximum": 9, "multipleOf": 4 }] }),
        json!({ "allOf": [{ "type": "string", "minLength": 3 }, { "pattern": "^a" }, { "pattern": "b$" }, { "maxLength": 12 }] }),
        json!({ "type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1 }),
        json!({ "type": "number", "minimum": 1e300 }),
        json!({ "type": "integer", "minimum": 18_446_744_073_709_551_615_u64 }),
        json!({ "type": "integer", "maximum": i64::MIN }),
        json!({ "type": "integer", "multipleOf": 2.5, "minimum": 1 }),
        json!({ "if": { "required": ["a"] }, "then": { "required": ["b"] }, "else": { "required": ["c"] }, "type": "object" }),
        json!({ "$ref": "#/$defs/a%20b~1c", "$defs": { "a b/c": { "type": "integer" } } }),
        json!({ "$ref": "#named", "$defs": { "x": { "$anchor": "named", "type": "boolean" } } }),
        json!({ "$defs": { "a": { "$ref": "#/$defs/b", "minLength": 3 }, "b": { "type": "string", "maxLength": 4 } }, "$ref": "#/$defs/a" }),
        json!({ "type": "string", "minLength": 500 }),
        json!({ "type": "string", "maxLength": 0 }),
        json!({ "type": "string", "format": "date", "minLength": 10 }),
    ] {
        valid(NEWS, schema.clone());
        valid("", schema);
    }
}

/// These need more than one attempt: the first value that comes to mind is not valid.
#[test]
fn what_the_schema_refuses_is_made_in_another_way() {
    for schema in [
        json!({ "oneOf": [{ "type": "integer" }, { "type": "number" }] }),
        json!({ "oneOf": [{ "type": "string" }, { "type": "string", "minLength": 3 }, { "type": "boolean" }] }),
        json!({ "type": "object", "required": ["a"], "properties": { "a": { "type": "string", "not": { "pattern": "e" } } } }),
        json!({ "type": "array", "items": { "type": "integer", "not": { "minimum": 0 } }, "minItems": 2 }),
        json!({ "type": "array", "items": { "type": "string", "not": { "minLength": 3 } }, "minItems": 2 }),
        json!({ "type": "object", "properties": { "a": { "type": "string" } }, "not": { "required": ["a"] } }),
        json!({ "enum": [1, 2, 3, 4, 5, 6], "not": { "maximum": 4 } }),
        json!({ "type": "object", "required": ["o"], "properties": { "o": {
            "type": "object", "required": ["z"], "properties": {
                "z": { "type": "integer", "oneOf": [{ "minimum": 0 }, { "maximum": 10 }] } } } } }),
        json!({ "type": "object", "required": ["kind"], "properties": {
            "kind": { "enum": ["b", "a"] }, "x": { "type": "integer" }, "y": { "type": "string" } },
            "if": { "properties": { "kind": { "const": "a" } } }, "then": { "required": ["x"] }, "else": { "required": ["y"] } }),
    ] {
        valid(NEWS, schema.clone());
        valid("", schema);
    }
}

#[test]
fn contradictions_are_an_error_that_tells_where() {
    for (path, schema) in [
        ("$", json!(false)),
        ("$", json!({ "not": {} })),
        ("$", json!({ "type": "string", "minLength": 5, "maxLength": 4 })),
        ("$", json!({ "allOf": [{ "type": "string" }, { "type": "integer" }] })),
        ("$", json!({ "type": "integer", "minimum": 5, "maximum": 4 })),
        ("$", json!({ "type": "integer", "exclusiveMinimum": 4, "exclusiveMaximum": 5 })),
        ("$", json!({ "type": "array", "minItems": 3, "maxItems": 2 })),
        ("$", json!({ "enum": ["a"], "type": "integer" })),
        ("$", json!({ "anyOf": [false, { "not": {} }] })),
        ("$", json!({ "type": "array", "items": { "type": "boolean" }, "uniqueItems": true, "minItems": 3 })),
        (
            "a",
            json!({ "type": "object", "required": ["a"], "properties": { "a": { "type": "string", "minLength": 2, "maxLength": 1 } } }),
        ),
        ("a", json!({ "type": "object", "required": ["a"], "additionalProperties": false })),
        (
            "a[1]",
            json!({ "type": "object", "required": ["a"], "properties": { "a": {
            "type": "array", "minItems": 2, "prefixItems": [true], "items": { "enum": [] } } } }),
        ),
        // A struct that holds itself has no finite value.
        (
            "$",
            json!({ "$ref": "#/$defs/N", "$defs": { "N": {
            "type": "object", "properties": { "next": { "$ref": "#/$defs/N" } }, "required": ["next"] } } }),
        ),
        ("$", json!({ "$ref": "#" })),
    ] {
        let Ok(error) = ask_for(NEWS, &schema) else { panic!("there is no value for {schema}") };
        assert_eq!(error.kind(), ErrorKind::Schema, "{schema}");
        assert!(error.problems().iter().any(|problem| problem.path == path), "{schema}: {error}");
    }
}

/// The error for a schema, from wherever it is refused first.
fn ask_for(prompt: &str, schema: &Value) -> Result<codex_ai::Error, ()> {
    match Schema::new("T", schema.clone()) {
        Err(error) => Ok(error),
        Ok(_) => ask(&request(prompt, schema.clone())).err().ok_or(()),
    }
}

#[test]
fn what_would_be_too_large_is_an_error() {
    let mut wide = json!({});
    for level in 0..40 {
        let next = json!({ "$ref": format!("#/$defs/L{}", level + 1) });
        wide[format!("L{level}")] =
            json!({ "type": "object", "properties": { "a": next, "b": next }, "required": ["a", "b"] });
    }
    wide["L40"] = json!({ "type": "null" });
    for schema in [
        json!({ "$ref": "#/$defs/L0", "$defs": wide }),
        json!({ "type": "array", "items": { "type": "null" }, "minItems": 1_000_000_000_u64 }),
        json!({ "type": "string", "minLength": 1_000_000_000_000_u64 }),
        json!({ "type": "object", "minProperties": 18_446_744_073_709_551_615_u64 }),
        json!({ "type": "array", "contains": {}, "minContains": 18_446_744_073_709_551_615_u64 }),
        json!({ "type": "string", "pattern": "^((a{500}){500}){500}$" }),
    ] {
        let start = Instant::now();
        let Ok(error) = ask_for("", &schema) else { panic!("{schema}") };
        assert_eq!(error.kind(), ErrorKind::Schema);
        println!("refused in {:?}: {error}", start.elapsed());
    }
}

#[test]
fn recursion_ends() {
    let tree = json!({
        "$ref": "#/$defs/Tree",
        "$defs": { "Tree": {
            "type": "object",
            "properties": {
                "label": { "type": "string" },
                "children": { "type": "array", "items": { "$ref": "#/$defs/Tree" }, "minItems": 0 },
            },
            "required": ["label", "children"],
        } },
    });
    valid(NEWS, tree.clone());
    valid("A: 1\n- x\n- y\n  - z\n", tree);
    let expression = json!({
        "$ref": "#/$defs/E",
        "$defs": { "E": { "anyOf": [
            { "type": "object", "properties": { "left": { "$ref": "#/$defs/E" }, "right": { "$ref": "#/$defs/E" } }, "required": ["left", "right"] },
            { "type": "array", "items": { "$ref": "#/$defs/E" }, "minItems": 2 },
            { "type": "number" },
        ] } },
    });
    let value = valid(INVOICE, expression);
    assert!(value.to_string().len() < 100_000);
}

#[test]
fn a_large_schema_is_worked_out() {
    let mut properties = serde_json::Map::new();
    for n in 0..2_000 {
        properties.insert(
            format!("field_{n}_name"),
            json!({ "type": ["string", "null"], "description": "The name of the thing." }),
        );
        properties.insert(format!("count_{n}"), json!({ "type": "integer", "minimum": 0 }));
    }
    let required: Vec<&String> = properties.keys().collect();
    let schema = json!({ "type": "object", "properties": properties, "required": required });
    let start = Instant::now();
    valid(NEWS, schema);
    println!("4000 properties: {:?}", start.elapsed());
    let branches: Vec<Value> = (0..3_000)
        .map(|n| json!({ "type": "string", "const": format!("variant {n}"), "description": "It is one." }))
        .collect();
    let start = Instant::now();
    valid(NEWS, json!({ "oneOf": branches }));
    println!("3000 variants: {:?}", start.elapsed());
}
