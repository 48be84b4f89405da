//! Other providers, asked where one fails.

mod builder;
mod chain;
mod health;
mod run;
mod table;

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

pub use builder::FailoverBuilder;
pub use chain::{Chain, ImageChain, ImagenChain};

use self::health::Health;
use super::begin::begin;
use super::images::lacks;
use super::timeout::no_first_token;
use super::tried::route;
use crate::capability::{Capability, Supports};
use crate::error::Result;
#[cfg(doc)]
use crate::error::{Error, ErrorKind};
use crate::image::{GenerateImage, GenerateImagen, GeneratedImage, ImageRequest};
use crate::provider::{BoxFuture, Provider};
use crate::reply::Reply;
use crate::request::Request;
use crate::stream::ReplyStream;
use crate::transport::in_runtime;

/// After how many failures in a row a route rests.
pub const DEFAULT_FAILURES: u32 = 3;

/// How long a route rests where the vendor names no time: 30 s. One that names more than ten minutes gets ten.
pub const DEFAULT_COOL_DOWN: Duration = Duration::from_secs(30);

/// Asks the next provider where one fails: routes in order, each with its own model, each once a call.
///
/// ```
/// use codex_ai::layer::Failover;
/// use codex_ai::provider::Local;
/// use codex_ai::{BoxFuture, Error, ErrorKind, Message, Provider, Reply, Request, Result};
///
/// /// A vendor on a bad day.
/// struct Down;
///
/// impl Provider for Down {
///     fn name(&self) -> &str {
///         "down"
///     }
///
///     fn generate<'a>(&'a self, _: &'a Request) -> BoxFuture<'a, Result<Reply>> {
///         Box::pin(async { Err(Error::new(ErrorKind::Server, "the vendor is overloaded").with_status(529)) })
///     }
/// }
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let chain = Failover::builder().route_with_model(Down, "large").route(Local::quiet()).build()?;
/// let reply = chain.generate(&Request::new(vec![Message::user("Rain fell. Roads are closed.")])).await?;
/// assert_eq!(reply.attempts, 2);
/// # Ok::<_, Error>(()) }).unwrap();
/// ```
///
/// # Which failure moves on
/// | the next route is asked | the call fails at once |
/// | --- | --- |
/// | [`Connect`](ErrorKind::Connect), [`Timeout`](ErrorKind::Timeout), [`Incomplete`](ErrorKind::Incomplete), [`Protocol`](ErrorKind::Protocol) | [`InvalidRequest`](ErrorKind::InvalidRequest), [`InvalidArguments`](ErrorKind::InvalidArguments) |
/// | [`RateLimit`](ErrorKind::RateLimit), [`Quota`](ErrorKind::Quota), [`Server`](ErrorKind::Server) | [`Prompt`](ErrorKind::Prompt), [`UnknownPrompt`](ErrorKind::UnknownPrompt), [`Registry`](ErrorKind::Registry), [`Blocking`](ErrorKind::Blocking) |
/// | [`Authentication`](ErrorKind::Authentication), [`Permission`](ErrorKind::Permission), [`NotFound`](ErrorKind::NotFound), [`Config`](ErrorKind::Config) | [`Refused`](ErrorKind::Refused), [`Filtered`](ErrorKind::Filtered), [`Truncated`](ErrorKind::Truncated), [`Empty`](ErrorKind::Empty) |
/// | [`Unsupported`](ErrorKind::Unsupported), [`Schema`](ErrorKind::Schema), [`Other`](ErrorKind::Other) | [`InvalidOutput`](ErrorKind::InvalidOutput), [`TooLarge`](ErrorKind::TooLarge) |
///
/// On the right the fault is in the call, or there is an answer: another route would cost again and say the same. What
/// the vendor itself calls worth a retry moves on in any case. Of a stream nothing moves on after its first piece.
///
/// The error of a call that nobody could answer is the last one that may pass by itself, or else the last one; it has
/// every attempt in [`Error::attempts`] and in its text.
///
/// # Models
/// A request without a model asks each route for the model that the chain gives it, or else for the provider's default.
/// With a model, one route is asked for that, and first; the others follow in their order with their own models:
/// - `openai/gpt-5.6-luna` is for the route that has this model, or else the first whose provider is called `openai`;
/// - a name without a provider that the chain knows is for the route that has this model, or else for the first route.
///
/// For images each route is asked for its provider's own default, as the models of the chain are for text.
///
/// A program that wants one provider and no other asks that one by itself.
///
/// # Health
/// A route that failed [three](DEFAULT_FAILURES) times in a row rests: for the time that the vendor names, or
/// [30 s](DEFAULT_COOL_DOWN). Then one call is let through, and if it succeeds the route is back. Where all rest, the one
/// that would be back first is asked. What says nothing of the route (an unknown model, a schema) does not count.
pub struct Failover<L>(Core<L>);

/// The same without the bounds of [`ImageChain`], for chains whose images are known at run time alone.
struct Core<L> {
    chain: L,
    models: Vec<Option<String>>,
    health: Vec<Health>,
    failures: u32,
    cool_down: Duration,
    first_token: Option<Duration>,
    hedge: Option<Duration>,
}

