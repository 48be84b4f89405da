//! Requests for pictures.

use axum::response::Response;
use bytes::Bytes;
use http::HeaderValue;
use serde_json::Value;

use super::answer::{Asked, now};
use super::handle::exhausted;
use super::route::{Call, Route};
use super::sending::Watch;
use super::{Backend, Shared};
use crate::error::{Error, ErrorKind, Result};
use crate::image::{GeneratedImage, ImageRequest};
use crate::message::{Image, Part, Role};
use crate::provider::Provider;
use crate::reply::Reply;
use crate::request::Request;
use crate::wire::{imagen, openai_images};

/// The answer to a request for a picture.
pub(super) async fn answer(
    shared: &Shared,
    route: Route<'_>,
    content_type: Option<&HeaderValue>,
    body: &Bytes,
    asked: Asked,
    watch: Watch,
) -> Response {
    let encode = |image: &GeneratedImage| match route.call {
        Call::Predict => imagen::encode_reply(std::slice::from_ref(image)),
        _ => openai_images::encode_reply(image, now()),
    };
    if let Backend::Script(_) = shared.backend {
        return match shared.next_step() {
            Some(step) => step.picture(asked, encode, watch).await,
            None => exhausted(asked, watch),
        };
    }
    match made(shared, route, content_type, body).await.and_then(|image| encode(&image)) {
        Ok(body) => asked.whole(200, body, watch),
        Err(error) => asked.failure(&error, watch),
    }
}

async fn made(
    shared: &Shared,
    route: Route<'_>,
    content_type: Option<&HeaderValue>,
    body: &Bytes,
) -> Result<GeneratedImage> {
    let none = || Error::new(ErrorKind::Unsupported, "the provider behind this server makes no pictures");
    let provider = shared.provider().ok_or_else(none)?;
    if route.call == Call::Predict {
        let request = imagen::decode_request(route.model.unwrap_or_default(), body)?;
        let made = provider.imagen().map(|imagen| imagen.generate_imagen(&request));
        return made.ok_or_else(none)?.await;
    }
    let content_type = content_type.and_then(|value| value.to_str().ok()).unwrap_or_default();
    let request = openai_images::decode_request(content_type, body)?;
    if route.call == Call::Edit && request.input_images.is_empty() {
        return Err(Error::new(ErrorKind::InvalidRequest, "there is no picture to start from"));
    }
    let made = provider.images().map(|images| images.generate_image(&request));
    made.ok_or_else(none)?.await
}

/// The answer to a request of Gemini's that asks for a picture among its modalities; `None` where it does not, or where
/// the provider makes none.
pub(super) async fn reply(provider: &dyn Provider, request: &Request) -> Option<Result<Reply>> {
    let modalities = request.options.extra.get("generationConfig")?.get("responseModalities")?.as_array()?;
    let wants = modalities.iter().filter_map(Value::as_str).any(|name| name.eq_ignore_ascii_case("image"));
    let message = request.messages.iter().rev().find(|message| message.role == Role::User)?;
    let mut wanted = ImageRequest::new(message.text().unwrap_or_default());
    wanted.model.clone_from(&request.options.model);
    wanted.input_images = message.parts.iter().filter_map(picture).cloned().collect();
    let made = provider.images().filter(|_| wants).map(|images| images.generate_image(&wanted))?;
    let made = made.await;
    Some(made.map(|image| {
        let part = Part::Image(Image::bytes(image.bytes, image.mime_type));
        Reply { usage: image.usage, ..Reply::new(wanted.model.unwrap_or_default(), vec![part]) }
    }))
}

fn picture(part: &Part) -> Option<&Image> {
    match part {
        Part::Image(image) => Some(image),
        _ => None,
    }
}
