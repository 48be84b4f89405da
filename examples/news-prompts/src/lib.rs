//! Prompts for newsrooms: a library that ships prompts as functions.
//!
//! A program calls them typed:
//!
//! ```
//! use codex_ai::{Dispatcher, provider::Local};
//! use news_prompts::{Brief, WriteBrief};
//!
//! # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
//! let dispatcher = Dispatcher::new(Local::quiet())?;
//! let article = "The ferry will stop at noon. The harbour says the wind is too strong.";
//! let brief: Brief = WriteBrief::builder().article(article).call(&dispatcher).await?;
//! assert!(!brief.headline.is_empty());
//! # Ok::<_, codex_ai::Error>(()) }).unwrap();
//! ```
//!
//! or by name, `process("news.brief", ..)`. A program that does nothing but that names the crate once, so that it is
//! linked: `codex_ai::link_prompts!(news_prompts);`.
//!
//! The modes begin with `news.`, so that they meet no prompt of the program's own.

use codex_ai::{LlmSchema, Prompt, prompt};
use serde::Deserialize;

/// An article in a few lines.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, LlmSchema)]
pub struct Brief {
    /// One sentence that tells what happened.
    #[llm(min_length = 1)]
    pub headline: String,
    /// The facts, most important first.
    #[llm(min_items = 1, max_items = 5)]
    pub facts: Vec<String>,
    /// Where it belongs.
    pub section: Section,
}

/// The part of a newspaper that an article belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, LlmSchema)]
#[serde(rename_all = "snake_case")]
pub enum Section {
    /// Towns, councils, streets, bridges, transport.
    Local,
    /// Companies, shops, prices, jobs.
    Business,
    /// Matches, teams, records.
    Sport,
    /// Films, books, music, theatre.
    Culture,
}

/// Writes an article up as a brief.
#[prompt(mode = "news.brief", temperature = 0.2)]
pub async fn write_brief(
    /// The article.
    article: &str,
    /// How many facts there may be, at most five.
    #[arg(default = 3)]
    max_facts: u8,
) -> Prompt<Brief> {
    Prompt::new()
        .system("You are a careful editor. Say nothing that the article does not say.")
        .user(format!("Write a brief of this article with at most {} facts.\n\n{article}", max_facts.clamp(1, 5)))
}

/// Writes a headline for an article.
#[prompt(mode = "news.headline", temperature = 0.4)]
pub async fn write_headline(
    /// The article.
    article: &str,
) -> String {
    format!("Write a headline of one sentence for this article:\n\n{article}")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

    use codex_ai::testing::Scripted;
    use codex_ai::{Dispatcher, ErrorKind, Registry, StructuredOutput};

    use super::*;

    // A prompt function is a function: what it says needs no provider to be tested.
    #[tokio::test]
    async fn the_number_of_facts_stays_in_bounds() {
        let text = write_brief("Rain.", 200).await.messages()[0].text().unwrap().into_owned();
        assert!(text.contains("at most 5 facts"), "{text}");
    }

    #[tokio::test]
    async fn an_answer_becomes_a_brief() {
        let answer = r#"{"headline": "It rained", "facts": ["Rain fell."], "section": "local"}"#;
        let dispatcher = Dispatcher::new(Scripted::texts([answer])).unwrap();
        let brief = WriteBrief::builder().article("Rain fell.").call(&dispatcher).await.unwrap();
        assert_eq!(
            brief,
            Brief { headline: "It rained".into(), facts: vec!["Rain fell.".into()], section: Section::Local }
        );
    }

    #[tokio::test]
    async fn an_answer_out_of_bounds_is_refused() {
        let answer = r#"{"headline": "", "facts": [], "section": "x"}"#;
        // One answer is all the script has, so the model is not asked again.
        let once = StructuredOutput::new().with_max_reasks(0);
        let dispatcher = Dispatcher::new(Scripted::texts([answer])).unwrap().with_structured_output(once);
        let error = WriteBrief::builder().article("Rain.").call(&dispatcher).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidOutput);
        let paths: Vec<&str> = error.problems().iter().map(|problem| problem.path.as_str()).collect();
        assert_eq!(paths, ["headline", "facts", "section"]);
    }

    #[test]
    fn the_modes_are_ours() {
        let registry = Registry::discover().unwrap();
        let modes: Vec<&str> = registry.iter().map(codex_ai::Entry::mode).collect();
        assert_eq!(modes, ["news.brief", "news.headline"]);
    }
}
