//! Lists the examples: what each is for, and how to run it.

use std::io::{Write, stdout};
use std::process::ExitCode;

use codex_ai_examples::{Failure, finish};

/// The sources of the examples by name; what each is for is the first line of its documentation.
macro_rules! sources {
    ($($name:literal),+ $(,)?) => {
        &[$(($name, include_str!(concat!("../", $name, ".rs")))),+]
    };
}

const EXAMPLES: &[(&str, &str)] = sources![
    "quickstart",
    "text",
    "stream",
    "classify",
    "extract",
    "templates",
    "live_form",
    "by_name",
    "methods",
    "tools",
    "reask",
    "blocking",
    "registry",
    "library",
    "failover",
    "images",
    "openai_compatible",
    "codex_turns",
    "codex_prompt",
    "codex_approvals",
    "wire_server",
];

fn main() -> ExitCode {
    finish(list())
}

fn list() -> Result<(), Failure> {
    let mut out = stdout();
    writeln!(out, "The examples of codex-ai. None needs a key; with the key of a vendor they ask that vendor.\n")?;
    for (name, source) in EXAMPLES {
        let purpose = source.lines().next().unwrap_or_default().trim_start_matches("//! ");
        writeln!(out, "  cargo run --example {name:<17} {purpose}")?;
    }
    writeln!(out, "\nWhat each takes is told at the top of its file, examples/NAME.rs.")?;
    Ok(())
}
