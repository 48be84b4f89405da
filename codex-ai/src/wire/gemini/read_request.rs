//! The server's half of a request: body in, values out.

use std::sync::Arc;

use serde_json::Value;
use serde_json::value::RawValue;

use super::answer::Object as JsonObject;
use super::read_part::{WirePart, read_part};
use super::{Object, camel, value_of};
use crate::error::{Error, ErrorKind, Problem, Result};
use crate::message::{Message, Part, Role};
use crate::request::{Function, Output, Tool, ToolChoice};
use crate::schema::Schema;
use crate::wire::{Incoming, json};

/// Reads the body of a request for `model`, which stands in the path. Whether the answer is to be streamed stands there
/// too: [`Incoming::stream`] is `false`.
///
/// Fields without a name in [`Options`](crate::Options) go to its `extra`; `null` is as good as absent. A
/// `responseJsonSchema` that is not the form of [`WireForm::Gemini`](crate::schema::WireForm::Gemini) stays as an extra field besides, so that it is sent
/// again as it came. A `responseSchema` or `parameters` in Google's own form of a schema (types in capitals, `nullable`) stays an extra
/// field; one that is JSON Schema is read as such.
///
/// # Errors
/// [`ErrorKind::InvalidRequest`] with the path of each field of the wrong type.
pub fn decode_request(model: &str, body: &[u8]) -> Result<Incoming> {
    let JsonObject(fields) = serde_json::from_slice(body).map_err(|error| json::not_an_object(&error))?;
    let mut reader = Reader { incoming: Incoming::default(), problems: Vec::new() };
    reader.incoming.request.options.model = Some(model.to_owned().into());
    for (name, raw) in fields {
        if raw.get() != "null" {
            reader.field(&name, raw);
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
        match &*camel(name) {
            "contents" => {
                let contents = list(raw);
                if contents.is_none() {
                    self.wrong("contents", "is not a list");
                }
                for (index, content) in contents.unwrap_or_default().into_iter().enumerate() {
                    if let Some(message) = self.content(&format!("contents[{index}]"), content, None) {
                        self.incoming.request.messages.push(message);
                    }
                }
            }
            "systemInstruction" => {
                let Some(message) = self.content("systemInstruction", raw, Some(Role::System)) else { return };
                match <[Part; 1]>::try_from(message.parts) {
                    Ok([Part::Text(text)]) if !text.is_empty() => self.incoming.request.system = Some(text),
                    Ok(parts) => self.incoming.request.messages.insert(0, Message::new(Role::System, parts.into())),
                    Err(parts) if parts.is_empty() => {}
                    Err(parts) => self.incoming.request.messages.insert(0, Message::new(Role::System, parts)),
                }
            }
            "generationConfig" => match value_of(raw) {
                Value::Object(config) => self.config(config),
                _ => self.wrong("generationConfig", "is not an object"),
            },
            "tools" => {
                let Some(tools) = list(raw) else { return self.wrong("tools", "is not a list") };
                for (index, tool) in tools.into_iter().enumerate() {
                    self.tool(index, value_of(tool));
                }
            }
            "toolConfig" => match value_of(raw) {
                Value::Object(config) => self.tool_config(config),
                _ => self.wrong("toolConfig", "is not an object"),
            },
            "serviceTier" => match value_of(raw) {
                Value::String(tier) => self.incoming.request.options.service_tier = Some(tier.into()),
                _ => self.wrong("serviceTier", "is not a text"),
            },
            known @ ("safetySettings" | "cachedContent") => self.extra(known, value_of(raw)),
            _ => self.extra(name, value_of(raw)),
        }
    }

    /// Reads one content; `role` is that of one which needs none.
    fn content(&mut self, path: &str, raw: &RawValue, role: Option<Role>) -> Option<Message> {
        let Ok(JsonObject(fields)) = serde_json::from_str::<JsonObject<'_>>(raw.get()) else {
            self.wrong(path, "is not an object");
            return None;
        };
        let (mut said, mut parts) = (None, Vec::new());
        for (name, value) in fields {
            match &*name {
                "role" => said = value_of(value).as_str().map(str::to_owned),
                "parts" => match list(value) {
                    Some(list) => parts = list,
                    None => self.wrong(&format!("{path}.parts"), "is not a list"),
                },
                other => self.wrong(&format!("{path}.{other}"), "is no field of a content"),
            }
        }
        let mut read = Vec::with_capacity(parts.len());
        for (index, raw) in parts.into_iter().enumerate() {
            match serde_json::from_str::<WirePart<'_>>(raw.get()) {
                Ok(part) => {
                    let (part, companion) = read_part(part);
                    read.push(part);
                    read.extend(companion);
                }
                Err(_) => self.wrong(&format!("{path}.parts[{index}]"), "is no part"),
            }
        }
        let is_result = |part: &Part| matches!(part, Part::ToolResult(_));
        let role = role.or(match said.as_deref() {
            Some("model") => Some(Role::Assistant),
            None | Some("user" | "function" | "") => {
                let only = read.iter().all(|part| matches!(part, Part::ToolResult(_) | Part::Raw(_)));
                Some(if only && read.iter().any(is_result) { Role::Tool } else { Role::User })
            }
            Some(_) => {
                self.wrong(&format!("{path}.role"), "is neither `user` nor `model`");
                None
            }
        })?;
        Some(Message::new(role, read))
    }

    fn config(&mut self, config: Object) {
        let options = &mut self.incoming.request.options;
        let (mut mime_type, mut schema, mut rest) = (None, None, Object::new());
        let mut wrong = Vec::new();
        for (name, value) in config.into_iter().filter(|(_, value)| !value.is_null()) {
            let known = camel(&name).into_owned();
            let path = format!("generationConfig.{known}");
            let number = value.as_f64();
            // Google's own SDK writes whole numbers as `40.0`.
            let whole = number.filter(|number| number.fract() == 0.0);
            match known.as_str() {
                "temperature" => set(&mut options.temperature, number, path, &mut wrong),
                "topP" => set(&mut options.top_p, number, path, &mut wrong),
                "presencePenalty" => set(&mut options.presence_penalty, number, path, &mut wrong),
                "frequencyPenalty" => set(&mut options.frequency_penalty, number, path, &mut wrong),
                "topK" => set(&mut options.top_k, whole.and_then(small), path, &mut wrong),
                "maxOutputTokens" => set(&mut options.max_tokens, whole.and_then(small), path, &mut wrong),
                "seed" => set(&mut options.seed, value.as_i64(), path, &mut wrong),
                "stopSequences" => match serde_json::from_value::<Vec<String>>(value) {
                    Ok(stop) => options.stop = stop.into_iter().map(Into::into).collect(),
                    Err(_) => wrong.push(Problem::new(path, "is not a list of texts")),
                },
                "responseMimeType" => mime_type = Some(value),
                "responseJsonSchema" | "responseSchema" => schema = Some((known, value)),
                "thinkingConfig" => match value {
                    Value::Object(mut thinking) => {
                        let level = thinking.keys().find(|name| camel(name) == "thinkingLevel").cloned();
                        if let Some(level) = level
                            && let Some(Value::String(effort)) = thinking.shift_remove(&level)
                        {
                            options.reasoning_effort = Some(effort.to_ascii_lowercase().into());
                        }
                        if !thinking.is_empty() || options.reasoning_effort.is_none() {
                            let thinking = thinking.into_iter().map(|(name, value)| (camel(&name).into_owned(), value));
                            rest.insert(known, Value::Object(thinking.collect()));
                        }
                    }
                    _ => wrong.push(Problem::new(path, "is not an object")),
                },
                _ => {
                    rest.insert(known, value);
                }
            }
        }
        self.problems.extend(wrong);
        self.form(mime_type, schema, &mut rest);
        if !rest.is_empty() {
            self.extra("generationConfig", Value::Object(rest));
        }
    }

    /// Reads the form of the answer; what it does not cover goes to the rest.
    fn form(&mut self, mime_type: Option<Value>, schema: Option<(String, Value)>, rest: &mut Object) {
        let is_json = mime_type.as_ref().is_some_and(|mime_type| mime_type == "application/json");
        let output = &mut self.incoming.request.output;
        if is_json {
            *output = Output::Json;
        } else if let Some(mime_type) = mime_type {
            rest.insert("responseMimeType".to_owned(), mime_type);
        }
        let Some((name, schema)) = schema else { return };
        if is_json && (name == "responseJsonSchema" || !is_googles(&schema)) {
            match Schema::new("response", schema) {
                Ok(schema) => {
                    let form = schema
                        .wire(crate::schema::WireForm::Gemini)
                        .map(crate::schema::WireSchema::as_raw)
                        .ok()
                        .and_then(|raw| serde_json::from_str::<Value>(raw.get()).ok());
                    if name == "responseJsonSchema" && form.as_ref() != Some(schema.as_value()) {
                        rest.insert(name, schema.as_value().clone());
                    }
                    *output = Output::Schema(Arc::new(schema));
                }
                Err(error) => self.problems.extend(error.problems().iter().map(|problem| {
                    Problem::new(format!("generationConfig.{name} ({})", problem.path), problem.message.clone())
                })),
            }
        } else {
            rest.insert(name, schema);
        }
    }

    fn tool(&mut self, index: usize, tool: Value) {
        let Value::Object(mut tool) = tool else {
            return self.wrong(&format!("tools[{index}]"), "is not an object");
        };
        let key = tool.keys().find(|name| camel(name) == "functionDeclarations").cloned();
        let declarations = match key.map(|key| tool.shift_remove(&key).unwrap_or_default()) {
            Some(Value::Array(list)) => list,
            Some(one @ Value::Object(_)) => vec![one],
            Some(Value::Null) | None => Vec::new(),
            Some(_) => return self.wrong(&format!("tools[{index}].functionDeclarations"), "is not a list"),
        };
        for (number, declaration) in declarations.into_iter().enumerate() {
            match function(declaration) {
                Some(function) => self.incoming.request.tools.push(Tool::Function(function)),
                None => self.wrong(
                    &format!("tools[{index}].functionDeclarations[{number}]"),
                    "is not an object with a text `name`",
                ),
            }
        }
        if !tool.is_empty() {
            self.incoming.request.tools.push(Tool::Raw(Value::Object(tool)));
        }
    }

    fn tool_config(&mut self, mut config: Object) {
        let key = config.keys().find(|name| camel(name) == "functionCallingConfig").cloned();
        if let Some(choice) = key.and_then(|key| config.shift_remove(&key))
            && !choice.is_null()
        {
            self.incoming.request.tool_choice = Some(tool_choice(choice));
        }
        if !config.is_empty() {
            self.extra("toolConfig", Value::Object(config));
        }
    }

    fn extra(&mut self, name: &str, value: Value) {
        self.incoming.request.options.extra.insert(name.to_owned(), value);
    }

    fn wrong(&mut self, path: &str, message: &'static str) {
        self.problems.push(Problem::new(path, message));
    }
}

