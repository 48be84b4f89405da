//! What `#[prompt]` makes of a function: its keys, what it returns, its docs and attributes.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::error::Error as _;

use codex_ai::mount::{STATELESS, Stateless};
use codex_ai::{
    Entry, Error, ErrorKind, LlmSchema, Options, Output, OutputOf, Prompt, PromptDef, Registry, Request, Schema, prompt,
};
use serde::Deserialize;

/// What a busy reader needs to know.
#[derive(Debug, Deserialize, LlmSchema)]
struct Summary {
    #[allow(dead_code, reason = "only the schema is looked at")]
    headline: String,
}

async fn rendered<Q: PromptDef<State = Stateless>>(args: Q::Args<'_>) -> Request {
    Q::render(STATELESS, args).await.unwrap().into_request()
}

fn texts(request: &Request) -> Vec<String> {
    request.messages.iter().map(|message| message.text().unwrap_or_default().into_owned()).collect()
}

// Keys.

#[prompt]
async fn no_keys() -> String {
    "Hello".to_owned()
}

#[prompt(
    mode = "letters/reply.v2-a_b",
    model = "openai/gpt-5.6-luna",
    temperature = 0.25,
    max_tokens = 1_500,
    marker = Answer,
    json = true,
    crate = ::codex_ai,
)]
async fn reply_to_letter(text: &str) -> String {
    format!("Answer this: {text}")
}

#[prompt(model = "gpt-5.6-luna", temperature = 0)]
async fn cold() -> &'static str {
    "Answer coldly"
}

#[prompt(model = "meta-llama/llama-4", temperature = 2, json = false)]
async fn hot() -> &'static str {
    "Answer hotly"
}

#[test]
fn without_keys_the_mode_is_the_name_and_nothing_is_set() {
    let entry = NoKeys::ENTRY;
    assert_eq!(entry.mode(), "no_keys");
    assert_eq!(entry.marker(), "NoKeys");
    assert_eq!((entry.model(), entry.temperature(), entry.max_tokens()), (None, None, None));
    assert!(entry.takes_json());
    assert!(entry.args().is_empty());
    assert_eq!(entry.docs(), "");
}

#[test]
fn every_key_is_in_the_entry() {
    let entry = Answer::ENTRY;
    assert_eq!(entry.mode(), "letters/reply.v2-a_b");
    assert_eq!(entry.marker(), "Answer");
    assert_eq!(entry.model(), Some("openai/gpt-5.6-luna"));
    assert_eq!(entry.temperature(), Some(0.25));
    assert_eq!(entry.max_tokens(), Some(1500));
    assert!(entry.takes_json());
    assert_eq!(entry.signature(), "reply_to_letter(text: &str) -> String");
}

#[test]
fn a_temperature_of_zero_is_a_temperature() {
    assert_eq!(Cold::ENTRY.temperature(), Some(0.0));
    assert_eq!(Hot::ENTRY.temperature(), Some(2.0));
    assert_eq!(Hot::ENTRY.model(), Some("meta-llama/llama-4"));
    assert!(!Hot::ENTRY.takes_json());
    assert!(Hot::ENTRY.input_schema().is_none());
}

#[tokio::test]
async fn keys_are_no_options_of_the_rendered_prompt() {
    // They are weaker than what the prompt value sets; the dispatcher puts them together.
    assert_eq!(rendered::<Cold>(ColdArgs {}).await.options, Options::new());
}

#[test]
fn the_marker_key_names_arguments_and_builder_too() {
    let args: AnswerArgs<'_> = Answer::builder().text("Dear all").build();
    assert_eq!(args.text, "Dear all");
    let _: fn() -> AnswerBuilder<'static, codex_ai::__private::Unset> = Answer::builder;
}

// The function itself.

