//! The settings of [`OpenAi`].

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderName, HeaderValue};
use secrecy::SecretString;

use super::{DEFAULT_BASE_URL, DEFAULT_MODEL, OpenAi, read_error};
use crate::error::{Error, ErrorKind, Result};
use crate::provider::endpoint::{Endpoint, base_url, bearer_headers};
use crate::provider::env;
use crate::transport::{DEFAULT_CONNECT_TIMEOUT, HttpTransport, Limits, Transport};

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
    key: Option<SecretString>,
    base_url: Option<String>,
    organization: Option<String>,
    project: Option<String>,
    default_model: Option<String>,
    reasoning_effort: Option<String>,
    connect_timeout: Option<Duration>,
    limits: Limits,
    transport: Option<Arc<dyn Transport>>,
}

impl OpenAiBuilder {
    /// Sets the key. A server that asks for none takes any word.
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.key = Some(SecretString::from(key.into()));
        self
    }

    /// Sets the address, up to and with the version: `https://api.openai.com/v1`.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = Some(url.into());
        self
    }

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

    /// Sets the model for requests that name none; [`DEFAULT_MODEL`] otherwise.
    pub fn default_model(mut self, model: impl Into<String>) -> Self {
        self.default_model = Some(model.into());
        self
    }

    /// Sets how much models think first where a request does not say;
    /// [`DEFAULT_REASONING_EFFORT`](super::DEFAULT_REASONING_EFFORT) for the default model otherwise.
    pub fn reasoning_effort(mut self, effort: impl Into<String>) -> Self {
        self.reasoning_effort = Some(effort.into());
        self
    }

    /// Sets how long a whole call may take; [`DEFAULT_TIMEOUT`](crate::transport::DEFAULT_TIMEOUT) otherwise.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.limits.timeout = timeout;
        self
    }

    /// Sets how long an answer that has begun may pause;
    /// [`DEFAULT_READ_TIMEOUT`](crate::transport::DEFAULT_READ_TIMEOUT) otherwise.
    pub fn read_timeout(mut self, timeout: Duration) -> Self {
        self.limits.read_timeout = timeout;
        self
    }

    /// Sets how long a connection may take to open; [`DEFAULT_CONNECT_TIMEOUT`] otherwise. A transport of one's own
    /// has its own.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = Some(timeout);
        self
    }

    /// Sets the largest answer in bytes; [`DEFAULT_BODY_LIMIT`](crate::transport::DEFAULT_BODY_LIMIT) otherwise.
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.limits.body_limit = bytes;
        self
    }

    /// Sets what carries the bytes; an [`HttpTransport`] of its own otherwise. Providers that share one share its
    /// connections.
    pub fn transport(mut self, transport: Arc<dyn Transport>) -> Self {
        self.transport = Some(transport);
        self
    }

    /// Takes from the environment whatever is not set yet: `OPENAI_API_KEY`, `OPENAI_BASE_URL`, `OPENAI_ORG_ID` and
    /// `OPENAI_PROJECT_ID`. A variable that is empty is as good as unset.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] for a variable that is not UTF-8, and where there is no key.
    pub fn from_env(mut self) -> Result<Self> {
        if self.key.is_none() {
            self.key = env::var("OPENAI_API_KEY")?.map(SecretString::from);
        }
        if self.key.is_none() {
            return Err(no_key());
        }
        for (setting, name) in [
            (&mut self.base_url, "OPENAI_BASE_URL"),
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
        let key = self.key.ok_or_else(no_key)?;
        let mut headers = bearer_headers(&key)?;
        let ids = [("openai-organization", self.organization), ("openai-project", self.project)];
        for (name, id) in ids {
            if let Some(id) = id {
                let value = HeaderValue::try_from(id.trim()).map_err(|_| {
                    Error::new(ErrorKind::Config, format!("the id for `{name}` has characters that no header can hold"))
                })?;
                headers.insert(HeaderName::from_static(name), value);
            }
        }
        let (base, uri) = base_url(self.base_url.as_deref().unwrap_or(DEFAULT_BASE_URL))?;
        let host = uri.host().unwrap_or_default().to_ascii_lowercase();
        let own_address = host == "api.openai.com" || host.ends_with(".api.openai.com");
        let transport = self.transport.unwrap_or_else(|| {
            let timeout = self.connect_timeout.unwrap_or(DEFAULT_CONNECT_TIMEOUT);
            Arc::new(HttpTransport::new().with_connect_timeout(timeout))
        });
        let responses = Endpoint {
            transport,
            url: format!("{base}/responses"),
            headers,
            limits: self.limits,
            key,
            request_id: HeaderName::from_static("x-request-id"),
            read_error,
        };
        let default_model = self.default_model.unwrap_or_else(|| DEFAULT_MODEL.to_owned());
        Ok(OpenAi { responses, default_model, effort: self.reasoning_effort, own_address })
    }
}

impl fmt::Debug for OpenAiBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenAiBuilder")
            .field("key", &self.key)
            .field("default_model", &self.default_model)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

fn no_key() -> Error {
    Error::new(ErrorKind::Config, "there is no key for `openai`")
        .with_help("set the environment variable `OPENAI_API_KEY`, or use `OpenAi::new(key)`")
}
