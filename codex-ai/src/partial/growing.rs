//! A partial value with what it grows from.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use super::{Cursor, Grow, Incoming};
use crate::json::Leniency;
use crate::schema::Schema;

/// A partial value with what it grows from, whatever its type is: so how it grows is compiled once.
#[derive(Debug)]
pub(crate) struct Growing {
    incoming: Incoming,
    schema: Arc<Schema>,
    partial: Box<dyn AnyPartial>,
}

/// A partial value whatever its type is.
pub(crate) trait AnyPartial: Any + fmt::Debug + Send {
    /// As that of [`Grow`].
    fn grow(&mut self, from: Cursor<'_>) -> bool;
}

impl<P: Grow + Send + 'static> AnyPartial for P {
    fn grow(&mut self, from: Cursor<'_>) -> bool {
        Grow::grow(self, from)
    }
}

/// A partial value that has not begun.
pub(crate) fn pending<P: Grow + Send + 'static>() -> Box<dyn AnyPartial> {
    Box::new(P::default())
}

impl Growing {
    pub(crate) fn new(schema: Arc<Schema>, leniency: Leniency, partial: Box<dyn AnyPartial>) -> Self {
        Self { incoming: Incoming::new(leniency), schema, partial }
    }

    /// All that was pushed.
    pub(crate) fn text(&self) -> &str {
        self.incoming.text()
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

    /// The partial value; `None` where it is of another type.
    pub(crate) fn partial<P: 'static>(&self) -> Option<&P> {
        let partial: &dyn Any = &*self.partial;
        partial.downcast_ref()
    }
}
