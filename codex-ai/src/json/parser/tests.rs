mod lenient;
mod properties;

use std::cell::Cell;

use serde_json::{Value as Json, json};

use super::super::raw::{Mistakes, Raw, RawKind};
use super::*;

thread_local! {
    /// Bytes looked at by this thread's parsers.
    pub(super) static TOUCHED: Cell<usize> = const { Cell::new(0) };
}

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

/// All that was forgiven, anywhere.
fn mistakes(raw: &Raw) -> Mistakes {
    let below = match &raw.kind {
        RawKind::Bare(_) | RawKind::Quoted(_) => Mistakes::NONE,
        RawKind::List(items) => items.iter().fold(Mistakes::NONE, |sum, item| sum | mistakes(item)),
        RawKind::Object(entries) => {
            entries.iter().fold(Mistakes::NONE, |sum, entry| sum | entry.mistakes | mistakes(&entry.value))
        }
    };
    raw.mistakes | below
}
