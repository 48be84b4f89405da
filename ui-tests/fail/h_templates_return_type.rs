//! A function with a template that returns text.

use codex_ai::prompt;

#[prompt(template = "Summarise {{ text }}")]
async fn summarize(text: &str) -> String;

fn main() {
    drop(summarize("text"));
}
