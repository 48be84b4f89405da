//! Turns while they run: streams, steering, interrupts, silence.

use std::time::Duration;

use codex_ai::ErrorKind;
use codex_ai::app_server::{Client, ClientOptions, EventKind, Thread, ThreadOptions, Turn, TurnOptions, TurnStatus};
use serde_json::{Value, json};
use tokio::time::{Instant, timeout};

use crate::peer::Peer;

async fn thread_of(options: ClientOptions) -> (Client, Thread, Peer) {
    let (client, mut peer) = Peer::connect(options).await;
    let (thread, ()) = tokio::join!(client.start_thread(ThreadOptions::new()), peer.start_thread("t1"));
    (client, thread.expect("a thread"), peer)
}

/// A client, its thread `t1`, and a turn `u1` of it.
async fn turn_with(options: TurnOptions) -> (Client, Thread, Turn, Peer) {
    let (client, thread, mut peer) = thread_of(ClientOptions::new()).await;
    let (turn, _) = tokio::join!(thread.turn("go", options), peer.start_turn("u1"));
    (client, thread, turn.expect("a turn"), peer)
}

async fn delta_of(turn: &mut Turn) -> String {
    match turn.next().await.unwrap().unwrap().kind() {
        EventKind::AgentMessageDelta { delta, .. } => delta,
        other => panic!("{other:?}"),
    }
}

/// 3.3, 1.
#[tokio::test]
async fn two_calls_overlap() {
    let (_client, thread, mut peer) = thread_of(ClientOptions::new()).await;
    let server = async {
        // Neither is answered before both have come.
        let (first, _) = peer.asked("thread/name/set").await;
        let (second, _) = peer.asked("thread/read").await;
        peer.answer(&second, json!({ "thread": { "id": "t1", "name": "n" } })).await;
        peer.answer(&first, json!({})).await;
    };
    let (named, read, ()) = tokio::join!(thread.set_name("n"), thread.read(false), server);
    named.unwrap();
    assert_eq!(read.unwrap().name.as_deref(), Some("n"));
}

/// 3.3, 2.
#[tokio::test]
async fn a_text_comes_piece_by_piece_and_other_calls_end_before_it_does() {
    let (_client, thread, mut peer) = thread_of(ClientOptions::new()).await;
    let (text, _) = tokio::join!(thread.stream_text("go"), peer.start_turn("u1"));
    let mut text = text.unwrap();
    peer.delta("t1", "u1", "one").await;
    assert_eq!(text.next().await.unwrap().unwrap(), "one");
    let server = async {
        let (id, _) = peer.asked("thread/name/set").await;
        peer.answer(&id, json!({})).await;
    };
    let (named, ()) = tokio::join!(thread.set_name("n"), server);
    named.unwrap();
    peer.delta("t1", "u1", "two").await;
    assert_eq!(text.next().await.unwrap().unwrap(), "two");
    peer.complete("t1", "u1", "completed").await;
    assert!(text.next().await.is_none());
}

/// 3.3, 4.
#[tokio::test]
async fn a_text_stream_gives_the_models_words_and_nothing_else() {
    let (_client, thread, mut peer) = thread_of(ClientOptions::new()).await;
    let (text, _) = tokio::join!(thread.stream_text("go"), peer.start_turn("u1"));
    let mut text = text.unwrap();
    let of = |more: Value| {
        let mut params = json!({ "threadId": "t1", "turnId": "u1", "itemId": "i" });
        params.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        params
    };
    peer.notify(
        "turn/started",
        json!({ "threadId": "t1", "turn": { "id": "u1", "items": [], "status": "inProgress" } }),
    )
    .await;
    peer.notify("item/reasoning/textDelta", of(json!({ "delta": "hm", "contentIndex": 0 }))).await;
    peer.notify("item/commandExecution/outputDelta", of(json!({ "delta": "total 0" }))).await;
    peer.delta("t1", "u2", "foreign").await;
    peer.delta("t1", "u1", "a").await;
    peer.notify("future/thing", of(json!({ "delta": "b" }))).await;
    peer.delta("t1", "u1", "c").await;
    peer.notify("item/completed", of(json!({ "item": { "type": "agentMessage", "id": "m", "text": "ac" } }))).await;
    peer.complete("t1", "u1", "completed").await;
    let mut pieces = Vec::new();
    while let Some(piece) = text.next().await {
        pieces.push(piece.unwrap());
    }
    assert_eq!(pieces, ["a", "c"]);
    let turn = text.finish().await.unwrap();
    assert_eq!((turn.final_text.as_deref(), turn.items.len()), (Some("ac"), 1));
}

