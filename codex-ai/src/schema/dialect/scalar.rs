//! Strings, numbers, `true` and `false`.

use serde_json::{Number, Value, json};

use super::keyword::Rules;
use super::notes::between;
use super::{Dialect, Keywords, describe};
use crate::schema::validate::words;

/// A scalar type with its keywords; those that the dialect does not know become words.
pub(super) fn translate(name: &str, rules: &Rules<'_>, dialect: &Dialect) -> Value {
    let mut out = Keywords::new();
    out.insert("type".to_owned(), name.into());
    let notes = match name {
        "string" => string(rules, dialect, &mut out),
        "integer" | "number" => number(name, rules, dialect, &mut out),
        _ => Vec::new(),
    };
    describe(&mut out, None, &notes);
    Value::Object(out)
}

fn string(rules: &Rules<'_>, dialect: &Dialect, out: &mut Keywords) -> Vec<String> {
    let mut notes = Vec::new();
    match rules.get("pattern").and_then(Value::as_str) {
        Some(pattern) if dialect.patterns.take(pattern) => {
            out.insert("pattern".to_owned(), pattern.into());
        }
        Some(pattern) => notes.push(format!("Matches the regular expression `{pattern}`.")),
        None => {}
    }
    match rules.get("format").and_then(Value::as_str) {
        Some(format) if dialect.formats.contains(&format) => {
            out.insert("format".to_owned(), format.into());
        }
        Some(format) => notes.extend(format_in_words(format)),
        None => {}
    }
    let (fewest, most) = (rules.count("minLength"), rules.count("maxLength"));
    if dialect.lengths {
        out.extend(fewest.filter(|fewest| *fewest > 0).map(|fewest| ("minLength".to_owned(), fewest.into())));
        out.extend(most.map(|most| ("maxLength".to_owned(), most.into())));
    } else {
        notes.extend(between(fewest, most, "character", "characters"));
    }
    if let Some(encoding) = rules.get("contentEncoding").and_then(Value::as_str) {
        notes.push(format!("Encoded as {encoding}."));
    }
    if let Some(media) = rules.get("contentMediaType").and_then(Value::as_str) {
        notes.push(format!("Media type {media}."));
    }
    notes
}

/// A format that the dialect does not know. Those of numbers say nothing about a string.
fn format_in_words(format: &str) -> Option<String> {
    Some(match format {
        "uri" => "An absolute URI.".to_owned(),
        "regex" => "A regular expression.".to_owned(),
        "date-time" => "A date and time with zone such as 2025-01-31T09:30:00Z.".to_owned(),
        "date" => "A date such as 2025-01-31.".to_owned(),
        "time" => "A time with zone such as 09:30:00Z.".to_owned(),
        "duration" => "A duration such as P3DT12H.".to_owned(),
        "email" => "An email address.".to_owned(),
        "hostname" => "A host name.".to_owned(),
        "ipv4" => "An IPv4 address.".to_owned(),
        "ipv6" => "An IPv6 address.".to_owned(),
        "uuid" => "A UUID.".to_owned(),
        "partial-date-time" => "A date and time without zone such as 2025-01-31T09:30:00.".to_owned(),
        "partial-time" => "A time without zone such as 09:30:00.".to_owned(),
        "zoned-date-time" => {
            "A date and time with zone name such as 2025-01-31T09:30:00+01:00[Europe/Paris].".to_owned()
        }
        number if is_number_format(number) => return None,
        other => format!("Format: {other}."),
    })
}

fn number(name: &str, rules: &Rules<'_>, dialect: &Dialect, out: &mut Keywords) -> Vec<String> {
    let format = rules.get("format").and_then(Value::as_str).unwrap_or_default();
    let is_whole = name == "integer";
    let (low, high) = if is_whole { range(format) } else { (None, None) };
    let given = |keyword: &str| rules.get(keyword).and_then(Value::as_number).cloned();
    let takes = |keyword: &str| dialect.numbers.contains(&keyword);
    let (mut above, mut below) = (given("exclusiveMinimum"), given("exclusiveMaximum"));
    let (mut low, mut high) = (tighter(given("minimum"), low, f64::max), tighter(given("maximum"), high, f64::min));
    // A bound that is not reached is the next whole number.
    if is_whole && takes("minimum") && !takes("exclusiveMinimum") {
        shift(&mut above, &mut low, 1, |bound, low| bound > low);
        shift(&mut below, &mut high, -1, |bound, high| bound < high);
    }
    let mut notes = Vec::new();
    if takes("minimum") {
        out.extend(low.map(|low| ("minimum".to_owned(), Value::Number(low))));
        out.extend(high.map(|high| ("maximum".to_owned(), Value::Number(high))));
    } else {
        notes.extend(match (low, high) {
            (Some(low), Some(high)) if low == high => Some(format!("Exactly {low}.")),
            (Some(low), Some(high)) => Some(format!("{low} to {high}.")),
            (Some(low), None) => Some(format!("At least {low}.")),
            (None, Some(high)) => Some(format!("At most {high}.")),
            (None, None) => None,
        });
    }
    for (keyword, words, value) in [
        ("exclusiveMinimum", "Greater than", above),
        ("exclusiveMaximum", "Less than", below),
        ("multipleOf", "A multiple of", given("multipleOf")),
    ] {
        match value {
            Some(value) if takes(keyword) => {
                out.insert(keyword.to_owned(), Value::Number(value));
            }
            Some(value) => notes.push(format!("{words} {value}.")),
            None => {}
        }
    }
    if !format.is_empty() && !is_number_format(format) {
        notes.push(format!("Format: {format}."));
    }
    notes
}

/// Makes a bound that is not reached one that is, where that is exact.
fn shift(bound: &mut Option<Number>, reached: &mut Option<Number>, step: i64, tighter: fn(i64, i64) -> bool) {
    let Some(next) = bound.as_ref().and_then(Number::as_i64).and_then(|bound| bound.checked_add(step)) else { return };
    match reached.as_ref().map(Number::as_i64) {
        // A fraction as the other bound: both are told.
        Some(None) => return,
        Some(Some(known)) if !tighter(next, known) => {}
        _ => *reached = Some(next.into()),
    }
    *bound = None;
}

/// Whether this is a format of numbers: the width of a Rust type.
pub(super) fn is_number_format(format: &str) -> bool {
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

/// A choice of values of one type; the values in words where the dialect's `enum` does not take them.
pub(super) fn choice_of(name: &str, values: &[Value], dialect: &Dialect) -> Value {
    if dialect.enums.contains(&name) {
        return json!({ "type": name, "enum": values });
    }
    let mut out = Keywords::from_iter([("type".to_owned(), name.into())]);
    let list: Vec<_> = values.iter().map(words::quoted).collect();
    let note = match list.as_slice() {
        // Both of them.
        [_, _] if name == "boolean" => return Value::Object(out),
        [one] => format!("Always {one}."),
        several => format!("One of {}.", several.join(", ")),
    };
    describe(&mut out, None, &[note]);
    Value::Object(out)
}
