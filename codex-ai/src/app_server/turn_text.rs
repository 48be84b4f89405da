//! What the model says in a turn, as it says it.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;

use super::finished::{Collector, FinishedTurn};
use super::kind::EventKind;
use super::turn::{Turn, TurnControl};
use crate::error::Result;

/// What the model says in a turn, piece by piece: the text of all its messages, commentary included.
///
/// A turn that fails ends it in an error. [`finish`](Self::finish) gives all else that came.
#[must_use = "a turn runs on, but its text is seen by who reads it"]
pub struct TurnText {
    turn: Turn,
    collector: Option<Collector>,
    finished: Option<FinishedTurn>,
    missed: u64,
}

impl TurnText {
    pub(crate) fn new(turn: Turn) -> Self {
        Self { turn, collector: Some(Collector::default()), finished: None, missed: 0 }
    }

    /// The turn's id.
    pub fn id(&self) -> &str {
        self.turn.id()
    }

    /// What can be done to the turn, for use beside its reader.
    pub fn control(&self) -> TurnControl {
        self.turn.control()
    }

    /// The next piece; `None` when the turn is over. Cancel-safe.
    pub async fn next(&mut self) -> Option<Result<String>> {
        std::future::poll_fn(|cx| self.poll(cx)).await
    }

    /// How many events this reader did not see because it was too slow. Pieces of the text may be among them;
    /// [`FinishedTurn::final_text`] is whole all the same.
    pub fn missed(&self) -> u64 {
        self.missed
    }

    /// Reads to the end, where that was not done yet, and gives all that came.
    ///
    /// # Errors
    /// As [`Turn::run`]. An error that [`next`](Self::next) gave is given again where the turn failed.
    pub async fn finish(mut self) -> Result<FinishedTurn> {
        while let Some(piece) = self.next().await {
            if let (Err(error), None) = (piece, &self.finished) {
                return Err(error);
            }
        }
        match (self.finished, self.collector) {
            (Some(finished), _) => finished.into_result(),
            (None, collector) => Err(collector.unwrap_or_default().incomplete()),
        }
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<String>>> {
        let Some(collector) = &mut self.collector else { return Poll::Ready(None) };
        loop {
            let event = match ready!(self.turn.poll(cx)) {
                Some(Ok(event)) => event,
                Some(Err(error)) => return Poll::Ready(Some(Err(collector.fail(error)))),
                None => {
                    let error = collector.incomplete();
                    // Whoever was told of a broken connection has been told.
                    let told = self.turn.is_broken();
                    self.collector = None;
                    return Poll::Ready((!told).then_some(Err(error)));
                }
            };
            match event.kind() {
                EventKind::AgentMessageDelta { item_id, delta } => {
                    let piece = delta.clone();
                    collector.take_kind(EventKind::AgentMessageDelta { item_id, delta });
                    return Poll::Ready(Some(Ok(piece)));
                }
                EventKind::Lagged { missed } => self.missed += missed,
                kind => {
                    if let Some(turn) = collector.take_kind(kind) {
                        let finished = self.collector.take().unwrap_or_default().finish(turn);
                        let failed = finished.clone().into_result().err();
                        self.finished = Some(finished);
                        return Poll::Ready(failed.map(Err));
                    }
                }
            }
        }
    }
}

impl Stream for TurnText {
    type Item = Result<String>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll(cx)
    }
}

impl fmt::Debug for TurnText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TurnText").field("turn", &self.turn).finish_non_exhaustive()
    }
}
