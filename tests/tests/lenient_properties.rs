//! What holds for lenient reading whatever the text: right answers stay as they are, and nothing makes it panic or slow.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use codex_ai::schema::WireForm;
use codex_ai::testing::Scripted;
use codex_ai::{Dispatcher, ErrorKind, Leniency, LlmSchema, RepairKind, Reply, Schema, json};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One of everything that has a shape of its own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, LlmSchema)]
struct Order {
    id: u64,
    name: String,
    paid: bool,
    total: Option<f64>,
    kind: Kind,
    lines: Vec<Line>,
    tags: BTreeMap<String, i64>,
    place: (i32, String),
    next: Option<Box<Order>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, LlmSchema)]
enum Kind {
    Express,
    #[serde(rename = "by-post")]
    ByPost,
    PickUp,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, LlmSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Line {
    Goods { article: String, count: i64 },
    Service { hours: u8, notes: Option<String> },
    Discount,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, LlmSchema)]
enum External {
    Nothing,
    Number(i64),
    Point { x: i64, y: i64 },
    Words(Vec<String>),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, LlmSchema)]
#[serde(untagged)]
enum Untagged {
    Number(i64),
    Flag(bool),
    Words(String),
    Numbers(Vec<i64>),
    Named { name: String },
    Sized { size: i64 },
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![".{0,12}", "[a-z{}\\[\\]\"'`:,\\\\/# \n]{0,16}", Just("```json\n{}\n```".to_owned())]
}

fn line() -> impl Strategy<Value = Line> {
    prop_oneof![
        (text(), any::<i64>()).prop_map(|(article, count)| Line::Goods { article, count }),
        (any::<u8>(), proptest::option::of(text())).prop_map(|(hours, notes)| Line::Service { hours, notes }),
        Just(Line::Discount),
    ]
}

fn order() -> impl Strategy<Value = Order> {
    let kind = prop_oneof![Just(Kind::Express), Just(Kind::ByPost), Just(Kind::PickUp)];
    let leaf = (
        any::<u64>(),
        text(),
        any::<bool>(),
        proptest::option::of(-1e12..1e12_f64),
        kind,
        proptest::collection::vec(line(), 0..4),
        proptest::collection::btree_map(text(), any::<i64>(), 0..4),
        (any::<i32>(), text()),
    );
    let leaf = leaf.prop_map(|(id, name, paid, total, kind, lines, tags, place)| Order {
        id,
        name,
        paid,
        total,
        kind,
        lines,
        tags,
        place,
        next: None,
    });
    let leaf = leaf.boxed();
    (leaf.clone(), proptest::option::of(leaf)).prop_map(|(order, next)| Order { next: next.map(Box::new), ..order })
}

fn external() -> impl Strategy<Value = External> {
    prop_oneof![
        Just(External::Nothing),
        any::<i64>().prop_map(External::Number),
        (any::<i64>(), any::<i64>()).prop_map(|(x, y)| External::Point { x, y }),
        proptest::collection::vec(text(), 0..4).prop_map(External::Words),
    ]
}

fn untagged() -> impl Strategy<Value = Untagged> {
    prop_oneof![
        any::<i64>().prop_map(Untagged::Number),
        any::<bool>().prop_map(Untagged::Flag),
        text().prop_map(Untagged::Words),
        proptest::collection::vec(any::<i64>(), 0..4).prop_map(Untagged::Numbers),
        text().prop_map(|name| Untagged::Named { name }),
        any::<i64>().prop_map(|size| Untagged::Sized { size }),
    ]
}

