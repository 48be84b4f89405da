//! The file of all prompts: what is in it, what changes it, and the test that holds a program to it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use codex_ai::registry::Manifest;
use codex_ai::testing::assert_manifest;
use codex_ai::{ErrorKind, LlmSchema, Prompt, Registry, prompt, tool};

/// A summary.
#[derive(Debug, serde::Deserialize, LlmSchema)]
#[allow(dead_code, reason = "only the schema is looked at")]
struct Summary {
    /// One sentence.
    headline: String,
}

#[prompt(mode = "news.sum", model = "openai/gpt-5.6-luna", temperature = 0.2, max_tokens = 500, strict = "openai")]
async fn summarize(
    text: &str,
    #[arg(default = "two  lines\nof text", rename = "a = b")] tone: &str,
) -> Prompt<Summary> {
    Prompt::new().system(tone).user(text)
}

#[prompt(json = false, requires(tools, images))]
async fn bare(_text: &str) -> String {
    String::new()
}

/// Looks up an order.
#[tool]
async fn first(order: &str) -> String {
    order.to_owned()
}

/// Looks up an order.
#[tool]
async fn same(order: &str) -> String {
    order.to_lowercase()
}

/// Looks an order up.
#[tool]
async fn other_docs(order: &str) -> String {
    order.to_owned()
}

/// Looks up an order.
#[tool]
async fn other_schema(
    /// Its number.
    order: &str,
) -> String {
    order.to_owned()
}

#[prompt(tools(first, same, other_docs, other_schema))]
async fn search(text: &str) -> String {
    text.to_owned()
}

#[prompt(template = "Greet {{ name }}.")]
async fn welcome(name: &str) -> Prompt;

/// What this file's prompts come to, to the letter. The hashes are the same on every machine and for ever.
const EXPECTED: &str = r#"# Prompts by codex-ai, version 1. A test writes it: set UPDATE_PROMPTS=1 to accept what changed.

[bare]
function = manifest::bare
argument _text = &str
returns = String
requires = images, tools
json = false

[news.sum]
function = manifest::summarize
argument text = &str
argument a = b = &str, default "two  lines\nof text"
returns = Prompt<Summary>
model = openai/gpt-5.6-luna
temperature = 0.2
max_tokens = 500
strict = openai
argument schema = c2eeaf7e779acea7
answer schema = 627e2a35cb88a04b

[search]
function = manifest::search
argument text = &str
returns = String
requires = tools
tool first = manifest::first, 9582e5e55c217622
tool same = manifest::same, 9582e5e55c217622
tool other_docs = manifest::other_docs, 2100e21f385cb4b6
tool other_schema = manifest::other_schema, 33dcc7ee9db43d89
argument schema = d7f47d1182fb20cc

[welcome]
function = manifest::welcome
argument name = &str
returns = Prompt
template = 360f2d89fb2520db
argument schema = d8e6b0b5b1c78188
"#;

fn now() -> Manifest {
    Registry::discover().unwrap().manifest()
}

fn difference(before: &str, after: &str) -> String {
    let before: Manifest = before.parse().unwrap();
    before.difference(&after.parse().unwrap()).to_string()
}

#[test]
fn the_file_is_what_it_always_was() {
    let text = now().to_string();
    assert_eq!(text, EXPECTED);
    assert_eq!(text.parse::<Manifest>().unwrap(), now());
    assert!(now().difference(&now()).is_empty());
    // As an editor on another system, or a human, may have left it.
    let edited = format!("\u{feff}{}\n# a remark\n", text.replace('\n', "\r\n"));
    assert_eq!(edited.parse::<Manifest>().unwrap(), now());
    assert_eq!(now().modes().collect::<Vec<_>>(), ["bare", "news.sum", "search", "welcome"]);
}

#[test]
fn each_change_is_told() {
    for (from, to, wanted) in [
        (
            ", default \"two  lines",
            ", default \"one line",
            "  - argument a = b = &str, default \"one line\\nof text\"\n  +",
        ),
        ("temperature = 0.2", "temperature = 0.3", "  - temperature = 0.3\n  + temperature = 0.2"),
        ("max_tokens = 500\n", "", "  + max_tokens = 500"),
        ("requires = images, tools", "requires = images", "  - requires = images\n  + requires = images, tools"),
        ("template = ", "template = 0", "  - template = 0"),
        ("tool same = manifest::same, ", "tool same = manifest::same, 0", "  + tool same = manifest::same, "),
        ("json = false", "argument schema = 0", "  - argument schema = 0\n  + json = false"),
    ] {
        let accepted = EXPECTED.replace(from, to);
        assert_ne!(accepted, EXPECTED);
        let told = difference(&accepted, EXPECTED);
        assert!(told.contains(wanted), "{told}");
        assert!(told.starts_with("the prompt `"), "{told}");
    }
    let gone = EXPECTED.replace("[bare]", "[old]");
    assert_eq!(difference(&gone, EXPECTED), "the prompt `bare` is new\nthe prompt `old` is gone");
    let (first, second) = ("argument a = 1\nargument b = 2\n", "argument b = 2\nargument a = 1\n");
    let file = |lines| format!("# Prompts by codex-ai, version 1\n[x]\n{lines}");
    assert_eq!(difference(&file(first), &file(second)), "the arguments of the prompt `x` have another order");
}

