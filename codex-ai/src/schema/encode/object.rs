//! Objects with named properties.

use std::collections::{HashMap, HashSet};

use serde_json::{Value, json};

use super::build::{Builder, Built, property};
use super::keyword::{self, Keywords, describe};
use super::map::free_schemas;
use super::plan::{Absent, Field, Node, Object, SAME};
use crate::json::Tree;
use crate::schema::validate::{pattern, words};

/// A list of values as long as this is left as it is, since vendors limit its length.
const LONG_LIST: usize = 100;

impl Builder<'_> {
    pub(super) fn object(&mut self, map: &Keywords, at: &str) -> Built {
        let mut named = map.clone();
        if at.is_empty() && self.depth == 1 && map.get("propertyNames").is_none() {
            // So the parameters of a function that has none are written.
            named.entry("properties").or_insert_with(|| Value::Object(Keywords::new()));
        }
        self.name_conditional(&mut named);
        let map = &named;
        let has_free_keys = keyword::has_free_keys(map);
        let properties = map.get("properties").and_then(Value::as_object).filter(|map| !map.is_empty());
        if has_free_keys && self.lacks.maps && properties.is_none() {
            return self.map(map, at);
        }
        let (mut object, fields) = self.fields(map, at);
        object.is_closed = self.lacks.maps;
        let mut wire = map.clone();
        if self.lacks.maps || self.lacks.optional {
            let always = names(map).count() as u64;
            let at_most = if has_free_keys { u64::MAX } else { object.fields.len() as u64 };
            for (keyword, words) in [("minProperties", "At least"), ("maxProperties", "At most")] {
                let Some(count) = keyword::count(map, keyword) else { continue };
                wire.shift_remove(keyword);
                if if keyword == "minProperties" { count > always } else { count < at_most } {
                    describe(&mut wire, &format!("{words} {}.", words::count(count, "key", "keys")));
                }
            }
            wire.shift_remove("propertyNames");
        }
        wire.insert("type".to_owned(), "object".into());
        if !fields.is_empty() || map.contains_key("properties") || self.lacks.maps {
            wire.insert("properties".to_owned(), Value::Object(fields));
        }
        if self.lacks.maps {
            if has_free_keys {
                self.others(map, &mut object, &mut wire, at);
            }
            for keyword in ["patternProperties", "unevaluatedProperties", "additionalProperties"] {
                wire.shift_remove(keyword);
            }
            wire.insert("additionalProperties".to_owned(), Value::Bool(false));
        } else {
            self.free_in_place(map, &mut object, &mut wire, at);
        }
        self.required(map, &object, &mut wire);
        let is_same = |field: &Field| field.node == SAME && field.absent == Absent::Left;
        let stays = !object.is_closed && object.others.is_none() && object.fields.iter().all(is_same);
        // Where all free keys have patterns, others have no place.
        let takes_any = object.free.is_empty() || object.free.iter().any(|(pattern, _)| pattern.is_none());
        if stays && takes_any && object.free.iter().all(|(_, node)| *node == SAME) {
            return Built::same(Value::Object(wire));
        }
        let node = self.add(Node::Object(Box::new(object)));
        Built { wire: Value::Object(wire), node }
    }

    /// The named properties.
    fn fields(&mut self, map: &Keywords, at: &str) -> (Object, Keywords) {
        let required: HashSet<_> = names(map).collect();
        let mut object = Object { by_name: HashMap::new(), ..Object::default() };
        let mut written = Keywords::new();
        let none = Keywords::new();
        let properties = map.get("properties").and_then(Value::as_object).unwrap_or(&none);
        // Without free keys a name that is required and has no schema takes any value.
        let any = Value::Bool(true);
        let has_schema = |name: &str| properties.contains_key(name);
        let more = names(map).filter(|name| self.lacks.any && !keyword::has_free_keys(map) && !has_schema(name));
        let more: Vec<_> = more.map(|name| (name, &any)).collect();
        for (name, schema) in properties.iter().map(|(name, schema)| (name.as_str(), schema)).chain(more) {
            let is_required = required.contains(name);
            if *schema == Value::Bool(false) && !is_required && self.lacks.maps {
                // A property that may not be there is left out.
                continue;
            }
            let mut built = self.schema(schema, &property(at, name));
            if built.wire == Value::Bool(false) && !is_required && self.lacks.maps {
                continue;
            }
            let absent =
                if is_required || !self.lacks.optional { Absent::Left } else { self.nullable(schema, &mut built) };
            object.by_name.insert(name.into(), object.fields.len());
            object.fields.push(Field { name: name.into(), node: built.node, absent });
            written.insert(name.to_owned(), built.wire);
        }
        (object, written)
    }

    /// Names the properties that only conditions tell of: they may be there.
    fn name_conditional(&self, map: &mut Keywords) {
        if !self.lacks.maps && !self.lacks.optional || map.get("additionalProperties").is_some() {
            return;
        }
        let branches = ["then", "else"].iter().filter_map(|keyword| map.get(*keyword));
        let dependent = map.get("dependentSchemas").and_then(Value::as_object).into_iter().flatten();
        let mut open: Vec<_> = branches.chain(dependent.map(|(_, schema)| schema)).map(|schema| (schema, 0)).collect();
        let mut found = Keywords::new();
        while let Some((schema, depth)) = open.pop() {
            for (name, schema) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
                // Where several tell of it, what holds depends on the rest.
                found
                    .entry(name.as_str())
                    .and_modify(|known| *known = Value::Bool(true))
                    .or_insert_with(|| schema.clone());
            }
            for keyword in ["allOf", "anyOf", "oneOf"].iter().filter(|_| depth < 4) {
                let parts = schema.get(*keyword).and_then(Value::as_array).into_iter().flatten();
                open.extend(parts.map(|part| (part, depth + 1)));
            }
            open.extend(
                ["then", "else"]
                    .iter()
                    .filter(|_| depth < 4)
                    .filter_map(|keyword| Some((schema.get(*keyword)?, depth + 1))),
            );
        }
        if found.is_empty() {
            return;
        }
        if let Value::Object(properties) = map.entry("properties").or_insert_with(|| Value::Object(Keywords::new())) {
            for (name, schema) in found {
                properties.entry(name).or_insert(schema);
            }
        }
    }

    /// Makes room for null in a property that may be left out.
    fn nullable(&mut self, schema: &Value, built: &mut Built) -> Absent {
        let default = schema.get("default").filter(|default| !default.is_null()).cloned();
        // Any value is a text on the wire, and its null is the text `null`.
        if self.takes_null(schema, 0) && !matches!(self.nodes[built.node], Node::Text | Node::Listed(_)) {
            if let (Some(default), Value::Object(wire)) = (&default, &mut built.wire) {
                describe(wire, &format!("The default is {}.", words::cut(&default.to_string())));
                wire.shift_remove("default");
            }
            return Absent::Value(default.map_or(Tree::Null, Tree::from));
        }
        or_null(&mut built.wire);
        if let Value::Object(wire) = &mut built.wire {
            let words = match &default {
                Some(default) => format!("null = use the default {}.", words::cut(&default.to_string())),
                None => "null = leave it out.".to_owned(),
            };
            describe(wire, &words);
            wire.shift_remove("default");
        }
        Absent::Null
    }

    fn required(&self, map: &Keywords, object: &Object, wire: &mut Keywords) {
        let others = object.others.as_ref().map(|(name, _)| &**name);
        if self.lacks.optional {
            let all: Vec<Value> =
                object.fields.iter().map(|field| &*field.name).chain(others).map(Value::from).collect();
            wire.insert("required".to_owned(), all.into());
        } else if self.lacks.maps {
            // A required key among the free ones is one of the entries.
            let named = names(map).filter(|name| object.by_name.contains_key(*name));
            let all: Vec<Value> = named.chain(others).map(Value::from).collect();
            if !all.is_empty() || wire.contains_key("required") {
                wire.insert("required".to_owned(), all.into());
            }
        }
    }

    /// Free keys that stay where they are.
    fn free_in_place(&mut self, map: &Keywords, object: &mut Object, wire: &mut Keywords, at: &str) {
        let at = property(at, "*");
        if self.lacks.patterns
            && map.get("patternProperties").is_some_and(|map| map.as_object().is_some_and(|map| !map.is_empty()))
        {
            self.without_patterns(map, object, wire, &at);
            return;
        }
        if let Some(Value::Object(patterns)) = map.get("patternProperties") {
            let mut written = Keywords::new();
            for (pattern, schema) in patterns {
                let built = self.schema(schema, &at);
                object.free.extend(pattern::compile(pattern).ok().map(|regex| (Some(regex), built.node)));
                written.insert(pattern.clone(), built.wire);
            }
            wire.insert("patternProperties".to_owned(), Value::Object(written));
        }
        for keyword in ["additionalProperties", "unevaluatedProperties"] {
            if let Some(schema @ Value::Object(_)) = map.get(keyword) {
                let built = self.schema(schema, &at);
                object.free.push((None, built.node));
                wire.insert(keyword.to_owned(), built.wire);
            }
        }
    }

    /// Free keys that stay where they are, whose patterns are told in words.
    fn without_patterns(&mut self, map: &Keywords, object: &mut Object, wire: &mut Keywords, at: &str) {
        let mut wires: Vec<Value> = Vec::new();
        let mut patterns = Vec::new();
        for (pattern, schema) in free_schemas(map) {
            let built = self.schema(schema, at);
            if !wires.contains(&built.wire) {
                wires.push(built.wire);
            }
            patterns.extend(pattern.map(|pattern| format!("`{pattern}`")));
            object.free.push((pattern.and_then(|pattern| pattern::compile(pattern).ok()), built.node));
        }
        for keyword in ["patternProperties", "unevaluatedProperties"] {
            wire.shift_remove(keyword);
        }
        let values = if wires.len() == 1 { wires.remove(0) } else { json!({ "anyOf": wires }) };
        wire.insert("additionalProperties".to_owned(), values);
        if map.get("additionalProperties") == Some(&Value::Bool(false)) {
            describe(wire, &format!("Keys match {}.", patterns.join(" or ")));
        }
    }

    /// Whether null follows the schema.
    pub(super) fn takes_null(&self, schema: &Value, depth: usize) -> bool {
        let Value::Object(map) = schema else { return *schema == Value::Bool(true) };
        // A chain of references as long as this is none that a type has.
        if depth > 32 {
            return false;
        }
        let all = |keyword: &str| map.get(keyword).and_then(Value::as_array).map(|parts| parts.iter());
        let is_null = |value: &Value| value.is_null();
        map.get("type")
            .is_none_or(|kind| kind == "null" || kind.as_array().is_some_and(|all| all.contains(&"null".into())))
            && map.get("const").is_none_or(is_null)
            && all("enum").is_none_or(|mut values| values.any(is_null))
            && map.get("$ref").and_then(Value::as_str).is_none_or(|to| {
                self.references.resolve(schema, to).is_some_and(|target| self.takes_null(target, depth + 1))
            })
            && all("allOf").is_none_or(|mut parts| parts.all(|part| self.takes_null(part, depth + 1)))
            && all("anyOf").is_none_or(|mut parts| parts.any(|part| self.takes_null(part, depth + 1)))
            && all("oneOf").is_none_or(|mut parts| parts.any(|part| self.takes_null(part, depth + 1)))
            && map.get("not").is_none_or(|part| !self.takes_null(part, depth + 1))
            && !(map.get("type").is_none() && keyword::types(map).iter().any(|kind| *kind != "null"))
    }
}

