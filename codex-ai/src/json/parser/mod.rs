//! Stand-in until the tolerant parser is merged.
use super::raw::{Entry, Mistakes, Raw, RawKind, Span};
use serde_json::Value as Json;
#[derive(Debug, Default)]
pub(crate) struct Found { pub(crate) values: Vec<Value>, pub(crate) fences: Vec<Fence>, pub(crate) too_deep: bool }
#[derive(Debug)]
pub(crate) struct Value { pub(crate) raw: Raw, pub(crate) weak: bool, pub(crate) fence: Option<usize> }
#[derive(Debug)]
pub(crate) struct Fence { pub(crate) info: Span, pub(crate) body: Span, pub(crate) closed: bool }
pub(crate) fn parse(text: &str) -> Found {
    let mut found = Found::default();
    let mut at = 0;
    while let Some(next) = text[at..].find(['{', '[']) {
        at += next;
        let mut stream = serde_json::Deserializer::from_str(&text[at..]).into_iter::<Json>();
        match stream.next() {
            Some(Ok(value)) => {
                let end = at + stream.byte_offset();
                found.values.push(Value { raw: raw(&value, at, end), weak: false, fence: None });
                at = end;
            }
            _ => at += 1,
        }
    }
    found
}
fn raw(value: &Json, start: usize, end: usize) -> Raw {
    let kind = match value {
        Json::String(text) => RawKind::Quoted(text.clone()),
        Json::Array(items) => RawKind::List(items.iter().map(|item| raw(item, start, end)).collect()),
        Json::Object(map) => RawKind::Object(map.iter().map(|(key, value)| Entry { key: key.clone(), mistakes: Mistakes::NONE, span: Span::default(), value: raw(value, start, end) }).collect()),
        other => RawKind::Bare(other.to_string()),
    };
    Raw { kind, closed: true, mistakes: Mistakes::NONE, span: Span { start: start as u32, end: end as u32 } }
}
