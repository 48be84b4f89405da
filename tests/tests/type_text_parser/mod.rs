//! Reads the short text of a type back, and compares it with the schema that it was made of.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// A type, as it stands in the text.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Type {
    /// A word: `string`, or the name of a definition.
    Word(String),
    Literal(Value),
    Object(Vec<Field>),
    List(Box<Type>),
    Tuple(Vec<Type>, Option<Box<Type>>),
    Union(Vec<Type>),
    All(Vec<Type>),
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Field {
    pub(crate) key: Key,
    pub(crate) optional: bool,
    pub(crate) value: Type,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Key {
    Name(String),
    /// Every other key of this type.
    Other(Type),
}

/// The text: the type itself, and the definitions.
pub(crate) struct Document {
    pub(crate) root: Type,
    pub(crate) definitions: BTreeMap<String, Type>,
}

struct Parser<'a> {
    rest: &'a str,
}

/// Reads a text; panics where it is none.
pub(crate) fn parse(text: &str) -> Document {
    let mut parser = Parser { rest: text };
    let root = parser.union();
    let mut definitions = BTreeMap::new();
    loop {
        parser.space();
        if parser.rest.is_empty() {
            return Document { root, definitions };
        }
        let name = parser.word();
        assert!(parser.eat("="), "no `=` at {:?}", parser.rest);
        definitions.insert(name, parser.union());
    }
}

impl Parser<'_> {
    fn space(&mut self) {
        loop {
            self.rest = self.rest.trim_start();
            match self.rest.strip_prefix("//") {
                Some(comment) => self.rest = comment.split_once('\n').map_or("", |(_, rest)| rest),
                None => return,
            }
        }
    }

    fn eat(&mut self, token: &str) -> bool {
        self.space();
        let rest = self.rest.strip_prefix(token);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn word(&mut self) -> String {
        self.space();
        let end =
            self.rest.find(|c: char| !(c.is_ascii_alphanumeric() || "_$-".contains(c))).unwrap_or(self.rest.len());
        assert!(end > 0, "no word at {:?}", self.rest);
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        word.to_owned()
    }

    fn json(&mut self) -> Value {
        let mut values = serde_json::Deserializer::from_str(self.rest).into_iter::<Value>();
        let value = values.next().unwrap().unwrap();
        self.rest = &self.rest[values.byte_offset()..];
        value
    }

    fn union(&mut self) -> Type {
        self.eat("|");
        let mut all = vec![self.all()];
        while self.eat("|") {
            all.push(self.all());
        }
        if all.len() == 1 { all.remove(0) } else { Type::Union(all) }
    }

    fn all(&mut self) -> Type {
        let mut all = vec![self.postfix()];
        while self.eat("&") {
            all.push(self.postfix());
        }
        if all.len() == 1 { all.remove(0) } else { Type::All(all) }
    }

    fn postfix(&mut self) -> Type {
        let mut inner = self.primary();
        loop {
            if self.rest.starts_with("[]") {
                self.rest = &self.rest[2..];
                inner = Type::List(inner.into());
            } else if self.rest.starts_with(" (") {
                self.rest = &self.rest[2..];
                self.note();
            } else {
                return inner;
            }
        }
    }

    /// Words in parentheses; strings and parentheses within them count as such.
    fn note(&mut self) {
        let mut open = 1;
        while open > 0 {
            match self.rest.chars().next().unwrap() {
                '"' => {
                    self.json();
                    continue;
                }
                '(' => open += 1,
                ')' => open -= 1,
                _ => {}
            }
            let first = self.rest.chars().next().unwrap();
            self.rest = &self.rest[first.len_utf8()..];
        }
    }

    fn primary(&mut self) -> Type {
        self.space();
        match self.rest.chars().next().unwrap() {
            '{' => self.object(),
            '[' => self.tuple(),
            '(' => {
                self.eat("(");
                let inner = self.union();
                assert!(self.eat(")"), "no `)` at {:?}", self.rest);
                inner
            }
            '"' | '-' | '0'..='9' => Type::Literal(self.json()),
            _ => match self.word().as_str() {
                "true" => Type::Literal(true.into()),
                "false" => Type::Literal(false.into()),
                word => Type::Word(word.to_owned()),
            },
        }
    }

    fn object(&mut self) -> Type {
        assert!(self.eat("{"));
        let mut fields = Vec::new();
        while !self.eat("}") {
            let key = if self.eat("[") {
                let key = Key::Other(self.union());
                assert!(self.eat("]"));
                key
            } else if self.rest.starts_with('"') {
                Key::Name(self.json().as_str().unwrap().to_owned())
            } else {
                Key::Name(self.word())
            };
            let optional = self.eat("?");
            assert!(self.eat(":"), "no `:` at {:?}", self.rest);
            fields.push(Field { key, optional, value: self.union() });
            self.eat(",");
        }
        Type::Object(fields)
    }

    fn tuple(&mut self) -> Type {
        assert!(self.eat("["));
        let (mut first, mut rest) = (Vec::new(), None);
        while !self.eat("]") {
            if self.eat("...") {
                rest = Some(Box::new(self.union()));
            } else {
                first.push(self.union());
            }
            self.eat(",");
        }
        Type::Tuple(first, rest)
    }
}

