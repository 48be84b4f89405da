//! A place in a value that is still coming.

use std::marker::PhantomData;

use crate::schema::LlmSchema;

/// A place in a value that is still coming. For generated code.
#[derive(Debug, Clone, Copy)]
pub struct Cursor<'a> {
    place: PhantomData<&'a ()>,
}

impl<'a> Cursor<'a> {
    /// Whether the value here is complete.
    pub fn is_closed(self) -> bool {
        false
    }

    /// The value here, if it is complete and is a `T`.
    pub(crate) fn read<T: LlmSchema>(self) -> Option<T> {
        None
    }

    /// The fields after the first `seen` ones of the object here, by the names that serde reads them by. A field that is
    /// not complete is given again the next time.
    pub fn fields(self, seen: &mut usize) -> impl Iterator<Item = (&'a str, Cursor<'a>)> {
        let _ = seen;
        std::iter::empty()
    }
}
