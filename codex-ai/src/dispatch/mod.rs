//! Renders a prompt, asks the provider, reads the value. The one place that knows prompts and providers together.

mod ask;
mod at_once;
mod builder;
mod caller;
mod given;
mod held;
mod needs;
mod rounds;
mod stream;
mod tools;
mod unknown;

use std::fmt;
use std::sync::Arc;

use serde_json::Value;

use crate::capability::Serves;
#[cfg(doc)]
use crate::error::ErrorKind;
use crate::error::Result;
use crate::image::{GenerateImage, GenerateImagen, GeneratedImage, ImageRequest};
use crate::mount::Provides;
use crate::prompt::{JsonOutput, OutputOf, PromptDef};
use crate::provider::{AnyProvider, BoxFuture, Provider};
use crate::registry::{Entry, Router};
use crate::reply::Reply;
use crate::request::{Options, Request};
use crate::structured::StructuredOutput;
use crate::telemetry;
use crate::tool::ToolUse;

pub use builder::DispatcherBuilder;
pub use caller::Caller;

/// Calls prompts on a provider.
///
/// Cloning is cheap: clones share the provider. Dropping the future of a call cancels it.
///
/// The methods return boxed futures rather than being `async`, so that a wrong type argument is one compile error where it
/// stands and not three.
///
/// Options are taken in this order: [`with_options`](Self::with_options), then what the prompt function sets, then the
/// keys of `#[prompt(..)]`, then [`DispatcherBuilder::options`], then the provider's own defaults.
///
/// ```standalone_crate
/// use codex_ai::{Dispatcher, LlmSchema, Prompt, prompt, provider::Local};
///
/// #[derive(Debug, serde::Deserialize, LlmSchema)]
/// struct Summary {
///     headline: String,
///     points: Vec<String>,
/// }
///
/// /// Summarises a text.
/// #[prompt]
/// async fn summarize(text: &str, #[arg(default = 3)] max_points: u8) -> Prompt<Summary> {
///     Prompt::new().system("You are a careful editor.").user(format!("At most {max_points} points.\n\n{text}"))
/// }
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let dispatcher = Dispatcher::new(Local::quiet())?;
/// let summary = dispatcher.call::<Summarize>(SummarizeArgs { text: "Rain fell. Roads flooded.", max_points: 3 }).await?;
/// assert!(!summary.headline.is_empty());
/// let summary = Summarize::builder().text("Rain fell. Roads flooded.").call(&dispatcher).await?;
/// assert!(!summary.points.is_empty());
/// # Ok::<_, codex_ai::Error>(()) }).unwrap();
/// ```
pub struct Dispatcher<P = AnyProvider, S = ()> {
    shared: Arc<Shared<P>>,
    /// What [`Dispatcher::mount`] was given.
    state: Arc<S>,
    prompts: Arc<Router>,
    /// What [`Dispatcher::with_options`] set.
    options: Option<Arc<Options>>,
    structured: Arc<StructuredOutput>,
    tools: Arc<ToolUse>,
}

struct Shared<P> {
    provider: P,
    defaults: Options,
}

impl Dispatcher<AnyProvider> {
    /// A dispatcher over the provider that the environment names, with all prompts of the binary.
    ///
    /// # Errors
    /// As [`AnyProvider::from_env`] and [`DispatcherBuilder::build`].
    pub fn from_env() -> Result<Self> {
        Self::new(AnyProvider::from_env()?)
    }
}

impl<P: Provider> Dispatcher<P> {
    /// A dispatcher over `provider` with all prompts of the binary.
    ///
    /// # Errors
    /// As [`DispatcherBuilder::build`].
    pub fn new(provider: P) -> Result<Self> {
        Self::builder(provider).build()
    }

    /// Sets up a dispatcher step by step.
    pub fn builder(provider: P) -> DispatcherBuilder<P> {
        DispatcherBuilder::new(provider)
    }
}

