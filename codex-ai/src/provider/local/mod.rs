//! The built-in provider: deterministic, in-process, no key. It is not a language model.

mod blocks;
mod calls;
mod chunks;
mod classify;
mod dates;
mod facts;
mod field;
mod input;
mod labels;
mod lexicon;
mod limits;
mod names;
mod numbers;
mod openings;
mod results;
mod sentences;
mod source;
mod text;
mod value;
mod words;

use std::sync::Once;

use serde_json::Value;

use super::{BoxFuture, Provider};
use crate::capability::{Capability, StrictSchema, Supports, Tools};
use crate::error::Result;
use crate::message::Part;
use crate::reply::{FinishReason, Reply};
use crate::request::{Output, Request};
use crate::stream::ReplyStream;
use crate::structured::SchemaMode;
#[cfg(feature = "testing")]
pub(crate) use chunks::chunks;
use input::Input;
use limits::Limits;
use source::Source;

/// The name that replies carry as their model. It changes when the same request may get another answer.
pub const MODEL: &str = "local-extractive-1";

/// How many characters of an answer count as one token of [`Options::max_tokens`](crate::Options::max_tokens). About what
/// the tokens of vendors hold in English text.
pub const CHARACTERS_PER_TOKEN: usize = 4;

/// The built-in provider: it answers by rule from the text of the prompt itself, with no key, no network and no model.
///
/// It is what a program has before it has a key, and what tests and demonstrations can do without one. Free text is
/// answered with the sentences of the material that tell most, with a label for `classify … as A, B or C`, or with what
/// `extract all dates` and the like ask for. A prompt for JSON gets a value that is valid for the schema, filled from the
/// material as far as rules can: labelled lines, names, numbers, dates, addresses, the best sentences, and the variant of
/// an enum whose words the text shares. What is not found gets a plain value: `0`, `false`, an empty list.
///
/// - **Deterministic**: the same request gets the same answer, on every machine. [`MODEL`] names the rules.
/// - **Instructions** are told apart from the material by simple rules: paragraphs at the beginning or the end that open
///   with a request (`Summarise`, `At most 3 points`) or end with a colon are instructions; a fenced, tagged or quoted
///   block that is longer than what stands around it is the material. A user message that already has its answer is an
///   example. `one sentence`, `at most 3 points`, `in 50 words`, `200 characters` and bullet lists are heeded.
/// - **Options**: [`max_tokens`](crate::Options::max_tokens) cuts the answer ([`CHARACTERS_PER_TOKEN`]). All others are
///   accepted and mean nothing here, `extra` included, because this provider stands in for any other.
/// - **Tools**: a tool is called if a word of its name, or a third of the telling words of its description, stands in the
///   question or the instructions, and each required argument is found in the question (`order 17`, `in Oslo`). All that
///   fit are called at once, one with [`parallel_tool_calls`](crate::Options::parallel_tool_calls) off, and once for a
///   question: from their results it is answered. [`ToolChoice`](crate::ToolChoice) is heeded; a call that must be made
///   gets plain values for what is not found.
/// - **Images** in a request are an error of kind [`Unsupported`](crate::ErrorKind::Unsupported).
/// - **Streams** give the same answer a word at a time, without waiting between the pieces.
/// - **Cost**: linear in the length of the prompt, about `n log n` for the ranking of sentences.
///
/// It says once per process that it is not a language model: as a warning through `tracing`, or, where no subscriber is
/// set, as a line on stderr. [`quiet`](Local::quiet) leaves that out.
///
/// ```
/// use codex_ai::provider::local::Local;
/// use codex_ai::{Message, Provider, Request};
///
/// # let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
/// # runtime.block_on(async {
/// let request = Request::new(vec![Message::user(
///     "Summarise in one sentence:\n\nThe bridge opened on Monday. It cost 3 million euros and took two years.",
/// )]);
/// let reply = Local::quiet().generate(&request).await.unwrap();
/// assert_eq!(reply.text(), "The bridge opened on Monday.");
/// # });
/// ```
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Local {
    quiet: bool,
}

impl Local {
    /// The built-in provider. The first answer in a process comes with a note that no language model is in use.
    pub fn new() -> Self {
        Self::default()
    }

    /// The built-in provider without the note, for programs and tests that know.
    pub fn quiet() -> Self {
        Self { quiet: true }
    }

    fn answer(&self, request: &Request) -> Result<Reply> {
        let input = Input::read(request)?;
        if !self.quiet {
            say_what_this_is();
        }
        let calls = calls::wanted(request, &input)?;
        if !calls.is_empty() {
            let reply = Reply::new(MODEL, calls.into_iter().map(Part::ToolCall).collect());
            return Ok(reply.with_finish_reason(FinishReason::ToolCalls));
        }
        let limits = Limits::read(&input.task);
        let most = request.options.max_tokens.map_or(usize::MAX, |n| (n as usize).saturating_mul(CHARACTERS_PER_TOKEN));
        let source = Source::new(input.material.clone());
        let text = match &request.output {
            Output::Text => text::answer(&input, &source, &limits),
            Output::Json => as_text(&value::headline_and_points(&source, &limits)),
            Output::Schema(schema) => {
                let full = as_text(&value::filled(schema, &input, &limits, source)?);
                // A shorter answer that is whole is better than a cut one.
                if is_longer(&full, most) { value::plain(schema).map_or(full, |plain| as_text(&plain)) } else { full }
            }
        };
        let mut reply = match text.char_indices().nth(most) {
            Some((end, _)) => Reply::from_text(MODEL, &text[..end]).with_finish_reason(FinishReason::Length),
            None => Reply::from_text(MODEL, text),
        };
        reply.schema_mode = matches!(request.output, Output::Schema(_)).then_some(SchemaMode::Native);
        Ok(reply)
    }
}

impl Provider for Local {
    fn name(&self) -> &str {
        "local"
    }

    fn generate<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Result<Reply>> {
        Box::pin(async move { self.answer(request) })
    }

    fn stream<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Result<ReplyStream>> {
        Box::pin(async move { Ok(chunks::stream(self.answer(request)?)) })
    }

    /// Pictures are refused. Tools are called by rules, and an answer is made by its schema.
    fn supports(&self, capability: Capability, _: Option<&str>) -> bool {
        matches!(capability, Capability::TOOLS | Capability::STRICT_SCHEMA)
    }
}

impl<Q> Supports<Tools, Q> for Local {}
impl<Q> Supports<StrictSchema, Q> for Local {}

fn as_text(value: &Value) -> String {
    value.to_string()
}

fn is_longer(text: &str, most: usize) -> bool {
    text.chars().nth(most).is_some()
}

/// The note that nobody should miss who wonders about the answers.
const NOTE: &str = "codex-ai: no language model is in use; the built-in `local` provider answers by rule. \
                    Set the key of a vendor, such as OPENAI_API_KEY, for a real one";

fn say_what_this_is() {
    static SAID: Once = Once::new();
    SAID.call_once(|| {
        if tracing::dispatcher::has_been_set() {
            tracing::warn!("{NOTE}");
        } else {
            #[expect(clippy::print_stderr, reason = "without a subscriber the warning would reach nobody")]
            {
                eprintln!("{NOTE}");
            }
        }
    });
}
