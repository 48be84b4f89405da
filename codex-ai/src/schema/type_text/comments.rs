//! The descriptions, as comments at the end of a line.

use serde_json::Value;

use super::names::{DEEPEST, Names};

impl Names<'_> {
    /// The descriptions of a schema, and of what is written within it without a line of its own.
    pub(super) fn comment(&self, schema: &Value) -> Option<String> {
        let mut texts = Vec::new();
        self.describe(schema, &mut texts, 0);
        (!texts.is_empty()).then(|| texts.join(" / "))
    }

    fn describe(&self, schema: &Value, texts: &mut Vec<String>, depth: usize) {
        if depth > DEEPEST {
            return;
        }
        if let Some(text) = description(schema).map(one_line)
            && !texts.contains(&text)
        {
            texts.push(text);
        }
        let Value::Object(object) = schema else { return };
        for (name, inner) in object {
            match (name.as_str(), inner) {
                ("$ref", Value::String(reference)) if self.name(reference).is_none() => {
                    if let Some(target) = self.target(reference) {
                        self.describe(target, texts, depth + 1);
                    }
                }
                ("items" | "additionalProperties" | "propertyNames", inner) => self.describe(inner, texts, depth + 1),
                ("patternProperties", Value::Object(all)) => {
                    all.values().for_each(|inner| self.describe(inner, texts, depth + 1));
                }
                ("prefixItems" | "allOf", Value::Array(list)) => {
                    list.iter().for_each(|inner| self.describe(inner, texts, depth + 1));
                }
                // Each of several has a line of its own where one has a description.
                ("anyOf" | "oneOf", Value::Array(list)) if !list.iter().any(|branch| description(branch).is_some()) => {
                    list.iter().for_each(|inner| self.describe(inner, texts, depth + 1));
                }
                _ => {}
            }
        }
    }
}

pub(super) fn description(schema: &Value) -> Option<&str> {
    schema.get("description")?.as_str().filter(|text| !text.trim().is_empty())
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
