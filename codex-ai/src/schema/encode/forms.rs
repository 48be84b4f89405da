//! Choices between several forms.

use serde_json::{Value, json};

use super::build::{Builder, Built};
use super::keyword::{self, Keywords, takes_all};
use super::plan::{Form, Node, SAME, Wrapped};
use crate::schema::keyword::tag_first;

/// What a schema is written as, as far as it can be mistaken for another one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Look {
    List,
    Text,
    Other,
}

impl Builder<'_> {
    /// One of several forms.
    pub(super) fn choice(&mut self, forms: &[Value], keyword: &str, remarks: Keywords, at: &str) -> Built {
        if self.lacks.any && forms.iter().any(takes_all) {
            return self.any(remarks);
        }
        // A form that takes nothing is none.
        let forms: Vec<_> = forms.iter().filter(|form| !keyword::takes_none(form)).collect();
        let looks: Vec<_> = forms.iter().map(|form| self.look(form)).collect();
        let mut taken: Vec<String> = Vec::new();
        let mut written = Vec::with_capacity(forms.len());
        let mut nodes = Vec::with_capacity(forms.len());
        let mut kept = Vec::with_capacity(forms.len());
        for (at_form, form) in forms.iter().enumerate() {
            let mut built = self.schema(form, at);
            let number = self.own_forms.len();
            let (look, name) = looks[at_form];
            let others = || looks.iter().enumerate().filter(|(other, _)| *other != at_form);
            if let Some(name) = name.filter(|_| others().any(|(_, (other, _))| *other == look)) {
                // Two lists, or two texts, that mean different things: this one gets a name.
                let name = name_besides(name, &mut taken);
                self.own_forms.push((*form).clone());
                self.wire_forms.push(built.wire.clone());
                built = self.wrapped(&built, &name, number);
            }
            if takes_nothing(&built.wire) {
                continue;
            }
            nodes.push(built.node);
            written.push(built.wire);
            kept.push((*form).clone());
        }
        if written.is_empty() {
            return Built::same(Value::Bool(false));
        }
        tag_first(&mut written);
        let is_same = nodes.iter().all(|node| *node == SAME);
        let first = self.own_forms.len();
        let parts = nodes.into_iter().enumerate().map(|(at, node)| Form { node, number: first + at }).collect();
        if !is_same {
            self.own_forms.extend(kept);
            self.wire_forms.extend(written.iter().cloned());
        }
        let mut wire = remarks;
        wire.insert(keyword.to_owned(), written.into());
        let node = if is_same { SAME } else { self.add(Node::Choice(parts)) };
        Built { wire: Value::Object(wire), node }
    }

    /// The value as the one property of an object.
    pub(super) fn wrapped(&mut self, built: &Built, name: &str, form: usize) -> Built {
        let wire = json!({
            "type": "object",
            "properties": { name: built.wire },
            "required": [name],
            "additionalProperties": false
        });
        let node = self.add(Node::Wrapped(Box::new(Wrapped { name: name.into(), node: built.node, form })));
        Built { wire, node }
    }

    /// What the form is written as, and the name to wrap it by where it is written as something else than it is.
    fn look(&self, form: &Value) -> (Look, Option<&'static str>) {
        let mut form = form;
        while let Some(target) =
            form.get("$ref").and_then(Value::as_str).and_then(|to| self.references.resolve(form, to))
        {
            if keyword::only_reference(form).is_none() {
                break;
            }
            form = target;
        }
        let Value::Object(map) = form else { return (Look::Other, None) };
        let values = map.get("enum").and_then(Value::as_array).into_iter().flatten().chain(map.get("const"));
        if values.clone().any(|value| value.is_array() || value.is_object()) {
            return if self.lacks.listed_parts { (Look::Text, Some("json")) } else { (Look::Other, None) };
        }
        if keyword::COMBINING.iter().any(|keyword| map.contains_key(*keyword)) {
            return (Look::Other, None);
        }
        let types = keyword::types(map);
        match types.as_slice() {
            [] if keyword::deciding(map).next().is_some() && values.clone().next().is_none() && self.lacks.any => {
                (Look::Text, Some("json"))
            }
            ["object"] => {
                let has_names = map.get("properties").and_then(Value::as_object).is_some_and(|map| !map.is_empty());
                let is_list = self.lacks.maps && !has_names && keyword::has_free_keys(map);
                if is_list { (Look::List, Some("entries")) } else { (Look::Other, None) }
            }
            ["array"] => {
                let is_tuple = map.contains_key("prefixItems") || map.get("items").is_some_and(Value::is_array);
                if is_tuple && self.lacks.tuples { (Look::Other, None) } else { (Look::List, None) }
            }
            ["integer"] => {
                let wide = matches!(map.get("format").and_then(Value::as_str), Some("int128" | "uint128"));
                if wide && self.lacks.wide { (Look::Text, Some("number")) } else { (Look::Other, None) }
            }
            types if types.contains(&"string") => (Look::Text, None),
            [] if values.clone().any(Value::is_string) => (Look::Text, None),
            _ => (Look::Other, None),
        }
    }
}

/// Whether the form asks for a property that has no value.
fn takes_nothing(wire: &Value) -> bool {
    let required = wire.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    let is_false = |name: &str| wire.get("properties").and_then(|map| map.get(name)) == Some(&Value::Bool(false));
    *wire == Value::Bool(false) || required.into_iter().any(is_false)
}

fn name_besides(name: &str, taken: &mut Vec<String>) -> String {
    let mut free = name.to_owned();
    let mut number = 2;
    while taken.contains(&free) {
        free = format!("{name}_{number}");
        number += 1;
    }
    taken.push(free.clone());
    free
}
