//! What was put right in an answer.

use std::fmt;

/// How much is forgiven in an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Leniency {
    /// What was meant is read wherever that is certain enough: JSON in prose or in a fence, missing quotes and commas, an
    /// enum in another case, a number in quotes. Each is a [`Repair`].
    #[default]
    Lenient,
    /// The whole text must be one JSON value that follows the schema to the letter.
    Exact,
}

/// A value with what was put right on the way to it.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Parsed<T> {
    /// The value.
    pub value: T,
    /// What was put right, in the order of the value; empty for an answer that was right as it came.
    pub repairs: Vec<Repair>,
}

/// One thing that was put right in an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Repair {
    /// Where: `points[2].name`; `$` is the whole value.
    pub path: String,
    /// What was put right.
    pub kind: RepairKind,
    /// How far the value is from what was written. They add up; of several readings the cheapest is taken.
    pub cost: u32,
}

/// What was put right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RepairKind {
    /// The value stood in prose or in a fence.
    Extracted,
}

impl RepairKind {
    /// It in words.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Extracted => "taken out of the text around it",
        }
    }
}

impl<T> Parsed<T> {
    /// A value that was right as it came.
    pub fn exact(value: T) -> Self {
        Self { value, repairs: Vec::new() }
    }

    /// The sum of all costs; 0 for an answer that was right as it came.
    pub fn cost(&self) -> u32 {
        self.repairs.iter().map(|repair| repair.cost).fold(0, u32::saturating_add)
    }

    /// The same repairs with another value.
    pub fn with_value<U>(self, value: U) -> Parsed<U> {
        Parsed { value, repairs: self.repairs }
    }
}

impl fmt::Display for Repair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`: {} (cost {})", self.path, self.kind.as_str(), self.cost)
    }
}
