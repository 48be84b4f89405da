//! Goals: one turn for who follows them, many for the server.

use std::time::Duration;

use codex_ai::ErrorKind;
use codex_ai::app_server::{
    Client, ClientOptions, EventKind, GoalOptions, GoalRun, GoalStatus, Thread, ThreadOptions, TurnStatus,
};
use serde_json::{Value, json};

use crate::peer::Peer;

async fn thread() -> (Client, Thread, Peer) {
    let options = ClientOptions::new().with_request_timeout(Duration::from_secs(5));
    let (client, mut peer) = Peer::connect(options).await;
    let (thread, ()) = tokio::join!(client.start_thread(ThreadOptions::new()), peer.start_thread("t1"));
    (client, thread.expect("a thread"), peer)
}

fn goal(status: &str) -> Value {
    json!({ "threadId": "t1", "objective": "win", "status": status, "tokensUsed": 7, "timeUsedSeconds": 1 })
}

async fn tell_goal(peer: &mut Peer, status: &str) {
    peer.notify("thread/goal/updated", json!({ "threadId": "t1", "turnId": null, "goal": goal(status) })).await;
}

async fn starts(peer: &mut Peer, turn: &str, at: i64) {
    let turn = json!({ "id": turn, "items": [], "status": "inProgress", "startedAt": at });
    peer.notify("turn/started", json!({ "threadId": "t1", "turn": turn })).await;
}

async fn ends(peer: &mut Peer, turn: &str, status: &str, at: i64) {
    let error = (status == "failed").then(|| json!({ "message": "broken", "codexErrorInfo": "serverOverloaded" }));
    let turn = json!({
        "id": turn, "items": [], "status": status, "error": error, "startedAt": at - 1, "completedAt": at,
        "durationMs": 1000,
    });
    peer.notify("turn/completed", json!({ "threadId": "t1", "turn": turn })).await;
}

/// What one turn says and costs.
async fn works(peer: &mut Peer, turn: &str, total: u64) {
    let of = |mut params: Value| {
        (params["threadId"], params["turnId"]) = (json!("t1"), json!(turn));
        params
    };
    peer.delta("t1", turn, &format!("by {turn} ")).await;
    // The ids of items are the model's, and may be the same in every turn.
    let item = json!({ "type": "agentMessage", "id": "msg", "text": format!("by {turn}"), "phase": null });
    peer.notify("item/completed", of(json!({ "item": item }))).await;
    let tokens = |n: u64| json!({ "totalTokens": n, "inputTokens": n, "outputTokens": 0 });
    let usage = json!({ "total": tokens(total), "last": tokens(10) });
    peer.notify("thread/tokenUsage/updated", of(json!({ "tokenUsage": usage }))).await;
}

/// Answers what is asked before a goal is set, with a thread as it must be.
async fn idle(peer: &mut Peer) {
    let (id, _) = peer.asked("thread/read").await;
    let thread = json!({ "id": "t1", "status": { "type": "idle" }, "path": "/t1.jsonl" });
    peer.answer(&id, json!({ "thread": thread })).await;
    let (id, _) = peer.asked("thread/goal/clear").await;
    peer.answer(&id, json!({ "cleared": true })).await;
    peer.notify("thread/goal/cleared", json!({ "threadId": "t1" })).await;
}

/// Takes the goal and begins its first turn `u1`.
async fn take(peer: &mut Peer) -> Value {
    idle(peer).await;
    let (id, params) = peer.asked("thread/goal/set").await;
    peer.answer(&id, json!({ "goal": goal("active") })).await;
    tell_goal(peer, "active").await;
    starts(peer, "u1", 100).await;
    params
}

async fn begun() -> (Client, Thread, GoalRun, Peer) {
    let (client, thread, mut peer) = thread().await;
    let (run, _) = tokio::join!(thread.goal("win"), take(&mut peer));
    (client, thread, run.expect("a goal"), peer)
}

