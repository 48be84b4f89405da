//! The client's half of a request: values in, body out.

use std::borrow::Cow;

use bytes::Bytes;
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Value;

use super::multipart::{Content, Field, write_form};
use super::output_format;
use crate::error::{Error, ErrorKind, Problem, Result};
use crate::image::ImageRequest;
use crate::message::Image;
use crate::wire::data_url;

/// The body of a request, and where it goes.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ImageBody {
    /// What stands behind the base URL: `images/generations` or `images/edits`.
    pub path: &'static str,
    /// The header `Content-Type`.
    pub content_type: Cow<'static, str>,
    /// The body.
    pub body: Bytes,
}

/// Makes the body of a request for this model.
///
/// # Errors
/// [`ErrorKind::Unsupported`] for what the format has no place for, [`ErrorKind::InvalidRequest`] for fields that
/// contradict each other; all problems at once.
pub fn encode_request(request: &ImageRequest, model: &str) -> Result<ImageBody> {
    let mut check = Check::default();
    let body = check.body(request, model);
    check.finish()?;
    if !request.input_images.is_empty() {
        return Ok(body.form(request));
    }
    match serde_json::to_vec(&body) {
        Ok(json) => {
            Ok(ImageBody { path: "images/generations", content_type: "application/json".into(), body: json.into() })
        }
        Err(error) => Err(Error::new(ErrorKind::Other, format!("the request cannot be written as JSON: {error}"))),
    }
}

/// The fields that both calls have, in their order on the wire.
struct Body<'a> {
    request: &'a ImageRequest,
    texts: Vec<(&'static str, &'a str)>,
}

impl Serialize for Body<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (name, text) in &self.texts {
            map.serialize_entry(name, text)?;
        }
        for (name, value) in &self.request.extra {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

impl Body<'_> {
    fn form(&self, request: &ImageRequest) -> ImageBody {
        let mut fields: Vec<_> = self.texts.iter().map(|(name, text)| Field::text(name, text)).collect();
        for (name, value) in &request.extra {
            add_extra(name, value, &mut fields);
        }
        let name = if request.input_images.len() == 1 { "image" } else { "image[]" };
        for (index, image) in request.input_images.iter().enumerate() {
            if let Image::Bytes { data, mime_type } = image {
                let extension = output_format(mime_type).unwrap_or("bin");
                let file_name = format!("image-{}.{extension}", index + 1);
                let content = Content::File { file_name, mime_type: mime_type.into(), data: data.clone() };
                fields.push(Field { name: name.into(), content });
            }
        }
        let (content_type, body) = write_form(&fields);
        ImageBody { path: "images/edits", content_type: content_type.into(), body }
    }
}

/// Adds an extra field to a form; those that have no form there were found before.
fn add_extra<'a>(name: &'a str, value: &'a Value, fields: &mut Vec<Field<'a>>) {
    match value {
        Value::Null | Value::Object(_) => {}
        Value::Array(values) => {
            let texts = values.iter().filter_map(plain_text);
            fields.extend(texts.map(|text| Field { name: format!("{name}[]").into(), content: Content::Text(text) }));
        }
        Value::String(url) if name == "mask" && url.starts_with("data:") => match data_url::decode(url.clone()) {
            Image::Bytes { data, mime_type } => {
                let file_name = format!("mask.{}", output_format(&mime_type).unwrap_or("bin"));
                let content = Content::File { file_name, mime_type: mime_type.into(), data };
                fields.push(Field { name: name.into(), content });
            }
            Image::Url(_) => fields.push(Field::text(name, url)),
        },
        other => fields.extend(plain_text(other).map(|text| Field { name: name.into(), content: Content::Text(text) })),
    }
}

fn plain_text(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::String(text) => Some(text.into()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string().into()),
        _ => None,
    }
}

/// Collects what cannot be sent.
#[derive(Default)]
struct Check {
    /// What the format has no place for.
    unsupported: Vec<Problem>,
    /// Fields that contradict each other.
    invalid: Vec<Problem>,
}

