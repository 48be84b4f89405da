//! The error for a mode that no prompt has.

use super::Dispatcher;
use crate::error::{Error, ErrorKind};
use crate::provider::Provider;
use crate::registry::LINKING_HELP;
use crate::schema::words::cut;
use crate::suggest::nearest;

/// An error for an unknown mode lists all modes if there are at most this many.
const LISTED_MODES: usize = 10;

impl<P: Provider, S: Send + Sync + 'static> Dispatcher<P, S> {
    pub(super) fn unknown(&self, mode: &str) -> Error {
        let known: Vec<&str> = self.modes().collect();
        let error = Error::new(ErrorKind::UnknownPrompt, format!("no prompt is registered for `{}`", cut(mode)));
        if let Some(meant) = nearest(mode, known.iter().copied()) {
            return error.with_help(format!("did you mean `{meant}`?"));
        }
        if known.is_empty() {
            return error.with_help(LINKING_HELP);
        }
        let prefix = mode.split(['.', '/']).next().unwrap_or_default();
        let prefixed = prefix.len() < mode.len();
        if prefixed && !known.iter().any(|known| known.starts_with(prefix)) {
            return error.with_help(format!("no mode begins with `{}`; {LINKING_HELP}", cut(prefix)));
        }
        if known.len() <= LISTED_MODES {
            return error.with_help(format!("there are `{}`", known.join("`, `")));
        }
        error.with_help(format!("{} prompts are registered; `Registry::discover()` lists them", known.len()))
    }
}
