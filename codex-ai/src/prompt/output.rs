//! What a model may be asked for, and how it is read from an answer.

use serde_json::Value;

use crate::error::Result;
use crate::json::{Leniency, Parsed};
use crate::reply::Reply;
use crate::request::Output;
use crate::schema::{FreeText, Json, LlmSchema};
use crate::structured;

/// What a prompt may ask for: free text as `String`, or JSON of a type with a schema.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the output of a prompt",
    label = "neither `String` nor a type with `LlmSchema`",
    note = "add `#[derive(serde::Deserialize, codex_ai::LlmSchema)]` to `{Self}`, or to the type inside it"
)]
pub trait PromptOutput: Sized + Send + 'static {
    /// Whether it is free text, which no schema holds.
    #[doc(hidden)]
    const IS_TEXT: bool;

    /// As that of [`LlmSchema`].
    #[doc(hidden)]
    const OPTIONS: &'static [&'static str];

    /// The form of the answer to ask for.
    fn output() -> Output;

    /// Reads the value from an answer.
    ///
    /// # Errors
    /// Each way in which an answer is no value has its own kind: refused, filtered, truncated, empty, invalid.
    fn read(reply: &Reply, leniency: Leniency) -> Result<Parsed<Self>>;

    /// Reads and checks the value as [`read`](Self::read) does, but gives it as JSON.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    fn read_value(reply: &Reply, leniency: Leniency) -> Result<Parsed<Value>>;
}

impl Reply {
    /// Reads the value of `T` from the answer: free text as `String`, or JSON of a type with a schema. The dispatcher does
    /// this by itself; it is for a reply that was asked for as it is, by
    /// [`generate_reply`](crate::Dispatcher::generate_reply) or of a [`Provider`](crate::Provider).
    ///
    /// # Errors
    /// As [`PromptOutput::read`].
    pub fn read<T: PromptOutput>(&self) -> Result<T> {
        Ok(T::read(self, Leniency::Lenient)?.value)
    }
}

#[diagnostic::do_not_recommend]
impl<T> PromptOutput for T
where
    T: LlmSchema<Form: ReadAs<T>> + Send + 'static,
{
    const IS_TEXT: bool = <T::Form as ReadAs<T>>::IS_TEXT;
    const OPTIONS: &'static [&'static str] = <T as LlmSchema>::OPTIONS;

    fn output() -> Output {
        <T::Form as ReadAs<T>>::output()
    }

    fn read(reply: &Reply, leniency: Leniency) -> Result<Parsed<Self>> {
        <T::Form as ReadAs<T>>::read(reply, leniency)
    }

    fn read_value(reply: &Reply, leniency: Leniency) -> Result<Parsed<Value>> {
        <T::Form as ReadAs<T>>::read_value(reply, leniency)
    }
}

/// A type that [`generate_json`](crate::Dispatcher::generate_json) can give: all with a schema, but `String`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be generated as JSON",
    label = "it has no schema, or it is free text",
    note = "add `#[derive(serde::Deserialize, codex_ai::LlmSchema)]`; for free text use `generate_text`"
)]
pub trait JsonOutput: PromptOutput {}

#[diagnostic::do_not_recommend]
impl<T> JsonOutput for T where T: LlmSchema<Form: IsJson> + PromptOutput {}

#[doc(hidden)]
pub trait IsJson {}

impl IsJson for Json {}

/// How a form of answer is asked for and read.
#[doc(hidden)]
pub trait ReadAs<T> {
    const IS_TEXT: bool = false;

    fn output() -> Output;
    fn read(reply: &Reply, leniency: Leniency) -> Result<Parsed<T>>;
    fn read_value(reply: &Reply, leniency: Leniency) -> Result<Parsed<Value>>;
}

impl ReadAs<String> for FreeText {
    const IS_TEXT: bool = true;

    fn output() -> Output {
        Output::Text
    }

    fn read(reply: &Reply, _: Leniency) -> Result<Parsed<String>> {
        structured::read_text(reply).map(Parsed::exact)
    }

    fn read_value(reply: &Reply, _: Leniency) -> Result<Parsed<Value>> {
        structured::read_text(reply).map(|text| Parsed::exact(Value::String(text)))
    }
}

impl<T: LlmSchema + 'static> ReadAs<T> for Json {
    fn output() -> Output {
        Output::Schema(T::llm_schema().clone())
    }

    fn read(reply: &Reply, leniency: Leniency) -> Result<Parsed<T>> {
        structured::read_json(reply, T::llm_schema(), leniency)
    }

    fn read_value(reply: &Reply, leniency: Leniency) -> Result<Parsed<Value>> {
        structured::read_json_value::<T>(reply, T::llm_schema(), leniency)
    }
}
