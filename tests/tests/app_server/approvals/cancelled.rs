//! Requests that need no answer any more, and answers that come too late.

use std::sync::Arc;

use codex_ai::app_server::{
    Cancelled, ClientOptions, CommandApproval, RequestHandler, ServerRequest, ThreadOptions, TurnOptions, handler_fn,
};
use serde_json::json;
use tokio::sync::{Notify, mpsc};

use super::{COMMAND, TOKENS, TOOL, command, forwarding, is_too_late, params};
use crate::peer::Peer;
use crate::reading::settled;

#[tokio::test]
async fn the_end_of_its_turn_cancels_a_request_and_no_other() {
    let (client, mut peer, mut requests) = forwarding().await;
    peer.ask(0, COMMAND, params("u1")).await;
    peer.ask(1, COMMAND, params("u2")).await;
    peer.ask(2, TOOL, params("u1")).await;
    let (own, other) = (command(requests.next().await), command(requests.next().await));
    let tool = requests.next().await.unwrap();
    let waiting = tokio::spawn(own.cancelled());
    peer.complete("t1", "u1", "completed").await;
    assert_eq!(waiting.await.unwrap(), Some(Cancelled::TurnEnded));
    assert!(own.is_cancelled() && tool.is_cancelled() && !other.is_cancelled());
    is_too_late(own.accept(), &Cancelled::TurnEnded);
    drop(tool);
    settled(&client, &mut peer).await;
    other.accept().unwrap();
    assert_eq!(peer.next().await.unwrap(), json!({ "id": 1, "result": { "decision": "accept" } }));
}

/// 1.5: with an interrupt, `turn/completed` comes first, and `serverRequest/resolved` only after it.
#[tokio::test]
async fn an_interrupt_cancels_what_its_turn_asked() {
    let (client, mut peer, mut requests) = forwarding().await;
    let (thread, ()) = tokio::join!(client.start_thread(ThreadOptions::new()), peer.start_thread("t1"));
    let thread = thread.unwrap();
    let (turn, _) = tokio::join!(thread.turn("hello", TurnOptions::default()), peer.start_turn("u1"));
    let turn = turn.unwrap();
    peer.ask(0, COMMAND, params("u1")).await;
    let request = command(requests.next().await);
    let (interrupted, ()) = tokio::join!(turn.interrupt(), async {
        let (id, _) = peer.asked("turn/interrupt").await;
        peer.answer(&id, json!({})).await;
        peer.complete("t1", "u1", "interrupted").await;
        peer.resolved("t1", 0).await;
    });
    interrupted.unwrap();
    assert_eq!(request.cancelled().await, Some(Cancelled::TurnEnded));
    is_too_late(request.accept(), &Cancelled::TurnEnded);
    settled(&client, &mut peer).await;
}

#[tokio::test]
async fn what_the_server_calls_resolved_is_cancelled() {
    let (client, mut peer, mut requests) = forwarding().await;
    peer.ask("a", COMMAND, params("u1")).await;
    peer.ask("b", COMMAND, params("u1")).await;
    peer.ask("token", TOKENS, json!({ "reason": "unauthorized" })).await;
    let (first, second) = (command(requests.next().await), command(requests.next().await));
    let token = requests.next().await.unwrap();
    // Another thread's, an unknown one's, and what cannot be read: nothing.
    peer.resolved("t9", "a").await;
    peer.resolved("t1", "z").await;
    peer.notify("serverRequest/resolved", json!({ "requestId": {}, "threadId": 4 })).await;
    peer.notify("serverRequest/resolved", json!({})).await;
    settled(&client, &mut peer).await;
    assert!(!first.is_cancelled() && !second.is_cancelled() && !token.is_cancelled());
    peer.resolved("t1", "b").await;
    assert_eq!(second.cancelled().await, Some(Cancelled::Resolved));
    is_too_late(second.accept(), &Cancelled::Resolved);
    // A request without a thread is resolved by its id.
    peer.resolved("t1", "token").await;
    assert_eq!(token.cancelled().await, Some(Cancelled::Resolved));
    drop(token);
    settled(&client, &mut peer).await;
    first.decline().unwrap();
    assert_eq!(peer.next().await.unwrap(), json!({ "id": "a", "result": { "decision": "decline" } }));
}

