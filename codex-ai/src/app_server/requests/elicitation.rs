//! What an MCP server wants of the user.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::handle::request;
use crate::error::Result;

request! {
    /// An MCP server wants something of the user: a form, or a visit to an address (`mcpServer/elicitation/request`).
    Elicitation, ElicitationParams
}

/// What is wanted.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ElicitationParams {
    /// The thread.
    pub thread_id: String,
    /// The turn, where the server can tell.
    pub turn_id: Option<String>,
    /// The name of the MCP server.
    #[serde(default)]
    pub server_name: String,
    /// What for.
    pub message: Option<String>,
    /// What is wanted.
    #[serde(flatten)]
    pub mode: ElicitationMode,
}

/// The sort of thing that is wanted.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(tag = "mode")]
#[non_exhaustive]
pub enum ElicitationMode {
    /// A form is to be filled in.
    #[serde(rename = "form", rename_all = "camelCase")]
    Form {
        /// The JSON schema of what is expected: an object of plain fields.
        requested_schema: Value,
    },
    /// A form of the vendor's own sort.
    #[serde(rename = "openai/form", alias = "openaiForm", rename_all = "camelCase")]
    OpenAiForm {
        /// What is expected.
        requested_schema: Value,
    },
    /// An address is to be visited.
    #[serde(rename = "url", rename_all = "camelCase")]
    Url {
        /// The address.
        url: String,
        /// Names the visit.
        #[serde(default)]
        elicitation_id: String,
    },
    /// The user is to prove to be there; the proof is the content of the answer.
    #[serde(rename = "openai/userVerification")]
    UserVerification {
        /// What is to be signed.
        challenge: String,
        /// A title.
        #[serde(default)]
        title: String,
        /// What for.
        #[serde(default)]
        description: String,
    },
    /// One that is not known here, with all fields.
    #[serde(untagged)]
    Unknown(Map<String, Value>),
}

impl Elicitation {
    /// The user agrees, with this content: what was filled in.
    ///
    /// # Errors
    /// Content that is no JSON, which is declined then; a request that was [cancelled](Self::cancelled).
    pub fn accept(self, content: &impl Serialize) -> Result<()> {
        #[derive(Serialize)]
        struct Answer<'a, C> {
            action: &'a str,
            content: &'a C,
        }
        self.answer_raw(&Answer { action: "accept", content })
    }

    /// The user agrees, where there is nothing to fill in.
    ///
    /// # Errors
    /// A request that was [cancelled](Self::cancelled), here and below.
    pub fn accept_without_content(self) -> Result<()> {
        self.answer_raw(&json!({ "action": "accept" }))
    }

    /// The user does not agree.
    ///
    /// # Errors
    /// As [`accept_without_content`](Self::accept_without_content).
    pub fn decline(self) -> Result<()> {
        self.into_handle().decline()
    }

    /// The user turned away without a decision.
    ///
    /// # Errors
    /// As [`accept_without_content`](Self::accept_without_content).
    pub fn cancel(self) -> Result<()> {
        self.answer_raw(&json!({ "action": "cancel" }))
    }
}
