//! Shares a manual and a house style between prompts: they are methods of one value, which the dispatcher holds.
//!
//! ```text
//! cargo run --example methods                                          a question about the lamp
//! cargo run --example methods -- "How long does the warranty last?"    another one
//! ```

use std::io::{Write, stdout};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use codex_ai::{Dispatcher, Error, ErrorKind, LlmSchema, Prompt, prompt, prompts};
use codex_ai_examples::{Failure, finish, input};
use serde::Deserialize;
use serde_json::json;

/// What all prompts of the help desk need: in a real program a pool of database connections, a configuration, a cache.
struct HelpDesk {
    /// A title and a text for each chapter.
    manual: Vec<(String, String)>,
    style: &'static str,
    /// How often the manual was opened. Calls run at the same time, so what changes is atomic or behind a lock.
    opened: AtomicUsize,
}

/// How a question is handled.
#[derive(Debug, Deserialize, LlmSchema)]
struct Triage {
    /// The subject of the question, in a few words.
    subject: String,
    /// The chapter of the manual that helps.
    chapter: String,
}

#[prompts]
impl HelpDesk {
    fn new(manual: &str, style: &'static str) -> Self {
        let chapters = manual.split("\n\n").filter_map(|chapter| chapter.split_once('\n'));
        let manual = chapters.map(|(title, text)| (title.to_owned(), text.trim().to_owned())).collect();
        Self { manual, style, opened: AtomicUsize::new(0) }
    }

    /// The chapter that shares the most words with the question.
    fn chapter(&self, question: &str) -> Option<&(String, String)> {
        self.opened.fetch_add(1, Ordering::Relaxed);
        let question = question.to_lowercase();
        let words: Vec<_> = question.split(|c: char| !c.is_alphanumeric()).filter(|word| word.len() > 3).collect();
        let shared = |(title, text): &(String, String)| {
            let chapter = format!("{title} {text}").to_lowercase();
            words.iter().filter(|word| chapter.contains(*word)).count()
        };
        self.manual.iter().max_by_key(|chapter| shared(chapter)).filter(|chapter| shared(chapter) > 0)
    }

    /// Answers a question from the manual.
    #[prompt(mode = "desk.answer", temperature = 0.0)]
    async fn answer(
        &self,
        /// What the customer asks.
        question: &str,
    ) -> codex_ai::Result<Prompt> {
        // A prompt may fail before anything is asked of a model.
        let (title, text) = self.chapter(question).ok_or_else(|| {
            Error::new(ErrorKind::Prompt, "no chapter of the manual has a word of the question")
                .with_help("name the part, or what it does")
        })?;
        Ok(Prompt::new()
            .system(self.style)
            .user(format!("Answer in one sentence, from the chapter `{title}`: {question}\n\n{text}")))
    }

    /// Says what a question is about.
    #[prompt(mode = "desk.triage", marker = TriageQuestion)]
    async fn triage(&self, question: &str) -> Prompt<Triage> {
        let titles: Vec<_> = self.manual.iter().map(|(title, _)| title.as_str()).collect();
        Prompt::new().user(format!("Say what this is about. Chapters: {}.\n\n{question}", titles.join(", ")))
    }

    /// Makes a text short. It takes no `&self`: any dispatcher can call it.
    #[prompt(mode = "desk.shorten")]
    async fn shorten(text: &str) -> String {
        format!("Shorten this text to one sentence:\n\n{text}")
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    finish(run().await)
}

async fn run() -> Result<(), Failure> {
    let question =
        input::argument("methods [QUESTION]")?.unwrap_or_else(|| "The lamp flickers. What do I do?".to_owned());
    let desk = Arc::new(HelpDesk::new(include_str!("data/manual.txt"), "You are brief and friendly."));
    let plain = Dispatcher::from_env()?;
    let dispatcher = plain.mount(Arc::clone(&desk));
    let mut out = stdout();

    // Typed: without the `mount` above these lines do not compile.
    let triage = TriageQuestion::builder().question(&question).call(&dispatcher).await?;
    writeln!(out, "{} (chapter {})", triage.subject, triage.chapter)?;
    let answer = dispatcher.call::<Answer>(AnswerArgs { question: &question }).await?;
    writeln!(out, "{answer}")?;

    // By name: the same value, and a clear error where it is missing.
    let again = dispatcher.process("desk.answer", json!({ "question": question })).await?;
    writeln!(out, "by name: {again}")?;
    if let Err(error) = plain.process("desk.answer", json!({ "question": question })).await {
        writeln!(out, "not mounted: {error}")?;
    }

    let short = Shorten::builder().text(&answer).call(&plain).await?;
    writeln!(out, "in short: {short}")?;
    writeln!(out, "(the manual was opened {} times)", desk.opened.load(Ordering::Relaxed))?;
    Ok(())
}
