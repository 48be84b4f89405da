//! The same calls without async, for programs that have no runtime.

#[cfg(feature = "app-server")]
pub mod app_server;
mod background;
mod parts;

use std::fmt;
use std::sync::Arc;

use serde_json::Value;

use self::background::{Background, Owner};
use crate::capability::Serves;
use crate::dispatch::Caller;
#[cfg(doc)]
use crate::error::ErrorKind;
use crate::error::Result;
use crate::image::{GenerateImage, GenerateImagen, GeneratedImage, ImageRequest};
use crate::mount::Provides;
use crate::prompt::{JsonOutput, OutputOf, PromptDef};
use crate::provider::{AnyProvider, Provider};
use crate::registry::Router;
use crate::reply::Reply;
use crate::request::{Options, Request};
use crate::stream::Chunk;
use crate::structured::StructuredOutput;
use crate::tool::ToolUse;

pub use parts::{Elements, TextOf};

/// The blocking twin of [`Dispatcher`](crate::Dispatcher): the same methods, each of which waits for its answer.
///
/// It can be shared between threads and cloned cheaply. Inside an async runtime every method returns an error of kind
/// [`ErrorKind::Blocking`]; within `tokio::task::spawn_blocking` it works.
///
/// ```standalone_crate
/// use codex_ai::{blocking::Dispatcher, prompt, provider::Local};
///
/// /// Greets somebody.
/// #[prompt]
/// async fn greet(name: &str) -> String {
///     format!("Greet {name} in one sentence.")
/// }
///
/// let dispatcher = Dispatcher::new(Local::quiet())?;
/// let greeting = dispatcher.call::<Greet>(GreetArgs { name: "Ada" })?;
/// let greeting = Greet::builder().name("Ada").call(&dispatcher)?;
/// # assert!(!greeting.is_empty());
/// # Ok::<_, codex_ai::Error>(())
/// ```
pub struct Dispatcher<P = AnyProvider, S = ()> {
    inner: crate::Dispatcher<P, S>,
    runtime: Arc<Background>,
}

impl Dispatcher<AnyProvider> {
    /// As [`Dispatcher::from_env`](crate::Dispatcher::from_env).
    ///
    /// # Errors
    /// As there, and [`ErrorKind::Other`] if no thread can be started.
    pub fn from_env() -> Result<Self> {
        Self::wrap(crate::Dispatcher::from_env()?)
    }
}

impl<P: Provider> Dispatcher<P> {
    /// As [`Dispatcher::new`](crate::Dispatcher::new).
    ///
    /// # Errors
    /// As there, and [`ErrorKind::Other`] if no thread can be started.
    pub fn new(provider: P) -> Result<Self> {
        Self::wrap(crate::Dispatcher::new(provider)?)
    }
}