#[tokio::test]
async fn a_text_stream_of_a_failed_turn_ends_in_its_error() {
    let (_client, thread, mut peer) = thread_of(ClientOptions::new()).await;
    let (text, _) = tokio::join!(thread.stream_text("go"), peer.start_turn("u1"));
    let mut text = text.unwrap();
    peer.delta("t1", "u1", "a").await;
    let error = json!({ "message": "no such model", "codexErrorInfo": "modelNotFound" });
    let turn = json!({ "id": "u1", "items": [], "status": "failed", "error": error });
    peer.notify("turn/completed", json!({ "threadId": "t1", "turn": turn })).await;
    assert_eq!(text.next().await.unwrap().unwrap(), "a");
    assert_eq!(text.next().await.unwrap().unwrap_err().kind(), ErrorKind::NotFound);
    assert!(text.next().await.is_none());
    assert_eq!(text.finish().await.unwrap_err().answer(), Some("a"));
}

/// 3.3, 6.
#[tokio::test]
async fn events_before_the_answer_are_kept_with_the_end_of_the_turn() {
    let (_client, thread, mut peer) = thread_of(ClientOptions::new()).await;
    let server = async {
        let (id, _) = peer.asked("turn/start").await;
        peer.delta("t1", "u1", "early").await;
        peer.complete("t1", "u1", "completed").await;
        peer.answer(&id, json!({ "turn": { "id": "u1", "items": [], "status": "inProgress" } })).await;
    };
    let (turn, ()) = tokio::join!(thread.turn("go", TurnOptions::new()), server);
    let mut turn = turn.unwrap();
    assert_eq!(delta_of(&mut turn).await, "early");
    assert_eq!(turn.next().await.unwrap().unwrap().method(), "turn/completed");
    assert!(turn.next().await.is_none());
}

/// 3.3, 10.
#[tokio::test]
async fn two_streams_of_one_client_see_only_their_own() {
    let (client, first, mut peer) = thread_of(ClientOptions::new()).await;
    let (second, ()) = tokio::join!(client.start_thread(ThreadOptions::new()), peer.start_thread("t2"));
    let second = second.unwrap();
    let (a, _) = tokio::join!(first.turn("a", TurnOptions::new()), peer.start_turn("u1"));
    let (b, _) = tokio::join!(second.turn("b", TurnOptions::new()), peer.start_turn("u2"));
    for n in 0..20 {
        peer.delta("t2", "u2", &format!("b{n}")).await;
        peer.delta("t1", "u1", &format!("a{n}")).await;
    }
    for (thread, turn) in [("t2", "u2"), ("t1", "u1")] {
        let item = json!({ "type": "agentMessage", "id": "msg", "text": format!("of {turn}") });
        peer.notify("item/completed", json!({ "threadId": thread, "turnId": turn, "item": item })).await;
        peer.complete(thread, turn, "completed").await;
    }
    for (turn, own, id) in [(a.unwrap(), "a", "u1"), (b.unwrap(), "b", "u2")] {
        let mut text = turn.text();
        let mut pieces = String::new();
        while let Some(piece) = text.next().await {
            pieces.push_str(&piece.unwrap());
        }
        assert_eq!(pieces, (0..20).map(|n| format!("{own}{n}")).collect::<String>());
        let turn = text.finish().await.unwrap();
        assert_eq!((turn.id.as_str(), turn.items.len(), turn.final_text), (id, 1, Some(format!("of {id}"))));
    }
}

