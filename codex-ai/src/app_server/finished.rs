//! What a turn comes to, put together from its events.

use std::future::poll_fn;
use std::pin::Pin;

use futures_core::Stream;

use super::event::Event;
use super::failure::TurnError;
use super::info::{TurnInfo, TurnStatus};
use super::item::{Item, MessagePhase};
use super::kind::EventKind;
use super::usage::{ThreadTokenUsage, TokenUsage};
use crate::error::{Error, ErrorKind, Result};

/// What a turn has come to.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct FinishedTurn {
    /// Its id.
    pub id: String,
    /// How it ended.
    pub status: TurnStatus,
    /// Why it failed.
    pub error: Option<TurnError>,
    /// The model's answer: the last message that is marked as the final answer, else the last one without a mark. What
    /// is marked as commentary is none. A message that was cut off is not in it.
    pub final_text: Option<String>,
    /// What the model had said of a message when the turn was interrupted or failed.
    pub partial_text: Option<String>,
    /// All items, in the order of their completion.
    pub items: Vec<Item>,
    /// The tokens of the thread, as the server told last.
    pub usage: Option<ThreadTokenUsage>,
    /// The tokens of this turn: of all its requests to the model.
    pub tokens: Option<TokenUsage>,
    /// When it began, in seconds since 1970.
    pub started_at: Option<i64>,
    /// When it ended, in seconds since 1970.
    pub completed_at: Option<i64>,
    /// How long it took, in milliseconds.
    pub duration_ms: Option<u64>,
}

impl FinishedTurn {
    /// Itself, or the error of a turn that failed: with the server's message, and what the model had said as its
    /// [`answer`](Error::answer).
    ///
    /// # Errors
    /// Where [`status`](Self::status) is [`TurnStatus::Failed`].
    pub fn into_result(self) -> Result<Self> {
        if self.status != TurnStatus::Failed {
            return Ok(self);
        }
        let error = match &self.error {
            Some(error) => error.to_error(),
            None => Error::new(ErrorKind::Server, "the turn failed, and the server does not say why"),
        };
        let error = match self.tokens {
            Some(tokens) => error.with_usage(tokens.into()),
            None => error,
        };
        Err(match self.final_text.or(self.partial_text) {
            Some(text) => error.with_answer(text),
            None => error,
        })
    }
}

/// Takes in the events of a turn.
#[derive(Debug, Default)]
pub(crate) struct Collector {
    items: Vec<Item>,
    usage: Option<ThreadTokenUsage>,
    /// The tokens of the thread before this turn.
    before: Option<TokenUsage>,
    /// The message that the model is at: its item and its text so far.
    open: Option<(String, String)>,
}

impl Collector {
    /// Takes in an event; what is told of the turn, when it is complete.
    pub(crate) fn take(&mut self, event: &Event) -> Option<TurnInfo> {
        match event.method() {
            "item/completed" | "item/agentMessage/delta" | "thread/tokenUsage/updated" | "turn/completed" => {
                self.take_kind(event.kind())
            }
            _ => None,
        }
    }

    /// The same for one that is read already.
    pub(crate) fn take_kind(&mut self, kind: EventKind) -> Option<TurnInfo> {
        match kind {
            EventKind::AgentMessageDelta { item_id, delta } => match &mut self.open {
                Some((item, text)) if *item == item_id => text.push_str(&delta),
                open => *open = Some((item_id, delta)),
            },
            EventKind::ItemCompleted { item } => {
                if self.open.as_ref().is_some_and(|(open, _)| item.id() == Some(open)) {
                    self.open = None;
                }
                self.items.push(item);
            }
            EventKind::TokenUsage { usage } => {
                self.before.get_or_insert_with(|| usage.total.since(usage.last));
                self.usage = Some(usage);
            }
            EventKind::TurnCompleted { turn } => return Some(turn),
            _ => {}
        }
        None
    }

    /// Puts it all together.
    pub(crate) fn finish(mut self, mut turn: TurnInfo) -> FinishedTurn {
        // What a slow reader lost, or what never came, may be here.
        for item in std::mem::take(&mut turn.items) {
            // The ids are the model's own: two messages may have the same one.
            let text = |item: &Item| item.as_agent_message().map(|message| message.text.clone());
            let is_same = |known: &Item| known.id() == item.id() && text(known) == text(&item);
            if item.id().is_some() && !self.items.iter().any(is_same) {
                self.items.push(item);
            }
        }
        FinishedTurn {
            final_text: final_text(&self.items).map(str::to_owned),
            partial_text: match turn.status {
                TurnStatus::Completed => None,
                _ => self.open.map(|(_, text)| text),
            },
            tokens: self.usage.zip(self.before).map(|(usage, before)| usage.total.since(before)),
            usage: self.usage,
            items: self.items,
            id: turn.id,
            status: turn.status,
            error: turn.error,
            started_at: turn.started_at,
            completed_at: turn.completed_at,
            duration_ms: turn.duration_ms,
        }
    }

    /// The error of a turn whose end was not seen, with what the model had said.
    pub(crate) fn fail(&self, error: Error) -> Error {
        let text = final_text(&self.items).or(self.open.as_ref().map(|(_, text)| text.as_str()));
        match text {
            Some(text) if error.answer().is_none() => error.with_answer(text),
            _ => error,
        }
    }

    /// The error where the events end without an end of the turn.
    pub(crate) fn incomplete(&self) -> Error {
        self.fail(Error::new(ErrorKind::Incomplete, "the turn's events ended without `turn/completed`"))
    }
}

/// Reads the events of a turn to its end and puts together what came.
pub(crate) async fn collect<E: Stream<Item = Result<Event>> + Unpin>(events: &mut E) -> Result<FinishedTurn> {
    let mut collector = Collector::default();
    while let Some(event) = poll_fn(|cx| Pin::new(&mut *events).poll_next(cx)).await {
        match event {
            Ok(event) => {
                if let Some(turn) = collector.take(&event) {
                    return Ok(collector.finish(turn));
                }
            }
            Err(error) => return Err(collector.fail(error)),
        }
    }
    Err(collector.incomplete())
}

/// The last message that is marked as the final answer, else the last one without a mark.
fn final_text(items: &[Item]) -> Option<&str> {
    let mut unmarked = None;
    for item in items.iter().rev() {
        let Some(message) = item.as_agent_message() else { continue };
        match message.phase {
            Some(MessagePhase::FinalAnswer) => return Some(&message.text),
            None => unmarked = unmarked.or(Some(message.text.as_str())),
            Some(_) => {}
        }
    }
    unmarked
}
