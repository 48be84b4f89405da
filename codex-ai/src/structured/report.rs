//! What it took to get a value.

use std::fmt;
use std::ops::Deref;
use std::slice;
use std::time::Duration;

use super::policy::SchemaMode;
use crate::error::{Error, ErrorKind, Problem};
use crate::json::Repair;
use crate::reply::{Reply, Usage};

/// What it took to get a value, or to fail: every question, its answer's problems, and what it cost.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct Report {
    /// Every question, oldest first.
    pub asks: Asks,
    /// What was put right in the answer that became the value.
    pub repairs: Vec<Repair>,
    /// Tokens over all questions, as far as the vendor said.
    pub usage: Usage,
    /// The time from the first request to the value or the error.
    pub elapsed: Duration,
    /// What kept the model from being asked again; `None` where nothing had to.
    pub budget: Option<Budget>,
}

/// One question to a model and what came of it.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Ask {
    /// How the model was told the form of the answer; `None` where it was not told.
    pub mode: Option<SchemaMode>,
    /// Why the answer was no value; `None` where it was.
    pub failure: Option<ErrorKind>,
    /// What was wrong with the answer, each with its path.
    pub problems: Vec<Problem>,
    /// Tokens used, where the vendor says.
    pub usage: Option<Usage>,
    /// How long it took.
    pub elapsed: Duration,
}

/// A limit of [`StructuredOutput`](crate::StructuredOutput) on further questions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Budget {
    /// [`max_reasks`](crate::StructuredOutput::max_reasks).
    Reasks,
    /// [`max_total_tokens`](crate::StructuredOutput::max_total_tokens).
    TotalTokens,
    /// [`deadline`](crate::StructuredOutput::deadline).
    Deadline,
}

/// The questions of a call, oldest first; a slice of [`Ask`].
#[derive(Clone, Default)]
pub struct Asks(Held);

/// Mostly there is one, and it needs no place of its own.
#[derive(Clone, Default)]
enum Held {
    #[default]
    None,
    One(Ask),
    More(Vec<Ask>),
}

impl Report {
    /// That of an answer that was streamed, and asked for once.
    pub(crate) fn of_stream(reply: &Reply, error: Option<&Error>, repairs: Vec<Repair>, elapsed: Duration) -> Self {
        let ask = Ask {
            mode: reply.schema_mode,
            failure: error.map(Error::kind),
            problems: error.map(|error| error.problems().to_vec()).unwrap_or_default(),
            usage: reply.usage,
            elapsed,
        };
        Self { asks: Asks(Held::One(ask)), repairs, usage: reply.usage.unwrap_or_default(), elapsed, budget: None }
    }
}

impl Asks {
    pub(super) fn push(&mut self, ask: Ask) {
        self.0 = match std::mem::take(&mut self.0) {
            Held::None => Held::One(ask),
            Held::One(first) => Held::More(vec![first, ask]),
            Held::More(mut asks) => {
                asks.push(ask);
                Held::More(asks)
            }
        };
    }
}

impl Deref for Asks {
    type Target = [Ask];

    fn deref(&self) -> &[Ask] {
        match &self.0 {
            Held::None => &[],
            Held::One(ask) => slice::from_ref(ask),
            Held::More(asks) => asks,
        }
    }
}

impl<'a> IntoIterator for &'a Asks {
    type Item = &'a Ask;
    type IntoIter = slice::Iter<'a, Ask>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl PartialEq for Asks {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl fmt::Debug for Asks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self).finish()
    }
}