/// 3.3, 11.
#[tokio::test]
async fn a_stream_gives_pieces_then_items_and_one_end() {
    let (_client, _thread, mut turn, mut peer) = turn_with(TurnOptions::new()).await;
    peer.delta("t1", "u1", "hi").await;
    let item = json!({ "type": "agentMessage", "id": "msg", "text": "hi" });
    peer.notify("item/completed", json!({ "threadId": "t1", "turnId": "u1", "item": item })).await;
    peer.complete("t1", "u1", "completed").await;
    peer.complete("t1", "u1", "completed").await;
    let mut methods = Vec::new();
    while let Some(event) = turn.next().await {
        methods.push(event.unwrap().method().to_owned());
    }
    assert_eq!(methods, ["item/agentMessage/delta", "item/completed", "turn/completed"]);
}

/// 3.4: a time limit round one `anext()` closes the stream.
#[tokio::test(start_paused = true)]
async fn a_time_limit_round_one_event_loses_nothing() {
    let (_client, _thread, mut turn, mut peer) = turn_with(TurnOptions::new()).await;
    for n in 0..24 {
        let limit = Duration::from_millis(10);
        assert!(timeout(limit, turn.next()).await.is_err());
        peer.delta("t1", "u1", &n.to_string()).await;
        if n % 2 == 0 {
            assert_eq!(delta_of(&mut turn).await, n.to_string());
        } else {
            // What came while nobody waited.
            tokio::task::yield_now().await;
            assert_eq!(timeout(Duration::from_secs(1), delta_of(&mut turn)).await.unwrap(), n.to_string());
        }
    }
    peer.complete("t1", "u1", "completed").await;
    assert_eq!(turn.next().await.unwrap().unwrap().method(), "turn/completed");
}

#[tokio::test]
async fn a_turn_is_steered_and_interrupted_beside_its_reader() {
    let (_client, _thread, turn, mut peer) = turn_with(TurnOptions::new()).await;
    let control = turn.control();
    let server = async {
        let (id, params) = peer.asked("turn/steer").await;
        let input = json!([{ "type": "text", "text": "shorter" }]);
        assert_eq!(params, json!({ "threadId": "t1", "expectedTurnId": "u1", "input": input }));
        peer.answer(&id, json!({ "turnId": "u1" })).await;
        let (id, params) = peer.asked("turn/interrupt").await;
        assert_eq!(params, json!({ "threadId": "t1", "turnId": "u1" }));
        peer.answer(&id, json!({})).await;
        peer.complete("t1", "u1", "interrupted").await;
    };
    let steering = async {
        control.steer("shorter").await.unwrap();
        control.interrupt().await.unwrap();
    };
    let (turn, (), ()) = tokio::join!(turn.run(), steering, server);
    assert_eq!(turn.unwrap().status, TurnStatus::Interrupted);
}

/// A turn is not steered in place of another one.
#[tokio::test]
async fn what_was_meant_for_a_turn_that_is_over_goes_to_no_other() {
    let (_client, _thread, turn, mut peer) = turn_with(TurnOptions::new()).await;
    let server = async {
        let (id, _) = peer.asked("turn/steer").await;
        peer.refuse(&id, -32600, "expected active turn id `u1` but found `u2`").await;
    };
    let (steered, ()) = tokio::join!(turn.steer("more"), server);
    let error = steered.unwrap_err();
    assert!(error.message().contains("but found `u2`"), "{error}");
}

/// Fact 7: a busy thread joins.
#[tokio::test]
async fn both_handles_of_a_joined_turn_see_all_of_it() {
    let (_client, thread, mut first, mut peer) = turn_with(TurnOptions::new()).await;
    peer.delta("t1", "u1", "one").await;
    let (second, _) = tokio::join!(thread.turn("more", TurnOptions::new()), peer.start_turn("u1"));
    let mut second = second.unwrap();
    let mut third = thread.join("u1");
    peer.delta("t1", "u1", "two").await;
    peer.complete("t1", "u1", "completed").await;
    for turn in [&mut first, &mut second, &mut third] {
        assert_eq!(delta_of(turn).await, "one");
        assert_eq!(delta_of(turn).await, "two");
        assert_eq!(turn.next().await.unwrap().unwrap().method(), "turn/completed");
        assert!(turn.next().await.is_none());
    }
}