/// Whether the text says what the schema says: names, types, enum values, what may be left out.
pub(crate) struct Comparison<'a> {
    pub(crate) document: &'a Document,
    pub(crate) schema: &'a Value,
    seen: BTreeSet<(String, String)>,
}

impl<'a> Comparison<'a> {
    pub(crate) fn new(document: &'a Document, schema: &'a Value) -> Self {
        Self { document, schema, seen: BTreeSet::new() }
    }

    pub(crate) fn run(mut self) {
        self.same(&self.document.root, self.schema);
    }

    fn same(&mut self, text: &Type, schema: &Value) {
        if let Type::Word(name) = text
            && let Some(definition) = self.document.definitions.get(name)
        {
            if self.seen.insert((name.clone(), schema.to_string())) {
                self.same(definition, schema);
            }
            return;
        }
        let Value::Object(object) = schema else {
            let word = if *schema == Value::Bool(false) { "never" } else { "any" };
            return assert_eq!(*text, Type::Word(word.to_owned()), "{schema}");
        };
        let mut parts: Vec<Value> = Vec::new();
        let mut add = |name: &str| parts.extend(object.get(name).map(|value| serde_json::json!({ name: value })));
        add("$ref");
        if object.contains_key("const") {
            add("const");
        } else if object.contains_key("enum") {
            add("enum");
        } else {
            let shape = [
                "type",
                "properties",
                "required",
                "items",
                "prefixItems",
                "additionalProperties",
                "patternProperties",
                "propertyNames",
            ];
            let own: serde_json::Map<_, _> = object
                .iter()
                .filter(|(name, _)| shape.contains(&name.as_str()))
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect();
            if !own.is_empty() {
                parts.push(own.into());
            }
        }
        for name in ["anyOf", "oneOf"] {
            parts.extend(object.get(name).map(|value| serde_json::json!({ name: value })));
        }
        parts.extend(object.get("allOf").and_then(Value::as_array).into_iter().flatten().cloned());
        match (parts.as_slice(), text) {
            ([], text) => assert_eq!(*text, Type::Word("any".to_owned()), "{schema}"),
            ([one], text) => self.part(text, one),
            (many, Type::All(texts)) => {
                assert_eq!(many.len(), texts.len(), "{schema}");
                many.iter().zip(texts).for_each(|(part, text)| self.part(text, part));
            }
            (_, text) => panic!("{text:?} for {schema}"),
        }
    }

    fn part(&mut self, text: &Type, part: &Value) {
        let object = part.as_object().unwrap();
        if let Some(reference) = object.get("$ref").and_then(Value::as_str) {
            let target = self.schema.pointer(reference.strip_prefix('#').unwrap()).unwrap();
            return self.same(text, target);
        }
        let is_choice = ["const", "enum", "anyOf", "oneOf"].iter().any(|name| object.contains_key(*name));
        if is_choice {
            let mut texts = branches(text);
            self.choice(&mut texts, part);
            assert!(texts.is_empty(), "{texts:?} left for {part}");
            return;
        }
        match object.get("type") {
            Some(Value::Array(kinds)) => {
                let texts = branches(text);
                assert_eq!(texts.len(), kinds.len(), "{part}");
                for (kind, text) in kinds.iter().zip(texts) {
                    self.typed(kind.as_str().unwrap(), text, object);
                }
            }
            Some(kind) => self.typed(kind.as_str().unwrap(), text, object),
            None if object.contains_key("items") || object.contains_key("prefixItems") => {
                self.typed("array", text, object);
            }
            None => self.typed("object", text, object),
        }
    }

