//! What it took to get a value.

use std::time::Duration;

use super::policy::SchemaMode;
use crate::error::{ErrorKind, Problem};
use crate::json::Repair;
use crate::reply::Usage;

/// What it took to get a value, or to fail: every question, its answer's problems, and what it cost.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct Report {
    /// Every question, oldest first.
    pub asks: Vec<Ask>,
    /// What was put right in the answer that became the value.
    pub repairs: Vec<Repair>,
    /// Tokens over all questions, as far as the vendor said.
    pub usage: Usage,
    /// The time from the first request to the value or the error.
    pub elapsed: Duration,
}

/// One question to a model and what came of it.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Ask {
    /// How the model was told the form of the answer; `None` for free text.
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
