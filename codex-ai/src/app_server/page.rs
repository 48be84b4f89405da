//! Lists that the server gives in pages.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Page<T> {
    /// The entries.
    pub data: Vec<T>,
    /// Where the next page begins; `None` where this is the last one.
    pub next_cursor: Option<String>,
}

/// Which threads are listed, and in what order: the newest first, and not the archived, where nothing is set.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ListThreads {
    /// [`Page::next_cursor`] of the page before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// The length of a page, at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    /// The archived ones, and only these.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub archived: Option<bool>,
    /// Only those whose name or preview has this text in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub search_term: Option<String>,
    /// Only those of this folder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cwd: Option<PathBuf>,
    /// Only those of these providers; an empty list is all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model_providers: Option<Vec<String>>,
    /// `created_at`, which is the default, `updated_at` or `recency_at`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort_key: Option<String>,
    /// `desc`, which is the default, or `asc`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort_direction: Option<String>,
    /// Only those that were begun so: `cli`, `vscode`, `exec`, `appServer`, `subAgent` ..; those of a person, where it
    /// is not set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_kinds: Option<Vec<String>>,
    /// What of the protocol has no name here.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

impl ListThreads {
    /// The newest first, without the archived.
    pub fn new() -> Self {
        Self::default()
    }

    /// Begins where another page ended.
    #[must_use]
    pub fn with_cursor(mut self, cursor: impl Into<String>) -> Self {
        self.cursor = Some(cursor.into());
        self
    }

    /// At most this many.
    #[must_use]
    pub fn with_limit(mut self, limit: u32) -> Self {
        self.limit = Some(limit);
        self
    }

    /// The archived ones, or the others.
    #[must_use]
    pub fn with_archived(mut self, archived: bool) -> Self {
        self.archived = Some(archived);
        self
    }

    /// Only those with this text.
    #[must_use]
    pub fn with_search_term(mut self, text: impl Into<String>) -> Self {
        self.search_term = Some(text.into());
        self
    }

    /// Only those of this folder.
    #[must_use]
    pub fn with_cwd(mut self, cwd: impl Into<PathBuf>) -> Self {
        self.cwd = Some(cwd.into());
        self
    }

    /// Only those of these providers; none is all.
    #[must_use]
    pub fn with_model_providers<T: Into<String>>(mut self, ids: impl IntoIterator<Item = T>) -> Self {
        self.model_providers = Some(ids.into_iter().map(Into::into).collect());
        self
    }

    /// By `created_at`, `updated_at` or `recency_at`.
    #[must_use]
    pub fn with_sort_key(mut self, key: impl Into<String>) -> Self {
        self.sort_key = Some(key.into());
        self
    }

    /// `desc` or `asc`.
    #[must_use]
    pub fn with_sort_direction(mut self, direction: impl Into<String>) -> Self {
        self.sort_direction = Some(direction.into());
        self
    }

    /// Only those that were begun so.
    #[must_use]
    pub fn with_source_kinds<T: Into<String>>(mut self, kinds: impl IntoIterator<Item = T>) -> Self {
        self.source_kinds = Some(kinds.into_iter().map(Into::into).collect());
        self
    }

    /// A field of the protocol that has no name here.
    #[must_use]
    pub fn with_extra(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.extra.insert(name.into(), value.into());
        self
    }
}
