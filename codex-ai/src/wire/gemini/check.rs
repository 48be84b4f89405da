//! What cannot be sent, found before anything is.

use std::collections::HashMap;

use serde_json::Value;

use super::config::{Config, Form};
use super::part::{as_data, bodies};
use super::result_text::object;
use super::{Object, camel};
use crate::error::{Problem, Result};
use crate::message::{Image, Message, Part, Role};
use crate::request::{Options, Output, Request, Tool, ToolChoice};
use crate::schema::WireForm;
use crate::wire::lower::OwnFormat;
use crate::wire::problems::Problems;

/// The names of the tools that were called, by the ids of the calls. Empty where every result names its tool.
#[derive(Default)]
pub(super) struct Names<'a>(HashMap<&'a str, &'a str>);

impl<'a> Names<'a> {
    pub(super) fn of(messages: &'a [Message]) -> Self {
        let parts = || messages.iter().flat_map(|message| &message.parts);
        if !parts().any(|part| matches!(part, Part::ToolResult(result) if result.name.is_none())) {
            return Self::default();
        }
        let calls = parts().filter_map(|part| match part {
            Part::ToolCall(call) if !call.id.is_empty() => Some((call.id.as_str(), call.name.as_str())),
            _ => None,
        });
        Self(calls.collect())
    }

    pub(super) fn of_call(&self, id: &str) -> Option<&'a str> {
        self.0.get(id).copied()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Collects what cannot be sent.
#[derive(Default)]
pub(super) struct Check {
    found: Problems,
}

impl Check {
    pub(super) fn messages(&mut self, messages: &[Message], names: &Names<'_>) {
        if !messages.iter().any(|message| message.role != Role::System) {
            self.found.unsupported.push(Problem::new("messages", "Gemini wants at least one message of the user"));
        }
        for (index, message) in messages.iter().enumerate() {
            self.message(index, message, names);
        }
    }

    fn message(&mut self, index: usize, message: &Message, names: &Names<'_>) {
        let taken: Vec<*const Part> = bodies(&message.parts).map(|body| std::ptr::from_ref(body.part)).collect();
        for (part_index, part) in message.parts.iter().enumerate() {
            let wrong = match (message.role, part) {
                (Role::User | Role::System | Role::Tool, Part::ToolCall(_) | Part::Reasoning(_) | Part::Refusal(_)) => {
                    Some("only an assistant message can hold this part")
                }
                (Role::System | Role::Assistant, Part::ToolResult(_)) => {
                    Some("a result of a tool needs a tool message")
                }
                (Role::System, Part::Image(_)) => Some("a system message holds text only"),
                (Role::Tool, Part::Text(_) | Part::Image(_)) => Some("a tool message holds results of tools only"),
                (_, Part::Image(Image::Url(url)))
                    if as_data(url).is_some_and(|image| matches!(image, Image::Url(_))) =>
                {
                    Some("a `data:` URL that is not base64 cannot be sent")
                }
                (_, Part::ToolCall(call)) if !call.arguments.is_empty() && object(&call.arguments).is_none() => {
                    Some("the arguments of the call are not a JSON object")
                }
                (_, Part::ToolResult(result)) if result.name.is_none() && names.of_call(&result.id).is_none() => {
                    Some("Gemini goes by the tool's name: the result has none, and no call has its id")
                }
                (_, Part::Raw(Value::Object(raw))) if raw.contains_key("type") => {
                    taken.contains(&std::ptr::from_ref(part)).then_some(
                        "a raw part with a `type` is none of Gemini's, or does not follow the part it belongs to",
                    )
                }
                (_, Part::Raw(Value::Object(_))) => None,
                (_, Part::Raw(_)) => Some("a raw part that is no JSON object cannot be sent"),
                _ => None,
            };
            if let Some(wrong) = wrong {
                self.found.unsupported.push(Problem::new(format!("messages[{index}].parts[{part_index}]"), wrong));
            }
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
        if options.parallel_tool_calls == Some(false) {
            let message = "Gemini cannot be told to call one tool at a time";
            self.found.unsupported.push(Problem::new("options.parallel_tool_calls", message));
        }
        for (index, tool) in request.tools.iter().enumerate() {
            self.tool(index, tool);
        }
        if let Some(ToolChoice::Raw(raw)) = &request.tool_choice
            && !raw.is_object()
        {
            self.found
                .unsupported
                .push(Problem::new("tool_choice", "a raw choice that is no JSON object cannot be sent"));
        }
        let system = request.system.as_deref().is_some_and(|text| !text.is_empty())
            || request.messages.iter().any(|message| message.role == Role::System);
        for name in options.extra.keys() {
            let set = match &*camel(name) {
                "contents" => true,
                "systemInstruction" => system,
                "tools" => !request.tools.is_empty(),
                "serviceTier" => options.service_tier.is_some(),
                _ => false,
            };
            if set {
                self.found.collision(name);
            }
        }
    }

    fn tool(&mut self, index: usize, tool: &Tool) {
        match tool {
            Tool::Raw(Value::Object(_)) => {}
            Tool::Raw(_) => {
                let message = "a raw tool that is no JSON object cannot be sent";
                self.found.unsupported.push(Problem::new(format!("tools[{index}]"), message));
            }
            Tool::Function(function) => {
                for name in function.extra.keys() {
                    let set = match &*camel(name) {
                        "name" => true,
                        "description" => function.description.is_some(),
                        "parameters" | "parametersJsonSchema" => function.parameters.is_some(),
                        _ => false,
                    };
                    if set {
                        let message = "this field is set from the function already";
                        self.found.invalid.push(Problem::new(format!("tools[{index}].extra.{name}"), message));
                    }
                }
            }
        }
    }

    pub(super) fn config<'a>(
        &mut self,
        request: &'a Request,
        default: Option<&'a str>,
        form: WireForm,
    ) -> Result<Config<'a>> {
        let options = &request.options;
        let output = match &request.output {
            Output::Text => Form::Text,
            Output::Json => Form::Json,
            Output::Schema(_) if own_format(request) == OwnFormat::AsItIs => Form::Json,
            Output::Schema(schema) => Form::Schema { field: schema_field(form), schema: schema.wire(form)?.as_raw() },
        };
        let mut config = Config { options, output, effort: None, thinking: None, extra: None };
        let own = options.reasoning_effort.as_deref();
        config.effort = own;
        let sets = !config.is_empty();
        let (name, extra) = self.nested(request, "generationConfig", sets || default.is_some());
        config.extra = extra;
        for key in extra.into_iter().flat_map(Object::keys) {
            if is_set(&camel(key), options, &config.output) {
                self.found.collision(&format!("{name}.{key}"));
            }
        }
        let thinking = extra.and_then(|extra| extra.iter().find(|(name, _)| camel(name) == "thinkingConfig"));
        match thinking {
            // An extra field is the caller's word on thinking; the provider's default then adds nothing to it.
            Some(_) if own.is_none() => {}
            Some((key, Value::Object(thinking))) => {
                config.thinking = Some(thinking);
                for inner in thinking.keys().filter(|inner| camel(inner) == "thinkingLevel") {
                    self.found.collision(&format!("{name}.{key}.{inner}"));
                }
            }
            Some((key, _)) => self.found.collision(&format!("{name}.{key}")),
            None => config.effort = own.or(default),
        }
        if config.effort == Some("none") {
            let message = "Gemini has no level `none`; use `minimal`, or an extra field \
                           `generationConfig.thinkingConfig.thinkingBudget` of 0 where the model takes budgets";
            self.found.unsupported.push(Problem::new("options.reasoning_effort", message));
        }
        Ok(config)
    }

