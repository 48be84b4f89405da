//! Filters that are unknown, or that take something else.

use codex_ai::{Prompt, prompt};

#[prompt(template = "Say {{ text|uper }} and {{ text|truncate }}")]
async fn say(text: &str) -> Prompt;

fn main() {}