/// 3.3, 23.
#[tokio::test]
async fn the_turns_of_a_goal_come_to_one_result() {
    let (_client, thread, mut peer) = thread().await;
    let goal = GoalOptions::new("win").with_token_budget(1000);
    let (run, params) = tokio::join!(thread.goal(goal), take(&mut peer));
    let expected = json!({ "threadId": "t1", "objective": "win", "status": "active", "tokenBudget": 1000 });
    assert_eq!(params, expected);
    let server = async {
        works(&mut peer, "u1", 110).await;
        ends(&mut peer, "u1", "completed", 104).await;
        starts(&mut peer, "u2", 105).await;
        works(&mut peer, "u2", 120).await;
        ends(&mut peer, "u2", "completed", 108).await;
        starts(&mut peer, "u3", 109).await;
        works(&mut peer, "u3", 130).await;
        tell_goal(&mut peer, "complete").await;
        ends(&mut peer, "u3", "completed", 112).await;
    };
    let (turn, ()) = tokio::join!(run.unwrap().run(), server);
    let turn = turn.unwrap();
    assert_eq!((turn.id.as_str(), turn.status), ("u1", TurnStatus::Completed));
    assert_eq!(turn.final_text.as_deref(), Some("by u3"));
    assert_eq!(turn.items.len(), 3);
    assert_eq!(turn.tokens.unwrap().total_tokens, 30);
    assert_eq!((turn.started_at, turn.completed_at, turn.duration_ms), (Some(100), Some(112), Some(12_000)));
}

/// 3.3, 23.
#[tokio::test]
async fn one_beginning_and_one_end_are_seen_and_all_events_have_the_first_id() {
    let (_client, _thread, mut run, mut peer) = begun().await;
    works(&mut peer, "u1", 10).await;
    ends(&mut peer, "u1", "completed", 100).await;
    starts(&mut peer, "u2", 100).await;
    works(&mut peer, "u2", 20).await;
    peer.notify("future/thing", json!({ "threadId": "t1", "turnId": "u2", "more": "u2" })).await;
    peer.notify("thread/status/changed", json!({ "threadId": "t1", "status": { "type": "idle" } })).await;
    ends(&mut peer, "u2", "completed", 100).await;
    // Here the goal is met after the end of the last turn.
    tell_goal(&mut peer, "complete").await;
    let (mut methods, mut text, mut took) = (Vec::new(), String::new(), None);
    while let Some(event) = run.next().await {
        let event = event.unwrap();
        if !event.method().starts_with("thread/goal/") {
            assert_eq!(event.turn_id().as_deref(), Some("u1"), "{}", event.params());
        }
        match event.kind() {
            EventKind::AgentMessageDelta { delta, .. } => text.push_str(&delta),
            EventKind::TurnCompleted { turn } => took = turn.duration_ms,
            _ => {}
        }
        if event.method() == "future/thing" {
            assert_eq!(serde_json::from_str::<Value>(event.params()).unwrap()["more"], "u2");
        }
        methods.push(event.method().to_owned());
    }
    let count = |method: &str| methods.iter().filter(|other| *other == method).count();
    assert_eq!((count("turn/started"), count("turn/completed"), count("item/completed")), (1, 1, 2));
    assert_eq!(methods.last().unwrap(), "turn/completed");
    assert_eq!(text, "by u1 by u2 ");
    assert_eq!(run.goal().unwrap().status, GoalStatus::Complete);
    // All was within one whole second, in which the turns say more exactly how long they took.
    assert_eq!(took, Some(2000));
}

/// How a goal stands is not lost to a reader that is too slow: without it the end would not be seen.
#[tokio::test]
async fn a_slow_reader_sees_the_end_of_a_goal() {
    let options = ClientOptions::new().with_request_timeout(Duration::from_secs(5)).with_turn_budget(4 << 10);
    let (client, mut peer) = Peer::connect(options).await;
    let (thread, ()) = tokio::join!(client.start_thread(ThreadOptions::new()), peer.start_thread("t1"));
    let thread = thread.unwrap();
    let (run, _) = tokio::join!(thread.goal("win"), take(&mut peer));
    tell_goal(&mut peer, "complete").await;
    for _ in 0..200 {
        let item = json!({ "type": "agentMessage", "id": "msg", "text": "x".repeat(100), "phase": null });
        peer.notify("item/completed", json!({ "threadId": "t1", "turnId": "u1", "item": item })).await;
    }
    ends(&mut peer, "u1", "completed", 101).await;
    // After this answer the client has read all before it.
    let nothing = json!({});
    let (models, ()) = tokio::join!(client.request_raw("model/list", &nothing), async {
        let (id, _) = peer.asked("model/list").await;
        peer.answer(&id, json!({ "data": [] })).await;
    });
    models.unwrap();
    let turn = tokio::time::timeout(Duration::from_secs(5), run.unwrap().run()).await.expect("an end").unwrap();
    assert_eq!(turn.status, TurnStatus::Completed);
    assert!(turn.items.len() < 200, "events were lost");
}

