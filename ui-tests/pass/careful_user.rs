//! No warning comes from generated code, whatever the user denies.

#![deny(warnings, missing_docs, missing_debug_implementations, missing_copy_implementations, unreachable_pub)]
#![deny(unused_qualifications, unused_lifetimes, single_use_lifetimes, elided_lifetimes_in_paths, unused_results)]
#![forbid(unsafe_code)]

use codex_ai::{LlmSchema, Prompt, prompt, prompts};

/// What a busy reader needs to know.
#[derive(Debug, Clone, serde::Deserialize, LlmSchema)]
pub struct Summary {
    /// One sentence.
    #[llm(min_length = 1)]
    pub headline: String,
    /// The next one.
    #[serde(default)]
    pub next: Option<Box<Self>>,
}

/// What comes next.
#[derive(Debug, Clone, Copy, serde::Deserialize, LlmSchema)]
#[serde(tag = "kind", content = "value")]
pub enum Step {
    /// To wait.
    Wait {
        /// How long.
        seconds: u8,
    },
    /// So often.
    Again(u8),
    /// Nothing.
    Stop,
}

/// Summarises a text.
#[prompt(temperature = 0.2)]
pub async fn summarize(text: &str, #[arg(default = 3)] max_points: u8, note: Option<&str>) -> Prompt<Summary> {
    Prompt::new().user(format!("{max_points} {text} {note:?}"))
}

/// Not used by anybody.
#[prompt]
async fn unused(word: String) -> String {
    word
}

#[deprecated]
#[prompt]
async fn old(word: String) -> String {
    word
}

/// What prompts share.
#[derive(Debug)]
pub struct Desk {
    articles: Vec<String>,
}

#[prompts]
impl Desk {
    /// Answers a question.
    #[prompt]
    pub async fn answer(&self, question: &str, #[arg(default = Self::limit())] limit: usize) -> Prompt<Summary> {
        Prompt::new().user(format!("{question} {limit} {:?}", self.articles))
    }

    fn limit() -> usize {
        3
    }
}

fn main() {
    #[prompt]
    async fn inside() -> &'static str {
        "x"
    }
    let args = Summarize::builder().text("x").build();
    assert_eq!(args.max_points, 3);
}
