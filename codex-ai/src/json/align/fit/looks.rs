//! A value by its looks alone, where no schema says what it is.

use super::number;
use crate::json::{Raw, RawKind, Tree};

/// The value as JSON would have it; words without quotes are text.
pub(in crate::json::align) fn by_looks(raw: &Raw) -> Tree {
    match &raw.kind {
        RawKind::Bare(text) => bare(text),
        RawKind::Quoted(text) => Tree::Text(text.clone()),
        RawKind::List(items) => Tree::List(items.iter().map(by_looks).collect()),
        RawKind::Object(entries) => {
            Tree::Object(entries.iter().map(|entry| (entry.key.clone(), by_looks(&entry.value))).collect())
        }
    }
}

fn bare(text: &str) -> Tree {
    match text {
        "" | "null" | "None" | "Null" | "NULL" | "undefined" => Tree::Null,
        "true" | "True" | "TRUE" => Tree::Bool(true),
        "false" | "False" | "FALSE" => Tree::Bool(false),
        _ if number::is_json(text) => Tree::Number(text.to_owned()),
        _ => Tree::Text(text.to_owned()),
    }
}
