//! Every shape of a Rust type on every vendor's wire and back.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::collections::{BTreeMap, HashMap};
use std::fmt::Debug;

use codex_ai::schema::{WireForm, WireSchema};
use codex_ai::{LlmSchema, Schema};
use codex_ai_tests::encoding::equal_but_for_nulls;
use codex_ai_tests::forms::Form;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

const FORMS: [WireForm; 5] =
    [WireForm::Plain, WireForm::OpenAiStrict, WireForm::Anthropic, WireForm::Gemini, WireForm::GeminiOpenApi];

/// Sends each value through each form: the wire takes it, and it comes back as the same value. What is in the form of the
/// type already is taken as it is.
#[track_caller]
fn goes_round<T>(values: impl IntoIterator<Item = T>)
where
    T: LlmSchema + Serialize + DeserializeOwned + PartialEq + Debug + 'static,
{
    goes_round_only(values, |wire, json, value: &T| {
        let read = wire.decode(json.clone()).unwrap();
        assert_eq!(serde_json::from_value::<T>(read).unwrap(), *value, "{wire:?}");
    });
}

#[track_caller]
fn goes_round_only<T>(values: impl IntoIterator<Item = T>, and: impl Fn(&WireSchema, &Value, &T))
where
    T: LlmSchema + Serialize + DeserializeOwned + PartialEq + Debug + 'static,
{
    let schema = Schema::of::<T>();
    let mut checks: HashMap<WireForm, jsonschema::Validator> = HashMap::new();
    for value in values {
        let json = serde_json::to_value(&value).unwrap();
        assert_eq!(schema.validate(&json), Ok(()), "{json} for {}", schema.as_value());
        for form in FORMS {
            let wire = match schema.wire(form) {
                Ok(wire) => wire,
                // It has no references.
                Err(error) if form == WireForm::GeminiOpenApi && error.to_string().contains("contains itself") => {
                    continue;
                }
                Err(error) => panic!("{form:?}: {error}"),
            };
            let sent: Value = serde_json::from_str(wire.as_raw().get()).unwrap();
            let written = wire.encode(json.clone()).unwrap_or_else(|error| panic!("{form:?}: {error}"));
            // The form of OpenAPI is a language of its own.
            let sent = if form == WireForm::GeminiOpenApi { Form::GeminiOpenApi.to_json_schema(&sent) } else { sent };
            let check = checks.entry(form).or_insert_with(|| jsonschema::validator_for(&sent).unwrap());
            assert!(check.is_valid(&written), "{form:?}: {written} for {sent}: {:?}", check.validate(&written).err());
            let read = wire.decode(written.clone()).unwrap();
            assert!(equal_but_for_nulls(&read, &json), "{form:?}: {json} became {read} by {written}");
            assert_eq!(serde_json::from_value::<T>(read).unwrap(), value, "{form:?}: {written}");
            and(wire, &json, &value);
            if wire.is_same() {
                assert_eq!(wire.decode(written.clone()).unwrap(), written, "{form:?}");
            }
        }
    }
}

fn map<K: Ord, V, const N: usize>(entries: [(K, V); N]) -> BTreeMap<K, V> {
    BTreeMap::from(entries)
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, LlmSchema)]
struct Point {
    x: i32,
    y: i32,
}

/// A feeling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, LlmSchema)]
#[serde(rename_all = "snake_case")]
enum Mood {
    /// All is well.
    Good,
    VeryBad,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, LlmSchema)]
struct Plain {
    name: String,
    size: Option<u8>,
    place: Option<Point>,
    mood: Option<Mood>,
    tags: Option<Vec<String>>,
}

#[test]
fn structs_with_options() {
    goes_round([
        Plain {
            name: "a".into(),
            size: Some(1),
            place: Some(Point { x: 1, y: -2 }),
            mood: Some(Mood::VeryBad),
            tags: Some(vec!["t".into()]),
        },
        Plain { name: String::new(), size: None, place: None, mood: None, tags: None },
    ]);
}

fn seven() -> u8 {
    7
}

fn some_seven() -> Option<u8> {
    Some(7)
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, LlmSchema)]
struct Defaults {
    #[serde(default)]
    count: u8,
    #[serde(default = "seven")]
    size: u8,
    #[serde(default)]
    tags: Vec<String>,
    #[serde(default)]
    places: BTreeMap<String, Point>,
    #[serde(default = "some_seven")]
    maybe: Option<u8>,
}

