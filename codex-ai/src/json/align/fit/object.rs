//! Objects and maps.

use std::rc::Rc;

use super::{Fit, Fitter, Given, MOST_WRAPS, Rank, What, by_looks, mistakes};
use crate::json::align::shape::{ListNode, Node, NodeId, ObjectNode, Property, Rest};
use crate::json::raw::Entry;
use crate::json::{Raw, RawKind, RepairKind, Tree};

/// How far a missing property puts a reading from the schema.
const MISSING: u32 = 2;

impl Fitter<'_> {
    pub(super) fn object(&mut self, id: NodeId, node: &ObjectNode, given: Given<'_>) -> Fit {
        match &given.raw.kind {
            RawKind::Object(entries) => {
                let fit = self.object_of(node, entries, given);
                let wrapped = if fit.rank.misfits > 0 { self.wrapped(id, node, entries, given) } else { None };
                wrapped.unwrap_or(fit)
            }
            RawKind::Bare(text) if node.is_map() && (text.is_empty() || text == "null" || text == "None") => {
                Fit { rank: Rank::default(), what: What::Object(Vec::new()), notes: Vec::new() }
                    .noted(RepairKind::Emptied)
            }
            _ => self.object_of_other(id, node, given),
        }
    }

    fn object_of(&mut self, node: &ObjectNode, entries: &[Entry], given: Given<'_>) -> Fit {
        let mut fit = Fit { rank: Rank::default(), what: What::Object(Vec::new()), notes: Vec::new() };
        let mut values: Vec<(String, Rc<Fit>)> = Vec::with_capacity(entries.len());
        let mut raws: Vec<Option<&Raw>> = vec![None; node.properties.len()];
        let mut seen = std::collections::HashSet::new();
        // A key that is written as the schema has it goes before one that only looks like it.
        let exact: Vec<bool> =
            node.properties.iter().map(|property| entries.iter().any(|entry| *entry.key == *property.name)).collect();
        for entry in entries {
            let value = Given { raw: &entry.value, wraps: 0, ..given };
            mistakes::kinds(entry.mistakes, |kind| fit.note(kind, Some(entry.key.clone())));
            let property = node.property(&entry.key);
            let is_own = |property: &Property| *property.name == *entry.key || property.is_alias(&entry.key);
            match property.filter(|(index, property)| is_own(property) || !exact[*index]) {
                Some((index, property)) => {
                    if let Some(before) = raws[index] {
                        self.twice(before, &entry.value, &property.name, &mut values, &mut fit);
                        continue;
                    }
                    raws[index] = Some(&entry.value);
                    if !is_own(property) {
                        fit.note(RepairKind::Key, Some(property.name.to_string()));
                    }
                    self.property(property, value, &mut values, &mut fit);
                }
                None => self.further(node, entry, value, &mut seen, &mut values, &mut fit),
            }
        }
        let matched = raws.iter().any(Option::is_some);
        self.missing(node, &raws, matched, &mut values, &mut fit);
        if !matched && !entries.is_empty() && !node.properties.is_empty() && !node.has_further() {
            // Nothing of what was written is in the schema: it is another thing.
            fit.rank.misfits = fit.rank.misfits.saturating_add(MISSING);
        }
        if is_schema_of_object(node, entries) {
            fit.rank.misfits = fit.rank.misfits.saturating_add(MISSING);
        }
        fit.rank = values.iter().fold(fit.rank, |rank, (_, value)| rank.and(value.rank));
        fit.what = What::Object(values);
        fit
    }

    /// An object that was given a name of its own: `{"answer": {..}}`.
    fn wrapped(&mut self, id: NodeId, node: &ObjectNode, entries: &[Entry], given: Given<'_>) -> Option<Fit> {
        let [entry] = entries else { return None };
        let is_named = node.property(&entry.key).is_some() || node.has_further();
        let is_object = matches!(&entry.value.kind, RawKind::Object(inner) if !inner.is_empty());
        // What has nothing that it must have fits anything.
        let is_told = node.properties.iter().any(|property| property.required);
        if is_named || !is_object || !is_told || given.wraps >= MOST_WRAPS {
            return None;
        }
        let fit = self.value(id, Given { raw: &entry.value, wraps: given.wraps + 1, ..given });
        (fit.rank.misfits == 0).then(|| fit.again().noted(RepairKind::FromObject))
    }

    fn property(&mut self, property: &Property, given: Given<'_>, values: &mut Vec<(String, Rc<Fit>)>, fit: &mut Fit) {
        let value = self.value(property.node, given);
        let says_nothing = matches!(&given.raw.kind, RawKind::Bare(text) if text.is_empty() || text == "null");
        if says_nothing && !property.required && value.rank.misfits > 0 {
            // `null` for a property that may be left out.
            fit.note(RepairKind::NullWord, Some(property.name.to_string()));
            return;
        }
        values.push((property.name.to_string(), value));
    }

    /// A key that is no property.
    fn further(
        &mut self,
        node: &ObjectNode,
        entry: &Entry,
        given: Given<'_>,
        seen: &mut std::collections::HashSet<String>,
        values: &mut Vec<(String, Rc<Fit>)>,
        fit: &mut Fit,
    ) {
        let key = match node.names.filter(|_| node.rest != Rest::None) {
            Some(names) => match self.key(names, &entry.key) {
                Some(key) => {
                    if key != entry.key {
                        fit.note(RepairKind::Key, Some(key.clone()));
                    }
                    key
                }
                None => entry.key.clone(),
            },
            None => entry.key.clone(),
        };
        let id = node.beyond(&key);
        if id.is_none() && node.rest == Rest::None {
            fit.note(RepairKind::UnknownKey, Some(key));
            return;
        }
        if !seen.insert(key.clone()) {
            let same = entry_same(values, &key, &entry.value);
            fit.note(RepairKind::SameAgain, Some(key.clone()));
            if !same {
                fit.rank.misfits = fit.rank.misfits.saturating_add(MISSING);
                values.push((key, Rc::new(Fit::wrong_because(given, "is there twice with different values"))));
            }
            return;
        }
        let value = match id {
            Some(id) => self.value(id, given),
            None => {
                fit.rank.slack = fit.rank.slack.saturating_add(1);
                Rc::new(Fit::plain(by_looks(given.raw)).noted_all(mistakes::below(given.raw)))
            }
        };
        values.push((key, value));
    }

    /// The key of a map as its schema has it.
    fn key(&self, names: NodeId, key: &str) -> Option<String> {
        let Node::Values(fixed) = self.shape.node(names) else { return None };
        match super::choice::of_key(fixed, key)? {
            Tree::Text(text) => Some(text.clone()),
            _ => None,
        }
    }

    fn twice(&mut self, before: &Raw, raw: &Raw, name: &str, values: &mut [(String, Rc<Fit>)], fit: &mut Fit) {
        fit.note(RepairKind::SameAgain, Some(name.to_owned()));
        if by_looks(before) != by_looks(raw)
            && let Some((_, value)) = values.iter_mut().find(|(key, _)| key == name)
        {
            let given = Given { raw, text: "", wraps: 0, inner: 0 };
            *value = Rc::new(Fit::wrong_because(given, "is there twice with different values"));
        }
    }

    fn missing(
        &mut self,
        node: &ObjectNode,
        raws: &[Option<&Raw>],
        matched: bool,
        values: &mut Vec<(String, Rc<Fit>)>,
        fit: &mut Fit,
    ) {
        for (property, raw) in node.properties.iter().zip(raws) {
            if raw.is_some() {
                continue;
            }
            if !property.required {
                fit.rank.slack = fit.rank.slack.saturating_add(1);
                continue;
            }
            let name = property.name.to_string();
            if matched && self.shape.takes_null(property.node) {
                fit.note(RepairKind::Absent, Some(name.clone()));
                values.push((name, Rc::new(Fit::plain(Tree::Null))));
            } else if let Some(empty) = self.empty(property.node).filter(|_| matched) {
                fit.note(RepairKind::Emptied, Some(name.clone()));
                values.push((name, Rc::new(Fit::plain(empty))));
            } else {
                fit.rank.misfits = fit.rank.misfits.saturating_add(MISSING);
            }
        }
    }

    /// The empty value of a list or a map.
    fn empty(&self, id: NodeId) -> Option<Tree> {
        match self.shape.node(id) {
            Node::List(ListNode { first, .. }) if first.is_empty() => Some(Tree::List(Vec::new())),
            Node::Object(node) if node.is_map() => Some(Tree::Object(Vec::new())),
            _ => None,
        }
    }

    fn object_of_other(&mut self, id: NodeId, node: &ObjectNode, given: Given<'_>) -> Fit {
        if let Some(fit) = self.inside_text(id, given) {
            return fit;
        }
        if let Some(fit) = self.only_property(node, given) {
            return fit;
        }
        self.inside_list(id, given).unwrap_or_else(|| Fit::wrong(given))
    }

    /// A bare value that is no text, for the only property that an object has.
    fn only_property(&mut self, node: &ObjectNode, given: Given<'_>) -> Option<Fit> {
        let [property] = &*node.properties else { return None };
        if !property.required || given.wraps >= MOST_WRAPS {
            return None;
        }
        let is_bare = match &given.raw.kind {
            RawKind::Bare(_) => matches!(by_looks(given.raw), Tree::Number(_) | Tree::Bool(_)),
            RawKind::List(_) => matches!(self.shape.node(property.node), Node::List(_)),
            RawKind::Quoted(_) | RawKind::Object(_) => false,
        };
        if !is_bare {
            return None;
        }
        let value = self.value(property.node, Given { wraps: given.wraps + 1, ..given });
        if value.rank.misfits > 0 {
            return None;
        }
        let rank = value.rank;
        let what = What::Object(vec![(property.name.to_string(), value)]);
        Some(Fit { rank, what, notes: Vec::new() }.noted(RepairKind::ToObject))
    }
}

/// Whether a schema was given back instead of a value: what has `properties` has none of that name.
fn is_schema_of_object(node: &ObjectNode, entries: &[Entry]) -> bool {
    let named = |name: &str| entries.iter().find(|entry| entry.key == name).map(|entry| &entry.value);
    node.property("properties").is_none()
        && node.beyond("properties").is_none()
        && named("type").and_then(Raw::text) == Some("object")
        && named("properties").is_some_and(|value| matches!(value.kind, RawKind::Object(_)))
}

fn entry_same(values: &[(String, Rc<Fit>)], key: &str, raw: &Raw) -> bool {
    let tree = by_looks(raw);
    values.iter().any(|(known, value)| known == key && matches!(&value.what, What::Plain(plain) if *plain == tree))
}
