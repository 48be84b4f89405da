//! What of a request has no form here.

use serde_json::Value;

use super::Object;
use super::block::{Block, arguments, blocks, is_companion, split_head};
use super::request::Format;
use crate::error::{Problem, Result};
use crate::message::{Message, Part, Role};
use crate::request::{Output, Request, Tool, ToolChoice};
use crate::schema::WireForm;
use crate::wire::problems::Problems;

/// Strict tools of one request (pydantic-ai 2.68, November 2026).
const MOST_STRICT_TOOLS: usize = 20;

/// Collects what cannot be sent.
#[derive(Default)]
pub(super) struct Check {
    found: Problems,
}

impl Check {
    pub(super) fn message(&mut self, index: usize, message: &Message) {
        let (head, parts) = split_head(&message.parts);
        let first = usize::from(head.is_some());
        for (place, block) in blocks(parts).map(|(place, block)| (place + first, block)) {
            if let Some(wrong) = wrong(message.role, &block) {
                self.found.unsupported.push(Problem::new(format!("messages[{index}].parts[{place}]"), wrong));
            }
        }
        if message.role == Role::Tool && parts.is_empty() {
            self.found.unsupported.push(Problem::new(format!("messages[{index}]"), "a tool message without a result"));
        }
    }

    pub(super) fn options(&mut self, request: &Request) {
        let options = &request.options;
        self.found.infinite(&[("temperature", options.temperature), ("top_p", options.top_p)]);
        let without = [
            ("seed", options.seed.is_some()),
            ("presence_penalty", options.presence_penalty.is_some()),
            ("frequency_penalty", options.frequency_penalty.is_some()),
        ];
        for (name, set) in without {
            if set {
                let message = "Anthropic's models have no such option";
                self.found.unsupported.push(Problem::new(format!("options.{name}"), message));
            }
        }
        let set = [
            ("model", true),
            ("messages", true),
            ("system", has_system(request)),
            ("max_tokens", options.max_tokens.is_some()),
            ("temperature", options.temperature.is_some()),
            ("top_p", options.top_p.is_some()),
            ("top_k", options.top_k.is_some()),
            ("stop_sequences", !options.stop.is_empty()),
            ("tools", !request.tools.is_empty()),
            ("tool_choice", request.tool_choice.is_some() || options.parallel_tool_calls.is_some()),
            ("service_tier", options.service_tier.is_some()),
        ];
        self.found.extra(options, &set);
    }

    pub(super) fn tools(&mut self, request: &Request) {
        for (index, tool) in request.tools.iter().enumerate() {
            match tool {
                Tool::Function(function) => {
                    let set = [
                        ("name", true),
                        ("description", function.description.is_some()),
                        ("input_schema", true),
                        ("strict", function.strict.is_some()),
                    ];
                    for (name, set) in set {
                        if set && function.extra.contains_key(name) {
                            let message = "this field is set from the function already; leave it out of `extra`";
                            self.found.invalid.push(Problem::new(format!("tools[{index}].extra.{name}"), message));
                        }
                    }
                }
                Tool::Raw(raw) if !raw.is_object() => {
                    let message = "a raw tool that is no JSON object cannot be sent";
                    self.found.unsupported.push(Problem::new(format!("tools[{index}]"), message));
                }
                Tool::Raw(_) => {}
            }
        }
        let is_strict = |tool: &&Tool| matches!(tool, Tool::Function(function) if function.strict == Some(true));
        let strict = request.tools.iter().filter(is_strict).count();
        if strict > MOST_STRICT_TOOLS {
            let message = format!("{strict} of the tools are strict, Anthropic takes {MOST_STRICT_TOOLS}");
            self.found.unsupported.push(Problem::new("tools", message));
        }
        if matches!(request.tool_choice, Some(ToolChoice::Raw(_))) && request.options.parallel_tool_calls.is_some() {
            let message = "say it in the raw tool choice, as `disable_parallel_tool_use`";
            self.found.invalid.push(Problem::new("options.parallel_tool_calls", message));
        }
    }

    /// The form of the answer, and what an extra `output_config.format` adds: a `schema` there is sent instead.
    pub(super) fn format<'a>(&mut self, request: &'a Request) -> Result<Option<Format<'a>>> {
        let Output::Schema(schema) = &request.output else { return Ok(None) };
        let extra = match request.options.extra.get("output_config").and_then(|config| config.get("format")) {
            None => None,
            Some(Value::Object(extra)) => Some(extra),
            Some(_) => {
                self.found.collision("output_config.format");
                None
            }
        };
        if extra.is_some_and(|extra| extra.contains_key("type")) {
            self.found.collision("output_config.format.type");
        }
        let own = extra.is_some_and(|extra| extra.contains_key("schema"));
        Ok(Some(Format { schema: if own { None } else { Some(schema.wire(WireForm::Anthropic)?.as_raw()) }, extra }))
    }

    /// The effort, and what an extra `output_config` adds.
    pub(super) fn effort<'a>(
        &mut self,
        request: &'a Request,
        default: Option<&'a str>,
        has_schema: bool,
    ) -> (Option<&'a str>, Option<&'a Object>) {
        let own = request.options.reasoning_effort.as_deref();
        let extra = match request.options.extra.get("output_config") {
            None => return (own.or(default), None),
            Some(Value::Object(extra)) => extra,
            Some(_) => {
                if own.is_some() || has_schema {
                    self.found.collision("output_config");
                }
                return (own, None);
            }
        };
        if own.is_some() && extra.contains_key("effort") {
            self.found.collision("output_config.effort");
        }
        let default = if extra.contains_key("effort") { None } else { default };
        (own.or(default), Some(extra))
    }

    pub(super) fn finish(self) -> Result<()> {
        self.found.finish("the request has no form in Anthropic's Messages API")
    }
}

/// Whether the request may bring system text of its own.
fn has_system(request: &Request) -> bool {
    let in_messages = request.messages.iter().any(|message| message.role == Role::System);
    request.system.is_some() || in_messages || matches!(request.output, Output::Json)
}

/// Why a block cannot stand in a message of this role.
fn wrong(role: Role, block: &Block<'_>) -> Option<&'static str> {
    match (role, block.part) {
        (_, Part::Raw(raw)) if !raw.is_object() => Some("a raw part that is no JSON object cannot be sent"),
        (_, Part::Raw(raw)) if raw.get("type").is_some_and(|kind| kind == "refusal") => None,
        (_, Part::Raw(raw)) if is_companion(raw) => Some("this raw part belongs to a part that is not before it"),
        (Role::User | Role::System | Role::Tool, Part::ToolCall(_) | Part::Reasoning(_) | Part::Refusal(_)) => {
            Some("only an assistant message can hold this part")
        }
        (Role::System | Role::Assistant, Part::ToolResult(_)) => Some("a result of a tool needs a tool message"),
        (Role::System, Part::Image(_)) => Some("an image cannot stand in a system message"),
        (Role::Assistant, Part::Image(_)) => Some("an image cannot stand in an assistant message"),
        (Role::Tool, Part::Text(_) | Part::Image(_)) => Some("a tool message holds results of tools only"),
        (Role::Assistant, Part::Reasoning(_)) if !block.rest.is_some_and(|rest| rest.contains_key("signature")) => {
            Some("thinking can be sent back only with the signature that came with it")
        }
        (Role::Assistant, Part::ToolCall(call)) => arguments(&call.arguments).err(),
        _ => None,
    }
}
