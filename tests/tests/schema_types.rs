//! Types of the standard library and of other crates have the schema that schemars gives them, made once.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, LinkedList, VecDeque};
use std::sync::Arc;

use codex_ai::testing::Scripted;
use codex_ai::{Dispatcher, JsonOutput, LlmSchema, Schema};
use schemars::generate::SchemaSettings;
use serde_json::{Value, json};

/// Compares with schemars, and reads an answer.
async fn check<T: LlmSchema + JsonOutput + PartialEq + std::fmt::Debug>(answer: &str, wanted: T) {
    let mut settings = SchemaSettings::draft2020_12();
    settings.meta_schema = None;
    let mut theirs = settings.into_generator().into_root_schema_for::<T>().to_value();
    if let Some(theirs) = theirs.as_object_mut() {
        theirs.shift_remove("title");
    }
    let schema = Schema::of::<T>();
    assert_eq!(schema.as_value(), &theirs, "{}", std::any::type_name::<T>());
    assert!(Arc::ptr_eq(schema, Schema::of::<T>()));
    let dispatcher = Dispatcher::new(Scripted::texts([answer])).unwrap();
    assert_eq!(dispatcher.generate_json::<T>("x").await.unwrap(), wanted, "{}", std::any::type_name::<T>());
}

macro_rules! checks {
    ($($ty:ty: $answer:literal => $wanted:expr),* $(,)?) => {$(
        check::<$ty>($answer, $wanted).await;
    )*};
}

#[tokio::test]
async fn numbers_and_the_like() {
    use std::num::*;
    checks! {
        bool: "true" => true, char: r#""x""# => 'x', (): "null" => (),
        u8: "255" => 255, u16: "1" => 1, u32: "1" => 1, u64: "18446744073709551615" => u64::MAX, u128: "1" => 1, usize: "1" => 1,
        i8: "-128" => -128, i16: "-1" => -1, i32: "-1" => -1, i64: "-9223372036854775808" => i64::MIN, i128: "-1" => -1, isize: "-1" => -1,
        f32: "0.5" => 0.5, f64: "-0.25" => -0.25,
        NonZeroU8: "1" => NonZeroU8::MIN, NonZeroI64: "-1" => NonZeroI64::new(-1).unwrap(),
    }
}

#[tokio::test]
async fn containers() {
    checks! {
        Vec<String>: r#"["a"]"# => vec!["a".to_owned()],
        VecDeque<u8>: "[1]" => VecDeque::from([1]),
        LinkedList<u8>: "[1]" => LinkedList::from([1]),
        Option<String>: "null" => None,
        Option<u8>: "3" => Some(3),
        Box<u8>: "3" => Box::new(3),
        Box<[u8]>: "[3]" => Box::from([3]),
        Box<str>: r#""a""# => "a".into(),
        BTreeSet<u8>: "[1, 2]" => BTreeSet::from([1, 2]),
        HashSet<u8>: "[1]" => HashSet::from([1]),
        BTreeMap<String, Vec<u8>>: r#"{ "a": [1] }"# => BTreeMap::from([("a".to_owned(), vec![1])]),
        HashMap<String, bool>: r#"{ "a": true }"# => HashMap::from([("a".to_owned(), true)]),
        BTreeMap<u8, u8>: r#"{ "1": 2 }"# => BTreeMap::from([(1, 2)]),
        Cow<'static, str>: r#""a""# => Cow::Borrowed("a"),
        Cow<'static, [u8]>: "[1]" => Cow::Borrowed(&[1][..]),
        (u8,): "[1]" => (1,),
        (u8, String, Option<bool>): r#"[1, "a", null]"# => (1, "a".to_owned(), None),
        [u8; 0]: "[]" => [],
        [[u8; 2]; 3]: "[[1, 2], [3, 4], [5, 6]]" => [[1, 2], [3, 4], [5, 6]],
        [bool; 3]: "[true, true, true]" => [true; 3],
        Vec<Option<Vec<Vec<(u8, Box<String>)>>>>: r#"[null, [[[1, "a"]]]]"# => vec![None, Some(vec![vec![(1, Box::new("a".to_owned()))]])],
    }
}

