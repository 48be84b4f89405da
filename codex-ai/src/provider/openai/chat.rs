//! Chat Completions instead of the Responses API, by choice.

use bytes::Bytes;

use super::OpenAiBuilder;
use crate::error::Result;
use crate::request::Request;
use crate::wire::Target;
use crate::wire::openai_chat::{Dialect, encode_request};

pub(super) use crate::wire::openai_chat::own_format;

impl OpenAiBuilder {
    /// Asks by Chat Completions (`/chat/completions`) instead of the Responses API: for a proxy that knows nothing else,
    /// and for `stop`, `seed` and the penalties, which the Responses API has not.
    pub fn chat(mut self) -> Self {
        self.chat = true;
        self
    }
}

pub(super) fn encode(request: &Request, target: &Target<'_>) -> Result<Bytes> {
    encode_request(request, target, &Dialect::OPENAI)
}
