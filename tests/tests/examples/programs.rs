//! The examples as programs: built once, run with a clean environment.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

use serde_json::Value;

/// A key that must be printed by nobody.
pub(crate) const CANARY: &str = "sk-canary-4f1d9a77";

/// How the variables begin that choose a vendor or give its key.
const VENDORS: [&str; 11] = [
    "ANTHROPIC_",
    "AZURE_",
    "CODEX_AI_",
    "DEEPSEEK_",
    "GEMINI_",
    "GOOGLE_",
    "GROQ_",
    "MISTRAL_",
    "OLLAMA_",
    "OPENAI_",
    "OPENROUTER_",
];

pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// The programs by name. They are built once, all of the workspace at once as `cargo test` does it, so that nothing is
/// built twice.
pub(crate) fn programs() -> &'static BTreeMap<String, PathBuf> {
    static PROGRAMS: OnceLock<BTreeMap<String, PathBuf>> = OnceLock::new();
    PROGRAMS.get_or_init(|| {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| env!("CARGO").into());
        let arguments = ["build", "--quiet", "--workspace", "--examples", "--bins", "--message-format=json"];
        let output = Command::new(cargo).args(arguments).current_dir(root()).stderr(Stdio::inherit()).output().unwrap();
        assert!(output.status.success(), "the examples do not build");
        let messages = String::from_utf8(output.stdout).unwrap();
        let messages = messages.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        let executable = |message: Value| {
            let path = PathBuf::from(message["executable"].as_str()?);
            Some((message["target"]["name"].as_str()?.to_owned(), path))
        };
        messages.filter_map(executable).collect()
    })
}

pub(crate) fn command(name: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(&programs()[name]);
    command.args(arguments).current_dir(root()).stdin(Stdio::null());
    for (variable, _) in std::env::vars_os() {
        let name = variable.to_string_lossy();
        if VENDORS.iter().any(|vendor| name.starts_with(vendor)) || name.to_lowercase().ends_with("_proxy") {
            command.env_remove(&variable);
        }
    }
    command
}

/// How a program ended, as text.
pub(crate) struct Run {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        let run = Self {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        };
        assert!(!run.err.contains("panicked"), "{}", run.err);
        assert!(!run.out.contains(CANARY) && !run.err.contains(CANARY), "a key was printed");
        run
    }
}

pub(crate) fn run(name: &str, arguments: &[&str]) -> Run {
    command(name, arguments).output().unwrap().into()
}

/// What a program prints that succeeds.
pub(crate) fn printed(name: &str, arguments: &[&str]) -> String {
    let run = run(name, arguments);
    assert_eq!(run.code, Some(0), "{name}: {}", run.err);
    run.out
}

/// Runs a program with this on its standard input.
pub(crate) fn piped(name: &str, arguments: &[&str], input: &[u8]) -> Run {
    let mut command = command(name, arguments);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // A program that has read enough closes the pipe; that is its right.
    let _ = child.stdin.take().unwrap().write_all(input);
    child.wait_with_output().unwrap().into()
}

/// The JSON objects that stand between other lines: from a line `{` to a line `}`, or in one line.
pub(crate) fn values(text: &str) -> Vec<Value> {
    let mut values = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if line == "{" {
            let rest: Vec<&str> = lines.by_ref().take_while(|line| *line != "}").collect();
            values.push(serde_json::from_str(&format!("{{{}}}", rest.join("\n"))).unwrap());
        } else if line.starts_with('{') {
            values.push(serde_json::from_str(line).unwrap());
        }
    }
    values
}

pub(crate) fn strings(value: &Value) -> Vec<&str> {
    value.as_array().unwrap().iter().map(|item| item.as_str().unwrap()).collect()
}

pub(crate) fn file(name: &str, content: &[u8]) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&path, content).unwrap();
    path
}
