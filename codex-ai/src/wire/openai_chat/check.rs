//! What cannot be sent, found before anything is.

use super::dialect::Dialect;
use super::format::{Format, SchemaBody};
use super::request::extra_object;
use super::split::{is_message, rest_of};
use crate::error::{Problem, Result};
use crate::message::{Message, Part, Role};
use crate::request::{Output, Request, Tool};
use crate::schema::WireForm;
use crate::wire::problems::Problems;

/// Collects what cannot be sent.
pub(super) struct Check<'d> {
    dialect: &'d Dialect,
    found: Problems,
}

impl<'d> Check<'d> {
    pub(super) fn new(dialect: &'d Dialect) -> Self {
        Self { dialect, found: Problems::default() }
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
                self.found.unsupported.push(Problem::new(format!("messages[{index}].parts[{part_index}]"), wrong));
            }
        }
        if message.role == Role::Tool && message.parts.is_empty() {
            self.found.unsupported.push(Problem::new(format!("messages[{index}]"), "a tool message without a result"));
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
        self.found.infinite(&numbers);
        if options.top_k.is_some() && !self.dialect.top_k {
            self.found.unsupported.push(Problem::new("options.top_k", "this server takes no `top_k`; use `top_p`"));
        }
        for (index, tool) in request.tools.iter().enumerate() {
            if let Tool::Raw(raw) = tool
                && !raw.is_object()
            {
                self.found
                    .unsupported
                    .push(Problem::new(format!("tools[{index}]"), "a raw tool has to be a JSON object"));
            }
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
        self.found.extra(options, &set);
    }

    /// The form of the answer; an extra `response_format` is merged into it.
    pub(super) fn format<'a>(&mut self, request: &'a Request, form: WireForm) -> Result<Option<Format<'a>>> {
        let schema = match &request.output {
            Output::Text => return Ok(None),
            Output::Json => None,
            Output::Schema(schema) => Some(schema),
        };
        let extra = extra_object(request, "response_format");
        if extra.is_none() && request.options.extra.contains_key("response_format") {
            self.found.collision("response_format");
        }
        let has = |name: &str| extra.is_some_and(|extra| extra.contains_key(name));
        if has("type") {
            self.found.collision("response_format.type");
        }
        let Some(schema) = schema else {
            if has("json_schema") && matches!(request.output, Output::Json) {
                self.found.collision("response_format.json_schema");
            }
            let by_schema = !self.dialect.json_object && !has("json_schema");
            return Ok(Some(if by_schema { Format::JsonBySchema { extra } } else { Format::Json { extra } }));
        };
        let inner = extra.and_then(|extra| extra.get("json_schema"));
        if inner.is_some_and(|inner| !inner.is_object()) {
            self.found.collision("response_format.json_schema");
        }
        for name in ["name", "schema"] {
            if inner.is_some_and(|inner| inner.get(name).is_some()) {
                self.found.collision(&format!("response_format.json_schema.{name}"));
            }
        }
        let body = match inner.and_then(|inner| inner.get("strict")) {
            None => {
                SchemaBody { raw: schema.wire(form)?.as_raw(), strict: self.dialect.strict && form != WireForm::Plain }
            }
            // Whoever says it knows what the schema is: it is not translated once more.
            Some(own) => {
                if !own.is_boolean() {
                    self.found.collision("response_format.json_schema.strict");
                }
                SchemaBody { raw: schema.wire(WireForm::Plain)?.as_raw(), strict: false }
            }
        };
        Ok(Some(Format::Schema { name: schema.name(), schema: body, extra }))
    }

    pub(super) fn finish(self) -> Result<()> {
        self.found.finish("the request has no form in Chat Completions")
    }
}
