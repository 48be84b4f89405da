//! Prompts are functions that the compiler understands and the binary can list.
//!
//! ```standalone_crate
//! use codex_ai::{Dispatcher, LlmSchema, Prompt, prompt, provider::Local};
//!
//! /// What a busy reader needs to know.
//! #[derive(Debug, serde::Deserialize, LlmSchema)]
//! struct Summary {
//!     /// One sentence, no jargon.
//!     headline: String,
//!     /// The main points, most important first.
//!     #[llm(min_items = 1, max_items = 7)]
//!     points: Vec<String>,
//! }
//!
//! /// Summarises a text.
//! #[prompt(mode = "summarize", temperature = 0.2)]
//! async fn summarize(
//!     /// The text to summarise.
//!     text: &str,
//!     #[arg(default = 3)] max_points: u8,
//! ) -> Prompt<Summary> {
//!     Prompt::new().system("You are a careful editor.").user(format!("At most {max_points} points.\n\n{text}"))
//! }
//!
//! # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
//! let dispatcher = Dispatcher::new(Local::quiet())?;
//! let text = "The bridge opened on Monday. It cost 3 million euros and took two years.";
//!
//! // Typed: the arguments are a struct, or a builder that knows the defaults; the answer is a `Summary`.
//! let summary: Summary = dispatcher.call::<Summarize>(SummarizeArgs { text, max_points: 1 }).await?;
//! let summary: Summary = Summarize::builder().text(text).call(&dispatcher).await?;
//! assert_eq!(summary.headline, "The bridge opened on Monday");
//!
//! // By name: JSON in, JSON out, checked at run time.
//! let value = dispatcher.process("summarize", serde_json::json!({ "text": text })).await?;
//! assert_eq!(value["headline"], "The bridge opened on Monday");
//! # Ok::<_, codex_ai::Error>(()) }).unwrap();
//! ```
//!
//! What can be wrong in the program is found by `cargo check`, with a message that says what to type:
//! [`compiler_messages`] lists them. What can be wrong in an answer or on the wire ends in a typed error, or in the right
//! value.
//!
//! # Prompts
//!
//! [`#[prompt]`](macro@prompt) makes an async function a prompt. The function stays as it is, so that its text is tested
//! without a provider. What it returns decides what the model is asked for: `String` and [`Prompt`] ask for free text,
//! [`Prompt<T>`](Prompt) for JSON of `T`; a `Result` of one may fail before anything is sent.
//!
//! With the feature `templates`, a function without a body has its text in a template, inline or in a file, that is checked
//! against its arguments. What comes from others is [`Untrusted`]: it is fenced, and does not compile in instructions.
//!
//! # Methods
//!
//! Prompts that need a database, a configuration or a cache are methods of a type that holds it: [`macro@prompts`] stands on
//! the `impl` block, [`Dispatcher::mount`] takes the value. A typed call of a method compiles on a dispatcher that has its
//! value only; in calls by name a missing one is an error before anything is sent.
//!
//! # Answers
//!
//! [`#[derive(LlmSchema)]`](derive@LlmSchema) tells a model what a type looks like, with doc comments as descriptions.
//! An answer is held to the schema, to every `#[llm(..)]` bound and to the checks of the type's author, and is read by the
//! type's own [`Deserialize`](serde::Deserialize). What `T` accepts is the same for every vendor:
//!
//! - **The form.** Each vendor takes a schema language of its own. What it cannot hold is sent in another shape and comes
//!   back as it was: a map as a list of entries, a tuple as an object. [`WireForm`] has the keywords, the derive the shapes.
//! - **The way.** The schema is told by the vendor's structured output, else by a tool, by JSON mode or in words
//!   ([`SchemaMode`]). Where a vendor refuses a way the next one is tried, and that is remembered.
//! - **Reading.** What everybody understands is put right and noted as a [`Repair`]: JSON in prose or in a fence, missing
//!   quotes, an enum in another case. [`Leniency::Exact`] forgives nothing. [`json::from_str`] reads a text without a model.
//! - **Asking again.** Where something is still wrong the model is told each problem with its path, at most twice and
//!   within the budgets of [`StructuredOutput`]. Then it is an [`Error`] with the problems and the model's text. A refused,
//!   filtered, cut off or empty answer is an error of its own kind and is not asked again, nor is a stream.
//! - **The report.** [`Reply::report`] and [`Error::report`] tell each question, its problems, what was put right, and
//!   what it cost.
//!
//! ```
//! use codex_ai::{Dispatcher, LlmSchema, StructuredOutput, provider::Local};
//!
//! #[derive(Debug, serde::Deserialize, LlmSchema)]
//! struct Notice {
//!     #[llm(check = one_line)]
//!     headline: String,
//! }
//!
//! fn one_line(text: &str) -> Result<(), String> {
//!     if text.contains('\n') { Err("must be one line".to_owned()) } else { Ok(()) }
//! }
//!
//! # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
//! let policy = StructuredOutput::new().with_max_reasks(1).with_max_total_tokens(5_000);
//! let dispatcher = Dispatcher::new(Local::quiet())?.with_structured_output(policy);
//! let notice: Notice = dispatcher.generate_json("The bridge opened on Monday. It took two years.").await?;
//! assert_eq!(notice.headline, "The bridge opened on Monday");
//! # Ok::<_, codex_ai::Error>(()) }).unwrap();
//! ```
//!
//! A stream gives the value while it comes: [`ReplyStream::next_partial`] a [`Partial`] with each field as far as it is,
//! [`ReplyStream::into_elements`] the elements of a list one by one, [`ReplyStream::into_text_of`] the text of one field
//! as it grows. [`ReplyStream::finish`] gives what the whole answer is, checked. Module [`partial`] says what is shown
//! when.
//!
//! ```no_run
//! # use codex_ai::{Dispatcher, LlmSchema};
//! # #[derive(serde::Deserialize, LlmSchema)] struct Story { title: String, chapters: Vec<String> }
//! # async fn run(dispatcher: Dispatcher) -> codex_ai::Result<()> {
//! let mut stream = dispatcher.stream_json::<Story>("A story in three chapters.").await?;
//! while let Some(story) = stream.next_partial().await {
//!     let story = story?; // a `Partial<Story>`: each field is pending, partial or done
//!     println!("{}{}", story.title.as_str(), if story.title.is_done() { "" } else { "..." });
//! }
//! let story: Story = stream.finish().await?.value;
//! # Ok(()) }
//! ```
//!
//! # The registry
//!
//! Every prompt that is linked into the binary is in the [`Registry`], wherever it was written: with its documentation,
//! its arguments, the JSON schemas of input and output, and its place in the source. Two prompts with one mode are an
//! error when the program starts. A crate that no line of the program names is not linked; [`link_prompts!`] names it.
//! A program that would rather list its prompts by hand uses a [`Router`].
//!
//! [`Registry::manifest`] writes all of them down, with hashes of what a model sees; the test
//! [`testing::assert_manifest`] holds a program to such a file, so that no prompt changes unnoticed.
//!
//! # What a prompt needs
//!
//! `#[prompt(requires(images, tools, strict_schema))]`, or an argument of type [`Image`], says that not every provider will
//! do. A provider or a chain that lacks something is a compile error, which names the prompt, the route and the
//! [`Capability`]. What is chosen at run time, such as [`AnyProvider`], is checked for all prompts when the dispatcher is
//! [built](DispatcherBuilder::build). Module [`capability`] shows how a provider of one's own says what it can.
//!
//! # Providers
//!
//! A [`Provider`] answers requests, whole or [while they come](ReplyStream):
//!
//! | provider | what it asks | images |
//! | --- | --- | --- |
//! | [`provider::openai::OpenAi`] | the Responses API, or Chat Completions by choice | yes |
//! | [`provider::anthropic::Anthropic`] | the Messages API | |
//! | [`provider::gemini::Gemini`] | the Gemini API | yes, and Imagen |
//! | [`provider::openrouter::OpenRouter`] | OpenRouter | |
//! | [`provider::compatible::Compatible`] | every server of Chat Completions: Ollama, vLLM, LM Studio, llama.cpp, Groq, DeepSeek, Mistral, Azure, or one by its URL | |
//! | [`app_server::Provider`] | `codex app-server`: each request is a turn (feature `app-server`) | |
//! | [`provider::Local`] | nobody: built in, needs no key and no network | |
//!
//! [`provider::Local`] always gives the same answer to the same request. It works by rules and is not a language model: it
//! is for the first steps, for demonstrations and for tests.
//!
//! [`Dispatcher::from_env`] takes the vendor whose key is set, and without a key the built-in provider.
//! `CODEX_AI_PROVIDER` and `CODEX_AI_MODEL` choose by name; [`AnyProvider::from_env`] has the details.
//!
//! [`provider::Routes`] puts several behind one, with `vendor/model` as the choice. The [layers](layer) add retries,
//! limits of time and load, and [failover](layer::Failover); each holds a provider and is one. [`Provider`] shows how to
//! write a provider and a layer of one's own; [`Options`] says what each vendor takes.
//!
//! ```no_run
//! # async fn run() -> codex_ai::Result<()> {
//! use codex_ai::layer::{Failover, Retry};
//! use codex_ai::provider::{anthropic::Anthropic, openai::OpenAi};
//! use codex_ai::{Chunk, Dispatcher};
//!
//! let chain = Failover::builder().route(Retry::new(Anthropic::from_env()?)).route(OpenAi::from_env()?).build()?;
//! let dispatcher = Dispatcher::new(chain)?;
//! let mut stream = dispatcher.stream_text("Why is the sky blue?").await?; // `stream::<Summarize>(args)` for a prompt
//! while let Some(chunk) = stream.next().await {
//!     match chunk? {
//!         Chunk::Text(piece) => print!("{piece}"),
//!         Chunk::Finish { usage: Some(usage), .. } => println!("\n{} tokens", usage.total_tokens()),
//!         _ => {}
//!     }
//! }
//! # Ok(()) }
//! ```
//!
//! Each call, each question of it and each attempt is a span of `tracing`, with the
//! names that OpenTelemetry has for generative AI; no content is in it.
//!
//! # Tools, pictures, conversations
//!
//! A function with [`#[tool]`](macro@tool) is one that a model may call, and `#[prompt(tools(look_up, shop::refund))]` offers
//! it by its path. The dispatcher calls what the model wants, several at the same time, tells it the results, and asks again
//! until it answers; [`ToolUse`] has the limits. What is wrong with a call's arguments, and the error of a tool, are told to
//! the model. A stream has all rounds in it, with a [`Chunk::ToolResult`] for each call. A tool may be a method, called on
//! what is [mounted](Dispatcher::mount); one that is known at run time alone is a [`Function::with_handler`].
//!
//! A [`Prompt`] takes pictures and what was said before, too. For a [`Function`] without a handler
//! [`Dispatcher::generate_reply`] gives the [`Reply`] as it is, and shows how a program answers the calls itself.
//! [`Dispatcher::generate_image`] makes pictures, and does not compile for a provider that
//! cannot.
//!
//! # Codex
//!
//! With the feature `app-server`, module [`app_server`] is a client of `codex app-server`: threads, any number of turns at once
//! over one pipe, approvals, goals, reviews, sign-in; and [`app_server::Provider`] runs any prompt as a turn.
//!
//! # What it costs
//!
//! [`Dispatcher::reply`] and the last [`Chunk`] of a stream have the [`Usage`] that the vendor tells, and so has an
//! [`Error`] about an answer that was paid for. After an answer that is no value a dispatcher asks again, and each further
//! question costs about what the first did: the failed answer is replaced, not stacked, and what stands before it stays
//! the same for the vendor's cache. [`StructuredOutput::exact`] never asks again. A refused schema costs no tokens.
//!
//! A provider asks once; [`layer::Retry`] and [`layer::Failover`] ask again, and [`Reply::attempts`] counts.
//! [`Dispatcher::from_env`] puts retries around vendors: at most two more tries, after a rate limit, a timeout, a lost
//! connection or a failure of the vendor. What such an attempt cost only the vendor knows. Where `max_tokens` is not set,
//! the limit is the vendor's own; Anthropic is asked for at most 16384.
//!
//! # Errors
//!
//! There is one error type, [`Error`]. [`Error::kind`] is what a program decides on, the text is for people and ends with
//! what to do. A key is in none of them. Unknown modes and wrong arguments are refused before anything is sent.
//!
//! # Without async
//!
//! [`blocking::Dispatcher`] has the same methods for programs without a runtime, and can be shared between threads.
//!
//! # Tests of a program
//!
//! A prompt function is tested by calling it: `summarize("..", 3).await` gives the [`Prompt`], and nobody is asked. With
//! the feature `testing`, [`testing::Scripted`] and [`testing::WireServer`] give the answers that a test wants: the
//! first in the process, the second over a real socket on loopback. [`testing::assert_registry_ok`] in a test of the
//! program finds prompts that cannot be called, before it starts anywhere.
//!
//! A prompt is registered in every binary that has it, test binaries too. Rustdoc puts the examples of a crate into one
//! binary (since edition 2024): two of them with prompts of one mode collide there. Begin such an example with
//! ```` ```standalone_crate ````.
//!
//! # Features
//!
//! | feature | default | what it brings |
//! | --- | --- | --- |
//! | `openai` | yes | OpenAI: Responses API, Chat Completions, images; brings `http` |
//! | `anthropic` | yes | Anthropic's Messages API; brings `http` |
//! | `gemini` | yes | Google's Gemini API, with images and Imagen; brings `http` |
//! | `openrouter` | yes | OpenRouter; brings `http` |
//! | `compatible` | yes | Ollama, vLLM, LM Studio, llama.cpp, Groq, DeepSeek, Mistral, Azure and their like; brings `http` |
//! | `http` | | HTTP by hyper with rustls; what every vendor needs |
//! | `blocking` | yes | the blocking dispatcher |
//! | `app-server` | | a client of `codex app-server`, and prompts as turns of it |
//! | `testing` | | a scripted provider and a wire server, for tests |
//! | `templates` | | `template` and `template_file` of [`#[prompt]`](macro@prompt); brings the parser of askama |
//! | `chrono`, `uuid`, `url` | | [`LlmSchema`](trait@LlmSchema) for the types of these crates |
//!
//! The built-in provider is always there. Each feature works alone.

