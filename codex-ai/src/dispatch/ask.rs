//! One call: the question, the answer's value, and further questions where an answer is none.

use std::future::ready;
use std::pin::pin;
use std::sync::Arc;

use serde_json::Value;

use super::Dispatcher;
use super::held::{Held, HeldAny, held};
use super::rounds::Whole;
use super::tools::{Spent, Toolbox, converse};
use crate::error::{Error, Result};
use crate::json::{Leniency, Parsed, Repair};
use crate::mount::Provides;
use crate::prompt::{IntoPrompt, OutputOf, PromptDef, PromptOutput};
use crate::provider::{BoxFuture, Provider};
use crate::registry::Entry;
use crate::reply::Reply;
use crate::request::{Options, Output, Request, Tool};
use crate::schema::Schema;
use crate::structured::{self, Asking, ReplySlot, StructuredOutput};
use crate::telemetry;
use crate::tool::ToolUse;

impl<P: Provider, S: Send + Sync + 'static> Dispatcher<P, S> {
    pub(super) fn untyped(&self) -> Untyped<'_> {
        Untyped {
            provider: &self.shared.provider,
            defaults: &self.shared.defaults,
            options: self.options.as_deref(),
            structured: &self.structured,
            tools: &self.tools,
        }
    }

    /// Calls a prompt; `give` makes what the caller wants of the answer and its value.
    pub(super) fn ask_prompt<'a, Q: PromptDef, V>(
        &'a self,
        args: Q::Args<'a>,
        give: fn(Reply, OutputOf<Q>) -> V,
    ) -> BoxFuture<'a, Result<V>>
    where
        S: Provides<Q::State>,
        V: 'a,
    {
        Box::pin(async move {
            let mut request = match Q::run(Provides::<Q::State>::provide(&*self.state), args).await.into_prompt() {
                Ok(prompt) => prompt.into_request(),
                Err(error) => return Err(error.with_prompt(Q::ENTRY.mode())),
            };
            let mut value: Option<OutputOf<Q>> = None;
            let hold = held(&self.state, Q::ERASE);
            match self.untyped().ask_typed(&mut request, Q::ENTRY, &hold, &mut value).await {
                Ok(reply) => Ok(give(reply, structured::kept(value)?)),
                Err(error) => Err(error),
            }
        })
    }

    pub(super) async fn ask_by_name(&self, mode: &str, arguments: Value) -> Result<Reply<Value>> {
        let entry = self.prompts.get(mode).ok_or_else(|| self.unknown(mode))?;
        let state = self.prompts.state_of(entry);
        let mut rendered = entry
            .render(state.map(|state| &**state), arguments)
            .await
            .map_err(|error| error.with_prompt(entry.mode()))?;
        let hold = || -> Arc<dyn Held> { Arc::new(HeldAny(state.cloned())) };
        let untyped = self.untyped();
        untyped.check_needs(&rendered.request, entry, false)?;
        let read = rendered.read;
        untyped.ask_for_json(&mut rendered.request, Some(entry), &hold, &read).await
    }

    pub(super) async fn ask_for<T: PromptOutput>(&self, mut request: Request) -> Result<T> {
        request.output = T::OUTPUT();
        let mut value: Option<T> = None;
        match self.untyped().ask(&mut request, None, &nothing, &mut value).await {
            Ok(_) => structured::kept(value),
            Err(error) => Err(error),
        }
    }

    pub(super) async fn ask_for_value(&self, mut request: Request) -> Result<Value> {
        let schema = match &request.output {
            Output::Schema(schema) => Arc::clone(schema),
            _ => {
                request.output = Output::Json;
                Arc::clone(Schema::of::<Value>())
            }
        };
        let read = move |reply: &Reply, leniency| structured::read_schema_value(reply, &schema, leniency);
        Ok(self.untyped().ask_for_json(&mut request, None, &nothing, &read).await?.value)
    }
}

/// What a call takes of a dispatcher, without its types: so all that a call does is compiled once, and not in each crate
/// for each prompt.
#[derive(Clone, Copy)]
pub(super) struct Untyped<'d> {
    pub(super) provider: &'d dyn Provider,
    pub(super) defaults: &'d Options,
    pub(super) options: Option<&'d Options>,
    pub(super) structured: &'d StructuredOutput,
    pub(super) tools: &'d Arc<ToolUse>,
}

/// Makes what the tools of a call are called on.
pub(super) type Hold<'h> = dyn Fn() -> Arc<dyn Held> + Send + Sync + 'h;

/// Reads an answer as JSON.
type ReadJson<'r> = dyn Fn(&Reply, Leniency) -> Result<Parsed<Value>> + Send + Sync + 'r;

struct JsonSlot<'r> {
    value: Value,
    read: &'r ReadJson<'r>,
}

