//! Schemas with instances of them, in the shapes that collections of such have.

use serde_json::{Map, Value};

/// The formats that are checked; all others are remarks.
const FORMATS: [&str; 11] =
    ["date-time", "date", "time", "duration", "email", "hostname", "ipv4", "ipv6", "uuid", "uri", "regex"];

/// A schema and what is known of some values.
#[derive(Debug)]
pub struct SchemaCase {
    /// What the collection calls it.
    pub name: String,
    /// The draft, where the collection says it.
    pub draft: Option<String>,
    /// The schema.
    pub schema: Value,
    /// The values.
    pub instances: Vec<Instance>,
}

/// A value, and whether it follows the schema.
#[derive(Debug)]
pub struct Instance {
    /// What the collection calls it.
    pub name: String,
    /// The value.
    pub value: Value,
    /// Whether it follows the schema.
    pub valid: bool,
}

/// The cases of an entry: one with a list of tests, one with lists of valid and invalid values, one with a single value,
/// or one that holds other entries.
///
/// # Errors
/// When it has no schema.
pub fn cases(entry: &Value, number: usize) -> Result<Vec<SchemaCase>, String> {
    let map = entry.as_object().ok_or("is no object")?;
    let mut name = Vec::new();
    for key in ["file", "group", "keyword", "name", "source", "description", "title"] {
        name.extend(map.get(key).and_then(Value::as_str).filter(|text| text.len() < 120));
    }
    name.dedup();
    let name = if name.is_empty() { format!("case {number}") } else { name.join(" / ") };
    let schema = ["schema", "json_schema", "schema_json"].iter().find_map(|key| map.get(*key));
    let groups = ["groups", "cases", "suites", "tests"].iter().find_map(|key| map.get(*key)?.as_array());
    if let (None, Some(groups)) = (schema, groups) {
        let inner = groups.iter().enumerate().map(|(i, group)| cases(group, i));
        let mut all: Vec<_> = inner.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect();
        all.iter_mut().for_each(|case| case.name = format!("{name} / {}", case.name));
        return Ok(all);
    }
    let schema = match schema.ok_or("has no `schema`")? {
        Value::String(text) => serde_json::from_str(text).map_err(|error| format!("the text of `schema`: {error}"))?,
        schema => schema.clone(),
    };
    let draft = ["draft", "dialect"].iter().find_map(|key| map.get(*key)?.as_str()).map(str::to_owned);
    Ok(vec![SchemaCase { name, draft, schema, instances: instances(map) }])
}

fn instances(map: &Map<String, Value>) -> Vec<Instance> {
    let mut all = Vec::new();
    for key in ["tests", "instances", "examples", "samples", "cases"] {
        for test in map.get(key).and_then(Value::as_array).into_iter().flatten() {
            all.extend(test.as_object().and_then(|test| instance(test, all.len())));
        }
    }
    for (keys, valid) in [
        (["valid", "valid_instances", "valids", "accept"], true),
        (["invalid", "invalid_instances", "invalids", "reject"], false),
    ] {
        for list in keys.iter().filter_map(|key| map.get(*key)?.as_array()) {
            for value in list {
                // Some lists hold the values, some say something about each.
                let (value, name) = match value.get("data").or_else(|| value.get("instance")) {
                    Some(inner) if value.as_object().is_some_and(|map| map.len() <= 3) => {
                        (inner, value.get("description").and_then(Value::as_str).unwrap_or_default())
                    }
                    _ => (value, ""),
                };
                let name = format!("{} {} {name}", if valid { "valid" } else { "invalid" }, all.len());
                all.push(Instance { name: name.trim_end().to_owned(), value: value.clone(), valid });
            }
        }
    }
    all.extend(instance(map, 0));
    all
}

/// A value with its verdict, if this is one.
fn instance(map: &Map<String, Value>, number: usize) -> Option<Instance> {
    let value = ["data", "instance", "value", "document", "payload"].iter().find_map(|key| map.get(*key)).cloned();
    // A value may be there as its text.
    let text = || ["json", "text", "instance_json", "data_json"].iter().find_map(|key| map.get(*key)?.as_str());
    let value = value.or_else(|| serde_json::from_str(text()?).ok())?;
    let verdict = |value: &Value| match value {
        Value::Bool(verdict) => Some(*verdict),
        Value::String(word) if word == "valid" => Some(true),
        Value::String(word) if word == "invalid" => Some(false),
        _ => None,
    };
    let valid = ["valid", "expected", "is_valid", "ok"].iter().find_map(|key| verdict(map.get(*key)?))?;
    let name = ["description", "name"].iter().find_map(|key| map.get(*key)?.as_str());
    let name = name.map_or_else(|| number.to_string(), str::to_owned);
    Some(Instance { name, value, valid })
}

/// Whether a format is asked for that is a remark.
pub fn has_unchecked_format(schema: &Value) -> bool {
    match schema {
        Value::Object(map) => map.iter().any(|(keyword, value)| match (keyword.as_str(), value.as_str()) {
            ("format", Some(format)) => !FORMATS.contains(&format),
            _ => has_unchecked_format(value),
        }),
        Value::Array(list) => list.iter().any(has_unchecked_format),
        _ => false,
    }
}
