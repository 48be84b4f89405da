//! Items about other agents.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::super::open::{open_text, or_default};
use super::super::policy::ReasoningEffort;
use super::items;

items! {
    /// A call by which an agent works with others.
    pub struct CollabAgentToolCall {
        /// What is done.
        pub tool: CollabAgentTool,
        /// How far it is.
        pub status: CollabStatus,
        /// The thread of the agent that calls.
        pub sender_thread_id: String,
        /// The threads of the others.
        #[serde(default, deserialize_with = "or_default")]
        pub receiver_thread_ids: Vec<String>,
        /// What they are told.
        pub prompt: Option<String>,
        /// The model that was asked for.
        pub model: Option<String>,
        /// The effort that was asked for.
        pub reasoning_effort: Option<ReasoningEffort>,
        /// How far the others are, by thread.
        #[serde(default, deserialize_with = "or_default")]
        pub agents_states: BTreeMap<String, CollabAgentState>,
    }

    /// What a sub-agent does.
    pub struct SubAgentActivity {
        /// What.
        pub kind: SubAgentActivityKind,
        /// Its thread.
        pub agent_thread_id: String,
        /// Its place among the agents.
        pub agent_path: String,
        /// Its model.
        pub model: Option<String>,
        /// Its effort.
        pub reasoning_effort: Option<ReasoningEffort>,
    }
}

/// How far another agent is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct CollabAgentState {
    /// How far.
    pub status: CollabAgentStatus,
    /// What it said last.
    pub message: Option<String>,
}

open_text! {
    /// How far a call to another agent is.
    pub enum CollabStatus {
        /// It goes on.
        InProgress = "inProgress",
        /// It is done.
        Completed = "completed",
        /// It failed.
        Failed = "failed",
        /// It was interrupted.
        Interrupted = "interrupted",
    }

    /// How far an agent is.
    pub enum CollabAgentStatus {
        /// It has not begun.
        PendingInit = "pendingInit",
        /// It works.
        Running = "running",
        /// It was interrupted.
        Interrupted = "interrupted",
        /// It is done.
        Completed = "completed",
        /// It failed.
        Errored = "errored",
        /// It is closed.
        Shutdown = "shutdown",
        /// There is none.
        NotFound = "notFound",
    }

    /// What is done with other agents.
    pub enum CollabAgentTool {
        /// One is started.
        SpawnAgent = "spawnAgent",
        /// One is given more.
        SendInput = "sendInput",
        /// One is taken up again.
        ResumeAgent = "resumeAgent",
        /// Others are waited for.
        Wait = "wait",
        /// One is closed.
        CloseAgent = "closeAgent",
        /// One is told something.
        SendMessage = "sendMessage",
        /// One is given another task.
        FollowupTask = "followupTask",
        /// One is interrupted.
        InterruptAgent = "interruptAgent",
        /// All are listed.
        ListAgents = "listAgents",
    }

    /// What a sub-agent does.
    pub enum SubAgentActivityKind {
        /// It starts.
        Started = "started",
        /// It is spoken to.
        Interacted = "interacted",
        /// It is interrupted.
        Interrupted = "interrupted",
        /// It is done.
        Completed = "completed",
    }
}
