//! Requests: their slots, their time, what an overloaded server does to them, and their errors.

use std::time::Duration;

use codex_ai::app_server::{Client, ClientOptions, Closed, EventKind, RpcError, ThreadOptions, TurnOptions};
use codex_ai::{Error, ErrorKind};
use serde_json::{Value, json};
use tokio::time::{Instant, timeout};

use crate::peer::{Peer, stand_in};
use crate::reading::thread;

/// A request in a task of its own.
pub(crate) fn ask(client: &Client, method: &'static str) -> tokio::task::JoinHandle<Result<Value, Error>> {
    let client = client.clone();
    tokio::spawn(async move {
        let raw = client.request_raw(method, &json!({})).await?;
        Ok(serde_json::from_str(raw.get()).unwrap())
    })
}

/// What the server refused a request with.
pub(crate) fn rpc(error: &Error) -> &RpcError {
    std::error::Error::source(error).unwrap().downcast_ref().unwrap()
}

/// Why there is no connection any more.
pub(crate) fn closed(error: &Error) -> &Closed {
    std::error::Error::source(error).unwrap().downcast_ref().unwrap()
}

/// 3.3, 1.
#[tokio::test]
async fn two_calls_overlap_and_their_answers_come_in_any_order() {
    let (client, mut peer) = Peer::connect(ClientOptions::new()).await;
    let (first, second) = (ask(&client, "model/list"), ask(&client, "account/read"));
    let mut asked = vec![peer.next().await.unwrap(), peer.next().await.unwrap()];
    asked.reverse();
    for message in asked {
        peer.answer(&message["id"], json!({ "of": message["method"] })).await;
    }
    assert_eq!(first.await.unwrap().unwrap()["of"], "model/list");
    assert_eq!(second.await.unwrap().unwrap()["of"], "account/read");
}

/// 3.4, request never answered.
#[tokio::test(start_paused = true)]
async fn a_request_without_an_answer_ends_in_time_and_its_slot_is_free() {
    let options = ClientOptions::new().with_request_timeout(Duration::from_secs(5)).with_max_in_flight(1);
    let (client, mut peer) = Peer::connect(options).await;
    let begin = Instant::now();
    let call = ask(&client, "model/list");
    let (id, _) = peer.asked("model/list").await;
    let error = call.await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert!(error.is_retryable());
    assert!(error.message().contains("`model/list` got no answer within 5s"), "{error}");
    assert!(error.help().unwrap().contains("with_request_timeout"), "{error}");
    assert_eq!(begin.elapsed().as_secs(), 5);
    assert_eq!(client.counts().open_requests, 0);
    // The answer comes after all: it is nobody's, and nothing else suffers.
    peer.answer(&id, json!("late")).await;
    let call = ask(&client, "account/read");
    let (id, _) = peer.asked("account/read").await;
    peer.answer(&id, json!("in time")).await;
    assert_eq!(call.await.unwrap().unwrap(), "in time");
    assert_eq!(client.counts().unexpected_answers, 1);
}

#[tokio::test]
async fn a_dropped_request_gives_its_slot_back() {
    let (client, mut peer) = Peer::connect(ClientOptions::new().with_max_in_flight(1)).await;
    let hung = ask(&client, "model/list");
    peer.asked("model/list").await;
    let next = ask(&client, "account/read");
    hung.abort();
    let (id, _) = peer.asked("account/read").await;
    assert_eq!(client.counts().open_requests, 1);
    peer.answer(&id, json!(1)).await;
    assert_eq!(next.await.unwrap().unwrap(), 1);
    assert_eq!(client.counts().open_requests, 0);
}