/// A value as it is, in a fence and in prose: always the same value, with no repair but that it was taken out.
fn comes_back<T>(value: &T) -> Result<(), TestCaseError>
where
    T: LlmSchema + Serialize + PartialEq + std::fmt::Debug + 'static,
{
    let plain = serde_json::to_string(value).map_err(|error| TestCaseError::fail(error.to_string()))?;
    let pretty = serde_json::to_string_pretty(value).map_err(|error| TestCaseError::fail(error.to_string()))?;
    for text in [&plain, &pretty] {
        let parsed = json::from_str::<T>(text).map_err(|error| TestCaseError::fail(error.to_string()))?;
        prop_assert_eq!(&parsed.value, value);
        prop_assert!(parsed.repairs.is_empty(), "{:?}", parsed.repairs);
    }
    if !plain.starts_with(['{', '[']) {
        return Ok(());
    }
    for text in [
        format!("```json\n{pretty}\n```"),
        format!("Here it is:\n\n```\n{plain}\n```\nAnything else?"),
        format!("The answer is:\n{plain}\nI hope that helps."),
    ] {
        let parsed = json::from_str::<T>(&text).map_err(|error| TestCaseError::fail(format!("{error} in {text}")))?;
        prop_assert_eq!(&parsed.value, value, "{}", text);
        let kinds: Vec<_> = parsed.repairs.iter().map(|repair| repair.kind).collect();
        prop_assert_eq!(kinds, vec![RepairKind::Extracted], "{}", text);
    }
    Ok(())
}

