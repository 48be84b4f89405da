//! A library of prompts about news.

use codex_ai::prompt;

/// Shortens an article.
#[prompt(mode = "shared.summarize")]
pub async fn summarize(text: &str) -> String {
    format!("Shorten this article: {text}")
}

/// Writes a headline.
#[prompt(mode = "news.headline", temperature = 0.7)]
pub async fn headline(
    /// The article.
    text: &str,
    #[arg(default = 12)] max_words: u8,
) -> String {
    format!("A headline of {max_words} words for: {text}")
}
