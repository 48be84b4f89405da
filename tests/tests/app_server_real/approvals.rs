//! What the server asks: may a command run, may a file be written.

use codex_ai::app_server::{
    ApprovalPolicy, Client, ClientOptions, CommandApproval, FileChangeApproval, ForkOptions, ResumeOptions,
    ServerRequest, ServerRequests, Thread, ThreadOptions, TurnOptions, forward_requests, handler_fn,
};

use crate::codex::{Codex, Config, within};
use crate::turn::{Seen, read, run};

const ASKING: Config = Config { approval: "on-request", login: false };

/// A client whose requests this test answers, and a thread.
async fn start(codex: &Codex) -> (Client, ServerRequests, Thread) {
    start_with(codex, ThreadOptions::new()).await
}

async fn start_with(codex: &Codex, options: ThreadOptions) -> (Client, ServerRequests, Thread) {
    let (handler, requests) = forward_requests();
    let client = codex.client_with(ClientOptions::new().with_handler(handler)).await;
    let thread = client.start_thread(options).await.unwrap();
    (client, requests, thread)
}

async fn next_command(requests: &mut ServerRequests) -> CommandApproval {
    match within("a request for a command", requests.next()).await {
        Some(ServerRequest::Command(request)) => request,
        other => panic!("another request: {other:?}"),
    }
}

async fn next_file_change(requests: &mut ServerRequests) -> FileChangeApproval {
    match within("a request for a file change", requests.next()).await {
        Some(ServerRequest::FileChange(request)) => request,
        other => panic!("another request: {other:?}"),
    }
}

#[tokio::test]
async fn an_accepted_command_runs() {
    let Some(codex) = Codex::new(&ASKING) else { return };
    let (client, mut requests, thread) = start(&codex).await;
    let turn = thread.turn("run echo it-ran > ran.txt; cat ran.txt", TurnOptions::default()).await.unwrap();
    let request = next_command(&mut requests).await;
    assert_eq!((request.thread_id.as_str(), request.turn_id.as_str()), (thread.id(), turn.id()));
    assert!(!codex.workspace().join("ran.txt").exists(), "nothing runs before the answer");
    request.accept().unwrap();
    let seen = read(turn).await;
    let item = seen.item("commandExecution");
    assert_eq!((item["status"].as_str(), item["exitCode"].as_i64()), (Some("completed"), Some(0)), "{item}");
    assert_eq!(item["aggregatedOutput"], "it-ran\n");
    assert!(codex.workspace().join("ran.txt").exists());
    assert!(seen.said().contains("it-ran"), "the model saw the output: {}", seen.said());
    client.shutdown().await;
    codex.emptied().await;
}

#[tokio::test]
async fn a_declined_command_does_not_run_and_the_turn_goes_on() {
    let Some(codex) = Codex::new(&ASKING) else { return };
    let (client, mut requests, thread) = start(&codex).await;
    let turn = thread.turn("run touch ran.txt", TurnOptions::default()).await.unwrap();
    next_command(&mut requests).await.decline().unwrap();
    declined(&read(turn).await, "commandExecution");
    // A request that is dropped is declined.
    let turn = thread.turn("run touch ran.txt", TurnOptions::default()).await.unwrap();
    drop(next_command(&mut requests).await);
    declined(&read(turn).await, "commandExecution");
    assert!(!codex.workspace().join("ran.txt").exists());
    client.shutdown().await;
}

fn declined(seen: &Seen, kind: &str) {
    assert_eq!(seen.item(kind)["status"], "declined");
    assert_eq!(seen.status(), "completed");
    assert!(seen.said().starts_with("result: "), "the model was told: {}", seen.said());
}

#[tokio::test]
async fn a_client_without_a_handler_declines() {
    let Some(codex) = Codex::new(&ASKING) else { return };
    let client = codex.client().await;
    let thread = client.start_thread(ThreadOptions::new()).await.unwrap();
    declined(&run(&thread, "run touch ran.txt").await, "commandExecution");
    declined(&run(&thread, "write new.txt").await, "fileChange");
    assert!(!codex.workspace().join("ran.txt").exists() && !codex.workspace().join("new.txt").exists());
    client.shutdown().await;
}

