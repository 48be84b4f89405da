//! The arguments of a tool's call, read as an answer is.

use super::read::read_as;
use crate::error::{Error, ErrorKind, Result};
use crate::json::Leniency;
use crate::message::ToolCall;
use crate::reply::Reply;
use crate::schema::LlmSchema;

impl ToolCall {
    /// Reads the arguments as a `T`, held to its schema and bounds as an answer is.
    ///
    /// A model may write arguments that do not fit. What to do with the error is the program's choice: mostly it goes
    /// back to the model, as a [`result`](Self::result) that is [an error](crate::ToolResult::as_error).
    ///
    /// ```
    /// use codex_ai::{LlmSchema, ToolCall};
    ///
    /// #[derive(serde::Deserialize, LlmSchema)]
    /// struct Place {
    ///     city: String,
    /// }
    ///
    /// let call = ToolCall::new("call_1", "weather", r#"{"city":"Oslo"}"#);
    /// assert_eq!(call.read::<Place>()?.city, "Oslo");
    ///
    /// let wrong = ToolCall::new("call_2", "weather", r#"{"town":"Oslo"}"#);
    /// let result = wrong.read::<Place>().map_or_else(
    ///     |error| wrong.result(error.to_string()).as_error(),
    ///     |place| wrong.result(format!("12 degrees in {}", place.city)),
    /// );
    /// assert!(result.is_error);
    /// # Ok::<_, codex_ai::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::InvalidOutput`] with every problem and its path; the arguments are
    /// its [`answer`](crate::Error::answer).
    pub fn read<T: LlmSchema + 'static>(&self) -> Result<T> {
        let schema = T::llm_schema();
        // A tool without arguments is called with no text at all by some.
        let text = if self.arguments.trim().is_empty() { "{}" } else { &self.arguments };
        let read = read_as(&Reply::from_text("", text), schema, Leniency::Lenient);
        read.map(|parsed| parsed.value).map_err(|error| {
            let message = format!("the arguments for the tool `{}` are not a `{}`", self.name, schema.name());
            Error::new(ErrorKind::InvalidOutput, message).with_problems(error.problems().to_vec()).with_answer(text)
        })
    }
}
