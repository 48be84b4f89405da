//! The server's half of a request: body in, values out.

use std::sync::Arc;

use serde_json::Value;

use super::Object;
use super::read_message::read_message;
use crate::error::{Error, ErrorKind, Problem, Result};
use crate::message::{Part, Role};
use crate::request::{Function, Output, Tool, ToolChoice};
use crate::schema::Schema;
use crate::wire::{Incoming, json};

/// Reads the body of a request.
///
/// Fields without a name in [`Options`](crate::Options) go to its `extra`; `null` is as good as absent. A first system
/// message of text alone becomes [`Request::system`](crate::Request::system), the role `developer` becomes system. A
/// stream without `stream_options` is kept as an extra field `stream_options` of `null`.
///
/// # Errors
/// [`ErrorKind::InvalidRequest`] with the path of each field of the wrong type.
pub fn decode_request(body: &[u8]) -> Result<Incoming> {
    let fields: Object = serde_json::from_slice(body).map_err(|error| json::not_an_object(&error))?;
    let mut reader = Reader { incoming: Incoming::default(), problems: Vec::new() };
    let usage_unasked = !fields.contains_key("stream_options");
    for (name, value) in fields {
        if !value.is_null() {
            reader.field(name, value);
        }
    }
    let Reader { mut incoming, mut problems } = reader;
    let request = &mut incoming.request;
    if incoming.stream && usage_unasked {
        request.options.extra.insert("stream_options".to_owned(), Value::Null);
    }
    for (name, missing) in [("model", request.options.model.is_none()), ("messages", request.messages.is_empty())] {
        if missing && !problems.iter().any(|problem| problem.path.starts_with(name)) {
            problems.push(Problem::new(name, if name == "model" { "is missing" } else { "is missing or empty" }));
        }
    }
    if !problems.is_empty() {
        return Err(Error::new(ErrorKind::InvalidRequest, "the request is not valid").with_problems(problems));
    }
    let is_system = request.messages.first().is_some_and(|first| {
        first.role == Role::System && matches!(first.parts.as_slice(), [Part::Text(text)] if !text.is_empty())
    });
    if is_system {
        request.system = request.messages.remove(0).parts.into_iter().find_map(|part| match part {
            Part::Text(text) => Some(text),
            _ => None,
        });
    }
    Ok(incoming)
}

struct Reader {
    incoming: Incoming,
    problems: Vec<Problem>,
}

impl Reader {
    fn field(&mut self, name: String, value: Value) {
        let request = &mut self.incoming.request;
        let options = &mut request.options;
        let wrong = match (name.as_str(), value) {
            ("model", Value::String(model)) => return options.model = Some(model.into()),
            ("messages", Value::Array(messages)) => return self.messages(messages),
            ("stream", Value::Bool(stream)) => return self.incoming.stream = stream,
            ("temperature", Value::Number(number)) => return options.temperature = number.as_f64(),
            ("top_p", Value::Number(number)) => return options.top_p = number.as_f64(),
            ("presence_penalty", Value::Number(number)) => return options.presence_penalty = number.as_f64(),
            ("frequency_penalty", Value::Number(number)) => return options.frequency_penalty = number.as_f64(),
            ("seed" | "random_seed", Value::Number(number)) => match number.as_i64() {
                Some(seed) => return options.seed = Some(seed),
                None => "is not a whole number below 2^63",
            },
            ("max_completion_tokens" | "max_tokens" | "top_k", Value::Number(number)) => {
                let Some(limit) = number.as_u64().and_then(|number| u32::try_from(number).ok()) else {
                    return self.problems.push(Problem::new(name, "is not a whole number below 2^32"));
                };
                match name.as_str() {
                    "top_k" => options.top_k = Some(limit),
                    // Both at once: each is kept as it stands.
                    _ if options.max_tokens.is_some() => {
                        options.extra.insert(name, limit.into());
                    }
                    _ => options.max_tokens = Some(limit),
                }
                return;
            }
            ("reasoning_effort", Value::String(effort)) => return options.reasoning_effort = Some(effort.into()),
            ("service_tier", Value::String(tier)) => return options.service_tier = Some(tier.into()),
            ("parallel_tool_calls", Value::Bool(parallel)) => return options.parallel_tool_calls = Some(parallel),
            ("stop", Value::String(stop)) => return options.stop = vec![stop.into()],
            ("stop", Value::Array(list)) => {
                let texts = list.into_iter().map(|text| match text {
                    Value::String(text) => Some(text.into()),
                    _ => None,
                });
                match texts.collect::<Option<Vec<_>>>() {
                    Some(stop) => return options.stop = stop,
                    None => "is not a list of texts",
                }
            }
            ("tools", Value::Array(tools)) => return request.tools = tools.into_iter().map(read_tool).collect(),
            ("tool_choice", choice) => return request.tool_choice = Some(read_choice(choice)),
            ("response_format", Value::Object(format)) => {
                if let Some(rest) = self.format(format) {
                    self.incoming.request.options.extra.insert(name, Value::Object(rest));
                }
                return;
            }
            ("stream_options", value) => {
                if value != serde_json::json!({ "include_usage": true }) {
                    options.extra.insert(name, value);
                }
                return;
            }
            ("model" | "reasoning_effort" | "service_tier", _) => "is not a text",
            ("messages" | "tools", _) => "is not a list",
            ("stop", _) => "is neither a text nor a list",
            ("stream" | "parallel_tool_calls", _) => "is neither true nor false",
            ("response_format", _) => "is not an object",
            (
                "temperature"
                | "top_p"
                | "top_k"
                | "presence_penalty"
                | "frequency_penalty"
                | "seed"
                | "random_seed"
                | "max_tokens"
                | "max_completion_tokens",
                _,
            ) => "is not a number",
            (_, value) => {
                options.extra.insert(name, value);
                return;
            }
        };
        self.problems.push(Problem::new(name, wrong));
    }

