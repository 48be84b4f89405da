//! What is said: messages and their parts.

use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;
use serde_json::Value;

/// Who says a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Role {
    /// Instructions; goes where the vendor wants system text.
    System,
    /// The person, or the program, that asks.
    User,
    /// The model.
    Assistant,
    /// The result of a tool that the model called.
    Tool,
}

/// One message of a conversation.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Message {
    /// Who says it.
    pub role: Role,
    /// What is said, in order.
    pub parts: Vec<Part>,
}

/// A piece of a message.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Part {
    /// Text.
    Text(String),
    /// A picture.
    Image(Image),
    /// The model wants a tool to be called.
    ToolCall(ToolCall),
    /// What a tool gave back.
    ToolResult(ToolResult),
    /// The model's own thinking, as far as the vendor shows it.
    Reasoning(String),
    /// The words with which the model refused.
    Refusal(String),
    /// A hint to the vendor's cache; it is no content.
    CachePoint(CachePoint),
    /// Something of a vendor that has no type here yet, kept as it came.
    Raw(Value),
}

/// Says that everything up to here is the same in many requests, so that the vendor may keep it.
///
/// A vendor that finds out by itself, or that keeps nothing, is not told.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct CachePoint {
    /// How long it is to be kept, in the vendor's words: `5m`, `1h`; the vendor's default where it is `None`.
    pub ttl: Option<Cow<'static, str>>,
}

/// A picture, by content or by address.
///
/// As an argument in JSON, in calls by name and of tools, it is `{"url": ".."}`, or
/// `{"data": "..", "mime_type": "image/png"}` with the content in base64.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Image {
    /// The bytes of a file.
    Bytes {
        /// The file's content.
        data: Bytes,
        /// Its MIME type, such as `image/png`.
        mime_type: String,
    },
    /// An address that the vendor fetches.
    Url(String),
}

/// A tool that the model wants to be called.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ToolCall {
    /// The vendor's id of this call, which the result names; empty where the vendor gives none.
    pub id: String,
    /// The name of the tool.
    pub name: String,
    /// The arguments, as the JSON text that the model wrote.
    pub arguments: String,
}

/// What a tool gave back.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ToolResult {
    /// The id of the [`ToolCall`].
    pub id: String,
    /// The name of the tool, for vendors that go by it; where it is `None` it is looked up by the id.
    pub name: Option<String>,
    /// The result as text, mostly JSON.
    pub output: String,
    /// Whether the output tells that the tool failed.
    pub is_error: bool,
}

impl Message {
    /// A message with these parts.
    pub fn new(role: Role, parts: Vec<Part>) -> Self {
        Self { role, parts }
    }

    /// A system message of one text.
    pub fn system(text: impl Into<String>) -> Self {
        Self::new(Role::System, vec![Part::Text(text.into())])
    }

    /// A user message of one text.
    pub fn user(text: impl Into<String>) -> Self {
        Self::new(Role::User, vec![Part::Text(text.into())])
    }

    /// An assistant message of one text.
    pub fn assistant(text: impl Into<String>) -> Self {
        Self::new(Role::Assistant, vec![Part::Text(text.into())])
    }

    /// A tool message: what the tools gave back that the model called in the message before.
    ///
    /// ```
    /// use codex_ai::{Message, Role, ToolCall};
    ///
    /// let call = ToolCall::new("call_1", "weather", r#"{"city":"Oslo"}"#);
    /// let message = Message::tool([call.result("12 degrees")]);
    /// assert_eq!(message.role, Role::Tool);
    /// ```
    pub fn tool(results: impl IntoIterator<Item = ToolResult>) -> Self {
        Self::new(Role::Tool, results.into_iter().map(Part::ToolResult).collect())
    }

    /// Adds a part, such as a picture or a cache point.
    ///
    /// ```
    /// use codex_ai::{Image, Message};
    ///
    /// let message = Message::user("What is this?").with_part(Image::url("https://example.com/fox.png"));
    /// assert_eq!(message.parts.len(), 2);
    /// ```
    #[must_use]
    pub fn with_part(mut self, part: impl Into<Part>) -> Self {
        self.parts.push(part.into());
        self
    }

    /// All text parts, joined. `None` where there is no text part.
    pub fn text(&self) -> Option<Cow<'_, str>> {
        join_text(&self.parts)
    }
}

impl Image {
    /// A picture by content.
    pub fn bytes(data: impl Into<Bytes>, mime_type: impl Into<String>) -> Self {
        Self::Bytes { data: data.into(), mime_type: mime_type.into() }
    }

    /// A picture by address.
    pub fn url(url: impl Into<String>) -> Self {
        Self::Url(url.into())
    }
}

impl ToolCall {
    /// A call of `name` with `arguments`, a JSON text.
    pub fn new(id: impl Into<String>, name: impl Into<String>, arguments: impl Into<String>) -> Self {
        Self { id: id.into(), name: name.into(), arguments: arguments.into() }
    }

    /// The answer to this call.
    pub fn result(&self, output: impl Into<String>) -> ToolResult {
        ToolResult::new(self.id.clone(), output).with_name(self.name.clone())
    }
}

impl ToolResult {
    /// The answer to the call `id`.
    pub fn new(id: impl Into<String>, output: impl Into<String>) -> Self {
        Self { id: id.into(), name: None, output: output.into(), is_error: false }
    }

    /// Names the tool.
    #[must_use]
    pub fn with_name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Says that the tool failed, and that the output tells why.
    #[must_use]
    pub fn as_error(mut self) -> Self {
        self.is_error = true;
        self
    }
}

impl CachePoint {
    /// A point with the vendor's default of how long.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets [`ttl`](Self::ttl).
    #[must_use]
    pub fn with_ttl(mut self, ttl: impl Into<Cow<'static, str>>) -> Self {
        self.ttl = Some(ttl.into());
        self
    }
}

impl From<&str> for Part {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Part {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Image> for Part {
    fn from(image: Image) -> Self {
        Self::Image(image)
    }
}

impl From<ToolCall> for Part {
    fn from(call: ToolCall) -> Self {
        Self::ToolCall(call)
    }
}

impl From<ToolResult> for Part {
    fn from(result: ToolResult) -> Self {
        Self::ToolResult(result)
    }
}

impl From<CachePoint> for Part {
    fn from(point: CachePoint) -> Self {
        Self::CachePoint(point)
    }
}

impl fmt::Debug for Image {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bytes { data, mime_type } => write!(f, "Image({mime_type}, {} bytes)", data.len()),
            Self::Url(url) => write!(f, "Image({url})"),
        }
    }
}

/// The join of all text parts: borrowed when there is one, `None` when there is none.
pub(crate) fn join_text(parts: &[Part]) -> Option<Cow<'_, str>> {
    let mut texts = parts.iter().filter_map(|part| match part {
        Part::Text(text) => Some(text.as_str()),
        _ => None,
    });
    let first = texts.next()?;
    let Some(second) = texts.next() else { return Some(first.into()) };
    let mut joined = String::with_capacity(first.len() + second.len());
    joined.push_str(first);
    joined.push_str(second);
    joined.extend(texts);
    Some(joined.into())
}
