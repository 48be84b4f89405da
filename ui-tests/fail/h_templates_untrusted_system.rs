//! Untrusted data in the instructions, or inside an expression.

use codex_ai::{Prompt, Untrusted, prompt};

#[prompt(template = "--- system\nAnswer from {{ page }}.\n--- user\nWho wrote it?")]
async fn ask(page: Untrusted<&str>) -> Prompt;

#[prompt(template = "Say {{ page|upper }}")]
async fn shout(page: Untrusted<&str>) -> Prompt;

fn main() {
    drop(ask("x".into()));
}
