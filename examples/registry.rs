//! Lists every prompt of the binary, as a table or as JSON.
//!
//! ```text
//! cargo run --example registry               a table
//! cargo run --example registry -- --json     everything: arguments, JSON schemas, options, places in the source
//! ```

use std::io::{Write, stdout};
use std::process::ExitCode;

use codex_ai::{Prompt, Registry, prompt};
use codex_ai_examples::{Failure, finish};

// A crate that no line names is not linked, and its prompts are not listed.
codex_ai::link_prompts!(news_prompts);

/// Explains a word to a child.
#[prompt(temperature = 0.7, max_tokens = 200)]
async fn explain(
    /// The word.
    word: &str,
    /// The age of the child, in years.
    #[arg(default = 8)]
    age: u8,
) -> Prompt {
    Prompt::new().system("You are a patient teacher.").user(format!("Explain `{word}` to a child of {age}."))
}

fn main() -> ExitCode {
    finish(run())
}

fn run() -> Result<(), Failure> {
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    let registry = Registry::discover()?;
    match arguments.as_slice() {
        [] => writeln!(stdout(), "{registry}")?,
        [json] if json == "--json" => writeln!(stdout(), "{:#}", registry.describe())?,
        _ => return Err(Failure::Usage("registry [--json]".to_owned())),
    }
    Ok(())
}
