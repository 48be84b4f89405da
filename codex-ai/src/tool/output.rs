//! What a tool gives back, as a model reads it.

use std::marker::PhantomData;

use serde::Serialize;
use serde_json::Value;

use crate::prompt::PromptError;

/// Takes apart what a tool returns: the inherent `split` is there for a `Result` and goes before that of
/// [`ReturnedAny`], which is there for all. This works because generated code names concrete types.
#[doc(hidden)]
#[derive(Debug)]
pub struct Returned<R>(PhantomData<fn() -> R>);

impl<T, E> Returned<Result<T, E>> {
    pub fn split(returned: Result<T, E>) -> Result<T, E> {
        returned
    }
}

#[doc(hidden)]
pub trait ReturnedAny<R> {
    fn split(returned: R) -> Result<R, &'static str> {
        Ok(returned)
    }
}

impl<R> ReturnedAny<R> for Returned<R> {}

/// What a tool may give back: everything that serde can write.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the result of a tool",
    label = "no `Serialize`",
    note = "return text, or add `#[derive(serde::Serialize)]` to `{Self}`"
)]
pub trait Told {
    fn text(&self) -> Result<String, String>;
}

#[diagnostic::do_not_recommend]
impl<T: Serialize> Told for T {
    fn text(&self) -> Result<String, String> {
        match serde_json::to_value(self) {
            Ok(Value::String(text)) => Ok(text),
            Ok(value) => Ok(value.to_string()),
            Err(error) => Err(format!("the result cannot be written as JSON: {error}")),
        }
    }
}

/// What the error of a tool may be: what that of a prompt may be.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the error of a tool",
    label = "this error does not convert into one that crosses threads",
    note = "return `codex_ai::Error`, an error type of your own, or `Box<dyn std::error::Error + Send + Sync>`"
)]
pub trait ToolError {
    fn text(self) -> String;
}

#[diagnostic::do_not_recommend]
impl<E: PromptError> ToolError for E {
    fn text(self) -> String {
        self.into_boxed().to_string()
    }
}

/// The text that a model is told: text as it is, anything else as JSON, an error in its own words.
#[doc(hidden)]
pub fn told<T: Told, E: ToolError>(returned: Result<T, E>) -> Result<String, String> {
    match returned {
        Ok(value) => value.text(),
        Err(error) => Err(error.text()),
    }
}
