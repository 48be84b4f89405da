//! One turn of a thread.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_core::Stream;
use serde::Serialize;
use serde::de::IgnoredAny;

use super::core::Core;
use super::event::Event;
use super::finished::{self, FinishedTurn};
use super::idle::{Idle, Silent};
use super::input::{Input, IntoInput};
use super::params::OfThread;
use super::turn_events::TurnEvents;
use super::turn_options::TurnOptions;
use super::turn_text::TurnText;
use crate::error::Result;

/// A turn that runs: its events, and what can be done to it.
///
/// It runs on when this handle is dropped, unless [`interrupt_on_drop`](Self::interrupt_on_drop) says otherwise.
#[must_use = "a turn runs on, but its events are seen by who reads them"]
pub struct Turn {
    control: TurnControl,
    events: TurnEvents,
    idle: Option<Idle>,
    interrupt_on_drop: bool,
    end: End,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Open,
    Complete,
    /// The connection is closed.
    Broken,
}

/// What can be done to a turn, for use beside the reader of its events. Cloned cheaply.
#[derive(Clone)]
pub struct TurnControl {
    core: Core,
    thread: Arc<str>,
    id: Arc<str>,
}

impl Turn {
    pub(crate) fn new(core: Core, thread: Arc<str>, id: Arc<str>, events: TurnEvents) -> Self {
        let options = core.options();
        let (interrupt_on_drop, idle) = (options.interrupt_on_drop, options.idle_timeout.map(Idle::new));
        Self { control: TurnControl { core, thread, id }, events, idle, interrupt_on_drop, end: End::Open }
    }

    pub(crate) fn with_options(self, options: &TurnOptions) -> Self {
        let turn = match options.interrupt_on_drop {
            Some(interrupt) => self.interrupt_on_drop(interrupt),
            None => self,
        };
        match options.idle_timeout {
            Some(limit) => turn.idle_timeout(limit),
            None => turn,
        }
    }

    /// Its id.
    pub fn id(&self) -> &str {
        &self.control.id
    }

    /// The id of its thread.
    pub fn thread_id(&self) -> &str {
        &self.control.thread
    }

    /// What can be done to it, for use beside its reader.
    pub fn control(&self) -> TurnControl {
        self.control.clone()
    }

    /// Whether the turn is interrupted when this handle is dropped before its end, and no other handle of this client
    /// sees it.
    pub fn interrupt_on_drop(mut self, interrupt: bool) -> Self {
        self.interrupt_on_drop = interrupt;
        self
    }

    /// How long the turn may be silent, its own events alone counted. When that has passed, the server is asked how it
    /// is: one that is over ends as if its `turn/completed` had come; one that waits for an approval or an input goes
    /// on; any other is interrupted, and [`next`](Self::next) gives an error of kind
    /// [`Timeout`](crate::ErrorKind::Timeout). Who reads on sees what comes after all.
    pub fn idle_timeout(mut self, limit: Duration) -> Self {
        self.idle = (limit < Duration::MAX).then(|| Idle::new(limit));
        self
    }

    /// The next event; `None` after `turn/completed`, and after the error of a closed connection.
    ///
    /// Cancel-safe: where its future is dropped, as by a time limit round it, no event is lost.
    pub async fn next(&mut self) -> Option<Result<Event>> {
        std::future::poll_fn(|cx| self.poll(cx)).await
    }

    /// Reads to the end and puts together what came. [`control`](Self::control), taken before, can steer and interrupt
    /// it meanwhile.
    ///
    /// # Errors
    /// Where the turn failed: the server's message, a kind that fits it, and what the model had said as its
    /// [`answer`](crate::Error::answer). Where the connection ended before the turn did:
    /// [`Incomplete`](crate::ErrorKind::Incomplete). A turn that was interrupted is no error.
    pub async fn run(self) -> Result<FinishedTurn> {
        self.finish().await?.into_result()
    }

