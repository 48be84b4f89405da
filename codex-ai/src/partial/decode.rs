//! What was written, as a value of the type: out of the forms that values take on the way from a vendor.
//!
//! A vendor that takes objects only gives a list as the one property of an object, a map as a list of entries, a tuple as
//! an object. Which form was asked for is known at the end of a stream, so it is told by what has come.

use serde_json::{Number, Value};

use super::cursor::Cursor;
use super::guide::{Guide, Kind, Property};
use crate::json::{Entry, Raw, RawKind, Tree};

/// What is in the object that a vendor put around a value that is none.
pub(super) fn unwrapped(at: Cursor<'_>) -> Option<&Raw> {
    const WRAPPER: &str = "value";
    let RawKind::Object(entries) = &at.raw.kind else { return None };
    let [Entry { key, value, .. }] = entries.as_slice() else { return None };
    if key != WRAPPER {
        return None;
    }
    let is_wrapped = match at.found().kind {
        Kind::Text | Kind::Scalar | Kind::List(_) | Kind::Tuple(_) => true,
        Kind::Object { properties, rest: Some(rest) } => {
            let holds_lists = matches!(at.guide.place(*rest).kind, Kind::List(_) | Kind::Tuple(_) | Kind::Any);
            properties.is_empty() && matches!(value.kind, RawKind::List(_)) && !holds_lists
        }
        Kind::Union(branches) => !branches.iter().any(|branch| match at.guide.place(*branch).kind {
            Kind::Object { properties, rest } => {
                rest.is_some() || properties.iter().any(|property| property.name == WRAPPER)
            }
            Kind::Any | Kind::Union(_) => true,
            _ => false,
        }),
        _ => false,
    };
    is_wrapped.then_some(value)
}

/// The key and the value of an entry of a map that is written as a list.
pub(super) fn entry(raw: &Raw) -> Option<(&str, &Raw)> {
    let RawKind::Object(parts) = &raw.kind else { return None };
    let part = |name: &str| parts.iter().find(|part| part.key == name).map(|part| &part.value);
    let key = part("key").filter(|key| key.closed)?;
    Some((key.text()?, part("value")?))
}

/// Whether a text is the one value that a tag has.
pub(super) fn is_tag(tag: &Value, text: &str) -> bool {
    match tag {
        Value::String(tag) => tag == text,
        other => other.to_string() == text,
    }
}

/// A complete value as one of the type.
pub(super) fn tree(at: Cursor<'_>) -> Option<Tree> {
    let at = at.settled();
    let found = at.found();
    if found.nullable && at.is_null() {
        return Some(Tree::Null);
    }
    Some(match (&at.raw.kind, found.kind) {
        (RawKind::Bare(text), Kind::Text) => Tree::Text(text.clone()),
        (RawKind::Bare(text), _) => bare(text),
        (RawKind::Quoted(text), _) => Tree::Text(text.clone()),
        (RawKind::List(items), Kind::Object { properties, rest: Some(rest) }) if properties.is_empty() => {
            let entries = items.iter().map(|item| {
                let (key, raw) = entry(item)?;
                Some((key.to_owned(), tree(Cursor { raw, at: *rest, ..at })?))
            });
            Tree::Object(entries.collect::<Option<_>>()?)
        }
        (RawKind::List(items), kind) => Tree::List(
            items
                .iter()
                .enumerate()
                .map(|(index, raw)| match kind {
                    Kind::List(item) => tree(Cursor { raw, at: *item, ..at }),
                    Kind::Tuple(places) => match places.get(index) {
                        Some(place) => tree(Cursor { raw, at: *place, ..at }),
                        None => Some(plain(raw)),
                    },
                    _ => Some(plain(raw)),
                })
                .collect::<Option<_>>()?,
        ),
        (RawKind::Object(entries), Kind::Tuple(places)) => {
            let items = places.iter().enumerate().map(|(index, place)| {
                let name = index.to_string();
                let entry = entries.iter().find(|entry| entry.key == name)?;
                tree(Cursor { raw: &entry.value, at: *place, ..at })
            });
            Tree::List(items.collect::<Option<_>>()?)
        }
        (RawKind::Object(entries), Kind::Object { properties, rest }) => {
            let mut fields = Vec::with_capacity(entries.len());
            for Entry { key, value, .. } in entries {
                match Guide::property(properties, key) {
                    Some(property) if is_left_out(at, property, value) => {}
                    Some(property) => {
                        fields.push((property.name.clone(), tree(Cursor { raw: value, at: property.place, ..at })?));
                    }
                    None => fields.push((
                        key.clone(),
                        match rest {
                            Some(rest) => tree(Cursor { raw: value, at: *rest, ..at })?,
                            None => plain(value),
                        },
                    )),
                }
            }
            Tree::Object(fields)
        }
        (RawKind::Object(_), _) => plain(at.raw),
    })
}

/// A null for a property that need not be there and cannot be null.
fn is_left_out(at: Cursor<'_>, property: &Property, value: &Raw) -> bool {
    let value = Cursor { raw: value, at: property.place, ..at };
    !property.required && value.is_null() && !value.found().nullable && !matches!(value.found().kind, Kind::Any)
}

/// A value as it was written.
pub(super) fn plain(raw: &Raw) -> Tree {
    match &raw.kind {
        RawKind::Bare(text) => bare(text),
        RawKind::Quoted(text) => Tree::Text(text.clone()),
        RawKind::List(items) => Tree::List(items.iter().map(plain).collect()),
        RawKind::Object(entries) => {
            Tree::Object(entries.iter().map(|entry| (entry.key.clone(), plain(&entry.value))).collect())
        }
    }
}

fn bare(text: &str) -> Tree {
    match text {
        "true" | "True" => Tree::Bool(true),
        "false" | "False" => Tree::Bool(false),
        "null" | "None" => Tree::Null,
        text if text.parse::<Number>().is_ok() => Tree::Number(text.to_owned()),
        text => Tree::Text(text.to_owned()),
    }
}
