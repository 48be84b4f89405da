//! The client's half of a request: values in, body out.

use bytes::Bytes;
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::value::RawValue;

use super::Object;
use super::check::Check;
use super::item::Input;
use super::tool::{Choice, Tools};
use crate::error::Result;
use crate::message::Part;
use crate::request::Request;
use crate::wire::foreign::{Origin, encode_without};
use crate::wire::{Target, json};

/// Makes the body of a request.
///
/// `store` is `false` unless an extra field says otherwise: OpenAI keeps answers for 30 days by default.
/// An extra `text.format` that says `strict`, either way, sends a schema as it is, instead of its strict form.
///
/// # Errors
/// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) for parts that have no form here, [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest) for options that
/// contradict each other, [`ErrorKind::Schema`](crate::ErrorKind::Schema) for a schema that strict mode cannot hold; all problems at once.
pub fn encode_request(request: &Request, target: &Target<'_>) -> Result<Bytes> {
    encode_without(request, Origin::Responses, |request| write(request, target))
}

/// What an extra `text.format` says of the form of the answer.
#[cfg(feature = "openai")]
pub(crate) fn own_format(request: &Request) -> crate::wire::lower::OwnFormat {
    use crate::wire::lower::OwnFormat;

    match request.options.extra.get("text").and_then(|text| text.get("format")) {
        None => OwnFormat::Absent,
        Some(extra) if extra.get("strict").is_some_and(serde_json::Value::is_boolean) => OwnFormat::AsItIs,
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
    text: Option<Text<'a>>,
    reasoning: Option<Reasoning<'a>>,
}

/// The field `text`: the form of the answer, and what an extra `text` adds.
pub(super) struct Text<'a> {
    pub(super) format: Option<Format<'a>>,
    pub(super) extra: Option<&'a Object>,
}

/// The form of the answer.
pub(super) enum Format<'a> {
    Json,
    Schema { name: &'a str, schema: SchemaBody<'a>, extra: Option<&'a Object> },
}

pub(super) enum SchemaBody<'a> {
    Strict(&'a RawValue),
    AsItIs(&'a RawValue),
}

/// The field `reasoning`: the effort, and what an extra `reasoning` adds.
pub(super) struct Reasoning<'a> {
    pub(super) effort: Option<&'a str>,
    pub(super) extra: Option<&'a Object>,
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
                    SchemaBody::AsItIs(raw) => map.serialize_entry("schema", raw)?,
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
