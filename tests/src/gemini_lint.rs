//! What Gemini takes as `responseJsonSchema`, written down a second time and without the library.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// The breaches of a schema, each with its place in it.
pub fn breaches(schema: &Value) -> Vec<String> {
    let mut lint = Lint { root: schema, found: Vec::new(), bare: BTreeMap::new() };
    lint.schema(schema, "", "#", false);
    for (name, definition) in schema.get("$defs").and_then(Value::as_object).into_iter().flatten() {
        lint.schema(definition, &format!("/$defs/{name}"), &format!("#/$defs/{name}"), false);
    }
    let names: Vec<_> = lint.bare.keys().cloned().collect();
    for name in names {
        if lint.comes_back(&name) {
            lint.breach(&name, "contains itself outside of an optional property");
        }
    }
    lint.found
}

/// The keywords that Gemini takes and does not look at, each with its place: what they say must stand in words.
pub fn unheard(schema: &Value) -> Vec<String> {
    const HEARD: [&str; 20] = [
        "$defs",
        "$ref",
        "$id",
        "$anchor",
        "type",
        "enum",
        "format",
        "title",
        "description",
        "items",
        "prefixItems",
        "minItems",
        "maxItems",
        "minimum",
        "maximum",
        "anyOf",
        "properties",
        "additionalProperties",
        "required",
        "propertyOrdering",
    ];
    fn walk(schema: &Value, at: &str, found: &mut Vec<String>) {
        let Some(map) = schema.as_object() else { return };
        for (keyword, value) in map {
            let at = format!("{at}/{keyword}");
            match (keyword.as_str(), value) {
                ("properties" | "$defs", Value::Object(inner)) => {
                    inner.iter().for_each(|(name, schema)| walk(schema, &format!("{at}/{name}"), found));
                }
                ("anyOf" | "prefixItems", Value::Array(inner)) => inner.iter().for_each(|form| walk(form, &at, found)),
                ("items" | "additionalProperties", inner) => walk(inner, &at, found),
                (keyword, _) if !HEARD.contains(&keyword) => found.push(at),
                // No format of a string is known to be looked at.
                ("format", _) => found.push(at),
                _ => {}
            }
        }
    }
    let mut found = Vec::new();
    walk(schema, "#", &mut found);
    found
}

struct Lint<'s> {
    root: &'s Value,
    found: Vec<String>,
    /// Where references outside of optional properties lead, by the definition they stand in.
    bare: BTreeMap<String, Vec<String>>,
}

impl Lint<'_> {
    fn breach(&mut self, at: &str, what: &str) {
        self.found.push(format!("{at}: {what}"));
    }

    fn comes_back(&self, name: &str) -> bool {
        let mut seen = Vec::new();
        let mut open: Vec<&String> = self.bare.get(name).into_iter().flatten().collect();
        while let Some(next) = open.pop() {
            if next == name {
                return true;
            }
            if !seen.contains(&next) {
                seen.push(next);
                open.extend(self.bare.get(next).into_iter().flatten());
            }
        }
        false
    }

    fn schema(&mut self, schema: &Value, at: &str, definition: &str, is_optional: bool) {
        let map = match schema {
            Value::Object(map) => map,
            Value::Bool(true) => return,
            _ => return self.breach(at, "is no schema"),
        };
        if let Some(target) = map.get("$ref").and_then(Value::as_str) {
            if map.keys().any(|keyword| !keyword.starts_with('$') && keyword != "title") {
                self.breach(at, "has keywords beside `$ref`");
            }
            if target.strip_prefix('#').and_then(|target| self.root.pointer(target)).is_none() {
                self.breach(at, "refers to nothing");
            }
            if !is_optional {
                self.bare.entry(definition.to_owned()).or_default().push(target.to_owned());
            }
        }
        self.keywords(map, at);
        let required = map.get("required").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        for (name, property) in map.get("properties").and_then(Value::as_object).into_iter().flatten() {
            let is_optional = !required.iter().any(|known| known == name);
            self.schema(property, &format!("{at}/properties/{name}"), definition, is_optional);
        }
        // `oneOf` is read as `anyOf`.
        for keyword in ["anyOf", "oneOf", "prefixItems"] {
            for (i, form) in map.get(keyword).and_then(Value::as_array).into_iter().flatten().enumerate() {
                self.schema(form, &format!("{at}/{keyword}/{i}"), definition, is_optional);
            }
        }
        for keyword in ["items", "additionalProperties"] {
            if let Some(inner) = map.get(keyword).filter(|inner| !inner.is_boolean()) {
                self.schema(inner, &format!("{at}/{keyword}"), definition, is_optional);
            }
        }
    }

    fn keywords(&mut self, map: &Map<String, Value>, at: &str) {
        for keyword in ["const", "allOf", "nullable"] {
            if map.contains_key(keyword) {
                self.breach(at, &format!("has `{keyword}`"));
            }
        }
        if let Some(values) = map.get("enum") {
            let values = values.as_array().map(Vec::as_slice).unwrap_or_default();
            if values.is_empty() || values.iter().any(|value| !value.is_string() && !value.is_number()) {
                self.breach(at, "has an enum of something else than strings and numbers");
            }
        }
        let known = ["object", "array", "string", "number", "integer", "boolean", "null"];
        let is_known = |kind: &Value| kind.as_str().is_some_and(|kind| known.contains(&kind));
        let kinds = match map.get("type") {
            Some(Value::Array(kinds)) => kinds.as_slice(),
            Some(kind) => std::slice::from_ref(kind),
            None => &[],
        };
        if !kinds.iter().all(is_known) {
            self.breach(at, "has an unknown type");
        }
        if let (Some(order), Some(properties)) = (map.get("propertyOrdering"), map.get("properties")) {
            let names = properties.as_object().into_iter().flat_map(Map::keys);
            if *order != names.map(String::as_str).collect::<Value>() {
                self.breach(at, "has another order than its properties");
            }
        }
    }
}
