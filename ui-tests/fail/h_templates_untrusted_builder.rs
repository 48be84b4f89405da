//! Untrusted data in the instructions and the message of a prompt that is built.

use codex_ai::{Prompt, Untrusted, prompt};

#[prompt]
async fn ask(page: Untrusted<&str>, other: &Untrusted<String>) -> Prompt {
    Prompt::new().system(page).user(other)
}

fn main() {}
