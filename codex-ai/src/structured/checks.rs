//! The checks that a type's author wrote: `#[llm(check = ..)]` and `#[llm(validate = ..)]`.

use std::fmt::Display;

use crate::error::Problem;
use crate::schema::LlmSchema;
use crate::schema::path::{self, Step};

/// What the checks of a value find. For generated code.
#[derive(Debug, Default)]
pub struct Checks {
    path: String,
    problems: Vec<Problem>,
}

impl Checks {
    /// Everything that the checks of a type find in a value.
    #[allow(dead_code)]
    pub(crate) fn of<T: LlmSchema>(value: &T) -> Vec<Problem> {
        let mut checks = Self::default();
        value.check(&mut checks);
        checks.problems
    }

    /// Goes into a field.
    pub fn field(&mut self, name: &str, check: impl FnOnce(&mut Self)) {
        self.at(Step::Key(name), check);
    }

    /// Goes into an item.
    pub fn item(&mut self, index: usize, check: impl FnOnce(&mut Self)) {
        self.at(Step::Index(index), check);
    }

    /// Notes what a check found.
    pub fn result<E: Display>(&mut self, found: Result<(), E>) {
        if let Err(error) = found {
            self.problems.push(Problem::new(self.path.clone(), error.to_string()));
        }
    }

    fn at(&mut self, step: Step<'_>, check: impl FnOnce(&mut Self)) {
        let length = self.path.len();
        path::push(&mut self.path, step);
        check(self);
        self.path.truncate(length);
    }
}
