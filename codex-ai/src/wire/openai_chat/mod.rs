//! OpenAI's Chat Completions, `POST /v1/chat/completions`, and the many servers that took it over (OpenAI's SDK 3.52.0,
//! OpenRouter's SDK 1.3.19, the manuals of Ollama, vLLM, LM Studio, llama.cpp, Groq, DeepSeek and Mistral, November 2026).
//!
//! | here | on the wire |
//! | --- | --- |
//! | [`Request::system`] | a first message of role `system` (or `developer`, see [`Dialect`]) |
//! | a message of system, user or assistant | a message of that role; `developer` is read as system |
//! | [`Part::Text`] | the string `content`, or a part `text` where there are several parts |
//! | [`Part::Image`] | a part `image_url`; bytes become a `data:` URL; in answers the list `images` |
//! | [`Part::Refusal`] | the field `refusal` |
//! | [`Part::ToolCall`] | an entry of `tool_calls` |
//! | [`Part::ToolResult`] | a message of role `tool` |
//! | [`Part::Reasoning`] | `reasoning_content` or `reasoning`; never part of the text |
//! | [`Part::CachePoint`] | `cache_control` of the text or image before it, where the dialect takes it; else nothing |
//! | [`Part::Raw`] | a part of the content as it came, or, with `role` and without `type`, a whole message |
//! | what other vendors' answers left in a conversation | left out, or an error: see [`wire`](super) |
//! | [`Options::extra`] | fields at the top level; `response_format` is merged |
//!
//! **What a part has besides its content** is kept in a [`Part::Raw`] with the `type` and these fields alone, and put
//! back when it is sent: `text`, `image_url`, `thinking` (Mistral) and `function` follow their part, `message` stands
//! before all. Of calls `index` is dropped, since it is their place; fields with nothing in them are dropped in answers.
//!
//! What servers differ in is a [`Dialect`]: data, not code. Of several `choices` the first is read; the others are in
//! [`Reply::raw`].
//!
//! [`Request::system`]: crate::Request::system
//! [`Options::extra`]: crate::Options::extra
//! [`Reply::raw`]: crate::Reply::raw
//! [`Part::Text`]: crate::Part::Text
//! [`Part::Image`]: crate::Part::Image
//! [`Part::Refusal`]: crate::Part::Refusal
//! [`Part::ToolCall`]: crate::Part::ToolCall
//! [`Part::ToolResult`]: crate::Part::ToolResult
//! [`Part::Reasoning`]: crate::Part::Reasoning
//! [`Part::CachePoint`]: crate::Part::CachePoint
//! [`Part::Raw`]: crate::Part::Raw

mod calls;
mod check;
mod content;
mod dialect;
mod event;
mod finish;
mod format;
mod merge;
mod message;
mod read_message;
mod read_request;
mod read_stream;
mod reply;
mod request;
mod split;
mod usage;
mod write_stream;

pub use crate::wire::openai_error::{decode_error, encode_error};
pub use dialect::{Dialect, ReasoningField};
pub use read_request::decode_request;
pub use read_stream::StreamDecoder;
pub use reply::{decode_reply, encode_reply};
pub use request::encode_request;
pub(crate) use request::own_format;
pub use write_stream::StreamEncoder;

/// A JSON object.
type Object = serde_json::Map<String, serde_json::Value>;
