//! What a vendor's schema language has, and how it is written there.

/// A vendor's schema language. What it has not goes into the description in words, or is a problem with its path.
pub(in crate::schema) struct Dialect {
    /// What it is called in a problem.
    pub(in crate::schema) name: &'static str,
    pub(in crate::schema) objects: Objects,
    /// Whether all properties of an object are required.
    pub(in crate::schema) all_required: bool,
    /// Whether the root must be an object.
    pub(in crate::schema) object_root: bool,
    /// Whether a list may have items of its own at each place.
    pub(in crate::schema) tuples: bool,
    /// Whether a schema without a type is taken.
    pub(in crate::schema) any: bool,
    pub(in crate::schema) references: Referring,
    pub(in crate::schema) null: Null,
    /// The types whose values may stand in an `enum`.
    pub(in crate::schema) enums: &'static [&'static str],
    /// The keywords of numbers that go as they are.
    pub(in crate::schema) numbers: &'static [&'static str],
    pub(in crate::schema) counts: Counts,
    /// Whether `minLength` and `maxLength` go as they are.
    pub(in crate::schema) lengths: bool,
    pub(in crate::schema) patterns: Patterns,
    /// The formats of strings that go as they are.
    pub(in crate::schema) formats: &'static [&'static str],
    /// Whether the order of properties has a keyword of its own (`propertyOrdering`).
    pub(in crate::schema) ordering: bool,
}

/// What is said about the keys of an object.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::schema) enum Objects {
    /// Every object is closed: `additionalProperties` is `false`.
    Closed,
    /// Objects have named properties, and there is no keyword for others.
    Named,
    /// An object may have other keys, `additionalProperties` tells which.
    Open,
}

/// How a part of the schema refers to another.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::schema) enum Referring {
    /// By `$ref`, the whole schema by `#`; what has a description of its own is written out.
    Written,
    /// By `$ref`, the whole schema by `#`.
    Root,
    /// By `$ref` to a definition; the whole schema becomes one where something refers to it.
    Definitions,
    /// Not at all: everything is written out.
    Inline,
}

/// How a value that may be null is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::schema) enum Null {
    /// As one of several types.
    Listed,
    /// By a keyword of its own, `nullable`.
    Keyword,
}

/// Which numbers of items are taken.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::schema) enum Counts {
    /// All.
    All,
    /// None or at least one.
    AtLeastOne,
}

/// Which regular expressions are taken.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::schema) enum Patterns {
    None,
    /// Those that do not look around or back.
    Regular,
    All,
}

impl Patterns {
    /// Whether this one is taken.
    pub(super) fn take(self, pattern: &str) -> bool {
        match self {
            Self::None => false,
            Self::Regular => is_regular(pattern),
            Self::All => true,
        }
    }
}

/// Whether a pattern is without look-around and back references. It may find one too many, in `[(?=]`.
fn is_regular(pattern: &str) -> bool {
    let refers_back = pattern.split('\\').skip(1).any(|after| after.starts_with(|c| matches!(c, '1'..='9' | 'k')));
    !refers_back && !["(?=", "(?!", "(?<=", "(?<!"].iter().any(|look| pattern.contains(look))
}
