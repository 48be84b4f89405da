//! A request for a schema, as one that says the same without the vendor's own structured output: by a tool that must be
//! called, by JSON mode, or by words alone.
//!
//! It is the same for all formats. What is added for a type is the same text each time, and stands after the request's
//! own instructions, so that what a vendor's cache holds stays as it was.

use std::borrow::Cow;

use crate::error::{Error, ErrorKind, Result};
use crate::message::{Message, Part};
use crate::request::{Function, Output, Request, Tool, ToolChoice};
use crate::schema::{Schema, WireForm};
use crate::structured::SchemaMode;

/// A way to tell a model a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rung {
    pub(crate) mode: SchemaMode,
    /// The form that the schema has there.
    pub(crate) form: WireForm,
    /// Whether the type stands in the instructions as well.
    pub(crate) in_words: bool,
}

/// The ways that there are, the one to begin with first.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rungs {
    list: [Rung; Self::MOST],
    count: usize,
}

/// What the extra fields of a request say of the form of its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OwnFormat {
    /// Nothing.
    Absent,
    /// Fields beside those that are made of the schema.
    Merged,
    /// That the schema goes as it is.
    AsItIs,
}

impl Rung {
    pub(crate) const fn new(mode: SchemaMode, form: WireForm) -> Self {
        Self { mode, form, in_words: matches!(mode, SchemaMode::JsonMode | SchemaMode::Prompt) }
    }

    /// Whether the schema itself is sent, and not the type in words alone.
    #[cfg(any(feature = "_vendor", feature = "app-server"))]
    pub(crate) fn sends_schema(self) -> bool {
        !matches!(self.mode, SchemaMode::JsonMode | SchemaMode::Prompt)
    }

    pub(crate) fn is_tool(self) -> bool {
        matches!(self.mode, SchemaMode::StrictTool | SchemaMode::Tool)
    }
}

impl Rungs {
    const MOST: usize = 6;

    /// The first of these that there is room for, which is all of them.
    pub(crate) const fn new(rungs: &[Rung]) -> Self {
        let mut list = [Rung::new(SchemaMode::Prompt, WireForm::Plain); Self::MOST];
        let mut count = 0;
        while count < rungs.len() && count < Self::MOST {
            list[count] = rungs[count];
            count += 1;
        }
        Self { list, count }
    }

    pub(crate) fn get(&self, index: usize) -> Option<Rung> {
        self.as_slice().get(index).copied()
    }

    pub(crate) fn as_slice(&self) -> &[Rung] {
        self.list.get(..self.count).unwrap_or_default()
    }
}

/// What stands before the type.
const ANSWER_WITH: &str =
    "Answer with JSON alone, without words around it and without a code fence. It is of this type:";

/// What a model is told where any JSON is asked for, and the format has nothing that asks for it.
pub(crate) const ANY_JSON: &str = "Answer with one JSON value and nothing else: no words around it and no code fence.";

/// What the tool is for.
const TOOL_IS: &str = "Takes the answer, as its arguments. Call it once.";

/// The request as it is sent on a rung.
///
/// # Errors
/// [`ErrorKind::Schema`] for a schema without a form there.
pub(crate) fn lower<'a>(request: &'a Request, schema: &Schema, rung: Rung) -> Result<Cow<'a, Request>> {
    let exchange = if rung.is_tool() { None } else { exchange_in_text(request, schema) };
    if rung.mode == SchemaMode::Native && !rung.in_words && exchange.is_none() {
        return Ok(Cow::Borrowed(request));
    }
    let wire = schema.wire(rung.form)?;
    let mut lowered = request.clone();
    if let Some(exchange) = exchange {
        lowered.messages.truncate(request.messages.len() - exchange.len());
        lowered.messages.extend(exchange);
    }
    if rung.mode == SchemaMode::Native && !rung.in_words {
        return Ok(Cow::Owned(lowered));
    }
    lowered.schema_mode = None;
    match rung.mode {
        SchemaMode::Native => {}
        SchemaMode::StrictTool | SchemaMode::Tool => {
            let parameters = wire.parameters().ok_or_else(|| {
                let message =
                    format!("the schema of `{}` is nested too deeply for the parameters of a tool", schema.name());
                Error::new(ErrorKind::Schema, message)
            })?;
            let mut function = Function::new(schema.name().to_owned()).with_description(TOOL_IS);
            function.parameters = Some(parameters.clone());
            function.strict = (rung.mode == SchemaMode::StrictTool).then_some(true);
            lowered.tool_choice = Some(ToolChoice::Function(function.name.clone()));
            lowered.tools = vec![Tool::Function(function)];
            lowered.output = Output::Text;
        }
        SchemaMode::JsonMode => lowered.output = Output::Json,
        SchemaMode::Prompt => lowered.output = Output::Text,
    }
    if rung.in_words {
        let text = wire.type_text(schema);
        let own = lowered.system.as_deref().unwrap_or_default();
        let mut system = String::with_capacity(own.len() + ANSWER_WITH.len() + text.len() + 4);
        system.push_str(own);
        if !own.is_empty() {
            system.push_str("\n\n");
        }
        system.push_str(ANSWER_WITH);
        system.push_str("\n\n");
        system.push_str(text);
        lowered.system = Some(system);
    }
    Ok(Cow::Owned(lowered))
}

/// A failed answer that came by the call of the tool for answers, and what was wrong with it, as text: a request that has
/// no such tool, such as one for the next vendor, must not speak of its call.
fn exchange_in_text(request: &Request, schema: &Schema) -> Option<[Message; 2]> {
    let [.., attempt, result] = request.messages.as_slice() else { return None };
    let [Part::ToolResult(result)] = result.parts.as_slice() else { return None };
    let is_answer = |part: &Part| match part {
        Part::ToolCall(call) if call.id == result.id && call.name == schema.name() => Some(call.arguments.clone()),
        _ => None,
    };
    let answer = attempt.parts.iter().find_map(is_answer)?;
    let is_own = |tool: &Tool| matches!(tool, Tool::Function(function) if function.name == schema.name());
    if request.tools.iter().any(is_own) {
        return None;
    }
    Some([Message::assistant(answer), Message::user(result.output.clone())])
}
