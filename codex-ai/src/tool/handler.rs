//! What a dispatcher calls where a model calls a function.

use std::fmt;
use std::sync::Arc;

use super::{Offered, Told, told};
use crate::message::ToolCall;
use crate::mount::AnyState;
use crate::prompt::PromptError;
use crate::provider::BoxFuture;
use crate::request::Function;

/// What a function of a request is called by.
#[derive(Clone)]
pub(crate) enum Handler {
    /// A function with `#[tool]`.
    Tool(Offered),
    /// Something that is known at run time alone.
    Closure(Arc<Closure>),
}

pub(crate) type Closure = dyn Fn(ToolCall) -> BoxFuture<'static, Result<String, String>> + Send + Sync;

impl Handler {
    /// Answers a call.
    ///
    /// # Errors
    /// What the model is to be told: what is wrong with the arguments, or the tool's own error.
    pub(crate) async fn call(&self, state: &AnyState, call: &ToolCall) -> Result<String, String> {
        match self {
            Self::Tool(offered) => offered.call(state, call).await,
            Self::Closure(closure) => closure(call.clone()).await,
        }
    }
}

impl PartialEq for Handler {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Tool(own), Self::Tool(other)) => own == other,
            (Self::Closure(own), Self::Closure(other)) => Arc::ptr_eq(own, other),
            _ => false,
        }
    }
}

impl fmt::Debug for Handler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tool(offered) => offered.tool.fmt(f),
            Self::Closure(_) => f.write_str("a closure"),
        }
    }
}

impl Function {
    /// Has the dispatcher answer calls of this function, in every call that asks for a value: for tools that are known at
    /// run time alone. One that the program has is better a function with `#[tool]`, which has its arguments typed.
    ///
    /// What it gives is told to the model: text as it is, anything else as JSON; an error in its own words.
    ///
    /// ```
    /// use codex_ai::{Function, Prompt, ToolCall};
    ///
    /// let now = Function::new("now").with_handler(|_: ToolCall| async { Ok::<_, String>("12:30") });
    /// let prompt: Prompt = Prompt::new().user("Is it noon?").tool(now);
    /// ```
    #[must_use]
    pub fn with_handler<F, R, T, E>(mut self, handler: F) -> Self
    where
        F: Fn(ToolCall) -> R + Send + Sync + 'static,
        R: Future<Output = Result<T, E>> + Send + 'static,
        T: Told,
        E: PromptError,
    {
        let closure = move |call| -> BoxFuture<'static, Result<String, String>> {
            let answer = handler(call);
            Box::pin(async move { told(answer.await) })
        };
        self.handler = Some(Handler::Closure(Arc::new(closure)));
        self
    }
}
