//! The server's configuration: read, and written.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::client::Client;
use super::open::{open_text, or_default};
use crate::error::Result;

/// Which configuration is read.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ReadConfig {
    /// As it is for work in this folder, with the project's own layers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cwd: Option<PathBuf>,
    /// With the layers that it is made of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub include_layers: Option<bool>,
    /// Fields of the protocol that have no name here.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

impl ReadConfig {
    /// The configuration outside of any project.
    pub fn new() -> Self {
        Self::default()
    }

    /// As it is for work in this folder.
    #[must_use]
    pub fn with_cwd(mut self, cwd: impl Into<PathBuf>) -> Self {
        self.cwd = Some(cwd.into());
        self
    }

    /// With the layers that it is made of.
    #[must_use]
    pub fn with_layers(mut self, layers: bool) -> Self {
        self.include_layers = Some(layers);
        self
    }

    /// A field of the protocol that has no name here.
    #[must_use]
    pub fn with_extra(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.extra.insert(name.into(), value.into());
        self
    }
}

/// The configuration that is in force. Its `Debug` has the names and no value, since a value may be a key.
#[derive(Clone, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct Config {
    /// All of it, by the names of `config.toml`.
    pub config: Map<String, Value>,
    /// Which layer each value is from, by its path.
    #[serde(default, deserialize_with = "or_default")]
    pub origins: BTreeMap<String, ConfigLayer>,
    /// The layers, the one that wins first; `None` unless [`ReadConfig::include_layers`] asks for them.
    pub layers: Option<Vec<ConfigLayer>>,
}

/// A layer of the configuration. Its `Debug` does not have what it says.
#[derive(Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ConfigLayer {
    /// Where it is from: an object with a `type`, as `user` or `project`, and mostly a file.
    pub name: Value,
    /// Changes with its content; see [`WriteConfig::expected_version`].
    #[serde(default, deserialize_with = "or_default")]
    pub version: String,
    /// What it says; `null` where only its name was asked for.
    #[serde(default)]
    pub config: Value,
    /// Why it is not in force.
    pub disabled_reason: Option<String>,
}

/// Values to be written to a file of the configuration.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct WriteConfig {
    /// What is written, all or nothing.
    pub edits: Vec<ConfigEdit>,
    /// Into this file, instead of the user's `config.toml`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_path: Option<PathBuf>,
    /// Only where the file has this version still ([`ConfigLayer::version`], [`ConfigWritten::version`]).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected_version: Option<String>,
    /// Threads that are loaded take what they can of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reload_user_config: Option<bool>,
    /// Fields of the protocol that have no name here.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// One value to be written. Its `Debug` does not have the value.
#[derive(Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ConfigEdit {
    /// Where, as `model` or `features.goals`.
    pub key_path: String,
    /// What; `null` takes the value out.
    pub value: Value,
    /// How it meets what is there.
    pub merge_strategy: MergeStrategy,
}

open_text! {
    /// How a value meets the one that is there.
    pub enum MergeStrategy {
        /// It takes its place.
        Replace = "replace",
        /// A table is put into the one that is there.
        Upsert = "upsert",
    }

    /// Whether a value that was written is in force.
    pub enum WriteStatus {
        /// It is.
        Ok = "ok",
        /// It was written, but another layer wins.
        OkOverridden = "okOverridden",
    }
}

/// What came of writing.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ConfigWritten {
    /// Whether it is in force.
    pub status: WriteStatus,
    /// The version of the file now.
    pub version: String,
    /// The file.
    pub file_path: String,
    /// The layer that wins over it, where one does, and what it says.
    pub overridden_metadata: Option<Value>,
}

impl ConfigEdit {
    /// Puts this value in the place of the one at this path.
    pub fn new(key_path: impl Into<String>, value: impl Into<Value>) -> Self {
        Self { key_path: key_path.into(), value: value.into(), merge_strategy: MergeStrategy::Replace }
    }

    /// How it meets what is there.
    #[must_use]
    pub fn with_merge_strategy(mut self, strategy: MergeStrategy) -> Self {
        self.merge_strategy = strategy;
        self
    }
}

impl WriteConfig {
    /// Writes to the user's `config.toml`.
    pub fn new(edits: impl IntoIterator<Item = ConfigEdit>) -> Self {
        Self { edits: edits.into_iter().collect(), ..Self::default() }
    }

    /// Writes to this file.
    #[must_use]
    pub fn with_file_path(mut self, path: impl Into<PathBuf>) -> Self {
        self.file_path = Some(path.into());
        self
    }

    /// Only where the file has this version still.
    #[must_use]
    pub fn with_expected_version(mut self, version: impl Into<String>) -> Self {
        self.expected_version = Some(version.into());
        self
    }

    /// Threads that are loaded take what they can of it.
    #[must_use]
    pub fn with_reload(mut self, reload: bool) -> Self {
        self.reload_user_config = Some(reload);
        self
    }

    /// A field of the protocol that has no name here.
    #[must_use]
    pub fn with_extra(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.extra.insert(name.into(), value.into());
        self
    }
}

impl Client {
    /// The configuration that is in force.
    ///
    /// # Errors
    /// Where the server refuses.
    pub async fn config(&self, which: ReadConfig) -> Result<Config> {
        self.core.call("config/read", &which).await
    }

    /// Writes one value to the user's `config.toml`, in the place of the one that is there.
    ///
    /// # Errors
    /// Where the server refuses: the value does not fit its path.
    pub async fn write_config_value(
        &self,
        key_path: impl Into<String>,
        value: impl Into<Value>,
    ) -> Result<ConfigWritten> {
        self.core.call("config/value/write", &ConfigEdit::new(key_path, value)).await
    }

    /// Writes several values at once, all or nothing.
    ///
    /// # Errors
    /// Where the server refuses: a value does not fit its path, or the file is not the expected version.
    pub async fn write_config(&self, what: WriteConfig) -> Result<ConfigWritten> {
        self.core.call("config/batchWrite", &what).await
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.config.keys().collect();
        f.debug_struct("Config").field("names", &names).field("layers", &self.layers).finish_non_exhaustive()
    }
}

impl fmt::Debug for ConfigLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConfigLayer")
            .field("name", &self.name)
            .field("version", &self.version)
            .field("disabled_reason", &self.disabled_reason)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for ConfigEdit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConfigEdit")
            .field("key_path", &self.key_path)
            .field("merge_strategy", &self.merge_strategy)
            .finish_non_exhaustive()
    }
}
