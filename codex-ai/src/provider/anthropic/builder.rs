//! The settings of [`Anthropic`].

use std::fmt;

use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue};
use secrecy::SecretString;

use super::{Anthropic, DEFAULT_API_VERSION, DEFAULT_BASE_URL, DEFAULT_MODEL, FORMAT, WITHOUT_SAMPLING};
use crate::error::{Error, ErrorKind, Result};
use crate::provider::endpoint::{base_url, bearer_headers, secret_value};
use crate::provider::env;
use crate::provider::ladder::Ladder;
use crate::provider::model::Model;
use crate::provider::settings::{Settings, common_settings};

/// The settings of [`Anthropic`], each with a default but the key.
///
/// ```
/// use std::time::Duration;
/// use codex_ai::provider::anthropic::Anthropic;
///
/// let anthropic = Anthropic::builder()
///     .key("sk-ant-example-only")
///     .base_url("https://llm.example.com")
///     .default_model("claude-haiku-5-5")
///     .timeout(Duration::from_secs(60))
///     .build()?;
/// assert_eq!(anthropic.default_model(), "claude-haiku-5-5");
/// # Ok::<(), codex_ai::Error>(())
/// ```
#[must_use]
#[derive(Default)]
pub struct AnthropicBuilder {
    settings: Settings,
    /// Whether the key is sent as `Authorization: Bearer`.
    is_token: bool,
    api_version: Option<String>,
    betas: Vec<String>,
    reasoning_effort: Option<String>,
}

impl AnthropicBuilder {
    common_settings!();

    /// Sets a token that is sent as `Authorization: Bearer`, instead of a key that is sent as `x-api-key`.
    pub fn auth_token(mut self, token: impl Into<String>) -> Self {
        self.is_token = true;
        self.settings.key = Some(SecretString::from(token.into()));
        self
    }

    /// Sets the version of the API; [`DEFAULT_API_VERSION`](super::DEFAULT_API_VERSION) otherwise.
    pub fn api_version(mut self, version: impl Into<String>) -> Self {
        self.api_version = Some(version.into());
        self
    }

    /// Adds a feature in trial, by its name in the header `anthropic-beta`.
    pub fn beta(mut self, name: impl Into<String>) -> Self {
        self.betas.push(name.into());
        self
    }

    /// Sets how much models think first where a request does not say (`low` to `max`); the model's own default
    /// otherwise.
    pub fn reasoning_effort(mut self, effort: impl Into<String>) -> Self {
        self.reasoning_effort = Some(effort.into());
        self
    }

    /// Takes from the environment whatever is not set yet: `ANTHROPIC_API_KEY`, else `ANTHROPIC_AUTH_TOKEN`, and
    /// `ANTHROPIC_BASE_URL`. A variable that is empty is as good as unset.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] for a variable that is not UTF-8, and where there is no key.
    pub fn from_env(mut self) -> Result<Self> {
        if self.settings.key.is_none() {
            self.settings.key = env::var("ANTHROPIC_API_KEY")?.map(SecretString::from);
            self.is_token = false;
        }
        if self.settings.key.is_none() {
            self.settings.key = env::var("ANTHROPIC_AUTH_TOKEN")?.map(SecretString::from);
            self.is_token = true;
        }
        if self.settings.key.is_none() {
            return Err(no_key());
        }
        if self.settings.base_url.is_none() {
            self.settings.base_url = env::var("ANTHROPIC_BASE_URL")?;
        }
        Ok(self)
    }

    /// Makes the provider. Nothing is sent.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] for a missing key and for a key, version, beta or URL that cannot be used.
    pub fn build(self) -> Result<Anthropic> {
        let key = self.settings.key.as_ref().ok_or_else(no_key)?;
        let mut headers = if self.is_token {
            bearer_headers(key)?
        } else {
            let json = HeaderValue::from_static("application/json");
            let own = (HeaderName::from_static("x-api-key"), secret_value("", key)?);
            HeaderMap::from_iter([(CONTENT_TYPE, json.clone()), (ACCEPT, json), own])
        };
        let version = self.api_version.as_deref().unwrap_or(DEFAULT_API_VERSION).trim();
        headers.insert(HeaderName::from_static("anthropic-version"), plain_value("API version", version)?);
        if !self.betas.is_empty() {
            headers.insert(HeaderName::from_static("anthropic-beta"), plain_value("beta", &self.betas.join(","))?);
        }
        let (base, uri) = base_url(self.settings.base_url.as_deref().unwrap_or(DEFAULT_BASE_URL))?;
        // The address is written without the `/v1`, unlike that of other vendors; who writes it means the same.
        let base = base.strip_suffix("/v1").unwrap_or(&base);
        let host = uri.host().unwrap_or_default().to_ascii_lowercase();
        let own_address = host == "api.anthropic.com" || host.ends_with(".api.anthropic.com");
        let default_model = self.settings.default_model.clone().unwrap_or_else(|| DEFAULT_MODEL.to_owned());
        Model::check_default("anthropic", &default_model, own_address)?;
        Ok(Anthropic {
            endpoint: self.settings.endpoint("anthropic", &FORMAT),
            headers,
            messages_url: format!("{base}/v1/messages"),
            // Versions are dates.
            takes_sampling: version < WITHOUT_SAMPLING,
            default_model,
            effort: self.reasoning_effort,
            own_address,
            ladder: Ladder::default(),
        })
    }
}

impl fmt::Debug for AnthropicBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AnthropicBuilder").field("settings", &self.settings).finish_non_exhaustive()
    }
}

fn plain_value(what: &str, text: &str) -> Result<HeaderValue> {
    HeaderValue::try_from(text)
        .map_err(|_| Error::new(ErrorKind::Config, format!("the {what} has characters that no header can hold")))
}

fn no_key() -> Error {
    Error::new(ErrorKind::Config, "there is no key for `anthropic`")
        .with_help("set the environment variable `ANTHROPIC_API_KEY`, or use `Anthropic::new(key)`")
}
