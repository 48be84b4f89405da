//! Which of several types a value is that is still coming.

use super::cursor::Cursor;
use crate::json::RawKind;
use crate::json::align::{Node, NodeId, UnionNode};

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
    match (node, &at.raw.kind) {
        (Node::Any, _) => true,
        (Node::Null, RawKind::Bare(_)) => !at.raw.closed || at.is_null(),
        (Node::Null | Node::Never, _) => false,
        (Node::Text | Node::Values(_), RawKind::Quoted(_)) => true,
        (Node::Text | Node::Values(_) | Node::Bool | Node::Integer | Node::Number, RawKind::Bare(_)) => true,
        (Node::List(_), RawKind::List(_)) => true,
        // A map may be written as a list of entries.
        (Node::Object(object), RawKind::List(_)) => object.is_map(),
        (Node::Object(object), RawKind::Object(entries)) => {
            entries.iter().all(|entry| match object.property(&entry.key) {
                Some((_, property)) => match at.shape.node(property.node) {
                    Node::Values(values) if !entry.value.closed => values.all.is_empty(),
                    Node::Values(values) => values.all.iter().any(|fixed| match &fixed.value {
                        crate::json::Tree::Text(text) => entry.value.text() == Some(text),
                        _ => true,
                    }),
                    _ => true,
                },
                None => object.is_map(),
            })
        }
        _ => false,
    }
}
