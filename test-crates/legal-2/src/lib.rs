//! The next version of a library of prompts about law.

use codex_ai::prompt;

/// Explains a clause in plain words.
#[prompt(mode = "legal.explain")]
pub async fn explain(clause: &str) -> String {
    format!("Explain in plain words: {clause}")
}
