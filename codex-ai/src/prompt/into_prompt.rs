//! What a prompt function may return.

use super::Prompt;
use crate::error::{BoxError, Error, Result};

/// What a prompt function may return: a [`Prompt`], text, or a `Result` of one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not something a prompt function can return",
    label = "return `Prompt<T>`, `String`, or a `Result` of one",
    note = "`Prompt<T>` asks the model for a `T`"
)]
pub trait IntoPrompt {
    /// What the model must give back.
    type Output;

    /// Makes the prompt.
    ///
    /// # Errors
    /// The error of a `Result`, with kind [`Prompt`](crate::ErrorKind::Prompt) unless it was an [`Error`] already.
    fn into_prompt(self) -> Result<Prompt<Self::Output>>;
}

impl<T> IntoPrompt for Prompt<T> {
    type Output = T;

    fn into_prompt(self) -> Result<Prompt<T>> {
        Ok(self)
    }
}

impl IntoPrompt for String {
    type Output = Self;

    fn into_prompt(self) -> Result<Prompt> {
        Ok(Prompt::new().user(self))
    }
}

impl IntoPrompt for &'static str {
    type Output = String;

    fn into_prompt(self) -> Result<Prompt> {
        Ok(Prompt::new().user(self))
    }
}

impl<P: IntoPrompt, E: PromptError> IntoPrompt for Result<P, E> {
    type Output = P::Output;

    fn into_prompt(self) -> Result<Prompt<P::Output>> {
        self.map_err(|error| Error::from_prompt(error.into_boxed()))?.into_prompt()
    }
}

/// An error that a prompt function may return: all that convert into a [`BoxError`].
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the error of a prompt function",
    label = "this error does not convert into one that crosses threads",
    note = "return `codex_ai::Error`, an error type of your own, or `Box<dyn std::error::Error + Send + Sync>`"
)]
pub trait PromptError {
    fn into_boxed(self) -> BoxError;
}

#[diagnostic::do_not_recommend]
impl<E: Into<BoxError>> PromptError for E {
    fn into_boxed(self) -> BoxError {
        self.into()
    }
}
