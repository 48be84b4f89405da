//! The form of the answer, and the tools, as they are written.

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Value;
use serde_json::value::RawValue;

use super::Object;
use crate::request::{Function, Tool, ToolChoice};

/// The field `response_format`.
pub(super) enum Format<'a> {
    Json {
        extra: Option<&'a Object>,
    },
    /// Any JSON, by a schema that allows everything.
    JsonBySchema {
        extra: Option<&'a Object>,
    },
    Schema {
        name: &'a str,
        schema: SchemaBody<'a>,
        extra: Option<&'a Object>,
    },
}

pub(super) struct SchemaBody<'a> {
    pub(super) raw: &'a RawValue,
    pub(super) strict: bool,
}

impl Serialize for Format<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        let (kind, extra) = match self {
            Self::Json { extra } => ("json_object", extra),
            Self::JsonBySchema { extra } | Self::Schema { extra, .. } => ("json_schema", extra),
        };
        map.serialize_entry("type", kind)?;
        if let Self::JsonBySchema { .. } = self {
            map.serialize_entry("json_schema", &serde_json::json!({ "name": "json", "schema": {} }))?;
        }
        if let Self::Schema { name, schema, extra } = self {
            let extra = extra.and_then(|extra| extra.get("json_schema")).and_then(Value::as_object);
            map.serialize_entry("json_schema", &SchemaField { name, schema, extra })?;
        }
        for (name, value) in extra.iter().copied().flatten() {
            if name != "json_schema" {
                map.serialize_entry(name, value)?;
            }
        }
        map.end()
    }
}

struct SchemaField<'a> {
    name: &'a str,
    schema: &'a SchemaBody<'a>,
    extra: Option<&'a Object>,
}

impl Serialize for SchemaField<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("name", self.name)?;
        if self.schema.strict {
            map.serialize_entry("strict", &true)?;
        }
        map.serialize_entry("schema", self.schema.raw)?;
        for (name, value) in self.extra.into_iter().flatten() {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

/// The field `tools`.
pub(super) struct Tools<'a>(pub(super) &'a [Tool]);

impl Serialize for Tools<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(ToolBody))
    }
}

struct ToolBody<'a>(&'a Tool);

impl Serialize for ToolBody<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let function = match self.0 {
            Tool::Function(function) => function,
            Tool::Raw(raw) => return raw.serialize(serializer),
        };
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("type", "function")?;
        map.serialize_entry("function", &FunctionBody(function))?;
        map.end()
    }
}

struct FunctionBody<'a>(&'a Function);

impl Serialize for FunctionBody<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Function { name, description, parameters, strict, extra, .. } = self.0;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("name", name)?;
        if let Some(description) = description {
            map.serialize_entry("description", description)?;
        }
        if let Some(parameters) = parameters {
            map.serialize_entry("parameters", &**parameters)?;
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
pub(super) struct Choice<'a>(pub(super) &'a ToolChoice);

impl Serialize for Choice<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(serde::Serialize)]
        struct Named<'a> {
            r#type: &'static str,
            function: Name<'a>,
        }
        #[derive(serde::Serialize)]
        struct Name<'a> {
            name: &'a str,
        }
        match self.0 {
            ToolChoice::Auto => serializer.serialize_str("auto"),
            ToolChoice::None => serializer.serialize_str("none"),
            ToolChoice::Required => serializer.serialize_str("required"),
            ToolChoice::Function(name) => Named { r#type: "function", function: Name { name } }.serialize(serializer),
            ToolChoice::Raw(raw) => raw.serialize(serializer),
        }
    }
}
