//! Approvals of commands and of changes to files.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::handle::request;
use super::permissions::PermissionProfile;
use crate::error::Result;

request! {
    /// May this command run? (`item/commandExecution/requestApproval`)
    CommandApproval, CommandParams
}

/// What is known of a command that needs an approval.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct CommandParams {
    /// The thread.
    pub thread_id: String,
    /// The turn.
    pub turn_id: String,
    /// The item of the command.
    #[serde(default)]
    pub item_id: String,
    /// Tells several approvals of one item from each other.
    pub approval_id: Option<String>,
    /// What is asked about: `command`, `writeStdin` (a text for a terminal that is open), or `humanCommand`, which takes
    /// no other answers than accept, decline and cancel.
    pub kind: Option<String>,
    /// The command as the shell gets it.
    pub command: Option<String>,
    /// The folder where it would run.
    pub cwd: Option<String>,
    /// Why it needs an approval.
    pub reason: Option<String>,
    /// What the command does, as far as the server can tell: for display.
    pub command_actions: Option<Vec<Value>>,
    /// The answers that the server offers, in its order. Others may be taken too: `decline` is, without being listed.
    pub available_decisions: Option<Vec<CommandDecision>>,
    /// The beginning of commands that would need no approval any more after
    /// [`accept_with_exec_policy_amendment`](CommandApproval::accept_with_exec_policy_amendment).
    pub proposed_execpolicy_amendment: Option<Vec<String>>,
    /// The rules for hosts that [`apply_network_policy_amendment`](CommandApproval::apply_network_policy_amendment) takes.
    pub proposed_network_policy_amendments: Option<Vec<NetworkPolicyAmendment>>,
    /// The host that the command wants to reach, where this is about the network.
    pub network_approval_context: Option<NetworkAccess>,
    /// What the command wants beside the sandbox's permissions.
    pub additional_permissions: Option<PermissionProfile>,
    /// Where it would run, if there are several places.
    pub environment_id: Option<String>,
    /// When the server began to wait, in milliseconds since 1970.
    pub started_at_ms: Option<i64>,
    /// Fields that have no name here.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// An answer to a [`CommandApproval`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum CommandDecision {
    /// It runs.
    Accept,
    /// It runs, and so do its like without asking until the end of the session.
    AcceptForSession,
    /// It runs, and so do all commands that begin like this, without asking.
    AcceptWithExecpolicyAmendment {
        /// The words that they begin with.
        execpolicy_amendment: Vec<String>,
    },
    /// A lasting rule for a host is made.
    ApplyNetworkPolicyAmendment {
        /// The rule.
        network_policy_amendment: NetworkPolicyAmendment,
    },
    /// It does not run, and the turn goes on.
    Decline,
    /// It does not run, and the turn is interrupted.
    Cancel,
    /// One that is not known here.
    #[serde(untagged)]
    Unknown(Value),
}

/// A rule for a host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct NetworkPolicyAmendment {
    /// `allow` or `deny`.
    pub action: String,
    /// The host.
    pub host: String,
}

/// A host that a command wants to reach.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct NetworkAccess {
    /// The host.
    pub host: String,
    /// `http`, `https`, `socks5Tcp` or `socks5Udp`.
    #[serde(default)]
    pub protocol: String,
}

impl NetworkPolicyAmendment {
    /// The host may be reached.
    pub fn allow(host: impl Into<String>) -> Self {
        Self { action: "allow".to_owned(), host: host.into() }
    }

    /// The host may not be reached.
    pub fn deny(host: impl Into<String>) -> Self {
        Self { action: "deny".to_owned(), host: host.into() }
    }
}

impl CommandApproval {
    /// The command runs.
    ///
    /// # Errors
    /// A request that was [cancelled](Self::cancelled), here and below.
    pub fn accept(self) -> Result<()> {
        self.decide(&CommandDecision::Accept)
    }

    /// The command runs, and so do its like without asking until the end of the session.
    ///
    /// # Errors
    /// As [`accept`](Self::accept).
    pub fn accept_for_session(self) -> Result<()> {
        self.decide(&CommandDecision::AcceptForSession)
    }

    /// The command runs, and so do all commands that begin with these words, without asking. What the server proposes is
    /// in [`proposed_execpolicy_amendment`](CommandParams::proposed_execpolicy_amendment).
    ///
    /// # Errors
    /// As [`accept`](Self::accept).
    pub fn accept_with_exec_policy_amendment<W: Into<String>>(self, words: impl IntoIterator<Item = W>) -> Result<()> {
        let execpolicy_amendment = words.into_iter().map(Into::into).collect();
        self.decide(&CommandDecision::AcceptWithExecpolicyAmendment { execpolicy_amendment })
    }

    /// Makes a lasting rule for a host, which decides on the command.
    ///
    /// # Errors
    /// As [`accept`](Self::accept).
    pub fn apply_network_policy_amendment(self, rule: NetworkPolicyAmendment) -> Result<()> {
        self.decide(&CommandDecision::ApplyNetworkPolicyAmendment { network_policy_amendment: rule })
    }

    /// The command does not run, and the turn goes on.
    ///
    /// # Errors
    /// As [`accept`](Self::accept).
    pub fn decline(self) -> Result<()> {
        self.decide(&CommandDecision::Decline)
    }

    /// The command does not run, and the turn is interrupted.
    ///
    /// # Errors
    /// As [`accept`](Self::accept).
    pub fn cancel(self) -> Result<()> {
        self.decide(&CommandDecision::Cancel)
    }

    /// One of [`available_decisions`](CommandParams::available_decisions), or another.
    ///
    /// # Errors
    /// As [`accept`](Self::accept).
    pub fn decide(self, decision: &CommandDecision) -> Result<()> {
        self.answer_raw(&json!({ "decision": decision }))
    }
}

request! {
    /// May these files be changed? (`item/fileChange/requestApproval`) The changes are in the item of the same id, which
    /// [`ItemStarted`](crate::app_server::EventKind::ItemStarted) has told before.
    FileChangeApproval, FileChangeParams
}

/// What is known of a change to files that needs an approval.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct FileChangeParams {
    /// The thread.
    pub thread_id: String,
    /// The turn.
    pub turn_id: String,
    /// The item of the change.
    #[serde(default)]
    pub item_id: String,
    /// Why it needs an approval.
    pub reason: Option<String>,
    /// The folder that could be written to from now on, where the server asks for that.
    pub grant_root: Option<String>,
    /// When the server began to wait, in milliseconds since 1970.
    pub started_at_ms: Option<i64>,
    /// Fields that have no name here.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

impl FileChangeApproval {
    /// The files are changed.
    ///
    /// # Errors
    /// A request that was [cancelled](Self::cancelled), here and below.
    pub fn accept(self) -> Result<()> {
        self.decide("accept")
    }

    /// The files are changed, and so are they later without asking.
    ///
    /// # Errors
    /// As [`accept`](Self::accept).
    pub fn accept_for_session(self) -> Result<()> {
        self.decide("acceptForSession")
    }

    /// The files stay as they are, and the turn goes on.
    ///
    /// # Errors
    /// As [`accept`](Self::accept).
    pub fn decline(self) -> Result<()> {
        self.decide("decline")
    }

    /// The files stay as they are, and the turn is interrupted.
    ///
    /// # Errors
    /// As [`accept`](Self::accept).
    pub fn cancel(self) -> Result<()> {
        self.decide("cancel")
    }

    fn decide(self, decision: &str) -> Result<()> {
        self.answer_raw(&json!({ "decision": decision }))
    }
}
