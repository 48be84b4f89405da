//! One whole exchange within limits of time and size.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use bytes::Bytes;
use futures_core::Stream as _;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderMap, StatusCode};

use super::{Body, DEFAULT_EVENT_LIMIT, Outgoing, Response, Transport};
use crate::error::{Error, ErrorKind, Result};

/// How long a whole call may take, from the first byte out to the last byte in: 600 s, as OpenAI's own SDK waits.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(600);

/// How long a body that has begun may pause: 300 s. It does not count before the headers: a model that thinks for
/// minutes sends nothing.
pub const DEFAULT_READ_TIMEOUT: Duration = Duration::from_secs(300);

/// The largest body of an answer: 32 MiB, room for a picture in base64.
pub const DEFAULT_BODY_LIMIT: usize = 32 << 20;

/// The largest body of a streamed answer: 512 MiB. Most of it is what stands around the pieces.
pub const DEFAULT_STREAM_LIMIT: usize = 512 << 20;

/// How much is read of a body that tells an error: 64 KiB; the rest is dropped.
pub const ERROR_BODY_LIMIT: usize = 64 << 10;

/// The largest body, in bytes, that an error keeps as [`Error::answer`]: 64 KiB.
pub const KEPT_BODY_LIMIT: usize = 64 << 10;

/// The limits of one exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// How long the whole may take; of a stream, how long until its headers.
    pub timeout: Duration,
    /// How long a body that has begun may pause.
    pub read_timeout: Duration,
    /// The largest body of an answer, in bytes.
    pub body_limit: usize,
    /// The largest single event of a streamed answer, in bytes.
    pub event_limit: usize,
    /// The largest body of a streamed answer, in bytes.
    pub stream_limit: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            timeout: DEFAULT_TIMEOUT,
            read_timeout: DEFAULT_READ_TIMEOUT,
            body_limit: DEFAULT_BODY_LIMIT,
            event_limit: DEFAULT_EVENT_LIMIT,
            stream_limit: DEFAULT_STREAM_LIMIT,
        }
    }
}

/// An answer that has come as a whole.
#[derive(Debug)]
#[non_exhaustive]
pub struct Whole {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body; where the status tells an error, at most [`ERROR_BODY_LIMIT`] bytes of it.
    pub body: Bytes,
}

/// Sends a request and reads the whole answer, whatever its status.
///
/// # Errors
/// As [`Transport::send`]; [`ErrorKind::Timeout`] for a limit of time, [`ErrorKind::TooLarge`] for the one of size,
/// [`ErrorKind::Incomplete`] for a body that breaks off, with what had come as [`Error::answer`].
pub async fn exchange(transport: &dyn Transport, request: Outgoing<'_>, limits: &Limits) -> Result<Whole> {
    in_runtime()?;
    let whole = async {
        let Response { status, headers, body } = transport.send(request).await?;
        // Boxed here and below: a call waits for headers far longer than it reads, and there are many that wait.
        let body = if status.is_success() {
            Box::pin(read(body, &headers, limits)).await?
        } else {
            Box::pin(read_start(body, limits)).await
        };
        Ok(Whole { status, headers, body })
    };
    match tokio::time::timeout(limits.timeout, whole).await {
        Ok(result) => result,
        Err(_) => Err(Error::new(ErrorKind::Timeout, format!("no whole answer within {:?}", limits.timeout))
            .with_help("allow more time, or ask for a shorter answer")),
    }
}

/// What was opened as a stream.
#[derive(Debug)]
#[non_exhaustive]
pub enum Opened {
    /// A stream: a success whose content type is not JSON.
    Stream(Response),
    /// Anything else, read to its end: an error, or a whole answer of a server that does not stream.
    Whole(Whole),
}

