//! Pictures by `:generateContent` of an image model.

use bytes::Bytes;
use serde_json::{Value, json};

use super::read_part::decode_base64;
use super::reply::decode_reply;
use super::request::encode_request;
use super::{Object, camel};
use crate::error::{Error, ErrorKind, Problem, Result};
use crate::image::{GeneratedImage, ImageRequest};
use crate::message::{Image, Message, Part, Role};
use crate::reply::{FinishReason, Reply};
use crate::request::{Options, Request};
use crate::wire::Target;

/// Makes the body of a request for a picture: the prompt, then the pictures to start from, and
/// `responseModalities: ["IMAGE"]` unless an extra field says otherwise.
///
/// `size` (`1K`, `2K`, `4K`) and `aspect_ratio` go to `imageConfig`; an extra `generationConfig` is merged, its
/// `imageConfig` too. The MIME type is not sent: the Gemini API has no field for it.
///
/// # Errors
/// [`ErrorKind::Unsupported`] for a quality or a background, [`ErrorKind::InvalidRequest`] for fields that contradict
/// each other; all problems at once.
pub fn encode_image_request(image: &ImageRequest) -> Result<Bytes> {
    let mut parts = vec![Part::Text(image.prompt.clone())];
    parts.extend(image.input_images.iter().cloned().map(Part::Image));
    let mut problems = unplaced(image, "the Gemini API has no field for it");
    let mut extra = image.extra.clone();
    let mut take = |from: &mut Object, wanted: &str| {
        let name = from.keys().find(|name| camel(name) == wanted).cloned()?;
        match from.shift_remove(&name) {
            Some(Value::Object(object)) => Some(object),
            _ => {
                problems.push(Problem::new(format!("extra.{name}"), "is not an object"));
                None
            }
        }
    };
    let mut config = take(&mut extra, "generationConfig").unwrap_or_default();
    let mut picture = take(&mut config, "imageConfig").unwrap_or_default();
    for (name, value) in [("imageSize", &image.size), ("aspectRatio", &image.aspect_ratio)] {
        let Some(value) = value else { continue };
        if picture.keys().any(|known| camel(known) == name) {
            let path = format!("extra.generationConfig.imageConfig.{name}");
            problems.push(Problem::new(path, "this field is set from the request already"));
        }
        picture.insert(name.to_owned(), Value::from(value.as_ref()));
    }
    if !problems.is_empty() {
        return Err(
            Error::new(ErrorKind::Unsupported, "the request has no form in the Gemini API").with_problems(problems)
        );
    }
    if !config.keys().any(|name| camel(name) == "responseModalities") {
        config.insert("responseModalities".to_owned(), json!(["IMAGE"]));
    }
    if !picture.is_empty() {
        config.insert("imageConfig".to_owned(), Value::Object(picture));
    }
    extra.insert("generationConfig".to_owned(), Value::Object(config));
    let options = Options { extra, ..Options::new() };
    let request = Request::new(vec![Message::new(Role::User, parts)]).with_options(options);
    encode_request(&request, &Target::default())
}

/// The fields of a request for a picture that Google's calls have no place for.
pub(in crate::wire) fn unplaced(image: &ImageRequest, why: &str) -> Vec<Problem> {
    let fields = [("quality", &image.quality), ("background", &image.background)];
    fields.into_iter().filter(|(_, value)| value.is_some()).map(|(name, _)| Problem::new(name, why)).collect()
}

/// Reads the picture of an answer: the first one that is no thought. `mime_type` is for one that does not tell its own.
///
/// # Errors
/// As [`decode_reply`]; and for an answer without a picture [`ErrorKind::Filtered`], [`ErrorKind::Truncated`] or
/// [`ErrorKind::Empty`] with the vendor's reasons, the text as [`Error::answer`] and the tokens as [`Error::usage`].
pub fn decode_image_reply(body: &[u8], mime_type: Option<&str>) -> Result<GeneratedImage> {
    let reply = decode_reply(body)?;
    let found = reply.parts.iter().find_map(|part| match part {
        Part::Image(Image::Bytes { data, mime_type }) => Some(GeneratedImage::new(data.clone(), mime_type.clone())),
        Part::Raw(raw) => unnamed(raw, mime_type),
        _ => None,
    });
    match found {
        Some(mut image) => {
            image.usage = reply.usage;
            Ok(image)
        }
        None => Err(without_image(&reply, body)),
    }
}

/// A picture that does not tell its type.
fn unnamed(raw: &Value, mime_type: Option<&str>) -> Option<GeneratedImage> {
    let blob = raw.get("inlineData").or_else(|| raw.get("inline_data"))?;
    let named = blob.get("mimeType").or_else(|| blob.get("mime_type")).and_then(Value::as_str);
    if raw.get("thought").is_some() || named.is_some_and(|named| !named.is_empty()) {
        return None;
    }
    let data = decode_base64(blob.get("data")?.as_str()?)?;
    Some(GeneratedImage::new(data, mime_type.unwrap_or("image/png")))
}

/// Why there is no picture, in the vendor's words.
fn without_image(reply: &Reply, body: &[u8]) -> Error {
    let raw: Value = serde_json::from_slice(body).unwrap_or_default();
    let mut message = "the answer has no image".to_owned();
    if let Some(reason) = &reply.vendor_finish_reason {
        message.push_str(&format!(": `{reason}`"));
    }
    let said = ["/candidates/0/finishMessage", "/promptFeedback/blockReasonMessage"];
    for words in said.iter().filter_map(|path| raw.pointer(path)?.as_str()).filter(|words| !words.is_empty()) {
        message.push_str(": ");
        message.extend(words.chars().take(crate::wire::openai_error::LONGEST_MESSAGE));
    }
    let kind = match (&reply.finish_reason, reply.vendor_finish_reason.as_deref()) {
        (FinishReason::ContentFilter, _) => ErrorKind::Filtered,
        (FinishReason::Length, _) => ErrorKind::Truncated,
        _ => ErrorKind::Empty,
    };
    let mut error = Error::new(kind, message);
    if let Some(reason) = &reply.vendor_finish_reason {
        error = error.with_code(reason.to_string());
    }
    let text = reply.text();
    if !text.is_empty() {
        error = error.with_answer(text);
    }
    match reply.usage {
        Some(usage) => error.with_usage(usage),
        None => error,
    }
}
