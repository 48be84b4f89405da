//! Checks a value against a schema and finds everything that is wrong.
//!
//! JSON Schema draft 2020-12, with references inside the document. Not known are `$dynamicRef` across documents, the
//! vocabularies and `contentSchema`; keywords with no meaning in the standard are remarks. See [`Format`] for what
//! `format` checks.
//!
//! [`Format`]: super::format

mod check;
mod choice;
mod compile;
mod evaluated;
mod loops;
mod node;
pub(in crate::schema) mod number;
pub(crate) mod path;
pub(super) mod pattern;
mod read;
pub(crate) mod refs;
mod rules;
mod said;
mod scan;
mod text;
pub(super) mod unique;
mod way;
pub(crate) mod words;

use serde_json::Value;

use crate::error::Problem;
use check::Run;
use node::Node;
pub(super) use node::NodeId;
use path::Path;
use way::Ways;

/// A schema worked out for checking.
pub(super) struct Validator {
    nodes: Box<[Node]>,
    ways: Ways,
    refuse: Vec<Problem>,
}

impl Validator {
    /// Works out a schema.
    ///
    /// # Errors
    /// Everything in it that is unusable, each with its path in the schema.
    pub(super) fn compile(schema: &Value) -> Result<Self, Vec<Problem>> {
        let nodes = compile::compile(schema)?;
        Ok(Self { ways: Ways::of_nodes(&nodes), nodes, refuse: Vec::new() })
    }

    /// Works out a schema; where its parts `wanted` are to be found.
    ///
    /// # Errors
    /// As those of [`compile`](Self::compile).
    pub(super) fn compile_parts(schema: &Value, wanted: &[&Value]) -> Result<(Self, Vec<NodeId>), Vec<Problem>> {
        let (nodes, parts) = compile::compile_parts(schema, wanted)?;
        Ok((Self { ways: Ways::of_nodes(&nodes), nodes, refuse: Vec::new() }, parts))
    }

    /// Asks which parts of the schema values follow.
    pub(super) fn probe(&self) -> Probe<'_> {
        Probe { run: Run::new(&self.nodes) }
    }

    /// A validator that finds these problems in every value.
    pub(super) fn refuse_all(problems: Vec<Problem>) -> Self {
        Self { nodes: Box::default(), ways: Ways::none(), refuse: problems }
    }

    /// What is found in every value.
    pub(super) fn refuses(&self) -> &[Problem] {
        &self.refuse
    }

    /// Whether a JSON text is known to follow the schema, with no key twice in an object. It is quick, and does not
    /// tell what is wrong; `false` where it was not found out.
    pub(super) fn is_followed_by(&self, text: &str) -> bool {
        self.refuse.is_empty() && text::follows(&self.nodes, &self.ways, text)
    }

    /// Checks a value.
    ///
    /// # Errors
    /// What is wrong with it, in the order of the value; at most [`check::MOST_PROBLEMS`].
    pub(super) fn validate(&self, value: &Value) -> Result<(), Vec<Problem>> {
        if !self.refuse.is_empty() {
            return Err(self.refuse.clone());
        }
        // Most answers are right, and to know that takes neither paths nor words.
        let mut run = Run::new(&self.nodes);
        if run.check(0, value, &Path::WHOLE).is_continue() && !run.too_deep {
            return Ok(());
        }
        run.explain();
        let _ = run.check(0, value, &Path::WHOLE);
        if run.too_deep {
            return Err(vec![Problem::new("", "is nested too deeply to be checked")]);
        }
        if run.problems.is_empty() {
            run.problems.push(Problem::new("", "does not follow the schema"));
        }
        Err(run.problems)
    }
}

/// Tells which parts of a schema values follow. Its verdicts are remembered by the place of a value in memory, so each
/// value that it is asked of must be there, unchanged, for as long as it is used.
pub(super) struct Probe<'n> {
    run: Run<'n>,
}

impl Probe<'_> {
    /// Whether the value follows this part.
    pub(super) fn accepts(&mut self, part: NodeId, value: &Value) -> bool {
        self.run.is_valid(part, value)
    }
}
