//! A cache without a template, and one without a text to keep.

use codex_ai::{Prompt, prompt};

#[prompt(cache = true)]
async fn built(text: &str) -> Prompt {
    Prompt::new().user(text)
}

#[prompt(cache = true, template = "{{ text }}\n\nSummarise this.")]
async fn summarize(text: &str) -> Prompt;

fn main() {}