#[tokio::test]
async fn a_handler_that_panics_declines_its_request_alone() {
    let Some(codex) = Codex::new(&ASKING) else { return };
    let handler = handler_fn(|request: ServerRequest| async move {
        match request {
            ServerRequest::Command(request) if request.command.as_deref().is_some_and(|line| line.contains("good")) => {
                drop(request.accept());
            }
            _ => panic!("a handler that panics, as the test wants it"),
        }
    });
    let client = codex.client_with(ClientOptions::new().with_handler(handler)).await;
    let (one, two) = (
        client.start_thread(ThreadOptions::new()).await.unwrap(),
        client.start_thread(ThreadOptions::new()).await.unwrap(),
    );
    let (bad, good) = tokio::join!(run(&one, "run touch bad"), run(&two, "run touch good"));
    declined(&bad, "commandExecution");
    assert_eq!((good.status(), &good.item("commandExecution")["status"]), ("completed", &"completed".into()));
    assert!(codex.workspace().join("good").exists() && !codex.workspace().join("bad").exists());
    client.shutdown().await;
}

#[tokio::test]
async fn an_accepted_patch_is_written() {
    let Some(codex) = Codex::new(&ASKING) else { return };
    let (client, mut requests, thread) = start(&codex).await;
    let turn = thread.turn("write new.txt", TurnOptions::default()).await.unwrap();
    let request = next_file_change(&mut requests).await;
    assert_eq!(request.turn_id, turn.id());
    assert!(!codex.workspace().join("new.txt").exists(), "nothing is written before the answer");
    request.accept().unwrap();
    let seen = read(turn).await;
    assert_eq!(seen.item("fileChange")["status"], "completed");
    assert_eq!(std::fs::read_to_string(codex.workspace().join("new.txt")).unwrap(), "hello\n");
    assert!(seen.methods.iter().any(|method| method == "turn/diff/updated"), "{:?}", seen.methods);
    client.shutdown().await;
}

#[tokio::test]
async fn a_declined_patch_is_not_written() {
    let Some(codex) = Codex::new(&ASKING) else { return };
    let (client, mut requests, thread) = start(&codex).await;
    let turn = thread.turn("write new.txt", TurnOptions::default()).await.unwrap();
    next_file_change(&mut requests).await.decline().unwrap();
    declined(&read(turn).await, "fileChange");
    assert!(!codex.workspace().join("new.txt").exists());
    client.shutdown().await;
}

#[tokio::test]
async fn an_open_approval_holds_up_nothing_and_ends_with_its_turn() {
    let Some(codex) = Codex::new(&ASKING) else { return };
    let (client, mut requests, thread) = start(&codex).await;
    let turn = thread.turn("run touch ran.txt", TurnOptions::default()).await.unwrap();
    let request = next_command(&mut requests).await;
    let other = client.start_thread(ThreadOptions::new()).await.unwrap();
    assert_eq!(run(&other, "say meanwhile").await.text, "meanwhile");
    within("the interrupt", turn.interrupt()).await.unwrap();
    assert_eq!(read(turn).await.status(), "interrupted");
    assert!(within("the end of the request", request.cancelled()).await.is_some());
    assert!(request.accept().is_err(), "a request of a turn that is over is not answered");
    assert_eq!(run(&thread, "say still here").await.text, "still here");
    assert!(!codex.workspace().join("ran.txt").exists());
    client.shutdown().await;
}

/// 3.3, 20: resume and fork keep what the thread was started with, a turn's own choice stays for those after it, and what
/// is denied does not happen.
#[tokio::test]
async fn a_thread_that_denies_all_writes_nothing_outside_until_a_turn_may_ask() {
    let Some(codex) = Codex::new(&ASKING) else { return };
    let (client, mut requests, thread) = start_with(&codex, ThreadOptions::new().with_deny_all()).await;
    let outside = codex.workspace().join("../outside");
    let touch = format!("run touch {}", outside.display());
    run(&thread, &touch).await;
    let resumed = client.resume_thread(thread.id(), ResumeOptions::new()).await.unwrap();
    let forked = thread.fork(ForkOptions::new()).await.unwrap();
    for thread in [&resumed, &forked] {
        assert_eq!(thread.settings().approval_policy, Some(ApprovalPolicy::Never));
        let seen = run(thread, &touch).await;
        assert_eq!(seen.status(), "completed");
        assert!(seen.said().starts_with("result: "), "the model was told: {}", seen.said());
    }
    assert!(!outside.exists(), "a write that is denied");
    // The first turn may ask, and so may the second, which says nothing of it.
    let ask = TurnOptions::default().with_approval_policy(ApprovalPolicy::OnRequest);
    for (options, written) in [(ask, false), (TurnOptions::default(), true)] {
        let turn = within("the start", forked.turn(touch.as_str(), options)).await.unwrap();
        let request = next_command(&mut requests).await;
        assert_eq!(request.turn_id, turn.id(), "none was asked for the turns before");
        if written {
            request.accept().unwrap();
        } else {
            request.decline().unwrap();
        }
        read(turn).await;
        assert_eq!(outside.exists(), written);
    }
    client.shutdown().await;
}
