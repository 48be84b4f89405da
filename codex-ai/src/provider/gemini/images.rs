//! Pictures, by a Gemini image model and by Imagen.

use std::time::Instant;

use super::{Gemini, with_advice};
use crate::error::{Attempt, Result};
use crate::image::{GenerateImage, GenerateImagen, GeneratedImage, ImageRequest};
use crate::provider::BoxFuture;
use crate::wire::gemini::{decode_image_reply, encode_image_request};
use crate::wire::imagen;

impl GenerateImage for Gemini {
    /// Makes one image by `:generateContent`. A request for `4K` that the vendor refuses, or that fails on its way, is
    /// sent once more for `2K`; one that was answered is not.
    fn generate_image<'a>(&'a self, request: &'a ImageRequest) -> BoxFuture<'a, Result<GeneratedImage>> {
        Box::pin(async move {
            let asked = request.model.as_deref().unwrap_or(&self.image_model);
            let (model, url) = self.locate(asked, "generateContent")?;
            let route = model.route();
            let body = encode_image_request(request).map_err(|error| error.with_route(&route))?;
            let started = Instant::now();
            let mut answer = self.endpoint.post(model.name, &url, &self.headers, body).await;
            if let (Err(first), Some("4K")) = (&answer, request.size.as_deref()) {
                let failed = Attempt::new(&route, first, started.elapsed());
                let body = encode_image_request(&request.clone().with_size("2K"))?;
                let started = Instant::now();
                answer = self.endpoint.post(model.name, &url, &self.headers, body).await.map_err(|error| {
                    let second = Attempt::new(&route, &error, started.elapsed());
                    error.with_attempts(vec![failed, second])
                });
            }
            let whole = answer.map_err(|error| with_advice(error).with_route(&route))?;
            let image = decode_image_reply(&whole.body, request.mime_type.as_deref());
            image.map_err(|error| self.endpoint.blame(error, &whole).with_route(route))
        })
    }
}

impl GenerateImagen for Gemini {
    /// Makes one image by `:predict`; where an extra `sampleCount` asks for several, the first that was not filtered.
    fn generate_imagen<'a>(&'a self, request: &'a ImageRequest) -> BoxFuture<'a, Result<GeneratedImage>> {
        Box::pin(async move {
            let asked = request.model.as_deref().unwrap_or(&self.imagen_model);
            let asked = asked.strip_prefix("imagen/").unwrap_or(asked);
            let (model, url) = self.locate(asked, "predict")?;
            let route = model.route();
            let body = imagen::encode_request(request).map_err(|error| error.with_route(&route))?;
            let answer = self.endpoint.post(model.name, &url, &self.headers, body).await;
            let whole = answer.map_err(|error| with_advice(error).with_route(&route))?;
            let images = imagen::decode_reply(&whole.body, request.mime_type.as_deref());
            let images = images.map_err(|error| self.endpoint.blame(error, &whole).with_route(&route))?;
            images.into_iter().next().ok_or_else(|| {
                crate::error::Error::new(crate::error::ErrorKind::Empty, "the answer has no image").with_route(&route)
            })
        })
    }
}
