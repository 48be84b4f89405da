//! Prompts that are methods.

use std::collections::BTreeMap;
use std::sync::Arc;

use codex_ai::{Prompt, prompt, prompts};

/// What the prompts of a help desk share.
#[derive(Debug)]
pub struct Desk {
    /// By the question that they answer.
    articles: BTreeMap<String, String>,
}

#[prompts]
impl Desk {
    /// The words of an answer.
    const WORDS: u32 = 40;

    /// A desk with these articles.
    #[must_use]
    pub const fn new(articles: BTreeMap<String, String>) -> Self {
        Self { articles }
    }

    /// Answers a question.
    ///
    /// # Errors
    /// None yet.
    #[prompt(mode = "strict.answer")]
    pub async fn answer(
        &self,
        /// What is asked.
        question: &str,
        #[arg(default = Self::WORDS)] words: u32,
    ) -> Result<Prompt<Vec<String>>, codex_ai::Error> {
        Ok(Prompt::new().user(format!("{question} {:?} {words}", self.articles.get(question))))
    }

    /// Greets.
    #[prompt(mode = "strict.greet")]
    pub async fn greet(name: &str) -> String {
        format!("Greet {name} in {} words.", Self::WORDS)
    }

    /// Only for the module.
    #[prompt(mode = "strict.count")]
    async fn count(&self) -> String {
        self.articles.len().to_string()
    }
}

/// Uses the methods as a program does.
///
/// # Errors
/// Those of the dispatcher.
pub async fn ask(dispatcher: &codex_ai::Dispatcher, desk: Arc<Desk>, question: &str) -> codex_ai::Result<Vec<String>> {
    let mounted = dispatcher.mount(desk);
    let _greeting: String = Greet::builder().name("Ada").call(&mounted).await?;
    mounted.call::<Answer>(AnswerArgs { question, words: 3 }).await
}
