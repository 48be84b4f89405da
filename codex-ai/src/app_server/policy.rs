//! What a thread and its turns may do, and how hard they think.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use super::open::{open_text, open_union};

/// When the server asks before it does something.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum ApprovalPolicy {
    /// Before all but commands that are known to be harmless.
    Untrusted,
    /// Where the model wants to do what the sandbox does not allow.
    OnRequest,
    /// Never: what the sandbox does not allow is not done.
    Never,
    /// By the kind of request.
    Granular(GranularApproval),
    /// A policy without a name here, as JSON.
    Unknown(Value),
}

/// Which kinds of requests are asked; those that are not are refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct GranularApproval {
    /// To do what the sandbox does not allow.
    pub sandbox_approval: bool,
    /// What the rules of the execution policy ask about.
    pub rules: bool,
    /// What MCP servers want to know.
    pub mcp_elicitations: bool,
    /// To get more permissions.
    pub request_permissions: bool,
    /// To run the script of a skill.
    pub skill_approval: bool,
}

impl GranularApproval {
    /// Nothing is asked.
    pub fn none() -> Self {
        Self::default()
    }

    /// Everything is asked.
    pub fn all() -> Self {
        Self {
            sandbox_approval: true,
            rules: true,
            mcp_elicitations: true,
            request_permissions: true,
            skill_approval: true,
        }
    }
}

impl Serialize for ApprovalPolicy {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Granular<'a> {
            granular: &'a GranularApproval,
        }
        match self {
            Self::Untrusted => to.serialize_str("untrusted"),
            Self::OnRequest => to.serialize_str("on-request"),
            Self::Never => to.serialize_str("never"),
            Self::Granular(granular) => Granular { granular }.serialize(to),
            Self::Unknown(value) => value.serialize(to),
        }
    }
}

impl<'de> Deserialize<'de> for ApprovalPolicy {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(from)?;
        let granular = || GranularApproval::deserialize(value.get("granular")?).ok();
        Ok(match value.as_str() {
            Some("untrusted") => Self::Untrusted,
            Some("on-request") => Self::OnRequest,
            Some("never") => Self::Never,
            _ => match granular() {
                Some(granular) => Self::Granular(granular),
                None => Self::Unknown(value),
            },
        })
    }
}

open_text! {
    /// Who is asked.
    pub enum ApprovalsReviewer {
        /// The client.
        User = "user",
        /// A sub-agent of the server, which weighs the risk. Its older name `guardian_subagent` is read, too.
        AutoReview = "auto_review" | "guardian_subagent",
    }

    /// What commands of a thread may do to the machine, in short.
    pub enum SandboxMode {
        /// They read.
        ReadOnly = "read-only",
        /// They write below the thread's directory.
        WorkspaceWrite = "workspace-write",
        /// They do what they like.
        DangerFullAccess = "danger-full-access",
    }

    /// Whether commands in somebody else's sandbox reach the network.
    #[derive(Default)]
    pub enum ExternalNetwork {
        /// They do not.
        #[default]
        Restricted = "restricted",
        /// They do.
        Enabled = "enabled",
    }

    /// How the model speaks. Codex 0.169.0 takes it, but no longer chooses a style by it.
    pub enum Personality {
        /// As it is.
        None = "none",
        /// Friendly.
        Friendly = "friendly",
        /// To the point.
        Pragmatic = "pragmatic",
    }

    /// How hard the model thinks. What there is depends on the model; any other name is sent as
    /// [`Unknown`](Self::Unknown), which `"name".into()` gives.
    pub enum ReasoningEffort {
        /// Not at all.
        None = "none",
        /// As little as it can.
        Minimal = "minimal",
        /// A little.
        Low = "low",
        /// As usual.
        Medium = "medium",
        /// Hard.
        High = "high",
        /// Harder.
        XHigh = "xhigh",
        /// As hard as it can.
        Max = "max",
        /// Harder than that, where the model has it.
        Ultra = "ultra",
    }

    /// How much of the model's thinking is summed up.
    pub enum ReasoningSummary {
        /// As the model's default says.
        Auto = "auto",
        /// Shortly.
        Concise = "concise",
        /// At length.
        Detailed = "detailed",
        /// Not at all.
        None = "none",
    }

    /// How fast the vendor serves. What there is depends on the model and the account; any other name is sent as
    /// [`Unknown`](Self::Unknown), which `"name".into()` gives.
    pub enum ServiceTier {
        /// As usual.
        Default = "default",
        /// Faster, at a higher price.
        Priority = "priority",
        /// Slower, at a lower price.
        Flex = "flex",
    }
}

open_union! {
    /// What commands of a turn may do to the machine.
    pub enum SandboxPolicy {
        /// They do what they like.
        DangerFullAccess = "dangerFullAccess",
        /// They read.
        ReadOnly {
            /// Whether they reach the network.
            #[serde(default)]
            network_access: bool,
        } = "readOnly",
        /// They write below some directories.
        WorkspaceWrite {
            /// The directories besides the thread's own, as absolute paths.
            #[serde(default)]
            writable_roots: Vec<String>,
            /// Whether they reach the network.
            #[serde(default)]
            network_access: bool,
            /// Whether the directory that `TMPDIR` names is left out.
            #[serde(default)]
            exclude_tmpdir_env_var: bool,
            /// Whether `/tmp` is left out.
            #[serde(default)]
            exclude_slash_tmp: bool,
        } = "workspaceWrite",
        /// The server itself is in a sandbox already.
        ExternalSandbox {
            /// Whether that one reaches the network.
            #[serde(default)]
            network_access: ExternalNetwork,
        } = "externalSandbox",
    }
}

impl SandboxPolicy {
    /// Commands read, without the network.
    pub fn read_only() -> Self {
        Self::ReadOnly { network_access: false }
    }

    /// Commands write below the thread's directory, without the network.
    pub fn workspace_write() -> Self {
        Self::WorkspaceWrite {
            writable_roots: Vec::new(),
            network_access: false,
            exclude_tmpdir_env_var: false,
            exclude_slash_tmp: false,
        }
    }
}
