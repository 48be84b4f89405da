#![deny(unused_must_use)]

use codex_ai::prompt;

#[prompt]
async fn summarize(text: &str, #[arg(default = 80)] max_words: u32) -> String {
    format!("In {max_words} words: {text}")
}

fn args() {
    Summarize::builder().text("x");
}

fn main() {}
