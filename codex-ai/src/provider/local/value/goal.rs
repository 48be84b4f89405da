//! Schemas that must hold together.

use std::ptr;

use serde_json::{Map, Value};

/// The keywords of one schema object.
pub(super) type Keywords = Map<String, Value>;

/// A set of schemas that a value must satisfy all at once, with `$ref` and `allOf` taken apart.
#[derive(Debug, Clone, Default)]
pub(super) struct Goal<'s> {
    pub(super) parts: Vec<&'s Keywords>,
    /// Choices (`oneOf` and the like) of which a branch was taken already.
    settled: Vec<&'s Value>,
}

/// More schemas than this do not apply to one place in earnest.
const MOST_PARTS: usize = 512;

impl<'s> Goal<'s> {
    /// The goal of one schema.
    pub(super) fn of(root: &'s Value, schema: &'s Value) -> Result<Self, String> {
        let mut goal = Self::default();
        goal.add(root, schema)?;
        Ok(goal)
    }

    /// Adds a schema. The error tells why nothing can satisfy the goal any more.
    pub(super) fn add(&mut self, root: &'s Value, schema: &'s Value) -> Result<(), String> {
        let mut open = vec![schema];
        while let Some(schema) = open.pop() {
            let keywords = match schema {
                Value::Object(keywords) => keywords,
                Value::Bool(false) => return Err("nothing is allowed here".to_owned()),
                _ => continue,
            };
            if self.parts.iter().any(|part| ptr::eq(*part, keywords)) {
                continue;
            }
            if self.parts.len() >= MOST_PARTS {
                return Err(format!("more than {MOST_PARTS} schemas apply here at once"));
            }
            self.parts.push(keywords);
            if let Some(not) = keywords.get("not")
                && (*not == Value::Bool(true) || not.as_object().is_some_and(Map::is_empty))
            {
                return Err("nothing is allowed here".to_owned());
            }
            // The stack hands them out in reverse, so that they end in declared order.
            if let Some(Value::Array(all)) = keywords.get("allOf") {
                open.extend(all.iter().rev());
            }
            if let Some(reference) = reference(keywords) {
                open.push(resolve(root, reference).ok_or_else(|| format!("`{reference}` leads nowhere"))?);
            }
        }
        if self.types().is_none() {
            return Err("no type is left that all parts of the schema allow".to_owned());
        }
        Ok(())
    }

    /// The values of a keyword in all parts.
    pub(super) fn all(&self, keyword: &str) -> impl Iterator<Item = &'s Value> {
        self.parts.iter().filter_map(move |part| part.get(keyword))
    }

    /// The largest of the numbers of a keyword.
    pub(super) fn largest(&self, keyword: &str) -> Option<u64> {
        self.all(keyword).filter_map(whole).max()
    }

    /// The smallest of the numbers of a keyword.
    pub(super) fn smallest(&self, keyword: &str) -> Option<u64> {
        self.all(keyword).filter_map(whole).min()
    }

    /// What the author says about this place.
    pub(super) fn description(&self) -> &'s str {
        self.all("description").chain(self.all("title")).find_map(Value::as_str).unwrap_or("")
    }

    /// The next choice that is open: its branches. With `if`, these are `[if, then]` and `[else]`.
    pub(super) fn next_choice(&mut self) -> Option<Vec<Vec<&'s Value>>> {
        for part in &self.parts {
            for keyword in ["oneOf", "anyOf", "if"] {
                let Some(choice) = part.get(keyword) else { continue };
                if self.settled.iter().any(|known| ptr::eq(*known, choice)) {
                    continue;
                }
                let branches = match choice {
                    Value::Array(branches) => branches.iter().map(|branch| vec![branch]).collect(),
                    _ if keyword == "if" => vec![
                        std::iter::once(choice).chain(part.get("then")).collect(),
                        part.get("else").into_iter().collect(),
                    ],
                    _ => continue,
                };
                self.settled.push(choice);
                return Some(branches);
            }
        }
        None
    }

    /// The values that `const` and `enum` leave; `None` if neither is there.
    pub(super) fn constants(&self) -> Option<Vec<&'s Value>> {
        let mut lists = self.parts.iter().flat_map(|part| {
            let one = part.get("const").map(|value| vec![value]);
            let many = part.get("enum").and_then(Value::as_array).map(|values| values.iter().collect());
            one.into_iter().chain(many)
        });
        let mut left: Vec<&Value> = lists.next()?;
        for list in lists {
            left.retain(|value| list.contains(value));
        }
        let types = self.types().unwrap_or_default();
        left.retain(|value| types.contains(&Type::of(value)) && !self.is_excluded(value));
        Some(left)
    }

    /// Whether a `not` names this very value.
    pub(super) fn is_excluded(&self, value: &Value) -> bool {
        self.all("not").any(|not| {
            not.get("const") == Some(value)
                || not.get("enum").and_then(Value::as_array).is_some_and(|list| list.contains(value))
        })
    }

    /// The types that are left, the preferred ones first and `null` last; `None` if there is none.
    pub(super) fn types(&self) -> Option<Vec<Type>> {
        let mut left: Option<Vec<Type>> = None;
        for list in self.all("type") {
            let names: Vec<&str> = match list {
                Value::String(name) => vec![name],
                Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
                _ => continue,
            };
            let types: Vec<Type> = names.iter().flat_map(|name| Type::named(name)).copied().collect();
            left = Some(match left {
                None => types,
                Some(mut left) => {
                    left.retain(|kind| types.contains(kind));
                    left
                }
            });
        }
        let mut left = left.unwrap_or_else(|| self.usual_types());
        left.sort_by_key(|kind| *kind == Type::Null);
        (!left.is_empty()).then_some(left)
    }

    /// All types, beginning with the one that the keywords speak of.
    fn usual_types(&self) -> Vec<Type> {
        let has = |names: &[&str]| self.parts.iter().any(|part| names.iter().any(|name| part.contains_key(*name)));
        let first = if has(&["properties", "required", "additionalProperties", "patternProperties", "minProperties"]) {
            Type::Object
        } else if has(&["items", "prefixItems", "minItems", "maxItems", "contains", "uniqueItems"]) {
            Type::Array
        } else if has(&["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"]) {
            Type::Number
        } else {
            Type::String
        };
        let mut all = Type::ALL.to_vec();
        all.sort_by_key(|kind| *kind != first);
        all
    }
}