/// The names of the properties that must be there.
pub(super) fn names(map: &Keywords) -> impl Iterator<Item = &str> {
    map.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
}

/// The schema, or null.
pub(super) fn or_null(schema: &mut Value) {
    let Value::Object(map) = schema else { return };
    let is_listed = map.contains_key("enum") || map.contains_key("const");
    match map.get("type") {
        Some(Value::String(name))
            if matches!(name.as_str(), "string" | "number" | "integer" | "boolean")
                && !map.contains_key("const")
                && map.get("enum").and_then(Value::as_array).is_none_or(|values| values.len() < LONG_LIST) =>
        {
            let types = json!([name, "null"]);
            map.insert("type".to_owned(), types);
            if let Some(Value::Array(values)) = map.get_mut("enum") {
                values.push(Value::Null);
            }
            return;
        }
        Some(Value::Array(names)) if !is_listed => {
            let types = names.iter().cloned().chain(["null".into()]).collect();
            map.insert("type".to_owned(), types);
            return;
        }
        None if keyword::only(map, "anyOf").is_some() => {
            if let Some(Value::Array(forms)) = map.get_mut("anyOf") {
                forms.push(json!({ "type": "null" }));
            }
            return;
        }
        _ => {}
    }
    let mut inner = std::mem::take(map);
    let mut out = Keywords::new();
    for keyword in ["title", "description"] {
        if let Some(value) = inner.shift_remove(keyword) {
            out.insert(keyword.to_owned(), value);
        }
    }
    inner.shift_remove("default");
    out.insert("anyOf".to_owned(), json!([inner, { "type": "null" }]));
    *map = out;
}
