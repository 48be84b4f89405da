//! A value that is still coming, as JSON.

use serde_json::{Map, Value};

use super::cursor::Cursor;
use super::{decode, scalar};
use crate::json::align::{Node, NodeId, ObjectNode, Rest};
use crate::json::{Entry, RawKind};

/// What there is of a value that follows a schema.
pub(super) fn of(at: Cursor<'_>) -> Option<Value> {
    let value = shown(at);
    if at.shown().with_state { Some(with_state(value, at.is_closed())) } else { value }
}

/// What there is of any value.
pub(super) fn of_any(at: Cursor<'_>) -> Option<Value> {
    match &at.raw.kind {
        RawKind::Bare(text) if !at.raw.closed => scalar::word(text),
        RawKind::Bare(_) => Some(decode::plain(at.raw).into()),
        RawKind::Quoted(text) => Some(Value::String(text.clone())),
        RawKind::List(items) => Some(items.iter().filter_map(|raw| of_any(Cursor { raw, ..at })).collect()),
        RawKind::Object(entries) => {
            let entries = entries
                .iter()
                .filter_map(|entry| Some((entry.key.clone(), of_any(Cursor { raw: &entry.value, ..at })?)));
            Some(Value::Object(entries.collect()))
        }
    }
}

fn shown(at: Cursor<'_>) -> Option<Value> {
    let from = at.settled();
    if at.raw.closed
        && !at.shape.has_states()
        && let Some(tree) = decode::tree(at)
    {
        return Some(tree.into());
    }
    if !from.raw.closed && !from.shows() {
        return None;
    }
    match (from.node(), &from.raw.kind) {
        (Node::Object(object), RawKind::Object(entries)) if !object.is_map() => {
            from.shows().then(|| Value::Object(properties(from, object, entries)))
        }
        (Node::Object(_), RawKind::Object(_) | RawKind::List(_)) if from.is_map() => {
            let entries = from.entries(&mut 0).flatten();
            Some(Value::Object(entries.filter_map(|(key, value)| Some((key.to_owned(), of(value)?))).collect()))
        }
        (Node::List(_), RawKind::List(_)) => Some(from.items(&mut 0).filter_map(of).collect()),
        (Node::Any, RawKind::List(_) | RawKind::Object(_)) if !from.raw.closed => any(from),
        (_, RawKind::Quoted(text)) if !from.raw.closed => Some(Value::String(text.clone())),
        (Node::Any, _) => Some(decode::plain(from.raw).into()),
        _ => decode::tree(from).map(Into::into),
    }
}

/// Part of a value of which the schema says nothing.
fn any(at: Cursor<'_>) -> Option<Value> {
    match &at.raw.kind {
        RawKind::List(items) => Some(items.iter().filter_map(|raw| shown(Cursor { raw, id: None, ..at })).collect()),
        RawKind::Object(entries) => {
            let entries = entries
                .iter()
                .filter_map(|entry| Some((entry.key.clone(), shown(Cursor { raw: &entry.value, id: None, ..at })?)));
            Some(Value::Object(entries.collect()))
        }
        _ => None,
    }
}

/// All properties of an object: what has come, and for the rest that it has not.
fn properties(at: Cursor<'_>, object: &ObjectNode, entries: &[Entry]) -> Map<String, Value> {
    let mut shown = Map::new();
    for property in &object.properties {
        shown.insert(property.name.to_string(), missing(at, property.node));
    }
    for entry in entries {
        if object.rest == Rest::None && object.property(&entry.key).is_none() {
            continue;
        }
        let (name, value) = at.property(entry);
        if let Some(value) = of(value) {
            shown.insert(name.to_owned(), value);
        }
    }
    shown
}

/// What stands for a value that has not come.
fn missing(at: Cursor<'_>, id: NodeId) -> Value {
    let value = match at.shape.node(id) {
        Node::List(list) if list.first.is_empty() => Value::Array(Vec::new()),
        Node::Object(object) if object.is_map() => Value::Object(Map::new()),
        _ => Value::Null,
    };
    if at.shape.shown(id).with_state {
        // Nothing is there, not even an empty list.
        return with_state(None, false);
    }
    value
}

fn with_state(value: Option<Value>, is_closed: bool) -> Value {
    let state = match &value {
        None => "Pending",
        Some(_) if is_closed => "Complete",
        Some(_) => "Incomplete",
    };
    Value::Object(Map::from_iter([
        ("value".to_owned(), value.unwrap_or_default()),
        ("state".to_owned(), Value::String(state.to_owned())),
    ]))
}
