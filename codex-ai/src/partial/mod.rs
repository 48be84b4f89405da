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
// Without a bound on `T`, so that a field without a schema is one error in a derived type.
#[derive(Default)]
#[non_exhaustive]
pub enum Progress<T, P = <T as LlmSchema>::Partial> {
    /// Nothing of it has come, or nothing that can be shown.
    #[default]
    Pending,
    /// Some of it has come.
    Partial(P),
    /// It is complete and will not change.
    Done(T),
}

/// A partial value. For generated code.
pub trait Grow: Default + std::fmt::Debug {
    /// Takes in what has come since the last time. Whether something can be seen of it.
    fn grow(&mut self, from: Cursor<'_>) -> bool;

    /// Takes in one field of the object, where the value is flattened into another.
    fn grow_field(&mut self, name: &str, at: Cursor<'_>) -> bool {
        let _ = (name, at);
        false
    }
}

/// The partial value of a type that is shown only when it is complete: a number, an enum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Whole;

impl Grow for Whole {
    fn grow(&mut self, _: Cursor<'_>) -> bool {
        false
    }
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
    pub fn grow(&mut self, from: Cursor<'_>) -> bool {
        if self.is_done() {
            return false;
        }
        if from.is_closed() {
            return from.read().map(|value| *self = Self::Done(value)).is_some();
        }
        if let Self::Pending = self {
            *self = Self::Partial(Partial::<T>::default());
        }
        match self {
            Self::Partial(partial) => partial.grow(from),
            _ => false,
        }
    }
}

impl<T, P> std::fmt::Debug for Progress<T, P> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Pending => "Pending",
            Self::Partial(_) => "Partial",
            Self::Done(_) => "Done",
        })
    }
}
