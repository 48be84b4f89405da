//! Files that are not there.

use codex_ai::{Prompt, prompt};

#[prompt(template_file = "prompts/summarize.md")]
async fn summarize(text: &str) -> Prompt;

#[prompt(template_file = "Cargo.tml")]
async fn shorten(text: &str) -> Prompt;

#[prompt(template_file = "/prompts/x.md")]
async fn translate(text: &str) -> Prompt;

fn main() {
    drop(summarize("text"));
}
