//! Which provider the environment names.

use super::vendors::{VENDORS, Vendor};
use super::{AnyProvider, Routes};
use crate::error::{Error, ErrorKind, Result};
use crate::provider::env;
use crate::provider::local::Local;
use crate::suggest::nearest;

/// The name of the built-in provider.
const LOCAL: &str = "local";

impl AnyProvider {
    /// The provider that the environment names, in this order:
    ///
    /// 1. the one in `CODEX_AI_PROVIDER`: a vendor's name, or `local`;
    /// 2. the vendor in front of the model in `CODEX_AI_MODEL`, as in `openai/gpt-5.6-luna`;
    /// 3. the one vendor whose key is set;
    /// 4. without any key the built-in [`Local`].
    ///
    /// Where the keys of several vendors are set and nothing chooses, that is an error: nobody shall pay the one when the
    /// other was meant. The vendors whose keys are set and that were not chosen are there too, by their name in front of
    /// a model; see [`Routes`]. Beside `local` there is none: who chose that wants to pay nobody.
    ///
    /// `CODEX_AI_MODEL` names the model that the chosen one is asked for where a call names none. Vendors have
    /// [`Retry`](crate::layer::Retry) around them. A variable that is empty is as good as unset. The choice and its reason
    /// are logged.
    ///
    /// | vendor | key | feature |
    /// | --- | --- | --- |
    /// | `openai` | `OPENAI_API_KEY` | `openai` |
    /// | `anthropic` | `ANTHROPIC_API_KEY` or `ANTHROPIC_AUTH_TOKEN` | `anthropic` |
    /// | `gemini` | `GOOGLE_API_KEY` or `GEMINI_API_KEY` | `gemini` |
    /// | `openrouter` | `OPENROUTER_API_KEY` | `openrouter` |
    /// | `groq`, `deepseek`, `mistral` | `GROQ_API_KEY`, `DEEPSEEK_API_KEY`, `MISTRAL_API_KEY` | `compatible` |
    /// | `azure` | `AZURE_OPENAI_API_KEY` | `compatible` |
    /// | `ollama`, `vllm`, `lmstudio`, `llamacpp` | chosen by name alone | `compatible` |
    ///
    /// # Errors
    /// [`ErrorKind::Config`] for an unknown name, for several keys and no choice, and for a vendor whose settings are
    /// missing or unusable.
    pub fn from_env() -> Result<Self> {
        let model = env::var("CODEX_AI_MODEL")?;
        let model = model.as_deref().map(str::trim);
        let mut with_key = Vec::new();
        for vendor in VENDORS {
            if vendor.key()?.is_some() {
                with_key.push(vendor);
            }
        }
        let Some(chosen) = choose(model, &with_key)? else { return Ok(Self::new(Local::new())) };
        let default = (chosen.make)(model)?;
        let others: Vec<_> = with_key.into_iter().filter(|vendor| vendor.name != chosen.name).collect();
        if others.is_empty() {
            return Ok(default);
        }
        let mut routes = Routes::new(default);
        for vendor in others {
            match (vendor.make)(None) {
                Ok(provider) => routes = routes.with(provider),
                // Nobody asked for it.
                Err(error) => tracing::warn!(provider = vendor.name, %error, "left out, as it cannot be set up"),
            }
        }
        Ok(Self::new(routes))
    }
}

impl Vendor {
    /// The first variable of its key that is set.
    fn key(&self) -> Result<Option<&'static str>> {
        for &key in self.keys {
            if env::var(key)?.is_some() {
                return Ok(Some(key));
            }
        }
        Ok(None)
    }
}

/// The vendor that is asked where a call names none; `None` is the built-in provider.
fn choose(model: Option<&str>, with_key: &[&'static Vendor]) -> Result<Option<&'static Vendor>> {
    if let Some(name) = env::var("CODEX_AI_PROVIDER")? {
        let name = name.trim();
        tracing::info!(provider = name, "chosen by `CODEX_AI_PROVIDER`");
        return named(name).ok_or_else(|| unknown(name));
    }
    if let Some(chosen) = model.and_then(|model| model.split_once('/')).and_then(|(prefix, _)| named(prefix)) {
        tracing::info!(provider = name_of(chosen), "chosen by `CODEX_AI_MODEL`");
        return Ok(chosen);
    }
    match with_key {
        [] => {
            if let Some((prefix, rest)) = model.and_then(|model| model.split_once('/'))
                && let Some(meant) = nearest(prefix, known())
            {
                // The built-in provider would answer, and that is surely not meant.
                let message = format!("`CODEX_AI_MODEL` begins with an unknown provider, `{prefix}`");
                return Err(Error::new(ErrorKind::Config, message).with_help(format!("did you mean `{meant}/{rest}`?")));
            }
            tracing::info!(provider = LOCAL, "chosen because the key of no vendor is set");
            Ok(None)
        }
        [one] => {
            tracing::info!(provider = one.name, key = one.key()?, "chosen because its key is set");
            Ok(Some(one))
        }
        several => Err(ambiguous(several)?),
    }
}

/// The vendor of this name, or `Some(None)` for the built-in provider.
fn named(name: &str) -> Option<Option<&'static Vendor>> {
    if name == LOCAL {
        return Some(None);
    }
    VENDORS.iter().find(|vendor| vendor.name == name).map(Some)
}

fn name_of(chosen: Option<&Vendor>) -> &'static str {
    chosen.map_or(LOCAL, |vendor| vendor.name)
}

fn ambiguous(several: &[&'static Vendor]) -> Result<Error> {
    let mut keys = Vec::with_capacity(several.len());
    for vendor in several {
        keys.push(format!("`{}`", vendor.key()?.unwrap_or_default()));
    }
    let names: Vec<_> = several.iter().map(|vendor| format!("`CODEX_AI_PROVIDER={}`", vendor.name)).collect();
    let message =
        format!("the keys of {} vendors are set, and nothing chooses one: {}", several.len(), keys.join(", "));
    Ok(Error::new(ErrorKind::Config, message).with_help(format!("set {}", names.join(" or "))))
}

/// All names that can be chosen.
fn known() -> impl Iterator<Item = &'static str> {
    VENDORS.iter().map(|vendor| vendor.name).chain([LOCAL])
}

fn unknown(name: &str) -> Error {
    let error = Error::new(ErrorKind::Config, format!("`CODEX_AI_PROVIDER` names an unknown provider, `{name}`"));
    match nearest(name, known()) {
        Some(meant) => error.with_help(format!("did you mean `{meant}`?")),
        None => error.with_help(format!("use one of `{}`", known().collect::<Vec<_>>().join("`, `"))),
    }
}
