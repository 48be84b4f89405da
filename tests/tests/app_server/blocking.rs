//! The blocking twin: turns read by threads, and nothing that waits in another thread's way.

use std::path::Path;
use std::process::Command;
use std::sync::Barrier;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use codex_ai::app_server::{
    Account, ClientOptions, EventKind, ListModels, ReadConfig, ServerRequest, SpawnOptions, ThreadOptions, TurnOptions,
    TurnStatus,
};
use codex_ai::blocking::app_server::{Client, Thread, Turn, forward_requests};
use codex_ai::{ErrorKind, Result};
use serde_json::{Value, json};
use tokio::runtime::{Builder, Runtime};

use crate::limit;
use crate::peer::{Peer, stand_in};

fn current_thread() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

/// A client, and a thread in which its peer does this after the greeting.
fn connect<F>(options: ClientOptions, script: F) -> (Client, JoinHandle<()>)
where
    F: AsyncFnOnce(&mut Peer) + Send + 'static,
{
    limit::begins();
    let (ours, theirs) = tokio::io::duplex(1 << 20);
    let (reader, writer) = tokio::io::split(ours);
    let peer = thread::spawn(move || {
        current_thread().block_on(async {
            let mut peer = Peer::over(theirs);
            let (id, _) = peer.asked("initialize").await;
            peer.answer(&id, json!({ "userAgent": "codex-ai/0.169.0 (x)" })).await;
            assert_eq!(peer.next().await, Some(json!({ "method": "initialized" })));
            script(&mut peer).await;
        });
    });
    (Client::connect(reader, writer, options).unwrap(), peer)
}

/// Answers the start of this many threads, and of a turn on each: `t0` with `u0`, `t1` with `u1` ..
async fn start_turns(peer: &mut Peer, turns: usize) {
    for n in 0..turns {
        peer.start_thread(&format!("t{n}")).await;
        peer.start_turn(&format!("u{n}")).await;
    }
}

fn turns(client: &Client, turns: usize) -> Vec<(Thread, Turn)> {
    let turn = |_| {
        let thread = client.start_thread(ThreadOptions::new()).unwrap();
        let turn = thread.turn("go", TurnOptions::default()).unwrap();
        (thread, turn)
    };
    (0..turns).map(turn).collect()
}

async fn answer(peer: &mut Peer, method: &str, result: Value) {
    let (id, _) = peer.asked(method).await;
    peer.answer(&id, result).await;
}

/// Runs the test of this name again in a process of its own, where no other test starts threads. `true`: this is it.
fn alone(name: &str) -> bool {
    const ALONE: &str = "CODEX_AI_TEST_ALONE";
    if std::env::var_os(ALONE).is_some() {
        // Its thread is there before any are counted.
        limit::begins();
        return true;
    }
    let mut again = Command::new(std::env::current_exe().unwrap());
    let output = again.args(["--exact", name, "--nocapture"]).env(ALONE, "1").output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
    false
}

/// How many threads this process has.
fn threads() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("Threads:")).unwrap();
    line.trim().parse().unwrap()
}

/// Waits until this holds; gives up after ten seconds.
fn until(what: &str, holds: impl Fn() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < Duration::from_secs(10), "{what}");
        thread::sleep(Duration::from_millis(5));
    }
}

/// 3.3, 10: two streams on one client, each with its own deltas, items and end.
#[test]
fn two_turns_are_read_by_two_threads() {
    let (client, peer) = connect(ClientOptions::new(), async |peer| {
        start_turns(peer, 2).await;
        for n in 0..200 {
            peer.delta("t1", "u1", &format!("b{n} ")).await;
            peer.delta("t0", "u0", &format!("a{n} ")).await;
        }
        for n in [1, 0] {
            let item = json!({ "type": "agentMessage", "id": "msg", "text": format!("final {n}"), "phase": null });
            let params = json!({ "threadId": format!("t{n}"), "turnId": format!("u{n}"), "item": item });
            peer.notify("item/completed", params).await;
            peer.complete(&format!("t{n}"), &format!("u{n}"), "completed").await;
        }
    });
    let texts = thread::scope(|scope| {
        let readers: Vec<_> = turns(&client, 2)
            .into_iter()
            .map(|(_, turn)| {
                scope.spawn(move || {
                    let (mut text, mut items, mut ends) = (String::new(), Vec::new(), 0);
                    for event in turn {
                        match event.unwrap().kind() {
                            EventKind::AgentMessageDelta { delta, .. } => text.push_str(&delta),
                            EventKind::ItemCompleted { item } => items.push(item.id().unwrap().to_owned()),
                            EventKind::TurnCompleted { turn } => {
                                assert_eq!(turn.status, TurnStatus::Completed);
                                ends += 1;
                            }
                            other => panic!("{other:?}"),
                        }
                    }
                    assert_eq!((items.len(), ends), (1, 1));
                    text
                })
            })
            .collect();
        readers.into_iter().map(|reader| reader.join().unwrap()).collect::<Vec<_>>()
    });
    for (name, text) in ["a", "b"].iter().zip(texts) {
        assert_eq!(text, (0..200).map(|n| format!("{name}{n} ")).collect::<String>());
    }
    peer.join().unwrap();
}

