//! Partial values as JSON, for schemas that are known at run time only.

use std::fmt;
use std::sync::{Arc, LazyLock};

use serde_json::Value;

use super::{Incoming, scalar, snapshot};
use crate::json::align::Shape;
use crate::schema::Schema;

/// Reads JSON that is still coming, piece by piece, and shows at any time what there is of it.
///
/// Each byte is read once; a [`snapshot`](Self::snapshot) costs as much as the value is large.
///
/// ```
/// use codex_ai::partial::PartialReader;
/// use serde_json::json;
///
/// let mut reader = PartialReader::any();
/// reader.push(r#"Here it is: {"points": ["The bri"#);
/// assert_eq!(reader.snapshot(), Some(json!({ "points": ["The bri"] })));
/// reader.push(r#"dge opened.", "It c"#);
/// assert_eq!(reader.snapshot(), Some(json!({ "points": ["The bridge opened.", "It c"] })));
/// ```
pub struct PartialReader {
    incoming: Incoming,
    schema: Option<Arc<Schema>>,
}

/// The shape of anything.
static ANY: LazyLock<Shape> = LazyLock::new(|| Shape::of(&Value::Bool(true)));

impl PartialReader {
    /// A reader of values that follow a schema.
    pub fn new(schema: impl Into<Arc<Schema>>) -> Self {
        Self { incoming: Incoming::default(), schema: Some(schema.into()) }
    }

    /// A reader of any JSON. Without a schema everything is shown as it comes, numbers and literals too, whose end was not
    /// seen yet.
    pub fn any() -> Self {
        Self { incoming: Incoming::default(), schema: None }
    }

    /// Takes in the next piece of the text.
    pub fn push(&mut self, piece: &str) {
        self.incoming.push(piece);
    }

    /// As [`snapshot`](Self::snapshot), for a text of which no more will come: a quote at its end is a closing one, which
    /// may be part of the text where more follows.
    pub fn finish(mut self) -> Option<Value> {
        self.incoming.end();
        self.snapshot()
    }

    /// What has come so far; `None` where nothing has that can be shown.
    ///
    /// With a schema: an object has all its properties, those that have not come as `null`, `[]` or `{}`. A number, a
    /// boolean and one of an enum is there once what follows shows that it is complete; an item of a list that cannot be
    /// shown yet is left out. `"x-stream-done": true` in the schema keeps a value back until it is complete,
    /// `"x-stream-not-null": true` keeps back what holds the value while that is missing, and with
    /// `"x-stream-with-state": true` the value is an object of `value` and `state`: `Pending`, `Incomplete` or `Complete`.
    ///
    /// Nothing is checked before the text is complete.
    pub fn snapshot(&self) -> Option<Value> {
        match &self.schema {
            Some(schema) => snapshot::of(self.incoming.cursor(schema.shape())?),
            None => match self.incoming.cursor(&ANY) {
                Some(at) => snapshot::of_any(at),
                None => scalar::so_far(self.incoming.text().trim()),
            },
        }
    }
}

impl Schema {
    /// What there is of a value in a text that was cut off, as [`PartialReader::snapshot`] shows it.
    pub fn read_partial(&self, text: &str) -> Option<Value> {
        let mut incoming = Incoming::default();
        incoming.push(text);
        incoming.end();
        snapshot::of(incoming.cursor(self.shape())?)
    }
}

impl fmt::Debug for PartialReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PartialReader").finish_non_exhaustive()
    }
}
