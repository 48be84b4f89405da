//! A partial value with what it grows from.

use std::sync::Arc;

use std::any::Any;

use super::{Grow, Incoming};
use crate::json::Leniency;
use crate::schema::Schema;

/// A partial value with what it grows from.
#[derive(Debug)]
pub(crate) struct Growing<P> {
    incoming: Incoming,
    schema: Arc<Schema>,
    partial: P,
}

/// A [`Growing`] whatever its partial value is.
pub(crate) trait AnyGrowing: Any + Send {
    /// All that was pushed.
    fn text(&self) -> &str;
}

impl<P: Send + 'static> AnyGrowing for Growing<P> {
    fn text(&self) -> &str {
        self.incoming.text()
    }
}

impl<P: Grow> Growing<P> {
    pub(crate) fn new(schema: Arc<Schema>, leniency: Leniency) -> Self {
        Self { incoming: Incoming::new(leniency), schema, partial: P::default() }
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
