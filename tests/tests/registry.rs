//! The registry of a binary that links three prompt libraries, two of which are two versions of one.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::sync::{Arc, Mutex};

use codex_ai::testing::Scripted;
use codex_ai::{Dispatcher, Entry, ErrorKind, Prompt, PromptDef, Registry, Router, prompt};
use serde_json::{Value, json};

codex_ai::link_prompts!(news, legal, legal2);

/// The registry, with the collisions of the libraries decided.
fn registry() -> Registry {
    Registry::builder().prefer::<news::Summarize>().prefer::<legal2::Explain>().discover().unwrap()
}

// Collisions.

#[test]
fn collisions_are_refused_with_every_place_and_the_way_out() {
    let error = Registry::discover().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Registry);
    let text = error.to_string();
    let wanted = [
        "2 prompts share the mode `legal.explain`",
        "\n    1. codex_ai_tests_legal::explain  codex-ai-tests-legal 1.0.0  test-crates/legal/src/lib.rs:13",
        "\n    2. codex_ai_tests_legal::explain  codex-ai-tests-legal 2.0.0  ",
        "legal-2/src/lib.rs:7",
        "\n    two versions of `codex-ai-tests-legal` are linked (1.0.0, 2.0.0); align them in the manifest",
        "\n2 prompts share the mode `shared.summarize`",
        "\n    1. codex_ai_tests_legal::summarize  codex-ai-tests-legal 1.0.0  test-crates/legal/src/lib.rs:7",
        "\n    2. codex_ai_tests_news::summarize  codex-ai-tests-news 0.3.1  test-crates/news/src/lib.rs:7",
        "help: give one of them another name, for instance `#[prompt(mode = \"",
        "`Registry::builder().prefer::<",
    ];
    for wanted in wanted {
        assert!(text.contains(wanted), "{wanted:?} is not in\n{text}");
    }
}

#[test]
fn a_dispatcher_refuses_them_too() {
    let error = Dispatcher::new(Scripted::texts([""; 0])).unwrap_err();
    assert_eq!(error.to_string(), Registry::discover().unwrap_err().to_string());
}

#[test]
fn assert_registry_ok_panics_with_the_error() {
    let panic = std::panic::catch_unwind(codex_ai::testing::assert_registry_ok).unwrap_err();
    let text = panic.downcast_ref::<String>().unwrap();
    assert_eq!(text, &Registry::discover().unwrap_err().to_string());
}

#[test]
fn one_decision_is_not_enough_for_two_collisions() {
    let error = Registry::builder().prefer::<news::Summarize>().discover().unwrap_err();
    let text = error.to_string();
    assert!(text.contains("`legal.explain`") && !text.contains("`shared.summarize`"), "{text}");
}

#[test]
fn preferred_prompts_are_taken() {
    let registry = registry();
    assert_eq!(registry.get("shared.summarize").unwrap().crate_name(), "codex-ai-tests-news");
    assert_eq!(registry.get("legal.explain").unwrap().crate_version(), "2.0.0");
    let other = Registry::builder().prefer::<legal::Summarize>().prefer::<legal::Explain>().discover().unwrap();
    assert_eq!(other.get("shared.summarize").unwrap().crate_name(), "codex-ai-tests-legal");
    assert_eq!(other.get("legal.explain").unwrap().crate_version(), "1.0.0");
    assert_eq!(registry.len(), other.len());
}

// Listing.

/// Writes an ode.
///
/// In the style of Keats.
#[prompt(mode = "ode", model = "openai/gpt-5.6-luna", temperature = 0.9, max_tokens = 400)]
async fn write_ode(
    /// To whom.
    to: &str,
    #[arg(default = 3)] stanzas: u8,
    mood: Option<Mood>,
    opaque: Vec<Opaque>,
) -> Prompt<Vec<Stanza>> {
    Prompt::new().user(format!("{to} {stanzas} {mood:?} {}", opaque.len()))
}

/// How it feels.
#[derive(Debug, serde::Deserialize, codex_ai::LlmSchema)]
enum Mood {
    Glad,
    Sad,
}

/// Four lines.
#[derive(Debug, serde::Deserialize, codex_ai::LlmSchema)]
#[allow(dead_code, reason = "only the schema is looked at")]
struct Stanza {
    lines: [String; 4],
}

#[derive(Debug, serde::Deserialize)]
struct Opaque;

#[prompt(mode = "zed", json = false)]
async fn unlisted() -> &'static str {
    "z"
}

#[test]
fn entries_are_sorted_by_mode() {
    let registry = registry();
    let modes: Vec<_> = registry.iter().map(Entry::mode).collect();
    assert_eq!(modes, ["legal.explain", "news.headline", "ode", "shared.summarize", "zed"]);
    assert_eq!(registry.len(), 5);
    assert!(!registry.is_empty());
    for mode in modes {
        assert_eq!(registry.get(mode).unwrap().mode(), mode);
    }
    assert!(registry.get("od").is_none() && registry.get("").is_none() && registry.get("ode ").is_none());
}

