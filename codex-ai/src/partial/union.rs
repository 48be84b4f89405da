//! Which of several types a value is that is still coming.

use super::cursor::Cursor;
use crate::json::align::{Node, NodeId, ObjectNode, UnionNode};
use crate::json::{Entry, RawKind, Tree};

/// The branch that is meant, once no other is possible: by its tag, by keys that only it has, or by its kind.
pub(super) fn branch(at: Cursor<'_>, union: &UnionNode) -> Option<NodeId> {
    if let (RawKind::Object(entries), Some(tag)) = (&at.raw.kind, &union.tag) {
        let tag = entries.iter().find(|entry| entry.key == *tag.name).filter(|tag| tag.value.closed);
        if let Some(text) = tag.and_then(|tag| tag.value.text()) {
            return at.shape.branch_by_tag(union, text);
        }
    }
    let mut possible = union.branches.iter().filter(|branch| can_be(at, at.shape.node(**branch)));
    let first = possible.next()?;
    possible.next().is_none().then_some(*first)
}

/// Whether what has come may become this.
fn can_be(at: Cursor<'_>, node: &Node) -> bool {
    match &at.raw.kind {
        RawKind::Bare(_) => match node {
            Node::Null => !at.raw.closed || at.is_null(),
            Node::Never | Node::List(_) | Node::Object(_) => false,
            _ => true,
        },
        RawKind::Quoted(_) => matches!(node, Node::Any | Node::Text | Node::Values(_)),
        RawKind::List(_) => match node {
            // A map may be written as a list of entries.
            Node::Object(object) => object.is_map(),
            _ => matches!(node, Node::Any | Node::List(_)),
        },
        RawKind::Object(entries) => match node {
            Node::Object(object) => entries.iter().all(|entry| has(at, object, entry)),
            _ => matches!(node, Node::Any),
        },
    }
}

/// Whether the object has a property of that name, and of that value if it may have only some.
fn has(at: Cursor<'_>, object: &ObjectNode, entry: &Entry) -> bool {
    let Some((_, property)) = object.property(&entry.key) else { return object.is_map() };
    match at.shape.node(property.node) {
        Node::Values(values) => values.all.iter().any(|fixed| match &fixed.value {
            Tree::Text(text) => entry.value.closed && entry.value.text() == Some(text),
            _ => true,
        }),
        _ => true,
    }
}