/// The elements of a list. Google takes one that is not in a list as well.
fn list(raw: &RawValue) -> Option<Vec<&RawValue>> {
    match raw.get().as_bytes().first() {
        Some(b'{') => Some(vec![raw]),
        _ => serde_json::from_str::<Option<Vec<&RawValue>>>(raw.get()).ok().map(Option::unwrap_or_default),
    }
}

fn set<T>(option: &mut Option<T>, value: Option<T>, path: String, wrong: &mut Vec<Problem>) {
    if value.is_none() {
        wrong.push(Problem::new(path, "is not a number in range"));
    }
    *option = value;
}

fn small(number: f64) -> Option<u32> {
    (0.0..=f64::from(u32::MAX)).contains(&number).then_some(number as u32)
}

fn function(declaration: Value) -> Option<Function> {
    let Value::Object(fields) = declaration else { return None };
    let mut function = Function::new("");
    for (name, value) in fields.into_iter().filter(|(_, value)| !value.is_null()) {
        match (&*camel(&name), value) {
            ("name", Value::String(name)) => function.name = name.into(),
            ("description", Value::String(text)) => function.description = Some(text.into()),
            ("parametersJsonSchema", schema) => function.parameters = Some(Arc::new(schema)),
            ("parameters", schema) if !is_googles(&schema) => function.parameters = Some(Arc::new(schema)),
            (known @ ("parameters" | "response" | "responseJsonSchema" | "behavior"), value) => {
                function.extra.insert(known.to_owned(), value);
            }
            (_, value) => {
                function.extra.insert(name, value);
            }
        }
    }
    (!function.name.is_empty()).then_some(function)
}

