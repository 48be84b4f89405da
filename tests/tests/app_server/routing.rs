//! Each event goes to its own turn, thread or to the client, in its order, and nothing is left when all is over.

use codex_ai::app_server::{ClientOptions, EventKind};
use serde_json::{Value, json};

use crate::peer::Peer;
use crate::reading::{now, now_of, rest, settled, short, some, thread, turn};

/// 3.3, 5.
#[tokio::test]
async fn deltas_of_two_turns_in_reverse_order_reach_their_own() {
    let (client, mut peer) = Peer::connect(ClientOptions::new()).await;
    let (first, second) = (thread(&client, &mut peer, "t1").await, thread(&client, &mut peer, "t2").await);
    let (mut one, mut two) = (turn(&first, &mut peer, "u1").await, turn(&second, &mut peer, "u2").await);
    for n in 0..100 {
        peer.delta("t2", "u2", &format!("b{n}")).await;
        peer.delta("t1", "u1", &format!("a{n}")).await;
    }
    peer.complete("t2", "u2", "completed").await;
    peer.complete("t1", "u1", "completed").await;
    let expected =
        |name: &str| (0..100).map(|n| format!("{name}{n}")).chain(["completed".to_owned()]).collect::<Vec<_>>();
    assert_eq!(rest(&mut one).await, expected("a"));
    assert_eq!(rest(&mut two).await, expected("b"));
}

/// 3.3, 8.
#[tokio::test]
async fn what_is_not_understood_keeps_its_parameters() {
    let (client, mut peer) = Peer::connect(ClientOptions::new()).await;
    let thread = thread(&client, &mut peer, "t1").await;
    let mut turn = turn(&thread, &mut peer, "u1").await;
    let future = json!({ "threadId": "t1", "turnId": "u1", "deep": [{ "a": 1.5e3 }, null, "\u{1f600}"] });
    let broken = json!({ "threadId": "t1", "turnId": "u1", "itemId": "i", "delta": 17 });
    peer.notify("future/thing", future.clone()).await;
    peer.notify("item/agentMessage/delta", broken.clone()).await;
    for (method, params) in [("future/thing", future), ("item/agentMessage/delta", broken)] {
        let event = turn.next().await.unwrap().unwrap();
        assert_eq!(event.method(), method);
        assert_eq!(event.kind(), EventKind::Unknown { params: params.clone() });
        assert_eq!(serde_json::from_str::<Value>(event.params()).unwrap(), params);
    }
}

/// 3.3, 9.
#[tokio::test]
async fn unknown_notifications_go_by_the_ids_they_show() {
    let (client, mut peer) = Peer::connect(ClientOptions::new()).await;
    let thread = thread(&client, &mut peer, "t1").await;
    let mut turn = turn(&thread, &mut peer, "u1").await;
    let (mut of_thread, mut of_client) = (thread.events(), client.events());
    peer.notify("future/top", json!({ "turnId": "u1" })).await;
    peer.notify("future/nested", json!({ "turn": { "x": [1], "id": "u1" } })).await;
    peer.notify("future/thread", json!({ "threadId": "t1" })).await;
    peer.notify("future/nestedThread", json!({ "thread": { "id": "t1" } })).await;
    peer.notify("future/both", json!({ "threadId": "t1", "turnId": "u1" })).await;
    peer.notify("future/deeper", json!({ "item": { "turnId": "u1", "threadId": "t1" } })).await;
    peer.notify("future/noText", json!({ "turnId": 7, "threadId": null, "turn": "u1", "thread": ["t1"] })).await;
    peer.notify("future/list", json!(["u1", "t1"])).await;
    // A known one whose parameters are not as they should be.
    peer.notify("item/agentMessage/delta", json!({ "turn": { "id": "u1" }, "n": 1 })).await;
    settled(&client, &mut peer).await;
    let methods = |turn: &mut _| {
        std::iter::from_fn(|| match now(turn) {
            std::task::Poll::Ready(event) => Some(event?.unwrap().method().to_owned()),
            std::task::Poll::Pending => None,
        })
        .collect::<Vec<_>>()
    };
    assert_eq!(methods(&mut turn), ["future/top", "future/nested", "future/both", "item/agentMessage/delta"]);
    let of = |events: &mut _| {
        std::iter::from_fn(|| match now_of(events) {
            std::task::Poll::Ready(event) => Some(event?.unwrap().method().to_owned()),
            std::task::Poll::Pending => None,
        })
        .collect::<Vec<_>>()
    };
    assert_eq!(of(&mut of_thread), ["future/thread", "future/nestedThread", "future/both"]);
    assert_eq!(
        of(&mut of_client),
        ["future/thread", "future/nestedThread", "future/deeper", "future/noText", "future/list"]
    );
}

