//! The checks that a type's author wrote: `#[llm(check = ..)]` and `#[llm(validate = ..)]`.

use std::borrow::Cow;
use std::fmt::{self, Display};

use crate::error::Problem;
use crate::schema::LlmSchema;
use crate::schema::path;

/// A place in a value, and what the checks have found so far. For generated code.
///
/// The place is written out only where something is found, so walking a value costs next to nothing.
pub struct Checks<'a> {
    place: Place<'a>,
    problems: &'a mut Vec<Problem>,
}

#[derive(Clone, Copy)]
struct Place<'a> {
    last: Option<(&'a Place<'a>, Step<'a>)>,
}

#[derive(Clone, Copy)]
enum Step<'a> {
    Field(&'a str),
    Item(usize),
    Entry(&'a dyn Key, usize),
}

/// The key of a map.
trait Key {
    fn text(&self) -> Option<Cow<'_, str>>;
}

impl<K: LlmSchema> Key for K {
    fn text(&self) -> Option<Cow<'_, str>> {
        self.llm_key()
    }
}

/// A value whose type has checks, or has none.
pub trait Checked {
    /// Runs the checks in the value.
    fn check(&self, checks: &mut Checks<'_>);
}

impl<T: LlmSchema> Checked for T {
    fn check(&self, checks: &mut Checks<'_>) {
        self.llm_check(checks);
    }
}

impl Checks<'_> {
    /// Everything that the checks of a type find in a value.
    pub(crate) fn of<T: LlmSchema>(value: &T) -> Vec<Problem> {
        let mut problems = Vec::new();
        value.llm_check(&mut Checks { place: Place { last: None }, problems: &mut problems });
        problems
    }

    /// The field of this name, as serde reads it.
    #[inline]
    pub fn field<'s>(&'s mut self, name: &'s str) -> Checks<'s> {
        self.at(Step::Field(name))
    }

    /// The item at this index.
    #[inline]
    pub fn item(&mut self, index: usize) -> Checks<'_> {
        self.at(Step::Item(index))
    }

    /// Runs the checks in the fields of a struct.
    #[inline(never)]
    pub fn fields(&mut self, fields: &[(&str, &dyn Checked)]) {
        for (name, value) in fields {
            value.check(&mut self.field(name));
        }
    }

    /// The value of a map at this key, which is the one at this index.
    #[inline]
    pub(crate) fn entry<'s, K: LlmSchema>(&'s mut self, key: &'s K, index: usize) -> Checks<'s> {
        self.at(Step::Entry(key, index))
    }

    #[inline]
    fn at<'s>(&'s mut self, step: Step<'s>) -> Checks<'s> {
        Checks { place: Place { last: Some((&self.place, step)) }, problems: self.problems }
    }

    /// Notes what a check says is wrong.
    pub fn found(&mut self, found: impl Found) {
        found.note(self);
    }

    /// Notes a problem whose path begins at this place.
    fn note(&mut self, problem: Problem) {
        self.problems.push(Problem { path: path::join(&self.place.render(), &problem.path), ..problem });
    }
}

impl Place<'_> {
    fn render(&self) -> String {
        let mut steps = Vec::new();
        let mut here = self;
        while let Some((parent, step)) = here.last {
            steps.push(match step {
                Step::Field(name) => (Some(Cow::Borrowed(name)), 0),
                Step::Item(index) => (None, index),
                Step::Entry(key, index) => (key.text(), index),
            });
            here = parent;
        }
        path::render(steps.iter().rev().map(|(key, index)| match key {
            Some(key) => path::Step::Key(key),
            None => path::Step::Index(*index),
        }))
    }
}

impl fmt::Debug for Checks<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Checks").field("place", &self.place.render()).field("problems", &self.problems).finish()
    }
}

/// What a check may say is wrong.
#[diagnostic::on_unimplemented(
    message = "the error of this check cannot be told to a model",
    label = "its error is no text",
    note = "return `Result<(), String>`, or `Vec<codex_ai::Problem>` for several; any type with `Display` will do"
)]
pub trait Found {
    /// Notes it.
    fn note(self, checks: &mut Checks<'_>);
}

/// The error of a check in words.
#[derive(Debug)]
pub struct InWords<E>(E);

/// The error of a check as a list.
#[derive(Debug)]
pub struct Listed(Vec<Problem>);

#[diagnostic::do_not_recommend]
impl<E: Display> Found for InWords<E> {
    fn note(self, checks: &mut Checks<'_>) {
        checks.note(Problem::new("", self.0.to_string()));
    }
}

impl Found for Listed {
    fn note(self, checks: &mut Checks<'_>) {
        for problem in self.0 {
            checks.note(problem);
        }
    }
}

/// What a check gave. `found` is a method of the type itself for a list, and one of [`Words`] for all else: which is meant
/// rustc decides.
#[derive(Debug)]
pub struct Outcome<E>(pub Result<(), E>);

impl Outcome<Vec<Problem>> {
    /// The list.
    pub fn found(self) -> Option<Listed> {
        self.0.err().map(Listed)
    }
}

/// See [`Outcome`].
pub trait Words {
    /// The error.
    type Error;

    /// The error.
    fn found(self) -> Option<InWords<Self::Error>>;
}

impl<E> Words for Outcome<E> {
    type Error = E;

    fn found(self) -> Option<InWords<E>> {
        self.0.err().map(InWords)
    }
}

/// What a check is given: the value of a field, and what is in it where that is an `Option`.
#[derive(Debug)]
pub struct Given<'a, T: ?Sized>(pub &'a T);

impl<'a, T> Given<'a, Option<T>> {
    /// The value, if there is one.
    pub fn value(self) -> Option<&'a T> {
        self.0.as_ref()
    }
}

/// See [`Given`].
pub trait There<'a> {
    /// The type of the value.
    type Value: ?Sized;

    /// The value.
    fn value(self) -> Option<&'a Self::Value>;
}

impl<'a, T: ?Sized> There<'a> for Given<'a, T> {
    type Value = T;

    fn value(self) -> Option<&'a T> {
        Some(self.0)
    }
}
