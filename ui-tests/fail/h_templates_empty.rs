//! A template without a text.

use codex_ai::{Prompt, prompt};

#[prompt(template = " ")]
async fn nothing() -> Prompt;

fn main() {
    drop(nothing());
}
