//! What OpenAI's strict mode takes, written down a second time and without the library: the judge of its translation.

use serde_json::{Map, Value};

/// The breaches of a schema, each with its place in it.
pub fn breaches(schema: &Value) -> Vec<String> {
    let mut lint = Lint { root: schema, found: Vec::new(), properties: 0, values: 0, characters: 0 };
    if schema.get("type") != Some(&Value::from("object")) {
        lint.breach("", "the root is no object");
    }
    let mut root = schema.as_object().cloned().unwrap_or_default();
    if let Some(definitions) = root.remove("$defs") {
        for (name, definition) in definitions.as_object().into_iter().flatten() {
            lint.characters += name.chars().count();
            lint.schema(definition, &format!("/$defs/{name}"), 0);
        }
    }
    lint.schema(&Value::Object(root), "", 0);
    for (count, most, what) in [
        (lint.properties, 5_000, "properties"),
        (lint.values, 1_000, "enum values"),
        (lint.characters, 120_000, "characters"),
    ] {
        if count > most {
            lint.breach("", &format!("{count} {what}"));
        }
    }
    lint.found
}

const FORMATS: [&str; 9] = ["date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid"];

struct Lint<'s> {
    root: &'s Value,
    found: Vec<String>,
    properties: usize,
    values: usize,
    characters: usize,
}

impl Lint<'_> {
    fn breach(&mut self, at: &str, what: &str) {
        self.found.push(format!("#{at}: {what}"));
    }

    fn schema(&mut self, schema: &Value, at: &str, depth: usize) {
        let Some(map) = schema.as_object() else {
            self.breach(at, "is no object");
            return;
        };
        if let Some(reference) = map.get("$ref") {
            if map.len() > 1 {
                self.breach(at, "has keywords beside `$ref`");
            }
            let target = reference.as_str().and_then(|reference| reference.strip_prefix('#'));
            let named = target.is_some_and(|path| path.is_empty() || path.starts_with("/$defs/"));
            if !named || target.and_then(|path| self.root.pointer(path)).is_none() {
                self.breach(at, "refers to nothing, or to something inside");
            }
            return;
        }
        if map.get("description").is_some_and(|text| text.as_str().is_none_or(str::is_empty)) {
            self.breach(at, "has an empty description");
        }
        if let Some(forms) = map.get("anyOf") {
            self.only(map, at, &["anyOf", "description"]);
            let forms = forms.as_array().map(Vec::as_slice).unwrap_or_default();
            if forms.is_empty() {
                self.breach(at, "has an empty `anyOf`");
            }
            for (i, form) in forms.iter().enumerate() {
                self.schema(form, &format!("{at}/anyOf/{i}"), depth);
            }
            return;
        }
        let kind = match map.get("type") {
            Some(Value::String(kind)) => kind.as_str(),
            Some(Value::Array(kinds)) => match kinds.as_slice() {
                [Value::String(kind), Value::String(null)] if null == "null" && kind != "object" && kind != "array" => {
                    kind
                }
                _ => "none",
            },
            _ => "none",
        };
        match kind {
            "object" => self.object(map, at, depth + 1),
            "array" => self.array(map, at, depth),
            "string" => {
                self.only(map, at, &["type", "description", "enum", "pattern", "format"]);
                if map.get("format").is_some_and(|format| format.as_str().is_none_or(|f| !FORMATS.contains(&f))) {
                    self.breach(at, "has a format that is not known");
                }
                let looks = |p: &str| ["(?=", "(?!", "(?<=", "(?<!"].iter().any(|look| p.contains(look));
                if map.get("pattern").is_some_and(|pattern| pattern.as_str().is_none_or(looks)) {
                    self.breach(at, "has a pattern that looks around");
                }
            }
            "integer" | "number" => {
                let bounds = ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"];
                self.only(map, at, &[&["type", "description", "enum"], &bounds[..]].concat());
            }
            "boolean" => self.only(map, at, &["type", "description", "enum"]),
            "null" => self.only(map, at, &["type", "description"]),
            _ => self.breach(at, "has no type"),
        }
        self.values(map, at);
    }

    fn object(&mut self, map: &Map<String, Value>, at: &str, depth: usize) {
        self.only(map, at, &["type", "description", "properties", "required", "additionalProperties", "$defs"]);
        if depth > 10 {
            self.breach(at, "is nested too deeply");
        }
        if map.get("additionalProperties") != Some(&Value::Bool(false)) {
            self.breach(at, "is not closed");
        }
        let Some(properties) = map.get("properties").and_then(Value::as_object) else {
            self.breach(at, "has no properties");
            return;
        };
        let required = map.get("required").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let is_named = |name: &Value| name.as_str().is_some_and(|name| properties.contains_key(name));
        if required.len() != properties.len() || !required.iter().all(is_named) {
            self.breach(at, "does not require all of its properties");
        }
        for (name, property) in properties {
            self.properties += 1;
            self.characters += name.chars().count();
            self.schema(property, &format!("{at}/properties/{name}"), depth);
        }
    }

    fn array(&mut self, map: &Map<String, Value>, at: &str, depth: usize) {
        self.only(map, at, &["type", "description", "items", "minItems", "maxItems"]);
        match map.get("items") {
            Some(items) => self.schema(items, &format!("{at}/items"), depth),
            None => self.breach(at, "has no items"),
        }
    }

    fn values(&mut self, map: &Map<String, Value>, at: &str) {
        let Some(values) = map.get("enum") else { return };
        let values = values.as_array().map(Vec::as_slice).unwrap_or_default();
        if values.is_empty() || values.iter().any(|value| value.is_array() || value.is_object()) {
            self.breach(at, "has an unusable enum");
        }
        let characters: usize = values.iter().filter_map(Value::as_str).map(|value| value.chars().count()).sum();
        self.values += values.len();
        self.characters += characters;
        if values.len() > 250 && characters > 15_000 {
            self.breach(at, "has an enum that is too long");
        }
    }

    fn only(&mut self, map: &Map<String, Value>, at: &str, known: &[&str]) {
        // The official SDK sends titles, and a `const` was taken in recorded traffic.
        let is_known = |keyword: &str| ["title", "const"].contains(&keyword) || known.contains(&keyword);
        for keyword in map.keys().filter(|keyword| !is_known(keyword)) {
            self.breach(at, &format!("has `{keyword}`"));
        }
    }
}