impl<L: Chain> Provider for Failover<L> {
    fn name(&self) -> &str {
        "failover"
    }

    fn generate<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Result<Reply>> {
        Box::pin(async move {
            let steps = self.0.plan(request.options.model.as_deref());
            let answer = self.0.run(steps, None, |_, provider, model| {
                Box::pin(async move { provider.generate(&with_model(request, model)).await })
            });
            let (mut reply, failed) = answer.await?;
            reply.attempts = reply.attempts.saturating_add(failed);
            Ok(reply)
        })
    }

    fn stream<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Result<ReplyStream>> {
        Box::pin(async move {
            let limit = self.0.first_token;
            if limit.is_some() || self.0.hedge.is_some() {
                in_runtime()?;
            }
            let steps = self.0.plan(request.options.model.as_deref());
            let answer = self.0.run(steps, self.0.hedge, |_, provider, model| {
                Box::pin(async move {
                    let request = with_model(request, model);
                    let begun = begin(provider, &request);
                    match limit {
                        None => begun.await,
                        Some(limit) => {
                            tokio::time::timeout(limit, begun).await.unwrap_or_else(|_| Err(no_first_token(limit)))
                        }
                    }
                })
            });
            let (begun, failed) = answer.await?;
            Ok(begun.into_stream(failed))
        })
    }

    /// Images, if any route makes them; the others are passed over.
    fn images(&self) -> Option<&dyn GenerateImage> {
        self.0.any(|provider| provider.images().is_some()).then_some(&self.0)
    }

    fn imagen(&self) -> Option<&dyn GenerateImagen> {
        self.0.any(|provider| provider.imagen().is_some()).then_some(&self.0)
    }

    /// What all routes support: any of them may be asked.
    fn supports(&self, capability: Capability, model: Option<&str>) -> bool {
        self.route_without(capability, model).is_none()
    }

    fn route_without(&self, capability: Capability, model: Option<&str>) -> Option<String> {
        self.0.plan(model).iter().find_map(|step| {
            let provider = self.0.chain.provider(step.index)?;
            provider.route_without(capability, step.model.as_deref())
        })
    }

    fn is_dynamic(&self) -> bool {
        self.0.chain.is_dynamic()
    }
}

impl<L: Supports<C, Q>, C, Q> Supports<C, Q> for Failover<L> {}

impl<L: Chain> Core<L> {
    fn any(&self, has: impl Fn(&dyn Provider) -> bool) -> bool {
        (0..self.chain.count()).filter_map(|index| self.chain.provider(index)).any(has)
    }
}

/// The request for a route: the one that was given, or a copy that names the route's own model.
fn with_model(request: &Request, model: Option<String>) -> Cow<'_, Request> {
    if request.options.model.as_deref() == model.as_deref() {
        return Cow::Borrowed(request);
    }
    let mut own = request.clone();
    own.options.model = model.map(Into::into);
    Cow::Owned(own)
}

/// Makes an image by one capability, over routes that are got by `$source`.
macro_rules! failover_images {
    ($capability:ident, $chain:ident, $method:ident, $source:ident, $dynamic:ident, $what:literal) => {
        impl<L: $chain> $capability for Failover<L> {
            fn $method<'a>(&'a self, request: &'a ImageRequest) -> BoxFuture<'a, Result<GeneratedImage>> {
                Box::pin(async move {
                    let steps = self.0.plan_images(request.model.as_deref());
                    let image = self.0.run(steps, None, |index, provider, model| {
                        Box::pin(async move {
                            let source = self.0.chain.$source(index);
                            let source = source.ok_or_else(|| lacks(provider.name(), $what))?;
                            let mut own = request.clone();
                            own.model = model.map(Into::into);
                            source.$method(&own).await
                        })
                    });
                    Ok(image.await?.0)
                })
            }
        }

        impl<L: Chain> $capability for Core<L> {
            fn $method<'a>(&'a self, request: &'a ImageRequest) -> BoxFuture<'a, Result<GeneratedImage>> {
                Box::pin(async move {
                    let steps = self.plan_images(request.model.as_deref());
                    let image = self.run(steps, None, |_, provider, model| {
                        Box::pin(async move {
                            let source = provider.$dynamic().ok_or_else(|| lacks(provider.name(), $what))?;
                            let mut own = request.clone();
                            own.model = model.map(Into::into);
                            source.$method(&own).await
                        })
                    });
                    Ok(image.await?.0)
                })
            }
        }
    };
}

failover_images!(GenerateImage, ImageChain, generate_image, image_source, images, "image generation");
failover_images!(GenerateImagen, ImagenChain, generate_imagen, imagen_source, imagen, "Imagen");

impl<L: Chain> fmt::Debug for Failover<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = |index| self.0.chain.provider(index).map_or("", Provider::name);
        let model = |index: usize| self.0.models.get(index).and_then(|model| model.as_deref());
        let routes: Vec<String> = (0..self.0.chain.count()).map(|index| route(name(index), model(index))).collect();
        f.debug_tuple("Failover").field(&routes).finish()
    }
}
