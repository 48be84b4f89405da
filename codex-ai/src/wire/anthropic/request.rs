//! The client's half of a request: values in, body out.

use bytes::Bytes;
use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};
use serde_json::value::RawValue;

use super::Object;
use super::block::{Block, Content, blocks, split_head};
use super::check::Check;
use super::model::takes_system_messages;
use super::tool::{Choice, Tools};
use crate::error::Result;
use crate::message::{Image, Message, Part, Role};
use crate::request::{Output, Request};
use crate::wire::foreign::{Origin, encode_without};
use crate::wire::lower::ANY_JSON;
use crate::wire::{Target, json};

/// The most tokens of an answer where a request says nothing: the API has no default of its own. Every model of today
/// takes it, and an answer of this length comes in one piece before a connection that says nothing is cut.
pub const DEFAULT_MAX_TOKENS: u32 = 16_384;

/// Makes the body of a request.
///
/// An extra `output_config.format.schema` is sent instead of the form [`WireForm::Anthropic`](crate::schema::WireForm::Anthropic).
/// [`DEFAULT_MAX_TOKENS`] is sent where the request sets no limit. For [`Output::Json`] a line is added to the system
/// text that asks for JSON alone.
///
/// # Errors
/// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) for parts and options that have no form here, [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest) for options
/// that contradict each other, [`ErrorKind::Schema`](crate::ErrorKind::Schema) for a schema that the vendor cannot hold; all problems at once.
pub fn encode_request(request: &Request, target: &Target<'_>) -> Result<Bytes> {
    encode_without(request, Origin::Anthropic, |request| write(request, target))
}

/// What an extra `output_config.format` says of the form of the answer.
#[cfg(feature = "anthropic")]
pub(crate) fn own_format(request: &Request) -> crate::wire::lower::OwnFormat {
    use crate::wire::lower::OwnFormat;

    match request.options.extra.get("output_config").and_then(|config| config.get("format")) {
        None => OwnFormat::Absent,
        Some(extra) if extra.get("schema").is_some() => OwnFormat::AsItIs,
        Some(_) => OwnFormat::Merged,
    }
}

fn write(request: &Request, target: &Target<'_>) -> Result<Bytes> {
    let body = Body::new(request, target)?;
    json::request(&body, body.size_hint())
}

struct Body<'a> {
    request: &'a Request,
    model: &'a str,
    stream: bool,
    system: System<'a>,
    messages: Messages<'a>,
    output: Option<OutputConfig<'a>>,
}

impl<'a> Body<'a> {
    fn new(request: &'a Request, target: &Target<'a>) -> Result<Self> {
        let mut check = Check::default();
        for (index, message) in request.messages.iter().enumerate() {
            check.message(index, message);
        }
        check.options(request);
        check.tools(request);
        let format = check.format(request)?;
        let (effort, extra) = check.effort(request, target.effort, format.is_some());
        check.finish()?;
        let is_said = format.is_some() || effort.is_some() || extra.is_some();
        let output = is_said.then_some(OutputConfig { effort, format, extra });
        let leading = request.messages.iter().take_while(|message| message.role == Role::System).count();
        let (leading, messages) = request.messages.split_at(leading);
        let inline = takes_system_messages(target.model);
        let system = System { request, leading, later: if inline { &[] } else { messages } };
        let messages = Messages { messages, inline };
        Ok(Self { request, model: target.model, stream: target.stream, system, messages, output })
    }

    /// Roughly how long the body becomes, so that it is not copied while it grows.
    fn size_hint(&self) -> usize {
        let parts = self.request.messages.iter().flat_map(|message| &message.parts);
        let content: usize = parts
            .map(|part| match part {
                Part::Text(text) => text.len() + text.len() / 16 + 32,
                Part::Image(Image::Bytes { data, .. }) => data.len() / 3 * 4 + 128,
                Part::ToolResult(result) => result.output.len() + result.output.len() / 8 + 128,
                _ => 256,
            })
            .sum();
        let schema = self.output.as_ref().and_then(|output| output.format.as_ref()?.schema);
        let schema = schema.map_or(0, |schema| schema.get().len());
        256 + content + schema + self.request.system.as_ref().map_or(0, |text| text.len() + text.len() / 16)
    }
}

