//! Anthropic's Messages API: `POST /v1/messages` (API reference and SDK 2.11, November 2026).

mod block;
mod check;
mod error;
mod fields;
mod model;
mod read_block;
mod read_request;
mod reply;
mod request;
mod stream;
mod stream_block;
mod stream_encoder;
mod tool;
mod usage;

pub use error::{decode_error, encode_error};
pub use read_request::decode_request;
pub use reply::{decode_reply, encode_reply};
pub use request::{DEFAULT_MAX_TOKENS, encode_request};
pub use stream::StreamDecoder;
pub use stream_encoder::StreamEncoder;

/// A JSON object.
type Object = serde_json::Map<String, serde_json::Value>;
