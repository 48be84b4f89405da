//! Lines that no server should write: counted, told, and nothing else is lost by them.

use std::time::Duration;

use codex_ai::ErrorKind;
use codex_ai::app_server::{Client, ClientOptions, Event, EventKind, Events, ThreadOptions, Turn, TurnOptions};
use proptest::prelude::*;
use serde_json::json;
use tokio::time::timeout;

use crate::peer::{Peer, stand_in};
use crate::requests::ask;

/// How long a test waits for what must come.
const LONG: Duration = Duration::from_secs(60);

/// What is told of a line that is no message.
async fn unreadable(events: &mut Events) -> Event {
    loop {
        let event = timeout(LONG, events.next()).await.expect("an event").unwrap().unwrap();
        if event.method() == "codex-ai/unreadable" {
            return event;
        }
    }
}

/// Sends this, then shows that an unrelated call is answered and a turn's stream goes on.
async fn survives(line: &[u8]) -> (Client, Peer) {
    let (client, mut peer) = Peer::connect(ClientOptions::new()).await;
    let (thread, ()) = tokio::join!(client.start_thread(ThreadOptions::new()), peer.start_thread("t1"));
    let (thread, call) = (thread.unwrap(), ask(&client, "model/list"));
    let (id, _) = peer.asked("model/list").await;
    let (turn, _) = tokio::join!(thread.turn("go", TurnOptions::default()), peer.start_turn("u1"));
    let mut turn = turn.unwrap();
    peer.delta("t1", "u1", "before").await;
    peer.send_raw(line).await;
    peer.delta("t1", "u1", "after").await;
    peer.complete("t1", "u1", "completed").await;
    peer.answer(&id, json!("an answer")).await;
    assert_eq!(timeout(LONG, call).await.unwrap().unwrap().unwrap(), "an answer");
    let mut text = String::new();
    while let Some(event) = timeout(LONG, turn.next()).await.unwrap() {
        if let EventKind::AgentMessageDelta { delta, .. } = event.unwrap().kind() {
            text.push_str(&delta);
        }
    }
    assert_eq!(text, "beforeafter");
    (client, peer)
}

/// 3.4, one line that is not JSON, and its relatives.
#[tokio::test]
async fn what_is_no_message_is_counted_and_told_and_nothing_is_lost() {
    for line in [
        &b"this line is not JSON\n"[..],
        b"\xff\xfe\x00\n",
        b"{\"method\":\"warning\",\"params\":{\"message\":\"\xc3\x28\"}}\n",
        b"[]\n",
        b"[{\"id\":2,\"result\":{}}]\n",
        b"7\n",
        b"null\n",
        b"\"id\"\n",
        b"{}\n",
        b"{\"result\":{}}\n",
        b"{\"id\":null,\"result\":{}}\n",
        b"{\"id\":2.0,\"result\":{}}\n",
        b"{\"id\":-1,\"result\":{}}\n",
        b"{\"id\":99999999999999999999,\"result\":{}}\n",
        b"{\"id\":{},\"result\":{}}\n",
        b"{\"method\":7,\"params\":{}}\n",
        b"{\"method\":\"warning\",\"params\":{\n",
        b"{\"method\":\"warning\",\"params\":{}}}\n",
        b"{\"method\":\"warning\"}{\"method\":\"warning\"}\n",
        b"{\n",
    ] {
        let shown = String::from_utf8_lossy(line).into_owned();
        let (client, _peer) = survives(line).await;
        assert_eq!(client.counts().unreadable_lines, 1, "{shown}");
        let told = unreadable(&mut client.events()).await;
        assert!(told.params().contains("line"), "{told:?}");
    }
}

#[tokio::test]
async fn lines_may_end_and_begin_in_odd_ways() {
    for line in [
        &b"\n"[..],
        b"\r\n",
        b"  \t \r\n",
        b"\xef\xbb\xbf{\"method\":\"warning\",\"params\":{}}\r\n",
        b" {\"method\" : \"warning\", \"params\": {} } \n",
        b"{\"jsonrpc\":\"2.0\",\"method\":\"warning\",\"params\":{}}\n",
        b"{\"method\":\"warning\"}\n",
        b"{\"method\":\"warning\",\"params\":null}\n",
        b"{\"method\":\"warning\",\"params\":[1]}\n",
    ] {
        let (client, _peer) = survives(line).await;
        assert_eq!(client.counts().unreadable_lines, 0, "{}", String::from_utf8_lossy(line));
    }
}

