//! A list that is still coming.

use std::fmt;
use std::ops::Deref;

use super::{Cursor, Grow, Progress};
use crate::schema::LlmSchema;

/// A list, or a set, that is still coming. It is used as a slice: only the last item can change, and new ones follow.
///
/// An item that is complete but is no `T` stays [`Progress::Pending`] or [`Progress::Partial`].
pub struct PartialList<T: LlmSchema> {
    items: Vec<Progress<T>>,
    /// How many items are complete.
    seen: usize,
}

impl<T: LlmSchema> PartialList<T> {
    /// The items so far.
    pub fn as_slice(&self) -> &[Progress<T>] {
        &self.items
    }

    /// The items that are complete and of their type, in order.
    pub fn done(&self) -> impl Iterator<Item = &T> {
        self.items.iter().filter_map(Progress::done)
    }
}

impl<T: LlmSchema> Grow for PartialList<T> {
    fn grow(&mut self, from: Cursor<'_>) -> bool {
        let mut changed = false;
        for (index, item) in (self.seen..).zip(from.items(&mut self.seen)) {
            if let Some(known) = self.items.get_mut(index) {
                changed |= known.grow(item);
            } else {
                let mut new = Progress::Pending;
                // One that is complete keeps its place, whatever it is.
                if new.grow(item) || item.is_closed() {
                    self.items.push(new);
                    changed = true;
                }
            }
        }
        changed
    }
}

impl<T: LlmSchema> Deref for PartialList<T> {
    type Target = [Progress<T>];

    fn deref(&self) -> &[Progress<T>] {
        &self.items
    }
}

impl<'a, T: LlmSchema> IntoIterator for &'a PartialList<T> {
    type Item = &'a Progress<T>;
    type IntoIter = std::slice::Iter<'a, Progress<T>>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.iter()
    }
}

impl<T: LlmSchema> Default for PartialList<T> {
    fn default() -> Self {
        Self { items: Vec::new(), seen: 0 }
    }
}

impl<T: LlmSchema> fmt::Debug for PartialList<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.items).finish()
    }
}
