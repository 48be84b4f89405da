//! Tools and their choice, as they are written.

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Value, json};

use crate::request::{Function, Tool, ToolChoice};

/// The field `tools`.
pub(super) struct Tools<'a>(pub(super) &'a [Tool]);

impl Serialize for Tools<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(OneTool))
    }
}

struct OneTool<'a>(&'a Tool);

impl Serialize for OneTool<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let function = match self.0 {
            Tool::Function(function) => function,
            Tool::Raw(raw) => return raw.serialize(serializer),
        };
        let Function { name, description, parameters, strict, extra, .. } = function;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("name", name)?;
        if let Some(description) = description {
            map.serialize_entry("description", description)?;
        }
        match parameters {
            Some(schema) => map.serialize_entry("input_schema", schema.as_ref())?,
            None => map.serialize_entry("input_schema", &json!({ "type": "object", "properties": {} }))?,
        }
        if let Some(strict) = strict {
            map.serialize_entry("strict", strict)?;
        }
        for (name, value) in extra {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

/// The field `tool_choice`.
pub(super) enum Choice<'a> {
    Own { kind: &'static str, name: Option<&'a str>, one_at_a_time: Option<bool> },
    Raw(&'a Value),
}

impl<'a> Choice<'a> {
    /// `None` where there is nothing to say, as where no tool can be called.
    pub(super) fn of(choice: Option<&'a ToolChoice>, parallel: Option<bool>, has_tools: bool) -> Option<Self> {
        let one_at_a_time = parallel.map(|parallel| !parallel);
        let own = |kind, name| Self::Own { kind, name, one_at_a_time };
        Some(match choice {
            Some(ToolChoice::Auto) => own("auto", None),
            Some(ToolChoice::Required) => own("any", None),
            Some(ToolChoice::Function(name)) => own("tool", Some(name)),
            Some(ToolChoice::None) => Self::Own { kind: "none", name: None, one_at_a_time: None },
            Some(ToolChoice::Raw(raw)) => Self::Raw(raw),
            None if has_tools && parallel.is_some() => own("auto", None),
            None => return None,
        })
    }
}

impl Serialize for Choice<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (kind, name, one_at_a_time) = match self {
            Self::Own { kind, name, one_at_a_time } => (kind, name, one_at_a_time),
            Self::Raw(raw) => return raw.serialize(serializer),
        };
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("type", kind)?;
        if let Some(name) = name {
            map.serialize_entry("name", name)?;
        }
        if let Some(one) = one_at_a_time {
            map.serialize_entry("disable_parallel_tool_use", one)?;
        }
        map.end()
    }
}
