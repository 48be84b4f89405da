//! From a schema to the one that is sent and the plan beside it, one schema at a time.

use std::collections::{HashMap, HashSet, VecDeque};

use serde_json::{Value, json};

use super::Lacks;
use super::keyword::{self, Keywords, describe, remarks};
use super::plan::{Node, NodeId, SAME};
use crate::error::Problem;
use crate::schema::validate::path::{self, Step};
use crate::schema::validate::refs::References;

/// Schemas inside schemas; a definition starts anew.
const DEEPEST: usize = 100;

/// More schemas than this are not rewritten: combinations that are written out where they are used can multiply.
const MOST_SCHEMAS: usize = 20_000;

/// What a reference to the root is written as until it is known what the root becomes. No name in a schema is like it.
pub(super) const ROOT: &str = "#/$defs/\u{1}root";

pub(super) struct Builder<'s> {
    pub(super) lacks: Lacks,
    pub(super) references: References<'s>,
    /// What a reference to a schema is written as, and its node, by the schema's address.
    known: HashMap<*const Value, (String, NodeId)>,
    pub(super) taken: HashSet<String>,
    /// The definitions that are referred to and still to be built, each with the path of its first use.
    pub(super) queue: VecDeque<Definition<'s>>,
    pub(super) nodes: Vec<Node>,
    /// The forms of all choices, in the type and on the wire.
    pub(super) own_forms: Vec<Value>,
    pub(super) wire_forms: Vec<Value>,
    pub(super) depth: usize,
    built: usize,
    pub(super) combined: usize,
    pub(super) problems: Vec<Problem>,
}

pub(super) struct Definition<'s> {
    pub(super) name: String,
    pub(super) schema: &'s Value,
    pub(super) at: String,
    pub(super) node: NodeId,
}

/// A schema for the wire, and how its values are written.
pub(super) struct Built {
    pub(super) wire: Value,
    pub(super) node: NodeId,
}

impl Built {
    pub(super) fn same(wire: Value) -> Self {
        Self { wire, node: SAME }
    }
}

impl<'s> Builder<'s> {
    pub(super) fn new(root: &'s Value, references: References<'s>, lacks: Lacks) -> Self {
        // The first node is that of all values that stay as they are, the second that of the root.
        let nodes = vec![Node::Same, Node::Same];
        Self {
            lacks,
            references,
            known: HashMap::from([(std::ptr::from_ref(root), (ROOT.to_owned(), 1))]),
            taken: HashSet::new(),
            queue: VecDeque::new(),
            nodes,
            own_forms: Vec::new(),
            wire_forms: Vec::new(),
            depth: 0,
            built: 0,
            combined: 0,
            problems: Vec::new(),
        }
    }

    /// Says that a schema is the root as well.
    pub(super) fn is_root(&mut self, schema: &'s Value) {
        self.known.insert(schema, (ROOT.to_owned(), 1));
    }

    pub(super) fn problem(&mut self, at: &str, message: impl Into<String>) {
        // What is written out in several places is still one thing to put right.
        let problem = Problem::new(if at.is_empty() { "$" } else { at }, message);
        if !self.problems.contains(&problem) {
            self.problems.push(problem);
        }
    }

    pub(super) fn add(&mut self, node: Node) -> NodeId {
        self.nodes.push(node);
        self.nodes.len() - 1
    }

    /// One schema. Where it cannot be held there is a problem, and the result is of no use.
    pub(super) fn schema(&mut self, schema: &Value, at: &str) -> Built {
        self.built += 1;
        if self.depth >= DEEPEST || self.built > MOST_SCHEMAS {
            self.problem("", "is too large to be written for a vendor");
            return Built::same(Value::Null);
        }
        self.depth += 1;
        let built = match schema {
            Value::Object(map) => self.keywords(map, schema, at),
            Value::Bool(true) => self.any(Keywords::new()),
            _ => Built::same(schema.clone()),
        };
        self.depth -= 1;
        built
    }