#[tokio::test]
async fn a_dropped_turn_runs_on_unless_it_was_asked_not_to() {
    let (_client, thread, turn, mut peer) = turn_with(TurnOptions::new()).await;
    drop(turn);
    let options = TurnOptions::new().with_interrupt_on_drop(true);
    let (turn, params) = tokio::join!(thread.turn("go", options), peer.start_turn("u2"));
    // The choice is the client's own: the server is not told.
    assert_eq!(params.as_object().unwrap().len(), 2, "{params}");
    drop(turn.unwrap());
    // The first that is interrupted is the second.
    let (_, params) = peer.asked("turn/interrupt").await;
    assert_eq!(params, json!({ "threadId": "t1", "turnId": "u2" }));
}

#[tokio::test]
async fn a_turn_is_not_interrupted_after_its_end_or_while_another_handle_sees_it() {
    let (_client, thread, mut turn, mut peer) = turn_with(TurnOptions::new().with_interrupt_on_drop(true)).await;
    let joined = thread.join("u1");
    drop(joined.interrupt_on_drop(true));
    peer.complete("t1", "u1", "completed").await;
    assert_eq!(turn.next().await.unwrap().unwrap().method(), "turn/completed");
    drop(turn);
    let server = async {
        let (id, _) = peer.asked("thread/name/set").await;
        peer.answer(&id, json!({})).await;
    };
    tokio::join!(thread.set_name("n"), server).0.unwrap();
}

#[tokio::test]
async fn a_start_that_is_given_up_leaves_no_turn_running() {
    let (_client, thread, mut peer) = thread_of(ClientOptions::new()).await;
    let options = TurnOptions::new().with_interrupt_on_drop(true);
    let starting = tokio::spawn({
        let thread = thread.clone();
        async move { drop(thread.turn("go", options).await) }
    });
    let (id, _) = peer.asked("turn/start").await;
    starting.abort();
    assert!(starting.await.unwrap_err().is_cancelled());
    peer.answer(&id, json!({ "turn": { "id": "u1", "items": [], "status": "inProgress" } })).await;
    let (_, params) = peer.asked("turn/interrupt").await;
    assert_eq!(params, json!({ "threadId": "t1", "turnId": "u1" }));
}

const LIMIT: Duration = Duration::from_secs(30);

/// Section 5, ask 2: only the turn's own events count.
#[tokio::test(start_paused = true)]
async fn a_silent_turn_is_looked_at_once_interrupted_and_given_up() {
    let (_client, _thread, mut turn, mut peer) = turn_with(TurnOptions::new().with_idle_timeout(LIMIT)).await;
    let begun = Instant::now();
    let server = async {
        tokio::time::sleep(LIMIT / 2).await;
        peer.delta("t1", "u1", "a").await;
        tokio::time::sleep(LIMIT / 2).await;
        // Another turn's event is none.
        peer.delta("t1", "u2", "foreign").await;
        let (id, params) = peer.asked("thread/read").await;
        assert_eq!(params, json!({ "threadId": "t1", "includeTurns": true }));
        let status = json!({ "type": "active", "activeFlags": [] });
        let turns = json!([{ "id": "u1", "items": [], "status": "inProgress" }]);
        peer.answer(&id, json!({ "thread": { "id": "t1", "status": status, "turns": turns } })).await;
        let (id, params) = peer.asked("turn/interrupt").await;
        assert_eq!(params, json!({ "threadId": "t1", "turnId": "u1" }));
        peer.answer(&id, json!({})).await;
        peer.delta("t1", "u1", "late").await;
        peer.complete("t1", "u1", "interrupted").await;
    };
    let reader = async {
        assert_eq!(delta_of(&mut turn).await, "a");
        let error = turn.next().await.unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Timeout);
        assert!(error.message().contains("30s"), "{error}");
        assert!((LIMIT * 3 / 2..LIMIT * 2).contains(&begun.elapsed()), "{:?}", begun.elapsed());
        // What comes later is there for who reads on.
        assert_eq!(delta_of(&mut turn).await, "late");
        assert_eq!(turn.next().await.unwrap().unwrap().method(), "turn/completed");
        assert!(turn.next().await.is_none());
    };
    tokio::join!(reader, server);
}

