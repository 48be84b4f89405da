//! Summarises a text: one annotated function, called typed and by name.
//!
//! ```text
//! cargo run --example quickstart                   the text that ships with it
//! cargo run --example quickstart -- notes.txt      a file; `-` is standard input
//! git log | cargo run --example quickstart         what is piped in
//! ```
//!
//! Without a key the built-in provider answers. With that of a vendor, the vendor does, and is paid:
//! `OPENAI_API_KEY=.. cargo run --example quickstart`.

use std::io::{Write, stdout};
use std::process::ExitCode;

use codex_ai::{Dispatcher, LlmSchema, Prompt, Provider, prompt};
use codex_ai_examples::{Failure, finish, input};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// What a busy reader needs to know.
#[derive(Debug, Deserialize, Serialize, LlmSchema)]
struct Summary {
    /// One sentence, no jargon.
    headline: String,
    /// The main points, most important first.
    #[llm(min_items = 1, max_items = 7)]
    points: Vec<String>,
}

/// Summarises a text.
#[prompt(mode = "summarize", temperature = 0.2)]
async fn summarize(
    /// The text to summarise.
    text: &str,
    /// How many points there may be.
    #[arg(default = 3)]
    max_points: u8,
) -> Prompt<Summary> {
    Prompt::new().system("You are a careful editor.").user(format!("At most {max_points} points.\n\n{text}"))
}

#[tokio::main]
async fn main() -> ExitCode {
    finish(run().await)
}

async fn run() -> Result<(), Failure> {
    let name = input::argument("quickstart [FILE]")?;
    let input = input::read(name.as_deref(), include_str!("data/article.txt"))?;
    let text = input.text.as_str();
    let mut out = stdout();

    // A vendor by its key, else the built-in provider.
    let dispatcher = Dispatcher::from_env()?;

    // The typed call. `reply` gives the value with all that came with it; `call` gives the value alone.
    let reply = dispatcher.reply::<Summarize>(SummarizeArgs { text, max_points: 2 }).await?;
    let summary: Summary = reply.value;
    let provider = dispatcher.provider().name();
    let note = if provider == "local" { " (built in: it works by rules and is not a language model)" } else { "" };
    writeln!(out, "Text: {}, {} bytes", input.origin, text.len())?;
    writeln!(out, "Answered by: {provider}, model {}{note}", reply.model)?;
    if let Some(usage) = reply.usage {
        writeln!(out, "Tokens: {} in, {} out", usage.input_tokens, usage.output_tokens)?;
    }
    writeln!(out, "\nTyped, `call::<Summarize>`:\n{:#}", json!(summary))?;

    // The same prompt by name, with JSON arguments that are checked at run time.
    let answer = dispatcher.process("summarize", json!({ "text": text, "max_points": 1 })).await?;
    writeln!(out, "\nBy name, `process(\"summarize\", {{\"text\": .., \"max_points\": 1}})`:\n{answer}")?;
    Ok(())
}
