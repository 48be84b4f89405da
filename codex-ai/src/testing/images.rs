//! Pictures without a model.

use std::fmt;

use bytes::Bytes;

use super::png;
use crate::capability::{Supports, supports_as};
use crate::error::{Error, ErrorKind, Result};
use crate::image::{GenerateImage, GenerateImagen, GeneratedImage, ImageRequest};
use crate::provider::{BoxFuture, Local, Provider};
use crate::reply::Reply;
use crate::request::Request;
use crate::stream::ReplyStream;

/// A provider around another that makes pictures, too: by rule, and not what a prompt describes.
///
/// Each prompt gets its own small pattern in two colours, a PNG of 64 by 64 pixels, the same every time; `size`, MIME
/// type and everything else that is asked for is accepted and means nothing. It stands in where a program needs a valid
/// picture and no key.
///
/// ```
/// use codex_ai::testing::TestImages;
/// use codex_ai::{GenerateImage, ImageRequest};
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let image = TestImages::default().generate_image(&ImageRequest::new("a red fox")).await?;
/// assert_eq!(image.mime_type, "image/png");
/// assert!(image.bytes.starts_with(b"\x89PNG"));
/// # Ok::<_, codex_ai::Error>(()) }).unwrap();
/// ```
#[derive(Clone)]
pub struct TestImages<P = Local>(P);

impl<P: Provider> TestImages<P> {
    /// Text by this provider, pictures by rule.
    pub fn new(provider: P) -> Self {
        Self(provider)
    }
}

impl Default for TestImages {
    fn default() -> Self {
        Self(Local::quiet())
    }
}

impl<P: Provider> Provider for TestImages<P> {
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
        Some(self)
    }

    fn imagen(&self) -> Option<&dyn GenerateImagen> {
        Some(self)
    }

    supports_as!(self => self.0);
}

impl<P: Supports<C, Q>, C, Q> Supports<C, Q> for TestImages<P> {}

impl<P: Provider> GenerateImage for TestImages<P> {
    fn generate_image<'a>(&'a self, request: &'a ImageRequest) -> BoxFuture<'a, Result<GeneratedImage>> {
        Box::pin(async move { picture(request) })
    }
}

impl<P: Provider> GenerateImagen for TestImages<P> {
    fn generate_imagen<'a>(&'a self, request: &'a ImageRequest) -> BoxFuture<'a, Result<GeneratedImage>> {
        Box::pin(async move { picture(request) })
    }
}

impl<P: fmt::Debug> fmt::Debug for TestImages<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TestImages").field(&self.0).finish()
    }
}

fn picture(request: &ImageRequest) -> Result<GeneratedImage> {
    if request.prompt.trim().is_empty() {
        return Err(Error::new(ErrorKind::InvalidRequest, "the prompt of the picture is empty"));
    }
    Ok(GeneratedImage::new(Bytes::from(png::pattern(&request.prompt)), "image/png"))
}
