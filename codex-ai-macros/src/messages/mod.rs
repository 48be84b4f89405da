//! Every message to a user. Nothing else writes prose.
//!
//! Form: one sentence, lower case, no stop, code in backticks; at most one line `= help:` that says what to type.

mod arguments;
mod keys;
mod needs;
mod options;
mod place;
mod schema;
#[cfg_attr(not(feature = "templates"), allow(dead_code, reason = "a macro without templates says only that"))]
mod templates;
mod tools;

use std::fmt;

pub(crate) use arguments::*;
pub(crate) use keys::*;
pub(crate) use needs::*;
pub(crate) use options::*;
pub(crate) use place::*;
pub(crate) use schema::*;
pub(crate) use templates::*;
pub(crate) use tools::*;

/// What a rule that prompts and tools share is told of.
#[derive(Clone, Copy, Default)]
pub(crate) enum Subject {
    #[default]
    Prompt,
    Tool,
}

impl Subject {
    fn attribute(self) -> &'static str {
        match self {
            Self::Prompt => "#[prompt]",
            Self::Tool => "#[tool]",
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Prompt => "prompt",
            Self::Tool => "tool",
        }
    }

    /// An example of a marker's name.
    fn marker(self) -> &'static str {
        match self {
            Self::Prompt => "Summarize",
            Self::Tool => "LookUp",
        }
    }
}

/// The function itself.
impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Prompt => "prompt function",
            Self::Tool => "tool",
        })
    }
}

fn help(message: impl Into<String>, help: impl AsRef<str>) -> String {
    format!("{}\n= help: {}", message.into(), help.as_ref())
}

fn list(keys: &[&str]) -> String {
    let quoted: Vec<String> = keys.iter().map(|key| format!("`{key}`")).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
        None => String::new(),
    }
}

pub(crate) fn panicked(cause: &str) -> String {
    help(
        format!("a macro of `codex-ai` panicked: {cause}"),
        "this is a bug in `codex-ai`; please report it with the item that it stands on",
    )
}
