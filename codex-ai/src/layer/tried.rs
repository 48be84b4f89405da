//! What was tried so far in one call.

use std::time::Duration;

use crate::error::{Attempt, Error};

/// The attempts of one call that failed.
#[derive(Default)]
pub(super) struct Tried(Vec<Attempt>);

impl Tried {
    /// Notes a failure; one that has attempts of its own, as of a layer further in, adds those.
    pub(super) fn push(&mut self, route: &str, error: &Error, elapsed: Duration) {
        match error.attempts() {
            [] => self.0.push(Attempt::new(route, error, elapsed)),
            own => self.0.extend_from_slice(own),
        }
    }

    /// How many there are.
    pub(super) fn count(&self) -> u32 {
        u32::try_from(self.0.len()).unwrap_or(u32::MAX)
    }

    /// The error with all attempts, where there was more than one.
    pub(super) fn explain(self, error: Error) -> Error {
        if self.0.len() > 1 { error.with_attempts(self.0) } else { error }
    }
}

/// The route of a request for an error that names none.
pub(super) fn route(provider: &str, model: Option<&str>) -> String {
    match model {
        None => provider.to_owned(),
        Some(model) if model.split_once('/').is_some_and(|(prefix, _)| prefix == provider) => model.to_owned(),
        Some(model) => format!("{provider}/{model}"),
    }
}
