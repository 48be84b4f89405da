//! What can call a prompt, and what can be asked without one.

use super::Dispatcher;
use crate::capability::Serves;
use crate::error::Result;
use crate::message::Message;
use crate::mount::Provides;
use crate::prompt::{OutputOf, Prompt, PromptDef, PromptOutput};
use crate::provider::{BoxFuture, Provider};
use crate::request::{Output, Request};

/// What can call a prompt: a [`Dispatcher`], or its blocking twin.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot call a prompt",
    label = "not a dispatcher",
    note = "pass a `&Dispatcher`, or a `&blocking::Dispatcher`"
)]
pub trait Caller<Q: PromptDef> {
    /// What a call gives: a future of the value, or the value itself.
    type Called<'a>
    where
        Self: 'a;

    fn call_prompt<'a>(&'a self, args: Q::Args<'a>) -> Self::Called<'a>;
}

impl<P, S, Q> Caller<Q> for Dispatcher<P, S>
where
    P: Provider + Serves<Q>,
    S: Provides<Q::State>,
    Q: PromptDef,
{
    type Called<'a>
        = BoxFuture<'a, Result<OutputOf<Q>>>
    where
        Self: 'a;

    fn call_prompt<'a>(&'a self, args: Q::Args<'a>) -> Self::Called<'a> {
        self.call::<Q>(args)
    }
}

impl From<&str> for Request {
    fn from(text: &str) -> Self {
        Self::new(vec![Message::user(text)])
    }
}

impl From<String> for Request {
    fn from(text: String) -> Self {
        Self::new(vec![Message::user(text)])
    }
}

impl<T: PromptOutput> From<Prompt<T>> for Request {
    fn from(prompt: Prompt<T>) -> Self {
        prompt.into_request()
    }
}

impl Request {
    /// Asks for any JSON value, without a schema.
    #[must_use]
    pub fn as_json(mut self) -> Self {
        self.output = Output::Json;
        self
    }
}
