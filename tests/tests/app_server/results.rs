//! What a turn has come to.

use codex_ai::app_server::{Client, ClientOptions, CodexErrorInfo, FinishedTurn, Thread, ThreadOptions, TurnStatus};
use codex_ai::{Error, ErrorKind};
use serde_json::{Value, json};

use crate::peer::{Peer, stand_in};

/// A client with a thread `t1`.
async fn thread() -> (Client, Thread, Peer) {
    let (client, mut peer) = Peer::connect(ClientOptions::new()).await;
    let (thread, ()) = tokio::join!(client.start_thread(ThreadOptions::new()), peer.start_thread("t1"));
    (client, thread.expect("a thread"), peer)
}

/// Runs one turn `u1` of which the server tells this, and then its end.
async fn run(events: &[(&str, Value)], end: Value) -> Result<FinishedTurn, Error> {
    let (_client, thread, mut peer) = thread().await;
    let server = async {
        peer.start_turn("u1").await;
        for (method, params) in events {
            let mut params = params.clone();
            (params["threadId"], params["turnId"]) = (json!("t1"), json!("u1"));
            peer.notify(method, params).await;
        }
        peer.notify("turn/completed", json!({ "threadId": "t1", "turn": end })).await;
    };
    tokio::join!(thread.run("go"), server).0
}

fn completed() -> Value {
    json!({ "id": "u1", "items": [], "status": "completed", "error": null })
}

fn message(id: &str, text: &str, phase: impl serde::Serialize) -> (&'static str, Value) {
    ("item/completed", json!({ "item": { "type": "agentMessage", "id": id, "text": text, "phase": phase } }))
}

fn usage(total: u64, last: u64) -> (&'static str, Value) {
    let tokens = |n: u64| json!({ "totalTokens": n, "inputTokens": n - 1, "cachedInputTokens": 0, "outputTokens": 1 });
    ("thread/tokenUsage/updated", json!({ "tokenUsage": { "total": tokens(total), "last": tokens(last) } }))
}

/// 3.3, 13.
#[tokio::test]
async fn a_text_is_one_item_and_the_result_has_answer_items_and_usage() {
    let (_client, thread, mut peer) = thread().await;
    let server = async {
        let params = peer.start_turn("u1").await;
        let of = |mut params: Value| {
            (params["threadId"], params["turnId"]) = (json!("t1"), json!("u1"));
            params
        };
        peer.notify(message("m", "hi", Value::Null).0, of(message("m", "hi", Value::Null).1)).await;
        peer.notify(usage(18, 18).0, of(usage(18, 18).1)).await;
        let turn = json!({ "id": "u1", "items": [], "status": "completed", "startedAt": 7, "completedAt": 9, "durationMs": 1900 });
        peer.notify("turn/completed", json!({ "threadId": "t1", "turn": turn })).await;
        params
    };
    let (turn, params) = tokio::join!(thread.run("hello"), server);
    let turn = turn.unwrap();
    assert_eq!(params, json!({ "threadId": "t1", "input": [{ "type": "text", "text": "hello" }] }));
    assert_eq!((turn.id.as_str(), &turn.status, &turn.error), ("u1", &TurnStatus::Completed, &None));
    assert_eq!(turn.final_text.as_deref(), Some("hi"));
    assert_eq!(turn.items.len(), 1);
    assert_eq!(turn.usage.unwrap().total.total_tokens, 18);
    assert_eq!((turn.started_at, turn.completed_at, turn.duration_ms), (Some(7), Some(9), Some(1900)));
}

/// 3.3, 14.
#[tokio::test]
async fn the_answer_is_found_by_the_phases_of_the_messages() {
    let none = || Value::Null;
    let (comment, last) = (|| json!("commentary"), || json!("final_answer"));
    let cases = [
        ("the last without a phase", vec![message("a", "one", none()), message("b", "two", none())], Some("two")),
        (
            "a final answer, though commentary follows",
            vec![message("a", "answer", last()), message("b", "by the way", comment())],
            Some("answer"),
        ),
        (
            "a final answer, though one without a phase follows",
            vec![message("a", "answer", last()), message("b", "more", none())],
            Some("answer"),
        ),
        ("only commentary", vec![message("a", "hm", comment())], None),
        ("none", vec![], None),
        ("an empty last one", vec![message("a", "one", none()), message("b", "", none())], Some("")),
        (
            "a phase of a later version",
            vec![message("a", "one", none()), message("b", "x", json!("epilogue"))],
            Some("one"),
        ),
    ];
    for (case, events, expected) in cases {
        assert_eq!(run(&events, completed()).await.unwrap().final_text.as_deref(), expected, "{case}");
    }
}

