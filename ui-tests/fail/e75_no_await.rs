#![deny(unused_must_use)]

use codex_ai::{Dispatcher, prompt};

#[prompt]
async fn summarize(text: &str, #[arg(default = 80)] max_words: u32) -> String {
    format!("In {max_words} words: {text}")
}

async fn run(dispatcher: Dispatcher) {
    Summarize::builder().text("x").call(&dispatcher);
}

fn main() {}