    fn keywords(&mut self, map: &Keywords, schema: &Value, at: &str) -> Built {
        // In one document both lead to the same place.
        for keyword in ["$ref", "$dynamicRef"] {
            if let Some(reference) = keyword::only(map, keyword).and_then(Value::as_str) {
                return self.reference(map, schema, reference, at);
            }
        }
        for keyword in ["anyOf", "oneOf"] {
            if let Some(forms) = keyword::only(map, keyword).and_then(Value::as_array) {
                return self.choice(forms, keyword, remarks(map), at);
            }
        }
        if keyword::COMBINING.iter().any(|keyword| map.contains_key(*keyword)) {
            return if self.lacks.combined { self.combined(map, schema, at) } else { Built::same(schema.clone()) };
        }
        if map.contains_key("enum") || map.contains_key("const") {
            return self.values(map);
        }
        self.typed(map, at)
    }

    /// A reference that stands alone but for remarks.
    fn reference(&mut self, map: &Keywords, from: &Value, reference: &str, at: &str) -> Built {
        let Some(mut target) = self.references.resolve(from, reference) else {
            self.problem(at, "refers to nothing");
            return Built::same(Value::Null);
        };
        let mut reference = reference;
        while let Some((next, to)) =
            keyword::only_reference(target).and_then(|to| Some((self.references.resolve(target, to)?, to)))
        {
            (target, reference) = (next, to);
        }
        let (name, node) = self.definition(target, reference, at);
        let mut wire = remarks(map);
        wire.insert("$ref".to_owned(), name.into());
        Built { wire: Value::Object(wire), node }
    }

    /// What a reference to the schema is written as, and its node.
    fn definition(&mut self, target: &'s Value, reference: &str, at: &str) -> (String, NodeId) {
        if let Some(known) = self.known.get(&std::ptr::from_ref(target)) {
            return known.clone();
        }
        let last = reference.rsplit(['/', '#']).next().unwrap_or_default();
        let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        let plain: String = last.chars().map(|c| if is_plain(c) { c } else { '_' }).collect();
        let name = self.free_name(if plain.is_empty() { "Part" } else { &plain });
        let node = self.add(Node::Same);
        let written = format!("#/$defs/{name}");
        self.known.insert(target, (written.clone(), node));
        self.queue.push_back(Definition { name, schema: target, at: at.to_owned(), node });
        (written, node)
    }

    /// A name for a definition that no other one has.
    pub(super) fn free_name(&mut self, plain: &str) -> String {
        let mut name = plain.to_owned();
        for number in 2.. {
            if self.taken.insert(name.clone()) {
                break;
            }
            name = format!("{plain}_{number}");
        }
        name
    }

    /// Any value: a text of JSON where values must have a type.
    pub(super) fn any(&mut self, mut wire: Keywords) -> Built {
        if !self.lacks.any {
            return Built::same(if wire.is_empty() { Value::Bool(true) } else { Value::Object(wire) });
        }
        wire.insert("type".to_owned(), "string".into());
        describe(&mut wire, "Any JSON value, written as JSON text in this string.");
        let node = self.add(Node::Text);
        Built { wire: Value::Object(wire), node }
    }

    /// The values of `enum` and `const`; lists and objects among them are written as JSON text.
    fn values(&mut self, map: &Keywords) -> Built {
        let listed = match (map.get("const"), map.get("enum")) {
            (Some(value), _) => std::slice::from_ref(value),
            (_, Some(Value::Array(values))) => values.as_slice(),
            _ => &[],
        };
        if !self.lacks.listed_parts || !listed.iter().any(|value| value.is_array() || value.is_object()) {
            return Built::same(Value::Object(map.clone()));
        }
        let mut wire = remarks(map);
        wire.insert("type".to_owned(), "string".into());
        wire.insert("enum".to_owned(), listed.iter().map(|value| Value::from(value.to_string())).collect());
        describe(&mut wire, "A value as JSON text.");
        let node = self.add(Node::Listed(listed.into()));
        Built { wire: Value::Object(wire), node }
    }

