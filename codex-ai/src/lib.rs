//! Prompts are functions that the compiler understands and the binary can list.

extern crate self as codex_ai;

mod error;
pub mod image;
pub mod message;
pub mod prompt;
pub mod provider;
pub mod registry;
pub mod reply;
pub mod request;
pub mod schema;
mod structured;
#[cfg(feature = "testing")]
pub mod testing;
pub mod transport;
pub mod wire;

pub use error::{BoxError, Error, ErrorKind, Problem, Result};
pub use message::{Message, Part, Role};
pub use prompt::{IntoPrompt, JsonOutput, Prompt, PromptDef, PromptOutput};
pub use provider::{AnyProvider, BoxFuture, Provider};
pub use reply::{FinishReason, Reply, Usage};
pub use request::{Options, Output, Request};
pub use schema::{LlmSchema, Schema};
