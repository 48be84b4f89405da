//! What a check says of a value: in one sentence, and in parts for whoever makes a table of it.

use std::fmt::Display;

use serde_json::Value;

use super::words;
use crate::error::Problem;

/// What is wrong with a value, and, as far as the check knows them, its parts.
pub(super) struct Said {
    message: String,
    brief: Option<&'static str>,
    got: Option<String>,
    expected: Option<String>,
}

impl Said {
    /// `must be at least 1, found 0`; `brief` is the same without the figures.
    pub(super) fn must(brief: &'static str, verb: &str, expected: String, got: impl Display) -> Self {
        let message = format!("must {verb} {expected}, found {got}");
        Self { message, brief: Some(brief), got: Some(got.to_string()), expected: Some(expected) }
    }

    /// The value is of another type.
    pub(super) fn wrong_type(expected: String, value: &Value) -> Self {
        let message = format!("expected {expected}, found {}", words::found(value));
        Self { message, brief: Some("wrong type"), got: Some(words::brief(value)), expected: Some(expected) }
    }

    /// The value is none of those that are allowed.
    pub(super) fn not_one_of<'a>(allowed: impl Iterator<Item = &'a Value>, value: &Value) -> Self {
        let expected = words::choice_of(allowed);
        let message = format!("must be {expected}; found {}", words::quoted(value));
        Self { message, brief: Some("not allowed"), got: Some(words::brief(value)), expected: Some(expected) }
    }

    /// The key is not there.
    pub(super) fn missing(expected: Option<String>) -> Self {
        Self { message: "is missing".to_owned(), brief: Some("missing"), got: Some("nothing".to_owned()), expected }
    }

    /// The key whose value tells the forms apart is not there.
    pub(super) fn missing_tag<'a>(allowed: impl Iterator<Item = &'a Value>) -> Self {
        let expected = words::choice_of(allowed);
        Self { message: format!("is missing, and must be {expected}"), ..Self::missing(Some(expected)) }
    }

    pub(super) fn at(self, path: String) -> Problem {
        let Self { message, brief, got, expected } = self;
        Problem { brief, got, expected, ..Problem::new(path, message) }
    }
}

impl From<String> for Said {
    fn from(message: String) -> Self {
        Self { message, brief: None, got: None, expected: None }
    }
}
