//! The trait that a language model implements, and the vendors.
//!
//! # How a model is told a schema
//! A request for [`Output::Schema`](crate::Output::Schema) goes out in the first way that its vendor has
//! ([`SchemaMode`](crate::SchemaMode)). Where the schema has no form there, which is found before anything is sent, or
//! the vendor refuses the schema or the way itself (status 400, 404 or 422), the next one is tried at once, for whole
//! answers and for streams. The one that works is remembered per model and schema, 1,024 of them in each provider.
//!
//! | vendor | the ways, in order |
//! | --- | --- |
//! | OpenAI, by the Responses API and by Chat Completions; Azure; OpenRouter | `text.format` or `response_format` with `strict`; a strict tool; a tool; JSON mode; words |
//! | Anthropic | `output_config.format`; a strict tool; a tool; words |
//! | Gemini | `responseJsonSchema`; `responseSchema`; a function; JSON mode; words |
//! | Groq, Mistral | `response_format` with `strict`; a tool; JSON mode; words |
//! | vLLM, LM Studio, any other server of Chat Completions | `response_format` with the schema as it is; a tool; JSON mode; words |
//! | Ollama, llama.cpp | the same, but JSON mode before a tool, which they cannot be made to call |
//! | DeepSeek | JSON mode; a tool; words |
//! | [`app_server::Provider`](crate::app_server::Provider) | `outputSchema`; words |
//! | [`Local`] | made by the schema |
//!
//! A [`Dialect`](crate::wire::openai_chat::Dialect) says it for a server that is not listed.
//!
//! - **A tool** has the schema's name, and the schema as its parameters; the model must call it. Its arguments are the
//!   text of the reply ([`Reply::answered_by`](crate::Reply::answered_by) has the call), and of the pieces of a stream.
//!   A request that has tools of its own, or a choice among them, is not asked in this way.
//! - **JSON mode and words** add [`Schema::type_text`](crate::Schema::type_text) to the end of the instructions, the same
//!   bytes each time, so that a vendor's cache goes on to work.
//! - **A way that is asked for** ([`Request::schema_mode`](crate::Request::schema_mode),
//!   [`StructuredOutput::mode`](crate::StructuredOutput::mode)) is the only one: where it is refused, that is the error.
//!   So it is where extra options bring fields of the vendor's own format.
//! - **A reply says** which way it came ([`schema_mode`](crate::Reply::schema_mode)), and which form of the schema its text
//!   follows ([`wire_form`](crate::Reply::wire_form)).

#[cfg(feature = "anthropic")]
pub mod anthropic;
mod any;
#[cfg(any(feature = "openai", feature = "openrouter", feature = "compatible"))]
mod chat;
#[cfg(feature = "compatible")]
pub mod compatible;
#[cfg(feature = "_vendor")]
mod endpoint;
mod env;
#[cfg(feature = "_vendor")]
mod events;
#[cfg(feature = "gemini")]
pub mod gemini;
#[cfg(any(feature = "_vendor", feature = "app-server"))]
pub(crate) mod ladder;
pub mod local;
#[cfg(feature = "_vendor")]
mod model;
#[cfg(feature = "openai")]
pub mod openai;
#[cfg(feature = "openrouter")]
pub mod openrouter;
#[cfg(any(feature = "openai", feature = "openrouter", feature = "compatible"))]
mod rate_limits;
#[cfg(feature = "_vendor")]
mod settings;

use std::pin::Pin;

pub use any::{AnyProvider, Routes};
pub use local::Local;

use crate::capability::Capability;
use crate::error::Result;
use crate::image::{GenerateImage, GenerateImagen};
use crate::reply::Reply;
use crate::request::Request;
use crate::stream::ReplyStream;

