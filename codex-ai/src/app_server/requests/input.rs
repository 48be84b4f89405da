//! Questions to the user.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::handle::request;
use crate::error::Result;

request! {
    /// The model has questions for the user (`item/tool/requestUserInput`). Codex 0.169.0 does not send it in its default
    /// mode.
    UserInputRequest, UserInputParams
}

/// The questions.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct UserInputParams {
    /// The thread.
    pub thread_id: String,
    /// The turn.
    pub turn_id: String,
    /// The item of the questions.
    #[serde(default)]
    pub item_id: String,
    /// What is asked.
    pub questions: Vec<Question>,
    /// Whether the turn waits for the answers.
    #[serde(default)]
    pub is_blocking: bool,
    /// After how many milliseconds the server goes on without them.
    pub auto_resolution_ms: Option<u64>,
    /// Fields that have no name here.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// One question.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Question {
    /// Names it in the answers.
    pub id: String,
    /// A title.
    #[serde(default)]
    pub header: String,
    /// What is asked.
    pub question: String,
    /// What can be chosen.
    pub options: Option<Vec<QuestionOption>>,
    /// Whether the user may answer with something else.
    #[serde(default)]
    pub is_other: bool,
    /// Whether the answer is to be shown to nobody.
    #[serde(default)]
    pub is_secret: bool,
    /// Fields that have no name here.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// What can be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct QuestionOption {
    /// The answer.
    pub label: String,
    /// What it means.
    #[serde(default)]
    pub description: String,
}

impl UserInputRequest {
    /// Answers the questions by their ids: `request.answer([("colour", ["red"])])`.
    ///
    /// # Errors
    /// A request that was [cancelled](Self::cancelled), here and below.
    pub fn answer<I, Q, L, A>(self, answers: I) -> Result<()>
    where
        I: IntoIterator<Item = (Q, L)>,
        Q: Into<String>,
        L: IntoIterator<Item = A>,
        A: Into<String>,
    {
        let list = |list: L| list.into_iter().map(Into::into).collect::<Vec<String>>();
        let answers: Map<String, Value> = answers
            .into_iter()
            .map(|(question, answers)| (question.into(), json!({ "answers": list(answers) })))
            .collect();
        self.answer_raw(&json!({ "answers": answers }))
    }

    /// Answers nothing, and the turn goes on.
    ///
    /// # Errors
    /// As [`answer`](Self::answer).
    pub fn decline(self) -> Result<()> {
        self.into_handle().decline()
    }
}
