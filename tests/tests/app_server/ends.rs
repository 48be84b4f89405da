//! Ends that are lost: a `turn/completed` that cannot be read, and a thread that goes with its requests open.

use std::time::Duration;

use codex_ai::ErrorKind;
use codex_ai::app_server::{Cancelled, Client, ClientOptions, Thread, ThreadOptions, TurnOptions, forward_requests};
use serde_json::json;
use tokio::time::timeout;

use crate::peer::Peer;

const LONG: Duration = Duration::from_secs(60);

async fn begin(options: ClientOptions) -> (Client, Peer, Thread) {
    let (client, mut peer) = Peer::connect(options).await;
    let (thread, ()) = tokio::join!(client.start_thread(ThreadOptions::new()), peer.start_thread("t1"));
    (client, peer, thread.unwrap())
}

/// The end of turn `u1` with this much text in it.
fn end(bytes: usize) -> String {
    format!(
        "{{\"method\":\"turn/completed\",\"params\":{{\"threadId\":\"t1\",\"turn\":{{\"id\":\"u1\",\"items\":[],\
         \"note\":\"{}\",\"status\":\"completed\"}}}}}}\n",
        "x".repeat(bytes)
    )
}

#[tokio::test]
async fn an_end_that_cannot_be_read_ends_its_turn_and_no_other() {
    let whole = end(10);
    let cut = format!("{}\n", &whole[..whole.len() - 5]);
    let with_more = end(10).replace("{\"method\"", "{\"jsonrpc\":\"2.0\",\"emittedAtMs\":7,\"method\"");
    let cut_with_more = format!("{}\n", &with_more[..with_more.len() - 5]);
    for (line, kind) in
        [(end(20_000), ErrorKind::TooLarge), (cut, ErrorKind::Protocol), (cut_with_more, ErrorKind::Protocol)]
    {
        let (client, mut peer, thread) = begin(ClientOptions::new().with_max_line(10_000)).await;
        let (turn, _) = tokio::join!(thread.turn("go", TurnOptions::default()), peer.start_turn("u1"));
        let (other, _) = tokio::join!(thread.turn("go", TurnOptions::default()), peer.start_turn("u2"));
        let (mut turn, other) = (turn.unwrap(), other.unwrap());
        peer.delta("t1", "u1", "before").await;
        peer.send_raw(line.as_bytes()).await;
        peer.delta("t1", "u1", "after").await;
        peer.complete("t1", "u2", "completed").await;
        assert_eq!(turn.next().await.unwrap().unwrap().method(), "item/agentMessage/delta");
        let error = timeout(LONG, turn.next()).await.unwrap().unwrap().unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        assert!(error.message().contains("turn/completed"), "{error}");
        assert!(turn.next().await.is_none());
        timeout(LONG, other.run()).await.unwrap().unwrap();
        let counts = client.counts();
        assert_eq!((counts.oversized_lines + counts.unreadable_lines, counts.late_events), (1, 1));
        // Whoever comes later is told the same, and nothing is left of it.
        let mut late = thread.join("u1");
        while let Some(Ok(_)) = timeout(LONG, late.next()).await.unwrap() {}
        drop((turn, late));
        assert_eq!(client.counts().open_turns, 0);
    }
}

/// The end comes before the answer that names the turn.
#[tokio::test]
async fn such_an_end_may_come_before_its_turn_is_known() {
    let (_client, mut peer, thread) = begin(ClientOptions::new().with_max_line(10_000)).await;
    let turn = thread.turn("go", TurnOptions::default());
    let (turn, ()) = tokio::join!(turn, async {
        let (id, _) = peer.asked("turn/start").await;
        peer.send_raw(end(20_000).as_bytes()).await;
        peer.answer(&id, json!({ "turn": { "id": "u1", "items": [], "status": "inProgress" } })).await;
    });
    let error = timeout(LONG, turn.unwrap().run()).await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooLarge, "{error}");
}

#[tokio::test]
async fn a_thread_that_goes_takes_its_requests_and_no_others() {
    for method in ["thread/closed", "thread/deleted", "thread/archived"] {
        let (handler, mut requests) = forward_requests();
        let (_client, mut peer, _thread) = begin(ClientOptions::new().with_handler(handler)).await;
        for (id, thread) in [(0, "t1"), (1, "t2")] {
            let params = json!({ "threadId": thread, "turnId": "u1", "itemId": "i", "command": "true" });
            let method = "item/commandExecution/requestApproval";
            peer.send(&json!({ "id": id, "method": method, "params": params })).await;
        }
        let own = crate::approvals::command(requests.next().await);
        let other = crate::approvals::command(requests.next().await);
        peer.notify(method, json!({ "threadId": "t1" })).await;
        assert_eq!(timeout(LONG, own.cancelled()).await.unwrap(), Some(Cancelled::ThreadGone));
        assert!(!other.is_cancelled());
        other.accept().unwrap();
        assert_eq!(peer.next().await.unwrap()["id"], 1, "{method}: nothing is said to what was cancelled");
    }
}
