//! How many optional properties and unions Anthropic takes. It counts those outside of `$defs`, so objects are moved
//! there where they are too many.

use serde_json::{Map, Value, json};

use crate::error::Problem;

/// Optional properties of one request.
const MOST_OPTIONAL: usize = 24;

/// Properties, items and forms of one request that have a choice of forms or several types.
const MOST_UNIONS: usize = 16;

/// Brings a translated schema below the limits, if that can be; what it goes beyond otherwise.
pub(super) fn keep(wire: &mut Value) -> Vec<Problem> {
    let mut found = count(wire);
    if found.fit() {
        return Vec::new();
    }
    let Value::Object(root) = wire else { return Vec::new() };
    let mut moved = Moved { definitions: Map::new(), left: found };
    if let Some(Value::Object(known)) = root.get("$defs") {
        moved.definitions.clone_from(known);
    }
    moved.inside(root, "Part");
    found = moved.left;
    if !moved.definitions.is_empty() {
        root.insert("$defs".to_owned(), Value::Object(moved.definitions));
    }
    let limits = [(found.optional, MOST_OPTIONAL, "optional properties"), (found.unions, MOST_UNIONS, "unions")];
    let over = limits.into_iter().filter(|(found, most, _)| found > most);
    over.map(|(found, most, what)| Problem::new("$", format!("has {found} {what}, Anthropic takes {most}"))).collect()
}

#[derive(Clone, Copy, Default)]
struct Counts {
    optional: usize,
    unions: usize,
}

impl Counts {
    fn fit(self) -> bool {
        self.optional <= MOST_OPTIONAL && self.unions <= MOST_UNIONS
    }
}

/// What a schema counts, definitions apart. The depth of a translated schema is bounded.
fn count(schema: &Value) -> Counts {
    let mut counts = Counts::default();
    let required = schema.get("required").and_then(Value::as_array).map_or(0, Vec::len);
    let fields = schema.get("properties").and_then(Value::as_object);
    counts.optional = fields.map_or(0, Map::len).saturating_sub(required);
    let forms = schema.get("anyOf").and_then(Value::as_array);
    counts.unions = usize::from(forms.is_some() || schema.get("type").is_some_and(Value::is_array));
    let inner = fields.into_iter().flat_map(Map::values).chain(forms.into_iter().flatten()).chain(schema.get("items"));
    for inner in inner.map(count) {
        counts.optional += inner.optional;
        counts.unions += inner.unions;
    }
    counts
}

struct Moved {
    definitions: Map<String, Value>,
    left: Counts,
}

impl Moved {
    /// Moves the objects inside a schema, the outer ones first, until the rest fits.
    fn inside(&mut self, schema: &mut Map<String, Value>, name: &str) {
        for (keyword, value) in schema.iter_mut() {
            match (keyword.as_str(), value) {
                ("properties", Value::Object(fields)) => {
                    fields.iter_mut().for_each(|(name, field)| self.part(field, name));
                }
                ("anyOf", Value::Array(forms)) => forms.iter_mut().for_each(|form| self.part(form, name)),
                ("items", items) => self.part(items, name),
                _ => {}
            }
        }
    }

    fn part(&mut self, schema: &mut Value, name: &str) {
        let counts = count(schema);
        if self.left.fit() || counts.optional + counts.unions == 0 {
            return;
        }
        if schema.get("properties").is_none() {
            if let Value::Object(map) = schema {
                self.inside(map, name);
            }
            return;
        }
        self.left.optional -= counts.optional;
        self.left.unions -= counts.unions;
        let name = self.define(schema.take(), name);
        *schema = json!({ "$ref": format!("#/$defs/{name}") });
    }

    /// The name of a definition with this content.
    fn define(&mut self, schema: Value, name: &str) -> String {
        if let Some((known, _)) = self.definitions.iter().find(|(_, known)| **known == schema) {
            return known.clone();
        }
        let plain: String = name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' }).collect();
        let mut name = plain.clone();
        let mut number = 2;
        while self.definitions.contains_key(&name) {
            name = format!("{plain}_{number}");
            number += 1;
        }
        self.definitions.insert(name.clone(), schema);
        name
    }
}
