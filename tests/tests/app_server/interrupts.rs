//! Turns that are to end before the server knows that they run: Codex 0.169.0 names a turn in its answer to `turn/start`,
//! says until `turn/started` that there is no active turn to interrupt, and runs it all the same.

use std::time::Duration;

use codex_ai::ErrorKind;
use codex_ai::app_server::{Client, ClientOptions, Thread, ThreadOptions, Turn, TurnOptions};
use serde_json::json;

use crate::peer::Peer;

const REFUSAL: &str = "no active turn to interrupt";

async fn thread(options: ClientOptions) -> (Client, Peer, Thread) {
    let (client, mut peer) = Peer::connect(options).await;
    let (thread, ()) = tokio::join!(client.start_thread(ThreadOptions::new()), peer.start_thread("t1"));
    (client, peer, thread.unwrap())
}

async fn turn(thread: &Thread, peer: &mut Peer, options: TurnOptions) -> Turn {
    tokio::join!(thread.turn("go", options), peer.start_turn("u1")).0.unwrap()
}

/// Refuses twice, and takes the third try.
async fn take_third(peer: &mut Peer) {
    let limit = Duration::from_secs(60);
    tokio::time::timeout(limit, refuse_twice(peer)).await.expect("three tries");
}

async fn refuse_twice(peer: &mut Peer) {
    for _ in 0..2 {
        let (id, _) = peer.asked("turn/interrupt").await;
        peer.refuse(&id, -32600, REFUSAL).await;
    }
    let (id, params) = peer.asked("turn/interrupt").await;
    assert_eq!(params, json!({ "threadId": "t1", "turnId": "u1" }));
    peer.answer(&id, json!({})).await;
    peer.complete("t1", "u1", "interrupted").await;
}

#[tokio::test(start_paused = true)]
async fn an_interrupt_is_sent_until_the_turn_has_begun() {
    let (_client, mut peer, thread) = thread(ClientOptions::new()).await;
    let turn = turn(&thread, &mut peer, TurnOptions::default()).await;
    let (interrupted, ()) = tokio::join!(turn.interrupt(), take_third(&mut peer));
    interrupted.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_turn_that_is_dropped_before_it_has_begun_is_interrupted() {
    let (_client, mut peer, thread) = thread(ClientOptions::new()).await;
    let turn = turn(&thread, &mut peer, TurnOptions::default()).await.interrupt_on_drop(true);
    drop(turn);
    take_third(&mut peer).await;
}

#[tokio::test(start_paused = true)]
async fn a_turn_that_is_named_after_its_caller_has_gone_is_interrupted() {
    let (_client, mut peer, thread) = thread(ClientOptions::new()).await;
    let options = TurnOptions::default().with_interrupt_on_drop(true);
    let started = tokio::time::timeout(Duration::from_secs(1), thread.turn("go", options)).await;
    assert!(started.is_err(), "the peer has not answered");
    peer.start_turn("u1").await;
    take_third(&mut peer).await;
}

#[tokio::test(start_paused = true)]
async fn an_interrupt_of_a_turn_that_is_over_is_refused_at_once() {
    let (_client, mut peer, thread) = thread(ClientOptions::new()).await;
    let mut turn = turn(&thread, &mut peer, TurnOptions::default()).await;
    let refused = async {
        // It ends while the first interrupt is under way.
        let (id, _) = peer.asked("turn/interrupt").await;
        peer.complete("t1", "u1", "completed").await;
        peer.refuse(&id, -32600, REFUSAL).await;
    };
    let (interrupted, ()) = tokio::join!(turn.interrupt(), refused);
    let error = interrupted.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert!(error.to_string().contains(REFUSAL), "{error}");
    while turn.next().await.is_some() {}
}

#[tokio::test(start_paused = true)]
async fn a_server_that_never_knows_the_turn_is_asked_for_some_seconds_only() {
    let (_client, mut peer, thread) = thread(ClientOptions::new()).await;
    let turn = turn(&thread, &mut peer, TurnOptions::default()).await;
    let refusing = async {
        loop {
            let (id, _) = peer.asked("turn/interrupt").await;
            peer.refuse(&id, -32600, REFUSAL).await;
        }
    };
    let start = tokio::time::Instant::now();
    let error = tokio::select! {
        result = turn.interrupt() => result.unwrap_err(),
        () = refusing => unreachable!("it refuses for ever"),
    };
    assert!(error.to_string().contains(REFUSAL), "{error}");
    let took = start.elapsed();
    assert!(took > Duration::from_secs(3) && took < Duration::from_secs(8), "{took:?}");
}