#[test]
fn the_table() {
    let text = registry().to_string();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 6, "{text}");
    assert!(lines[0].starts_with("MODE              SIGNATURE  "), "{text}");
    let column = |line: &str, text: &str| line.find(text).unwrap();
    let signature = column(lines[0], "SIGNATURE");
    assert_eq!(column(lines[2], "headline(text: &str, max_words: u8 = 12) -> String"), signature);
    let docs = column(lines[0], "WHAT IT DOES");
    assert_eq!(column(lines[2], "Writes a headline."), docs);
    assert_eq!(column(lines[3], "Writes an ode."), docs, "the first line of the docs only");
    assert_eq!(column(lines[2], "test-crates/news/src/lib.rs:13"), column(lines[0], "PLACE"));
    assert!(lines[3].ends_with(&WriteOde::ENTRY.place()));
}

#[test]
fn describe_tells_everything() {
    let line = WriteOde::ENTRY.line();
    let described = WriteOde::ENTRY.describe();
    let wanted = json!({
        "mode": "ode",
        "docs": "Writes an ode.\n\nIn the style of Keats.",
        "function": "registry::write_ode",
        "marker": "registry::WriteOde",
        "state": null,
        "returns": "Prompt<Vec<Stanza>>",
        "output": "json",
        "arguments": [
            { "name": "to", "type": "&str", "docs": "To whom.", "required": true, "default": null },
            { "name": "stanzas", "type": "u8", "docs": "", "required": false, "default": "3" },
            { "name": "mood", "type": "Option<Mood>", "docs": "", "required": false, "default": "None" },
            { "name": "opaque", "type": "Vec<Opaque>", "docs": "", "required": true, "default": null },
        ],
        "options": { "model": "openai/gpt-5.6-luna", "temperature": 0.9, "max_tokens": 400 },
        "template": null,
        "tools": [],
        "requires": [],
        "strict": null,
        "input_schema": {
            "type": "object",
            "properties": {
                "to": { "type": "string", "description": "To whom." },
                "stanzas": { "type": "integer", "format": "uint8", "minimum": 0, "maximum": 255 },
                "mood": { "anyOf": [{ "$ref": "#/$defs/Mood" }, { "type": "null" }] },
                "opaque": true,
            },
            "required": ["to", "opaque"],
            "additionalProperties": false,
            "$defs": { "Mood": { "description": "How it feels.", "type": "string", "enum": ["Glad", "Sad"] } },
        },
        "output_schema": {
            "type": "array",
            "items": { "$ref": "#/$defs/Stanza" },
            "$defs": {
                "Stanza": {
                    "description": "Four lines.",
                    "type": "object",
                    "properties": {
                        "lines": { "type": "array", "items": { "type": "string" }, "minItems": 4, "maxItems": 4 },
                    },
                    "required": ["lines"],
                },
            },
        },
        "crate": "codex-ai-tests",
        "version": env!("CARGO_PKG_VERSION"),
        "file": file!(),
        "line": line,
        "column": 10,
    });
    assert_eq!(described, wanted, "{described:#}");
    assert_eq!(registry().describe().as_array().unwrap()[2], wanted);

    let described = Unlisted::ENTRY.describe();
    assert_eq!(described["output"], "text");
    assert_eq!((&described["input_schema"], &described["output_schema"]), (&Value::Null, &Value::Null));
    assert_eq!(described["options"], json!({}));
}

#[test]
fn the_argument_schema_is_made_once() {
    let first = WriteOde::ENTRY.input_schema().unwrap();
    assert!(std::ptr::eq(first, WriteOde::ENTRY.input_schema().unwrap()));
    assert_eq!(first.name(), "ode");
}

// Routers.

/// Collects what is logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn logged(work: impl FnOnce()) -> String {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt().with_writer(move || writer.clone()).with_ansi(false).finish();
    tracing::subscriber::with_default(subscriber, work);
    let bytes = log.0.lock().unwrap().clone();
    String::from_utf8(bytes).unwrap()
}

#[test]
fn of_two_prompts_of_one_mode_the_later_wins_and_it_is_logged() {
    let text = logged(|| {
        let router = Router::new().prompt::<news::Summarize>().prompt::<legal::Summarize>();
        assert_eq!(router.get("shared.summarize").unwrap().crate_name(), "codex-ai-tests-legal");
        assert_eq!(router.iter().len(), 1);
    });
    assert_eq!(text.lines().count(), 1, "{text}");
    for wanted in ["INFO", "shared.summarize", "test-crates/news/src/lib.rs:7", "test-crates/legal/src/lib.rs:7"] {
        assert!(text.contains(wanted), "{text}");
    }
}