/// 3.4, overload: a cap in flight.
#[tokio::test]
async fn sixty_four_are_under_way_and_an_interrupt_is_not_behind_them() {
    let (client, mut peer) = Peer::connect(ClientOptions::new()).await;
    let thread = thread(&client, &mut peer, "t1").await;
    let (turn, _) = tokio::join!(thread.turn("go", TurnOptions::default()), peer.start_turn("u1"));
    let turn = turn.unwrap();
    let calls: Vec<_> = (0..100).map(|_| ask(&client, "model/list")).collect();
    let mut ids = Vec::new();
    for _ in 0..64 {
        ids.push(peer.asked("model/list").await.0);
    }
    let interrupt = async {
        // Nothing else is sent: the next message is the interrupt.
        let (id, params) = peer.asked("turn/interrupt").await;
        assert_eq!(params, json!({ "threadId": "t1", "turnId": "u1" }));
        peer.answer(&id, json!({})).await;
    };
    let (interrupted, ()) = tokio::join!(turn.interrupt(), interrupt);
    interrupted.unwrap();
    // Each answer lets one more through.
    let mut sent = ids.len();
    while let Some(id) = ids.pop() {
        peer.answer(&id, json!(0)).await;
        if sent < 100 {
            ids.push(peer.asked("model/list").await.0);
            sent += 1;
        }
    }
    for call in calls {
        call.await.unwrap().unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn who_never_got_a_place_is_told_so() {
    let options = ClientOptions::new().with_request_timeout(Duration::from_secs(5)).with_max_in_flight(1);
    let (client, mut peer) = Peer::connect(options).await;
    let _hung = ask(&client, "model/list");
    peer.asked("model/list").await;
    let first = Instant::now();
    tokio::time::advance(Duration::from_secs(1)).await;
    let error = client.request_raw("account/read", &json!({})).await.unwrap_err();
    // The first one gave its place up at 5 seconds, and this one was sent then, a second before its own end.
    assert_eq!((error.kind(), first.elapsed().as_secs()), (ErrorKind::Timeout, 6));
    let _hung = [ask(&client, "model/list"), ask(&client, "model/list")];
    peer.asked("account/read").await;
    peer.asked("model/list").await;
    let error = client.request_raw("account/read", &json!({})).await.unwrap_err();
    assert!(error.message().contains("`account/read` was not sent within 5s"), "{error}");
}

/// 3.4, overload: retried by the code, which comes without data.
#[tokio::test(start_paused = true)]
async fn an_overloaded_server_is_asked_again_a_little_later() {
    let (client, mut peer) = Peer::connect(ClientOptions::new().with_max_in_flight(1)).await;
    let call = ask(&client, "model/list");
    let begin = Instant::now();
    let (id, _) = peer.asked("model/list").await;
    peer.refuse(&id, -32001, "Server overloaded; retry later.").await;
    // The wait holds no place: another call, with one place in all, is done before it ends.
    let other = ask(&client, "account/read");
    let (id, _) = peer.asked("account/read").await;
    peer.answer(&id, json!(1)).await;
    other.await.unwrap().unwrap();
    assert_eq!(begin.elapsed(), Duration::ZERO);
    let (again, _) = peer.asked("model/list").await;
    let waited = begin.elapsed().as_millis();
    assert!((200..=301).contains(&waited), "{waited} ms");
    peer.refuse(&again, -32001, "Server overloaded; retry later.").await;
    let (third, _) = peer.asked("model/list").await;
    let waited = begin.elapsed().as_millis() - waited;
    assert!((400..=601).contains(&waited), "{waited} ms");
    assert!(again != id && third != again, "each try has an id of its own");
    peer.answer(&third, json!("at last")).await;
    assert_eq!(call.await.unwrap().unwrap(), "at last");
}

#[tokio::test(start_paused = true)]
async fn a_server_that_stays_overloaded_is_an_error_that_says_so() {
    let (client, mut peer) = Peer::connect(ClientOptions::new()).await;
    let call = ask(&client, "model/list");
    for _ in 0..4 {
        let (id, _) = peer.asked("model/list").await;
        peer.refuse(&id, -32001, "Server overloaded; retry later.").await;
    }
    let error = call.await.unwrap().unwrap_err();
    assert_eq!((error.kind(), error.code(), error.is_retryable()), (ErrorKind::Server, Some("-32001"), true));
    assert!(rpc(&error).is_overloaded());
    assert_eq!(rpc(&error).message, "Server overloaded; retry later.");
    assert!(error.message().contains("`model/list`"), "{error}");
}

/// 5, (6): never retried where it is uncertain what became of it.
#[tokio::test(start_paused = true)]
async fn a_turn_is_not_started_again_unless_that_is_wanted() {
    for wanted in [false, true] {
        let (client, mut peer) = Peer::connect(ClientOptions::new().with_turn_start_retries(wanted)).await;
        let thread = thread(&client, &mut peer, "t1").await;
        let server = async {
            let (id, _) = peer.asked("turn/start").await;
            peer.refuse(&id, -32001, "Server overloaded; retry later.").await;
            if wanted {
                peer.start_turn("u1").await;
            }
        };
        let (turn, ()) = tokio::join!(thread.turn("go", TurnOptions::default()), server);
        match turn {
            Ok(turn) => assert!(wanted && turn.id() == "u1"),
            Err(error) => assert!(!wanted && error.is_retryable() && rpc(&error).is_overloaded()),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_limit_that_passes_in_a_retry_gives_the_servers_error() {
    let options = ClientOptions::new()
        .with_request_timeout(Duration::from_secs(3))
        .with_overload_retries(100)
        .with_overload_waits(Duration::from_secs(2), Duration::MAX);
    let (client, mut peer) = Peer::connect(options).await;
    let call = ask(&client, "model/list");
    for _ in 0..2 {
        let (id, _) = peer.asked("model/list").await;
        peer.refuse(&id, -32001, "Server overloaded; retry later.").await;
    }
    assert!(rpc(&call.await.unwrap().unwrap_err()).is_overloaded());
}

/// The texts are those of the real server 0.169.0.
#[tokio::test]
async fn the_servers_words_tell_the_kind_and_are_kept() {
    use ErrorKind::{Authentication, InvalidRequest, NotFound, Server, Unsupported};
    let (client, mut peer) = Peer::connect(ClientOptions::new()).await;
    for (code, words, kind) in [
        (-32600, "Not initialized", InvalidRequest),
        (-32600, "Invalid request: missing field `params`", InvalidRequest),
        (-32600, "Invalid request: invalid type: integer `7`, expected a string", InvalidRequest),
        (-32600, "Invalid request: unknown variant `nope/nope`, expected one of `initialize`", Unsupported),
        (-32600, "thread/start.dynamicTools requires experimentalApi capability", Unsupported),
        (-32600, "ephemeral threads do not support includeTurns", Unsupported),
        (-32601, "thread/items/list is not supported yet", Unsupported),
        (-32600, "thread not found: 00000000-0000-7000-8000-000000000000", NotFound),
        (-32600, "thread not loaded: 00000000-0000-7000-8000-000000000000", NotFound),
        (-32600, "no rollout found for thread id 00000000-0000-7000-8000-000000000000", NotFound),
        (-32600, "no active turn to interrupt", InvalidRequest),
        (-32600, "codex account authentication required to read rate limits", Authentication),
        (-32602, "Input exceeds the maximum length of 1048576 characters.", InvalidRequest),
        (-32603, "No such file or directory (os error 2)", Server),
        (-32600, "words of a later version", InvalidRequest),
    ] {
        let call = ask(&client, "thread/fork");
        let (id, _) = peer.asked("thread/fork").await;
        peer.refuse(&id, code, words).await;
        let error = call.await.unwrap().unwrap_err();
        assert_eq!(error.kind(), kind, "{words}");
        assert_eq!((rpc(&error).code, rpc(&error).message.as_str()), (code, words));
        assert!(error.message().contains("`thread/fork`") && error.message().contains(words), "{error}");
        assert!(error.help().is_some() && !error.is_retryable(), "{error}");
    }
    // 8 KiB of names are not for a line of a log; they are in the source.
    let call = ask(&client, "nope");
    let (id, _) = peer.asked("nope").await;
    let words = format!("Invalid request: unknown variant `nope`, expected one of {}", "`thread/start`, ".repeat(600));
    let error = json!({ "code": -32600, "message": words, "data": { "more": 1 } });
    peer.send(&json!({ "error": error, "id": id })).await;
    let error = call.await.unwrap().unwrap_err();
    assert!(error.to_string().len() < 1000);
    assert_eq!((rpc(&error).message.as_str(), &rpc(&error).data), (&*words, &Some(json!({ "more": 1 }))));
}

/// 3.4, timeout round one `next()`.
#[tokio::test]
async fn a_timeout_round_next_loses_nothing() {
    let (client, mut peer) = Peer::connect(ClientOptions::new()).await;
    let thread = thread(&client, &mut peer, "t1").await;
    let (turn, _) = tokio::join!(thread.turn("go", TurnOptions::default()), peer.start_turn("u1"));
    let mut turn = turn.unwrap();
    let mut text = String::new();
    for n in 0..24 {
        assert!(timeout(Duration::from_millis(1), turn.next()).await.is_err());
        peer.delta("t1", "u1", &format!("{n} ")).await;
        if n % 3 == 0 {
            let EventKind::AgentMessageDelta { delta, .. } = turn.next().await.unwrap().unwrap().kind() else {
                panic!()
            };
            text.push_str(&delta);
        } else if let Ok(event) = timeout(Duration::ZERO, turn.next()).await {
            let EventKind::AgentMessageDelta { delta, .. } = event.unwrap().unwrap().kind() else { panic!() };
            text.push_str(&delta);
        }
        // All that is there is read before the next wait begins.
        while text.split(' ').count() <= n + 1 {
            let EventKind::AgentMessageDelta { delta, .. } = turn.next().await.unwrap().unwrap().kind() else {
                panic!()
            };
            text.push_str(&delta);
        }
    }
    let expected: String = (0..24).map(|n| format!("{n} ")).collect();
    assert_eq!(text, expected);
}

/// A turn whose start was given up before its answer came.
#[tokio::test]
async fn a_turn_that_nobody_waits_for_any_more_is_interrupted_where_that_is_wanted() {
    let (client, mut peer) = Peer::connect(ClientOptions::new().with_interrupt_on_drop(true)).await;
    let thread = thread(&client, &mut peer, "t1").await;
    let starting = tokio::spawn(async move { thread.turn("go", TurnOptions::default()).await });
    let (id, _) = peer.asked("turn/start").await;
    starting.abort();
    assert!(starting.await.unwrap_err().is_cancelled());
    peer.answer(&id, json!({ "turn": { "id": "u1", "items": [], "status": "inProgress" } })).await;
    let (id, params) = peer.asked("turn/interrupt").await;
    assert_eq!(params, json!({ "threadId": "t1", "turnId": "u1" }));
    peer.answer(&id, json!({})).await;
    peer.complete("t1", "u1", "interrupted").await;
    let call = ask(&client, "model/list");
    let (id, _) = peer.asked("model/list").await;
    peer.answer(&id, json!({})).await;
    call.await.unwrap().unwrap();
    assert_eq!((client.counts().open_requests, client.counts().open_turns), (0, 0));
}

/// 3.3, 12; 3.4, 16 silent turns.
#[tokio::test(flavor = "current_thread")]
async fn sixteen_silent_turns_do_not_hold_up_another_call() {
    let Some(options) = stand_in(&["--turns", "16", "--deltas", "10", "--hold"]) else { return };
    let client = Client::spawn(options).await.unwrap();
    let mut waiting = Vec::new();
    for _ in 0..16 {
        let thread = client.start_thread(ThreadOptions::new()).await.unwrap();
        let mut turn = thread.turn("go", TurnOptions::default()).await.unwrap();
        waiting.push(tokio::spawn(async move {
            let mut events = 0;
            while let Some(event) = turn.next().await {
                event.unwrap();
                events += 1;
            }
            events
        }));
    }
    // The stand-in is silent until this call is answered.
    let answer = timeout(Duration::from_secs(60), client.request_raw("model/list", &json!({}))).await;
    answer.expect("an answer while all turns wait").unwrap();
    for turn in waiting {
        assert_eq!(turn.await.unwrap(), 14);
    }
    client.shutdown().await;
}

/// `--no-reply`; 3.4, request never answered: it holds up nothing, and does not outlive its client.
#[tokio::test]
async fn the_stand_in_that_never_answers_one_method_answers_the_others() {
    let Some(options) = stand_in(&["--no-reply", "model/list"]) else { return };
    let client = Client::spawn(options).await.unwrap();
    let hung = ask(&client, "model/list");
    client.start_thread(ThreadOptions::new()).await.unwrap();
    client.start_thread(ThreadOptions::new()).await.unwrap();
    assert!(!hung.is_finished());
    client.shutdown().await;
    assert_eq!(hung.await.unwrap().unwrap_err().kind(), ErrorKind::Connect);
}

/// `--overload`; 3.4.
#[tokio::test]
async fn the_stand_in_that_is_overloaded_twice_answers_at_last() {
    let Some(options) = stand_in(&["--overload", "thread/start:2"]) else { return };
    let quick = ClientOptions::new().with_overload_waits(Duration::from_millis(1), Duration::from_millis(2));
    let client = Client::spawn(options.with_client(quick)).await.unwrap();
    let thread = client.start_thread(ThreadOptions::new()).await.unwrap();
    assert_eq!(thread.id(), "thread-0000");
    client.shutdown().await;
}
