//! The account that the server uses, and how much of its plan is left.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::client::Client;
use super::notices::{PlanType, RateLimits};
use super::open::{count, open_union, or_default};
use super::params::Nothing;
use crate::error::Result;

/// Who the server works for.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct AccountInfo {
    /// The account. `None` where nobody is logged in, and (Codex 0.169.0) where the configured provider of models needs
    /// no login.
    pub account: Option<Account>,
    /// Whether the configured provider of models needs a login.
    #[serde(default, deserialize_with = "or_default")]
    pub requires_openai_auth: bool,
    /// The id of the user at ChatGPT.
    pub user_id: Option<String>,
    /// Fields of the protocol that have no name here.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

open_union! {
    /// An account. It holds no key and no token.
    pub enum Account {
        /// By an API key of OpenAI.
        ApiKey = "apiKey",
        /// By ChatGPT.
        ChatGpt {
            /// The address of the user.
            email: Option<String>,
            /// What the user has subscribed to.
            plan_type: PlanType,
            /// The workspace.
            workspace_name: Option<String>,
        } = "chatgpt",
        /// By Amazon Bedrock.
        AmazonBedrock {
            /// Whether the server keeps the credentials.
            #[serde(default)]
            uses_codex_managed_credentials: bool,
        } = "amazonBedrock",
        /// By Google Cloud.
        Gcp = "gcp",
    }
}

/// How much of the account's plan is used.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct AccountRateLimits {
    /// The limit that counts most.
    pub rate_limits: RateLimits,
    /// All of them, by their ids.
    #[serde(default, deserialize_with = "or_default")]
    pub rate_limits_by_limit_id: BTreeMap<String, RateLimits>,
    /// Whether what the plan includes may be used; `None` where that is not known.
    pub ordinary_usage_allowed: Option<bool>,
    /// Fields of the protocol that have no name here.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// The tokens that the account has used.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct AccountUsage {
    /// In all.
    pub summary: UsageSummary,
    /// Day by day, where the server knows.
    #[serde(default, deserialize_with = "or_default")]
    pub daily_usage_buckets: Vec<DailyUsage>,
    /// Fields of the protocol that have no name here.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// What the account has used in all; `None` is what the server does not know.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct UsageSummary {
    /// The tokens.
    #[serde(default, deserialize_with = "count")]
    pub lifetime_tokens: Option<u64>,
    /// The tokens of the day with the most.
    #[serde(default, deserialize_with = "count")]
    pub peak_daily_tokens: Option<u64>,
    /// The longest turn, in seconds.
    #[serde(default, deserialize_with = "count")]
    pub longest_running_turn_sec: Option<u64>,
    /// The days in a row up to now.
    #[serde(default, deserialize_with = "count")]
    pub current_streak_days: Option<u64>,
    /// The most days in a row.
    #[serde(default, deserialize_with = "count")]
    pub longest_streak_days: Option<u64>,
}

/// What the account used on a day.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct DailyUsage {
    /// The day, as `2026-11-21`.
    pub start_date: String,
    /// The tokens.
    #[serde(default, deserialize_with = "count")]
    pub tokens: u64,
}

impl Client {
    /// The account that the server uses, as it knows it.
    ///
    /// # Errors
    /// Where the server refuses.
    pub async fn account(&self) -> Result<AccountInfo> {
        self.read_account(false).await
    }

    /// The account that the server uses, after its tokens were renewed over the network. With a key there are none, and
    /// this is [`account`](Self::account).
    ///
    /// # Errors
    /// Where the server refuses, or the tokens cannot be renewed.
    pub async fn refresh_account(&self) -> Result<AccountInfo> {
        self.read_account(true).await
    }

    async fn read_account(&self, refresh_token: bool) -> Result<AccountInfo> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Params {
            refresh_token: bool,
        }
        self.core.call("account/read", &Params { refresh_token }).await
    }

    /// How much of the account's plan is used; the server asks OpenAI. What changes later comes as
    /// [`EventKind::RateLimitsUpdated`](super::EventKind::RateLimitsUpdated).
    ///
    /// # Errors
    /// Where the server refuses: nobody is logged in with ChatGPT.
    pub async fn rate_limits(&self) -> Result<AccountRateLimits> {
        self.core.call("account/rateLimits/read", &Nothing {}).await
    }

    /// The tokens that the account has used; the server asks OpenAI.
    ///
    /// # Errors
    /// Where the server refuses: nobody is logged in with ChatGPT.
    pub async fn account_usage(&self) -> Result<AccountUsage> {
        self.core.call("account/usage/read", &Nothing {}).await
    }
}
