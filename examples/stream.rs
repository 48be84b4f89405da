//! Shows an answer while it comes, and the value that is read from it at the end.
//!
//! ```text
//! cargo run --example stream                 the text that ships with it
//! cargo run --example stream -- notes.txt    a file; `-` is standard input
//! ```

use std::io::{Write, stdout};
use std::process::ExitCode;

use codex_ai::{Chunk, Dispatcher, LlmSchema, Prompt, prompt};
use codex_ai_examples::{Failure, finish, input};
use serde::Deserialize;

/// A note for the minutes.
#[derive(Debug, Deserialize, LlmSchema)]
struct Note {
    /// One sentence.
    headline: String,
    /// What was said, in order.
    #[llm(max_items = 3)]
    points: Vec<String>,
}

/// Takes a note of a text.
#[prompt]
async fn minutes(
    /// The text.
    text: &str,
) -> Prompt<Note> {
    Prompt::new().user(format!("Take a note of this text, of at most 3 points.\n\n{text}"))
}

#[tokio::main]
async fn main() -> ExitCode {
    finish(run().await)
}

async fn run() -> Result<(), Failure> {
    let name = input::argument("stream [FILE]")?;
    let text = input::read(name.as_deref(), include_str!("data/article.txt"))?.text;
    let dispatcher = Dispatcher::from_env()?;
    let mut out = stdout();

    // Free text, shown as it comes. A stream that is dropped early costs no more tokens.
    let mut stream = dispatcher.stream_text(format!("Say in two sentences what this text tells.\n\n{text}")).await?;
    let mut pieces = 0;
    while let Some(chunk) = stream.next().await {
        match chunk? {
            Chunk::Text(piece) => {
                pieces += 1;
                write!(out, "{piece}")?;
                out.flush()?;
            }
            Chunk::Finish { reason, usage, .. } => {
                writeln!(out, "\n({pieces} pieces, ended with {reason:?})")?;
                if let Some(usage) = usage {
                    writeln!(out, "({} tokens in, {} out)", usage.input_tokens, usage.output_tokens)?;
                }
            }
            // Reasoning, calls of tools and whatever a vendor will think of next.
            _ => {}
        }
    }

    // A prompt with a typed answer: the pieces are its JSON, and `finish` reads, checks and gives the value.
    let stream = dispatcher.stream::<Minutes>(MinutesArgs { text: &text }).await?;
    let reply = stream.finish().await?;
    writeln!(out, "\n{}", reply.value.headline)?;
    for point in &reply.value.points {
        writeln!(out, "- {point}")?;
    }
    Ok(())
}
