//! Runs prompts as turns of an app server: typed answers, many at once, and one while it comes.
//!
//! ```text
//! cargo run --example codex_prompt             a stand-in for the app server: no key, no Codex
//! cargo run --example codex_prompt -- codex    the program `codex`, with your sign-in; or a path to it
//! ```

use std::collections::BTreeMap;
use std::io::{Write, stdout};
use std::process::ExitCode;

use codex_ai::app_server::{ClientOptions, Provider};
use codex_ai::{Dispatcher, LlmSchema, Prompt, prompt};
use codex_ai_examples::{Failure, finish, input, stand_in};
use serde::Deserialize;

/// A note for the minutes.
#[derive(Debug, Deserialize, LlmSchema)]
struct Note {
    /// One sentence.
    headline: String,
    /// What was said, in order.
    #[llm(min_items = 1, max_items = 3)]
    points: Vec<String>,
}

/// Takes a note of a text.
#[prompt]
async fn minutes(
    /// The text.
    text: &str,
) -> Prompt<Note> {
    Prompt::new()
        .system("You take the minutes. Say nothing that the text does not say.")
        .user(format!("Take a note of this text, of at most 3 points.\n\n{text}"))
}

/// Gives a text a title.
#[prompt]
async fn title(
    /// The text.
    text: &str,
) -> String {
    format!("Say in one sentence what this text is about.\n\n{text}")
}

const TEXTS: [(&str, &str); 3] = [
    ("article", include_str!("data/article.txt")),
    ("invoice", include_str!("data/invoice.txt")),
    ("tickets", include_str!("data/tickets.txt")),
];

#[tokio::main]
async fn main() -> ExitCode {
    finish(run().await)
}

async fn run() -> Result<(), Failure> {
    let program = input::argument("codex_prompt [CODEX]")?;
    let mut out = stdout();
    let client = stand_in::client(program.as_deref(), ClientOptions::new(), &mut out).await?;
    let dispatcher = Dispatcher::new(Provider::new(client.clone()))?;

    // The same call as with any provider. Each is a turn on a thread of its own, which is not saved.
    let [(_, article), ..] = TEXTS;
    let reply = dispatcher.reply::<Minutes>(MinutesArgs { text: article }).await?;
    writeln!(out, "{}", reply.value.headline)?;
    for point in &reply.value.points {
        writeln!(out, "- {point}")?;
    }
    writeln!(out, "(model {}, asked {} time(s))\n", reply.model, reply.attempts)?;

    // Many at once, over the one connection.
    let mut calls = tokio::task::JoinSet::new();
    for (name, text) in TEXTS {
        let dispatcher = dispatcher.clone();
        calls.spawn(async move { (name, dispatcher.call::<Title>(TitleArgs { text }).await) });
    }
    let mut titles = BTreeMap::new();
    while let Some(Ok((name, title))) = calls.join_next().await {
        titles.insert(name, title?);
    }
    for (name, title) in titles {
        writeln!(out, "{name}: {title}")?;
    }

    // A value while it comes. Dropping the stream would interrupt the turn.
    let mut stream = dispatcher.stream::<Minutes>(MinutesArgs { text: article }).await?;
    let mut partials = 0;
    while let Some(note) = stream.next_partial().await {
        note?;
        partials += 1;
    }
    let note = stream.finish().await?.value;
    writeln!(out, "\n{partials} partial values, then {} points", note.points.len())?;
    client.shutdown().await;
    Ok(())
}
