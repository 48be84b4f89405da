//! How values are written for a vendor: a node for each sub-schema, found by its number.

use std::collections::HashMap;
use std::sync::Arc;

use regex::Regex;
use serde_json::Value;

use super::choice::Forms;
use crate::json::Tree;

/// The number of a node.
pub(super) type NodeId = usize;

/// The node of all values that are written as they are, whatever is in them.
pub(super) const SAME: NodeId = 0;

/// How values are written for a vendor, and read back. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(crate) struct Plan(Option<Arc<Inner>>);

#[derive(Debug)]
pub(super) struct Inner {
    pub(super) nodes: Vec<Node>,
    /// Of each node whether [`decode`](super::decode) leaves its values as they are.
    same: Vec<bool>,
    pub(super) root: NodeId,
    pub(super) forms: Forms,
}

/// How the values of one schema are written.
#[derive(Debug)]
pub(super) enum Node {
    /// As they are.
    Same,
    /// As those of another node.
    Link(NodeId),
    Object(Box<Object>),
    /// A list as a list, the first items by nodes of their own.
    List {
        first: Vec<NodeId>,
        items: NodeId,
    },
    /// A map as a list of entries.
    Map(Box<Entries>),
    Tuple(Box<Tuple>),
    /// A value as a string with its JSON text.
    Text,
    /// One of these values as a string with its JSON text.
    Listed(Box<[Value]>),
    /// A whole number as a string of digits.
    Digits,
    /// A value as the one property of an object.
    Wrapped(Box<Wrapped>),
    Choice(Vec<Form>),
}

/// An object as an object.
#[derive(Debug, Default)]
pub(super) struct Object {
    pub(super) fields: Vec<Field>,
    pub(super) by_name: HashMap<Box<str>, usize>,
    /// The property that holds the entries with free keys, and what they are.
    pub(super) others: Option<(Box<str>, Entries)>,
    /// The nodes of free keys that are written in place.
    pub(super) free: Vec<(Option<Regex>, NodeId)>,
    /// Whether the wire has no other keys than these.
    pub(super) is_closed: bool,
}

#[derive(Debug)]
pub(super) struct Field {
    pub(super) name: Box<str>,
    pub(super) node: NodeId,
    pub(super) absent: Absent,
}

/// How it is written that a property is not there.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Absent {
    /// It is not there.
    Left,
    /// By null.
    Null,
    /// By this value of the type, which means the same; it is read back as it is.
    Value(Tree),
}

/// The entries of a map.
#[derive(Debug)]
pub(super) struct Entries {
    pub(super) has_number_keys: bool,
    /// The node of a value by its key: the first whose pattern finds something.
    pub(super) values: Vec<(Option<Regex>, NodeId)>,
}

/// A list as an object, whose properties are the places.
#[derive(Debug)]
pub(super) struct Tuple {
    pub(super) items: Vec<NodeId>,
    /// How many items are always there.
    pub(super) fewest: usize,
    /// Whether null stands for the others where they are not there; else their property is left out.
    pub(super) has_nulls: bool,
    /// The node of further items, in the property `rest`.
    pub(super) rest: Option<NodeId>,
}

/// A value as the one property of an object.
#[derive(Debug)]
pub(super) struct Wrapped {
    pub(super) name: Box<str>,
    pub(super) node: NodeId,
    /// What the value looks like: its place among all [`Forms`].
    pub(super) form: usize,
}

/// One of several forms of a value.
#[derive(Debug)]
pub(super) struct Form {
    pub(super) node: NodeId,
    /// Its place among all [`Forms`].
    pub(super) number: usize,
}

impl Plan {
    pub(super) fn new(nodes: Vec<Node>, root: NodeId, forms: Forms) -> Self {
        let same = same(&nodes);
        Self(Some(Arc::new(Inner { nodes, same, root, forms })))
    }

    pub(super) fn inner(&self) -> Option<&Inner> {
        self.0.as_deref()
    }
}

impl Inner {
    /// The node itself, past links.
    pub(super) fn node(&self, mut id: NodeId) -> &Node {
        // Ends: a schema that leads to itself is refused when it is compiled. The bound is for what nobody has thought of.
        for _ in 0..=self.nodes.len() {
            match &self.nodes[id] {
                Node::Link(next) => id = *next,
                node => return node,
            }
        }
        &Node::Same
    }

    /// Whether decoding leaves the values of the node as they are.
    pub(super) fn is_same(&self, id: NodeId) -> bool {
        self.same[id]
    }
}

impl Entries {
    /// The node of the value at a key.
    pub(super) fn value(&self, key: &str) -> Option<NodeId> {
        value_of(&self.values, key)
    }
}

/// The node of the value at a free key; `None` where all have patterns and it matches none.
pub(super) fn value_of(values: &[(Option<Regex>, NodeId)], key: &str) -> Option<NodeId> {
    let found = values.iter().find(|(pattern, _)| pattern.as_ref().is_none_or(|pattern| pattern.is_match(key)));
    found.map(|(_, node)| *node)
}

/// Of each node whether its values are read as they are: all are, but those that have to be changed and those that hold
/// one of these.
fn same(nodes: &[Node]) -> Vec<bool> {
    let mut holders: Vec<Vec<NodeId>> = vec![Vec::new(); nodes.len()];
    let mut changed = Vec::new();
    for (id, node) in nodes.iter().enumerate() {
        match node {
            Node::Same => {}
            Node::Link(to) => holders[*to].push(id),
            Node::Object(object) => {
                if object.others.is_some() || object.fields.iter().any(|field| field.absent == Absent::Null) {
                    changed.push(id);
                }
                object.fields.iter().for_each(|field| holders[field.node].push(id));
                object.free.iter().for_each(|(_, value)| holders[*value].push(id));
            }
            Node::List { first, items } => {
                first.iter().chain([items]).for_each(|item| holders[*item].push(id));
            }
            Node::Map(_) | Node::Tuple(_) | Node::Text | Node::Listed(_) | Node::Digits | Node::Wrapped(_) => {
                changed.push(id);
            }
            Node::Choice(forms) => forms.iter().for_each(|form| holders[form.node].push(id)),
        }
    }
    let mut same = vec![true; nodes.len()];
    while let Some(id) = changed.pop() {
        if std::mem::replace(&mut same[id], false) {
            changed.append(&mut holders[id]);
        }
    }
    same
}
