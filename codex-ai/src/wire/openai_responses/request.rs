//! The client's half of a request: values in, body out.

use bytes::Bytes;
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Value;
use serde_json::value::RawValue;

use super::Object;
use super::item::Input;
use super::segment::{PICTURE, Segment, rest_of, segments};
use super::tool::{Choice, Tools};
use crate::error::{Error, ErrorKind, Problem, Result};
use crate::message::{Message, Part, Role};
use crate::request::{Output, Request, Tool};
use crate::schema::Schema;
use crate::wire::Target;
use crate::wire::foreign::{Origin, encode_without};

/// Makes the body of a request.
///
/// `store` is `false` unless an extra field says otherwise: OpenAI keeps answers for 30 days by default.
/// An extra `text.format` that says `strict`, either way, sends a schema as it is, instead of its strict form.
///
/// # Errors
/// [`ErrorKind::Unsupported`] for parts that have no form here, [`ErrorKind::InvalidRequest`] for options that
/// contradict each other, [`ErrorKind::Schema`] for a schema that strict mode cannot hold; all problems at once.
pub fn encode_request(request: &Request, target: &Target<'_>) -> Result<Bytes> {
    encode_without(request, Origin::Responses, |request| write(request, target))
}

fn write(request: &Request, target: &Target<'_>) -> Result<Bytes> {
    let body = Body::new(request, target)?;
    let mut out = Vec::with_capacity(body.size_hint());
    match serde_json::to_writer(&mut out, &body) {
        Ok(()) => Ok(out.into()),
        Err(error) => Err(Error::new(ErrorKind::Other, format!("the request cannot be written as JSON: {error}"))),
    }
}

struct Body<'a> {
    request: &'a Request,
    model: &'a str,
    stream: bool,
    text: Option<Text<'a>>,
    reasoning: Option<Reasoning<'a>>,
}

/// The field `text`: the form of the answer, and what an extra `text` adds.
struct Text<'a> {
    format: Option<Format<'a>>,
    extra: Option<&'a Object>,
}

/// The form of the answer.
enum Format<'a> {
    Json,
    Schema { name: &'a str, schema: SchemaBody<'a>, extra: Option<&'a Object> },
}

enum SchemaBody<'a> {
    Strict(&'a RawValue),
    AsItIs(&'a Value),
}

/// The field `reasoning`: the effort, and what an extra `reasoning` adds.
struct Reasoning<'a> {
    effort: Option<&'a str>,
    extra: Option<&'a Object>,
}

impl<'a> Body<'a> {
    fn new(request: &'a Request, target: &Target<'a>) -> Result<Self> {
        let mut check = Check::default();
        for (index, message) in request.messages.iter().enumerate() {
            check.message(index, message);
        }
        check.tools(request);
        check.options(request);
        let text = check.text(request)?;
        let reasoning = check.reasoning(request, target.effort);
        check.finish()?;
        Ok(Self { request, model: target.model, stream: target.stream, text, reasoning })
    }

    /// Roughly how long the body becomes, so that it is not copied while it grows.
    fn size_hint(&self) -> usize {
        let parts = self.request.messages.iter().flat_map(|message| &message.parts);
        let content: usize = parts
            .map(|part| match part {
                Part::Text(text) => text.len() + text.len() / 16,
                Part::Image(crate::message::Image::Bytes { data, .. }) => data.len() / 3 * 4 + 64,
                _ => 256,
            })
            .sum();
        let schema = match &self.text {
            Some(Text { format: Some(Format::Schema { schema: SchemaBody::Strict(raw), .. }), .. }) => raw.get().len(),
            _ => 0,
        };
        256 + content + schema + self.request.system.as_ref().map_or(0, |text| text.len() + text.len() / 16)
    }
}

impl Serialize for Body<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Request { system, messages, options, tools, tool_choice, .. } = self.request;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("model", self.model)?;
        if let Some(system) = system.as_deref().filter(|text| !text.is_empty()) {
            map.serialize_entry("instructions", system)?;
        }
        if !messages.is_empty() {
            map.serialize_entry("input", &Input(messages))?;
        }
        if !tools.is_empty() {
            map.serialize_entry("tools", &Tools(tools))?;
        }
        if let Some(choice) = tool_choice {
            map.serialize_entry("tool_choice", &Choice(choice))?;
        }
        if let Some(parallel) = options.parallel_tool_calls {
            map.serialize_entry("parallel_tool_calls", &parallel)?;
        }
        if let Some(text) = &self.text {
            map.serialize_entry("text", text)?;
        }
        if let Some(limit) = options.max_tokens {
            map.serialize_entry("max_output_tokens", &limit)?;
        }
        if let Some(temperature) = options.temperature {
            map.serialize_entry("temperature", &temperature)?;
        }
        if let Some(top_p) = options.top_p {
            map.serialize_entry("top_p", &top_p)?;
        }
        if let Some(reasoning) = &self.reasoning {
            map.serialize_entry("reasoning", reasoning)?;
        }
        if let Some(tier) = &options.service_tier {
            map.serialize_entry("service_tier", tier)?;
        }
        if !options.extra.contains_key("store") {
            map.serialize_entry("store", &false)?;
        }
        if self.stream {
            map.serialize_entry("stream", &true)?;
        }
        for (name, value) in &options.extra {
            let merged = match name.as_str() {
                "text" => self.text.is_some(),
                "reasoning" => self.reasoning.is_some(),
                _ => false,
            };
            if !merged {
                map.serialize_entry(name, value)?;
            }
        }
        map.end()
    }
}

impl Serialize for Text<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        if let Some(format) = &self.format {
            map.serialize_entry("format", format)?;
        }
        write_extra(&mut map, self.extra, "format", self.format.is_some())?;
        map.end()
    }
}

