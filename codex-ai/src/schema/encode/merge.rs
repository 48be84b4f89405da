//! Two schemas that hold at once, as one.

use serde_json::{Map, Number, Value, json};

use super::keyword::{COMBINING, Keywords, decides, describe};

/// Properties inside properties that are put together at once; below that they stay an `allOf`, which is met later.
const DEEPEST: usize = 8;

/// The schema of the values that follow both; `None` where there can be none.
pub(super) fn merge(left: &Keywords, right: &Keywords, depth: usize) -> Option<Keywords> {
    let (mut left, mut right) = (left.clone(), right.clone());
    if !hold(&left, &mut right) || !hold(&right, &mut left) {
        return None;
    }
    let required: Vec<_> = [&left, &right].into_iter().flat_map(names).map(str::to_owned).collect();
    let mut out = left;
    for (keyword, theirs) in right {
        let Some(ours) = out.get(&keyword).filter(|ours| **ours != theirs) else {
            if !out.contains_key(&keyword) {
                out.insert(keyword, theirs);
            }
            continue;
        };
        let both = match keyword.as_str() {
            "description" => {
                let mut both = Keywords::from_iter([("description".to_owned(), ours.clone())]);
                describe(&mut both, theirs.as_str().unwrap_or_default());
                both.shift_remove("description").unwrap_or_default()
            }
            "type" => common_types(ours, &theirs)?,
            "properties" => properties(ours, &theirs, &required, depth)?,
            "required" => union(ours, &theirs),
            "enum" => common_values(ours, &theirs)?,
            "const" => return None,
            "minimum" | "exclusiveMinimum" | "minLength" | "minItems" | "minProperties" => larger(ours, &theirs, true),
            "maximum" | "exclusiveMaximum" | "maxLength" | "maxItems" | "maxProperties" => larger(ours, &theirs, false),
            "uniqueItems" => Value::Bool(true),
            "additionalProperties" | "unevaluatedProperties" if is_open(ours) => theirs,
            "additionalProperties" | "unevaluatedProperties" if is_open(&theirs) => ours.clone(),
            // The names outside are settled by `hold`.
            "additionalProperties" | "unevaluatedProperties"
                if *ours == Value::Bool(false) || theirs == Value::Bool(false) =>
            {
                Value::Bool(false)
            }
            "additionalProperties" | "unevaluatedProperties" | "items" | "propertyNames" => {
                json!({ "allOf": [ours, theirs] })
            }
            "patternProperties" => all_in_both(ours, &theirs),
            "dependentSchemas" | "dependentRequired" if distinct(ours, &theirs) => all_in_both(ours, &theirs),
            "prefixItems" => items_of_both(ours, &theirs),
            "not" => json!({ "anyOf": [ours, theirs] }),
            keyword if decides(keyword) => {
                // Both are checked by the schema of the type; one of them is told in words.
                let words = format!("The value also follows this JSON schema: {}", json!({ keyword: theirs }));
                let ours = ours.clone();
                describe(&mut out, &words);
                ours
            }
            _ => ours.clone(),
        };
        out.insert(keyword, both);
    }
    match (out.get("const"), out.get("enum").and_then(Value::as_array)) {
        (Some(value), Some(values)) if !values.contains(value) => None,
        (Some(_), Some(_)) => {
            out.shift_remove("enum");
            Some(out)
        }
        _ => Some(out),
    }
}

/// Holds the keys of the other side to what `schema` says of keys that it does not name; `false` where that leaves
/// nothing.
fn hold(schema: &Keywords, other: &mut Keywords) -> bool {
    let Some(additional) = schema.get("additionalProperties").or_else(|| schema.get("unevaluatedProperties")) else {
        return true;
    };
    if is_open(additional) || schema.contains_key("patternProperties") {
        return true;
    }
    let known = |name: &str| schema.get("properties").is_some_and(|map| map.get(name).is_some());
    if *additional == Value::Bool(false) && names(other).any(|name| !known(name)) {
        return false;
    }
    if let Some(Value::Object(properties)) = other.get_mut("properties") {
        // A key that may be there in one and may not in the other is not there.
        for (_, value) in properties.iter_mut().filter(|(name, _)| !known(name)) {
            *value = match additional {
                Value::Bool(false) => Value::Bool(false),
                more => both(value, more, 0),
            };
        }
    }
    true
}

fn is_open(schema: &Value) -> bool {
    *schema == Value::Bool(true) || schema.as_object().is_some_and(Map::is_empty)
}

