//! A library of prompts about law.

use codex_ai::prompt;

/// Shortens a contract.
#[prompt(mode = "shared.summarize")]
pub async fn summarize(text: &str) -> String {
    format!("Shorten this contract: {text}")
}

/// Explains a clause.
#[prompt(mode = "legal.explain")]
pub async fn explain(clause: &str) -> String {
    format!("Explain: {clause}")
}
