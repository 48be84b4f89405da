//! Gives many texts a headline from threads, without async.
//!
//! ```text
//! cargo run --example blocking                     the texts that ship with it
//! cargo run --example blocking -- a.txt b.txt      files
//! ```

use std::io::{Write, stdout};
use std::panic::resume_unwind;
use std::process::ExitCode;
use std::thread;

use codex_ai::{blocking::Dispatcher, prompt};
use codex_ai_examples::input::{self, Input};
use codex_ai_examples::{Failure, finish};

/// Gives a text a headline.
#[prompt]
async fn headline(
    /// The text.
    text: &str,
) -> String {
    format!("Write a headline of one sentence for this text:\n\n{text}")
}

/// The texts for a run without arguments.
const SHIPPED: &[(&str, &str)] = &[
    ("article.txt", include_str!("data/article.txt")),
    ("invoice.txt", include_str!("data/invoice.txt")),
    ("tickets.txt", include_str!("data/tickets.txt")),
];

fn main() -> ExitCode {
    finish(run())
}

fn run() -> Result<(), Failure> {
    let texts = texts(&input::arguments("blocking [FILE]..")?)?;
    // One dispatcher, shared by all threads.
    let dispatcher = Dispatcher::from_env()?;
    let headlines: Vec<codex_ai::Result<String>> = thread::scope(|scope| {
        let calls: Vec<_> =
            texts.iter().map(|input| scope.spawn(|| Headline::builder().text(&input.text).call(&dispatcher))).collect();
        let wait = |call: thread::ScopedJoinHandle<'_, _>| call.join().unwrap_or_else(|panic| resume_unwind(panic));
        calls.into_iter().map(wait).collect()
    });
    let mut out = stdout();
    for (input, headline) in texts.iter().zip(headlines) {
        writeln!(out, "{}: {}", input.origin, headline?)?;
    }
    Ok(())
}

fn texts(files: &[String]) -> codex_ai::Result<Vec<Input>> {
    if files.is_empty() {
        let shipped = SHIPPED.iter();
        return Ok(shipped.map(|(name, text)| Input { text: (*text).into(), origin: (*name).into() }).collect());
    }
    files.iter().map(|file| input::read_file(file)).collect()
}
