//! Google's Gemini API: `:generateContent` and `:streamGenerateContent` (Google's API reference and its SDK
//! `google-genai` 3.4.0, November 2026).
//!
//! | here | on the wire |
//! | --- | --- |
//! | [`Request::system`], messages of the system | `systemInstruction` |
//! | a message of user or tool, of the assistant | a content of role `user`, `model`; tool messages in a row are one |
//! | [`Part::Text`] | `text` |
//! | [`Part::Reasoning`] | `text` with `thought` |
//! | [`Part::Image`] | `inlineData`, or `fileData` for an address |
//! | [`Part::ToolCall`] | `functionCall`; without an `id` the id is empty |
//! | [`Part::ToolResult`] | `functionResponse`; see [`encode_request`] on its `response` |
//! | [`Part::Refusal`] | in an answer `finishMessage`; in a request `text` |
//! | [`Part::CachePoint`] | nothing: Gemini finds out by itself |
//! | [`Part::Raw`] | a part as it came: `executableCode`, audio, whatever is not known yet |
//! | what other vendors' answers left in a conversation | left out, or an error: see [`wire`](super) |
//! | [`Options::extra`] | fields at the top level; `generationConfig` with its `thinkingConfig`, and `toolConfig`, are merged |
//!
//! **What a part has besides its content** (`thoughtSignature`, `videoMetadata`, the `mimeType` of an address) is kept in
//! a [`Part::Raw`] that follows it: its `type` is the part's field (`text`, `functionCall`), the rest are the other fields.
//! When it is sent again the two are put together. Google's parts have no `type`, so nothing else looks like it.
//!
//! Names of fields are read in camelCase and in snake_case, and are written in camelCase.
//!
//! [`Request::system`]: crate::Request::system
//! [`Options::extra`]: crate::Options::extra
//! [`Part::Text`]: crate::Part::Text
//! [`Part::Image`]: crate::Part::Image
//! [`Part::ToolCall`]: crate::Part::ToolCall
//! [`Part::ToolResult`]: crate::Part::ToolResult
//! [`Part::Reasoning`]: crate::Part::Reasoning
//! [`Part::Refusal`]: crate::Part::Refusal
//! [`Part::CachePoint`]: crate::Part::CachePoint
//! [`Part::Raw`]: crate::Part::Raw

mod answer;
mod check;
mod config;
mod error;
mod image;
mod part;
mod read_part;
mod read_request;
mod read_stream;
mod reply;
mod request;
mod result_text;
mod write_stream;

pub(crate) use check::own_format;
pub use error::{decode_error, encode_error};
pub(in crate::wire) use image::unplaced;
pub use image::{decode_image_reply, encode_image_request};
pub(in crate::wire) use read_part::decode_base64;
pub use read_request::decode_request;
pub use read_stream::StreamDecoder;
pub use reply::{decode_reply, encode_reply};
pub use request::encode_request;
pub use write_stream::StreamEncoder;

/// A JSON object.
type Object = serde_json::Map<String, serde_json::Value>;

/// Text that borrows where it can.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(transparent)]
struct Text<'a>(#[serde(borrow)] std::borrow::Cow<'a, str>);

/// A field that has no type here.
type Field<'a> = (std::borrow::Cow<'a, str>, &'a serde_json::value::RawValue);

/// The value of a raw field. What serde_json cannot hold (nested too deeply, a number out of range) is kept as its text.
fn value_of(raw: &serde_json::value::RawValue) -> serde_json::Value {
    serde_json::from_str(raw.get()).unwrap_or_else(|_| serde_json::Value::from(raw.get()))
}

/// A name in camelCase.
fn camel(name: &str) -> std::borrow::Cow<'_, str> {
    if !name.contains('_') {
        return name.into();
    }
    let mut out = String::with_capacity(name.len());
    let mut upper = false;
    for c in name.chars() {
        match c {
            '_' if !out.is_empty() => upper = true,
            c if upper => {
                out.extend(c.to_uppercase());
                upper = false;
            }
            c => out.push(c),
        }
    }
    out.into()
}