fn tool_choice(choice: Value) -> ToolChoice {
    let field =
        |wanted: &str| choice.as_object()?.iter().find(|(name, _)| camel(name) == wanted).map(|(_, value)| value);
    let fields = choice.as_object().map_or(0, Object::len);
    let allowed = field("allowedFunctionNames").and_then(Value::as_array).map(Vec::as_slice);
    match (field("mode").and_then(Value::as_str), fields, allowed) {
        (Some("AUTO"), 1, _) => ToolChoice::Auto,
        (Some("NONE"), 1, _) => ToolChoice::None,
        (Some("ANY"), 1, _) => ToolChoice::Required,
        (Some("ANY"), 2, Some([Value::String(name)])) => ToolChoice::Function(name.clone().into()),
        _ => ToolChoice::Raw(choice),
    }
}

/// Whether a schema is of Google's own form: what JSON Schema says otherwise, or not at all.
fn is_googles(schema: &Value) -> bool {
    match schema {
        Value::Object(fields) => fields.iter().any(|(name, value)| match name.as_str() {
            "nullable" | "propertyOrdering" => true,
            "type" => value.as_str().is_some_and(|kind| kind.starts_with(|c: char| c.is_ascii_uppercase())),
            "properties" => value.as_object().is_some_and(|all| all.values().any(is_googles)),
            "enum" | "const" | "default" | "example" | "examples" | "required" => false,
            _ => name.contains('_') || is_googles(value),
        }),
        Value::Array(list) => list.iter().any(is_googles),
        _ => false,
    }
}
