//! `#[llm(check = ..)]` and `#[llm(validate = ..)]`: each message comes with the path of what was checked, as it is in the
//! JSON.

#![allow(dead_code, reason = "most fields are only checked")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]
#![allow(clippy::unnecessary_wraps, clippy::trivially_copy_pass_by_ref, reason = "a check has this signature")]

use std::collections::{BTreeMap, HashMap};

use codex_ai::{LlmSchema, Problem, ToolCall};
use serde::Deserialize;
use serde_json::{Value, json};

/// The paths and messages that reading a `T` gives.
#[track_caller]
fn problems<T: LlmSchema + 'static>(value: &Value) -> Vec<String> {
    let read = ToolCall::new("1", "x", value.to_string()).read::<T>();
    let problems = read.err().map(|error| error.problems().to_vec()).unwrap_or_default();
    problems.into_iter().map(|problem| format!("{}: {}", problem.path, problem.message)).collect()
}

#[track_caller]
fn assert_found<T: LlmSchema + 'static>(value: &Value, expected: &[&str]) {
    assert_eq!(problems::<T>(value), expected, "{value}");
}

fn is_lower(text: &str) -> Result<(), String> {
    if text.chars().any(char::is_uppercase) { Err(format!("`{text}` has capitals")) } else { Ok(()) }
}

fn is_even(number: &u32) -> Result<(), &'static str> {
    if number.is_multiple_of(2) { Ok(()) } else { Err("odd") }
}

fn never<T>(_: &T) -> Result<(), &'static str> {
    Err("never")
}

#[derive(Deserialize, LlmSchema)]
struct Leaf {
    #[llm(check = is_even)]
    size: u32,
}

// Names and containers.

#[derive(Deserialize, LlmSchema)]
#[serde(rename_all = "camelCase")]
struct Names {
    #[llm(check = is_lower)]
    first_name: String,
    #[serde(rename(deserialize = "In", serialize = "out"))]
    #[llm(check = is_lower)]
    inside: Option<String>,
    #[serde(rename = "odd key")]
    #[llm(check = is_lower)]
    odd: Box<str>,
    #[llm(check = is_lower)]
    r#type: String,
    #[serde(alias = "old")]
    #[llm(check = is_even)]
    new: u32,
}

#[test]
fn the_path_has_the_name_that_serde_reads() {
    let value = json!({ "firstName": "A", "In": "B", "odd key": "C", "type": "D", "new": 1 });
    assert_found::<Names>(
        &value,
        &[
            "firstName: `A` has capitals",
            "In: `B` has capitals",
            r#"$["odd key"]: `C` has capitals"#,
            "type: `D` has capitals",
            "new: odd",
        ],
    );
    assert_found::<Names>(&json!({ "firstName": "a", "odd key": "c", "type": "d", "new": 2 }), &[]);
}

#[derive(Deserialize, LlmSchema)]
struct Containers {
    list: Vec<Leaf>,
    maybe: Option<Box<Leaf>>,
    map: HashMap<String, Leaf>,
    by_kind: BTreeMap<Kind, Vec<Leaf>>,
    by_id: BTreeMap<Id, Leaf>,
    by_number: BTreeMap<u8, Leaf>,
    pair: (Leaf, [Leaf; 2]),
}

#[derive(PartialEq, Eq, PartialOrd, Ord, Deserialize, LlmSchema)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    BigOne,
}

#[derive(PartialEq, Eq, PartialOrd, Ord, Deserialize, LlmSchema)]
struct Id(String);

#[test]
fn containers_are_walked() {
    let odd = json!({ "size": 1 });
    let even = json!({ "size": 2 });
    let value = json!({
        "list": [even, odd],
        "maybe": odd,
        "map": { "a b": odd },
        "by_kind": { "big-one": [odd] },
        "by_id": { "x": odd },
        "by_number": { "7": odd },
        "pair": [odd, [even, odd]],
    });
    let expected = [
        "list[1].size: odd",
        "maybe.size: odd",
        r#"map["a b"].size: odd"#,
        "by_kind.big-one[0].size: odd",
        "by_id.x.size: odd",
        r#"by_number["7"].size: odd"#,
        "pair[0].size: odd",
        "pair[1][1].size: odd",
    ];
    assert_found::<Containers>(&value, &expected);
}