#[tokio::test]
async fn values_paths_and_addresses() {
    checks! {
        Value: r#"{ "a": [1, null] }"# => json!({ "a": [1, null] }),
        serde_json::Map<String, Value>: r#"{ "a": 1 }"# => json!({ "a": 1 }).as_object().unwrap().clone(),
        serde_json::Number: "1.5" => serde_json::Number::from_f64(1.5).unwrap(),
        std::path::PathBuf: r#""a/b""# => "a/b".into(),
        std::net::IpAddr: r#""::1""# => std::net::IpAddr::from(std::net::Ipv6Addr::LOCALHOST),
        std::net::Ipv4Addr: r#""127.0.0.1""# => std::net::Ipv4Addr::LOCALHOST,
        std::time::Duration: r#"{ "secs": 1, "nanos": 5 }"# => std::time::Duration::new(1, 5),
    }
}

#[tokio::test]
async fn types_of_other_crates() {
    use chrono::{DateTime, FixedOffset, NaiveDate, NaiveTime, Utc};
    let noon = NaiveDate::from_ymd_opt(2026, 1, 31).unwrap().and_hms_opt(12, 0, 0).unwrap();
    checks! {
        DateTime<Utc>: r#""2026-01-31T12:00:00Z""# => noon.and_utc(),
        DateTime<FixedOffset>: r#""2026-01-31T12:00:00+00:00""# => noon.and_utc().fixed_offset(),
        NaiveDate: r#""2026-01-31""# => noon.date(),
        NaiveTime: r#""12:00:00""# => noon.time(),
        chrono::NaiveDateTime: r#""2026-01-31T12:00:00""# => noon,
        chrono::Weekday: r#""Sat""# => chrono::Weekday::Sat,
        uuid::Uuid: r#""67e55044-10b1-426f-9247-bb680e5fe0c8""# => uuid::uuid!("67e55044-10b1-426f-9247-bb680e5fe0c8"),
        url::Url: r#""https://example.org/""# => url::Url::parse("https://example.org/").unwrap(),
        Vec<Option<NaiveDate>>: r#"["2026-01-31", null]"# => vec![Some(noon.date()), None],
    }
}

#[tokio::test]
async fn free_text_and_a_json_string_are_two_forms() {
    // `String` is the one type that is free text; in a container it is JSON.
    let dispatcher = Dispatcher::new(Scripted::texts(["\"a\"", "\"a\""])).unwrap();
    assert_eq!(dispatcher.generate_text("x").await.unwrap(), "\"a\"");
    assert_eq!(*dispatcher.generate_json::<Box<String>>("x").await.unwrap(), "a");
}

#[derive(Debug, serde::Deserialize, LlmSchema)]
#[allow(dead_code, reason = "only the schema is looked at")]
struct Tree {
    name: String,
    children: Vec<Self>,
}

#[derive(Debug, serde::Deserialize, LlmSchema)]
#[allow(dead_code, reason = "only the schema is looked at")]
struct Page<T> {
    items: Vec<T>,
}

/// The address of a type's schema.
fn address<T: LlmSchema + 'static>() -> usize {
    Arc::as_ptr(Schema::of::<T>()) as usize
}

/// The addresses of many types' schemas; all threads start on each of them together.
macro_rules! addresses {
    ($start:expr, $($ty:ty),* $(,)?) => {
        [$({
            $start.wait();
            address::<$ty>()
        }),*]
    };
}

#[test]
fn a_schema_is_made_once_whoever_asks_first() {
    let start = std::sync::Barrier::new(8);
    let seen: Vec<[usize; 20]> = std::thread::scope(|scope| {
        let ask = || {
            addresses!(
                start, Tree, Page<Tree>, Page<u8>, Page<u16>, Page<u32>, Page<u64>, Page<i8>, Page<i16>, Page<i32>, Page<i64>,
                Page<bool>, Page<char>, Page<String>, Page<Value>, Page<Page<Tree>>, Vec<Tree>, Option<Tree>, Box<Tree>,
                HashMap<String, Page<Tree>>, (Tree, Tree),
            )
        };
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(ask)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(seen.windows(2).all(|two| two[0] == two[1]), "{seen:?}");
    let distinct: BTreeSet<usize> = seen[0].into_iter().collect();
    assert_eq!(distinct.len(), 20);
    // The request holds the same schema, not a copy.
    let request = codex_ai::Prompt::<Tree>::new().into_request();
    let codex_ai::Output::Schema(schema) = request.output else { panic!("no schema") };
    assert_eq!(Arc::as_ptr(&schema) as usize, address::<Tree>());
}
