//! The settings of [`OpenAi`].

use std::fmt;

use http::{HeaderName, HeaderValue};
use secrecy::SecretString;

use super::{DEFAULT_BASE_URL, DEFAULT_IMAGE_MODEL, DEFAULT_MODEL, FORMAT, OpenAi};
use crate::error::{Error, ErrorKind, Result};
use crate::provider::chat::CHAT_FORMAT;
use crate::provider::endpoint::{base_url, bearer_headers};
use crate::provider::env;
use crate::provider::ladder::Ladder;
use crate::provider::model::Model;
use crate::provider::settings::{Settings, common_settings};

/// The settings of [`OpenAi`], each with a default but the key.
///
/// ```
/// use std::time::Duration;
/// use codex_ai::provider::openai::OpenAi;
///
/// let openai = OpenAi::builder()
///     .key("sk-example-only")
///     .base_url("https://llm.example.com/v1")
///     .default_model("small-model")
///     .timeout(Duration::from_secs(60))
///     .build()?;
/// assert_eq!(openai.default_model(), "small-model");
/// # Ok::<(), codex_ai::Error>(())
/// ```
#[must_use]
#[derive(Default)]
pub struct OpenAiBuilder {
    settings: Settings,
    organization: Option<String>,
    project: Option<String>,
    reasoning_effort: Option<String>,
    pub(super) chat: bool,
    image_model: Option<String>,
}

impl OpenAiBuilder {
    common_settings!();

    /// Sets the organisation that pays, by its id.
    pub fn organization(mut self, id: impl Into<String>) -> Self {
        self.organization = Some(id.into());
        self
    }

    /// Sets the project that pays, by its id.
    pub fn project(mut self, id: impl Into<String>) -> Self {
        self.project = Some(id.into());
        self
    }

    /// Sets how much models think first where a request does not say;
    /// [`DEFAULT_REASONING_EFFORT`](super::DEFAULT_REASONING_EFFORT) for the default model otherwise.
    pub fn reasoning_effort(mut self, effort: impl Into<String>) -> Self {
        self.reasoning_effort = Some(effort.into());
        self
    }

    /// Sets the model that is asked for images where a request names none;
    /// [`DEFAULT_IMAGE_MODEL`](super::DEFAULT_IMAGE_MODEL) otherwise.
    pub fn image_model(mut self, model: impl Into<String>) -> Self {
        self.image_model = Some(model.into());
        self
    }

    /// Takes from the environment whatever is not set yet: `OPENAI_API_KEY`, `OPENAI_BASE_URL`, `OPENAI_ORG_ID` and
    /// `OPENAI_PROJECT_ID`. A variable that is empty is as good as unset.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] for a variable that is not UTF-8, and where there is no key.
    pub fn from_env(mut self) -> Result<Self> {
        if self.settings.key.is_none() {
            self.settings.key = env::var("OPENAI_API_KEY")?.map(SecretString::from);
        }
        if self.settings.key.is_none() {
            return Err(no_key());
        }
        for (setting, name) in [
            (&mut self.settings.base_url, "OPENAI_BASE_URL"),
            (&mut self.organization, "OPENAI_ORG_ID"),
            (&mut self.project, "OPENAI_PROJECT_ID"),
        ] {
            if setting.is_none() {
                *setting = env::var(name)?;
            }
        }
        Ok(self)
    }

    /// Makes the provider. Nothing is sent.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] for a missing key and for a key, id or URL that cannot be used.
    pub fn build(self) -> Result<OpenAi> {
        let key = self.settings.key.as_ref().ok_or_else(no_key)?;
        let mut headers = bearer_headers(key)?;
        let ids = [("openai-organization", self.organization), ("openai-project", self.project)];
        for (name, id) in ids {
            if let Some(id) = id {
                let value = HeaderValue::try_from(id.trim()).map_err(|_| {
                    Error::new(ErrorKind::Config, format!("the id for `{name}` has characters that no header can hold"))
                })?;
                headers.insert(HeaderName::from_static(name), value);
            }
        }
        let (base, uri) = base_url(self.settings.base_url.as_deref().unwrap_or(DEFAULT_BASE_URL))?;
        let host = uri.host().unwrap_or_default().to_ascii_lowercase();
        let own_address = host == "api.openai.com" || host.ends_with(".api.openai.com");
        let default_model = self.settings.default_model.clone().unwrap_or_else(|| DEFAULT_MODEL.to_owned());
        Model::check_default("openai", &default_model, own_address)?;
        Ok(OpenAi {
            endpoint: self.settings.endpoint("openai", if self.chat { &CHAT_FORMAT } else { &FORMAT }),
            headers,
            url: format!("{base}/{}", if self.chat { "chat/completions" } else { "responses" }),
            chat: self.chat,
            base_url: base,
            image_model: self.image_model.unwrap_or_else(|| DEFAULT_IMAGE_MODEL.to_owned()),
            default_model,
            effort: self.reasoning_effort,
            own_address,
            ladder: Ladder::default(),
        })
    }
}

impl fmt::Debug for OpenAiBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenAiBuilder").field("settings", &self.settings).finish_non_exhaustive()
    }
}

fn no_key() -> Error {
    Error::new(ErrorKind::Config, "there is no key for `openai`")
        .with_help("set the environment variable `OPENAI_API_KEY`, or use `OpenAi::new(key)`")
}
