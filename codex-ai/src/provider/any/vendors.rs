//! The vendors that the environment can name.

use super::AnyProvider;
use crate::error::Result;
#[cfg(feature = "compatible")]
use crate::provider::compatible::{Compatible, Profile};

/// A vendor as the environment knows it.
pub(super) struct Vendor {
    /// Its name in `CODEX_AI_PROVIDER` and in front of models.
    pub(super) name: &'static str,
    /// The variables of its key, any of which chooses it; none where a server needs no key.
    pub(super) keys: &'static [&'static str],
    /// Makes it of its own variables, with this model where a request names none.
    pub(super) make: fn(Option<&str>) -> Result<AnyProvider>,
}

/// A vendor with retries around it, of its own variables.
#[allow(unused_macros, reason = "without the feature of a vendor there is none to make")]
macro_rules! vendor {
    ($name:literal, [$($key:literal),*], $builder:expr) => {
        Vendor {
            name: $name,
            keys: &[$($key),*],
            make: |model| {
                let mut builder = $builder.from_env()?;
                if let Some(model) = model {
                    builder = builder.default_model(model);
                }
                Ok(AnyProvider::new(crate::layer::Retry::new(builder.build()?)))
            },
        }
    };
}

/// In the order in which they are listed to people; none goes before another.
pub(super) static VENDORS: &[Vendor] = &[
    #[cfg(feature = "openai")]
    vendor!("openai", ["OPENAI_API_KEY"], crate::provider::openai::OpenAi::builder()),
    #[cfg(feature = "anthropic")]
    vendor!(
        "anthropic",
        ["ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN"],
        crate::provider::anthropic::Anthropic::builder()
    ),
    #[cfg(feature = "gemini")]
    vendor!("gemini", ["GOOGLE_API_KEY", "GEMINI_API_KEY"], crate::provider::gemini::Gemini::builder()),
    #[cfg(feature = "openrouter")]
    vendor!("openrouter", ["OPENROUTER_API_KEY"], crate::provider::openrouter::OpenRouter::builder()),
    #[cfg(feature = "compatible")]
    vendor!("groq", ["GROQ_API_KEY"], Compatible::builder(Profile::GROQ)),
    #[cfg(feature = "compatible")]
    vendor!("deepseek", ["DEEPSEEK_API_KEY"], Compatible::builder(Profile::DEEPSEEK)),
    #[cfg(feature = "compatible")]
    vendor!("mistral", ["MISTRAL_API_KEY"], Compatible::builder(Profile::MISTRAL)),
    #[cfg(feature = "compatible")]
    vendor!("azure", ["AZURE_OPENAI_API_KEY"], Compatible::builder(Profile::AZURE)),
    // Servers of one's own are chosen by name alone: they need no key.
    #[cfg(feature = "compatible")]
    vendor!("ollama", [], Compatible::builder(Profile::OLLAMA)),
    #[cfg(feature = "compatible")]
    vendor!("vllm", [], Compatible::builder(Profile::VLLM)),
    #[cfg(feature = "compatible")]
    vendor!("lmstudio", [], Compatible::builder(Profile::LM_STUDIO)),
    #[cfg(feature = "compatible")]
    vendor!("llamacpp", [], Compatible::builder(Profile::LLAMA_CPP)),
];