impl<P: Provider, S: Send + Sync + 'static> Dispatcher<P, S> {
    /// Makes a blocking dispatcher of an async one, which was set up by its builder.
    ///
    /// # Errors
    /// [`ErrorKind::Other`] if no thread can be started.
    pub fn wrap(inner: crate::Dispatcher<P, S>) -> Result<Self> {
        Ok(Self { inner, runtime: Arc::new(Background::start(Owner::Dispatcher)?) })
    }

    /// As [`Dispatcher::mount`](crate::Dispatcher::mount).
    #[must_use]
    pub fn mount<T: Send + Sync + 'static>(&self, state: Arc<T>) -> Dispatcher<P, T> {
        Dispatcher { inner: self.inner.mount(state), runtime: Arc::clone(&self.runtime) }
    }

    /// The provider.
    pub fn provider(&self) -> &P {
        self.inner.provider()
    }

    /// The modes that can be called by name, sorted.
    pub fn modes(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.inner.modes()
    }

    /// As [`Dispatcher::include_router`](crate::Dispatcher::include_router).
    pub fn include_router(&mut self, router: Router) {
        self.inner.include_router(router);
    }

    /// As [`Dispatcher::with_options`](crate::Dispatcher::with_options).
    #[must_use]
    pub fn with_options(&self, options: Options) -> Self {
        Self { inner: self.inner.with_options(options), runtime: Arc::clone(&self.runtime) }
    }

    /// As [`Dispatcher::with_tool_use`](crate::Dispatcher::with_tool_use).
    #[must_use]
    pub fn with_tool_use(&self, policy: ToolUse) -> Self {
        Self { inner: self.inner.with_tool_use(policy), runtime: Arc::clone(&self.runtime) }
    }

    /// As [`Dispatcher::with_structured_output`](crate::Dispatcher::with_structured_output).
    #[must_use]
    pub fn with_structured_output(&self, policy: StructuredOutput) -> Self {
        Self { inner: self.inner.with_structured_output(policy), runtime: Arc::clone(&self.runtime) }
    }

    /// As [`Dispatcher::call`](crate::Dispatcher::call).
    ///
    /// # Errors
    /// As there, and [`ErrorKind::Blocking`] inside an async runtime.
    pub fn call<'a, Q: PromptDef>(&'a self, args: Q::Args<'a>) -> Result<OutputOf<Q>>
    where
        P: Serves<Q>,
        S: Provides<Q::State>,
    {
        self.wait(self.inner.call::<Q>(args))
    }

    /// As [`Dispatcher::reply`](crate::Dispatcher::reply).
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub fn reply<'a, Q: PromptDef>(&'a self, args: Q::Args<'a>) -> Result<Reply<OutputOf<Q>>>
    where
        P: Serves<Q>,
        S: Provides<Q::State>,
    {
        self.wait(self.inner.reply::<Q>(args))
    }

    /// As [`Dispatcher::process`](crate::Dispatcher::process).
    ///
    /// # Errors
    /// As there, and [`ErrorKind::Blocking`] inside an async runtime.
    pub fn process(&self, mode: &str, arguments: Value) -> Result<Value> {
        self.wait(self.inner.process(mode, arguments))
    }

    /// As [`Dispatcher::process_reply`](crate::Dispatcher::process_reply).
    ///
    /// # Errors
    /// As [`process`](Self::process).
    pub fn process_reply(&self, mode: &str, arguments: Value) -> Result<Reply<Value>> {
        self.wait(self.inner.process_reply(mode, arguments))
    }

    /// As [`Dispatcher::generate_text`](crate::Dispatcher::generate_text).
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub fn generate_text(&self, request: impl Into<Request>) -> Result<String> {
        self.wait(self.inner.generate_text(request))
    }

    /// As [`Dispatcher::generate_json`](crate::Dispatcher::generate_json).
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub fn generate_json<T: JsonOutput>(&self, request: impl Into<Request>) -> Result<T> {
        self.wait(self.inner.generate_json(request))
    }

    /// As [`Dispatcher::generate_value`](crate::Dispatcher::generate_value).
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub fn generate_value(&self, request: impl Into<Request>) -> Result<Value> {
        self.wait(self.inner.generate_value(request))
    }

    /// As [`Dispatcher::generate_reply`](crate::Dispatcher::generate_reply).
    ///
    /// # Errors
    /// As there, and [`ErrorKind::Blocking`] inside an async runtime.
    pub fn generate_reply(&self, request: impl Into<Request>) -> Result<Reply> {
        self.wait(self.inner.generate_reply(request))
    }

    /// As [`Dispatcher::stream_reply`](crate::Dispatcher::stream_reply).
    ///
    /// # Errors
    /// As [`generate_reply`](Self::generate_reply).
    pub fn stream_reply(&self, request: impl Into<Request>) -> Result<ReplyStream> {
        let inner = self.wait(self.inner.stream_reply(request))?;
        Ok(ReplyStream { inner, runtime: Arc::clone(&self.runtime), refused: false })
    }

    /// As [`Dispatcher::stream`](crate::Dispatcher::stream).
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub fn stream<'a, Q: PromptDef>(&'a self, args: Q::Args<'a>) -> Result<ReplyStream<OutputOf<Q>>>
    where
        P: Serves<Q>,
        S: Provides<Q::State>,
    {
        let inner = self.wait(self.inner.stream::<Q>(args))?;
        Ok(ReplyStream { inner, runtime: Arc::clone(&self.runtime), refused: false })
    }

    /// As [`Dispatcher::stream_text`](crate::Dispatcher::stream_text).
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub fn stream_text(&self, request: impl Into<Request>) -> Result<ReplyStream<String>> {
        let inner = self.wait(self.inner.stream_text(request))?;
        Ok(ReplyStream { inner, runtime: Arc::clone(&self.runtime), refused: false })
    }

    /// As [`Dispatcher::stream_json`](crate::Dispatcher::stream_json).
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub fn stream_json<T: JsonOutput>(&self, request: impl Into<Request>) -> Result<ReplyStream<T>> {
        let inner = self.wait(self.inner.stream_json(request))?;
        Ok(ReplyStream { inner, runtime: Arc::clone(&self.runtime), refused: false })
    }

    /// As [`Dispatcher::generate_image`](crate::Dispatcher::generate_image).
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub fn generate_image(&self, request: ImageRequest) -> Result<GeneratedImage>
    where
        P: GenerateImage,
    {
        self.wait(self.inner.generate_image(request))
    }

    /// As [`Dispatcher::generate_imagen`](crate::Dispatcher::generate_imagen).
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub fn generate_imagen(&self, request: ImageRequest) -> Result<GeneratedImage>
    where
        P: GenerateImagen,
    {
        self.wait(self.inner.generate_imagen(request))
    }

    fn wait<T>(&self, work: impl Future<Output = Result<T>>) -> Result<T> {
        self.runtime.wait(work)
    }
}

