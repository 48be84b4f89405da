//! The settings of [`Compatible`].

use std::fmt;

use http::HeaderName;
use http::header::AUTHORIZATION;
use secrecy::SecretString;

use super::address::{Address, azure, ollama};
use super::{Compatible, KeyHeader, Profile};
use crate::error::{Error, ErrorKind, Result};
use crate::provider::chat::CHAT_FORMAT;
use crate::provider::endpoint::{base_url, json_headers, secret_value};
use crate::provider::env;
use crate::provider::ladder::Ladder;
use crate::provider::settings::{Settings, common_settings};

/// The settings of [`Compatible`], each with the default of its [`Profile`].
#[must_use]
pub struct CompatibleBuilder {
    settings: Settings,
    profile: Profile,
    api_version: Option<String>,
}

impl CompatibleBuilder {
    pub(super) fn new(profile: Profile) -> Self {
        Self { settings: Settings::default(), profile, api_version: None }
    }

    common_settings!();

    /// Sets the version of Azure's API, such as `2024-10-21`: requests then go to the path of the deployment. Without it
    /// they go to `/openai/v1`, which needs none.
    pub fn api_version(mut self, version: impl Into<String>) -> Self {
        self.api_version = Some(version.into());
        self
    }

    /// Takes from the environment whatever is not set yet: the key and the address, by the names that the [`Profile`]
    /// gives. For Azure also `AZURE_OPENAI_API_VERSION`, and `AZURE_OPENAI_DEPLOYMENT` as the default model. A variable
    /// that is empty is as good as unset.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] for a variable that is not UTF-8, and where a key is needed and there is none.
    pub fn from_env(mut self) -> Result<Self> {
        let profile = &self.profile;
        if let (None, Some(name)) = (&self.settings.key, profile.key_variable) {
            self.settings.key = env::var(name)?.map(SecretString::from);
        }
        if profile.needs_key && self.settings.key.is_none() {
            return Err(no_key(profile));
        }
        if let (None, Some(name)) = (&self.settings.base_url, profile.url_variable) {
            let url = env::var(name)?;
            self.settings.base_url = if name == "OLLAMA_HOST" { url.as_deref().map(ollama) } else { url };
        }
        if profile.key_header == KeyHeader::ApiKey {
            if self.api_version.is_none() {
                self.api_version = env::var("AZURE_OPENAI_API_VERSION")?;
            }
            if self.settings.default_model.is_none() {
                self.settings.default_model = env::var("AZURE_OPENAI_DEPLOYMENT")?.map(|name| name.trim().to_owned());
            }
        }
        Ok(self)
    }

    /// Makes the provider. Nothing is sent.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] for a missing key or URL, and for a key, URL or version that cannot be used.
    pub fn build(self) -> Result<Compatible> {
        let Self { settings, profile, api_version } = self;
        let mut headers = json_headers();
        match &settings.key {
            None if profile.needs_key => return Err(no_key(&profile)),
            None => {}
            Some(key) => match profile.key_header {
                KeyHeader::Bearer => {
                    headers.insert(AUTHORIZATION, secret_value("Bearer ", key)?);
                }
                KeyHeader::ApiKey => {
                    headers.insert(HeaderName::from_static("api-key"), secret_value("", key)?);
                }
            },
        }
        let url = settings.base_url.as_deref().or(profile.base_url).ok_or_else(|| no_url(&profile))?;
        let (base, _) = base_url(url)?;
        let address = match (profile.key_header, api_version) {
            (KeyHeader::ApiKey, version) => azure(&base, version.as_deref())?,
            (KeyHeader::Bearer, None) => Address::One(format!("{base}/chat/completions")),
            (KeyHeader::Bearer, Some(_)) => {
                return Err(Error::new(ErrorKind::Config, format!("`{}` has no version of its API", profile.name))
                    .with_help("leave `api_version` out; it is Azure's"));
            }
        };
        Ok(Compatible {
            endpoint: settings.endpoint(profile.name, &CHAT_FORMAT),
            headers,
            address,
            default_model: settings.default_model.or_else(|| profile.default_model.map(str::to_owned)),
            profile,
            ladder: Ladder::default(),
        })
    }
}

impl fmt::Debug for CompatibleBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CompatibleBuilder")
            .field("settings", &self.settings)
            .field("profile", &self.profile.name)
            .finish_non_exhaustive()
    }
}

fn no_key(profile: &Profile) -> Error {
    let error = Error::new(ErrorKind::Config, format!("there is no key for `{}`", profile.name));
    match profile.key_variable {
        Some(name) => error.with_help(format!("set the environment variable `{name}`, or `key` of the builder")),
        None => error.with_help("set `key` of the builder"),
    }
}

fn no_url(profile: &Profile) -> Error {
    let error = Error::new(ErrorKind::Config, format!("there is no address for `{}`", profile.name));
    match profile.url_variable {
        Some(name) => error.with_help(format!("set the environment variable `{name}`, or `base_url` of the builder")),
        None => error.with_help("set `base_url` of the builder"),
    }
}
