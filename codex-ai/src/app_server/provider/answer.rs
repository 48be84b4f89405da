//! The events of a turn as an answer.

use std::collections::VecDeque;

use bytes::Bytes;
use serde_json::Value;

use super::super::event::Event;
use super::super::failure::{CodexErrorInfo, TurnError};
use super::super::info::{TurnInfo, TurnStatus};
use super::super::item::{Item, MessagePhase};
use super::super::kind::EventKind;
use super::NAME;
use crate::error::{Error, ErrorKind, Result};
use crate::message::Part;
use crate::reply::{FinishReason, Reply, Usage};
use crate::stream::{Chunk, StreamItem};
use crate::wire::openai_error;

/// What has come of an answer.
pub(super) struct Answer {
    turn: String,
    model: String,
    pieces: Vec<Piece>,
    usage: Option<Usage>,
    /// Something was lost; a message is handed on as a whole then.
    has_gap: bool,
    /// What is to be handed on.
    pub(super) ready: VecDeque<StreamItem>,
}

/// A message of the model, or what it thought.
struct Piece {
    id: String,
    kind: Kind,
    /// Whether its pieces are handed on as text.
    is_told: bool,
    text: String,
    is_whole: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// The answer, as the model says.
    Final,
    /// A message of a model that says nothing of it.
    Unmarked,
    /// A part of the answer, more of which may follow.
    Partial,
    /// Words on the way, and thinking.
    Aside,
}

impl Kind {
    fn of(phase: Option<&MessagePhase>) -> Self {
        match phase {
            None => Self::Unmarked,
            Some(MessagePhase::FinalAnswer) => Self::Final,
            Some(MessagePhase::Commentary) => Self::Aside,
            Some(_) => Self::Partial,
        }
    }
}

impl Piece {
    fn chunk(&self, text: String) -> StreamItem {
        StreamItem::Chunk(if self.is_told { Chunk::Text(text) } else { Chunk::Reasoning(text) })
    }
}

impl Answer {
    pub(super) fn new(turn: &str, model: &str) -> Self {
        Self {
            turn: turn.to_owned(),
            model: model.to_owned(),
            pieces: Vec::new(),
            usage: None,
            has_gap: false,
            ready: VecDeque::new(),
        }
    }

    /// Takes in an event of the turn.
    ///
    /// # Errors
    /// The one that the turn ended in.
    pub(super) fn take(&mut self, event: &Event) -> Result<()> {
        match event.kind() {
            EventKind::ItemStarted { item: Item::AgentMessage(message) } => {
                self.begin(message.id, Kind::of(message.phase.as_ref()));
            }
            EventKind::AgentMessageDelta { item_id, delta } => self.grow(item_id, Kind::Unmarked, delta),
            EventKind::ReasoningSummaryDelta { item_id, delta, .. }
            | EventKind::ReasoningDelta { item_id, delta, .. } => {
                self.grow(item_id, Kind::Aside, delta);
            }
            EventKind::ItemCompleted { item: Item::AgentMessage(message) } => {
                self.end_message(message.id, message.phase.as_ref(), message.text);
            }
            EventKind::ItemCompleted { item: Item::Reasoning(thought) } => {
                self.end_thought(&thought.id, thought.summary.into_iter().chain(thought.content));
            }
            EventKind::TokenUsage { usage } => {
                let usage = Usage::from(usage.total);
                // A turn that fails for want of room is said to have used none.
                self.usage = Some(usage).filter(|usage| *usage != Usage::default()).or(self.usage);
            }
            EventKind::ModelRerouted { to_model, .. } => self.model = to_model,
            EventKind::Lagged { .. } => self.has_gap = true,
            EventKind::TurnCompleted { turn } => return self.end(turn, event.params()),
            _ => {}
        }
        Ok(())
    }

    /// An error with what came before it.
    pub(super) fn complete(&self, error: Error) -> Error {
        let route = if self.model.is_empty() { NAME.to_owned() } else { format!("{NAME}/{}", self.model) };
        let error = error.with_route(route);
        let error = match self.place_of_answer().and_then(|place| self.pieces.get(place)) {
            Some(piece) if error.answer().is_none() && !piece.text.is_empty() => error.with_answer(piece.text.as_str()),
            _ => error,
        };
        match self.usage {
            Some(usage) if error.usage().is_none() => error.with_usage(usage),
            _ => error,
        }
    }

    fn begin(&mut self, id: String, kind: Kind) -> &mut Piece {
        let place = self.pieces.len();
        let is_told = self.is_text(kind);
        self.pieces.push(Piece { id, kind, is_told, text: String::new(), is_whole: false });
        &mut self.pieces[place]
    }

    /// Whether a message is text as far as is known when it begins. A mark may come with the end of a message alone, but
    /// after a marked answer one without a mark is none.
    fn is_text(&self, kind: Kind) -> bool {
        match kind {
            Kind::Final => true,
            Kind::Unmarked => self.pieces.iter().all(|piece| piece.kind != Kind::Final),
            Kind::Partial | Kind::Aside => false,
        }
    }

    /// The piece of this id that still comes. The ids are the model's own, and may be used again.
    fn open(&mut self, id: &str) -> Option<&mut Piece> {
        self.pieces.iter_mut().rev().find(|piece| piece.id == id && !piece.is_whole)
    }