#[tokio::test]
async fn the_end_of_the_connection_cancels_all() {
    let (client, mut peer, mut requests) = forwarding().await;
    peer.ask(0, COMMAND, params("u1")).await;
    peer.ask(1, TOKENS, json!({ "reason": "unauthorized" })).await;
    let (turns, none) = (command(requests.next().await), requests.next().await.unwrap());
    drop(peer);
    assert_eq!(turns.cancelled().await, Some(Cancelled::Closed));
    assert_eq!(none.cancelled().await, Some(Cancelled::Closed));
    is_too_late(turns.accept(), &Cancelled::Closed);
    is_too_late(none.decline(), &Cancelled::Closed);
    assert!(client.closed().is_some());
}

/// A handler that works on a request is ended at its next `await`, and what it held is dropped.
#[tokio::test]
async fn a_method_at_work_is_ended_when_its_request_is_cancelled() {
    struct Ended(mpsc::UnboundedSender<()>);
    impl Drop for Ended {
        fn drop(&mut self) {
            let _ = self.0.send(());
        }
    }
    struct Waits(mpsc::UnboundedSender<()>);
    impl RequestHandler for Waits {
        async fn command(&self, request: CommandApproval) {
            let _ended = Ended(self.0.clone());
            self.0.send(()).unwrap();
            std::future::pending::<()>().await;
            request.accept().unwrap();
        }
    }
    let (sender, mut news) = mpsc::unbounded_channel();
    let (client, mut peer) = Peer::connect(ClientOptions::new().with_handler(Waits(sender))).await;
    for (id, how) in ["turn", "resolved"].into_iter().enumerate() {
        peer.ask(id, COMMAND, params("u1")).await;
        news.recv().await.unwrap();
        match how {
            "turn" => peer.complete("t1", "u1", "completed").await,
            _ => peer.resolved("t1", id).await,
        }
        news.recv().await.unwrap();
        settled(&client, &mut peer).await;
    }
    peer.ask(9, COMMAND, params("u2")).await;
    news.recv().await.unwrap();
    client.shutdown().await;
    news.recv().await.unwrap();
}

/// `serverRequest/resolved` comes after every answer, and turns end: what a method does after its answer goes on.
#[tokio::test]
async fn what_comes_after_our_own_answer_ends_nothing() {
    let go = Arc::new(Notify::new());
    let (sender, mut done) = mpsc::unbounded_channel();
    let handler = {
        let go = Arc::clone(&go);
        handler_fn(move |request: ServerRequest| {
            let (go, sender) = (Arc::clone(&go), sender.clone());
            async move {
                let ended = request.cancelled();
                command(Some(request)).accept().unwrap();
                go.notified().await;
                sender.send(ended.await).unwrap();
            }
        })
    };
    let (client, mut peer) = Peer::connect(ClientOptions::new().with_handler(handler)).await;
    peer.ask(0, COMMAND, params("u1")).await;
    assert_eq!(peer.next().await.unwrap(), json!({ "id": 0, "result": { "decision": "accept" } }));
    peer.resolved("t1", 0).await;
    peer.complete("t1", "u1", "completed").await;
    settled(&client, &mut peer).await;
    go.notify_one();
    assert_eq!(done.recv().await, Some(None), "answered, not cancelled");
}

/// Requests that wait behind others in the channel of a program are not given out once they are cancelled.
#[tokio::test]
async fn a_program_is_not_given_what_is_cancelled_already() {
    let (client, mut peer, mut requests) = forwarding().await;
    peer.ask(0, COMMAND, params("u1")).await;
    peer.ask(1, COMMAND, params("u2")).await;
    settled(&client, &mut peer).await;
    peer.complete("t1", "u1", "completed").await;
    settled(&client, &mut peer).await;
    assert_eq!(command(requests.next().await).turn_id, "u2");
}
