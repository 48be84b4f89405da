//! A partial value with what it grows from.

use std::sync::Arc;

use super::{Grow, Incoming};
use crate::schema::Schema;

/// A partial value with what it grows from.
#[derive(Debug)]
pub(crate) struct Growing<P> {
    incoming: Incoming,
    schema: Arc<Schema>,
    partial: P,
}

impl<P: Grow> Growing<P> {
    pub(crate) fn new(schema: Arc<Schema>) -> Self {
        Self { incoming: Incoming::default(), schema, partial: P::default() }
    }

    /// Takes in the next piece of the answer, and tells whether anything that is shown has changed.
    pub(crate) fn push(&mut self, piece: &str) -> bool {
        self.incoming.push(piece) && self.grow()
    }

    /// The answer has ended; what waited for more of it is taken in.
    pub(crate) fn end(&mut self) -> bool {
        self.incoming.end();
        self.grow()
    }

    fn grow(&mut self) -> bool {
        let Some(from) = self.incoming.cursor(self.schema.shape()) else { return false };
        (from.is_closed() || from.shows()) && self.partial.grow(from)
    }

    pub(crate) fn partial(&self) -> &P {
        &self.partial
    }
}
