//! Events that come before anybody knows their turn, and turns that nobody wants any more.

use std::time::Duration;

use codex_ai::ErrorKind;
use codex_ai::app_server::{Client, ClientOptions, Thread, ThreadOptions, Turn, TurnOptions};
use serde_json::{Value, json};

use crate::peer::{Peer, stand_in};
use crate::reading::{rest, settled, short, thread, turn};

/// `turn/start` under way: its id at the peer, and the task that waits for the answer.
async fn begun(thread: &Thread, peer: &mut Peer) -> (Value, tokio::task::JoinHandle<codex_ai::Result<Turn>>) {
    let thread = thread.clone();
    let task = tokio::spawn(async move { thread.turn("go", TurnOptions::default()).await });
    let (id, _) = peer.asked("turn/start").await;
    (id, task)
}

async fn answer(peer: &mut Peer, id: &Value, turn: &str) {
    peer.answer(id, json!({ "turn": { "id": turn, "items": [], "status": "inProgress" } })).await;
}

/// 3.3, 6.
#[tokio::test]
async fn events_before_the_answer_are_kept_with_the_end() {
    let (client, mut peer) = Peer::connect(ClientOptions::new()).await;
    let thread = thread(&client, &mut peer, "t1").await;
    let (id, task) = begun(&thread, &mut peer).await;
    peer.delta("t1", "u1", "a").await;
    peer.delta("t1", "u1", "b").await;
    peer.complete("t1", "u1", "completed").await;
    settled(&client, &mut peer).await;
    assert_eq!(client.counts().open_turns, 1);
    answer(&mut peer, &id, "u1").await;
    let mut turn = task.await.unwrap().unwrap();
    assert_eq!(rest(&mut turn).await, ["a", "b", "completed"]);
    drop(turn);
    assert_eq!((client.counts().open_turns, client.counts().unclaimed_turns), (0, 0));
}

/// The end alone, without a thread's id.
#[tokio::test]
async fn an_end_without_a_thread_waits_for_any_start() {
    let (client, mut peer) = Peer::connect(ClientOptions::new()).await;
    let thread = thread(&client, &mut peer, "t1").await;
    let (id, task) = begun(&thread, &mut peer).await;
    let turn = json!({ "id": "u1", "items": [], "status": "completed" });
    peer.notify("item/agentMessage/delta", json!({ "turnId": "u1", "itemId": "i", "delta": "a" })).await;
    peer.notify("turn/completed", json!({ "turn": turn })).await;
    answer(&mut peer, &id, "u1").await;
    assert_eq!(rest(&mut task.await.unwrap().unwrap()).await, ["a", "completed"]);
}

/// 3.3, 7.
#[tokio::test]
async fn what_nobody_claims_goes_when_it_completes() {
    let (client, mut peer) = Peer::connect(ClientOptions::new()).await;
    let thread = thread(&client, &mut peer, "t1").await;
    for n in 0..100 {
        let id = format!("u{n}");
        peer.delta("t1", &id, "x").await;
        peer.complete("t1", &id, "completed").await;
    }
    settled(&client, &mut peer).await;
    assert_eq!((client.counts().open_turns, client.counts().unclaimed_turns), (0, 100));
    assert_eq!(rest(&mut thread.join("u99")).await, ["lost 1", "completed"]);
}

/// An answer on another thread does not hold up what nobody claims here; one on this thread does, until it comes.
#[tokio::test]
async fn a_complete_turn_waits_for_the_starts_of_its_thread_only() {
    let (client, mut peer) = Peer::connect(ClientOptions::new()).await;
    let (one, two) = (thread(&client, &mut peer, "t1").await, thread(&client, &mut peer, "t2").await);
    let (id, task) = begun(&two, &mut peer).await;
    peer.complete("t1", "u1", "completed").await;
    peer.complete("t2", "u2", "completed").await;
    settled(&client, &mut peer).await;
    assert_eq!(client.counts().open_turns, 1);
    peer.refuse(&id, -32600, "no").await;
    task.await.unwrap().unwrap_err();
    assert_eq!(client.counts().open_turns, 0);
    drop(one);
}

#[tokio::test]
async fn unclaimed_turns_are_bounded_by_their_number() {
    let (client, mut peer) = Peer::connect(ClientOptions::new()).await;
    let thread = thread(&client, &mut peer, "t1").await;
    let (id, task) = begun(&thread, &mut peer).await;
    peer.delta("t1", "u1", "first").await;
    for n in 0..400 {
        peer.delta("t1", &format!("other-{n}"), "x").await;
        if n == 100 {
            // What has had an event lately stays.
            peer.delta("t1", "kept", "a").await;
        }
    }
    peer.delta("t1", "u1", "second").await;
    settled(&client, &mut peer).await;
    assert_eq!(client.counts().open_turns, 256);
    answer(&mut peer, &id, "u1").await;
    peer.complete("t1", "u1", "completed").await;
    // Its first event is gone, and told.
    assert_eq!(rest(&mut task.await.unwrap().unwrap()).await, ["lost 1", "second", "completed"]);
    assert_eq!(short(&thread.join("kept").next().await.unwrap().unwrap()), "lost 1");
    assert_eq!(short(&thread.join("other-399").next().await.unwrap().unwrap()), "x");
}

#[tokio::test]
async fn unclaimed_turns_are_bounded_by_their_bytes() {
    let (client, mut peer) = Peer::connect(ClientOptions::new()).await;
    let thread = thread(&client, &mut peer, "t1").await;
    let text = "x".repeat(1 << 20);
    for n in 0..40 {
        peer.delta("t1", &format!("u{n}"), &text).await;
    }
    settled(&client, &mut peer).await;
    let open = client.counts().open_turns;
    assert!((1..=8).contains(&open), "{open} MiB are kept");
    assert_eq!(short(&thread.join("u39").next().await.unwrap().unwrap()), text);
    assert_eq!(short(&thread.join("u0").next().await.unwrap().unwrap()), "lost 1");
}