/// The types in both lists, where a whole number is a number. `None` when there is none.
fn common_types(ours: &Value, theirs: &Value) -> Option<Value> {
    fn names(types: &Value) -> Vec<&str> {
        match types {
            Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
            one => one.as_str().into_iter().collect(),
        }
    }
    let (ours, theirs) = (names(ours), names(theirs));
    let within = |name: &str, list: &[&str]| list.contains(&name) || name == "integer" && list.contains(&"number");
    let mut common: Vec<_> = ours.iter().copied().filter(|name| within(name, &theirs)).collect();
    common.extend(theirs.iter().copied().filter(|name| !ours.contains(name) && within(name, &ours)));
    match common.as_slice() {
        [] => None,
        [one] => Some(Value::from(*one)),
        several => Some(Value::from(several)),
    }
}

fn common_values(ours: &Value, theirs: &Value) -> Option<Value> {
    let theirs = theirs.as_array()?;
    let common: Vec<_> = ours.as_array()?.iter().filter(|value| theirs.contains(value)).cloned().collect();
    (!common.is_empty()).then_some(Value::Array(common))
}

/// The names of the properties that must be there.
fn names(map: &Keywords) -> impl Iterator<Item = &str> {
    map.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
}

/// The properties of both; one that both have must follow both. `None` where one that must be there has no value.
fn properties(ours: &Value, theirs: &Value, required: &[String], depth: usize) -> Option<Value> {
    let mut all = ours.as_object().cloned().unwrap_or_default();
    for (name, schema) in theirs.as_object().into_iter().flatten() {
        match all.get_mut(name) {
            Some(own) if own == schema || is_open(schema) => {}
            Some(own) if is_open(own) => *own = schema.clone(),
            Some(own) => {
                *own = match both(own, schema, depth) {
                    Value::Bool(false) if required.contains(name) => return None,
                    both => both,
                }
            }
            None => {
                all.insert(name.clone(), schema.clone());
            }
        }
    }
    Some(Value::Object(all))
}

/// What follows both: at once where that is plain, so that forms which exclude one another are found.
fn both(ours: &Value, theirs: &Value, depth: usize) -> Value {
    let plain = |schema: &Value| match schema {
        Value::Object(map) => !COMBINING.iter().any(|keyword| map.contains_key(*keyword)),
        _ => false,
    };
    match (ours, theirs) {
        (Value::Bool(false), _) | (_, Value::Bool(false)) => Value::Bool(false),
        (Value::Object(left), Value::Object(right)) if depth < DEEPEST && plain(ours) && plain(theirs) => {
            merge(left, right, depth + 1).map_or(Value::Bool(false), Value::Object)
        }
        _ => json!({ "allOf": [ours, theirs] }),
    }
}

/// The schemas of both; those under one key must hold both.
fn all_in_both(ours: &Value, theirs: &Value) -> Value {
    let mut all = ours.as_object().cloned().unwrap_or_default();
    for (name, schema) in theirs.as_object().into_iter().flatten() {
        match all.get_mut(name) {
            Some(own) if own == schema => {}
            Some(own) => *own = json!({ "allOf": [own.take(), schema] }),
            None => {
                all.insert(name.clone(), schema.clone());
            }
        }
    }
    Value::Object(all)
}

fn distinct(ours: &Value, theirs: &Value) -> bool {
    theirs.as_object().into_iter().flatten().all(|(name, _)| ours.get(name).is_none())
}

fn items_of_both(ours: &Value, theirs: &Value) -> Value {
    let (ours, theirs) = (ours.as_array(), theirs.as_array());
    let (ours, theirs) = (ours.map_or(&[][..], Vec::as_slice), theirs.map_or(&[][..], Vec::as_slice));
    let both = ours.iter().zip(theirs).map(|(ours, theirs)| json!({ "allOf": [ours, theirs] }));
    let (longer, shared) = if ours.len() > theirs.len() { (ours, theirs.len()) } else { (theirs, ours.len()) };
    both.chain(longer[shared..].iter().cloned()).collect()
}

fn union(ours: &Value, theirs: &Value) -> Value {
    let mut all = ours.as_array().cloned().unwrap_or_default();
    for name in theirs.as_array().into_iter().flatten() {
        if !all.contains(name) {
            all.push(name.clone());
        }
    }
    Value::Array(all)
}

/// The larger of two numbers, or the smaller.
fn larger(ours: &Value, theirs: &Value, larger: bool) -> Value {
    let float = |value: &Value| value.as_number().and_then(Number::as_f64).unwrap_or_default();
    if (float(ours) >= float(theirs)) == larger { ours.clone() } else { theirs.clone() }
}
