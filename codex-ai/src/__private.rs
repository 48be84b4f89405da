//! What generated code calls. Not for programs: it changes without notice.

pub use ::inventory;
pub use ::schemars;
pub use ::serde;
pub use ::serde_json::Value;
pub use ::std::string::String;

pub use crate::dispatch::Caller;
pub use crate::error::Result;
pub use crate::prompt::{IntoPrompt, Prompt, PromptDef, PromptOutput, Rendered};
pub use crate::provider::BoxFuture;
pub use crate::registry::{ArgInfo, ArgSchemas, Arguments, Entry, EntryInfo, Probe, ProbeAny, ProbeSchema, Registered};
pub use crate::schema::{Json, LlmSchema, Schema, bounds};

use crate::error::{Error, ErrorKind};

/// The schema of a type, for its static. Called once per type.
pub fn make_schema<T: LlmSchema>() -> std::sync::Arc<Schema> {
    crate::schema::make::<T>()
}

/// The value of a bound as JSON.
pub fn json<T: serde::Serialize + ?Sized>(value: &T) -> Value {
    ::serde_json::to_value(value).unwrap_or_default()
}

/// A required argument of a builder that was not given yet.
#[derive(Debug)]
pub struct Unset;

/// A required argument of a builder, given.
#[derive(Debug)]
pub struct Set<T>(pub T);

/// What a prompt function with a compile error renders to; nobody can run it.
pub fn broken_prompt() -> Error {
    Error::new(ErrorKind::Prompt, "the prompt function does not compile")
}

impl Entry {
    /// The entry of a prompt function with a compile error.
    pub const fn broken() -> Self {
        Self::new(EntryInfo {
            mode: "",
            marker: "",
            function: "",
            module: "",
            crate_name: None,
            crate_version: None,
            file: "",
            line: 0,
            column: 0,
            docs: "",
            returns: "",
            args: &[],
            model: None,
            temperature: None,
            max_tokens: None,
            output: || crate::request::Output::Text,
            render: None,
            schemas: None,
        })
    }
}
