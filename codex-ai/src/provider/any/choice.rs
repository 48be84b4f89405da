//! Which provider the environment names.

use super::AnyProvider;
use crate::error::{Error, ErrorKind, Result};
use crate::provider::env;
use crate::provider::local::Local;
use crate::suggest::nearest;

/// The providers that `CODEX_AI_PROVIDER` can name.
const NAMES: &[&str] = if cfg!(feature = "openai") { &["openai", "local"] } else { &["local"] };

impl AnyProvider {
    /// The provider that the environment names: the one in `CODEX_AI_PROVIDER` (`openai` or `local`), else OpenAI where
    /// `OPENAI_API_KEY` is set, else the built-in [`Local`]. `CODEX_AI_MODEL` names the model that is asked where a call
    /// names none. A variable that is empty is as good as unset. The choice and its reason are logged.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] for an unknown name, and for a vendor whose settings are missing or unusable.
    pub fn from_env() -> Result<Self> {
        if let Some(name) = env::var("CODEX_AI_PROVIDER")? {
            let name = name.trim();
            tracing::info!(provider = name, "chosen by `CODEX_AI_PROVIDER`");
            return match name {
                "local" => Ok(Self::new(Local::new())),
                #[cfg(feature = "openai")]
                "openai" => openai(),
                _ => Err(unknown(name)),
            };
        }
        #[cfg(feature = "openai")]
        if env::var("OPENAI_API_KEY")?.is_some() {
            tracing::info!(provider = "openai", "chosen because `OPENAI_API_KEY` is set");
            return openai();
        }
        tracing::info!(provider = "local", "chosen because the key of no vendor is set");
        Ok(Self::new(Local::new()))
    }
}

#[cfg(feature = "openai")]
fn openai() -> Result<AnyProvider> {
    let mut builder = crate::provider::openai::OpenAi::builder().from_env()?;
    if let Some(model) = env::var("CODEX_AI_MODEL")? {
        builder = builder.default_model(model.trim());
    }
    Ok(AnyProvider::new(builder.build()?))
}

fn unknown(name: &str) -> Error {
    let error = Error::new(ErrorKind::Config, format!("`CODEX_AI_PROVIDER` names an unknown provider, `{name}`"));
    match nearest(name, NAMES.iter().copied()) {
        Some(meant) => error.with_help(format!("did you mean `{meant}`?")),
        None => error.with_help(format!("use one of `{}`", NAMES.join("`, `"))),
    }
}
