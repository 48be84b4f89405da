//! One codec per wire format, both halves: pure, values in and bytes out, bytes in and values out.
//!
//! No socket, no clock and no environment: a codec is tested with texts alone. The client's half makes requests and
//! reads answers; the server's half reads requests and makes answers, for [`testing`](crate::testing) and for programs
//! that serve a provider under a vendor's format.
//!
//! Every codec has the same functions: `encode_request` and `decode_request`, `encode_reply` and `decode_reply`,
//! a `StreamDecoder` and a `StreamEncoder`, and `encode_error` and `decode_error` where the vendor has a format of its
//! own for errors.
//!
//! **A conversation may go on at another vendor** than the one that it began with, so every `encode_request` knows what
//! the answers of the other formats leave in it:
//!
//! - text, calls of functions, their results and refusals are sent in the format's own form;
//! - thinking is sent where the format can tell that it is its own: Anthropic wants the signature that came with it,
//!   OpenAI's Responses API the item's other fields. Otherwise it is left out. Gemini and the servers of Chat Completions
//!   that have a field for it take any;
//! - what another vendor's part has besides its content (a [`Part::Raw`](crate::Part::Raw) with a `type` that lacks the
//!   content itself), thinking that only it can read, and the words before an answer (`phase`) are left out;
//! - content that only another vendor can read, such as the call of a tool that it hosts, is
//!   [`ErrorKind::Unsupported`] with its path.
//!
//! What no format is known to have may be the format's own, and is sent.
//!
//! **A cache point is a hint**: no format refuses it. Each tells in its table where it is sent; elsewhere it is left out.
//!
//! **An answer that says nothing of its end**, but came whole, is read as if it said the format's word for it: many
//! servers leave it out. A stream that ends so is [`ErrorKind::Incomplete`], unless it has
//! its end marker.

pub mod anthropic;
pub mod data_url;
mod escaped;
mod event;
mod flat;
pub(crate) mod foreign;
pub mod gemini;
pub mod imagen;
mod json;
pub(crate) mod lower;
pub mod openai_chat;
pub mod openai_error;
pub mod openai_images;
pub mod openai_responses;
pub(crate) mod problems;
mod refused;

pub use event::{Chunks, DecodeEvents, EncodeEvents};

use crate::error::{Error, ErrorKind};
use crate::request::Request;
use crate::schema::WireForm;

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
    /// The form in which a schema is sent; the format's own where it is `None`.
    pub schema_form: Option<WireForm>,
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

    /// Sets [`schema_form`](Self::schema_form).
    #[must_use]
    pub fn with_schema_form(mut self, form: Option<WireForm>) -> Self {
        self.schema_form = form;
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

/// The error for the result of a tool in an answer: the program gives it, and no model does.
pub(crate) fn result_of_program() -> Error {
    Error::new(ErrorKind::Unsupported, "an answer has no place for the result of a tool")
}
