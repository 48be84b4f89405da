//! Fields that serde reads by several names: the schema says so, the vendor is not told, and each way of reading takes them.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use codex_ai::schema::WireForm;
use codex_ai::{Leniency, LlmSchema, PromptOutput as _, Reply, Schema, json};
use serde::Deserialize;

#[derive(Debug, Deserialize, LlmSchema, PartialEq)]
#[serde(deny_unknown_fields)]
struct Person {
    /// The whole name.
    #[serde(alias = "full_name", alias = "fullName")]
    name: String,
    #[serde(alias = "home")]
    address: Option<Address>,
}

#[derive(Debug, Deserialize, LlmSchema, PartialEq)]
struct Address {
    #[serde(rename = "town", alias = "city")]
    place: String,
    #[serde(alias = "zip")]
    #[llm(min = 1)]
    code: u32,
}

fn person() -> Person {
    let address = Address { place: "Oslo".to_owned(), code: 150 };
    Person { name: "Ann".to_owned(), address: Some(address) }
}

const BY_ALIASES: &str = r#"{"full_name": "Ann", "home": {"city": "Oslo", "zip": 150}}"#;

#[test]
fn the_schema_tells_them_and_the_wire_does_not() {
    let schema = Schema::of::<Person>();
    let value = schema.as_value();
    assert_eq!(value["properties"]["name"]["x-aliases"], serde_json::json!(["full_name", "fullName"]));
    for form in [WireForm::Plain, WireForm::Object, WireForm::OpenAiStrict, WireForm::Anthropic, WireForm::Gemini] {
        let wire = schema.wire(form).unwrap();
        let text = wire.as_raw().get();
        assert!(!text.contains("x-aliases") && !text.contains("full_name"), "{form:?}: {text}");
    }
}

#[test]
fn they_are_read_at_no_cost() {
    let parsed = json::from_str::<Person>(BY_ALIASES).unwrap();
    assert_eq!(parsed.value, person());
    assert_eq!(parsed.repairs, []);
    let parsed = json::from_str::<Person>("```json\n{fullName: 'Ann', home: {City: Oslo, zip: '150'}}\n```").unwrap();
    assert_eq!(parsed.value, person());
}

#[test]
fn they_become_the_main_name_in_a_value() {
    let schema = Schema::of::<Person>();
    let value = schema.read(BY_ALIASES, Leniency::Lenient).unwrap().value;
    assert_eq!(value, serde_json::json!({ "name": "Ann", "address": { "town": "Oslo", "code": 150 } }));
}

#[test]
fn what_a_property_must_be_it_must_be_by_each_name() {
    let wrong = r#"{"name": "Ann", "home": {"city": "Oslo", "zip": 0}}"#;
    let error = json::from_str::<Person>(wrong).unwrap_err();
    assert_eq!(error.problems().len(), 1, "{error}");
    let twice = r#"{"name": "Ann", "full_name": "Bob"}"#;
    assert!(json::from_str::<Person>(twice).is_err());
    let missing = json::from_str::<Person>("{}").unwrap_err();
    assert!(missing.to_string().contains("`name`"), "{missing}");
}

#[test]
fn reading_to_the_letter_takes_them_as_serde_does() {
    let reply = Reply::from_text("", BY_ALIASES);
    assert_eq!(Person::read(&reply, Leniency::Exact).unwrap().value, person());
    let missing = Reply::from_text("", r#"{"home": null}"#);
    assert!(Person::read(&missing, Leniency::Exact).is_err());
}
