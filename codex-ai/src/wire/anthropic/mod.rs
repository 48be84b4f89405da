//! Anthropic's Messages API: `POST /v1/messages` (API reference and SDK 2.11, November 2026).
//!
//! | here | on the wire |
//! | --- | --- |
//! | [`Request::system`], system messages at the start | `system` |
//! | a system message later on | a message of role `system`; for models before Claude Opus 4.8, which refuse it, `system` |
//! | a message of user or tool, of assistant | a message of role `user`, `assistant` |
//! | [`Part::Text`] | a block `text` |
//! | [`Part::Image`] | a block `image`, its source `base64` or `url` |
//! | [`Part::ToolCall`], [`Part::ToolResult`] | the blocks `tool_use`, `tool_result` |
//! | [`Part::Reasoning`] | a block `thinking` |
//! | [`Part::Refusal`] | in an answer the `explanation` of `stop_details`; in a request a block `text` |
//! | [`Part::CachePoint`] | `cache_control` of the block right before it; else nothing |
//! | [`Part::Raw`] | a block as it came: documents, redacted thinking, tools of the vendor |
//! | what other vendors' answers left in a conversation | left out, or an error: see [`wire`](super) |
//! | [`Options::reasoning_effort`], [`Request::output`] | `output_config.effort`, `output_config.format` |
//! | [`Options::parallel_tool_calls`] | `tool_choice.disable_parallel_tool_use`, negated |
//! | [`Options::extra`] | fields at the top level; `output_config` is merged one level deeper |
//!
//! **What a block has besides its content** (a signature, citations, `caller`) is kept in a [`Part::Raw`] with the
//! `type` and these fields alone. It follows its part, a cache point follows both, and when it is sent again they are
//! put together: thinking goes back as it came. What a message has besides is one of the type `message`, which stands
//! first. So is the `content` of a tool's result that is more than one text; the
//! result's `output` is then the join of its texts, and the raw part is what is sent. The cache point of a raw block
//! stays within it.
//!
//! A body that is read and written again is the same JSON, but that
//! - a content, or a system text, of one text block without other fields is written as a plain text;
//! - fields that are `null`, empty `citations`, `"is_error": false`, `"stream": false` and an empty `system` are left out,
//!   and a result without `content` has an empty one;
//! - `max_tokens` is always there, see [`DEFAULT_MAX_TOKENS`];
//! - a system message at the start of `messages` moves to `system`.
//!
//! [`Request::system`]: crate::Request::system
//! [`Request::output`]: crate::Request::output
//! [`Options::reasoning_effort`]: crate::Options::reasoning_effort
//! [`Options::parallel_tool_calls`]: crate::Options::parallel_tool_calls
//! [`Options::extra`]: crate::Options::extra
//! [`Part::Text`]: crate::Part::Text
//! [`Part::Image`]: crate::Part::Image
//! [`Part::Refusal`]: crate::Part::Refusal
//! [`Part::ToolCall`]: crate::Part::ToolCall
//! [`Part::ToolResult`]: crate::Part::ToolResult
//! [`Part::Reasoning`]: crate::Part::Reasoning
//! [`Part::CachePoint`]: crate::Part::CachePoint
//! [`Part::Raw`]: crate::Part::Raw

mod block;
mod check;
mod error;
mod fields;
mod model;
mod read_block;
mod read_request;
mod read_stream;
mod reply;
mod request;
mod streamed;
mod tool;
mod usage;
mod write_stream;

pub use error::{decode_error, encode_error};
pub use read_request::decode_request;
pub use read_stream::StreamDecoder;
pub use reply::{decode_reply, encode_reply};
pub(crate) use request::own_format;
pub use request::{DEFAULT_MAX_TOKENS, encode_request};
pub use write_stream::StreamEncoder;

/// A JSON object.
type Object = serde_json::Map<String, serde_json::Value>;
