//! One answer of a scripted server, good or bad.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use http::header::CONTENT_LENGTH;
use http::{HeaderName, HeaderValue, StatusCode};
use serde_json::Value;

use super::answer::{Asked, EVENTS, JSON};
use super::frames::Content;
use super::sending::{End, Frame, Manner, Sending, Watch};
use crate::error::{Error, Result};
use crate::image::GeneratedImage;
use crate::reply::Reply;
use crate::wire::openai_error::kind_of_status;

/// One answer of a scripted [`WireServer`](super::WireServer), good or bad.
///
/// It is written in the format of the address that was asked, whole or streamed as the request wants it.
#[derive(Clone)]
pub struct Step {
    /// The status, where it is not the content's own.
    status: Option<u16>,
    headers: Vec<(String, String)>,
    content: Content,
    /// Where the body stops, and how.
    end: Option<(Cut, End)>,
    has_end: bool,
    chunked: bool,
    piece: usize,
    first_delay: Duration,
    delay: Duration,
}

/// A place in a body.
#[derive(Debug, Clone, Copy)]
enum Cut {
    At(usize),
    Half,
}

impl Step {
    /// A reply. In a stream its texts come a word at a time.
    pub fn reply(reply: Reply) -> Self {
        Self::of(Content::Reply(Arc::new(reply), None))
    }

    /// A picture, for the addresses that make pictures.
    pub fn image(image: GeneratedImage) -> Self {
        Self::of(Content::Image(Arc::new(image)))
    }

    /// A stream that gives all pieces of a reply and then this error as an event; a whole answer is the error alone.
    pub fn reply_then_error(reply: Reply, error: Error) -> Self {
        Self::of(Content::Reply(Arc::new(reply), Some(Arc::new(error))))
    }

    /// An error, told as the vendor tells one of its kind, with `Retry-After` where the error has a wait.
    pub fn failure(error: Error) -> Self {
        Self::of(Content::Failure(Arc::new(error)))
    }

    /// An error in the vendor's format, of this status and with this code.
    pub fn error(status: u16, code: &str, message: &str) -> Self {
        let error = Error::new(kind_of_status(status), message.to_owned()).with_status(status).with_code(code);
        let mut step = Self::failure(error);
        step.status = Some(status);
        step
    }

    /// A JSON body with this status.
    pub fn json(status: u16, body: &Value) -> Self {
        Self::bytes(status, JSON, body.to_string())
    }

    /// These bytes, with this status and content type.
    pub fn bytes(status: u16, content_type: &str, body: impl Into<Bytes>) -> Self {
        let mut step = Self::of(Content::Bytes(body.into())).with_header("content-type", content_type);
        step.status = Some(status);
        step
    }

    /// A reply whose text has this many bytes; in a stream it is one event. It is made while it is sent; nobody holds
    /// it.
    pub fn huge(text_bytes: u64) -> Self {
        Self::of(Content::Huge(text_bytes))
    }

    /// A reply whose text never ends; in a stream it is one event that never ends.
    pub fn endless() -> Self {
        Self::huge(u64::MAX).chunked()
    }

    /// A stream of events that never ends; a whole answer is [`endless`](Self::endless).
    pub fn endless_events() -> Self {
        Self::of(Content::EndlessEvents).chunked()
    }

    /// A reply with bytes in its text that are not UTF-8.
    pub fn invalid_utf8() -> Self {
        Self::of(Content::InvalidUtf8)
    }

    /// No answer at all; the connection stays open.
    pub fn never() -> Self {
        Self::of(Content::Never)
    }

    /// Sets the status.
    #[must_use]
    pub fn with_status(mut self, status: u16) -> Self {
        self.status = Some(status);
        self
    }

    /// Adds a header. One that no header can be is left out.
    #[must_use]
    pub fn with_header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Waits so long before the first byte of the body.
    #[must_use]
    pub fn with_first_delay(mut self, delay: Duration) -> Self {
        self.first_delay = delay;
        self
    }

