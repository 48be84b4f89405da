//! One codec per wire format, both halves: pure, values in and bytes out, bytes in and values out.
//!
//! No socket, no clock and no environment: a codec is tested with texts alone. The client's half makes requests and
//! reads answers; the server's half reads requests and makes answers, for [`testing`](crate::testing) and for programs
//! that serve a provider under a vendor's format.
//!
//! Every codec has the same functions: `encode_request` and `decode_request`, `encode_reply` and `decode_reply`,
//! a `StreamDecoder` and a `StreamEncoder`, and `encode_error` and `decode_error` where the vendor has a format of its
//! own for errors.

pub mod anthropic;
pub mod data_url;
mod event;
mod flat;
pub mod gemini;
pub mod imagen;
pub mod openai_chat;
pub mod openai_error;
pub mod openai_images;
pub mod openai_responses;

pub use event::{Chunks, DecodeEvents, EncodeEvents};

use crate::request::Request;

/// What a request is sent with besides what it says itself.
#[derive(Debug, Clone, Copy, Default)]
#[non_exhaustive]
pub struct Target<'a> {
    /// The model, in the vendor's words.
    pub model: &'a str,
    /// Whether the answer is to be streamed.
    pub stream: bool,
    /// The reasoning effort for a request that says nothing of it.
    pub effort: Option<&'a str>,
}

impl<'a> Target<'a> {
    /// A whole answer of this model.
    pub fn new(model: &'a str) -> Self {
        Self { model, ..Self::default() }
    }

    /// Asks for a stream.
    #[must_use]
    pub fn streamed(mut self) -> Self {
        self.stream = true;
        self
    }

    /// Sets [`effort`](Self::effort).
    #[must_use]
    pub fn with_effort(mut self, effort: Option<&'a str>) -> Self {
        self.effort = effort;
        self
    }
}

/// A request as a server gets it.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Incoming {
    /// What is asked; the model is in its options.
    pub request: Request,
    /// Whether the answer is to be streamed.
    pub stream: bool,
}
