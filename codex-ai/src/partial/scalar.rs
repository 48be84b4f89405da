//! Text, numbers and literals of JSON whose end was not seen.

use serde_json::Value;

/// What the beginning of a value without brackets is so far.
pub(super) fn so_far(text: &str) -> Option<Value> {
    match text.strip_prefix('"') {
        Some(rest) => string(rest).map(Value::String),
        None => word(text),
    }
}

/// What the beginning of a number or a literal is so far: `12.` is 12, `tr` is true.
pub(super) fn word(text: &str) -> Option<Value> {
    let literal = [("true", Value::Bool(true)), ("false", Value::Bool(false)), ("null", Value::Null)];
    if let Some((_, value)) = literal.into_iter().find(|(word, _)| !text.is_empty() && word.starts_with(text)) {
        return Some(value);
    }
    // What can be missing is short: `.`, `e`, `e+`, `e-`; and `12.e` is written by nobody but must not be lost.
    let number = text.trim_end_matches(['.', 'e', 'E', '+', '-']);
    serde_json::from_str::<serde_json::Number>(number).ok().map(Value::Number)
}

/// The text after a quote, up to the closing one or to what is whole.
fn string(rest: &str) -> Option<String> {
    let mut escaped = false;
    let end = rest.bytes().position(|byte| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    });
    let text = end.map_or(rest, |end| &rest[..end]);
    let read = |text: &str| serde_json::from_str(&format!("\"{text}\"")).ok();
    read(text).or_else(|| {
        // An escape is at most twelve bytes long, that of a pair of surrogates.
        let cuts = text.bytes().enumerate().rev().take(12).filter(|(_, byte)| *byte == b'\\');
        cuts.filter_map(|(at, _)| read(&text[..at])).next()
    })
}
