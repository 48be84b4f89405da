//! Schemas that a program brings: older drafts, and what is left open.

use codex_ai::schema::WireForm;
use codex_ai::{LlmSchema, Schema};
use serde::Deserialize;
use serde_json::{Value, json};

fn schema(value: Value) -> Schema {
    Schema::new("T", value).expect("a usable schema")
}

fn wire(schema: &Schema, form: WireForm) -> Value {
    serde_json::from_str(schema.wire(form).expect("a form").as_raw().get()).expect("JSON")
}

const FORMS: [WireForm; 4] = [WireForm::OpenAiStrict, WireForm::Anthropic, WireForm::Gemini, WireForm::GeminiOpenApi];

/// Each value goes there and back in all forms.
#[track_caller]
fn goes_round(schema: &Schema, values: &[Value]) {
    for value in values {
        assert_eq!(schema.validate(value), Ok(()), "{value}");
        for form in FORMS {
            let wire = schema.wire(form).expect("a form");
            let written = wire.encode(value.clone()).expect("the vendor's form");
            assert_eq!(wire.decode(written.clone()).expect("a value"), *value, "{form:?}: {written}");
        }
    }
}

#[test]
fn dependencies_are_checked_and_told() {
    let schema = schema(json!({
        "type": "object",
        "properties": { "card": { "type": "string" }, "address": { "type": "string" } },
        "dependencies": { "card": ["address"], "address": { "properties": { "city": { "type": "string" } }, "required": ["city"] } }
    }));
    goes_round(&schema, &[json!({}), json!({ "card": "1", "address": "a", "city": "b" })]);
    assert!(schema.validate(&json!({ "card": "1" })).is_err());
    assert!(schema.validate(&json!({ "address": "a" })).is_err());
    assert!(schema.validate(&json!({ "address": "a", "city": 1 })).is_err());
    for form in FORMS {
        let wire = wire(&schema, form);
        let told = wire["description"].as_str().unwrap_or_default();
        assert!(told.contains("With `card` also `address`."), "{told}");
        assert!(told.contains("dependentSchemas"), "{told}");
    }
}

#[test]
fn dependencies_that_are_none_are_refused_with_a_path() {
    for wrong in [json!(["a"]), json!({ "a": [1] }), json!({ "a": "b" })] {
        let error = Schema::new("T", json!({ "dependencies": wrong })).expect_err("not usable");
        assert!(error.problems().iter().all(|problem| problem.path.starts_with("dependent")), "{error}");
    }
}

#[test]
fn bounds_of_draft_4_exclude() {
    let schema = schema(
        json!({ "type": "number", "minimum": 0, "exclusiveMinimum": true, "maximum": 5, "exclusiveMaximum": false }),
    );
    assert_eq!(schema.as_value(), &json!({ "type": "number", "exclusiveMinimum": 0, "maximum": 5 }));
    assert!(schema.validate(&json!(0)).is_err());
    assert!(schema.validate(&json!(5)).is_ok());
}

#[test]
fn data_named_like_an_older_keyword_stays() {
    let value = json!({
        "properties": { "dependencies": { "type": "object", "additionalProperties": { "type": "string" } } },
        "default": { "dependencies": {} },
        "enum": [{ "dependencies": { "a": "b" } }]
    });
    assert_eq!(schema(value.clone()).as_value(), &value);
}

#[test]
fn an_object_about_which_nothing_is_said_is_a_map() {
    let schema =
        schema(json!({ "type": "object", "properties": { "meta": { "type": "object" } }, "required": ["meta"] }));
    goes_round(&schema, &[json!({ "meta": {} }), json!({ "meta": { "a": [1, null], "b": { "c": "d" } } })]);
}

#[test]
fn a_root_about_which_nothing_is_said_has_no_keys() {
    let wire = wire(&schema(json!({ "type": "object" })), WireForm::OpenAiStrict);
    assert_eq!(wire, json!({ "type": "object", "properties": {}, "required": [], "additionalProperties": false }));
}

#[test]
fn a_struct_without_fields_is_no_map() {
    #[derive(Debug, PartialEq, Deserialize, LlmSchema)]
    struct Nothing {}

    #[derive(Debug, PartialEq, Deserialize, LlmSchema)]
    struct Holder {
        nothing: Nothing,
    }

    let wire = wire(Schema::of::<Holder>(), WireForm::OpenAiStrict).to_string();
    assert!(!wire.contains("entries"), "{wire}");
    let holder: Holder = serde_json::from_value(json!({ "nothing": {} })).expect("a holder");
    assert_eq!(holder, Holder { nothing: Nothing {} });
}

