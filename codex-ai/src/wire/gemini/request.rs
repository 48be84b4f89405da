//! The client's half of a request: values in, body out.

use bytes::Bytes;
use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};
use serde_json::Value;

use super::Object;
use super::check::{Check, Names};
use super::config::Config;
use super::part::{PartBody, Parts, bodies};
use crate::error::Result;
use crate::message::{Image, Message, Part, Role};
use crate::request::{Function, Request, Tool, ToolChoice};
use crate::schema::WireForm;
use crate::wire::foreign::{Origin, encode_without};
use crate::wire::{Target, json};

/// Makes the body of a request. The model stands in the path, not in the body, and so does whether it is streamed.
///
/// - All system text goes to `systemInstruction`, wherever it stands.
/// - The output of a tool that is a JSON object is its `response` as it is; any other text goes as `{"output": text}`,
///   that of a tool that failed as `{"error": text}`. Without a name a result is given that of the call with its id.
/// - A schema goes as `responseJsonSchema` in the form of [`Schema::gemini`](crate::Schema::gemini); its name is not sent.
///   An extra `generationConfig.responseJsonSchema` is sent instead of that form.
/// - `strict` of a function has the mode `VALIDATED` sent where the model decides whether it calls.
///
/// # Errors
/// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) for parts and options that have no form here, [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest) for options
/// that contradict each other, [`ErrorKind::Schema`](crate::ErrorKind::Schema) for a schema that Gemini cannot hold; all problems at once.
pub fn encode_request(request: &Request, target: &Target<'_>) -> Result<Bytes> {
    encode_without(request, Origin::Gemini, |request| write(request, target))
}

fn write(request: &Request, target: &Target<'_>) -> Result<Bytes> {
    let body = Body::new(request, target)?;
    json::request(&body, body.size_hint())
}

struct Body<'a> {
    request: &'a Request,
    names: Names<'a>,
    config: Config<'a>,
    tool_config: Option<&'a Object>,
}

impl<'a> Body<'a> {
    fn new(request: &'a Request, target: &Target<'a>) -> Result<Self> {
        let mut check = Check::default();
        let names = Names::of(&request.messages);
        check.messages(&request.messages, &names);
        check.options(request);
        let config = check.config(request, target.effort, target.schema_form.unwrap_or(WireForm::Gemini))?;
        let tool_config = check.tool_config(request);
        check.finish()?;
        Ok(Self { request, names, config, tool_config })
    }

    /// Roughly how long the body becomes, so that it is not copied while it grows.
    fn size_hint(&self) -> usize {
        let parts = self.request.messages.iter().flat_map(|message| &message.parts);
        let content: usize = parts
            .map(|part| match part {
                Part::Text(text) => text.len() + text.len() / 16 + 16,
                Part::Image(Image::Bytes { data, .. }) => data.len() / 3 * 4 + 64,
                _ => 256,
            })
            .sum();
        256 + content
            + self.config.size_hint()
            + self.request.system.as_ref().map_or(0, |text| text.len() + text.len() / 16)
    }
}

impl Serialize for Body<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Request { messages, options, tools, .. } = self.request;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("contents", &Contents { messages, names: &self.names })?;
        if has_system(self.request) {
            map.serialize_entry("systemInstruction", &SystemContent(self.request))?;
        }
        if !tools.is_empty() {
            map.serialize_entry("tools", &Tools(tools))?;
        }
        let mode = Mode::of(self.request);
        if mode.is_some() || self.tool_config.is_some() {
            map.serialize_entry("toolConfig", &ToolConfig { mode, extra: self.tool_config })?;
        }
        if !self.config.is_empty() {
            map.serialize_entry("generationConfig", &self.config)?;
        }
        if let Some(tier) = &options.service_tier {
            map.serialize_entry("serviceTier", tier)?;
        }
        for (name, value) in &options.extra {
            let merged = match name.as_str() {
                "generationConfig" | "generation_config" => self.config.extra.is_some(),
                "toolConfig" | "tool_config" => self.tool_config.is_some(),
                _ => false,
            };
            if !merged {
                map.serialize_entry(name, value)?;
            }
        }
        map.end()
    }
}

fn system_texts(request: &Request) -> Option<&str> {
    request.system.as_deref().filter(|text| !text.is_empty())
}

fn has_system(request: &Request) -> bool {
    system_texts(request).is_some() || request.messages.iter().any(|m| m.role == Role::System && !m.parts.is_empty())
}

/// The field `systemInstruction`.
struct SystemContent<'a>(&'a Request);

impl Serialize for SystemContent<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        struct All<'a>(&'a Request);
        impl Serialize for All<'_> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let mut list = serializer.serialize_seq(None)?;
                if let Some(text) = system_texts(self.0) {
                    list.serialize_element(&std::collections::BTreeMap::from([("text", text)]))?;
                }
                for message in self.0.messages.iter().filter(|message| message.role == Role::System) {
                    for body in bodies(&message.parts) {
                        list.serialize_element(&body)?;
                    }
                }
                list.end()
            }
        }
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_entry("parts", &All(self.0))?;
        map.end()
    }
}

