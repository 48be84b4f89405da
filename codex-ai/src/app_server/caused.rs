//! Turns that a request causes without its answer naming them.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;

use super::event::{Event, Events};
use super::info::{TurnInfo, TurnStatus};
use super::kind::EventKind;
use super::turn_events::TurnEvents;
use crate::error::{Error, ErrorKind, Result};

/// What a turn is caused by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cause {
    Compaction,
    UserShell,
}

/// Events of one turn that are kept until it is known what caused it.
const KEPT: usize = 64;

/// Finds the turn among the events of its thread.
pub(crate) async fn find(
    mut events: Events,
    method: &str,
    cause: Cause,
    within: Duration,
) -> Result<(Arc<str>, TurnEvents)> {
    let mut search = Search { cause, begun: HashMap::new() };
    let searching = async {
        while let Some(event) = events.next().await {
            if let Some(found) = search.take(event?) {
                return Ok(found);
            }
        }
        Err(Error::new(ErrorKind::Incomplete, format!("the events ended before the turn of `{method}` began")))
    };
    let late = |_| {
        Error::new(ErrorKind::Timeout, format!("`{method}` was accepted, but no turn of it began within {within:?}"))
    };
    let (turn, early) = tokio::time::timeout(within, searching).await.map_err(late)??;
    let events = TurnEvents::OfThread { events, turn: Arc::clone(&turn), early };
    Ok((turn, events))
}

struct Search {
    cause: Cause,
    /// Turns that began since, and what came of them.
    begun: HashMap<Arc<str>, VecDeque<Event>>,
}

impl Search {
    /// An item of that kind shows which turn it is. A turn that ends before it has one is it as well: it failed. One
    /// with a message of the user is not, and neither is one that was interrupted: it had to make room.
    fn take(&mut self, event: Event) -> Option<(Arc<str>, VecDeque<Event>)> {
        #[derive(Deserialize)]
        struct OfItem<'a> {
            #[serde(borrow)]
            item: Item<'a>,
        }
        #[derive(Deserialize)]
        struct Item<'a> {
            #[serde(rename = "type")]
            kind: &'a str,
            #[serde(default)]
            source: Option<&'a str>,
        }
        let turn: Arc<str> = event.turn_id()?.as_ref().into();
        let kind = match event.method() {
            "item/started" | "item/completed" => serde_json::from_str::<OfItem<'_>>(event.params()).ok(),
            _ => None,
        };
        let shown = match (self.cause, kind.map(|of| (of.item.kind, of.item.source))) {
            (_, Some(("userMessage", _))) => {
                self.begun.remove(&turn);
                return None;
            }
            (Cause::Compaction, Some(("contextCompaction", _)))
            | (Cause::UserShell, Some(("commandExecution", Some("userShell")))) => true,
            _ => false,
        };
        let (starts, ends) = (event.method() == "turn/started", event.method() == "turn/completed");
        if ends
            && let EventKind::TurnCompleted { turn: TurnInfo { status: TurnStatus::Interrupted, .. } } = event.kind()
        {
            self.begun.remove(&turn);
            return None;
        }
        match self.begun.get_mut(&turn) {
            Some(kept) if kept.len() < KEPT => {
                kept.push_back(event);
                (shown || ends).then(|| self.begun.remove_entry(&turn)).flatten()
            }
            Some(_) => {
                self.begun.remove(&turn);
                None
            }
            None if shown => Some((turn, VecDeque::from([event]))),
            None => {
                if starts {
                    self.begun.insert(turn, VecDeque::from([event]));
                }
                None
            }
        }
    }
}
