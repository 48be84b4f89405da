//! Prompts that are functions of `impl` blocks: their state, calls typed and by name, and what the registry knows of them.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use codex_ai::testing::Scripted;
use codex_ai::{
    Dispatcher, ErrorKind, LlmSchema, Options, Prompt, PromptDef, Provides, Registry, Reply, Router, prompt, prompts,
};
use serde::Deserialize;
use serde_json::json;

/// What all prompts of the program share.
struct Reviewer {
    style: String,
    calls: AtomicUsize,
}

#[derive(Debug, Deserialize, LlmSchema, PartialEq)]
struct Review {
    stars: u8,
}

impl Reviewer {
    fn new(style: &str) -> Arc<Self> {
        Arc::new(Self { style: style.to_owned(), calls: AtomicUsize::new(0) })
    }
}

#[prompts]
impl Reviewer {
    const LIMIT: usize = 80;

    fn instructions(&self) -> String {
        self.calls.fetch_add(1, Ordering::Relaxed);
        format!("Style: {}.", self.style)
    }

    /// Reviews a text.
    #[prompt(mode = "methods.review", marker = ReviewText, temperature = 0.5)]
    async fn review(
        &self,
        /// The text.
        text: &str,
        #[arg(default = Self::LIMIT)] max_words: usize,
    ) -> Prompt<Review> {
        Prompt::new().system(self.instructions()).user(format!("{max_words}: {text}"))
    }

    /// Needs no value.
    #[prompt(mode = "methods.fixed")]
    pub async fn fixed(text: &str) -> String {
        format!("{}: {text}", Self::LIMIT)
    }

    async fn no_prompt(&self) -> usize {
        self.calls.load(Ordering::Relaxed)
    }
}

#[prompts]
impl Reviewer {
    /// Of a second block.
    #[prompt(mode = "methods.second", json = false)]
    async fn second(self: &Self, texts: &[Self]) -> Result<Prompt, std::fmt::Error> {
        Ok(Prompt::new().user(format!("{} {}", self.style, texts.len())))
    }
}

fn scripted(answers: &[&str]) -> Dispatcher<Arc<Scripted>> {
    let provider = answers.iter().fold(Scripted::new(), |provider, answer| provider.then(Reply::text(*answer)));
    Dispatcher::new(Arc::new(provider)).unwrap()
}