impl<P: Provider, S: Send + Sync + 'static> Dispatcher<P, S> {
    /// A dispatcher that calls the prompts that are methods of `T` on this value, typed and by name. It shares the provider
    /// with this one.
    ///
    /// What was mounted before is still called by name, unless it was of the same type. In typed calls there is one state:
    /// a type that holds several gives them by [`Provides`].
    ///
    /// ```standalone_crate
    /// use std::sync::Arc;
    ///
    /// use codex_ai::{Dispatcher, Prompt, prompt, prompts, provider::Local};
    ///
    /// struct Reviewer {
    ///     house_style: String,
    /// }
    ///
    /// #[prompts]
    /// impl Reviewer {
    ///     /// Reviews a text by the rules of the house.
    ///     #[prompt]
    ///     async fn review(&self, text: &str) -> Prompt {
    ///         Prompt::new().system(&self.house_style).user(text)
    ///     }
    /// }
    ///
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// let reviewer = Reviewer { house_style: "No adverbs.".to_owned() };
    /// let dispatcher = Dispatcher::new(Local::quiet())?.mount(Arc::new(reviewer));
    /// let review: String = Review::builder().text("It rained heavily.").call(&dispatcher).await?;
    /// let review = dispatcher.process("review", serde_json::json!({ "text": "It rained heavily." })).await?;
    /// # Ok::<_, codex_ai::Error>(()) }).unwrap();
    /// ```
    #[must_use]
    pub fn mount<T: Send + Sync + 'static>(&self, state: Arc<T>) -> Dispatcher<P, T> {
        let prompts = Router::clone(&self.prompts).mount(Arc::clone(&state));
        Dispatcher {
            shared: Arc::clone(&self.shared),
            state,
            prompts: Arc::new(prompts),
            options: self.options.clone(),
            structured: Arc::clone(&self.structured),
            tools: Arc::clone(&self.tools),
        }
    }

    /// The provider.
    pub fn provider(&self) -> &P {
        &self.shared.provider
    }

    /// The modes that can be called by name, sorted.
    pub fn modes(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.prompts.iter().map(Entry::mode)
    }

    /// Adds the prompts of a router to those that can be called by name. Of two with one mode the later wins, and that is
    /// logged. Clones made before do not see them.
    pub fn include_router(&mut self, router: Router) {
        let prompts = Arc::make_mut(&mut self.prompts);
        *prompts = std::mem::take(prompts).include_router(router);
    }

    /// The same dispatcher with options that go before all others.
    ///
    /// ```no_run,standalone_crate
    /// # use codex_ai::{Dispatcher, Options, prompt};
    /// # #[prompt]
    /// # async fn greet(name: &str) -> String { format!("Greet {name}.") }
    /// # async fn example(dispatcher: Dispatcher) -> codex_ai::Result<()> {
    /// let careful = dispatcher.with_options(Options::new().with_temperature(0.0));
    /// let greeting = careful.call::<Greet>(GreetArgs { name: "Ada" }).await?;
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn with_options(&self, mut options: Options) -> Self {
        if let Some(earlier) = &self.options {
            options.fill_from(earlier);
        }
        Self { options: Some(Arc::new(options)), ..self.clone() }
    }

    /// The same dispatcher with another way to get values: how strictly answers are read, how often it asks again.
    #[must_use]
    pub fn with_structured_output(&self, policy: StructuredOutput) -> Self {
        Self { structured: Arc::new(policy), ..self.clone() }
    }

    /// The same dispatcher with other limits for models that call tools: how often, how long, for how many tokens.
    #[must_use]
    pub fn with_tool_use(&self, policy: ToolUse) -> Self {
        Self { tools: Arc::new(policy), ..self.clone() }
    }

    /// Calls a prompt and gives the value. `Q` is the marker type: `Summarize` for `fn summarize`. Where the answer is no
    /// value, the model is told what is wrong and asked again, as [`StructuredOutput`] says.
    ///
    /// # Errors
    /// What the prompt function, the provider or the reading of the answer ended in; see [`ErrorKind`].
    pub fn call<'a, Q: PromptDef>(&'a self, args: Q::Args<'a>) -> BoxFuture<'a, Result<OutputOf<Q>>>
    where
        P: Serves<Q>,
        S: Provides<Q::State>,
    {
        self.ask_prompt::<Q, _>(args, |_, value| value)
    }

    /// Calls a prompt and gives the value with all that came with it: text, usage, finish reason, model, request id.
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub fn reply<'a, Q: PromptDef>(&'a self, args: Q::Args<'a>) -> BoxFuture<'a, Result<Reply<OutputOf<Q>>>>
    where
        P: Serves<Q>,
        S: Provides<Q::State>,
    {
        self.ask_prompt::<Q, _>(args, Reply::with_value)
    }

    /// Calls a prompt by name with JSON arguments and gives the value as JSON; free text is a JSON string.
    ///
    /// # Errors
    /// [`ErrorKind::UnknownPrompt`] with a suggestion, [`ErrorKind::InvalidArguments`] with every problem and its path,
    /// both before anything is sent; otherwise as [`call`](Self::call).
    pub fn process<'a>(&'a self, mode: &'a str, arguments: Value) -> BoxFuture<'a, Result<Value>> {
        Box::pin(async move { Ok(self.ask_by_name(mode, arguments).await?.value) })
    }

    /// As [`process`](Self::process), with all that came with the value.
    ///
    /// # Errors
    /// As [`process`](Self::process).
    pub fn process_reply<'a>(&'a self, mode: &'a str, arguments: Value) -> BoxFuture<'a, Result<Reply<Value>>> {
        Box::pin(self.ask_by_name(mode, arguments))
    }

    /// Asks for free text, without a prompt function. Takes text, a [`Prompt`](crate::Prompt) or a [`Request`], whatever
    /// form of answer it names.
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub fn generate_text(&self, request: impl Into<Request>) -> BoxFuture<'_, Result<String>> {
        Box::pin(self.ask_for(request.into()))
    }

    /// Asks for a `T` as JSON, without a prompt function. Takes text, a [`Prompt`](crate::Prompt) or a [`Request`].
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub fn generate_json<T: JsonOutput>(&self, request: impl Into<Request>) -> BoxFuture<'_, Result<T>> {
        Box::pin(self.ask_for(request.into()))
    }

    /// Asks for a value whose schema is known at run time alone: that of the request's
    /// [`output`](Request::output), or any JSON where it has none.
    ///
    /// ```
    /// use codex_ai::{Dispatcher, Output, Request, Schema, provider::Local};
    /// use serde_json::json;
    ///
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// let dispatcher = Dispatcher::new(Local::quiet())?;
    /// let schema = Schema::new("Place", json!({
    ///     "type": "object",
    ///     "properties": { "city": { "type": "string" } },
    ///     "required": ["city"],
    /// }))?;
    /// let request = Request::from("Where is the Louvre?").with_output(Output::Schema(schema.into()));
    /// let place = dispatcher.generate_value(request).await?;
    /// assert!(place["city"].is_string());
    /// # Ok::<_, codex_ai::Error>(()) }).unwrap();
    /// ```
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub fn generate_value(&self, request: impl Into<Request>) -> BoxFuture<'_, Result<Value>> {
        Box::pin(self.ask_for_value(request.into()))
    }

    /// Asks for an answer and gives it as it is, read as no value: with the calls of tools, and refused, cut off or empty
    /// as it may be. Takes text, a [`Prompt`](crate::Prompt), a [`Request`] or a reference to one, and asks for the form of
    /// answer that it names.
    ///
    /// ```no_run
    /// use codex_ai::{Dispatcher, Function, LlmSchema, Message, Prompt, Request};
    ///
    /// #[derive(serde::Deserialize, LlmSchema)]
    /// struct Place {
    ///     city: String,
    /// }
    ///
    /// # async fn example(dispatcher: Dispatcher) -> codex_ai::Result<()> {
    /// let weather = Function::new("weather").with_description("The weather now.").with_arguments::<Place>();
    /// let mut request: Request = Prompt::<String>::new().user("How warm is it in Oslo?").tool(weather).into();
    /// // A model may call tools for ever; each turn costs.
    /// for _ in 0..5 {
    ///     let reply = dispatcher.generate_reply(&request).await?;
    ///     let results: Vec<_> = reply
    ///         .tool_calls()
    ///         .map(|call| match call.read::<Place>() {
    ///             Ok(place) => call.result(format!("12 degrees in {}", place.city)),
    ///             Err(error) => call.result(error.to_string()).as_error(),
    ///         })
    ///         .collect();
    ///     if results.is_empty() {
    ///         println!("{}", reply.read::<String>()?);
    ///         break;
    ///     }
    ///     request.messages.extend([reply.to_message(), Message::tool(results)]);
    /// }
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// What the provider ended in.
    pub fn generate_reply(&self, request: impl Into<Request>) -> BoxFuture<'_, Result<Reply>> {
        let mut request = request.into();
        Box::pin(async move { self.untyped().ask_plainly(&mut request).await })
    }

    /// Makes an image. Does not compile for a provider without images; [`AnyProvider`] refuses before anything is sent.
    ///
    /// # Errors
    /// As [`GenerateImage::generate_image`].
    pub fn generate_image(&self, request: ImageRequest) -> BoxFuture<'_, Result<GeneratedImage>>
    where
        P: GenerateImage,
    {
        Box::pin(async move {
            let span = telemetry::image(self.provider().name(), &request);
            telemetry::whole(span, self.provider().generate_image(&request)).await
        })
    }

    /// Makes an image by Imagen's own call. Does not compile for a provider without it; [`AnyProvider`] refuses before
    /// anything is sent.
    ///
    /// # Errors
    /// As [`GenerateImagen::generate_imagen`].
    pub fn generate_imagen(&self, request: ImageRequest) -> BoxFuture<'_, Result<GeneratedImage>>
    where
        P: GenerateImagen,
    {
        Box::pin(async move {
            let span = telemetry::image(self.provider().name(), &request);
            telemetry::whole(span, self.provider().generate_imagen(&request)).await
        })
    }
}

impl<P, S> Clone for Dispatcher<P, S> {
    fn clone(&self) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
            state: Arc::clone(&self.state),
            prompts: Arc::clone(&self.prompts),
            options: self.options.clone(),
            structured: Arc::clone(&self.structured),
            tools: Arc::clone(&self.tools),
        }
    }
}

impl<P: Provider, S: Send + Sync + 'static> fmt::Debug for Dispatcher<P, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dispatcher")
            .field("provider", &self.shared.provider.name())
            .field("modes", &self.modes().collect::<Vec<_>>())
            .field("options", &self.options)
            .finish()
    }
}
