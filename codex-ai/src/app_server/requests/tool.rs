//! Calls of the program's own tools.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::super::item::ToolContent;
use super::handle::request;
use crate::error::{Error, ErrorKind, Result};
use crate::message::ToolCall;
use crate::structured::refused_path;

request! {
    /// The model calls a tool of this program (`item/tool/call`): one of the thread's dynamic tools.
    ToolRequest, ToolParams
}

/// The call.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ToolParams {
    /// The thread.
    pub thread_id: String,
    /// The turn.
    pub turn_id: String,
    /// The id of the call, and of its item.
    #[serde(default)]
    pub call_id: String,
    /// The group of tools that it belongs to.
    pub namespace: Option<String>,
    /// The name of the tool.
    pub tool: String,
    /// The arguments, as the JSON that the model wrote; see [`read`](ToolRequest::read).
    pub arguments: Box<RawValue>,
}

impl ToolContent {
    /// Text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text { text: text.into() }
    }

    /// An image by its address, or as a `data:` URL.
    pub fn image(url: impl Into<String>) -> Self {
        Self::Image { image_url: url.into() }
    }

    /// Sound by its address, or as a `data:` URL.
    pub fn audio(url: impl Into<String>) -> Self {
        Self::Audio { audio_url: url.into() }
    }
}

impl From<String> for ToolContent {
    fn from(text: String) -> Self {
        Self::text(text)
    }
}

impl From<&str> for ToolContent {
    fn from(text: &str) -> Self {
        Self::text(text)
    }
}

impl ToolRequest {
    /// Reads the arguments. A model may write some that do not fit: [`fail`](Self::fail) tells it what is wrong.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidOutput`]; the arguments are its [`answer`](Error::answer).
    pub fn read<T: DeserializeOwned>(&self) -> Result<T> {
        let text = self.arguments.get();
        serde_json::from_str(text).map_err(|error| {
            let path = refused_path(text, |start| serde_json::from_str::<T>(start).err());
            let message = format!("the arguments for the tool `{}` do not fit: {path}: {error}", self.tool);
            Error::new(ErrorKind::InvalidOutput, message).with_answer(text)
        })
    }

    /// The call as those of other vendors; [`ToolCall::read`] holds its arguments to the schema and the bounds of a type.
    pub fn to_tool_call(&self) -> ToolCall {
        ToolCall::new(self.call_id.as_str(), self.tool.as_str(), self.arguments.get())
    }

    /// The tool's result: a text, mostly JSON.
    ///
    /// # Errors
    /// A request that was [cancelled](Self::cancelled), here and below.
    pub fn answer(self, text: impl Into<String>) -> Result<()> {
        self.respond(true, [ToolContent::text(text)])
    }

    /// The tool failed; the text tells the model why, and the turn goes on.
    ///
    /// # Errors
    /// As [`answer`](Self::answer).
    pub fn fail(self, text: impl Into<String>) -> Result<()> {
        self.respond(false, [ToolContent::text(text)])
    }

    /// The tool's result in several parts, and whether it is one of success.
    ///
    /// # Errors
    /// As [`answer`](Self::answer).
    pub fn respond<C: Into<ToolContent>>(self, success: bool, content: impl IntoIterator<Item = C>) -> Result<()> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Answer {
            content_items: Vec<ToolContent>,
            success: bool,
        }
        let content_items = content.into_iter().map(Into::into).collect();
        self.answer_raw(&Answer { content_items, success })
    }
}
