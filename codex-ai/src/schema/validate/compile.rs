//! From a schema to its nodes. Nothing here calls itself: however deep a schema is, the work is a queue.

use std::collections::{HashMap, HashSet, VecDeque};

use serde_json::{Map, Number, Value};

use super::node::{ArrayRules, Combined, Node, NodeId, NumberRules, ObjectRules, StringRules, Types};
use super::refs::{Held, References, subschemas};
use super::{loops, number, path, pattern};
use crate::error::Problem;
use crate::schema::format::Format;

/// The nodes of a schema; the first is the whole.
///
/// # Errors
/// Everything in the schema that is unusable, each with its path in the schema.
pub(super) fn compile(schema: &Value) -> Result<Box<[Node]>, Vec<Problem>> {
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
    if compiler.problems.is_empty() {
        if let Some(id) = loops::find(&nodes) {
            compiler.problem(id, "", "refers to itself without an end");
        }
    }
    if compiler.problems.is_empty() { Ok(nodes.into()) } else { Err(compiler.problems) }
}

/// Where a schema stands: in a keyword of another one.
#[derive(Clone, Copy)]
struct Place<'s> {
    parent: Option<NodeId>,
    keyword: &'s str,
    held: Held<'s>,
}

struct Compiler<'s> {
    references: References<'s>,
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
    fn node_of(&mut self, schema: &'s Value, place: Place<'s>) -> NodeId {
        *self.known.entry(schema).or_insert_with(|| {
            self.queue.push_back(schema);
            self.places.push(place);
            self.places.len() - 1
        })
    }

    fn child(&mut self, parent: NodeId, keyword: &'s str, held: Held<'s>, schema: &'s Value) -> NodeId {
        self.node_of(schema, Place { parent: Some(parent), keyword, held })
    }

    /// Notes a problem with a keyword; an empty keyword is the schema as a whole.
    fn problem(&mut self, id: NodeId, keyword: &str, message: impl Into<String>) {
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

                "properties" => objects.properties = read.schemas(keyword, value).collect(),
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

/// Reads the values of one schema's keywords; each that is unusable is a problem and counts as absent.
struct Reader<'c, 's> {
    compiler: &'c mut Compiler<'s>,
    id: NodeId,
}

impl<'s> Reader<'_, 's> {
    fn wrong(&mut self, keyword: &str, expected: &str) {
        self.compiler.problem(self.id, keyword, format!("must be {expected}"));
    }

    fn types(&mut self, keyword: &str, value: &Value) -> Option<Types> {
        let names = match value {
            Value::Array(names) => names.as_slice(),
            one => std::slice::from_ref(one),
        };
        let types = names.iter().map(|name| name.as_str().and_then(Types::named));
        let types = types.collect::<Option<Vec<_>>>().filter(|types| !types.is_empty());
        if types.is_none() {
            self.wrong(
                keyword,
                "`null`, `boolean`, `integer`, `number`, `string`, `array` or `object`, or a list of them",
            );
        }
        Some(types?.into_iter().fold(Types::default(), Types::and))
    }

    fn allowed(&mut self, keyword: &str, value: &Value, before: Option<Box<[Value]>>) -> Option<Box<[Value]>> {
        let Some(values) = value.as_array() else {
            self.wrong(keyword, "a list of values");
            return before;
        };
        let mut hasher = std::hash::DefaultHasher::new();
        if number::hash(value, &mut hasher, 0).is_none() {
            self.compiler.problem(self.id, keyword, "is nested too deeply");
            return before;
        }
        let is_in = |list: &[Value], value| list.iter().any(|one| number::equal(one, value) == Some(true));
        let values = values.iter().filter(|value| before.as_ref().is_none_or(|before| is_in(before, value)));
        Some(values.cloned().collect())
    }

    fn constant(&mut self, keyword: &str, value: &Value, before: Option<Box<[Value]>>) -> Option<Box<[Value]>> {
        let mut hasher = std::hash::DefaultHasher::new();
        if number::hash(value, &mut hasher, 0).is_none() {
            self.compiler.problem(self.id, keyword, "is nested too deeply");
            return before;
        }
        let stays = before.is_none_or(|list| list.iter().any(|one| number::equal(one, value) == Some(true)));
        Some(stays.then(|| value.clone()).into_iter().collect())
    }

    fn number(&mut self, keyword: &str, value: &Value) -> Option<Number> {
        if !value.is_number() {
            self.wrong(keyword, "a number");
        }
        value.as_number().cloned()
    }

    fn divisor(&mut self, keyword: &str, value: &Value) -> Option<Number> {
        let divisor = value.as_number().filter(|n| number::order(n, &Number::from(0)).is_gt());
        if divisor.is_none() {
            self.wrong(keyword, "a number above 0");
        }
        divisor.cloned()
    }

    fn count(&mut self, keyword: &str, value: &Value) -> Option<u64> {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range is checked")]
        let whole = |n: f64| (n.fract() == 0.0 && (0.0..9e15).contains(&n)).then_some(n as u64);
        let count = value.as_u64().or_else(|| value.as_f64().and_then(whole));
        if count.is_none() {
            self.wrong(keyword, "a whole number of 0 or more");
        }
        count
    }

    fn flag(&mut self, keyword: &str, value: &Value) -> bool {
        if !value.is_boolean() {
            self.wrong(keyword, "`true` or `false`");
        }
        value == &Value::Bool(true)
    }

    fn text<'v>(&mut self, keyword: &str, value: &'v Value) -> Option<&'v str> {
        if !value.is_string() {
            self.wrong(keyword, "a string");
        }
        value.as_str()
    }

    fn pattern(&mut self, keyword: &str, value: &Value) -> Option<(Box<str>, regex::Regex)> {
        let text = self.text(keyword, value)?;
        match pattern::compile(text) {
            Ok(regex) => Some((text.into(), regex)),
            Err(reason) => {
                self.compiler.problem(self.id, keyword, format!("`{}` {reason}", super::words::cut(text)));
                None
            }
        }
    }

    fn names(&mut self, keyword: &str, value: &Value) -> Vec<Box<str>> {
        let names = value.as_array().map(|list| list.iter().map(|name| name.as_str().map(Box::from)));
        let names = names.and_then(Iterator::collect::<Option<Vec<_>>>);
        if names.is_none() {
            self.wrong(keyword, "a list of names");
        }
        // A name that is there twice is missing once.
        let mut seen = HashSet::new();
        names.unwrap_or_default().into_iter().filter(|name: &Box<str>| seen.insert(name.clone())).collect()
    }

    fn schema(&mut self, keyword: &'s str, value: &'s Value) -> NodeId {
        self.compiler.child(self.id, keyword, Held::Alone, value)
    }

    fn list(&mut self, keyword: &'s str, value: &'s Value) -> Vec<NodeId> {
        let Some(list) = value.as_array() else {
            self.wrong(keyword, "a list of schemas");
            return Vec::new();
        };
        list.iter().enumerate().map(|(i, inner)| self.compiler.child(self.id, keyword, Held::At(i), inner)).collect()
    }

    /// A list with something in it: nothing could be meant by an empty `anyOf`.
    fn some(&mut self, keyword: &'s str, value: &'s Value) -> Vec<NodeId> {
        if value.as_array().is_some_and(Vec::is_empty) {
            self.wrong(keyword, "a list of at least one schema");
        }
        self.list(keyword, value)
    }

    fn schemas(&mut self, keyword: &'s str, value: &'s Value) -> impl Iterator<Item = (Box<str>, NodeId)> + use<'s> {
        let mut schemas = Vec::new();
        match value.as_object() {
            Some(map) => schemas.extend(map.iter().map(|(key, inner)| {
                (Box::from(key.as_str()), self.compiler.child(self.id, keyword, Held::Under(key), inner))
            })),
            None => self.wrong(keyword, "an object of schemas"),
        }
        schemas.into_iter()
    }

    fn patterns(&mut self, keyword: &'s str, value: &'s Value) -> Vec<(regex::Regex, NodeId)> {
        let mut patterns = Vec::new();
        for (text, id) in self.schemas(keyword, value) {
            match pattern::compile(&text) {
                Ok(regex) => patterns.push((regex, id)),
                Err(reason) => self.compiler.problem(id, "", reason),
            }
        }
        patterns
    }

    fn required_with(&mut self, keyword: &str, value: &Value) -> Vec<(Box<str>, Vec<Box<str>>)> {
        let Some(map) = value.as_object() else {
            self.wrong(keyword, "an object of lists of names");
            return Vec::new();
        };
        map.iter().map(|(key, names)| (Box::from(key.as_str()), self.names(keyword, names))).collect()
    }

    fn reference(&mut self, schema: &'s Value, keyword: &'s str, value: &Value) -> Option<NodeId> {
        let reference = self.text(keyword, value)?;
        let Some(target) = self.compiler.references.resolve(schema, reference) else {
            let reference = super::words::cut(reference);
            self.compiler.problem(self.id, keyword, format!("`{reference}` leads to nothing in this schema"));
            return None;
        };
        Some(self.compiler.node_of(target, Place { parent: Some(self.id), keyword, held: Held::Alone }))
    }

    /// In a document of one piece a dynamic reference leads where a plain one does.
    fn dynamic_reference(&mut self, schema: &'s Value, keyword: &'s str, value: &Value) -> Option<NodeId> {
        if self.compiler.references.is_one_document() {
            return self.reference(schema, keyword, value);
        }
        self.compiler.problem(self.id, keyword, "is not supported in a schema that holds several with an `$id`");
        None
    }
}
