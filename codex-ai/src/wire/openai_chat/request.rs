//! The client's half of a request: values in, body out.

use bytes::Bytes;
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Value;

use super::Object;
use super::check::Check;
use super::dialect::Dialect;
use super::format::{Choice, Format, SchemaBody, Tools};
use super::message::Messages;
use crate::error::Result;
use crate::message::{Image, Part};
use crate::request::{Output, Request};
use crate::schema::WireForm;
use crate::structured::SchemaMode;
use crate::wire::foreign::{Origin, encode_without};
use crate::wire::lower::{OwnFormat, Rung, lower};
use crate::wire::{Target, json};

/// Makes the body of a request.
///
/// A stream is asked for with its usage (`stream_options`), unless an extra field `stream_options` says otherwise; an
/// extra field `stream_options` of `null` leaves it out. An extra `response_format` is merged: with
/// `{"json_schema": {"strict": false}}`, or `true`, a schema is sent as it is, instead of its strict form. A schema that a
/// server does not take in `response_format` is told in the first of the dialect's
/// [`schema_modes`](Dialect::schema_modes).
///
/// # Errors
/// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) for parts and options that have no form here, [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest) for options
/// that contradict each other, [`ErrorKind::Schema`](crate::ErrorKind::Schema) for a schema that strict mode cannot hold; all problems at once.
pub fn encode_request(request: &Request, target: &Target<'_>, dialect: &Dialect) -> Result<Bytes> {
    let native = dialect.schema_modes.contains(&SchemaMode::Native);
    match &request.output {
        Output::Schema(schema) if !native && own_format(request) == OwnFormat::Absent => {
            let rung = dialect.rungs().get(0).unwrap_or(Rung::new(SchemaMode::Prompt, WireForm::Plain));
            let request = lower(request, schema, rung)?;
            encode_without(&request, Origin::Chat, |request| write(request, target, dialect))
        }
        _ => encode_without(request, Origin::Chat, |request| write(request, target, dialect)),
    }
}

/// What an extra `response_format` says of the form of the answer.
pub(crate) fn own_format(request: &Request) -> OwnFormat {
    match request.options.extra.get("response_format") {
        None => OwnFormat::Absent,
        Some(extra) if extra.pointer("/json_schema/strict").is_some_and(Value::is_boolean) => OwnFormat::AsItIs,
        Some(_) => OwnFormat::Merged,
    }
}

fn write(request: &Request, target: &Target<'_>, dialect: &Dialect) -> Result<Bytes> {
    let body = Body::new(request, target, dialect)?;
    json::request(&body, body.size_hint())
}

struct Body<'a> {
    request: &'a Request,
    target: &'a Target<'a>,
    dialect: &'a Dialect,
    format: Option<Format<'a>>,
}

impl<'a> Body<'a> {
    fn new(request: &'a Request, target: &'a Target<'a>, dialect: &'a Dialect) -> Result<Self> {
        let mut check = Check::new(dialect);
        for (index, message) in request.messages.iter().enumerate() {
            check.message(index, message);
        }
        check.options(request);
        let form = target.schema_form.unwrap_or(dialect.native_form());
        let format = check.format(request, form)?;
        check.finish()?;
        Ok(Self { request, target, dialect, format })
    }

    /// Roughly how long the body becomes, so that it is not copied while it grows.
    fn size_hint(&self) -> usize {
        let parts = self.request.messages.iter().flat_map(|message| &message.parts);
        let content: usize = parts
            .map(|part| match part {
                Part::Text(text) => 64 + text.len() + text.len() / 16,
                Part::Image(Image::Bytes { data, .. }) => data.len() / 3 * 4 + 128,
                _ => 256,
            })
            .sum();
        let schema = match &self.format {
            Some(Format::Schema { schema: SchemaBody { raw, .. }, .. }) => raw.get().len(),
            _ => 0,
        };
        256 + content + schema + self.request.system.as_ref().map_or(0, |text| text.len() + text.len() / 16)
    }

    /// The effort of reasoning. An extra field is the caller's word on reasoning; the default then adds nothing to it.
    fn effort(&self) -> Option<&str> {
        let options = &self.request.options;
        let said = ["reasoning_effort", "reasoning"].iter().any(|name| options.extra.contains_key(*name));
        options.reasoning_effort.as_deref().or(if said { None } else { self.target.effort })
    }
}

impl Serialize for Body<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Request { system, messages, options, tools, tool_choice, .. } = self.request;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("model", self.target.model)?;
        let system = system.as_deref().filter(|text| !text.is_empty());
        map.serialize_entry("messages", &Messages { system, messages, dialect: self.dialect })?;
        if !tools.is_empty() {
            map.serialize_entry("tools", &Tools(tools))?;
        }
        if let Some(choice) = tool_choice {
            map.serialize_entry("tool_choice", &Choice(choice))?;
        }
        write_some(&mut map, "parallel_tool_calls", &options.parallel_tool_calls)?;
        if let Some(format) = &self.format {
            map.serialize_entry("response_format", format)?;
        }
        write_some(&mut map, self.dialect.max_tokens, &options.max_tokens)?;
        write_some(&mut map, "temperature", &options.temperature)?;
        write_some(&mut map, "top_p", &options.top_p)?;
        write_some(&mut map, "top_k", &options.top_k)?;
        write_some(&mut map, self.dialect.seed, &options.seed)?;
        write_some(&mut map, "presence_penalty", &options.presence_penalty)?;
        write_some(&mut map, "frequency_penalty", &options.frequency_penalty)?;
        if !options.stop.is_empty() {
            map.serialize_entry("stop", &options.stop)?;
        }
        write_some(&mut map, "reasoning_effort", &self.effort())?;
        write_some(&mut map, "service_tier", &options.service_tier)?;
        if self.target.stream {
            map.serialize_entry("stream", &true)?;
            if self.dialect.stream_options && !options.extra.contains_key("stream_options") {
                map.serialize_entry("stream_options", &serde_json::json!({ "include_usage": true }))?;
            }
        }
        for (name, value) in &options.extra {
            let left_out = match name.as_str() {
                "response_format" => self.format.is_some(),
                "stream_options" => !self.target.stream || value.is_null(),
                _ => false,
            };
            if !left_out {
                map.serialize_entry(name, value)?;
            }
        }
        map.end()
    }
}

fn write_some<M: SerializeMap, V: Serialize>(
    map: &mut M,
    name: &'static str,
    value: &Option<V>,
) -> Result<(), M::Error> {
    match value {
        Some(value) => map.serialize_entry(name, value),
        None => Ok(()),
    }
}

/// An extra field that is an object.
pub(super) fn extra_object<'a>(request: &'a Request, name: &str) -> Option<&'a Object> {
    request.options.extra.get(name).and_then(Value::as_object)
}
