//! A whole session whose lines are mangled in every way: it ends, nothing panics, and what is counted adds up.
//!
//! `PROPTEST_CASES` is how many sessions there are.

use std::time::Duration;

use codex_ai::app_server::{
    Client, ClientOptions, ClosedReason, EventKind, Overflow, Thread, ThreadOptions, Turn, TurnOptions,
};
use proptest::prelude::*;
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::peer::Peer;
use crate::requests::ask;

const LONG: Duration = Duration::from_secs(60);

/// What is done to the lines.
#[derive(Debug, Clone)]
enum Change {
    Flip { line: usize, byte: usize, bit: u8 },
    Cut { line: usize, byte: usize },
    Repeat { line: usize },
    Swap { one: usize, other: usize },
    Join { line: usize },
    Retype { line: usize, member: usize, value: usize },
    Grow { line: usize },
}

fn change() -> impl Strategy<Value = Change> {
    let any = any::<usize>;
    prop_oneof![
        (any(), any(), 0..8_u8).prop_map(|(line, byte, bit)| Change::Flip { line, byte, bit }),
        (any(), any()).prop_map(|(line, byte)| Change::Cut { line, byte }),
        any().prop_map(|line| Change::Repeat { line }),
        (any(), any()).prop_map(|(one, other)| Change::Swap { one, other }),
        any().prop_map(|line| Change::Join { line }),
        (any(), any(), any()).prop_map(|(line, member, value)| Change::Retype { line, member, value }),
        any().prop_map(|line| Change::Grow { line }),
    ]
}

/// What a server says in two turns, two answers and two requests of its own.
fn said(ids: [&Value; 2]) -> Vec<Vec<u8>> {
    let item = json!({ "type": "agentMessage", "id": "m", "text": "héllo \n \"x\"", "phase": null });
    let mut lines = Vec::new();
    let mut say = |value: Value| lines.push(value.to_string().into_bytes());
    let mut server_id = 0;
    for turn in ["u1", "u2"] {
        let of = |more: Value| {
            let mut params = json!({ "threadId": "t1", "turnId": turn });
            params.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            params
        };
        let whole = json!({ "id": turn, "items": [], "status": "inProgress", "error": null });
        say(json!({ "method": "turn/started", "params": { "threadId": "t1", "turn": whole } }));
        say(json!({ "method": "item/started", "params": of(json!({ "item": item })) }));
        for delta in ["a", "b", "c"] {
            say(json!({ "method": "item/agentMessage/delta", "params": of(json!({ "itemId": "m", "delta": delta })) }));
        }
        let params = of(json!({ "itemId": "c", "command": "true" }));
        say(json!({ "id": server_id, "method": "item/commandExecution/requestApproval", "params": params }));
        say(json!({ "method": "serverRequest/resolved", "params": { "threadId": "t1", "requestId": server_id } }));
        server_id += 1;
        say(json!({ "id": ids[server_id - 1], "result": { "data": [] } }));
        say(json!({ "method": "item/completed", "params": of(json!({ "item": item })) }));
        say(json!({ "method": "warning", "params": { "message": "m" }, "emittedAtMs": 5 }));
        let whole = json!({ "id": turn, "items": [], "status": "completed", "error": null });
        say(json!({ "method": "turn/completed", "params": { "threadId": "t1", "turn": whole } }));
    }
    say(json!({ "method": "thread/closed", "params": { "threadId": "t1" } }));
    lines
}

fn mangle(lines: &mut Vec<Vec<u8>>, change: &Change) {
    const VALUES: [&str; 8] = ["null", "-1", "{}", "[]", "\"u1\"", "1e400", "true", "99999999999999999999999"];
    let count = lines.len();
    match *change {
        Change::Flip { line, byte, bit } => {
            let line = &mut lines[line % count];
            let at = byte % line.len().max(1);
            if let Some(byte) = line.get_mut(at) {
                *byte ^= 1 << bit;
            }
        }
        Change::Cut { line, byte } => {
            let line = &mut lines[line % count];
            line.truncate(byte % (line.len() + 1));
        }
        Change::Repeat { line } => {
            let again = lines[line % count].clone();
            lines.insert(line % count, again);
        }
        Change::Swap { one, other } => lines.swap(one % count, other % count),
        Change::Join { line } => {
            let joined = lines.remove(line % count);
            let at = line % count.saturating_sub(1).max(1);
            if let Some(line) = lines.get_mut(at) {
                line.extend(joined);
            }
        }
        Change::Retype { line, member, value } => {
            let line = &mut lines[line % count];
            let colons: Vec<usize> = (0..line.len()).filter(|at| line[*at] == b':').collect();
            if !colons.is_empty() {
                let begin = colons[member % colons.len()] + 1;
                let end =
                    line[begin..].iter().position(|byte| b",}]".contains(byte)).map_or(line.len(), |at| begin + at);
                line.splice(begin..end, VALUES[value % VALUES.len()].bytes());
            }
        }
        Change::Grow { line } => lines[line % count].extend(vec![b' '; 9000]),
    }
    if lines.is_empty() {
        lines.push(Vec::new());
    }
}

async fn begin(thread: &Thread, peer: &mut Peer, turn: &str) -> Turn {
    tokio::join!(thread.turn("go", TurnOptions::default()), peer.start_turn(turn)).0.unwrap()
}

async fn session(changes: &[Change], overflow: Overflow) {
    let options = ClientOptions::new().with_max_line(8 << 10).with_turn_budget(2048).with_overflow(overflow);
    let (client, mut peer): (Client, _) = Peer::connect(options).await;
    let (thread, ()) = tokio::join!(client.start_thread(ThreadOptions::new()), peer.start_thread("t1"));
    let thread = thread.unwrap();
    let turns = [begin(&thread, &mut peer, "u1").await, begin(&thread, &mut peer, "u2").await];
    let calls = [ask(&client, "model/list"), ask(&client, "model/list")];
    let ids = [peer.asked("model/list").await.0, peer.asked("model/list").await.0];
    let mut lines = said([&ids[0], &ids[1]]);
    changes.iter().for_each(|change| mangle(&mut lines, change));
    let turns = turns.map(|turn| tokio::spawn(turn.run()));
    for line in &lines {
        peer.send_raw(line).await;
        peer.send_raw(b"\n").await;
    }
    drop(peer);
    for call in calls {
        let _ = timeout(LONG, call).await.expect("the call ends").unwrap();
    }
    for turn in turns {
        let _ = timeout(LONG, turn).await.expect("the turn ends").unwrap();
    }
    let (mut told, mut events) = (0, client.events());
    while let Some(event) = timeout(LONG, events.next()).await.expect("an end") {
        match event.map(|event| event.kind()) {
            Ok(EventKind::UnreadableLine { .. }) => told += 1,
            Ok(EventKind::Lagged { missed }) => panic!("{missed} are lost"),
            Ok(_) | Err(_) => {}
        }
    }
    let closed = timeout(LONG, client.shutdown()).await.expect("the client ends");
    // A panic of the reader would be the end of its runtime.
    assert_eq!(closed.reason, ClosedReason::ServerClosed);
    let counts = client.counts();
    assert_eq!((counts.open_requests, counts.open_turns, counts.open_threads), (0, 0, 0));
    assert_eq!(told, counts.unreadable_lines + counts.oversized_lines);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_mangled_session_ends_and_its_counts_add_up(
        changes in prop::collection::vec(change(), 0..12),
        wait in any::<bool>(),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let overflow = if wait { Overflow::Wait } else { Overflow::Lag };
        runtime.block_on(session(&changes, overflow));
    }
}
