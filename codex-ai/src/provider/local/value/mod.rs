//! JSON: a value that is valid for a schema, filled from the material as far as rules can.

mod array;
mod format;
mod found;
mod goal;
mod height;
mod number;
mod object;
mod pattern;
mod pieces;
mod prose;
mod scope;
mod string;
mod writer;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::input::Input;
use super::limits::Limits;
use super::source::{Source, shorten};
use super::text;
use super::words;
use crate::error::{Error, ErrorKind, Problem, Result};
use crate::schema::Schema;
use height::Heights;
use scope::Scope;
use writer::Writer;

/// How often a value is made anew with the places changed that the schema refuses, first filled from the material, then
/// from the schema alone.
const ATTEMPTS: usize = 24;

/// A value for the schema, from the material.
///
/// A value is made, checked with [`Schema::validate`], and where that finds a problem the place is filled in another way:
/// the next branch, the next variant, the next text. If that does not help, a value is made from the schema alone.
///
/// # Errors
/// [`ErrorKind::Schema`] if no valid value is found: the schema contradicts itself, needs endless nesting or more than
/// this provider works out. Never an invalid value.
pub(super) fn filled(schema: &Schema, input: &Input, limits: &Limits, source: Source) -> Result<Value> {
    let scope = if source.sentences().is_empty() {
        Scope::of_request(&input.asked)
    } else {
        Scope::new(source, &words::content_stems(&input.task))
    };
    attempts(schema, limits, &scope, false).or_else(|_| plain(schema))
}

/// The plainest value for the schema.
///
/// # Errors
/// As [`filled`].
pub(super) fn plain(schema: &Schema) -> Result<Value> {
    let scope = Scope::new(Source::new(String::new()), &[]);
    attempts(schema, &Limits::default(), &scope, true).map_err(|problems| {
        Error::new(
            ErrorKind::Schema,
            format!("the `local` provider cannot make a value for the schema `{}`", schema.name()),
        )
        .with_help("look for parts of the schema that contradict each other, or use another provider")
        .with_problems(problems)
    })
}

/// The answer to a prompt for JSON without a schema: `{"headline", "points"}`.
pub(super) fn headline_and_points(source: &Source, limits: &Limits) -> Value {
    let ranked = source.ranked(&[]);
    let headline = ranked.first().map_or_else(String::new, |best| prose::headline(&source.sentence(*best)));
    let most = Limits { list: true, ..*limits };
    let points = text::best_sentences(source, &[], &most);
    json!({ "headline": shorten(&headline, string::LONGEST_HEADLINE), "points": points })
}

fn attempts(schema: &Schema, limits: &Limits, scope: &Scope, plain: bool) -> Result<Value, Vec<Problem>> {
    let root = schema.as_value();
    let heights = Heights::of(root);
    let mut detours: BTreeMap<String, usize> = BTreeMap::new();
    let mut problems = Vec::new();
    for _ in 0..ATTEMPTS {
        let mut writer = Writer::new(root, &heights, limits, scope.fresh(), &detours, plain);
        let value = writer.write_root().map_err(|problem| vec![problem])?;
        let exhausted = writer.exhausted;
        match schema.validate(&value) {
            Ok(()) => return Ok(value),
            Err(found) => problems = found,
        }
        for problem in &problems {
            let mut path = problem.path.trim_start_matches('$').trim_start_matches('.');
            while !path.is_empty() && exhausted.contains(path) {
                path = parent(path);
            }
            *detours.entry(path.to_owned()).or_default() += 1;
        }
    }
    Err(problems)
}

/// The path around a path: `points[2].name`, `points[2]`, `points`, nothing.
fn parent(path: &str) -> &str {
    path.rfind(['.', '[']).map_or("", |end| &path[..end])
}
