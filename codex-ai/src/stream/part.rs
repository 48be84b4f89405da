//! One part of an answer, by its path.

use std::sync::Arc;

use super::Pieces;
use crate::error::{Error, ErrorKind, Result};
use crate::json::Leniency;
use crate::json::align::{Node, NodeId, Shape};
use crate::partial::{Cursor, Incoming};
use crate::schema::Schema;
use crate::suggest::nearest;

/// Leads to one part of an answer while it comes, without going over what came before.
#[derive(Debug)]
pub(super) struct Part {
    incoming: Incoming,
    schema: Arc<Schema>,
    /// The names of the fields that lead to it.
    names: Vec<String>,
    /// The places of those fields that were found, in the objects that hold them.
    found: Vec<usize>,
    /// How many fields of the last object were looked at.
    seen: usize,
    leniency: Leniency,
    /// The text that it is in, of those that a model says between its calls of tools.
    round: usize,
}

impl Part {
    /// The whole value.
    pub(super) fn whole(schema: &Arc<Schema>, leniency: Leniency) -> Self {
        Self {
            incoming: Incoming::new(leniency),
            schema: Arc::clone(schema),
            names: Vec::new(),
            found: Vec::new(),
            seen: 0,
            leniency,
            round: 0,
        }
    }

    /// Forgets all that came, where the text has begun again; tells whether it has.
    pub(super) fn follow(&mut self, round: usize) -> bool {
        if self.round == round {
            return false;
        }
        self.round = round;
        self.incoming = Incoming::new(self.leniency);
        self.found.clear();
        self.seen = 0;
        true
    }

    /// The part at a path, `points` or `report.points`; the whole value where it is empty.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArguments`] if the schema has no such field, or if it `is` not what is asked for.
    pub(super) fn new(
        schema: &Arc<Schema>,
        path: &str,
        what: &str,
        leniency: Leniency,
        is: impl Fn(&Node) -> bool,
    ) -> Result<Self> {
        let shape = schema.shape();
        let names: Vec<String> = path.split('.').filter(|name| !name.is_empty()).map(str::to_owned).collect();
        let mut at = present(shape, shape.root());
        for name in &names {
            at = present(shape, field(shape, at, name).map_err(|error| wrong(schema, path, error))?);
        }
        if !is(shape.node(at)) {
            return Err(wrong(schema, path, (format!("`{path}` is no {what}"), None)));
        }
        Ok(Self { names, ..Self::whole(schema, leniency) })
    }

    pub(super) fn push(&mut self, piece: &str) {
        self.incoming.push(piece);
    }

    pub(super) fn end(&mut self) {
        self.incoming.end();
    }

    /// The part, once it has begun.
    pub(super) fn cursor(&mut self) -> Option<Cursor<'_>> {
        let mut at = self.incoming.cursor(self.schema.shape())?;
        for index in &self.found {
            at = at.entry(*index)?.1;
        }
        while let Some(name) = self.names.get(self.found.len()) {
            let (field, next) = loop {
                let (field, next) = at.entry(self.seen)?;
                if field == name {
                    break (self.seen, next);
                }
                self.seen += 1;
            };
            self.found.push(field);
            self.seen = 0;
            at = next;
        }
        Some(at)
    }

    /// The path of the part; empty for the whole value.
    pub(super) fn path(&self) -> String {
        self.names.join(".")
    }
}

type Wrong = (String, Option<String>);

fn field(shape: &Shape, at: NodeId, name: &str) -> Result<NodeId, Wrong> {
    let Node::Object(object) = shape.node(at) else {
        return Err((format!("there is no `{name}` in what is no object"), None));
    };
    if let Some(property) = object.properties.iter().find(|property| *property.name == *name) {
        return Ok(property.node);
    }
    let names = || object.properties.iter().map(|property| &*property.name);
    let help = match nearest(name, names()) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("there are `{}`", names().collect::<Vec<_>>().join("`, `")),
    };
    Err((format!("there is no field `{name}`"), Some(help)))
}

/// What a value is that may be missing.
fn present(shape: &Shape, id: NodeId) -> NodeId {
    let Node::Union(union) = shape.node(id) else { return id };
    let mut real = union.branches.iter().filter(|branch| !matches!(shape.node(**branch), Node::Null));
    match (real.next(), real.next()) {
        (Some(only), None) => *only,
        _ => id,
    }
}

fn wrong(schema: &Schema, path: &str, (message, help): Wrong) -> Error {
    let message = format!("`{path}` does not lead into a `{}`: {message}", schema.name());
    let error = Error::new(ErrorKind::InvalidArguments, message);
    match help {
        Some(help) => error.with_help(help),
        None => error,
    }
}

impl Pieces {
    /// Whether text has come that was not taken in yet, or the end of it; `part` takes it in.
    pub(super) fn feed(&mut self, part: &mut Part) -> bool {
        let Some(text) = &mut self.text else { return false };
        if !text.is_empty() {
            part.push(text);
            text.clear();
            return true;
        }
        let has_ended = self.has_ended();
        if has_ended {
            self.text = None;
            part.end();
        }
        has_ended
    }
}
