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

    /// What the vendor would refuse, or take without a look at it.
    pub fn flaws(self, schema: &Value) -> Vec<String> {
        let mut flaws = self.breaches(schema);
        if self == Self::Gemini {
            flaws.extend(gemini_lint::unheard(schema));
        }
        flaws
    }

    /// The schema as JSON Schema, with the same meaning.
    pub fn to_json_schema(self, schema: &Value) -> Value {
        if self == Self::GeminiOpenApi { without_nullable(schema) } else { schema.clone() }
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
