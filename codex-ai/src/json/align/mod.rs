//! A text read as the value that a schema asks for.
//!
//! A text may hold several values: itself, those in fences and in prose. Each is read at the lowest cost, and the one
//! that is cheapest and follows the schema is the answer; of equals the first.

mod candidates;
mod finish;
mod fit;
mod fold;
mod quick;
mod shape;

use std::borrow::Cow;

use serde::de::IgnoredAny;

use crate::error::Problem;
use crate::json::{Parsed, Raw, Repair, Tree, parser};
use crate::schema::{Schema, WireSchema};
use candidates::Candidate;
use finish::Finished;
use fit::Fitter;
pub(crate) use shape::{ListNode, Node, NodeId, ObjectNode, Rest, Shape, Shown, UnionNode};

/// How many readings of a text are checked against the schema before it is given up.
const MOST_CHECKED: usize = 4;

/// Reads a text as a value of the schema, in the vendor's form or as the type has it. What comes back is JSON that
/// follows the schema; a piece of the text, where that is enough.
///
/// # Errors
/// All problems of the best reading, each with its path.
pub(crate) fn read<'t>(
    schema: &Schema,
    wire: Option<&WireSchema>,
    text: &'t str,
) -> Result<Parsed<Cow<'t, str>>, Vec<Problem>> {
    let wire = wire.filter(|wire| !wire.is_same());
    if wire.is_none()
        && let Some(parsed) = quick::read(schema, text)
    {
        return Ok(parsed);
    }
    let found = parser::parse(text);
    if found.too_deep {
        return Err(vec![Problem::new("", format!("is nested more than {} levels deep", parser::MAX_DEPTH))]);
    }
    let failed = match wire.map(|wire| read_as(schema, wire.shape(), Some(wire), text, &found)) {
        Some(Ok(parsed)) => return Ok(parsed),
        Some(Err(failed)) => Some(failed),
        None => None,
    };
    // A model may not have followed the vendor's form.
    let problems = match (read_as(schema, schema.shape(), None, text, &found), failed) {
        (Ok(parsed), _) => return Ok(parsed),
        (Err(canonical), Some(wire)) if wire.misfits <= canonical.misfits => wire.problems,
        (Err(canonical), _) => canonical.problems,
    };
    if !problems.is_empty() {
        return Err(problems);
    }
    let why = match serde_json::from_str::<IgnoredAny>(text) {
        Err(error) => format!(": {error}"),
        Ok(_) => String::new(),
    };
    Err(vec![Problem::new("", format!("is not JSON and holds none{why}"))])
}

/// The best reading of one value, for values that came one by one. `text` is the one that the value's spans are about.
///
/// # Errors
/// What does not fit, with its path in the value.
pub(crate) fn fit(shape: &Shape, id: NodeId, raw: &Raw, text: &str) -> Result<(Tree, Vec<Repair>), Vec<Problem>> {
    let fit = Fitter::new(shape).fit(id, raw, text);
    let Finished { tree, repairs, problems } = finish::finish(&fit, &[]);
    if fit.rank.misfits == 0 { Ok((tree, repairs)) } else { Err(problems) }
}

struct Failed {
    problems: Vec<Problem>,
    misfits: u32,
}

fn read_as(
    schema: &Schema,
    shape: &Shape,
    wire: Option<&WireSchema>,
    text: &str,
    found: &parser::Found,
) -> Result<Parsed<Cow<'static, str>>, Failed> {
    let mut fitter = Fitter::new(shape);
    let candidates = candidates::of(shape, text, found);
    let mut readings: Vec<_> = candidates
        .iter()
        .map(|candidate| {
            let fit = fitter.fit(shape.root(), candidate.raw(), text);
            (candidate.key(fit.rank), candidate, fit)
        })
        .collect();
    readings.sort_by_key(|(key, ..)| *key);
    let mut failed: Option<Failed> = None;
    for (_, candidate, fit) in readings.into_iter().take(MOST_CHECKED) {
        let misfits = fit.rank.misfits;
        if misfits > 0 && failed.is_some() {
            break;
        }
        let Finished { tree, repairs, problems } = finish::finish(&fit, candidate.notes());
        match checked(schema, wire, tree) {
            Ok(text) if misfits == 0 => return Ok(Parsed { value: text.into(), repairs }),
            Ok(_) => failed = failed.or(Some(Failed { problems, misfits })),
            Err(found) => {
                failed = failed.or_else(|| Some(Failed { problems: finish::with_reasons(found, problems), misfits }));
            }
        }
    }
    Err(failed.unwrap_or(Failed { problems: Vec::new(), misfits: u32::MAX }))
}

/// The value as the type has it, as JSON text.
fn checked(schema: &Schema, wire: Option<&WireSchema>, tree: Tree) -> Result<String, Vec<Problem>> {
    let tree = match wire {
        Some(wire) => wire.decode_tree(tree).map_err(|problem| vec![problem])?,
        None => tree,
    };
    let text = tree.to_string();
    if !schema.is_followed_by(&text) {
        schema.validate(&tree.into())?;
    }
    Ok(text)
}

impl Candidate {
    /// What readings are sorted by.
    fn key(&self, rank: fit::Rank) -> (u32, bool, fit::Rank) {
        let cost = self.notes().iter().map(|kind| kind.cost()).fold(0, u32::saturating_add);
        (rank.misfits, self.is_weak(), rank.and(fit::Rank { cost, ..fit::Rank::default() }))
    }
}
