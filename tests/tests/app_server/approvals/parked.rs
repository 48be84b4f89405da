//! Requests that are answered later, while everything else goes on.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use codex_ai::app_server::{
    Cancelled, Client, ClientOptions, CommandApproval, EventKind, RequestHandler, RequestId, ThreadOptions,
    TurnOptions, forward_requests,
};
use serde_json::json;
use tokio::sync::Notify;

use super::{COMMAND, FILES, command, forwarding, is_too_late, params};
use crate::peer::{Peer, stand_in};
use crate::reading::settled;

/// 3.4, handler takes long: each request has a task of its own, and unrelated calls go on at once.
#[tokio::test]
async fn a_slow_handler_holds_up_neither_calls_nor_other_requests() {
    struct Slow(Arc<Notify>);
    impl RequestHandler for Slow {
        async fn command(&self, request: CommandApproval) {
            self.0.notified().await;
            request.accept().unwrap();
        }

        async fn file_change(&self, request: codex_ai::app_server::FileChangeApproval) {
            request.decline().unwrap();
        }
    }
    let go = Arc::new(Notify::new());
    let (client, mut peer) = Peer::connect(ClientOptions::new().with_handler(Slow(Arc::clone(&go)))).await;
    peer.ask(0, COMMAND, params("u1")).await;
    peer.ask(1, COMMAND, params("u2")).await;
    settled(&client, &mut peer).await;
    peer.ask(2, FILES, params("u1")).await;
    assert_eq!(peer.next().await.unwrap(), json!({ "id": 2, "result": { "decision": "decline" } }));
    go.notify_waiters();
    for id in [0, 1] {
        assert_eq!(peer.next().await.unwrap(), json!({ "id": id, "result": { "decision": "accept" } }));
    }
}

/// A handle is put away and answered from another task; the method has long ended.
#[tokio::test]
async fn a_request_is_parked_in_a_map_and_answered_by_another_task() {
    let (client, mut peer, mut requests) = forwarding().await;
    let mut parked = HashMap::new();
    for id in 0..8 {
        peer.ask(id, COMMAND, params(&format!("u{id}"))).await;
        let request = command(requests.next().await);
        parked.insert(request.turn_id.clone(), request);
    }
    settled(&client, &mut peer).await;
    for id in [5, 0, 7, 2] {
        let request = parked.remove(&format!("u{id}")).unwrap();
        tokio::spawn(async move { request.accept_for_session() }).await.unwrap().unwrap();
        assert_eq!(peer.next().await.unwrap(), json!({ "id": id, "result": { "decision": "acceptForSession" } }));
    }
    assert!(parked.values().all(|request| !request.is_cancelled()));
}

/// The server's ids are those of the client's own calls: one is a request where it has a method.
#[tokio::test]
async fn ids_that_collide_with_those_of_calls_are_told_apart() {
    let (client, mut peer, mut requests) = forwarding().await;
    let call = {
        let client = client.clone();
        tokio::spawn(async move { client.request_raw("model/list", &json!({})).await })
    };
    let (id, _) = peer.asked("model/list").await;
    peer.ask(id.clone(), COMMAND, params("u1")).await;
    let request = command(requests.next().await);
    assert_eq!(*request.request_id(), RequestId::Number(id.as_i64().unwrap()));
    request.accept().unwrap();
    assert_eq!(peer.next().await.unwrap(), json!({ "id": id, "result": { "decision": "accept" } }));
    assert!(!call.is_finished());
    peer.answer(&id, json!({ "data": [] })).await;
    assert_eq!(call.await.unwrap().unwrap().get(), r#"{"data":[]}"#);
}

/// 16 turns, each with an approval whose id is that of another and of calls: each is answered, and each turn is whole.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn approvals_of_sixteen_turns_are_open_at_once() {
    const DELTAS: usize = 4000;
    let (flags, deltas) = (["--turns", "16", "--approval-at", "1", "--deltas"], DELTAS.to_string());
    let Some(options) = stand_in(&[flags.as_slice(), &[&deltas]].concat()) else { return };
    let (handler, mut requests) = forward_requests();
    let client = Client::spawn(options.with_client(ClientOptions::new().with_handler(handler))).await.unwrap();
    let mut turns = Vec::new();
    for _ in 0..16 {
        let thread = client.start_thread(ThreadOptions::new()).await.unwrap();
        turns.push(thread.turn("go", TurnOptions::default()).await.unwrap());
    }
    // The stand-in does not wait for the answers. They are asked for before nearly all of the other events.
    let mut open = HashMap::new();
    while open.len() < 16 {
        let next = tokio::time::timeout(Duration::from_secs(60), requests.next()).await;
        let request = command(next.expect("16 requests"));
        let number = request.turn_id.trim_start_matches("turn-").parse().unwrap();
        assert_eq!(*request.request_id(), RequestId::Number(number));
        open.insert(number, request);
    }
    for request in open.into_values() {
        let cancelled = request.cancelled();
        if let Err(error) = request.accept() {
            assert_eq!(cancelled.await, Some(Cancelled::TurnEnded), "{error}");
        }
    }
    let expected: String = (0..DELTAS).map(|n| format!("{n:07} ")).collect();
    for mut turn in turns {
        let mut text = String::new();
        while let Some(event) = turn.next().await {
            if let EventKind::AgentMessageDelta { delta, .. } = event.unwrap().kind() {
                text.push_str(&delta);
            }
        }
        assert!(text == expected, "{}: {} bytes", turn.id(), text.len());
    }
    client.shutdown().await;
}

/// A thread without a runtime answers.
#[tokio::test]
async fn a_thread_without_a_runtime_takes_requests_and_answers() {
    let (handler, mut requests) = forward_requests();
    let (client, mut peer) = Peer::connect(ClientOptions::new().with_handler(handler)).await;
    let answering = std::thread::spawn(move || {
        let mut answered = 0;
        while let Some(request) = requests.blocking_next() {
            command(Some(request)).accept().unwrap();
            answered += 1;
        }
        answered
    });
    for id in 0..3 {
        peer.ask(id, COMMAND, params("u1")).await;
        assert_eq!(peer.next().await.unwrap(), json!({ "id": id, "result": { "decision": "accept" } }));
    }
    drop(client);
    drop(peer);
    let answered = tokio::task::spawn_blocking(move || answering.join().unwrap()).await.unwrap();
    assert_eq!(answered, 3, "and the requests end with the client");
}

/// A request that waits for its answer is no reason to stay connected.
#[tokio::test]
async fn a_parked_request_does_not_keep_the_connection() {
    let (client, mut peer, mut requests) = forwarding().await;
    peer.ask(0, COMMAND, params("u1")).await;
    let request = command(requests.next().await);
    drop(client);
    assert_eq!(peer.next().await, None, "the client has closed its end");
    is_too_late(request.accept(), &Cancelled::Closed);
}
