//! What the macro makes of a prompt function.

use std::pin::Pin;
use std::task::{Context, Poll};

use serde_json::Value;

use super::{IntoPrompt, Prompt, PromptOutput};
use crate::error::Result;
use crate::json::{Leniency, Parsed};
use crate::mount::Erase;
use crate::provider::BoxFuture;
use crate::registry::Entry;
use crate::reply::Reply;
use crate::request::Request;

/// A prompt that the compiler knows: the marker type that `#[prompt]` makes of a function.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a prompt",
    label = "expected the marker type of a `#[prompt]` function",
    note = "the marker of `fn summarize` is `Summarize`"
)]
pub trait PromptDef: Sized + 'static {
    /// What the binary knows of this prompt.
    const ENTRY: &'static Entry;

    /// The arguments of the function, as a struct.
    type Args<'a>: Send;

    /// What the function returns.
    type Returned: IntoPrompt<Output: PromptOutput> + 'static;

    /// What must be mounted on a dispatcher to call it: the type of the `impl` block for a method,
    /// [`Stateless`](crate::mount::Stateless) for a function.
    type State: ?Sized + 'static;

    /// Forgets the type of the state, for the tools that the prompt offers.
    #[doc(hidden)]
    const ERASE: Option<Erase<Self::State>> = None;

    /// Forgets the type of what the function returned. A constant, so that a prompt has no function of its own for it, and
    /// without a bound, so that a wrong return type is an error at the return type only.
    #[doc(hidden)]
    const FORGET: Forget<Self::Returned> = erased::<Self::Returned>;

    /// What the provider must support, as types: `Images`, `(Images, Tools)`, or `()` for nothing.
    type Requires;

    /// Calls the function.
    fn run<'a>(state: &'a Self::State, args: Self::Args<'a>) -> impl Future<Output = Self::Returned> + Send + 'a;

    /// Calls the function and makes a prompt of what it returns.
    ///
    /// # Errors
    /// The function's own.
    fn render<'a>(
        state: &'a Self::State,
        args: Self::Args<'a>,
    ) -> impl Future<Output = Result<Prompt<OutputOf<Self>>>> + Send + 'a {
        let run = Self::run(state, args);
        async move { run.await.into_prompt() }
    }
}

/// What the model must give back for a prompt: `Summary` for a function that returns `Prompt<Summary>`.
pub type OutputOf<Q> = <<Q as PromptDef>::Returned as IntoPrompt>::Output;

/// A prompt rendered from JSON arguments, whose output type is known only to the entry.
#[doc(hidden)]
#[derive(Debug)]
pub struct Rendered {
    pub(crate) request: Request,
    pub(crate) read: fn(&Reply, Leniency) -> Result<Parsed<Value>>,
}

impl Rendered {
    fn of<R: IntoPrompt<Output: PromptOutput>>(returned: R) -> Result<Self> {
        match returned.into_prompt() {
            Ok(prompt) => Ok(Self { request: prompt.into_request(), read: R::Output::READ_VALUE }),
            Err(error) => Err(error),
        }
    }
}

/// Makes a rendered prompt of what a prompt function returns.
#[doc(hidden)]
pub type Forget<R> = for<'v> fn(Box<dyn Future<Output = R> + Send + 'v>) -> BoxFuture<'v, Result<Rendered>>;

/// Forgets the type of what a prompt function returns. Prompts that return the same share the code.
fn erased<'v, R>(returned: Box<dyn Future<Output = R> + Send + 'v>) -> BoxFuture<'v, Result<Rendered>>
where
    R: IntoPrompt<Output: PromptOutput> + 'static,
{
    Box::pin(Erased(Box::into_pin(returned)))
}

/// Written out, since an `async` block costs each type that is returned several times as much to compile.
struct Erased<'v, R>(BoxFuture<'v, R>);

impl<R: IntoPrompt<Output: PromptOutput>> Future for Erased<'_, R> {
    type Output = Result<Rendered>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.get_mut().0.as_mut().poll(cx) {
            Poll::Ready(returned) => Poll::Ready(Rendered::of(returned)),
            Poll::Pending => Poll::Pending,
        }
    }
}