#[tokio::test]
async fn answers_to_nothing_are_counted() {
    for line in [
        "{\"id\":9999,\"result\":{}}\n",
        "{\"id\":0,\"result\":{}}\n",
        "{\"id\":9999,\"error\":{\"code\":-32600,\"message\":\"x\"}}\n",
    ] {
        let (client, _peer) = survives(line.as_bytes()).await;
        assert_eq!((client.counts().unexpected_answers, client.counts().unreadable_lines), (1, 0), "{line}");
    }
}

#[tokio::test]
async fn a_second_answer_with_one_id_is_nobodys() {
    let (client, mut peer) = Peer::connect(ClientOptions::new()).await;
    let (first, second) = (ask(&client, "model/list"), ask(&client, "model/list"));
    let (one, _) = peer.asked("model/list").await;
    let (two, _) = peer.asked("model/list").await;
    peer.answer(&one, json!(1)).await;
    peer.answer(&one, json!("again")).await;
    peer.answer(&two, json!(1)).await;
    assert_eq!((first.await.unwrap().unwrap(), second.await.unwrap().unwrap()), (json!(1), json!(1)));
    assert_eq!(client.counts().unexpected_answers, 1);
}

/// An answer that shows whose it is does not leave its asker waiting.
#[tokio::test(start_paused = true)]
async fn an_answer_that_cannot_be_read_fails_its_request_at_once() {
    let (client, mut peer) = Peer::connect(ClientOptions::new()).await;
    for (rest, kind) in [
        ("}", ErrorKind::Protocol),
        (",\"result\":{\"data\":[}", ErrorKind::Protocol),
        (" , \"error\" : nonsense}", ErrorKind::Protocol),
        (",\"error\":7}", ErrorKind::InvalidRequest),
        (",\"error\":{\"message\":7}}", ErrorKind::InvalidRequest),
        (",\"result\":null,\"error\":{\"code\":\"x\",\"message\":\"y\"}}", ErrorKind::InvalidRequest),
    ] {
        let begin = tokio::time::Instant::now();
        let call = ask(&client, "model/list");
        let (id, _) = peer.asked("model/list").await;
        peer.send_raw(format!("{{\"id\":{id}{rest}\n").as_bytes()).await;
        let error = call.await.unwrap().unwrap_err();
        assert_eq!((error.kind(), begin.elapsed()), (kind, Duration::ZERO), "{rest}: {error}");
        assert!(error.message().contains("`model/list`"), "{error}");
    }
    // `null` is an answer.
    let call = ask(&client, "model/list");
    let (id, _) = peer.asked("model/list").await;
    peer.send(&json!({ "id": id, "result": null })).await;
    assert!(call.await.unwrap().unwrap().is_null());
    assert_eq!(client.counts().unreadable_lines, 3);
}

/// Whoever waits on the other side is told, too.
#[tokio::test]
async fn a_request_of_the_server_that_cannot_be_read_is_refused() {
    let (_client, mut peer) = Peer::connect(ClientOptions::new()).await;
    peer.send_raw(b"{\"method\":\"item/tool/call\",\"id\":3,\"params\":{]}\n").await;
    let answer = peer.next().await.unwrap();
    assert_eq!((&answer["id"], &answer["error"]["code"]), (&json!(3), &json!(-32600)));
}

#[tokio::test]
async fn a_line_that_is_too_long_is_skipped_and_its_request_fails_at_once() {
    let (client, mut peer) = Peer::connect(ClientOptions::new().with_max_line(100_000)).await;
    let mut events = client.events();
    let filler = "x".repeat(300_000);
    let (head, tail, other) = (ask(&client, "a"), ask(&client, "b"), ask(&client, "c"));
    let mut ids = std::collections::HashMap::new();
    for _ in 0..3 {
        let message = peer.next().await.unwrap();
        ids.insert(message["method"].as_str().unwrap().to_owned(), message["id"].clone());
    }
    // The id is seen before the line is over: the call fails although its answer never ends.
    peer.send_raw(format!("{{\"id\":{},\"result\":\"{filler}", ids["a"]).as_bytes()).await;
    let error = head.await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooLarge);
    assert!(error.message().contains("`a` is longer than 100000 bytes"), "{error}");
    assert!(error.help().unwrap().contains("with_max_line"), "{error}");
    peer.send_raw(b"\"}\n").await;
    // The id comes last.
    peer.send_raw(format!("{{\"result\":\"{filler}\",\"id\":{}}}\n", ids["b"]).as_bytes()).await;
    assert_eq!(tail.await.unwrap().unwrap_err().kind(), ErrorKind::TooLarge);
    // Neither an event nor what only looks like an answer is one.
    let not_an_answer = format!("{{\"method\":\"x\",\"params\":\"{filler}\",\"id\":{}}}\n", ids["c"]);
    peer.send_raw(not_an_answer.as_bytes()).await;
    peer.send_raw(format!("{{\"method\":\"warning\",\"params\":\"{filler}\"}}\n").as_bytes()).await;
    peer.answer(&ids["c"], json!("whole")).await;
    assert_eq!(other.await.unwrap().unwrap(), "whole");
    assert_eq!((client.counts().oversized_lines, client.counts().unreadable_lines), (4, 0));
    let told = unreadable(&mut events).await;
    assert!(told.params().len() < 1000, "only its beginning is kept");
    // A request of the server is refused, not left without an answer.
    peer.send_raw(format!("{{\"method\":\"item/tool/call\",\"id\":\"s1\",\"params\":\"{filler}\"}}\n").as_bytes())
        .await;
    assert_eq!(peer.next().await.unwrap()["id"], "s1");
}

