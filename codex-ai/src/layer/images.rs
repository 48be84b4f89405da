//! The images of a layer, for all of them alike.

use crate::error::{Error, ErrorKind};

/// Implements the capabilities of images for a layer `Layer<P>(Core<P>)`: with the bound on `P` for the layer itself, so
/// that the compiler checks it, and through [`Provider::images`](crate::Provider::images) for its core, which is what a
/// layer gives where the provider is known at run time alone. `$run` has the core, the model and what asks once.
macro_rules! image_layer {
    ($layer:ident, |$core:ident, $model:ident, $ask:ident| $run:expr) => {
        super::image_layer!(@one $layer, GenerateImage, generate_image, images, "image generation",
            |$core, $model, $ask| $run);
        super::image_layer!(@one $layer, GenerateImagen, generate_imagen, imagen, "Imagen", |$core, $model, $ask| $run);
    };
    (@one $layer:ident, $capability:ident, $method:ident, $dynamic:ident, $what:literal,
        |$core:ident, $model:ident, $ask:ident| $run:expr) => {
        impl<P: Provider + $capability> $capability for $layer<P> {
            fn $method<'a>(&'a self, request: &'a ImageRequest) -> BoxFuture<'a, Result<GeneratedImage>> {
                Box::pin(async move {
                    let $core = &self.0;
                    let $model = request.model.as_deref();
                    let $ask = || $core.inner.$method(request);
                    $run
                })
            }
        }

        impl<P: Provider> $capability for Core<P> {
            fn $method<'a>(&'a self, request: &'a ImageRequest) -> BoxFuture<'a, Result<GeneratedImage>> {
                Box::pin(async move {
                    let $core = self;
                    let capable = self.inner.$dynamic();
                    let capable = capable.ok_or_else(|| crate::layer::images::lacks(self.inner.name(), $what))?;
                    let $model = request.model.as_deref();
                    let $ask = || capable.$method(request);
                    $run
                })
            }
        }
    };
}
pub(super) use image_layer;

/// The error of a provider that cannot do this.
pub(super) fn lacks(provider: &str, what: &str) -> Error {
    Error::new(ErrorKind::Unsupported, format!("the provider `{provider}` does not support {what}"))
        .with_help("use `Gemini` or, for images, `OpenAi`; with a typed `Dispatcher<P>` the compiler checks this")
}
