//! The vendors that the environment can name.

use super::AnyProvider;
use crate::error::Result;

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
#[cfg(feature = "http")]
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
];
