//! Runs the calls that a JSON file lists, and says what is wrong with each.
//!
//! ```text
//! cargo run --example by_name                                      the calls that ship with it
//! cargo run --example by_name -- examples/data/bad-calls.json      calls with mistakes, each told with its path
//! ```
//!
//! A file is a list of `{"mode": "..", "arguments": {..}}`. Arguments are checked before anything is sent. The exit code
//! is 1 if a call failed.

use std::io::{Write, stdout};
use std::process::ExitCode;

use codex_ai::{Dispatcher, Error, ErrorKind, LlmSchema, Prompt, prompt};
use codex_ai_examples::{Failure, finish, input};
use serde::Deserialize;
use serde_json::Value;

/// A list of things to do.
#[derive(Debug, Deserialize, LlmSchema)]
#[allow(dead_code, reason = "what is called by name stays JSON, so no line here reads the field")]
struct Tasks {
    /// One task each, with the name of whoever does it.
    #[llm(max_items = 20)]
    tasks: Vec<String>,
}

/// Finds the tasks in the notes of a meeting.
#[prompt(mode = "tasks")]
async fn find_tasks(
    /// The notes.
    notes: &str,
    /// How many tasks there may be.
    #[arg(default = 5)]
    at_most: u8,
) -> Prompt<Tasks> {
    Prompt::new().user(format!("List the tasks in these notes, at most {at_most} points.\n\n{notes}"))
}

/// Writes the subject line for an e-mail.
#[prompt(mode = "subject", temperature = 0.0)]
async fn write_subject(
    /// The e-mail.
    text: &str,
) -> String {
    format!("Write the subject line for this e-mail, in one sentence:\n\n{text}")
}

/// One call of the file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Call {
    mode: String,
    #[serde(default)]
    arguments: Value,
}

#[tokio::main]
async fn main() -> ExitCode {
    finish(run().await)
}

async fn run() -> Result<(), Failure> {
    let name = input::argument("by_name [FILE]")?;
    let calls = input::read(name.as_deref(), include_str!("data/calls.json"))?;
    let calls: Vec<Call> = serde_json::from_str(&calls.text).map_err(|error| {
        Error::new(ErrorKind::InvalidRequest, format!("{} is no list of calls: {error}", calls.origin))
            .with_help("write `[{\"mode\": \"subject\", \"arguments\": {\"text\": \"..\"}}]`")
    })?;
    let dispatcher = Dispatcher::from_env()?;
    let mut out = stdout();
    let mut failed = 0_usize;
    let count = calls.len();
    for (number, call) in calls.into_iter().enumerate() {
        writeln!(out, "{}. {}", number + 1, call.mode)?;
        match dispatcher.process(&call.mode, call.arguments).await {
            Ok(answer) => writeln!(out, "{answer:#}\n")?,
            Err(error) => {
                failed += 1;
                writeln!(out, "{error}\n")?;
            }
        }
    }
    if failed > 0 {
        return Err(Error::new(ErrorKind::Other, format!("{failed} of {count} calls failed")).into());
    }
    Ok(())
}