/// 3.3, 15.
#[tokio::test]
async fn a_failed_turn_is_an_error_with_the_servers_message_and_the_text_so_far() {
    let failure = json!({ "message": "You've hit your usage limit.", "codexErrorInfo": "usageLimitExceeded" });
    let end = json!({ "id": "u1", "items": [], "status": "failed", "error": failure });
    let piece = ("item/agentMessage/delta", json!({ "itemId": "m", "delta": "The first" }));
    let error = run(&[usage(18, 18), piece.clone(), piece], end).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Quota);
    assert!(error.message().contains("You've hit your usage limit."), "{error}");
    assert_eq!(error.answer(), Some("The firstThe first"));
    assert_eq!(error.usage().unwrap().output_tokens, 1);
    let source = std::error::Error::source(&error).unwrap().downcast_ref::<codex_ai::app_server::TurnError>().unwrap();
    assert_eq!(source.codex_error_info, Some(CodexErrorInfo::UsageLimitExceeded));
}

#[tokio::test]
async fn a_failed_turn_can_be_had_with_its_items() {
    let (_client, thread, mut peer) = thread().await;
    let server = async {
        peer.start_turn("u1").await;
        let mut params = message("m", "half", Value::Null).1;
        (params["threadId"], params["turnId"]) = (json!("t1"), json!("u1"));
        peer.notify("item/completed", params).await;
        let turn = json!({ "id": "u1", "items": [], "status": "failed", "error": null });
        peer.notify("turn/completed", json!({ "threadId": "t1", "turn": turn })).await;
    };
    let finished = async { thread.turn("go", Default::default()).await.unwrap().finish().await.unwrap() };
    let (turn, ()) = tokio::join!(finished, server);
    assert_eq!((turn.status.clone(), turn.items.len()), (TurnStatus::Failed, 1));
    let error = turn.into_result().unwrap_err();
    assert_eq!((error.kind(), error.answer()), (ErrorKind::Server, Some("half")));
}

/// 3.3, 15.
#[tokio::test]
async fn a_turn_whose_end_never_comes_is_an_error_with_the_text_so_far() {
    let (_client, thread, mut peer) = thread().await;
    let server = async {
        peer.start_turn("u1").await;
        peer.delta("t1", "u1", "so ").await;
        peer.delta("t1", "u1", "far").await;
        drop(peer);
    };
    let error = tokio::join!(thread.run("go"), server).0.unwrap_err();
    assert_eq!((error.kind(), error.answer()), (ErrorKind::Incomplete, Some("so far")));
}

#[tokio::test]
async fn an_interrupted_turn_is_no_error_and_keeps_its_half_message() {
    let piece = |text| ("item/agentMessage/delta", json!({ "itemId": "m2", "delta": text }));
    let end = json!({ "id": "u1", "items": [], "status": "interrupted", "error": null });
    let events = [message("m1", "whole", Value::Null), piece("ha"), piece("lf")];
    let turn = run(&events, end).await.unwrap();
    assert_eq!(turn.status, TurnStatus::Interrupted);
    assert_eq!((turn.final_text.as_deref(), turn.partial_text.as_deref()), (Some("whole"), Some("half")));
    // Of a turn that is complete nothing is half.
    let turn = run(&events, completed()).await.unwrap();
    assert_eq!((turn.final_text.as_deref(), turn.partial_text), (Some("whole"), None));
}

/// The server counts the tokens of a thread; a turn is the difference.
#[tokio::test]
async fn the_tokens_of_a_turn_are_those_of_all_its_requests() {
    let turn = run(&[usage(110, 10), usage(110, 10), usage(140, 30)], completed()).await.unwrap();
    assert_eq!(turn.tokens.unwrap().total_tokens, 40);
    assert_eq!(turn.usage.unwrap().total.total_tokens, 140);
}

#[tokio::test]
async fn an_item_that_only_the_end_tells_of_is_in_the_result_once() {
    let item = |id: &str| json!({ "type": "agentMessage", "id": id, "text": id, "phase": null });
    let end = json!({ "id": "u1", "items": [item("a"), item("b")], "status": "completed" });
    let turn = run(&[message("a", "a", Value::Null)], end).await.unwrap();
    let ids: Vec<_> = turn.items.iter().filter_map(|item| item.id()).collect();
    assert_eq!((ids, turn.final_text.as_deref()), (vec!["a", "b"], Some("b")));
}

#[tokio::test]
async fn turns_of_a_process_come_to_their_own_results() {
    let Some(options) = stand_in(&["--turns", "3", "--deltas", "50", "--early", "5"]) else { return };
    let client = Client::spawn(options).await.unwrap();
    let mut turns = Vec::new();
    for _ in 0..3 {
        let thread = client.start_thread(ThreadOptions::new()).await.unwrap();
        turns.push(thread.turn("go", Default::default()).await.unwrap());
    }
    for (n, turn) in turns.into_iter().enumerate() {
        let turn = turn.run().await.unwrap();
        assert_eq!((turn.id, turn.final_text), (format!("turn-{n:04}"), Some(format!("final {n}"))));
        assert_eq!(turn.tokens.unwrap().total_tokens, 18);
    }
    client.shutdown().await;
}
