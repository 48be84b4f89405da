//! Asks a second provider where the first one fails.
//!
//! ```text
//! cargo run --example failover                                          two servers on this machine
//! ANTHROPIC_API_KEY=.. OPENAI_API_KEY=.. cargo run --example failover    Anthropic first, then OpenAI
//! ```
//!
//! Without both keys two wire servers stand in for the vendors: one that is overloaded, and one that answers by rules.

use std::io::{Write, stdout};
use std::process::ExitCode;
use std::time::Duration;

use codex_ai::layer::{Failover, Retry, Timeout};
use codex_ai::provider::Local;
use codex_ai::provider::anthropic::Anthropic;
use codex_ai::provider::openai::OpenAi;
use codex_ai::testing::{Step, WireServer};
use codex_ai::{Dispatcher, Error, ErrorKind, Provider, prompt};
use codex_ai_examples::{Failure, finish};

/// Says what a text is about.
#[prompt]
async fn topic(
    /// The text.
    text: &str,
) -> String {
    format!("Say in one sentence what this text is about.\n\n{text}")
}

#[tokio::main]
async fn main() -> ExitCode {
    finish(run().await)
}

async fn run() -> Result<(), Failure> {
    let mut out = stdout();
    let has = |name| std::env::var(name).is_ok_and(|value| !value.trim().is_empty());
    if has("ANTHROPIC_API_KEY") && has("OPENAI_API_KEY") {
        return ask(Anthropic::from_env()?, OpenAi::from_env()?, &mut out).await;
    }
    writeln!(out, "Two servers on this machine stand in for the vendors; the first is overloaded.\n")?;
    let overloaded = || Step::failure(Error::new(ErrorKind::Server, "overloaded").with_status(529));
    let ill = WireServer::script(std::iter::repeat_with(overloaded).take(8))?;
    let well = WireServer::new(Local::quiet())?;
    let anthropic = Anthropic::builder().key("no-real-key").base_url(ill.origin()).build()?;
    let openai = OpenAi::builder().key("no-real-key").base_url(well.url()).build()?;
    ask(anthropic, openai, &mut out).await?;
    writeln!(out, "Requests: {} to the first server, {} to the second", ill.request_count(), well.request_count())?;
    Ok(())
}

async fn ask(first: impl Provider, second: impl Provider, out: &mut impl Write) -> Result<(), Failure> {
    // Each layer holds a provider and is one: the first is asked once more before the second is asked at all.
    let first = Retry::new(Timeout::new(first).with_first_token(Duration::from_secs(20))).with_retries(1);
    let chain = Failover::builder().route(first).route(second).build()?;
    let dispatcher = Dispatcher::new(chain)?;

    let text = include_str!("data/article.txt");
    let reply = dispatcher.reply::<Topic>(TopicArgs { text }).await?;
    writeln!(out, "{}", reply.value)?;
    writeln!(out, "(model {}, attempt {})", reply.model, reply.attempts)?;

    // A stream moves on too, until its first piece is there.
    let reply = dispatcher.stream::<Topic>(TopicArgs { text }).await?.finish().await?;
    writeln!(out, "As a stream: {} characters, attempt {}", reply.value.chars().count(), reply.attempts)?;
    Ok(())
}
