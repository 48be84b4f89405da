//! Threads and turns as the server tells of them.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use super::failure::TurnError;
use super::item::Item;
use super::open::{count, open_text, open_union, or_default};
use super::policy::ReasoningEffort;

/// A turn as the server tells of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct TurnInfo {
    /// Its id.
    pub id: String,
    /// How far it is.
    pub status: TurnStatus,
    /// Why it failed.
    pub error: Option<TurnError>,
    /// Not the list of all items where [`items_view`](Self::items_view) says so: empty, or only the last message. Each
    /// item comes by its own [`EventKind::ItemCompleted`](super::EventKind::ItemCompleted).
    #[serde(default, deserialize_with = "or_default")]
    pub items: Vec<Item>,
    /// Which of its items it tells.
    pub items_view: Option<ItemsView>,
    /// The turn that began the chain of work that this one is of.
    pub root_turn_id: Option<String>,
    /// When it began, in seconds since 1970.
    pub started_at: Option<i64>,
    /// When it ended, in seconds since 1970.
    pub completed_at: Option<i64>,
    /// How long it took, in milliseconds.
    #[serde(default, deserialize_with = "count")]
    pub duration_ms: Option<u64>,
}

open_text! {
    /// How far a turn is.
    pub enum TurnStatus {
        /// It runs.
        InProgress = "inProgress",
        /// It ended well.
        Completed = "completed",
        /// It was interrupted.
        Interrupted = "interrupted",
        /// It failed; see [`TurnInfo::error`].
        Failed = "failed",
    }

    /// Which of its items a turn tells.
    pub enum ItemsView {
        /// None.
        NotLoaded = "notLoaded",
        /// The last message.
        Summary = "summary",
        /// All.
        Full = "full",
    }

    /// What an active thread waits for.
    pub enum ThreadActiveFlag {
        /// For an approval.
        WaitingOnApproval = "waitingOnApproval",
        /// For an answer of the user.
        WaitingOnUserInput = "waitingOnUserInput",
    }
}

open_union! {
    /// What a thread is at.
    pub enum ThreadStatus {
        /// It is saved, but not loaded.
        NotLoaded = "notLoaded",
        /// No turn runs.
        Idle = "idle",
        /// Something of the server broke.
        SystemError = "systemError",
        /// A turn runs.
        Active {
            /// What it waits for.
            #[serde(default)]
            active_flags: Vec<ThreadActiveFlag>,
        } = "active",
    }
}

/// A thread as the server tells of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ThreadInfo {
    /// Its id.
    pub id: String,
    /// Its name, where it has one.
    pub name: Option<String>,
    /// The beginning of its first message.
    #[serde(default, deserialize_with = "or_default")]
    pub preview: String,
    /// Whether it is not saved.
    #[serde(default, deserialize_with = "or_default")]
    pub ephemeral: bool,
    /// What it is at.
    pub status: Option<ThreadStatus>,
    /// Its turns, where they were asked for.
    #[serde(default, deserialize_with = "or_default")]
    pub turns: Vec<TurnInfo>,
    /// The session that it is of: threads that were forked share it.
    pub session_id: Option<String>,
    /// The thread that it was forked from.
    pub forked_from_id: Option<String>,
    /// The thread whose sub-agent it is.
    pub parent_thread_id: Option<String>,
    /// The model.
    pub model: Option<String>,
    /// Who serves the model.
    pub model_provider: Option<String>,
    /// How hard the model thinks.
    pub reasoning_effort: Option<ReasoningEffort>,
    /// Its directory.
    pub cwd: Option<String>,
    /// The file that it is saved in.
    pub path: Option<String>,
    /// When it began, in seconds since 1970.
    pub created_at: Option<i64>,
    /// When it was last changed, in seconds since 1970.
    pub updated_at: Option<i64>,
    /// When it was last used, in seconds since 1970.
    pub recency_at: Option<i64>,
    /// The version of Codex that began it.
    pub cli_version: Option<String>,
    /// Who began it.
    pub source: Option<SessionSource>,
    /// What it was begun for, in the words of its client.
    pub thread_source: Option<String>,
    /// The name of the client that began it.
    pub originator: Option<String>,
    /// The state of the repository that its directory is in.
    pub git_info: Option<GitInfo>,
    /// The name of the agent whose thread it is.
    pub agent_nickname: Option<String>,
    /// The role of the agent whose thread it is.
    pub agent_role: Option<String>,
    /// The project that it is of.
    pub project_id: Option<String>,
}

/// The state of a repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct GitInfo {
    /// The branch.
    pub branch: Option<String>,
    /// The commit.
    pub sha: Option<String>,
    /// Where it was cloned from.
    pub origin_url: Option<String>,
}

/// Who began a thread.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum SessionSource {
    /// The terminal.
    Cli,
    /// The editor.
    VsCode,
    /// `codex exec`.
    Exec,
    /// A client of the app server.
    AppServer,
    /// Anything else, as JSON: a sub-agent, a source of a client's own.
    Other(Value),
}

impl SessionSource {
    fn name(&self) -> Option<&'static str> {
        match self {
            Self::Cli => Some("cli"),
            Self::VsCode => Some("vscode"),
            Self::Exec => Some("exec"),
            Self::AppServer => Some("appServer"),
            Self::Other(_) => None,
        }
    }
}

impl Serialize for SessionSource {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Other(value) => value.serialize(to),
            known => known.name().serialize(to),
        }
    }
}

impl<'de> Deserialize<'de> for SessionSource {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(from)?;
        Ok(match value.as_str() {
            Some("cli") => Self::Cli,
            Some("vscode") => Self::VsCode,
            Some("exec") => Self::Exec,
            Some("appServer") => Self::AppServer,
            _ => Self::Other(value),
        })
    }
}
