//! The text that fields are filled from, and what of it was used already.

use std::collections::HashSet;
use std::rc::Rc;

use crate::provider::local::source::Source;

/// Something in the source that one field at most should carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Fact {
    Sentence(usize),
    Label(usize),
    Number(usize),
    Date(usize),
    Time(usize),
    Name(usize),
    Code(usize),
    Email(usize),
    Url(usize),
    Phone(usize),
    Quote(usize),
}

/// A source in use.
#[derive(Debug, Clone)]
pub(super) struct Scope {
    pub(super) source: Rc<Source>,
    /// The sentences from the most to the least telling.
    pub(super) ranked: Rc<Vec<usize>>,
    /// Whether the text is about one thing, such as a line of a list.
    pub(super) record: bool,
    used: HashSet<Fact>,
    log: Vec<Fact>,
}

impl Scope {
    /// A whole text. `wanted` are the stems of the question.
    pub(super) fn new(source: Source, wanted: &[String]) -> Self {
        let ranked = Rc::new(source.ranked(wanted));
        Self { source: Rc::new(source), ranked, record: false, used: HashSet::new(), log: Vec::new() }
    }

    /// A request without a text: its names and numbers are facts, but its sentences are no answer.
    pub(super) fn of_request(text: &str) -> Self {
        Self { ranked: Rc::default(), ..Self::new(Source::new(text.to_owned()), &[]) }
    }

    /// Whether there are sentences to answer with.
    pub(super) fn has_prose(&self) -> bool {
        !self.ranked.is_empty()
    }

    /// A text about one thing.
    pub(super) fn record(text: &str) -> Self {
        Self { record: true, ..Self::new(Source::new(text.to_owned()), &[]) }
    }

    /// The same with nothing used.
    pub(super) fn fresh(&self) -> Self {
        Self { used: HashSet::new(), log: Vec::new(), ..self.clone() }
    }

    pub(super) fn is_used(&self, fact: Fact) -> bool {
        self.used.contains(&fact)
    }

    pub(super) fn take(&mut self, fact: Fact) {
        if self.used.insert(fact) {
            self.log.push(fact);
        }
    }

    /// A point to go back to.
    pub(super) fn mark(&self) -> usize {
        self.log.len()
    }

    /// Frees what was used since the mark.
    pub(super) fn back_to(&mut self, mark: usize) {
        for fact in self.log.drain(mark..) {
            self.used.remove(&fact);
        }
    }
}
