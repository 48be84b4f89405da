//! Messages as they are written: those of a request, and the one of an answer.

use std::fmt;

use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};
use serde_json::Value;

use super::Object;
use super::content::{Contents, Images, write_rest};
use super::dialect::{Dialect, ReasoningField};
use super::split::{Call, Content, ContentKind, Split, is_message};
use crate::message::{Message, Part, Role, ToolCall, ToolResult};

/// Fields that only answers have: servers have refused to get them back.
const ANSWERS_ONLY: [&str; 2] = ["annotations", "executed_tools"];

/// What an answer's `audio` has besides its id.
const SPOKEN: [&str; 3] = ["data", "expires_at", "transcript"];

/// The field `messages`.
pub(super) struct Messages<'a> {
    pub(super) system: Option<&'a str>,
    pub(super) messages: &'a [Message],
    pub(super) dialect: &'a Dialect,
}

impl Serialize for Messages<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(None)?;
        let dialect = self.dialect;
        if let Some(content) = self.system {
            list.serialize_element(&Plain { role: dialect.system_role, content })?;
        }
        for message in self.messages {
            let role = match message.role {
                Role::System => dialect.system_role,
                Role::User => "user",
                Role::Assistant => "assistant",
                Role::Tool => "tool",
            };
            let mut whole = false;
            for part in &message.parts {
                match part {
                    Part::ToolResult(result) => list.serialize_element(&ResultBody(result))?,
                    Part::Raw(raw) if is_message(raw) => list.serialize_element(raw)?,
                    _ => continue,
                }
                whole = true;
            }
            let split = Split::new(&message.parts);
            let is_empty = split.head.is_none()
                && split.content.is_empty()
                && split.reasoning.is_empty()
                && split.refusal.is_empty()
                && split.calls.is_empty();
            if message.role != Role::Tool && !(whole && is_empty) {
                list.serialize_element(&Body { role, split, side: Side::Request(dialect) })?;
            }
        }
        list.end()
    }
}

/// The field `message` of an answer.
pub(super) struct Answer<'a>(pub(super) &'a [Part]);

impl Serialize for Answer<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Body { role: "assistant", split: Split::new(self.0), side: Side::Answer }.serialize(serializer)
    }
}

#[derive(serde::Serialize)]
struct Plain<'a> {
    role: &'a str,
    content: &'a str,
}

struct ResultBody<'a>(&'a ToolResult);

impl Serialize for ResultBody<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("role", "tool")?;
        map.serialize_entry("tool_call_id", &self.0.id)?;
        if let Some(name) = &self.0.name {
            map.serialize_entry("name", name)?;
        }
        map.serialize_entry("content", &self.0.output)?;
        map.end()
    }
}

#[derive(Clone, Copy)]
enum Side<'a> {
    Request(&'a Dialect),
    Answer,
}

/// One message.
struct Body<'a> {
    role: &'static str,
    split: Split<'a>,
    side: Side<'a>,
}

impl Serialize for Body<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Split { head, content, reasoning, refusal, calls } = &self.split;
        let mut map = serializer.serialize_map(None)?;
        let mut written = vec!["role"];
        map.serialize_entry("role", self.role)?;
        // The model's pictures have a field of their own.
        let is_model = self.role == "assistant";
        let is_image = |part: &&Content<'_>| is_model && matches!(part.kind, ContentKind::Image(_));
        let dialect = match self.side {
            Side::Request(dialect) => Some(dialect),
            Side::Answer => None,
        };
        let cache = dialect.is_some_and(|dialect| dialect.cache_points);
        let mut others = content.iter().filter(|part| !is_image(part)).peekable();
        if others.peek().is_some() {
            written.push("content");
            map.serialize_entry("content", &Contents { parts: content, is_model, cache })?;
        } else if !is_model || (calls.is_empty() && !head.is_some_and(|head| head.contains_key("content"))) {
            written.push("content");
            let nothing: Option<&str> = (!is_model).then_some("");
            map.serialize_entry("content", &nothing)?;
        } else if dialect.is_none() {
            map.serialize_entry("content", &())?;
            written.push("content");
        }
        if !reasoning.is_empty() {
            let field = match dialect.map_or(ReasoningField::ReasoningContent, |dialect| dialect.reasoning) {
                ReasoningField::None => None,
                ReasoningField::ReasoningContent => Some("reasoning_content"),
                ReasoningField::Reasoning => Some("reasoning"),
            };
            if let Some(field) = field {
                map.serialize_entry(field, &Joined(reasoning))?;
                written.push(field);
            }
        }
        if !refusal.is_empty() {
            map.serialize_entry("refusal", &Joined(refusal))?;
            written.push("refusal");
        } else if dialect.is_none() {
            map.serialize_entry("refusal", &())?;
            written.push("refusal");
        }
        if content.iter().any(|part| is_image(&part)) {
            map.serialize_entry("images", &Images(content))?;
            written.push("images");
        }
        if !calls.is_empty() {
            map.serialize_entry("tool_calls", &Calls(calls))?;
            written.push("tool_calls");
        }
        for (name, value) in head.iter().copied().flatten() {
            let name = name.as_str();
            match (name, value) {
                ("type", _) => {}
                _ if written.contains(&name) => {}
                _ if dialect.is_some() && ANSWERS_ONLY.contains(&name) => {}
                // What a model said is named, and not said again.
                ("audio", Value::Object(audio)) if dialect.is_some() && audio.contains_key("id") => {
                    let named = |name: &str| !SPOKEN.contains(&name);
                    let audio: Object = audio.clone().into_iter().filter(|(name, _)| named(name)).collect();
                    map.serialize_entry(name, &audio)?;
                }
                _ => map.serialize_entry(name, value)?,
            }
        }
        map.end()
    }
}

/// The list `tool_calls`.
struct Calls<'a>(&'a [Call<'a>]);

impl Serialize for Calls<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(CallBody))
    }
}

struct CallBody<'a>(&'a Call<'a>);

impl Serialize for CallBody<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (call, rest) = match self.0 {
            Call::Raw(raw) => return raw.serialize(serializer),
            Call::Function { call, rest } => (*call, *rest),
        };
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("id", &call.id)?;
        map.serialize_entry("type", "function")?;
        let inner = rest.and_then(|rest| rest.get("function")).and_then(Value::as_object);
        map.serialize_entry("function", &FunctionBody { call, rest: inner })?;
        write_rest(&mut map, rest, &["id", "function", "index"])?;
        map.end()
    }
}

struct FunctionBody<'a> {
    call: &'a ToolCall,
    rest: Option<&'a Object>,
}

impl Serialize for FunctionBody<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("name", &self.call.name)?;
        map.serialize_entry("arguments", &self.call.arguments)?;
        write_rest(&mut map, self.rest, &["name", "arguments"])?;
        map.end()
    }
}

/// Texts as one.
pub(super) struct Joined<'a>(pub(super) &'a [&'a str]);

impl fmt::Display for Joined<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|text| f.write_str(text))
    }
}

impl Serialize for Joined<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            [text] => serializer.serialize_str(text),
            _ => serializer.collect_str(self),
        }
    }
}
