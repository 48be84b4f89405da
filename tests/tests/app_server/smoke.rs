//! A turn from its start to its end, on the peer and on the stand-in server.

use codex_ai::app_server::{Client, ClientOptions, EventKind, ThreadOptions, TurnOptions};

use crate::peer::{Peer, stand_in};

#[tokio::test]
async fn a_turn_gives_its_own_events_and_ends() {
    let (client, mut peer) = Peer::connect(ClientOptions::new()).await;
    let (thread, ()) = tokio::join!(client.start_thread(ThreadOptions::new()), peer.start_thread("t1"));
    let thread = thread.unwrap();
    let (turn, _) = tokio::join!(thread.turn("hello", TurnOptions::default()), peer.start_turn("u1"));
    let mut turn = turn.unwrap();
    peer.delta("t1", "u2", "foreign").await;
    peer.delta("t1", "u1", "own").await;
    peer.complete("t1", "u1", "completed").await;
    let first = turn.next().await.unwrap().unwrap().kind();
    assert_eq!(first, EventKind::AgentMessageDelta { item_id: "msg".into(), delta: "own".into() });
    assert!(matches!(turn.next().await.unwrap().unwrap().kind(), EventKind::TurnCompleted { .. }));
    assert!(turn.next().await.is_none());
}

#[tokio::test]
async fn turns_of_a_process_run_at_once() {
    let Some(options) = stand_in(&["--turns", "4", "--deltas", "1000"]) else { return };
    let client = Client::spawn(options).await.unwrap();
    let mut turns = Vec::new();
    for _ in 0..4 {
        let thread = client.start_thread(ThreadOptions::new()).await.unwrap();
        turns.push(thread.turn("go", TurnOptions::default()).await.unwrap());
    }
    for mut turn in turns {
        let mut text = String::new();
        while let Some(event) = turn.next().await {
            if let EventKind::AgentMessageDelta { delta, .. } = event.unwrap().kind() {
                text.push_str(&delta);
            }
        }
        let expected: String = (0..1000).map(|n| format!("{n:07} ")).collect();
        assert_eq!(text, expected);
    }
    client.shutdown().await;
}
