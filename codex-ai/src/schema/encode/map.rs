//! Maps, and free keys beside named properties, as lists of entries.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::build::{Builder, Built, property};
use super::keyword::{self, Keywords, describe, remarks};
use super::object::names;
use super::plan::{Entries, Node, Object, SAME};
use crate::schema::validate::pattern;

/// The property for the entries with free keys of an object that has named properties, too.
const OTHERS: &str = "others";

/// What schemars writes for the keys of a map that are numbers.
const NUMBER_KEYS: [(&str, bool); 2] = [(r"^\d+$", true), (r"^-?\d+$", false)];

impl Builder<'_> {
    /// A map: a list of entries.
    pub(super) fn map(&mut self, map: &Keywords, at: &str) -> Built {
        let (entries, mut wire) = self.entries(map, at);
        let words = match wire.shift_remove("description") {
            Some(Value::String(words)) => words,
            _ => String::new(),
        };
        let mut out = remarks(map);
        out.shift_remove("default");
        for keyword in ["not", "if", "then", "else", "dependentRequired", "dependentSchemas"] {
            if let Some(value) = map.get(keyword) {
                out.insert(keyword.to_owned(), value.clone());
            }
        }
        out.extend(wire);
        describe(&mut out, &words);
        let required: Vec<_> = names(map).map(|name| format!("`{name}`")).collect();
        if !required.is_empty() {
            describe(&mut out, &format!("These keys must be there: {}.", required.join(", ")));
        }
        for (keyword, count) in [("minProperties", "minItems"), ("maxProperties", "maxItems")] {
            if let Some(value) = map.get(keyword) {
                out.insert(count.to_owned(), value.clone());
            }
        }
        let node = self.add(Node::Map(Box::new(entries)));
        Built { wire: Value::Object(out), node }
    }

    /// The entries with free keys, in a property of their own.
    pub(super) fn others(&mut self, map: &Keywords, object: &mut Object, wire: &mut Keywords, at: &str) {
        let mut name = OTHERS.to_owned();
        while object.by_name.contains_key(name.as_str()) {
            name.push('_');
        }
        let (entries, mut list) = self.entries(map, at);
        let own: HashSet<_> = object.by_name.keys().map(|name| &**name).collect();
        let required: Vec<_> = names(map).filter(|name| !own.contains(name)).map(|name| format!("`{name}`")).collect();
        if !required.is_empty() {
            describe(&mut list, &format!("These keys must be there: {}.", required.join(", ")));
        }
        if let Some(Value::Object(properties)) = wire.get_mut("properties") {
            properties.insert(name.clone(), Value::Object(list));
        }
        object.others = Some((name.into(), entries));
    }

    /// The list of a map's entries.
    fn entries(&mut self, map: &Keywords, at: &str) -> (Entries, Keywords) {
        let at = property(at, "*");
        let mut values = Vec::new();
        let mut wires: Vec<Value> = Vec::new();
        let mut patterns = Vec::new();
        for (pattern, schema) in free_schemas(map) {
            let built = self.schema(schema, &at);
            if built.wire != Value::Bool(false) && !wires.contains(&built.wire) {
                wires.push(built.wire);
            }
            patterns.push(pattern);
            values.push((pattern.and_then(|pattern| pattern::compile(pattern).ok()), built.node));
        }
        let has_none = wires.is_empty();
        if has_none {
            // No entry at all; the value has a type nevertheless.
            wires.push(json!({ "type": "string" }));
        }
        let value = if wires.len() == 1 { wires.remove(0) } else { json!({ "anyOf": wires }) };
        let (key, has_number_keys) = self.key(map, &patterns, &at);
        let list = json!({
            "description": "A map as a list of its entries, each key once.",
            "type": "array",
            "items": {
                "type": "object",
                "properties": { "key": key, "value": value },
                "required": ["key", "value"],
                "additionalProperties": false
            }
        });
        let Value::Object(mut list) = list else { return (Entries { has_number_keys, values }, Keywords::new()) };
        if has_none {
            list.insert("maxItems".to_owned(), 0.into());
        }
        (Entries { has_number_keys, values }, list)
    }

    /// The schema of a map's keys, and whether they are written as numbers.
    fn key(&mut self, map: &Keywords, patterns: &[Option<&str>], at: &str) -> (Value, bool) {
        let number = |pattern: &str| NUMBER_KEYS.iter().find(|(known, _)| *known == pattern);
        match (patterns, map.get("propertyNames")) {
            ([Some(pattern)], None) => match number(pattern) {
                Some((_, true)) => return (json!({ "type": "integer", "minimum": 0 }), true),
                Some((_, false)) => return (json!({ "type": "integer" }), true),
                None => return (json!({ "type": "string", "pattern": pattern }), false),
            },
            (_, Some(Value::Object(names))) => {
                if let Some((_, is_positive)) = keyword::only(names, "pattern").and_then(|p| number(p.as_str()?)) {
                    let key = if *is_positive {
                        json!({ "type": "integer", "minimum": 0 })
                    } else {
                        json!({ "type": "integer" })
                    };
                    return (key, true);
                }
                let built = if keyword::COMBINING.iter().any(|keyword| names.contains_key(*keyword)) {
                    self.schema(&Value::Object(names.clone()), at)
                } else {
                    let mut names = names.clone();
                    names.insert("type".to_owned(), "string".into());
                    self.schema(&Value::Object(names), at)
                };
                if built.node == SAME || matches!(self.nodes[built.node], Node::Same) {
                    return (built.wire, false);
                }
            }
            _ => {}
        }
        (json!({ "type": "string" }), false)
    }
}

/// The schemas of free keys, each with the pattern of its keys.
pub(super) fn free_schemas(map: &Keywords) -> Vec<(Option<&str>, &Value)> {
    let patterns = map.get("patternProperties").and_then(Value::as_object).into_iter().flatten();
    let mut all: Vec<_> = patterns.map(|(pattern, schema)| (Some(pattern.as_str()), schema)).collect();
    match map.get("additionalProperties").or_else(|| map.get("unevaluatedProperties")) {
        Some(Value::Bool(false)) => {}
        Some(schema) => all.push((None, schema)),
        None if all.is_empty() => all.push((None, &Value::Bool(true))),
        None => {}
    }
    all
}
