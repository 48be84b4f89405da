//! The form of a schema that Anthropic's structured output and strict tools take.
//!
//! Source of the rules: what the official SDK 2.11 (November 2026) makes of a schema, and pydantic-ai 2.68 for the
//! limits. Every object is closed, optional properties stay optional, references lead to definitions.

mod limits;

pub(super) use limits::MOST_UNIONS;

use serde_json::Value;
use serde_json::value::RawValue;

use super::dialect::{self, Counts, Dialect, Null, Objects, Patterns, Referring};
use crate::error::Problem;

static DIALECT: Dialect = Dialect {
    name: "Anthropic",
    objects: Objects::Closed,
    all_required: false,
    object_root: false,
    tuples: false,
    any: false,
    references: Referring::Definitions,
    null: Null::Listed,
    enums: &["string", "integer", "number", "boolean", "null"],
    numbers: &[],
    counts: Counts::AtLeastOne,
    lengths: false,
    patterns: Patterns::None,
    formats: &["date-time", "time", "date", "duration", "email", "hostname", "uri", "ipv4", "ipv6", "uuid"],
    ordering: false,
};

/// The form of a usable schema, the same bytes each time.
///
/// # Errors
/// Everything that the vendor cannot hold, each with its path in the type.
pub(super) fn compile(schema: &Value) -> Result<Box<RawValue>, Vec<Problem>> {
    let mut wire = dialect::translate(schema, &DIALECT)?;
    let problems = limits::keep(&mut wire);
    if problems.is_empty() { dialect::raw(&wire) } else { Err(problems) }
}
