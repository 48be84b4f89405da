//! From text to value. Most answers are right and take the quick way; what is wrong with one is found on another way,
//! which knows paths and finds everything at once.

use std::borrow::Cow;

use serde::de::DeserializeSeed;
use serde_json::Value;

use super::Checks;
use super::ended::{empty, json_text_of, text_of, with_usage};
use super::feedback;
use super::integer::inexact_integer;
use super::lookup::{is_within, lookup};
use super::refused;
use crate::error::{Error, ErrorKind, Problem, Result};
use crate::json::{self, Leniency, Parsed, Repair, Tree, Unread};
use crate::prompt::PromptOutput;
use crate::reply::Reply;
use crate::schema::{LlmSchema, Schema, Unique, WireForm, WireSchema, words};

/// The answer as free text, as it is.
pub(crate) fn read_text(reply: &Reply) -> Result<String> {
    let text = text_of(reply)?;
    if text.is_empty() { Err(empty(reply)) } else { Ok(text.into_owned()) }
}

/// A place for a value of a type. This is all that reading takes of the type: the rest is compiled once, and not in each
/// crate for each type.
pub(crate) trait TextSlot {
    /// Reads a text as a value, keeps it, and gives what the checks of the type's author find.
    ///
    /// It is read from the text itself, so numbers beyond 64 bits are exact where the type can hold them.
    fn keep(&mut self, text: &str) -> Result<Vec<Problem>, serde_json::Error>;
}

impl<T: LlmSchema> TextSlot for Option<T> {
    fn keep(&mut self, text: &str) -> Result<Vec<Problem>, serde_json::Error> {
        match serde_json::from_str(text) {
            Ok(made) => {
                let problems = Checks::of(&made);
                *self = Some(made);
                Ok(problems)
            }
            Err(error) => Err(error),
        }
    }
}

/// A place for the value of a reply.
pub(crate) trait ReplySlot: Send {
    /// Reads a reply, keeps its value, and gives what was put right.
    fn read(&mut self, reply: &Reply, leniency: Leniency) -> Result<Vec<Repair>>;
}

impl<T: PromptOutput> ReplySlot for Option<T> {
    fn read(&mut self, reply: &Reply, leniency: Leniency) -> Result<Vec<Repair>> {
        T::READ(self, reply, leniency)
    }
}

/// The value that was kept: there is one where reading gave no error.
pub(crate) fn kept<T>(slot: Option<T>) -> Result<T> {
    #[cold]
    fn nothing() -> Error {
        Error::new(ErrorKind::InvalidOutput, "no value was read from the answer")
    }
    match slot {
        Some(value) => Ok(value),
        None => Err(nothing()),
    }
}

/// The answer as a value of `T`.
pub(crate) fn read_as<T: LlmSchema>(reply: &Reply, schema: &Schema, leniency: Leniency) -> Result<Parsed<T>> {
    let mut value = None;
    let repairs = read_json(reply, schema, leniency, &mut value)?;
    Ok(Parsed { value: kept(value)?, repairs })
}

/// Reads the answer as a value of the type of the slot; gives what was put right.
pub(crate) fn read_json(
    reply: &Reply,
    schema: &Schema,
    leniency: Leniency,
    slot: &mut dyn TextSlot,
) -> Result<Vec<Repair>> {
    let text = json_text_of(reply)?;
    let wire = wire_of(schema, reply);
    if wire.is_none()
        && let Some(made) = quick(&text, schema, slot)
    {
        return made.map(|()| Vec::new()).map_err(|wrong| wrong.into_error(schema, reply, &text));
    }
    let found = canonical(&text, schema, wire, leniency).map_err(|unread| {
        let problems = and_checks(unread, wire, slot);
        invalid(schema, reply, &text, problems)
    })?;
    // Decoded or repaired, it is right mostly; the same text would only fail again.
    let made = if found.value.len() == text.len() { None } else { quick(&found.value, schema, slot) };
    made.unwrap_or_else(|| explained(&found.value, schema, slot).map(|_| ()))
        .map_err(|wrong| wrong.in_its_form(schema, wire, &text, leniency).into_error(schema, reply, &text))?;
    Ok(found.repairs)
}

/// The same, of a text that is no part of a reply yet: one that is right is not copied into one.
pub(crate) fn read_json_text(
    text: &str,
    schema: &Schema,
    leniency: Leniency,
    slot: &mut dyn TextSlot,
) -> Result<Vec<Repair>> {
    match quick(text, schema, slot) {
        Some(Ok(())) => Ok(Vec::new()),
        // A text that is wrong may be copied.
        Some(Err(wrong)) => Err(wrong.into_error(schema, &Reply::from_text("", text), text)),
        None => read_json(&Reply::from_text("", text), schema, leniency, slot),
    }
}