impl Serialize for Format<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        match self {
            Format::Json => map.serialize_entry("type", "json_object")?,
            Format::Schema { name, schema, extra } => {
                map.serialize_entry("type", "json_schema")?;
                map.serialize_entry("name", name)?;
                match schema {
                    SchemaBody::Strict(raw) => {
                        map.serialize_entry("strict", &true)?;
                        map.serialize_entry("schema", raw)?;
                    }
                    SchemaBody::AsItIs(value) => map.serialize_entry("schema", value)?,
                }
                write_extra(&mut map, *extra, "", false)?;
            }
        }
        map.end()
    }
}

impl Serialize for Reasoning<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        if let Some(effort) = self.effort {
            map.serialize_entry("effort", effort)?;
        }
        write_extra(&mut map, self.extra, "effort", self.effort.is_some())?;
        map.end()
    }
}

fn write_extra<M: SerializeMap>(map: &mut M, extra: Option<&Object>, own: &str, is_set: bool) -> Result<(), M::Error> {
    for (name, value) in extra.into_iter().flatten() {
        if !(is_set && name == own) {
            map.serialize_entry(name, value)?;
        }
    }
    Ok(())
}

/// Collects what cannot be sent.
#[derive(Default)]
struct Check {
    /// Parts and options that the format has no form for.
    unsupported: Vec<Problem>,
    /// Options that contradict each other.
    invalid: Vec<Problem>,
}

impl Check {
    fn message(&mut self, index: usize, message: &Message) {
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
                self.unsupported.push(Problem::new(format!("messages[{index}].parts[{part_index}]"), wrong));
            }
        }
        if message.role == Role::Tool && message.parts.is_empty() {
            self.unsupported.push(Problem::new(format!("messages[{index}]"), "a tool message without a result"));
        }
        for segment in segments(&message.parts, message.role) {
            if let Segment::Raw(raw) = segment
                && !raw.is_object()
            {
                let path = format!("messages[{index}]");
                self.unsupported.push(Problem::new(path, "a raw part that is no JSON object cannot be sent"));
            }
        }
    }

    fn tools(&mut self, request: &Request) {
        for (index, tool) in request.tools.iter().enumerate() {
            match tool {
                Tool::Raw(raw) if !raw.is_object() => {
                    let message = "a raw tool that is no JSON object cannot be sent";
                    self.unsupported.push(Problem::new(format!("tools[{index}]"), message));
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
                        self.invalid.push(Problem::new(format!("tools[{index}].extra.{name}"), message));
                    }
                }
            }
        }
    }

    fn options(&mut self, request: &Request) {
        let options = &request.options;
        for (name, value) in [("temperature", options.temperature), ("top_p", options.top_p)] {
            if value.is_some_and(|value| !value.is_finite()) {
                self.invalid.push(Problem::new(format!("options.{name}"), "is not a finite number"));
            }
        }
        let without_a_place = [
            ("top_k", options.top_k.is_some()),
            ("stop", !options.stop.is_empty()),
            ("seed", options.seed.is_some()),
            ("presence_penalty", options.presence_penalty.is_some()),
            ("frequency_penalty", options.frequency_penalty.is_some()),
        ];
        for (name, _) in without_a_place.into_iter().filter(|(_, set)| *set) {
            let message =
                "the format has no place for it; leave it out, or set it in `extra` for a server that takes it";
            self.unsupported.push(Problem::new(format!("options.{name}"), message));
        }
        if options.extra.is_empty() {
            return;
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

    fn text<'a>(&mut self, request: &'a Request) -> Result<Option<Text<'a>>> {
        let extra = self.nested(request, "text", !matches!(request.output, Output::Text));
        let format = match &request.output {
            Output::Text => None,
            Output::Json => {
                if extra.is_some_and(|extra| extra.contains_key("format")) {
                    self.collision("text.format");
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
                self.collision("text.format");
                None
            }
        };
        for name in ["type", "name", "schema"] {
            if extra.is_some_and(|extra| extra.contains_key(name)) {
                self.collision(&format!("text.format.{name}"));
            }
        }
        let body = match extra.and_then(|extra| extra.get("strict")) {
            None => SchemaBody::Strict(schema.openai_strict()?),
            // Whoever says it knows what the schema is: it is not translated once more.
            Some(Value::Bool(_)) => SchemaBody::AsItIs(schema.as_value()),
            Some(_) => {
                self.collision("text.format.strict");
                SchemaBody::AsItIs(schema.as_value())
            }
        };
        Ok(Format::Schema { name: schema.name(), schema: body, extra })
    }

    fn reasoning<'a>(&mut self, request: &'a Request, default: Option<&'a str>) -> Option<Reasoning<'a>> {
        let own = request.options.reasoning_effort.as_deref();
        let extra = self.nested(request, "reasoning", own.is_some());
        if own.is_some() && extra.is_some_and(|extra| extra.contains_key("effort")) {
            self.collision("reasoning.effort");
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
                self.collision(name);
                None
            }
            _ => None,
        }
    }

    fn collision(&mut self, name: &str) {
        let message = "this field is set from the request already; leave it out of `extra`, or do not set the option";
        self.invalid.push(Problem::new(format!("options.extra.{name}"), message));
    }

    fn finish(self) -> Result<()> {
        let kind = match (self.invalid.is_empty(), self.unsupported.is_empty()) {
            (true, true) => return Ok(()),
            (true, false) => ErrorKind::Unsupported,
            (false, _) => ErrorKind::InvalidRequest,
        };
        let problems = self.invalid.into_iter().chain(self.unsupported).collect();
        Err(Error::new(kind, "the request has no form in OpenAI's Responses API").with_problems(problems))
    }
}
