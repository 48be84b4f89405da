//! Lets a model call a function of the program, and answers until it has its text.
//!
//! ```text
//! cargo run --example tools                                   a server that the example starts
//! OPENAI_API_KEY=.. cargo run --example tools -- Bergen       the vendor whose key is set
//! ```

use std::io::{Write, stdout};
use std::process::ExitCode;

use codex_ai::provider::compatible::Compatible;
use codex_ai::provider::{AnyProvider, Local};
use codex_ai::testing::WireServer;
use codex_ai::{Dispatcher, Error, ErrorKind, Function, LlmSchema, Message, Prompt, Provider, Request, Usage, prompt};
use codex_ai_examples::{Failure, finish, input};
use serde::Deserialize;

/// What the tool is called with.
#[derive(Debug, Deserialize, LlmSchema)]
struct Place {
    /// The city, without the country.
    city: String,
}

/// Asks what to wear.
#[prompt]
async fn advise(
    /// Where.
    city: &str,
) -> Prompt {
    Prompt::new()
        .system("You give advice in one sentence. Look up the weather first.")
        .user(format!("What shall I wear in the city of {city} today?"))
        .tool(Function::new("weather").with_description("The weather in a city now.").with_arguments::<Place>())
}

/// What the model has at hand.
fn weather(place: &Place) -> String {
    format!("{}: 4 degrees, rain until the evening", place.city)
}

/// A model may go on to call tools, and each turn costs.
const MOST_TURNS: usize = 5;

#[tokio::main]
async fn main() -> ExitCode {
    finish(run().await)
}

async fn run() -> Result<(), Failure> {
    let city = input::argument("tools [CITY]")?.unwrap_or_else(|| "Oslo".to_owned());
    let mut out = stdout();
    let mut provider = AnyProvider::from_env()?;
    // The built-in provider calls no tools: a server that calls the first one stands in.
    let server = WireServer::with_scenarios(0, Local::quiet())?;
    if provider.name() == "local" {
        writeln!(out, "No key is set: a server on this machine calls the tool, and answers by rules.")?;
        let model = "scenario-tool-call";
        provider = AnyProvider::new(Compatible::at(server.url()).key("no-real-key").default_model(model).build()?);
    }
    let dispatcher = Dispatcher::new(provider)?;

    // The function of a prompt is still a function, and what it returns is a request.
    let mut request = Request::from(advise(&city).await);
    let mut usage = Usage::default();
    for _ in 0..MOST_TURNS {
        let reply = dispatcher.generate_reply(&request).await?;
        usage += reply.usage.unwrap_or_default();
        let mut results = Vec::new();
        for call in reply.tool_calls() {
            writeln!(out, "calls {} with {}", call.name, call.arguments)?;
            results.push(match call.read::<Place>() {
                Ok(place) => call.result(weather(&place)),
                // The model wrote the arguments, so it is told what is wrong with them.
                Err(error) => call.result(error.to_string()).as_error(),
            });
        }
        if results.is_empty() {
            writeln!(out, "{}", reply.read::<String>()?)?;
            if usage != Usage::default() {
                writeln!(out, "({} tokens in all turns)", usage.total_tokens())?;
            }
            return Ok(());
        }
        request.messages.extend([reply.to_message(), Message::tool(results)]);
    }
    Err(Error::new(ErrorKind::Other, format!("the model has no answer after {MOST_TURNS} turns")).into())
}