// Flattened, skipped and described in another way.

#[derive(Deserialize, LlmSchema)]
struct Outer {
    #[serde(flatten)]
    leaf: Leaf,
    #[serde(flatten)]
    maybe: Option<Other>,
    #[serde(skip)]
    skipped: Unread,
    #[llm(with = String, check = never::<Parsed>)]
    parsed: Parsed,
}

#[derive(Deserialize, LlmSchema)]
struct Other {
    #[llm(check = never)]
    other: bool,
}

#[derive(Default)]
struct Unread;

#[derive(Deserialize)]
#[serde(from = "String")]
struct Parsed;

impl From<String> for Parsed {
    fn from(_: String) -> Self {
        Self
    }
}

#[test]
fn flattened_fields_are_no_step() {
    let value = json!({ "size": 1, "other": true, "parsed": "x" });
    assert_found::<Outer>(&value, &["size: odd", "other: never", "parsed: never"]);
}

// Newtypes.

#[derive(Deserialize, LlmSchema)]
struct Even(#[llm(check = is_even)] u32);

#[derive(Deserialize, LlmSchema)]
#[serde(transparent)]
struct Through {
    inner: Vec<Even>,
}

#[derive(Deserialize, LlmSchema)]
struct Wrapped {
    wrapped: Through,
}

#[test]
fn newtypes_are_no_step() {
    assert_found::<Even>(&json!(1), &["$: odd"]);
    assert_found::<Through>(&json!([2, 1]), &["$[1]: odd"]);
    assert_found::<Wrapped>(&json!({ "wrapped": [1] }), &["wrapped[0]: odd"]);
}

// Enums.

macro_rules! shapes {
    ($name:ident $(#[$attribute:meta])*) => {
        #[derive(Deserialize, LlmSchema)]
        $(#[$attribute])*
        enum $name {
            #[serde(rename_all = "UPPERCASE")]
            Named { #[llm(check = is_even)] number: u32, plain: bool },
            Holds(Leaf),
            Unit,
        }
    };
}

shapes!(External #[serde(rename_all = "snake_case")]);
shapes!(Internal #[serde(tag = "t")]);
shapes!(Adjacent #[serde(tag = "t", content = "c")]);
shapes!(Untagged #[serde(untagged)]);

#[derive(Deserialize, LlmSchema)]
#[serde(rename_all_fields = "SCREAMING-KEBAB-CASE")]
enum Mixed {
    Pair(#[llm(check = is_lower)] String, Leaf),
    Fields {
        #[llm(check = is_even)]
        one_two: u32,
    },
    #[serde(untagged)]
    Bare(Leaf),
}

#[test]
fn variants_are_found_by_the_tagging() {
    let (named, holds) = (json!({ "NUMBER": 1, "PLAIN": true }), json!({ "size": 1 }));
    assert_found::<External>(&json!({ "named": named }), &["named.NUMBER: odd"]);
    assert_found::<External>(&json!({ "holds": holds }), &["holds.size: odd"]);
    assert_found::<External>(&json!("unit"), &[]);
    assert_found::<Internal>(&json!({ "t": "Named", "NUMBER": 1, "PLAIN": true }), &["NUMBER: odd"]);
    assert_found::<Internal>(&json!({ "t": "Holds", "size": 1 }), &["size: odd"]);
    assert_found::<Adjacent>(&json!({ "t": "Named", "c": named }), &["c.NUMBER: odd"]);
    assert_found::<Adjacent>(&json!({ "t": "Holds", "c": holds }), &["c.size: odd"]);
    assert_found::<Untagged>(&named, &["NUMBER: odd"]);
    assert_found::<Untagged>(&holds, &["size: odd"]);
    assert_found::<Mixed>(
        &json!({ "Pair": ["A", { "size": 1 }] }),
        &["Pair[0]: `A` has capitals", "Pair[1].size: odd"],
    );
    assert_found::<Mixed>(&json!({ "Fields": { "ONE-TWO": 1 } }), &["Fields.ONE-TWO: odd"]);
    assert_found::<Mixed>(&holds, &["size: odd"]);
}

// Generics and recursion.

#[derive(Deserialize, LlmSchema)]
#[llm(validate = Self::is_full)]
struct Page<T> {
    #[llm(check = not_empty)]
    items: Vec<T>,
    next: Option<Box<Self>>,
}

impl<T> Page<T> {
    fn is_full(&self) -> Result<(), String> {
        if self.items.len() < 3 { Err(format!("only {} items", self.items.len())) } else { Ok(()) }
    }
}

fn not_empty<T>(items: &[T]) -> Result<(), std::fmt::Error> {
    if items.is_empty() { Err(std::fmt::Error) } else { Ok(()) }
}

#[test]
fn generic_and_recursive_types() {
    let value = json!({ "items": [{ "size": 1 }], "next": { "items": [] } });
    let empty = std::fmt::Error.to_string();
    let expected = ["items[0].size: odd", &format!("next.items: {empty}"), "next: only 0 items", "$: only 1 items"];
    assert_found::<Page<Leaf>>(&value, &expected);
}

// A check of the whole.

#[derive(Deserialize, LlmSchema)]
#[llm(validate = adds_up)]
struct Bill {
    lines: Vec<Line>,
    total: u32,
}

#[derive(Deserialize, LlmSchema)]
struct Line {
    price: u32,
}

fn adds_up(bill: &Bill) -> Result<(), Vec<Problem>> {
    let zero = bill.lines.iter().position(|line| line.price == 0);
    let mut problems: Vec<_> =
        zero.map(|at| Problem::new(format!("lines[{at}].price"), "is nothing")).into_iter().collect();
    if bill.lines.iter().map(|line| line.price).sum::<u32>() != bill.total {
        problems.push(Problem::new("total", "does not add up"));
        problems.push(Problem::new("", "look again"));
    }
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}

#[derive(Deserialize, LlmSchema)]
#[llm(validate = one_bill)]
enum Paper {
    Bills(Vec<Bill>),
}

fn one_bill(paper: &Paper) -> Result<(), Box<dyn std::error::Error>> {
    let Paper::Bills(bills) = paper;
    if bills.len() == 1 { Ok(()) } else { Err("not one bill".into()) }
}

#[test]
fn a_list_of_problems_is_put_in_its_place() {
    let bill = json!({ "lines": [{ "price": 1 }, { "price": 0 }], "total": 3 });
    assert_found::<Bill>(&bill, &["lines[1].price: is nothing", "total: does not add up", "$: look again"]);
    assert_found::<Paper>(
        &json!({ "Bills": [bill, { "lines": [], "total": 0 }] }),
        &[
            "Bills[0].lines[1].price: is nothing",
            "Bills[0].total: does not add up",
            "Bills[0]: look again",
            "$: not one bill",
        ],
    );
}

// A type that is read by way of another.

#[derive(Deserialize, LlmSchema)]
#[serde(from = "Vec<u32>")]
#[llm(validate = never)]
struct Sum {
    #[llm(check = is_even)]
    sum: u32,
}

impl From<Vec<u32>> for Sum {
    fn from(list: Vec<u32>) -> Self {
        Self { sum: list.into_iter().sum() }
    }
}

#[test]
fn a_type_that_is_read_by_another_has_no_steps() {
    assert_found::<Sum>(&json!([1, 2]), &["$: odd", "$: never"]);
}

/// A trait of the user's own may have methods of any name.
#[test]
fn the_users_methods_are_not_ambiguous() {
    trait Mine {
        fn check(&self) -> u8;
        fn found(&self) -> u8;
        fn value(&self) -> u8;
    }
    impl Mine for Leaf {
        fn check(&self) -> u8 {
            1
        }
        fn found(&self) -> u8 {
            2
        }
        fn value(&self) -> u8 {
            3
        }
    }
    let leaf = Leaf { size: 1 };
    assert_eq!((leaf.check(), leaf.found(), leaf.value()), (1, 2, 3));
}