#[tokio::test]
async fn the_function_can_still_be_called() {
    assert_eq!(no_keys().await, "Hello");
    assert_eq!(reply_to_letter("x").await, "Answer this: x");
    let function: fn(&'static str) -> _ = reply_to_letter;
    assert_eq!(function("y").await, "Answer this: y");
}

#[test]
fn marker_names_follow_the_function() {
    #[prompt]
    async fn r#try() -> &'static str {
        "a"
    }
    #[prompt]
    async fn _under_score_() -> &'static str {
        "a"
    }
    #[prompt]
    async fn version2_of_it() -> &'static str {
        "a"
    }
    assert_eq!((Try::ENTRY.mode(), Try::ENTRY.marker()), ("try", "Try"));
    assert_eq!((UnderScore::ENTRY.mode(), UnderScore::ENTRY.marker()), ("_under_score_", "UnderScore"));
    assert_eq!(Version2OfIt::ENTRY.marker(), "Version2OfIt");
}

// Return types.

#[prompt]
async fn returns_prompt() -> Prompt {
    Prompt::new().system("Be brief.").user("Why?").temperature(0.0).max_tokens(7).model("m")
}

#[prompt]
async fn returns_typed() -> Prompt<Summary> {
    Prompt::new().user("Sum up.")
}

#[prompt]
async fn returns_number() -> Prompt<u8> {
    Prompt::new().user("How many?")
}

#[prompt]
async fn returns_list() -> Prompt<Vec<Option<Summary>>> {
    Prompt::new().user("Sum up all.")
}

#[prompt]
async fn reads_a_file(path: &std::path::Path) -> std::io::Result<String> {
    std::fs::read_to_string(path)
}

#[prompt]
async fn boxed_error(text: &str) -> Result<Prompt<Summary>, Box<dyn std::error::Error + Send + Sync>> {
    let number: u8 = text.parse()?;
    Ok(Prompt::new().user(number.to_string()))
}

#[prompt]
async fn string_error(good: bool) -> Result<&'static str, String> {
    if good { Ok("fine") } else { Err("the moon is down".to_owned()) }
}

#[prompt]
async fn str_error() -> Result<String, &'static str> {
    Err("no")
}

#[prompt]
async fn own_error() -> codex_ai::Result<Prompt> {
    Err(Error::new(ErrorKind::Config, "no letterhead").with_help("set `LETTERHEAD`"))
}

#[prompt]
async fn nested_result() -> Result<Result<String, std::fmt::Error>, std::num::ParseIntError> {
    let _: u8 = "1".parse()?;
    Ok(Err(std::fmt::Error))
}

type Alias = Result<Prompt<Summary>, std::fmt::Error>;

#[prompt]
async fn by_alias() -> Alias {
    Ok(Prompt::new().user("Sum up."))
}

fn output_is<Q: PromptDef, T: 'static>() -> bool {
    std::any::TypeId::of::<OutputOf<Q>>() == std::any::TypeId::of::<T>()
}

#[test]
fn the_output_type_follows_the_return_type() {
    assert!(output_is::<ReturnsPrompt, String>());
    assert!(output_is::<NoKeys, String>());
    assert!(output_is::<Cold, String>());
    assert!(output_is::<ReturnsTyped, Summary>());
    assert!(output_is::<ReturnsNumber, u8>());
    assert!(output_is::<ReturnsList, Vec<Option<Summary>>>());
    assert!(output_is::<ReadsAFile, String>());
    assert!(output_is::<BoxedError, Summary>());
    assert!(output_is::<StringError, String>());
    assert!(output_is::<OwnError, String>());
    assert!(output_is::<NestedResult, String>());
    assert!(output_is::<ByAlias, Summary>());
}

#[tokio::test]
async fn text_asks_for_text_and_a_type_for_its_schema() {
    let request = rendered::<ReturnsPrompt>(ReturnsPromptArgs {}).await;
    assert!(matches!(request.output, Output::Text));
    assert_eq!(request.system.as_deref(), Some("Be brief."));
    assert_eq!(texts(&request), ["Why?"]);
    assert_eq!(request.options, Options::new().with_temperature(0.0).with_max_tokens(7).with_model("m"));

    assert_eq!(texts(&rendered::<NoKeys>(NoKeysArgs {}).await), ["Hello"]);
    assert_eq!(texts(&rendered::<Cold>(ColdArgs {}).await), ["Answer coldly"]);

    let request = rendered::<ReturnsTyped>(ReturnsTypedArgs {}).await;
    let Output::Schema(schema) = request.output else { panic!("no schema") };
    assert!(std::sync::Arc::ptr_eq(&schema, Schema::of::<Summary>()));
    assert!(matches!(ReturnsTyped::ENTRY.output(), Output::Schema(_)));
    assert!(matches!(rendered::<ReturnsNumber>(ReturnsNumberArgs {}).await.output, Output::Schema(_)));
    assert!(ReturnsPrompt::ENTRY.output_schema().is_none());
}

