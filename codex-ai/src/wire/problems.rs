//! What cannot be sent, found before anything is.

use serde_json::Value;

use crate::error::{Error, ErrorKind, Problem, Result};
use crate::request::Options;

/// All that keeps a request from being sent.
#[derive(Default)]
pub(crate) struct Problems {
    /// Parts and options that the format has no form for.
    pub(crate) unsupported: Vec<Problem>,
    /// Options that contradict each other.
    pub(crate) invalid: Vec<Problem>,
}

impl Problems {
    /// An extra field of this name is set from the request, too.
    pub(crate) fn collision(&mut self, name: &str) {
        let message = "this field is set from the request already; leave it out of `extra`, or do not set the option";
        self.invalid.push(Problem::new(format!("options.extra.{name}"), message));
    }

    /// Options that JSON has no number for.
    pub(crate) fn infinite(&mut self, numbers: &[(&str, Option<f64>)]) {
        for (name, value) in numbers {
            if value.is_some_and(|value| !value.is_finite()) {
                self.invalid.push(Problem::new(format!("options.{name}"), "is not a finite number"));
            }
        }
    }

    /// Extra fields that are set from the request, and one that asks for a stream.
    pub(crate) fn extra(&mut self, options: &Options, set: &[(&str, bool)]) {
        if options.extra.is_empty() {
            return;
        }
        for (name, _) in set.iter().filter(|(name, set)| *set && options.extra.contains_key(*name)) {
            self.collision(name);
        }
        if options.extra.get("stream").is_some_and(|stream| stream != &Value::Bool(false)) {
            let message = "whether an answer is streamed is said by the method that is called";
            self.invalid.push(Problem::new("options.extra.stream", message));
        }
    }

    /// All of them as one error.
    pub(crate) fn finish(self, message: &'static str) -> Result<()> {
        let kind = match (self.invalid.is_empty(), self.unsupported.is_empty()) {
            (true, true) => return Ok(()),
            (true, false) => ErrorKind::Unsupported,
            (false, _) => ErrorKind::InvalidRequest,
        };
        let problems = self.invalid.into_iter().chain(self.unsupported).collect();
        Err(Error::new(kind, message).with_problems(problems))
    }
}
