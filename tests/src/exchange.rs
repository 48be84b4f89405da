//! Recorded exchanges with vendors: which format a recording is in, by its method and path alone.

use serde_json::Value;

/// A format that the library speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// OpenAI's Responses API.
    Responses,
    /// OpenAI's Chat Completions, and all that resembles them.
    Chat,
    /// OpenAI's `images/generations`.
    Images,
    /// OpenAI's `images/edits`, which is a form and not JSON.
    ImageEdits,
    /// Anthropic's Messages API.
    Anthropic,
    /// Gemini's `generateContent` and `streamGenerateContent`.
    Gemini,
    /// Imagen's `predict`.
    Imagen,
}

/// Where a request goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// What is spoken there.
    pub format: Format,
    /// The model, where the path has it.
    pub model: Option<String>,
    /// Whether the path asks for a stream.
    pub stream: bool,
}

/// The endpoint that a method and a path name.
///
/// # Errors
/// The reason why the exchange is none of ours.
pub fn endpoint(method: &str, path: &str) -> Result<Endpoint, String> {
    let path = path.split('?').next().unwrap_or_default().trim_end_matches('/');
    let last = path.rsplit('/').next().unwrap_or_default();
    if method != "POST" {
        return Err(format!("`{method}` asks for no answer of a model"));
    }
    if let Some((model, call)) = last.split_once(':') {
        let format = match call {
            "generateContent" | "streamGenerateContent" => Format::Gemini,
            "predict" => Format::Imagen,
            other => return Err(format!("`:{other}` is an endpoint without a codec")),
        };
        return Ok(Endpoint { format, model: Some(model.to_owned()), stream: call == "streamGenerateContent" });
    }
    let endings = [
        ("/responses", Format::Responses),
        ("/chat/completions", Format::Chat),
        ("/images/generations", Format::Images),
        ("/images/edits", Format::ImageEdits),
        ("/messages", Format::Anthropic),
    ];
    match endings.into_iter().find(|(ending, _)| path.ends_with(ending)) {
        Some((_, format)) => Ok(Endpoint { format, model: None, stream: false }),
        None => Err(format!("`{last}` is an endpoint without a codec")),
    }
}

/// The text of a field, empty where there is none.
pub fn text<'v>(value: &'v Value, pointer: &str) -> &'v str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}
