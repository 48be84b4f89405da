//! Calls by name: JSON arguments, good and bad.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::Path;

use codex_ai::testing::Scripted;
use codex_ai::{Dispatcher, Error, ErrorKind, LlmSchema, Prompt, PromptDef, StructuredOutput, prompt};
use proptest::prelude::*;
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Debug, Clone, Deserialize, LlmSchema)]
#[allow(dead_code, reason = "only printed")]
struct Author {
    name: String,
    #[llm(min = 1, max = 120)]
    age: u8,
    #[serde(default)]
    tags: Vec<String>,
}

#[derive(Debug, Deserialize, LlmSchema)]
#[allow(dead_code, reason = "only read as JSON")]
struct Review {
    stars: u8,
}

/// Reviews a book.
#[prompt(mode = "review", marker = ReviewBook)]
async fn review(
    text: &str,
    stars: u8,
    authors: &[Author],
    #[arg(default = 80)] max_words: u32,
    note: Option<&str>,
) -> Prompt<Review> {
    Prompt::new().user(format!("{text} {stars} {authors:?} {max_words} {note:?}"))
}

#[prompt]
async fn free(text: &str) -> String {
    text.to_owned()
}

#[prompt]
async fn nothing() -> &'static str {
    "nothing"
}

#[prompt(json = false)]
async fn typed_only(text: &str) -> String {
    text.to_owned()
}

#[prompt]
async fn fails(reason: &str) -> Result<String, std::io::Error> {
    Err(std::io::Error::other(reason.to_owned()))
}

#[prompt]
async fn fails_as_configured() -> codex_ai::Result<Prompt> {
    Err(Error::new(ErrorKind::Config, "no house style").with_help("write one"))
}

/// No schema, but it can be read.
#[derive(Debug, Clone, Deserialize)]
struct Opaque {
    #[allow(dead_code, reason = "only printed")]
    kind: OpaqueKind,
}

#[derive(Debug, Clone, Deserialize)]
enum OpaqueKind {
    Round,
    Square,
}

#[prompt]
async fn look_at(
    thing: Opaque,
    things: &[Opaque],
    #[arg(default = Vec::new())] more: Vec<BTreeMap<String, Opaque>>,
) -> String {
    format!("{thing:?} {things:?} {more:?}")
}

