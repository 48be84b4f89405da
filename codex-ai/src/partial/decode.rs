//! What was written, as a value of the type: out of the forms that values take on the way from a vendor.
//!
//! A vendor that takes objects only gives a list as the one property of an object, a map as a list of entries, a tuple as
//! an object, any value as text. Which form was asked for is known at the end of a stream, so it is told by what has come;
//! what it does not tell stays pending.

use serde::de::IgnoredAny;

use super::cursor::Cursor;
use crate::json::align::{self, ListNode, Node, ObjectNode, Rest};
use crate::json::{Entry, Mistakes, Raw, RawKind, Span, Tree};

/// What is in the object that is put around a value that is none.
pub(super) fn unwrapped(at: Cursor<'_>) -> Option<&Raw> {
    const WRAPPER: &str = "value";
    let RawKind::Object(entries) = &at.raw.kind else { return None };
    let [Entry { key, value, .. }] = entries.as_slice() else { return None };
    if key != WRAPPER {
        return None;
    }
    let is_wrapped = match at.node() {
        Node::Any | Node::Never => false,
        Node::Object(object) => {
            let holds_lists = object.beyond(WRAPPER).is_none_or(|id| matches!(at.shape.node(id), Node::List(_)));
            object.is_map() && matches!(value.kind, RawKind::List(_)) && !holds_lists
        }
        Node::Union(union) => !union.branches.iter().any(|branch| match at.shape.node(*branch) {
            Node::Object(object) => object.is_map() || object.property(WRAPPER).is_some(),
            Node::Any => true,
            _ => false,
        }),
        _ => true,
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

/// A complete value as one of the type.
pub(super) fn tree(at: Cursor<'_>) -> Option<Tree> {
    if is_ambiguous(at) {
        return None;
    }
    match rewritten(at) {
        Some(raw) => fit(Cursor { raw: &raw, ..at }),
        None => fit(at),
    }
}

/// The value in the form that the type has; `None` where it is that already.
fn rewritten(at: Cursor<'_>) -> Option<Raw> {
    let at = at.settled();
    let kind = match (&at.raw.kind, at.node()) {
        (RawKind::List(items), Node::Object(object)) if object.is_map() => {
            let entries = items.iter().map(|item| {
                let (key, raw) = entry(item)?;
                Some(new_entry(key, owned(at.value(key, raw))))
            });
            RawKind::Object(entries.collect::<Option<_>>()?)
        }
        (RawKind::Object(entries), Node::List(list)) if !list.first.is_empty() => {
            RawKind::List(tuple_items(at, list, entries)?)
        }
        (RawKind::List(items), Node::List(_)) => {
            let new: Vec<_> = items.iter().enumerate().map(|(index, raw)| rewritten(at.item(index, raw))).collect();
            if new.iter().all(Option::is_none) {
                return None;
            }
            RawKind::List(new.into_iter().zip(items).map(|(new, old)| new.unwrap_or_else(|| old.clone())).collect())
        }
        (RawKind::Object(entries), Node::Object(object)) => {
            let spliced = spliced(object, entries);
            let entries = spliced.as_deref().unwrap_or(entries);
            let new: Vec<_> = entries.iter().map(|entry| rewritten(at.property(entry).1)).collect();
            let is_kept = |entry: &&Entry| !is_left_out(at, entry);
            if new.iter().all(Option::is_none) && entries.iter().all(|entry| is_kept(&entry)) {
                return spliced.map(|entries| Raw { kind: RawKind::Object(entries), ..without_kind(at.raw) });
            }
            let both = new.into_iter().zip(entries).filter(|(_, entry)| is_kept(entry));
            let entries = both.map(|(new, old)| match new {
                Some(value) => Entry { value, ..old.clone() },
                None => old.clone(),
            });
            RawKind::Object(entries.collect())
        }
        _ => return None,
    };
    Some(Raw { kind, ..without_kind(at.raw) })
}

fn owned(at: Cursor<'_>) -> Raw {
    rewritten(at).unwrap_or_else(|| at.raw.clone())
}

/// The items of a tuple that is written as an object with its places as keys.
fn tuple_items(at: Cursor<'_>, list: &ListNode, entries: &[Entry]) -> Option<Vec<Raw>> {
    let count = list.first.len().max(entries.len());
    let item = |index: usize| {
        let name = index.to_string();
        let entry = entries.iter().find(|entry| entry.key == name)?;
        Some(owned(at.item(index, &entry.value)))
    };
    (0..count).map(item).collect()
}

/// Whether it is a null for a property that need not be there and cannot be null.
fn is_left_out(at: Cursor<'_>, entry: &Entry) -> bool {
    let property = at.object().and_then(|object| object.property(&entry.key));
    property.is_some_and(|(_, property)| {
        !property.required && at.property(entry).1.is_null() && !at.shape.takes_null(property.node)
    })
}

fn without_kind(raw: &Raw) -> Raw {
    Raw { kind: RawKind::List(Vec::new()), closed: true, mistakes: raw.mistakes, span: raw.span }
}

/// The entries with those that a list of further ones holds, beside the named properties.
fn spliced(object: &ObjectNode, entries: &[Entry]) -> Option<Vec<Entry>> {
    const OTHERS: &str = "others";
    if object.properties.is_empty() || object.rest == Rest::None || object.property(OTHERS).is_some() {
        return None;
    }
    let at = entries.iter().position(|entry| entry.key == OTHERS)?;
    let RawKind::List(items) = &entries[at].value.kind else { return None };
    let others = items.iter().map(|item| entry(item).map(|(key, raw)| new_entry(key, raw.clone())));
    let others: Vec<_> = others.collect::<Option<_>>()?;
    let named = entries.iter().enumerate().filter(|(index, _)| *index != at).map(|(_, entry)| entry.clone());
    Some(named.chain(others).collect())
}

/// Whether there is text where any value is expected that may be the value or its JSON.
fn is_ambiguous(at: Cursor<'_>) -> bool {
    let at = at.settled();
    match (&at.raw.kind, at.node()) {
        (RawKind::Quoted(text), Node::Any) => serde_json::from_str::<IgnoredAny>(text).is_ok(),
        // Within any value there is no other form.
        (_, Node::Any) => false,
        (RawKind::List(items), Node::Object(_)) => {
            items.iter().filter_map(entry).any(|(key, raw)| is_ambiguous(at.value(key, raw)))
        }
        (RawKind::List(items), _) => items.iter().enumerate().any(|(index, raw)| is_ambiguous(at.item(index, raw))),
        (RawKind::Object(entries), Node::List(_)) => {
            entries.iter().enumerate().any(|(index, entry)| is_ambiguous(at.item(index, &entry.value)))
        }
        (RawKind::Object(entries), _) => entries.iter().any(|entry| {
            let at = at.property(entry).1;
            // Of a key that the schema does not know nothing is asked.
            at.id.is_some() && is_ambiguous(at)
        }),
        _ => false,
    }
}

fn new_entry(key: &str, value: Raw) -> Entry {
    Entry { key: key.to_owned(), mistakes: Mistakes::NONE, span: Span::default(), value }
}

/// The value as the schema means it.
fn fit(at: Cursor<'_>) -> Option<Tree> {
    match at.id {
        Some(id) => {
            let (tree, repairs) = align::fit(at.shape, id, at.raw, at.text).ok()?;
            (!at.exact || repairs.is_empty()).then_some(tree)
        }
        None => Some(plain(at.raw)),
    }
}

/// A value as it was written.
pub(super) fn plain(raw: &Raw) -> Tree {
    match &raw.kind {
        RawKind::Bare(text) => match text.as_str() {
            "true" => Tree::Bool(true),
            "false" => Tree::Bool(false),
            "null" => Tree::Null,
            text if text.parse::<serde_json::Number>().is_ok() => Tree::Number(text.to_owned()),
            text => Tree::Text(text.to_owned()),
        },
        RawKind::Quoted(text) => Tree::Text(text.clone()),
        RawKind::List(items) => Tree::List(items.iter().map(plain).collect()),
        RawKind::Object(entries) => {
            Tree::Object(entries.iter().map(|entry| (entry.key.clone(), plain(&entry.value))).collect())
        }
    }
}
