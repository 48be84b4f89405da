//! From a schema to its nodes. Nothing here calls itself: however deep a schema is, the work is a queue.

use std::collections::{HashMap, VecDeque};

use serde_json::{Map, Value};

use super::node::{ArrayRules, Combined, Node, NodeId, NumberRules, ObjectRules, StringRules};
use super::read::Reader;
use super::refs::{Held, References, subschemas};
use super::{loops, path};
use crate::error::Problem;
use crate::schema::format::Format;

/// The nodes of a schema; the first is the whole.
///
/// # Errors
/// Everything in the schema that is unusable, each with its path in the schema.
pub(super) fn compile(schema: &Value) -> Result<Box<[Node]>, Vec<Problem>> {
    compile_parts(schema, &[]).map(|(nodes, _)| nodes)
}

/// Nodes, and the numbers of some of them.
type Parts = (Box<[Node]>, Vec<NodeId>);

/// The same, with the numbers of some schemas in it.
///
/// # Errors
/// As those of [`compile`].
pub(super) fn compile_parts(schema: &Value, wanted: &[&Value]) -> Result<Parts, Vec<Problem>> {
    let mut compiler = Compiler {
        references: References::of(schema),
        places: Vec::new(),
        known: HashMap::new(),
        queue: VecDeque::new(),
        problems: Vec::new(),
    };
    compiler.node_of(schema, Place { parent: None, keyword: "", held: Held::Alone });
    let mut nodes = Vec::new();
    while let Some(schema) = compiler.queue.pop_front() {
        let node = compiler.build(schema, nodes.len());
        nodes.push(node);
    }
    // Only where all references lead somewhere is it known where they lead.
    if let Some(id) = loops::find(&nodes).filter(|_| compiler.problems.is_empty()) {
        compiler.problem(id, "", "refers to itself without an end");
    }
    if !compiler.problems.is_empty() {
        return Err(compiler.problems);
    }
    let known = |part: &&Value| compiler.known.get(&std::ptr::from_ref(*part)).copied();
    // A part that is none of the schema is held to all of it.
    let parts = wanted.iter().map(|part| known(part).unwrap_or(0)).collect();
    Ok((nodes.into(), parts))
}

/// Where a schema stands: in a keyword of another one.
#[derive(Clone, Copy)]
pub(super) struct Place<'s> {
    pub(super) parent: Option<NodeId>,
    pub(super) keyword: &'s str,
    pub(super) held: Held<'s>,
}

pub(super) struct Compiler<'s> {
    pub(super) references: References<'s>,
    /// The place of each node, by its number.
    places: Vec<Place<'s>>,
    /// The node of each schema seen so far, by its address.
    known: HashMap<*const Value, NodeId>,
    /// The schemas whose nodes are still to be built, in the order of their numbers.
    queue: VecDeque<&'s Value>,
    problems: Vec<Problem>,
}

impl<'s> Compiler<'s> {
    /// The number of a schema's node; the node itself is built when its turn comes.
    pub(super) fn node_of(&mut self, schema: &'s Value, place: Place<'s>) -> NodeId {
        *self.known.entry(schema).or_insert_with(|| {
            self.queue.push_back(schema);
            self.places.push(place);
            self.places.len() - 1
        })
    }

    pub(super) fn child(&mut self, parent: NodeId, keyword: &'s str, held: Held<'s>, schema: &'s Value) -> NodeId {
        self.node_of(schema, Place { parent: Some(parent), keyword, held })
    }

    /// Notes a problem with a keyword; an empty keyword is the schema as a whole.
    pub(super) fn problem(&mut self, id: NodeId, keyword: &str, message: impl Into<String>) {
        let mut steps = Vec::new();
        if !keyword.is_empty() {
            steps.push(path::Step::Key(keyword));
        }
        let mut here = Some(id);
        while let Some(place) = here.map(|id| self.places[id]) {
            match place.held {
                Held::Alone => {}
                Held::At(index) => steps.push(path::Step::Index(index)),
                Held::Under(key) => steps.push(path::Step::Key(key)),
            }
            if !place.keyword.is_empty() {
                steps.push(path::Step::Key(place.keyword));
            }
            here = place.parent;
        }
        self.problems.push(Problem::new(path::render(steps.into_iter().rev()), message));
    }

    fn build(&mut self, schema: &'s Value, id: NodeId) -> Node {
        match schema {
            Value::Bool(verdict) => Node { verdict: Some(*verdict), ..Node::default() },
            Value::Object(map) => self.build_object(schema, map, id),
            _ => {
                self.problem(id, "", "a schema must be an object, `true` or `false`");
                Node::default()
            }
        }
    }

