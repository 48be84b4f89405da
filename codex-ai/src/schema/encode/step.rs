//! The plan beside a value that is still coming, one step at a time.

use super::decode;
use super::plan::{Absent, Inner, Node, NodeId, Plan};
use crate::error::Problem;
use crate::json::Tree;

/// How the values at one place are written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Step<'p> {
    /// `None` where everything is written as it is.
    at: Option<(&'p Inner, NodeId)>,
}

/// The shape on the wire, as far as it can be followed while a value is still coming.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(dead_code)]
pub(crate) enum StepKind {
    /// As it is, with all that is in it.
    Same,
    /// An object as an object; see [`Step::property`].
    Object,
    /// A list as a list; see [`Step::item`].
    List,
    /// The one property of an object; see [`Step::inner`].
    Wrapped,
    /// A map as a list of objects with `key` and `value`; see [`Step::entry_value`].
    Entries,
    /// Something that can be read only when it is complete; see [`Step::decode`].
    Other,
}

#[allow(dead_code)]
impl<'p> Step<'p> {
    fn to(plan: &'p Inner, id: NodeId) -> Self {
        Self { at: (!plan.is_same(id)).then_some((plan, id)) }
    }

    fn node(self) -> Option<(&'p Inner, &'p Node)> {
        self.at.map(|(plan, id)| (plan, plan.node(id)))
    }

    /// Whether everything here is written as it is.
    pub(crate) fn is_same(self) -> bool {
        self.at.is_none()
    }

    pub(crate) fn kind(self) -> StepKind {
        match self.node().map(|(_, node)| node) {
            None | Some(Node::Same) => StepKind::Same,
            Some(Node::Object(_)) => StepKind::Object,
            Some(Node::List { first, .. }) if first.is_empty() => StepKind::List,
            Some(Node::Wrapped(_)) => StepKind::Wrapped,
            Some(Node::Map(_)) => StepKind::Entries,
            Some(_) => StepKind::Other,
        }
    }

    /// The property of this name on the wire: its name in the type, and its step. `None` for a key that is none, and for
    /// the property that holds the entries with free keys.
    pub(crate) fn property(self, name: &str) -> Option<(&'p str, Self)> {
        let (plan, Node::Object(object)) = self.node()? else { return None };
        let field = &object.fields[*object.by_name.get(name)?];
        Some((&field.name, Self::to(plan, field.node)))
    }

    /// Whether null at the property of this name says that it is not there.
    pub(crate) fn null_is_absent(self, name: &str) -> bool {
        let Some((_, Node::Object(object))) = self.node() else { return false };
        object.by_name.get(name).is_some_and(|at| object.fields[*at].absent == Absent::Null)
    }

    /// The items of a list.
    pub(crate) fn item(self) -> Option<Self> {
        match self.node()? {
            (plan, Node::List { items, .. }) => Some(Self::to(plan, *items)),
            _ => None,
        }
    }

    /// The property that holds the value, and the value's step.
    pub(crate) fn inner(self) -> Option<(&'p str, Self)> {
        match self.node()? {
            (plan, Node::Wrapped(wrapped)) => Some((&wrapped.name, Self::to(plan, wrapped.node))),
            _ => None,
        }
    }

    /// The value of an entry with this key.
    pub(crate) fn entry_value(self, key: &str) -> Option<Self> {
        match self.node()? {
            (plan, Node::Map(entries)) => Some(Self::to(plan, entries.value(key))),
            _ => None,
        }
    }

    /// A complete value of this place as one of the type.
    ///
    /// # Errors
    /// What would be lost, such as one of two entries with the same key.
    pub(crate) fn decode(self, value: Tree) -> Result<Tree, Problem> {
        match self.at {
            Some((plan, id)) => decode::whole(plan, id, value),
            None => Ok(value),
        }
    }
}

#[allow(dead_code)]
impl Plan {
    /// The step of the whole value.
    pub(crate) fn root(&self) -> Step<'_> {
        Step { at: self.inner().filter(|plan| !plan.is_same(plan.root)).map(|plan| (plan, plan.root)) }
    }
}
