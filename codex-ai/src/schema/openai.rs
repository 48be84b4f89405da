//! The form of a schema that OpenAI's strict mode takes.
//!
//! Source of the rules: OpenAI's guide "Structured model outputs", section "Supported schemas", read in November 2026,
//! and what the official SDK 3.52 sends. Every object is closed and every property required; an optional property is
//! nullable, as it is in Rust; where a default stands in for an absent value, the description tells it.

mod limits;

use serde_json::Value;
use serde_json::value::RawValue;

use super::dialect::{self, Counts, Dialect, Null, Objects, Patterns, Referring};
use crate::error::Problem;

const DIALECT: Dialect = Dialect {
    name: "strict mode",
    objects: Objects::Closed,
    all_required: true,
    object_root: true,
    tuples: false,
    any: false,
    references: Referring::Written,
    null: Null::Listed,
    enums: &["string", "integer", "number", "boolean", "null"],
    numbers: &["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"],
    counts: Counts::All,
    // The guide does not list them, and they were long refused.
    lengths: false,
    patterns: Patterns::Regular,
    formats: &["date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid"],
    ordering: false,
};

static STRICT: Dialect = DIALECT;

/// The same, with the keywords of a string's length.
static WITH_LENGTHS: Dialect = Dialect { lengths: true, ..DIALECT };

/// The strict form of a usable schema, the same bytes each time.
///
/// # Errors
/// Everything that strict mode cannot hold, each with its path in the type.
pub(super) fn compile(schema: &Value, lengths: bool) -> Result<Box<RawValue>, Vec<Problem>> {
    let wire = dialect::translate(schema, if lengths { &WITH_LENGTHS } else { &STRICT })?;
    let problems = limits::check(&wire);
    if problems.is_empty() { dialect::raw(&wire) } else { Err(problems) }
}
