//! From a reading to the value, its repairs and its problems.

use super::fit::{Fit, What};
use crate::error::Problem;
use crate::json::{Repair, RepairKind, Tree};
use crate::schema::path::{self, Step};

pub(super) struct Finished {
    pub(super) tree: Tree,
    pub(super) repairs: Vec<Repair>,
    /// What does not fit and why, as far as that is more than a check of the value would tell.
    pub(super) problems: Vec<Problem>,
}

/// Writes out a reading; `notes` are what was done before it.
pub(super) fn finish(fit: &Fit, notes: &[RepairKind]) -> Finished {
    let mut run = Run { path: String::new(), repairs: Vec::new(), problems: Vec::new() };
    for kind in notes {
        run.repair(*kind);
    }
    let tree = run.tree(fit);
    if fit.rank.misfits > 0 && run.problems.is_empty() {
        run.problem(GENERAL);
    }
    Finished { tree, repairs: run.repairs, problems: run.problems }
}

/// The problems of a check, those for which a reason is known with that.
pub(super) fn with_reasons(mut found: Vec<Problem>, reasons: Vec<Problem>) -> Vec<Problem> {
    for reason in reasons {
        if reason.message == GENERAL {
            continue;
        }
        match found.iter_mut().find(|problem| problem.path == reason.path) {
            Some(problem) => problem.message = format!("{}; it {}", problem.message, reason.message),
            None => found.push(reason),
        }
    }
    found
}

const GENERAL: &str = "is not what the schema asks for";

/// More reasons than this are not kept: each is looked for among all problems.
const MOST_PROBLEMS: usize = 1_000;

struct Run {
    path: String,
    repairs: Vec<Repair>,
    problems: Vec<Problem>,
}

impl Run {
    fn tree(&mut self, fit: &Fit) -> Tree {
        for note in &fit.notes {
            match &note.key {
                Some(key) => self.at(Step::Key(key), |run| run.repair(note.kind)),
                None => self.repair(note.kind),
            }
        }
        match &fit.what {
            What::Plain(tree) => tree.clone(),
            What::List(items) => Tree::List(
                items
                    .iter()
                    .enumerate()
                    .map(|(index, item)| self.at(Step::Index(index), |run| run.tree(item)))
                    .collect(),
            ),
            What::Object(entries) => Tree::Object(
                entries
                    .iter()
                    .map(|(key, value)| (key.clone(), self.at(Step::Key(key), |run| run.tree(value))))
                    .collect(),
            ),
            What::Wrong(tree, why) => {
                if let Some(why) = why {
                    self.problem(why);
                }
                tree.clone()
            }
        }
    }

    fn at<T>(&mut self, step: Step<'_>, run: impl FnOnce(&mut Self) -> T) -> T {
        let length = self.path.len();
        path::push(&mut self.path, step);
        let done = run(self);
        self.path.truncate(length);
        done
    }

    fn here(&self) -> String {
        if self.path.is_empty() { "$".to_owned() } else { self.path.clone() }
    }

    fn repair(&mut self, kind: RepairKind) {
        self.repairs.push(Repair { path: self.here(), kind, cost: kind.cost() });
    }

    fn problem(&mut self, why: &str) {
        if self.problems.len() < MOST_PROBLEMS {
            self.problems.push(Problem::new(self.here(), why.to_owned()));
        }
    }
}
