//! The end of the server, wanted or not.

use std::error::Error as _;
use std::process::Command;

use codex_ai::app_server::{Client, ClientOptions, Closed, ClosedReason, SpawnOptions, ThreadOptions, TurnOptions};
use codex_ai::{Error, ErrorKind};
use serde_json::json;

use crate::codex::{Codex, Config, within};
use crate::turn::first_text;

fn closed(error: &Error) -> &Closed {
    let source = error.source().and_then(|source| source.downcast_ref());
    source.unwrap_or_else(|| panic!("no `Closed` is the source of: {error}"))
}

#[tokio::test]
async fn a_killed_server_ends_streams_after_their_events_and_fails_calls_at_once() {
    let Some(codex) = Codex::new(&Config::default()) else { return };
    let client = codex.client().await;
    let mut turns = Vec::new();
    for _ in 0..2 {
        let thread = client.start_thread(ThreadOptions::new()).await.unwrap();
        turns.push(thread.turn("drip one two", TurnOptions::default()).await.unwrap());
    }
    // One turn has been read up to here, the other has not been read at all.
    assert_eq!(first_text(&mut turns[0]).await, "one ");
    let killed = Command::new("kill").args(["-9", &codex.process_id()]).status().unwrap();
    assert!(killed.success());
    for mut turn in turns {
        let error = loop {
            match within("the end of the stream", turn.next()).await.expect("an error at the end") {
                Ok(event) => {
                    assert_ne!(event.method(), "turn/completed");
                }
                Err(error) => break error,
            }
        };
        assert!(within("nothing", turn.next()).await.is_none(), "one error, and then the end");
        assert_eq!(error.kind(), ErrorKind::Incomplete);
        assert_eq!(closed(&error).reason, ClosedReason::ServerClosed);
    }
    let error = within("a later call", client.request_raw("model/list", &json!({}))).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect);
    let status = closed(&error).status.expect("how the process ended");
    assert_eq!(std::os::unix::process::ExitStatusExt::signal(&status), Some(9));
    codex.emptied().await;
}

#[tokio::test]
async fn a_call_that_waits_fails_when_the_server_is_killed() {
    let Some(codex) = Codex::new(&Config::default()) else { return };
    let client = codex.client().await;
    // A server that is stopped takes requests and answers none.
    let process = codex.process_id();
    assert!(Command::new("kill").args(["-STOP", &process]).status().unwrap().success());
    let params = json!({});
    let mut call = Box::pin(client.request_raw("model/list", &params));
    tokio::select! {
        biased;
        answer = &mut call => panic!("a stopped server answered: {answer:?}"),
        () = tokio::task::yield_now() => {}
    }
    assert!(Command::new("kill").args(["-KILL", &process]).status().unwrap().success());
    let error = within("the error of the call that waits", call).await.unwrap_err();
    assert_eq!((error.kind(), &closed(&error).reason), (ErrorKind::Connect, &ClosedReason::ServerClosed));
    codex.emptied().await;
}

#[tokio::test]
async fn a_shut_down_server_ends_by_itself_and_leaves_no_process() {
    let Some(codex) = Codex::new(&Config::default()) else { return };
    let client = codex.client().await;
    let thread = client.start_thread(ThreadOptions::new()).await.unwrap();
    let mut turn = thread.turn("drip on and on", TurnOptions::default()).await.unwrap();
    first_text(&mut turn).await;
    assert!(!codex.processes().is_empty());
    let closed = within("the shutdown", client.shutdown()).await;
    assert_eq!(closed.reason, ClosedReason::ShutDown);
    assert_eq!(closed.status.map(|status| status.success()), Some(true), "{closed}");
    codex.emptied().await;
}

#[tokio::test]
async fn a_dropped_client_leaves_no_process() {
    let Some(codex) = Codex::new(&Config::default()) else { return };
    let client = codex.client().await;
    let thread = client.start_thread(ThreadOptions::new()).await.unwrap();
    let turn = thread.turn("drip on and on", TurnOptions::default()).await.unwrap();
    drop((turn, thread, client));
    codex.emptied().await;
}

#[tokio::test]
async fn a_server_that_cannot_start_says_why() {
    let Some(codex) = Codex::new(&Config::default()) else { return };
    std::fs::write(codex.workspace().join("../codex-home/config.toml"), "no_such_key = 1\n").unwrap();
    let options: SpawnOptions = codex.spawn_options(ClientOptions::new());
    let error = within("the failed start", Client::spawn(options)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect);
    let closed = closed(&error);
    assert!(closed.stderr.contains("no_such_key"), "{closed}");
    assert_eq!(closed.status.and_then(|status| status.code()), Some(1));
    codex.emptied().await;
}
