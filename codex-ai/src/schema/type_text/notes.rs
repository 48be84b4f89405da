//! What a schema says besides the type, in words.

use serde_json::{Map, Value};

type Object = Map<String, Value>;

/// Keywords that are said by the type itself, or that say nothing to a model.
const SAID: [&str; 29] = [
    "type",
    "properties",
    "required",
    "items",
    "prefixItems",
    "additionalProperties",
    "patternProperties",
    "propertyNames",
    "enum",
    "const",
    "anyOf",
    "oneOf",
    "allOf",
    "$ref",
    "$defs",
    "definitions",
    "description",
    "title",
    "$schema",
    "$id",
    "$comment",
    "deprecated",
    "readOnly",
    "writeOnly",
    "unevaluatedProperties",
    "unevaluatedItems",
    "discriminator",
    "contentEncoding",
    "contentMediaType",
];

/// The notes of a schema, each short.
pub(super) fn of(schema: &Object, nullable: bool) -> Vec<String> {
    let mut notes = Vec::new();
    let number = |name: &str| schema.get(name).filter(|value| value.is_number());
    let format = schema.get("format").and_then(Value::as_str);
    notes.extend(format.filter(|format| !is_number_format(format)).map(str::to_owned));
    let is_char = number("minLength").is_some_and(|n| n == 1) && number("maxLength").is_some_and(|n| n == 1);
    if is_char {
        notes.push("1 character".to_owned());
    } else {
        notes.extend(between(number("minLength"), number("maxLength"), " character"));
    }
    let (least, most) = (number("minimum"), number("maximum"));
    // What every `u8` and its like has is said by its bounds; the ones of wide integers are nobody's concern.
    notes.extend(between(least.filter(|least| !is_wide(least)), most.filter(|most| !is_wide(most)), ""));
    notes.extend(number("exclusiveMinimum").map(|least| format!("over {least}")));
    notes.extend(number("exclusiveMaximum").map(|most| format!("under {most}")));
    notes.extend(number("multipleOf").map(|step| format!("a multiple of {step}")));
    let counted_by_type = schema.get("prefixItems").and_then(Value::as_array).map(Vec::len);
    let is_count = |value: &&Value| value.as_u64() != counted_by_type.map(|count| count as u64);
    notes.extend(between(number("minItems").filter(is_count), number("maxItems").filter(is_count), " item"));
    notes.extend(between(number("minProperties"), number("maxProperties"), " key"));
    if schema.get("uniqueItems") == Some(&Value::Bool(true)) {
        notes.push("no two alike".to_owned());
    }
    notes.extend(schema.get("pattern").map(|pattern| format!("matching {pattern}")));
    let default = schema.get("default").filter(|default| !(nullable && default.is_null()));
    notes.extend(default.map(|default| format!("default {default}")));
    if let Some(Value::Array(examples)) = schema.get("examples")
        && let Some(example) = examples.first()
    {
        notes.push(format!("as {example}"));
    }
    for (name, value) in schema {
        let is_known = SAID.contains(&name.as_str()) || IN_WORDS.contains(&name.as_str()) || name.starts_with("x-");
        if !is_known {
            notes.push(format!("{name} {value}"));
        }
    }
    notes
}

/// Keywords that are put into words.
const IN_WORDS: [&str; 16] = [
    "format",
    "minLength",
    "maxLength",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minItems",
    "maxItems",
    "minProperties",
    "maxProperties",
    "uniqueItems",
    "pattern",
    "default",
    "examples",
];

/// Whether a format says no more than the type and the bounds do.
pub(super) fn is_number_format(format: &str) -> bool {
    let digits = format.strip_prefix("uint").or_else(|| format.strip_prefix("int"));
    matches!(format, "float" | "double" | "uint" | "int") || digits.is_some_and(|d| d.parse::<u16>().is_ok())
}

fn is_wide(bound: &Value) -> bool {
    bound.as_f64().is_some_and(|number| number.abs() > 9e15)
}

fn between(least: Option<&Value>, most: Option<&Value>, unit: &str) -> Option<String> {
    let many = |count: &Value| if unit.is_empty() || count == 1 { unit.to_owned() } else { format!("{unit}s") };
    Some(match (least, most) {
        (None, None) => return None,
        (Some(least), None) if least == 0 && !unit.is_empty() => return None,
        (Some(least), None) if least == 0 || unit.is_empty() => format!("at least {least}"),
        (Some(least), None) => format!("at least {least}{}", many(least)),
        (None, Some(most)) => format!("at most {most}{}", many(most)),
        (Some(least), Some(most)) if least == most => format!("{most}{}", many(most)),
        (Some(least), Some(most)) => format!("{least} to {most}{}", many(most)),
    })
}
