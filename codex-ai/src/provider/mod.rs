//! The trait that a language model implements, and the vendors.

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
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a provider",
    label = "cannot be asked for an answer",
    note = "use a provider of `codex_ai::provider`, or implement `Provider` for `{Self}`"
)]
pub trait Provider: Send + Sync {
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

    /// This provider as a source of images, if it is one.
    fn images(&self) -> Option<&dyn GenerateImage> {
        None
    }

    /// This provider as a source of images by Imagen's own call, if it is one.
    fn imagen(&self) -> Option<&dyn GenerateImagen> {
        None
    }
}