/// Section 5, ask 2: `thread/read` tells the truth.
#[tokio::test(start_paused = true)]
async fn a_silent_turn_that_is_over_ends_as_the_server_says() {
    let (_client, _thread, turn, mut peer) = turn_with(TurnOptions::new().with_idle_timeout(LIMIT)).await;
    let server = async {
        let (id, _) = peer.asked("thread/read").await;
        let item = json!({ "type": "agentMessage", "id": "m", "text": "done", "phase": null });
        let turns = json!([
            { "id": "u0", "items": [], "status": "completed" },
            { "id": "u1", "items": [item], "itemsView": "full", "status": "completed", "durationMs": 5 },
        ]);
        peer.answer(&id, json!({ "thread": { "id": "t1", "status": { "type": "idle" }, "turns": turns } })).await;
    };
    let (turn, ()) = tokio::join!(turn.run(), server);
    let turn = turn.unwrap();
    assert_eq!(
        (turn.status, turn.final_text.as_deref(), turn.duration_ms),
        (TurnStatus::Completed, Some("done"), Some(5))
    );
}

#[tokio::test(start_paused = true)]
async fn a_turn_that_waits_for_an_approval_is_not_given_up() {
    let (_client, _thread, mut turn, mut peer) = turn_with(TurnOptions::new().with_idle_timeout(LIMIT)).await;
    let server = async {
        for _ in 0..2 {
            let (id, _) = peer.asked("thread/read").await;
            let status = json!({ "type": "active", "activeFlags": ["waitingOnApproval"] });
            let turns = json!([{ "id": "u1", "items": [], "status": "inProgress" }]);
            peer.answer(&id, json!({ "thread": { "id": "t1", "status": status, "turns": turns } })).await;
        }
        peer.delta("t1", "u1", "on").await;
    };
    let (delta, ()) = tokio::join!(delta_of(&mut turn), server);
    assert_eq!(delta, "on");
}

/// An ephemeral thread does not tell its turns, and a server may answer nothing at all.
#[tokio::test(start_paused = true)]
async fn a_silent_server_cannot_hold_up_the_end_of_waiting() {
    let (_client, _thread, mut turn, mut peer) = turn_with(TurnOptions::new().with_idle_timeout(LIMIT)).await;
    let begun = Instant::now();
    let server = async {
        let (id, _) = peer.asked("thread/read").await;
        peer.refuse(&id, -32600, "ephemeral threads do not support includeTurns").await;
        let (_, params) = peer.asked("thread/read").await;
        assert_eq!(params["includeTurns"], false);
        peer.asked("turn/interrupt").await;
    };
    let (next, ()) = tokio::join!(turn.next(), server);
    assert_eq!(next.unwrap().unwrap_err().kind(), ErrorKind::Timeout);
    assert!(begun.elapsed() < LIMIT + Duration::from_secs(15), "{:?}", begun.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_turn_of_a_client_without_a_limit_may_be_silent() {
    let (_client, _thread, mut turn, mut peer) = turn_with(TurnOptions::new()).await;
    let server = async {
        tokio::time::sleep(Duration::from_secs(100_000)).await;
        peer.delta("t1", "u1", "at last").await;
    };
    let (delta, ()) = tokio::join!(delta_of(&mut turn), server);
    assert_eq!(delta, "at last");
}
