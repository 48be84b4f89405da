//! `#[llm(..)]`: each key is the right keyword of JSON schema, and an answer is held to it.

#![allow(dead_code, reason = "of many types only the schemas are looked at")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::collections::{BTreeMap, BTreeSet, HashSet};

use codex_ai::testing::Scripted;
use codex_ai::{Dispatcher, ErrorKind, LlmSchema, Schema, StructuredOutput, prompt};
use serde::Deserialize;
use serde_json::{Value, json};

/// The schema of a field.
fn field<T: LlmSchema + 'static>(name: &str) -> Value {
    Schema::of::<T>().as_value()["properties"][name].clone()
}

const LEAST: u8 = 2;

const fn most() -> i64 {
    40 + 2
}

/// A book, by the doc comment.
#[derive(Debug, Deserialize, LlmSchema)]
#[llm(description = "A book, by the key.")]
struct Book {
    /// By the doc comment.
    #[llm(description = "By the key.")]
    described: String,
    #[llm(description = concat!("By a ", "macro."))]
    by_macro: u8,
    #[llm(min = 1, max = 10)]
    stars: u8,
    #[llm(min = -1.5, max = 2)]
    weight: f64,
    #[llm(min = LEAST, max = most())]
    by_expression: i64,
    #[llm(min_length = 2, max_length = 4)]
    word: String,
    #[llm(min_items = 1, max_items = 2)]
    list: Vec<Word>,
    #[llm(pattern = "^[a-z]+$")]
    small: String,
    #[llm(format = "date")]
    date: String,
    #[llm(example = "Emma")]
    title: String,
    #[llm(example = 1815)]
    year: u16,
    #[llm(example = vec![Word("a".to_owned())])]
    words: Vec<Word>,
    #[llm(min = 1, max = 5)]
    #[serde(default)]
    maybe: Option<u8>,
    #[llm(min_length = 1)]
    #[llm(max_length = 3, pattern = "^x")]
    #[serde(rename = "two attributes", default)]
    twice: Option<Box<str>>,
    #[llm(min_items = 1)]
    #[serde(default = "one")]
    set: BTreeSet<u8>,
    #[llm(min_items = 0, max_items = 3)]
    #[serde(default)]
    hashed: HashSet<String>,
}

fn one() -> BTreeSet<u8> {
    BTreeSet::from([1])
}

#[derive(Debug, Deserialize, serde::Serialize, LlmSchema)]
struct Word(#[llm(min_length = 1)] String);

fn good() -> Value {
    json!({
        "described": "a", "by_macro": 1, "stars": 3, "weight": 0.5, "by_expression": 7, "word": "abc", "list": ["a"],
        "small": "abc", "date": "2026-01-31", "title": "Emma", "year": 1815, "words": [],
    })
}

#[test]
fn each_key_is_its_keyword() {
    assert_eq!(Schema::of::<Book>().as_value()["description"], "A book, by the key.");
    assert_eq!(field::<Book>("described")["description"], "By the key.");
    assert_eq!(field::<Book>("by_macro")["description"], "By a macro.");
    for (name, keyword, value) in [
        ("stars", "minimum", json!(1)),
        ("stars", "maximum", json!(10)),
        ("weight", "minimum", json!(-1.5)),
        ("weight", "maximum", json!(2)),
        ("by_expression", "minimum", json!(2)),
        ("by_expression", "maximum", json!(42)),
        ("word", "minLength", json!(2)),
        ("word", "maxLength", json!(4)),
        ("list", "minItems", json!(1)),
        ("list", "maxItems", json!(2)),
        ("small", "pattern", json!("^[a-z]+$")),
        ("date", "format", json!("date")),
        ("title", "examples", json!(["Emma"])),
        ("year", "examples", json!([1815])),
        ("words", "examples", json!([["a"]])),
        ("maybe", "minimum", json!(1)),
        ("two attributes", "minLength", json!(1)),
        ("two attributes", "maxLength", json!(3)),
        ("two attributes", "pattern", json!("^x")),
        ("set", "minItems", json!(1)),
        ("hashed", "maxItems", json!(3)),
    ] {
        assert_eq!(field::<Book>(name)[keyword], value, "{name} {keyword}");
    }
    assert_eq!(Schema::of::<Book>().as_value()["$defs"]["Word"]["minLength"], 1);
}

#[test]
fn a_good_value_is_good() {
    assert_eq!(Schema::of::<Book>().validate(&good()), Ok(()));
    let mut value = good();
    value["maybe"] = Value::Null;
    value["two attributes"] = Value::Null;
    assert_eq!(Schema::of::<Book>().validate(&value), Ok(()), "bounds say nothing of `null`");
}

#[prompt]
async fn find_book() -> codex_ai::Prompt<Book> {
    codex_ai::Prompt::new().user("Find a book.")
}

#[tokio::test]
async fn an_answer_is_held_to_each_key() {
    for (path, bad) in [
        ("stars", json!(0)),
        ("stars", json!(11)),
        ("weight", json!(-1.6)),
        ("weight", json!(2.1)),
        ("by_expression", json!(1)),
        ("by_expression", json!(43)),
        ("word", json!("a")),
        ("word", json!("abcde")),
        ("list", json!([])),
        ("list", json!(["a", "b", "c"])),
        ("list[1]", json!(["a", ""])),
        ("small", json!("A")),
        ("date", json!("31 January")),
        ("maybe", json!(6)),
        ("[\"two attributes\"]", json!("y")),
        ("set", json!([])),
        ("hashed", json!(["a", "b", "c", "d"])),
    ] {
        let name = path.split("[1]").next().unwrap().trim_matches(['[', ']', '"']);
        let mut answer = good();
        answer[name] = bad.clone();
        let dispatcher = Dispatcher::new(Scripted::texts([answer.to_string(), good().to_string()]))
            .unwrap()
            .with_structured_output(StructuredOutput::exact());
        let error = dispatcher.call::<FindBook>(FindBookArgs {}).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidOutput, "{name} {bad}");
        let paths: Vec<_> = error.problems().iter().map(|problem| problem.path.trim_start_matches('$')).collect();
        assert_eq!(paths, [path], "{name} {bad}");
        assert_eq!(error.answer(), Some(answer.to_string().as_str()));
        assert_eq!(dispatcher.call::<FindBook>(FindBookArgs {}).await.unwrap().stars, 3);
    }
}

