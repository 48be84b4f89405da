//! A template and a body.

use codex_ai::{Prompt, prompt};

#[prompt(template = "Summarise {{ text }}")]
async fn summarize(text: &str) -> Prompt {
    Prompt::new().user(text)
}

#[prompt(template = "Summarise {{ text }}", template_file = "prompts/x.md")]
async fn shorten(text: &str) -> Prompt;

fn main() {}
