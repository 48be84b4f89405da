//! A value as it was written, read as what a schema asks for, at the lowest cost.
//!
//! Every pair of a place in the schema and a value is worked out once, so the work is at most the size of the schema
//! times that of the text, however unions are nested. No step goes deeper than the parser does.

mod choice;
mod list;
mod looks;
mod mistakes;
mod number;
mod object;
mod scalar;
mod union;

use std::collections::HashMap;
use std::rc::Rc;

use super::shape::{Node, NodeId, Shape};
use crate::json::parser::{self, Found};
use crate::json::{Raw, RawKind, RepairKind, Tree};

pub(super) use looks::by_looks;

/// How often a value may be put into a list or an object that was not written before that is no reading any more.
const MOST_WRAPS: u8 = 3;

/// How deep texts of JSON inside texts of JSON are read.
const MOST_INNER: u8 = 2;

/// A reading of a value.
#[derive(Debug)]
pub(super) struct Fit {
    pub(super) rank: Rank,
    pub(super) what: What,
    /// What was put right in this value itself.
    pub(super) notes: Vec<Note>,
}

/// How good a reading is, the lowest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) struct Rank {
    /// How much is not as the schema wants it.
    pub(super) misfits: u32,
    /// The cost of the repairs.
    pub(super) cost: u32,
    /// What is no mistake, and yet makes another reading likelier.
    pub(super) slack: u32,
}

#[derive(Debug)]
pub(super) enum What {
    /// A value that has no parts with repairs.
    Plain(Tree),
    List(Vec<Rc<Fit>>),
    Object(Vec<(String, Rc<Fit>)>),
    /// No value of the schema: what was written, and why it is wrong where that is more than its type.
    Wrong(Tree, Option<String>),
}

/// A repair, its path relative to the value.
#[derive(Debug, Clone)]
pub(super) struct Note {
    pub(super) kind: RepairKind,
    /// The key that it is about.
    pub(super) key: Option<String>,
}

/// Reads values by a shape.
pub(super) struct Fitter<'s> {
    shape: &'s Shape,
    known: HashMap<(NodeId, *const Raw, u8), Rc<Fit>>,
    /// The JSON inside texts. It is kept, so that no address in `known` comes to mean another value.
    inner: HashMap<*const Raw, Rc<Inner>>,
}

/// A text with the values it holds.
struct Inner {
    text: String,
    found: Found,
}

/// A value with the text that its spans are about.
#[derive(Clone, Copy)]
struct Given<'r> {
    raw: &'r Raw,
    text: &'r str,
    /// Wraps around this value, and the texts it is inside of.
    wraps: u8,
    inner: u8,
}

impl<'s> Fitter<'s> {
    pub(super) fn new(shape: &'s Shape) -> Self {
        Self { shape, known: HashMap::new(), inner: HashMap::new() }
    }

    /// The best reading of a value. All values given to one fitter must live as long as it does.
    pub(super) fn fit(&mut self, id: NodeId, raw: &Raw, text: &str) -> Rc<Fit> {
        self.value(id, Given { raw, text, wraps: 0, inner: 0 })
    }

    fn value(&mut self, id: NodeId, given: Given<'_>) -> Rc<Fit> {
        let keep = matches!(given.raw.kind, RawKind::List(_) | RawKind::Object(_) | RawKind::Quoted(_));
        let key = (id, std::ptr::from_ref(given.raw), given.wraps);
        if keep && let Some(fit) = self.known.get(&key) {
            return Rc::clone(fit);
        }
        let mut fit = match self.shape.node(id) {
            Node::Union(node) => return self.union(node, given),
            Node::Any => Fit::plain(by_looks(given.raw)).noted_all(mistakes::below(given.raw)),
            Node::Never => Fit::wrong(given),
            Node::Null => scalar::null(given),
            Node::Bool => self.bool(given),
            Node::Integer => self.number(given, true),
            Node::Number => self.number(given, false),
            Node::Text => scalar::text(given),
            Node::Values(values) => self.choice(id, values, given),
            Node::List(node) => self.list(id, node, given),
            Node::Object(node) => self.object(id, node, given),
        };
        mistakes::note(given.raw, &mut fit);
        let fit = Rc::new(fit);
        if keep {
            self.known.insert(key, Rc::clone(&fit));
        }
        fit
    }