#[test]
fn keys_that_are_allowed_travel() {
    for allowed in [json!(true), json!({})] {
        let schema = schema(json!({
            "type": "object", "properties": { "a": { "type": "string" } }, "required": ["a"], "additionalProperties": allowed
        }));
        goes_round(&schema, &[json!({ "a": "x" }), json!({ "a": "x", "b": { "c": [1] }, "d": null })]);
    }
}

#[test]
fn keys_that_are_not_spoken_of_are_told_by_their_path() {
    let schema = schema(json!({ "type": "object", "properties": { "a": { "type": "string" } } }));
    let error = schema.wire(WireForm::OpenAiStrict).expect("a form").encode(json!({ "a": "x", "b": 1 }));
    let error = error.expect_err("no place for `b`");
    assert_eq!(error.problems()[0].path, "b");
}

#[test]
fn properties_of_conditions_have_a_place() {
    let schema = schema(json!({
        "type": "object",
        "properties": { "has": { "type": "boolean" } },
        "required": ["has"],
        "if": { "properties": { "has": { "const": true } } },
        "then": { "properties": { "pet": { "type": "string" } }, "required": ["pet"] },
        "else": { "properties": { "why": { "type": "string" } } }
    }));
    goes_round(
        &schema,
        &[json!({ "has": true, "pet": "cat" }), json!({ "has": false, "why": "no room" }), json!({ "has": false })],
    );
    assert!(schema.validate(&json!({ "has": true })).is_err());
}

#[test]
fn listed_parts_are_written_as_they_are_listed() {
    let schema = schema(json!({ "enum": [{ "a": 1, "b": [2] }, null] }));
    for form in FORMS {
        let wire = schema.wire(form).expect("a form");
        let written = wire.encode(json!({ "b": [2.0], "a": 1.0 })).expect("the vendor's form");
        let text = written.get("value").unwrap_or(&written).clone();
        assert_eq!(text, json!(r#"{"a":1,"b":[2]}"#), "{form:?}");
        assert_eq!(wire.decode(written).expect("a value"), json!({ "a": 1, "b": [2] }));
    }
}

#[test]
fn items_that_other_keywords_look_at_are_not_cut_off() {
    let contains = schema(json!({
        "type": "array", "prefixItems": [{ "type": "integer" }], "contains": { "type": "string" }, "unevaluatedItems": false
    }));
    goes_round(&contains, &[json!([1, "a"]), json!([1, "a", "b"])]);
    assert!(contains.validate(&json!([1, "a", 2])).is_err());
}

#[test]
fn a_form_that_takes_nothing_is_none() {
    let optional =
        schema(json!({ "type": "object", "properties": { "a": { "anyOf": [{ "not": {} }, { "type": "string" }] } } }));
    goes_round(&optional, &[json!({}), json!({ "a": "x" })]);
}

#[test]
fn a_dynamic_reference_to_itself_is_one() {
    let tree = schema(json!({
        "$dynamicAnchor": "node", "type": "object",
        "properties": { "v": { "type": "integer" }, "children": { "type": "array", "items": { "$dynamicRef": "#node" } } },
        "required": ["v"]
    }));
    for form in [WireForm::OpenAiStrict, WireForm::Anthropic, WireForm::Gemini] {
        let wire = tree.wire(form).expect("a form");
        let value = json!({ "v": 1, "children": [{ "v": 2, "children": [] }] });
        assert_eq!(wire.decode(wire.encode(value.clone()).expect("a form")).expect("a value"), value);
    }
}

#[test]
fn a_list_of_nothing_that_must_not_be_empty_is_nothing() {
    let list = json!({ "type": "array", "items": { "anyOf": [false, false] }, "minItems": 1, "maxItems": 2 });
    let optional = schema(json!({ "type": "object", "properties": { "a": { "type": "string" }, "never": list } }));
    assert_eq!(wire(&optional, WireForm::OpenAiStrict)["required"], json!(["a"]));
    let needed = schema(json!({ "type": "object", "properties": { "never": list }, "required": ["never"] }));
    let error = needed.wire(WireForm::OpenAiStrict).expect_err("no value");
    assert_eq!(error.problems()[0].path, "never");
}

#[test]
fn keys_that_match_no_pattern_are_told_by_their_path() {
    let map = schema(
        json!({ "type": "object", "patternProperties": { "^/": { "type": "object", "properties": { "a": { "type": "integer" } } } } }),
    );
    for form in FORMS {
        let error =
            map.wire(form).expect("a form").encode(json!({ "/x": { "a": 1 }, "y": 2 })).expect_err("no place for `y`");
        assert_eq!(error.problems()[0].path, "y", "{form:?}");
    }
}