/// The stand-in server writes part of each turn, or all of it, before its answer.
#[tokio::test]
async fn a_process_that_is_early_loses_nothing() {
    for flags in [
        &["--turns", "8", "--deltas", "500", "--early", "5"][..],
        &["--turns", "8", "--deltas", "500", "--early-complete"],
    ] {
        let Some(options) = stand_in(flags) else { return };
        let client = Client::spawn(options).await.unwrap();
        let mut turns = Vec::new();
        for _ in 0..8 {
            let thread = client.start_thread(ThreadOptions::new()).await.unwrap();
            turns.push(thread.turn("go", TurnOptions::default()).await.unwrap());
        }
        for mut turn in turns {
            let seen = rest(&mut turn).await;
            let deltas: Vec<_> = seen.iter().filter(|text| text.ends_with(' ')).cloned().collect();
            assert_eq!(deltas, (0..500).map(|n| format!("{n:07} ")).collect::<Vec<_>>());
            assert_eq!(seen[0], "turn/started");
            assert_eq!(seen.len(), 1 + 500 + 3);
        }
        let counts = client.counts();
        assert_eq!((counts.open_turns, counts.open_requests, counts.unclaimed_turns), (0, 0, 0));
        client.shutdown().await;
    }
}

#[tokio::test]
async fn the_turn_of_a_start_that_was_cancelled_leaves_nothing() {
    let (client, mut peer) = Peer::connect(ClientOptions::new()).await;
    let thread = thread(&client, &mut peer, "t1").await;
    let (id, task) = begun(&thread, &mut peer).await;
    peer.delta("t1", "u1", "early").await;
    task.abort();
    task.await.unwrap_err();
    answer(&mut peer, &id, "u1").await;
    peer.delta("t1", "u1", "late").await;
    settled(&client, &mut peer).await;
    assert_eq!(client.counts().unexpected_answers, 1);
    peer.complete("t1", "u1", "completed").await;
    settled(&client, &mut peer).await;
    let counts = client.counts();
    assert_eq!((counts.open_turns, counts.open_requests), (0, 0));
}

#[tokio::test]
async fn a_late_answer_interrupts_a_turn_that_nobody_wants_where_that_was_chosen() {
    for chosen in [true, false] {
        let (client, mut peer) = Peer::connect(ClientOptions::new().with_interrupt_on_drop(chosen)).await;
        let thread = thread(&client, &mut peer, "t1").await;
        let (id, task) = begun(&thread, &mut peer).await;
        task.abort();
        task.await.unwrap_err();
        assert_eq!(client.counts().open_requests, usize::from(chosen));
        answer(&mut peer, &id, "u1").await;
        if chosen {
            let (id, params) = peer.asked("turn/interrupt").await;
            assert_eq!(params, json!({ "threadId": "t1", "turnId": "u1" }));
            peer.answer(&id, json!({})).await;
            peer.complete("t1", "u1", "interrupted").await;
        }
        // Where it was not chosen, this is the next that the peer is asked.
        settled(&client, &mut peer).await;
        assert_eq!(client.counts().open_requests, 0);
    }
}

#[tokio::test(start_paused = true)]
async fn a_start_that_was_answered_too_late_is_interrupted() {
    let options = ClientOptions::new().with_interrupt_on_drop(true).with_request_timeout(Duration::from_secs(5));
    let (client, mut peer) = Peer::connect(options).await;
    let thread = thread(&client, &mut peer, "t1").await;
    let (id, task) = begun(&thread, &mut peer).await;
    assert_eq!(task.await.unwrap().unwrap_err().kind(), ErrorKind::Timeout);
    answer(&mut peer, &id, "u1").await;
    let (_, params) = peer.asked("turn/interrupt").await;
    assert_eq!(params["turnId"], "u1");
}

/// The answer is there, but its caller goes before it looks.
#[tokio::test]
async fn an_answer_that_was_not_taken_is_interrupted() {
    let (client, mut peer) = Peer::connect(ClientOptions::new().with_interrupt_on_drop(true)).await;
    let thread = thread(&client, &mut peer, "t1").await;
    let mut start = Box::pin(thread.turn("go", TurnOptions::default()));
    let id = tokio::select! {
        biased;
        _ = &mut start => unreachable!("no answer yet"),
        (id, _) = peer.asked("turn/start") => id,
    };
    answer(&mut peer, &id, "u1").await;
    settled(&client, &mut peer).await;
    drop(start);
    let (id, params) = peer.asked("turn/interrupt").await;
    assert_eq!(params["turnId"], "u1");
    peer.answer(&id, json!({})).await;
    peer.complete("t1", "u1", "interrupted").await;
    settled(&client, &mut peer).await;
    let counts = client.counts();
    assert_eq!((counts.open_turns, counts.open_requests), (0, 0));
}

/// A start that was cancelled had joined the turn of another handle, which goes on.
#[tokio::test]
async fn a_turn_that_another_handle_reads_is_not_interrupted() {
    let (client, mut peer) = Peer::connect(ClientOptions::new().with_interrupt_on_drop(true)).await;
    let thread = thread(&client, &mut peer, "t1").await;
    let mut other = turn(&thread, &mut peer, "u1").await;
    let (id, task) = begun(&thread, &mut peer).await;
    task.abort();
    task.await.unwrap_err();
    answer(&mut peer, &id, "u1").await;
    peer.delta("t1", "u1", "on").await;
    settled(&client, &mut peer).await;
    peer.complete("t1", "u1", "completed").await;
    assert_eq!(rest(&mut other).await, ["on", "completed"]);
}
