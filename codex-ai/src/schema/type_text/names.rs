//! Which definitions get a name of their own in the text, and which are written where they are used.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// The definitions of a schema by their references.
pub(super) struct Names<'a> {
    root: &'a Value,
    /// The names of those that are used more than once, or hold themselves, by their references.
    named: BTreeMap<&'a str, String>,
    /// Those in the order in which they are first used.
    order: Vec<&'a str>,
}

/// How deep a schema is looked into.
pub(super) const DEEPEST: usize = 100;

impl<'a> Names<'a> {
    pub(super) fn of(name: &str, root: &'a Value) -> Self {
        let mut uses =
            Uses { root, count: BTreeMap::new(), order: Vec::new(), open: Vec::new(), loops: BTreeSet::new() };
        // A root that is nothing but a reference is that definition.
        uses.open.push("#");
        uses.walk(root, 0);
        let mut taken = BTreeSet::new();
        let mut named = BTreeMap::new();
        let mut order = Vec::new();
        for reference in uses.order {
            let count = uses.count.get(reference).copied().unwrap_or_default();
            let small = target(root, reference).is_some_and(is_small);
            if uses.loops.contains(reference) || (count > 1 && !small) {
                let wanted = if reference == "#" { name } else { last_step(reference) };
                named.insert(reference, free(&identifier(wanted), &mut taken));
                order.push(reference);
            }
        }
        Self { root, named, order }
    }

    /// The schema that a reference means.
    pub(super) fn target(&self, reference: &str) -> Option<&'a Value> {
        target(self.root, reference)
    }

    pub(super) fn name(&self, reference: &str) -> Option<&str> {
        self.named.get(reference).map(String::as_str)
    }

    /// The definitions that have a name, with it.
    pub(super) fn definitions(&self) -> impl Iterator<Item = (&str, &'a Value)> {
        self.order.iter().filter_map(|reference| Some((self.name(reference)?, self.target(reference)?)))
    }

    pub(super) fn is_root(&self, schema: &Value) -> bool {
        std::ptr::eq(self.root, schema)
    }
}

struct Uses<'a> {
    root: &'a Value,
    count: BTreeMap<&'a str, usize>,
    order: Vec<&'a str>,
    open: Vec<&'a str>,
    /// Definitions that hold themselves.
    loops: BTreeSet<&'a str>,
}

impl<'a> Uses<'a> {
    fn walk(&mut self, schema: &'a Value, depth: usize) {
        if depth > DEEPEST {
            return;
        }
        match schema {
            Value::Object(object) => {
                for (key, value) in object {
                    match (key.as_str(), value) {
                        ("$ref", Value::String(reference)) => self.reference(reference, depth),
                        ("$defs" | "definitions" | "enum" | "const" | "default" | "examples", _) => {}
                        ("properties" | "patternProperties", Value::Object(inner)) => {
                            inner.values().for_each(|value| self.walk(value, depth + 1));
                        }
                        _ => self.walk(value, depth + 1),
                    }
                }
            }
            Value::Array(list) => list.iter().for_each(|value| self.walk(value, depth + 1)),
            _ => {}
        }
    }

    fn reference(&mut self, reference: &'a str, depth: usize) {
        let count = self.count.entry(reference).or_default();
        *count += 1;
        let first = *count == 1;
        if first {
            self.order.push(reference);
        }
        if self.open.contains(&reference) {
            self.loops.insert(reference);
        } else if first && let Some(target) = target(self.root, reference) {
            self.open.push(reference);
            self.walk(target, depth + 1);
            self.open.pop();
        }
    }
}

fn target<'a>(root: &'a Value, reference: &str) -> Option<&'a Value> {
    let pointer = reference.strip_prefix('#')?;
    root.pointer(pointer).or_else(|| root.pointer(&pointer.replace("%25", "%").replace("%22", "\"")))
}

/// Whether a definition is as short as a name would be.
fn is_small(schema: &Value) -> bool {
    let Value::Object(object) = schema else { return true };
    object.len() <= 2
        && object.get("type").is_some_and(|kind| kind.is_string() && kind != "object" && kind != "array")
        && object.keys().all(|key| matches!(key.as_str(), "type" | "format"))
}

fn last_step(reference: &str) -> &str {
    reference.rsplit('/').next().unwrap_or(reference)
}

fn identifier(name: &str) -> String {
    let mut out: String = name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { '_' }).collect();
    if !out.starts_with(|c: char| c.is_ascii_alphabetic()) {
        out.insert(0, 'T');
    }
    out
}

/// The name, with a number where it is taken, or means something else.
fn free(wanted: &str, taken: &mut BTreeSet<String>) -> String {
    let mut name = wanted.to_owned();
    let mut number = 1;
    while super::write::WORDS.contains(&name.as_str()) || !taken.insert(name.clone()) {
        number += 1;
        name = format!("{wanted}{number}");
    }
    name
}
