//! A template writes a value that is no text.

use codex_ai::{Prompt, prompt};

#[derive(Clone, serde::Deserialize)]
pub struct Order {
    number: String,
}

#[prompt(template = "Answer about {{ order }}.")]
async fn answer(order: &Order) -> Prompt;

#[prompt(template = "--- system\nMind this: {{ note }}\n--- user\nHello")]
async fn greet(note: Option<&str>) -> Prompt;

fn main() {
    drop(answer(&Order { number: String::new() }));
}