/// 3.4, silent turns that are awaited: no thread of the client's per waiter, other calls go through, and each turn can be
/// interrupted while it is read.
#[cfg(target_os = "linux")]
#[test]
fn silent_turns_take_no_threads_and_hold_up_nothing() {
    const TURNS: usize = 64;
    if !alone("blocking::silent_turns_take_no_threads_and_hold_up_nothing") {
        return;
    }
    let before = threads();
    let (client, peer) = connect(ClientOptions::new(), async |peer| {
        start_turns(peer, TURNS).await;
        answer(peer, "model/list", json!({ "data": [] })).await;
        for _ in 0..TURNS {
            let (id, params) = peer.asked("turn/interrupt").await;
            peer.answer(&id, json!({})).await;
            let (thread, turn) = (params["threadId"].as_str().unwrap(), params["turnId"].as_str().unwrap());
            peer.complete(thread, turn, "interrupted").await;
        }
    });
    assert_eq!(threads(), before + 2, "one of the client's, one of the peer's");
    let waiting = Barrier::new(TURNS + 1);
    thread::scope(|scope| {
        let mut controls = Vec::new();
        for (_, mut turn) in turns(&client, TURNS) {
            controls.push(turn.control());
            let waiting = &waiting;
            scope.spawn(move || {
                waiting.wait();
                let last = turn.next().unwrap().unwrap().kind();
                assert!(matches!(last, EventKind::TurnCompleted { turn } if turn.status == TurnStatus::Interrupted));
                assert!(turn.next().is_none());
            });
        }
        waiting.wait();
        assert!(client.models(ListModels::new()).unwrap().data.is_empty());
        assert_eq!(threads(), before + 2 + TURNS, "the waiters themselves, and no more");
        for control in controls {
            control.interrupt().unwrap();
        }
    });
    peer.join().unwrap();
    drop(client);
    until("the client's thread ends with it", || threads() == before);
}

#[test]
fn another_thread_steers_a_turn_that_is_read() {
    let (client, peer) = connect(ClientOptions::new(), async |peer| {
        start_turns(peer, 1).await;
        let (id, params) = peer.asked("turn/steer").await;
        assert_eq!(params["expectedTurnId"], "u0");
        assert_eq!(params["input"][0]["text"], "shorter");
        peer.answer(&id, json!({ "turnId": "u0" })).await;
        peer.delta("t0", "u0", "ok").await;
        peer.complete("t0", "u0", "completed").await;
    });
    let (_, turn) = turns(&client, 1).remove(0);
    let control = turn.control();
    assert_eq!((control.id(), control.thread_id()), (turn.id(), turn.thread_id()));
    let reader = thread::spawn(move || turn.text().collect::<Result<String>>());
    control.steer("shorter").unwrap();
    assert_eq!(reader.join().unwrap().unwrap(), "ok");
    peer.join().unwrap();
}

#[test]
fn a_turn_can_be_waited_for_a_while() {
    let (client, peer) = connect(ClientOptions::new(), async |peer| {
        start_turns(peer, 1).await;
        answer(peer, "go/on", json!({})).await;
        peer.delta("t0", "u0", "late").await;
        peer.complete("t0", "u0", "completed").await;
    });
    let (_, mut turn) = turns(&client, 1).remove(0);
    for _ in 0..3 {
        let error = turn.next_within(Duration::from_millis(5)).unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Timeout);
    }
    client.request_raw("go/on", &()).unwrap();
    let first = turn.next_within(Duration::from_secs(10)).unwrap().unwrap().kind();
    assert!(matches!(first, EventKind::AgentMessageDelta { delta, .. } if delta == "late"));
    assert_eq!(turn.finish().unwrap().status, TurnStatus::Completed);
    peer.join().unwrap();
}