/// A turn that fails ends the goal's result, though the server may try on.
#[tokio::test]
async fn a_goal_whose_turn_failed_is_an_error() {
    for tries_on in [false, true] {
        let (_client, _thread, run, mut peer) = begun().await;
        let server = async {
            works(&mut peer, "u1", 10).await;
            if tries_on {
                ends(&mut peer, "u1", "failed", 101).await;
                starts(&mut peer, "u2", 102).await;
                works(&mut peer, "u2", 20).await;
                tell_goal(&mut peer, "complete").await;
                ends(&mut peer, "u2", "completed", 103).await;
            } else {
                tell_goal(&mut peer, "blocked").await;
                ends(&mut peer, "u1", "failed", 101).await;
            }
        };
        let (turn, ()) = tokio::join!(run.run(), server);
        let error = turn.unwrap_err();
        let said = if tries_on { "by u2" } else { "by u1" };
        assert_eq!((error.kind(), error.answer()), (ErrorKind::Server, Some(said)));
    }
}

/// 3.3, 24: with backticks, as Codex 0.169.0 names the turn when it is steered.
#[tokio::test]
async fn steering_follows_the_turn_that_the_server_names() {
    let (_client, _thread, run, mut peer) = begun().await;
    let server = async {
        let (id, params) = peer.asked("turn/steer").await;
        assert_eq!(params["expectedTurnId"], "u1");
        peer.refuse(&id, -32600, "expected active turn id `u1` but found `u2`").await;
        let (id, params) = peer.asked("turn/steer").await;
        let input = json!([{ "type": "text", "text": "faster" }]);
        assert_eq!(params, json!({ "threadId": "t1", "expectedTurnId": "u2", "input": input }));
        peer.answer(&id, json!({ "turnId": "u2" })).await;
    };
    tokio::join!(run.steer("faster"), server).0.unwrap();
}

/// 3.3, 24.
#[tokio::test]
async fn steering_between_two_turns_waits_for_the_next() {
    let (_client, _thread, run, mut peer) = begun().await;
    let control = run.control();
    let server = async {
        ends(&mut peer, "u1", "completed", 101).await;
        let (id, _) = peer.asked("turn/steer").await;
        peer.refuse(&id, -32600, "no active turn to steer").await;
        let (id, _) = peer.asked("thread/goal/get").await;
        peer.answer(&id, json!({ "goal": goal("active") })).await;
        starts(&mut peer, "u2", 102).await;
        let (id, params) = peer.asked("turn/steer").await;
        assert_eq!(params["expectedTurnId"], "u2");
        peer.answer(&id, json!({ "turnId": "u2" })).await;
    };
    tokio::join!(control.steer("faster"), server).0.unwrap();
}

/// 3.3, 24.
#[tokio::test]
async fn a_goal_that_is_over_cannot_be_steered() {
    let (_client, _thread, run, mut peer) = begun().await;
    let server = async {
        let (id, _) = peer.asked("turn/steer").await;
        peer.refuse(&id, -32600, "no active turn to steer").await;
        let (id, _) = peer.asked("thread/goal/get").await;
        peer.answer(&id, json!({ "goal": goal("complete") })).await;
    };
    let error = tokio::join!(run.steer("faster"), server).0.unwrap_err();
    assert!(error.message().contains("no active turn to steer"), "{error}");
}

