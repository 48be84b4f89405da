//! The order of the properties as a keyword of its own.

use serde_json::Value;

use super::Keywords;

/// Writes it for each object with several properties. The depth of a translated schema is bounded.
pub(super) fn write(schema: &mut Value) {
    let Value::Object(map) = schema else { return };
    let names: Vec<Value> = match map.get("properties") {
        Some(Value::Object(fields)) => fields.keys().map(|name| name.as_str().into()).collect(),
        _ => Vec::new(),
    };
    if names.len() > 1 {
        map.insert("propertyOrdering".to_owned(), names.into());
    }
    inner(map).for_each(write);
}

/// The schemas that stand directly in a translated one.
fn inner(map: &mut Keywords) -> impl Iterator<Item = &mut Value> {
    map.iter_mut().flat_map(|(keyword, value)| -> Vec<&mut Value> {
        match (keyword.as_str(), value) {
            ("properties" | "$defs", Value::Object(map)) => map.values_mut().collect(),
            ("anyOf" | "prefixItems", Value::Array(list)) => list.iter_mut().collect(),
            ("items" | "additionalProperties", value) => vec![value],
            _ => Vec::new(),
        }
    })
}
