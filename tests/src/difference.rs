//! Where two JSON values differ first.

use serde_json::Value;

/// The place of the first difference, and what stands there on either side; `None` where the values are equal. The order
/// of fields is free, and numbers are equal if they are the same number: `1` is `1.0`.
pub fn difference(expected: &Value, found: &Value) -> Option<String> {
    at("$", expected, found)
}

fn at(path: &str, expected: &Value, found: &Value) -> Option<String> {
    match (expected, found) {
        (Value::Object(left), Value::Object(right)) => {
            for (name, value) in left {
                let path = format!("{path}.{name}");
                match right.get(name) {
                    Some(other) => {
                        if let Some(difference) = at(&path, value, other) {
                            return Some(difference);
                        }
                    }
                    None => return Some(format!("{path}: {} is gone", short(value))),
                }
            }
            let added = right.iter().find(|(name, _)| !left.contains_key(*name));
            added.map(|(name, value)| format!("{path}.{name}: {} was added", short(value)))
        }
        (Value::Array(left), Value::Array(right)) => {
            for (i, (value, other)) in left.iter().zip(right).enumerate() {
                if let Some(difference) = at(&format!("{path}[{i}]"), value, other) {
                    return Some(difference);
                }
            }
            let (longer, what) = if left.len() > right.len() { (left, "is gone") } else { (right, "was added") };
            let i = left.len().min(right.len());
            longer.get(i).map(|value| format!("{path}[{i}]: {} {what}", short(value)))
        }
        (Value::Number(left), Value::Number(right)) if left != right && left.as_f64() == right.as_f64() => {
            let whole = |n: &serde_json::Number| n.is_i64() || n.is_u64();
            (whole(left) && whole(right)).then(|| format!("{path}: expected {left}, found {right}"))
        }
        _ if expected == found => None,
        _ => Some(format!("{path}: expected {}, found {}", short(expected), short(found))),
    }
}

/// A value's JSON text, cut off where it is long.
pub fn short(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(160) {
        Some((end, _)) => format!("{}… ({} bytes)", &text[..end], text.len()),
        None => text,
    }
}