#[test]
fn defaults() {
    goes_round([
        Defaults {
            count: 1,
            size: 2,
            tags: vec!["a".into()],
            places: map([("a".into(), Point { x: 1, y: 2 })]),
            maybe: None,
        },
        Defaults { count: 0, size: 7, tags: vec![], places: BTreeMap::new(), maybe: Some(7) },
    ]);
    let wire = Schema::of::<Defaults>().wire(WireForm::OpenAiStrict).unwrap();
    let nulls = json!({ "count": null, "size": null, "tags": null, "places": null, "maybe": null });
    let read: Defaults = serde_json::from_value(wire.decode(nulls).unwrap()).unwrap();
    let expected = Defaults { count: 0, size: 7, tags: vec![], places: BTreeMap::new(), maybe: None };
    assert_eq!(read, expected, "a null stands for the default, but where null is a value of its own");
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, LlmSchema)]
enum External {
    Unit,
    Newtype(Point),
    Map(BTreeMap<String, u8>),
    Tuple(u8, String),
    Named { a: Option<u8>, any: Value },
    Wide(i128),
}

#[test]
fn externally_tagged() {
    goes_round([
        External::Unit,
        External::Newtype(Point { x: 0, y: 0 }),
        External::Map(map([("a".into(), 1), ("b".into(), 2)])),
        External::Map(BTreeMap::new()),
        External::Tuple(1, "x".into()),
        External::Named { a: None, any: json!({ "a": [1, "1", null] }) },
        External::Named { a: Some(3), any: Value::Null },
        External::Wide(-5),
    ]);
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, LlmSchema)]
#[serde(tag = "kind")]
enum Internal {
    Unit,
    Newtype(Point),
    Map(BTreeMap<String, String>),
    Named { a: Option<u8>, pair: (u8, bool) },
}

#[test]
fn internally_tagged() {
    goes_round([
        Internal::Unit,
        Internal::Newtype(Point { x: 1, y: 1 }),
        Internal::Map(map([("a".into(), "b".into())])),
        Internal::Named { a: None, pair: (1, true) },
        Internal::Named { a: Some(1), pair: (0, false) },
    ]);
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, LlmSchema)]
#[serde(tag = "t", content = "c")]
enum Adjacent {
    Unit,
    Newtype(Point),
    Map(BTreeMap<String, Vec<u8>>),
    Tuple(u8, Option<String>),
    Named { any: Value },
}

#[test]
fn adjacently_tagged() {
    goes_round([
        Adjacent::Unit,
        Adjacent::Newtype(Point { x: 1, y: 1 }),
        Adjacent::Map(map([("a".into(), vec![1])])),
        Adjacent::Tuple(1, None),
        Adjacent::Tuple(1, Some("x".into())),
        Adjacent::Named { any: json!("text") },
    ]);
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, LlmSchema)]
#[serde(untagged)]
enum Untagged {
    Number(i64),
    Text(String),
    Pair(u8, String),
    List(Vec<u8>),
    Point(Point),
    Other { name: String, more: BTreeMap<String, u8> },
    Map(BTreeMap<String, u8>),
}

#[test]
fn untagged() {
    goes_round([
        Untagged::Number(-1),
        Untagged::Text("a".into()),
        Untagged::Pair(1, "a".into()),
        Untagged::List(vec![1, 2, 3]),
        Untagged::Point(Point { x: 1, y: 2 }),
        Untagged::Other { name: "n".into(), more: map([("a".into(), 1)]) },
        Untagged::Map(map([("a".into(), 1)])),
    ]);
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, LlmSchema)]
struct FlatStruct {
    id: u8,
    #[serde(flatten)]
    place: Point,
    #[serde(flatten)]
    more: Option<Extra>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, LlmSchema)]
struct Extra {
    note: String,
    pair: (u8, u8),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, LlmSchema)]
struct FlatMap {
    id: u8,
    others: Option<u8>,
    #[serde(flatten)]
    rest: BTreeMap<String, (u8, bool)>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, LlmSchema)]