/// 3.3, 24: without backticks, as Codex 0.169.0 names the turn when it is interrupted.
#[tokio::test]
async fn an_interrupt_pauses_the_goal_and_follows_the_turn() {
    let (_client, _thread, run, mut peer) = begun().await;
    let control = run.control();
    let server = async {
        let (id, params) = peer.asked("thread/goal/set").await;
        assert_eq!(params, json!({ "threadId": "t1", "status": "paused" }));
        peer.answer(&id, json!({ "goal": goal("paused") })).await;
        let (id, params) = peer.asked("turn/interrupt").await;
        assert_eq!(params, json!({ "threadId": "t1", "turnId": "u1" }));
        peer.refuse(&id, -32600, "expected active turn id u1 but found u2").await;
        let (id, params) = peer.asked("turn/interrupt").await;
        assert_eq!(params, json!({ "threadId": "t1", "turnId": "u2" }));
        peer.answer(&id, json!({})).await;
        ends(&mut peer, "u1", "completed", 101).await;
        starts(&mut peer, "u2", 102).await;
        tell_goal(&mut peer, "paused").await;
        ends(&mut peer, "u2", "interrupted", 103).await;
    };
    let (interrupted, turn, ()) = tokio::join!(control.interrupt(), run.run(), server);
    interrupted.unwrap();
    let turn = turn.unwrap();
    assert_eq!((turn.id.as_str(), turn.status), ("u1", TurnStatus::Interrupted));
    assert_eq!(control.interrupt().await.unwrap_err().kind(), ErrorKind::InvalidRequest);
}

/// 3.3, 24: the goal was between two turns, so none is interrupted, but the whole is.
#[tokio::test]
async fn an_interrupt_between_two_turns_ends_the_goal() {
    let (_client, _thread, run, mut peer) = begun().await;
    let control = run.control();
    let server = async {
        ends(&mut peer, "u1", "completed", 101).await;
        let (id, _) = peer.asked("thread/goal/set").await;
        peer.answer(&id, json!({ "goal": goal("paused") })).await;
        let (id, _) = peer.asked("turn/interrupt").await;
        peer.refuse(&id, -32600, "no active turn to interrupt").await;
        tell_goal(&mut peer, "paused").await;
    };
    let (interrupted, turn, ()) = tokio::join!(control.interrupt(), run.run(), server);
    interrupted.unwrap();
    assert_eq!(turn.unwrap().status, TurnStatus::Interrupted);
}

/// 3.3, 25.
#[tokio::test]
async fn the_death_of_the_server_wakes_who_follows_a_goal() {
    let (client, _thread, run, mut peer) = begun().await;
    let server = async {
        peer.delta("t1", "u1", "so far").await;
        drop(peer);
    };
    let error = tokio::join!(run.run(), server).0.unwrap_err();
    assert_eq!((error.kind(), error.answer()), (ErrorKind::Incomplete, Some("so far")));
    assert!(client.closed().is_some());
}

/// 3.3, 25: a stream that is closed leaves the goal running.
#[tokio::test]
async fn a_dropped_stream_leaves_the_goal_running() {
    let (_client, thread, run, mut peer) = begun().await;
    drop(run);
    let server = async {
        // The next request is not a pause.
        let (id, _) = peer.asked("thread/goal/get").await;
        peer.answer(&id, json!({ "goal": goal("active") })).await;
    };
    let (goal, ()) = tokio::join!(thread.current_goal(), server);
    assert_eq!(goal.unwrap().unwrap().status, GoalStatus::Active);
}

/// 3.3, 25: who gives up the wait for the result does not want the work.
#[tokio::test]
async fn a_run_that_is_given_up_pauses_the_goal() {
    for asked in [false, true] {
        let (_client, _thread, run, mut peer) = begun().await;
        if asked {
            drop(run.pause_on_drop(true));
        } else {
            assert!(tokio::time::timeout(Duration::from_millis(1), run.run()).await.is_err());
        }
        let (id, params) = peer.asked("thread/goal/set").await;
        assert_eq!(params["status"], "paused");
        peer.answer(&id, json!({ "goal": goal("paused") })).await;
        let (_, params) = peer.asked("turn/interrupt").await;
        assert_eq!(params, json!({ "threadId": "t1", "turnId": "u1" }));
    }
}

