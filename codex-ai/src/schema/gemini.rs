//! The forms of a schema that Gemini takes: as `responseJsonSchema` and, older, as `responseSchema`.
//!
//! Source of the rules: Google's reference of these fields (Gemini API, v1beta), and what the official SDK 3.4 (November
//! 2026) makes of a schema. `responseJsonSchema` is a part of JSON Schema: types, `enum` of strings and numbers,
//! properties, items, bounds of numbers and lists, `anyOf`, and references, beside which nothing else may stand.
//! `responseSchema` is a part of OpenAPI: `nullable` in place of null, `enum` of strings, and no references.

mod recursion;

use serde_json::Value;
use serde_json::value::RawValue;

use super::dialect::{self, Counts, Dialect, Null, Objects, Patterns, Referring};
use crate::error::Problem;

static JSON_SCHEMA: Dialect = Dialect {
    name: "Gemini",
    objects: Objects::Open,
    all_required: false,
    object_root: false,
    tuples: true,
    any: true,
    references: Referring::Root,
    null: Null::Listed,
    enums: &["string", "integer", "number"],
    numbers: &["minimum", "maximum"],
    counts: Counts::All,
    lengths: false,
    patterns: Patterns::None,
    // The reference does not tell which, and long ones make the grammar too large.
    formats: &[],
    ordering: true,
};

static OPEN_API: Dialect = Dialect {
    name: "Gemini's `responseSchema`",
    objects: Objects::Named,
    all_required: false,
    object_root: false,
    tuples: false,
    any: false,
    references: Referring::Inline,
    null: Null::Keyword,
    enums: &["string"],
    numbers: &["minimum", "maximum"],
    counts: Counts::All,
    lengths: true,
    patterns: Patterns::All,
    formats: &["date-time"],
    ordering: true,
};

/// The form of a usable schema for `responseJsonSchema`, the same bytes each time.
///
/// # Errors
/// Everything that Gemini cannot be told, each with its path in the type.
pub(super) fn compile(schema: &Value) -> Result<Box<RawValue>, Vec<Problem>> {
    let mut wire = dialect::translate(schema, &JSON_SCHEMA)?;
    recursion::make_optional(&mut wire)?;
    dialect::raw(&wire)
}

/// The form of a usable schema for `responseSchema`, the same bytes each time.
///
/// # Errors
/// Everything that Gemini cannot be told, each with its path in the type.
pub(super) fn compile_open_api(schema: &Value) -> Result<Box<RawValue>, Vec<Problem>> {
    dialect::raw(&dialect::translate(schema, &OPEN_API)?)
}
