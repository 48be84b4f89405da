//! The settings of [`OpenRouter`].

use std::borrow::Cow;
use std::fmt;

use http::{HeaderName, HeaderValue};
use secrecy::SecretString;
use serde::Serialize;

use super::{DEFAULT_BASE_URL, DEFAULT_MODEL, OpenRouter, Routing};
use crate::error::{Error, ErrorKind, Result};
use crate::provider::chat::CHAT_FORMAT;
use crate::provider::endpoint::{base_url, bearer_headers};
use crate::provider::env;
use crate::provider::ladder::Ladder;
use crate::provider::settings::{Settings, common_settings};

/// The settings of [`OpenRouter`], each with a default but the key.
///
/// ```
/// use codex_ai::provider::openrouter::{OpenRouter, Routing};
///
/// let router = OpenRouter::builder()
///     .key("sk-or-example-only")
///     .site("https://app.example")
///     .title("App")
///     .fallback_models(["anthropic/claude-sonnet-5"])
///     .routing(Routing::new().with_sort("price"))
///     .build()?;
/// # Ok::<(), codex_ai::Error>(())
/// ```
#[must_use]
#[derive(Default)]
pub struct OpenRouterBuilder {
    settings: Settings,
    site: Option<String>,
    title: Option<String>,
    fallback_models: Vec<Cow<'static, str>>,
    routing: Option<Routing>,
}

impl OpenRouterBuilder {
    common_settings!();

    /// Sets the address of the program that asks, for OpenRouter's rankings (`HTTP-Referer`).
    pub fn site(mut self, url: impl Into<String>) -> Self {
        self.site = Some(url.into());
        self
    }

    /// Sets the name of the program that asks, for OpenRouter's rankings (`X-OpenRouter-Title`, and `X-Title`, its older
    /// name).
    pub fn title(mut self, title: impl Into<String>) -> Self {
        self.title = Some(title.into());
        self
    }

    /// Sets the models that OpenRouter asks, in this order, where the one that was asked for fails. A request with an
    /// extra field `models` has its own.
    pub fn fallback_models<T: Into<Cow<'static, str>>>(mut self, models: impl IntoIterator<Item = T>) -> Self {
        self.fallback_models = models.into_iter().map(Into::into).collect();
        self
    }

    /// Sets which vendors may be asked. A request with an extra field `provider` has its own.
    pub fn routing(mut self, routing: Routing) -> Self {
        self.routing = Some(routing);
        self
    }

    /// Takes from the environment whatever is not set yet: `OPENROUTER_API_KEY` and `OPENROUTER_BASE_URL`. A variable
    /// that is empty is as good as unset.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] for a variable that is not UTF-8, and where there is no key.
    pub fn from_env(mut self) -> Result<Self> {
        if self.settings.key.is_none() {
            self.settings.key = env::var("OPENROUTER_API_KEY")?.map(SecretString::from);
        }
        if self.settings.key.is_none() {
            return Err(no_key());
        }
        if self.settings.base_url.is_none() {
            self.settings.base_url = env::var("OPENROUTER_BASE_URL")?;
        }
        Ok(self)
    }

    /// Makes the provider. Nothing is sent.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] for a missing key and for a key, title or URL that cannot be used.
    pub fn build(self) -> Result<OpenRouter> {
        let key = self.settings.key.as_ref().ok_or_else(no_key)?;
        let mut headers = bearer_headers(key)?;
        let told = [("http-referer", &self.site), ("x-openrouter-title", &self.title), ("x-title", &self.title)];
        for (name, text) in told {
            if let Some(text) = text {
                let value = HeaderValue::try_from(text.trim()).map_err(|_| {
                    let message = format!("the text for `{name}` has characters that no header can hold");
                    Error::new(ErrorKind::Config, message)
                })?;
                headers.insert(HeaderName::from_static(name), value);
            }
        }
        let (base, _) = base_url(self.settings.base_url.as_deref().unwrap_or(DEFAULT_BASE_URL))?;
        let provider = self.routing.filter(|routing| *routing != Routing::default());
        Ok(OpenRouter {
            endpoint: self.settings.endpoint("openrouter", &CHAT_FORMAT),
            headers,
            url: format!("{base}/chat/completions"),
            default_model: self.settings.default_model.unwrap_or_else(|| DEFAULT_MODEL.to_owned()),
            fallback_models: self.fallback_models,
            provider: provider.as_ref().map(json).transpose()?,
            ladder: Ladder::default(),
        })
    }
}

impl fmt::Debug for OpenRouterBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenRouterBuilder").field("settings", &self.settings).finish_non_exhaustive()
    }
}

pub(super) fn json(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value)
        .map_err(|error| Error::new(ErrorKind::Config, format!("a setting cannot be written as JSON: {error}")))
}

fn no_key() -> Error {
    Error::new(ErrorKind::Config, "there is no key for `openrouter`")
        .with_help("set the environment variable `OPENROUTER_API_KEY`, or use `OpenRouter::new(key)`")
}
