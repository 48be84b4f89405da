use std::sync::Arc;

use super::{Dispatcher, Shared, needs};
#[cfg(doc)]
use crate::error::ErrorKind;
use crate::error::Result;
use crate::provider::Provider;
use crate::registry::{Registry, Router};
use crate::request::Options;
use crate::structured::StructuredOutput;
use crate::tool::ToolUse;

/// Sets up a [`Dispatcher`].
#[derive(Debug)]
#[must_use = "a builder does nothing until `build` is called"]
pub struct DispatcherBuilder<P> {
    provider: P,
    registry: Option<Registry>,
    router: Router,
    defaults: Options,
    structured: StructuredOutput,
    tools: ToolUse,
}

impl<P: Provider> DispatcherBuilder<P> {
    pub(super) fn new(provider: P) -> Self {
        Self {
            provider,
            registry: None,
            router: Router::new(),
            defaults: Options::new(),
            structured: StructuredOutput::new(),
            tools: ToolUse::new(),
        }
    }

    /// Takes the prompts of this registry instead of all of the binary.
    pub fn registry(mut self, registry: Registry) -> Self {
        self.registry = Some(registry);
        self
    }

    /// Adds the prompts of a router. Of two with one mode the later wins, and that is logged.
    pub fn include_router(mut self, router: Router) -> Self {
        self.router = self.router.include_router(router);
        self
    }

    /// Sets options for all calls; those of prompts and calls go before them.
    pub fn options(mut self, options: Options) -> Self {
        self.defaults = options;
        self
    }

    /// Sets how values are got from a model: how strictly answers are read, how often it is asked again.
    pub fn structured_output(mut self, policy: StructuredOutput) -> Self {
        self.structured = policy;
        self
    }

    /// Sets how far a model may go with tools: how often, how long, for how many tokens.
    pub fn tool_use(mut self, policy: ToolUse) -> Self {
        self.tools = policy;
        self
    }

    /// Builds the dispatcher.
    ///
    /// What the prompts require is checked here where the compiler cannot do it: for [`AnyProvider`](crate::AnyProvider) and
    /// every other provider that [is dynamic](Provider::is_dynamic). A prompt's model, or that of
    /// [`options`](Self::options), names the route that must support it.
    ///
    /// # Errors
    /// As [`Registry::discover`], unless a registry was given, and [`ErrorKind::Unsupported`] with all prompts that require
    /// what the provider does not support.
    pub fn build(self) -> Result<Dispatcher<P>> {
        let registry = match self.registry {
            Some(registry) => registry,
            None => Registry::discover()?,
        };
        let prompts = Router::from(&registry).include_router(self.router);
        needs::check_all(&self.provider, prompts.iter(), &self.defaults)?;
        Ok(Dispatcher {
            shared: Arc::new(Shared { provider: self.provider, defaults: self.defaults }),
            state: Arc::new(()),
            prompts: Arc::new(prompts),
            options: None,
            structured: Arc::new(self.structured),
            tools: Arc::new(self.tools),
        })
    }
}
