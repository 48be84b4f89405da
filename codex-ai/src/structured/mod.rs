//! From an answer's text to a value: parse, check everything, deserialise.
//!
//! An answer that is no value says so by its kind of error: refused, filtered, truncated, empty, invalid. Each keeps the
//! model's text and the usage, since both are paid for.

mod checks;
mod policy;
mod report;

use std::borrow::Cow;

use serde::de::DeserializeSeed;
use serde_json::Value;

use crate::error::{Error, ErrorKind, Problem, Result};
use crate::json::{self, Leniency, Parsed};
use crate::message::{Part, ToolCall};
use crate::reply::{FinishReason, Reply};
use crate::schema::{LlmSchema, Schema, Unique, path};

pub use checks::{Checks, Given, Outcome, There, Words};
pub use policy::{SchemaMode, StructuredOutput};
pub use report::{Ask, Report};

/// The answer as free text, as it is.
pub(crate) fn read_text(reply: &Reply) -> Result<String> {
    let text = text_of(reply)?;
    if text.is_empty() { Err(empty(reply)) } else { Ok(text.into_owned()) }
}

/// The answer as a value of `T`.
///
/// The whole text must be one JSON value, white space around it apart. `T` is read from the text itself, so numbers
/// beyond 64 bits are exact where `T` can hold them.
pub(crate) fn read_json<T: LlmSchema>(reply: &Reply, schema: &Schema, leniency: Leniency) -> Result<Parsed<T>> {
    let text = json_text_of(reply)?;
    // Most answers are right. What is wrong with one is found on a second way, which knows paths.
    if schema.is_followed_by(&text)
        && let Ok(value) = serde_json::from_str(&text)
    {
        return Ok(Parsed::exact(value));
    }
    let found = canonical(&text, schema, reply, leniency)?;
    let value = deserialize(&found.value, schema, reply)?;
    Ok(found.with_value(value))
}

/// The answer as JSON that follows the schema.
fn canonical<'t>(text: &'t str, schema: &Schema, reply: &Reply, leniency: Leniency) -> Result<Parsed<Cow<'t, str>>> {
    if leniency == Leniency::Exact {
        checked(text, schema, reply)?;
        return Ok(Parsed::exact(text.into()));
    }
    let wire = schema.wire(reply.wire_form).ok();
    json::read(schema, wire, text).map_err(|problems| invalid(schema, text, reply, problems))
}

/// The answer as JSON of a schema that is known at run time.
pub(crate) fn read_value(reply: &Reply, schema: &Schema, leniency: Leniency) -> Result<Parsed<Value>> {
    let text = json_text_of(reply)?;
    let found = canonical(&text, schema, reply, leniency)?;
    let value = checked(&found.value, schema, reply)?;
    match inexact_integer(&found.value) {
        None => Ok(found.with_value(value)),
        Some(digits) => {
            let message = format!("`{digits}` is too large to be kept exactly as JSON");
            Err(invalid(schema, &text, reply, vec![Problem::new("", message)]))
        }
    }
}

/// The answer as JSON that is known to be a value of `T`.
pub(crate) fn read_json_value<T: LlmSchema>(
    reply: &Reply,
    schema: &Schema,
    leniency: Leniency,
) -> Result<Parsed<Value>> {
    let text = json_text_of(reply)?;
    let found = canonical(&text, schema, reply, leniency)?;
    let value = checked(&found.value, schema, reply)?;
    deserialize::<T>(&found.value, schema, reply)?;
    match inexact_integer(&found.value) {
        None => Ok(found.with_value(value)),
        Some(digits) => {
            let message = format!("`{digits}` is too large to be kept exactly as JSON");
            Err(invalid(schema, &text, reply, vec![Problem::new("", message)])
                .with_help("call the prompt by its type instead of by its name"))
        }
    }
}

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
        let read = read_json(&Reply::from_text("", text), schema, Leniency::Lenient);
        read.map(|parsed| parsed.value).map_err(|error| {
            let message = format!("the arguments for the tool `{}` are not a `{}`", self.name, schema.name());
            Error::new(ErrorKind::InvalidOutput, message).with_problems(error.problems().to_vec()).with_answer(text)
        })
    }
}

