//! A place in a value that is still coming.

use std::slice;

use serde::de::DeserializeOwned;

use super::decode;
use super::guide::{Found, Guide, Kind, Property};
use crate::json::{Entry, Mistakes, Raw, RawKind, Tree};

/// A place in a value that is still coming. For generated code.
#[derive(Debug, Clone, Copy)]
pub struct Cursor<'a> {
    pub(super) raw: &'a Raw,
    pub(super) guide: &'a Guide,
    pub(super) at: usize,
}

/// The fields of an object that are new or still coming, each by the name that the schema has for it.
#[derive(Debug)]
pub struct Fields<'a> {
    from: Cursor<'a>,
    properties: &'a [Property],
    rest: Option<usize>,
    entries: slice::Iter<'a, Entry>,
}

impl<'a> Cursor<'a> {
    /// The place of a whole value, within what a vendor made of it that takes objects only.
    pub(crate) fn new(raw: &'a Raw, guide: &'a Guide) -> Self {
        let at = Self { raw, guide, at: 0 };
        match decode::unwrapped(at) {
            Some(inner) => Self { raw: inner, ..at },
            None => at,
        }
    }

    /// Whether the value here is complete.
    pub fn is_closed(self) -> bool {
        self.raw.closed
    }

    /// The fields of the object here that are new since the last time or were not complete then, by the names that serde
    /// reads them by. `seen` counts those that are complete; it begins at 0 and belongs to the caller.
    pub fn fields(self, seen: &mut usize) -> Fields<'a> {
        let (properties, rest) = match self.found().kind {
            Kind::Object { properties, rest } => (properties.as_slice(), *rest),
            _ => (&[][..], None),
        };
        let entries = match &self.raw.kind {
            RawKind::Object(entries) => unseen(entries, seen, |entry| entry.value.closed),
            _ => &[],
        };
        Fields { from: self, properties, rest, entries: entries.iter() }
    }

    /// The items of the list here that are new since the last time or were not complete then.
    pub(crate) fn items(self, seen: &mut usize) -> impl Iterator<Item = Cursor<'a>> {
        let items: &'a [Raw] = match (&self.raw.kind, self.found().kind) {
            (RawKind::List(items), Kind::List(_)) => unseen(items, seen, |item| item.closed),
            _ => &[],
        };
        let at = match self.found().kind {
            Kind::List(at) => *at,
            _ => self.at,
        };
        items.iter().map(move |raw| Cursor { raw, at, ..self })
    }

    /// The keys and values of the map here that are new since the last time or were not complete then, written as an
    /// object or as a list of entries.
    pub(crate) fn entries(self, seen: &mut usize) -> impl Iterator<Item = (&'a str, Cursor<'a>)> {
        let (objects, items, at): (&'a [Entry], &'a [Raw], usize) = match (self.found().kind, &self.raw.kind) {
            (Kind::Object { rest: Some(at), .. }, RawKind::Object(entries)) => {
                (unseen(entries, seen, |entry| entry.value.closed), &[], *at)
            }
            (Kind::Object { rest: Some(at), properties }, RawKind::List(items)) if properties.is_empty() => {
                (&[], unseen(items, seen, |item| item.closed), *at)
            }
            _ => (&[], &[], self.at),
        };
        let objects = objects.iter().map(|entry| (entry.key.as_str(), &entry.value));
        let items = items.iter().filter_map(decode::entry);
        objects.chain(items).map(move |(key, raw)| (key, Cursor { raw, at, ..self }))
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
        if !self.is_closed() {
            return None;
        }
        serde_json::from_str(&self.tree()?.to_string()).ok()
    }

    /// The value here as one of the type, if it is complete.
    pub(crate) fn tree(self) -> Option<Tree> {
        decode::tree(self)
    }

    /// Whether what has come of the value here may be shown before it is complete.
    pub(crate) fn shows(self) -> bool {
        let from = self.settled();
        let found = from.found();
        if (found.done || self.found().done) && !self.raw.closed {
            return false;
        }
        match (found.kind, &from.raw.kind) {
            (Kind::Text, RawKind::Quoted(_)) => from.text().is_some(),
            (Kind::List(_), RawKind::List(_)) | (Kind::Any, RawKind::List(_) | RawKind::Object(_)) => true,
            (Kind::Any, RawKind::Quoted(_)) => from.text().is_some(),
            (Kind::Object { properties, .. }, RawKind::Object(entries)) => from.has_needed(properties, entries),
            (Kind::Object { properties, rest: Some(_) }, RawKind::List(items)) => {
                properties.is_empty() && items.first().is_none_or(|item| matches!(item.kind, RawKind::Object(_)))
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
    fn has_needed(self, properties: &[Property], entries: &'a [Entry]) -> bool {
        properties.iter().filter(|property| self.guide.place(property.place).not_null).all(|needed| {
            entries.iter().any(|entry| {
                let meant = Guide::property(properties, &entry.key);
                meant.is_some_and(|meant| meant.name == needed.name)
                    && Cursor { raw: &entry.value, at: needed.place, ..self }.is_there()
            })
        })
    }

    /// What is expected here.
    pub(super) fn found(self) -> Found<'a> {
        self.guide.place(self.at)
    }

    /// The same place in the one branch of a union that is meant, once that is certain.
    pub(super) fn settled(self) -> Self {
        match self.found().kind {
            Kind::Union(branches) => match self.branch(branches, 0) {
                Some(at) => Self { at, ..self },
                None => self,
            },
            _ => self,
        }
    }

    fn branch(self, branches: &[usize], depth: usize) -> Option<usize> {
        const DEEPEST: usize = 8;
        let mut meant = None;
        for branch in branches {
            let at = match self.guide.place(*branch).kind {
                Kind::Union(inner) if depth < DEEPEST => self.branch(inner, depth + 1),
                Kind::Union(_) => None,
                kind => self.can_be(kind).then_some(*branch),
            };
            match (at, meant) {
                (None, _) => {}
                (Some(_), Some(_)) => return None,
                (Some(_), None) => meant = at,
            }
        }
        meant
    }

    /// Whether what has come may become this.
    fn can_be(self, kind: &Kind) -> bool {
        match (kind, &self.raw.kind) {
            (Kind::Any, _) => true,
            (Kind::Text | Kind::Scalar, RawKind::Quoted(_) | RawKind::Bare(_)) => true,
            (Kind::List(_) | Kind::Tuple(_), RawKind::List(_)) => true,
            (Kind::Object { properties, rest }, RawKind::Object(entries)) => {
                // Which one is certain once there is a key.
                entries.iter().all(|entry| match Guide::property(properties, &entry.key) {
                    Some(Property { tag: Some(tag), .. }) => {
                        entry.value.closed && entry.value.text().is_some_and(|text| decode::is_tag(tag, text))
                    }
                    Some(_) => true,
                    None => rest.is_some(),
                })
            }
            _ => false,
        }
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = (&'a str, Cursor<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let entry = self.entries.next()?;
            let found = match Guide::property(self.properties, &entry.key) {
                Some(property) => Some((property.name.as_str(), property.place)),
                None => self.rest.map(|rest| (entry.key.as_str(), rest)),
            };
            if let Some((name, at)) = found {
                return Some((name, Cursor { raw: &entry.value, at, ..self.from }));
            }
        }
    }
}

/// What is new since the last time, or was not complete then. Only the last one can be incomplete.
fn unseen<'a, T>(all: &'a [T], seen: &mut usize, is_closed: impl Fn(&T) -> bool) -> &'a [T] {
    let new = all.get(*seen..).unwrap_or_default();
    *seen += new.iter().take_while(|item| is_closed(item)).count();
    new
}