#[test]
fn the_hash_of_a_tool_is_of_what_the_model_is_told() {
    let text = now().to_string();
    let hash = |tool: &str| {
        let line = text.lines().find(|line| line.starts_with(&format!("tool {tool} = "))).unwrap();
        line.rsplit_once(", ").unwrap().1.to_owned()
    };
    assert_eq!(hash("first"), hash("same"));
    assert_ne!(hash("first"), hash("other_docs"));
    assert_ne!(hash("first"), hash("other_schema"));
}

#[test]
fn what_is_no_manifest_is_told_with_its_line() {
    for (text, wanted) in [
        ("", "it does not begin with `# Prompts by codex-ai, version`"),
        ("[package]\nname = \"x\"\n", "it does not begin with"),
        ("# Prompts by codex-ai, version 2.", "it has version 2, and this library reads 1"),
        ("# Prompts by codex-ai, version 1\n[x]\nhello\n", "line 3, `hello`, is neither `[mode]` nor `key = value`"),
        ("# Prompts by codex-ai, version 1\na = b\n", "line 2, `a = b`, stands before the first `[mode]`"),
        ("# Prompts by codex-ai, version 1\n[x]\n[x]\n", "line 3, `[x]`, names a prompt for the second time"),
        ("# Prompts by codex-ai, version 1\n[x]\n<<<<<<< HEAD\n", "line 3, `<<<<<<< HEAD`, is left of a merge"),
    ] {
        let error = text.parse::<Manifest>().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.to_string().contains(wanted), "{error}");
    }
}

/// Not a test of its own: the others run it in a process of its own, with an environment of its own.
#[test]
#[ignore = "the others run it"]
fn holds() {
    assert_manifest(std::env::var_os("MANIFEST_OF_THE_TEST").unwrap());
}

fn run(file: &Path, update: &str) -> Output {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "holds", "--ignored", "--nocapture"])
        .env("MANIFEST_OF_THE_TEST", file)
        .env("UPDATE_PROMPTS", update)
        .output()
        .unwrap()
}

/// What the test says when it fails.
fn failure(file: &Path, update: &str) -> String {
    let output = run(file, update);
    assert!(!output.status.success());
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// A folder that nobody else writes to, empty.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("manifest").join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

#[test]
fn the_test_fails_until_a_change_is_accepted() {
    let file = folder("accepts").join("prompts.lock");
    let told = failure(&file, "");
    assert!(told.contains("prompts.lock` is not there"), "{told}");
    assert!(told.contains("run this test with `UPDATE_PROMPTS=1` to accept"), "{told}");
    assert!(!file.exists());

    assert!(run(&file, "1").status.success());
    assert_eq!(fs::read_to_string(&file).unwrap(), EXPECTED);
    assert!(run(&file, "0").status.success());

    let other = EXPECTED.replace("max_tokens = 500", "max_tokens = 400");
    fs::write(&file, &other).unwrap();
    let told = failure(&file, "0");
    assert!(told.contains("the prompts are not those of `"), "{told}");
    assert!(told.contains("the prompt `news.sum` changed:\n  - max_tokens = 400\n  + max_tokens = 500\n"), "{told}");
    assert_eq!(fs::read_to_string(&file).unwrap(), other, "a test that fails writes nothing");
    assert!(run(&file, "1").status.success());
    assert_eq!(fs::read_to_string(&file).unwrap(), EXPECTED);
}

#[test]
fn another_file_is_neither_read_nor_overwritten() {
    let folder = folder("foreign");
    let foreign = folder.join("Cargo.lock");
    fs::write(&foreign, "version = 4\n").unwrap();
    assert!(failure(&foreign, "").contains("is no manifest of prompts: it does not begin with"));
    assert!(failure(&foreign, "1").contains("is not written, since it is another file"));
    assert_eq!(fs::read_to_string(&foreign).unwrap(), "version = 4\n");

    let bytes = folder.join("bytes.lock");
    fs::write(&bytes, [0xff, 0xfe]).unwrap();
    assert!(failure(&bytes, "1").contains("cannot be read"));
    assert!(failure(&folder, "").contains("cannot be read"));
    assert!(failure(&folder.join("no/such/folder.lock"), "1").contains("cannot be written"));

    // A manifest with a conflict in it is ours, and is written anew.
    let conflict = folder.join("prompts.lock");
    fs::write(&conflict, format!("{EXPECTED}<<<<<<< HEAD\n")).unwrap();
    assert!(failure(&conflict, "").contains("is left of a merge"));
    assert!(run(&conflict, "1").status.success());
    assert_eq!(fs::read_to_string(&conflict).unwrap(), EXPECTED);
}
