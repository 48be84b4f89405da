//! The lines that wait to be written, and how many bytes they are.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Weak};

use tokio::sync::{Notify, mpsc, watch};

use super::ending::Stop;

/// What is to be written.
pub(crate) enum Outgoing {
    /// A line, without its end.
    Line(Vec<u8>),
    /// Nothing more: the server's input is closed.
    End,
}

/// The way to the writer. Sending never waits; who can wait asks for [`room`](Self::room) first.
#[derive(Clone)]
pub(crate) struct Queue(Arc<Inner>);

/// A [`Queue`] that does not keep it alive.
#[derive(Clone)]
pub(crate) struct WeakQueue(Weak<Inner>);

struct Inner {
    sender: mpsc::UnboundedSender<Outgoing>,
    /// The bytes that are not written yet.
    bytes: AtomicUsize,
    /// Above this, requests wait; above twice as much, the connection is closed.
    limit: usize,
    room: Notify,
    stop: watch::Sender<Stop>,
}

/// The writer's end.
pub(crate) struct Lines {
    receiver: mpsc::UnboundedReceiver<Outgoing>,
    inner: Weak<Inner>,
}

/// Nothing is written any more.
#[derive(Debug)]
pub(crate) struct Unsent;

impl Queue {
    pub(crate) fn new(limit: usize, stop: watch::Sender<Stop>) -> (Self, Lines) {
        let (sender, receiver) = mpsc::unbounded_channel();
        let inner = Arc::new(Inner { sender, bytes: AtomicUsize::new(0), limit, room: Notify::new(), stop });
        let lines = Lines { receiver, inner: Arc::downgrade(&inner) };
        (Self(inner), lines)
    }

    pub(crate) fn downgrade(&self) -> WeakQueue {
        WeakQueue(Arc::downgrade(&self.0))
    }

    /// Puts it behind the others. A line that finds twice the limit before it ends the connection: the server has
    /// stopped reading, and memory is not endless.
    pub(crate) fn send(&self, outgoing: Outgoing) -> Result<(), Unsent> {
        let inner = &*self.0;
        let Outgoing::Line(line) = &outgoing else { return inner.sender.send(outgoing).map_err(|_| Unsent) };
        let size = line.len();
        let before = inner.bytes.fetch_add(size, Ordering::AcqRel);
        if before > inner.limit.saturating_mul(2) {
            inner.bytes.fetch_sub(size, Ordering::AcqRel);
            inner.stop.send_if_modified(|stop| stop.fail(before));
            return Err(Unsent);
        }
        inner.sender.send(outgoing).map_err(|_| Unsent)
    }

    /// Waits until the lines that wait are below the limit.
    pub(crate) async fn room(&self) {
        loop {
            let mut notified = std::pin::pin!(self.0.room.notified());
            notified.as_mut().enable();
            if self.unsent() <= self.0.limit {
                return;
            }
            notified.await;
        }
    }

    /// The bytes that are not written yet.
    pub(crate) fn unsent(&self) -> usize {
        self.0.bytes.load(Ordering::Acquire)
    }
}

impl WeakQueue {
    pub(crate) fn upgrade(&self) -> Option<Queue> {
        self.0.upgrade().map(Queue)
    }
}

impl Lines {
    pub(crate) async fn next(&mut self) -> Option<Outgoing> {
        self.receiver.recv().await
    }

    pub(crate) fn ready(&mut self) -> Option<Outgoing> {
        self.receiver.try_recv().ok()
    }

    /// So many bytes are written.
    pub(crate) fn written(&self, bytes: usize) {
        if let Some(inner) = self.inner.upgrade() {
            inner.bytes.fetch_sub(bytes, Ordering::AcqRel);
            inner.room.notify_waiters();
        }
    }
}
