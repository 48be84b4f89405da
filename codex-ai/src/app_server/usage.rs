//! Tokens.

use serde::{Deserialize, Serialize};

use super::open::count;
use crate::reply::Usage;

/// Tokens used in a thread.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct ThreadTokenUsage {
    /// By the last request to the model.
    pub last: TokenUsage,
    /// By all of the thread.
    pub total: TokenUsage,
    /// What the model can hold at once.
    #[serde(deserialize_with = "count")]
    pub model_context_window: Option<u64>,
}

/// Tokens used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct TokenUsage {
    /// In all.
    #[serde(deserialize_with = "count")]
    pub total_tokens: u64,
    /// What the model was given, cached tokens included.
    #[serde(deserialize_with = "count")]
    pub input_tokens: u64,
    /// Of these, read from the vendor's cache.
    #[serde(deserialize_with = "count")]
    pub cached_input_tokens: u64,
    /// Of these, written to the vendor's cache.
    #[serde(deserialize_with = "count")]
    pub cache_write_input_tokens: u64,
    /// What the model wrote, its thinking included.
    #[serde(deserialize_with = "count")]
    pub output_tokens: u64,
    /// Of these, for thinking.
    #[serde(deserialize_with = "count")]
    pub reasoning_output_tokens: u64,
}

impl TokenUsage {
    /// What was used between an earlier count and this one.
    pub(crate) fn since(self, earlier: Self) -> Self {
        Self {
            total_tokens: self.total_tokens.saturating_sub(earlier.total_tokens),
            input_tokens: self.input_tokens.saturating_sub(earlier.input_tokens),
            cached_input_tokens: self.cached_input_tokens.saturating_sub(earlier.cached_input_tokens),
            cache_write_input_tokens: self.cache_write_input_tokens.saturating_sub(earlier.cache_write_input_tokens),
            output_tokens: self.output_tokens.saturating_sub(earlier.output_tokens),
            reasoning_output_tokens: self.reasoning_output_tokens.saturating_sub(earlier.reasoning_output_tokens),
        }
    }
}

impl From<TokenUsage> for Usage {
    fn from(tokens: TokenUsage) -> Self {
        Self {
            input_tokens: tokens.input_tokens,
            output_tokens: tokens.output_tokens,
            cached_tokens: tokens.cached_input_tokens,
            cache_write_tokens: tokens.cache_write_input_tokens,
            reasoning_tokens: tokens.reasoning_output_tokens,
        }
    }
}

impl std::ops::Add for TokenUsage {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            total_tokens: self.total_tokens.saturating_add(other.total_tokens),
            input_tokens: self.input_tokens.saturating_add(other.input_tokens),
            cached_input_tokens: self.cached_input_tokens.saturating_add(other.cached_input_tokens),
            cache_write_input_tokens: self.cache_write_input_tokens.saturating_add(other.cache_write_input_tokens),
            output_tokens: self.output_tokens.saturating_add(other.output_tokens),
            reasoning_output_tokens: self.reasoning_output_tokens.saturating_add(other.reasoning_output_tokens),
        }
    }
}

impl std::ops::AddAssign for TokenUsage {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl std::iter::Sum for TokenUsage {
    fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
        iter.fold(Self::default(), |all, one| all + one)
    }
}
