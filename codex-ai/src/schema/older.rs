//! Keywords of older drafts that have another name or form today.

use serde_json::{Map, Value};

use super::encode::each_schema;

/// Writes a schema's older keywords as those of draft 2020-12, where that changes nothing:
///
/// - `dependencies` as `dependentRequired` and `dependentSchemas`,
/// - a `true` in `exclusiveMinimum` or `exclusiveMaximum` with the bound beside it as that bound.
///
/// `definitions`, a list in `items` with `additionalItems`, and `$id: "#name"` are understood as they are.
pub(super) fn rewrite(schema: &mut Value) {
    each_schema(schema, &mut |map| {
        if map.contains_key("dependencies") {
            dependencies(map);
        }
        for (exclusive, bound) in [("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")] {
            let Some(Value::Bool(is_exclusive)) = map.get(exclusive) else { continue };
            if !is_exclusive {
                map.shift_remove(exclusive);
            } else if let Some(bound) = map.shift_remove(bound) {
                map.insert(exclusive.to_owned(), bound);
            }
        }
    });
}

fn dependencies(map: &mut Map<String, Value>) {
    let all = match map.shift_remove("dependencies") {
        Some(Value::Object(all)) => all,
        // Not what it should be, and told as such.
        other => {
            map.extend(other.map(|value| ("dependentSchemas".to_owned(), value)));
            return;
        }
    };
    for (key, needs) in all {
        let keyword = if needs.is_array() { "dependentRequired" } else { "dependentSchemas" };
        if let Value::Object(held) = map.entry(keyword).or_insert_with(|| Value::Object(Map::new())) {
            held.insert(key, needs);
        }
    }
}
