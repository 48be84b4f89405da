//! A body on its way out: in pieces, slow, cut off or endless, as a step wants it.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use futures_core::Stream;
use tokio::time::{Sleep, sleep};

/// What a server counts of its answers.
#[derive(Default)]
pub(super) struct Counters {
    /// Bytes of bodies that were handed to the sockets.
    pub(super) sent: AtomicU64,
    /// Answers that the client left before they had ended.
    pub(super) abandoned: AtomicU64,
}

/// Notes whether an answer was taken to its end.
pub(super) struct Watch {
    counters: Arc<Counters>,
    is_done: bool,
}

impl Watch {
    pub(super) fn new(counters: Arc<Counters>) -> Self {
        Self { counters, is_done: false }
    }

    /// The answer has ended as it was meant to.
    pub(super) fn done(&mut self) {
        self.is_done = true;
    }

    pub(super) fn sent(&self, bytes: usize) {
        self.counters.sent.fetch_add(bytes as u64, Ordering::Relaxed);
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        if !self.is_done {
            self.counters.abandoned.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// What is sent in one go: a whole body, or an event of a stream.
#[derive(Debug, Clone)]
pub(super) enum Frame {
    Bytes(Bytes),
    /// This block again and again, until so many bytes were sent. Nobody holds them all.
    Filler(Bytes, u64),
}

impl Frame {
    pub(super) fn len(&self) -> u64 {
        match self {
            Self::Bytes(bytes) => bytes.len() as u64,
            Self::Filler(_, bytes) => *bytes,
        }
    }

    /// Takes at most `most` bytes from the front; nothing where nothing is left.
    fn take(&mut self, most: usize) -> Bytes {
        match self {
            Self::Bytes(bytes) => bytes.split_to(bytes.len().min(most)),
            Self::Filler(block, left) => {
                let mut piece = block.clone();
                piece.truncate(usize::try_from(*left).unwrap_or(usize::MAX).min(most));
                *left -= piece.len() as u64;
                piece
            }
        }
    }
}

/// How a body ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    Proper,
    Broken,
    Stalled,
}

/// How a body is sent.
#[derive(Debug, Clone, Copy)]
pub(super) struct Manner {
    /// How many bytes are sent before the end.
    pub(super) left: u64,
    pub(super) end: End,
    /// The most bytes of one piece; each goes out by itself where it is less than a frame.
    pub(super) piece: usize,
    pub(super) first_delay: Duration,
    pub(super) delay: Duration,
}

/// A body on its way out.
pub(super) struct Sending {
    frames: VecDeque<Frame>,
    manner: Manner,
    sleep: Option<Pin<Box<Sleep>>>,
    /// What was handed out must be sent off before anything else happens.
    flush: bool,
    watch: Watch,
}

impl Sending {
    pub(super) fn new(frames: Vec<Frame>, manner: Manner, mut watch: Watch) -> Self {
        if manner.left == 0 && manner.end == End::Proper {
            watch.done();
        }
        let sleep = (!manner.first_delay.is_zero()).then(|| Box::pin(sleep(manner.first_delay)));
        // The headers go out before anything happens to the body.
        let flush = manner.left == 0 && manner.end != End::Proper;
        Self { frames: frames.into(), manner, sleep, flush, watch }
    }

    fn next_piece(&mut self) -> Option<Bytes> {
        let most = usize::try_from(self.manner.left).unwrap_or(usize::MAX).min(self.manner.piece);
        while let Some(frame) = self.frames.front_mut() {
            let piece = frame.take(most);
            if frame.len() == 0 {
                self.frames.pop_front();
                if !self.manner.delay.is_zero() && !self.frames.is_empty() {
                    self.sleep = Some(Box::pin(sleep(self.manner.delay)));
                }
            } else if self.manner.piece < usize::MAX {
                self.flush = true;
            }
            if !piece.is_empty() {
                self.manner.left -= piece.len() as u64;
                return Some(piece);
            }
            if most == 0 {
                break;
            }
        }
        None
    }
}

impl Stream for Sending {
    type Item = std::io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        // Whoever sends the pieces sends off what it holds when it has to wait, once.
        if std::mem::take(&mut self.flush) {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        if let Some(sleep) = &mut self.sleep {
            ready!(sleep.as_mut().poll(cx));
            self.sleep = None;
        }
        if let Some(piece) = self.next_piece() {
            self.watch.sent(piece.len());
            // The end of a body of known length is not asked for.
            if self.manner.end != End::Proper && self.manner.left == 0 {
                self.flush = true;
            } else if self.manner.left == 0 {
                self.watch.done();
            }
            return Poll::Ready(Some(Ok(piece)));
        }
        match self.manner.end {
            End::Stalled => Poll::Pending,
            End::Proper => {
                self.watch.done();
                Poll::Ready(None)
            }
            End::Broken => {
                self.watch.done();
                Poll::Ready(Some(Err(std::io::ErrorKind::ConnectionAborted.into())))
            }
        }
    }
}