#[tokio::test]
async fn an_error_of_the_function_keeps_its_cause() {
    let missing = std::path::Path::new("there/is/no/such/file");
    let error = ReadsAFile::render(STATELESS, ReadsAFileArgs { path: missing }).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Prompt);
    let cause = error.source().unwrap().downcast_ref::<std::io::Error>().unwrap();
    assert_eq!(cause.kind(), std::io::ErrorKind::NotFound);
    assert!(error.message().starts_with("the prompt function failed: "), "{error}");

    let error = BoxedError::render(STATELESS, BoxedErrorArgs { text: "many" }).await.unwrap_err();
    assert!(error.source().unwrap().is::<std::num::ParseIntError>());

    let error = StringError::render(STATELESS, StringErrorArgs { good: false }).await.unwrap_err();
    assert_eq!(error.to_string(), "the prompt function failed: the moon is down");
    assert_eq!(texts(&rendered::<StringError>(StringErrorArgs { good: true }).await), ["fine"]);

    let error = NestedResult::render(STATELESS, NestedResultArgs {}).await.unwrap_err();
    assert!(error.source().unwrap().is::<std::fmt::Error>());
    assert_eq!(
        StrError::render(STATELESS, StrErrorArgs {}).await.unwrap_err().message(),
        "the prompt function failed: no"
    );
}

#[tokio::test]
async fn an_error_of_the_library_comes_back_as_it_was() {
    let error = OwnError::render(STATELESS, OwnErrorArgs {}).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert_eq!(error.message(), "no letterhead");
    assert_eq!(error.help(), Some("set `LETTERHEAD`"));
    assert!(error.source().is_none());
}

// Docs, visibility, attributes.

/// Answers a letter.
///
///   - politely
///
/// With "quotes" and a \ backslash.
#[prompt]
async fn documented(
    /// The letter,
    /// as it came.
    letter: &str,
    words: u32,
) -> String {
    format!("{words} words for {letter}")
}

#[doc = include_str!("data/letter.md")]
#[prompt]
async fn documented_by_file(#[doc = concat!("The ", "letter.")] letter: &str) -> String {
    letter.to_owned()
}

/** A block comment. */
#[prompt]
async fn documented_by_block() -> &'static str {
    "x"
}

#[test]
fn docs_are_in_the_entry() {
    let entry = Documented::ENTRY;
    assert_eq!(
        entry.docs(),
        "Answers a letter.\n\n  - politely\n\nWith \"quotes\" and a \\ backslash.",
        "one space behind the slashes goes, the rest stays"
    );
    assert_eq!(entry.summary(), "Answers a letter.");
    assert_eq!(entry.args()[0].docs, "The letter,\nas it came.");
    assert_eq!(entry.args()[1].docs, "");

    let entry = DocumentedByFile::ENTRY;
    assert_eq!(entry.docs(), "Answers a letter.\n\nThe tone is friendly.");
    assert_eq!(entry.summary(), "Answers a letter.");
    assert_eq!(entry.args()[0].docs, "The letter.");
    let schema = entry.input_schema().unwrap().as_value();
    assert_eq!(schema["properties"]["letter"]["description"], "The letter.");

    assert_eq!(DocumentedByBlock::ENTRY.docs(), "A block comment.");
}

#[test]
fn the_place_is_that_of_the_functions_name() {
    #[rustfmt::skip]
    #[prompt]
    async fn placed() -> &'static str { "x" }
    let line = line!() - 1;
    let entry = Placed::ENTRY;
    assert_eq!(entry.line(), line);
    assert_eq!(entry.column(), 14);
    assert!(entry.file().ends_with("prompts.rs"), "{}", entry.file());
    assert_eq!(entry.place(), format!("{}:{line}", entry.file()));
    assert_eq!(entry.crate_name(), "codex-ai-tests");
    assert_eq!(entry.crate_version(), env!("CARGO_PKG_VERSION"));
    assert!(entry.path().starts_with("prompts::"), "{}", entry.path());
    assert!(entry.path().ends_with("::placed"), "{}", entry.path());
}

