//! Schemas that would be applied to the same value for ever, such as `{"$ref": "#"}`.

use super::node::{Node, NodeId};

/// A node from which the same value leads back to it, if there is one.
pub(super) fn find(nodes: &[Node]) -> Option<NodeId> {
    #[derive(Clone, Copy, PartialEq)]
    enum State {
        New,
        Open,
        Done,
    }
    let mut states = vec![State::New; nodes.len()];
    for start in 0..nodes.len() {
        // A stack of its own: what is still to be visited from each node on the way.
        let mut way: Vec<(NodeId, Vec<NodeId>)> = Vec::new();
        if states[start] == State::New {
            states[start] = State::Open;
            way.push((start, same_value(&nodes[start])));
        }
        while let Some((id, rest)) = way.last_mut() {
            match rest.pop() {
                Some(next) if states[next] == State::Open => return Some(next),
                Some(next) if states[next] == State::New => {
                    states[next] = State::Open;
                    way.push((next, same_value(&nodes[next])));
                }
                Some(_) => {}
                None => {
                    states[*id] = State::Done;
                    way.pop();
                }
            }
        }
    }
    None
}

/// The nodes that a node applies to the value it is applied to itself.
fn same_value(node: &Node) -> Vec<NodeId> {
    let mut next: Vec<_> = node.reference.into_iter().collect();
    if let Some(combined) = &node.combined {
        next.extend(combined.all.iter().chain(&combined.any).chain(&combined.one));
        next.extend([combined.not, combined.condition, combined.then, combined.otherwise].into_iter().flatten());
    }
    if let Some(objects) = &node.objects {
        next.extend(objects.schema_with.iter().map(|(_, id)| *id));
    }
    next
}
