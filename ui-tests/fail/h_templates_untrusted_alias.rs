//! Untrusted data in the instructions, by another name of its type.

use codex_ai::{Prompt, Untrusted as U, prompt};

#[prompt(template = "--- system\nAnswer from {{ page }}.\n--- user\nWho wrote it?")]
async fn ask(page: U<&str>) -> Prompt;

fn main() {
    drop(ask("x".into()));
}
