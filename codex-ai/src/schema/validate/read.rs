//! Reads the values of a schema's keywords.

use std::collections::HashSet;
use std::hash::DefaultHasher;

use regex::Regex;
use serde_json::{Number, Value};

use super::compile::{Compiler, Place};
use super::node::{NodeId, Types};
use super::refs::Held;
use super::{number, pattern, words};

/// Reads the values of one schema's keywords; each that is unusable is a problem and counts as absent.
pub(super) struct Reader<'c, 's> {
    pub(super) compiler: &'c mut Compiler<'s>,
    pub(super) id: NodeId,
}

impl<'s> Reader<'_, 's> {
    pub(super) fn wrong(&mut self, keyword: &str, expected: &str) {
        self.compiler.problem(self.id, keyword, format!("must be {expected}"));
    }

    pub(super) fn types(&mut self, keyword: &str, value: &Value) -> Option<Types> {
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

    pub(super) fn allowed(
        &mut self,
        keyword: &str,
        value: &Value,
        before: Option<Box<[Value]>>,
    ) -> Option<Box<[Value]>> {
        let Some(values) = value.as_array() else {
            self.wrong(keyword, "a list of values");
            return before;
        };
        let mut hasher = DefaultHasher::new();
        if number::hash(value, &mut hasher, 0).is_none() {
            self.compiler.problem(self.id, keyword, "is nested too deeply");
            return before;
        }
        let is_in = |list: &[Value], value| list.iter().any(|one| number::equal(one, value) == Some(true));
        let values = values.iter().filter(|value| before.as_ref().is_none_or(|before| is_in(before, value)));
        Some(values.cloned().collect())
    }

    pub(super) fn constant(
        &mut self,
        keyword: &str,
        value: &Value,
        before: Option<Box<[Value]>>,
    ) -> Option<Box<[Value]>> {
        let mut hasher = DefaultHasher::new();
        if number::hash(value, &mut hasher, 0).is_none() {
            self.compiler.problem(self.id, keyword, "is nested too deeply");
            return before;
        }
        let stays = before.is_none_or(|list| list.iter().any(|one| number::equal(one, value) == Some(true)));
        Some(stays.then(|| value.clone()).into_iter().collect())
    }

    pub(super) fn number(&mut self, keyword: &str, value: &Value) -> Option<Number> {
        if !value.is_number() {
            self.wrong(keyword, "a number");
        }
        value.as_number().cloned()
    }

    pub(super) fn divisor(&mut self, keyword: &str, value: &Value) -> Option<Number> {
        let divisor = value.as_number().filter(|n| number::order(n, &Number::from(0)).is_gt());
        if divisor.is_none() {
            self.wrong(keyword, "a number above 0");
        }
        divisor.cloned()
    }

    pub(super) fn count(&mut self, keyword: &str, value: &Value) -> Option<u64> {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range is checked")]
        let whole = |n: f64| (n.fract() == 0.0 && (0.0..9e15).contains(&n)).then_some(n as u64);
        let count = value.as_u64().or_else(|| value.as_f64().and_then(whole));
        if count.is_none() {
            self.wrong(keyword, "a whole number of 0 or more");
        }
        count
    }

    pub(super) fn flag(&mut self, keyword: &str, value: &Value) -> bool {
        if !value.is_boolean() {
            self.wrong(keyword, "`true` or `false`");
        }
        value == &Value::Bool(true)
    }

    pub(super) fn text<'v>(&mut self, keyword: &str, value: &'v Value) -> Option<&'v str> {
        if !value.is_string() {
            self.wrong(keyword, "a string");
        }
        value.as_str()
    }

    pub(super) fn pattern(&mut self, keyword: &str, value: &Value) -> Option<(Box<str>, Regex)> {
        let text = self.text(keyword, value)?;
        match pattern::compile(text) {
            Ok(regex) => Some((text.into(), regex)),
            Err(reason) => {
                self.compiler.problem(self.id, keyword, format!("`{}` {reason}", words::cut(text)));
                None
            }
        }
    }

    pub(super) fn names(&mut self, keyword: &str, value: &Value) -> Vec<Box<str>> {
        let names = value.as_array().map(|list| list.iter().map(|name| name.as_str().map(Box::from)));
        let names = names.and_then(Iterator::collect::<Option<Vec<_>>>);
        if names.is_none() {
            self.wrong(keyword, "a list of names");
        }
        // A name that is there twice is missing once.
        let mut seen = HashSet::new();
        let mut names: Vec<Box<str>> = names.unwrap_or_default();
        names.retain(|name| seen.insert(name.clone()));
        names
    }

    pub(super) fn schema(&mut self, keyword: &'s str, value: &'s Value) -> NodeId {
        self.compiler.child(self.id, keyword, Held::Alone, value)
    }

    pub(super) fn list(&mut self, keyword: &'s str, value: &'s Value) -> Vec<NodeId> {
        let Some(list) = value.as_array() else {
            self.wrong(keyword, "a list of schemas");
            return Vec::new();
        };
        list.iter().enumerate().map(|(i, inner)| self.compiler.child(self.id, keyword, Held::At(i), inner)).collect()
    }

    /// A list with something in it: nothing could be meant by an empty `anyOf`.
    pub(super) fn some(&mut self, keyword: &'s str, value: &'s Value) -> Vec<NodeId> {
        if value.as_array().is_some_and(Vec::is_empty) {
            self.wrong(keyword, "a list of at least one schema");
        }
        self.list(keyword, value)
    }

    pub(super) fn schemas(
        &mut self,
        keyword: &'s str,
        value: &'s Value,
    ) -> impl Iterator<Item = (Box<str>, NodeId)> + use<'s> {
        let mut schemas = Vec::new();
        match value.as_object() {
            Some(map) => schemas.extend(map.iter().map(|(key, inner)| {
                (Box::from(key.as_str()), self.compiler.child(self.id, keyword, Held::Under(key), inner))
            })),
            None => self.wrong(keyword, "an object of schemas"),
        }
        schemas.into_iter()
    }

    pub(super) fn patterns(&mut self, keyword: &'s str, value: &'s Value) -> Vec<(Regex, NodeId)> {
        let mut patterns = Vec::new();
        for (text, id) in self.schemas(keyword, value) {
            match pattern::compile(&text) {
                Ok(regex) => patterns.push((regex, id)),
                Err(reason) => self.compiler.problem(id, "", reason),
            }
        }
        patterns
    }

    pub(super) fn required_with(&mut self, keyword: &str, value: &Value) -> Vec<(Box<str>, Vec<Box<str>>)> {
        let Some(map) = value.as_object() else {
            self.wrong(keyword, "an object of lists of names");
            return Vec::new();
        };
        map.iter().map(|(key, names)| (Box::from(key.as_str()), self.names(keyword, names))).collect()
    }

    pub(super) fn reference(&mut self, schema: &'s Value, keyword: &'s str, value: &Value) -> Option<NodeId> {
        let reference = self.text(keyword, value)?;
        let Some(target) = self.compiler.references.resolve(schema, reference) else {
            let reference = words::cut(reference);
            self.compiler.problem(self.id, keyword, format!("`{reference}` leads to nothing in this schema"));
            return None;
        };
        Some(self.compiler.node_of(target, Place { parent: Some(self.id), keyword, held: Held::Alone }))
    }

    /// In a document of one piece a dynamic reference leads where a plain one does.
    pub(super) fn dynamic_reference(&mut self, schema: &'s Value, keyword: &'s str, value: &Value) -> Option<NodeId> {
        if self.compiler.references.is_one_document() {
            return self.reference(schema, keyword, value);
        }
        self.compiler.problem(self.id, keyword, "is not supported in a schema that holds several with an `$id`");
        None
    }
}
