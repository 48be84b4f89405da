//! OpenAI's Responses API: `POST /v1/responses` (OpenAI's API reference and SDK 3.52.0, November 2026).
//!
//! | here | on the wire |
//! | --- | --- |
//! | [`Request::system`] | `instructions` |
//! | a message of system, user or assistant | an item `message` of that role; `developer` is read as system |
//! | [`Part::Text`] | `input_text` or `output_text` |
//! | [`Part::Image`] | `input_image`; bytes become a `data:` URL; in answers the item `image_generation_call` |
//! | [`Part::Refusal`] | `refusal` |
//! | [`Part::ToolCall`], [`Part::ToolResult`] | the items `function_call`, `function_call_output` |
//! | [`Part::Reasoning`] | one `summary_text` (or `reasoning_text`) of an item `reasoning` |
//! | [`Part::CachePoint`] | `prompt_cache_breakpoint` of the text, image or file of a user or system message right before it; else nothing |
//! | [`Part::Raw`] | an item as it came; `input_…` parts stand in their message |
//! | what other vendors' answers left in a conversation | left out, or an error: see [`wire`](super) |
//! | [`Tool::Function`], [`Tool::Raw`] | an entry of `tools`, flat, or as it is |
//! | [`ToolChoice`] | `tool_choice` |
//! | [`Options::top_k`], `stop`, `seed`, the penalties | nothing: an error before anything is sent |
//! | [`Reply::vendor_finish_reason`] | the reason in `incomplete_details`, else `status` |
//! | [`Options::extra`] | fields at the top level; `text` and `reasoning` are merged one level deeper |
//!
//! **What a part has besides its content** (citations, `detail`, `phase`, `encrypted_content`) is kept in a
//! [`Part::Raw`] with the `type` and these fields alone. It follows its part; that of a message stands before the text.
//! When it is sent again the two are put together. Of messages, calls and results, `id` and `status` are dropped:
//! they mean something only with `store: true`.
//!
//! **What is not sent**: the name of a [`ToolResult`](crate::message::ToolResult), as the vendor goes by the id, and its
//! `is_error`, which the format has no field for; the output itself tells the model.
//!
//! A message of the model whose `phase` is not `final_answer` is no answer: it is kept as [`Part::Raw`].
//!
//! [`Request::system`]: crate::Request::system
//! [`Options::extra`]: crate::Options::extra
//! [`Options::top_k`]: crate::Options::top_k
//! [`Reply::vendor_finish_reason`]: crate::Reply::vendor_finish_reason
//! [`Tool::Function`]: crate::request::Tool::Function
//! [`Tool::Raw`]: crate::request::Tool::Raw
//! [`ToolChoice`]: crate::request::ToolChoice
//! [`Part::CachePoint`]: crate::Part::CachePoint
//! [`Part::Text`]: crate::Part::Text
//! [`Part::Image`]: crate::Part::Image
//! [`Part::Refusal`]: crate::Part::Refusal
//! [`Part::ToolCall`]: crate::Part::ToolCall
//! [`Part::ToolResult`]: crate::Part::ToolResult
//! [`Part::Reasoning`]: crate::Part::Reasoning
//! [`Part::Raw`]: crate::Part::Raw

mod check;
mod item;
mod open;
mod read_item;
mod read_request;
mod read_stream;
mod reply;
mod request;
mod segment;
mod streamed;
mod tool;
mod usual;
mod write_call;
mod write_event;
mod write_stream;

pub use crate::wire::openai_error::{decode_error, encode_error};
pub use read_request::decode_request;
pub use read_stream::StreamDecoder;
pub use reply::{decode_reply, encode_reply};
pub use request::encode_request;
pub(crate) use request::own_format;
pub use write_stream::StreamEncoder;

/// A JSON object.
type Object = serde_json::Map<String, serde_json::Value>;
