//! Several providers behind one, chosen by the name in front of the model.

use std::borrow::Cow;
use std::fmt;

use crate::capability::{Capability, Supports};
use crate::error::Result;
use crate::image::{GenerateImage, GenerateImagen, GeneratedImage, ImageRequest};
use crate::provider::{AnyProvider, BoxFuture, Provider};
use crate::reply::Reply;
use crate::request::Request;
use crate::stream::ReplyStream;

/// Several providers behind one: `vendor/model` goes to the provider of that name, everything else to the default.
///
/// Each request is asked once, of one provider; [`Failover`](crate::layer::Failover) asks others where one fails. A name
/// that no provider has is part of the model's own name, as of `meta-llama/llama-4` at a router, and goes to the default.
///
/// ```
/// use codex_ai::provider::{Local, Routes};
/// use codex_ai::{BoxFuture, Message, Options, Provider, Reply, Request, Result};
///
/// /// Says which model it was asked for.
/// struct Echo;
///
/// impl Provider for Echo {
///     fn name(&self) -> &str {
///         "echo"
///     }
///
///     fn generate<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Result<Reply>> {
///         Box::pin(async move { Ok(Reply::from_text("echo", request.options.model.as_deref().unwrap_or("none"))) })
///     }
/// }
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let routes = Routes::new(Local::quiet()).with(Echo).with_name("fast", Echo);
/// let ask = |model: &'static str| {
///     Request::new(vec![Message::user("Rain fell.")]).with_options(Options::new().with_model(model))
/// };
/// assert_eq!(routes.generate(&ask("local-model")).await?.text(), "Rain fell.");
/// // A provider knows its own name, and one that was given here is taken off.
/// assert_eq!(routes.generate(&ask("echo/large")).await?.text(), "echo/large");
/// assert_eq!(routes.generate(&ask("fast/large")).await?.text(), "large");
/// # Ok::<_, codex_ai::Error>(()) }).unwrap();
/// ```
#[derive(Clone)]
pub struct Routes {
    /// The first is the default.
    routes: Vec<(Cow<'static, str>, AnyProvider)>,
}

impl Routes {
    /// Routes of which this is the default.
    pub fn new(default: impl Provider) -> Self {
        Self { routes: Vec::new() }.with(default)
    }

    /// Adds a provider under its own name.
    #[must_use]
    pub fn with(self, provider: impl Provider) -> Self {
        let name = provider.name().to_owned();
        self.with_name(name, provider)
    }

    /// Adds a provider under a name of one's own, which stands in front of its models. Of two with one name the later
    /// wins, and that is logged.
    #[must_use]
    pub fn with_name(mut self, name: impl Into<Cow<'static, str>>, provider: impl Provider) -> Self {
        let (name, provider) = (name.into(), AnyProvider::new(provider));
        match self.routes.iter_mut().find(|(known, _)| *known == name) {
            Some((_, known)) => {
                tracing::warn!(route = &*name, "two providers have one name; the later is taken");
                *known = provider;
            }
            None => self.routes.push((name, provider)),
        }
        self
    }

    /// The names, the default's first.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.routes.iter().map(|(name, _)| &**name)
    }

    /// The provider for a model, and the model as that one knows it, where it is another name.
    fn choose<'a>(&'a self, model: Option<&'a str>) -> (&'a AnyProvider, Option<&'a str>) {
        if let Some((prefix, rest)) = model.and_then(|model| model.split_once('/'))
            && let Some((name, provider)) = self.routes.iter().find(|(name, _)| name == prefix)
        {
            return (provider, (*name != provider.name()).then_some(rest));
        }
        (&self.routes[0].1, None)
    }
}

impl Provider for Routes {
    fn name(&self) -> &str {
        "routes"
    }

    fn generate<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Result<Reply>> {
        match self.choose(request.options.model.as_deref()) {
            (provider, None) => provider.generate(request),
            (provider, Some(model)) => Box::pin(async move { provider.generate(&with_model(request, model)).await }),
        }
    }

    fn stream<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Result<ReplyStream>> {
        match self.choose(request.options.model.as_deref()) {
            (provider, None) => provider.stream(request),
            (provider, Some(model)) => Box::pin(async move { provider.stream(&with_model(request, model)).await }),
        }
    }

    /// Images, if any of the providers makes them; the others refuse.
    fn images(&self) -> Option<&dyn GenerateImage> {
        self.routes.iter().any(|(_, provider)| provider.images().is_some()).then_some(self)
    }

    fn imagen(&self) -> Option<&dyn GenerateImagen> {
        self.routes.iter().any(|(_, provider)| provider.imagen().is_some()).then_some(self)
    }

    /// What the provider of the model supports; without a model that is the default.
    fn supports(&self, capability: Capability, model: Option<&str>) -> bool {
        let (provider, own) = self.choose(model);
        provider.supports(capability, own.or(model))
    }

    fn route_without(&self, capability: Capability, model: Option<&str>) -> Option<String> {
        let (provider, own) = self.choose(model);
        provider.route_without(capability, own.or(model))
    }

    fn is_dynamic(&self) -> bool {
        true
    }
}

/// What the providers support is checked when a dispatcher is built.
impl<C, Q> Supports<C, Q> for Routes {}

impl GenerateImage for Routes {
    fn generate_image<'a>(&'a self, request: &'a ImageRequest) -> BoxFuture<'a, Result<GeneratedImage>> {
        match self.choose(request.model.as_deref()) {
            (provider, None) => provider.generate_image(request),
            (provider, Some(model)) => {
                Box::pin(async move { provider.generate_image(&request.clone().with_model(model.to_owned())).await })
            }
        }
    }
}

impl GenerateImagen for Routes {
    fn generate_imagen<'a>(&'a self, request: &'a ImageRequest) -> BoxFuture<'a, Result<GeneratedImage>> {
        match self.choose(request.model.as_deref()) {
            (provider, None) => provider.generate_imagen(request),
            (provider, Some(model)) => {
                Box::pin(async move { provider.generate_imagen(&request.clone().with_model(model.to_owned())).await })
            }
        }
    }
}

fn with_model(request: &Request, model: &str) -> Request {
    let mut request = request.clone();
    request.options.model = Some(model.to_owned().into());
    request
}

impl fmt::Debug for Routes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Routes").field(&self.names().collect::<Vec<_>>()).finish()
    }
}
