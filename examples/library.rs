//! Uses the prompts of a library crate, typed and by name.
//!
//! ```text
//! cargo run --example library                    the article that ships with it
//! cargo run --example library -- article.txt     a file; `-` is standard input
//! ```

use std::io::{Write, stdout};
use std::process::ExitCode;

use codex_ai::Dispatcher;
use codex_ai_examples::{Failure, finish, input};
use news_prompts::{Brief, WriteBrief};
use serde_json::json;

// Typed calls link the library by themselves. This line is for programs that call by name only.
codex_ai::link_prompts!(news_prompts);

#[tokio::main]
async fn main() -> ExitCode {
    finish(run().await)
}

async fn run() -> Result<(), Failure> {
    let name = input::argument("library [FILE]")?;
    let article = input::read(name.as_deref(), include_str!("data/article.txt"))?.text;
    let dispatcher = Dispatcher::from_env()?;
    let mut out = stdout();
    writeln!(out, "Prompts: {}", dispatcher.modes().collect::<Vec<_>>().join(", "))?;

    let brief: Brief = WriteBrief::builder().article(&article).call(&dispatcher).await?;
    writeln!(out, "\nTyped: {} ({:?})", brief.headline, brief.section)?;
    for fact in &brief.facts {
        writeln!(out, "  - {fact}")?;
    }

    let headline = dispatcher.process("news.headline", json!({ "article": article })).await?;
    writeln!(out, "\nBy name: {headline}")?;
    Ok(())
}