    fn build_object(&mut self, schema: &'s Value, map: &'s Map<String, Value>, id: NodeId) -> Node {
        // All of them, those that nothing refers to as well: a mistake in `$defs` is a mistake.
        for (keyword, held, inner) in subschemas(map) {
            self.child(id, keyword, held, inner);
        }
        let mut node = Node::default();
        let mut read = Reader { compiler: self, id };
        let (mut numbers, mut has_numbers) = (NumberRules::default(), false);
        let (mut strings, mut has_strings) = (StringRules::default(), false);
        let (mut arrays, mut has_arrays) = (ArrayRules::default(), false);
        let (mut objects, mut has_objects) = (ObjectRules::default(), false);
        let (mut combined, mut has_combined) = (Combined::default(), false);
        for (keyword, value) in map {
            let keyword = keyword.as_str();
            match keyword {
                "type" => node.types = read.types(keyword, value),
                "enum" => node.allowed = read.allowed(keyword, value, node.allowed.take()),
                "const" => node.allowed = read.constant(keyword, value, node.allowed.take()),
                "$ref" => node.reference = read.reference(schema, keyword, value),
                "$dynamicRef" => combined.all.extend(read.dynamic_reference(schema, keyword, value)),

                "minimum" => numbers.minimum = read.number(keyword, value),
                "maximum" => numbers.maximum = read.number(keyword, value),
                "exclusiveMinimum" => numbers.above = read.number(keyword, value),
                "exclusiveMaximum" => numbers.below = read.number(keyword, value),
                "multipleOf" => numbers.multiple_of = read.divisor(keyword, value),

                "minLength" => strings.shortest = read.count(keyword, value),
                "maxLength" => strings.longest = read.count(keyword, value),
                "pattern" => strings.pattern = read.pattern(keyword, value),
                "format" => strings.format = read.text(keyword, value).and_then(Format::of),

                "prefixItems" => arrays.prefix = read.list(keyword, value),
                // The older spelling of a tuple, with `additionalItems` for what follows.
                "items" if value.is_array() => arrays.prefix = read.list(keyword, value),
                "items" => arrays.items = Some(read.schema(keyword, value)),
                "additionalItems" if map.get("items").is_some_and(Value::is_array) => {
                    arrays.items = Some(read.schema(keyword, value));
                }
                "minItems" => arrays.fewest = read.count(keyword, value),
                "maxItems" => arrays.most = read.count(keyword, value),
                "uniqueItems" => arrays.unique = read.flag(keyword, value),
                "contains" => arrays.contains = Some(read.schema(keyword, value)),
                "minContains" => arrays.contains_fewest = read.count(keyword, value),
                "maxContains" => arrays.contains_most = read.count(keyword, value),
                "unevaluatedItems" => arrays.unevaluated = Some(read.schema(keyword, value)),

                "properties" => {
                    objects.properties = read.schemas(keyword, value).collect();
                    for (alias, name) in aliases(value) {
                        if let Some(id) = objects.properties.get(name).copied() {
                            objects.properties.entry(alias.into()).or_insert(id);
                            objects.aliases.push((alias.into(), name.into()));
                        }
                    }
                }
                "patternProperties" => objects.patterns = read.patterns(keyword, value),
                "additionalProperties" => objects.additional = Some(read.schema(keyword, value)),
                "propertyNames" => objects.names = Some(read.schema(keyword, value)),
                "required" => objects.required = read.names(keyword, value),
                "minProperties" => objects.fewest = read.count(keyword, value),
                "maxProperties" => objects.most = read.count(keyword, value),
                "dependentRequired" => objects.required_with = read.required_with(keyword, value),
                "dependentSchemas" => objects.schema_with = read.schemas(keyword, value).collect(),
                "unevaluatedProperties" => objects.unevaluated = Some(read.schema(keyword, value)),

                "allOf" => combined.all.extend(read.some(keyword, value)),
                "anyOf" => combined.any = read.some(keyword, value),
                "oneOf" => combined.one = read.some(keyword, value),
                "not" => combined.not = Some(read.schema(keyword, value)),
                "if" => combined.condition = Some(read.schema(keyword, value)),
                "then" => combined.then = Some(read.schema(keyword, value)),
                "else" => combined.otherwise = Some(read.schema(keyword, value)),
                "$defs" | "definitions" if !value.is_object() => read.wrong(keyword, "an object of schemas"),
                _ => continue,
            }
            match keyword {
                "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" | "multipleOf" => has_numbers = true,
                "minLength" | "maxLength" | "pattern" | "format" => has_strings = true,
                "prefixItems" | "items" | "additionalItems" | "minItems" | "maxItems" | "uniqueItems" | "contains"
                | "minContains" | "maxContains" | "unevaluatedItems" => has_arrays = true,
                "properties"
                | "patternProperties"
                | "additionalProperties"
                | "propertyNames"
                | "required"
                | "minProperties"
                | "maxProperties"
                | "dependentRequired"
                | "dependentSchemas"
                | "unevaluatedProperties" => has_objects = true,
                "$dynamicRef" | "allOf" | "anyOf" | "oneOf" | "not" | "if" | "then" | "else" => has_combined = true,
                _ => {}
            }
        }
        node.numbers = has_numbers.then(|| numbers.into());
        node.strings = has_strings.then(|| strings.into());
        node.arrays = has_arrays.then(|| arrays.into());
        node.objects = has_objects.then(|| objects.into());
        node.combined = has_combined.then(|| combined.into());
        let has_rules = has_numbers || has_strings || has_arrays || has_objects || has_combined;
        node.only_refers = node.reference.is_some() && !has_rules && node.types.is_none() && node.allowed.is_none();
        node
    }
}

/// The further names of properties, as `x-aliases` has them, each with the main one.
fn aliases(properties: &Value) -> impl Iterator<Item = (&str, &str)> {
    properties.as_object().into_iter().flatten().flat_map(|(name, schema)| {
        let aliases = schema.get("x-aliases").and_then(Value::as_array).into_iter().flatten();
        aliases.filter_map(Value::as_str).map(move |alias| (alias, name.as_str()))
    })
}
