//! An argument is not in the template.

use codex_ai::{Prompt, prompt};

#[prompt(template = "Summarise this: {{ text }}")]
async fn summarize(text: &str, max_words: u32) -> Prompt;

fn main() {
    drop(summarize("text", 3));
}
