//! The end of a connection, whatever ends it: one state, told to all who wait and all who come later.

use std::time::Duration;

use codex_ai::ErrorKind;
use codex_ai::app_server::{Client, ClientOptions, ClosedReason, EventKind, Overflow, ThreadOptions, TurnOptions};
use serde_json::json;
use tokio::time::{Instant, timeout};

use crate::peer::{Peer, stand_in};
use crate::requests::{ask, closed, rpc};

/// 3.3, 25: the reader of a turn, all who wait and all who come later.
#[tokio::test(start_paused = true)]
async fn whoever_waits_is_told_at_once_whatever_it_waits_for() {
    let (client, mut peer) = Peer::connect(ClientOptions::new().with_max_in_flight(2)).await;
    let (thread, ()) = tokio::join!(client.start_thread(ThreadOptions::new()), peer.start_thread("t1"));
    let thread = thread.unwrap();
    let (turn, _) = tokio::join!(thread.turn("go", TurnOptions::default()), peer.start_turn("u1"));
    let mut turn = turn.unwrap();
    let mut events = client.events();
    let of_answer = ask(&client, "model/list");
    peer.asked("model/list").await;
    let of_retry = ask(&client, "account/read");
    let (id, _) = peer.asked("account/read").await;
    let of_answer_2 = ask(&client, "config/read");
    peer.refuse(&id, -32001, "Server overloaded; retry later.").await;
    peer.asked("config/read").await;
    let of_permit = ask(&client, "thread/list");
    peer.delta("t1", "u1", "last").await;
    let begin = Instant::now();
    drop(peer);
    for call in [of_answer, of_retry, of_answer_2, of_permit] {
        let error = call.await.unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Connect, "{error}");
        assert_eq!(closed(&error).reason, ClosedReason::ServerClosed);
    }
    // What came before the end is there, then the error, then nothing.
    assert!(matches!(turn.next().await.unwrap().unwrap().kind(), EventKind::AgentMessageDelta { .. }));
    let error = turn.next().await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Incomplete);
    assert_eq!(closed(&error).reason, ClosedReason::ServerClosed);
    assert!(turn.next().await.is_none());
    assert!(events.next().await.unwrap().is_err());
    assert!(events.next().await.is_none());
    // Later ones.
    let error = client.request_raw("model/list", &json!({})).await.unwrap_err();
    assert!(error.message().contains("`model/list` got no answer: the app server closed the connection"), "{error}");
    assert_eq!(thread.turn("more", TurnOptions::default()).await.unwrap_err().kind(), ErrorKind::Connect);
    assert_eq!(client.closed().unwrap().reason, ClosedReason::ServerClosed);
    assert_eq!(client.shutdown().await.reason, ClosedReason::ServerClosed);
    assert_eq!(begin.elapsed(), Duration::ZERO);
    assert_eq!((client.counts().open_requests, client.counts().open_turns), (0, 0));
}

#[tokio::test]
async fn an_answer_that_came_before_the_end_counts() {
    let (client, mut peer) = Peer::connect(ClientOptions::new()).await;
    let call = ask(&client, "model/list");
    let (id, _) = peer.asked("model/list").await;
    // Without the end of the line, too: nothing more comes, and it is whole.
    peer.send_raw(format!("{{\"id\":{id},\"result\":7}}").as_bytes()).await;
    drop(peer);
    assert_eq!(call.await.unwrap().unwrap(), 7);
}

