//! What Anthropic's structured output and strict tools take, written down a second time and without the library.

use serde_json::{Map, Value};

const FORMATS: [&str; 10] =
    ["date-time", "time", "date", "duration", "email", "hostname", "uri", "ipv4", "ipv6", "uuid"];

/// The breaches of a schema, each with its place in it.
pub fn breaches(schema: &Value) -> Vec<String> {
    let mut lint = Lint { root: schema, found: Vec::new(), optional: 0, unions: 0 };
    lint.schema(schema, "", true);
    for (name, definition) in schema.get("$defs").and_then(Value::as_object).into_iter().flatten() {
        lint.schema(definition, &format!("/$defs/{name}"), false);
    }
    if lint.optional > 24 {
        lint.breach("", &format!("{} optional properties", lint.optional));
    }
    if lint.unions > 16 {
        lint.breach("", &format!("{} unions", lint.unions));
    }
    lint.found
}

struct Lint<'s> {
    root: &'s Value,
    found: Vec<String>,
    optional: usize,
    unions: usize,
}

impl Lint<'_> {
    fn breach(&mut self, at: &str, what: &str) {
        self.found.push(format!("#{at}: {what}"));
    }

    /// One schema; `counts` outside of definitions.
    fn schema(&mut self, schema: &Value, at: &str, counts: bool) {
        let Some(map) = schema.as_object() else {
            self.breach(at, "is no object");
            return;
        };
        for (keyword, value) in map {
            let is_known = match keyword.as_str() {
                "description" | "title" => value.is_string(),
                "$defs" => at.is_empty(),
                "type"
                | "anyOf"
                | "enum"
                | "const"
                | "$ref"
                | "properties"
                | "required"
                | "additionalProperties"
                | "items" => true,
                "minItems" => value == 0 || value == 1,
                "format" => value.as_str().is_some_and(|format| FORMATS.contains(&format)),
                _ => false,
            };
            if !is_known {
                self.breach(at, &format!("has `{keyword}`: {value}"));
            }
        }
        if let Some(target) = map.get("$ref") {
            let beside = map.keys().any(|keyword| keyword != "$ref" && keyword != "$defs");
            let place = target.as_str().and_then(|target| target.strip_prefix('#')).unwrap_or("-");
            if beside || !place.starts_with("/$defs/") || self.root.pointer(place).is_none() {
                self.breach(at, "refers to nothing, or is not alone");
            }
            return;
        }
        if let Some(forms) = map.get("anyOf") {
            self.unions += usize::from(counts);
            let forms = forms.as_array().map(Vec::as_slice).unwrap_or_default();
            if forms.is_empty() || map.contains_key("type") || map.contains_key("properties") {
                self.breach(at, "has an unusable `anyOf`");
            }
            for (i, form) in forms.iter().enumerate() {
                self.schema(form, &format!("{at}/anyOf/{i}"), counts);
            }
            return;
        }
        let kinds = match map.get("type") {
            Some(Value::Array(kinds)) => {
                self.unions += usize::from(counts);
                kinds.iter().filter_map(Value::as_str).collect()
            }
            Some(Value::String(kind)) => vec![kind.as_str()],
            _ => Vec::new(),
        };
        let known = ["object", "array", "string", "number", "integer", "boolean", "null"];
        // The official SDK sends values without their type.
        let has_values = map.contains_key("enum") || map.contains_key("const");
        if kinds.is_empty() && !has_values || kinds.iter().any(|kind| !known.contains(kind)) {
            self.breach(at, "has no type");
        }
        if kinds.contains(&"object") {
            self.object(map, at, counts);
        }
        if kinds.contains(&"array") {
            match map.get("items") {
                Some(items) => self.schema(items, &format!("{at}/items"), counts),
                None => self.breach(at, "has no items"),
            }
        }
        if let Some(values) = map.get("enum") {
            let values = values.as_array().map(Vec::as_slice).unwrap_or_default();
            if values.is_empty() || values.iter().any(|value| value.is_array() || value.is_object()) {
                self.breach(at, "has an unusable enum");
            }
        }
    }

    fn object(&mut self, map: &Map<String, Value>, at: &str, counts: bool) {
        if map.get("additionalProperties") != Some(&Value::Bool(false)) {
            self.breach(at, "is not closed");
        }
        let none = Map::new();
        let properties = map.get("properties").and_then(Value::as_object).unwrap_or(&none);
        let required = map.get("required").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        if required.iter().any(|name| name.as_str().is_none_or(|name| !properties.contains_key(name))) {
            self.breach(at, "requires what is no property");
        }
        for (name, property) in properties {
            let is_optional = !required.iter().any(|known| known == name);
            self.optional += usize::from(counts && is_optional);
            self.schema(property, &format!("{at}/properties/{name}"), counts);
        }
    }
}