/// The text of an answer that came to its end.
fn text_of(reply: &Reply) -> Result<Cow<'_, str>> {
    let text = reply.text();
    let error = if reply.finish_reason == FinishReason::Refusal || reply.refusal().is_some() {
        let words = reply.refusal().map_or_else(|| text.to_string(), str::to_owned);
        Error::new(ErrorKind::Refused, "the model refused to answer").with_answer(words)
    } else if reply.finish_reason == FinishReason::ContentFilter {
        Error::new(ErrorKind::Filtered, "a filter of the vendor stopped the answer").with_answer(text)
    } else if reply.finish_reason == FinishReason::Length {
        Error::new(ErrorKind::Truncated, "the answer was cut off at the token limit")
            .with_help("raise `max_tokens`, or ask for less")
            .with_answer(text)
    } else {
        return Ok(text);
    };
    Err(with_usage(error, reply))
}

/// The same, for an answer that is to be JSON.
fn json_text_of(reply: &Reply) -> Result<Cow<'_, str>> {
    let text = text_of(reply)?;
    if text.trim().is_empty() { Err(empty(reply)) } else { Ok(text) }
}

fn empty(reply: &Reply) -> Error {
    let called = reply.parts.iter().find_map(|part| match part {
        Part::ToolCall(call) => Some(&call.name),
        _ => None,
    });
    let error = match called {
        Some(tool) => Error::new(ErrorKind::Empty, format!("the model called the tool `{tool}` and said nothing"))
            .with_help("ask by `generate_reply` or `stream_reply`, whose answer has the calls of tools"),
        None => Error::new(ErrorKind::Empty, "the answer is empty"),
    };
    with_usage(error, reply)
}

/// The text as JSON that follows the schema.
fn checked(text: &str, schema: &Schema, reply: &Reply) -> Result<Value> {
    let mut parser = serde_json::Deserializer::from_str(text);
    let value = Unique.deserialize(&mut parser).and_then(|value| parser.end().map(|()| value));
    let value = value.map_err(|error| {
        let not_json = if error.is_data() { "" } else { "is not JSON: " };
        let (line, column) = (error.line(), error.column());
        let message = format!("{not_json}{} (line {line}, column {column})", without_place(&error));
        invalid(schema, text, reply, vec![Problem::new("", message)])
    })?;
    schema.validate(&value).map_err(|problems| invalid(schema, text, reply, problems))?;
    Ok(value)
}

/// The text as `T`. What a schema does not tell, such as the range of an `i64`, is found here.
fn deserialize<T: LlmSchema>(text: &str, schema: &Schema, reply: &Reply) -> Result<T> {
    let mut parser = serde_json::Deserializer::from_str(text);
    serde_path_to_error::deserialize(&mut parser).map_err(|error| {
        let problem = Problem::new(path::render(path::steps(error.path())), without_place(error.inner()));
        invalid(schema, text, reply, vec![problem]).with_source(error.into_inner())
    })
}

fn invalid(schema: &Schema, text: &str, reply: &Reply, problems: Vec<Problem>) -> Error {
    let error = Error::new(ErrorKind::InvalidOutput, format!("the answer is not a `{}`", schema.name()));
    with_usage(error.with_problems(problems).with_answer(text), reply)
}

fn with_usage(error: Error, reply: &Reply) -> Error {
    match reply.usage {
        Some(usage) => error.with_usage(usage),
        None => error,
    }
}

/// The parser's words without the place, which is told in a form of its own or not at all.
fn without_place(error: &serde_json::Error) -> String {
    let text = error.to_string();
    match text.rfind(" at line ") {
        Some(end) => text[..end].to_owned(),
        None => text,
    }
}

/// Digits of an integer in a JSON text that a [`Value`] does not hold exactly. Quick where there is none.
fn inexact_integer(text: &str) -> Option<&str> {
    let mut rest = text;
    loop {
        let start = rest.find(|c: char| c == '"' || c == '-' || c.is_ascii_digit())?;
        rest = &rest[start..];
        if let Some(string) = rest.strip_prefix('"') {
            rest = past_string(string);
            continue;
        }
        let end = rest.find(|c: char| !matches!(c, '0'..='9' | '-' | '+' | '.' | 'e' | 'E')).unwrap_or(rest.len());
        let (number, after) = rest.split_at(end);
        let is_integer = !number.contains(['.', 'e', 'E']);
        if is_integer && number.parse::<i64>().is_err() && number.parse::<u64>().is_err() {
            return Some(number);
        }
        rest = after;
    }
}

/// What follows a string whose opening quote is gone.
fn past_string(text: &str) -> &str {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return &text[at + 1..],
            _ => {}
        }
    }
    ""
}