/// The answer as JSON that is known to be a value of the type of the slot.
pub(crate) fn read_json_value(
    reply: &Reply,
    schema: &Schema,
    leniency: Leniency,
    slot: &mut dyn TextSlot,
) -> Result<Parsed<Value>> {
    let text = json_text_of(reply)?;
    let wire = wire_of(schema, reply);
    let found = canonical(&text, schema, wire, leniency).map_err(|unread| {
        let problems = and_checks(unread, wire, slot);
        invalid(schema, reply, &text, problems)
    })?;
    let made = explained(&found.value, schema, slot);
    let value =
        made.map_err(|wrong| wrong.in_its_form(schema, wire, &text, leniency).into_error(schema, reply, &text))?;
    exact(&found.value, schema, reply)
        .map_err(|error| error.with_answer(&*text).with_help("call the prompt by its type instead of by its name"))?;
    Ok(found.with_value(value))
}

/// The answer as JSON that follows a schema which is known at run time alone.
pub(crate) fn read_schema_value(reply: &Reply, schema: &Schema, leniency: Leniency) -> Result<Parsed<Value>> {
    let text = json_text_of(reply)?;
    let wire = wire_of(schema, reply);
    let found = canonical(&text, schema, wire, leniency)
        .map_err(|unread| invalid(schema, reply, &text, unread.into_problems(wire)))?;
    let value = parsed(&found.value).map_err(|problem| invalid(schema, reply, &text, vec![problem]))?;
    schema.validate(&value).map_err(|problems| {
        let wrong = Wrong { problems, value: Some(value.clone()), source: None };
        wrong.in_its_form(schema, wire, &text, leniency).into_error(schema, reply, &text)
    })?;
    exact(&found.value, schema, reply)
        .map_err(|error| error.with_answer(&*text).with_help("let the schema ask for such numbers as strings"))?;
    Ok(found.with_value(value))
}

/// The vendor's form of the schema, where an answer in it is not JSON of the type itself.
fn wire_of<'s>(schema: &'s Schema, reply: &Reply) -> Option<&'s WireSchema> {
    match reply.wire_form {
        WireForm::Plain => None,
        form => schema.wire(form).ok().filter(|wire| !wire.is_same()),
    }
}

/// Reads a text that follows the schema, or gives what the checks find; `None` where there is more to say. The checks run
/// once.
fn quick(text: &str, schema: &Schema, slot: &mut dyn TextSlot) -> Option<Result<(), Wrong>> {
    let mut problems = if schema.is_followed_by(text) { slot.keep(text).ok()? } else { return None };
    if problems.is_empty() {
        return Some(Ok(()));
    }
    let value = parsed(text).ok()?;
    tell_got(&mut problems, &value);
    Some(Err(Wrong { problems, value: Some(value), source: None }))
}

/// The answer's text as JSON of the type itself.
///
/// # Errors
/// Why it is none.
fn canonical<'t>(
    text: &'t str,
    schema: &Schema,
    wire: Option<&WireSchema>,
    leniency: Leniency,
) -> Result<Parsed<Cow<'t, str>>, Unread> {
    if leniency == Leniency::Lenient {
        return json::read(schema, wire, text);
    }
    let Some(wire) = wire else { return Ok(Parsed::exact(Cow::Borrowed(text))) };
    // A key that is there twice is told by the first reading, and the second one keeps all digits.
    parsed(text)?;
    let tree = Tree::parse(text).map_err(|error| Problem::new("", without_place(&error)))?;
    let tree = wire.decode_tree(tree)?;
    Ok(Parsed::exact(Cow::Owned(tree.to_string())))
}

/// Why a text is no value.
struct Wrong {
    problems: Vec<Problem>,
    /// What it says all the same.
    value: Option<Value>,
    source: Option<serde_json::Error>,
}

impl Wrong {
    fn of(value: Value, mut problems: Vec<Problem>, source: Option<serde_json::Error>) -> Self {
        tell_got(&mut problems, &value);
        Self { problems, value: Some(value), source }
    }

    /// The same, told in the form that the answer has.
    fn in_its_form(mut self, schema: &Schema, wire: Option<&WireSchema>, text: &str, leniency: Leniency) -> Self {
        let (Some(wire), Some(value)) = (wire, &self.value) else { return self };
        let written = match leniency {
            Leniency::Lenient => json::written(schema, wire, text),
            Leniency::Exact => Tree::parse(text).ok(),
        };
        if let Some(written) = written {
            tell_written(&mut self.problems, wire, value, &written);
        }
        self
    }

    fn into_error(self, schema: &Schema, reply: &Reply, text: &str) -> Error {
        let error = invalid(schema, reply, text, self.problems);
        match self.source {
            Some(source) => error.with_source(source),
            None => error,
        }
    }
}

/// Reads a text, and gives it as JSON, or everything that is wrong with it.
fn explained(text: &str, schema: &Schema, slot: &mut dyn TextSlot) -> Result<Value, Wrong> {
    match slot.keep(text) {
        Ok(problems) => checked(text, schema, problems),
        Err(error) => Err(unfit(text, schema, error, slot)),
    }
}

