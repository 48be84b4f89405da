//! Sets up a chain.

use std::time::Duration;

use super::chain::Chain;
use super::health::Health;
use super::{Core, DEFAULT_COOL_DOWN, DEFAULT_FAILURES, Failover};
use crate::error::{Error, ErrorKind, Result};
use crate::provider::{AnyProvider, Provider};

/// Sets up a [`Failover`]; made by [`Failover::builder`] or [`Failover::dynamic`].
#[derive(Debug)]
#[must_use = "a builder does nothing until `build` is called"]
pub struct FailoverBuilder<L> {
    chain: L,
    models: Vec<Option<String>>,
    failures: u32,
    cool_down: Duration,
    first_token: Option<Duration>,
    hedge: Option<Duration>,
    images: bool,
    imagen: bool,
    /// Whether two routes of one name and model are taken for a mistake.
    distinct: bool,
}

impl Failover<()> {
    /// A chain whose providers are known at compile time: [`route`](FailoverBuilder::route) adds them in order. It makes
    /// images if every one of them does, and the compiler checks that.
    pub fn builder() -> FailoverBuilder<()> {
        FailoverBuilder::new((), Vec::new(), false)
    }
}

impl Failover<Vec<AnyProvider>> {
    /// A chain of these providers, in this order, that is put together at run time.
    ///
    /// ```
    /// use codex_ai::layer::Failover;
    /// use codex_ai::{AnyProvider, provider::Local};
    ///
    /// let chain = Failover::dynamic([AnyProvider::new(Local::quiet())]);
    /// let error = chain.require_images().build().unwrap_err();
    /// assert!(error.to_string().contains("`local`"));
    /// ```
    pub fn dynamic(providers: impl IntoIterator<Item = AnyProvider>) -> FailoverBuilder<Vec<AnyProvider>> {
        let chain: Vec<AnyProvider> = providers.into_iter().collect();
        let models = chain.iter().map(|_| None).collect();
        FailoverBuilder::new(chain, models, true)
    }
}

impl FailoverBuilder<Vec<AnyProvider>> {
    /// Adds a route at the end, with the model that it is asked for.
    pub fn and(mut self, provider: AnyProvider, model: impl Into<String>) -> Self {
        self.chain.push(provider);
        self.models.push(Some(model.into()));
        self
    }
}

impl<L: Chain> FailoverBuilder<L> {
    fn new(chain: L, models: Vec<Option<String>>, distinct: bool) -> Self {
        Self {
            chain,
            models,
            failures: DEFAULT_FAILURES,
            cool_down: DEFAULT_COOL_DOWN,
            first_token: None,
            hedge: None,
            images: false,
            imagen: false,
            distinct,
        }
    }

    /// Adds a route that is asked for its provider's own default model.
    pub fn route<P: Provider>(self, provider: P) -> FailoverBuilder<(L, P)> {
        self.add(provider, None)
    }

    /// Adds a route that is asked for this model.
    pub fn route_with_model<P: Provider>(self, provider: P, model: impl Into<String>) -> FailoverBuilder<(L, P)> {
        self.add(provider, Some(model.into()))
    }

    fn add<P: Provider>(mut self, provider: P, model: Option<String>) -> FailoverBuilder<(L, P)> {
        self.models.push(model);
        FailoverBuilder {
            chain: (self.chain, provider),
            models: self.models,
            failures: self.failures,
            cool_down: self.cool_down,
            first_token: self.first_token,
            hedge: self.hedge,
            images: self.images,
            imagen: self.imagen,
            distinct: self.distinct,
        }
    }

    /// Sets after how many failures in a row a route rests, and for how long where the vendor names no time;
    /// [`DEFAULT_FAILURES`] and [`DEFAULT_COOL_DOWN`] otherwise.
    pub fn rest_after(mut self, failures: u32, cool_down: Duration) -> Self {
        self.failures = failures.max(1);
        self.cool_down = cool_down;
        self
    }

    /// Sets how long a route may take until the first piece of a stream is there; then the next one is asked. An answer
    /// that is asked for as a whole is not limited here: put a [`Timeout`](crate::layer::Timeout) around the provider.
    pub fn first_token_timeout(mut self, limit: Duration) -> Self {
        self.first_token = Some(limit);
        self
    }

    /// Asks the next route too where a stream has not begun after this time. The first to give a piece wins, the other is
    /// dropped; a vendor may charge for it all the same. Off unless it is set.
    pub fn hedge_after(mut self, wait: Duration) -> Self {
        self.hedge = Some(wait);
        self
    }

    /// Has [`build`](Self::build) check that every route makes images.
    pub fn require_images(mut self) -> Self {
        self.images = true;
        self
    }

    /// Has [`build`](Self::build) check that every route has Imagen.
    pub fn require_imagen(mut self) -> Self {
        self.imagen = true;
        self
    }

    /// Makes the chain.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] where it has no routes, where two of a chain made at run time are alike in provider and
    /// model, and where a route cannot do what is required.
    pub fn build(self) -> Result<Failover<L>> {
        let routes: Vec<&dyn Provider> = (0..self.chain.count()).filter_map(|i| self.chain.provider(i)).collect();
        if routes.is_empty() {
            return Err(Error::new(ErrorKind::Config, "the chain has no routes").with_help("add a provider"));
        }
        for (i, route) in routes.iter().enumerate() {
            let model = &self.models[i];
            let twin = routes[..i].iter().zip(&self.models).any(|(r, m)| r.name() == route.name() && m == model);
            if self.distinct && twin {
                let named = super::route(route.name(), model.as_deref());
                return Err(Error::new(ErrorKind::Config, format!("the chain has the route `{named}` twice"))
                    .with_help("name another model; for two keys of one vendor use `Failover::builder()`"));
            }
        }
        for (required, what, has) in [
            (self.images, "image generation", routes.iter().map(|r| r.images().is_some()).collect::<Vec<_>>()),
            (self.imagen, "Imagen", routes.iter().map(|r| r.imagen().is_some()).collect()),
        ] {
            if let Some((route, _)) = routes.iter().zip(has).find(|(_, has)| required && !has) {
                let message = format!("the route `{}` does not support {what}, which is required", route.name());
                return Err(Error::new(ErrorKind::Config, message).with_help("leave the route out"));
            }
        }
        let health = routes.iter().map(|_| Health::default()).collect();
        Ok(Failover(Core {
            models: self.models,
            health,
            failures: self.failures,
            cool_down: self.cool_down,
            first_token: self.first_token,
            hedge: self.hedge,
            chain: self.chain,
        }))
    }
}
