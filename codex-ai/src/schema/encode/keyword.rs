//! What the keywords of one schema say, remarks apart.

use serde_json::Value;

pub(super) use crate::schema::keyword::{
    COMBINING, Keywords, OF_LISTS, OF_NUMBERS, OF_OBJECTS, OF_STRINGS, count, decides,
};

/// Whether the keyword says something about objects only.
pub(super) fn is_of_objects(keyword: &str) -> bool {
    OF_OBJECTS.contains(&keyword)
}

/// Whether the keyword says something about values of this type.
pub(super) fn speaks_of(keyword: &str, kind: &str) -> bool {
    match kind {
        "object" => OF_OBJECTS.contains(&keyword),
        "array" => OF_LISTS.contains(&keyword),
        "string" => OF_STRINGS.contains(&keyword) || keyword == "format",
        "integer" | "number" => OF_NUMBERS.contains(&keyword) || keyword == "format",
        _ => false,
    }
}

/// The deciding keywords of a schema.
pub(super) fn deciding(map: &Keywords) -> impl Iterator<Item = (&String, &Value)> {
    map.iter().filter(|(keyword, _)| decides(keyword))
}

/// The keyword's value, where no other one decides.
pub(super) fn only<'m>(map: &'m Keywords, keyword: &str) -> Option<&'m Value> {
    map.get(keyword).filter(|_| deciding(map).nth(1).is_none())
}

/// What stays beside any rewriting: remarks about the value.
pub(super) fn remarks(map: &Keywords) -> Keywords {
    let stays = |keyword: &str| !decides(keyword) && !matches!(keyword, "$defs" | "definitions" | "$schema" | "$id");
    map.iter().filter(|(keyword, _)| stays(keyword)).map(|(keyword, value)| (keyword.clone(), value.clone())).collect()
}

/// Whether every value follows the schema.
pub(super) fn takes_all(schema: &Value) -> bool {
    match schema {
        Value::Bool(verdict) => *verdict,
        Value::Object(map) => deciding(map).next().is_none(),
        _ => false,
    }
}

/// Whether it is plain that no value follows the schema.
pub(super) fn takes_none(schema: &Value) -> bool {
    match schema {
        Value::Bool(verdict) => !verdict,
        _ => schema.get("not").is_some_and(takes_all),
    }
}

/// The types by name; where none is named, the one that the keywords speak of.
pub(super) fn types(map: &Keywords) -> Vec<&str> {
    match map.get("type") {
        Some(Value::String(name)) => vec![name],
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
        _ if ["properties", "required", "additionalProperties", "patternProperties", "unevaluatedProperties"]
            .iter()
            .any(|keyword| map.contains_key(*keyword)) =>
        {
            vec!["object"]
        }
        _ if ["items", "prefixItems"].iter().any(|keyword| map.contains_key(*keyword)) => vec!["array"],
        _ => Vec::new(),
    }
}

/// Whether the object takes keys without a name of their own. Where keys are named and nothing is said of others there are
/// none of these; where nothing at all is said of keys, all are free.
pub(super) fn has_free_keys(map: &Keywords) -> bool {
    let open = |keyword: &str| map.get(keyword).map(|schema| *schema != Value::Bool(false));
    let patterns = map.get("patternProperties").and_then(Value::as_object).is_some_and(|map| !map.is_empty());
    let is_named = map.contains_key("properties") || map.contains_key("required");
    let no_names = map.get("propertyNames") == Some(&Value::Bool(false));
    patterns || open("additionalProperties").or_else(|| open("unevaluatedProperties")).unwrap_or(!is_named && !no_names)
}

/// Puts a sentence at the end of the description.
pub(super) fn describe(map: &mut Keywords, words: &str) {
    let mut text = match map.shift_remove("description") {
        Some(Value::String(text)) => text.trim_end().to_owned(),
        _ => String::new(),
    };
    if !text.is_empty() {
        if text.ends_with(|c: char| c.is_alphanumeric() || matches!(c, '`' | '"' | ')' | ']' | '}')) {
            text.push('.');
        }
        text.push(' ');
    }
    text.push_str(words);
    map.shift_insert(0, "description".to_owned(), Value::String(text));
}

/// The reference, where a schema is nothing else and says nothing else.
pub(super) fn only_reference(schema: &Value) -> Option<&str> {
    let map = schema.as_object()?;
    let reference = only(map, "$ref")?.as_str()?;
    (!map.contains_key("description")).then_some(reference)
}
