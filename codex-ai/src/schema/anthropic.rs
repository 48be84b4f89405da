//! The form of a schema that Anthropic's structured output takes.

use serde_json::Value;
use serde_json::value::RawValue;

use crate::error::Problem;

/// The form of a usable schema, the same bytes each time.
///
/// # Errors
/// Everything that the vendor cannot hold, each with its path in the type.
pub(super) fn compile(schema: &Value) -> Result<Box<RawValue>, Vec<Problem>> {
    serde_json::value::to_raw_value(schema).map_err(|error| vec![Problem::new("", error.to_string())])
}
