//! One of several: by the tag, else by the lowest cost; declared order breaks ties.

use std::rc::Rc;

use super::{Fit, Fitter, Given};
use crate::json::align::shape::{NodeId, UnionNode};
use crate::json::{Raw, RawKind};

impl Fitter<'_> {
    pub(super) fn union(&mut self, node: &UnionNode, given: Given<'_>) -> Rc<Fit> {
        if let Some(branch) = self.tagged(node, given.raw) {
            return self.value(branch, given);
        }
        let mut best: Option<Rc<Fit>> = None;
        for branch in &node.branches {
            let fit = self.value(*branch, given);
            if fit.rank == super::Rank::default() {
                return fit;
            }
            if best.as_ref().is_none_or(|best| fit.rank < best.rank) {
                best = Some(fit);
            }
        }
        best.unwrap_or_else(|| Rc::new(Fit::wrong(given)))
    }

    /// The branch to which the value's tag leads.
    fn tagged(&self, node: &UnionNode, raw: &Raw) -> Option<NodeId> {
        let tag = node.tag.as_ref()?;
        let RawKind::Object(entries) = &raw.kind else { return None };
        let entry = entries.iter().find(|entry| *entry.key == *tag.name)?;
        self.shape.branch_by_tag(node, entry.value.text()?)
    }
}