#[tokio::test]
async fn all_that_is_wrong_is_told_at_once() {
    let mut answer = good();
    answer["stars"] = json!(0);
    answer["word"] = json!("abcde");
    answer["list"] = json!(["", 5]);
    let dispatcher = Dispatcher::new(Scripted::texts([answer.to_string()]))
        .unwrap()
        .with_structured_output(StructuredOutput::exact());
    let error = dispatcher.call::<FindBook>(FindBookArgs {}).await.unwrap_err();
    let paths: Vec<_> = error.problems().iter().map(|problem| problem.path.as_str()).collect();
    assert_eq!(paths, ["stars", "word", "list[0]", "list[1]"]);
}

#[derive(Debug, Deserialize, LlmSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Shape {
    /// By the doc comment.
    #[llm(description = "Round.")]
    Circle {
        #[llm(min = 0.0, description = "From the middle.")]
        radius: f64,
    },
    #[llm(description = "None of the others.")]
    Other,
}

#[derive(Debug, Deserialize, LlmSchema)]
enum Outer {
    #[llm(description = "A number.")]
    Number(#[llm(min = 3)] u8),
    Pair(#[llm(max_length = 1)] String, #[llm(max = 1)] u8),
}

#[test]
fn keys_on_variants_and_their_fields() {
    let schema = Schema::of::<Shape>();
    let circle = &schema.as_value()["oneOf"][0];
    assert_eq!(circle["description"], "Round.");
    assert_eq!(circle["properties"]["radius"]["minimum"], 0.0);
    assert_eq!(circle["properties"]["radius"]["description"], "From the middle.");
    assert_eq!(schema.as_value()["oneOf"][1]["description"], "None of the others.");
    assert!(schema.validate(&json!({ "kind": "circle", "radius": 0 })).is_ok());
    assert_eq!(schema.validate(&json!({ "kind": "circle", "radius": -1 })).unwrap_err()[0].path, "radius");
    let schema = Schema::of::<Outer>();
    assert!(schema.validate(&json!({ "Number": 3 })).is_ok());
    assert_eq!(schema.validate(&json!({ "Number": 2 })).unwrap_err()[0].path, "Number");
    assert!(schema.validate(&json!({ "Pair": ["a", 1] })).is_ok());
    let problems = schema.validate(&json!({ "Pair": ["ab", 2] })).unwrap_err();
    assert_eq!(problems.iter().map(|problem| problem.path.as_str()).collect::<Vec<_>>(), ["Pair[0]", "Pair[1]"]);
}

/// A type of another crate, so to speak.
#[derive(Debug, PartialEq)]
struct Version(u8, u8);

impl<'de> Deserialize<'de> for Version {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let (major, minor) = text.split_once('.').ok_or_else(|| serde::de::Error::custom("no dot"))?;
        let number = |text: &str| text.parse().map_err(serde::de::Error::custom);
        Ok(Self(number(major)?, number(minor)?))
    }
}

#[derive(Debug, Deserialize, LlmSchema)]
struct Release {
    #[llm(with = String, pattern = "^[0-9]+\\.[0-9]+$", example = "1.2".to_owned())]
    version: Version,
    #[llm(with = Vec<(String, u8)>, max_items = 2)]
    #[serde(default)]
    others: Opaque,
    #[llm(with = BTreeMap<String, u8>)]
    #[serde(default)]
    more: Opaque,
    #[serde(default)]
    #[llm(with = Option<Box<Self>>)]
    before: Option<Box<Release>>,
}

#[derive(Debug, Default, Deserialize)]
struct Opaque(Value);

#[tokio::test]
async fn a_field_may_be_described_by_another_type() {
    assert_eq!(
        field::<Release>("version"),
        json!({ "type": "string", "examples": ["1.2"], "pattern": "^[0-9]+\\.[0-9]+$" })
    );
    assert_eq!(field::<Release>("others")["maxItems"], 2);
    assert_eq!(field::<Release>("more")["additionalProperties"]["type"], "integer");
    let answers = [r#"{ "version": "1.2", "more": { "a": 1 } }"#, r#"{ "version": "1" }"#, r#"{ "version": "1.999" }"#];
    let dispatcher =
        Dispatcher::new(Scripted::texts(answers)).unwrap().with_structured_output(StructuredOutput::exact());
    let release: Release = dispatcher.generate_json("x").await.unwrap();
    assert_eq!(release.version, Version(1, 2));
    let error = dispatcher.generate_json::<Release>("x").await.unwrap_err();
    assert!(error.problems()[0].message.contains("pattern"), "{error}");
    // What the schema does not know, the type itself says.
    let error = dispatcher.generate_json::<Release>("x").await.unwrap_err();
    assert_eq!((error.kind(), error.problems()[0].path.as_str()), (ErrorKind::InvalidOutput, "version"));
}

#[test]
fn formats_are_checked() {
    macro_rules! formats {
        ($($format:literal: $good:literal $bad:literal)*) => {$({
            #[derive(Deserialize, LlmSchema)]
            struct Value {
                #[llm(format = $format)]
                it: String,
            }
            let schema = Schema::of::<Value>();
            assert_eq!(schema.as_value()["properties"]["it"]["format"], $format);
            assert!(schema.validate(&json!({ "it": $good })).is_ok(), "{} {}", $format, $good);
            assert!(schema.validate(&json!({ "it": $bad })).is_err(), "{} {}", $format, $bad);
        })*};
    }
    formats! {
        "date-time": "2026-01-31T10:00:00Z" "2026-01-31"
        "date": "2026-02-28" "2026-02-30"
        "time": "10:00:00Z" "25:00:00Z"
        "duration": "P3D" "3 days"
        "email": "ada@example.org" "ada"
        "hostname": "example.org" "-example"
        "ipv4": "127.0.0.1" "256.0.0.1"
        "ipv6": "::1" "1"
        "uuid": "67e55044-10b1-426f-9247-bb680e5fe0c8" "67e55044"
        "uri": "https://example.org/a" "a b"
        "regex": "^[a-z]+$" "("
    }
}

#[derive(Debug, Deserialize, LlmSchema)]
struct BadPattern {
    #[llm(pattern = "(")]
    it: String,
}

#[tokio::test]
async fn a_bad_pattern_is_an_error_before_anything_is_sent_and_no_panic() {
    let problems = Schema::of::<BadPattern>().validate(&json!({ "it": "(" })).unwrap_err();
    assert!(problems[0].path.contains("pattern"), "{problems:?}");
    let error = Schema::of::<BadPattern>()
        .wire(codex_ai::schema::WireForm::OpenAiStrict)
        .map(codex_ai::schema::WireSchema::as_raw)
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Schema);
    let provider = Scripted::texts([r#"{ "it": "(" }"#]);
    let dispatcher = Dispatcher::new(provider.clone()).unwrap();
    let error = dispatcher.generate_json::<BadPattern>("x").await.unwrap_err();
    assert_eq!((error.kind(), provider.requests().len()), (ErrorKind::Schema, 0));
    assert_eq!(error.problems(), problems);
    let error = dispatcher.process("take_bad", json!({ "bad": { "it": "(" } })).await.unwrap_err();
    assert_eq!((error.kind(), error.prompt(), provider.requests().len()), (ErrorKind::Schema, Some("take_bad"), 0));
}

#[prompt]
async fn take_bad(bad: Vec<BadPattern>) -> String {
    format!("{bad:?}")
}
