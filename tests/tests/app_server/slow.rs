//! Readers that are slow, or do not read at all: what is put together, what is lost and told, and who waits.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use codex_ai::app_server::{ClientOptions, EventKind, Overflow, Turn};
use serde_json::json;

use crate::peer::Peer;
use crate::reading::{now, rest, settled, short, thread, turn};

/// 3.4: a time limit round one `next` loses nothing.
#[tokio::test(start_paused = true)]
async fn next_can_be_cancelled_at_any_time() {
    let (client, mut peer) = Peer::connect(ClientOptions::new()).await;
    let thread = thread(&client, &mut peer, "t1").await;
    let mut turn = turn(&thread, &mut peer, "u1").await;
    let mut seen = Vec::new();
    for n in 0..24 {
        tokio::time::timeout(Duration::from_millis(5), turn.next()).await.unwrap_err();
        peer.delta("t1", "u1", &n.to_string()).await;
        peer.delta("t1", "u1", "more").await;
        settled(&client, &mut peer).await;
        // Polled to where it waits, then dropped.
        {
            let mut next = pin!(turn.next());
            if let Poll::Ready(event) = next.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
                seen.push(short(&event.unwrap().unwrap()));
            }
        }
        seen.push(short(&turn.next().await.unwrap().unwrap()));
    }
    let expected: Vec<_> = (0..24).flat_map(|n| [n.to_string(), "more".to_owned()]).collect();
    assert_eq!(seen, expected);
}

async fn text(turn: &mut Turn) -> (String, u64, usize) {
    let (mut text, mut notifications, mut events) = (String::new(), 0, 0);
    while let Some(event) = turn.next().await {
        let event = event.unwrap();
        events += 1;
        notifications += event.notifications();
        match event.kind() {
            EventKind::AgentMessageDelta { delta, .. } => text.push_str(&delta),
            EventKind::TurnCompleted { .. } => {}
            other => panic!("{other:?}"),
        }
    }
    (text, notifications, events)
}

#[tokio::test]
async fn unread_pieces_become_few_and_keep_every_byte() {
    let (client, mut peer) = Peer::connect(ClientOptions::new()).await;
    let thread = thread(&client, &mut peer, "t1").await;
    let mut turn = turn(&thread, &mut peer, "u1").await;
    let pieces =
        ["a", "\"", "\\", "\u{1f600}", "\n\t", "é", "\\\"", "\"delta\":\"", "", "\u{0}", "\\u0041", "}", "x\\"];
    let mut expected = String::new();
    for n in 0..20_000 {
        let piece = pieces[n % pieces.len()];
        expected.push_str(piece);
        if n % 3 == 0 {
            // Characters outside of the first plane as two escapes, everything else as one.
            let escaped: String = piece.encode_utf16().map(|unit| format!("\\u{unit:04X}")).collect();
            let line = format!(
                "{{\"method\":\"item/agentMessage/delta\",\"params\":{{\"delta\":\"{escaped}\",\"itemId\":\"msg\",\"threadId\":\"t1\",\"turnId\":\"u1\"}}}}\n"
            );
            peer.send_raw(line.as_bytes()).await;
        } else {
            let params = json!({ "delta": piece, "itemId": "msg", "threadId": "t1", "turnId": "u1" });
            peer.notify("item/agentMessage/delta", params).await;
        }
    }
    peer.complete("t1", "u1", "completed").await;
    settled(&client, &mut peer).await;
    let (text, notifications, events) = text(&mut turn).await;
    assert!(text == expected, "the text is another");
    assert_eq!(notifications, 20_001);
    assert!(events < 2_000, "{events} events");
}

/// Only what differs in nothing but its text is put together.
#[tokio::test]
async fn pieces_of_different_items_stay_apart() {
    let (client, mut peer) = Peer::connect(ClientOptions::new()).await;
    let thread = thread(&client, &mut peer, "t1").await;
    let mut turn = turn(&thread, &mut peer, "u1").await;
    let mut expected = Vec::new();
    for n in 0..4_000 {
        let text = format!("{n} ");
        let params = match n % 10 {
            0 | 1 => json!({ "threadId": "t1", "turnId": "u1", "itemId": "a", "delta": text }),
            2..=4 => json!({ "threadId": "t1", "turnId": "u1", "itemId": "b", "delta": text }),
            5 => json!({ "threadId": "t1", "turnId": "u1", "itemId": "b", "delta": text, "more": 1 }),
            6 | 7 => json!({ "threadId": "t1", "turnId": "u1", "itemId": "c", "x": { "delta": text }, "delta": "" }),
            8 => json!({ "threadId": "t1", "turnId": "u1", "itemId": "a", "delta": 5 }),
            _ => json!({ "threadId": "t1", "turnId": "u1", "itemId": "a" }),
        };
        peer.notify("item/agentMessage/delta", params.clone()).await;
        expected.push(params);
    }
    peer.complete("t1", "u1", "completed").await;
    settled(&client, &mut peer).await;
    // What was put together is one piece whose text is that of its parts.
    let mut at = 0;
    let mut merged = 0;
    while let Some(event) = turn.next().await {
        let event = event.unwrap();
        if event.method() == "turn/completed" {
            break;
        }
        let count = usize::try_from(event.notifications()).unwrap();
        let parts = &expected[at..at + count];
        let mut whole = parts[0].clone();
        if count > 1 {
            merged += 1;
            let text: String = parts.iter().map(|part| part["delta"].as_str().unwrap()).collect();
            whole["delta"] = text.into();
            for part in parts {
                let mut part = part.clone();
                part["delta"] = whole["delta"].clone();
                assert_eq!(part, whole);
            }
        }
        assert_eq!(serde_json::from_str::<serde_json::Value>(event.params()).unwrap(), whole);
        at += count;
    }
    assert_eq!(at, expected.len());
    assert!(merged > 100, "{merged}");
}

