//! Requests for pictures. `images/edits` is a form (RFC 7578), which is put together here from the recorded parts.
//!
//! - The names of the files may differ: a picture has none here.
//! - The order of the parts is free but for the pictures among themselves.

use codex_ai::ImageRequest;
use codex_ai::wire::{imagen, openai_images};
use codex_ai_tests::exchange::{Endpoint, Format, text};
use serde_json::Value;

/// The content of a file whose recording tells only its length.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n--\r\n\r\n--boundary\r\n";

/// Reads a JSON body and writes it again.
///
/// # Errors
/// What keeps it from being read or written.
pub(crate) fn again(endpoint: &Endpoint, body: &[u8]) -> Result<Vec<u8>, String> {
    let model = endpoint.model.as_deref().unwrap_or_default();
    let request = match endpoint.format {
        Format::Imagen => imagen::decode_request(model, body),
        _ => openai_images::decode_request("application/json", body),
    };
    let request = request.map_err(|error| format!("cannot be read: {error:#}"))?;
    let written = match endpoint.format {
        Format::Imagen => imagen::encode_request(&request).map(|body| body.to_vec()),
        _ => openai_images::encode_request(&request, asked(&request)).map(|body| body.body.to_vec()),
    };
    written.map_err(|error| format!("cannot be written: {error:#}"))
}

/// Whether pictures are asked for as a stream.
pub(crate) fn is_streamed(body: &Value) -> bool {
    body["stream"] == Value::Bool(true)
}

/// A request for a stream of pictures must be refused, and the error must say why.
///
/// # Errors
/// What came instead.
pub(crate) fn refused(body: &Value) -> Result<(), String> {
    let request = openai_images::decode_request("application/json", body.to_string().as_bytes());
    match request.and_then(|request| openai_images::encode_request(&request, asked(&request))) {
        Err(error) if error.problems().iter().any(|problem| problem.path.ends_with("stream")) => Ok(()),
        Err(error) => Err(format!("the error does not name `stream`: {error}")),
        Ok(_) => Err("the stream is asked for without anybody to read it".to_owned()),
    }
}

/// The form of the recorded parts, there and back.
///
/// # Errors
/// The first difference.
pub(crate) fn edits(parts: &Value) -> Result<(), String> {
    let parts: Vec<Part> = parts.as_array().into_iter().flatten().map(Part::recorded).collect();
    let body = form(&parts, "----boundary-of-the-test");
    let content_type = "multipart/form-data; boundary=----boundary-of-the-test";
    let request = openai_images::decode_request(content_type, &body).map_err(|e| format!("cannot be read: {e:#}"))?;
    let written = openai_images::encode_request(&request, asked(&request));
    let written = written.map_err(|error| format!("cannot be written: {error:#}"))?;
    let boundary = written.content_type.split("boundary=").nth(1).ok_or("the header has no boundary")?;
    let mut found = read(&written.body, boundary.trim_matches('"'))?;
    let mut expected = parts;
    for parts in [&mut expected, &mut found] {
        // A stable sort: pictures of one name keep their order.
        parts.sort_by(|left, right| left.name.cmp(&right.name));
    }
    match expected.iter().zip(&found).find(|(expected, found)| expected != found) {
        Some((expected, found)) => Err(format!("expected {expected:?}, found {found:?}")),
        None if expected.len() == found.len() => Ok(()),
        None => Err(format!("expected {} parts, found {}", expected.len(), found.len())),
    }
}

fn asked(request: &ImageRequest) -> &str {
    request.model.as_deref().unwrap_or_default()
}

/// A part of a form.
#[derive(Debug, PartialEq)]
struct Part {
    name: String,
    /// The type of a file; `None` for a text.
    content_type: Option<String>,
    content: Vec<u8>,
}

impl Part {
    fn recorded(part: &Value) -> Self {
        let name = text(part, "/name").to_owned();
        if part.get("filename").is_none() {
            return Self { name, content_type: None, content: text(part, "/value").as_bytes().to_vec() };
        }
        let length = part["bytes"].as_u64().and_then(|length| usize::try_from(length).ok()).unwrap_or_default();
        let content = PNG.iter().copied().cycle().take(length).collect();
        Self { name, content_type: Some(text(part, "/content_type").to_owned()), content }
    }
}

fn form(parts: &[Part], boundary: &str) -> Vec<u8> {
    let mut body = Vec::new();
    for part in parts {
        let mut head = format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{}\"", part.name);
        if let Some(content_type) = &part.content_type {
            head.push_str(&format!("; filename=\"source.png\"\r\nContent-Type: {content_type}"));
        }
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(b"\r\n\r\n");
        body.extend_from_slice(&part.content);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    body
}

fn read(body: &[u8], boundary: &str) -> Result<Vec<Part>, String> {
    // With a line break in front the first boundary is like the others.
    let body = [b"\r\n", body].concat();
    let delimiter = format!("\r\n--{boundary}");
    let mut parts = Vec::new();
    let mut rest = after(&body, delimiter.as_bytes()).ok_or("the form has no boundary")?.1;
    while !rest.starts_with(b"--") {
        let (part, next) = after(rest, delimiter.as_bytes()).ok_or("the form has no end")?;
        let (head, content) = after(part, b"\r\n\r\n").ok_or("a part has no content")?;
        let head = String::from_utf8_lossy(head);
        let name = head.split("name=\"").nth(1).and_then(|rest| rest.split('"').next()).ok_or("a part has no name")?;
        let content_type = head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-type").then(|| value.trim().to_owned())
        });
        let content_type = content_type.filter(|_| head.contains("filename="));
        parts.push(Part { name: name.to_owned(), content_type, content: content.to_vec() });
        rest = next;
    }
    Ok(parts)
}

/// What stands before and after the first `separator`.
fn after<'b>(bytes: &'b [u8], separator: &[u8]) -> Option<(&'b [u8], &'b [u8])> {
    let at = bytes.windows(separator.len()).position(|window| window == separator)?;
    Some((&bytes[..at], &bytes[at + separator.len()..]))
}
