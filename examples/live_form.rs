//! A form that fills in while the answer streams: each field grows, and is ticked when it is done.
//!
//! ```text
//! cargo run --example live_form                 the e-mail that ships with it
//! cargo run --example live_form -- mail.txt     a file; `-` is standard input
//! ```
//!
//! On a terminal the form is drawn again in place. Otherwise each field is a line of its own, once it is done.

use std::io::{IsTerminal, Write, stdout};
use std::process::ExitCode;
use std::time::Duration;

use codex_ai::{Dispatcher, LlmSchema, Partial, Progress, Prompt, prompt};
use codex_ai_examples::{Failure, finish, input};
use serde::Deserialize;

/// An invoice.
#[derive(Debug, Deserialize, LlmSchema)]
struct Invoice {
    /// The vendor who sends the invoice.
    vendor: String,
    /// The invoice number, of no use before it is complete.
    #[llm(stream = "done")]
    number: String,
    /// What was bought.
    #[llm(min_items = 1, max_items = 100)]
    lines: Vec<Line>,
    /// The total, as stated.
    #[llm(min = 0.0)]
    total: f64,
}

/// One line of an invoice.
#[derive(Debug, Deserialize, LlmSchema)]
struct Line {
    /// What it is.
    item: String,
    /// The price of one.
    #[llm(min = 0.0)]
    price: f64,
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
    let name = input::argument("live_form [FILE]")?;
    let mail = input::read(name.as_deref(), include_str!("data/invoice.txt"))?.text;
    let dispatcher = Dispatcher::from_env()?;
    let mut stream = dispatcher.stream::<ReadInvoice>(ReadInvoiceArgs { mail: &mail }).await?;
    let mut screen = Screen::default();
    while let Some(invoice) = stream.next_partial().await {
        screen.show(&fields(invoice?))?;
        if stdout().is_terminal() {
            // The built-in provider is too quick for the eye.
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
    }

    // The value is read from the whole answer, and checked.
    let invoice = stream.finish().await?.value;
    writeln!(
        stdout(),
        "\n{} wants {:.2} for {} things, by invoice {}.",
        invoice.vendor,
        invoice.total,
        invoice.lines.len(),
        invoice.number
    )?;
    Ok(())
}

/// A line of the form.
struct Field {
    label: String,
    text: String,
    is_done: bool,
}

fn fields(invoice: &Partial<Invoice>) -> Vec<Field> {
    let mut fields = vec![
        field("vendor", invoice.vendor.as_str(), invoice.vendor.is_done()),
        field("number", invoice.number.as_str(), invoice.number.is_done()),
    ];
    match &invoice.lines {
        Progress::Done(lines) => fields.extend(lines.iter().enumerate().map(|(i, line)| whole_line(i, line))),
        Progress::Partial(lines) => fields.extend(lines.iter().enumerate().map(|(i, line)| match line {
            Progress::Done(line) => whole_line(i, line),
            Progress::Partial(line) => field(&format!("line {}", i + 1), line.item.as_str(), false),
            _ => field(&format!("line {}", i + 1), "", false),
        })),
        _ => {}
    }
    let total = invoice.total.done().map(|total| format!("{total:.2}"));
    fields.push(field("total", total.as_deref().unwrap_or_default(), total.is_some()));
    fields
}

fn whole_line(index: usize, line: &Line) -> Field {
    field(&format!("line {}", index + 1), &format!("{}, {:.2}", line.item, line.price), true)
}

fn field(label: &str, text: &str, is_done: bool) -> Field {
    Field { label: label.to_owned(), text: text.to_owned(), is_done }
}

/// Where the form is shown.
#[derive(Default)]
struct Screen {
    /// How many lines were drawn the last time.
    drawn: usize,
    /// The labels of the lines that were printed, where nothing can be drawn again.
    printed: Vec<String>,
}

impl Screen {
    fn show(&mut self, fields: &[Field]) -> Result<(), Failure> {
        let mut out = stdout().lock();
        if !out.is_terminal() {
            for field in fields.iter().filter(|field| field.is_done) {
                if !self.printed.contains(&field.label) {
                    writeln!(out, "{}: {}", field.label, field.text)?;
                    self.printed.push(field.label.clone());
                }
            }
            return Ok(());
        }
        if self.drawn > 0 {
            write!(out, "\x1b[{}A", self.drawn)?;
        }
        // Without the terminal's own line breaks: a line that is too long for it is cut off at its edge, and not drawn below
        // itself the next time.
        write!(out, "\x1b[?7l")?;
        for field in fields {
            let tick = if field.is_done { '\u{2713}' } else { ' ' };
            let text: String = field.text.chars().filter(|c| !c.is_control()).take(200).collect();
            writeln!(out, "\x1b[2K{tick} {:<8} {text}", field.label)?;
        }
        write!(out, "\x1b[?7h")?;
        self.drawn = fields.len();
        out.flush()?;
        Ok(())
    }
}
