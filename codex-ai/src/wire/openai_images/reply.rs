//! Both halves of an answer.

use std::borrow::Cow;

use base64::Engine as _;
use base64::display::Base64Display;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;
use serde_json::value::RawValue;

use super::{mime_type, output_format, sniff};
use crate::error::{Error, ErrorKind, Result};
use crate::image::GeneratedImage;
use crate::reply::Usage;
use crate::wire::openai_error::ErrorBody;

/// The MIME type of an answer that says nothing of it: the vendor's default.
const DEFAULT_MIME_TYPE: &str = "image/png";

/// Reads the body of an answer with status 200: its first image.
///
/// The MIME type is that of `output_format`, else what the file's first bytes say, else `image/png`.
///
/// # Errors
/// [`ErrorKind::Empty`] for an answer without an image, [`ErrorKind::Protocol`] for one that gives the image's address
/// alone or is no such answer, [`ErrorKind::Incomplete`] for JSON that ends too early, and the vendor's own error.
pub fn decode_reply(body: &[u8]) -> Result<GeneratedImage> {
    let answer = serde_json::from_slice::<Answer<'_>>(body).map_err(|error| {
        let place = format!("line {}, column {}", error.line(), error.column());
        match error.classify() {
            serde_json::error::Category::Eof if !body.trim_ascii().is_empty() => {
                Error::new(ErrorKind::Incomplete, format!("the answer's JSON ends too early ({place})"))
            }
            serde_json::error::Category::Data => {
                Error::new(ErrorKind::Protocol, format!("the answer is JSON of another shape ({place})"))
            }
            _ => Error::new(ErrorKind::Protocol, format!("the answer is not JSON ({place})")),
        }
    })?;
    if let Some(error) = answer.error.filter(|error| !error.is_null()) {
        return Err(ErrorBody::from_value(error).into_error(None));
    }
    let usage = answer.usage.as_ref().or(answer.svg_usage.as_ref()).and_then(usage);
    let failed = |error: Error| match usage {
        Some(usage) => error.with_usage(usage),
        None => error,
    };
    let Some(picture) = answer.data.into_iter().flatten().next() else {
        return Err(failed(Error::new(ErrorKind::Empty, "the answer holds no image")));
    };
    let Some(text) = picture.b64_json.and_then(text_of) else {
        return Err(failed(match picture.url.filter(|url| !url.is_null()) {
            Some(_) => Error::new(ErrorKind::Protocol, "the answer gives the address of the image, not the image")
                .with_help("ask for the image itself: set the extra field `response_format` to `b64_json`"),
            None => Error::new(ErrorKind::Empty, "the answer holds no image"),
        }));
    };
    let Some(bytes) = decode_base64(&text) else {
        return Err(failed(Error::new(ErrorKind::Protocol, "the image of the answer is not base64")));
    };
    let format = answer.output_format.as_ref().and_then(Value::as_str).filter(|format| !format.is_empty());
    let kind = match format {
        Some(format) => mime_type(format),
        None => sniff(&bytes).unwrap_or(DEFAULT_MIME_TYPE).to_owned(),
    };
    let mut image = GeneratedImage::new(bytes, kind);
    image.revised_prompt = picture.revised_prompt.and_then(|text| text.as_str().map(str::to_owned));
    image.usage = usage;
    Ok(image)
}

/// Makes the body of an answer; `created_at` is in seconds since 1970.
///
/// # Errors
/// None today.
pub fn encode_reply(image: &GeneratedImage, created_at: u64) -> Result<Bytes> {
    let body = Body {
        created: created_at,
        data: [PictureBody { b64_json: &image.bytes, revised_prompt: image.revised_prompt.as_deref() }],
        output_format: output_format(&image.mime_type),
        usage: image.usage.map(|usage| UsageBody {
            input_tokens: usage.input_tokens,
            input_tokens_details: InputDetails {
                // Which of them are an image's is not known here.
                text_tokens: usage.input_tokens,
                image_tokens: 0,
                cached_tokens: usage.cached_tokens,
            },
            output_tokens: usage.output_tokens,
            total_tokens: usage.total_tokens(),
        }),
    };
    match serde_json::to_vec(&body) {
        Ok(body) => Ok(body.into()),
        Err(error) => Err(Error::new(ErrorKind::Other, format!("the image cannot be written as JSON: {error}"))),
    }
}

/// What is read of an answer. Scalars are taken as they come: an odd one must not lose an image that was paid for.
#[derive(Deserialize)]
struct Answer<'a> {
    #[serde(borrow)]
    data: Option<Vec<Picture<'a>>>,
    output_format: Option<Value>,
    usage: Option<Value>,
    svg_usage: Option<Value>,
    error: Option<Value>,
}

#[derive(Deserialize)]
struct Picture<'a> {
    #[serde(borrow)]
    b64_json: Option<&'a RawValue>,
    url: Option<Value>,
    revised_prompt: Option<Value>,
}

#[derive(Serialize)]
struct Body<'a> {
    created: u64,
    data: [PictureBody<'a>; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    output_format: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    usage: Option<UsageBody>,
}

#[derive(Serialize)]
struct PictureBody<'a> {
    #[serde(serialize_with = "write_base64")]
    b64_json: &'a [u8],
    #[serde(skip_serializing_if = "Option::is_none")]
    revised_prompt: Option<&'a str>,
}

#[derive(Serialize)]
struct UsageBody {
    input_tokens: u64,
    input_tokens_details: InputDetails,
    output_tokens: u64,
    total_tokens: u64,
}

#[derive(Serialize)]
struct InputDetails {
    text_tokens: u64,
    image_tokens: u64,
    #[serde(skip_serializing_if = "is_zero")]
    cached_tokens: u64,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_zero(count: &u64) -> bool {
    *count == 0
}

/// Written piece by piece: the text is never held besides the body.
fn write_base64<S: Serializer>(bytes: &&[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&Base64Display::new(bytes, &STANDARD))
}

/// The text of a JSON string, borrowed where it can be.
fn text_of(raw: &RawValue) -> Option<Cow<'_, str>> {
    #[derive(Deserialize)]
    struct Text<'a>(#[serde(borrow)] Cow<'a, str>);
    serde_json::from_str::<Text<'_>>(raw.get()).ok().map(|text| text.0).filter(|text| !text.is_empty())
}

fn decode_base64(text: &str) -> Option<Vec<u8>> {
    // Some servers give a whole `data:` URL.
    let text = match text.strip_prefix("data:") {
        Some(url) => url.split_once(',')?.1,
        None => text,
    };
    STANDARD.decode(text).ok().or_else(|| {
        let plain: String = text.chars().filter(|c| !c.is_whitespace() && *c != '=').collect();
        base64::engine::general_purpose::STANDARD_NO_PAD.decode(plain).ok()
    })
}

fn usage(value: &Value) -> Option<Usage> {
    let count = |path: &str| match value.pointer(path) {
        Some(Value::Number(number)) => number.as_u64().or_else(|| number.as_f64().map(|n| n as u64)).unwrap_or(0),
        _ => 0,
    };
    value.is_object().then(|| Usage {
        cached_tokens: count("/input_tokens_details/cached_tokens"),
        reasoning_tokens: count("/reasoning_tokens"),
        ..Usage::new(count("/input_tokens"), count("/output_tokens"))
    })
}
