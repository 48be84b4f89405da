//! The ways to tell a model a schema, tried from the surest down.

mod lift;
mod memory;

use std::borrow::Cow;

use self::memory::{Memory, Places};
use crate::error::{Error, ErrorKind, Refused, Result};
use crate::reply::Reply;
use crate::request::{Output, Request};
use crate::schema::{Schema, WireForm};
use crate::stream::ReplyStream;
use crate::structured::SchemaMode;
use crate::wire::lower::{OwnFormat, Rung, Rungs, lower};

/// Which ways are refused, by model and schema, as far as a provider has found out.
#[derive(Default)]
pub(crate) struct Ladder {
    memory: Memory,
}

/// One request on its way down.
pub(crate) struct Climb<'a> {
    asked: &'a Request,
    /// As it is sent now, where that is another way: rare, and large in a future that waits.
    lowered: Option<Box<Request>>,
    /// `None` for a request without a schema.
    state: Option<State<'a>>,
}

struct State<'a> {
    ladder: &'a Ladder,
    asked: &'a Request,
    schema: &'a Schema,
    rungs: Rungs,
    at: usize,
    rung: Rung,
    /// The ways that were refused before.
    known: Places,
    /// Whether the way was chosen by whoever asks.
    chosen: bool,
}

impl Ladder {
    /// Begins with the way that the request names, else with the first that was not refused before.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] for a way that the provider does not have, or that the request has no room for;
    /// [`ErrorKind::Schema`] for a schema that has no form there.
    pub(crate) fn climb<'a>(&'a self, request: &'a Request, rungs: Rungs, own: OwnFormat) -> Result<Climb<'a>> {
        let Output::Schema(schema) = &request.output else {
            return Ok(Climb { asked: request, lowered: None, state: None });
        };
        let rungs = match own {
            OwnFormat::Absent => rungs,
            // Whoever writes the vendor's own fields has chosen the way.
            OwnFormat::Merged => Rungs::new(rungs.as_slice().split_at_checked(1).map_or(&[], |(first, _)| first)),
            OwnFormat::AsItIs => Rungs::new(&[Rung::new(SchemaMode::Native, WireForm::Plain)]),
        };
        let wanted = request.schema_mode;
        let usable = |at: usize| rungs.get(at).filter(|rung| !(rung.is_tool() && has_tools(request)));
        let known = self.memory.refused(request, schema);
        let mut places = 0..rungs.as_slice().len();
        let first = match wanted {
            Some(mode) => places.find(|at| usable(*at).is_some_and(|rung| rung.mode == mode)),
            None => places.find(|at| !known.has(*at) && usable(*at).is_some()).or(Some(0)),
        };
        let Some((at, rung)) = first.and_then(|at| Some((at, rungs.get(at)?))) else {
            return Err(without_way(wanted, request, &rungs));
        };
        let mut state =
            State { ladder: self, asked: request, schema, rungs, at, rung, known, chosen: wanted.is_some() };
        loop {
            match lower(request, schema, state.rung) {
                Ok(sent) => return Ok(Climb { asked: request, lowered: other(sent), state: Some(state) }),
                Err(error) => state.down(error)?,
            }
        }
    }
}

impl Climb<'_> {
    /// The request as it is to be sent.
    pub(crate) fn request(&self) -> &Request {
        self.lowered.as_deref().unwrap_or(self.asked)
    }

    /// The form in which a schema is to be sent by the vendor's own structured output, where it has several.
    #[cfg(feature = "gemini")]
    pub(crate) fn form(&self) -> Option<WireForm> {
        Some(self.state.as_ref()?.rung.form)
    }

    /// What a whole answer comes to; `None` where the request is to be sent once more, in another way.
    pub(crate) fn whole(&mut self, asked: Result<Reply>) -> Option<Result<Reply>> {
        let Some(state) = &mut self.state else { return Some(asked) };
        match asked {
            Ok(mut reply) => {
                lift::lift(&mut reply, state.rung, state.schema.name());
                Some(Ok(reply))
            }
            Err(error) => self.down(error).err().map(Err),
        }
    }

    /// What a stream that was opened comes to; `None` where the request is to be sent once more, in another way.
    ///
    /// A vendor may refuse after it has said that all is well: the first item is waited for, and until then nothing was
    /// handed on.
    pub(crate) async fn opened(&mut self, asked: Result<ReplyStream>) -> Option<Result<ReplyStream>> {
        let Some(state) = &self.state else { return Some(asked) };
        let begun = match asked {
            Ok(stream) => lift::stream(stream, state.rung, state.schema.name()).await,
            Err(error) => Err(error),
        };
        match begun {
            Ok(stream) => Some(Ok(stream)),
            Err(error) => self.down(error).err().map(Err),
        }
    }

    /// Goes on with the next way, where the error is about this one.
    fn down(&mut self, mut error: Error) -> Result<()> {
        let Some(state) = &mut self.state else { return Err(error) };
        loop {
            state.down(error)?;
            match lower(state.asked, state.schema, state.rung) {
                Ok(lowered) => {
                    self.lowered = other(lowered);
                    return Ok(());
                }
                Err(next) => error = next,
            }
        }
    }
}

