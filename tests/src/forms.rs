//! The vendors' schema forms, each with its judge.

use serde_json::Value;

use crate::{anthropic_lint, gemini_lint, open_api_lint, strict_lint};

/// A vendor's schema form, as the judges know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// OpenAI's strict mode.
    OpenAi,
    /// Anthropic's structured output.
    Anthropic,
    /// Gemini's `responseJsonSchema`.
    Gemini,
    /// Gemini's `responseSchema`.
    GeminiOpenApi,
}

impl Form {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::OpenAi, Self::Anthropic, Self::Gemini, Self::GeminiOpenApi];

    /// What the vendor would refuse in a schema, each with its place.
    pub fn breaches(self, schema: &Value) -> Vec<String> {
        match self {
            Self::OpenAi => strict_lint::breaches(schema),
            Self::Anthropic => anthropic_lint::breaches(schema),
            Self::Gemini => gemini_lint::breaches(schema),
            Self::GeminiOpenApi => open_api_lint::breaches(schema),
        }
    }

    /// What the vendor would refuse, or take without a look at it, and what has no place in a schema that is sent: each
    /// keyword goes, or is told in the description.
    pub fn flaws(self, schema: &Value) -> Vec<String> {
        let mut flaws = self.breaches(schema);
        if self == Self::Gemini {
            flaws.extend(gemini_lint::unheard(schema));
        }
        noise(schema, "#", &mut flaws);
        flaws
    }

    /// The schema as JSON Schema, with the same meaning.
    pub fn to_json_schema(self, schema: &Value) -> Value {
        if self == Self::GeminiOpenApi { without_nullable(schema) } else { schema.clone() }
    }
}

/// Keywords that are written otherwise, or say nothing about values; an order of `required` that is not that of the
/// properties.
fn noise(schema: &Value, at: &str, found: &mut Vec<String>) {
    const NOISE: [&str; 10] =
        ["const", "oneOf", "allOf", "title", "default", "examples", "$schema", "$id", "$comment", "deprecated"];
    let Some(map) = schema.as_object() else { return };
    for (keyword, value) in map {
        let at = format!("{at}/{keyword}");
        match (keyword.as_str(), value) {
            ("properties" | "$defs", Value::Object(inner)) => {
                inner.iter().for_each(|(name, schema)| noise(schema, &format!("{at}/{name}"), found));
            }
            ("anyOf" | "prefixItems", Value::Array(inner)) => inner.iter().for_each(|form| noise(form, &at, found)),
            ("items" | "additionalProperties", inner) => noise(inner, &at, found),
            (keyword, _) if NOISE.contains(&keyword) || keyword.starts_with("x-") => {
                found.push(format!("{at}: is noise"));
            }
            ("description", text) if text.as_str().is_none_or(|text| text.trim().is_empty()) => {
                found.push(format!("{at}: is empty"));
            }
            _ => {}
        }
    }
    if let (Some(required), Some(fields)) = (map.get("required"), map.get("properties").and_then(Value::as_object)) {
        let is_required = |name: &&String| required.as_array().is_some_and(|all| all.iter().any(|one| *one == **name));
        if *required != fields.keys().filter(is_required).map(String::as_str).collect::<Value>() {
            found.push(format!("{at}/required: has another order than the properties"));
        }
    }
}

/// `nullable` as a choice.
fn without_nullable(schema: &Value) -> Value {
    let Value::Object(map) = schema else { return schema.clone() };
    let mut map = map.clone();
    for (keyword, value) in &mut map {
        match (keyword.as_str(), value) {
            ("properties", Value::Object(fields)) => {
                fields.values_mut().for_each(|field| *field = without_nullable(field));
            }
            ("anyOf", Value::Array(forms)) => forms.iter_mut().for_each(|form| *form = without_nullable(form)),
            ("items", items) => *items = without_nullable(items),
            _ => {}
        }
    }
    if map.remove("nullable") == Some(Value::Bool(true)) {
        return serde_json::json!({ "anyOf": [map, { "type": "null" }] });
    }
    Value::Object(map)
}