    /// Takes what a schema says from the front of alternatives; those within one are alternatives of the whole.
    fn choice(&mut self, texts: &mut &[Type], schema: &Value) {
        let named = matches!(texts.first(), Some(Type::Word(name)) if self.document.definitions.contains_key(name));
        let is_named = |object: &serde_json::Map<String, Value>| named && object.contains_key("$ref");
        let object = schema.as_object().filter(|object| !is_named(object) && object.len() <= 2);
        let part = object.and_then(|object| {
            let known = ["$ref", "const", "enum", "anyOf", "oneOf"];
            object.iter().find(|(name, _)| known.contains(&name.as_str()))
        });
        match part {
            Some((name, Value::String(reference))) if name == "$ref" => {
                let target = self.schema.pointer(reference.strip_prefix('#').unwrap()).unwrap().clone();
                self.choice(texts, &target);
            }
            Some((name, value)) if name == "const" => literal(texts, value),
            Some((name, Value::Array(values))) if name == "enum" => {
                values.iter().for_each(|value| literal(texts, value));
            }
            Some((_, Value::Array(all))) => all.iter().for_each(|schema| self.choice(texts, schema)),
            _ => {
                let kinds = schema.get("type").and_then(Value::as_array).map_or(1, Vec::len);
                let (own, rest) = texts.split_at(kinds);
                *texts = rest;
                match own {
                    [one] => self.same(one, schema),
                    many => self.same(&Type::Union(many.to_vec()), schema),
                }
            }
        }
    }

    fn typed(&mut self, kind: &str, text: &Type, object: &serde_json::Map<String, Value>) {
        match (kind, text) {
            ("integer", Type::Word(word)) => assert_eq!(word, "int"),
            ("boolean", Type::Word(word)) => assert_eq!(word, "bool"),
            ("string" | "number" | "null", Type::Word(word)) => assert_eq!(word, kind),
            ("array", Type::List(item)) => self.same(item, object.get("items").unwrap_or(&Value::Bool(true))),
            ("array", Type::Tuple(first, rest)) => {
                let items = object["prefixItems"].as_array().unwrap();
                assert_eq!(first.len(), items.len());
                first.iter().zip(items).for_each(|(text, item)| self.same(text, item));
                let others = object.get("items").filter(|items| **items != Value::Bool(false));
                assert_eq!(rest.is_some(), others.is_some());
                if let (Some(text), Some(schema)) = (rest, others) {
                    self.same(text, schema);
                }
            }
            ("object", Type::Object(fields)) => self.object(fields, object),
            (kind, text) => panic!("{text:?} for {kind} in {object:?}"),
        }
    }

    fn object(&mut self, fields: &[Field], object: &serde_json::Map<String, Value>) {
        let empty = serde_json::Map::new();
        let map = |name: &str| object.get(name).and_then(Value::as_object).unwrap_or(&empty).clone();
        let (properties, patterns) = (map("properties"), map("patternProperties"));
        let required: Vec<&str> =
            object.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
        let mut others = Vec::new();
        let mut names = BTreeSet::new();
        for field in fields {
            match &field.key {
                Key::Name(name) => {
                    assert_eq!(!field.optional, required.contains(&name.as_str()), "{name}");
                    self.same(&field.value, properties.get(name).unwrap_or(&Value::Bool(true)));
                    names.insert(name.clone());
                }
                Key::Other(key) => others.push((key, &field.value)),
            }
        }
        let wanted = properties.keys().map(String::as_str).chain(required).map(str::to_owned).collect();
        assert_eq!(names, wanted);
        let any = Value::Bool(true);
        let additional = match object.get("additionalProperties") {
            Some(Value::Bool(false)) => None,
            None if object.get("properties").is_none() && object.get("patternProperties").is_none() => Some(&any),
            other => other,
        };
        assert_eq!(others.len(), patterns.len() + usize::from(additional.is_some()), "{object:?}");
        for ((_, text), schema) in others.iter().zip(patterns.values().chain(additional)) {
            self.same(text, schema);
        }
        if let (Some((key, _)), Some(_)) = (others.last(), additional) {
            let string = serde_json::json!({ "type": "string" });
            self.same(key, object.get("propertyNames").unwrap_or(&string));
        }
    }
}

fn branches(text: &Type) -> &[Type] {
    match text {
        Type::Union(all) => all,
        one => std::slice::from_ref(one),
    }
}

fn literal(texts: &mut &[Type], value: &Value) {
    let (first, rest) = texts.split_first().unwrap();
    *texts = rest;
    let expected = if value.is_null() { Type::Word("null".to_owned()) } else { Type::Literal(value.clone()) };
    assert_eq!(*first, expected);
}
