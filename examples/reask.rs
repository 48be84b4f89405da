//! Shows what happens when a model answers with a value that breaks the rules: it is told what is wrong, and asked again.
//!
//! ```text
//! cargo run --example reask                                   a script of answers, the first of them wrong
//! OPENAI_API_KEY=.. cargo run --example reask -- "Dune"       the vendor whose key is set
//! ```

use std::io::{Write, stdout};
use std::process::ExitCode;
use std::time::Duration;

use codex_ai::provider::AnyProvider;
use codex_ai::testing::Scripted;
use codex_ai::{Dispatcher, LlmSchema, Prompt, Provider, Reply, Role, StructuredOutput, Usage, prompt};
use codex_ai_examples::{Failure, finish, input};
use serde::Deserialize;

/// A review in three lines.
#[derive(Debug, Deserialize, LlmSchema)]
#[llm(validate = Review::consistent)]
struct Review {
    /// The title of the book.
    title: String,
    #[llm(min = 1, max = 5)]
    stars: u8,
    /// What is good, and what is not.
    #[llm(min_items = 1)]
    points: Vec<String>,
    /// Whether a friend should read it.
    recommended: bool,
}

impl Review {
    /// What no schema can say.
    fn consistent(&self) -> Result<(), String> {
        if self.recommended && self.stars < 3 {
            return Err(format!("nobody recommends a book of {} stars", self.stars));
        }
        Ok(())
    }
}

/// Reviews a book.
#[prompt]
async fn review_book(
    /// Its title.
    title: &str,
) -> Prompt<Review> {
    Prompt::new().system("You review books for busy people.").user(format!("Review the book {title:?}."))
}

#[tokio::main]
async fn main() -> ExitCode {
    finish(run().await)
}

async fn run() -> Result<(), Failure> {
    let title = input::argument("reask [TITLE]")?.unwrap_or_else(|| "Emma".to_owned());
    let mut out = stdout();
    // Two more questions at most, no more than a few cents, no longer than a minute.
    let policy =
        StructuredOutput::new().with_max_reasks(2).with_max_total_tokens(20_000).with_deadline(Duration::from_secs(60));

    let mut provider = AnyProvider::from_env()?;
    let script = script(&title);
    if provider.name() == "local" {
        writeln!(out, "No key is set: the answers are made up, and the first two are wrong.\n")?;
        provider = AnyProvider::new(script.clone());
    }
    let dispatcher = Dispatcher::builder(provider).structured_output(policy).build()?;
    let reply = match dispatcher.reply::<ReviewBook>(ReviewBookArgs { title: &title }).await {
        Ok(reply) => reply,
        Err(error) => {
            // What it took is known here as well.
            if let Some(report) = error.report() {
                writeln!(out, "{} questions, {} tokens, no review", report.asks.len(), report.usage.total_tokens())?;
            }
            return Err(error.into());
        }
    };

    // What the model was told, each time in the place of what it was told before.
    for request in script.requests().iter().skip(1) {
        for message in request.messages.iter().rev().take(2).rev() {
            let who = if message.role == Role::Assistant { "model" } else { "check" };
            writeln!(out, "{who}: {}\n", message.text().unwrap_or_default())?;
        }
    }
    let review = &reply.value;
    writeln!(out, "{}: {} of 5, {}", review.title, review.stars, review.points.join("; "))?;
    writeln!(out, "{}", if review.recommended { "recommended" } else { "not recommended" })?;
    if let Some(report) = &reply.report {
        writeln!(out, "\n{} questions, {} tokens", report.asks.len(), report.usage.total_tokens())?;
        for (number, ask) in (1..).zip(&report.asks) {
            let ended = if ask.failure.is_none() { "a review" } else { "no review" };
            writeln!(out, "  {number}: {ended}, {} problems", ask.problems.len())?;
        }
        for repair in &report.repairs {
            writeln!(out, "  put right: {repair}")?;
        }
    }
    Ok(())
}

/// A model that needs three tries. What everybody understands, such as a number in quotes, is put right and costs none.
fn script(title: &str) -> Scripted {
    let answers = [
        format!(r#"{{"title": {title:?}, "stars": 11, "points": [], "recommended": true}}"#),
        format!(r#"{{"title": {title:?}, "stars": 1, "points": ["witty"], "recommended": true}}"#),
        format!(
            r#"Here you are: {{"title": {title:?}, "stars": "4", "points": ["witty", "long"], "recommended": true}}"#
        ),
    ];
    let usage = [Usage::new(210, 40), Usage::new(330, 40), Usage::new(310, 48)];
    Scripted::new(
        answers.into_iter().zip(usage).map(|(text, used)| Ok(Reply::from_text("made-up", text).with_usage(used))),
    )
}
