//! What a turn is made of.

mod agents;
mod message;
mod work;

use super::open::{open_text, open_union};

pub use self::agents::{
    CollabAgentState, CollabAgentStatus, CollabAgentTool, CollabAgentToolCall, CollabStatus, SubAgentActivity,
    SubAgentActivityKind,
};
pub use self::message::{
    AgentMessage, AsyncQuestion, ContextCompaction, EnteredReviewMode, ExitedReviewMode, FunctionCallOutput,
    HookPrompt, HookPromptFragment, MemoryCitation, MemoryCitationEntry, MessagePhase, Moderation, ModerationDisplay,
    Plan, Reasoning, UserMessage,
};
pub use self::work::{
    CommandAction, CommandExecution, CommandSource, DynamicToolCall, FileChange, FileUpdate, ImageGeneration,
    ImageView, McpToolCall, McpToolError, McpToolResult, PatchKind, Sleep, ToolContent, WebSearch,
};

/// A struct for one kind of item, with what all of them have.
macro_rules! items {
    ($(
        $(#[$meta:meta])*
        pub struct $name:ident { $( $(#[$field_meta:meta])* pub $field:ident: $of:ty, )* }
    )+) => { $(
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(rename_all = "camelCase")]
        #[non_exhaustive]
        pub struct $name {
            /// Its id.
            pub id: String,
            $( $(#[$field_meta])* pub $field: $of, )*
            /// When it began, in milliseconds since 1970.
            pub started_at_ms: Option<i64>,
            /// When it was complete, in milliseconds since 1970.
            pub completed_at_ms: Option<i64>,
        }
    )+ };
}
use items;

open_union! {
    /// One item of a turn: what is said, thought, done.
    ///
    /// It is told of twice, [as it begins](super::EventKind::ItemStarted) and [when it is
    /// complete](super::EventKind::ItemCompleted), by the same id. Ids of messages are the model's, so they may come again
    /// in another turn.
    #[expect(clippy::large_enum_variant, reason = "items are few, and read one at a time")]
    pub enum Item {
        /// What the turn was given.
        UserMessage(UserMessage) = "userMessage",
        /// What a hook put into the conversation.
        HookPrompt(HookPrompt) = "hookPrompt",
        /// What the model says.
        AgentMessage(AgentMessage) = "agentMessage",
        /// The output of a function that was put into the conversation.
        FunctionCallOutput(FunctionCallOutput) = "functionCallOutput",
        /// A plan that the model proposes.
        Plan(Plan) = "plan",
        /// What the model thinks, as far as it is shown.
        Reasoning(Reasoning) = "reasoning",
        /// A command that is run.
        CommandExecution(CommandExecution) = "commandExecution",
        /// A patch of files.
        FileChange(FileChange) = "fileChange",
        /// A call of a tool of an MCP server.
        McpToolCall(McpToolCall) = "mcpToolCall",
        /// A call of a tool that the client brought.
        DynamicToolCall(DynamicToolCall) = "dynamicToolCall",
        /// A call by which an agent works with others.
        CollabAgentToolCall(CollabAgentToolCall) = "collabAgentToolCall",
        /// What a sub-agent does.
        SubAgentActivity(SubAgentActivity) = "subAgentActivity",
        /// A search of the web.
        WebSearch(WebSearch) = "webSearch",
        /// A look at an image.
        ImageView(ImageView) = "imageView",
        /// A pause.
        Sleep(Sleep) = "sleep",
        /// An image that is made.
        ImageGeneration(ImageGeneration) = "imageGeneration",
        /// A review begins.
        EnteredReviewMode(EnteredReviewMode) = "enteredReviewMode",
        /// A review ends, with what it found.
        ExitedReviewMode(ExitedReviewMode) = "exitedReviewMode",
        /// The conversation so far was made shorter.
        ContextCompaction(ContextCompaction) = "contextCompaction",
    }
}

open_text! {
    /// How far an item is.
    pub enum ItemStatus {
        /// It goes on.
        InProgress = "inProgress",
        /// It is done.
        Completed = "completed",
        /// It failed.
        Failed = "failed",
        /// It was not allowed.
        Declined = "declined",
    }
}

impl Item {
    /// Its id; `None` for one that is not known here and has none.
    pub fn id(&self) -> Option<&str> {
        Some(match self {
            Self::UserMessage(UserMessage { id, .. })
            | Self::HookPrompt(HookPrompt { id, .. })
            | Self::AgentMessage(AgentMessage { id, .. })
            | Self::FunctionCallOutput(FunctionCallOutput { id, .. })
            | Self::Plan(Plan { id, .. })
            | Self::Reasoning(Reasoning { id, .. })
            | Self::CommandExecution(CommandExecution { id, .. })
            | Self::FileChange(FileChange { id, .. })
            | Self::McpToolCall(McpToolCall { id, .. })
            | Self::DynamicToolCall(DynamicToolCall { id, .. })
            | Self::CollabAgentToolCall(CollabAgentToolCall { id, .. })
            | Self::SubAgentActivity(SubAgentActivity { id, .. })
            | Self::WebSearch(WebSearch { id, .. })
            | Self::ImageView(ImageView { id, .. })
            | Self::Sleep(Sleep { id, .. })
            | Self::ImageGeneration(ImageGeneration { id, .. })
            | Self::EnteredReviewMode(EnteredReviewMode { id, .. })
            | Self::ExitedReviewMode(ExitedReviewMode { id, .. })
            | Self::ContextCompaction(ContextCompaction { id, .. }) => id,
            Self::Unknown(item) => item.get("id")?.as_str()?,
        })
    }

    /// What the model says, where it is that.
    pub fn as_agent_message(&self) -> Option<&AgentMessage> {
        match self {
            Self::AgentMessage(message) => Some(message),
            _ => None,
        }
    }
}
