//! Lists.

use super::{Fit, Fitter, Given, MOST_WRAPS};
use crate::json::align::shape::{ListNode, NodeId};
use crate::json::{RawKind, RepairKind};

impl Fitter<'_> {
    pub(super) fn list(&mut self, id: NodeId, node: &ListNode, given: Given<'_>) -> Fit {
        match &given.raw.kind {
            RawKind::List(items) => {
                let items = items.iter().enumerate().map(|(index, raw)| {
                    let given = Given { raw, wraps: 0, ..given };
                    match node.item(index) {
                        Some(id) => self.value(id, given),
                        None => std::rc::Rc::new(Fit::wrong_because(given, "is one item too many")),
                    }
                });
                Fit::list(items.collect())
            }
            RawKind::Bare(text) if text.is_empty() || text == "null" || text == "None" => {
                Fit::list(Vec::new()).noted(RepairKind::Emptied)
            }
            _ => self.list_of_other(id, node, given),
        }
    }

    /// A list that was given a name of its own: `{"items": [..]}`.
    fn named_list(&mut self, id: NodeId, given: Given<'_>) -> Option<Fit> {
        let RawKind::Object(entries) = &given.raw.kind else { return None };
        let [entry] = entries.as_slice() else { return None };
        let RawKind::List(items) = &entry.value.kind else { return None };
        if items.is_empty() {
            return None;
        }
        let fit = self.value(id, Given { raw: &entry.value, wraps: given.wraps + 1, ..given });
        (fit.rank.misfits == 0).then(|| fit.again().noted(RepairKind::FromObject))
    }

    fn list_of_other(&mut self, list: NodeId, node: &ListNode, given: Given<'_>) -> Fit {
        if let RawKind::Quoted(text) = &given.raw.kind
            && text.trim_start().starts_with('[')
            && let Some(fit) = self.inside_text(list, given)
        {
            return fit;
        }
        // A single value of a tuple is not one of a list.
        match node.rest {
            Some(id) if node.first.is_empty() && given.wraps < MOST_WRAPS => {
                let item = self.value(id, Given { wraps: given.wraps + 1, ..given });
                if item.rank.misfits > 0 {
                    return self.named_list(list, given).unwrap_or_else(|| Fit::wrong(given));
                }
                Fit::list(vec![item]).noted(RepairKind::ToList)
            }
            _ => Fit::wrong(given),
        }
    }
}
