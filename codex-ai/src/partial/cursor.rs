//! A place in a value that is still coming.

use std::slice;

use serde::de::DeserializeOwned;

use super::{decode, union};
use crate::json::align::{Node, NodeId, ObjectNode, Shape, Shown};
use crate::json::{Entry, Mistakes, Raw, RawKind, Tree};

/// A place in a value that is still coming. For generated code.
#[derive(Debug, Clone, Copy)]
pub struct Cursor<'a> {
    pub(super) raw: &'a Raw,
    pub(super) shape: &'a Shape,
    /// What the schema says of the place; `None` where it says nothing.
    pub(super) id: Option<NodeId>,
    /// The text that the value is a piece of.
    pub(super) text: &'a str,
    /// Whether nothing is put right: what is not exact is not complete either.
    pub(super) exact: bool,
}

/// The fields of an object that are new or still coming, each by the name that the schema has for it.
#[derive(Debug)]
pub struct Fields<'a> {
    from: Cursor<'a>,
    object: Option<&'a ObjectNode>,
    entries: slice::Iter<'a, Entry>,
}

impl<'a> Cursor<'a> {
    /// The place of a whole value, within what is put around one that is no object for vendors that take objects only.
    pub(super) fn new(raw: &'a Raw, shape: &'a Shape, text: &'a str, exact: bool) -> Self {
        let at = Self { raw, shape, id: Some(shape.root()), text, exact };
        decode::unwrapped(at).map_or(at, |raw| Self { raw, ..at })
    }

    /// Whether the value here is complete.
    pub fn is_closed(self) -> bool {
        self.raw.closed
    }

