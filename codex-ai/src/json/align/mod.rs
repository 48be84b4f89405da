//! A text read as the value that a schema asks for.

mod fold;
mod shape;

#[allow(unused_imports)]
pub(crate) use shape::{Fixed, ListNode, Node, NodeId, ObjectNode, Property, Rest, Shape, Shown, UnionNode, Values};