impl Serialize for Body<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Request { options, tools, tool_choice, .. } = self.request;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("model", self.model)?;
        if !(options.max_tokens.is_none() && options.extra.contains_key("max_tokens")) {
            map.serialize_entry("max_tokens", &options.max_tokens.unwrap_or(DEFAULT_MAX_TOKENS))?;
        }
        if !self.system.is_empty() {
            map.serialize_entry("system", &self.system)?;
        }
        map.serialize_entry("messages", &self.messages)?;
        for (name, number) in [("temperature", options.temperature), ("top_p", options.top_p)] {
            if let Some(number) = number {
                map.serialize_entry(name, &number)?;
            }
        }
        if let Some(top_k) = options.top_k {
            map.serialize_entry("top_k", &top_k)?;
        }
        if !options.stop.is_empty() {
            map.serialize_entry("stop_sequences", &options.stop)?;
        }
        if let Some(output) = &self.output {
            map.serialize_entry("output_config", output)?;
        }
        if !tools.is_empty() {
            map.serialize_entry("tools", &Tools(tools))?;
        }
        if let Some(choice) = Choice::of(tool_choice.as_ref(), options.parallel_tool_calls, !tools.is_empty()) {
            map.serialize_entry("tool_choice", &choice)?;
        }
        if let Some(tier) = &options.service_tier {
            map.serialize_entry("service_tier", tier)?;
        }
        if self.stream {
            map.serialize_entry("stream", &true)?;
        }
        for (name, value) in &options.extra {
            let merged = name == "output_config" && self.output.is_some();
            // `false` is the default; what else it may say is refused before.
            if !merged && name != "stream" {
                map.serialize_entry(name, value)?;
            }
        }
        map.end()
    }
}

/// The field `system`: the request's own text and the system messages at the start; for a model that takes no system
/// message later on, those as well.
struct System<'a> {
    request: &'a Request,
    leading: &'a [Message],
    later: &'a [Message],
}

impl<'a> System<'a> {
    fn own(&self) -> Option<&'a str> {
        self.request.system.as_deref().filter(|text| !text.is_empty())
    }

    fn blocks(&self) -> impl Iterator<Item = Block<'a>> {
        let later = self.later.iter().filter(|message| message.role == Role::System);
        let all = self.leading.iter().chain(later).flat_map(|message| blocks(&message.parts)).map(|(_, block)| block);
        // An empty text block is refused.
        all.filter(|block| block.is_written() && !matches!(block.part, Part::Text(text) if text.is_empty()))
    }

    fn asks_for_json(&self) -> bool {
        matches!(self.request.output, Output::Json)
    }

    fn is_empty(&self) -> bool {
        self.own().is_none() && !self.asks_for_json() && self.blocks().next().is_none()
    }
}

impl Serialize for System<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut blocks = self.blocks();
        let (first, second) = (blocks.next(), blocks.next());
        match (self.own(), first, second, self.asks_for_json()) {
            (Some(own), None, _, false) => return serializer.serialize_str(own),
            (None, None, _, true) => return serializer.serialize_str(ANY_JSON),
            (None, Some(Block { part: Part::Text(text), rest: None, cache: None }), None, false) => {
                return serializer.serialize_str(text);
            }
            _ => {}
        }
        let mut list = serializer.serialize_seq(None)?;
        if let Some(own) = self.own() {
            list.serialize_element(&PlainText(own))?;
        }
        for block in first.into_iter().chain(second).chain(blocks) {
            list.serialize_element(&block)?;
        }
        if self.asks_for_json() {
            list.serialize_element(&PlainText(ANY_JSON))?;
        }
        list.end()
    }
}

/// A text block with nothing but its text.
struct PlainText<'a>(&'a str);

impl Serialize for PlainText<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("type", "text")?;
        map.serialize_entry("text", self.0)?;
        map.end()
    }
}

/// The field `messages`.
struct Messages<'a> {
    messages: &'a [Message],
    /// Whether system messages stand among the others.
    inline: bool,
}

impl Serialize for Messages<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let stays = |message: &&Message| self.inline || message.role != Role::System;
        serializer.collect_seq(self.messages.iter().filter(stays).map(OneMessage))
    }
}

struct OneMessage<'a>(&'a Message);

impl Serialize for OneMessage<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let role = match self.0.role {
            Role::System => "system",
            Role::User | Role::Tool => "user",
            Role::Assistant => "assistant",
        };
        let (head, parts) = split_head(&self.0.parts);
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("role", role)?;
        map.serialize_entry("content", &Content(parts))?;
        for (name, value) in head.into_iter().flatten().filter(|(name, _)| *name != "type") {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

/// The field `output_config`: the effort, the form of the answer, and what an extra `output_config` adds.
struct OutputConfig<'a> {
    effort: Option<&'a str>,
    format: Option<Format<'a>>,
    extra: Option<&'a Object>,
}

/// The form of the answer: our form of the schema, unless the extra fields bring one.
pub(super) struct Format<'a> {
    pub(super) schema: Option<&'a RawValue>,
    pub(super) extra: Option<&'a Object>,
}

impl Serialize for OutputConfig<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        if let Some(effort) = self.effort {
            map.serialize_entry("effort", effort)?;
        }
        if let Some(format) = &self.format {
            map.serialize_entry("format", format)?;
        }
        for (name, value) in self.extra.into_iter().flatten() {
            if !(self.format.is_some() && name == "format") {
                map.serialize_entry(name, value)?;
            }
        }
        map.end()
    }
}

impl Serialize for Format<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("type", "json_schema")?;
        if let Some(schema) = self.schema {
            map.serialize_entry("schema", schema)?;
        }
        for (name, value) in self.extra.into_iter().flatten() {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}
