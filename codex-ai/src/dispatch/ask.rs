//! One call: the question, the answer's value, and further questions where an answer is none.

use serde_json::Value;

use super::Dispatcher;
use crate::error::{Error, Result};
use crate::json::{Leniency, Parsed};
use crate::prompt::{OutputOf, PromptDef, PromptOutput};
use crate::provider::Provider;
use crate::registry::Entry;
use crate::reply::Reply;
use crate::request::{Options, Output, Request};
use crate::telemetry;

/// Reads the value of an answer.
type Read<T> = fn(&Reply, Leniency) -> Result<Parsed<T>>;

impl<P: Provider> Dispatcher<P> {
    pub(super) async fn ask_prompt<Q: PromptDef>(&self, args: Q::Args<'_>) -> Result<Reply<OutputOf<Q>>> {
        let entry = Q::ENTRY;
        let request = match Q::render(args).await {
            Ok(prompt) => prompt.into_request(),
            Err(error) => return Err(error.with_prompt(entry.mode())),
        };
        self.ask(request, Some(entry), <OutputOf<Q> as PromptOutput>::read).await
    }

    pub(super) async fn ask_by_name(&self, mode: &str, arguments: Value) -> Result<Reply<Value>> {
        let entry = self.prompts.get(mode).ok_or_else(|| self.unknown(mode))?;
        let rendered = entry.render(arguments).await.map_err(|error| error.with_prompt(entry.mode()))?;
        self.ask(rendered.request, Some(entry), rendered.read).await
    }

    pub(super) async fn ask_for<T: PromptOutput>(&self, mut request: Request) -> Result<T> {
        request.output = T::output();
        Ok(self.ask(request, None, T::read).await?.value)
    }

    /// Asks the provider and reads the value, in one span.
    pub(super) async fn ask<T>(
        &self,
        mut request: Request,
        entry: Option<&'static Entry>,
        read: Read<T>,
    ) -> Result<Reply<T>> {
        self.complete(&mut request, entry)?;
        let provider = &self.shared.provider;
        let span = telemetry::call(provider.name(), &request, entry.map(Entry::mode), false);
        let answer = async {
            let reply = provider.generate(&request).await.map_err(|error| named(error, entry))?;
            match read(&reply, self.structured.leniency) {
                Ok(parsed) => Ok(reply.with_value(parsed.value)),
                Err(error) => Err(self.reading(error, &reply, entry)),
            }
        };
        telemetry::whole(span, answer).await
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
        }
        request.options.fill_from(&self.shared.defaults);
        if let Output::Schema(schema) = &request.output {
            // Nobody shall pay for an answer that cannot be read.
            schema.check_usable().map_err(|error| named(error, entry))?;
        }
        Ok(())
    }

    /// Tells where an answer came from that cannot be read.
    fn reading(&self, error: Error, reply: &Reply, entry: Option<&'static Entry>) -> Error {
        named(located(error, self.shared.provider.name(), reply), entry)
    }
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
