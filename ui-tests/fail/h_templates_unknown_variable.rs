//! A template names what is no argument.

use codex_ai::{Prompt, prompt};

#[prompt(template = "Summarise this:\n\n{{ txt }}\n{{ txt }} {{ text }}")]
async fn summarize(text: &str) -> Prompt;

fn main() {
    drop(summarize("text"));
}
