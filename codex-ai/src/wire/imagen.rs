//! Imagen: `:predict` (Google's SDK `google-genai` 2.3.0 for the Gemini API and 3.4.0 for the platform).
//!
//! The same body on both: `POST {version}/models/{model}:predict` of the Gemini API, and
//! `POST {version}/publishers/google/models/{model}:predict` of Google Cloud. Google shut the models down on the Gemini
//! API on 2026-08-17; the platform and gateways still have them.
//!
//! | here | on the wire |
//! | --- | --- |
//! | [`ImageRequest::prompt`] | `instances[0].prompt` |
//! | [`ImageRequest::size`], [`ImageRequest::aspect_ratio`] | `parameters.sampleImageSize`, `parameters.aspectRatio` |
//! | [`ImageRequest::mime_type`] | `parameters.outputOptions.mimeType` |
//! | [`ImageRequest::extra`] | fields at the top level; `parameters` with its `outputOptions` is merged |

use bytes::Bytes;
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Map, Value, json};

use super::data_url::Base64;
use super::gemini::{decode_base64, unplaced};
use crate::error::{Error, ErrorKind, Problem, Result};
use crate::image::{GeneratedImage, ImageRequest};

/// Makes the body of a request. One picture is asked for (`sampleCount`, of which Google's default is 4), and the reason
/// where it is filtered (`includeRaiReason`); extra fields in `parameters` say otherwise.
///
/// # Errors
/// [`ErrorKind::Unsupported`] for pictures to start from, a quality and a background, and for extra fields that are set
/// from the request already; all problems at once.
pub fn encode_request(image: &ImageRequest) -> Result<Bytes> {
    let mut problems = unplaced(image, "Imagen has no field for it");
    if !image.input_images.is_empty() {
        problems.push(Problem::new("input_images", "Imagen starts from no picture"));
    }
    let mut extra = image.extra.clone();
    let mut parameters = object(extra.shift_remove("parameters"), "extra.parameters", &mut problems);
    let path = "extra.parameters.outputOptions";
    let mut output = object(parameters.shift_remove("outputOptions"), path, &mut problems);
    let mut set = |fields: &mut Map<String, Value>, path: &str, name: &str, value: Option<&str>| {
        if let Some(value) = value
            && fields.insert(name.to_owned(), value.into()).is_some()
        {
            problems.push(Problem::new(format!("{path}.{name}"), "this field is set from the request already"));
        }
    };
    set(&mut output, path, "mimeType", image.mime_type.as_deref());
    set(&mut parameters, "extra.parameters", "sampleImageSize", image.size.as_deref());
    set(&mut parameters, "extra.parameters", "aspectRatio", image.aspect_ratio.as_deref());
    if extra.contains_key("instances") {
        problems.push(Problem::new("extra.instances", "this field is set from the request already"));
    }
    if !problems.is_empty() {
        return Err(
            Error::new(ErrorKind::Unsupported, "the request has no form in Imagen's API").with_problems(problems)
        );
    }
    parameters.entry("sampleCount").or_insert(json!(1));
    parameters.entry("includeRaiReason").or_insert(json!(true));
    if !output.is_empty() {
        parameters.insert("outputOptions".to_owned(), Value::Object(output));
    }
    extra.insert("instances".to_owned(), json!([{ "prompt": image.prompt }]));
    extra.insert("parameters".to_owned(), Value::Object(parameters));
    Ok(Value::Object(extra).to_string().into())
}

fn object(value: Option<Value>, path: &str, problems: &mut Vec<Problem>) -> Map<String, Value> {
    match value {
        None | Some(Value::Null) => Map::new(),
        Some(Value::Object(object)) => object,
        Some(_) => {
            problems.push(Problem::new(path, "is not an object"));
            Map::new()
        }
    }
}

