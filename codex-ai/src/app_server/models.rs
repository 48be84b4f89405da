//! The models that the server knows, and who provides them.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::client::Client;
use super::open::{open_text, or_default};
use super::page::Page;
use super::params::Nothing;
use super::policy::ReasoningEffort;
use crate::error::Result;

/// Which models are listed.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ListModels {
    /// Where to go on: [`Page::next_cursor`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// How many at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    /// Those too that are not offered to people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub include_hidden: Option<bool>,
    /// Those of this provider, instead of the configured one's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model_provider: Option<String>,
    /// Fields of the protocol that have no name here.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

impl ListModels {
    /// The first page of the models that are offered to people.
    pub fn new() -> Self {
        Self::default()
    }

    /// Goes on where a page ended.
    #[must_use]
    pub fn with_cursor(mut self, cursor: impl Into<String>) -> Self {
        self.cursor = Some(cursor.into());
        self
    }

    /// At most this many on a page.
    #[must_use]
    pub fn with_limit(mut self, limit: u32) -> Self {
        self.limit = Some(limit);
        self
    }

    /// Those too that are not offered to people.
    #[must_use]
    pub fn with_hidden(mut self, hidden: bool) -> Self {
        self.include_hidden = Some(hidden);
        self
    }

    /// Those of this provider.
    #[must_use]
    pub fn with_model_provider(mut self, provider: impl Into<String>) -> Self {
        self.model_provider = Some(provider.into());
        self
    }

    /// A field of the protocol that has no name here.
    #[must_use]
    pub fn with_extra(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.extra.insert(name.into(), value.into());
        self
    }
}

/// A model.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Model {
    /// Its id in the list.
    pub id: String,
    /// What a thread or a turn names it by.
    pub model: String,
    /// For people.
    #[serde(default, deserialize_with = "or_default")]
    pub display_name: String,
    /// For people.
    #[serde(default, deserialize_with = "or_default")]
    pub description: String,
    /// Whether it is the one that is used where none is named.
    #[serde(default, deserialize_with = "or_default")]
    pub is_default: bool,
    /// Whether it is not offered to people.
    #[serde(default, deserialize_with = "or_default")]
    pub hidden: bool,
    /// How hard it can be told to think.
    #[serde(default, deserialize_with = "or_default")]
    pub supported_reasoning_efforts: Vec<EffortOption>,
    /// How hard it thinks where nothing is said.
    pub default_reasoning_effort: Option<ReasoningEffort>,
    /// What it can be given; text and images where the server says nothing.
    #[serde(default = "text_and_image")]
    pub input_modalities: Vec<InputModality>,
    /// Its service tiers.
    #[serde(default, deserialize_with = "or_default")]
    pub service_tiers: Vec<ModelServiceTier>,
    /// The tier that is used where none is named.
    pub default_service_tier: Option<String>,
    /// The model that takes its place.
    pub upgrade: Option<String>,
    /// Fields of the protocol that have no name here.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// How hard a model can be told to think.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct EffortOption {
    /// What a turn names it by.
    pub reasoning_effort: ReasoningEffort,
    /// For people.
    #[serde(default, deserialize_with = "or_default")]
    pub description: String,
}

/// A service tier of a model.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ModelServiceTier {
    /// What a turn names it by.
    pub id: String,
    /// For people.
    #[serde(default, deserialize_with = "or_default")]
    pub name: String,
    /// For people.
    #[serde(default, deserialize_with = "or_default")]
    pub description: String,
}

open_text! {
    /// A sort of input.
    pub enum InputModality {
        /// Text.
        Text = "text",
        /// Images.
        Image = "image",
        /// Sound.
        Audio = "audio",
    }
}

/// Who provides models, and which of them is used.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ModelProviders {
    /// All that are configured.
    pub data: Vec<ModelProvider>,
    /// The one that is used where none is named.
    pub default_provider_id: Option<String>,
    /// Fields of the protocol that have no name here.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// A provider of models in the server's configuration.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ModelProvider {
    /// What the configuration names it by.
    pub id: String,
    /// For people.
    #[serde(default, deserialize_with = "or_default")]
    pub name: String,
    /// Its address, where it can be shown.
    pub base_url: Option<String>,
    /// Fields of the protocol that have no name here.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

fn text_and_image() -> Vec<InputModality> {
    vec![InputModality::Text, InputModality::Image]
}

impl Client {
    /// A page of the models that the server knows. Codex 0.169.0 answers from its own catalogue, without network and
    /// without a login.
    ///
    /// # Errors
    /// Where the server refuses.
    pub async fn models(&self, which: ListModels) -> Result<Page<Model>> {
        self.core.call("model/list", &which).await
    }

    /// The providers of models in the server's configuration.
    ///
    /// # Errors
    /// Where the server refuses.
    pub async fn model_providers(&self) -> Result<ModelProviders> {
        self.core.call("modelProvider/list", &Nothing {}).await
    }
}
