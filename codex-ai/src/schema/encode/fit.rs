//! What a value of a schema looks like from outside: its kind, its keys, its tag. Mostly that is enough to tell the forms of
//! a choice apart.

use serde_json::Value;

use super::keyword::{Keywords, takes_all, types};
use crate::json::Tree;

/// References inside references, and choices inside choices.
const DEEPEST: usize = 16;

const NULL: u8 = 1;
const BOOLEAN: u8 = 1 << 1;
const NUMBER: u8 = 1 << 2;
const TEXT: u8 = 1 << 3;
const LIST: u8 = 1 << 4;
const OBJECT: u8 = 1 << 5;
const ALL: u8 = 0b11_1111;

/// A key that is missing says more than one that is too much: models add keys more often than they leave them out.
const MISSING: usize = 2;

#[derive(Debug, Clone)]
pub(super) struct Fit {
    kinds: u8,
    /// The only scalars, where they are listed.
    values: Option<Vec<Tree>>,
    /// Keys that must have one of a few values.
    tags: Vec<(String, Vec<Tree>)>,
    required: Vec<String>,
    /// The keys that have a name; `None` where free ones are as good.
    known: Option<Vec<String>>,
}

impl Fit {
    fn of_kinds(kinds: u8) -> Self {
        Self { kinds, values: None, tags: Vec::new(), required: Vec::new(), known: None }
    }

    /// What values of the schema look like; `resolve` finds what a reference leads to.
    pub(super) fn of<'s>(schema: &'s Value, resolve: &impl Fn(&str) -> Option<&'s Value>) -> Self {
        Self::at(schema, resolve, 0)
    }

    fn at<'s>(schema: &'s Value, resolve: &impl Fn(&str) -> Option<&'s Value>, depth: usize) -> Self {
        let Value::Object(map) = schema else {
            return Self::of_kinds(if takes_all(schema) { ALL } else { 0 });
        };
        let mut fit = Self::of_kinds(ALL);
        if depth > DEEPEST {
            return fit;
        }
        let types = types(map);
        if !types.is_empty() {
            fit.kinds = types.into_iter().fold(0, |kinds, name| kinds | kind_named(name));
        }
        let listed = match (map.get("const"), map.get("enum")) {
            (Some(value), _) => Some(std::slice::from_ref(value)),
            (_, Some(Value::Array(values))) => Some(values.as_slice()),
            _ => None,
        };
        if let Some(listed) = listed {
            let values: Vec<_> = listed.iter().cloned().map(Tree::from).collect();
            fit.kinds &= values.iter().fold(0, |kinds, value| kinds | kind_of(value));
            fit.values = Some(values);
        }
        fit.add_keys(map, resolve);
        if let Some(target) = map.get("$ref").and_then(Value::as_str).and_then(resolve) {
            fit = fit.and(Self::at(target, resolve, depth + 1));
        }
        for part in map.get("allOf").and_then(Value::as_array).into_iter().flatten() {
            fit = fit.and(Self::at(part, resolve, depth + 1));
        }
        for keyword in ["anyOf", "oneOf"] {
            if let Some(forms) = map.get(keyword).and_then(Value::as_array) {
                let mut forms: Vec<_> = forms.iter().map(|form| Self::at(form, resolve, depth + 1)).collect();
                fit = match forms.len() {
                    1 => fit.and(forms.remove(0)),
                    _ => fit.and(Self::any_of(&forms)),
                };
            }
        }
        fit
    }

    fn add_keys<'s>(&mut self, map: &'s Keywords, resolve: &impl Fn(&str) -> Option<&'s Value>) {
        let names = map.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
        self.required.extend(names.map(str::to_owned));
        let Some(properties) = map.get("properties").and_then(Value::as_object) else { return };
        if !super::keyword::has_free_keys(map) {
            self.known = Some(properties.keys().cloned().collect());
        }
        for (name, schema) in properties.iter().filter(|(name, _)| self.required.contains(name)) {
            let target = schema.get("$ref").and_then(Value::as_str).and_then(resolve).unwrap_or(schema);
            match (target.get("const"), target.get("enum")) {
                (Some(value), _) => self.tags.push((name.clone(), vec![value.clone().into()])),
                (_, Some(Value::Array(values))) => {
                    self.tags.push((name.clone(), values.iter().cloned().map(Tree::from).collect()));
                }
                _ => {}
            }
        }
    }

    fn and(mut self, other: Self) -> Self {
        self.kinds &= other.kinds;
        self.values = self.values.or(other.values);
        self.tags.extend(other.tags);
        self.required.extend(other.required);
        self.known = match (self.known, other.known) {
            (Some(ours), Some(theirs)) => Some(ours.into_iter().chain(theirs).collect()),
            (ours, theirs) => ours.or(theirs),
        };
        self
    }

    fn any_of(forms: &[Self]) -> Self {
        let mut fit = Self::of_kinds(forms.iter().fold(0, |kinds, form| kinds | form.kinds));
        if forms.iter().all(|form| form.values.is_some()) {
            fit.values = Some(forms.iter().flat_map(|form| form.values.iter().flatten().cloned()).collect());
        }
        fit
    }

    /// How far the value is from looking like one of these: 0 for not at all, `None` for one of another kind or tag.
    pub(super) fn distance(&self, value: &Tree) -> Option<usize> {
        if self.kinds & kind_of(value) == 0 {
            return None;
        }
        let Tree::Object(entries) = value else {
            let listed = self.values.as_ref().is_none_or(|values| values.contains(value));
            return (listed || matches!(value, Tree::List(_))).then_some(0);
        };
        let find = |name: &str| entries.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value);
        for (name, values) in &self.tags {
            if find(name).is_some_and(|value| !values.contains(value)) {
                return None;
            }
        }
        let missing = self.required.iter().filter(|name| find(name).is_none()).count();
        let unknown = self
            .known
            .as_ref()
            .map_or(0, |known| entries.iter().filter(|(key, _)| !known.iter().any(|name| name == key)).count());
        Some(missing * MISSING + unknown)
    }
}

fn kind_named(name: &str) -> u8 {
    match name {
        "null" => NULL,
        "boolean" => BOOLEAN,
        "integer" | "number" => NUMBER,
        "string" => TEXT,
        "array" => LIST,
        "object" => OBJECT,
        _ => 0,
    }
}

fn kind_of(value: &Tree) -> u8 {
    match value {
        Tree::Null => NULL,
        Tree::Bool(_) => BOOLEAN,
        Tree::Number(_) => NUMBER,
        Tree::Text(_) => TEXT,
        Tree::List(_) => LIST,
        Tree::Object(_) => OBJECT,
    }
}