/// The ids are read from the text as JSON says, whatever way it is written.
#[tokio::test]
async fn ids_and_names_are_those_that_the_text_says() {
    let (client, mut peer) = Peer::connect(ClientOptions::new()).await;
    let thread = thread(&client, &mut peer, "t\"1").await;
    let mut turn = turn(&thread, &mut peer, "u\u{e9}\\1").await;
    for line in [
        r#" { "params" : { "\u0074urnId" : "u\u00e9\\1" , "n":[ ] , "o":{ } } , "method" : "future\/thing" } "#,
        r#"{"emittedAtMs":-1,"method":"future/thing","params":{"turnId":"ué\\1","turnId2":"x"},"trace":null}"#,
        "{\"jsonrpc\":\"2.0\",\"id\":null,\"method\":\"future/thing\",\"params\":{\"turn\":{\"\\u0069d\":\"u\\u00E9\\u005C1\"}}}\r",
    ] {
        peer.send_raw(line.as_bytes()).await;
        peer.send_raw(b"\n").await;
        assert_eq!(turn.next().await.unwrap().unwrap().method(), "future/thing");
    }
    assert_eq!(client.counts().unreadable_lines, 0);
}

/// 3.4, every event validated on the reader: the reader looks for the ids, and only who reads decodes. What no decoder of
/// its method takes comes as it is, to its own turn.
#[tokio::test]
async fn nothing_but_the_ids_is_decoded_before_an_event_is_read() {
    let (client, mut peer) = Peer::connect(ClientOptions::new()).await;
    let thread = thread(&client, &mut peer, "t1").await;
    let mut turn = turn(&thread, &mut peer, "u1").await;
    let params = [
        // Numbers and texts that JSON can write and no type here can hold.
        r#"{ "threadId":"t1", "turnId":"u1",  "itemId":1e999, "delta":[-0.0, 123456789012345678901234567890] }"#,
        r#"{"threadId":"t1","turnId":"u1","itemId":"i","delta":"\ud800"}"#,
        r#"{"threadId":"t1","turnId":"u1","itemId":"i","itemId":"j","delta":"a","delta":"b"}"#,
    ];
    for params in params {
        peer.send_raw(format!("{{\"method\":\"item/agentMessage/delta\",\"params\":{params}}}\n").as_bytes()).await;
    }
    peer.delta("t1", "u1", "good").await;
    for params in params {
        let event = turn.next().await.unwrap().unwrap();
        assert_eq!(event.params(), params, "the bytes that came");
        assert!(matches!(event.kind(), EventKind::Unknown { .. }), "{event:?}");
    }
    assert_eq!(short(&turn.next().await.unwrap().unwrap()), "good");
    assert_eq!(client.counts().unreadable_lines, 0);
}

