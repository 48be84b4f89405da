//! The name of a model, with or without the provider in front of it.

use crate::error::{Error, ErrorKind, Result};
use crate::suggest::nearest;

/// Vendors and routers whose names stand in front of models.
const OTHER_VENDORS: [&str; 23] = [
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
    "openai",
    "openrouter",
    "together",
    "vertex",
    "xai",
];

/// A model as it is asked for.
pub(super) struct Model<'a> {
    vendor: &'static str,
    /// The vendor's own name of it.
    pub(super) name: &'a str,
    /// Whether the vendor's name stood in front.
    #[allow(dead_code, reason = "not every vendor has advice that depends on it")]
    pub(super) had_prefix: bool,
}

impl<'a> Model<'a> {
    /// The route as in `openai/gpt-5.6-luna`.
    pub(super) fn route(&self) -> String {
        format!("{}/{}", self.vendor, self.name)
    }

    /// Reads a name: `vendor/` in front is the route and is taken off, once. Only at the vendor's own address is the
    /// prefix of another vendor surely a mistake.
    pub(super) fn new(vendor: &'static str, asked: &'a str, own_address: bool) -> Result<Self> {
        match asked.split_once('/') {
            Some((prefix, name)) if prefix == vendor => Ok(Self { vendor, name, had_prefix: true }),
            Some((prefix, name)) if own_address => {
                let help = match nearest(prefix, OTHER_VENDORS.into_iter()) {
                    _ if OTHER_VENDORS.contains(&prefix) => {
                        format!("use the provider of `{prefix}`, or name a model of `{vendor}`")
                    }
                    Some(meant) => format!("did you mean `{meant}/{name}`?"),
                    None => return Ok(Self { vendor, name: asked, had_prefix: false }),
                };
                Err(Error::new(ErrorKind::Unsupported, format!("the model `{asked}` is not one of `{vendor}`"))
                    .with_route(format!("{vendor}/{asked}"))
                    .with_help(help))
            }
            _ => Ok(Self { vendor, name: asked, had_prefix: false }),
        }
    }

    /// Passes unless the model that is asked where a request names none is surely another vendor's: that is told when
    /// the provider is made, not at the first call.
    #[allow(dead_code, reason = "not every vendor has an address of its own")]
    pub(super) fn check_default(vendor: &'static str, model: &'a str, own_address: bool) -> Result<()> {
        match Self::new(vendor, model, own_address) {
            Ok(_) => Ok(()),
            Err(_) => {
                Err(Error::new(ErrorKind::Config, format!("the default model `{model}` is not one of `{vendor}`"))
                    .with_help(format!(
                        "name a model of `{vendor}`, or choose the other provider; `CODEX_AI_PROVIDER` goes before the \
                         name in `CODEX_AI_MODEL`"
                    )))
            }
        }
    }
}
