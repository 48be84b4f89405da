//! Lets a model call functions of the program, shows its calls while they run, and prints its answer.
//!
//! ```text
//! cargo run --example tools                                   the built-in provider, which calls by rules
//! OPENAI_API_KEY=.. cargo run --example tools -- Bergen       the vendor whose key is set
//! ```

use std::collections::HashMap;
use std::io::{Write, stdout};
use std::process::ExitCode;
use std::sync::Arc;

use codex_ai::{AnyProvider, Chunk, Dispatcher, Prompt, ToolUse, prompt, prompts, tool};
use codex_ai_examples::{Failure, finish, input};

/// What the program knows of the weather.
struct Station {
    celsius: HashMap<&'static str, i32>,
}

#[prompts]
impl Station {
    /// The weather in a city now.
    #[tool]
    async fn weather(
        &self,
        /// The city, without the country.
        city: &str,
    ) -> String {
        let celsius = self.celsius.get(city).copied().unwrap_or(4);
        format!("{city}: {celsius} degrees, rain until the evening")
    }
}

/// The day of the week today.
#[tool]
async fn weekday() -> Result<String, String> {
    Err("the calendar is not at hand".to_owned())
}

/// Asks what to wear.
#[prompt(tools(Station::weather, weekday))]
async fn advise(
    /// Where.
    city: &str,
) -> Prompt {
    Prompt::new()
        .system("You give advice in one sentence. Look up the weather first.")
        .user(format!("What shall I wear in the city of {city} today?"))
}

#[tokio::main]
async fn main() -> ExitCode {
    finish(run().await)
}

async fn run() -> Result<(), Failure> {
    let city = input::argument("tools [CITY]")?.unwrap_or_else(|| "Oslo".to_owned());
    let mut out = stdout();
    let station = Station { celsius: HashMap::from([("Lisbon", 21), ("Cairo", 31)]) };
    // Each round costs, so a model may not go on for ever.
    let dispatcher =
        Dispatcher::builder(AnyProvider::from_env()?).tool_use(ToolUse::new().with_max_rounds(5)).build()?;
    let dispatcher = dispatcher.mount(Arc::new(station));

    let mut stream = dispatcher.stream::<Advise>(AdviseArgs { city: &city }).await?;
    let mut calls: Vec<(String, String)> = Vec::new();
    while let Some(chunk) = stream.next().await {
        match chunk? {
            Chunk::ToolCall { name, .. } => calls.push((name, String::new())),
            Chunk::ToolArguments { index, text } => {
                if let Some((_, arguments)) = calls.get_mut(index) {
                    arguments.push_str(&text);
                }
            }
            Chunk::ToolResult { index, result } => {
                if let Some((name, arguments)) = calls.get(index) {
                    writeln!(out, "calls {name} with {arguments}")?;
                }
                writeln!(out, "{} {}", if result.is_error { "fails:" } else { "gets" }, result.output)?;
            }
            _ => {}
        }
    }
    let reply = stream.finish().await?;
    writeln!(out, "{}", reply.value)?;
    if let Some(usage) = reply.usage {
        writeln!(out, "({} tokens in all rounds)", usage.total_tokens())?;
    }
    Ok(())
}