/// The text with some pieces changed, cut or doubled.
fn damaged(text: String) -> impl Strategy<Value = String> {
    let change = (
        any::<prop::sample::Index>(),
        0..5_u8,
        prop_oneof![Just('"'), Just('}'), Just(','), Just('\\'), any::<char>()],
    );
    proptest::collection::vec(change, 1..6).prop_map(move |changes| {
        let mut chars: Vec<char> = text.chars().collect();
        for (index, what, c) in changes {
            if chars.is_empty() {
                break;
            }
            let at = index.index(chars.len());
            match what {
                0 => drop(chars.remove(at)),
                1 => chars.insert(at, c),
                2 => chars[at] = c,
                3 => chars.truncate(at),
                _ => chars.extend_from_within(at..),
            }
        }
        chars.into_iter().collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn a_value_always_comes_back(value in order()) {
        comes_back(&value)?;
    }

    #[test]
    fn every_variant_comes_back(external in external(), untagged in untagged(), line in line()) {
        comes_back(&external)?;
        comes_back(&untagged)?;
        comes_back(&line)?;
    }

    #[test]
    fn any_text_is_a_value_or_an_error(text in ".{0,200}") {
        harmless(&text);
    }

    #[test]
    fn signs_of_json_are_a_value_or_an_error(text in "[\\[\\]{}\"'`:,\\\\/#0-9a-c \n]{0,200}") {
        harmless(&text);
    }

    #[test]
    fn damaged_json_is_a_value_or_an_error(
        text in order().prop_map(|order| serde_json::to_string(&order).unwrap_or_default()).prop_flat_map(damaged)
    ) {
        harmless(&text);
    }

    /// What is read follows the schema, and reading it again changes nothing.
    #[test]
    fn what_was_read_is_right(
        text in order().prop_map(|order| serde_json::to_string(&order).unwrap_or_default()).prop_flat_map(damaged)
    ) {
        let schema = Schema::of::<Order>();
        if let Ok(parsed) = schema.read(&text, Leniency::Lenient) {
            prop_assert!(schema.validate(&parsed.value).is_ok());
            let again = schema.read(&parsed.value.to_string(), Leniency::Lenient).expect("was read before");
            prop_assert_eq!(&again.value, &parsed.value);
            prop_assert!(again.repairs.is_empty());
        }
    }

    /// Words without any JSON are no object, whatever the words.
    #[test]
    fn prose_is_no_object(text in "[a-zA-Z ,.!?]{0,80}") {
        let error = json::from_str::<Order>(&text).expect_err("holds no object");
        prop_assert!(matches!(error.kind(), ErrorKind::InvalidOutput | ErrorKind::Empty));
    }
}

/// Reads a text as several types; only a panic is wrong.
fn harmless(text: &str) {
    let problems = |error: &codex_ai::Error| assert!(error.kind() == ErrorKind::Empty || !error.problems().is_empty());
    drop(json::from_str::<Order>(text).map_err(|error| problems(&error)));
    drop(json::from_str::<External>(text).map_err(|error| problems(&error)));
    drop(json::from_str::<Untagged>(text).map_err(|error| problems(&error)));
    drop(json::from_str::<Vec<Kind>>(text).map_err(|error| problems(&error)));
    drop(json::from_str::<Value>(text).map_err(|error| problems(&error)));
}

/// Each level has four forms that go on: without a memory the work would be four to the power of the depth.
fn tree() -> Schema {
    let tree = serde_json::json!({ "$ref": "#/$defs/Tree" });
    let form = |other: &str| serde_json::json!({ "type": "object", "properties": { "left": tree, other: tree }, "required": ["left", other] });
    let forms = [form("right"), form("twin"), form("left"), serde_json::json!({ "type": "integer" })];
    let schema = serde_json::json!({ "$ref": "#/$defs/Tree", "$defs": { "Tree": { "anyOf": forms } } });
    Schema::new("Tree", schema).expect("is a schema")
}

#[test]
fn unions_inside_unions_take_no_time() {
    let schema = tree();
    for (depth, leaf, is_tree) in [(8, "1", true), (8, "x", false), (100, "1", true), (100, "x", false)] {
        let text = format!("{}'{leaf}'{}", "{left: ".repeat(depth), "}".repeat(depth));
        let start = Instant::now();
        assert_eq!(schema.read(&text, Leniency::Lenient).is_ok(), is_tree, "{depth} levels");
        assert!(start.elapsed() < Duration::from_secs(5), "{depth} levels took {:?}", start.elapsed());
    }
}

#[test]
fn a_megabyte_of_anything_is_done_soon() {
    let size = 1_000_000;
    for piece in
        ["[", "{", "\"", "`", "```\n", "{\"a\":", "[1,", "a ", "0,", "express ", "\\", "{\"id\": 1} ", "'", "\u{301}"]
    {
        let text = piece.repeat(size / piece.len());
        let start = Instant::now();
        drop(json::from_str::<Order>(&text));
        drop(json::from_str::<Kind>(&text));
        // Without optimisation, on a busy machine; what is not linear takes minutes.
        assert!(start.elapsed() < Duration::from_secs(30), "{piece:?} took {:?}", start.elapsed());
    }
}

#[test]
fn a_hundred_thousand_levels_are_an_error() {
    for (open, close) in [("[", "]"), ("{\"left\":", "}")] {
        let text = format!("{}1{}", open.repeat(100_000), close.repeat(100_000));
        assert!(tree().read(&text, Leniency::Lenient).is_err());
        assert!(json::from_str::<Value>(&text).is_err());
    }
}

/// A vendor's form of a value, written as it is and badly, comes back as the value; and so does the value's own form.
#[test]
fn a_vendors_form_comes_back() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let strategy = order();
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    for _ in 0..20 {
        let value = strategy.new_tree(&mut runner).expect("a value").current();
        let plain = serde_json::to_value(&value).expect("is JSON");
        for form in [WireForm::OpenAiStrict, WireForm::Anthropic, WireForm::Gemini] {
            let wire = Schema::of::<Order>().wire(form).expect("the vendor takes it");
            let written = wire.encode(plain.clone()).expect("has a form").to_string();
            let fenced = format!("Sure:\n```json\n{}\n```", written.replacen("\"id\":", "id: ", 1));
            for text in [written, fenced, plain.to_string()] {
                let mut reply = Reply::from_text("m", text.clone());
                reply.wire_form = form;
                let dispatcher = Dispatcher::new(Scripted::new([Ok(reply)])).expect("a dispatcher");
                let read = runtime.block_on(async { dispatcher.generate_json::<Order>("An order, please.").await });
                assert_eq!(read.expect("is read"), value, "{form:?}: {text}");
            }
        }
    }
}