/// What is broken anywhere is told once, and touches nothing else.
#[tokio::test]
async fn lines_that_are_no_message_are_counted_and_told() {
    let (client, mut peer) = Peer::connect(ClientOptions::new()).await;
    let thread = thread(&client, &mut peer, "t1").await;
    let mut turn = turn(&thread, &mut peer, "u1").await;
    let mut events = client.events();
    let deep = format!(r#"{{"method":"m","params":{{"turnId":"u1","x":{}1{}}}}}"#, "[".repeat(200), "]".repeat(200));
    let lines: &[&[u8]] = &[
        b"this line is not JSON",
        b"[]",
        b"{}",
        b"null",
        br#"{"method":"m","params":{"turnId":"u1"}"#,
        br#"{"method":"m","params":{"turnId":"u1"}}}"#,
        br#"{"method":"m","params":{"turnId":"u1"]}"#,
        br#"{"method":"m","params":{"turnId":"u1",}}"#,
        br#"{"method":"m","params":{"turnId":"u1","x":tru}}"#,
        br#"{"method":"m","params":{"turnId":"u1","x":01}}"#,
        br#"{"method":"m","params":{"turnId":"u1","x":1.}}"#,
        br#"{"method":"m","params":{"turnId":"u1","x":-}}"#,
        br#"{"method":"m","params":{"turnId":"u1","x":"\x"}}"#,
        br#"{"method":"m","params":{"turnId":"u1","x":"\u12g4"}}"#,
        b"{\"method\":\"m\",\"params\":{\"turnId\":\"u1\",\"x\":\"\xff\"}}",
        b"{\"method\":\"m\",\"params\":{\"turnId\":\"u1\",\"x\":\"a\tb\"}}",
        br#"{"method":"m","method":"m","params":{"turnId":"u1"}}"#,
        br#"{"method":7,"params":{"turnId":"u1"}}"#,
        br#"{"method":"m","id":1.5,"params":{"turnId":"u1"}}"#,
        br#"{"id":null,"error":{"code":-32700,"message":"bad"}}"#,
        deep.as_bytes(),
    ];
    for line in lines {
        peer.send_raw(line).await;
        peer.send_raw(b"\n").await;
    }
    peer.delta("t1", "u1", "on").await;
    assert_eq!(short(&turn.next().await.unwrap().unwrap()), "on");
    assert_eq!(client.counts().unreadable_lines, lines.len() as u64);
    assert_eq!(some(&mut events, lines.len()).await, vec!["codex-ai/unreadable"; lines.len()]);
}

/// 3.3, 3: all handles go to one router. Fact 7: a second `turn/start` on a busy thread names the same turn.
#[tokio::test]
async fn handles_of_one_turn_see_the_same_events() {
    let (client, mut peer) = Peer::connect(ClientOptions::new()).await;
    let thread = thread(&client, &mut peer, "t1").await;
    let mut first = turn(&thread, &mut peer, "u1").await;
    peer.delta("t1", "u1", "a").await;
    assert_eq!(short(&first.next().await.unwrap().unwrap()), "a");
    let mut second = turn(&thread, &mut peer, "u1").await;
    peer.delta("t1", "u1", "b").await;
    let mut third = thread.join("u1");
    peer.complete("t1", "u1", "completed").await;
    assert_eq!(rest(&mut second).await, ["a", "b", "completed"]);
    assert_eq!(rest(&mut first).await, ["b", "completed"]);
    drop((first, second));
    assert_eq!(client.counts().open_turns, 1);
    assert_eq!(rest(&mut third).await, ["a", "b", "completed"]);
    drop(third);
    assert_eq!(client.counts().open_turns, 0);
}

#[tokio::test]
async fn who_joins_late_is_told_what_is_gone() {
    let (client, mut peer) = Peer::connect(ClientOptions::new()).await;
    let thread = thread(&client, &mut peer, "t1").await;
    let mut first = turn(&thread, &mut peer, "u1").await;
    let piece = "x".repeat(1000);
    for _ in 0..200 {
        peer.delta("t1", "u1", &piece).await;
        first.next().await.unwrap().unwrap();
    }
    let mut second = thread.join("u1");
    peer.complete("t1", "u1", "completed").await;
    let seen = rest(&mut second).await;
    let lost: usize = seen[0].strip_prefix("lost ").unwrap().parse().unwrap();
    assert!((100..200).contains(&lost), "{lost}");
    assert_eq!(seen.len() - 1, 200 - lost + 1);
    assert_eq!(seen.last().unwrap(), "completed");
    assert_eq!(rest(&mut first).await, ["completed"]);
}

#[tokio::test]
async fn who_joins_after_the_end_is_told_the_end() {
    let (client, mut peer) = Peer::connect(ClientOptions::new()).await;
    let thread = thread(&client, &mut peer, "t1").await;
    let mut first = turn(&thread, &mut peer, "u1").await;
    for _ in 0..3 {
        peer.delta("t1", "u1", "x").await;
    }
    peer.complete("t1", "u1", "failed").await;
    rest(&mut first).await;
    drop(first);
    assert_eq!(rest(&mut thread.join("u1")).await, ["lost 3", "failed"]);
    assert_eq!(client.counts().open_turns, 0);
}

/// A turn that nobody reads any more is joined again.
#[tokio::test]
async fn a_turn_that_was_left_can_be_joined() {
    let (client, mut peer) = Peer::connect(ClientOptions::new()).await;
    let thread = thread(&client, &mut peer, "t1").await;
    drop(turn(&thread, &mut peer, "u1").await);
    peer.delta("t1", "u1", "a").await;
    settled(&client, &mut peer).await;
    let mut again = turn(&thread, &mut peer, "u1").await;
    peer.delta("t1", "u1", "b").await;
    peer.complete("t1", "u1", "completed").await;
    assert_eq!(rest(&mut again).await, ["a", "b", "completed"]);
}

#[tokio::test]
async fn a_turn_that_was_left_keeps_little() {
    let (client, mut peer) = Peer::connect(ClientOptions::new()).await;
    let thread = thread(&client, &mut peer, "t1").await;
    drop(turn(&thread, &mut peer, "u1").await);
    let piece = "x".repeat(1000);
    for _ in 0..1000 {
        peer.delta("t1", "u1", &piece).await;
    }
    settled(&client, &mut peer).await;
    let mut again = thread.join("u1");
    peer.complete("t1", "u1", "completed").await;
    let seen = rest(&mut again).await;
    let lost: usize = seen[0].strip_prefix("lost ").unwrap().parse().unwrap();
    assert!(lost > 950, "{lost}");
    assert_eq!(seen.len(), 1 + (1000 - lost) + 1);
}

#[tokio::test]
async fn a_thread_gives_its_own_events_and_those_of_its_turns() {
    let (client, mut peer) = Peer::connect(ClientOptions::new()).await;
    let thread = thread(&client, &mut peer, "t1").await;
    peer.delta("t1", "u0", "before").await;
    settled(&client, &mut peer).await;
    let mut events = thread.events();
    assert_eq!(client.counts().open_threads, 1);
    peer.delta("t1", "u1", "a").await;
    peer.notify("thread/status/changed", json!({ "threadId": "t1", "status": { "type": "active" } })).await;
    peer.delta("t2", "u2", "foreign").await;
    peer.complete("t1", "u1", "completed").await;
    peer.delta("t1", "u3", "b").await;
    assert_eq!(some(&mut events, 4).await, ["a", "thread/status/changed", "completed", "b"]);
    drop(events);
    assert_eq!(client.counts().open_threads, 0);
}

#[tokio::test]
async fn nothing_follows_the_end_of_a_turn() {
    let (client, mut peer) = Peer::connect(ClientOptions::new()).await;
    let thread = thread(&client, &mut peer, "t1").await;
    let mut turn = turn(&thread, &mut peer, "u1").await;
    let (mut of_thread, mut of_client) = (thread.events(), client.events());
    peer.complete("t1", "u1", "completed").await;
    peer.delta("t1", "u1", "late").await;
    peer.complete("t1", "u1", "failed").await;
    settled(&client, &mut peer).await;
    assert_eq!(rest(&mut turn).await, ["completed"]);
    assert!(turn.next().await.is_none());
    assert_eq!(some(&mut of_thread, 3).await, ["completed", "late", "failed"]);
    assert_eq!(some(&mut of_client, 2).await, ["late", "failed"]);
    drop(turn);
    peer.delta("t1", "u1", "later").await;
    assert_eq!(some(&mut of_client, 1).await, ["later"]);
    assert_eq!((client.counts().late_events, client.counts().open_turns), (3, 0));
}

/// A server that gives the id of a turn which is over to a new one.
#[tokio::test]
async fn an_id_that_is_given_again_is_another_turn() {
    let (client, mut peer) = Peer::connect(ClientOptions::new()).await;
    let thread = thread(&client, &mut peer, "t1").await;
    for n in 0..3 {
        let mut turn = turn(&thread, &mut peer, "u1").await;
        peer.delta("t1", "u1", &n.to_string()).await;
        peer.complete("t1", "u1", "completed").await;
        assert_eq!(rest(&mut turn).await, [n.to_string(), "completed".to_owned()]);
    }
    let started = json!({ "id": "u1", "items": [], "status": "inProgress" });
    peer.notify("turn/started", json!({ "threadId": "t1", "turn": started })).await;
    settled(&client, &mut peer).await;
    let mut joined = thread.join("u1");
    peer.complete("t1", "u1", "completed").await;
    assert_eq!(rest(&mut joined).await, ["turn/started", "completed"]);
}

/// Fact 8: `turn/started` with an id that never completes.
#[tokio::test]
async fn ids_that_never_complete_are_bounded_and_go_with_their_thread() {
    let (client, mut peer) = Peer::connect(ClientOptions::new()).await;
    let thread = thread(&client, &mut peer, "t1").await;
    let mut turn = turn(&thread, &mut peer, "u1").await;
    for n in 0..2000 {
        let turn = json!({ "id": format!("foreign-{n}"), "items": [], "status": "inProgress" });
        peer.notify("turn/started", json!({ "threadId": "t1", "turn": turn })).await;
    }
    peer.delta("t1", "u1", "own").await;
    peer.complete("t1", "u1", "completed").await;
    assert_eq!(rest(&mut turn).await, ["own", "completed"]);
    let counts = client.counts();
    assert!(counts.open_turns <= 257, "{counts:?}");
    assert!(counts.unclaimed_turns >= 2000 - 256, "{counts:?}");
    drop(turn);
    peer.notify("thread/closed", json!({ "threadId": "t1" })).await;
    settled(&client, &mut peer).await;
    assert_eq!(client.counts().open_turns, 0);
}

/// A review tells its start under another id, which names the review's own turn as its root.
#[tokio::test]
async fn a_foreign_start_goes_with_the_turn_that_it_names_as_its_root() {
    let (client, mut peer) = Peer::connect(ClientOptions::new()).await;
    let thread = thread(&client, &mut peer, "t1").await;
    let mut turn = turn(&thread, &mut peer, "u1").await;
    let other = json!({ "id": "u2", "rootTurnId": "u1", "items": [], "status": "inProgress" });
    peer.notify("turn/started", json!({ "threadId": "t1", "turn": other })).await;
    peer.complete("t1", "u1", "completed").await;
    assert_eq!(rest(&mut turn).await, ["completed"]);
    drop(turn);
    assert_eq!(client.counts().open_turns, 0);
    // It was only forgotten: who asks is told that something is gone.
    let mut foreign = thread.join("u2");
    assert_eq!(short(&foreign.next().await.unwrap().unwrap()), "lost 1");
}

#[tokio::test]
async fn nothing_is_left_when_all_is_over() {
    let (client, mut peer) = Peer::connect(ClientOptions::new()).await;
    let thread = thread(&client, &mut peer, "t1").await;
    let events = thread.events();
    for n in 0..300 {
        let id = format!("u{n}");
        let mut turn = turn(&thread, &mut peer, &id).await;
        peer.delta("t1", &id, "x").await;
        if n % 3 == 0 {
            drop(turn);
            peer.complete("t1", &id, "completed").await;
        } else {
            peer.complete("t1", &id, "completed").await;
            if n % 3 == 1 {
                rest(&mut turn).await;
            }
        }
    }
    drop(events);
    settled(&client, &mut peer).await;
    let counts = client.counts();
    assert_eq!((counts.open_turns, counts.open_requests, counts.open_threads), (0, 0, 0));
    assert_eq!((counts.unclaimed_turns, counts.unexpected_answers), (0, 0));
}

/// 3.4: what came before the connection broke is given first, then one error.
#[tokio::test]
async fn events_come_first_and_then_the_error() {
    let (client, mut peer) = Peer::connect(ClientOptions::new()).await;
    let thread = thread(&client, &mut peer, "t1").await;
    let (mut turn, mut events) = (turn(&thread, &mut peer, "u1").await, thread.events());
    peer.delta("t1", "u1", "a").await;
    peer.delta("t1", "u1", "b").await;
    drop(peer);
    while client.closed().is_none() {
        tokio::task::yield_now().await;
    }
    for text in ["a", "b"] {
        assert_eq!(short(&turn.next().await.unwrap().unwrap()), text);
        assert_eq!(short(&events.next().await.unwrap().unwrap()), text);
    }
    assert!(turn.next().await.unwrap().is_err());
    assert!(turn.next().await.is_none());
    assert!(events.next().await.unwrap().is_err());
    assert!(events.next().await.is_none());
    let mut later = thread.join("u9");
    assert!(later.next().await.unwrap().is_err());
    assert!(thread.events().next().await.unwrap().is_err());
    drop((turn, events, later));
    let counts = client.counts();
    assert_eq!((counts.open_turns, counts.open_requests, counts.open_threads), (0, 0, 0));
}
