//! Whether two JSON values mean the same.

use serde_json::{Map, Value};

/// Whether two values mean the same: numbers by value, and a key that is absent is `null`. That no required property is
/// absent is for a check by the schema to find.
pub fn is_same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(a), Value::Number(b)) => a == b || a.as_f64() == b.as_f64(),
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| is_same(a, b)),
        (Value::Object(a), Value::Object(b)) => within(a, b) && within(b, a),
        (a, b) => a == b,
    }
}

fn within(one: &Map<String, Value>, other: &Map<String, Value>) -> bool {
    one.iter().all(|(key, value)| is_same(value, other.get(key).unwrap_or(&Value::Null)))
}
