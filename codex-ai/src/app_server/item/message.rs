//! Items that are texts: said, thought, planned.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::super::input::Input;
use super::super::open::{open_text, or_default};
use super::items;

items! {
    /// What a turn was given.
    pub struct UserMessage {
        /// The id that the client gave it.
        pub client_id: Option<String>,
        /// The parts.
        #[serde(default, deserialize_with = "or_default")]
        pub content: Vec<Input>,
    }

    /// What a hook put into the conversation.
    pub struct HookPrompt {
        /// The pieces, each of one run of a hook.
        #[serde(default, deserialize_with = "or_default")]
        pub fragments: Vec<HookPromptFragment>,
    }

    /// What the model says.
    pub struct AgentMessage {
        /// The whole text; empty at its start.
        pub text: String,
        /// What it is to the turn, where the model says so.
        pub phase: Option<MessagePhase>,
        /// What of the model's memory it is from.
        pub memory_citation: Option<MemoryCitation>,
        /// What a filter of the vendor did with it.
        pub moderation: Option<Moderation>,
        /// How it is delivered: `async`, where not in the usual way.
        pub delivery: Option<String>,
        /// Questions that may be answered later.
        pub questions: Option<Vec<AsyncQuestion>>,
    }

    /// The output of a function that was put into the conversation.
    pub struct FunctionCallOutput {
        /// The function.
        pub name: String,
        /// Where the function is from.
        pub namespace: Option<String>,
        /// A text, or a list of parts as in the Responses API.
        pub output: Value,
    }

    /// A plan that the model proposes. The whole text need not be the join of its pieces.
    pub struct Plan {
        /// The text.
        pub text: String,
    }

    /// What the model thinks, as far as it is shown.
    pub struct Reasoning {
        /// Summaries.
        #[serde(default, deserialize_with = "or_default")]
        pub summary: Vec<String>,
        /// The thoughts themselves, of models that show them.
        #[serde(default, deserialize_with = "or_default")]
        pub content: Vec<String>,
    }

    /// A review begins.
    pub struct EnteredReviewMode {
        /// What is reviewed, for people.
        pub review: String,
    }

    /// A review ends.
    pub struct ExitedReviewMode {
        /// What it found.
        pub review: String,
    }

    /// The conversation so far was made shorter.
    pub struct ContextCompaction {}
}

open_text! {
    /// What a message is to its turn.
    pub enum MessagePhase {
        /// Said on the way.
        Commentary = "commentary",
        /// A part of the answer.
        PartialAnswer = "partial_answer",
        /// The answer.
        FinalAnswer = "final_answer",
    }
}

/// What one run of a hook put into the conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct HookPromptFragment {
    /// The run.
    pub hook_run_id: String,
    /// The text.
    pub text: String,
}

/// What of the model's memory a message is from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct MemoryCitation {
    /// Places in files.
    #[serde(default, deserialize_with = "or_default")]
    pub entries: Vec<MemoryCitationEntry>,
    /// Threads.
    #[serde(default, deserialize_with = "or_default")]
    pub thread_ids: Vec<String>,
}

/// A place in a file of the model's memory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct MemoryCitationEntry {
    /// The file.
    pub path: String,
    /// The first line.
    pub line_start: u32,
    /// The last line.
    pub line_end: u32,
    /// What is there.
    pub note: String,
}

/// What a filter of the vendor did with a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Moderation {
    /// Whether it stepped in.
    pub moderated: bool,
    /// How the message is to be shown.
    pub display: Option<ModerationDisplay>,
}

/// How a message that was filtered is to be shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ModerationDisplay {
    /// What is to be done.
    pub action: String,
    /// What kind of block it is.
    pub block_type: Option<String>,
    /// Whether to point to trusted contacts.
    pub check_trusted_contacts: Option<bool>,
    /// Whether to point to the trusted access for security work.
    pub cyber_trusted_access: Option<bool>,
}

/// A question that may be answered later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct AsyncQuestion {
    /// The question.
    pub title: String,
    /// Answers to choose from.
    pub options: Option<Vec<String>>,
}
