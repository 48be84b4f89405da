//! Which keys and items the other keywords of a schema have looked at: what `unevaluatedProperties` and
//! `unevaluatedItems` leave alone. Only asked for where the keyword is there, since it takes a second look.

use std::borrow::Borrow;
use std::collections::HashSet;
use std::hash::Hash;

use serde_json::{Map, Value};

use super::check::Run;
use super::node::{Node, NodeId};

/// The parts that were looked at.
pub(super) struct Known<K> {
    all: bool,
    some: HashSet<K>,
    visited: HashSet<NodeId>,
}

impl<K: Eq + Hash> Known<K> {
    fn none() -> Self {
        Self { all: false, some: HashSet::new(), visited: HashSet::new() }
    }

    pub(super) fn holds<Q: Eq + Hash + ?Sized>(&self, part: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.all || self.some.contains(part)
    }
}

/// The keys of an object that the keywords of `node` have looked at, `unevaluatedProperties` apart.
pub(super) fn keys<'v>(run: &mut Run<'_>, node: &Node, value: &Value, map: &'v Map<String, Value>) -> Known<&'v str> {
    let mut known = Known::none();
    collect(run, node, value, false, &mut known, &mut |run, node, value, known, inner| {
        let _ = (run, value);
        let Some(rules) = &node.objects else { return };
        known.all |= rules.additional.is_some() || (inner && rules.unevaluated.is_some());
        known.some.extend(map.keys().map(String::as_str).filter(|key| {
            rules.properties.contains_key(*key) || rules.patterns.iter().any(|(regex, _)| regex.is_match(key))
        }));
    });
    known
}

/// The items of a list that the keywords of `node` have looked at, `unevaluatedItems` apart.
pub(super) fn items(run: &mut Run<'_>, node: &Node, value: &Value, items: &[Value]) -> Known<usize> {
    let mut known = Known::none();
    collect(run, node, value, false, &mut known, &mut |run, node, _, known, inner| {
        let Some(rules) = &node.arrays else { return };
        known.all |= rules.items.is_some() || (inner && rules.unevaluated.is_some());
        known.some.extend(0..rules.prefix.len());
        if let Some(id) = rules.contains {
            known.some.extend((0..items.len()).filter(|i| run.is_valid(id, &items[*i])));
        }
    });
    known
}

/// Calls `look` for the node and for each that it puts on the same value and that the value follows.
fn collect<K: Eq + Hash>(
    run: &mut Run<'_>,
    node: &Node,
    value: &Value,
    inner: bool,
    known: &mut Known<K>,
    look: &mut impl FnMut(&mut Run<'_>, &Node, &Value, &mut Known<K>, bool),
) {
    look(run, node, value, known, inner);
    let mut next: Vec<_> = node.reference.into_iter().collect();
    if let Some(combined) = &node.combined {
        next.extend(&combined.all);
        next.extend(combined.any.iter().chain(&combined.one).filter(|id| run.is_valid(**id, value)));
        if let Some(condition) = combined.condition {
            if run.is_valid(condition, value) {
                next.push(condition);
                next.extend(combined.then);
            } else {
                next.extend(combined.otherwise);
            }
        }
    }
    if let (Some(rules), Value::Object(map)) = (&node.objects, value) {
        next.extend(rules.schema_with.iter().filter(|(key, _)| map.contains_key(&**key)).map(|(_, id)| *id));
    }
    for id in next {
        let id = run.target(id);
        // Each node once: what it has looked at is known by then.
        if known.visited.insert(id) {
            let nodes = run.nodes;
            collect(run, &nodes[id], value, true, known, look);
        }
    }
}
