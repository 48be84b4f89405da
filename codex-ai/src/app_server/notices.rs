//! What notifications tell besides turns, items and threads.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::open::{count, open_text, or_default};

open_text! {
    /// How far a goal is.
    pub enum GoalStatus {
        /// It is worked on.
        Active = "active",
        /// It waits until it is set again.
        Paused = "paused",
        /// Something stands in its way.
        Blocked = "blocked",
        /// The limit of the account's plan is met.
        UsageLimited = "usageLimited",
        /// Its budget is spent.
        BudgetLimited = "budgetLimited",
        /// It is met.
        Complete = "complete",
    }

    /// How far a step of a plan is.
    pub enum PlanStepStatus {
        /// It has not begun.
        Pending = "pending",
        /// It is worked on.
        InProgress = "inProgress",
        /// It is done.
        Completed = "completed",
    }

    /// How far a run of a hook is.
    pub enum HookStatus {
        /// It runs.
        Running = "running",
        /// It is done.
        Completed = "completed",
        /// It failed.
        Failed = "failed",
        /// It did not allow what it was asked about.
        Blocked = "blocked",
        /// It stopped the turn.
        Stopped = "stopped",
    }

    /// How far an MCP server is.
    pub enum McpStartup {
        /// It starts.
        Starting = "starting",
        /// It is there.
        Ready = "ready",
        /// It failed.
        Failed = "failed",
        /// Its start was given up.
        Cancelled = "cancelled",
    }

    /// How the account is signed in.
    pub enum AuthMode {
        /// By an API key.
        ApiKey = "apikey",
        /// By ChatGPT.
        ChatGpt = "chatgpt",
        /// By tokens of ChatGPT that the client brings.
        ChatGptAuthTokens = "chatgptAuthTokens",
        /// By headers that the client brings.
        Headers = "headers",
        /// As an agent.
        AgentIdentity = "agentIdentity",
        /// By a personal access token.
        PersonalAccessToken = "personalAccessToken",
        /// By an API key of Amazon Bedrock.
        BedrockApiKey = "bedrockApiKey",
        /// By access keys of Amazon Bedrock.
        BedrockAccessKeys = "bedrockAccessKeys",
    }

    /// What the account has subscribed to. The vendor's list is long and grows; the usual ones have names here.
    pub enum PlanType {
        /// Nothing.
        Free = "free",
        /// Go.
        Go = "go",
        /// Plus.
        Plus = "plus",
        /// Pro.
        Pro = "pro",
        /// Team.
        Team = "team",
        /// Business.
        Business = "business",
        /// Enterprise.
        Enterprise = "enterprise",
        /// Education.
        Edu = "edu",
    }

    /// How far a review of an approval by the server's own reviewer is.
    pub enum AutoReviewStatus {
        /// It goes on.
        InProgress = "inProgress",
        /// It was allowed.
        Approved = "approved",
        /// It was refused.
        Denied = "denied",
        /// It took too long.
        TimedOut = "timedOut",
        /// It was given up.
        Aborted = "aborted",
    }
}

/// What a thread works towards, over as many turns as it takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Goal {
    /// The thread.
    pub thread_id: String,
    /// The goal.
    pub objective: String,
    /// How far it is.
    pub status: GoalStatus,
    /// The tokens that it may cost.
    #[serde(default, deserialize_with = "count")]
    pub token_budget: Option<u64>,
    /// The tokens that it has cost.
    #[serde(default, deserialize_with = "count")]
    pub tokens_used: u64,
    /// The seconds that it has taken.
    #[serde(default, deserialize_with = "count")]
    pub time_used_seconds: u64,
    /// When it was set, in seconds since 1970.
    pub created_at: Option<i64>,
    /// When it was last changed, in seconds since 1970.
    pub updated_at: Option<i64>,
}

/// A step of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct PlanStep {
    /// What is to be done.
    pub step: String,
    /// How far it is.
    pub status: PlanStepStatus,
}

/// One run of a hook.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct HookRun {
    /// Its id.
    pub id: String,
    /// What it runs at, as `preToolUse`.
    pub event_name: String,
    /// How far it is.
    pub status: HookStatus,
    /// What it says of that.
    pub status_message: Option<String>,
    /// What it wrote.
    #[serde(default, deserialize_with = "or_default")]
    pub entries: Vec<HookEntry>,
    /// The file that it is from.
    pub source_path: Option<String>,
    /// When it began, in the server's clock.
    pub started_at: Option<i64>,
    /// When it ended, in the server's clock.
    pub completed_at: Option<i64>,
    /// How long it took, in milliseconds.
    #[serde(default, deserialize_with = "count")]
    pub duration_ms: Option<u64>,
    /// What else the server tells.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// Something that a hook wrote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct HookEntry {
    /// What it is: `warning`, `stop`, `feedback`, `context`, `error`.
    pub kind: String,
    /// The text.
    pub text: String,
}

/// How much of the account's plan is used.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct RateLimits {
    /// Which limit it is.
    pub limit_id: Option<String>,
    /// Its name, for people.
    pub limit_name: Option<String>,
    /// The shorter window.
    pub primary: Option<RateLimitWindow>,
    /// The longer window.
    pub secondary: Option<RateLimitWindow>,
    /// What was paid for beyond the plan.
    pub credits: Option<Credits>,
    /// The plan.
    pub plan_type: Option<PlanType>,
    /// Which limit is met, in the server's words; `None` where none is.
    pub rate_limit_reached_type: Option<String>,
    /// Whether the limit of spending is met.
    pub spend_control_reached: Option<bool>,
    /// The account's own limit of spending, as JSON.
    pub individual_limit: Option<Value>,
    /// The model that is used where the limit is not met.
    pub normal_model_slug: Option<String>,
}

/// A window of time and how much of it is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct RateLimitWindow {
    /// How much, in percent.
    pub used_percent: i32,
    /// How long the window is, in minutes.
    pub window_duration_mins: Option<i64>,
    /// When it begins anew, in seconds since 1970.
    pub resets_at: Option<i64>,
}

/// What was paid for beyond the plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Credits {
    /// Whether there is some.
    pub has_credits: bool,
    /// Whether there is no end to it.
    pub unlimited: bool,
    /// How much there is.
    pub balance: Option<String>,
}

/// A review of an approval by the server's own reviewer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct AutoReview {
    /// How far it is.
    pub status: AutoReviewStatus,
    /// The risk that it sees: `low`, `medium`, `high`, `critical`.
    pub risk_level: Option<String>,
    /// How far the user has allowed it: `unknown`, `low`, `medium`, `high`.
    pub user_authorization: Option<String>,
    /// Why.
    pub rationale: Option<String>,
}