/// The field `contents`.
struct Contents<'a> {
    messages: &'a [Message],
    names: &'a Names<'a>,
}

impl Serialize for Contents<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(None)?;
        let said = |message: &&Message| message.role != Role::System;
        let mut rest = self.messages;
        while let Some(message) = rest.iter().find(said) {
            let start = rest.iter().position(|message| message.role != Role::System).unwrap_or_default();
            // Google wants the results of all calls of a turn in one content.
            let tools = rest[start..].iter().take_while(|message| message.role == Role::Tool).count();
            let (messages, after) = rest[start..].split_at(tools.max(1));
            list.serialize_element(&Content { role: message.role, messages, names: self.names })?;
            rest = after;
        }
        list.end()
    }
}

struct Content<'a> {
    role: Role,
    messages: &'a [Message],
    names: &'a Names<'a>,
}

impl Serialize for Content<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("role", if self.role == Role::Assistant { "model" } else { "user" })?;
        match self.messages {
            [message] if self.names.is_empty() => map.serialize_entry("parts", &Parts(&message.parts))?,
            messages => map.serialize_entry("parts", &Named { messages, names: self.names })?,
        }
        map.end()
    }
}

/// Parts whose results are given the names of their tools.
struct Named<'a> {
    messages: &'a [Message],
    names: &'a Names<'a>,
}

impl Serialize for Named<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(None)?;
        for body in self.messages.iter().flat_map(|message| bodies(&message.parts)) {
            let tool = match body.part {
                Part::ToolResult(result) => self.names.of_call(&result.id),
                _ => None,
            };
            list.serialize_element(&PartBody { tool, ..body })?;
        }
        list.end()
    }
}

/// The field `tools`: functions in a row are one entry.
struct Tools<'a>(&'a [Tool]);

impl Serialize for Tools<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        struct Declarations<'a>(&'a [Tool]);
        impl Serialize for Declarations<'_> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_seq(self.0.iter().filter_map(|tool| match tool {
                    Tool::Function(function) => Some(Declaration(function)),
                    Tool::Raw(_) => None,
                }))
            }
        }
        let mut list = serializer.serialize_seq(None)?;
        let mut rest = self.0;
        while let Some((first, after)) = rest.split_first() {
            match first {
                Tool::Raw(raw) => {
                    list.serialize_element(raw)?;
                    rest = after;
                }
                Tool::Function(_) => {
                    let end = rest.iter().position(|tool| matches!(tool, Tool::Raw(_))).unwrap_or(rest.len());
                    let (functions, after) = rest.split_at(end);
                    let entry = std::collections::BTreeMap::from([("functionDeclarations", Declarations(functions))]);
                    list.serialize_element(&entry)?;
                    rest = after;
                }
            }
        }
        list.end()
    }
}

struct Declaration<'a>(&'a Function);

impl Serialize for Declaration<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Function { name, description, parameters, extra, .. } = self.0;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("name", name)?;
        if let Some(description) = description {
            map.serialize_entry("description", description)?;
        }
        if let Some(parameters) = parameters {
            map.serialize_entry("parametersJsonSchema", &**parameters)?;
        }
        for (name, value) in extra {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

/// The field `functionCallingConfig`.
enum Mode<'a> {
    Named(&'static str, Option<&'a str>),
    Raw(&'a Value),
}

impl<'a> Mode<'a> {
    fn of(request: &'a Request) -> Option<Self> {
        let strict = || request.tools.iter().any(|t| matches!(t, Tool::Function(Function { strict: Some(true), .. })));
        Some(match &request.tool_choice {
            None | Some(ToolChoice::Auto) if strict() => Self::Named("VALIDATED", None),
            None => return None,
            Some(ToolChoice::Auto) => Self::Named("AUTO", None),
            Some(ToolChoice::None) => Self::Named("NONE", None),
            Some(ToolChoice::Required) => Self::Named("ANY", None),
            Some(ToolChoice::Function(name)) => Self::Named("ANY", Some(name)),
            Some(ToolChoice::Raw(raw)) => Self::Raw(raw),
        })
    }
}

impl Serialize for Mode<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Raw(raw) => raw.serialize(serializer),
            Self::Named(mode, name) => {
                let mut map = serializer.serialize_map(None)?;
                map.serialize_entry("mode", mode)?;
                if let Some(name) = name {
                    map.serialize_entry("allowedFunctionNames", &[name])?;
                }
                map.end()
            }
        }
    }
}

struct ToolConfig<'a> {
    mode: Option<Mode<'a>>,
    extra: Option<&'a Object>,
}

impl Serialize for ToolConfig<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        if let Some(mode) = &self.mode {
            map.serialize_entry("functionCallingConfig", mode)?;
        }
        for (name, value) in self.extra.into_iter().flatten() {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}
