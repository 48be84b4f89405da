//! The turns of a goal as one.

use std::sync::Arc;

use serde_json::Value;

use super::super::event::Event;
use super::super::info::{TurnInfo, TurnStatus};
use super::super::kind::EventKind;
use super::super::notices::{Goal, GoalStatus};

/// Takes in the events of a thread that works towards a goal, and gives those of one turn.
#[derive(Debug)]
pub(crate) struct Cursor {
    /// The id of the first turn, which is that of all.
    id: Arc<str>,
    /// The first turn as it began.
    started: Option<TurnInfo>,
    /// The turn that runs.
    active: Option<Arc<str>>,
    last: Option<Event>,
    /// The first end in a failure.
    failed: Option<Event>,
    /// How long the turns took so far, in milliseconds.
    worked_ms: u64,
    goal: Option<Goal>,
    cleared: bool,
}

/// What an event gives.
#[derive(Debug, Default)]
pub(crate) struct Step {
    /// What is seen of it.
    pub(crate) event: Option<Event>,
    /// The end of the whole, which comes after that.
    pub(crate) end: Option<Event>,
}

impl Cursor {
    /// A goal whose first turn is this.
    pub(crate) fn new(id: Arc<str>, goal: Goal) -> Self {
        Self {
            id,
            started: None,
            active: None,
            last: None,
            failed: None,
            worked_ms: 0,
            goal: Some(goal),
            cleared: false,
        }
    }

    /// The goal as it was told last.
    pub(crate) fn goal(&self) -> Option<&Goal> {
        self.goal.as_ref()
    }

    /// The turn that runs.
    pub(crate) fn active(&self) -> Option<&Arc<str>> {
        self.active.as_ref()
    }

    /// Takes in an event of the thread. `interrupted`: whoever holds the goal has interrupted it.
    pub(crate) fn take(&mut self, event: Event, interrupted: bool) -> Step {
        match event.method() {
            "turn/started" => self.starts(&event),
            "turn/completed" => self.completes(event, interrupted),
            "thread/goal/updated" | "thread/goal/cleared" => {
                match event.kind() {
                    EventKind::GoalUpdated { goal } => {
                        self.cleared &= goal.status != GoalStatus::Active;
                        self.goal = Some(goal);
                    }
                    EventKind::GoalCleared => self.cleared = true,
                    _ => {}
                }
                let over = self.active.is_none() && self.is_over();
                let end = self.last.clone().filter(|_| over).map(|last| self.end(last, interrupted));
                Step { event: Some(self.rewritten(&event)), end }
            }
            _ => {
                let lost = || matches!(event.kind(), EventKind::Lagged { .. });
                let seen = event.turn_id().is_some() || lost();
                Step { event: seen.then(|| self.rewritten(&event)), end: None }
            }
        }
    }

    fn starts(&mut self, event: &Event) -> Step {
        let EventKind::TurnStarted { turn } = event.kind() else { return Step::default() };
        self.active = Some(turn.id.as_str().into());
        if self.started.is_some() {
            return Step::default();
        }
        self.started = Some(turn);
        Step { event: Some(self.rewritten(event)), end: None }
    }

    fn completes(&mut self, event: Event, interrupted: bool) -> Step {
        let status = match event.kind() {
            EventKind::TurnCompleted { turn } => {
                self.worked_ms = self.worked_ms.saturating_add(turn.duration_ms.unwrap_or_default());
                turn.status
            }
            _ => TurnStatus::Completed,
        };
        self.active = None;
        if status == TurnStatus::Failed {
            self.failed.get_or_insert_with(|| event.clone());
        }
        if status == TurnStatus::Interrupted || self.is_over() {
            return Step { event: None, end: Some(self.end(event, interrupted)) };
        }
        self.last = Some(event);
        Step::default()
    }

    /// Whether no further turn begins.
    fn is_over(&self) -> bool {
        self.cleared || self.goal.as_ref().is_some_and(|goal| goal.status != GoalStatus::Active)
    }

    /// The end of the whole, made of that of a turn: the last, or the first that failed.
    fn end(&self, last: Event, interrupted: bool) -> Event {
        let event = self.failed.clone().unwrap_or(last);
        let Ok(mut params) = serde_json::from_str::<Value>(event.params()) else { return event };
        let Some(turn) = params.get_mut("turn").and_then(Value::as_object_mut) else { return event };
        turn.insert("id".to_owned(), (*self.id).into());
        if let Some(began) = self.started.as_ref().and_then(|turn| turn.started_at) {
            turn.insert("startedAt".to_owned(), began.into());
            if let Some(ended) = turn.get("completedAt").and_then(Value::as_i64) {
                // The pauses between the turns are in it, but it is in whole seconds.
                let seconds = u64::try_from(ended.saturating_sub(began)).unwrap_or_default();
                let duration = seconds.saturating_mul(1000).max(self.worked_ms);
                turn.insert("durationMs".to_owned(), duration.into());
            }
        }
        if interrupted {
            turn.insert("status".to_owned(), TurnStatus::Interrupted.as_str().into());
        }
        event.with_params(&params.to_string())
    }

    /// The same event with the id of the whole.
    fn rewritten(&self, event: &Event) -> Event {
        match event.turn_id() {
            Some(id) if *id != *self.id => {}
            _ => return event.clone(),
        }
        let Ok(mut params) = serde_json::from_str::<Value>(event.params()) else { return event.clone() };
        for pointer in ["/turnId", "/turn/id"] {
            if let Some(id @ Value::String(_)) = params.pointer_mut(pointer) {
                *id = (*self.id).into();
            }
        }
        event.with_params(&params.to_string())
    }
}
