//! Strings, numbers, `true` and `false`.

use serde_json::{Number, Value, json};

use super::keyword::Rules;
use super::{Keywords, describe};
use crate::schema::validate::words::count;

/// The string formats that strict mode knows.
const FORMATS: [&str; 9] = ["date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid"];

/// A scalar type with its keywords; those that strict mode does not know become words.
pub(super) fn translate(name: &str, rules: &Rules<'_>) -> Value {
    let mut out = Keywords::new();
    out.insert("type".to_owned(), name.into());
    let notes = match name {
        "string" => string(rules, &mut out),
        "integer" | "number" => number(name, rules, &mut out),
        _ => Vec::new(),
    };
    describe(&mut out, None, &notes);
    Value::Object(out)
}

fn string(rules: &Rules<'_>, out: &mut Keywords) -> Vec<String> {
    let mut notes = Vec::new();
    if let Some(pattern) = rules.get("pattern") {
        out.insert("pattern".to_owned(), pattern.clone());
    }
    match rules.get("format").and_then(Value::as_str) {
        Some(format) if FORMATS.contains(&format) => {
            out.insert("format".to_owned(), format.into());
        }
        Some(format) => notes.extend(format_in_words(format)),
        None => {}
    }
    notes.extend(between(rules.count("minLength"), rules.count("maxLength"), "character", "characters"));
    if let Some(encoding) = rules.get("contentEncoding").and_then(Value::as_str) {
        notes.push(format!("Encoded as {encoding}."));
    }
    if let Some(media) = rules.get("contentMediaType").and_then(Value::as_str) {
        notes.push(format!("Media type {media}."));
    }
    notes
}

/// A format that strict mode does not know. Those of numbers say nothing about a string.
fn format_in_words(format: &str) -> Option<String> {
    Some(match format {
        "uri" => "An absolute URI.".to_owned(),
        "regex" => "A regular expression.".to_owned(),
        "partial-date-time" => "A date and time without zone such as 2025-01-31T09:30:00.".to_owned(),
        "partial-time" => "A time without zone such as 09:30:00.".to_owned(),
        "zoned-date-time" => {
            "A date and time with zone name such as 2025-01-31T09:30:00+01:00[Europe/Paris].".to_owned()
        }
        number if is_number_format(number) => return None,
        other => format!("Format: {other}."),
    })
}

fn number(name: &str, rules: &Rules<'_>, out: &mut Keywords) -> Vec<String> {
    let format = rules.get("format").and_then(Value::as_str).unwrap_or_default();
    let (low, high) = if name == "integer" { range(format) } else { (None, None) };
    let given = |keyword: &str| rules.get(keyword).and_then(Value::as_number).cloned();
    if let Some(low) = tighter(given("minimum"), low, f64::max) {
        out.insert("minimum".to_owned(), Value::Number(low));
    }
    if let Some(high) = tighter(given("maximum"), high, f64::min) {
        out.insert("maximum".to_owned(), Value::Number(high));
    }
    for keyword in ["exclusiveMinimum", "exclusiveMaximum", "multipleOf"] {
        if let Some(number) = given(keyword) {
            out.insert(keyword.to_owned(), Value::Number(number));
        }
    }
    if format.is_empty() || is_number_format(format) { Vec::new() } else { vec![format!("Format: {format}.")] }
}

fn is_number_format(format: &str) -> bool {
    matches!(format, "float" | "double") || {
        let width = format.strip_prefix('u').unwrap_or(format).strip_prefix("int");
        width.is_some_and(|width| width.bytes().all(|b| b.is_ascii_digit()))
    }
}

/// The range of Rust's integers. That of 64 bits and more is left out: a bound that a float cannot hold exactly helps
/// nobody, and whether the number fits is seen when it is read.
fn range(format: &str) -> (Option<i64>, Option<i64>) {
    match format {
        "int8" => (Some(i8::MIN.into()), Some(i8::MAX.into())),
        "int16" => (Some(i16::MIN.into()), Some(i16::MAX.into())),
        "int32" => (Some(i32::MIN.into()), Some(i32::MAX.into())),
        "uint8" => (Some(0), Some(u8::MAX.into())),
        "uint16" => (Some(0), Some(u16::MAX.into())),
        "uint32" => (Some(0), Some(u32::MAX.into())),
        "uint" | "uint64" | "uint128" => (Some(0), None),
        _ => (None, None),
    }
}

/// The given bound, or that of the type where it is tighter.
fn tighter(given: Option<Number>, of_type: Option<i64>, choose: fn(f64, f64) -> f64) -> Option<Number> {
    let (Some(number), Some(limit)) = (&given, of_type) else { return given.or_else(|| of_type.map(Number::from)) };
    // The bounds of types have at most 32 bits, so a float tells which of the two is chosen.
    let value = number.as_f64().unwrap_or_default();
    #[expect(clippy::cast_precision_loss, clippy::float_cmp, reason = "32 bits are exact in a float")]
    if choose(value, limit as f64) == value { given } else { Some(limit.into()) }
}

/// How many there must be, in words; `None` where the number is free.
fn between(fewest: Option<u64>, most: Option<u64>, one: &str, many: &str) -> Option<String> {
    Some(match (fewest.filter(|n| *n > 0), most) {
        (None, None) => return None,
        (Some(fewest), None) => format!("At least {}.", count(fewest, one, many)),
        (None, Some(most)) => format!("At most {}.", count(most, one, many)),
        (Some(fewest), Some(most)) if fewest == most => format!("Exactly {}.", count(most, one, many)),
        (Some(fewest), Some(most)) => format!("{fewest} to {}.", count(most, one, many)),
    })
}

/// The type of a scalar value, by name; `None` for lists and objects.
pub(super) fn type_of(value: &Value) -> Option<&'static str> {
    Some(match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) | Value::Object(_) => return None,
    })
}

/// A choice of values of one type.
pub(super) fn choice_of(name: &str, values: &[Value]) -> Value {
    json!({ "type": name, "enum": values })
}
