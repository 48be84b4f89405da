//! The formats that the server speaks: one door to the server's halves of all codecs.

use bytes::Bytes;

use crate::error::{Error, Result};
use crate::reply::Reply;
use crate::wire::{EncodeEvents, Incoming, anthropic, gemini, openai_chat, openai_error, openai_responses};

/// A format of answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Responses,
    Chat,
    Anthropic,
    Gemini,
}

impl Format {
    /// Reads a request; `model` is what the path says.
    pub(super) fn decode_request(self, body: &[u8], model: Option<&str>) -> Result<Incoming> {
        match self {
            Self::Responses => openai_responses::decode_request(body),
            Self::Chat => openai_chat::decode_request(body),
            Self::Anthropic => anthropic::decode_request(body),
            Self::Gemini => gemini::decode_request(model.unwrap_or_default(), body),
        }
    }

    /// Writes a whole answer.
    pub(super) fn encode_reply(self, reply: &Reply, created_at: u64) -> Result<Bytes> {
        match self {
            Self::Responses => openai_responses::encode_reply(reply, created_at),
            Self::Chat => openai_chat::encode_reply(reply, created_at),
            Self::Anthropic => anthropic::encode_reply(reply, created_at),
            Self::Gemini => gemini::encode_reply(reply, created_at),
        }
    }

    /// Writes a streamed answer.
    pub(super) fn stream_encoder(self, id: &str, model: &str, created_at: u64) -> Box<dyn EncodeEvents> {
        match self {
            Self::Responses => Box::new(openai_responses::StreamEncoder::new(id, model, created_at)),
            Self::Chat => Box::new(openai_chat::StreamEncoder::new(id, model, created_at)),
            Self::Anthropic => Box::new(anthropic::StreamEncoder::new(id, model, created_at)),
            Self::Gemini => Box::new(gemini::StreamEncoder::new(id, model, created_at)),
        }
    }

    /// The status and the body that tell an error.
    pub(super) fn encode_error(self, error: &Error) -> (u16, Bytes) {
        match self {
            Self::Responses | Self::Chat => openai_error::encode_error(error),
            Self::Anthropic => anthropic::encode_error(error),
            Self::Gemini => gemini::encode_error(error),
        }
    }

    /// Whether its errors have a code besides their sort, which is free for the server to choose.
    pub(super) fn has_codes(self) -> bool {
        matches!(self, Self::Responses | Self::Chat)
    }

    /// The id of the answer of this number, as the vendor's ids begin.
    pub(super) fn answer_id(self, number: u64) -> String {
        match self {
            Self::Responses => format!("resp_{number}"),
            Self::Chat => format!("chatcmpl-{number}"),
            Self::Anthropic => format!("msg_{number}"),
            Self::Gemini => format!("response-{number}"),
        }
    }

    /// The header in which the vendor gives a request's id.
    pub(super) fn request_id(self) -> Option<&'static str> {
        match self {
            Self::Responses | Self::Chat => Some("x-request-id"),
            Self::Anthropic => Some("request-id"),
            Self::Gemini => None,
        }
    }
}