    fn messages(&mut self, list: Vec<Value>) {
        let messages = &mut self.incoming.request.messages;
        for (index, value) in list.into_iter().enumerate() {
            if !value.get("role").is_some_and(Value::is_string) {
                let path = format!("messages[{index}]");
                self.problems.push(Problem::new(path, "is not an object with a `role`, a text"));
                continue;
            }
            let message = read_message(value);
            match messages.last_mut() {
                // The results of several tools are one message here.
                Some(last) if last.role == Role::Tool && message.role == Role::Tool => {
                    last.parts.extend(message.parts);
                }
                _ => messages.push(message),
            }
        }
    }

    /// Reads the form of the answer and returns the fields that it does not cover.
    fn format(&mut self, mut format: Object) -> Option<Object> {
        match format.get("type").and_then(Value::as_str).unwrap_or_default() {
            "text" if format.len() == 1 => None,
            "json_object" if !format.contains_key("json_schema") => {
                self.incoming.request.output = Output::Json;
                format.shift_remove("type");
                (!format.is_empty()).then_some(format)
            }
            "json_schema" if format.get("json_schema").is_some_and(Value::is_object) => {
                format.shift_remove("type");
                if let Some(Value::Object(inner)) = format.get_mut("json_schema") {
                    let (Some(Value::String(name)), Some(schema)) =
                        (inner.shift_remove("name"), inner.shift_remove("schema"))
                    else {
                        let message = "needs a `name`, a text, and a `schema`";
                        self.problems.push(Problem::new("response_format.json_schema", message));
                        return None;
                    };
                    match Schema::new(name, schema) {
                        Ok(schema) => self.incoming.request.output = Output::Schema(Arc::new(schema)),
                        Err(error) => self.problems.extend(error.problems().iter().map(|problem| {
                            let path = format!("response_format.json_schema.schema ({})", problem.path);
                            Problem::new(path, problem.message.clone())
                        })),
                    }
                    inner.retain(|_, value| !value.is_null());
                    // Strict is our default, not OpenAI's; and a schema that is strict already is not made so again.
                    inner.entry("strict").or_insert(Value::Bool(false));
                }
                (!format.is_empty()).then_some(format)
            }
            _ => Some(format),
        }
    }
}

fn read_tool(tool: Value) -> Tool {
    let Value::Object(mut object) = tool else { return Tool::Raw(tool) };
    let known = object.keys().all(|name| matches!(name.as_str(), "type" | "function"));
    let kind = object.get("type").is_none_or(|kind| kind == "function");
    let named = object.get("function").and_then(|function| function.get("name")).is_some_and(Value::is_string);
    if !(known && kind && named) {
        return Tool::Raw(Value::Object(object));
    }
    let Some(Value::Object(mut fields)) = object.shift_remove("function") else { return Tool::Raw(Value::Null) };
    let Some(Value::String(name)) = fields.shift_remove("name") else { return Tool::Raw(Value::Null) };
    let mut function = Function::new(name);
    for (name, value) in fields {
        match (name.as_str(), value) {
            (_, Value::Null) => {}
            ("description", Value::String(text)) => function.description = Some(text.into()),
            ("parameters", parameters) => function.parameters = Some(Arc::new(parameters)),
            ("strict", Value::Bool(strict)) => function.strict = Some(strict),
            (_, value) => {
                function.extra.insert(name, value);
            }
        }
    }
    Tool::Function(function)
}

fn read_choice(choice: Value) -> ToolChoice {
    match choice.as_str() {
        Some("auto") => return ToolChoice::Auto,
        Some("none") => return ToolChoice::None,
        Some("required") => return ToolChoice::Required,
        _ => {}
    }
    let name =
        choice.as_object().filter(|object| object.len() == 2 && object.get("type").is_some_and(|t| t == "function"));
    let name = name.and_then(|object| object.get("function")?.as_object().filter(|function| function.len() == 1));
    match name.and_then(|function| function.get("name")?.as_str()) {
        Some(name) => ToolChoice::Function(name.to_owned().into()),
        None => ToolChoice::Raw(choice),
    }
}