/// The options of a turn that work with timers do so without a runtime of the caller's.
#[test]
fn a_turn_that_says_nothing_for_too_long_is_given_up() {
    let (client, peer) = connect(ClientOptions::new(), async |peer| {
        start_turns(peer, 1).await;
        while let Some(message) = peer.next().await {
            peer.answer(&message["id"], json!({})).await;
        }
    });
    let (thread, turn) = turns(&client, 1).remove(0);
    let mut turn = turn.idle_timeout(Duration::from_millis(10)).interrupt_on_drop(true);
    assert_eq!(turn.next().unwrap().unwrap_err().kind(), ErrorKind::Timeout);
    drop((turn, thread, client));
    peer.join().unwrap();
}

/// What the server asks is answered by a thread, while another reads the turn.
#[test]
fn requests_are_answered_by_a_thread() {
    let (handler, mut requests) = forward_requests();
    let (client, peer) = connect(ClientOptions::new().with_handler(handler), async |peer| {
        start_turns(peer, 1).await;
        for (id, command) in ["true", "false"].iter().enumerate() {
            let params = json!({ "threadId": "t0", "turnId": "u0", "itemId": "i", "command": command });
            let method = "item/commandExecution/requestApproval";
            peer.send(&json!({ "id": id, "method": method, "params": params })).await;
            let answer = peer.next().await.unwrap();
            let decision = if id == 0 { "accept" } else { "decline" };
            assert_eq!(answer, json!({ "id": id, "result": { "decision": decision } }));
        }
        peer.complete("t0", "u0", "completed").await;
    });
    current_thread().block_on(async {
        assert_eq!(requests.next().unwrap().unwrap_err().kind(), ErrorKind::Blocking);
        assert!(requests.next().is_none());
    });
    let answering = thread::spawn(move || {
        for request in requests {
            match request.unwrap() {
                ServerRequest::Command(request) if request.command.as_deref() == Some("true") => request.accept(),
                request => request.decline(),
            }
            .unwrap();
        }
    });
    let (thread, turn) = turns(&client, 1).remove(0);
    assert_eq!(turn.run().unwrap().status, TurnStatus::Completed);
    drop((thread, client));
    answering.join().unwrap();
    peer.join().unwrap();
}

/// 3.3, 22: log in with a key, look, log out; and a login that is cancelled from another thread.
#[test]
fn logins() {
    let (client, peer) = connect(ClientOptions::new(), async |peer| {
        answer(peer, "account/login/start", json!({ "type": "apiKey" })).await;
        answer(peer, "account/read", json!({ "account": { "type": "apiKey" }, "requiresOpenaiAuth": true })).await;
        answer(peer, "account/logout", json!({})).await;
        let login = json!({ "type": "chatgpt", "loginId": "one", "authUrl": "https://auth.example" });
        answer(peer, "account/login/start", login).await;
        let (id, _) = peer.asked("account/login/cancel").await;
        let end = json!({ "loginId": "one", "success": false, "error": "cancelled" });
        peer.notify("account/login/completed", end).await;
        peer.answer(&id, json!({ "status": "canceled" })).await;
    });
    client.login_api_key("sk-test-0123456789").unwrap();
    assert_eq!(client.account().unwrap().account, Some(Account::ApiKey));
    client.logout().unwrap();
    let login = client.login_chatgpt().unwrap();
    assert_eq!(login.wait_within(Duration::from_millis(5)).unwrap_err().kind(), ErrorKind::Timeout);
    let waiting = thread::spawn({
        let login = login.clone();
        move || login.wait()
    });
    assert!(login.cancel().unwrap());
    assert!(!waiting.join().unwrap().unwrap().success);
    peer.join().unwrap();
}

/// 3.3, 16: a failed greeting ends the process.
#[cfg(target_os = "linux")]
#[test]
fn a_refused_greeting_ends_the_process() {
    let script =
        r#"read greeting; echo "{\"id\":0,\"error\":{\"code\":-32600,\"message\":\"not you: $$.\"}}"; exec cat"#;
    let error = Client::spawn(SpawnOptions::new().with_binary("sh").with_args(["-c", script])).unwrap_err();
    let pid = error.message().rsplit_once("not you: ").unwrap().1.split('.').next().unwrap();
    assert!(!Path::new("/proc").join(pid).exists());
}

