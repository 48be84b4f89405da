//! The form of `images/edits`.

use serde_json::Value;

pub(crate) fn edits(_parts: &Value) -> Result<(), String> {
    Err("not there yet".to_owned())
}
