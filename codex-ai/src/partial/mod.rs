//! Values that are still coming.
//!
//! A stream of JSON is read once, and a typed value grows with it: `Partial<Summary>` has the fields of `Summary`, each a
//! [`Progress`].

mod cursor;

pub use cursor::Cursor;

use crate::schema::LlmSchema;

/// A `T` that is still coming: for a struct, the same fields, each a [`Progress`].
pub type Partial<T> = <T as LlmSchema>::Partial;

/// How far a part of a value has come.
#[derive(Default)]
#[non_exhaustive]
pub enum Progress<T: LlmSchema> {
    /// Nothing of it has come, or nothing that can be shown.
    #[default]
    Pending,
    /// Some of it has come.
    Partial(Partial<T>),
    /// It is complete and will not change.
    Done(T),
}

/// A partial value. For generated code.
pub trait Grow: Default + Send + 'static {
    /// Takes in what has come since the last time.
    fn grow(&mut self, from: Cursor<'_>);
}

/// The partial value of a type that is shown only when it is complete: a number, an enum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Whole;

impl Grow for Whole {
    fn grow(&mut self, _: Cursor<'_>) {}
}

impl<T: LlmSchema> Progress<T> {
    /// The value, once it is complete.
    pub fn done(&self) -> Option<&T> {
        match self {
            Self::Done(value) => Some(value),
            _ => None,
        }
    }

    /// What has come, while it is not complete.
    pub fn partial(&self) -> Option<&Partial<T>> {
        match self {
            Self::Partial(partial) => Some(partial),
            _ => None,
        }
    }

    /// Whether it is complete.
    pub fn is_done(&self) -> bool {
        matches!(self, Self::Done(_))
    }

    /// Takes in what has come since the last time.
    pub fn grow(&mut self, from: Cursor<'_>) {
        if self.is_done() {
            return;
        }
        if from.is_closed() {
            if let Some(value) = from.read() {
                *self = Self::Done(value);
            }
            return;
        }
        if let Self::Pending = self {
            *self = Self::Partial(Partial::<T>::default());
        }
        if let Self::Partial(partial) = self {
            partial.grow(from);
        }
    }
}

impl<T: LlmSchema> std::fmt::Debug for Progress<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Pending => "Pending",
            Self::Partial(_) => "Partial",
            Self::Done(_) => "Done",
        })
    }
}