struct FlatAny {
    id: u8,
    #[serde(flatten)]
    rest: BTreeMap<String, Value>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, LlmSchema)]
struct FlatEnums {
    id: u8,
    #[serde(flatten)]
    external: External,
    #[serde(flatten)]
    internal: Internal,
}

#[test]
fn flattened() {
    let place = Point { x: 1, y: 2 };
    goes_round([
        FlatStruct { id: 1, place: place.clone(), more: None },
        FlatStruct { id: 1, place: place.clone(), more: Some(Extra { note: "n".into(), pair: (1, 2) }) },
    ]);
    goes_round([
        FlatMap { id: 1, others: Some(2), rest: map([("a".into(), (1, true)), ("b c".into(), (2, false))]) },
        FlatMap { id: 1, others: None, rest: BTreeMap::new() },
    ]);
    goes_round([FlatAny { id: 1, rest: map([("a".into(), json!([1, { "b": null }])), ("z".into(), json!("t"))]) }]);
    goes_round([
        FlatEnums { id: 1, external: External::Newtype(place.clone()), internal: Internal::Unit },
        FlatEnums {
            id: 1,
            external: External::Tuple(1, "a".into()),
            internal: Internal::Named { a: None, pair: (1, true) },
        },
    ]);
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, LlmSchema)]
struct Maps {
    deep: HashMap<String, Vec<(u8, Option<Point>)>>,
    by_number: BTreeMap<u32, String>,
    by_signed: BTreeMap<i8, bool>,
    by_mood: BTreeMap<Mood, u8>,
    nested: BTreeMap<String, BTreeMap<String, u8>>,
    maybe: Option<BTreeMap<String, u8>>,
    any: BTreeMap<String, Value>,
}

#[test]
fn maps() {
    goes_round([
        Maps {
            deep: HashMap::from([
                ("a".into(), vec![(1, None), (2, Some(Point { x: 1, y: 2 }))]),
                (String::new(), vec![]),
            ]),
            by_number: map([(1, "a".into()), (4_000_000_000, "b".into())]),
            by_signed: map([(-1, true), (0, false)]),
            by_mood: map([(Mood::Good, 1)]),
            nested: map([
                ("a".into(), map([("b".into(), 1)])),
                ("key".into(), map([("value".into(), 1), ("key".into(), 2)])),
            ]),
            maybe: Some(map([("a".into(), 1)])),
            any: map([("a".into(), json!(null)), ("b".into(), json!("five")), ("c".into(), json!(5))]),
        },
        Maps {
            deep: HashMap::new(),
            by_number: BTreeMap::new(),
            by_signed: BTreeMap::new(),
            by_mood: BTreeMap::new(),
            nested: BTreeMap::new(),
            maybe: None,
            any: BTreeMap::new(),
        },
    ]);
    let wire = Schema::of::<Maps>().wire(WireForm::OpenAiStrict).unwrap();
    let sent: Value = serde_json::from_str(wire.as_raw().get()).unwrap();
    let entry = &sent["properties"]["by_number"]["items"]["properties"];
    assert_eq!(entry["key"]["type"], "integer", "{entry}");
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, LlmSchema)]
struct Single(Vec<Point>);

type Couple = (u8, Option<Mood>);

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, LlmSchema)]
struct Tuples {
    pair: (u8, String),
    nested: ((u8, u8), Vec<(bool, Value)>),
    array: [u8; 3],
    couple: Couple,
    single: Single,
    maybe: Option<(u8, u8)>,
}

#[test]
fn tuples() {
    goes_round([
        Tuples {
            pair: (1, "a".into()),
            nested: ((1, 2), vec![(true, json!({ "a": 1 }))]),
            array: [1, 2, 3],
            couple: (1, None),
            single: Single(vec![Point { x: 1, y: 2 }]),
            maybe: Some((1, 2)),
        },
        Tuples {
            pair: (0, String::new()),
            nested: ((1, 2), vec![]),
            array: [0; 3],
            couple: (1, Some(Mood::Good)),
            single: Single(vec![]),
            maybe: None,
        },
    ]);
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, LlmSchema)]
struct Wide {
    unsigned: u128,
    signed: i128,
    maybe: Option<u128>,
    list: Vec<i128>,
    long: u64,
    low: i64,
}

