//! Writes a teaser for a newsletter: a prompt that returns `String` asks for free text.
//!
//! ```text
//! cargo run --example text                 the text that ships with it
//! cargo run --example text -- notes.txt    a file; `-` is standard input
//! ```

use std::io::{Write, stdout};
use std::process::ExitCode;

use codex_ai::{Dispatcher, Options, prompt};
use codex_ai_examples::{Failure, finish, input};

/// Writes a teaser for an article.
#[prompt(max_tokens = 300)]
async fn teaser(
    /// The article.
    article: &str,
    /// How many sentences the teaser may have.
    #[arg(default = 2)]
    sentences: u8,
) -> String {
    format!("Write a teaser for the following article. Use at most {sentences} sentences.\n\n{article}")
}

#[tokio::main]
async fn main() -> ExitCode {
    finish(run().await)
}

async fn run() -> Result<(), Failure> {
    let name = input::argument("text [FILE]")?;
    let article = input::read(name.as_deref(), include_str!("data/article.txt"))?.text;
    let dispatcher = Dispatcher::from_env()?;
    let mut out = stdout();

    // The builder fills in the default; a required argument that is forgotten is a compile error.
    let teaser: String = Teaser::builder().article(&article).call(&dispatcher).await?;
    writeln!(out, "Teaser: {teaser}")?;

    // Options of one call go before those of the prompt.
    let steady = dispatcher.with_options(Options::new().with_temperature(0.0));
    let line: String = Teaser::builder().article(&article).sentences(1).call(&steady).await?;
    writeln!(out, "In one line: {line}")?;

    // Without a prompt function. It is in no registry, so it can only be asked for here.
    let question = format!("Say in one sentence what this article tells about money:\n\n{article}");
    writeln!(out, "Asked directly: {}", dispatcher.generate_text(question).await?)?;
    Ok(())
}