    /// Waits so long between the events of a stream.
    #[must_use]
    pub fn with_delay(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// Sends at most so many bytes at a time, each piece by itself; `1` splits the body at every byte.
    #[must_use]
    pub fn in_pieces_of(mut self, bytes: usize) -> Self {
        self.piece = bytes.max(1);
        self
    }

    /// Breaks the connection after this many bytes of the body; the whole length is declared all the same.
    #[must_use]
    pub fn cut_after(mut self, bytes: usize) -> Self {
        self.end = Some((Cut::At(bytes), End::Broken));
        self
    }

    /// Breaks the connection in the middle of the body.
    #[must_use]
    pub fn cut_in_half(mut self) -> Self {
        self.end = Some((Cut::Half, End::Broken));
        self
    }

    /// Sends nothing more after this many bytes of the body, and keeps the connection open.
    #[must_use]
    pub fn stall_after(mut self, bytes: usize) -> Self {
        self.end = Some((Cut::At(bytes), End::Stalled));
        self
    }

    /// Sends nothing more from the middle of the body on, and keeps the connection open.
    #[must_use]
    pub fn stall_in_half(mut self) -> Self {
        self.end = Some((Cut::Half, End::Stalled));
        self
    }

    /// Leaves out all that follows the last piece of a stream, and the last byte of a whole answer; the body ends as if
    /// nothing were missing.
    #[must_use]
    pub fn without_end(mut self) -> Self {
        self.has_end = false;
        self
    }

    /// Sends the body in chunks, without declaring its length, as a stream always is.
    #[must_use]
    pub fn chunked(mut self) -> Self {
        self.chunked = true;
        self
    }

    fn of(content: Content) -> Self {
        Self {
            status: None,
            headers: Vec::new(),
            content,
            end: None,
            has_end: true,
            chunked: false,
            piece: usize::MAX,
            first_delay: Duration::ZERO,
            delay: Duration::ZERO,
        }
    }

    /// The answer to a request for text.
    pub(super) async fn answer(self, asked: Asked, watch: Watch) -> Response {
        let frames = match &self.content {
            Content::Never => std::future::pending().await,
            // An error has a status and headers of its own.
            Content::Failure(error) => return self.fail(error, asked, watch),
            Content::Reply(_, Some(error)) if !asked.stream => return self.fail(error, asked, watch),
            content => content.frames(asked, self.has_end),
        };
        self.send(asked, frames, asked.stream && self.content.streams(), watch)
    }

    /// The answer to a request for a picture; `encode` writes one.
    pub(super) async fn picture(
        self,
        asked: Asked,
        encode: impl FnOnce(&GeneratedImage) -> Result<Bytes>,
        watch: Watch,
    ) -> Response {
        match &self.content {
            Content::Image(image) => {
                let frames = encode(image).map(|body| vec![Frame::Bytes(body)]);
                self.send(asked, frames, false, watch)
            }
            Content::Reply(_, None) => {
                let message = "the script has a reply, and a picture was asked for".to_owned();
                asked.refused(400, message, "script_mismatch", watch)
            }
            _ => self.answer(Asked { stream: false, ..asked }, watch).await,
        }
    }

    fn fail(&self, error: &Error, asked: Asked, watch: Watch) -> Response {
        let mut response = asked.failure(error, watch);
        self.complete(&mut response);
        response
    }

    fn send(&self, asked: Asked, frames: Result<Vec<Frame>>, stream: bool, watch: Watch) -> Response {
        let frames = match frames {
            Ok(frames) => frames,
            Err(error) => return asked.failure(&error, watch),
        };
        let length = frames.iter().fold(0_u64, |sum, frame| sum.saturating_add(frame.len()));
        let (left, end) = match self.end {
            None => (length, End::Proper),
            Some((Cut::At(bytes), end)) => (length.min(bytes as u64), end),
            Some((Cut::Half, end)) => (length / 2, end),
        };
        let manner = Manner { left, end, piece: self.piece, first_delay: self.first_delay, delay: self.delay };
        let body = Body::from_stream(Sending::new(frames, manner, watch));
        let declared = (!stream && !self.chunked).then_some(length);
        let mut response = asked.response(200, if stream { EVENTS } else { JSON }, declared, body);
        self.complete(&mut response);
        response
    }

    /// Sets what was set by hand.
    fn complete(&self, response: &mut Response) {
        if let Some(status) = self.status {
            *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        }
        let headers = response.headers_mut();
        for (name, value) in &self.headers {
            if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
                headers.insert(name, value);
            }
        }
        if self.chunked {
            headers.remove(CONTENT_LENGTH);
        }
    }
}

impl fmt::Debug for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Step").field("status", &self.status).finish_non_exhaustive()
    }
}
