//! What a schema says of a value that is still coming.
//!
//! It is made once per schema. A place in it is a number, so that a cursor is small and schemas may refer to themselves.

use std::collections::HashMap;

use serde_json::{Map, Value};

/// A schema as partial values need it.
#[derive(Debug)]
pub(crate) struct Guide {
    places: Vec<Place>,
}

/// What is expected at one place.
#[derive(Debug, Default)]
pub(super) struct Place {
    pub(super) kind: Kind,
    pub(super) nullable: bool,
    /// It is shown only when it is complete.
    pub(super) done: bool,
    /// What holds it is shown only once it is there.
    pub(super) not_null: bool,
    /// JSON shows how far it has come.
    pub(super) with_state: bool,
}

#[derive(Debug, Default)]
pub(super) enum Kind {
    /// Anything.
    #[default]
    Any,
    /// Text that may be shown while it grows.
    Text,
    /// A number, a boolean, one of an enum: it is nothing until it is complete.
    Scalar,
    List(usize),
    /// A list whose items have each a place of its own. It is nothing until it is complete.
    Tuple(Vec<usize>),
    Object {
        properties: Vec<Property>,
        /// What keys without a property of their own hold; `None` where there are none.
        rest: Option<usize>,
    },
    Union(Vec<usize>),
    /// As another place is.
    Same(usize),
}

#[derive(Debug)]
pub(super) struct Property {
    pub(super) name: String,
    pub(super) place: usize,
    pub(super) required: bool,
    /// The one value that it may have, which tells a variant from the others.
    pub(super) tag: Option<Value>,
}

/// More places than this are not told apart.
const MOST_PLACES: usize = 100_000;

/// A schema nested deeper than this is anything.
const DEEPEST: usize = 200;

impl Guide {
    pub(crate) fn new(schema: &Value) -> Self {
        let mut maker = Maker { root: schema, places: Vec::new(), refs: HashMap::new() };
        maker.place(schema, 0);
        Self { places: maker.places }
    }

    /// The place, that of a reference being what it leads to; `done` and the like hold wherever they stand on the way.
    pub(super) fn place(&self, at: usize) -> Found<'_> {
        let mut found = Found { at, kind: &Kind::Any, nullable: false, done: false, not_null: false, with_state: false };
        // A reference may lead to itself.
        for _ in 0..64 {
            let Some(place) = self.places.get(found.at) else { break };
            found.nullable |= place.nullable;
            found.done |= place.done;
            found.not_null |= place.not_null;
            found.with_state |= place.with_state;
            match place.kind {
                Kind::Same(next) => found.at = next,
                ref kind => {
                    found.kind = kind;
                    break;
                }
            }
        }
        found
    }

    /// The property that a key means: by its name, else by its letters alone where that is certain.
    pub(super) fn property<'a>(properties: &'a [Property], key: &str) -> Option<&'a Property> {
        if let Some(exact) = properties.iter().find(|property| property.name == key) {
            return Some(exact);
        }
        let mut near = properties.iter().filter(|property| same_letters(&property.name, key));
        let first = near.next()?;
        near.next().is_none().then_some(first)
    }
}

/// A place with all that holds there.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found<'a> {
    pub(super) at: usize,
    pub(super) kind: &'a Kind,
    pub(super) nullable: bool,
    pub(super) done: bool,
    pub(super) not_null: bool,
    pub(super) with_state: bool,
}

fn same_letters(a: &str, b: &str) -> bool {
    let letters = |text: &str| {
        text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<Vec<_>>()
    };
    let a = letters(a);
    !a.is_empty() && a == letters(b)
}

struct Maker<'s> {
    root: &'s Value,
    places: Vec<Place>,
    refs: HashMap<&'s str, usize>,
}

impl<'s> Maker<'s> {
    fn place(&mut self, schema: &'s Value, depth: usize) -> usize {
        let at = self.places.len();
        self.places.push(Place::default());
        if let Value::Object(keywords) = schema
            && depth < DEEPEST
            && at < MOST_PLACES
        {
            let flag = |name: &str| keywords.get(name) == Some(&Value::Bool(true));
            let (kind, nullable) = self.kind(keywords, depth + 1);
            self.places[at] = Place {
                kind,
                nullable,
                done: flag("x-stream-done"),
                not_null: flag("x-stream-not-null"),
                with_state: flag("x-stream-with-state"),
            };
        }
        at
    }