/// A text that is a value of the type: what the schema finds in it, and what the checks of the type's author did.
fn checked(text: &str, schema: &Schema, found: Vec<Problem>) -> Result<Value, Wrong> {
    let (value, mut problems) = validated(text, schema)?;
    problems.extend(found);
    if problems.is_empty() { Ok(value) } else { Err(Wrong::of(value, problems, None)) }
}

/// A text that is none: what the schema finds, and what the type itself did.
fn unfit(text: &str, schema: &Schema, error: serde_json::Error, slot: &mut dyn TextSlot) -> Wrong {
    let (value, mut problems) = match validated(text, schema) {
        Ok(found) => found,
        Err(wrong) => return wrong,
    };
    let path = refused::path(text, |start| slot.keep(start).err());
    let is_told = problems.iter().any(|told| is_within(&told.path, &path) || is_within(&path, &told.path));
    if !is_told {
        problems.push(of_serde(path, &without_place(&error)));
    }
    Wrong::of(value, problems, Some(error))
}

/// What a text says, and what the schema finds wrong with it.
fn validated(text: &str, schema: &Schema) -> Result<(Value, Vec<Problem>), Wrong> {
    let value = parsed(text).map_err(|problem| Wrong { problems: vec![problem], value: None, source: None })?;
    let problems = schema.validate(&value).err().unwrap_or_default();
    Ok((value, problems))
}

/// Problems that lenient reading found, and those that the checks find, as far as there is a value of the type.
fn and_checks(mut unread: Unread, wire: Option<&WireSchema>, slot: &mut dyn TextSlot) -> Vec<Problem> {
    if let Some(Ok(found)) = unread.value.as_ref().map(|value| slot.keep(&value.to_string())) {
        unread.problems.extend(found);
    }
    unread.into_problems(wire)
}

impl Unread {
    /// All problems, with what stands there, in the form that the answer has.
    fn into_problems(self, wire: Option<&WireSchema>) -> Vec<Problem> {
        let Self { mut problems, value, written } = self;
        if let Some(value) = value.map(Value::from) {
            tell_got(&mut problems, &value);
            if let (Some(wire), Some(written)) = (wire, written) {
                tell_written(&mut problems, wire, &value, &written);
            }
        }
        problems
    }
}

/// Tells the problems that a model may be told in the form in which it wrote the value.
fn tell_written(problems: &mut [Problem], wire: &WireSchema, value: &Value, written: &Tree) {
    for problem in feedback::first(problems) {
        wire.tell_written(problem, value, written);
    }
}

/// Tells what stands where something is wrong.
fn tell_got(problems: &mut [Problem], value: &Value) {
    for problem in problems.iter_mut().filter(|problem| problem.got.is_none()) {
        problem.got = lookup(value, &problem.path).map(words::brief);
    }
}

/// The text as JSON, whatever it holds.
fn parsed(text: &str) -> Result<Value, Problem> {
    let mut parser = serde_json::Deserializer::from_str(text);
    let value = Unique.deserialize(&mut parser).and_then(|value| parser.end().map(|()| value));
    value.map_err(|error| {
        let not_json = if error.is_data() { "" } else { "is not JSON: " };
        let (line, column) = (error.line(), error.column());
        Problem::new("", format!("{not_json}{} (line {line}, column {column})", without_place(&error)))
    })
}

/// What serde found. Its words have parts mostly: `invalid type: string "x", expected u8`.
fn of_serde(path: String, message: &str) -> Problem {
    let problem = Problem::new(path, message);
    let parts = message.split_once(", expected ").and_then(|(head, expected)| {
        let (sort, got) = head.split_once(": ")?;
        let brief = match sort {
            "invalid type" => "wrong type",
            "invalid value" => "wrong value",
            "invalid length" => "wrong length",
            _ => return None,
        };
        Some((brief, got, expected))
    });
    match parts {
        Some((brief, got, expected)) => Problem { brief: Some(brief), ..problem.with_got(got).with_expected(expected) },
        None => problem,
    }
}

/// Passes unless a [`Value`] has lost digits of an integer.
fn exact(text: &str, schema: &Schema, reply: &Reply) -> Result<()> {
    match inexact_integer(text) {
        None => Ok(()),
        Some(digits) => {
            let message = format!("`{digits}` is too large to be kept exactly as JSON");
            Err(invalid(schema, reply, text, vec![Problem::new("", message)]))
        }
    }
}

fn invalid(schema: &Schema, reply: &Reply, text: &str, problems: Vec<Problem>) -> Error {
    let error = Error::new(ErrorKind::InvalidOutput, format!("the answer is not a `{}`", schema.name()));
    let error = with_usage(error.with_problems(problems).with_answer(text), reply);
    if reply.tool_calls().next().is_some() {
        return error.with_help("ask by `generate_reply` or `stream_reply`, whose answer has the calls of tools");
    }
    error
}

/// The parser's words without the place, which is told in a form of its own or not at all.
fn without_place(error: &serde_json::Error) -> String {
    let text = error.to_string();
    match text.rfind(" at line ") {
        Some(end) => text[..end].to_owned(),
        None => text,
    }
}