    /// A schema by its types.
    fn typed(&mut self, map: &Keywords, at: &str) -> Built {
        let types = keyword::types(map);
        match types.as_slice() {
            [] if keyword::deciding(map).next().is_none() => self.any(remarks(map)),
            [] => self.untyped(map),
            ["object"] => self.object(map, at),
            ["array"] => self.array(map, at),
            ["integer"] => self.integer(map),
            several if several.iter().any(|name| matches!(*name, "object" | "array")) => {
                self.one_of_types(map, several, at)
            }
            _ => Built::same(Value::Object(map.clone())),
        }
    }

    /// Rules without a type: any value, with the rules in words.
    pub(super) fn untyped(&mut self, map: &Keywords) -> Built {
        if !self.lacks.any
            || map.contains_key("not") && keyword::deciding(map).nth(1).is_none() && map["not"] == json!({})
        {
            return Built::same(Value::Object(map.clone()));
        }
        let rules: Keywords = keyword::deciding(map).map(|(keyword, value)| (keyword.clone(), value.clone())).collect();
        let mut built = self.any(remarks(map));
        if let Value::Object(wire) = &mut built.wire {
            describe(wire, &format!("The value follows this JSON schema: {}", Value::Object(rules)));
        }
        built
    }

    /// Several types of which one has parts: a form for each.
    fn one_of_types(&mut self, map: &Keywords, types: &[&str], at: &str) -> Built {
        let stays = |keyword: &str| matches!(keyword, "not" | "if" | "then" | "else");
        let forms: Vec<_> = types
            .iter()
            .map(|kind| {
                let own = map.iter().filter(|(keyword, _)| keyword::speaks_of(keyword, kind) || stays(keyword));
                let kind = ("type".to_owned(), Value::from(*kind));
                Value::Object([kind].into_iter().chain(own.map(|(k, v)| (k.clone(), v.clone()))).collect())
            })
            .collect();
        self.choice(&forms, "anyOf", remarks(map), at)
    }

    /// A whole number; a string of digits where it may have more than 64 bits.
    fn integer(&mut self, map: &Keywords) -> Built {
        let format = map.get("format").and_then(Value::as_str).unwrap_or_default();
        // Bounds beyond 64 bits are floats.
        let bounds = ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"];
        let is_wide = matches!(format, "int128" | "uint128")
            || bounds.iter().any(|keyword| {
                let bound = map.get(*keyword);
                bound.is_some_and(|bound| bound.is_f64() && bound.as_f64().is_some_and(|bound| bound.abs() >= 2e19))
            });
        if !self.lacks.wide || !is_wide {
            return Built::same(Value::Object(map.clone()));
        }
        let mut wire = remarks(map);
        wire.insert("type".to_owned(), "string".into());
        let is_positive = map.get("minimum").and_then(Value::as_f64).map_or(format == "uint128", |least| least >= 0.0);
        wire.insert("pattern".to_owned(), if is_positive { "^[0-9]+$" } else { "^-?[0-9]+$" }.into());
        describe(&mut wire, "A whole number, written as digits in this string.");
        for (keyword, words) in [
            ("minimum", "At least"),
            ("maximum", "At most"),
            ("exclusiveMinimum", "More than"),
            ("exclusiveMaximum", "Less than"),
            ("multipleOf", "A multiple of"),
        ] {
            if let Some(bound) = map.get(keyword).filter(|bound| keyword != "minimum" || bound.as_f64() != Some(0.0)) {
                describe(&mut wire, &format!("{words} {bound}."));
            }
        }
        let node = self.add(Node::Digits);
        Built { wire: Value::Object(wire), node }
    }
}

/// The path of a property.
pub(super) fn property(at: &str, name: &str) -> String {
    let mut path = at.to_owned();
    path::push(&mut path, Step::Key(name));
    path
}

/// The path of the items of a list.
pub(super) fn item(at: &str) -> String {
    format!("{}[]", if at.is_empty() { "$" } else { at })
}