    pub(super) fn tool_config<'a>(&mut self, request: &'a Request) -> Option<&'a Object> {
        let set = request.tool_choice.is_some();
        let (name, extra) = self.nested(request, "toolConfig", set);
        for key in extra.into_iter().flat_map(Object::keys) {
            if set && camel(key) == "functionCallingConfig" {
                self.found.collision(&format!("{name}.{key}"));
            }
        }
        extra
    }

    /// The extra field of this name, if it is an object that can be merged with what is set.
    fn nested<'a>(&mut self, request: &'a Request, wanted: &'a str, set: bool) -> (&'a str, Option<&'a Object>) {
        match request.options.extra.iter().find(|(name, _)| camel(name) == wanted) {
            None => (wanted, None),
            Some((name, Value::Object(object))) => (name, Some(object)),
            Some((name, _)) => {
                if set {
                    self.found.collision(name);
                }
                (name, None)
            }
        }
    }

    pub(super) fn finish(self) -> Result<()> {
        self.found.finish("the request has no form in the Gemini API")
    }
}

/// Whether a field of `generationConfig` is set from the request.
fn is_set(name: &str, options: &Options, output: &Form<'_>) -> bool {
    match name {
        "temperature" => options.temperature.is_some(),
        "topP" => options.top_p.is_some(),
        "topK" => options.top_k.is_some(),
        "maxOutputTokens" => options.max_tokens.is_some(),
        "stopSequences" => !options.stop.is_empty(),
        "seed" => options.seed.is_some(),
        "presencePenalty" => options.presence_penalty.is_some(),
        "frequencyPenalty" => options.frequency_penalty.is_some(),
        "responseMimeType" => !matches!(output, Form::Text),
        "responseSchema" | "responseJsonSchema" => matches!(output, Form::Schema { .. }),
        _ => false,
    }
}

/// What an extra `generationConfig` says of the form of the answer.
pub(crate) fn own_format(request: &Request) -> OwnFormat {
    let config = request.options.extra.iter().find(|(name, _)| camel(name) == "generationConfig");
    let fields = config.and_then(|(_, config)| config.as_object());
    let has = fields.is_some_and(|fields| fields.keys().any(|name| camel(name) == "responseJsonSchema"));
    if has { OwnFormat::AsItIs } else { OwnFormat::Absent }
}

/// The field that takes a schema of this form.
fn schema_field(form: WireForm) -> &'static str {
    if form == WireForm::GeminiOpenApi { "responseSchema" } else { "responseJsonSchema" }
}
