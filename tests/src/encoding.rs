//! What values have in common before and after they were written for a vendor.

use serde_json::Value;

/// Whether two values are the same where a property that is null is the same as one that is not there, and numbers are
/// compared by value.
pub fn equal_but_for_nulls(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Object(left), Value::Object(right)) => {
            left.iter().all(|(key, value)| equal_but_for_nulls(value, right.get(key).unwrap_or(&Value::Null)))
                && right.iter().all(|(key, value)| left.contains_key(key) || value.is_null())
        }
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(a, b)| equal_but_for_nulls(a, b))
        }
        (Value::Number(left), Value::Number(right)) => left == right || left.as_f64() == right.as_f64(),
        (left, right) => left == right,
    }
}
