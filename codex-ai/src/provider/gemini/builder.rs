//! The settings of [`Gemini`].

use std::fmt;

use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue};
use secrecy::SecretString;

use super::{
    DEFAULT_API_VERSION, DEFAULT_BASE_URL, DEFAULT_IMAGE_MODEL, DEFAULT_IMAGEN_MODEL, DEFAULT_MODEL, FORMAT, Gemini,
    OPEN_API_RUNGS, RUNGS,
};
use crate::error::{Error, ErrorKind, Result};
use crate::provider::endpoint::{base_url, secret_value};
use crate::provider::env;
use crate::provider::ladder::Ladder;
use crate::provider::model::Model;
use crate::provider::settings::{Settings, common_settings};

/// The settings of [`Gemini`], each with a default but the key.
///
/// ```
/// use codex_ai::provider::gemini::Gemini;
///
/// let gemini = Gemini::builder()
///     .key("example-only")
///     .base_url("https://llm.example.com")
///     .api_version("v1")
///     .default_model("small-model")
///     .build()?;
/// assert_eq!(gemini.default_model(), "small-model");
/// # Ok::<(), codex_ai::Error>(())
/// ```
#[must_use]
#[derive(Default)]
pub struct GeminiBuilder {
    settings: Settings,
    api_version: Option<String>,
    image_model: Option<String>,
    imagen_model: Option<String>,
    reasoning_effort: Option<String>,
    open_api_schemas: bool,
}

impl GeminiBuilder {
    common_settings!();

    /// Sets the version of the API that stands in the path; [`DEFAULT_API_VERSION`] otherwise.
    pub fn api_version(mut self, version: impl Into<String>) -> Self {
        self.api_version = Some(version.into());
        self
    }

    /// Sends schemas as `responseSchema`, a part of OpenAPI, for servers that do not know `responseJsonSchema`. It holds
    /// less: what it has no place for stands in the descriptions.
    pub fn open_api_schemas(mut self) -> Self {
        self.open_api_schemas = true;
        self
    }

    /// Sets the model for images of requests that name none; [`DEFAULT_IMAGE_MODEL`] otherwise.
    pub fn image_model(mut self, model: impl Into<String>) -> Self {
        self.image_model = Some(model.into());
        self
    }

    /// Sets the model for Imagen's call where a request names none; [`DEFAULT_IMAGEN_MODEL`] otherwise.
    pub fn imagen_model(mut self, model: impl Into<String>) -> Self {
        self.imagen_model = Some(model.into());
        self
    }

    /// Sets how much models think first where a request does not say (`minimal`, `low`, `medium`, `high`); the model's
    /// own default otherwise. Models before 3.0 take budgets instead, by an extra field.
    pub fn reasoning_effort(mut self, effort: impl Into<String>) -> Self {
        self.reasoning_effort = Some(effort.into());
        self
    }

    /// Takes from the environment whatever is not set yet: the key from `GOOGLE_API_KEY` or `GEMINI_API_KEY`, the
    /// address from `GOOGLE_GEMINI_BASE_URL`. A variable that is empty is as good as unset.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] for a variable that is not UTF-8, where there is no key, and where both variables have one
    /// and they differ: which of the two is meant is not guessed.
    pub fn from_env(mut self) -> Result<Self> {
        if self.settings.key.is_none() {
            let key = match (env::var("GOOGLE_API_KEY")?, env::var("GEMINI_API_KEY")?) {
                (Some(google), Some(gemini)) if google != gemini => {
                    let message = "`GOOGLE_API_KEY` and `GEMINI_API_KEY` hold different keys";
                    return Err(Error::new(ErrorKind::Config, message)
                        .with_help("unset one of the two, or use `Gemini::new(key)`"));
                }
                (google, gemini) => google.or(gemini),
            };
            self.settings.key = Some(key.map(SecretString::from).ok_or_else(no_key)?);
        }
        if self.settings.base_url.is_none() {
            self.settings.base_url = env::var("GOOGLE_GEMINI_BASE_URL")?;
        }
        Ok(self)
    }

    /// Makes the provider. Nothing is sent.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] for a missing key and for a key, URL or version that cannot be used.
    pub fn build(self) -> Result<Gemini> {
        let key = self.settings.key.as_ref().ok_or_else(no_key)?;
        let mut headers = HeaderMap::new();
        let json = HeaderValue::from_static("application/json");
        headers.insert(CONTENT_TYPE, json.clone());
        headers.insert(ACCEPT, json);
        // A key in the URL would end up in logs.
        headers.insert(HeaderName::from_static("x-goog-api-key"), secret_value("", key)?);
        let (base, uri) = base_url(self.settings.base_url.as_deref().unwrap_or(DEFAULT_BASE_URL))?;
        let version = self.api_version.as_deref().unwrap_or(DEFAULT_API_VERSION);
        if version.is_empty() || !version.chars().all(|c| c.is_ascii_alphanumeric()) {
            return Err(Error::new(ErrorKind::Config, "the API version is not a word such as `v1beta`"));
        }
        let host = uri.host().unwrap_or_default().to_ascii_lowercase();
        let own_address = host == "googleapis.com" || host.ends_with(".googleapis.com");
        if let Some(model) = &self.settings.default_model {
            Model::check_default("gemini", model.strip_prefix("google/").unwrap_or(model), own_address)?;
        }
        let or = |model: Option<String>, default: &str| model.unwrap_or_else(|| default.to_owned());
        Ok(Gemini {
            endpoint: self.settings.endpoint("gemini", &FORMAT),
            headers,
            url: format!("{base}/{version}"),
            default_model: or(self.settings.default_model, DEFAULT_MODEL),
            image_model: or(self.image_model, DEFAULT_IMAGE_MODEL),
            imagen_model: or(self.imagen_model, DEFAULT_IMAGEN_MODEL),
            effort: self.reasoning_effort,
            own_address,
            ladder: Ladder::default(),
            rungs: if self.open_api_schemas { OPEN_API_RUNGS } else { RUNGS },
        })
    }
}

impl fmt::Debug for GeminiBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GeminiBuilder").field("settings", &self.settings).finish_non_exhaustive()
    }
}

fn no_key() -> Error {
    Error::new(ErrorKind::Config, "there is no key for `gemini`")
        .with_help("set the environment variable `GEMINI_API_KEY`, or use `Gemini::new(key)`")
}