#[test]
fn the_same_prompt_twice_is_no_news() {
    let text = logged(|| {
        let router = Router::new().prompt::<WriteOde>().prompt::<WriteOde>();
        assert_eq!(router.include_router(Router::new().prompt::<WriteOde>()).iter().len(), 1);
    });
    assert_eq!(text, "");
}

#[test]
fn included_routers_win_over_what_is_there() {
    let text = logged(|| {
        let one = Router::new().prompt::<legal::Explain>().prompt::<news::Headline>();
        let two = Router::new().prompt::<legal2::Explain>().prompt::<WriteOde>();
        let both = one.clone().include_router(two.clone());
        assert_eq!(both.iter().map(Entry::mode).collect::<Vec<_>>(), ["legal.explain", "news.headline", "ode"]);
        assert_eq!(both.get("legal.explain").unwrap().crate_version(), "2.0.0");
        assert_eq!(two.include_router(one).get("legal.explain").unwrap().crate_version(), "1.0.0");
    });
    assert_eq!(text.lines().count(), 2, "{text}");
}

/// What the provider is asked when a prompt is called by name.
async fn asked(dispatcher: &Dispatcher<Scripted>, mode: &str, arguments: Value) -> String {
    dispatcher.process(mode, arguments).await.unwrap();
    let requests = dispatcher.provider().requests();
    requests.last().unwrap().messages[0].text().unwrap().into_owned()
}

#[tokio::test]
async fn a_router_in_a_dispatcher_wins_over_the_registry() {
    let provider = Scripted::texts(["x"; 4]);
    let router = Router::new().prompt::<legal::Summarize>();
    let dispatcher = Dispatcher::builder(provider).registry(registry()).include_router(router).build().unwrap();
    let text = asked(&dispatcher, "shared.summarize", json!({ "text": "t" })).await;
    assert_eq!(text, "Shorten this contract: t");

    let mut later = dispatcher.clone();
    later.include_router(Router::new().prompt::<news::Summarize>());
    let text = asked(&later, "shared.summarize", json!({ "text": "t" })).await;
    assert_eq!(text, "Shorten this article: t");
    let text = asked(&dispatcher, "shared.summarize", json!({ "text": "t" })).await;
    assert_eq!(text, "Shorten this contract: t", "a clone made before does not see it");
}

#[tokio::test]
async fn a_router_alone_needs_no_decision() {
    let router = Router::new().prompt::<legal::Explain>();
    let builder = Dispatcher::builder(Scripted::texts(["x"])).registry(Registry::empty());
    let dispatcher = builder.include_router(router).build().unwrap();
    assert_eq!(dispatcher.modes().collect::<Vec<_>>(), ["legal.explain"]);
    assert_eq!(asked(&dispatcher, "legal.explain", json!({ "clause": "c" })).await, "Explain: c");
}

#[tokio::test]
async fn typed_calls_need_no_registry() {
    let dispatcher = Dispatcher::builder(Scripted::texts(["x"])).registry(Registry::empty()).build().unwrap();
    let answer = dispatcher.call::<news::Headline>(news::HeadlineArgs { text: "t", max_words: 3 }).await.unwrap();
    assert_eq!(answer, "x");
}

// Unknown modes.

async fn help(registry: Registry, mode: &str) -> String {
    let provider = Scripted::texts(["x"]);
    let dispatcher = Dispatcher::builder(provider.clone()).registry(registry).build().unwrap();
    let error = dispatcher.process(mode, json!({})).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UnknownPrompt);
    assert!(error.message().starts_with("no prompt is registered for `"), "{error}");
    assert_eq!(provider.requests().len(), 0, "nothing is sent");
    error.help().unwrap().to_owned()
}

#[tokio::test]
async fn unknown_modes_are_explained() {
    assert_eq!(help(registry(), "news.headlin").await, "did you mean `news.headline`?");
    assert_eq!(help(registry(), "oed").await, "did you mean `ode`?");
    let other = help(registry(), "sports.score").await;
    assert!(
        other.starts_with("no mode begins with `sports`; the crate with your prompts may not be linked"),
        "{other}"
    );
    let other = help(registry(), "sports/score").await;
    assert!(other.starts_with("no mode begins with `sports`;"), "{other}");
    let listed = "there are `legal.explain`, `news.headline`, `ode`, `shared.summarize`, `zed`";
    assert_eq!(help(registry(), "translate").await, listed);
    assert_eq!(help(registry(), "news.weather").await, listed);
    assert_eq!(help(registry(), "").await, listed);
    let empty = help(Registry::empty(), "ode").await;
    assert!(
        empty.contains("`use my_prompts as _;`") && empty.contains("`codex_ai::link_prompts!(my_prompts);`"),
        "{empty}"
    );
    assert!(help(registry(), &"x".repeat(1 << 20)).await.starts_with("there are "));
}
