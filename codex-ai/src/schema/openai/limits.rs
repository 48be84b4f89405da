//! How large a strict schema may be.

use serde_json::Value;

use crate::error::Problem;

/// Objects inside objects, without following references.
const DEEPEST: usize = 10;

/// Properties of all objects together.
const MOST_PROPERTIES: usize = 5_000;

/// Values of all enums together.
const MOST_VALUES: usize = 1_000;

/// Characters of the names of properties and definitions and of the values of enums, together.
const MOST_CHARACTERS: usize = 120_000;

/// An enum with more values than this may not have more characters than [`MOST_LONG_ENUM`].
const LONG_ENUM: usize = 250;

/// Characters of the values of one long enum.
const MOST_LONG_ENUM: usize = 15_000;

/// The limits that a strict schema goes beyond.
pub(super) fn check(wire: &Value) -> Vec<Problem> {
    let mut sizes = Sizes::default();
    sizes.add(wire, 0);
    for (name, definition) in wire.get("$defs").and_then(Value::as_object).into_iter().flatten() {
        sizes.characters += name.chars().count();
        sizes.add(definition, 0);
    }
    let limits = [
        (sizes.depth, DEEPEST, "levels of objects"),
        (sizes.properties, MOST_PROPERTIES, "properties"),
        (sizes.values, MOST_VALUES, "enum values"),
        (sizes.characters, MOST_CHARACTERS, "characters of names and enum values"),
        (sizes.long_enum, MOST_LONG_ENUM, "characters in one enum of more than 250 values"),
    ];
    let over = limits.into_iter().filter(|(found, most, _)| found > most);
    over.map(|(found, most, what)| Problem::new("", format!("has {found} {what}, strict mode takes {most}"))).collect()
}

#[derive(Default)]
struct Sizes {
    depth: usize,
    properties: usize,
    values: usize,
    characters: usize,
    long_enum: usize,
}

impl Sizes {
    /// Adds one schema and those inside it, definitions apart. The depth of a translated schema is bounded.
    fn add(&mut self, schema: &Value, depth: usize) {
        let depth = depth + usize::from(schema.get("properties").is_some());
        self.depth = self.depth.max(depth);
        for (name, property) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
            self.properties += 1;
            self.characters += name.chars().count();
            self.add(property, depth);
        }
        if let Some(values) = schema.get("enum").and_then(Value::as_array) {
            let characters = values.iter().filter_map(Value::as_str).map(|value| value.chars().count()).sum();
            self.values += values.len();
            self.characters += characters;
            if values.len() > LONG_ENUM {
                self.long_enum = self.long_enum.max(characters);
            }
        }
        for form in schema.get("anyOf").and_then(Value::as_array).into_iter().flatten().chain(schema.get("items")) {
            self.add(form, depth);
        }
    }
}
