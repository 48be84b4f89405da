//! How the answers of all servers of Chat Completions are read.

use super::endpoint::Format;
use super::rate_limits::rate_limits;
use crate::wire::openai_chat::{StreamDecoder, decode_error, decode_reply};

pub(super) static CHAT_FORMAT: Format = Format {
    decode_reply,
    stream_decoder: || Box::new(StreamDecoder::new()),
    decode_error,
    // OpenRouter mostly has the second one alone.
    request_ids: &["x-request-id", "x-generation-id"],
    rate_limits,
};