/// 3.4: nobody reads a turn.
#[tokio::test]
async fn above_the_budget_the_oldest_are_lost_and_counted() {
    const BUDGET: usize = 64 << 10;
    let (client, mut peer) = Peer::connect(ClientOptions::new().with_turn_budget(BUDGET)).await;
    let thread = thread(&client, &mut peer, "t1").await;
    let mut turn = turn(&thread, &mut peer, "u1").await;
    let item = |n: usize| json!({ "threadId": "t1", "turnId": "u1", "item": { "type": "plan", "id": n.to_string(), "text": "" } });
    for n in 0..20_000 {
        match n % 1_000 {
            500 => {
                peer.notify(
                    "error",
                    json!({ "threadId": "t1", "turnId": "u1", "willRetry": true, "error": { "message": "m" } }),
                )
                .await;
            }
            501 => peer.notify("item/completed", item(n)).await,
            _ => {
                // Each of an item of its own, so that none is put together with another.
                let params = json!({ "threadId": "t1", "turnId": "u1", "itemId": n.to_string(), "delta": "some text" });
                peer.notify("item/agentMessage/delta", params).await;
            }
        }
    }
    peer.complete("t1", "u1", "completed").await;
    settled(&client, &mut peer).await;
    let (mut seen, mut bytes, mut lost, mut errors, mut items, mut last) = (0, 0, 0, 0, 0, String::new());
    while let Some(event) = turn.next().await {
        let event = event.unwrap();
        assert_ne!(last, "turn/completed");
        last = event.method().to_owned();
        match event.kind() {
            EventKind::Lagged { missed } => lost += missed,
            _ => {
                seen += event.notifications();
                bytes += event.params().len();
                errors += usize::from(last == "error");
                items += usize::from(last == "item/completed");
            }
        }
    }
    assert_eq!(seen + lost, 20_001);
    assert!(lost > 15_000, "{lost}");
    assert!(bytes <= BUDGET, "{bytes}");
    // Pieces of texts go first; errors and the end never.
    assert_eq!((errors, items, last.as_str()), (20, 20, "turn/completed"));
}

/// An event that is larger than the budget is still given, if it is the newest.
#[tokio::test]
async fn an_event_above_the_budget_is_given() {
    let (client, mut peer) = Peer::connect(ClientOptions::new().with_turn_budget(10_000)).await;
    let thread = thread(&client, &mut peer, "t1").await;
    let mut turn = turn(&thread, &mut peer, "u1").await;
    let text = "x".repeat(100_000);
    peer.delta("t1", "u1", "small").await;
    peer.delta("t1", "u1", &text).await;
    settled(&client, &mut peer).await;
    assert_eq!(short(&turn.next().await.unwrap().unwrap()), "lost 1");
    assert_eq!(short(&turn.next().await.unwrap().unwrap()), text);
    peer.complete("t1", "u1", "completed").await;
    assert_eq!(rest(&mut turn).await, ["completed"]);
}

/// 3.4: the reader of the pipe waits for nobody. One turn is not read at all, the other sees each event as it comes.
#[tokio::test]
async fn a_turn_that_is_not_read_holds_up_no_other() {
    let (client, mut peer) = Peer::connect(ClientOptions::new().with_turn_budget(64 << 10)).await;
    let thread = thread(&client, &mut peer, "t1").await;
    let unread = turn(&thread, &mut peer, "u1").await;
    let mut read = turn(&thread, &mut peer, "u2").await;
    for n in 0..5_000 {
        peer.delta("t1", "u1", &format!("{n} unread")).await;
        if n % 100 == 0 {
            peer.delta("t1", "u2", &n.to_string()).await;
            assert_eq!(short(&read.next().await.unwrap().unwrap()), n.to_string());
        }
    }
    drop(unread);
}

