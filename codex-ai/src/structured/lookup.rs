//! A part of a value by its path, for whoever is told what stood there.

use serde_json::Value;

use crate::schema::path::{self, OwnStep};

/// What is at a path such as `points[2].name`; `None` where nothing is, or where the path was cut.
pub(super) fn lookup<'v>(value: &'v Value, path: &str) -> Option<&'v Value> {
    path::parse(path)?.iter().try_fold(value, |here, step| match step {
        OwnStep::Key(key) => here.get(key),
        OwnStep::Index(index) => here.get(index),
    })
}

/// Whether a path leads into the value at another, or is the same.
pub(super) fn is_within(path: &str, outer: &str) -> bool {
    match path.strip_prefix(outer) {
        Some(rest) => rest.is_empty() || rest.starts_with(['.', '[']) || outer == "$",
        None => outer == "$",
    }
}