/// A line as long as the limit is read; one byte more is too much, in whatever pieces it comes.
#[tokio::test]
async fn the_limit_of_a_line_is_exact() {
    let (client, mut peer) = Peer::connect(ClientOptions::new().with_max_line(1000)).await;
    for (length, piece, read) in [(1000, 5000, true), (1000, 7, true), (1001, 5000, false), (1001, 7, false)] {
        let call = ask(&client, "model/list");
        let (id, _) = peer.asked("model/list").await;
        let empty = format!("{{\"id\":{id},\"result\":\"\"}}");
        let line = format!("{{\"id\":{id},\"result\":\"{}\"}}\n", "x".repeat(length - empty.len()));
        for piece in line.as_bytes().chunks(piece) {
            peer.send_raw(piece).await;
            tokio::task::yield_now().await;
        }
        assert_eq!(call.await.unwrap().is_ok(), read, "{length} bytes in pieces of {piece}");
    }
}

/// 64 MiB: above the limit of 32 MiB, and below one that was raised.
#[tokio::test]
async fn a_line_of_64_mebibytes_is_skipped_or_read() {
    for (limit, read) in [(None, false), (Some(80 << 20), true)] {
        let options = limit.map_or_else(ClientOptions::new, |limit| ClientOptions::new().with_max_line(limit));
        let (client, mut peer) = Peer::connect(options).await;
        let call = ask(&client, "model/list");
        let (id, _) = peer.asked("model/list").await;
        let filler = vec![b'x'; 1 << 20];
        peer.send_raw(format!("{{\"id\":{id},\"result\":\"").as_bytes()).await;
        for _ in 0..64 {
            peer.send_raw(&filler).await;
        }
        peer.send_raw(b"\"}\n").await;
        match call.await.unwrap() {
            Ok(text) => assert!(read && text.as_str().unwrap().len() == 64 << 20),
            Err(error) => assert!(!read && error.kind() == ErrorKind::TooLarge, "{error}"),
        }
        let call = ask(&client, "account/read");
        let (id, _) = peer.asked("account/read").await;
        peer.answer(&id, json!("still there")).await;
        assert_eq!(call.await.unwrap().unwrap(), "still there");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// Random lines between answers, cut at random bytes: no panic, no hang, no answer is lost.
    #[test]
    fn random_bytes_between_answers_lose_none_of_them(
        junk in proptest::collection::vec(
            prop_oneof![
                proptest::collection::vec(any::<u8>(), 0..200),
                "\\{?\"?(id|method|result|error|params|turnId)?\"?:?[\\[\\]{}0-9a-z\",:]{0,40}".prop_map(String::into_bytes),
                Just(b"{\"id\":77777,\"result\":{\"a\":".to_vec()),
                proptest::collection::vec(any::<u8>(), 2000..5000),
            ],
            0..12,
        ),
        cuts in proptest::collection::vec(1_usize..300, 1..20),
        rotate in 0_usize..8,
    ) {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
            let (client, mut peer) = Peer::connect(ClientOptions::new().with_max_line(1000)).await;
            let calls: Vec<_> = (0..8).map(|_| ask(&client, "model/list")).collect();
            let mut answers = Vec::new();
            for n in 0..8 {
                let (id, _) = peer.asked("model/list").await;
                answers.push(format!("{{\"id\":{id},\"result\":{n}}}").into_bytes());
            }
            answers.rotate_left(rotate);
            let mut bytes = Vec::new();
            for n in 0..answers.len().max(junk.len()) {
                for line in [junk.get(n), answers.get(n)].into_iter().flatten() {
                    bytes.extend_from_slice(line);
                    bytes.push(b'\n');
                }
            }
            let mut rest = &bytes[..];
            for cut in cuts.iter().cycle() {
                let (piece, more) = rest.split_at(rest.len().min(*cut));
                if piece.is_empty() {
                    break;
                }
                peer.send_raw(piece).await;
                rest = more;
                tokio::task::yield_now().await;
            }
            for (n, call) in calls.into_iter().enumerate() {
                let answer = timeout(LONG, call).await.expect("no hang").unwrap();
                assert_eq!(answer.unwrap(), n);
            }
            assert!(client.closed().is_none());
        });
    }
}

