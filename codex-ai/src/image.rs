//! Images: what is asked for, and the capability to make them.

use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;
use serde_json::{Map, Value};

use crate::error::Result;
use crate::message::Image;
use crate::provider::BoxFuture;
use crate::reply::Usage;

/// A picture to be made. What a vendor has no field for is refused before anything is sent.
///
/// ```no_run
/// use codex_ai::provider::openai::OpenAi;
/// use codex_ai::{Dispatcher, ImageRequest};
///
/// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
/// let dispatcher = Dispatcher::new(OpenAi::from_env()?)?;
/// let request = ImageRequest::new("a red fox in the snow").with_size("1024x1024").with_quality("low");
/// let image = dispatcher.generate_image(request).await?;
/// std::fs::write("fox.png", &image.bytes)?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct ImageRequest {
    /// What the picture shows.
    pub prompt: String,
    /// The model; the provider's default where it is `None`.
    pub model: Option<Cow<'static, str>>,
    /// Size in the vendor's words: `1024x1024`, `2K`.
    pub size: Option<Cow<'static, str>>,
    /// Width to height: `16:9`.
    pub aspect_ratio: Option<Cow<'static, str>>,
    /// The MIME type that is wanted, such as `image/png`; the answer's own wins.
    pub mime_type: Option<Cow<'static, str>>,
    /// Quality in the vendor's words: `low`, `high`.
    pub quality: Option<Cow<'static, str>>,
    /// Background in the vendor's words: `transparent`, `opaque`.
    pub background: Option<Cow<'static, str>>,
    /// Pictures to start from.
    pub input_images: Vec<Image>,
    /// Fields of the vendor's request body that have no name here, sent as they are.
    pub extra: Map<String, Value>,
}

/// A picture that was made.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct GeneratedImage {
    /// The file's content.
    pub bytes: Bytes,
    /// Its MIME type.
    pub mime_type: String,
    /// The prompt that the vendor made of the one that was given, where it says so.
    pub revised_prompt: Option<String>,
    /// Tokens used, where the vendor says.
    pub usage: Option<Usage>,
}

/// The capability to make images.
#[diagnostic::on_unimplemented(
    message = "the provider `{Self}` does not make images",
    label = "no image generation here",
    note = "use a provider that implements `GenerateImage`, such as `OpenAi` or `Gemini`"
)]
pub trait GenerateImage: Send + Sync {
    /// Makes one image.
    ///
    /// # Errors
    /// As [`Provider::generate`](crate::Provider::generate); an answer without an image gives the vendor's reasons.
    fn generate_image<'a>(&'a self, request: &'a ImageRequest) -> BoxFuture<'a, Result<GeneratedImage>>;
}

/// The capability to make images by Imagen's own call.
#[diagnostic::on_unimplemented(
    message = "the provider `{Self}` has no Imagen",
    label = "no Imagen here",
    note = "use a provider that implements `GenerateImagen`, such as `Gemini`"
)]
pub trait GenerateImagen: Send + Sync {
    /// Makes one image.
    ///
    /// # Errors
    /// As [`GenerateImage::generate_image`].
    fn generate_imagen<'a>(&'a self, request: &'a ImageRequest) -> BoxFuture<'a, Result<GeneratedImage>>;
}

impl ImageRequest {
    /// Asks for a picture of what `prompt` says.
    pub fn new(prompt: impl Into<String>) -> Self {
        Self { prompt: prompt.into(), ..Self::default() }
    }

    /// Sets the model.
    #[must_use]
    pub fn with_model(mut self, model: impl Into<Cow<'static, str>>) -> Self {
        self.model = Some(model.into());
        self
    }

    /// Sets the size.
    #[must_use]
    pub fn with_size(mut self, size: impl Into<Cow<'static, str>>) -> Self {
        self.size = Some(size.into());
        self
    }

    /// Sets the aspect ratio.
    #[must_use]
    pub fn with_aspect_ratio(mut self, ratio: impl Into<Cow<'static, str>>) -> Self {
        self.aspect_ratio = Some(ratio.into());
        self
    }

    /// Sets the MIME type that is wanted.
    #[must_use]
    pub fn with_mime_type(mut self, mime_type: impl Into<Cow<'static, str>>) -> Self {
        self.mime_type = Some(mime_type.into());
        self
    }

    /// Sets the quality.
    #[must_use]
    pub fn with_quality(mut self, quality: impl Into<Cow<'static, str>>) -> Self {
        self.quality = Some(quality.into());
        self
    }

    /// Sets the background.
    #[must_use]
    pub fn with_background(mut self, background: impl Into<Cow<'static, str>>) -> Self {
        self.background = Some(background.into());
        self
    }

    /// Adds a picture to start from.
    #[must_use]
    pub fn with_input_image(mut self, image: Image) -> Self {
        self.input_images.push(image);
        self
    }

    /// Adds a field of the vendor's request body.
    #[must_use]
    pub fn with_extra(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.extra.insert(name.into(), value.into());
        self
    }
}

impl GeneratedImage {
    /// An image of this content and MIME type.
    pub fn new(bytes: impl Into<Bytes>, mime_type: impl Into<String>) -> Self {
        Self { bytes: bytes.into(), mime_type: mime_type.into(), revised_prompt: None, usage: None }
    }
}

/// A picture that was made, as one to ask about or to start from.
impl From<GeneratedImage> for Image {
    fn from(image: GeneratedImage) -> Self {
        Self::bytes(image.bytes, image.mime_type)
    }
}

impl fmt::Debug for GeneratedImage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "GeneratedImage({}, {} bytes)", self.mime_type, self.bytes.len())
    }
}
