//! How turns are run.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use serde_json::Value;

use super::fields::options;
use super::input::{AdditionalContext, ToolOutput};
use super::policy::{
    ApprovalPolicy, ApprovalsReviewer, Personality, ReasoningEffort, ReasoningSummary, SandboxPolicy, ServiceTier,
};

options! {
    /// How a turn is run. What says no other is kept for the later turns of the thread.
    pub struct TurnOptions {
        /// The model.
        model: String => with_model,
        /// How long the model thinks.
        effort: ReasoningEffort => with_effort,
        /// How much of its thinking is told.
        summary: ReasoningSummary => with_summary,
        /// The folder that commands run in.
        cwd: PathBuf => with_cwd,
        /// What commands may do without being asked for.
        sandbox_policy: SandboxPolicy => with_sandbox_policy,
        /// When the client is asked for an approval.
        approval_policy: ApprovalPolicy => with_approval_policy,
        /// Who is asked for it.
        approvals_reviewer: ApprovalsReviewer => with_approvals_reviewer,
        /// The JSON schema of the last message, for this turn only.
        output_schema: Value => with_output_schema,
        /// The manner of the answers. Codex 0.169.0 takes it, but does not follow it any more.
        personality: Personality => with_personality,
        /// How fast, and how dear, the answers are.
        service_tier: ServiceTier => with_service_tier,
        /// The same for this turn only, where it is not joined to one that runs.
        service_tier_for_turn: ServiceTier => with_service_tier_for_turn,
        /// What started the turn, for the vendor; ignored where it is joined to one that runs.
        turn_trigger: String => with_turn_trigger,
        /// An id of the caller's own for the message, which its item has as `client_id`.
        client_user_message_id: String => with_client_user_message_id,
        /// Texts for the model besides the input, each by a key of its source. Experimental in Codex 0.169.0.
        additional_context: BTreeMap<String, AdditionalContext> => with_additional_contexts,
        /// A message of a tool or of another program in place of an input: give an empty one.
        tool_output: ToolOutput => with_tool_output,
    }
    here {
        /// Whether the turn is interrupted when its handle is dropped before its end, or while it is being started, and
        /// no other handle of this client sees it; as the client's options say, where it is not set.
        interrupt_on_drop: bool => with_interrupt_on_drop,
        /// How long the turn may be silent, its own events alone counted, before it is given up and interrupted; as the
        /// client's options say, where it is not set. [`Duration::MAX`] is no limit.
        idle_timeout: Duration => with_idle_timeout,
    }
}

impl TurnOptions {
    /// A text for the model besides the input, by a key of its source. Experimental in Codex 0.169.0.
    #[must_use]
    pub fn with_additional_context(mut self, key: impl Into<String>, context: impl Into<AdditionalContext>) -> Self {
        self.additional_context.get_or_insert_default().insert(key.into(), context.into());
        self
    }
}
