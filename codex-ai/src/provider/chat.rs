//! How the answers of all servers of Chat Completions are read.

use http::HeaderName;

use super::endpoint::Format;
use super::rate_limits::rate_limits;
use crate::wire::openai_chat::{StreamDecoder, decode_error, decode_reply};

pub(super) static CHAT_FORMAT: Format = Format {
    decode_reply,
    stream_decoder: || Box::new(StreamDecoder::new()),
    decode_error,
    request_id: HeaderName::from_static("x-request-id"),
    rate_limits,
};
