//! The server's half of a request: body in, values out.

use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::value::RawValue;

use super::Object;
use super::block::blocks;
use super::fields::{Fields, value_of};
use super::read_block::{companion, read_content};
use crate::error::{Error, ErrorKind, Problem, Result};
use crate::message::{Message, Part, Role};
use crate::request::{Function, Output, Tool, ToolChoice};
use crate::schema::Schema;
use crate::wire::{Incoming, json};

/// The name of a schema that comes in: the format has none.
const SCHEMA_NAME: &str = "answer";

/// Reads the body of a request.
///
/// Fields without a name in [`Options`](crate::Options) go to its `extra`; `null` is as good as absent. A user's message
/// that holds results of tools alone becomes one of [`Role::Tool`]. A schema that is not of the form of
/// [`WireForm::Anthropic`](crate::schema::WireForm::Anthropic) stays as an extra field `output_config.format.schema` besides, so that it is sent again as it came.
///
/// # Errors
/// [`ErrorKind::InvalidRequest`] with the path of each field of the wrong type.
pub fn decode_request(body: &[u8]) -> Result<Incoming> {
    let body = std::str::from_utf8(body).map_err(|_| Error::new(ErrorKind::InvalidRequest, "the body is not UTF-8"))?;
    let fields: Fields<'_> = serde_json::from_str(body).map_err(|error| json::not_an_object(&error))?;
    let mut reader = Reader { incoming: Incoming::default(), problems: Vec::new() };
    for (name, value) in fields.iter().filter(|(_, value)| value.get() != "null") {
        reader.field(name, value);
    }
    for name in ["model", "messages"] {
        if fields.get(name).is_none_or(|value| value.get() == "null") {
            reader.problems.push(Problem::new(name, "is missing"));
        }
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
    fn field(&mut self, name: &str, raw: &RawValue) {
        match name {
            "model" => self.incoming.request.options.model = self.read::<String>(name, raw, "a text").map(Into::into),
            "max_tokens" => {
                self.incoming.request.options.max_tokens = self.read(name, raw, "a whole number below 2^32");
            }
            "temperature" => self.incoming.request.options.temperature = self.read(name, raw, "a number"),
            "top_p" => self.incoming.request.options.top_p = self.read(name, raw, "a number"),
            "top_k" => self.incoming.request.options.top_k = self.read(name, raw, "a whole number below 2^32"),
            "stop_sequences" => {
                let stop: Vec<String> = self.read(name, raw, "a list of texts").unwrap_or_default();
                self.incoming.request.options.stop = stop.into_iter().map(Into::into).collect();
            }
            "service_tier" => {
                let tier: Option<String> = self.read(name, raw, "a text");
                self.incoming.request.options.service_tier = tier.map(Into::into);
            }
            "stream" => self.incoming.stream = self.read(name, raw, "true or false").unwrap_or_default(),
            "system" => self.system(raw),
            "messages" => self.messages(raw),
            "tools" => self.tools(raw),
            "tool_choice" => self.tool_choice(raw),
            "output_config" => self.output_config(raw),
            _ => {
                self.incoming.request.options.extra.insert(name.to_owned(), value_of(raw));
            }
        }
    }

    fn read<T: DeserializeOwned>(&mut self, path: &str, raw: &RawValue, what: &str) -> Option<T> {
        let read = serde_json::from_str(raw.get()).ok();
        if read.is_none() {
            self.wrong(path, what);
        }
        read
    }

    fn wrong(&mut self, path: impl Into<String>, what: &str) {
        self.problems.push(Problem::new(path, format!("is not {what}")));
    }

    /// One text is the request's own; everything else is a system message at the start.
    fn system(&mut self, raw: &RawValue) {
        let Some(parts) = read_content(raw) else { return self.wrong("system", "a text or a list of blocks") };
        match <[Part; 1]>::try_from(parts) {
            Ok([Part::Text(text)]) => self.incoming.request.system = Some(text).filter(|text| !text.is_empty()),
            Ok(parts) => self.incoming.request.messages.insert(0, Message::new(Role::System, parts.into())),
            Err(parts) if parts.is_empty() => {}
            Err(parts) => self.incoming.request.messages.insert(0, Message::new(Role::System, parts)),
        }
    }

    fn messages(&mut self, raw: &RawValue) {
        let Ok(list) = serde_json::from_str::<Vec<&RawValue>>(raw.get()) else {
            return self.wrong("messages", "a list");
        };
        for (index, raw) in list.into_iter().enumerate() {
            let fields = Fields::of(raw);
            let said = fields.as_ref().and_then(|fields| Some((fields.text("role")?, fields.get("content")?)));
            let (Some(fields), Some((role, content))) = (&fields, said) else {
                self.wrong(format!("messages[{index}]"), "an object with `role` and `content`");
                continue;
            };
            let role = match role.as_str() {
                "user" => Role::User,
                "assistant" => Role::Assistant,
                "system" => Role::System,
                _ => {
                    self.wrong(format!("messages[{index}].role"), "`user`, `assistant` or `system`");
                    continue;
                }
            };
            let Some(mut parts) = read_content(content) else {
                self.wrong(format!("messages[{index}].content"), "a text or a list of blocks");
                continue;
            };
            let is_result = |part: &Part| matches!(part, Part::ToolResult(_));
            let results = !parts.is_empty() && blocks(&parts).all(|(_, block)| is_result(block.part));
            let role = if role == Role::User && results { Role::Tool } else { role };
            let rest = fields.rest(&["role", "content"]);
            if role == Role::System && self.incoming.request.messages.iter().all(|before| before.role == Role::System) {
                let message = "has no place: a system message at the start moves to `system`";
                let problem = |name| Problem::new(format!("messages[{index}].{name}"), message);
                self.problems.extend(rest.keys().map(problem));
            } else {
                parts.splice(0..0, companion("message", rest));
            }
            self.incoming.request.messages.push(Message::new(role, parts));
        }
    }

    fn tools(&mut self, raw: &RawValue) {
        let Some(list) = self.read::<Vec<Value>>("tools", raw, "a list") else { return };
        self.incoming.request.tools = list.into_iter().map(tool).collect();
    }

    fn tool_choice(&mut self, raw: &RawValue) {
        let Some(mut choice) = self.read::<Object>("tool_choice", raw, "an object") else { return };
        let as_it_is = choice.clone();
        let one_at_a_time = choice.shift_remove("disable_parallel_tool_use");
        let name = choice.shift_remove("name");
        let kind = choice.shift_remove("type");
        let known = match (kind.as_ref().and_then(Value::as_str), name, choice.is_empty()) {
            (Some("auto"), None, true) => Some(ToolChoice::Auto),
            (Some("any"), None, true) => Some(ToolChoice::Required),
            (Some("none"), None, true) if one_at_a_time.is_none() => Some(ToolChoice::None),
            (Some("tool"), Some(Value::String(name)), true) => Some(ToolChoice::Function(name.into())),
            _ => None,
        };
        let request = &mut self.incoming.request;
        match (known, one_at_a_time) {
            (Some(known), None) => request.tool_choice = Some(known),
            (Some(known), Some(Value::Bool(one))) => {
                request.tool_choice = Some(known);
                request.options.parallel_tool_calls = Some(!one);
            }
            _ => request.tool_choice = Some(ToolChoice::Raw(Value::Object(as_it_is))),
        }
    }

    /// Reads the field `output_config`; what has no name here goes to the extra fields.
    fn output_config(&mut self, raw: &RawValue) {
        let Some(mut config) = self.read::<Object>("output_config", raw, "an object") else { return };
        match config.shift_remove("effort") {
            Some(Value::String(effort)) => self.incoming.request.options.reasoning_effort = Some(effort.into()),
            Some(Value::Null) | None => {}
            Some(_) => self.wrong("output_config.effort", "a text"),
        }
        match config.shift_remove("format") {
            Some(Value::Object(mut format)) if format.get("type").is_some_and(|kind| kind == "json_schema") => {
                format.shift_remove("type");
                match format.shift_remove("schema").map(|schema| Schema::new(SCHEMA_NAME, schema)) {
                    Some(Ok(schema)) => {
                        let form = schema
                            .wire(crate::schema::WireForm::Anthropic)
                            .map(crate::schema::WireSchema::as_raw)
                            .ok()
                            .and_then(|raw| serde_json::from_str::<Value>(raw.get()).ok());
                        if form.as_ref() != Some(schema.as_value()) {
                            format.insert("schema".to_owned(), schema.as_value().clone());
                        }
                        self.incoming.request.output = Output::Schema(Arc::new(schema));
                    }
                    Some(Err(error)) => self.problems.extend(error.problems().iter().map(|problem| {
                        Problem::new(format!("output_config.format.schema ({})", problem.path), problem.message.clone())
                    })),
                    None => self.problems.push(Problem::new("output_config.format", "needs a `schema`")),
                }
                if !format.is_empty() {
                    config.insert("format".to_owned(), Value::Object(format));
                }
            }
            Some(Value::Null) | None => {}
            Some(format) => {
                config.insert("format".to_owned(), format);
            }
        }
        if !config.is_empty() {
            self.incoming.request.options.extra.insert("output_config".to_owned(), Value::Object(config));
        }
    }
}

/// A function, if it says what one says; what else there is stands in its `extra`.
fn tool(value: Value) -> Tool {
    let is_function = value.get("name").is_some_and(Value::is_string)
        && value.get("input_schema").is_some_and(Value::is_object)
        && value.get("description").is_none_or(Value::is_string)
        && value.get("strict").is_none_or(Value::is_boolean);
    let mut object = match value {
        Value::Object(object) if is_function => object,
        other => return Tool::Raw(other),
    };
    let Some(Value::String(name)) = object.shift_remove("name") else { return Tool::Raw(Value::Object(object)) };
    let mut function = Function::new(name);
    function.parameters = object.shift_remove("input_schema").map(Arc::new);
    function.description = match object.shift_remove("description") {
        Some(Value::String(description)) => Some(description.into()),
        _ => None,
    };
    function.strict = object.shift_remove("strict").and_then(|strict| strict.as_bool());
    function.extra = object;
    Tool::Function(function)
}
