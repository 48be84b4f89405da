use serde_json::{Value as Json, json};

use super::super::raw::{Raw, RawKind};
use super::*;

/// A node as JSON, bare literals as such.
fn plain(raw: &Raw) -> Json {
    match &raw.kind {
        RawKind::Bare(text) => serde_json::from_str(text).unwrap_or_else(|_| json!(text)),
        RawKind::Quoted(text) => json!(text),
        RawKind::List(items) => items.iter().map(plain).collect(),
        RawKind::Object(entries) => entries.iter().map(|entry| (entry.key.clone(), plain(&entry.value))).collect(),
    }
}

fn values(text: &str) -> Vec<Json> {
    parse(text).values.iter().map(|value| plain(&value.raw)).collect()
}

#[test]
fn values_are_found_in_prose_and_in_fences() {
    assert_eq!(values(r#"{"a": [1, "b", null]}"#), [json!({"a": [1, "b", null]})]);
    assert_eq!(values("Sure:\n```json\n{\"a\": 1}\n```\nor [2]"), [json!({"a": 1}), json!([2])]);
}