#[tokio::test]
async fn a_shutdown_closes_the_servers_input_and_can_be_asked_for_twice() {
    let (client, mut peer) = Peer::connect(ClientOptions::new()).await;
    let hung = ask(&client, "model/list");
    peer.asked("model/list").await;
    let other = client.clone();
    let server = async {
        assert_eq!(peer.next().await, None);
        // From now on nothing can be asked, and that is said at once.
        let error = client.request_raw("account/read", &json!({})).await.unwrap_err();
        assert_eq!(closed(&error).reason, ClosedReason::ShutDown);
        drop(peer);
    };
    let (one, two, ()) = tokio::join!(client.shutdown(), other.shutdown(), server);
    assert_eq!((&one.reason, &two.reason), (&ClosedReason::ShutDown, &ClosedReason::ShutDown));
    assert_eq!(closed(&hung.await.unwrap().unwrap_err()).reason, ClosedReason::ShutDown);
    assert_eq!(client.shutdown().await.reason, ClosedReason::ShutDown);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_does_not_end_has_its_time_of_grace() {
    let (client, mut peer) = Peer::connect(ClientOptions::new().with_grace(Duration::from_secs(7))).await;
    let begin = Instant::now();
    let closed = client.shutdown().await;
    assert_eq!((closed.reason.clone(), begin.elapsed().as_secs()), (ClosedReason::ShutDown, 7));
    assert_eq!(peer.next().await, None);
}

/// A server that talks without end is ended all the same.
#[tokio::test]
async fn a_flood_does_not_hold_up_the_end() {
    let (client, mut peer) = Peer::connect(ClientOptions::new().with_grace(Duration::from_millis(50))).await;
    let flood = tokio::spawn(async move { while peer.try_send(b"{\"method\":\"warning\",\"params\":{}}\n").await {} });
    assert_eq!(client.shutdown().await.reason, ClosedReason::ShutDown);
    flood.await.unwrap();
}

/// A turn that nobody reads holds up the pipe by choice, but not the end.
#[tokio::test]
async fn a_full_turn_does_not_hold_up_the_end() {
    let options = ClientOptions::new().with_turn_budget(10_000).with_overflow(Overflow::Wait);
    let (client, mut peer) = Peer::connect_over(1 << 12, options).await;
    let (thread, ()) = tokio::join!(client.start_thread(ThreadOptions::new()), peer.start_thread("t1"));
    let thread = thread.unwrap();
    let (turn, _) = tokio::join!(thread.turn("go", TurnOptions::default()), peer.start_turn("u1"));
    let unread = turn.unwrap();
    let params = json!({ "threadId": "t1", "turnId": "u1", "text": "x".repeat(1000) });
    let line = format!("{}\n", json!({ "method": "future/thing", "params": params }));
    let mut sent = 0;
    while timeout(Duration::from_millis(300), peer.try_send(line.as_bytes())).await.is_ok() {
        sent += 1;
    }
    assert!((10..100).contains(&sent), "{sent}");
    assert_eq!(client.shutdown().await.reason, ClosedReason::ShutDown);
    drop(unread);
}

/// Each of the handles keeps the connection, and the last one ends it.
#[tokio::test]
async fn the_last_handle_ends_the_connection() {
    let (client, mut peer) = Peer::connect(ClientOptions::new()).await;
    let (thread, ()) = tokio::join!(client.start_thread(ThreadOptions::new()), peer.start_thread("t1"));
    let thread = thread.unwrap();
    drop(client);
    let (turn, _) = tokio::join!(thread.turn("go", TurnOptions::default()), peer.start_turn("u1"));
    let mut turn = turn.unwrap();
    drop(thread);
    peer.complete("t1", "u1", "completed").await;
    turn.next().await.unwrap().unwrap();
    drop(turn);
    assert_eq!(peer.next().await, None);
}

/// 3.3, 16.
#[tokio::test]
async fn a_refused_handshake_ends_the_connection() {
    let (ours, theirs) = tokio::io::duplex(1 << 16);
    let (reader, writer) = tokio::io::split(ours);
    let mut peer = Peer::over(theirs);
    let server = async {
        let (id, params) = peer.asked("initialize").await;
        assert_eq!(params["clientInfo"], json!({ "name": "desk", "title": "The desk", "version": "7" }));
        let capabilities = json!({ "experimentalApi": false, "optOutNotificationMethods": ["warning"] });
        assert_eq!(params["capabilities"], capabilities);
        peer.refuse(&id, -32600, "no").await;
        assert_eq!(peer.next().await, None);
        drop(peer);
    };
    let options = ClientOptions::new()
        .with_name("desk")
        .with_title("The desk")
        .with_version("7")
        .with_experimental_api(false)
        .with_opt_out(["warning"]);
    let (client, ()) = tokio::join!(Client::connect(reader, writer, options), server);
    let error = client.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert!(error.message().contains("`initialize`: no"), "{error}");
    assert_eq!(rpc(&error).message, "no");
}

/// A connection that is given up in the middle of its handshake.
#[tokio::test]
async fn a_cancelled_connect_closes_the_servers_input() {
    let (ours, theirs) = tokio::io::duplex(1 << 16);
    let (reader, writer) = tokio::io::split(ours);
    let mut peer = Peer::over(theirs);
    let connecting = tokio::spawn(Client::connect(reader, writer, ClientOptions::new()));
    peer.asked("initialize").await;
    connecting.abort();
    assert_eq!(peer.next().await, None);
}

/// 3.4: a server that never reads. Requests wait for room, each no longer than its time.
#[tokio::test(start_paused = true)]
async fn requests_to_a_server_that_does_not_read_wait_and_end() {
    let options = ClientOptions::new().with_max_unsent(100_000).with_request_timeout(Duration::from_secs(5));
    let (client, peer) = Peer::connect_over(1 << 12, options).await;
    let big = json!({ "text": "x".repeat(60_000) });
    let calls: Vec<_> = (0..10)
        .map(|_| {
            let (client, big) = (client.clone(), big.clone());
            tokio::spawn(async move { client.request_raw("thread/inject_items", &big).await })
        })
        .collect();
    for call in calls {
        let error = call.await.unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Timeout);
        assert!(error.message().contains("bytes wait for a server that does not read"), "{error}");
    }
    assert!(client.closed().is_none());
    drop(peer);
}

