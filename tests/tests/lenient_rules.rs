//! What lenient reading takes for what, and what it refuses since the likeliest reading would be wrong.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use codex_ai::{Leniency, RepairKind, Schema};
use serde_json::{Value, json};

fn read(schema: &Value, text: &str) -> codex_ai::Result<codex_ai::Parsed<Value>> {
    Schema::new("Case", schema.clone()).unwrap().read(text, Leniency::Lenient)
}

#[track_caller]
fn is(schema: &Value, text: &str, expected: &Value) {
    match read(schema, text) {
        Ok(parsed) => {
            assert_eq!(parsed.value, *expected, "{text}");
            assert!(parsed.cost() > 0, "{text} was not right as it came");
        }
        Err(error) => panic!("{text} is refused: {error}"),
    }
}

#[track_caller]
fn is_refused(schema: &Value, text: &str) {
    if let Ok(parsed) = read(schema, text) {
        panic!("{text} is read as {}", parsed.value);
    }
}

/// An object of these properties, all required, and no others.
fn object(properties: &Value) -> Value {
    let required: Vec<&String> = properties.as_object().unwrap().keys().collect();
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}

fn person() -> Value {
    object(&json!({ "name": { "type": "string" }, "age": { "type": "integer" } }))
}

fn two_texts() -> Value {
    object(&json!({ "a": { "type": "string" }, "b": { "type": "string" } }))
}

#[test]
fn a_text_without_its_last_quote_ends_before_the_last_brackets() {
    is(&two_texts(), r#"{"a": "x", "b": "y}"#, &json!({ "a": "x", "b": "y" }));
    is(&two_texts(), "```json\n{\"a\": \"x\", \"b\": \"y}\n```", &json!({ "a": "x", "b": "y" }));
    let list = object(&json!({ "a": { "type": "array", "items": { "type": "string" } } }));
    is(&list, r#"{"a": ["x", "y]}"#, &json!({ "a": ["x", "y"] }));
    // Brackets that have their counterparts in the text are its own.
    let code = object(&json!({ "a": { "type": "string" } }));
    is(&code, r#"{"a": "fn main() {}"#, &json!({ "a": "fn main() {}" }));
}

#[test]
fn texts_with_a_plus_between_them_are_one() {
    is(&two_texts(), "{\"a\": \"x\" +\n  \"y\", \"b\": \"z\"}", &json!({ "a": "xy", "b": "z" }));
    let list = json!({ "type": "array", "items": { "type": "string" } });
    is(&list, r#"["a" + "b", "c"]"#, &json!(["ab", "c"]));
    is(&two_texts(), r#"{"a": "1 "one" + "two" 2", "b": "z"}"#, &json!({ "a": "1 \"one\" + \"two\" 2", "b": "z" }));
}

#[test]
fn entries_behind_the_end_of_an_object_belong_to_it() {
    let mut schema = person();
    is(&schema, r#"{"name": "Ann"}, "age": 5}"#, &json!({ "name": "Ann", "age": 5 }));
    // Also where it would be right without them.
    schema["required"] = json!(["name"]);
    is(&schema, r#"{"name": "Ann"}, "age": 5}"#, &json!({ "name": "Ann", "age": 5 }));
}

#[test]
fn a_value_with_a_name_of_its_own_is_taken_out() {
    let parsed = read(&person(), r#"{"answer": {"name": "Ann", "age": 5}}"#).unwrap();
    assert_eq!(parsed.value, json!({ "name": "Ann", "age": 5 }));
    assert_eq!(parsed.repairs.iter().map(|repair| repair.kind).collect::<Vec<_>>(), [RepairKind::FromObject]);
    is(&json!({ "type": "array", "items": { "type": "integer" } }), r#"{"items": [1, 2]}"#, &json!([1, 2]));
    is_refused(&person(), r#"{"answer": {"name": "Ann", "age": 5}, "other": 1}"#);
}

#[test]
fn thoughts_and_prose_beside_a_fence_are_no_answers() {
    let one = object(&json!({ "a": { "type": "integer" } }));
    is(&one, "<think>perhaps {\"a\": 3}</think>\n{\"a\": 1}", &json!({ "a": 1 }));
    is(&one, "<think>{\"a\": 3}</think> That is all.", &json!({ "a": 3 }));
    is(&one, "Not {\"a\": 3}, but:\n```json\n{\"a\": 1}\n```", &json!({ "a": 1 }));
    // What stands in a fence and is something else does not hide the answer.
    is(&one, "{\"a\": 1}\n\nUse it so:\n```js\nuse({\"b\": 2});\n```", &json!({ "a": 1 }));
    let many = json!({ "type": "array", "items": one });
    is(&many, "<think>{\"a\": 3}</think> {\"a\": 1} {\"a\": 2}", &json!([{ "a": 1 }, { "a": 2 }]));
}

#[test]
fn a_schema_that_was_given_back_is_no_answer() {
    is_refused(
        &person(),
        r#"{"type": "object", "properties": {"name": {"type": "string"}, "age": {"type": "integer"}}}"#,
    );
    is_refused(&two_texts(), r#"{"a": {"type": "string"}, "b": {"type": "string", "description": "the second"}}"#);
    let mut schema = object(&json!({ "type": { "type": "string" }, "name": { "type": "string" } }));
    schema["required"] = json!([]);
    is_refused(&schema, r#"{"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}"#);
    // An object in a text field is text all the same.
    is(&two_texts(), r#"{"a": {"type": "cat"}, "b": "y"}"#, &json!({ "a": "{\"type\": \"cat\"}", "b": "y" }));
}

#[test]
fn a_name_that_is_denied_is_not_meant() {
    let schema = json!({ "enum": ["SPAM", "HAM"] });
    for text in ["not SPAM", "This isn't SPAM", "It is not really a SPAM.", "anything rather than SPAM"] {
        is_refused(&schema, text);
    }
    is(&schema, "not SPAM but HAM", &json!("HAM"));
    is(&schema, "SPAM, not HAM", &json!("SPAM"));
    is(&schema, "Why not? SPAM it is.", &json!("SPAM"));
    is(&json!({ "enum": ["SPAM", "NOT SPAM"] }), "I say: not spam.", &json!("NOT SPAM"));
    is_refused(&json!({ "type": "boolean" }), "This is not true.");
    is(&json!({ "type": "boolean" }), "That is true.", &json!(true));
}

#[test]
fn a_number_is_not_taken_out_of_what_makes_it_another() {
    let schema = json!({ "type": "number" });
    for text in
        ["5 million", "about 3 thousand people", "minus 5", "\"5 K\"", "(5)", "abc123", "5-10", "5 to 10", "v1.2"]
    {
        is_refused(&schema, text);
    }
    is(&schema, "about 5 people", &json!(5));
    is(&schema, "a total of $1,234.50", &json!(1234.5));
}

#[test]
fn no_item_of_a_list_is_left_out() {
    let schema = json!({ "type": "array", "items": { "type": "integer" } });
    is_refused(&schema, r#"[1, "two", 3]"#);
    is_refused(&schema, "[1, null, 3]");
    is_refused(&json!({ "type": "array", "items": person() }), r#"[{"name": "Ann", "age": 5}, {"name": "Bob"}]"#);
}
