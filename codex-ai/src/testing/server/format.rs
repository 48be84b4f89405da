//! The formats that the server speaks: one door to the server's halves of all codecs.

use bytes::Bytes;

use crate::error::{Error, Result};
use crate::reply::Reply;
use crate::wire::{
    EncodeEvents, Incoming, openai_error, openai_responses,
};

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
            Self::Chat => Err(Error::new(crate::error::ErrorKind::Unsupported, "not yet")),
            Self::Anthropic => Err(Error::new(crate::error::ErrorKind::Unsupported, "not yet")),
            Self::Gemini => Err(Error::new(crate::error::ErrorKind::Unsupported, "not yet")),
        }
    }

    /// Writes a whole answer.
    pub(super) fn encode_reply(self, reply: &Reply, created_at: u64) -> Result<Bytes> {
        match self {
            Self::Responses => openai_responses::encode_reply(reply, created_at),
            Self::Chat => Err(Error::new(crate::error::ErrorKind::Unsupported, "not yet")),
            Self::Anthropic => Err(Error::new(crate::error::ErrorKind::Unsupported, "not yet")),
            Self::Gemini => Err(Error::new(crate::error::ErrorKind::Unsupported, "not yet")),
        }
    }

    /// Writes a streamed answer.
    pub(super) fn stream_encoder(self, id: &str, model: &str, created_at: u64) -> Box<dyn EncodeEvents> {
        match self {
            Self::Responses => Box::new(Stub),
            Self::Chat => Box::new(Stub),
            Self::Anthropic => Box::new(Stub),
            Self::Gemini => Box::new(Stub),
        }
    }

    /// The status and the body that tell an error.
    pub(super) fn encode_error(self, error: &Error) -> (u16, Bytes) {
        match self {
            Self::Responses | Self::Chat => openai_error::encode_error(error),
            Self::Anthropic => openai_error::encode_error(error),
            Self::Gemini => openai_error::encode_error(error),
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

struct Stub;
impl EncodeEvents for Stub {
    fn chunk(&mut self, chunk: &crate::stream::Chunk, out: &mut Vec<u8>) -> Result<()> {
        out.extend(format!("data: {chunk:?}\n\n").bytes());
        Ok(())
    }
    fn done(&mut self, _: &Reply, _: &mut Vec<u8>) -> Result<()> {
        Ok(())
    }
    fn error(&mut self, _: &Error, _: &mut Vec<u8>) {}
}
