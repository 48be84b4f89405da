//! The name of a model, with or without the provider in front of it.

use crate::error::{Error, ErrorKind, Result};

/// Vendors and routers whose names stand in front of models.
const OTHER_VENDORS: [&str; 22] = [
    "anthropic",
    "azure",
    "bedrock",
    "cerebras",
    "cohere",
    "deepseek",
    "fireworks",
    "gemini",
    "google",
    "groq",
    "huggingface",
    "imagen",
    "lmstudio",
    "local",
    "meta-llama",
    "mistral",
    "mistralai",
    "ollama",
    "openrouter",
    "together",
    "vertex",
    "xai",
];

/// A model as it is asked for.
pub(super) struct Model<'a> {
    /// The vendor's own name of it.
    pub(super) name: &'a str,
    /// Whether `openai/` stood in front.
    pub(super) had_prefix: bool,
}

impl<'a> Model<'a> {
    /// Reads a name. Only at OpenAI's own address is the prefix of another vendor surely a mistake.
    pub(super) fn new(asked: &'a str, own_address: bool) -> Result<Self> {
        if let Some(name) = asked.strip_prefix("openai/") {
            return Ok(Self { name, had_prefix: true });
        }
        match asked.split_once('/') {
            Some((vendor, _)) if own_address && OTHER_VENDORS.contains(&vendor) => {
                Err(Error::new(ErrorKind::Unsupported, format!("the model `{asked}` is not one of OpenAI's"))
                    .with_route(format!("openai/{asked}"))
                    .with_help(format!("use the provider of `{vendor}`, or name a model of OpenAI")))
            }
            _ => Ok(Self { name: asked, had_prefix: false }),
        }
    }
}
