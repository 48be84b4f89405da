//! Sorts support tickets into an enum, whose doc comments the model reads.
//!
//! ```text
//! cargo run --example classify                   the tickets that ship with it
//! cargo run --example classify -- tickets.txt    a file with one ticket a line; `-` is standard input
//! ```

use std::collections::BTreeMap;
use std::io::{Write, stdout};
use std::process::ExitCode;

use codex_ai::{Dispatcher, LlmSchema, Prompt, prompt};
use codex_ai_examples::{Failure, finish, input};
use serde::Deserialize;

/// The team that a ticket goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, LlmSchema)]
#[serde(rename_all = "snake_case")]
enum Team {
    /// Payments, charges, refunds, cancelled plans, money.
    Billing,
    /// Something is broken: a crash, an error, a button that does nothing.
    Bugs,
    /// A question: how to do or change something, where to find something.
    Help,
}

/// Chooses the team for a support ticket.
#[prompt(temperature = 0.0)]
async fn triage(
    /// The ticket, as the customer wrote it.
    ticket: &str,
) -> Prompt<Team> {
    Prompt::new().system("You sort support tickets. Choose the team that can help.").user(ticket)
}

#[tokio::main]
async fn main() -> ExitCode {
    finish(run().await)
}

async fn run() -> Result<(), Failure> {
    let name = input::argument("classify [FILE]")?;
    let tickets = input::read(name.as_deref(), include_str!("data/tickets.txt"))?.text;
    let dispatcher = Dispatcher::from_env()?;
    let mut out = stdout();
    let mut counts: BTreeMap<Team, usize> = BTreeMap::new();
    for ticket in tickets.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let team = dispatcher.call::<Triage>(TriageArgs { ticket }).await?;
        *counts.entry(team).or_default() += 1;
        writeln!(out, "{:<8} {ticket}", format!("{team:?}"))?;
    }
    let counts: Vec<String> = counts.iter().map(|(team, count)| format!("{team:?} {count}")).collect();
    writeln!(out, "\n{}", counts.join(", "))?;
    Ok(())
}
