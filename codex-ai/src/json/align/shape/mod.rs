//! A schema worked out for reading: what a value may be, without the rules that only a check needs.

mod compile;
mod union;

use regex::Regex;
use serde_json::Value;

use super::fold::{folded, without_accents};
use crate::json::Tree;

/// What the values of a schema may be. Made once per schema.
#[derive(Debug)]
pub(crate) struct Shape {
    nodes: Box<[Node]>,
    /// Of each node, in the same order.
    shown: Box<[Shown]>,
}

/// How a value is shown before it is complete, by `x-stream-done`, `x-stream-not-null` and `x-stream-with-state`.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Shown {
    /// Not before it is complete.
    pub(crate) done: bool,
    /// What holds it is not shown without it.
    pub(crate) not_null: bool,
    /// With a word for how far it has come.
    pub(crate) with_state: bool,
}

/// A place in a [`Shape`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct NodeId(u32);

/// What a value may be. References are followed and `allOf` is merged, so each node says all.
#[derive(Debug)]
pub(crate) enum Node {
    /// Anything.
    Any,
    /// Nothing.
    Never,
    Null,
    Bool,
    Integer,
    Number,
    Text,
    /// One of some fixed values.
    Values(Values),
    List(ListNode),
    Object(ObjectNode),
    Union(UnionNode),
}

/// Fixed values: those of `enum`, of `const`, and of unions that hold nothing else.
#[derive(Debug)]
pub(crate) struct Values {
    pub(crate) all: Box<[Fixed]>,
}

/// A fixed value with the words for it.
#[derive(Debug, Clone)]
pub(crate) struct Fixed {
    pub(crate) value: Tree,
    pub(crate) title: Option<Box<str>>,
    pub(crate) description: Option<Box<str>>,
    /// Its text in lower case and without accents; then without punctuation, too.
    pub(crate) unaccented: Box<str>,
    pub(crate) folded: Box<str>,
}

#[derive(Debug)]
pub(crate) struct ListNode {
    /// The first items, where each has a schema of its own.
    pub(crate) first: Box<[NodeId]>,
    /// All further items; `None` where there may be none.
    pub(crate) rest: Option<NodeId>,
}

#[derive(Debug)]
pub(crate) struct ObjectNode {
    /// In the order of the schema.
    pub(crate) properties: Box<[Property]>,
    pub(crate) patterns: Box<[(Regex, NodeId)]>,
    /// All further keys.
    pub(crate) rest: Rest,
    /// What a key must be, for a map.
    pub(crate) names: Option<NodeId>,
}

#[derive(Debug)]
pub(crate) struct Property {
    pub(crate) name: Box<str>,
    pub(crate) folded: Box<str>,
    /// Further names by which the type reads it, each also without case, accents and punctuation.
    pub(crate) aliases: Box<[(Box<str>, Box<str>)]>,
    pub(crate) node: NodeId,
    pub(crate) required: bool,
}

/// What becomes of keys that the schema does not name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rest {
    /// They are not allowed.
    None,
    /// They are allowed, and the schema says nothing of them.
    Any,
    /// They are the keys of a map.
    Of(NodeId),
}

#[derive(Debug)]
pub(crate) struct UnionNode {
    /// In declared order; none of them is a union.
    pub(crate) branches: Box<[NodeId]>,
    /// The property by whose value the branches that are objects differ.
    pub(crate) tag: Option<Tag>,
}

#[derive(Debug)]
pub(crate) struct Tag {
    pub(crate) name: Box<str>,
    /// The texts that the property may hold, and the branch of each.
    pub(crate) branches: Box<[(Box<str>, NodeId)]>,
}

impl Shape {
    /// Works out a schema. What cannot be told apart at a reasonable size may be anything: the check that follows decides.
    pub(crate) fn of(schema: &Value) -> Self {
        compile::compile(schema)
    }

    /// The place of the whole value.
    pub(crate) fn root(&self) -> NodeId {
        NodeId(0)
    }

    pub(crate) fn node(&self, id: NodeId) -> &Node {
        self.nodes.get(id.0 as usize).unwrap_or(&Node::Any)
    }

    /// Whether there are integers in it.
    pub(crate) fn has_integers(&self) -> bool {
        self.nodes.iter().any(|node| matches!(node, Node::Integer))
    }

