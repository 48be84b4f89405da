//! The macros work wherever a function and a type may stand, whatever names are there. Users under all lints, of another
//! edition and of a renamed crate are in `test-crates/`.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use codex_ai::mount::{STATELESS, Stateless};
use codex_ai::testing::Scripted;
use codex_ai::{Dispatcher, PromptDef, Registry, StructuredOutput};
use serde_json::json;

fn has(mode: &str) -> bool {
    Registry::discover().unwrap().get(mode).is_some()
}

async fn asked<Q: PromptDef<State = Stateless>>(args: Q::Args<'_>) -> String {
    Q::render(STATELESS, args).await.unwrap().into_request().messages[0].text().unwrap().into_owned()
}

async fn asked_by_name(mode: &str, arguments: serde_json::Value) -> String {
    let provider = Scripted::texts(["1"]);
    Dispatcher::new(provider.clone()).unwrap().process(mode, arguments).await.unwrap();
    provider.requests()[0].messages[0].text().unwrap().into_owned()
}

// Without the prelude.

mod bare {
    #![no_implicit_prelude]

    #[derive(::serde::Deserialize, ::codex_ai::LlmSchema)]
    #[allow(dead_code, reason = "only its schema is looked at")]
    pub(super) struct Answer {
        #[llm(min = 1, max = 10, example = 5)]
        pub(super) stars: u8,
        #[llm(min_length = 1, pattern = "^[a-z]", description = "why", example = "it is")]
        #[serde(default)]
        why: ::std::string::String,
        #[serde(default)]
        list: ::std::vec::Vec<Kind>,
        next: ::core::option::Option<::std::boxed::Box<Self>>,
    }

    #[derive(::serde::Deserialize, ::codex_ai::LlmSchema)]
    #[serde(tag = "kind")]
    #[allow(dead_code, reason = "only its schema is looked at")]
    pub(super) enum Kind {
        A { x: u8 },
        B,
    }

    #[derive(::serde::Deserialize, ::codex_ai::LlmSchema)]
    #[allow(dead_code, reason = "only its schema is looked at")]
    pub(super) struct Page<T>(::std::vec::Vec<T>);

    /// Rates.
    ///
    /// All its arguments are optional: for each required one there is a `#[diagnostic]` attribute in the generated code,
    /// and the name `diagnostic` is part of the prelude.
    #[::codex_ai::prompt(mode = "bare.rate", model = "m", temperature = 0.5, max_tokens = 3)]
    pub(super) async fn rate(
        #[arg(default = "a")] text: &str,
        #[arg(default = 3)] stars: u8,
        #[arg(default)] list: ::std::vec::Vec<::std::string::String>,
        note: ::core::option::Option<&str>,
    ) -> ::core::result::Result<::codex_ai::Prompt<Answer>, ::std::fmt::Error> {
        let _ = (list, note);
        ::core::result::Result::Ok(::codex_ai::Prompt::new().user(::std::format!("{text} {stars}")))
    }

    #[::codex_ai::prompt(mode = "bare.pages", json = false)]
    pub(super) async fn pages() -> ::codex_ai::Prompt<Page<Answer>> {
        ::codex_ai::Prompt::new()
    }
}