    /// The fields of the object here that are new since the last time or were not complete then, by the names that serde
    /// reads them by. `seen` counts those that are complete; it begins at 0 and belongs to the caller.
    pub fn fields(self, seen: &mut usize) -> Fields<'a> {
        let from = self.settled();
        let entries = match &from.raw.kind {
            RawKind::Object(entries) => unseen(entries, seen, |entry| entry.value.closed),
            _ => &[],
        };
        Fields { from, object: from.object(), entries: entries.iter() }
    }

    /// The variant of the enum here, once it is certain which one: its name in the schema, and the place of its content if
    /// that has begun. `tag` and `content` are the keys that serde has for them.
    pub fn variant(self, tag: Option<&str>, content: Option<&str>) -> Option<(&'a str, Option<Self>)> {
        let from = self.settled();
        let (object, RawKind::Object(entries)) = (from.object()?, &from.raw.kind) else { return None };
        let Some(tag) = tag else {
            let entry = entries.first().filter(|entry| object.property(&entry.key).is_some())?;
            let (name, at) = from.property(entry);
            return Some((name, Some(at)));
        };
        let (_, property) = object.property(tag)?;
        let name = self.shape.only_text(property.node)?;
        let Some(content) = content else { return Some((name, Some(from))) };
        let content = entries.iter().map(|entry| from.property(entry)).find(|(name, _)| *name == content);
        Some((name, content.map(|(_, at)| at)))
    }

    /// A place of the tuple here, if it has begun.
    pub fn place(self, index: usize) -> Option<Self> {
        match (&self.raw.kind, self.node()) {
            (RawKind::List(items), Node::List(_)) => items.get(index).map(|raw| self.item(index, raw)),
            _ => None,
        }
    }

    /// The items of the list here that are new since the last time or were not complete then.
    pub(crate) fn items(self, seen: &mut usize) -> impl Iterator<Item = Self> + use<'a> {
        let from = self.settled();
        let start = *seen;
        let items: &'a [Raw] = match (&from.raw.kind, from.node()) {
            (RawKind::List(items), Node::List(_) | Node::Any) => unseen(items, seen, |item| item.closed),
            _ => &[],
        };
        items.iter().enumerate().map(move |(index, raw)| from.item(start + index, raw))
    }

    /// The keys and values of the map here that are new since the last time or were not complete then, written as an
    /// object or as a list of entries; `None` for what is no entry, or none yet.
    pub(crate) fn entries(self, seen: &mut usize) -> impl Iterator<Item = Option<(&'a str, Self)>> + use<'a> {
        let from = self.settled();
        let (objects, items): (&'a [Entry], &'a [Raw]) = match &from.raw.kind {
            RawKind::Object(entries) => (unseen(entries, seen, |entry| entry.value.closed), &[]),
            RawKind::List(items) if from.is_map() => (&[], unseen(items, seen, |item| item.closed)),
            _ => (&[], &[]),
        };
        let objects = objects.iter().map(|entry| Some((entry.key.as_str(), &entry.value)));
        let items = items.iter().map(decode::entry);
        objects.chain(items).map(move |entry| entry.map(|(key, raw)| (key, from.value(key, raw))))
    }

    /// A field of the object here, by its place.
    pub(crate) fn entry(self, index: usize) -> Option<(&'a str, Self)> {
        match &self.raw.kind {
            RawKind::Object(entries) => entries.get(index).map(|entry| self.settled().property(entry)),
            _ => None,
        }
    }

    /// The value as it was written.
    pub(crate) fn written(self) -> String {
        if self.exact { self.raw.span.of(self.text).to_owned() } else { decode::plain(self.raw).to_string() }
    }

    /// The text here, as far as it has come.
    pub(crate) fn text(self) -> Option<&'a str> {
        match &self.raw.kind {
            // The indent of a block of code goes when it closes.
            RawKind::Quoted(_) if self.raw.mistakes.has(Mistakes::CODE_BLOCK) && !self.raw.closed => None,
            RawKind::Quoted(text) => Some(text),
            _ => None,
        }
    }

    /// The value here, if it is complete and is a `T`.
    pub(crate) fn read<T: DeserializeOwned>(self) -> Option<T> {
        serde_json::from_str(&self.tree()?.to_string()).ok()
    }

    /// The value here as one of the type, if it is complete.
    pub(crate) fn tree(self) -> Option<Tree> {
        let is_whole = if self.exact { self.raw.is_exact() } else { self.raw.closed };
        if is_whole { decode::tree(self) } else { None }
    }

    /// Whether what has come of the value here may be shown before it is complete.
    pub(crate) fn shows(self) -> bool {
        let from = self.settled();
        if !self.raw.closed && (self.shown().done || from.shown().done) {
            return false;
        }
        match (from.node(), &from.raw.kind) {
            (Node::Text | Node::Any, RawKind::Quoted(_)) => from.text().is_some(),
            (Node::List(list), RawKind::List(_)) => list.first.is_empty(),
            (Node::Any, RawKind::List(_) | RawKind::Object(_)) => true,
            (Node::Object(object), RawKind::Object(entries)) => from.has_needed(object, entries),
            (Node::Object(object), RawKind::List(items)) => {
                object.is_map() && items.first().is_none_or(|item| matches!(item.kind, RawKind::Object(_)))
            }
            _ => false,
        }
    }

    /// Whether something of the value here is there: it is complete and not null, or can be shown.
    fn is_there(self) -> bool {
        if self.raw.closed { !self.is_null() } else { self.shows() }
    }

    pub(super) fn is_null(self) -> bool {
        matches!(&self.raw.kind, RawKind::Bare(word) if matches!(word.as_str(), "null" | "None" | ""))
    }

    /// Whether all is there without which the object is not shown.
    fn has_needed(self, object: &ObjectNode, entries: &'a [Entry]) -> bool {
        object.properties.iter().enumerate().filter(|(_, property)| self.shape.shown(property.node).not_null).all(
            |(index, needed)| {
                entries.iter().any(|entry| {
                    object.property(&entry.key).is_some_and(|(meant, _)| meant == index)
                        && Self { raw: &entry.value, id: Some(needed.node), ..self }.is_there()
                })
            },
        )
    }

    /// What is expected here.
    pub(super) fn node(self) -> &'a Node {
        self.id.map_or(&Node::Any, |id| self.shape.node(id))
    }

    pub(super) fn shown(self) -> Shown {
        self.id.map(|id| self.shape.shown(id)).unwrap_or_default()
    }

    pub(super) fn object(self) -> Option<&'a ObjectNode> {
        match self.node() {
            Node::Object(object) => Some(object),
            _ => None,
        }
    }

    pub(super) fn is_map(self) -> bool {
        self.object().is_some_and(ObjectNode::is_map)
    }

    /// An item of the list here.
    pub(super) fn item(self, index: usize, raw: &'a Raw) -> Self {
        let id = match self.node() {
            Node::List(list) => list.item(index),
            _ => None,
        };
        Self { raw, id, ..self }
    }

    /// A value of the map here.
    pub(super) fn value(self, key: &str, raw: &'a Raw) -> Self {
        Self { raw, id: self.object().and_then(|object| object.beyond(key)), ..self }
    }

    /// A property of the object here: its name in the schema, and its value.
    pub(super) fn property(self, entry: &'a Entry) -> (&'a str, Self) {
        match self.object().and_then(|object| object.property(&entry.key)) {
            Some((_, property)) => (&property.name, Self { raw: &entry.value, id: Some(property.node), ..self }),
            None => (&entry.key, self.value(&entry.key, &entry.value)),
        }
    }

    /// The same place in the one branch of a union that is meant, once that is certain.
    pub(super) fn settled(self) -> Self {
        match self.node() {
            Node::Union(branches) => union::branch(self, branches).map_or(self, |id| Self { id: Some(id), ..self }),
            _ => self,
        }
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = (&'a str, Cursor<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        // Without an object in the schema nothing is known of the keys.
        self.object?;
        self.entries.next().map(|entry| self.from.property(entry))
    }
}

/// What is new since the last time, or was not complete then. Only the last one can be incomplete.
fn unseen<'a, T>(all: &'a [T], seen: &mut usize, is_closed: impl Fn(&T) -> bool) -> &'a [T] {
    let new = all.get(*seen..).unwrap_or_default();
    *seen += new.iter().take_while(|item| is_closed(item)).count();
    new
}
