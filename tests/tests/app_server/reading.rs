//! What the tests of the routing have in common: threads and turns on the peer, and what streams give.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use codex_ai::app_server::{Client, Event, EventKind, Events, Thread, ThreadOptions, Turn, TurnOptions};
use serde_json::json;

use crate::peer::Peer;

/// A thread that the peer has answered.
pub(crate) async fn thread(client: &Client, peer: &mut Peer, id: &str) -> Thread {
    let (thread, ()) = tokio::join!(client.start_thread(ThreadOptions::new()), peer.start_thread(id));
    thread.unwrap()
}

/// A turn that the peer has answered.
pub(crate) async fn turn(thread: &Thread, peer: &mut Peer, id: &str) -> Turn {
    let (turn, _) = tokio::join!(thread.turn("go", TurnOptions::default()), peer.start_turn(id));
    turn.unwrap()
}

/// Returns when the client has read all that the peer has written; it has nothing else to say, then.
pub(crate) async fn settled(client: &Client, peer: &mut Peer) {
    let answer = async {
        let (id, _) = peer.asked("model/list").await;
        peer.answer(&id, json!({})).await;
    };
    let params = json!({});
    let (answer, ()) = tokio::join!(client.request_raw("model/list", &params), answer);
    answer.unwrap();
}

/// An event in short: a delta by its text, a loss by its count, the end by its status, all else by its method.
pub(crate) fn short(event: &Event) -> String {
    match event.kind() {
        EventKind::AgentMessageDelta { delta, .. } => delta,
        EventKind::Lagged { missed } => format!("lost {missed}"),
        EventKind::TurnCompleted { .. } => {
            let params: serde_json::Value = serde_json::from_str(event.params()).unwrap();
            params["turn"]["status"].as_str().unwrap().to_owned()
        }
        _ => event.method().to_owned(),
    }
}

/// All events of a turn until its end.
pub(crate) async fn rest(turn: &mut Turn) -> Vec<String> {
    let mut all = Vec::new();
    while let Some(event) = turn.next().await {
        all.push(short(&event.unwrap()));
    }
    all
}

/// The next so many events.
pub(crate) async fn some(events: &mut Events, count: usize) -> Vec<String> {
    let mut all = Vec::new();
    for _ in 0..count {
        all.push(short(&events.next().await.unwrap().unwrap()));
    }
    all
}

/// What a turn gives at once: `Pending` where there is nothing yet.
pub(crate) fn now(turn: &mut Turn) -> Poll<Option<codex_ai::Result<Event>>> {
    pin!(turn.next()).poll(&mut Context::from_waker(Waker::noop()))
}

/// What other events give at once.
pub(crate) fn now_of(events: &mut Events) -> Poll<Option<codex_ai::Result<Event>>> {
    pin!(events.next()).poll(&mut Context::from_waker(Waker::noop()))
}
