//! Prompts are functions that the compiler understands and the binary can list.

#[doc(hidden)]
pub mod __private;
#[cfg(feature = "blocking")]
pub mod blocking;
pub mod dispatch;
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
mod suggest;
#[cfg(feature = "testing")]
pub mod testing;
pub mod transport;
pub mod wire;

pub use codex_ai_macros::{LlmSchema, prompt};

pub use dispatch::{Dispatcher, DispatcherBuilder};
pub use error::{BoxError, Error, ErrorKind, Problem, Result};
pub use image::{GenerateImage, GenerateImagen, GeneratedImage, ImageRequest};
pub use message::{Image, Message, Part, Role, ToolCall, ToolResult};
pub use prompt::{IntoPrompt, JsonOutput, OutputOf, Prompt, PromptDef, PromptOutput};
pub use provider::{AnyProvider, BoxFuture, Provider};
pub use registry::{Entry, Registry, Router};
pub use reply::{FinishReason, Reply, Usage};
pub use request::{Options, Output, Request};
pub use schema::{LlmSchema, Schema};
