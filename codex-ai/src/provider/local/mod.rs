//! The built-in provider: deterministic, in-process, no key. It is not a language model.

use super::{BoxFuture, Provider};
use crate::error::Result;
use crate::reply::Reply;
use crate::request::Request;

/// The built-in provider.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Local {}

impl Local {
    /// The built-in provider.
    pub fn new() -> Self {
        Self::default()
    }

    /// wip
    pub fn quiet() -> Self {
        Self::default()
    }
}

impl Provider for Local {
    fn name(&self) -> &str {
        "local"
    }

    fn generate<'a>(&'a self, _request: &'a Request) -> BoxFuture<'a, Result<Reply>> {
        Box::pin(async { Ok(Reply::from_text("local", "wip")) })
    }
}
