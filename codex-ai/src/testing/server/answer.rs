//! Answers in the vendor's format.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::{SystemTime, UNIX_EPOCH};

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use futures_core::Stream;
use http::StatusCode;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER};

use super::format::Format;
use super::sending::{End, Frame, Manner, Sending, Watch};
use crate::error::{Error, ErrorKind, Result};
use crate::reply::Reply;
use crate::stream::{ReplyStream, StreamItem};
use crate::wire::EncodeEvents;

/// The content type of a streamed answer.
pub(super) const EVENTS: &str = "text/event-stream; charset=utf-8";
/// The content type of a whole answer.
pub(super) const JSON: &str = "application/json";

/// What an answer is made for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked {
    pub(super) format: Format,
    /// Whether the answer is to be streamed.
    pub(super) stream: bool,
    /// The number of the request, of which ids are made.
    pub(super) number: u64,
}

impl Asked {
    /// The body of a whole reply. One without an id gets one.
    pub(super) fn encode(self, mut reply: Reply) -> Result<Bytes> {
        self.fill(&mut reply);
        self.format.encode_reply(&reply, now())
    }

    /// Adds what the vendor's clients cannot do without.
    pub(super) fn fill(self, reply: &mut Reply) {
        reply.id.get_or_insert_with(|| self.format.answer_id(self.number));
        if self.format == Format::Anthropic {
            // Anthropic's SDKs fail on an answer without tokens; 0 tells them that nobody counted.
            reply.usage.get_or_insert_default();
        }
    }

    /// Writes the stream of a reply that has this id, or one of its own, and this model.
    pub(super) fn encoder(self, id: Option<&str>, model: &str) -> Box<dyn EncodeEvents> {
        match id {
            Some(id) => self.format.stream_encoder(id, model, now()),
            None => self.format.stream_encoder(&self.format.answer_id(self.number), model, now()),
        }
    }

    /// A whole reply, or the error that a provider gave.
    pub(super) fn result(self, result: Result<Reply>, watch: Watch) -> Response {
        match result.and_then(|reply| self.encode(reply)) {
            Ok(body) => self.whole(200, body, watch),
            Err(error) => self.failure(&error, watch),
        }
    }

    /// The answer that a provider streams.
    pub(super) fn live(self, stream: ReplyStream, model: &str, watch: Watch) -> Response {
        let encoder = self.encoder(None, model);
        let live = Live { items: Box::pin(stream.into_items()), encoder, asked: self, watch, ended: false };
        self.response(200, EVENTS, None, Body::from_stream(live))
    }

    /// An error in the vendor's format.
    pub(super) fn failure(self, error: &Error, watch: Watch) -> Response {
        let (status, body) = self.format.encode_error(error);
        let mut response = self.whole(status, body, watch);
        if let Some(wait) = error.retry_after() {
            let headers = response.headers_mut();
            headers.insert(RETRY_AFTER, HeaderValue::from(wait.as_secs().max(1)));
            if let Ok(milliseconds) = u64::try_from(wait.as_millis()) {
                headers.insert(HeaderName::from_static("retry-after-ms"), HeaderValue::from(milliseconds));
            }
        }
        response
    }

    /// An error of the server itself.
    pub(super) fn refused(self, status: u16, message: String, code: &'static str, watch: Watch) -> Response {
        let kind = crate::wire::openai_error::kind_of_status(status);
        let error = Error::new(kind, message).with_status(status);
        self.failure(&if self.format.has_codes() { error.with_code(code) } else { error }, watch)
    }

    /// A whole body.
    pub(super) fn whole(self, status: u16, body: Bytes, watch: Watch) -> Response {
        let length = body.len() as u64;
        let manner = Manner {
            left: length,
            end: End::Proper,
            piece: usize::MAX,
            first_delay: std::time::Duration::ZERO,
            delay: std::time::Duration::ZERO,
        };
        let body = Body::from_stream(Sending::new(vec![Frame::Bytes(body)], manner, watch));
        self.response(status, JSON, Some(length), body)
    }

    /// A response with the headers that every answer has; those that are sent without a length go in chunks.
    pub(super) fn response(self, status: u16, content_type: &'static str, length: Option<u64>, body: Body) -> Response {
        let mut response = Response::new(body);
        *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        if let Some(length) = length {
            headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
        }
        let id = HeaderValue::try_from(format!("req_{}", self.number));
        if let (Some(name), Ok(id)) = (self.format.request_id(), id) {
            headers.insert(HeaderName::from_static(name), id);
        }
        response
    }
}

/// Seconds since 1970.
pub(super) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

/// The stream of a provider in the vendor's format.
struct Live<S> {
    items: Pin<Box<S>>,
    encoder: Box<dyn EncodeEvents>,
    asked: Asked,
    watch: Watch,
    ended: bool,
}

impl<S: Stream<Item = Result<StreamItem>>> Live<S> {
    fn encode(&mut self, item: Option<Result<StreamItem>>, out: &mut Vec<u8>) {
        let written = match item {
            Some(Ok(StreamItem::Chunk(chunk))) => self.encoder.chunk(&chunk, out),
            Some(Ok(StreamItem::Done(mut reply))) => {
                self.ended = true;
                self.asked.fill(&mut reply);
                self.encoder.done(&reply, out)
            }
            Some(Err(error)) => Err(error),
            None => Err(Error::new(ErrorKind::Incomplete, "the stream ended before the answer was complete")),
        };
        if let Err(error) = written {
            self.ended = true;
            self.encoder.error(&error, out);
        }
    }
}

impl<S: Stream<Item = Result<StreamItem>>> Stream for Live<S> {
    type Item = std::io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        while !self.ended {
            let item = ready!(self.items.as_mut().poll_next(cx));
            let mut out = Vec::new();
            self.encode(item, &mut out);
            if !out.is_empty() {
                self.watch.sent(out.len());
                return Poll::Ready(Some(Ok(out.into())));
            }
        }
        self.watch.done();
        Poll::Ready(None)
    }
}
