//! Lists and tuples.

use serde_json::{Value, json};

use super::build::{Builder, Built, item};
use super::keyword::{self, Keywords, describe, remarks};
use super::object::or_null;
use super::plan::{Node, NodeId, SAME, Tuple};
use crate::schema::validate::path::{self, Step};

/// More items than this have no place of their own: nobody means that many properties.
const MOST_PLACES: usize = 256;

impl Builder<'_> {
    pub(super) fn array(&mut self, map: &Keywords, at: &str) -> Built {
        if let Some(rule) =
            map.get("unevaluatedItems").filter(|_| map.contains_key("contains") || map.contains_key("if"))
        {
            // What these look at depends on the value.
            let words = format!("The list also follows this JSON schema: {}", json!({ "unevaluatedItems": rule }));
            let mut map = map.clone();
            map.shift_remove("unevaluatedItems");
            describe(&mut map, &words);
            return self.array(&map, at);
        }
        // The second one is the older spelling.
        let prefix = map.get("prefixItems").or_else(|| map.get("items")).and_then(Value::as_array);
        let rest = if map.get("items").is_some_and(Value::is_array) {
            map.get("additionalItems")
        } else {
            map.get("items").or_else(|| map.get("unevaluatedItems"))
        };
        match prefix.filter(|prefix| !prefix.is_empty()) {
            Some(prefix) if self.lacks.tuples => self.tuple(map, prefix, rest, at),
            Some(prefix) => self.prefixed(map, prefix, rest, at),
            None => self.list(map, rest, at),
        }
    }

    fn list(&mut self, map: &Keywords, items: Option<&Value>, at: &str) -> Built {
        if items.is_none() && !self.lacks.any {
            return Built::same(Value::Object(map.clone()));
        }
        let built = self.schema(items.unwrap_or(&Value::Bool(true)), &item(at));
        let mut wire = map.clone();
        for keyword in ["prefixItems", "additionalItems", "unevaluatedItems"] {
            wire.shift_remove(keyword);
        }
        wire.insert("type".to_owned(), "array".into());
        if built.wire == Value::Bool(false) && self.lacks.any {
            if keyword::count(map, "minItems").is_some_and(|fewest| fewest > 0) {
                return Built::same(Value::Bool(false));
            }
            // No item at all; the items have a type nevertheless.
            wire.insert("maxItems".to_owned(), 0.into());
            wire.insert("items".to_owned(), Keywords::from_iter([("type".to_owned(), "string".into())]).into());
            return Built::same(Value::Object(wire));
        }
        wire.insert("items".to_owned(), built.wire);
        if built.node == SAME {
            return Built::same(Value::Object(wire));
        }
        let node = self.add(Node::List { first: Vec::new(), items: built.node });
        Built { wire: Value::Object(wire), node }
    }

    /// A tuple that stays one.
    fn prefixed(&mut self, map: &Keywords, prefix: &[Value], rest: Option<&Value>, at: &str) -> Built {
        let (nodes, wires) = self.places(prefix, at);
        let mut wire = map.clone();
        for keyword in ["items", "additionalItems", "unevaluatedItems"] {
            wire.shift_remove(keyword);
        }
        wire.insert("prefixItems".to_owned(), wires.into());
        let mut items = SAME;
        if let Some(rest) = rest {
            let built = self.schema(rest, &item(at));
            items = built.node;
            wire.insert("items".to_owned(), built.wire);
        }
        if nodes.iter().chain([&items]).all(|node| *node == SAME) {
            return Built::same(Value::Object(wire));
        }
        let node = self.add(Node::List { first: nodes, items });
        Built { wire: Value::Object(wire), node }
    }

    fn places(&mut self, prefix: &[Value], at: &str) -> (Vec<NodeId>, Vec<Value>) {
        let build = prefix.iter().enumerate().map(|(place, schema)| {
            let mut at = at.to_owned();
            path::push(&mut at, Step::Index(place));
            let built = self.schema(schema, &at);
            (built.node, built.wire)
        });
        build.unzip()
    }

    /// A tuple: an object whose properties are the places.
    fn tuple(&mut self, map: &Keywords, prefix: &[Value], rest: Option<&Value>, at: &str) -> Built {
        let fewest = keyword::count(map, "minItems").map_or(0, |count| usize::try_from(count).unwrap_or(usize::MAX));
        let most =
            keyword::count(map, "maxItems").map_or(usize::MAX, |count| usize::try_from(count).unwrap_or(usize::MAX));
        if prefix.len() > MOST_PLACES {
            self.problem(at, format!("is a tuple of more than {MOST_PLACES} items"));
            return Built::same(Value::Null);
        }
        let prefix = &prefix[..prefix.len().min(most)];
        if self.lacks.optional && prefix.iter().skip(fewest).any(|schema| self.takes_null(schema, 0)) {
            // Null would say two things, that it is there and that it is not.
            return self.untyped(map);
        }
        let (items, wires) = self.places(prefix, at);
        let has_rest = most > prefix.len() && rest != Some(&Value::Bool(false));
        let rest = has_rest.then(|| self.schema(rest.unwrap_or(&Value::Bool(true)), &item(at)));
        let fewest_named = fewest.min(items.len());
        let mut properties = Keywords::new();
        let mut required = Vec::new();
        for (place, mut wire) in wires.into_iter().enumerate() {
            let name = place.to_string();
            if place >= fewest_named && self.lacks.optional {
                or_null(&mut wire);
                if let Value::Object(wire) = &mut wire {
                    describe(wire, "null = leave it out.");
                }
            }
            if place < fewest_named || self.lacks.optional {
                required.push(Value::from(name.as_str()));
            }
            properties.insert(name, wire);
        }
        if let Some(rest) = &rest {
            let mut list = Keywords::from_iter([
                ("type".to_owned(), "array".into()),
                ("description".to_owned(), "The items after these.".into()),
                ("items".to_owned(), rest.wire.clone()),
            ]);
            if fewest > items.len() {
                list.insert("minItems".to_owned(), (fewest - items.len()).into());
            }
            if most < usize::MAX {
                list.insert("maxItems".to_owned(), (most - items.len()).into());
            }
            properties.insert("rest".to_owned(), Value::Object(list));
            required.push("rest".into());
        }
        let mut wire = remarks(map);
        wire.shift_remove("default");
        wire.insert("type".to_owned(), "object".into());
        wire.insert("properties".to_owned(), Value::Object(properties));
        wire.insert("required".to_owned(), required.into());
        wire.insert("additionalProperties".to_owned(), Value::Bool(false));
        for keyword in ["not", "if", "then", "else"] {
            if let Some(value) = map.get(keyword) {
                wire.insert(keyword.to_owned(), value.clone());
            }
        }
        if map.get("uniqueItems") == Some(&Value::Bool(true)) {
            describe(&mut wire, "No item twice.");
        }
        if let Some(contains) = map.get("contains") {
            describe(&mut wire, &format!("One of the items must follow {contains}."));
        }
        let tuple =
            Tuple { items, fewest: fewest_named, has_nulls: self.lacks.optional, rest: rest.map(|rest| rest.node) };
        let node = self.add(Node::Tuple(Box::new(tuple)));
        Built { wire: Value::Object(wire), node }
    }
}
