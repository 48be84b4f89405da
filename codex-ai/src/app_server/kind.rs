//! Notifications, read.

use serde_json::Value;

use super::failure::TurnError;
use super::info::{ThreadInfo, ThreadStatus, TurnInfo};
use super::item::{FileUpdate, Item};
use super::notices::{AuthMode, AutoReview, Goal, HookRun, McpStartup, PlanStep, PlanType, RateLimits};
use super::requests::RequestId;
use super::usage::ThreadTokenUsage;

/// Defines the kinds, each with its method, and reads them. A field is what the wire calls by the same name in camel
/// case, or by the name behind the equals sign.
macro_rules! kinds {
    (
        $(#[$meta:meta])*
        pub enum $name:ident { $(
            $method:literal => $(#[doc = $doc:literal])+ $variant:ident $( { $(
                $(#[doc = $field_doc:literal])+ $field:ident $(= $wire:literal)?: $of:ty,
            )+ } )?,
        )+ }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq)]
        #[non_exhaustive]
        pub enum $name {
            $(
                #[doc = concat!("`", $method, "`: ")]
                $(#[doc = $doc])+
                $variant $( { $( $(#[doc = $field_doc])+ $field: $of, )+ } )?,
            )+
            /// Events that this reader did not see, because it was too slow; see [`Overflow`](super::Overflow).
            Lagged {
                /// How many.
                missed: u64,
            },
            /// Nothing that is known here, or not in its form.
            Unknown {
                /// The parameters as JSON.
                params: Value,
            },
        }

        impl $name {
            pub(crate) fn read(method: &str, params: &str) -> Self {
                let known = match method {
                    $( $method => {
                        #[derive(serde::Deserialize)]
                        #[serde(rename_all = "camelCase")]
                        struct Params { $( $( $(#[serde(rename = $wire)])? $field: $of, )+ )? }
                        serde_json::from_str(params).ok().map(|Params { $( $( $field, )+ )? }| {
                            Self::$variant $( { $( $field, )+ } )?
                        })
                    } )+
                    _ => None,
                };
                // Parameters came as JSON; only a number that no float holds is no value.
                known.unwrap_or_else(|| Self::Unknown {
                    params: serde_json::from_str(params).unwrap_or_else(|_| Value::String(params.to_owned())),
                })
            }
        }
    };
}

kinds! {
    /// A notification, read: the ones about turns, items, threads, the account and the configuration. All others, and
    /// those that do not fit what is known of them, are [`Unknown`](Self::Unknown). The ids of its thread and turn are
    /// at the [`Event`](super::Event).
    pub enum EventKind {
        "item/agentMessage/delta" =>
            /// the model's text goes on.
            AgentMessageDelta {
                /// The item whose text it is.
                item_id: String,
                /// The next piece.
                delta: String,
            },
        "turn/started" =>
            /// a turn begins.
            TurnStarted {
                /// The turn as it begins.
                turn: TurnInfo,
            },
        "turn/completed" =>
            /// the last event of a turn. Its items came before, each by its own completion.
            TurnCompleted {
                /// The turn with its status and error.
                turn: TurnInfo,
            },
        "item/started" =>
            /// an item begins.
            ItemStarted {
                /// The item as it begins.
                item: Item,
            },
        "item/completed" =>
            /// an item is complete.
            ItemCompleted {
                /// The whole item.
                item: Item,
            },
        "thread/tokenUsage/updated" =>
            /// the tokens used so far.
            TokenUsage {
                /// The tokens.
                usage = "tokenUsage": ThreadTokenUsage,
            },
        "error" =>
            /// something failed in a turn.
            Error {
                /// What.
                error: TurnError,
                /// The server tries again: this is not the end.
                will_retry: bool,
            },
        "item/plan/delta" =>
            /// the text of a plan goes on.
            PlanDelta {
                /// The item whose text it is.
                item_id: String,
                /// The next piece.
                delta: String,
            },
        "item/reasoning/textDelta" =>
            /// a thought goes on.
            ReasoningDelta {
                /// The item whose thought it is.
                item_id: String,
                /// Which of its thoughts.
                content_index: i64,
                /// The next piece.
                delta: String,
            },
        "item/reasoning/summaryTextDelta" =>
            /// the summary of a thought goes on.
            ReasoningSummaryDelta {
                /// The item whose summary it is.
                item_id: String,
                /// Which of its summaries.
                summary_index: i64,
                /// The next piece.
                delta: String,
            },
        "item/reasoning/summaryPartAdded" =>
            /// another summary begins.
            ReasoningSummaryPartAdded {
                /// The item whose summary it is.
                item_id: String,
                /// Which of its summaries.
                summary_index: i64,
            },
        "item/commandExecution/outputDelta" =>
            /// a command writes.
            CommandOutputDelta {
                /// The item of the command.
                item_id: String,
                /// The next piece.
                delta: String,
            },
        "item/commandExecution/terminalInteraction" =>
            /// a command is given input.
            TerminalInteraction {
                /// The item of the command.
                item_id: String,
                /// The process of its terminal.
                process_id: String,
                /// The input.
                stdin: String,
            },
        "item/fileChange/outputDelta" =>
            /// what applies a patch writes.
            FileChangeDelta {
                /// The item of the patch.
                item_id: String,
                /// The next piece.
                delta: String,
            },
        "item/fileChange/patchUpdated" =>
            /// a patch is now this.
            FileChangeUpdated {
                /// The item of the patch.
                item_id: String,
                /// Each file.
                changes: Vec<FileUpdate>,
            },
        "item/mcpToolCall/progress" =>
            /// an MCP tool tells how far it is.
            McpToolProgress {
                /// The item of the call.
                item_id: String,
                /// For people.
                message: String,
            },
        "item/autoApprovalReview/started" =>
            /// the server's own reviewer looks at an approval.
            AutoReviewStarted {
                /// Its id.
                review_id: String,
                /// The item that is to be allowed.
                target_item_id: Option<String>,
                /// The review.
                review: AutoReview,
                /// What is to be allowed, as JSON.
                action: Value,
            },
        "item/autoApprovalReview/completed" =>
            /// the server's own reviewer has decided.
            AutoReviewCompleted {
                /// Its id.
                review_id: String,
                /// The item that was to be allowed.
                target_item_id: Option<String>,
                /// The review.
                review: AutoReview,
                /// What was to be allowed, as JSON.
                action: Value,
            },
        "autoApprovalReview/strictReviewRequired" =>
            /// the rest of the turn is reviewed more closely.
            StrictReviewRequired,
        "turn/diff/updated" =>
            /// what the turn has changed in files so far.
            DiffUpdated {
                /// A unified diff.
                diff: String,
            },
        "turn/plan/updated" =>
            /// the model's plan is now this.
            PlanUpdated {
                /// Why.
                explanation: Option<String>,
                /// Its steps.
                plan: Vec<PlanStep>,
            },
        "turn/moderationMetadata" =>
            /// what a filter of the vendor says of the turn.
            ModerationMetadata {
                /// As JSON.
                metadata: Value,
            },
        "hook/started" =>
            /// a hook runs.
            HookStarted {
                /// The run as it begins.
                run: HookRun,
            },
        "hook/completed" =>
            /// a hook has run.
            HookCompleted {
                /// The run.
                run: HookRun,
            },
        "model/rerouted" =>
            /// another model answers.
            ModelRerouted {
                /// The model that was asked for.
                from_model: String,
                /// The model that answers.
                to_model: String,
                /// Why, in the server's words.
                reason: Value,
            },
        "model/verification" =>
            /// the vendor has looked at who asks.
            ModelVerification {
                /// What it found, in the server's words.
                verifications: Vec<Value>,
            },
        "model/safetyBuffering/updated" =>
            /// the vendor holds back text until it has looked at it.
            SafetyBuffering {
                /// The model.
                model: String,
                /// A model that would answer at once.
                faster_model: Option<String>,
                /// Why.
                reasons: Vec<String>,
                /// Whether this is to be shown.
                show_buffering_ui: bool,
                /// What the text is for.
                use_cases: Vec<String>,
            },
        "modelProvider/authRecoveryStarted" =>
            /// the server signs in anew.
            AuthRecoveryStarted {
                /// Who serves the model.
                provider: String,
                /// For people.
                message: String,
            },
        "modelProvider/authRecoveryCompleted" =>
            /// the server has signed in anew.
            AuthRecoveryCompleted {
                /// Who serves the model.
                provider: String,
                /// For people.
                message: String,
            },
        "thread/started" =>
            /// a thread is there.
            ThreadStarted {
                /// The thread.
                thread: ThreadInfo,
            },
        "thread/status/changed" =>
            /// what a thread is at.
            ThreadStatusChanged {
                /// What it is at.
                status: ThreadStatus,
            },
        "thread/readState/changed" =>
            /// what of a thread the user has read.
            ThreadReadStateChanged {
                /// As JSON.
                read_state: Value,
            },
        "thread/name/updated" =>
            /// a thread's name.
            ThreadNameUpdated {
                /// The name; `None` where it has none any more.
                thread_name: Option<String>,
            },
        "thread/settings/updated" =>
            /// how the next turns of a thread run.
            ThreadSettingsUpdated {
                /// As JSON.
                thread_settings: Value,
            },
        "thread/archived" =>
            /// a thread is archived.
            ThreadArchived,
        "thread/unarchived" =>
            /// a thread is archived no more.
            ThreadUnarchived,
        "thread/deleted" =>
            /// a thread is gone.
            ThreadDeleted,
        "thread/closed" =>
            /// a thread is not loaded any more.
            ThreadClosed,
        "thread/reverted" =>
            /// a thread was taken back to an earlier turn.
            ThreadReverted,
        "thread/compacted" =>
            /// the conversation so far was made shorter.
            ThreadCompacted,
        "thread/queue/changed" =>
            /// what waits for the end of a thread's turn.
            ThreadQueueChanged,
        "thread/environment/connected" =>
            /// a machine of a thread is there.
            EnvironmentConnected {
                /// The machine.
                environment_id: String,
            },
        "thread/environment/disconnected" =>
            /// a machine of a thread is gone.
            EnvironmentDisconnected {
                /// The machine.
                environment_id: String,
            },
        "thread/goal/updated" =>
            /// a thread's goal is now this.
            GoalUpdated {
                /// The goal.
                goal: Goal,
            },
        "thread/goal/cleared" =>
            /// a thread has no goal any more.
            GoalCleared,
        "serverRequest/resolved" =>
            /// a request of the server was answered, or is void.
            ServerRequestResolved {
                /// The request.
                request_id: RequestId,
            },
        "account/updated" =>
            /// the account.
            AccountUpdated {
                /// How it is signed in; `None` where it is not.
                auth_mode: Option<AuthMode>,
                /// What it has subscribed to.
                plan_type: Option<PlanType>,
            },
        "account/rateLimits/updated" =>
            /// how much of the account's plan is used. What is `None` is as it was.
            RateLimitsUpdated {
                /// How much.
                rate_limits: RateLimits,
            },
        "account/login/completed" =>
            /// a login has ended.
            LoginCompleted {
                /// Which; `None` of one by an API key.
                login_id: Option<String>,
                /// Whether it went well.
                success: bool,
                /// Why it did not.
                error: Option<String>,
            },
        "mcpServer/startupStatus/updated" =>
            /// how far an MCP server is.
            McpStartupUpdated {
                /// The server's name.
                name: String,
                /// How far it is.
                status: McpStartup,
                /// Why it failed.
                error: Option<String>,
            },
        "mcpServer/oauthLogin/completed" =>
            /// a login to an MCP server has ended.
            McpLoginCompleted {
                /// The server's name.
                name: String,
                /// Which login.
                login_id: Option<String>,
                /// Whether it went well.
                success: bool,
                /// Why it did not.
                error: Option<String>,
            },
        "warning" =>
            /// something to know, in a thread or at all.
            Warning {
                /// For people.
                message: String,
            },
        "guardianWarning" =>
            /// something that the server's own reviewer warns of.
            GuardianWarning {
                /// For people.
                message: String,
            },
        "configWarning" =>
            /// something is wrong with the configuration.
            ConfigWarning {
                /// For people.
                summary: String,
                /// More, for people.
                details: Option<String>,
                /// The file.
                path: Option<String>,
            },
        "deprecationNotice" =>
            /// something that will go.
            DeprecationNotice {
                /// For people.
                summary: String,
                /// More, for people.
                details: Option<String>,
            },
        "skills/changed" =>
            /// the skills are others.
            SkillsChanged,
        "remoteControl/status/changed" =>
            /// whether the server can be driven from elsewhere.
            RemoteControlStatusChanged {
                /// `disabled`, `connecting`, `connected`, `errored`.
                status: String,
                /// The server's name.
                server_name: String,
            },
        "fs/changed" =>
            /// files that are watched have changed.
            FilesChanged {
                /// The watch.
                watch_id: String,
                /// The files.
                changed_paths: Vec<String>,
            },
        "codex-ai/unreadable" =>
            /// a line of the server that is no message; the client itself tells of it.
            UnreadableLine {
                /// The beginning of the line.
                line: String,
            },
    }
}