/// What a call by name ends in, and how often the provider was asked.
async fn call(mode: &str, arguments: Value) -> (Result<Value, Error>, usize) {
    let provider = Scripted::texts([r#"{ "stars": 3 }"#]);
    let dispatcher = Dispatcher::new(provider.clone()).unwrap();
    let result = dispatcher.process(mode, arguments).await;
    (result, provider.requests().len())
}

/// The error of a call whose arguments do not fit, as `path: message` lines.
async fn refused(mode: &str, arguments: Value) -> Vec<String> {
    let (result, asked) = call(mode, arguments).await;
    let error = result.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidArguments, "{error}");
    assert_eq!(error.prompt(), Some(mode));
    assert_eq!(asked, 0, "nothing may be sent");
    assert!(error.help().unwrap().contains(mode), "{error}");
    error.problems().iter().map(|problem| format!("{}: {}", problem.path, problem.message)).collect()
}

fn good() -> Value {
    json!({ "text": "t", "stars": 4, "authors": [{ "name": "Ada", "age": 36 }] })
}

/// The good arguments with some of them replaced.
fn with(mut changes: Value) -> Value {
    let mut arguments = good();
    arguments.as_object_mut().unwrap().append(changes.as_object_mut().unwrap());
    arguments
}

#[tokio::test]
async fn good_arguments() {
    assert_eq!(call("review", good()).await.0.unwrap(), json!({ "stars": 3 }));
    let all = with(json!({ "max_words": 5, "note": "n" }));
    assert_eq!(call("review", all).await.0.unwrap(), json!({ "stars": 3 }));
}

#[tokio::test]
async fn free_text_is_a_json_string() {
    let dispatcher = Dispatcher::new(Scripted::texts(["{ \"stars\": 3 }"]))
        .unwrap()
        .with_structured_output(StructuredOutput::exact());
    let answer = dispatcher.process("free", json!({ "text": "t" })).await.unwrap();
    assert_eq!(answer, Value::String("{ \"stars\": 3 }".to_owned()));
}

#[tokio::test]
async fn arguments_that_are_no_object() {
    for (arguments, found) in [
        (json!(null), "null"),
        (json!(true), "a boolean"),
        (json!(3), "a number"),
        (json!("t"), "a string"),
        (json!(["t"]), "a list"),
    ] {
        assert_eq!(
            refused("review", arguments.clone()).await,
            [format!("$: expected an object with the arguments, found {found}")]
        );
        assert_eq!(refused("nothing", arguments).await.len(), 1);
    }
    assert!(call("nothing", json!({})).await.0.is_ok());
}

#[tokio::test]
async fn a_wrong_type() {
    let problems = refused("review", with(json!({ "stars": "four" }))).await;
    assert_eq!(problems, ["stars: expected a whole number, found the string \"four\""]);
    let problems = refused("review", with(json!({ "text": 5 }))).await;
    assert_eq!(problems, ["text: expected a string, found the number 5"]);
    let problems = refused("review", with(json!({ "stars": 4.5 }))).await;
    assert_eq!(problems, ["stars: expected a whole number, found the number 4.5"]);
}

#[tokio::test]
async fn a_number_out_of_range() {
    for (bad, message) in [(json!(256), "at most 255"), (json!(-1), "at least 0"), (json!(1e300), "")] {
        let problems = refused("review", with(json!({ "stars": bad }))).await;
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert!(problems[0].starts_with("stars: ") && problems[0].contains(message), "{problems:?}");
    }
}

#[tokio::test]
async fn a_missing_argument() {
    let problems = refused("review", json!({ "text": "t", "authors": [] })).await;
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert!(problems[0].contains("stars"), "{problems:?}");
    assert_eq!(refused("review", json!({})).await.len(), 3);
}

#[tokio::test]
async fn an_unknown_argument_with_a_suggestion() {
    let problems = refused("review", with(json!({ "max_word": 3 }))).await;
    assert_eq!(problems, ["max_word: is not known here; did you mean `max_words`?"]);
    let problems = refused("review", with(json!({ "zzz": 3 }))).await;
    assert_eq!(problems.len(), 1);
    assert!(problems[0].starts_with("zzz: ") && !problems[0].contains("did you mean"), "{problems:?}");
    assert_eq!(refused("nothing", json!({ "text": "t" })).await.len(), 1);
}

#[tokio::test]
async fn nested_problems_with_their_paths() {
    let problems =
        refused("review", with(json!({ "authors": [{ "name": "Ada", "age": 36 }, { "name": 5, "age": 0 }, 7] }))).await;
    assert_eq!(problems.len(), 3, "{problems:?}");
    assert!(problems[0].starts_with("authors[1].name: expected a string"), "{problems:?}");
    assert!(problems[1].starts_with("authors[1].age: must be at least 1"), "{problems:?}");
    assert!(problems[2].starts_with("authors[2]: expected an object"), "{problems:?}");
}

#[tokio::test]
async fn all_problems_at_once() {
    let arguments = json!({ "text": 5, "authors": [{ "age": "x" }], "maxwords": 3, "note": 1 });
    let (result, _) = call("review", arguments).await;
    let error = result.unwrap_err();
    let mut paths: Vec<_> = error.problems().iter().map(|problem| problem.path.clone()).collect();
    paths.sort();
    let text = error.to_string();
    for wanted in ["text", "authors[0].age", "maxwords", "note"] {
        assert!(paths.iter().any(|path| path == wanted), "{wanted}: {text}");
    }
    assert!(text.contains("stars") && text.contains("name"), "{text}");
    assert_eq!(paths.len(), 6, "{text}");
    assert!(text.starts_with("prompt `review`: the arguments do not fit (6 problems)\n"), "{text}");
    assert!(text.ends_with("the function is `review(text: &str, stars: u8, authors: &[Author], max_words: u32 = 80, note: Option<&str> = None) -> Prompt<Review>`"), "{text}");
}

#[tokio::test]
async fn null_is_not_given_for_an_optional_argument_only() {
    let arguments = with(json!({ "max_words": null, "note": null }));
    assert!(call("review", arguments).await.0.is_ok());
    let problems = refused("review", with(json!({ "stars": null }))).await;
    assert_eq!(problems, ["stars: expected a whole number, found null"]);
}

#[tokio::test]
async fn types_without_a_schema_are_checked_when_they_are_read() {
    let good = json!({ "thing": { "kind": "Round" }, "things": [{ "kind": "Square" }] });
    assert!(call("look_at", good).await.0.is_ok());
    let bad = json!({
        "thing": { "kind": "Rund" },
        "things": [{ "kind": "Round" }, { "kind": 5 }],
        "more": [{ "a b": { "kind": "Round" } }, { "a b": {} }],
    });
    let problems = refused("look_at", bad).await;
    assert_eq!(problems.len(), 3, "{problems:?}");
    assert!(problems[0].starts_with("thing.kind: ") && problems[0].contains("Rund"), "{problems:?}");
    assert!(problems[1].starts_with("things[1].kind: "), "{problems:?}");
    assert!(problems[2].starts_with("more[1][\"a b\"]: ") && problems[2].contains("kind"), "{problems:?}");
    // What is known of the arguments and what is not, together.
    let problems = refused("look_at", json!({ "thing": 5, "thing2": 1 })).await;
    assert_eq!(problems.len(), 3, "{problems:?}");
}

#[tokio::test]
async fn a_prompt_without_json() {
    let (result, asked) = call("typed_only", json!({ "text": "t" })).await;
    let error = result.unwrap_err();
    assert_eq!((error.kind(), asked), (ErrorKind::Unsupported, 0));
    assert_eq!(error.prompt(), Some("typed_only"));
    assert!(error.help().unwrap().contains("call::<TypedOnly>"), "{error}");
}

#[tokio::test]
async fn the_functions_own_error() {
    let (result, asked) = call("fails", json!({ "reason": "the moon is down" })).await;
    let error = result.unwrap_err();
    assert_eq!((error.kind(), asked), (ErrorKind::Prompt, 0));
    assert_eq!(error.to_string(), "prompt `fails`: the prompt function failed: the moon is down");
    assert!(std::error::Error::source(&error).unwrap().is::<std::io::Error>());
    let (result, _) = call("fails_as_configured", json!({})).await;
    let error = result.unwrap_err();
    assert_eq!((error.kind(), error.prompt()), (ErrorKind::Config, Some("fails_as_configured")));
    assert_eq!(error.help(), Some("write one"));
}

#[tokio::test]
async fn a_bad_answer_is_told_as_in_a_typed_call() {
    let dispatcher = Dispatcher::new(Scripted::texts([r#"{ "stars": "x" }"#; 2]))
        .unwrap()
        .with_structured_output(StructuredOutput::exact());
    let by_name = dispatcher.process("review", good()).await.unwrap_err();
    let args = ReviewBookArgs { text: "t", stars: 4, authors: &[], max_words: 1, note: None };
    let typed = dispatcher.call::<ReviewBook>(args).await.unwrap_err();
    assert_eq!(by_name.kind(), ErrorKind::InvalidOutput);
    assert_eq!(by_name.to_string(), typed.to_string());
    assert_eq!(by_name.problems(), typed.problems());
    assert_eq!(by_name.answer(), Some(r#"{ "stars": "x" }"#));
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "a check has this signature")]
fn is_odd(number: &u8) -> Result<(), &'static str> {
    if number.is_multiple_of(2) { Err("even") } else { Ok(()) }
}

#[derive(Debug, Deserialize, LlmSchema)]
#[allow(dead_code, reason = "only read as JSON")]
struct Pair {
    #[llm(check = is_odd)]
    first: u8,
    second: u8,
}

#[prompt]
async fn odds() -> Prompt<Pair> {
    Prompt::new().user("Two numbers.")
}

#[tokio::test]
async fn an_answer_is_held_to_the_checks_of_its_type() {
    let answers =
        [r#"{ "first": 2, "second": 0 }"#, r#"{ "first": 2, "second": 300 }"#, "Sure: { first: 4, second: 0 }"];
    let mut found = Vec::new();
    for answer in answers {
        let dispatcher = Dispatcher::new(Scripted::texts([answer]))
            .unwrap()
            .with_structured_output(StructuredOutput::default().with_max_reasks(0));
        let error = dispatcher.process("odds", json!({})).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidOutput);
        found.push(error.problems().iter().map(|problem| problem.path.clone()).collect::<Vec<_>>());
    }
    assert_eq!(found, [vec!["first"], vec!["second"], vec!["first"]]);
}

#[tokio::test]
async fn hostile_arguments_are_only_bad_arguments() {
    let mut deep = json!(1);
    for _ in 0..100 {
        deep = json!([deep]);
    }
    assert_eq!(refused("review", with(json!({ "text": deep }))).await.len(), 1);
    let long = "x".repeat(1 << 20);
    let problems = refused("review", with(json!({ "stars": long, long.clone(): 1 }))).await;
    assert_eq!(problems.len(), 2);
    assert!(problems.iter().all(|problem| problem.len() < 1000), "a message does not repeat a megabyte");
    let many: serde_json::Map<String, Value> = (0..2000).map(|i| (format!("unknown{i}"), json!(i))).collect();
    let (result, _) = call("nothing", Value::Object(many)).await;
    let text = result.unwrap_err().to_string();
    assert!(text.lines().count() < 20, "{text}");
}

// The function sees the same values either way.

#[derive(Debug, Clone, PartialEq, Deserialize, serde::Serialize, LlmSchema)]
enum Colour {
    Red,
    Mixed { red: u8, blue: Option<i64> },
    Named(String),
}

#[prompt(mode = "everything")]
#[expect(clippy::too_many_arguments, reason = "one of each kind")]
async fn everything(
    text: &str,
    owned: String,
    word: Cow<'_, str>,
    maybe: Option<&str>,
    small: i8,
    large: u64,
    real: f64,
    flag: bool,
    letter: char,
    list: &[String],
    words: Vec<&str>,
    path: &Path,
    colour: &Colour,
    pair: (u8, Option<Colour>),
    map: BTreeMap<String, Vec<i32>>,
    #[arg(default = 7)] count: u16,
    #[arg(default = "d")] fallback: &str,
) -> String {
    format!(
        "{text:?} {owned:?} {word:?} {maybe:?} {small} {large} {real:?} {flag} {letter:?} {list:?} {words:?} {path:?} \
         {colour:?} {pair:?} {map:?} {count} {fallback:?}"
    )
}

fn colour() -> impl Strategy<Value = Colour> {
    prop_oneof![
        Just(Colour::Red),
        (any::<u8>(), any::<Option<i64>>()).prop_map(|(red, blue)| Colour::Mixed { red, blue }),
        any::<String>().prop_map(Colour::Named),
    ]
}

proptest! {
    #[test]
    fn a_call_by_name_renders_what_a_typed_call_does(
        (text, owned, word, maybe) in (any::<String>(), any::<String>(), any::<String>(), any::<Option<String>>()),
        (small, large, real, flag, letter) in (any::<i8>(), any::<u64>(), -1e12..1e12, any::<bool>(), any::<char>()),
        (list, words, path) in (any::<Vec<String>>(), any::<Vec<String>>(), any::<String>()),
        (shade, pair) in (colour(), (any::<u8>(), proptest::option::of(colour()))),
        map in proptest::collection::btree_map(any::<String>(), any::<Vec<i32>>(), 0..4),
        (count, fallback) in (any::<Option<u16>>(), any::<Option<String>>()),
    ) {
        let mut arguments = json!({
            "text": text, "owned": owned, "word": word, "maybe": maybe, "small": small, "large": large, "real": real,
            "flag": flag, "letter": letter, "list": list, "words": words, "path": path, "colour": shade, "pair": pair,
            "map": map,
        });
        if let Some(count) = count {
            arguments["count"] = json!(count);
        }
        if let Some(fallback) = &fallback {
            arguments["fallback"] = json!(fallback);
        }
        let args = EverythingArgs {
            text: &text,
            owned,
            word: Cow::Borrowed(&word),
            maybe: maybe.as_deref(),
            small,
            large,
            real,
            flag,
            letter,
            list: &list,
            words: words.iter().map(String::as_str).collect(),
            path: Path::new(&path),
            colour: &shade,
            pair,
            map,
            count: count.unwrap_or(7),
            fallback: fallback.as_deref().unwrap_or("d"),
        };
        let provider = Scripted::texts(["fine", "fine"]);
        let dispatcher = Dispatcher::new(provider.clone()).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            dispatcher.call::<Everything>(args).await.unwrap();
            dispatcher.process(Everything::ENTRY.mode(), arguments).await.unwrap();
        });
        let requests = provider.requests();
        prop_assert_eq!(&requests[0].messages, &requests[1].messages);
        prop_assert_eq!(&requests[0].system, &requests[1].system);
        prop_assert_eq!(&requests[0].options, &requests[1].options);
    }
}

#[tokio::test]
async fn a_mode_of_any_size_makes_a_short_error() {
    let dispatcher = Dispatcher::new(Scripted::texts(["unused"])).unwrap();
    for mode in ["x".repeat(1 << 20), format!("{}.x", "ä".repeat(1 << 19))] {
        let error = dispatcher.process(&mode, json!({})).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UnknownPrompt);
        assert!(error.to_string().len() < 1_000, "{} bytes", error.to_string().len());
    }
}