/// The last handle is dropped, and nobody waits: the process ends all the same, by itself or not, and is no zombie.
#[cfg(target_os = "linux")]
#[test]
fn a_dropped_client_leaves_no_process() {
    for rest in ["exec cat", "exec sleep 1000"] {
        let script = format!(r#"read x; echo "{{\"id\":0,\"result\":{{\"codexHome\":\"$$\"}}}}"; {rest}"#);
        let client = Client::spawn(SpawnOptions::new().with_binary("sh").with_args(["-c", &script])).unwrap();
        let process = Path::new("/proc").join(client.server().codex_home.as_deref().unwrap());
        let events = client.events();
        drop(client);
        assert!(process.exists(), "events keep the connection");
        drop(events);
        until("the process ends", || !process.exists());
    }
}

#[test]
fn a_client_that_is_shut_down_ends_what_waits() {
    let (client, peer) = connect(ClientOptions::new(), async |peer| {
        start_turns(peer, 1).await;
        while peer.next().await.is_some() {}
    });
    let (_, mut turn) = turns(&client, 1).remove(0);
    let reader = thread::spawn(move || (turn.next().unwrap().unwrap_err().kind(), turn.next().is_none()));
    client.shutdown().unwrap();
    assert_eq!(reader.join().unwrap(), (ErrorKind::Incomplete, true));
    assert!(client.closed().is_some());
    peer.join().unwrap();
}

#[test]
fn turns_of_a_process_are_read_by_threads() {
    let Some(options) = stand_in(&["--turns", "4", "--deltas", "2000"]) else { return };
    let client = Client::spawn(options).unwrap();
    let expected: String = (0..2000).map(|n| format!("{n:07} ")).collect();
    thread::scope(|scope| {
        for (_, turn) in turns(&client, 4) {
            let expected = &expected;
            scope.spawn(move || assert_eq!(turn.text().collect::<Result<String>>().unwrap(), *expected));
        }
    });
    client.shutdown().unwrap();
}

/// Every method that would wait refuses, and none of them panics; what was begun goes on outside.
#[test]
fn inside_an_async_runtime_nothing_waits() {
    let (client, peer) = connect(ClientOptions::new(), async |peer| {
        start_turns(peer, 1).await;
        peer.delta("t0", "u0", "kept").await;
        // Only what was asked outside arrives.
        answer(peer, "model/list", json!({ "data": [] })).await;
        peer.complete("t0", "u0", "completed").await;
    });
    let (thread, mut turn) = turns(&client, 1).remove(0);
    let mut events = client.events();
    current_thread().block_on(async {
        let refused = [
            client.models(ListModels::new()).err().unwrap(),
            client.account().err().unwrap(),
            client.config(ReadConfig::new()).err().unwrap(),
            client.start_thread(ThreadOptions::new()).err().unwrap(),
            client.login_chatgpt().err().unwrap(),
            client.request_raw("x", &()).err().unwrap(),
            client.shutdown().err().unwrap(),
            thread.run("x").err().unwrap(),
            turn.interrupt().err().unwrap(),
            turn.control().steer("x").err().unwrap(),
            turn.next_within(Duration::ZERO).unwrap().unwrap_err(),
            events.next().unwrap().unwrap_err(),
            Client::spawn(SpawnOptions::new().with_binary("/nowhere")).err().unwrap(),
        ];
        for error in refused {
            assert_eq!(error.kind(), ErrorKind::Blocking, "{error}");
            assert_eq!(error.help(), Some("use the async `app_server::Client`, or `tokio::task::spawn_blocking`"));
        }
        // It says so once, so that a loop over it ends.
        assert!(turn.next().is_none());
        assert!(events.next().is_none());
    });
    client.models(ListModels::new()).unwrap();
    let texts: Vec<_> = turn.map(|event| event.unwrap().method().to_owned()).collect();
    assert_eq!(texts, ["item/agentMessage/delta", "turn/completed"]);
    peer.join().unwrap();
}

#[test]
fn it_works_where_blocking_is_allowed_and_can_be_dropped_anywhere() {
    let (client, peer) = connect(ClientOptions::new(), async |peer| {
        answer(peer, "model/list", json!({ "data": [] })).await;
        while peer.next().await.is_some() {}
    });
    let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    runtime.block_on(async move {
        let client = tokio::task::spawn_blocking(move || client.models(ListModels::new()).map(|_| client)).await;
        drop(client.unwrap().unwrap());
    });
    peer.join().unwrap();
}