#[test]
fn wide_integers() {
    goes_round([
        Wide { unsigned: u64::MAX.into(), signed: -5, maybe: None, list: vec![0, -1], long: u64::MAX, low: i64::MIN },
        Wide { unsigned: 0, signed: i64::MIN.into(), maybe: Some(1), list: vec![], long: 0, low: 0 },
    ]);
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, LlmSchema)]
struct Tree {
    name: String,
    pair: (u8, u8),
    children: Vec<Tree>,
    first: Option<Box<Tree>>,
    by_name: BTreeMap<String, Tree>,
}

fn tree(levels: u8) -> Tree {
    let below = || (levels > 0).then(|| tree(levels - 1));
    Tree {
        name: format!("level {levels}"),
        pair: (levels, 0),
        children: below().into_iter().chain(below()).collect(),
        first: below().map(Box::new),
        by_name: below().into_iter().map(|tree| ("a".to_owned(), tree)).collect(),
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, LlmSchema)]
struct Folder {
    files: Vec<Item>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, LlmSchema)]
#[serde(tag = "is")]
enum Item {
    File { size: (u64, String) },
    Folder(Folder),
    Link { to: Box<Item> },
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, LlmSchema)]
enum Expression {
    Number(f64),
    Sum(Vec<Expression>),
    Product(Box<Expression>, Box<Expression>),
    Call { name: String, arguments: BTreeMap<String, Expression> },
}

#[test]
fn recursion() {
    goes_round([tree(6), tree(0)]);
    let file = Item::File { size: (1, "a".into()) };
    goes_round([Folder {
        files: vec![file.clone(), Item::Folder(Folder { files: vec![Item::Link { to: Box::new(file) }] })],
    }]);
    let number = || Box::new(Expression::Number(1.5));
    let product = Expression::Product(number(), number());
    goes_round([
        Expression::Sum(vec![product.clone(), *number()]),
        Expression::Call { name: "f".into(), arguments: map([("x".into(), product)]) },
    ]);
}

#[test]
fn roots_that_are_no_objects() {
    goes_round([vec![Point { x: 1, y: 2 }], vec![]]);
    goes_round([Mood::Good, Mood::VeryBad]);
    goes_round([5_u8]);
    goes_round([true, false]);
    goes_round([1.5_f64]);
    goes_round([(1_u8, "a".to_owned())]);
    goes_round([BTreeMap::from([("a".to_owned(), 1_u8)]), BTreeMap::new()]);
    goes_round([BTreeMap::from([(1_u8, vec![(1_u8, 'c')])])]);
    goes_round([Some(Point { x: 1, y: 2 }), None]);
    goes_round([Some(5_u8), None]);
    goes_round([json!({ "a": 1 }), json!([1, "a"]), json!("five"), json!(5)]);
    goes_round([vec![vec![1_u8, 2], vec![]]]);
    goes_round([5_u128]);
}

#[test]
fn a_text_that_is_json_stays_a_text() {
    // In the form of the type it could not be told from the text of another value.
    goes_round_only([json!("5"), json!("null"), json!("\"a\""), json!("{}")], |_, _, _| {});
    goes_round_only([vec![json!("5"), json!({ "a": "[1]" })]], |_, _, _| {});
}

#[test]
fn the_wrapper_of_a_root_may_be_left_out() {
    let wire = Schema::of::<Vec<u8>>().wire(WireForm::OpenAiStrict).unwrap();
    assert_eq!(wire.encode(json!([1])).unwrap(), json!({ "value": [1] }));
    assert_eq!(wire.decode(json!({ "value": [1] })).unwrap(), json!([1]));
    assert_eq!(wire.decode(json!([1])).unwrap(), json!([1]));
    // What is in neither form stays as it is.
    assert_eq!(wire.decode(json!({ "value": [1], "note": "" })).unwrap(), json!({ "value": [1], "note": "" }));
}

