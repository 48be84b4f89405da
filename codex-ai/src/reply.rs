//! What comes back from a model.

use std::borrow::Cow;

use crate::message::{Part, join_text};

/// What a provider answered; `Reply<T>` is the same with the value that was read from it.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Reply<T = ()> {
    /// The value read from the answer.
    pub value: T,
    /// All that the model gave, in order.
    pub parts: Vec<Part>,
    /// Why it stopped.
    pub finish_reason: FinishReason,
    /// Tokens used, where the vendor says.
    pub usage: Option<Usage>,
    /// The model that answered, in the vendor's words.
    pub model: String,
    /// The vendor's id of the answer.
    pub id: Option<String>,
    /// The vendor's id of the HTTP request, for its support.
    pub request_id: Option<String>,
    /// How many times a model was asked until this answer came.
    pub attempts: u32,
}

/// Why a model stopped.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum FinishReason {
    /// It was done.
    #[default]
    Stop,
    /// The token limit was met.
    Length,
    /// It waits for the results of tools.
    ToolCalls,
    /// A filter of the vendor stepped in.
    ContentFilter,
    /// The model refused.
    Refusal,
    /// A reason without a name here, in the vendor's words.
    Other(String),
}

/// Tokens used by a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Usage {
    /// Tokens of the request, those from the cache included.
    pub input_tokens: u64,
    /// Tokens of the answer, those of reasoning included.
    pub output_tokens: u64,
    /// Tokens of the request that came from the vendor's cache.
    pub cached_tokens: u64,
    /// Tokens of the request that were written to the vendor's cache, where that has a price of its own.
    pub cache_write_tokens: u64,
    /// Tokens of the answer spent on reasoning.
    pub reasoning_tokens: u64,
}

impl Reply {
    /// A reply of these parts from `model`, finished by itself.
    pub fn new(model: impl Into<String>, parts: Vec<Part>) -> Self {
        Self {
            value: (),
            parts,
            finish_reason: FinishReason::Stop,
            usage: None,
            model: model.into(),
            id: None,
            request_id: None,
            attempts: 1,
        }
    }

    /// A reply of one text.
    pub fn from_text(model: impl Into<String>, text: impl Into<String>) -> Self {
        Self::new(model, vec![Part::Text(text.into())])
    }

    /// Sets the usage.
    #[must_use]
    pub fn with_usage(mut self, usage: Usage) -> Self {
        self.usage = Some(usage);
        self
    }

    /// Sets the finish reason.
    #[must_use]
    pub fn with_finish_reason(mut self, reason: FinishReason) -> Self {
        self.finish_reason = reason;
        self
    }
}

impl<T> Reply<T> {
    /// The answer's text: the join of all text parts, empty where there is none.
    pub fn text(&self) -> Cow<'_, str> {
        join_text(&self.parts).unwrap_or_default()
    }

    /// The words of a refusal, if there are any.
    pub fn refusal(&self) -> Option<&str> {
        self.parts.iter().find_map(|part| match part {
            Part::Refusal(text) => Some(text.as_str()),
            _ => None,
        })
    }

    /// The same reply with another value.
    pub fn with_value<U>(self, value: U) -> Reply<U> {
        Reply {
            value,
            parts: self.parts,
            finish_reason: self.finish_reason,
            usage: self.usage,
            model: self.model,
            id: self.id,
            request_id: self.request_id,
            attempts: self.attempts,
        }
    }
}

impl Usage {
    /// Tokens of request and answer.
    pub fn new(input_tokens: u64, output_tokens: u64) -> Self {
        Self { input_tokens, output_tokens, ..Self::default() }
    }

    /// All tokens together.
    pub fn total_tokens(&self) -> u64 {
        self.input_tokens.saturating_add(self.output_tokens)
    }
}
