//! One call: the question, the answer's value, and further questions where an answer is none.

use std::pin::pin;
use std::sync::Arc;

use serde_json::Value;

use super::Dispatcher;
use super::held::{Held, HeldAny, HeldFor};
use super::rounds::Whole;
use super::tools::{Spent, Toolbox, converse};
use crate::error::{Error, Result};
use crate::json::{Leniency, Parsed};
use crate::mount::Provides;
use crate::prompt::{OutputOf, PromptDef, PromptOutput};
use crate::provider::{BoxFuture, Provider};
use crate::registry::Entry;
use crate::reply::Reply;
use crate::request::{Options, Output, Request, Tool};
use crate::schema::Schema;
use crate::structured::{self, Asking};
use crate::telemetry;

impl<P: Provider, S: Send + Sync + 'static> Dispatcher<P, S> {
    pub(super) async fn ask_prompt<'a, Q: PromptDef>(&'a self, args: Q::Args<'a>) -> Result<Reply<OutputOf<Q>>>
    where
        S: Provides<Q::State>,
    {
        let entry = Q::ENTRY;
        let mut request = match Q::render(Provides::<Q::State>::provide(&*self.state), args).await {
            Ok(prompt) => prompt.into_request(),
            Err(error) => return Err(error.with_prompt(entry.mode())),
        };
        self.check_needs(&request, entry, true)?;
        let state = || -> Arc<dyn Held> { Arc::new(HeldFor::<S, Q>::new(&self.state)) };
        self.ask(&mut request, Some(entry), &state, <OutputOf<Q> as PromptOutput>::read).await
    }

    pub(super) async fn ask_by_name(&self, mode: &str, arguments: Value) -> Result<Reply<Value>> {
        let entry = self.prompts.get(mode).ok_or_else(|| self.unknown(mode))?;
        let state = self.prompts.state_of(entry);
        let mut rendered = entry
            .render(state.map(|state| &**state), arguments)
            .await
            .map_err(|error| error.with_prompt(entry.mode()))?;
        self.check_needs(&rendered.request, entry, false)?;
        let held = || -> Arc<dyn Held> { Arc::new(HeldAny(state.cloned())) };
        self.ask(&mut rendered.request, Some(entry), &held, rendered.read).await
    }

    pub(super) async fn ask_for<T: PromptOutput>(&self, mut request: Request) -> Result<T> {
        request.output = T::output();
        Ok(self.ask(&mut request, None, &nothing, T::read).await?.value)
    }

    pub(super) async fn ask_for_value(&self, mut request: Request) -> Result<Value> {
        let schema = match &request.output {
            Output::Schema(schema) => Arc::clone(schema),
            _ => {
                request.output = Output::Json;
                Arc::clone(Schema::of::<Value>())
            }
        };
        let read = |reply: &Reply, leniency| structured::read_schema_value(reply, &schema, leniency);
        Ok(self.ask(&mut request, None, &nothing, read).await?.value)
    }

    /// Asks once and reads nothing.
    pub(super) async fn ask_plainly(&self, mut request: Request) -> Result<Reply> {
        self.complete(&mut request, None)?;
        let provider = &self.shared.provider;
        let span = telemetry::call(provider.name(), &request, None, false);
        telemetry::whole(span, provider.generate(&request)).await
    }

    /// Asks the provider and reads the value, in one span. The request is lent all the way down, as every future that owns
    /// one has room for it twice.
    async fn ask<T>(
        &self,
        request: &mut Request,
        entry: Option<&'static Entry>,
        state: &(dyn Fn() -> Arc<dyn Held> + Send + Sync),
        read: impl Fn(&Reply, Leniency) -> Result<Parsed<T>>,
    ) -> Result<Reply<T>> {
        self.complete(request, entry)?;
        let tools = Toolbox::of(request, &self.tools, state).map_err(|error| named(error, entry))?;
        let tools = tools.as_ref();
        let span = telemetry::call(self.shared.provider.name(), request, entry.map(Entry::mode), false);
        let answer = pin!(async {
            let answer = match request.output {
                // Text is a value whatever it says.
                Output::Text => self.ask_once(request, tools, read).await,
                _ => self.ask_until(request, tools, read).await,
            };
            answer.map_err(|error| named(error, entry))
        });
        telemetry::whole(span, answer).await
    }

    async fn ask_once<T>(
        &self,
        request: &mut Request,
        tools: Option<&Toolbox>,
        read: impl Fn(&Reply, Leniency) -> Result<Parsed<T>>,
    ) -> Result<Reply<T>> {
        let provider = &self.shared.provider;
        let reply = self.generate(request, tools, &mut Spent::default()).await?;
        match read(&reply, self.structured.leniency) {
            Ok(parsed) => Ok(reply.with_value(parsed.value)),
            Err(error) => Err(located(error, provider.name(), &reply)),
        }
    }

    /// Asks until an answer is a value, or a budget is spent.
    async fn ask_until<T>(
        &self,
        request: &mut Request,
        tools: Option<&Toolbox>,
        read: impl Fn(&Reply, Leniency) -> Result<Parsed<T>>,
    ) -> Result<Reply<T>> {
        let provider = &self.shared.provider;
        let mut asking = Asking::new(&self.structured, provider.name(), request);
        let mut spent = Spent::default();
        loop {
            let span = telemetry::ask(asking.number());
            let asked = {
                let answer = pin!(asking.wait(self.generate(request, tools, &mut spent)));
                telemetry::within(&span, answer).await
            };
            let (reply, read) = match asked {
                Ok(reply) => {
                    if !reply.tool_messages.is_empty() {
                        asking.keep(request);
                    }
                    let read = span.in_scope(|| read(&reply, self.structured.leniency));
                    (reply, read)
                }
                Err(error) => {
                    telemetry::note_ask(&span, request.schema_mode, Err(&error));
                    return Err(asking.failed(error, request.schema_mode));
                }
            };
            match read {
                Ok(parsed) => {
                    telemetry::note_ask(&span, reply.schema_mode, Ok(parsed.repairs.len()));
                    return Ok(asking.done(reply, parsed.repairs).with_value(parsed.value));
                }
                Err(error) => {
                    telemetry::note_ask(&span, reply.schema_mode, Err(&error));
                    asking.again(located(error, provider.name(), &reply), &reply, request)?;
                }
            }
        }
    }

    /// One answer of the provider, with the rounds of tools before it.
    fn generate<'a>(
        &'a self,
        request: &'a mut Request,
        tools: Option<&'a Toolbox>,
        spent: &'a mut Spent,
    ) -> BoxFuture<'a, Result<Reply>> {
        let provider = &self.shared.provider;
        match tools {
            None => provider.generate(request),
            Some(tools) => Box::pin(async move { converse(&mut Whole(provider), request, tools, spent).await }),
        }
    }

    /// Puts the options together.
    pub(super) fn complete(&self, request: &mut Request, entry: Option<&'static Entry>) -> Result<()> {
        if request.schema_mode.is_none() {
            request.schema_mode = self.structured.mode;
        }
        if let Some(strongest) = &self.options {
            let mut options = Options::clone(strongest);
            options.fill_from(&request.options);
            request.options = options;
        }
        if let Some(entry) = entry {
            let options = &mut request.options;
            if options.model.is_none() {
                options.model = entry.model().map(Into::into);
            }
            options.temperature = options.temperature.or(entry.temperature());
            options.max_tokens = options.max_tokens.or(entry.max_tokens());
            request.tools.extend(entry.offered().iter().map(|offered| Tool::Function(offered.function())));
        }
        request.options.fill_from(&self.shared.defaults);
        if let Output::Schema(schema) = &request.output {
            // Nobody shall pay for an answer that cannot be read.
            schema.check_usable().map_err(|error| named(error, entry))?;
        }
        Ok(())
    }
}

/// What tools of no prompt are called on.
pub(super) fn nothing() -> Arc<dyn Held> {
    Arc::new(HeldAny(None))
}

/// Names where a reply came from, in the error of reading it; `provider` is for a reply that does not say.
pub(super) fn located(error: Error, provider: &str, reply: &Reply) -> Error {
    let provider = reply.provider.as_deref().unwrap_or(provider);
    let error = error.with_route(format!("{provider}/{}", reply.model));
    match &reply.request_id {
        Some(id) => error.with_request_id(id.clone()),
        None => error,
    }
}

/// Names the prompt in an error, if there is one.
pub(super) fn named(error: Error, entry: Option<&'static Entry>) -> Error {
    match entry {
        Some(entry) => error.with_prompt(entry.mode()),
        None => error,
    }
}
