//! From a schema to its shape.

use std::collections::HashMap;

use regex::Regex;
use serde_json::{Map, Value};

use super::{Fixed, ListNode, Node, NodeId, ObjectNode, Property, Rest, Shape, Shown, Values, union};
use crate::json::align::fold::folded;
use crate::schema::References;

/// No schema becomes more nodes than this; what is beyond may be anything.
const MOST_NODES: usize = 10_000;

pub(super) fn compile(schema: &Value) -> Shape {
    let mut maker =
        Maker { references: References::of(schema), nodes: Vec::new(), known: HashMap::new(), open: Vec::new() };
    let mut known = Vec::new();
    maker.id_of(vec![Part::Schema(schema)]);
    while let Some((id, parts)) = maker.open.pop() {
        let node = maker.node_of(&parts);
        maker.nodes[id.0 as usize] = node;
        known.push((id, shown(&parts)));
    }
    let mut nodes = maker.nodes;
    union::settle(&mut nodes);
    let mut all = vec![Shown::default(); nodes.len()];
    for (id, shown) in known {
        all[id.0 as usize] = shown;
    }
    Shape { nodes: nodes.into(), shown: all.into() }
}

fn shown(parts: &[Part<'_>]) -> Shown {
    let says = |keyword: &str| {
        parts.iter().any(|part| matches!(part, Part::Own(map) if map.get(keyword) == Some(&Value::Bool(true))))
    };
    Shown { done: says("x-stream-done"), not_null: says("x-stream-not-null"), with_state: says("x-stream-with-state") }
}

/// One of the things that a value must be all of.
#[derive(Debug, Clone, Copy)]
enum Part<'s> {
    /// A schema that was not taken apart yet.
    Schema(&'s Value),
    /// What a schema says itself, its alternatives and references aside.
    Own(&'s Map<String, Value>),
    /// One of these.
    OneOf(&'s Vec<Value>),
    /// Nothing.
    Never,
}

struct Maker<'s> {
    references: References<'s>,
    nodes: Vec<Node>,
    /// The node of a set of parts, by their addresses.
    known: HashMap<Vec<usize>, NodeId>,
    open: Vec<(NodeId, Vec<Part<'s>>)>,
}

impl<'s> Maker<'s> {
    /// The node of a value that is all of this.
    fn id_of(&mut self, parts: Vec<Part<'s>>) -> NodeId {
        let parts = self.taken_apart(parts);
        let key = parts.iter().map(Part::address).collect();
        if let Some(id) = self.known.get(&key) {
            return *id;
        }
        // The room that is kept for a node that is not known yet holds what it is if there is no room to find out.
        let id = self.push(Node::Any);
        self.known.insert(key, id);
        if self.nodes.len() < MOST_NODES {
            self.open.push((id, parts));
        }
        id
    }

    fn push(&mut self, node: Node) -> NodeId {
        let id = NodeId(u32::try_from(self.nodes.len()).unwrap_or(u32::MAX));
        self.nodes.push(node);
        id
    }

    /// The parts with all references followed and `allOf` merged, each part once.
    fn taken_apart(&self, mut open: Vec<Part<'s>>) -> Vec<Part<'s>> {
        let mut parts: Vec<Part<'s>> = Vec::new();
        let mut seen = Vec::new();
        open.reverse();
        while let Some(part) = open.pop() {
            let address = part.address();
            if seen.contains(&address) {
                continue;
            }
            seen.push(address);
            match part {
                Part::Schema(Value::Bool(false)) => parts.push(Part::Never),
                Part::Schema(schema @ Value::Object(map)) => {
                    if let Some(Value::Array(all)) = map.get("allOf") {
                        open.extend(all.iter().rev().map(Part::Schema));
                    }
                    let reference = map.get("$ref").and_then(Value::as_str);
                    if let Some(target) = reference.and_then(|name| self.references.resolve(schema, name)) {
                        open.push(Part::Schema(target));
                    }
                    for keyword in ["anyOf", "oneOf"] {
                        if let Some(Value::Array(branches)) = map.get(keyword) {
                            open.push(Part::OneOf(branches));
                        }
                    }
                    if SAYING.iter().any(|keyword| map.contains_key(*keyword)) {
                        open.push(Part::Own(map));
                    }
                }
                Part::Schema(_) => {}
                Part::Own(_) | Part::OneOf(_) | Part::Never => parts.push(part),
            }
        }
        parts
    }

    fn node_of(&mut self, parts: &[Part<'s>]) -> Node {
        if parts.iter().any(|part| matches!(part, Part::Never)) {
            return Node::Never;
        }
        let choice = parts.iter().enumerate().find_map(|(at, part)| match part {
            Part::OneOf(branches) => Some((at, *branches)),
            _ => None,
        });
        if let Some((at, branches)) = choice {
            let others = parts.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, part)| *part);
            let others: Vec<_> = others.collect();
            let branches = branches.iter().map(|branch| {
                let mut parts = others.clone();
                parts.push(Part::Schema(branch));
                self.id_of(parts)
            });
            return union::of(branches.collect());
        }
        let own = parts.iter().filter_map(|part| match part {
            Part::Own(map) => Some(*map),
            _ => None,
        });
        self.own_node(&own.collect::<Vec<_>>())
    }

    fn own_node(&mut self, all: &[&'s Map<String, Value>]) -> Node {
        if let Some(values) = fixed_values(all) {
            return Node::Values(values);
        }
        let types = types(all);
        match types.as_slice() {
            [] => Node::Any,
            [only] => self.typed(only, all),
            several => {
                let branches = several.iter().map(|name| {
                    let node = self.typed(name, all);
                    self.push(node)
                });
                union::of(branches.collect())
            }
        }
    }

    fn typed(&mut self, name: &str, all: &[&'s Map<String, Value>]) -> Node {
        match name {
            "null" => Node::Null,
            "boolean" => Node::Bool,
            "integer" => Node::Integer,
            "number" => Node::Number,
            "string" => Node::Text,
            "array" => Node::List(self.list(all)),
            "object" => Node::Object(self.object(all)),
            "never" => Node::Never,
            _ => Node::Any,
        }
    }

    fn list(&mut self, all: &[&'s Map<String, Value>]) -> ListNode {
        let mut first: Vec<Vec<Part<'s>>> = Vec::new();
        let mut rest = Vec::new();
        let mut more = true;
        for map in all {
            let (tuple, items) = match (map.get("prefixItems"), map.get("items")) {
                (Some(Value::Array(tuple)), items) => (tuple.as_slice(), items),
                // The older way to say it.
                (_, Some(Value::Array(tuple))) => (tuple.as_slice(), map.get("additionalItems")),
                (_, items) => (&[][..], items),
            };
            first.resize(first.len().max(tuple.len()), Vec::new());
            for (parts, schema) in first.iter_mut().zip(tuple) {
                parts.push(Part::Schema(schema));
            }
            let most = map.get("maxItems").and_then(Value::as_u64);
            let full = !tuple.is_empty() && most == Some(tuple.len() as u64);
            more &= !full && items != Some(&Value::Bool(false));
            rest.extend(items.map(Part::Schema));
        }
        let first = first.into_iter().map(|parts| self.id_of(parts)).collect();
        ListNode { first, rest: more.then(|| self.id_of(rest)) }
    }

    fn object(&mut self, all: &[&'s Map<String, Value>]) -> ObjectNode {
        let mut properties: Vec<(&str, Vec<Part<'s>>)> = Vec::new();
        let (mut patterns, mut names, mut rest) = (Vec::new(), Vec::new(), Vec::new());
        let mut closed = false;
        for map in all {
            for (name, schema) in entries(map, "properties") {
                match properties.iter_mut().find(|(known, _)| known == name) {
                    Some((_, parts)) => parts.push(Part::Schema(schema)),
                    None => properties.push((name, vec![Part::Schema(schema)])),
                }
            }
            for (pattern, schema) in entries(map, "patternProperties") {
                if let Ok(pattern) = Regex::new(pattern) {
                    patterns.push((pattern, self.id_of(vec![Part::Schema(schema)])));
                }
            }
            names.extend(map.get("propertyNames").map(Part::Schema));
            for keyword in ["additionalProperties", "unevaluatedProperties"] {
                match map.get(keyword) {
                    Some(Value::Bool(allowed)) => closed |= !allowed,
                    Some(schema) => rest.push(Part::Schema(schema)),
                    None => {}
                }
            }
        }
        let is_required = |name: &str| {
            let lists = all.iter().filter_map(|map| map.get("required")?.as_array());
            lists.flatten().any(|required| required == name)
        };
        let properties = properties.into_iter().map(|(name, parts)| Property {
            name: name.into(),
            folded: folded(name).into(),
            aliases: parts.iter().flat_map(aliases).map(|alias| (alias.into(), folded(alias).into())).collect(),
            node: self.id_of(parts),
            required: is_required(name),
        });
        let properties = properties.collect();
        let rest = match (rest.is_empty(), closed) {
            (false, _) => Rest::Of(self.id_of(rest)),
            (true, true) => Rest::None,
            (true, false) => Rest::Any,
        };
        let names = (!names.is_empty()).then(|| self.id_of(names));
        ObjectNode { properties, patterns: patterns.into(), rest, names }
    }
}

/// The keywords that say what a value may be; all others are for the check alone, or for people.
const SAYING: &[&str] = &[
    "type",
    "enum",
    "const",
    "properties",
    "patternProperties",
    "additionalProperties",
    "unevaluatedProperties",
    "propertyNames",
    "required",
    "items",
    "prefixItems",
    // A place that is shown in a way of its own is a place of its own.
    "x-stream-done",
    "x-stream-not-null",
    "x-stream-with-state",
];

impl Part<'_> {
    fn address(&self) -> usize {
        match self {
            Self::Schema(schema) => std::ptr::from_ref(*schema).addr(),
            Self::Own(map) => std::ptr::from_ref(*map).addr() + 1,
            Self::OneOf(branches) => std::ptr::from_ref(*branches).addr() + 1,
            Self::Never => 1,
        }
    }
}

/// The further names of a property, as `x-aliases` has them.
fn aliases<'s>(part: &Part<'s>) -> impl Iterator<Item = &'s str> + use<'s> {
    let aliases = match part {
        Part::Schema(schema) => schema.get("x-aliases").and_then(Value::as_array),
        Part::Own(_) | Part::OneOf(_) | Part::Never => None,
    };
    aliases.into_iter().flatten().filter_map(Value::as_str)
}

fn entries<'s>(map: &'s Map<String, Value>, keyword: &str) -> impl Iterator<Item = (&'s String, &'s Value)> {
    map.get(keyword).and_then(Value::as_object).into_iter().flatten()
}

/// The fixed values that are allowed, if the schemas name any.
fn fixed_values(all: &[&Map<String, Value>]) -> Option<Values> {
    let named = |map: &Map<String, Value>| match (map.get("const"), map.get("enum")) {
        (Some(value), _) => Some(vec![value.clone()]),
        (None, Some(Value::Array(values))) => Some(values.clone()),
        _ => None,
    };
    let mut naming = all.iter().filter_map(|map| Some((named(map)?, *map)));
    let (mut values, first) = naming.next()?;
    for (others, _) in naming {
        values.retain(|value| others.contains(value));
    }
    let (title, description) = match values.as_slice() {
        [_] => (first.get("title"), first.get("description")),
        _ => (None, None),
    };
    Some(Values { all: values.iter().map(|value| Fixed::new(value, title, description)).collect() })
}

/// The types that are allowed; none where nothing says so, `never` where they contradict each other.
fn types<'s>(all: &[&'s Map<String, Value>]) -> Vec<&'s str> {
    let mut found: Option<Vec<&str>> = None;
    for map in all {
        let here: Vec<&str> = match map.get("type") {
            Some(Value::String(name)) => vec![name],
            Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
            _ => continue,
        };
        let takes =
            |types: &[&str], name: &str| types.contains(&name) || name == "integer" && types.contains(&"number");
        found = Some(match found {
            None => here,
            Some(before) => {
                let mut both: Vec<_> = before.iter().copied().filter(|name| takes(&here, name)).collect();
                let narrower: Vec<_> =
                    here.iter().copied().filter(|name| takes(&before, name) && !both.contains(name)).collect();
                both.extend(narrower);
                both
            }
        });
    }
    match found {
        Some(types) if types.is_empty() => vec!["never"],
        Some(types) => types,
        None => {
            let says = |keywords: &[&str]| all.iter().any(|map| keywords.iter().any(|key| map.contains_key(*key)));
            if says(&["properties", "patternProperties", "additionalProperties", "required", "propertyNames"]) {
                vec!["object"]
            } else if says(&["items", "prefixItems"]) {
                vec!["array"]
            } else {
                Vec::new()
            }
        }
    }
}