    /// The best reading of JSON that a text holds.
    fn inside_text(&mut self, id: NodeId, given: Given<'_>) -> Option<Fit> {
        let RawKind::Quoted(text) = &given.raw.kind else { return None };
        if given.inner >= MOST_INNER || !text.contains(['{', '[']) {
            return None;
        }
        let address = std::ptr::from_ref(given.raw);
        let inner = self.inner.entry(address).or_insert_with(|| {
            let found = parser::parse(text);
            Rc::new(Inner { text: text.clone(), found })
        });
        let inner = Rc::clone(inner);
        let mut best: Option<Rc<Fit>> = None;
        for value in inner.found.values.iter().take(4) {
            let given = Given { raw: &value.raw, text: &inner.text, wraps: given.wraps, inner: given.inner + 1 };
            let fit = self.value(id, given);
            if best.as_ref().is_none_or(|best| fit.rank < best.rank) {
                best = Some(fit);
            }
        }
        let best = best.filter(|best| best.rank.misfits == 0)?;
        Some(best.again().noted(RepairKind::FromText))
    }

    /// The only item of a list that fits, where a single value belongs.
    fn inside_list(&mut self, id: NodeId, given: Given<'_>) -> Option<Fit> {
        let RawKind::List(items) = &given.raw.kind else { return None };
        let mut fitting = None;
        for raw in items {
            let fit = self.value(id, Given { raw, wraps: 0, ..given });
            if fit.rank.misfits == 0 && fitting.replace(fit).is_some() {
                return Some(Fit::wrong_because(given, "is a list with several values, where one belongs"));
            }
        }
        Some(fitting?.again().noted(RepairKind::FromList))
    }
}

impl Fit {
    pub(super) fn plain(tree: Tree) -> Self {
        Self { rank: Rank::default(), what: What::Plain(tree), notes: Vec::new() }
    }

    fn wrong(given: Given<'_>) -> Self {
        let misfits = match &given.raw.kind {
            RawKind::List(_) | RawKind::Object(_) => 8,
            RawKind::Bare(_) | RawKind::Quoted(_) => 4,
        };
        let rank = Rank { misfits, ..Rank::default() };
        Self { rank, what: What::Wrong(by_looks(given.raw), None), notes: Vec::new() }
    }

    fn wrong_because(given: Given<'_>, why: impl Into<String>) -> Self {
        let mut fit = Self::wrong(given);
        if let What::Wrong(_, reason) = &mut fit.what {
            *reason = Some(why.into());
        }
        fit
    }

    /// The same reading, to have further notes.
    fn again(&self) -> Self {
        let what = match &self.what {
            What::Plain(tree) => What::Plain(tree.clone()),
            What::List(items) => What::List(items.clone()),
            What::Object(entries) => What::Object(entries.clone()),
            What::Wrong(tree, why) => What::Wrong(tree.clone(), why.clone()),
        };
        Self { rank: self.rank, what, notes: self.notes.clone() }
    }

    pub(super) fn noted(mut self, kind: RepairKind) -> Self {
        self.note(kind, None);
        self
    }

    fn noted_all(mut self, kinds: impl IntoIterator<Item = RepairKind>) -> Self {
        for kind in kinds {
            self.note(kind, None);
        }
        self
    }

    fn note(&mut self, kind: RepairKind, key: Option<String>) {
        // Each sort of repair once for a value; its costs, too.
        if key.is_none() && self.notes.iter().any(|note| note.kind == kind && note.key.is_none()) {
            return;
        }
        self.rank.cost = self.rank.cost.saturating_add(kind.cost());
        self.notes.push(Note { kind, key });
    }

    fn list(items: Vec<Rc<Self>>) -> Self {
        let rank = items.iter().fold(Rank::default(), |rank, item| rank.and(item.rank));
        Self { rank, what: What::List(items), notes: Vec::new() }
    }
}

impl Rank {
    pub(super) fn and(self, other: Self) -> Self {
        Self {
            misfits: self.misfits.saturating_add(other.misfits),
            cost: self.cost.saturating_add(other.cost),
            slack: self.slack.saturating_add(other.slack),
        }
    }
}