    fn grow(&mut self, id: String, kind: Kind, delta: String) {
        // After a gap it is not known what stands before it; the end of the message tells.
        if self.has_gap {
            return;
        }
        let piece = match self.open(&id) {
            Some(piece) => piece,
            None => self.begin(id, kind),
        };
        piece.text.push_str(&delta);
        let chunk = piece.chunk(delta);
        self.ready.push_back(chunk);
    }

    fn end_message(&mut self, id: String, phase: Option<&MessagePhase>, text: String) {
        let kind = Kind::of(phase);
        let is_text = self.is_text(kind);
        let piece = match self.open(&id) {
            Some(piece) => piece,
            None => self.begin(id, kind),
        };
        if phase.is_some() {
            piece.kind = kind;
            if piece.text.is_empty() {
                piece.is_told = is_text;
            }
        }
        let rest = text.strip_prefix(&*piece.text).filter(|rest| !rest.is_empty());
        let chunk = rest.map(|rest| piece.chunk(rest.to_owned()));
        piece.text = text;
        piece.is_whole = true;
        self.ready.extend(chunk);
    }

    fn end_thought(&mut self, id: &str, texts: impl Iterator<Item = String>) {
        let was_told = match self.open(id) {
            Some(piece) => {
                // The pieces came without what stands between them.
                piece.is_whole = true;
                piece.text.clear();
                true
            }
            None => false,
        };
        for text in texts.filter(|text| !text.is_empty()) {
            if !was_told {
                self.ready.push_back(StreamItem::Chunk(Chunk::Reasoning(text.clone())));
            }
            let piece = self.begin(id.to_owned(), Kind::Aside);
            piece.text = text;
            piece.is_whole = true;
        }
    }

    /// The last message may be told with the end of the turn, where its own end was lost.
    fn end_lost(&mut self, items: Vec<Item>) {
        for item in items {
            let Item::AgentMessage(message) = item else { continue };
            let is_known = |piece: &Piece| piece.is_whole && piece.id == message.id && piece.text == message.text;
            if !self.pieces.iter().any(is_known) {
                self.end_message(message.id, message.phase.as_ref(), message.text);
            }
        }
    }

    /// The message that is the answer: the last one that is marked so, else the last one without a mark.
    fn place_of_answer(&self) -> Option<usize> {
        let last = |kind| {
            self.pieces.iter().rposition(|piece| piece.kind == kind && (piece.is_whole || !piece.text.is_empty()))
        };
        last(Kind::Final).or_else(|| last(Kind::Unmarked)).or_else(|| last(Kind::Partial))
    }

    fn end(&mut self, turn: TurnInfo, params: &str) -> Result<()> {
        if self.has_gap {
            self.end_lost(turn.items);
        }
        let (reason, said) = match (turn.status, turn.error) {
            (TurnStatus::Completed, _) => (FinishReason::Stop, "completed".to_owned()),
            (TurnStatus::Interrupted, _) => {
                return Err(Error::new(ErrorKind::Incomplete, "the turn was interrupted"));
            }
            (TurnStatus::Failed, Some(error)) => match cut_off(&error) {
                Some(cut) => cut,
                None => return Err(failure(&error)),
            },
            (TurnStatus::Failed, None) => {
                return Err(Error::new(ErrorKind::Server, "the turn failed, and the app server does not say why"));
            }
            (other, _) => (FinishReason::Other(other.as_str().to_owned()), other.as_str().to_owned()),
        };
        let answer = self.place_of_answer();
        if let Some(piece) = answer.and_then(|place| self.pieces.get(place))
            && !piece.is_told
            && !piece.text.is_empty()
        {
            // Only now it shows that it is the answer.
            self.ready.push_back(StreamItem::Chunk(Chunk::Text(piece.text.clone())));
        }
        let part = |(place, piece): (usize, Piece)| match () {
            () if Some(place) == answer => Some(Part::Text(piece.text)),
            () if piece.text.is_empty() => None,
            () => Some(Part::Reasoning(piece.text)),
        };
        let parts = std::mem::take(&mut self.pieces).into_iter().enumerate().filter_map(part).collect();
        let mut reply = Reply::new(self.model.as_str(), parts).with_finish_reason(reason);
        reply.vendor_finish_reason = Some(said.into());
        reply.usage = self.usage;
        reply.provider = Some(NAME.into());
        reply.id = Some(self.turn.clone());
        reply.raw = Some(Bytes::copy_from_slice(params.as_bytes()));
        self.ready.push_back(StreamItem::Done(Box::new(reply)));
        Ok(())
    }
}

/// Why an answer is not whole that came all the same. Codex 0.169.0 tells it in its message alone.
fn cut_off(error: &TurnError) -> Option<(FinishReason, String)> {
    let (_, reason) = error.message.split_once("Incomplete response returned, reason: ")?;
    let finish = match reason {
        "max_output_tokens" => FinishReason::Length,
        "content_filter" => FinishReason::ContentFilter,
        _ => return None,
    };
    Some((finish, reason.to_owned()))
}

/// The error of a turn. What the vendor says of a request that it refuses (400) is its body, as it came.
fn failure(error: &TurnError) -> Error {
    let unknown = matches!(error.codex_error_info, None | Some(CodexErrorInfo::Other | CodexErrorInfo::BadRequest));
    let is_body = |body: &Value| body.get("error").is_some_and(Value::is_object);
    if unknown && serde_json::from_str(&error.message).is_ok_and(|body| is_body(&body)) {
        return openai_error::decode_error(400, error.message.as_bytes(), "").with_source(error.clone());
    }
    error.to_error()
}
