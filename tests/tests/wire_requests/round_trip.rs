//! One request there and back.

use bytes::Bytes;
use codex_ai::wire::openai_chat::{self, Dialect, ReasoningField};
use codex_ai::wire::{Incoming, Target, anthropic, gemini, openai_responses};
use codex_ai::{Error, ErrorKind, Result};
use codex_ai_tests::difference::difference;
use codex_ai_tests::exchange::{Endpoint, Format};
use serde_json::Value;

use crate::images;
use crate::normalise::{self, Object};

/// How the message of a body begins that the codec refuses.
pub(crate) const UNREADABLE: &str = "cannot be read";

/// Reads a body, writes it again, and compares; what is written is then read and written once more, and must not change
/// by a byte.
pub(crate) fn check(endpoint: &Endpoint, body: &Value) -> std::result::Result<(), String> {
    let written = again(endpoint, body.to_string().as_bytes())?;
    let found: Value =
        serde_json::from_slice(&written).map_err(|error| format!("what is written is no JSON: {error}"))?;
    if let Some(difference) = difference(&normal(endpoint.format, body), &normal(endpoint.format, &found)) {
        return Err(difference);
    }
    let twice = again(endpoint, &written).map_err(|error| format!("what is written cannot be read: {error}"))?;
    if twice == written { Ok(()) } else { Err("is written in another way the second time".to_owned()) }
}

fn again(endpoint: &Endpoint, body: &[u8]) -> std::result::Result<Bytes, String> {
    if matches!(endpoint.format, Format::Images | Format::Imagen) {
        return images::again(endpoint, body).map(Bytes::from);
    }
    let incoming = decode(endpoint, body).map_err(|error| format!("{UNREADABLE}: {error:#}"))?;
    let asked = incoming.request.options.model.clone().unwrap_or_default();
    let mut target = Target::new(&asked);
    if incoming.stream {
        target = target.streamed();
    }
    encode(endpoint.format, &incoming, &target, &dialect(body)).map_err(|error| format!("cannot be written: {error:#}"))
}

fn decode(endpoint: &Endpoint, body: &[u8]) -> Result<Incoming> {
    match endpoint.format {
        Format::Responses => openai_responses::decode_request(body),
        Format::Chat => openai_chat::decode_request(body),
        Format::Anthropic => anthropic::decode_request(body),
        Format::Gemini => gemini::decode_request(endpoint.model.as_deref().unwrap_or_default(), body),
        Format::Images | Format::ImageEdits | Format::Imagen => Err(elsewhere()),
    }
}

fn encode(format: Format, incoming: &Incoming, target: &Target<'_>, dialect: &Dialect) -> Result<Bytes> {
    match format {
        Format::Responses => openai_responses::encode_request(&incoming.request, target),
        Format::Chat => openai_chat::encode_request(&incoming.request, target, dialect),
        Format::Anthropic => anthropic::encode_request(&incoming.request, target),
        Format::Gemini => gemini::encode_request(&incoming.request, target),
        Format::Images | Format::ImageEdits | Format::Imagen => Err(elsewhere()),
    }
}

/// Requests for pictures are no [`Incoming`].
fn elsewhere() -> Error {
    Error::new(ErrorKind::Other, "this format has another way")
}

/// What the server takes that the recorded client spoke to: the names that stand in the body.
fn dialect(body: &[u8]) -> Dialect {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let has = |name: &str| body.get(name).is_some_and(|value| !value.is_null());
    let in_messages = |name: &str| {
        let mut messages = body["messages"].as_array().into_iter().flatten();
        messages.any(|message| message.get(name).is_some_and(Value::is_string))
    };
    let mut dialect = Dialect::COMPATIBLE;
    (dialect.cache_points, dialect.top_k, dialect.assistant_images) = (true, true, true);
    dialect.max_tokens = if has("max_completion_tokens") { "max_completion_tokens" } else { "max_tokens" };
    dialect.seed = if has("random_seed") { "random_seed" } else { "seed" };
    dialect.stream_options = has("stream_options");
    dialect.reasoning =
        if in_messages("reasoning") { ReasoningField::Reasoning } else { ReasoningField::ReasoningContent };
    if body.pointer("/response_format/json_schema/strict") == Some(&Value::Bool(true)) {
        dialect.strict = true;
    }
    dialect
}

fn normal(format: Format, body: &Value) -> Value {
    let mut object: Object = body.as_object().cloned().unwrap_or_default();
    let normalise = match format {
        Format::Responses => normalise::responses::normalise,
        Format::Chat => normalise::chat::normalise,
        Format::Anthropic => normalise::anthropic::normalise,
        Format::Gemini => normalise::gemini::normalise,
        Format::Imagen => normalise::gemini::normalise_imagen,
        Format::Images | Format::ImageEdits => normalise::images::normalise,
    };
    normalise(&mut object);
    Value::Object(object)
}