impl ReplySlot for JsonSlot<'_> {
    fn read(&mut self, reply: &Reply, leniency: Leniency) -> Result<Vec<Repair>> {
        let parsed = (self.read)(reply, leniency)?;
        self.value = parsed.value;
        Ok(parsed.repairs)
    }
}

impl<'d> Untyped<'d> {
    /// Asks for the answer to a prompt whose types the compiler knows.
    fn ask_typed<'a>(
        self,
        request: &'a mut Request,
        entry: &'static Entry,
        hold: &'a Hold<'a>,
        slot: &'a mut (dyn ReplySlot + 'a),
    ) -> BoxFuture<'a, Result<Reply>>
    where
        'd: 'a,
    {
        match self.check_needs(request, entry, true) {
            Ok(()) => self.ask(request, Some(entry), hold, slot),
            Err(error) => Box::pin(ready(Err(error))),
        }
    }

    async fn ask_for_json(
        self,
        request: &mut Request,
        entry: Option<&'static Entry>,
        hold: &Hold<'_>,
        read: &ReadJson<'_>,
    ) -> Result<Reply<Value>> {
        let mut slot = JsonSlot { value: Value::Null, read };
        let reply = self.ask(request, entry, hold, &mut slot).await?;
        Ok(reply.with_value(slot.value))
    }

    /// Asks once and reads nothing.
    pub(super) async fn ask_plainly(self, request: &mut Request) -> Result<Reply> {
        self.complete(request, None)?;
        let span = telemetry::call(self.provider.name(), request, None, false);
        telemetry::whole(span, self.provider.generate(request)).await
    }

    /// Asks the provider and reads the value, in one span. The request is lent all the way down, as every future that owns
    /// one has room for it twice.
    fn ask<'a>(
        self,
        request: &'a mut Request,
        entry: Option<&'static Entry>,
        hold: &'a Hold<'a>,
        slot: &'a mut (dyn ReplySlot + 'a),
    ) -> BoxFuture<'a, Result<Reply>>
    where
        'd: 'a,
    {
        Box::pin(async move {
            self.complete(request, entry)?;
            let tools = Toolbox::of(request, self.tools, hold).map_err(|error| named(error, entry))?;
            let tools = tools.as_ref();
            let span = telemetry::call(self.provider.name(), request, entry.map(Entry::mode), false);
            let answer = pin!(async {
                let answer = match request.output {
                    // Text is a value whatever it says.
                    Output::Text => self.ask_once(request, tools, slot).await,
                    _ => self.ask_until(request, tools, slot).await,
                };
                answer.map_err(|error| named(error, entry))
            });
            telemetry::whole(span, answer).await
        })
    }

    async fn ask_once(self, request: &mut Request, tools: Option<&Toolbox>, slot: &mut dyn ReplySlot) -> Result<Reply> {
        let reply = self.generate(request, tools, &mut Spent::default()).await?;
        match slot.read(&reply, self.structured.leniency) {
            Ok(_) => Ok(reply),
            Err(error) => Err(located(error, self.provider.name(), &reply)),
        }
    }

    /// Asks until an answer is a value, or a budget is spent.
    async fn ask_until(
        self,
        request: &mut Request,
        tools: Option<&Toolbox>,
        slot: &mut dyn ReplySlot,
    ) -> Result<Reply> {
        let mut asking = Asking::new(self.structured, self.provider.name(), request);
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
                    let read = span.in_scope(|| slot.read(&reply, self.structured.leniency));
                    (reply, read)
                }
                Err(error) => {
                    telemetry::note_ask(&span, request.schema_mode, Err(&error));
                    return Err(asking.failed(error, request.schema_mode));
                }
            };
            match read {
                Ok(repairs) => {
                    telemetry::note_ask(&span, reply.schema_mode, Ok(repairs.len()));
                    return Ok(asking.done(reply, repairs));
                }
                Err(error) => {
                    telemetry::note_ask(&span, reply.schema_mode, Err(&error));
                    asking.again(located(error, self.provider.name(), &reply), &reply, request)?;
                }
            }
        }
    }

    /// One answer of the provider, with the rounds of tools before it.
    fn generate<'a>(
        self,
        request: &'a mut Request,
        tools: Option<&'a Toolbox>,
        spent: &'a mut Spent,
    ) -> BoxFuture<'a, Result<Reply>>
    where
        'd: 'a,
    {
        match tools {
            None => self.provider.generate(request),
            Some(tools) => Box::pin(async move { converse(&mut Whole(self.provider), request, tools, spent).await }),
        }
    }

    /// Puts the options together.
    pub(super) fn complete(self, request: &mut Request, entry: Option<&'static Entry>) -> Result<()> {
        if request.schema_mode.is_none() {
            request.schema_mode = self.structured.mode;
        }
        if let Some(strongest) = self.options {
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
        request.options.fill_from(self.defaults);
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
