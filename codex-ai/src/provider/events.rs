//! The body of a streamed answer, read event by event.

use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Waker, ready};
use std::time::Duration;

use futures_core::Stream;
use http::HeaderMap;
use tokio::task::coop::unconstrained;
use tokio::time::{Instant, Sleep};

use super::endpoint::Endpoint;
use crate::error::{Error, ErrorKind, Result};
use crate::reply::Reply;
use crate::stream::StreamItem;
use crate::transport::{Body, KEPT_BODY_LIMIT, Response, SseParser};
use crate::wire::{Chunks, DecodeEvents};

/// The events of one answer as items of a stream.
pub(super) struct Events {
    endpoint: Arc<Endpoint>,
    headers: HeaderMap,
    /// `None` when nothing more is read; dropping it ends the exchange.
    body: Option<Body>,
    parser: SseParser,
    decoder: Box<dyn DecodeEvents>,
    chunks: Chunks,
    /// The whole answer, while the end of the body is read.
    done: Option<Done>,
    /// What ended the stream; it is told after the pieces that came before it.
    error: Option<Error>,
    /// How many bytes came.
    received: usize,
    silence: Silence,
}

impl Events {
    pub(super) fn new(endpoint: Arc<Endpoint>, response: Response) -> Self {
        let limits = endpoint.limits;
        Self {
            decoder: (endpoint.format.stream_decoder)(),
            headers: response.headers,
            body: Some(response.body),
            parser: SseParser::new(limits.event_limit),
            chunks: Chunks::new(),
            done: None,
            error: None,
            received: 0,
            silence: Silence::new(limits.read_timeout),
            endpoint,
        }
    }

    /// Reads the events that are complete.
    fn read_events(&mut self) -> Result<()> {
        while let Some(event) = self.parser.next()? {
            self.decoder.event(event.name, event.data, &mut self.chunks).map_err(|error| {
                let kept = matches!(error.kind(), ErrorKind::Protocol | ErrorKind::Incomplete);
                if kept && error.answer().is_none() && event.data.len() <= KEPT_BODY_LIMIT {
                    error.with_answer(event.data)
                } else {
                    error
                }
            })?;
            if self.chunks.is_done() {
                break;
            }
        }
        Ok(())
    }

    /// The body has ended.
    fn end(&mut self) -> Result<()> {
        self.parser.end();
        // What stands there without an end may be cut off.
        let last = self.read_events();
        if self.chunks.is_done() {
            return Ok(());
        }
        let stray = self.parser.stray().trim_ascii_start();
        if stray.first().is_some_and(|first| matches!(first, b'{' | b'[')) {
            // Some servers tell an error in plain JSON, without a field.
            let key = self.endpoint.exposed_key();
            return Err((self.endpoint.format.decode_error)(200, stray, key));
        }
        if stray.first() == Some(&b'<') {
            return Err(Error::new(ErrorKind::Protocol, "the answer is a page of HTML or XML, not a stream of events")
                .with_help("check the base URL; something between may answer instead of the vendor"));
        }
        match last {
            // What the vendor says goes before what its silence could mean; half an event says nothing.
            Err(error) if error.kind() != ErrorKind::Protocol => Err(error),
            _ => self.decoder.end(&mut self.chunks).map_err(|error| match self.received {
                0 => Error::new(ErrorKind::Incomplete, "the stream has no events"),
                _ => error,
            }),
        }
    }

    /// Completes an error with what came so far.
    fn failed(&mut self, error: Error) -> Error {
        self.body = None;
        let so_far = self.decoder.so_far();
        let text = so_far.text();
        let error = if text.is_empty() { error } else { error.with_answer(text) };
        let error = match so_far.usage {
            Some(usage) if error.usage().is_none() => error.with_usage(usage),
            _ => error,
        };
        self.endpoint.finish(error, &self.headers)
    }

    fn poll_body(&mut self, cx: &mut Context<'_>) -> Poll<Result<()>> {
        let Some(body) = &mut self.body else { return Poll::Ready(Ok(())) };
        match Pin::new(body).poll_next(cx) {
            Poll::Ready(Some(Ok(piece))) => {
                if !piece.is_empty() {
                    self.silence.ends();
                }
                self.received = self.received.saturating_add(piece.len());
                let limit = self.endpoint.limits.stream_limit;
                if self.received > limit {
                    let message = format!("the streamed answer is larger than {limit} bytes");
                    return Poll::Ready(Err(Error::new(ErrorKind::TooLarge, message).with_help("ask for less")));
                }
                self.parser.push(&piece);
                Poll::Ready(Ok(()))
            }
            Poll::Ready(Some(Err(error))) => Poll::Ready(Err(error)),
            Poll::Ready(None) => {
                self.body = None;
                Poll::Ready(self.end())
            }
            Poll::Pending => {
                ready!(self.silence.poll_too_long(cx));
                let limit = self.silence.limit;
                let error = Error::new(ErrorKind::Timeout, format!("the stream stopped coming for {limit:?}"));
                Poll::Ready(Err(error))
            }
        }
    }
}

