//! The server's half of a request: body in, values out.

use serde_json::{Map, Value};

use super::multipart::{Content, read_form};
use super::{mime_type, sniff};
use crate::error::{Error, ErrorKind, Problem, Result};
use crate::image::ImageRequest;
use crate::message::Image;
use crate::wire::data_url::ImageUrl;

/// Reads the body of a request to either call, by its header `Content-Type`: a form, or JSON for everything else.
///
/// Fields without a name in [`ImageRequest`] go to its `extra`; files other than images go there as `data:` URLs. `null`
/// is as good as absent, and so is an `n` of 1.
///
/// # Errors
/// [`ErrorKind::InvalidRequest`] with the path of each field that is missing or of the wrong type.
pub fn decode_request(content_type: &str, body: &[u8]) -> Result<ImageRequest> {
    let mut request = ImageRequest::default();
    let is_form =
        content_type.trim_start().get(..19).is_some_and(|start| start.eq_ignore_ascii_case("multipart/form-data"));
    let fields = if is_form { form(content_type, body, &mut request)? } else { json(body)? };
    let mut problems = Vec::new();
    let mut has_prompt = false;
    for (name, value) in fields {
        let slot = match (name.as_str(), value) {
            (_, Value::Null) => continue,
            ("prompt", Value::String(prompt)) => {
                has_prompt = true;
                request.prompt = prompt;
                continue;
            }
            ("output_format", Value::String(format)) => {
                request.mime_type = Some(mime_type(&format).into());
                continue;
            }
            ("n", value) if value == 1 || value == "1" => continue,
            ("model", Value::String(text)) => (&mut request.model, text),
            ("size", Value::String(text)) => (&mut request.size, text),
            ("quality", Value::String(text)) => (&mut request.quality, text),
            ("background", Value::String(text)) => (&mut request.background, text),
            ("prompt" | "output_format" | "model" | "size" | "quality" | "background", _) => {
                problems.push(Problem::new(name, "is not a text"));
                continue;
            }
            (_, value) => {
                request.extra.insert(name, value);
                continue;
            }
        };
        *slot.0 = Some(slot.1.into());
    }
    if !has_prompt && !problems.iter().any(|problem| problem.path == "prompt") {
        problems.push(Problem::new("prompt", "is missing"));
    }
    if problems.is_empty() {
        return Ok(request);
    }
    Err(Error::new(ErrorKind::InvalidRequest, "the request is not valid").with_problems(problems))
}

fn json(body: &[u8]) -> Result<Map<String, Value>> {
    serde_json::from_slice(body).map_err(|error| {
        let place = format!("line {}, column {}", error.line(), error.column());
        Error::new(ErrorKind::InvalidRequest, format!("the body is not a JSON object ({place})"))
    })
}

/// Reads a form: images into the request, everything else as fields.
fn form(content_type: &str, body: &[u8], request: &mut ImageRequest) -> Result<Map<String, Value>> {
    let form = read_form(content_type, body)
        .map_err(|wrong| Error::new(ErrorKind::InvalidRequest, format!("the body is not a form: {wrong}")))?;
    let mut fields = Map::new();
    for field in form {
        let name = field.name.into_owned();
        match field.content {
            Content::File { mime_type, data, .. } => {
                let known =
                    Some(&*mime_type).filter(|mime_type| !matches!(*mime_type, "" | "application/octet-stream"));
                let image =
                    Image::bytes(data.clone(), known.or_else(|| sniff(&data)).unwrap_or("application/octet-stream"));
                if matches!(name.as_str(), "image" | "image[]") {
                    request.input_images.push(image);
                } else {
                    fields.insert(name, ImageUrl(&image).to_string().into());
                }
            }
            Content::Text(text) => match name.strip_suffix("[]") {
                None => {
                    fields.insert(name, text.into());
                }
                Some(list) => match fields.entry(list).or_insert_with(|| Value::Array(Vec::new())) {
                    Value::Array(list) => list.push(text.into()),
                    other => *other = text.into(),
                },
            },
        }
    }
    Ok(fields)
}