#[doc(hidden)]
pub mod __private;
// rustc names an item by its shortest path that is not hidden with its module, so these are what messages say.
#[doc(hidden)]
pub use schema::shape::Field as SchemaField;
#[doc(hidden)]
pub use schemars::JsonSchema;
// And a trait that programs cannot reach would make rustc call `LlmSchema` sealed where a `Deserialize` is missing.
#[doc(hidden)]
pub use serde::de::DeserializeOwned;
#[cfg(feature = "app-server")]
pub mod app_server;
#[cfg(feature = "blocking")]
pub mod blocking;
pub mod capability;
#[cfg(debug_assertions)]
mod common;
pub mod compiler_messages;
pub mod dispatch;
mod error;
mod fence;
pub mod image;
pub mod json;
pub mod layer;
pub mod message;
pub mod mount;
pub mod partial;
pub mod prompt;
pub mod provider;
pub mod registry;
pub mod reply;
pub mod request;
pub mod schema;
pub mod stream;
pub mod structured;
mod suggest;
mod telemetry;
#[cfg(feature = "testing")]
pub mod testing;
pub mod tool;
pub mod transport;
pub mod wire;

pub use capability::{Capability, Serves, Supports};
pub use codex_ai_macros::{LlmSchema, prompt, prompts, tool};

