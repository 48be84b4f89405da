//! A request as the app server takes it.

use serde_json::{Map, Value, json};

use super::super::input::Input;
use crate::error::{Problem, Result};
use crate::message::{Message, Part, Role};
use crate::request::{Options, Output, Request, ToolChoice};
use crate::wire::data_url::ImageUrl;
use crate::wire::foreign::is_beside;
use crate::wire::problems::Problems;

/// What of a request goes into a thread and its turn.
#[derive(Debug)]
pub(super) struct Asked {
    /// What was said before, as items of the Responses API.
    pub(super) history: Vec<Value>,
    /// What is said now; empty where the last message is not the user's.
    pub(super) input: Vec<Input>,
    /// Fields of `turn/start`.
    pub(super) fields: Map<String, Value>,
}

impl Asked {
    /// Reads a request.
    ///
    /// # Errors
    /// What the app server has no place for, all at once.
    pub(super) fn new(request: &Request, drops_options: bool) -> Result<Self> {
        let mut problems = Problems::default();
        for (index, message) in request.messages.iter().enumerate() {
            check_message(&mut problems, index, message);
        }
        let options = &request.options;
        let mut help = None;
        if request.tools.is_empty() && matches!(request.tool_choice, None | Some(ToolChoice::None | ToolChoice::Auto)) {
            // A choice among no tools says nothing.
        } else {
            let message = "a prompt that is run as a turn has no tools";
            problems.unsupported.push(Problem::new("tools", message));
            help = Some("give tools to a thread: `ThreadOptions::with_tool`, and a `RequestHandler` that runs them");
        }
        let dropped = unsupported(options);
        if drops_options {
            for name in dropped {
                tracing::debug!(option = name, "the app server has no place for this option, and it is left out");
            }
        } else if !dropped.is_empty() {
            let message = "the app server has no place for it";
            problems.unsupported.extend(dropped.iter().map(|name| Problem::new(format!("options.{name}"), message)));
            help =
                help.or(Some("leave these options out, or have the provider do it: `dropping_unsupported_options()`"));
        }
        let set = [
            ("threadId", true),
            ("input", true),
            ("model", true),
            ("effort", options.reasoning_effort.is_some()),
            ("serviceTier", options.service_tier.is_some()),
            ("outputSchema", matches!(request.output, Output::Schema(_))),
        ];
        problems.extra(options, &set);
        problems.finish("the request has no form at the app server").map_err(|error| match help {
            Some(help) => error.with_help(help),
            None => error,
        })?;
        let mut fields = options.extra.clone();
        if let Some(effort) = &options.reasoning_effort {
            fields.insert("effort".to_owned(), json!(effort));
        }
        let (input, before) = match request.messages.split_last() {
            Some((last, before)) if last.role == Role::User => (input(last), before),
            _ => (Vec::new(), request.messages.as_slice()),
        };
        Ok(Self { history: before.iter().flat_map(items).collect(), input, fields })
    }
}

/// The names of the options that are set and that the server has no place for.
fn unsupported(options: &Options) -> Vec<&'static str> {
    let all = [
        ("temperature", options.temperature.is_some()),
        ("max_tokens", options.max_tokens.is_some()),
        ("top_p", options.top_p.is_some()),
        ("top_k", options.top_k.is_some()),
        ("stop", !options.stop.is_empty()),
        ("seed", options.seed.is_some()),
        ("presence_penalty", options.presence_penalty.is_some()),
        ("frequency_penalty", options.frequency_penalty.is_some()),
        ("parallel_tool_calls", options.parallel_tool_calls.is_some()),
    ];
    all.into_iter().filter(|(_, is_set)| *is_set).map(|(name, _)| name).collect()
}

fn check_message(problems: &mut Problems, index: usize, message: &Message) {
    let wrong = |part: &Part| match (message.role, part) {
        (_, Part::Raw(Value::Object(raw))) if is_beside(raw) => None,
        (_, Part::Raw(_)) => Some("content of a vendor's own cannot be sent"),
        (Role::System, Part::Image(_)) => Some("a system message cannot hold an image"),
        (Role::Assistant, Part::Image(_)) => Some("an image cannot stand in an assistant message"),
        (Role::User | Role::System, Part::ToolCall(_) | Part::Reasoning(_) | Part::Refusal(_)) => {
            Some("only an assistant message can hold this part")
        }
        (Role::User | Role::System | Role::Assistant, Part::ToolResult(_)) => {
            Some("a result of a tool needs a tool message")
        }
        (Role::Tool, Part::Text(_) | Part::Image(_) | Part::ToolCall(_) | Part::Reasoning(_) | Part::Refusal(_)) => {
            Some("a tool message holds results of tools only")
        }
        _ => None,
    };
    for (place, part) in message.parts.iter().enumerate() {
        if let Some(wrong) = wrong(part) {
            problems.unsupported.push(Problem::new(format!("messages[{index}].parts[{place}]"), wrong));
        }
    }
}

/// The user's message as the input of a turn.
fn input(message: &Message) -> Vec<Input> {
    let input = |part: &Part| match part {
        Part::Text(text) => Some(Input::text(text)),
        Part::Image(image) => Some(Input::image(ImageUrl(image).to_string())),
        _ => None,
    };
    message.parts.iter().filter_map(input).collect()
}

/// A message as items of the Responses API, in the form that Codex 0.169.0 reads: with a `type`, and content in a list.
/// It drops messages of the system without a word, and reads those of the developer.
fn items(message: &Message) -> Vec<Value> {
    let (role, kind) = match message.role {
        Role::System => ("developer", "input_text"),
        Role::User => ("user", "input_text"),
        Role::Assistant | Role::Tool => ("assistant", "output_text"),
    };
    let mut items = Vec::new();
    let mut content = Vec::new();
    let close = |content: &mut Vec<Value>, items: &mut Vec<Value>| {
        if !content.is_empty() {
            items.push(json!({ "type": "message", "role": role, "content": std::mem::take(content) }));
        }
    };
    for part in &message.parts {
        match part {
            // There is no form for refusals.
            Part::Text(text) | Part::Refusal(text) => content.push(json!({ "type": kind, "text": text })),
            Part::Image(image) => content.push(json!({ "type": "input_image", "image_url": ImageUrl(image) })),
            Part::ToolCall(call) => {
                close(&mut content, &mut items);
                items.push(json!({
                    "type": "function_call", "call_id": call.id, "name": call.name, "arguments": call.arguments,
                }));
            }
            Part::ToolResult(result) => {
                items.push(json!({ "type": "function_call_output", "call_id": result.id, "output": result.output }));
            }
            Part::Reasoning(_) | Part::CachePoint(_) | Part::Raw(_) => {}
        }
    }
    close(&mut content, &mut items);
    items
}