impl Stream for Events {
    type Item = Result<StreamItem>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        loop {
            if let Some(done) = &mut this.done {
                ready!(done.poll_rest(cx));
                return Poll::Ready(this.done.take().map(|done| Ok(StreamItem::Done(done.reply))));
            }
            match this.chunks.pop() {
                Some(StreamItem::Done(mut reply)) => {
                    this.endpoint.complete(&mut reply, &this.headers);
                    this.done = Some(Done { reply, rest: this.body.take(), left: Done::REST_LIMIT, yields: 0 });
                    continue;
                }
                Some(item) => return Poll::Ready(Some(Ok(item))),
                None => {}
            }
            if let Some(error) = this.error.take() {
                return Poll::Ready(Some(Err(error)));
            }
            if this.body.is_none() {
                return Poll::Ready(None);
            }
            let read = match ready!(this.poll_body(cx)) {
                Ok(()) if this.body.is_some() => this.read_events(),
                result => result,
            };
            if let Err(error) = read {
                this.error = Some(this.failed(error));
            }
        }
    }
}

/// A whole answer, and what is left of the body: its end alone, mostly. A connection whose answer was read to the end
/// is used again, any other is closed.
struct Done {
    reply: Box<Reply>,
    rest: Option<Body>,
    /// How many bytes of it are read at most.
    left: usize,
    yields: u8,
}

impl Done {
    /// How often other tasks may run first: the one that reads the socket has to bring the end.
    const YIELDS: u8 = 4;

    /// How much of a rest is read, and how long one that does not come at once. Nobody waits for it.
    const REST_LIMIT: usize = 64 << 10;
    const REST_TIME: Duration = Duration::from_secs(1);

    fn poll_rest(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        while let Some(rest) = &mut self.rest {
            match Pin::new(rest).poll_next(cx) {
                Poll::Ready(Some(Ok(piece))) if piece.len() <= self.left => self.left -= piece.len(),
                Poll::Ready(_) => self.rest = None,
                Poll::Pending if self.yields < Self::YIELDS => {
                    self.yields += 1;
                    cx.waker().wake_by_ref();
                    return Poll::Pending;
                }
                Poll::Pending => self.leave_rest(),
            }
        }
        Poll::Ready(())
    }

    fn leave_rest(&mut self) {
        if let (Some(mut rest), Ok(runtime)) = (self.rest.take(), tokio::runtime::Handle::try_current()) {
            let mut left = self.left;
            let read = async move {
                while let Some(Ok(piece)) = rest.next().await
                    && piece.len() <= left
                {
                    left -= piece.len();
                }
            };
            drop(runtime.spawn(tokio::time::timeout(Self::REST_TIME, read)));
        }
    }
}

/// Tells when nothing came for too long.
///
/// A piece costs nothing: no clock is read for it. A timer ticks some times within the limit, and the silent ticks are
/// counted; so it is told at most one tick late.
struct Silence {
    limit: Duration,
    tick: Pin<Box<Sleep>>,
    /// Ticks since the last piece.
    silent: u32,
    /// Who is woken by the tick.
    waker: Option<Waker>,
}

impl Silence {
    /// How often the timer ticks within the limit.
    const TICKS: u32 = 8;

    fn new(limit: Duration) -> Self {
        Self { limit, tick: Box::pin(tokio::time::sleep(limit / Self::TICKS)), silent: 0, waker: None }
    }

    /// Something came. The tick that is under way does not count.
    fn ends(&mut self) {
        self.silent = 0;
    }

    fn poll_too_long(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let waits = self.waker.as_ref().is_some_and(|waker| waker.will_wake(cx.waker()));
        if waits && !self.tick.is_elapsed() {
            return Poll::Pending;
        }
        // Where the task's share of work is used up, the timer is looked at all the same.
        while pin!(unconstrained(self.tick.as_mut())).poll(cx).is_ready() {
            self.silent += 1;
            if self.silent > Self::TICKS {
                return Poll::Ready(());
            }
            self.tick.as_mut().reset(Instant::now() + self.limit / Self::TICKS);
        }
        self.waker = Some(cx.waker().clone());
        Poll::Pending
    }
}