mod outer {
    pub(crate) mod inner {
        use codex_ai::prompt;

        #[prompt]
        pub(in crate::outer) async fn for_outer(text: &str) -> String {
            text.to_owned()
        }

        #[prompt]
        pub(crate) async fn for_crate(text: &str, #[arg(default)] loud: bool) -> String {
            format!("{text}{loud}")
        }

        #[prompt(mode = "outer.private")]
        async fn private() -> &'static str {
            "p"
        }

        pub(crate) fn private_entry() -> &'static codex_ai::Entry {
            <Private as codex_ai::PromptDef>::ENTRY
        }
    }

    pub(crate) fn build() -> String {
        inner::ForOuter::builder().text("a").build().text.to_owned()
    }
}

#[test]
fn visibility_is_that_of_the_function() {
    assert_eq!(outer::build(), "a");
    let args = outer::inner::ForCrate::builder().loud(true).text("b").build();
    let outer::inner::ForCrateArgs { text, loud } = args;
    assert_eq!((text, loud), ("b", true));
    assert_eq!(outer::inner::private_entry().mode(), "outer.private");
    assert!(Registry::discover().unwrap().get("outer.private").is_some(), "a private prompt is registered too");
}

#[deprecated(note = "write letters by hand")]
#[prompt]
async fn deprecated_above() -> &'static str {
    "x"
}

#[prompt]
#[deprecated]
async fn deprecated_below(text: &str) -> String {
    text.to_owned()
}

#[prompt]
#[cfg(any())]
async fn left_out(text: NoSuchType) -> String {
    text.no_such_method()
}

#[prompt]
#[cfg(not(any()))]
async fn kept_in(text: &str) -> String {
    text.to_owned()
}

#[prompt]
#[allow(non_snake_case, clippy::too_many_arguments)]
async fn lint_levels(A: u8, b: u8, c: u8, d: u8, e: u8, f: u8, g: u8, h: u8, i: u8) -> String {
    (A + b + c + d + e + f + g + h + i).to_string()
}

#[prompt]
#[must_use = "x"]
#[inline]
#[doc(hidden)]
async fn other_attributes() -> &'static str {
    "x"
}

#[test]
fn attributes_are_kept() {
    let registry = Registry::discover().unwrap();
    let has = |mode: &str| registry.get(mode).is_some();
    assert!(has("deprecated_above") && has("deprecated_below") && has("kept_in") && has("lint_levels"));
    assert!(has("other_attributes"));
    assert!(!has("left_out"));
}

#[test]
#[expect(deprecated, reason = "that it is deprecated is the point")]
fn deprecated_is_copied_to_the_marker() {
    assert_eq!(DeprecatedAbove::ENTRY.mode(), "deprecated_above");
    let _ = DeprecatedBelow::builder();
}

#[test]
fn everything_of_this_binary_is_discovered_once_and_in_order() {
    let registry = Registry::discover().unwrap();
    let modes: Vec<_> = registry.iter().map(Entry::mode).collect();
    let mut sorted = modes.clone();
    sorted.sort_unstable();
    sorted.dedup();
    assert_eq!(modes, sorted);
    for mode in ["no_keys", "cold", "hot", "placed", "try", "letters/reply.v2-a_b"] {
        assert!(modes.contains(&mode), "{mode}");
    }
}

#[tokio::test]
async fn many_modes_are_counted_rather_than_listed() {
    let count = Registry::discover().unwrap().len();
    assert!(count > 10);
    let dispatcher = codex_ai::Dispatcher::new(codex_ai::testing::Scripted::texts([""; 0])).unwrap();
    let error = dispatcher.process("something else", serde_json::json!({})).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UnknownPrompt);
    let help = format!("{count} prompts are registered; `Registry::discover()` lists them");
    assert_eq!(error.help(), Some(help.as_str()));
}

#[test]
fn the_registry_of_this_binary_is_fine() {
    codex_ai::testing::assert_registry_ok();
}