    /// Like [`run`](Self::run), where a turn that failed is no error either, so that its items can be had.
    ///
    /// # Errors
    /// Where the events end before the turn does.
    pub async fn finish(mut self) -> Result<FinishedTurn> {
        finished::collect(&mut self).await
    }

    /// What the model says, piece by piece.
    pub fn text(self) -> TurnText {
        TurnText::new(self)
    }

    /// Gives the turn more to go on with; see [`TurnControl::steer`].
    ///
    /// # Errors
    /// Where the server refuses: the turn is over, or cannot be steered.
    pub async fn steer(&self, input: impl IntoInput) -> Result<()> {
        self.control.steer(input).await
    }

    /// Interrupts the turn; its events end with `turn/completed` all the same.
    ///
    /// # Errors
    /// Where the server refuses: the turn is over.
    pub async fn interrupt(&self) -> Result<()> {
        self.control.interrupt().await
    }

    /// Whether a closed connection was told of.
    pub(crate) fn is_broken(&self) -> bool {
        self.end == End::Broken
    }

    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Event>>> {
        if self.end != End::Open {
            return Poll::Ready(None);
        }
        if !self.idle.as_ref().is_some_and(Idle::is_ending)
            && let Poll::Ready(next) = self.events.poll_next(cx)
        {
            match &next {
                Some(Ok(event)) if event.method() == "turn/completed" => self.end = End::Complete,
                Some(Ok(_)) => {}
                Some(Err(_)) => self.end = End::Broken,
                None => self.end = End::Complete,
            }
            if let Some(idle) = &mut self.idle {
                idle.reset();
            }
            return Poll::Ready(next);
        }
        let Some(idle) = &mut self.idle else { return Poll::Pending };
        idle.poll(cx, &self.control).map(|silent| {
            Some(match silent {
                Silent::Over(event) => {
                    self.end = End::Complete;
                    Ok(event)
                }
                Silent::Error(error) => Err(error),
            })
        })
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if self.interrupt_on_drop && self.end == End::Open && self.events.is_only_reader() {
            self.control.fire_interrupt();
        }
    }
}

impl Stream for Turn {
    type Item = Result<Event>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll(cx)
    }
}

impl fmt::Debug for Turn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Turn").field("control", &self.control).finish_non_exhaustive()
    }
}

impl TurnControl {
    pub(crate) fn core(&self) -> &Core {
        &self.core
    }

    /// The turn's id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The id of its thread.
    pub fn thread_id(&self) -> &str {
        &self.thread
    }

    /// Gives the turn more to go on with: the model sees it with its next request. Where another turn runs by now, that
    /// one is not given it.
    ///
    /// # Errors
    /// Where the server refuses: the turn is over, the input is empty, or it is a review or a compaction, which cannot
    /// be steered.
    pub async fn steer(&self, input: impl IntoInput) -> Result<()> {
        steer(&self.core, &self.thread, &self.id, &input.into_input()).await
    }

    /// Interrupts the turn; its events end with `turn/completed` all the same, whose status is
    /// [`Interrupted`](super::TurnStatus::Interrupted).
    ///
    /// # Errors
    /// Where the server refuses: the turn is over.
    pub async fn interrupt(&self) -> Result<()> {
        self.core.interrupt(&self.thread, &self.id).await
    }

    fn fire_interrupt(&self) {
        self.core.fire_interrupt(&self.thread, &self.id);
    }
}

impl fmt::Debug for TurnControl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TurnControl").field("id", &self.id).field("thread", &self.thread).finish_non_exhaustive()
    }
}

pub(crate) async fn steer(core: &Core, thread: &str, turn: &str, input: &[Input]) -> Result<()> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct More<'a> {
        expected_turn_id: &'a str,
        input: &'a [Input],
    }
    let more = More { expected_turn_id: turn, input };
    core.call::<IgnoredAny>("turn/steer", &OfThread { thread_id: thread, more }).await?;
    Ok(())
}