#[test]
fn a_key_twice_is_told_by_its_path() {
    let wire = Schema::of::<Maps>().wire(WireForm::OpenAiStrict).unwrap();
    let twice =
        json!({ "nested": [{ "key": "a", "value": [{ "key": "b", "value": 1 }, { "key": "b", "value": 2 }] }] });
    let error = wire.decode(twice).unwrap_err();
    assert_eq!(error.problems()[0].path, "nested.a.b");
    let wire = Schema::of::<FlatMap>().wire(WireForm::Anthropic).unwrap();
    let twice = json!({ "id": 1, "others": 2, "others_": [{ "key": "id", "value": { "0": 1, "1": true } }] });
    assert_eq!(wire.decode(twice).unwrap_err().problems()[0].path, "id");
}

#[test]
fn what_is_in_the_form_of_the_type_is_left_alone() {
    let wire = Schema::of::<Maps>().wire(WireForm::OpenAiStrict).unwrap();
    let mixed = json!({
        "deep": { "a": [[1, null], { "0": 2, "1": { "x": 1, "y": 2 } }] },
        "by_number": [{ "key": "1", "value": "a" }, { "key": 2, "value": "b" }],
        "any": [{ "key": "a", "value": { "real": 1 } }, { "key": "b", "value": "not JSON" }],
        "nested": "nonsense"
    });
    let expected = json!({
        "deep": { "a": [[1, null], [2, { "x": 1, "y": 2 }]] },
        "by_number": { "1": "a", "2": "b" },
        "any": { "a": { "real": 1 }, "b": "not JSON" },
        "nested": "nonsense"
    });
    assert_eq!(wire.decode(mixed).unwrap(), expected);
}

#[test]
fn the_same_bytes_each_time() {
    let bytes = || {
        let schema = Schema::new("T", Schema::of::<FlatEnums>().as_value().clone()).unwrap();
        FORMS.map(|form| schema.wire(form).unwrap().as_raw().get().to_owned())
    };
    let first = bytes();
    for _ in 0..20 {
        assert_eq!(bytes(), first);
    }
}

#[test]
fn what_is_not_rewritten_is_read_as_it_is() {
    #[derive(Debug, Deserialize, LlmSchema)]
    #[allow(dead_code, reason = "only the schema is of interest")]
    struct Usual {
        name: String,
        size: Option<u8>,
        place: Option<Point>,
        moods: Vec<Mood>,
    }
    for form in FORMS {
        assert!(Schema::of::<Usual>().wire(form).unwrap().is_same(), "{form:?}");
    }
    assert!(!Schema::of::<Maps>().wire(WireForm::Anthropic).unwrap().is_same());
    assert!(Schema::of::<Maps>().wire(WireForm::Gemini).unwrap().is_same());
}

fn three() -> u8 {
    3
}

fn some_three() -> Option<u8> {
    Some(3)
}

/// Reads a value with serde, once as it is and once after it went there and back.
#[track_caller]
fn as_serde_reads<T>(json: &Value)
where
    T: LlmSchema + DeserializeOwned + PartialEq + Debug + 'static,
{
    let schema = Schema::of::<T>();
    let expected = serde_json::from_value::<T>(json.clone());
    assert_eq!(schema.validate(json).is_ok(), expected.is_ok(), "{json}");
    let Ok(expected) = expected else { return };
    for form in FORMS {
        let wire = schema.wire(form).unwrap();
        let read = wire.decode(wire.encode(json.clone()).unwrap()).unwrap();
        assert_eq!(serde_json::from_value::<T>(read).unwrap(), expected, "{form:?}: {json}");
    }
}

macro_rules! with_and_without_default {
    ($($name:ident: $(#[$serde:meta])? $ty:ty;)*) => {$(
        #[test]
        fn $name() {
            #[derive(Debug, PartialEq, Deserialize, LlmSchema)]
            struct One {
                $(#[$serde])?
                field: $ty,
            }
            for json in [json!({}), json!({ "field": null }), json!({ "field": 5 })] {
                as_serde_reads::<One>(&json);
            }
        }
    )*};
}

// With and without an `Option`, each without a default, with that of the type, with one of its own; each of these absent,
// null and there.
with_and_without_default! {
    a_number: u8;
    a_number_with_default: #[serde(default)] u8;
    a_number_with_a_default_of_its_own: #[serde(default = "three")] u8;
    an_option: Option<u8>;
    an_option_with_default: #[serde(default)] Option<u8>;
    an_option_with_a_default_of_its_own: #[serde(default = "some_three")] Option<u8>;
}
