//! What cannot be sent, found before anything is.

use serde_json::Value;

use super::dialect::{Dialect, SchemaForm};
use super::format::{Format, SchemaBody};
use super::request::extra_object;
use super::split::{is_message, rest_of};
use crate::error::{Error, ErrorKind, Problem, Result};
use crate::message::{Message, Part, Role};
use crate::request::{Output, Request, Tool};

/// Collects what cannot be sent.
pub(super) struct Check<'d> {
    dialect: &'d Dialect,
    /// Parts and options that the format has no form for.
    unsupported: Vec<Problem>,
    /// Options that contradict each other.
    invalid: Vec<Problem>,
}

impl<'d> Check<'d> {
    pub(super) fn new(dialect: &'d Dialect) -> Self {
        Self { dialect, unsupported: Vec::new(), invalid: Vec::new() }
    }

    pub(super) fn message(&mut self, index: usize, message: &Message) {
        let images = self.dialect.assistant_images;
        let wrong = |part: &Part| match (message.role, part) {
            (_, Part::Raw(raw)) if !raw.is_object() => Some("a raw part that is no JSON object cannot be sent"),
            (Role::User | Role::System, Part::ToolCall(_) | Part::Reasoning(_) | Part::Refusal(_)) => {
                Some("only an assistant message can hold this part")
            }
            (Role::System | Role::Assistant | Role::User, Part::ToolResult(_)) => {
                Some("a result of a tool needs a tool message")
            }
            (Role::Assistant, Part::Image(_)) if !images => Some("an image cannot stand in an assistant message"),
            (Role::System, Part::Image(_)) => Some("an image cannot stand in a system message"),
            (_, Part::CachePoint(_)) | (Role::Tool, Part::ToolResult(_)) => None,
            (Role::Tool, Part::Raw(raw)) if is_message(raw) => None,
            (Role::Tool, Part::Raw(_)) if rest_of(part).is_some() => None,
            (Role::Tool, _) => Some("a tool message holds results of tools only"),
            _ => None,
        };
        for (part_index, part) in message.parts.iter().enumerate() {
            if let Some(wrong) = wrong(part) {
                self.unsupported.push(Problem::new(format!("messages[{index}].parts[{part_index}]"), wrong));
            }
        }
        if message.role == Role::Tool && message.parts.is_empty() {
            self.unsupported.push(Problem::new(format!("messages[{index}]"), "a tool message without a result"));
        }
    }

    pub(super) fn options(&mut self, request: &Request) {
        let options = &request.options;
        let numbers = [
            ("temperature", options.temperature),
            ("top_p", options.top_p),
            ("presence_penalty", options.presence_penalty),
            ("frequency_penalty", options.frequency_penalty),
        ];
        for (name, value) in numbers {
            if value.is_some_and(|value| !value.is_finite()) {
                self.invalid.push(Problem::new(format!("options.{name}"), "is not a finite number"));
            }
        }
        if options.top_k.is_some() && !self.dialect.top_k {
            self.unsupported.push(Problem::new("options.top_k", "this server takes no `top_k`; use `top_p`"));
        }
        for (index, tool) in request.tools.iter().enumerate() {
            if let Tool::Raw(raw) = tool
                && !raw.is_object()
            {
                self.unsupported.push(Problem::new(format!("tools[{index}]"), "a raw tool has to be a JSON object"));
            }
        }
        if options.extra.is_empty() {
            return;
        }
        let set = [
            ("model", true),
            ("messages", true),
            ("tools", !request.tools.is_empty()),
            ("tool_choice", request.tool_choice.is_some()),
            ("parallel_tool_calls", options.parallel_tool_calls.is_some()),
            (self.dialect.max_tokens, options.max_tokens.is_some()),
            ("temperature", options.temperature.is_some()),
            ("top_p", options.top_p.is_some()),
            ("top_k", options.top_k.is_some()),
            (self.dialect.seed, options.seed.is_some()),
            ("presence_penalty", options.presence_penalty.is_some()),
            ("frequency_penalty", options.frequency_penalty.is_some()),
            ("stop", !options.stop.is_empty()),
            ("reasoning_effort", options.reasoning_effort.is_some()),
            ("service_tier", options.service_tier.is_some()),
        ];
        for (name, set) in set {
            if set && options.extra.contains_key(name) {
                self.collision(name);
            }
        }
        if options.extra.get("stream").is_some_and(|stream| stream != &Value::Bool(false)) {
            let message = "whether an answer is streamed is said by the method that is called";
            self.invalid.push(Problem::new("options.extra.stream", message));
        }
    }

    /// The form of the answer; an extra `response_format` is merged into it.
    pub(super) fn format<'a>(&mut self, request: &'a Request) -> Result<Option<Format<'a>>> {
        let schema = match &request.output {
            Output::Text => return Ok(None),
            Output::Json => None,
            Output::Schema(_) if self.dialect.schema == SchemaForm::Instructions => None,
            Output::Schema(schema) => Some(schema),
        };
        let extra = extra_object(request, "response_format");
        if extra.is_none() && request.options.extra.contains_key("response_format") {
            self.collision("response_format");
        }
        let has = |name: &str| extra.is_some_and(|extra| extra.contains_key(name));
        if has("type") {
            self.collision("response_format.type");
        }
        let Some(schema) = schema else {
            if has("json_schema") && matches!(request.output, Output::Json) {
                self.collision("response_format.json_schema");
            }
            let by_schema = !self.dialect.json_object && !has("json_schema");
            return Ok(Some(if by_schema { Format::JsonBySchema { extra } } else { Format::Json { extra } }));
        };
        let inner = extra.and_then(|extra| extra.get("json_schema"));
        if inner.is_some_and(|inner| !inner.is_object()) {
            self.collision("response_format.json_schema");
        }
        for name in ["name", "schema"] {
            if inner.is_some_and(|inner| inner.get(name).is_some()) {
                self.collision(&format!("response_format.json_schema.{name}"));
            }
        }
        let body = match inner.and_then(|inner| inner.get("strict")) {
            None if self.dialect.schema == SchemaForm::Strict => SchemaBody::Strict(schema.openai_strict()?),
            // Whoever says it knows what the schema is: it is not translated once more.
            None | Some(Value::Bool(_)) => SchemaBody::AsItIs(schema.as_value()),
            Some(_) => {
                self.collision("response_format.json_schema.strict");
                SchemaBody::AsItIs(schema.as_value())
            }
        };
        Ok(Some(Format::Schema { name: schema.name(), schema: body, extra }))
    }

    fn collision(&mut self, name: &str) {
        let message = "this field is set from the request already; leave it out of `extra`, or do not set the option";
        self.invalid.push(Problem::new(format!("options.extra.{name}"), message));
    }

    pub(super) fn finish(self) -> Result<()> {
        let kind = match (self.invalid.is_empty(), self.unsupported.is_empty()) {
            (true, true) => return Ok(()),
            (true, false) => ErrorKind::Unsupported,
            (false, _) => ErrorKind::InvalidRequest,
        };
        let problems = self.invalid.into_iter().chain(self.unsupported).collect();
        Err(Error::new(kind, "the request has no form in Chat Completions").with_problems(problems))
    }
}