impl Check {
    fn body<'a>(&mut self, request: &'a ImageRequest, model: &'a str) -> Body<'a> {
        let mut texts = vec![("prompt", request.prompt.as_str()), ("model", model)];
        let size = request.size.as_deref().or_else(|| self.size_of_ratio(request));
        let format = request.mime_type.as_deref().and_then(|mime_type| self.format(mime_type));
        let optional = [
            ("size", size),
            ("quality", request.quality.as_deref()),
            ("background", request.background.as_deref()),
            ("output_format", format),
        ];
        texts.extend(optional.into_iter().filter_map(|(name, text)| Some((name, text?))));
        if request.size.is_some() && request.aspect_ratio.is_some() {
            self.invalid.push(Problem::new("aspect_ratio", "`size` says the ratio already; set one of the two"));
        }
        self.images(request);
        self.extra(request, &texts);
        Body { request, texts }
    }

    /// The vendor's size of exactly this ratio.
    fn size_of_ratio<'a>(&mut self, request: &ImageRequest) -> Option<&'a str> {
        match request.aspect_ratio.as_deref()? {
            "1:1" => Some("1024x1024"),
            "3:2" => Some("1536x1024"),
            "2:3" => Some("1024x1536"),
            _ => {
                let message = "the vendor has no size of this ratio; set `size` instead, as `1536x1024`";
                self.unsupported.push(Problem::new("aspect_ratio", message));
                None
            }
        }
    }

    fn format<'a>(&mut self, mime_type: &'a str) -> Option<&'a str> {
        let format = output_format(mime_type);
        if format.is_none() {
            self.unsupported.push(Problem::new("mime_type", "is not the MIME type of an image, such as `image/png`"));
        }
        format
    }

    fn images(&mut self, request: &ImageRequest) {
        for (index, image) in request.input_images.iter().enumerate() {
            let wrong = match image {
                Image::Url(_) => "an image by address cannot be sent; give its bytes",
                Image::Bytes { mime_type, .. } if !is_mime_type(mime_type) => "has no usable MIME type",
                Image::Bytes { .. } => continue,
            };
            self.unsupported.push(Problem::new(format!("input_images[{index}]"), wrong));
        }
    }

    fn extra(&mut self, request: &ImageRequest, texts: &[(&str, &str)]) {
        for (name, value) in &request.extra {
            let path = || format!("extra.{name}");
            if texts.iter().any(|(set, _)| set == name) {
                let message = "this field is set from the request already; leave it out of `extra`";
                self.invalid.push(Problem::new(path(), message));
            } else if name == "n" && value.as_f64() != Some(1.0) && !value.is_null() {
                self.unsupported.push(Problem::new(path(), "one call makes one image; ask several times"));
            } else if name == "stream" && !matches!(value, Value::Null | Value::Bool(false)) {
                self.unsupported.push(Problem::new(path(), "images are not streamed"));
            } else if matches!(name.as_str(), "image" | "image[]") {
                self.invalid.push(Problem::new(path(), "images to start from are given as `input_images`"));
            } else if !request.input_images.is_empty() {
                let has_form = match value {
                    Value::Object(_) => false,
                    Value::Array(values) => values.iter().all(|value| plain_text(value).is_some()),
                    _ => true,
                };
                if !has_form {
                    self.unsupported.push(Problem::new(path(), "a form holds texts, numbers and lists of them only"));
                }
                if name.bytes().any(|b| b.is_ascii_control()) {
                    self.unsupported.push(Problem::new(path(), "the name has characters that no form can hold"));
                }
            }
        }
    }

    fn finish(self) -> Result<()> {
        let kind = match (self.invalid.is_empty(), self.unsupported.is_empty()) {
            (true, true) => return Ok(()),
            (true, false) => ErrorKind::Unsupported,
            (false, _) => ErrorKind::InvalidRequest,
        };
        let problems = self.invalid.into_iter().chain(self.unsupported).collect();
        Err(Error::new(kind, "the request has no form in OpenAI's images API").with_problems(problems))
    }
}

/// Whether a text can stand in the header of a file.
fn is_mime_type(text: &str) -> bool {
    text.contains('/') && text.bytes().all(|b| b.is_ascii_graphic() || b == b' ')
}
