//! Tools and the choice among them, both halves.

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Value;

use crate::request::{Function, Tool, ToolChoice};

/// The field `tools`.
pub(super) struct Tools<'a>(pub(super) &'a [Tool]);

impl Serialize for Tools<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(Entry))
    }
}

/// One tool. A function's fields stand beside its `type`, unlike in Chat Completions.
struct Entry<'a>(&'a Tool);

impl Serialize for Entry<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let function = match self.0 {
            Tool::Function(function) => function,
            Tool::Raw(raw) => return raw.serialize(serializer),
        };
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("type", "function")?;
        map.serialize_entry("name", &function.name)?;
        if let Some(description) = &function.description {
            map.serialize_entry("description", description)?;
        }
        if let Some(parameters) = &function.parameters {
            map.serialize_entry("parameters", &**parameters)?;
        }
        if let Some(strict) = function.strict {
            map.serialize_entry("strict", &strict)?;
        }
        for (name, value) in &function.extra {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

/// The field `tool_choice`.
pub(super) struct Choice<'a>(pub(super) &'a ToolChoice);

impl Serialize for Choice<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            ToolChoice::Auto => serializer.serialize_str("auto"),
            ToolChoice::None => serializer.serialize_str("none"),
            ToolChoice::Required => serializer.serialize_str("required"),
            ToolChoice::Raw(raw) => raw.serialize(serializer),
            ToolChoice::Function(name) => {
                let mut map = serializer.serialize_map(Some(2))?;
                map.serialize_entry("type", "function")?;
                map.serialize_entry("name", name)?;
                map.end()
            }
        }
    }
}

/// Reads one tool. What is no plain function is kept as it is.
pub(super) fn read_tool(tool: Value) -> Tool {
    let Value::Object(mut fields) = tool else { return Tool::Raw(tool) };
    let text_or_none = |value: Option<&Value>| matches!(value, None | Some(Value::Null | Value::String(_)));
    let is_function = fields.get("type").is_some_and(|kind| kind == "function")
        && fields.get("name").is_some_and(Value::is_string)
        && text_or_none(fields.get("description"))
        && matches!(fields.get("strict"), None | Some(Value::Null | Value::Bool(_)))
        && matches!(fields.get("parameters"), None | Some(Value::Null | Value::Object(_)));
    if !is_function {
        return Tool::Raw(Value::Object(fields));
    }
    fields.shift_remove("type");
    let mut text = |name: &str| match fields.shift_remove(name) {
        Some(Value::String(text)) => Some(text),
        _ => None,
    };
    let mut function = Function::new(text("name").unwrap_or_default());
    function.description = text("description").map(Into::into);
    function.strict = fields.shift_remove("strict").and_then(|strict| strict.as_bool());
    function.parameters = fields.shift_remove("parameters").filter(Value::is_object).map(Into::into);
    function.extra = fields;
    Tool::Function(function)
}

/// Reads the choice among tools. What has no name here is kept as it is.
pub(super) fn read_choice(choice: Value) -> ToolChoice {
    match choice.as_str() {
        Some("auto") => return ToolChoice::Auto,
        Some("none") => return ToolChoice::None,
        Some("required") => return ToolChoice::Required,
        _ => {}
    }
    match (choice.get("type"), choice.get("name"), choice.as_object().map(serde_json::Map::len)) {
        (Some(Value::String(kind)), Some(Value::String(name)), Some(2)) if kind == "function" => {
            ToolChoice::Function(name.clone().into())
        }
        _ => ToolChoice::Raw(choice),
    }
}
