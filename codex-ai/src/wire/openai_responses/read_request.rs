//! The server's half of a request: body in, values out.

use std::sync::Arc;

use serde_json::Value;

use super::Object;
use super::read_item::read_item;
use super::segment::rest_object;
use super::tool::{read_choice, read_tool};
use crate::error::{Error, ErrorKind, Problem, Result};
use crate::message::{Message, Part, Role};
use crate::request::Output;
use crate::schema::Schema;
use crate::wire::{Incoming, json};

/// Reads the body of a request.
///
/// Fields without a name in [`Options`](crate::Options) go to its `extra`; `null`, `"store": false` and empty
/// `instructions` are as good as absent. Message items and calls lose `id` and `status`, the role `developer` becomes
/// system.
///
/// # Errors
/// [`ErrorKind::InvalidRequest`] with the path of each field of the wrong type.
pub fn decode_request(body: &[u8]) -> Result<Incoming> {
    let fields: Object = serde_json::from_slice(body).map_err(|error| json::not_an_object(&error))?;
    let mut reader = Reader { incoming: Incoming::default(), problems: Vec::new() };
    for (name, value) in fields {
        if !value.is_null() {
            reader.field(name, value);
        }
    }
    if reader.incoming.request.options.model.is_none() && !reader.problems.iter().any(|p| p.path == "model") {
        reader.problems.push(Problem::new("model", "is missing"));
    }
    if reader.problems.is_empty() {
        return Ok(reader.incoming);
    }
    Err(Error::new(ErrorKind::InvalidRequest, "the request is not valid").with_problems(reader.problems))
}

struct Reader {
    incoming: Incoming,
    problems: Vec<Problem>,
}

impl Reader {
    fn field(&mut self, name: String, value: Value) {
        let request = &mut self.incoming.request;
        let options = &mut request.options;
        match (name.as_str(), value) {
            ("model", Value::String(model)) => options.model = Some(model.into()),
            ("instructions", Value::String(text)) => request.system = Some(text).filter(|text| !text.is_empty()),
            ("input", Value::String(text)) => request.messages = vec![Message::user(text)],
            ("input", Value::Array(items)) => {
                for item in items {
                    add_item(item, &mut request.messages);
                }
            }
            ("stream", Value::Bool(stream)) => self.incoming.stream = stream,
            ("store", Value::Bool(false)) => {}
            ("temperature", Value::Number(number)) => options.temperature = number.as_f64(),
            ("top_p", Value::Number(number)) => options.top_p = number.as_f64(),
            ("max_output_tokens", Value::Number(number)) => match number.as_u64().and_then(|n| u32::try_from(n).ok()) {
                Some(limit) => options.max_tokens = Some(limit),
                None => self.problems.push(Problem::new(name, "is not a whole number below 2^32")),
            },
            ("reasoning", Value::Object(mut reasoning)) => {
                match reasoning.shift_remove("effort") {
                    Some(Value::String(effort)) => options.reasoning_effort = Some(effort.into()),
                    Some(Value::Null) | None => {}
                    Some(_) => self.problems.push(Problem::new("reasoning.effort", "is not a text")),
                }
                if !reasoning.is_empty() {
                    options.extra.insert(name, Value::Object(reasoning));
                }
            }
            ("text", Value::Object(text)) => self.text(text),
            ("tools", Value::Array(tools)) => request.tools = tools.into_iter().map(read_tool).collect(),
            ("tool_choice", choice) => request.tool_choice = Some(read_choice(choice)),
            ("parallel_tool_calls", Value::Bool(parallel)) => options.parallel_tool_calls = Some(parallel),
            ("service_tier", Value::String(tier)) => options.service_tier = Some(tier.into()),
            ("tools", _) => self.problems.push(Problem::new(name, "is not a list")),
            ("model" | "instructions" | "service_tier", _) => self.problems.push(Problem::new(name, "is not a text")),
            ("input", _) => self.problems.push(Problem::new(name, "is neither a text nor a list")),
            ("stream" | "parallel_tool_calls", _) => {
                self.problems.push(Problem::new(name, "is neither true nor false"));
            }
            ("temperature" | "top_p" | "max_output_tokens", _) => {
                self.problems.push(Problem::new(name, "is not a number"));
            }
            ("reasoning" | "text", _) => self.problems.push(Problem::new(name, "is not an object")),
            (_, value) => {
                options.extra.insert(name, value);
            }
        }
    }

    /// Reads the field `text`; what does not say the form of the answer goes to the extra fields.
    fn text(&mut self, mut text: Object) {
        let format = match text.shift_remove("format") {
            Some(Value::Object(format)) => self.format(format),
            Some(Value::Null) | None => None,
            Some(_) => {
                self.problems.push(Problem::new("text.format", "is not an object"));
                None
            }
        };
        if let Some(format) = format {
            text.insert("format".to_owned(), Value::Object(format));
        }
        if !text.is_empty() {
            self.incoming.request.options.extra.insert("text".to_owned(), Value::Object(text));
        }
    }

    /// Reads the form of the answer and returns the fields that it does not cover.
    fn format(&mut self, mut format: Object) -> Option<Object> {
        let kind = format.get("type").and_then(Value::as_str).unwrap_or_default();
        match kind {
            "text" if format.len() == 1 => None,
            "json_object" if format.len() == 1 => {
                self.incoming.request.output = Output::Json;
                None
            }
            "json_schema" => {
                format.shift_remove("type");
                let (Some(Value::String(name)), Some(schema)) =
                    (format.shift_remove("name"), format.shift_remove("schema"))
                else {
                    self.problems.push(Problem::new("text.format", "needs a `name`, a text, and a `schema`"));
                    return None;
                };
                match Schema::new(name, schema) {
                    Ok(schema) => self.incoming.request.output = Output::Schema(Arc::new(schema)),
                    Err(error) => self.problems.extend(error.problems().iter().map(|problem| {
                        Problem::new(format!("text.format.schema ({})", problem.path), problem.message.clone())
                    })),
                }
                format.retain(|_, value| !value.is_null());
                // Strict is our default, not OpenAI's; and a schema that is strict already is not made so again.
                format.entry("strict").or_insert(Value::Bool(false));
                (!format.is_empty()).then_some(format)
            }
            _ => Some(format),
        }
    }
}

/// Adds an item to the conversation. What a model says in one turn, with the tools it calls, becomes one message, and
/// so do the results of several tools.
fn add_item(item: Value, messages: &mut Vec<Message>) {
    let (role, parts) = read_item(item);
    let joins = match messages.last() {
        Some(last) if last.role == role => match role {
            Role::Tool => true,
            Role::Assistant => !(has_content(&parts) && has_content(&last.parts)),
            _ => false,
        },
        _ => false,
    };
    match messages.last_mut() {
        Some(last) if joins => last.parts.extend(parts),
        _ => messages.push(Message::new(role, parts)),
    }
}

/// Whether the parts hold what a message item holds.
fn has_content(parts: &[Part]) -> bool {
    let is_content =
        |part: &Part| matches!(part, Part::Text(_) | Part::Refusal(_)) || rest_object(part, "message").is_some();
    parts.is_empty() || parts.iter().any(is_content)
}