/// The types of JSON, with whole numbers apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Type {
    String,
    Object,
    Array,
    Integer,
    /// A number that need not be whole.
    Number,
    Boolean,
    Null,
}

impl Type {
    const ALL: &'static [Self] =
        &[Self::String, Self::Object, Self::Array, Self::Number, Self::Integer, Self::Boolean, Self::Null];

    fn named(name: &str) -> &'static [Self] {
        match name {
            "string" => &[Self::String],
            "object" => &[Self::Object],
            "array" => &[Self::Array],
            "integer" => &[Self::Integer],
            "number" => &[Self::Number, Self::Integer],
            "boolean" => &[Self::Boolean],
            "null" => &[Self::Null],
            _ => &[],
        }
    }

    fn of(value: &Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(_) => Self::Boolean,
            Value::Number(n) if n.as_f64().is_some_and(|n| n.fract() == 0.0) => Self::Integer,
            Value::Number(_) => Self::Number,
            Value::String(_) => Self::String,
            Value::Array(_) => Self::Array,
            Value::Object(_) => Self::Object,
        }
    }
}

/// A number that counts something; JSON may write it `3.0`.
pub(super) fn whole(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_f64().filter(|n| *n >= 0.0).map(|n| n as u64))
}

/// Where a schema refers to.
pub(super) fn reference(keywords: &Keywords) -> Option<&str> {
    ["$ref", "$dynamicRef"].iter().find_map(|name| keywords.get(*name)).and_then(Value::as_str)
}

/// The schema behind a reference inside the same document: a pointer, or the name of an anchor in `$defs`.
pub(super) fn resolve<'s>(root: &'s Value, reference: &str) -> Option<&'s Value> {
    let fragment = reference.strip_prefix('#')?;
    if fragment.is_empty() {
        return Some(root);
    }
    if !fragment.starts_with('/') {
        let definitions = root.get("$defs")?.as_object()?;
        let named = |schema: &&Value| {
            ["$anchor", "$dynamicAnchor"]
                .iter()
                .any(|keyword| schema.get(keyword).and_then(Value::as_str) == Some(fragment))
        };
        return definitions.values().find(named);
    }
    root.pointer(fragment).or_else(|| root.pointer(&percent_decoded(fragment)?))
}

fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(b) = rest.next() {
        if b == b'%' {
            let digits = [rest.next()?, rest.next()?];
            bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?);
        } else {
            bytes.push(b);
        }
    }
    String::from_utf8(bytes).ok()
}
