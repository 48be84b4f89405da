//! The form of a schema that Gemini takes as `responseJsonSchema`.

use serde_json::Value;
use serde_json::value::RawValue;

use crate::error::Problem;

/// Gemini's form of a usable schema, the same bytes each time.
pub(super) fn compile(schema: &Value) -> Result<Box<RawValue>, Vec<Problem>> {
    serde_json::value::to_raw_value(schema).map_err(|error| vec![Problem::new("", error.to_string())])
}