    /// How a value is shown before it is complete.
    pub(crate) fn shown(&self, id: NodeId) -> Shown {
        self.shown.get(id.0 as usize).copied().unwrap_or_default()
    }

    /// Whether any value is shown with a word for how far it has come.
    pub(crate) fn has_states(&self) -> bool {
        self.shown.iter().any(|shown| shown.with_state)
    }

    /// The branch of a union to which the text of its tag leads.
    pub(crate) fn branch_by_tag(&self, union: &UnionNode, tag: &str) -> Option<NodeId> {
        let branches = &union.tag.as_ref()?.branches;
        let exact = branches.iter().find(|(text, _)| **text == *tag);
        let found = exact.or_else(|| {
            let tag = folded(tag);
            only(branches.iter().filter(|(text, _)| !tag.is_empty() && folded(text) == tag))
        });
        found.map(|(_, branch)| *branch)
    }

    /// The text that is the only value here.
    pub(crate) fn only_text(&self, id: NodeId) -> Option<&str> {
        match self.node(id) {
            Node::Values(values) => match &*values.all {
                [Fixed { value: Tree::Text(text), .. }] => Some(text),
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether `null` is a value here.
    pub(crate) fn takes_null(&self, id: NodeId) -> bool {
        match self.node(id) {
            Node::Any | Node::Null => true,
            Node::Values(values) => values.all.iter().any(|fixed| fixed.value == Tree::Null),
            Node::Union(union) => union.branches.iter().any(|branch| {
                // Branches are no unions, so this ends.
                !matches!(self.node(*branch), Node::Union(_)) && self.takes_null(*branch)
            }),
            _ => false,
        }
    }
}

impl ObjectNode {
    /// The property that a key means: the one of that name, else the only one whose name differs in nothing but case,
    /// accents and punctuation.
    pub(crate) fn property(&self, key: &str) -> Option<(usize, &Property)> {
        let properties = || self.properties.iter().enumerate();
        let by_name = properties().find(|(_, property)| *property.name == *key);
        if let Some(found) = by_name.or_else(|| properties().find(|(_, property)| property.is_alias(key))) {
            return Some(found);
        }
        let key = folded(key);
        let is_meant =
            |property: &Property| *property.folded == *key || property.aliases.iter().any(|(_, alias)| **alias == *key);
        let matching = properties().filter(|(_, property)| is_meant(property));
        if key.is_empty() { None } else { only(matching) }
    }

    /// What the value at a key may be that names no property; `None` where the schema says nothing of it.
    pub(crate) fn beyond(&self, key: &str) -> Option<NodeId> {
        if let Some((_, node)) = self.patterns.iter().find(|(pattern, _)| pattern.is_match(key)) {
            return Some(*node);
        }
        match self.rest {
            Rest::Of(node) => Some(node),
            Rest::Any | Rest::None => None,
        }
    }

    /// Whether it has values at keys that the schema does not name.
    pub(crate) fn has_further(&self) -> bool {
        matches!(self.rest, Rest::Of(_)) || !self.patterns.is_empty()
    }

    /// Whether it is a map: keys that the schema does not name, and none that it does.
    pub(crate) fn is_map(&self) -> bool {
        self.properties.is_empty() && (self.rest != Rest::None || !self.patterns.is_empty())
    }
}

impl Property {
    /// Whether the type reads the property by this name, too.
    pub(crate) fn is_alias(&self, name: &str) -> bool {
        self.aliases.iter().any(|(alias, _)| **alias == *name)
    }
}

impl ListNode {
    /// What the item at a place may be; `None` where there may be none.
    pub(crate) fn item(&self, index: usize) -> Option<NodeId> {
        self.first.get(index).copied().or(self.rest)
    }
}

impl Fixed {
    fn new(value: &Value, title: Option<&Value>, description: Option<&Value>) -> Self {
        let words = |words: Option<&Value>| words.and_then(Value::as_str).map(Box::from);
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Number(_) | Value::Bool(_) => value.to_string(),
            _ => String::new(),
        };
        Self {
            value: value.clone().into(),
            title: words(title),
            description: words(description),
            unaccented: without_accents(&text).into(),
            folded: folded(&text).into(),
        }
    }
}

/// The element, if there is exactly one.
fn only<T>(mut all: impl Iterator<Item = T>) -> Option<T> {
    let first = all.next()?;
    all.next().is_none().then_some(first)
}
