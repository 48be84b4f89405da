//! How threads are started, resumed and forked.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::fields::options;
use super::policy::{
    ApprovalPolicy, ApprovalsReviewer, Personality, ReasoningEffort, SandboxMode, SandboxPolicy, ServiceTier,
};
use crate::request::Function;

/// What a thread may be given, in whatever way it comes to be; `$own` is what is of this way alone.
macro_rules! thread_options {
    (
        $(#[$meta:meta])*
        pub struct $name:ident { $( $(#[$doc:meta])* $field:ident: $of:ty => $with:ident, )* }
    ) => {
        options! {
            $(#[$meta])*
            pub struct $name {
                $( $(#[$doc])* $field: $of => $with, )*
                /// The model.
                model: String => with_model,
                /// The model's provider, by its name in the server's configuration.
                model_provider: String => with_model_provider,
                /// The folder that commands run in.
                cwd: PathBuf => with_cwd,
                /// What commands may do without being asked for.
                sandbox: SandboxMode => with_sandbox,
                /// When the client is asked for an approval.
                approval_policy: ApprovalPolicy => with_approval_policy,
                /// Who is asked for it.
                approvals_reviewer: ApprovalsReviewer => with_approvals_reviewer,
                /// The instructions that the model is given in place of the server's own.
                base_instructions: String => with_base_instructions,
                /// Instructions that the model is given besides.
                developer_instructions: String => with_developer_instructions,
                /// Overrides of the server's configuration, by keys as in its file: nested, or with dots.
                config: Map<String, Value> => with_configs,
                /// How fast, and how dear, the answers are.
                service_tier: ServiceTier => with_service_tier,
                /// The manner of the answers. Codex 0.169.0 takes it, but does not follow it any more.
                personality: Personality => with_personality,
            }
            here {}
        }

        impl $name {
            /// One override of the server's configuration.
            #[must_use]
            pub fn with_config(mut self, key: impl Into<String>, value: impl Into<Value>) -> Self {
                self.config.get_or_insert_default().insert(key.into(), value.into());
                self
            }
        }
    };
}

thread_options! {
    /// How a thread is started.
    pub struct ThreadOptions {
        /// Whether it is kept only as long as the server runs. Such a thread has no name and no goals, and cannot be
        /// forked, archived or resumed.
        ephemeral: bool => with_ephemeral,
        /// Tools of the client that the model may call; the server asks the client's
        /// [`RequestHandler`](super::RequestHandler) to run them.
        dynamic_tools: Vec<DynamicTool> => with_dynamic_tools,
        /// The name of the program, for the vendor.
        service_name: String => with_service_name,
        /// What the thread is for, for the vendor.
        thread_source: String => with_thread_source,
    }
}

impl ThreadOptions {
    /// A tool of the client that the model may call.
    #[must_use]
    pub fn with_tool(mut self, tool: impl Into<DynamicTool>) -> Self {
        self.dynamic_tools.get_or_insert_default().push(tool.into());
        self
    }
}

thread_options! {
    /// How a saved thread is resumed. What is not set is as it was.
    pub struct ResumeOptions {
        /// Whether [`Thread::info`](super::Thread::info) is without the turns so far, which may be many.
        exclude_turns: bool => with_exclude_turns,
    }
}

thread_options! {
    /// How a thread is forked. What is not set is as in the thread itself.
    pub struct ForkOptions {
        /// Whether it is kept only as long as the server runs.
        ephemeral: bool => with_ephemeral,
        /// The last turn that is taken over.
        last_turn_id: String => with_last_turn,
        /// The first turn that is not taken over.
        before_turn_id: String => with_before_turn,
        /// Whether [`Thread::info`](super::Thread::info) is without the turns so far, which may be many.
        exclude_turns: bool => with_exclude_turns,
        /// What the thread is for, for the vendor.
        thread_source: String => with_thread_source,
    }
}

/// A tool of the client, as the server is told of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct DynamicTool {
    #[serde(rename = "type")]
    kind: String,
    /// Its name.
    pub name: String,
    /// What it does and when to use it, for the model.
    pub description: String,
    /// The JSON schema of its arguments.
    pub input_schema: Value,
    /// Fields of the protocol that have no name here, sent as they are.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

impl DynamicTool {
    /// A tool.
    pub fn new(name: impl Into<String>, description: impl Into<String>, input_schema: Value) -> Self {
        Self {
            kind: "function".to_owned(),
            name: name.into(),
            description: description.into(),
            input_schema,
            extra: Map::new(),
        }
    }
}

impl From<Function> for DynamicTool {
    /// [`Function::strict`] is not sent: the protocol has nothing like it.
    fn from(function: Function) -> Self {
        let schema = match &function.parameters {
            Some(schema) => (**schema).clone(),
            None => serde_json::json!({ "type": "object", "properties": {} }),
        };
        let mut tool = Self::new(function.name, function.description.unwrap_or_default(), schema);
        tool.extra = function.extra;
        tool
    }
}

/// How a thread is set up, as the server tells it when the thread is started, resumed or forked.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct ThreadSettings {
    /// The model.
    pub model: Option<String>,
    /// The model's provider.
    pub model_provider: Option<String>,
    /// The folder that commands run in.
    pub cwd: Option<PathBuf>,
    /// When the client is asked for an approval.
    pub approval_policy: Option<ApprovalPolicy>,
    /// Who is asked for it.
    pub approvals_reviewer: Option<ApprovalsReviewer>,
    /// What commands may do without being asked for.
    pub sandbox: Option<SandboxPolicy>,
    /// How long the model thinks.
    pub reasoning_effort: Option<ReasoningEffort>,
    /// How fast, and how dear, the answers are.
    pub service_tier: Option<ServiceTier>,
}