pub use dispatch::{Dispatcher, DispatcherBuilder};
pub use error::{Attempt, BoxError, Error, ErrorKind, Problem, Result};
pub use image::{GenerateImage, GenerateImagen, GeneratedImage, ImageRequest};
pub use json::{Leniency, Parsed, Repair, RepairKind};
pub use message::{CachePoint, Image, Message, Part, Role, ToolCall, ToolResult};
pub use mount::Provides;
pub use partial::{Partial, PartialList, PartialMap, PartialReader, PartialText, Progress, Whole};
pub use prompt::{IntoPrompt, JsonOutput, OutputOf, Prompt, PromptDef, PromptOutput, Untrusted};
pub use provider::{AnyProvider, BoxFuture, Provider};
pub use registry::{Entry, Registry, Router};
pub use reply::{AnswerCall, FinishReason, RateLimit, RateLimits, Reply, Usage};
pub use request::{Function, Options, Output, Request, Tool, ToolChoice};
pub use schema::{LlmSchema, Schema, WireForm, WireSchema};
pub use stream::{Chunk, Elements, ReplyStream, StreamItem, TextOf};
pub use structured::{Ask, Asks, Budget, Report, SchemaMode, StructuredOutput};
pub use tool::{ToolDef, ToolEntry, ToolUse};

/// The code of the README, compiled as a test.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