    fn kind(&mut self, keywords: &'s Map<String, Value>, depth: usize) -> (Kind, bool) {
        let nullable = is_nullable(keywords);
        if keywords.contains_key("const") || keywords.contains_key("enum") {
            return (Kind::Scalar, nullable);
        }
        let parts = self.parts(keywords);
        if keywords.contains_key("properties") || parts.len() > 1 {
            let mut properties = Vec::new();
            let mut rest = None;
            self.object(keywords, &mut properties, &mut rest, depth);
            for part in parts {
                self.object(part, &mut properties, &mut rest, depth);
            }
            return (Kind::Object { properties, rest }, nullable);
        }
        if let Some(Value::String(reference)) = keywords.get("$ref") {
            return (self.reference(reference, depth), nullable);
        }
        if let Some([one]) = keywords.get("allOf").and_then(Value::as_array).map(Vec::as_slice) {
            return (Kind::Same(self.place(one, depth)), nullable);
        }
        let branches = ["anyOf", "oneOf"].into_iter().find_map(|name| keywords.get(name)?.as_array());
        if let Some(branches) = branches {
            let real: Vec<&Value> = branches.iter().filter(|branch| !is_null(branch)).collect();
            let nullable = nullable || real.len() < branches.len();
            let places: Vec<usize> = real.into_iter().map(|branch| self.place(branch, depth)).collect();
            return match places.as_slice() {
                [one] => (Kind::Same(*one), nullable),
                _ => (Kind::Union(places), nullable),
            };
        }
        let kind = match type_of(keywords) {
            Some("string") => Kind::Text,
            Some("number" | "integer" | "boolean" | "null") => Kind::Scalar,
            Some("array") => match (keywords.get("prefixItems").and_then(Value::as_array), keywords.get("items")) {
                (Some(items), _) => Kind::Tuple(items.iter().map(|item| self.place(item, depth)).collect()),
                (None, Some(items)) => Kind::List(self.place(items, depth)),
                (None, None) => Kind::List(self.anything()),
            },
            Some("object") => {
                let mut rest = None;
                self.object(keywords, &mut Vec::new(), &mut rest, depth);
                if rest.is_none() && keywords.get("additionalProperties") != Some(&Value::Bool(false)) {
                    rest = Some(self.anything());
                }
                Kind::Object { properties: Vec::new(), rest }
            }
            _ => Kind::Any,
        };
        (kind, nullable)
    }

    fn anything(&mut self) -> usize {
        self.places.push(Place::default());
        self.places.len() - 1
    }

    fn reference(&mut self, reference: &'s str, depth: usize) -> Kind {
        if let Some(at) = self.refs.get(reference) {
            return Kind::Same(*at);
        }
        let Some(target) = self.target(reference) else { return Kind::Any };
        self.refs.insert(reference, self.places.len());
        Kind::Same(self.place(target, depth))
    }

    fn target(&self, reference: &str) -> Option<&'s Value> {
        self.root.pointer(reference.strip_prefix('#')?)
    }

    /// The objects of which this one is put together, by `$ref` beside other keywords and by `allOf`.
    fn parts(&self, keywords: &'s Map<String, Value>) -> Vec<&'s Map<String, Value>> {
        let mut parts = Vec::new();
        if keywords.contains_key("properties")
            && let Some(Value::String(reference)) = keywords.get("$ref")
        {
            parts.extend(self.target(reference).and_then(Value::as_object));
        }
        for part in keywords.get("allOf").and_then(Value::as_array).into_iter().flatten() {
            let target = match part.get("$ref") {
                Some(Value::String(reference)) => self.target(reference),
                _ => Some(part),
            };
            parts.extend(target.and_then(Value::as_object));
        }
        parts.retain(|part| part.contains_key("properties"));
        parts
    }

    fn object(
        &mut self,
        keywords: &'s Map<String, Value>,
        properties: &mut Vec<Property>,
        rest: &mut Option<usize>,
        depth: usize,
    ) {
        let required = keywords.get("required").and_then(Value::as_array);
        for (name, schema) in keywords.get("properties").and_then(Value::as_object).into_iter().flatten() {
            let required = required.is_some_and(|names| names.iter().any(|required| required == name));
            let tag = only_value(schema).cloned();
            properties.push(Property { name: name.clone(), place: self.place(schema, depth), required, tag });
        }
        let patterns = keywords.get("patternProperties").and_then(Value::as_object);
        let more = keywords.get("additionalProperties").filter(|more| more.is_object() || **more == Value::Bool(true));
        if let Some(schema) = patterns.and_then(|patterns| patterns.values().next()).or(more) {
            *rest = Some(self.place(schema, depth));
        }
    }
}

fn type_of(keywords: &Map<String, Value>) -> Option<&str> {
    match keywords.get("type")? {
        Value::String(name) => Some(name),
        Value::Array(names) => {
            let mut real = names.iter().filter_map(Value::as_str).filter(|name| *name != "null");
            let first = real.next()?;
            real.next().is_none().then_some(first)
        }
        _ => None,
    }
}

fn is_nullable(keywords: &Map<String, Value>) -> bool {
    let listed = |name: &str, value: &dyn Fn(&Value) -> bool| {
        keywords.get(name).and_then(Value::as_array).is_some_and(|values| values.iter().any(value))
    };
    listed("type", &|name| name == "null") || listed("enum", &Value::is_null)
}

fn is_null(schema: &Value) -> bool {
    schema.get("type").is_some_and(|name| name == "null") || schema.get("const").is_some_and(Value::is_null)
}

/// The value of a schema that has only one.
fn only_value(schema: &Value) -> Option<&Value> {
    if let Some(only) = schema.get("const") {
        return Some(only);
    }
    match schema.get("enum")?.as_array()?.as_slice() {
        [only] => Some(only),
        _ => None,
    }
}
