//! How many optional properties and unions Anthropic takes. It counts those outside of `$defs`, so objects are moved
//! there where they are too many.

use serde_json::{Map, Value, json};

use crate::error::Problem;

/// Optional properties of one request.
const MOST_OPTIONAL: usize = 24;

/// Properties, items and forms of one request that have a choice of forms or several types.
pub(in crate::schema) const MOST_UNIONS: usize = 16;

const OPTIONAL: &str = "optional properties";

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
    let limits = [(found.optional, MOST_OPTIONAL, OPTIONAL), (found.unions, MOST_UNIONS, "unions")];
    let over = limits.into_iter().filter(|(found, most, _)| found > most);
    let told = over.map(|(found, most, what)| {
        let named = beyond(wire, most, what).map(|name| format!(", and `{name}` is the first too many"));
        Problem::new("$", format!("has {found} {what}, Anthropic takes {most}{}", named.unwrap_or_default()))
    });
    told.collect()
}

/// The property of the root with which a limit is passed.
fn beyond<'a>(wire: &'a Value, most: usize, what: &str) -> Option<&'a str> {
    let required = wire.get("required").and_then(Value::as_array);
    let mut so_far = 0;
    wire.get("properties")?.as_object()?.iter().find_map(|(name, property)| {
        let counts = count(property);
        let is_required = required.is_some_and(|names| names.iter().any(|other| other == name));
        so_far += if what == OPTIONAL { counts.optional + usize::from(!is_required) } else { counts.unions };
        (so_far > most).then_some(name.as_str())
    })
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
