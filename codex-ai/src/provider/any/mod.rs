mod choice;
mod routes;
mod vendors;

pub use routes::Routes;

use std::fmt;
use std::sync::Arc;

use super::{BoxFuture, Provider};
use crate::capability::{Capability, Supports};
use crate::error::{Error, ErrorKind, Result};
use crate::image::{GenerateImage, GenerateImagen, GeneratedImage, ImageRequest};
use crate::reply::Reply;
use crate::request::Request;
use crate::stream::ReplyStream;

/// Any provider, chosen at run time. What a provider cannot do is refused before anything is sent.
#[derive(Clone)]
pub struct AnyProvider(Arc<dyn Provider>);

impl AnyProvider {
    /// Wraps a provider.
    pub fn new(provider: impl Provider) -> Self {
        Self(Arc::new(provider))
    }

    fn lacks(&self, what: &str) -> Error {
        Error::new(ErrorKind::Unsupported, format!("the provider `{}` does not support {what}", self.0.name()))
            .with_help("use `Gemini` or, for images, `OpenAi`; with a typed `Dispatcher<P>` the compiler checks this")
    }
}

impl fmt::Debug for AnyProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("AnyProvider").field(&self.0.name()).finish()
    }
}

impl From<Arc<dyn Provider>> for AnyProvider {
    fn from(provider: Arc<dyn Provider>) -> Self {
        Self(provider)
    }
}

impl Provider for AnyProvider {
    fn name(&self) -> &str {
        self.0.name()
    }

    fn generate<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Result<Reply>> {
        self.0.generate(request)
    }

    fn stream<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Result<ReplyStream>> {
        self.0.stream(request)
    }

    fn images(&self) -> Option<&dyn GenerateImage> {
        self.0.images()
    }

    fn imagen(&self) -> Option<&dyn GenerateImagen> {
        self.0.imagen()
    }

    fn supports(&self, capability: Capability, model: Option<&str>) -> bool {
        self.0.supports(capability, model)
    }

    fn route_without(&self, capability: Capability, model: Option<&str>) -> Option<String> {
        self.0.route_without(capability, model)
    }

    fn is_dynamic(&self) -> bool {
        true
    }
}

/// What it supports is checked when a dispatcher is built.
impl<C, Q> Supports<C, Q> for AnyProvider {}

impl GenerateImage for AnyProvider {
    fn generate_image<'a>(&'a self, request: &'a ImageRequest) -> BoxFuture<'a, Result<GeneratedImage>> {
        match self.0.images() {
            Some(images) => images.generate_image(request),
            None => Box::pin(std::future::ready(Err(self.lacks("image generation")))),
        }
    }
}

impl GenerateImagen for AnyProvider {
    fn generate_imagen<'a>(&'a self, request: &'a ImageRequest) -> BoxFuture<'a, Result<GeneratedImage>> {
        match self.0.imagen() {
            Some(imagen) => imagen.generate_imagen(request),
            None => Box::pin(std::future::ready(Err(self.lacks("Imagen")))),
        }
    }
}
