//! What a model may be asked for, and how it is read from an answer.

use serde_json::Value;

use crate::error::Result;
use crate::json::{Leniency, Parsed, Repair};
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

    /// The form of the answer to ask for. A constant, as those below: what only hands on would be compiled for each type.
    #[doc(hidden)]
    const OUTPUT: fn() -> Output;

    /// Reads the value into the slot and gives what was put right.
    #[doc(hidden)]
    const READ: fn(&mut Option<Self>, &Reply, Leniency) -> Result<Vec<Repair>>;

    #[doc(hidden)]
    const READ_VALUE: fn(&Reply, Leniency) -> Result<Parsed<Value>>;

    /// The form of the answer to ask for.
    fn output() -> Output {
        Self::OUTPUT()
    }

    /// Reads the value from an answer.
    ///
    /// # Errors
    /// Each way in which an answer is no value has its own kind: refused, filtered, truncated, empty, invalid.
    fn read(reply: &Reply, leniency: Leniency) -> Result<Parsed<Self>> {
        let mut value = None;
        let repairs = Self::READ(&mut value, reply, leniency)?;
        Ok(Parsed { value: structured::kept(value)?, repairs })
    }

    /// Reads and checks the value as [`read`](Self::read) does, but gives it as JSON.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    fn read_value(reply: &Reply, leniency: Leniency) -> Result<Parsed<Value>> {
        Self::READ_VALUE(reply, leniency)
    }
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
    const OUTPUT: fn() -> Output = <T::Form as ReadAs<T>>::output;
    const READ: fn(&mut Option<Self>, &Reply, Leniency) -> Result<Vec<Repair>> = <T::Form as ReadAs<T>>::read;
    const READ_VALUE: fn(&Reply, Leniency) -> Result<Parsed<Value>> = <T::Form as ReadAs<T>>::read_value;
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
    fn read(slot: &mut Option<T>, reply: &Reply, leniency: Leniency) -> Result<Vec<Repair>>;
    fn read_value(reply: &Reply, leniency: Leniency) -> Result<Parsed<Value>>;
}

impl ReadAs<String> for FreeText {
    const IS_TEXT: bool = true;

    fn output() -> Output {
        Output::Text
    }

    fn read(slot: &mut Option<String>, reply: &Reply, _: Leniency) -> Result<Vec<Repair>> {
        *slot = Some(structured::read_text(reply)?);
        Ok(Vec::new())
    }

    fn read_value(reply: &Reply, _: Leniency) -> Result<Parsed<Value>> {
        structured::read_text(reply).map(|text| Parsed::exact(Value::String(text)))
    }
}

impl<T: LlmSchema + 'static> ReadAs<T> for Json {
    fn output() -> Output {
        Output::Schema(T::llm_schema().clone())
    }

    fn read(slot: &mut Option<T>, reply: &Reply, leniency: Leniency) -> Result<Vec<Repair>> {
        structured::read_json(reply, T::llm_schema(), leniency, slot)
    }

    fn read_value(reply: &Reply, leniency: Leniency) -> Result<Parsed<Value>> {
        structured::read_json_value(reply, T::llm_schema(), leniency, &mut None::<T>)
    }
}
