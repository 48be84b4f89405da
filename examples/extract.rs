//! Takes an invoice out of an e-mail: nested data, held to its bounds.
//!
//! ```text
//! cargo run --example extract                 the e-mail that ships with it
//! cargo run --example extract -- mail.txt     a file; `-` is standard input
//! ```

use std::io::{Write, stdout};
use std::process::ExitCode;

use codex_ai::{Dispatcher, LlmSchema, Prompt, prompt};
use codex_ai_examples::{Failure, finish, input};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// An invoice.
#[derive(Debug, Deserialize, Serialize, LlmSchema)]
struct Invoice {
    /// The invoice number.
    number: String,
    /// The vendor who sends the invoice.
    vendor: String,
    /// The date of the invoice.
    #[llm(format = "date")]
    date: String,
    /// The day by which it is due, if one is given.
    #[llm(format = "date")]
    due: Option<String>,
    /// What was bought.
    #[llm(min_items = 1, max_items = 100)]
    lines: Vec<Line>,
    /// The total, as stated.
    #[llm(min = 0.0)]
    total: f64,
    currency: Currency,
    /// The address to write to.
    #[llm(format = "email")]
    contact: Option<String>,
}

/// One line of an invoice.
#[derive(Debug, Deserialize, Serialize, LlmSchema)]
struct Line {
    /// What it is.
    #[llm(min_length = 1)]
    item: String,
    /// How many.
    #[llm(min = 1, max = 10_000)]
    quantity: u32,
    /// The price of one.
    #[llm(min = 0.0)]
    price: f64,
}

/// The currency of all amounts.
#[derive(Debug, Clone, Copy, Deserialize, Serialize, LlmSchema)]
#[serde(rename_all = "UPPERCASE")]
enum Currency {
    Eur,
    Gbp,
    Usd,
}

/// Takes the invoice out of an e-mail.
#[prompt(temperature = 0.0)]
async fn read_invoice(
    /// The e-mail with its headers.
    mail: &str,
) -> Prompt<Invoice> {
    Prompt::new()
        .system("You read invoices. Take every value from the e-mail as it stands there; calculate nothing.")
        .user(format!("Extract the invoice from this e-mail:\n\n{mail}"))
}

#[tokio::main]
async fn main() -> ExitCode {
    finish(run().await)
}

async fn run() -> Result<(), Failure> {
    let name = input::argument("extract [FILE]")?;
    let mail = input::read(name.as_deref(), include_str!("data/invoice.txt"))?.text;
    let dispatcher = Dispatcher::from_env()?;
    let invoice = dispatcher.call::<ReadInvoice>(ReadInvoiceArgs { mail: &mail }).await?;
    let mut out = stdout();
    writeln!(out, "{:#}", json!(invoice))?;

    // From here on it is plain Rust: the types are checked, the sums are not.
    let sum: f64 = invoice.lines.iter().map(|line| f64::from(line.quantity) * line.price).sum();
    let verdict =
        if (sum - invoice.total).abs() < 0.005 { "as stated" } else { "which is not what the invoice states" };
    writeln!(out, "\nThe lines add up to {sum:.2}, {verdict}.")?;
    Ok(())
}
