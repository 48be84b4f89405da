//! The keywords of JSON Schema, for all that rewrites schemas.

use serde_json::{Map, Value};

/// A schema: its keywords.
pub(super) type Keywords = Map<String, Value>;

/// The keywords that put several schemas on one value.
pub(super) const COMBINING: [&str; 5] = ["$ref", "$dynamicRef", "allOf", "anyOf", "oneOf"];

/// The keywords that decide about objects, and about lists.
pub(super) const OF_OBJECTS: [&str; 10] = [
    "properties",
    "required",
    "additionalProperties",
    "patternProperties",
    "propertyNames",
    "minProperties",
    "maxProperties",
    "dependentRequired",
    "dependentSchemas",
    "unevaluatedProperties",
];
pub(super) const OF_LISTS: [&str; 10] = [
    "items",
    "prefixItems",
    "additionalItems",
    "contains",
    "minContains",
    "maxContains",
    "minItems",
    "maxItems",
    "uniqueItems",
    "unevaluatedItems",
];
pub(super) const OF_NUMBERS: [&str; 5] = ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"];
pub(super) const OF_STRINGS: [&str; 5] = ["minLength", "maxLength", "pattern", "contentEncoding", "contentMediaType"];
const OF_ALL: [&str; 7] = ["type", "enum", "const", "not", "if", "then", "else"];

/// Whether the keyword decides about values. All others are remarks, or names and places of other schemas.
pub(super) fn decides(keyword: &str) -> bool {
    COMBINING.contains(&keyword) || OF_ALL.contains(&keyword) || is_of_one_type(keyword)
}

fn is_of_one_type(keyword: &str) -> bool {
    OF_OBJECTS.contains(&keyword)
        || OF_LISTS.contains(&keyword)
        || OF_NUMBERS.contains(&keyword)
        || OF_STRINGS.contains(&keyword)
        || keyword == "format"
}

/// A keyword with a whole number of 0 or more.
pub(super) fn count(map: &Keywords, keyword: &str) -> Option<u64> {
    let value = map.get(keyword)?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked when the schema was made")]
    value.as_u64().or_else(|| value.as_f64().map(|n| n as u64))
}

/// Puts the field that tells objects apart in front: fields are written in this order, and a model that has to choose the
/// form first does not have to fit it to what it has written already.
pub(super) fn tag_first(forms: &mut [Value]) {
    let objects = forms.iter_mut().filter_map(Value::as_object_mut).filter(|form| form.contains_key("properties"));
    let objects: Vec<_> = objects.collect();
    let is_tag = |schema: &Value| {
        schema.get("const").is_some()
            || schema.get("enum").and_then(Value::as_array).is_some_and(|values| values.len() == 1)
    };
    let has_tag = |form: &Keywords, name: &str| form["properties"].get(name).is_some_and(is_tag);
    let first = objects.first().and_then(|form| form["properties"].as_object());
    let mut names = first.into_iter().flat_map(|fields| fields.keys());
    let Some(tag) = names.find(|name| objects.iter().all(|form| has_tag(form, name))).cloned() else { return };
    for form in objects {
        if let Some(Value::Object(fields)) = form.get_mut("properties")
            && let Some(field) = fields.shift_remove(&tag)
        {
            fields.shift_insert(0, tag.clone(), field);
        }
        if let Some(Value::Array(required)) = form.get_mut("required")
            && let Some(place) = required.iter().position(|name| *name == *tag)
        {
            required[..=place].rotate_right(1);
        }
    }
}