/// A boxed future that may cross threads.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// One language model, or a vendor's set of them.
///
/// Object-safe, so that `Arc<dyn Provider>` and [`AnyProvider`] work; a layer such as a cache holds one and is one.
///
/// ```
/// use codex_ai::{BoxFuture, Provider, Reply, Request, Result};
///
/// /// Says the last message back.
/// struct Echo;
///
/// impl Provider for Echo {
///     fn name(&self) -> &str {
///         "echo"
///     }
///
///     fn generate<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Result<Reply>> {
///         Box::pin(async move {
///             let text = request.messages.last().and_then(|m| m.text()).unwrap_or_default();
///             Ok(Reply::from_text("echo-1", text))
///         })
///     }
/// }
/// ```
///
/// A stream is anything that gives [`StreamItem`](crate::StreamItem)s, the whole reply last. A layer takes the items of
/// the stream within and hands them on; here one that counts the tokens of all calls, streamed or not:
///
/// ```
/// use std::collections::VecDeque;
/// use std::pin::Pin;
/// use std::sync::atomic::{AtomicU64, Ordering};
/// use std::sync::Arc;
/// use std::task::{Context, Poll, ready};
///
/// use codex_ai::{
///     BoxFuture, Capability, Chunk, Dispatcher, GenerateImage, Provider, Reply, ReplyStream, Request, Result, StreamItem,
///     Supports, Usage,
/// };
/// use futures_core::Stream;
///
/// /// Says the last message back, a word at a time.
/// struct Echo;
///
/// struct Words(VecDeque<StreamItem>);
///
/// impl Stream for Words {
///     type Item = Result<StreamItem>;
///
///     fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
///         Poll::Ready(self.0.pop_front().map(Ok))
///     }
/// }
///
/// impl Provider for Echo {
///     fn name(&self) -> &str {
///         "echo"
///     }
///
///     fn generate<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Result<Reply>> {
///         Box::pin(async move {
///             let text = request.messages.last().and_then(|m| m.text()).unwrap_or_default();
///             let words = text.split(' ').count() as u64;
///             Ok(Reply::from_text("echo-1", text).with_usage(Usage::new(words, words)))
///         })
///     }
///
///     fn stream<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Result<ReplyStream>> {
///         Box::pin(async move {
///             let reply = self.generate(request).await?;
///             let text = reply.text().into_owned();
///             let words = text.split_inclusive(' ').map(|word| StreamItem::Chunk(Chunk::Text(word.to_owned())));
///             Ok(ReplyStream::new(Words(words.chain([StreamItem::Done(Box::new(reply))]).collect())))
///         })
///     }
/// }
///
/// /// Counts the tokens of the provider within.
/// struct Counted<P> {
///     inner: P,
///     tokens: Arc<AtomicU64>,
/// }
///
/// struct Counting {
///     items: Pin<Box<dyn Stream<Item = Result<StreamItem>> + Send>>,
///     tokens: Arc<AtomicU64>,
/// }
///
/// fn count(tokens: &AtomicU64, reply: &Reply) {
///     tokens.fetch_add(reply.usage.map_or(0, |usage| usage.total_tokens()), Ordering::Relaxed);
/// }
///
/// impl Stream for Counting {
///     type Item = Result<StreamItem>;
///
///     fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
///         let item = ready!(self.items.as_mut().poll_next(cx));
///         if let Some(Ok(StreamItem::Done(reply))) = &item {
///             count(&self.tokens, reply);
///         }
///         Poll::Ready(item)
///     }
/// }
///
/// impl<P: Provider> Provider for Counted<P> {
///     fn name(&self) -> &str {
///         self.inner.name()
///     }
///
///     fn generate<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Result<Reply>> {
///         Box::pin(async move {
///             let reply = self.inner.generate(request).await?;
///             count(&self.tokens, &reply);
///             Ok(reply)
///         })
///     }
///
///     fn stream<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Result<ReplyStream>> {
///         Box::pin(async move {
///             let items = Box::pin(self.inner.stream(request).await?.into_items());
///             Ok(ReplyStream::new(Counting { items, tokens: Arc::clone(&self.tokens) }))
///         })
///     }
///
///     // Without these the layer would hide what the provider can do.
///     fn supports(&self, capability: Capability, model: Option<&str>) -> bool {
///         self.inner.supports(capability, model)
///     }
///
///     fn images(&self) -> Option<&dyn GenerateImage> {
///         self.inner.images()
///     }
/// }
///
/// // To the compiler it has what its provider has.
/// impl<P: Supports<C, Q>, C, Q> Supports<C, Q> for Counted<P> {}
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let tokens = Arc::new(AtomicU64::new(0));
/// let dispatcher = Dispatcher::new(Counted { inner: Echo, tokens: Arc::clone(&tokens) })?;
/// assert_eq!(dispatcher.generate_text("one two").await?, "one two");
/// let stream = dispatcher.stream_text("one two three").await?;
/// assert_eq!(stream.finish().await?.value, "one two three");
/// assert_eq!(tokens.load(Ordering::Relaxed), 10);
/// # Ok::<_, codex_ai::Error>(()) }).unwrap();
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a provider",
    label = "cannot be asked for an answer",
    note = "use a provider of `codex_ai::provider`, or implement `Provider` for `{Self}`"
)]
pub trait Provider: Send + Sync + 'static {
    /// The provider's name as in `openai/gpt-5.6-luna`.
    fn name(&self) -> &str;

    /// Asks for one whole answer.
    ///
    /// # Errors
    /// Whatever keeps the answer from coming. An answer that came but is refused, filtered, cut off or empty is `Ok`
    /// here and tells so by its finish reason; who reads the value decides.
    fn generate<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Result<Reply>>;

    /// Asks for an answer while it comes. A provider that cannot stream gives its whole answer as one piece.
    ///
    /// # Errors
    /// Whatever keeps the answer from beginning; what goes wrong later is an item of the stream.
    fn stream<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Result<ReplyStream>> {
        Box::pin(async move { Ok(ReplyStream::from_reply(self.generate(request).await?)) })
    }

    /// Whether it can do this when it is asked for this model, or for that of its own choice.
    ///
    /// It is asked about what prompts require before anything is sent: when a dispatcher is built, if the provider
    /// [is dynamic](Self::is_dynamic), and in calls by name. The compiler asks [`Supports`](crate::Supports). A layer hands
    /// it on to the provider within.
    fn supports(&self, _capability: Capability, _model: Option<&str>) -> bool {
        false
    }

    /// The name of what cannot do this: the provider, or the route of a chain; `None` where all can that may be asked.
    fn route_without(&self, capability: Capability, model: Option<&str>) -> Option<String> {
        (!self.supports(capability, model)).then(|| self.name().to_owned())
    }

    /// Whether what it supports is known at run time alone. Then the compiler lets every prompt pass, and
    /// [`DispatcherBuilder::build`](crate::DispatcherBuilder::build) checks all of them.
    fn is_dynamic(&self) -> bool {
        false
    }

    /// This provider as a source of images, if it is one.
    fn images(&self) -> Option<&dyn GenerateImage> {
        None
    }

    /// This provider as a source of images by Imagen's own call, if it is one.
    fn imagen(&self) -> Option<&dyn GenerateImagen> {
        None
    }
}
