//! Text, `null` and truth values.

use super::{Fit, Fitter, Given, choice};
use crate::json::align::fold::folded;
use crate::json::{Raw, RawKind, RepairKind, Tree};

pub(super) fn null(given: Given<'_>) -> Fit {
    match &given.raw.kind {
        RawKind::Bare(text) if text == "null" => Fit::plain(Tree::Null),
        RawKind::Bare(text) if text.is_empty() => Fit::plain(Tree::Null).noted(RepairKind::NullWord),
        RawKind::Bare(text) | RawKind::Quoted(text) if is_null_word(text) => {
            Fit::plain(Tree::Null).noted(RepairKind::NullWord)
        }
        _ => Fit::wrong(given),
    }
}

fn is_null_word(text: &str) -> bool {
    ["null", "none", "nil", "undefined"].iter().any(|word| text.trim().eq_ignore_ascii_case(word))
}

/// Text as it is; anything else as it was written.
pub(super) fn text(given: Given<'_>) -> Fit {
    match &given.raw.kind {
        RawKind::Quoted(text) => Fit::plain(Tree::Text(text.clone())),
        // Nothing was said, or that there is nothing.
        RawKind::Bare(text) if text.is_empty() || text == "null" || text == "None" => Fit::wrong(given),
        RawKind::Bare(text) => {
            let is_text = matches!(super::by_looks(given.raw), Tree::Text(_));
            let fit = Fit::plain(Tree::Text(text.clone()));
            if is_text { fit } else { fit.noted(RepairKind::ToText) }
        }
        RawKind::List(_) | RawKind::Object(_) => {
            let written = given.raw.span.of(given.text);
            if is_schema(given.raw) {
                return Fit::wrong_because(given, "is a part of the schema instead of a value");
            }
            if written.is_empty() {
                return Fit::wrong(given);
            }
            Fit::plain(Tree::Text(written.to_owned())).noted(RepairKind::ToText)
        }
    }
}

/// Whether an object is a schema: its type by name, and nothing that is no keyword.
fn is_schema(raw: &Raw) -> bool {
    let RawKind::Object(entries) = &raw.kind else { return false };
    let is_type =
        |text: &str| matches!(text, "string" | "integer" | "number" | "boolean" | "array" | "object" | "null");
    let mut types = entries.iter().filter(|entry| entry.key == "type");
    types.next().is_some_and(|entry| entry.value.text().is_some_and(is_type))
        && entries.iter().all(|entry| KEYWORDS.contains(&entry.key.as_str()))
}

const KEYWORDS: &[&str] = &[
    "type",
    "description",
    "title",
    "format",
    "enum",
    "const",
    "default",
    "examples",
    "items",
    "properties",
    "required",
    "additionalProperties",
    "minimum",
    "maximum",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "pattern",
    "nullable",
];

impl Fitter<'_> {
    pub(super) fn bool(&mut self, given: Given<'_>) -> Fit {
        let (text, quoted) = match &given.raw.kind {
            RawKind::Bare(text) => (text, false),
            RawKind::Quoted(text) => (text, true),
            RawKind::List(items) => {
                // A list of one.
                let [raw] = items.as_slice() else { return Fit::wrong(given) };
                let fit = self.bool(Given { raw, ..given });
                return if fit.rank.misfits == 0 { fit.noted(RepairKind::FromList) } else { Fit::wrong(given) };
            }
            RawKind::Object(_) => return Fit::wrong(given),
        };
        let exact = match text.as_str() {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        };
        if let Some(value) = exact {
            let fit = Fit::plain(Tree::Bool(value));
            return if quoted { fit.noted(RepairKind::QuotedValue) } else { fit };
        }
        let value = match folded(text).as_str() {
            "true" | "yes" | "1" => Some(true),
            "false" | "no" | "0" => Some(false),
            _ => None,
        };
        if let Some(value) = value {
            return Fit::plain(Tree::Bool(value)).noted(RepairKind::BoolWord);
        }
        match choice::in_sentence(text, &["true", "false"]) {
            choice::Found::One(index) => Fit::plain(Tree::Bool(index == 0)).noted(RepairKind::EnumInText),
            choice::Found::Several => Fit::wrong_because(given, "could be `true` or `false`"),
            choice::Found::None => Fit::wrong(given),
        }
    }
}
