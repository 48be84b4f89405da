//! What cannot be sent, found before anything is.

use serde_json::Value;

use super::Object;
use super::request::{Format, Reasoning, SchemaBody, Text};
use super::segment::{PICTURE, Segment, rest_of, segments};
use crate::error::{Problem, Result};
use crate::message::{Message, Part, Role};
use crate::request::{Output, Request, Tool};
use crate::schema::{Schema, WireForm};
use crate::wire::problems::Problems;

/// Collects what cannot be sent.
#[derive(Default)]
pub(super) struct Check {
    found: Problems,
}

impl Check {
    pub(super) fn message(&mut self, index: usize, message: &Message) {
        let is_own = |at: usize| message.parts.get(at + 1).is_some_and(|next| rest_of(next) == Some(PICTURE));
        let wrong = |at: usize, part: &Part| match (message.role, part) {
            (Role::User | Role::System, Part::ToolCall(_) | Part::Reasoning(_) | Part::Refusal(_)) => {
                Some("only an assistant message can hold this part")
            }
            (Role::System | Role::Assistant, Part::ToolResult(_)) => Some("a result of a tool needs a tool message"),
            (Role::Assistant, Part::Image(_)) if !is_own(at) => Some("an image cannot stand in an assistant message"),
            (Role::Tool, Part::ToolResult(_) | Part::Raw(_) | Part::CachePoint(_)) => None,
            (Role::Tool, _) => Some("a tool message holds results of tools only"),
            _ => None,
        };
        for (part_index, part) in message.parts.iter().enumerate() {
            if let Some(wrong) = wrong(part_index, part) {
                self.found.unsupported.push(Problem::new(format!("messages[{index}].parts[{part_index}]"), wrong));
            }
        }
        if message.role == Role::Tool && message.parts.is_empty() {
            self.found.unsupported.push(Problem::new(format!("messages[{index}]"), "a tool message without a result"));
        }
        for segment in segments(&message.parts, message.role) {
            if let Segment::Raw(raw) = segment
                && !raw.is_object()
            {
                let path = format!("messages[{index}]");
                self.found.unsupported.push(Problem::new(path, "a raw part that is no JSON object cannot be sent"));
            }
        }
    }

    pub(super) fn tools(&mut self, request: &Request) {
        for (index, tool) in request.tools.iter().enumerate() {
            match tool {
                Tool::Raw(raw) if !raw.is_object() => {
                    let message = "a raw tool that is no JSON object cannot be sent";
                    self.found.unsupported.push(Problem::new(format!("tools[{index}]"), message));
                }
                Tool::Raw(_) => {}
                Tool::Function(function) => {
                    let set = [
                        ("type", true),
                        ("name", true),
                        ("description", function.description.is_some()),
                        ("parameters", function.parameters.is_some()),
                        ("strict", function.strict.is_some()),
                    ];
                    for (name, _) in set.into_iter().filter(|(name, set)| *set && function.extra.contains_key(*name)) {
                        let message = "this field is set from the function already; leave it out of `extra`";
                        self.found.invalid.push(Problem::new(format!("tools[{index}].extra.{name}"), message));
                    }
                }
            }
        }
    }

    pub(super) fn options(&mut self, request: &Request) {
        let options = &request.options;
        self.found.infinite(&[("temperature", options.temperature), ("top_p", options.top_p)]);
        let without_a_place = [
            ("top_k", options.top_k.is_some()),
            ("stop", !options.stop.is_empty()),
            ("seed", options.seed.is_some()),
            ("presence_penalty", options.presence_penalty.is_some()),
            ("frequency_penalty", options.frequency_penalty.is_some()),
        ];
        for (name, _) in without_a_place.into_iter().filter(|(_, set)| *set) {
            let message =
                "the format has no place for it; leave it out, or speak Chat Completions, which has one for most";
            self.found.unsupported.push(Problem::new(format!("options.{name}"), message));
        }
        let set = [
            ("model", true),
            ("input", !request.messages.is_empty()),
            ("instructions", request.system.as_deref().is_some_and(|text| !text.is_empty())),
            ("max_output_tokens", options.max_tokens.is_some()),
            ("temperature", options.temperature.is_some()),
            ("top_p", options.top_p.is_some()),
            ("tools", !request.tools.is_empty()),
            ("tool_choice", request.tool_choice.is_some()),
            ("parallel_tool_calls", options.parallel_tool_calls.is_some()),
            ("service_tier", options.service_tier.is_some()),
        ];
        self.found.extra(options, &set);
    }

    pub(super) fn text<'a>(&mut self, request: &'a Request) -> Result<Option<Text<'a>>> {
        let extra = self.nested(request, "text", !matches!(request.output, Output::Text));
        let format = match &request.output {
            Output::Text => None,
            Output::Json => {
                if extra.is_some_and(|extra| extra.contains_key("format")) {
                    self.found.collision("text.format");
                }
                Some(Format::Json)
            }
            Output::Schema(schema) => Some(self.schema(schema, extra.and_then(|extra| extra.get("format")))?),
        };
        Ok((format.is_some() || extra.is_some()).then_some(Text { format, extra }))
    }

    fn schema<'a>(&mut self, schema: &'a Schema, extra: Option<&'a Value>) -> Result<Format<'a>> {
        let extra = match extra {
            None => None,
            Some(Value::Object(extra)) => Some(extra),
            Some(_) => {
                self.found.collision("text.format");
                None
            }
        };
        for name in ["type", "name", "schema"] {
            if extra.is_some_and(|extra| extra.contains_key(name)) {
                self.found.collision(&format!("text.format.{name}"));
            }
        }
        let body = match extra.and_then(|extra| extra.get("strict")) {
            None => SchemaBody::Strict(schema.wire(WireForm::OpenAiStrict)?.as_raw()),
            // Whoever says it knows what the schema is: it is not translated once more.
            Some(own) => {
                if !own.is_boolean() {
                    self.found.collision("text.format.strict");
                }
                SchemaBody::AsItIs(schema.wire(WireForm::Plain)?.as_raw())
            }
        };
        Ok(Format::Schema { name: schema.name(), schema: body, extra })
    }

    pub(super) fn reasoning<'a>(&mut self, request: &'a Request, default: Option<&'a str>) -> Option<Reasoning<'a>> {
        let own = request.options.reasoning_effort.as_deref();
        let extra = self.nested(request, "reasoning", own.is_some());
        if own.is_some() && extra.is_some_and(|extra| extra.contains_key("effort")) {
            self.found.collision("reasoning.effort");
        }
        // An extra field is the caller's word on reasoning; the provider's default then adds nothing to it.
        let default = if request.options.extra.contains_key("reasoning") { None } else { default };
        let effort = own.or(default);
        (effort.is_some() || extra.is_some()).then_some(Reasoning { effort, extra })
    }

    /// The extra field of this name, if it is an object that can be merged with what is set.
    fn nested<'a>(&mut self, request: &'a Request, name: &str, set: bool) -> Option<&'a Object> {
        match request.options.extra.get(name)? {
            Value::Object(object) => Some(object),
            _ if set => {
                self.found.collision(name);
                None
            }
            _ => None,
        }
    }

    pub(super) fn finish(self) -> Result<()> {
        self.found.finish("the request has no form in OpenAI's Responses API")
    }
}
