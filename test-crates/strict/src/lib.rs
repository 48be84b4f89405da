//! Prompts under every lint, without a single `allow`: what the macros generate is no user's fault.

pub mod desk;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::Path;
use std::{fs, io};

use codex_ai::{LlmSchema, Prompt, prompt};
use serde::Deserialize;

/// What a busy reader needs to know.
#[derive(Debug, Clone, Deserialize, LlmSchema)]
#[non_exhaustive]
pub struct Summary {
    /// One sentence.
    #[llm(min_length = 1, max_length = 120, example = "Rain fell")]
    pub headline: String,
    /// The main points.
    #[llm(min_items = 1, max_items = 7)]
    pub points: Vec<String>,
    /// How sure the model is.
    #[llm(min = 0.0, max = 1.0)]
    #[serde(default)]
    pub confidence: f64,
    /// Another one.
    pub next: Option<Box<Self>>,
}

/// A page of things.
#[derive(Debug, Clone, Deserialize, LlmSchema)]
#[serde(default, rename_all = "camelCase")]
pub struct PageOf<T: Default> {
    /// The things.
    pub page_items: Vec<T>,
    /// How many there are.
    pub total: u32,
}

impl<T: Default> Default for PageOf<T> {
    fn default() -> Self {
        Self { page_items: Vec::new(), total: 0 }
    }
}

/// What to do.
#[derive(Debug, Clone, Deserialize, LlmSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Step {
    /// Wait.
    Wait {
        /// In seconds.
        #[llm(min = 1)]
        seconds: u32,
    },
    /// Go on.
    GoOn(Direction),
    /// Stop.
    Stop,
}

/// A place to go.
#[derive(Debug, Clone, Copy, Deserialize, LlmSchema)]
#[non_exhaustive]
pub enum Direction {
    /// Up.
    North,
    /// Down.
    South,
}

/// A name.
#[derive(Debug, Clone, Deserialize, LlmSchema)]
pub struct Name(#[llm(pattern = "^[a-z]+$")] pub String);

/// A borrowed or owned word.
#[derive(Debug, Clone, Deserialize, LlmSchema)]
#[non_exhaustive]
pub struct Word<'word> {
    /// The word.
    pub text: Cow<'word, str>,
}

/// Summarises a text.
#[prompt(mode = "strict.summarize", model = "openai/gpt-5.6-luna", temperature = 0.2, max_tokens = 500)]
pub async fn summarize(
    /// The text to summarise.
    text: &str,
    #[arg(default = 3)] max_points: u8,
    note: Option<&str>,
    #[arg(rename = "type", default)] kind: Cow<'_, str>,
) -> Prompt<Summary> {
    Prompt::new()
        .system("You are a careful editor.")
        .user(format!("At most {max_points} points.\n\n{text}\n{}{kind}", note.unwrap_or_default()))
}

/// Reads a file.
///
/// # Errors
/// Those of the file.
#[prompt(mode = "strict.read", json = true)]
pub async fn read(path: &Path) -> io::Result<String> {
    fs::read_to_string(path)
}

/// Plans a journey.
///
/// # Errors
/// None yet.
#[prompt(mode = "strict.plan")]
pub async fn plan(steps: Vec<String>, limits: BTreeMap<String, u32>) -> Result<Prompt<Vec<Step>>, codex_ai::Error> {
    Ok(Prompt::new().user(format!("{}, {limits:?}", steps.join(", "))))
}

/// Says hello.
#[prompt(mode = "strict.hello")]
pub async fn hello() -> &'static str {
    "Say hello."
}

/// Never called by name.
#[prompt(mode = "strict.inner", json = false)]
pub(crate) async fn inner(word: &'static str, direction: Direction) -> String {
    format!("{word} {direction:?}")
}

/// Called by nobody but the registry.
#[prompt(mode = "strict.private")]
async fn private(word: &str) -> String {
    word.to_owned()
}

/// Goes out of use.
#[deprecated = "write it yourself"]
#[prompt(mode = "strict.old")]
pub async fn old(word: &str) -> String {
    word.to_owned()
}

/// Uses prompts as a program does.
///
/// # Errors
/// Those of the dispatcher.
pub async fn run(dispatcher: &codex_ai::Dispatcher, text: &str) -> codex_ai::Result<Summary> {
    /// A prompt inside a function.
    #[prompt(mode = "strict.inside")]
    async fn inside(text: &str) -> Prompt<u8> {
        Prompt::new().user(text)
    }

    let points = Inside::builder().text(text).call(dispatcher).await?;
    Inner::builder().word("x").direction(Direction::North).call(dispatcher).await.map(drop)?;
    dispatcher.call::<Summarize>(SummarizeArgs { text, max_points: points, note: None, kind: Cow::Borrowed("") }).await
}