/// The blocking twin of [`ReplyStream`](crate::ReplyStream): an iterator over the pieces, each of which is waited for.
///
/// Inside an async runtime it gives one error of kind [`ErrorKind::Blocking`] and then `None`. No piece is lost: outside
/// of the runtime it goes on.
///
/// ```standalone_crate
/// use codex_ai::{blocking::Dispatcher, provider::Local};
///
/// let dispatcher = Dispatcher::new(Local::quiet())?;
/// let mut stream = dispatcher.stream_text("Rain fell all night. Two roads are closed.")?;
/// let mut text = String::new();
/// for chunk in &mut stream {
///     text.push_str(chunk?.as_text().unwrap_or_default());
/// }
/// assert_eq!(stream.finish()?.value, text);
/// # Ok::<_, codex_ai::Error>(())
/// ```
#[must_use = "a stream does nothing until it is read"]
#[derive(Debug)]
pub struct ReplyStream<T = ()> {
    inner: crate::ReplyStream<T>,
    runtime: Arc<Background>,
    /// It was asked inside an async runtime, and said so.
    refused: bool,
}

impl<T> ReplyStream<T> {
    /// As [`ReplyStream::finish`](crate::ReplyStream::finish).
    ///
    /// # Errors
    /// As there, and [`ErrorKind::Blocking`] inside an async runtime.
    pub fn finish(self) -> Result<Reply<T>> {
        self.runtime.wait(self.inner.finish())
    }
}

impl<T> Iterator for ReplyStream<T> {
    type Item = Result<Chunk>;

    fn next(&mut self) -> Option<Result<Chunk>> {
        self.runtime.next(self.inner.next(), &mut self.refused)
    }
}

impl<P, S> Clone for Dispatcher<P, S> {
    fn clone(&self) -> Self {
        Self { inner: self.inner.clone(), runtime: Arc::clone(&self.runtime) }
    }
}

impl<P: Provider, S: Send + Sync + 'static> fmt::Debug for Dispatcher<P, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("blocking::Dispatcher").field(&self.inner).finish()
    }
}

impl<P, S, Q> Caller<Q> for Dispatcher<P, S>
where
    P: Provider + Serves<Q> + 'static,
    S: Provides<Q::State>,
    Q: PromptDef,
{
    type Called<'a>
        = Result<OutputOf<Q>>
    where
        Self: 'a;

    fn call_prompt<'a>(&'a self, args: Q::Args<'a>) -> Self::Called<'a> {
        self.call::<Q>(args)
    }
}