#[tokio::test]
async fn without_the_prelude() {
    let args = bare::Rate::builder().build();
    assert_eq!(asked::<bare::Rate>(args).await, "a 3");
    assert!(has("bare.rate") && has("bare.pages"));
    let dispatcher = Dispatcher::new(Scripted::texts([r#"{ "stars": 4 }"#])).unwrap();
    assert_eq!(bare::Rate::builder().stars(4).call(&dispatcher).await.unwrap().stars, 4);
}

// With the prelude's names, and others, taken.

mod taken {
    #![allow(dead_code, non_camel_case_types, reason = "the names are the point")]

    #[derive(Debug, Clone, serde::Deserialize, codex_ai::LlmSchema)]
    pub(super) struct Option {
        pub(super) a: u8,
    }
    #[derive(Debug, Clone, serde::Deserialize, codex_ai::LlmSchema)]
    pub(super) struct String {
        pub(super) b: Option,
    }
    #[derive(Debug, Clone, serde::Deserialize, codex_ai::LlmSchema)]
    #[schemars(extend("x-more" = true))]
    pub(super) struct Vec {
        #[llm(min_items = 1, description = "c", example = std::vec::Vec::new())]
        #[serde(default)]
        pub(super) c: std::vec::Vec<String>,
    }
    #[derive(Debug, Clone, serde::Deserialize, codex_ai::LlmSchema)]
    pub(super) enum Box {
        Some(Vec),
        None,
        Ok { d: Option },
    }
    pub(super) struct Result;
    pub(super) struct Some;
    pub(super) struct None;
    pub(super) struct Ok;
    pub(super) struct Err;
    pub(super) struct Cow;
    pub(super) struct Arc;
    pub(super) struct Entry;
    pub(super) struct Prompt;
    pub(super) struct Value;
    pub(super) struct Self_;
    pub(super) trait Send {}
    pub(super) trait Sync {}
    pub(super) trait Sized {}
    pub(super) trait Clone_ {}
    pub(super) trait Default {}
    pub(super) trait Into {}
    pub(super) trait From {}
    pub(super) trait Future {}
    pub(super) trait ToOwned {}
    pub(super) trait Borrow {}
    pub(super) trait LlmSchema {}
    pub(super) trait JsonSchema {}
    pub(super) trait PromptDef {}
    pub(super) mod core {}
    pub(super) mod std_ {}
    pub(super) mod codex_ai_ {}
    #[allow(unused_macros, reason = "the name is the point")]
    macro_rules! concat {
        () => {};
    }
    #[allow(unused_macros, reason = "the name is the point")]
    macro_rules! vec {
        () => {};
    }

    #[codex_ai::prompt(mode = "taken.names")]
    pub(super) async fn names(
        option: Option,
        string: &String,
        #[arg(default = 7)] vec: u8,
        list: &[Vec],
    ) -> codex_ai::Prompt<Box> {
        codex_ai::Prompt::new().user(format!("{option:?} {string:?} {vec} {list:?}"))
    }
}

#[tokio::test]
async fn with_the_names_of_the_prelude_taken() {
    let string = taken::String { b: taken::Option { a: 2 } };
    let args = taken::Names::builder().option(taken::Option { a: 1 }).string(&string).list(&[]).build();
    let asked = asked::<taken::Names>(args).await;
    assert_eq!(asked, "Option { a: 1 } String { b: Option { a: 2 } } 7 []");
    let provider = Scripted::texts([r#""None""#]);
    let arguments = json!({ "option": { "a": 1 }, "string": { "b": { "a": 2 } }, "list": [] });
    let answer = Dispatcher::new(provider.clone()).unwrap().process("taken.names", arguments).await.unwrap();
    assert_eq!(answer, "None");
    assert_eq!(provider.requests()[0].messages[0].text().unwrap(), asked);
}

// In function bodies, called or not.

#[allow(dead_code, reason = "that nobody calls it is the point")]
fn never_called() {
    #[derive(serde::Deserialize, codex_ai::LlmSchema)]
    struct Local {
        a: u8,
    }

    #[codex_ai::prompt(mode = "body.never")]
    async fn inner(text: &str) -> codex_ai::Prompt<Local> {
        codex_ai::Prompt::new().user(text)
    }
}

#[allow(dead_code, reason = "that nobody uses it is the point")]
struct Generic<T>(T);

#[allow(dead_code, reason = "that nobody calls them is the point")]
impl<T> Generic<T> {
    fn method(&self) -> u8 {
        #[codex_ai::prompt(mode = "body.method")]
        async fn inner() -> &'static str {
            "x"
        }
        let closure = || {
            #[codex_ai::prompt(mode = "body.closure")]
            async fn inner(a: u8) -> String {
                a.to_string()
            }
        };
        closure();
        1
    }
}

const _: () = {
    #[codex_ai::prompt(mode = "body.const")]
    async fn inner() -> &'static str {
        "x"
    }
};

mod outer {
    mod private {
        mod deeper {
            #[codex_ai::prompt(mode = "private.deeper")]
            async fn hidden(text: &str) -> String {
                text.to_owned()
            }
        }
    }
}

#[tokio::test]
async fn in_bodies_and_private_modules() {
    for mode in ["body.never", "body.method", "body.closure", "body.const", "private.deeper"] {
        assert!(has(mode), "{mode}");
    }
    assert_eq!(asked_by_name("private.deeper", json!({ "text": "t" })).await, "t");
    let answer = Dispatcher::new(Scripted::texts([r#"{ "a": 300 }"#])).unwrap();
    let answer = answer.with_structured_output(StructuredOutput::exact());
    let error = answer.process("body.never", json!({ "text": "t" })).await.unwrap_err();
    assert_eq!(error.problems()[0].path, "a");
}

#[tokio::test]
async fn two_functions_may_have_prompts_of_one_name() {
    fn one() -> &'static codex_ai::Entry {
        #[codex_ai::prompt(mode = "body.one")]
        async fn same() -> &'static str {
            "1"
        }
        Same::ENTRY
    }
    fn two() -> &'static codex_ai::Entry {
        #[codex_ai::prompt(mode = "body.two")]
        async fn same() -> &'static str {
            "2"
        }
        Same::ENTRY
    }
    assert_eq!((one().mode(), two().mode()), ("body.one", "body.two"));
}

// Made by `macro_rules!`.

macro_rules! prompts {
    ($(
        $(#[$attribute:meta])*
        $vis:vis $name:ident as $marker:ident ($mode:literal, $temperature:expr):
        ($($argument:ident: $ty:ty $(= $default:expr)?),*) -> $output:ty { $body:expr }
    )*) => {$(
        $(#[$attribute])*
        #[codex_ai::prompt(mode = $mode, temperature = $temperature, marker = $marker)]
        $vis async fn $name($($(#[arg(default = $default)])? $argument: $ty),*) -> codex_ai::Prompt<$output> {
            codex_ai::Prompt::new().user($body)
        }
    )*};
}

macro_rules! answers {
    ($(#[$attribute:meta])* $name:ident { $($field:ident: $ty:ty [$min:expr, $max:literal]),* }) => {
        $(#[$attribute])*
        #[derive(Debug, PartialEq, serde::Deserialize, codex_ai::LlmSchema)]
        struct $name { $(#[llm(min = $min, max = $max)] $field: $ty),* }
    };
}

answers! {
    /// Made by a macro.
    Rating { stars: u8 [1, 5], weight: Option<f32> [0.5, 1.5] }
}

prompts! {
    /// Counts.
    pub(crate) count as Counting ("macro.count", 0.5): (text: &str, max: Option<u8>, list: &[&str]) -> u8 {
        format!("{text} {max:?} {list:?}")
    }
    rate as AskRating ("macro.rate", 0): (list: Vec<u8>, by: std::borrow::Cow<'_, str> = "me".into()) -> Rating {
        format!("{list:?} by {by}")
    }
}

#[tokio::test]
async fn made_by_macro_rules() {
    assert_eq!(Counting::ENTRY.docs(), "Counts.");
    assert_eq!(Counting::ENTRY.temperature(), Some(0.5));
    assert_eq!(
        Counting::ENTRY.signature(),
        "count(text: &str, max: Option<u8> = None, list: &[&str]) -> codex_ai::Prompt<u8>"
    );
    assert_eq!(asked::<Counting>(Counting::builder().text("a").list(&["b"]).build()).await, r#"a None ["b"]"#);
    assert_eq!(
        asked_by_name("macro.count", json!({ "text": "a", "list": ["b"], "max": 3 })).await,
        r#"a Some(3) ["b"]"#
    );
    assert_eq!(asked::<AskRating>(AskRating::builder().list(vec![1]).build()).await, "[1] by me");
    let dispatcher =
        Dispatcher::new(Scripted::texts([r#"{ "stars": 5, "weight": 0.5 }"#, r#"{ "stars": 6 }"#])).unwrap();
    let dispatcher = dispatcher.with_structured_output(StructuredOutput::exact());
    let call = || AskRating::builder().list(vec![]).call(&dispatcher);
    assert_eq!(call().await.unwrap(), Rating { stars: 5, weight: Some(0.5) });
    assert_eq!(call().await.unwrap_err().problems()[0].path, "stars");
    assert_eq!(asked::<MadeInside>(MadeInsideArgs { text: "x" }).await, "x");
}

/// Everything comes from inside the macro, the function's name and its argument included.
macro_rules! all_inside {
    () => {
        #[codex_ai::prompt(mode = "macro.inside")]
        async fn made_inside(text: &str) -> String {
            text.to_owned()
        }
    };
}

all_inside!();

// Attributes of the user that concern generated code.

#[deny(missing_docs, missing_debug_implementations, dead_code, unused, unreachable_pub, clippy::pedantic)]
mod denying {
    /// A prompt.
    #[codex_ai::prompt(mode = "denying.prompt")]
    #[deny(deprecated)]
    async fn prompt_of_careful_user(text: &str) -> String {
        text.to_owned()
    }
}