#[tokio::test(start_paused = true)]
async fn by_choice_the_server_waits_and_nothing_is_lost() {
    let options = ClientOptions::new().with_turn_budget(64 << 10).with_overflow(Overflow::Wait);
    let (client, mut peer) = Peer::connect(options).await;
    let thread = thread(&client, &mut peer, "t1").await;
    let mut turn = turn(&thread, &mut peer, "u1").await;
    let written = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&written);
    let writing = tokio::spawn(async move {
        for n in 0..20_000 {
            // No two of one item follow each other.
            let params =
                json!({ "threadId": "t1", "turnId": "u1", "itemId": (n % 2).to_string(), "delta": format!("{n} ") });
            peer.notify("item/agentMessage/delta", params).await;
            counter.store(n + 1, Ordering::Relaxed);
        }
        peer.complete("t1", "u1", "completed").await;
        peer
    });
    // The pipe holds 1 MiB, the client its budget and what it had read at once: then the server is held up. A paused clock
    // goes on when nothing else can.
    tokio::time::sleep(Duration::from_millis(1)).await;
    let before = written.load(Ordering::Relaxed);
    assert!((1_000..15_000).contains(&before), "{before}");
    let mut at = 0;
    while let Some(event) = turn.next().await {
        if let EventKind::AgentMessageDelta { delta, .. } = event.unwrap().kind() {
            assert_eq!(delta, format!("{at} "));
            at += 1;
        }
    }
    assert_eq!(at, 20_000);
    writing.await.unwrap();
}

#[tokio::test]
async fn a_handle_that_goes_holds_up_nobody_and_the_end_neither() {
    let options = ClientOptions::new().with_turn_budget(16 << 10).with_overflow(Overflow::Wait);
    let (client, mut peer) = Peer::connect(options).await;
    let thread = thread(&client, &mut peer, "t1").await;
    let turn_of_one = turn(&thread, &mut peer, "u1").await;
    let of_thread = thread.events();
    for n in 0..400 {
        peer.delta("t1", "u1", &n.to_string().repeat(100)).await;
    }
    let asked = tokio::spawn({
        let client = client.clone();
        async move { client.request_raw("model/list", &json!({})).await }
    });
    let (id, _) = peer.asked("model/list").await;
    peer.answer(&id, json!({})).await;
    drop(turn_of_one);
    drop(of_thread);
    asked.await.unwrap().unwrap();
    // Held up again, and closed all the same.
    let held = turn(&thread, &mut peer, "u2").await;
    for n in 0..400 {
        peer.delta("t1", "u2", &n.to_string().repeat(100)).await;
    }
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    let closing = client.shutdown();
    let reading = async { while peer.next().await.is_some() {} };
    tokio::time::timeout(Duration::from_secs(60), async { tokio::join!(closing, reading) }).await.unwrap();
    drop(held);
}

/// 3.4: notifications of no turn that nobody reads.
#[tokio::test]
async fn the_client_keeps_the_newest_of_its_own_events() {
    let (client, mut peer) = Peer::connect(ClientOptions::new()).await;
    let text = "x".repeat(1_000);
    for n in 0..2_000 {
        peer.notify("configWarning", json!({ "n": n, "text": text })).await;
    }
    settled(&client, &mut peer).await;
    let mut events = client.events();
    let mut seen = Vec::new();
    while let Poll::Ready(event) = crate::reading::now_of(&mut events) {
        let event = event.unwrap().unwrap();
        seen.push(serde_json::from_str::<serde_json::Value>(event.params()).unwrap()["n"].as_u64().unwrap());
    }
    let first = 2_000 - seen.len() as u64;
    assert!((100..=256).contains(&seen.len()), "{}", seen.len());
    assert_eq!(seen, (first..2_000).collect::<Vec<_>>());
}

/// 3.4, global notifications that nobody reads: the list of those that are not wanted goes to the server.
#[tokio::test]
async fn what_is_not_wanted_is_told_at_the_start() {
    let (ours, theirs) = tokio::io::duplex(1 << 16);
    let (reader, writer) = tokio::io::split(ours);
    let mut peer = Peer::over(theirs);
    let options = ClientOptions::new().with_opt_out(["account/rateLimits/updated"]);
    let connecting = tokio::spawn(codex_ai::app_server::Client::connect(reader, writer, options));
    let (_, params) = peer.asked("initialize").await;
    assert_eq!(params["capabilities"]["optOutNotificationMethods"], json!(["account/rateLimits/updated"]));
    connecting.abort();
}

/// 3.4: an event wakes those who read its turn, and nobody else.
#[tokio::test]
async fn an_event_wakes_the_readers_of_its_turn_only() {
    #[derive(Default)]
    struct Count(AtomicUsize);
    impl Wake for Count {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }
    let (client, mut peer) = Peer::connect(ClientOptions::new()).await;
    let thread = thread(&client, &mut peer, "t1").await;
    let mut turns = Vec::new();
    for n in 0..16 {
        turns.push((turn(&thread, &mut peer, &format!("u{n}")).await, Arc::new(Count::default())));
    }
    for (turn, count) in &mut turns {
        let waker = Waker::from(Arc::clone(count));
        assert!(pin!(turn.next()).poll(&mut Context::from_waker(&waker)).is_pending());
    }
    for _ in 0..100 {
        peer.delta("t1", "u3", "x").await;
    }
    settled(&client, &mut peer).await;
    let woken: Vec<_> = turns.iter().map(|(_, count)| count.0.load(Ordering::Relaxed)).collect();
    assert_eq!(woken.iter().sum::<usize>(), 1, "{woken:?}");
    assert_eq!(woken[3], 1);
    assert!(now(&mut turns[3].0).is_ready());
}
