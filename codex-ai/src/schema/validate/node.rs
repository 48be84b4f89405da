//! A schema worked out: one node for each sub-schema, found by its number.

use std::collections::HashMap;

use regex::Regex;
use serde_json::{Number, Value};

use crate::schema::format::Format;

/// The number of a node in its arena.
pub(in crate::schema) type NodeId = usize;

/// What one (sub-)schema asks of a value. Rules of a kind of value are absent when the schema has none.
#[derive(Default)]
pub(super) struct Node {
    /// Set for `true` and `false`.
    pub(super) verdict: Option<bool>,
    pub(super) types: Option<Types>,
    /// The values of `enum`, the one of `const`, or those in both.
    pub(super) allowed: Option<Box<[Value]>>,
    pub(super) numbers: Option<Box<NumberRules>>,
    pub(super) strings: Option<Box<StringRules>>,
    pub(super) arrays: Option<Box<ArrayRules>>,
    pub(super) objects: Option<Box<ObjectRules>>,
    pub(super) reference: Option<NodeId>,
    /// Whether `reference` is all there is, so that a check may go there at once.
    pub(super) only_refers: bool,
    pub(super) combined: Option<Box<Combined>>,
}

/// The keywords that put several schemas on the same value.
#[derive(Default)]
pub(super) struct Combined {
    pub(super) all: Vec<NodeId>,
    pub(super) any: Vec<NodeId>,
    pub(super) one: Vec<NodeId>,
    pub(super) not: Option<NodeId>,
    pub(super) condition: Option<NodeId>,
    pub(super) then: Option<NodeId>,
    pub(super) otherwise: Option<NodeId>,
}

#[derive(Default)]
pub(super) struct NumberRules {
    pub(super) minimum: Option<Number>,
    pub(super) maximum: Option<Number>,
    pub(super) above: Option<Number>,
    pub(super) below: Option<Number>,
    pub(super) multiple_of: Option<Number>,
}

#[derive(Default)]
pub(super) struct StringRules {
    pub(super) shortest: Option<u64>,
    pub(super) longest: Option<u64>,
    pub(super) pattern: Option<(Box<str>, Regex)>,
    pub(super) format: Option<Format>,
}

#[derive(Default)]
pub(super) struct ArrayRules {
    pub(super) prefix: Vec<NodeId>,
    pub(super) items: Option<NodeId>,
    pub(super) fewest: Option<u64>,
    pub(super) most: Option<u64>,
    pub(super) unique: bool,
    pub(super) contains: Option<NodeId>,
    pub(super) contains_fewest: Option<u64>,
    pub(super) contains_most: Option<u64>,
    pub(super) unevaluated: Option<NodeId>,
}

#[derive(Default)]
pub(super) struct ObjectRules {
    /// By all their names, those of `x-aliases` included.
    pub(super) properties: HashMap<Box<str>, NodeId>,
    /// Further names of properties, each with the main one.
    pub(super) aliases: Vec<(Box<str>, Box<str>)>,
    pub(super) patterns: Vec<(Regex, NodeId)>,
    pub(super) additional: Option<NodeId>,
    pub(super) names: Option<NodeId>,
    pub(super) required: Vec<Box<str>>,
    pub(super) fewest: Option<u64>,
    pub(super) most: Option<u64>,
    pub(super) required_with: Vec<(Box<str>, Vec<Box<str>>)>,
    pub(super) schema_with: Vec<(Box<str>, NodeId)>,
    pub(super) unevaluated: Option<NodeId>,
}

impl Node {
    /// Whether nothing but types, a reference and combined schemas is asked for.
    pub(super) fn has_no_rules(&self) -> bool {
        self.allowed.is_none()
            && self.numbers.is_none()
            && self.strings.is_none()
            && self.arrays.is_none()
            && self.objects.is_none()
    }
}

impl Combined {
    /// Whether nothing but a choice of forms is asked for.
    pub(super) fn is_only_choice(&self) -> bool {
        self.all.is_empty() && self.not.is_none() && self.condition.is_none()
    }
}

/// A set of JSON types.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Types(u8);

impl Types {
    pub(super) const ALL: Self = Self(0b111_1111);
    pub(super) const NULL: Self = Self(1);
    pub(super) const BOOLEAN: Self = Self(1 << 1);
    pub(super) const INTEGER: Self = Self(1 << 2);
    pub(super) const FRACTION: Self = Self(1 << 3);
    pub(super) const STRING: Self = Self(1 << 4);
    pub(super) const ARRAY: Self = Self(1 << 5);
    pub(super) const OBJECT: Self = Self(1 << 6);

    /// The type of this name.
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "null" => Self::NULL,
            "boolean" => Self::BOOLEAN,
            "integer" => Self::INTEGER,
            "number" => Self::INTEGER.and(Self::FRACTION),
            "string" => Self::STRING,
            "array" => Self::ARRAY,
            "object" => Self::OBJECT,
            _ => return None,
        })
    }

    /// The one type that a value has.
    pub(super) fn of(value: &Value) -> Self {
        match value {
            Value::Null => Self::NULL,
            Value::Bool(_) => Self::BOOLEAN,
            Value::Number(number) if super::number::is_whole(number) => Self::INTEGER,
            Value::Number(_) => Self::FRACTION,
            Value::String(_) => Self::STRING,
            Value::Array(_) => Self::ARRAY,
            Value::Object(_) => Self::OBJECT,
        }
    }

    /// Whether values of all these types have no parts.
    pub(super) fn is_scalar(self) -> bool {
        !self.meets(Self::ARRAY.and(Self::OBJECT))
    }

    pub(super) fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(super) fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub(super) fn common(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// The types in words: `a string or null`.
    pub(super) fn words(self) -> String {
        const WORDS: [(u8, &str); 7] = [
            (Types::OBJECT.0, "an object"),
            (Types::ARRAY.0, "a list"),
            (Types::STRING.0, "a string"),
            (Types::FRACTION.0, "a number"),
            (Types::INTEGER.0, "a whole number"),
            (Types::BOOLEAN.0, "true or false"),
            (Types::NULL.0, "null"),
        ];
        // Whoever takes fractions takes whole numbers, too.
        let shown = if self.meets(Self::FRACTION) { self.0 & !Self::INTEGER.0 } else { self.0 };
        let words: Vec<_> = WORDS.iter().filter(|(bit, _)| shown & bit != 0).map(|(_, word)| *word).collect();
        match words.split_last() {
            Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
            Some((last, _)) => (*last).to_owned(),
            None => "nothing".to_owned(),
        }
    }
}
