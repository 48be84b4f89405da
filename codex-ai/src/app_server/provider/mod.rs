//! Prompts as turns: the app server as a [provider](crate::provider).

mod answer;
mod asked;
mod profile;
mod running;

use std::fmt;

use serde_json::Value;

use self::asked::Asked;
use self::running::{Lease, Running};
use super::client::Client;
use super::options::SpawnOptions;
use super::thread_options::ThreadOptions;
use super::turn_options::TurnOptions;
use crate::capability::{Capability, Images, StrictSchema, Supports};
use crate::error::Result;
use crate::provider::ladder::{Climb, Ladder};
use crate::provider::{self, BoxFuture};
use crate::reply::Reply;
use crate::request::{Output, Request};
use crate::schema::WireForm;
use crate::stream::ReplyStream;
use crate::structured::SchemaMode;
use crate::wire::lower::{OwnFormat, Rung, Rungs};

/// The name in `codex/gpt-5.5`.
const NAME: &str = "codex";

/// The app server as a provider: each request is one turn on a thread of its own, which is not saved.
///
/// Whatever a dispatcher does works: typed prompts, streams, partial values, [layers](crate::layer), many calls at once
/// over the one connection. Requests go to the model that the server's configuration names, with its sign-in, or to the
/// one of [`Options::model`](crate::Options::model): `gpt-5.5`, or with the route `codex/gpt-5.5`.
///
/// ```no_run
/// use codex_ai::Dispatcher;
/// use codex_ai::app_server::{Provider, SpawnOptions};
///
/// # async fn run() -> codex_ai::Result<()> {
/// let dispatcher = Dispatcher::new(Provider::spawn(SpawnOptions::new()).await?)?;
/// println!("{}", dispatcher.generate_text("Why is the sky blue?").await?);
/// # Ok(()) }
/// ```
///
/// # What the model sees
/// The request and nothing else: no instructions of Codex, no tools, no shell, no text about the sandbox or the machine.
/// For that each thread is started with overrides of the configuration, read-only and without approvals. Two things
/// remain (Codex 0.169.0): the models of its own catalogue that work by code keep the tool `exec`, or `apply_patch`, which
/// can reach nothing here; and so do the MCP servers of the user's configuration.
/// [`with_thread_options`](Self::with_thread_options) goes before these settings.
///
/// | of the request | goes as |
/// | --- | --- |
/// | the system text | `baseInstructions`; the system messages between others as messages of the developer |
/// | the last message, if it is the user's | the input of the turn |
/// | all messages before it, with calls of tools and their results | `thread/inject_items` |
/// | pictures | their `data:` URL; an address is sent as it is, and Codex 0.169.0 refuses it |
/// | thinking, cache points, what other vendors keep beside their parts | left out |
/// | [`Output::Schema`](crate::Output::Schema) | `outputSchema`, in OpenAI's strict form; in words where there is no such form, or it is refused |
/// | [`Output::Json`](crate::Output::Json) | a sentence behind the system text |
/// | `model`, `service_tier`, `reasoning_effort` | `model`, `serviceTier`, `effort` |
/// | `extra` | fields of `turn/start` |
/// | all other options | an error of kind [`Unsupported`](crate::ErrorKind::Unsupported) that names all of them; see [`dropping_unsupported_options`](Self::dropping_unsupported_options) |
/// | tools | the same error: tools that run by themselves are for a [`Thread`](super::Thread), [`with_tool`](ThreadOptions::with_tool) |
///
/// # What comes back
/// The final answer is the text of the reply; what the model says on the way (`commentary`) is
/// [`Part::Reasoning`](crate::Part::Reasoning), as is its thinking. Of a model that marks neither the last message is the
/// answer. Usage is that of the whole turn, [`Reply::id`](crate::Reply::id) the turn's, [`Reply::raw`](crate::Reply::raw)
/// the parameters of `turn/completed`. A turn that failed is an error whose kind follows its
/// [`CodexErrorInfo`](super::CodexErrorInfo). The words of a refusal do not come through: such an answer is
/// [`Empty`](crate::ErrorKind::Empty).
///
/// # What a stream gives
/// [`ReplyStream::finish`] gives the same reply as the whole call. Text is not held back until it is known what follows:
/// its pieces are those of each message that is marked as the answer when it begins, or has no mark while none was marked.
/// That is one message of most answers, and together they are the text of the reply. Of several, the last is the text of
/// the reply, and the others are reasoning in it. An answer that shows to be one at the end alone, as a `partial_answer`
/// that nothing follows, is given as one piece of text then.
///
/// Dropping the future or the stream interrupts the turn. The thread is unsubscribed from at the end, so that the server
/// can let go of it: also where the future was dropped before the server had named it. Codex 0.169.0 keeps a thread
/// loaded after that for as many seconds as its configuration says (`thread_unload_delay_secs`), with about 2 MB of its
/// memory: a program of many calls makes that time short.
///
/// Without an async runtime: `blocking::app_server::Client::as_async` gives the client for it.
pub struct Provider {
    client: Client,
    thread: ThreadOptions,
    drops_options: bool,
    ladder: Ladder,
}

