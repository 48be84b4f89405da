//! What the server tells: notifications, kept raw until somebody asks.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::fmt;
use std::ops::Deref;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_core::Stream;

use super::core::envelope::Ids;
use super::core::log::Log;
use super::core::router::Release;
use super::kind::EventKind;
use crate::error::Result;

/// One notification of the server, as it came.
///
/// [`kind`](Self::kind) reads it; what it cannot read, or does not know, is [`EventKind::Unknown`], and nothing is lost:
/// [`params`](Self::params) is the JSON text that the server sent.
#[derive(Clone)]
pub struct Event {
    method: Method,
    raw: Raw,
    emitted_at_ms: Option<u64>,
    /// How many notifications it stands for.
    notifications: u64,
}

#[derive(Clone, PartialEq, Eq)]
enum Method {
    Known(&'static str),
    Other(Arc<str>),
}

#[derive(Clone)]
enum Raw {
    Shared(Arc<str>),
    Growing(String),
}

impl Deref for Method {
    type Target = str;

    fn deref(&self) -> &str {
        match self {
            Self::Known(name) => name,
            Self::Other(name) => name,
        }
    }
}

/// The method of the event that stands for lost ones; no server sends it.
const LAGGED: &str = "codex-ai/lagged";
/// The method of the event that stands for a line that is no message; no server sends it.
const UNREADABLE: &str = "codex-ai/unreadable";

impl Event {
    pub(crate) fn known(method: &'static str, raw: &str, emitted_at_ms: Option<u64>) -> Self {
        Self { method: Method::Known(method), raw: Raw::Shared(raw.into()), emitted_at_ms, notifications: 1 }
    }

    pub(crate) fn other(method: &str, raw: &str, emitted_at_ms: Option<u64>) -> Self {
        Self { method: Method::Other(method.into()), raw: Raw::Shared(raw.into()), emitted_at_ms, notifications: 1 }
    }

    pub(crate) fn lagged(lost: u64) -> Self {
        Self { method: Method::Known(LAGGED), raw: Raw::Shared("{}".into()), emitted_at_ms: None, notifications: lost }
    }

    /// A line that is no message, or the part of one that is too long.
    pub(crate) fn unreadable(line: &[u8]) -> Self {
        const SHOWN: usize = 256;
        let text = String::from_utf8_lossy(&line[..line.len().min(SHOWN)]);
        let raw = serde_json::json!({ "line": text }).to_string();
        Self { method: Method::Known(UNREADABLE), raw: Raw::Shared(raw.into()), emitted_at_ms: None, notifications: 1 }
    }

    /// The method, as `item/agentMessage/delta`.
    pub fn method(&self) -> &str {
        &self.method
    }

    /// The parameters as the server sent them: the text of a JSON value.
    pub fn params(&self) -> &str {
        match &self.raw {
            Raw::Shared(raw) => raw,
            Raw::Growing(raw) => raw,
        }
    }

    /// The parameters, read. What does not fit its method is [`EventKind::Unknown`]. Each call reads them again.
    pub fn kind(&self) -> EventKind {
        match &*self.method {
            LAGGED => EventKind::Lagged { missed: self.notifications },
            _ => EventKind::read(&self.method, self.params()),
        }
    }

    /// The thread that it is about.
    pub fn thread_id(&self) -> Option<Cow<'_, str>> {
        Ids::read(self.params()).thread_id
    }

    /// The turn that it is about.
    pub fn turn_id(&self) -> Option<Cow<'_, str>> {
        Ids::read(self.params()).turn_id
    }

    /// When the server wrote it, in milliseconds since 1970.
    pub fn emitted_at_ms(&self) -> Option<u64> {
        self.emitted_at_ms
    }

    /// How many notifications it stands for: more than one where a slow reader got neighbouring deltas as one.
    pub fn notifications(&self) -> u64 {
        self.notifications
    }

    /// The same with other parameters.
    pub(crate) fn with_params(&self, raw: &str) -> Self {
        Self { raw: Raw::Shared(raw.into()), ..self.clone() }
    }

    /// The bytes that it holds.
    pub(crate) fn bytes(&self) -> usize {
        match &self.raw {
            Raw::Shared(raw) => raw.len(),
            Raw::Growing(raw) => raw.capacity(),
        }
    }

    /// A copy that shares its text.
    pub(crate) fn share(&mut self) -> Self {
        if let Raw::Growing(raw) = &self.raw {
            self.raw = Raw::Shared(raw.as_str().into());
        }
        self.clone()
    }

    /// Puts more text into the parameters; `next` is where it is from.
    pub(crate) fn insert_raw(&mut self, at: usize, text: &str, next: &Self) {
        if let Raw::Shared(raw) = &self.raw {
            self.raw = Raw::Growing(raw.as_ref().to_owned());
        }
        if let Raw::Growing(raw) = &mut self.raw {
            raw.insert_str(at, text);
        }
        self.notifications += next.notifications;
        self.emitted_at_ms = next.emitted_at_ms;
    }
}

impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Not the parameters: what a model says may be private.
        f.debug_struct("Event")
            .field("method", &self.method())
            .field("bytes", &self.params().len())
            .field("notifications", &self.notifications)
            .finish()
    }
}

/// Events while they come: those of a turn, of a thread, or of the whole client.
///
/// [`next`](Self::next) is cancel-safe: where its future is dropped, no event is lost. What came before the connection
/// broke is given first, then one error. Several of one turn see the same events.
#[must_use = "events are seen by who reads them"]
pub struct Events {
    log: Arc<Log>,
    reader: u64,
    /// Taken from the log, not yet given.
    taken: VecDeque<Event>,
    /// Frees the place in the router.
    release: Release,
}

impl Events {
    pub(crate) fn new(log: Arc<Log>, reader: u64, release: Release) -> Self {
        Self { log, reader, taken: VecDeque::new(), release }
    }

    /// The next event; `None` when the turn is complete, and after an error.
    pub async fn next(&mut self) -> Option<Result<Event>> {
        std::future::poll_fn(|cx| self.poll(cx)).await
    }

    /// `true` where no other handle sees the same turn or thread.
    pub(crate) fn is_only_reader(&self) -> bool {
        self.log.readers() == 1
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Event>>> {
        match self.taken.pop_front() {
            Some(event) => Poll::Ready(Some(Ok(event))),
            None => self.log.poll_next(self.reader, &mut self.taken, cx),
        }
    }
}

impl Stream for Events {
    type Item = Result<Event>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll(cx)
    }
}

impl Drop for Events {
    fn drop(&mut self) {
        self.release.now(&self.log, self.reader);
    }
}

impl fmt::Debug for Events {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Events").finish_non_exhaustive()
    }
}
