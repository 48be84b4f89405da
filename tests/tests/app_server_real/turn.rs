//! What the events of a turn come to, read as plain JSON and not by the library's types.

use codex_ai::app_server::{Thread, Turn, TurnOptions};
use serde_json::Value;

use crate::codex::within;

/// All that a turn's events told.
#[derive(Debug)]
pub(crate) struct Seen {
    /// The methods of the events, in order.
    pub(crate) methods: Vec<String>,
    /// The pieces of the model's text, joined.
    pub(crate) text: String,
    /// The items that were completed.
    pub(crate) items: Vec<Value>,
    /// The turn as it ended.
    pub(crate) turn: Value,
}

impl Seen {
    pub(crate) fn status(&self) -> &str {
        self.turn["status"].as_str().unwrap_or_default()
    }

    /// The completed item of this type.
    pub(crate) fn item(&self, kind: &str) -> &Value {
        let of_kind = |item: &&Value| item["type"] == kind;
        self.items.iter().find(of_kind).unwrap_or_else(|| panic!("no {kind} in {:?}", self.items))
    }

    /// The text of the model's last message.
    pub(crate) fn said(&self) -> &str {
        let mut messages = self.items.iter().rev().filter(|item| item["type"] == "agentMessage");
        messages.next().and_then(|item| item["text"].as_str()).unwrap_or_default()
    }
}

/// Reads a turn to its end; every event has to be the turn's own.
pub(crate) async fn read(mut turn: Turn) -> Seen {
    let mut seen = Seen { methods: Vec::new(), text: String::new(), items: Vec::new(), turn: Value::Null };
    let id = turn.id().to_owned();
    while let Some(event) = within("an event", turn.next()).await {
        let event = event.unwrap();
        assert_eq!(event.turn_id().as_deref(), Some(id.as_str()), "{}", event.params());
        let mut params: Value = serde_json::from_str(event.params()).unwrap();
        assert!(seen.turn.is_null(), "{} after the end", event.method());
        match event.method() {
            "item/agentMessage/delta" => seen.text.push_str(params["delta"].as_str().unwrap()),
            "item/completed" => seen.items.push(params["item"].take()),
            "turn/completed" => seen.turn = params["turn"].take(),
            _ => {}
        }
        seen.methods.push(event.method().to_owned());
    }
    assert!(!seen.turn.is_null(), "the events ended without `turn/completed`: {seen:?}");
    seen
}

/// Starts a turn and reads it to its end.
pub(crate) async fn run(thread: &Thread, text: &str) -> Seen {
    let turn = within("the start of a turn", thread.turn(text, TurnOptions::default())).await.unwrap();
    read(turn).await
}

/// Reads a turn up to its first piece of text.
pub(crate) async fn first_text(turn: &mut Turn) -> String {
    loop {
        let event = within("a piece of text", turn.next()).await.expect("a turn that goes on").unwrap();
        if event.method() == "item/agentMessage/delta" {
            let params: Value = serde_json::from_str(event.params()).unwrap();
            return params["delta"].as_str().unwrap().to_owned();
        }
    }
}
