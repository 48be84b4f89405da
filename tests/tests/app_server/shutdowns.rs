//! Ends that meet something else under way: waiting requests, a full turn, a handler at work, another end.

use std::time::Duration;

use codex_ai::ErrorKind;
use codex_ai::app_server::{
    Client, ClientOptions, ClosedReason, Overflow, ServerRequest, ThreadOptions, TurnOptions, handler_fn,
};
use serde_json::json;
use tokio::time::timeout;

use crate::peer::Peer;
use crate::requests::ask;

const LONG: Duration = Duration::from_secs(60);

/// A connection with all of it under way: a call without an answer, calls that wait for their turn, a turn that is not
/// read above its budget, and a handler that never ends.
async fn busy(overflow: Overflow) -> (Client, Peer, Vec<tokio::task::JoinHandle<ErrorKind>>) {
    let options = ClientOptions::new()
        .with_max_in_flight(1)
        .with_overflow(overflow)
        .with_turn_budget(4096)
        .with_grace(Duration::from_millis(50))
        .with_handler(handler_fn(|request: ServerRequest| async move {
            std::future::pending::<()>().await;
            drop(request);
        }));
    let (client, mut peer) = Peer::connect(options).await;
    let (thread, ()) = tokio::join!(client.start_thread(ThreadOptions::new()), peer.start_thread("t1"));
    let thread = thread.unwrap();
    let (turn, _) = tokio::join!(thread.turn("go", TurnOptions::default()), peer.start_turn("u1"));
    let (turn, read) = (turn.unwrap(), thread.join("u2"));
    let calls: Vec<_> = (0..3).map(|_| ask(&client, "model/list")).collect();
    peer.asked("model/list").await;
    let approval = "item/commandExecution/requestApproval";
    peer.send(&json!({ "id": 0, "method": approval, "params": { "threadId": "t1", "turnId": "u1" } })).await;
    for _ in 0..200 {
        peer.delta("t1", "u1", &"x".repeat(100)).await;
    }
    let mut waiting = vec![tokio::spawn(async move {
        let kind = read.run().await.unwrap_err().kind();
        drop(turn);
        kind
    })];
    for call in calls {
        waiting.push(tokio::spawn(async move { call.await.unwrap().unwrap_err().kind() }));
    }
    (client, peer, waiting)
}

async fn ends(overflow: Overflow) {
    // Twice at once, and by all that goes.
    let (client, _peer, waiting) = busy(overflow).await;
    let (one, two) = timeout(LONG, async { tokio::join!(client.shutdown(), client.shutdown()) }).await.unwrap();
    assert_eq!((one.reason.clone(), two.reason.clone()), (ClosedReason::ShutDown, ClosedReason::ShutDown));
    for (at, task) in waiting.into_iter().enumerate() {
        let kind = timeout(LONG, task).await.unwrap().unwrap();
        assert_eq!(kind, if at == 0 { ErrorKind::Incomplete } else { ErrorKind::Connect });
    }
    assert_eq!((client.counts().open_requests, client.counts().open_turns), (0, 0));
    // The other end goes at the same time.
    let (client, peer, waiting) = busy(overflow).await;
    drop(peer);
    timeout(LONG, client.shutdown()).await.unwrap();
    for task in waiting {
        timeout(LONG, task).await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn whatever_is_under_way_the_end_comes() {
    ends(Overflow::Lag).await;
    ends(Overflow::Wait).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_on_several_threads() {
    ends(Overflow::Lag).await;
    ends(Overflow::Wait).await;
}

/// The runtime goes first, with everything under way; the handles are dropped after it, and outside of any.
#[test]
fn handles_outlive_their_runtime() {
    for workers in [0, 2] {
        let mut builder = match workers {
            0 => tokio::runtime::Builder::new_current_thread(),
            _ => tokio::runtime::Builder::new_multi_thread(),
        };
        let runtime = builder.enable_all().build().unwrap();
        let (client, peer, waiting) = runtime.block_on(busy(Overflow::Wait));
        let within = client.clone();
        runtime.spawn(async move {
            let _within = within;
            std::future::pending::<()>().await;
        });
        drop(runtime);
        assert_eq!(client.closed().unwrap().reason, ClosedReason::RuntimeEnded);
        drop((client, peer, waiting));
    }
}