impl State<'_> {
    /// Finds the next way, where the error is about this one.
    fn down(&mut self, error: Error) -> Result<()> {
        let refused = match error.refused() {
            Some(refused) => refused,
            // Found before anything was sent.
            None if error.kind() == ErrorKind::Schema && error.status().is_none() => Refused::Schema,
            None => return Err(error),
        };
        if !concerns(refused, self.rung) {
            return Err(error);
        }
        let is_next = |rung: &Rung| {
            // The same schema would be refused once more.
            let same = rung.form == self.rung.form && rung.sends_schema();
            let other = !(same && matches!(refused, Refused::Schema | Refused::ToolSchema));
            let free = !(rung.is_tool() && has_tools(self.asked));
            other && free && (!self.chosen || rung.mode == self.rung.mode)
        };
        let next = |known: Places| {
            let rest = self.rungs.as_slice().iter().copied().enumerate().skip(self.at + 1);
            rest.into_iter().find(|(at, rung)| !known.has(*at) && is_next(rung))
        };
        let Some((at, rung)) = next(self.known).or_else(|| next(Places::default())) else {
            let chosen = self.chosen && error.help().is_none();
            return Err(if chosen {
                error.with_help("leave the schema mode open, and the next one is tried")
            } else {
                error
            });
        };
        tracing::debug!(from = ?self.rung.mode, to = ?rung.mode, schema = self.schema.name(), reason = %error.message(),
            "another way to tell the schema is tried");
        if !self.chosen {
            // Who has no such way has it for no schema.
            let (schema, places) = match refused {
                Refused::Schema | Refused::ToolSchema => (Some(self.schema), Places::of(self.at..at)),
                Refused::Format | Refused::Tools => (None, Places::of([self.at])),
            };
            self.ladder.memory.keep(self.asked, schema, places);
        }
        (self.at, self.rung) = (at, rung);
        Ok(())
    }
}

/// Whether a refusal can be about what was sent on this rung, and not about the request's own tools.
fn concerns(refused: Refused, rung: Rung) -> bool {
    match rung.mode {
        SchemaMode::Native => matches!(refused, Refused::Schema | Refused::Format),
        SchemaMode::StrictTool | SchemaMode::Tool => true,
        SchemaMode::JsonMode => refused == Refused::Format,
        SchemaMode::Prompt => false,
    }
}

/// Whether the request has tools of its own: one that must be called would keep the model from them.
/// A request that is not the one that was asked.
fn other(sent: Cow<'_, Request>) -> Option<Box<Request>> {
    match sent {
        Cow::Borrowed(_) => None,
        Cow::Owned(request) => Some(Box::new(request)),
    }
}

fn has_tools(request: &Request) -> bool {
    !request.tools.is_empty() || request.tool_choice.is_some()
}

fn without_way(wanted: Option<SchemaMode>, request: &Request, rungs: &Rungs) -> Error {
    let Some(mode) = wanted else {
        return Error::new(ErrorKind::Unsupported, "the provider has no way to tell a model a schema");
    };
    if rungs.as_slice().iter().any(|rung| rung.mode == mode) && has_tools(request) {
        let message = format!("the schema mode `{mode:?}` has no room for tools of the request's own");
        return Error::new(ErrorKind::Unsupported, message)
            .with_help("leave the tools out, or use `Native`, `JsonMode` or `Prompt`");
    }
    let known: Vec<_> = rungs.as_slice().iter().map(|rung| format!("`{:?}`", rung.mode)).collect();
    Error::new(ErrorKind::Unsupported, format!("the schema mode `{mode:?}` is not one of this provider or request"))
        .with_help(format!("there are {}", known.join(", ")))
}
