//! One answer of a scripted server, good or bad.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use futures_core::Stream;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderName, HeaderValue, StatusCode};
use serde_json::Value;

use super::answer::{encode, failure, with_request_id};
use crate::reply::Reply;

/// One answer of a scripted [`WireServer`](super::WireServer), good or bad.
#[derive(Clone)]
pub struct Step {
    status: u16,
    headers: Vec<(String, String)>,
    content: Content,
    /// Where the body stops, and how.
    end: Option<(usize, End)>,
    chunked: bool,
}

#[derive(Clone)]
enum Content {
    Reply(Box<Reply>),
    Bytes(Bytes),
    /// A reply of one text that is made while it is sent.
    Huge(u64),
    Never,
}

#[derive(Clone, Copy, PartialEq)]
enum End {
    Broken,
    Stalled,
}

impl Step {
    /// A reply, in the vendor's format.
    pub fn reply(reply: Reply) -> Self {
        Self::of(200, Content::Reply(Box::new(reply)))
    }

    /// A JSON body with this status.
    pub fn json(status: u16, body: &Value) -> Self {
        Self::bytes(status, "application/json", body.to_string())
    }

    /// An error in the vendor's format.
    pub fn error(status: u16, code: &str, message: &str) -> Self {
        let error = serde_json::json!({ "message": message, "type": code, "param": null, "code": code });
        Self::json(status, &serde_json::json!({ "error": error }))
    }

    /// These bytes, with this status and content type.
    pub fn bytes(status: u16, content_type: &str, body: impl Into<Bytes>) -> Self {
        Self::of(status, Content::Bytes(body.into())).with_header("content-type", content_type)
    }

    /// A reply whose text has this many bytes. It is made while it is sent; nobody holds it.
    pub fn huge(text_bytes: u64) -> Self {
        Self::of(200, Content::Huge(text_bytes)).with_header("content-type", "application/json")
    }

    /// No answer at all; the connection stays open.
    pub fn never() -> Self {
        Self::of(200, Content::Never)
    }

    /// Adds a header. One that no header can be is left out.
    #[must_use]
    pub fn with_header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Breaks the connection after this many bytes of the body; the whole length is declared all the same.
    #[must_use]
    pub fn cut_after(mut self, bytes: usize) -> Self {
        self.end = Some((bytes, End::Broken));
        self
    }

    /// Sends nothing more after this many bytes of the body, and keeps the connection open.
    #[must_use]
    pub fn stall_after(mut self, bytes: usize) -> Self {
        self.end = Some((bytes, End::Stalled));
        self
    }

    /// Sends the body in chunks, without declaring its length.
    #[must_use]
    pub fn chunked(mut self) -> Self {
        self.chunked = true;
        self
    }

    fn of(status: u16, content: Content) -> Self {
        Self { status, headers: Vec::new(), content, end: None, chunked: false }
    }

    pub(super) async fn answer(self, number: u64, request_id: &str) -> Response {
        let (start, filler, end) = match self.content {
            Content::Never => std::future::pending().await,
            Content::Reply(reply) => match encode(*reply, number) {
                Ok(body) => (body, 0, Bytes::new()),
                Err(error) => return failure(&error, request_id),
            },
            Content::Bytes(bytes) => (bytes, 0, Bytes::new()),
            Content::Huge(text_bytes) => (Bytes::from_static(HUGE_START), text_bytes, Bytes::from_static(HUGE_END)),
        };
        let length = start.len() as u64 + filler + end.len() as u64;
        let plain = self.end.is_none() && !self.chunked && filler == 0;
        let (left, how) = self.end.map_or((length, None), |(bytes, how)| (bytes as u64, Some(how)));
        let body = if plain {
            Body::from(start)
        } else {
            Body::from_stream(Pieces { start, filler, end, left, how, flushed: false })
        };
        let mut response = Response::new(body);
        *response.status_mut() = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if !self.chunked {
            headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
        }
        for (name, value) in &self.headers {
            if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
                headers.insert(name, value);
            }
        }
        with_request_id(response, request_id)
    }
}

impl fmt::Debug for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Step").field("status", &self.status).finish_non_exhaustive()
    }
}

const HUGE_START: &[u8] = br#"{"id":"resp_huge","object":"response","status":"completed","model":"huge","output":[{"type":"message","role":"assistant","content":[{"type":"output_text","text":""#;
const HUGE_END: &[u8] = br#""}]}]}"#;
/// What a huge text is made of, again and again.
const FILLER: Bytes = Bytes::from_static(&[b'a'; 16 << 10]);

/// A body in pieces: its start, as many bytes of filler, its end; or only as much of it as is to be sent.
struct Pieces {
    start: Bytes,
    filler: u64,
    end: Bytes,
    /// How many bytes are still to be sent.
    left: u64,
    /// What comes after them; `None` is the body's proper end.
    how: Option<End>,
    flushed: bool,
}

impl Pieces {
    fn next_piece(&mut self) -> Option<Bytes> {
        let mut piece = if !self.start.is_empty() {
            std::mem::take(&mut self.start)
        } else if self.filler > 0 {
            let mut piece = FILLER;
            piece.truncate(usize::try_from(self.filler).unwrap_or(usize::MAX));
            self.filler -= piece.len() as u64;
            piece
        } else {
            std::mem::take(&mut self.end)
        };
        piece.truncate(usize::try_from(self.left).unwrap_or(usize::MAX));
        self.left -= piece.len() as u64;
        (!piece.is_empty()).then_some(piece)
    }
}

impl Stream for Pieces {
    type Item = std::io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if let Some(piece) = self.next_piece() {
            return Poll::Ready(Some(Ok(piece)));
        }
        match self.how {
            None => Poll::Ready(None),
            // Whoever sends the pieces sends off what it holds when it has to wait, once.
            Some(_) if !self.flushed => {
                self.flushed = true;
                cx.waker().wake_by_ref();
                Poll::Pending
            }
            Some(End::Broken) => Poll::Ready(Some(Err(std::io::ErrorKind::ConnectionAborted.into()))),
            Some(End::Stalled) => Poll::Pending,
        }
    }
}