/// The ways to tell a schema. The server has none of tools that must be called.
const RUNGS: Rungs = Rungs::new(&[
    Rung::new(SchemaMode::Native, WireForm::OpenAiStrict),
    Rung::new(SchemaMode::Prompt, WireForm::Plain),
]);

impl Provider {
    /// A provider over this connection, which may be used for other things at the same time.
    pub fn new(client: Client) -> Self {
        Self { client, thread: ThreadOptions::new(), drops_options: false, ladder: Ladder::default() }
    }

    /// Starts `codex app-server` for it alone.
    ///
    /// # Errors
    /// As [`Client::spawn`].
    pub async fn spawn(options: impl Into<SpawnOptions>) -> Result<Self> {
        Ok(Self::new(Client::spawn(options).await?))
    }

    /// How its threads are started: what is set here goes before what this provider sets, and single keys of the
    /// configuration too. A request's own model and system text go before both.
    ///
    /// ```no_run
    /// # use codex_ai::app_server::{Client, Provider, ThreadOptions};
    /// # fn make(client: Client) {
    /// let provider = Provider::new(client)
    ///     .with_thread_options(ThreadOptions::new().with_model("gpt-5.5").with_config("web_search", "live"));
    /// # }
    /// ```
    #[must_use]
    pub fn with_thread_options(mut self, options: ThreadOptions) -> Self {
        self.thread = options;
        self
    }

    /// Leaves out the options that the app server has no place for, such as `temperature` and `max_tokens`, instead of
    /// refusing the request.
    #[must_use]
    pub fn dropping_unsupported_options(mut self) -> Self {
        self.drops_options = true;
        self
    }

    /// The connection.
    pub fn client(&self) -> &Client {
        &self.client
    }

    fn climb<'a>(&'a self, request: &'a Request) -> Result<Climb<'a>> {
        self.ladder.climb(request, RUNGS, OwnFormat::Absent)
    }

    /// Starts the turn of a request.
    async fn begin(&self, request: &Request) -> Result<Running> {
        let model = request.options.model.as_deref().map(|name| name.strip_prefix("codex/").unwrap_or(name));
        let model = model.or(self.thread.model.as_deref());
        let route = model.map(|model| format!("{NAME}/{model}"));
        let begun = self.begin_with(request, model).await;
        begun.map_err(|error| match route {
            Some(route) => error.with_route(route),
            None => error.with_route(NAME),
        })
    }

    async fn begin_with(&self, request: &Request, model: Option<&str>) -> Result<Running> {
        let asked = Asked::new(request, self.drops_options)?;
        let core = &self.client.core;
        let thread = profile::thread_options(&self.thread, request, model, core.options().experimental_api);
        let mut options = TurnOptions::new().with_interrupt_on_drop(true);
        options.extra = asked.fields;
        if let Output::Schema(schema) = &request.output {
            options.output_schema = Some(as_value(schema.wire(WireForm::OpenAiStrict)?.as_raw().get())?);
        }
        let thread = self.client.start_thread(thread).await?;
        let lease = Lease::new(core.clone(), thread.id());
        if !asked.history.is_empty() {
            thread.inject_items(asked.history).await?;
        }
        let turn = thread.turn(asked.input, options).await?;
        let model = thread.settings().model.as_deref().or(model).unwrap_or_default();
        Ok(Running::new(turn, lease, model))
    }
}

fn as_value(raw: &str) -> Result<Value> {
    serde_json::from_str(raw).map_err(|error| {
        let message = format!("the schema cannot be sent: {error}");
        crate::Error::new(crate::ErrorKind::Schema, message).with_source(error)
    })
}

impl provider::Provider for Provider {
    fn name(&self) -> &str {
        NAME
    }

    fn generate<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Result<Reply>> {
        Box::pin(async move {
            let mut climb = self.climb(request)?;
            loop {
                let asked = match self.begin(climb.request()).await {
                    Ok(running) => running.finish().await,
                    Err(error) => Err(error),
                };
                if let Some(result) = climb.whole(asked) {
                    return result;
                }
            }
        })
    }

    fn stream<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Result<ReplyStream>> {
        Box::pin(async move {
            let mut climb = self.climb(request)?;
            loop {
                let asked = self.begin(climb.request()).await.map(ReplyStream::new);
                if let Some(result) = climb.opened(asked).await {
                    return result;
                }
            }
        })
    }

    /// Tools are given to a thread, not to a prompt.
    fn supports(&self, capability: Capability, _: Option<&str>) -> bool {
        matches!(capability, Capability::IMAGES | Capability::STRICT_SCHEMA)
    }
}

impl<Q> Supports<Images, Q> for Provider {}
impl<Q> Supports<StrictSchema, Q> for Provider {}

impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Provider")
            .field("client", &self.client)
            .field("thread", &self.thread)
            .field("drops_options", &self.drops_options)
            .finish_non_exhaustive()
    }
}
