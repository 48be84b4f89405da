//! From an answer to a value: what is read, and how each answer that is no value says so.

use std::collections::BTreeMap;

use codex_ai::schema::{Json, WireForm};
use codex_ai::{Error, ErrorKind, FinishReason, Leniency, LlmSchema, Part, PromptOutput, Reply, Result, Schema, Usage};
use proptest::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
struct Summary {
    headline: String,
    #[schemars(length(min = 1))]
    points: Vec<Point>,
    mood: Option<Mood>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
struct Point {
    name: String,
    votes: i32,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "is")]
enum Mood {
    Good,
    Bad { level: u64 },
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
struct Numbers {
    unsigned: u64,
    signed: i64,
    huge: u128,
    float: f64,
}

/// A map, which no vendor takes as it is, beside a number that no [`Value`] holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, LlmSchema)]
struct Ledger {
    entries: BTreeMap<String, u8>,
    total: u128,
}

impl LlmSchema for Summary {
    type Form = Json;
    type Partial = codex_ai::partial::Whole;
}

impl LlmSchema for Numbers {
    type Form = Json;
    type Partial = codex_ai::partial::Whole;
}

const GOOD: &str = r#"{"headline":"A","points":[{"name":"b","votes":3}],"mood":{"is":"Bad","level":2}}"#;

/// Reads to the letter.
fn read<T: PromptOutput>(reply: &Reply) -> Result<T> {
    T::read(reply, Leniency::Exact).map(|parsed| parsed.value)
}

fn read_value<T: PromptOutput>(reply: &Reply) -> Result<Value> {
    T::read_value(reply, Leniency::Exact).map(|parsed| parsed.value)
}

fn usage() -> Usage {
    Usage::new(10, 20)
}

fn reply(text: &str) -> Reply {
    Reply::from_text("m", text).with_usage(usage())
}

/// The error of an answer that is no summary; the usage is on each.
fn error(reply: &Reply) -> Error {
    let error = read::<Summary>(reply).expect_err("no summary");
    assert_eq!(error.usage(), Some(&usage()));
    error
}

fn problems(error: &Error) -> Vec<String> {
    error.problems().iter().map(|problem| format!("{}: {}", problem.path, problem.message)).collect()
}

#[test]
fn a_good_answer_is_read() {
    let expected = Summary {
        headline: "A".into(),
        points: vec![Point { name: "b".into(), votes: 3 }],
        mood: Some(Mood::Bad { level: 2 }),
    };
    assert_eq!(read::<Summary>(&reply(GOOD)).expect("a summary"), expected);
    assert_eq!(read::<Summary>(&reply(&format!("\n\t {GOOD} \r\n"))).expect("a summary"), expected);
    assert_eq!(read_value::<Summary>(&reply(GOOD)).expect("a summary").to_string(), GOOD);
    let (head, tail) = GOOD.split_at(20);
    let parts =
        vec![Part::Reasoning("{".into()), Part::Text(head.into()), Part::Raw(Value::Null), Part::Text(tail.into())];
    assert_eq!(read::<Summary>(&Reply::new("m", parts)).expect("a summary"), expected);
    let other = reply(GOOD).with_finish_reason(FinishReason::Other("eos".into()));
    assert_eq!(read::<Summary>(&other).expect("a summary"), expected);
}

#[test]
fn free_text_is_given_as_it_is() {
    assert_eq!(read::<String>(&reply(" hello\n")).expect("text"), " hello\n");
    assert_eq!(read_value::<String>(&reply("{}")).expect("text"), json!("{}"));
    assert_eq!(read::<String>(&reply(" ")).expect("text"), " ");
    for empty in
        [Reply::from_text("m", ""), Reply::new("m", vec![]), Reply::new("m", vec![Part::Reasoning("hm".into())])]
    {
        assert_eq!(read::<String>(&empty).expect_err("empty").kind(), ErrorKind::Empty);
    }
}

#[test]
fn refused_filtered_cut_off_and_empty_are_four_things() {
    let refusal = Reply::new("m", vec![Part::Refusal("I will not.".into())]).with_usage(usage());
    for reply in [refusal.clone(), reply("I will not.").with_finish_reason(FinishReason::Refusal)] {
        assert_eq!(error(&reply).kind(), ErrorKind::Refused);
        assert_eq!(error(&reply).answer(), Some("I will not."));
        assert_eq!(read::<String>(&reply).expect_err("a refusal").kind(), ErrorKind::Refused);
    }
    // A refusal is one also where the vendor says that the token limit was met while refusing.
    assert_eq!(error(&refusal.with_finish_reason(FinishReason::Length)).kind(), ErrorKind::Refused);

    let filtered = error(&reply("So f").with_finish_reason(FinishReason::ContentFilter));
    assert_eq!((filtered.kind(), filtered.answer()), (ErrorKind::Filtered, Some("So f")));

    let cut = error(&reply(r#"{"headline":"#).with_finish_reason(FinishReason::Length));
    assert_eq!((cut.kind(), cut.answer()), (ErrorKind::Truncated, Some(r#"{"headline":"#)));
    assert!(cut.help().is_some_and(|help| help.contains("max_tokens")));

    assert_eq!(error(&reply(" \n ")).kind(), ErrorKind::Empty);
    assert_eq!(error(&reply("")).message(), "the answer is empty");
    let call = Part::ToolCall(codex_ai::message::ToolCall::new("1", "look_up", "{}"));
    let called = error(&Reply::new("m", vec![call]).with_usage(usage()));
    assert_eq!(called.kind(), ErrorKind::Empty);
    assert_eq!(called.message(), "the model called the tool `look_up` and said nothing");
}

#[test]
fn what_is_no_json_tells_its_place() {
    for (text, problem) in [
        ("Sure! {}", "$: is not JSON: expected value (line 1, column 1)"),
        ("{\"headline\":\n  oops}", "$: is not JSON: expected value (line 2, column 3)"),
        ("{\"headline\": \"A\"", "$: is not JSON: EOF while parsing an object (line 1, column 16)"),
        ("{\"headline\": \"A\"} and more", "$: is not JSON: trailing characters (line 1, column 19)"),
        ("{\"headline\": 1e999}", "$: is not JSON: number out of range (line 1, column 18)"),
        ("{\"headline\": \"A\", \"headline\": \"B\"}", "$: the key `headline` is there twice (line 1, column 28)"),
    ] {
        let error = error(&reply(text));
        assert_eq!(error.kind(), ErrorKind::InvalidOutput);
        assert_eq!(error.message(), "the answer is not a `Summary`");
        assert_eq!(problems(&error), [problem]);
        assert_eq!(error.answer(), Some(text), "what was paid for is kept");
    }
    let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(problems(&error(&reply(&deep)))[0].starts_with("$: is not JSON: recursion limit exceeded"));
}

#[test]
fn another_shape_tells_all_that_is_wrong() {
    let text = r#"{"headline":7,"points":[{"name":"b","votes":1.5},{"nmae":"c","votes":1}],"mood":{"is":"bad"}}"#;
    let error = error(&reply(text));
    assert_eq!(error.kind(), ErrorKind::InvalidOutput);
    assert_eq!(
        problems(&error),
        [
            "headline: expected a string, found the number 7",
            "points[0].votes: expected a whole number, found the number 1.5",
            "points[1].name: is missing",
            "mood.is: must be one of `Good`, `Bad`; found `bad`",
        ]
    );
    assert_eq!(error.answer(), Some(text));
    assert!(!format!("{error:?}").contains("nmae\\\""), "the answer itself is not for logs");
}

#[test]
fn what_only_the_type_knows_is_told_with_its_path() {
    // The schema of an `i32` tells its range by a format, which is a remark to a validator.
    let text = GOOD.replace('3', "3000000000").replace("\"level\":2", "\"level\":18446744073709551616");
    let error = error(&reply(&text));
    assert_eq!(error.kind(), ErrorKind::InvalidOutput);
    assert_eq!(error.problems()[0].path, "points[0].votes");
    assert!(error.problems()[0].message.starts_with("invalid value: integer `3000000000`"), "{error}");
    assert!(read_value::<Summary>(&reply(&text)).is_err());
}

#[test]
fn numbers_are_not_changed() {
    let huge = u128::MAX;
    let text =
        format!(r#"{{"unsigned":{},"signed":{},"huge":{huge},"float":0.1234567890123456789}}"#, u64::MAX, i64::MIN);
    let numbers = read::<Numbers>(&reply(&text)).expect("numbers");
    assert_eq!(numbers, Numbers { unsigned: u64::MAX, signed: i64::MIN, huge, float: 0.123_456_789_012_345_68 });
    // JSON values hold no such integer, so none is given rather than another one.
    let error = read_value::<Numbers>(&reply(&text)).expect_err("an integer beyond 64 bits");
    assert_eq!(problems(&error), [format!("$: `{huge}` is too large to be kept exactly as JSON")]);
    let text = text.replace(&huge.to_string(), "7");
    assert_eq!(read_value::<Numbers>(&reply(&text)).expect("numbers")["signed"], json!(i64::MIN));
    assert!(read_value::<Value>(&reply(r#"["99999999999999999999", "\"99999999999999999999", 1e30, -1.5]"#)).is_ok());
    assert!(read_value::<Value>(&reply("[-99999999999999999999]")).is_err());
}

#[test]
fn numbers_beyond_64_bits_are_read_from_their_digits() {
    for huge in [u128::MAX, 1 << 64, 0] {
        for written in [format!(r#""{huge}""#), huge.to_string()] {
            let text = format!(r#"{{"unsigned":1,"signed":-1,"huge":{written},"float":0.5}}"#);
            let mut reply = reply(&text);
            reply.wire_form = WireForm::OpenAiStrict;
            for leniency in [Leniency::Exact, Leniency::default()] {
                let numbers = Numbers::read(&reply, leniency).expect("numbers").value;
                assert_eq!(numbers, Numbers { unsigned: 1, signed: -1, huge, float: 0.5 }, "{written} {leniency:?}");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_a_type_writes_is_read_back(
        headline in any::<String>(), names in prop::collection::vec((any::<String>(), any::<i32>()), 1..5), level in any::<Option<u64>>(),
    ) {
        let points = names.into_iter().map(|(name, votes)| Point { name, votes }).collect();
        let mood = level.map(|level| if level % 2 == 0 { Mood::Good } else { Mood::Bad { level } });
        let summary = Summary { headline, points, mood };
        let text = serde_json::to_string_pretty(&summary).expect("JSON");
        prop_assert_eq!(read::<Summary>(&reply(&text)).expect("the same"), summary);
    }

    #[test]
    fn floats_are_read_to_the_last_bit(float in any::<f64>().prop_filter("JSON has no infinity", |f| f.is_finite())) {
        let text = format!(r#"{{"unsigned":0,"signed":0,"huge":0,"float":{}}}"#, json!(float));
        prop_assert_eq!(read::<Numbers>(&reply(&text)).expect("numbers").float, float);
        prop_assert_eq!(read_value::<Numbers>(&reply(&text)).expect("numbers")["float"].as_f64(), Some(float));
    }

    #[test]
    fn no_answer_panics(text in r#"[ \n{}\[\]",:a-c0-9.eE\\+-]{0,40}"#) {
        let _ = read::<Summary>(&reply(&text));
        let _ = read_value::<Value>(&reply(&text));
    }
}

#[test]
fn a_vendors_form_is_read_to_the_letter_with_all_digits() {
    let ledger = |total| Ledger { entries: [("a".to_owned(), 1)].into(), total };
    for form in [WireForm::OpenAiStrict, WireForm::Anthropic, WireForm::Gemini] {
        let wire = Schema::of::<Ledger>().wire(form).expect("a form");
        assert!(!wire.is_same(), "{form:?}");
        let written = wire.encode(serde_json::to_value(ledger(7777)).expect("JSON")).expect("a value").to_string();
        let mut reply = Reply::from_text("m", written.replace("7777", &u128::MAX.to_string()));
        reply.wire_form = form;
        assert_eq!(read::<Ledger>(&reply).expect("a ledger"), ledger(u128::MAX), "{form:?}: {written}");
        reply = Reply::from_text("m", written.replacen('{', "{\"total\": 1, ", 1));
        reply.wire_form = form;
        assert_eq!(
            read::<Ledger>(&reply).expect_err("a key twice").kind(),
            ErrorKind::InvalidOutput,
            "{form:?}: {written}"
        );
    }
}