/// Sends a request whose answer is a stream, and waits for its headers. The stream itself is left to the caller, with
/// [`Limits::read_timeout`] and the limits of its size.
///
/// # Errors
/// As [`exchange`].
pub async fn open(transport: &dyn Transport, request: Outgoing<'_>, limits: &Limits) -> Result<Opened> {
    in_runtime()?;
    let opened = async {
        let Response { status, headers, body } = transport.send(request).await?;
        let body = match (status.is_success(), is_json(&headers)) {
            (true, false) => return Ok(Opened::Stream(Response { status, headers, body })),
            (true, true) => Box::pin(read(body, &headers, limits)).await?,
            (false, _) => Box::pin(read_start(body, limits)).await,
        };
        Ok(Opened::Whole(Whole { status, headers, body }))
    };
    match tokio::time::timeout(limits.timeout, opened).await {
        Ok(result) => result,
        Err(_) => Err(Error::new(ErrorKind::Timeout, format!("no answer began within {:?}", limits.timeout))
            .with_help("allow more time")),
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let value = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = value.split(';').next().unwrap_or_default().trim();
    kind.eq_ignore_ascii_case("application/json")
}

/// Timers and sockets need tokio, and panic without it.
pub(crate) fn in_runtime() -> Result<()> {
    match tokio::runtime::Handle::try_current() {
        Ok(_) => Ok(()),
        Err(_) => Err(Error::new(ErrorKind::Config, "a call was made outside of a tokio runtime")
            .with_help("call from a tokio runtime, or use `codex_ai::blocking::Dispatcher`")),
    }
}

/// Reads a body to its end.
async fn read(mut body: Body, headers: &HeaderMap, limits: &Limits) -> Result<Bytes> {
    let limit = limits.body_limit;
    let declared =
        headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()).and_then(|n| n.parse::<u64>().ok());
    if declared.is_some_and(|length| length > limit as u64) {
        return Err(too_large(limit));
    }
    let mut collected = Collected::default();
    loop {
        match next(&mut body, limits).await {
            Ok(Some(piece)) if piece.len() > limit - collected.len() => return Err(too_large(limit)),
            Ok(Some(piece)) => collected.push(piece, declared),
            Ok(None) => return Ok(collected.finish()),
            Err(error) => {
                let start = collected.finish();
                let text =
                    std::str::from_utf8(&start).ok().filter(|text| !text.is_empty() && text.len() <= KEPT_BODY_LIMIT);
                return Err(match text {
                    Some(text) => error.with_answer(text),
                    None => error,
                });
            }
        }
    }
}

/// Reads the start of a body that tells an error. What keeps it from coming is not told: the status is the news.
async fn read_start(mut body: Body, limits: &Limits) -> Bytes {
    let mut collected = Collected::default();
    while let Ok(Some(mut piece)) = next(&mut body, limits).await {
        piece.truncate(ERROR_BODY_LIMIT - collected.len());
        collected.push(piece, None);
        if collected.len() == ERROR_BODY_LIMIT {
            break;
        }
    }
    collected.finish()
}

async fn next(body: &mut Body, limits: &Limits) -> Result<Option<Bytes>> {
    // Mostly the piece is there already, and no timer is needed.
    let at_once = poll_fn(|cx| Poll::Ready(Pin::new(&mut *body).poll_next(cx))).await;
    if let Poll::Ready(piece) = at_once {
        return piece.transpose();
    }
    match tokio::time::timeout(limits.read_timeout, body.next()).await {
        Ok(piece) => piece.transpose(),
        Err(_) => {
            Err(Error::new(ErrorKind::Timeout, format!("the answer stopped coming for {:?}", limits.read_timeout)))
        }
    }
}

fn too_large(limit: usize) -> Error {
    Error::new(ErrorKind::TooLarge, format!("the answer is larger than {limit} bytes"))
        .with_help("raise the limit of the provider with `body_limit`, or ask for less")
}

/// The pieces read so far. A body of one piece is not copied.
#[derive(Default)]
struct Collected {
    first: Bytes,
    all: Vec<u8>,
}

impl Collected {
    fn len(&self) -> usize {
        if self.all.is_empty() { self.first.len() } else { self.all.len() }
    }

    fn push(&mut self, piece: Bytes, declared: Option<u64>) {
        /// The most room that is made on a server's word alone.
        const TRUSTED: u64 = 1 << 20;
        if self.len() == 0 {
            self.first = piece;
            return;
        }
        if self.all.is_empty() {
            self.all.reserve(usize::try_from(declared.unwrap_or(0).min(TRUSTED)).unwrap_or(0));
            self.all.extend_from_slice(&std::mem::take(&mut self.first));
        }
        self.all.extend_from_slice(&piece);
    }

    fn finish(self) -> Bytes {
        if self.all.is_empty() { self.first } else { self.all.into() }
    }
}
