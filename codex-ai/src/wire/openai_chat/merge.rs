//! Fields of a message that come in pieces and have no type here.

use serde_json::Value;

use super::Object;

/// Texts within these fields go on with the next piece; every other is said again.
const GROWING: [&str; 7] = ["arguments", "data", "transcript", "text", "summary", "signature", "input"];

/// Puts the fields of a later piece to those of the earlier ones.
pub(super) fn merge(into: &mut Object, later: Object) {
    for (name, value) in later {
        match (into.get_mut(&name), value) {
            (Some(_), Value::Null) => {}
            (Some(Value::Object(into)), Value::Object(later)) => merge(into, later),
            (Some(Value::Array(into)), Value::Array(later)) => later.into_iter().for_each(|value| add(into, value)),
            (Some(Value::String(into)), Value::String(later)) if GROWING.contains(&name.as_str()) => {
                into.push_str(&later);
            }
            (_, value) => {
                into.insert(name, value);
            }
        }
    }
}

/// Adds an element to a list; one with the `index` and `type` of the last goes on with it.
fn add(into: &mut Vec<Value>, value: Value) {
    let goes_on = into.last().is_some_and(|last| {
        let index = last.get("index").filter(|index| index.is_u64());
        index.is_some() && index == value.get("index") && last.get("type") == value.get("type")
    });
    match (into.last_mut(), value) {
        (Some(Value::Object(last)), Value::Object(value)) if goes_on => merge(last, value),
        (_, value) => into.push(value),
    }
}