/// What cannot wait, the answers to the server's own requests, ends the connection at last.
#[tokio::test]
async fn a_server_that_asks_and_does_not_read_is_closed() {
    let (client, mut peer) = Peer::connect_over(1 << 12, ClientOptions::new().with_max_unsent(10_000)).await;
    let hung = ask(&client, "model/list");
    let mut id = 0;
    while peer.try_send(format!("{{\"method\":\"future/ask\",\"id\":{id},\"params\":{{}}}}\n").as_bytes()).await {
        id += 1;
    }
    let error = hung.await.unwrap().unwrap_err();
    let ClosedReason::NotReading { unsent } = closed(&error).reason else { panic!("{error}") };
    assert!((20_000..21_000).contains(&unsent), "{unsent}");
    assert!(error.message().contains("has stopped reading"), "{error}");
}

/// The runtime of the connection ends, and the handles are in another one.
#[test]
fn the_end_of_the_runtime_is_told_in_another_one() {
    let runtime = || tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let (first, second) = (runtime(), runtime());
    let (client, peer) = first.block_on(Peer::connect(ClientOptions::new()));
    let hung = {
        let _second = second.enter();
        ask(&client, "model/list")
    };
    second.block_on(async {
        while client.counts().open_requests == 0 {
            tokio::task::yield_now().await;
        }
    });
    first.shutdown_background();
    let error = second.block_on(hung).unwrap().unwrap_err();
    assert_eq!(closed(&error).reason, ClosedReason::RuntimeEnded);
    let error = second.block_on(client.request_raw("model/list", &json!({}))).unwrap_err();
    assert_eq!(closed(&error).reason, ClosedReason::RuntimeEnded);
    drop(peer);
}

/// `--die-at`; 3.4: the server dies in the middle of a line.
#[tokio::test]
async fn the_stand_in_that_dies_in_the_middle_of_a_line_is_told_to_all() {
    let Some(options) = stand_in(&["--turns", "2", "--deltas", "50", "--die-at", "20", "--no-reply", "model/list"])
    else {
        return;
    };
    let client = Client::spawn(options).await.unwrap();
    let hung = ask(&client, "model/list");
    let mut turns = Vec::new();
    for _ in 0..2 {
        let thread = client.start_thread(ThreadOptions::new()).await.unwrap();
        turns.push(thread.turn("go", TurnOptions::default()).await.unwrap());
    }
    for mut turn in turns {
        let (mut notifications, mut errors) = (0, Vec::new());
        while let Some(event) = turn.next().await {
            match event {
                Ok(event) => notifications += event.notifications(),
                Err(error) => errors.push(error),
            }
        }
        // `turn/started` and 20 deltas came before.
        assert_eq!((notifications, errors.len()), (21, 1));
        assert_eq!(closed(&errors[0]).status.unwrap().code(), Some(3));
    }
    let error = hung.await.unwrap().unwrap_err();
    assert_eq!((error.kind(), closed(&error).status.unwrap().code()), (ErrorKind::Connect, Some(3)));
    assert_eq!(client.closed().unwrap().reason, ClosedReason::ServerClosed);
    // Half a line is no message.
    assert_eq!(client.counts().unreadable_lines, 1);
}
