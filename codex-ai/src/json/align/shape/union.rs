//! Unions made flat, with what tells their branches apart.

use super::{Fixed, Node, NodeId, Tag, UnionNode, Values};
use crate::json::Tree;

/// A union as it was written.
pub(super) fn of(branches: Vec<NodeId>) -> Node {
    Node::Union(UnionNode { branches: branches.into(), tag: None })
}

/// Puts the branches of unions inside unions where they stand, fixed values together, and finds the tags.
pub(super) fn settle(nodes: &mut Vec<Node>) {
    for at in 0..nodes.len() {
        let Node::Union(_) = &nodes[at] else { continue };
        let branches = leaves(nodes, at);
        nodes[at] = Node::Union(UnionNode { branches: branches.into(), tag: None });
    }
    // Only now, as a union inside another must still be one when that is made flat.
    for at in 0..nodes.len() {
        let Node::Union(union) = &nodes[at] else { continue };
        let branches = union.branches.to_vec();
        nodes[at] = settled(nodes, branches);
    }
}

/// The branches that are no unions, in declared order.
fn leaves(nodes: &[Node], union: usize) -> Vec<NodeId> {
    let (mut found, mut seen) = (Vec::new(), vec![false; nodes.len()]);
    let mut open = vec![NodeId(u32::try_from(union).unwrap_or(u32::MAX))];
    while let Some(id) = open.pop() {
        if std::mem::replace(&mut seen[id.0 as usize], true) {
            continue;
        }
        match &nodes[id.0 as usize] {
            Node::Union(inner) => open.extend(inner.branches.iter().rev()),
            Node::Never => {}
            _ => found.push(id),
        }
    }
    found
}

fn settled(nodes: &mut Vec<Node>, mut branches: Vec<NodeId>) -> Node {
    let is_values = |nodes: &[Node], id: &NodeId| matches!(nodes[id.0 as usize], Node::Values(_));
    let fixed: Vec<_> = branches.iter().copied().filter(|id| is_values(nodes, id)).collect();
    if fixed.len() > 1 {
        let mut all: Vec<Fixed> = Vec::new();
        for id in &fixed {
            if let Node::Values(values) = &nodes[id.0 as usize] {
                for value in &values.all {
                    if all.iter().all(|known| known.value != value.value) {
                        all.push(value.clone());
                    }
                }
            }
        }
        let merged = Node::Values(Values { all: all.into() });
        if fixed.len() == branches.len() {
            return merged;
        }
        let id = NodeId(u32::try_from(nodes.len()).unwrap_or(u32::MAX));
        nodes.push(merged);
        let first = branches.iter().position(|branch| *branch == fixed[0]).unwrap_or(0);
        branches[first] = id;
        branches.retain(|branch| !fixed.contains(branch));
    }
    if branches.is_empty() {
        return Node::Never;
    }
    let tag = tag(nodes, &branches);
    Node::Union(UnionNode { branches: branches.into(), tag })
}

/// The property that every object among the branches must have, each with other texts than the rest.
fn tag(nodes: &[Node], branches: &[NodeId]) -> Option<Tag> {
    let objects = branches.iter().filter_map(|id| match &nodes[id.0 as usize] {
        Node::Object(object) => Some((*id, object)),
        _ => None,
    });
    let objects: Vec<_> = objects.collect();
    let (_, first) = objects.first()?;
    if objects.len() < 2 {
        return None;
    }
    first.properties.iter().find_map(|property| {
        let mut texts: Vec<(Box<str>, NodeId)> = Vec::new();
        for (id, object) in &objects {
            let property = object.properties.iter().find(|other| other.name == property.name && other.required)?;
            let Node::Values(values) = &nodes[property.node.0 as usize] else { return None };
            for fixed in &values.all {
                let Tree::Text(text) = &fixed.value else { return None };
                if texts.iter().any(|(known, _)| **known == **text) {
                    return None;
                }
                texts.push((text.as_str().into(), *id));
            }
        }
        Some(Tag { name: property.name.clone(), branches: texts.into() })
    })
}