/// 3.3, 25: the same while the first turn is awaited.
#[tokio::test]
async fn a_start_that_is_given_up_pauses_the_goal() {
    let (_client, thread, mut peer) = thread().await;
    let starting = tokio::spawn(async move { thread.goal("win").await.map(drop) });
    idle(&mut peer).await;
    let (id, _) = peer.asked("thread/goal/set").await;
    peer.answer(&id, json!({ "goal": goal("active") })).await;
    starting.abort();
    assert!(starting.await.unwrap_err().is_cancelled());
    let (id, params) = peer.asked("thread/goal/set").await;
    assert_eq!(params["status"], "paused");
    peer.answer(&id, json!({ "goal": goal("paused") })).await;
    let (id, _) = peer.asked("turn/interrupt").await;
    peer.refuse(&id, -32600, "expected active turn id none but found u1").await;
    let (_, params) = peer.asked("turn/interrupt").await;
    assert_eq!(params["turnId"], "u1");
}

/// 3.3, 26.
#[tokio::test]
async fn a_goal_that_cannot_be_is_refused_before_a_turn_begins() {
    let (_client, thread, mut peer) = thread().await;
    // These are not even sent: the next request is that of the next case.
    for goal in ["", " \n", &"x".repeat(4001)] {
        assert_eq!(thread.goal(goal).await.unwrap_err().kind(), ErrorKind::InvalidRequest);
    }
    let busy = json!({ "id": "t1", "status": { "type": "active", "activeFlags": [] }, "path": "/t1" });
    let ephemeral = json!({ "id": "t1", "status": { "type": "idle" }, "ephemeral": true, "path": null });
    for (info, why) in [(busy, "not idle"), (ephemeral, "ephemeral")] {
        let server = async {
            let (id, _) = peer.asked("thread/read").await;
            peer.answer(&id, json!({ "thread": info })).await;
        };
        let error = tokio::join!(thread.goal("win"), server).0.unwrap_err();
        assert!(error.message().contains(why), "{error}");
    }
    // 4000 characters are allowed, whatever their bytes; goals may be turned off.
    let longest = "ü".repeat(4000);
    let server = async {
        let (id, _) = peer.asked("thread/read").await;
        let thread = json!({ "id": "t1", "status": { "type": "idle" }, "path": "/t1" });
        peer.answer(&id, json!({ "thread": thread })).await;
        let (id, _) = peer.asked("thread/goal/clear").await;
        peer.refuse(&id, -32600, "goals feature is disabled").await;
    };
    let error = tokio::join!(thread.goal(longest), server).0.unwrap_err();
    assert!(error.message().contains("goals feature is disabled"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_goal_whose_first_turn_never_begins_is_paused() {
    let (_client, thread, mut peer) = thread().await;
    let server = async {
        idle(&mut peer).await;
        let (id, _) = peer.asked("thread/goal/set").await;
        peer.answer(&id, json!({ "goal": goal("active") })).await;
        let (_, params) = peer.asked("thread/goal/set").await;
        assert_eq!(params["status"], "paused");
    };
    let (run, ()) = tokio::join!(thread.goal("win"), server);
    assert_eq!(run.unwrap_err().kind(), ErrorKind::Timeout);
}

#[tokio::test]
async fn a_goal_is_paused_and_cleared_without_being_followed() {
    let (_client, thread, mut peer) = thread().await;
    let server = async {
        let (id, params) = peer.asked("thread/goal/set").await;
        assert_eq!(params, json!({ "threadId": "t1", "status": "paused" }));
        peer.answer(&id, json!({ "goal": goal("paused") })).await;
        let (id, _) = peer.asked("thread/goal/clear").await;
        peer.answer(&id, json!({ "cleared": false })).await;
        let (id, _) = peer.asked("thread/goal/get").await;
        peer.answer(&id, json!({ "goal": null })).await;
    };
    let calls = async {
        assert_eq!(thread.pause_goal().await.unwrap().status, GoalStatus::Paused);
        assert!(!thread.clear_goal().await.unwrap());
        assert_eq!(thread.current_goal().await.unwrap(), None);
    };
    tokio::join!(calls, server);
}
