//! Asks a server of your own, such as Ollama, vLLM, LM Studio or llama.cpp, for JSON of a type.
//!
//! ```text
//! cargo run --example openai_compatible                                      a server that the example starts
//! cargo run --example openai_compatible -- http://localhost:11434/v1 llama3.2
//! ```

use std::io::{Write, stdout};
use std::process::ExitCode;

use codex_ai::provider::{Local, compatible::Compatible};
use codex_ai::testing::WireServer;
use codex_ai::{Dispatcher, LlmSchema, Prompt, prompt};
use codex_ai_examples::{Failure, finish, input};
use serde::Deserialize;

/// Where to send a message of a customer.
#[derive(Debug, Deserialize, LlmSchema)]
struct Ticket {
    /// One sentence.
    summary: String,
    /// Whether somebody must look at it today.
    urgent: bool,
}

/// Reads a message of a customer.
#[prompt(temperature = 0.0)]
async fn triage(
    /// The message.
    message: &str,
) -> Prompt<Ticket> {
    Prompt::new().system("You sort the messages of customers.").user(message)
}

#[tokio::main]
async fn main() -> ExitCode {
    finish(run().await)
}

async fn run() -> Result<(), Failure> {
    let usage = "openai_compatible [URL MODEL]";
    let arguments = input::arguments(usage)?;
    let own = WireServer::new(Local::quiet())?;
    let provider = match arguments.as_slice() {
        // A server of one's own mostly asks for no key; this one does, and takes any.
        [] => Compatible::at(own.url()).key("no-real-key").default_model("local-extractive-1").build()?,
        [url, model] => Compatible::at(url).default_model(model).build()?,
        _ => return Err(Failure::Usage(usage.to_owned())),
    };
    let dispatcher = Dispatcher::new(provider)?;
    let message = "The export stopped working this morning. We cannot send invoices, please help today.";
    let reply = dispatcher.reply::<Triage>(TriageArgs { message }).await?;
    let Ticket { summary, urgent } = reply.value;
    writeln!(stdout(), "{}{summary} (model {})", if urgent { "Urgent: " } else { "" }, reply.model)?;
    Ok(())
}
