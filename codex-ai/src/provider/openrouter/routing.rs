//! What OpenRouter is told of whom to ask.

use std::borrow::Cow;

use serde::Serialize;
use serde_json::{Map, Value};

/// Which vendors OpenRouter may ask for a model: the field `provider` of its requests (SDK 1.3.19).
///
/// ```
/// use codex_ai::provider::openrouter::Routing;
///
/// let routing = Routing::new().with_order(["deepinfra", "together"]).with_require_parameters(true);
/// assert_eq!(routing.order, ["deepinfra", "together"]);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Routing {
    /// The vendors in the order in which they are tried.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub order: Vec<Cow<'static, str>>,
    /// The only vendors that may be asked.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub only: Vec<Cow<'static, str>>,
    /// Vendors that may not be asked.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ignore: Vec<Cow<'static, str>>,
    /// Whether others than those of `order` are tried when they fail.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allow_fallbacks: Option<bool>,
    /// Whether only vendors are asked that take all fields of a request, such as a schema.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub require_parameters: Option<bool>,
    /// `deny` for vendors alone that keep nothing, `allow` for all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data_collection: Option<Cow<'static, str>>,
    /// What the vendors are sorted by: `price`, `throughput`, `latency`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort: Option<Cow<'static, str>>,
    /// Preferences that have no name here, sent as they are.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

impl Routing {
    /// No preferences.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets [`order`](Self::order).
    #[must_use]
    pub fn with_order<T: Into<Cow<'static, str>>>(mut self, vendors: impl IntoIterator<Item = T>) -> Self {
        self.order = vendors.into_iter().map(Into::into).collect();
        self
    }

    /// Sets [`only`](Self::only).
    #[must_use]
    pub fn with_only<T: Into<Cow<'static, str>>>(mut self, vendors: impl IntoIterator<Item = T>) -> Self {
        self.only = vendors.into_iter().map(Into::into).collect();
        self
    }

    /// Sets [`ignore`](Self::ignore).
    #[must_use]
    pub fn with_ignore<T: Into<Cow<'static, str>>>(mut self, vendors: impl IntoIterator<Item = T>) -> Self {
        self.ignore = vendors.into_iter().map(Into::into).collect();
        self
    }

    /// Sets [`allow_fallbacks`](Self::allow_fallbacks).
    #[must_use]
    pub fn with_allow_fallbacks(mut self, allow: bool) -> Self {
        self.allow_fallbacks = Some(allow);
        self
    }

    /// Sets [`require_parameters`](Self::require_parameters).
    #[must_use]
    pub fn with_require_parameters(mut self, require: bool) -> Self {
        self.require_parameters = Some(require);
        self
    }

    /// Sets [`data_collection`](Self::data_collection).
    #[must_use]
    pub fn with_data_collection(mut self, policy: impl Into<Cow<'static, str>>) -> Self {
        self.data_collection = Some(policy.into());
        self
    }

    /// Sets [`sort`](Self::sort).
    #[must_use]
    pub fn with_sort(mut self, by: impl Into<Cow<'static, str>>) -> Self {
        self.sort = Some(by.into());
        self
    }

    /// Adds a preference.
    #[must_use]
    pub fn with_extra(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.extra.insert(name.into(), value.into());
        self
    }
}
