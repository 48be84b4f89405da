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
use std::rc::Rc;

use serde::de::IgnoredAny;

use crate::error::Problem;
use crate::json::{Parsed, Raw, Repair, Tree, parser};
use crate::schema::{Schema, WireSchema};
use candidates::Candidate;
use finish::Finished;
use fit::{Fit, Fitter};
pub(crate) use shape::{ListNode, Node, NodeId, ObjectNode, Rest, Shape, Shown, UnionNode};

/// How many readings of a text are checked against the schema before it is given up.
const MOST_CHECKED: usize = 4;

/// How many reasons are told with their path in a value of the type: each is found by a walk of its own.
const MOST_MEANT: usize = 100;

/// Why a text is no value, and what comes nearest to one.
pub(crate) struct Unread {
    /// All problems of the best reading, each with its path in a value of the type.
    pub(crate) problems: Vec<Problem>,
    /// The best reading as a value of the type, as far as it is one.
    pub(crate) value: Option<Tree>,
    /// The same as the vendor has it, where that is another form.
    pub(crate) written: Option<Tree>,
}

/// Reads a text as a value of the schema, in the vendor's form or as the type has it. What comes back is JSON that
/// follows the schema; a piece of the text, where that is enough.
///
/// # Errors
/// All problems of the best reading.
pub(crate) fn read<'t>(
    schema: &Schema,
    wire: Option<&WireSchema>,
    text: &'t str,
) -> Result<Parsed<Cow<'t, str>>, Unread> {
    let wire = wire.filter(|wire| !wire.is_same());
    if wire.is_none()
        && let Some(parsed) = quick::read(schema, text)
    {
        return Ok(parsed);
    }
    let found = parser::parse(text);
    if found.too_deep {
        return Err(Problem::new("", format!("is nested more than {} levels deep", parser::MAX_DEPTH)).into());
    }
    let failed = match wire.map(|wire| read_as(schema, wire.shape(), Some(wire), text, &found)) {
        Some(Ok(parsed)) => return Ok(parsed),
        Some(Err(failed)) => Some(failed),
        None => None,
    };
    // A model may not have followed the vendor's form.
    let unread = match (read_as(schema, schema.shape(), None, text, &found), failed) {
        (Ok(parsed), _) => return Ok(parsed),
        (Err(canonical), Some(wire)) if wire.misfits <= canonical.misfits => wire.unread,
        (Err(canonical), _) => canonical.unread,
    };
    if !unread.problems.is_empty() {
        return Err(unread);
    }
    let why = match serde_json::from_str::<IgnoredAny>(text) {
        Err(error) => format!(": {error}"),
        Ok(_) => String::new(),
    };
    Err(Problem::new("", format!("is not JSON and holds none{why}")).into())
}

/// What was read as a value in the vendor's form, as it was written; for texts that [`read`] gives a value for.
pub(crate) fn written(schema: &Schema, wire: &WireSchema, text: &str) -> Option<Tree> {
    let found = parser::parse(text);
    let shape = wire.shape();
    let candidates = candidates::of(shape, text, &found);
    let mut fitter = Fitter::new(shape);
    let mut readings = readings(&mut fitter, shape.root(), &candidates, text).into_iter().take(MOST_CHECKED);
    readings.find_map(|(_, candidate, fit)| {
        let Finished { tree, .. } = finish::finish(&fit, candidate.notes());
        (fit.rank.misfits == 0 && checked(schema, Some(wire), tree.clone()).is_ok()).then_some(tree)
    })
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

impl From<Problem> for Unread {
    fn from(problem: Problem) -> Self {
        Self { problems: vec![problem], value: None, written: None }
    }
}

struct Failed {
    unread: Unread,
    misfits: u32,
}

/// The readings of a text, the best first.
type Readings<'c> = Vec<((u32, bool, fit::Rank), &'c Candidate, Rc<Fit>)>;

fn readings<'c>(fitter: &mut Fitter<'_>, root: NodeId, candidates: &'c [Candidate], text: &str) -> Readings<'c> {
    let mut readings: Readings<'c> = candidates
        .iter()
        .map(|candidate| {
            let fit = fitter.fit(root, candidate.raw(), text);
            (candidate.key(fit.rank), candidate, fit)
        })
        .collect();
    readings.sort_by_key(|(key, ..)| *key);
    readings
}

fn read_as(
    schema: &Schema,
    shape: &Shape,
    wire: Option<&WireSchema>,
    text: &str,
    found: &parser::Found,
) -> Result<Parsed<Cow<'static, str>>, Failed> {
    let candidates = candidates::of(shape, text, found);
    let mut fitter = Fitter::new(shape);
    let mut failed: Option<Failed> = None;
    for (_, candidate, fit) in readings(&mut fitter, shape.root(), &candidates, text).into_iter().take(MOST_CHECKED) {
        let misfits = fit.rank.misfits;
        if misfits > 0 && failed.is_some() {
            break;
        }
        let Finished { tree, repairs, problems } = finish::finish(&fit, candidate.notes());
        let problems = match checked(schema, wire, tree) {
            Ok(text) if misfits == 0 => return Ok(Parsed { value: text.into(), repairs }),
            _ if failed.is_some() => continue,
            checked => (checked.err(), problems),
        };
        let tree = finish::finish(&fit, candidate.notes()).tree;
        failed = Some(Failed { unread: unread(wire, tree, problems), misfits });
    }
    let none = Unread { problems: Vec::new(), value: None, written: None };
    Err(failed.unwrap_or(Failed { unread: none, misfits: u32::MAX }))
}

/// What a reading comes to that is no value: what the check of it found, if it ran, and what did not fit.
fn unread(wire: Option<&WireSchema>, tree: Tree, (found, mut unfit): (Option<Vec<Problem>>, Vec<Problem>)) -> Unread {
    let (value, written) = match wire {
        None => (Some(tree), None),
        Some(wire) => {
            // What did not fit has its path in what was written.
            unfit.iter_mut().take(MOST_MEANT).for_each(|problem| wire.tell_meant(problem, &tree));
            (wire.decode_tree(tree.clone()).ok(), Some(tree))
        }
    };
    let problems = match found {
        Some(found) => finish::with_reasons(found, unfit),
        None => unfit,
    };
    Unread { problems, value, written }
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