/// A turn's text, the number of its other events, and whether it was completed at its very end.
async fn read(mut turn: Turn) -> (String, u64, bool) {
    let (mut text, mut others, mut completed) = (String::new(), 0, false);
    while let Some(event) = timeout(LONG, turn.next()).await.expect("an event") {
        let event = event.unwrap();
        assert!(!completed, "nothing comes after the end");
        match event.kind() {
            EventKind::AgentMessageDelta { delta, .. } => text.push_str(&delta),
            EventKind::TurnCompleted { .. } => completed = true,
            _ => others += event.notifications(),
        }
    }
    (text, others, completed)
}

/// Four turns of 100 deltas each on the stand-in with these flags: the text of each is whole, and it has so many events
/// besides.
async fn four_turns(flags: &[&str], others: impl Fn(usize) -> u64) -> Option<Client> {
    let options = stand_in(&[&["--turns", "4", "--deltas", "100"], flags].concat())?;
    let client = Client::spawn(options).await.unwrap();
    let mut turns = Vec::new();
    for _ in 0..4 {
        let thread = client.start_thread(ThreadOptions::new()).await.unwrap();
        turns.push(thread.turn("go", TurnOptions::default()).await.unwrap());
    }
    let expected: String = (0..100).map(|n| format!("{n:07} ")).collect();
    for (n, turn) in turns.into_iter().enumerate() {
        assert_eq!(read(turn).await, (expected.clone(), others(n), true), "turn {n}");
    }
    Some(client)
}

/// `--garbage-at`; 3.4.
#[tokio::test]
async fn the_stand_in_that_writes_garbage_is_read_on() {
    let Some(client) = four_turns(&["--garbage-at", "50"], |_| 3).await else { return };
    assert_eq!(client.counts().unreadable_lines, 1);
    let told = unreadable(&mut client.events()).await;
    assert!(told.params().contains("this line is not JSON"));
    client.shutdown().await;
}

/// `--unknown-every`; 3.3, 8 and 9.
#[tokio::test]
async fn the_stand_in_that_writes_unknown_things_is_read_on() {
    // After the rounds 10, 20 .. 100: one unknown notification and one that does not fit for turn (round - 1) % 4.
    let of_turn = |turn| (1..=10).filter(|n| (n * 10 - 1) % 4 == turn).count() as u64 * 2;
    let Some(client) = four_turns(&["--unknown-every", "10"], |turn| 3 + of_turn(turn)).await else { return };
    let mut events = client.events();
    let mut unknown = 0;
    while unknown < 10 {
        let event = timeout(LONG, events.next()).await.unwrap().unwrap().unwrap();
        if event.method() == "future/global" {
            assert!(matches!(event.kind(), EventKind::Unknown { .. }));
            unknown += 1;
        }
    }
    assert_eq!(client.counts().unreadable_lines, 0);
    client.shutdown().await;
}

/// `--early`; 3.3, 6.
#[tokio::test]
async fn the_stand_in_that_is_ahead_of_its_answer_loses_nothing() {
    let Some(client) = four_turns(&["--early", "5"], |_| 3).await else { return };
    client.shutdown().await;
}

/// `--early-complete`; 3.3, 6: `turn/completed` included.
#[tokio::test]
async fn the_stand_in_that_is_done_before_its_answer_loses_nothing() {
    let Some(client) = four_turns(&["--early-complete"], |_| 3).await else { return };
    assert_eq!(client.counts().open_turns, 0);
    client.shutdown().await;
}

/// `--approval-at`: its ids are those of small requests of the client, and are not taken for answers.
#[tokio::test]
async fn the_stand_in_that_asks_with_the_ids_of_requests_confuses_nobody() {
    let Some(client) = four_turns(&["--approval-at", "50"], |_| 3).await else { return };
    assert_eq!((client.counts().unexpected_answers, client.counts().unreadable_lines), (0, 0));
    client.shutdown().await;
}