/// Reads the body of a request for `model`, which stands in the path.
///
/// # Errors
/// [`ErrorKind::InvalidRequest`] for a body that is no object with one instance and its `prompt`.
pub fn decode_request(model: &str, body: &[u8]) -> Result<ImageRequest> {
    let invalid = |path: &str, message: &str| {
        Error::new(ErrorKind::InvalidRequest, "the request is not valid")
            .with_problems(vec![Problem::new(path, message)])
    };
    let mut fields: Map<String, Value> = serde_json::from_slice(body).map_err(|error| {
        let place = format!("line {}, column {}", error.line(), error.column());
        Error::new(ErrorKind::InvalidRequest, format!("the body is not a JSON object ({place})"))
    })?;
    let prompt = match fields.shift_remove("instances") {
        Some(Value::Array(list)) => match list.as_slice() {
            [Value::Object(instance)] if instance.len() == 1 => {
                instance.get("prompt").and_then(Value::as_str).map(str::to_owned)
            }
            _ => return Err(invalid("instances", "is not a list of one object with a `prompt` alone")),
        },
        _ => None,
    };
    let prompt = prompt.ok_or_else(|| invalid("instances[0].prompt", "is not a text"))?;
    let mut image = ImageRequest::new(prompt).with_model(model.to_owned());
    let mut problems = Vec::new();
    let mut parameters = object(fields.shift_remove("parameters"), "parameters", &mut problems);
    let mut output = object(parameters.shift_remove("outputOptions"), "parameters.outputOptions", &mut problems);
    let mut text = |fields: &mut Map<String, Value>, name: &str| match fields.shift_remove(name)? {
        Value::String(text) => Some(text.into()),
        Value::Null => None,
        _ => {
            problems.push(Problem::new(format!("parameters.{name}"), "is not a text"));
            None
        }
    };
    image.mime_type = text(&mut output, "mimeType");
    image.size = text(&mut parameters, "sampleImageSize");
    image.aspect_ratio = text(&mut parameters, "aspectRatio");
    if !problems.is_empty() {
        return Err(Error::new(ErrorKind::InvalidRequest, "the request is not valid").with_problems(problems));
    }
    for (name, default) in [("sampleCount", json!(1)), ("includeRaiReason", json!(true))] {
        if parameters.get(name) == Some(&default) {
            parameters.shift_remove(name);
        }
    }
    if !output.is_empty() {
        parameters.insert("outputOptions".to_owned(), Value::Object(output));
    }
    if !parameters.is_empty() {
        fields.insert("parameters".to_owned(), Value::Object(parameters));
    }
    image.extra = fields;
    Ok(image)
}

/// Reads the pictures of an answer, in order. `mime_type` is for those that do not tell their own.
///
/// # Errors
/// [`ErrorKind::Protocol`] for what is not such an answer; where there is no picture [`ErrorKind::Filtered`] with the
/// vendor's reason, or [`ErrorKind::Empty`] where it gives none.
pub fn decode_reply(body: &[u8], mime_type: Option<&str>) -> Result<Vec<GeneratedImage>> {
    let answer: Value = serde_json::from_slice(body).map_err(|error| {
        let place = format!("line {}, column {}", error.line(), error.column());
        let kind = if error.is_eof() && !body.is_empty() { ErrorKind::Incomplete } else { ErrorKind::Protocol };
        Error::new(kind, format!("the answer is not JSON ({place})"))
    })?;
    let predictions = match answer.get("predictions") {
        Some(Value::Array(list)) => list.as_slice(),
        None | Some(Value::Null) if answer.is_object() && answer.get("error").is_none() => &[],
        _ if answer.get("error").is_some() => return Err(super::gemini::decode_error(200, body, "")),
        _ => return Err(Error::new(ErrorKind::Protocol, "the answer has no list `predictions`")),
    };
    let mut images = Vec::with_capacity(predictions.len());
    let mut reasons = Vec::new();
    for entry in predictions {
        let text = |name: &str| entry.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
        if let Some(reason) = text("raiFilteredReason") {
            reasons.push(reason.chars().take(super::openai_error::LONGEST_MESSAGE).collect::<String>());
        }
        let Some(data) = text("bytesBase64Encoded") else { continue };
        let data = decode_base64(data)
            .ok_or_else(|| Error::new(ErrorKind::Protocol, "the bytes of a picture are not base64"))?;
        let mut image = GeneratedImage::new(data, text("mimeType").or(mime_type).unwrap_or("image/png"));
        image.revised_prompt = text("prompt").map(str::to_owned);
        images.push(image);
    }
    match (images.is_empty(), reasons.is_empty()) {
        (false, _) => Ok(images),
        (true, false) => {
            let message = format!("the answer has no image: {}", reasons.join("; "));
            Err(Error::new(ErrorKind::Filtered, message))
        }
        (true, true) => Err(Error::new(ErrorKind::Empty, "the answer has no image")
            .with_help("Imagen leaves out what its filters stop; say it in other words")),
    }
}

/// Makes the body of an answer.
///
/// # Errors
/// None for the images of today's types; the result is there for the codecs' common form.
pub fn encode_reply(images: &[GeneratedImage]) -> Result<Bytes> {
    struct Prediction<'a>(&'a GeneratedImage);
    impl Serialize for Prediction<'_> {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let mut map = serializer.serialize_map(None)?;
            map.serialize_entry("mimeType", &self.0.mime_type)?;
            map.serialize_entry("bytesBase64Encoded", &Base64(&self.0.bytes))?;
            if let Some(prompt) = &self.0.revised_prompt {
                map.serialize_entry("prompt", prompt)?;
            }
            map.end()
        }
    }
    let list: Vec<_> = images.iter().map(Prediction).collect();
    match serde_json::to_vec(&std::collections::BTreeMap::from([("predictions", list)])) {
        Ok(body) => Ok(body.into()),
        Err(error) => Err(Error::new(ErrorKind::Other, format!("the answer cannot be written as JSON: {error}"))),
    }
}
