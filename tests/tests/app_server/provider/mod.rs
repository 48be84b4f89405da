//! Prompts as turns: what the server is asked, what comes back, and what is refused.

mod answers;
mod pieces;
mod requests;
mod spans;

use std::collections::BTreeMap;

use codex_ai::app_server::{ClientOptions, Provider};
use codex_ai::{LlmSchema, Message, Prompt, Request, prompt};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::peer::Peer;

/// What the server was asked for one request.
pub(super) struct Asked {
    pub(super) thread: Value,
    /// `null` where there was no history.
    pub(super) history: Value,
    pub(super) turn: Value,
}

/// Answers until a turn runs; `n` is in the ids of its thread and turn.
pub(super) async fn begun(peer: &mut Peer, n: usize) -> Asked {
    let (id, thread) = peer.asked("thread/start").await;
    let info = json!({ "id": format!("t{n}"), "model": "gpt-test" });
    peer.answer(&id, json!({ "thread": info, "model": "gpt-test", "modelProvider": "p", "cwd": "/" })).await;
    let mut history = Value::Null;
    loop {
        let mut message = peer.next().await.expect("a request");
        let (id, mut params) = (message["id"].take(), message["params"].take());
        assert_eq!(params["threadId"], format!("t{n}"));
        match message["method"].as_str() {
            Some("thread/inject_items") => {
                history = params["items"].take();
                peer.answer(&id, json!({})).await;
            }
            Some("turn/start") => {
                let turn = json!({ "id": format!("u{n}"), "items": [], "status": "inProgress" });
                peer.answer(&id, json!({ "turn": turn })).await;
                return Asked { thread, history, turn: params };
            }
            _ => panic!("{message}"),
        }
    }
}

pub(super) async fn notify(peer: &mut Peer, n: usize, method: &str, mut params: Value) {
    params["threadId"] = json!(format!("t{n}"));
    params["turnId"] = json!(format!("u{n}"));
    peer.notify(method, params).await;
}

/// Says a message word by word.
pub(super) async fn say(peer: &mut Peer, n: usize, id: &str, phase: Option<&str>, text: &str) {
    let item = |text: &str| json!({ "item": { "type": "agentMessage", "id": id, "text": text, "phase": phase } });
    notify(peer, n, "item/started", item("")).await;
    for word in text.split_inclusive(' ') {
        notify(peer, n, "item/agentMessage/delta", json!({ "itemId": id, "delta": word })).await;
    }
    notify(peer, n, "item/completed", item(text)).await;
}

pub(super) async fn end(peer: &mut Peer, n: usize, status: &str, error: Value) {
    let tokens = json!({
        "totalTokens": 18, "inputTokens": 11, "cachedInputTokens": 3, "cacheWriteInputTokens": 2, "outputTokens": 7,
        "reasoningOutputTokens": 4,
    });
    let usage = json!({ "tokenUsage": { "last": tokens, "total": tokens, "modelContextWindow": 1000 } });
    notify(peer, n, "thread/tokenUsage/updated", usage).await;
    let turn = json!({ "id": format!("u{n}"), "items": [], "status": status, "error": error });
    peer.notify("turn/completed", json!({ "threadId": format!("t{n}"), "turn": turn })).await;
}

/// The thread of a turn that is over is let go of.
pub(super) async fn released(peer: &mut Peer, n: usize) {
    let (id, params) = peer.asked("thread/unsubscribe").await;
    assert_eq!(params["threadId"], format!("t{n}"));
    peer.answer(&id, json!({ "status": "unsubscribed" })).await;
}

/// Answers one request with this text, as the final answer.
pub(super) async fn answered(peer: &mut Peer, n: usize, text: &str) -> Asked {
    let asked = begun(peer, n).await;
    say(peer, n, "m", Some("final_answer"), text).await;
    end(peer, n, "completed", Value::Null).await;
    released(peer, n).await;
    asked
}

pub(super) async fn connected() -> (Provider, Peer) {
    let (client, peer) = Peer::connect(ClientOptions::new()).await;
    (Provider::new(client), peer)
}

pub(super) fn asking(text: &str) -> Request {
    Request::new(vec![Message::user(text)])
}

/// Greets somebody.
#[prompt(mode = "codex.greet")]
pub(super) async fn greet(name: &str) -> String {
    format!("Greet {name}.")
}

#[derive(Debug, PartialEq, Deserialize, LlmSchema)]
pub(super) struct Prices {
    /// What each costs.
    pub(super) prices: BTreeMap<String, f64>,
}

/// Lists prices.
#[prompt(mode = "codex.prices")]
pub(super) async fn list_prices(text: &str) -> Prompt<Prices> {
    Prompt::new().system("You read lists.").user(text)
}

pub(super) const IN_STRICT_FORM: &str = r#"{"prices":[{"key":"apple","value":1.5},{"key":"pear","value":2}]}"#;
