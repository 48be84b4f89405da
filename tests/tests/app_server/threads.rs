//! Threads: how they are begun, found and put away, and the turns that are not begun by an input.

use std::time::Duration;

use codex_ai::app_server::{
    ApprovalPolicy, ApprovalsReviewer, Client, ClientOptions, EventKind, ForkOptions, Item, ListThreads, Personality,
    ReasoningEffort, ResumeOptions, ReviewTarget, SandboxMode, SandboxPolicy, Thread, ThreadOptions, ToolOutput,
    TurnOptions, TurnStatus,
};
use codex_ai::{ErrorKind, Function};
use serde_json::{Value, json};

use crate::peer::Peer;

async fn thread() -> (Client, Thread, Peer) {
    let (client, mut peer) = Peer::connect(ClientOptions::new()).await;
    let (thread, ()) = tokio::join!(client.start_thread(ThreadOptions::new()), peer.start_thread("t1"));
    (client, thread.expect("a thread"), peer)
}

/// Expects one request of this method and gives this answer; the parameters.
async fn serve(peer: &mut Peer, method: &str, answer: Value) -> Value {
    let (id, params) = peer.asked(method).await;
    peer.answer(&id, answer).await;
    params
}

fn given(id: &str) -> Value {
    json!({
        "thread": { "id": id, "turns": [] }, "model": "m", "modelProvider": "p", "cwd": "/srv", "approvalPolicy": "never",
        "approvalsReviewer": "guardian_subagent", "sandbox": { "type": "readOnly", "networkAccess": false },
        "serviceTier": null, "reasoningEffort": "high",
    })
}

/// 3.3, 19.
#[tokio::test]
async fn options_are_sent_by_their_wire_names_and_what_is_not_set_is_left_out() {
    let (client, mut peer) = Peer::connect(ClientOptions::new()).await;
    let options = ThreadOptions::new()
        .with_model("gpt")
        .with_model_provider("openai")
        .with_cwd("/srv")
        .with_sandbox(SandboxMode::WorkspaceWrite)
        .with_approval_policy(ApprovalPolicy::Untrusted)
        .with_approvals_reviewer(ApprovalsReviewer::User)
        .with_base_instructions("base")
        .with_developer_instructions("more")
        .with_config("features.shell_tool", false)
        .with_service_tier("flex")
        .with_personality(Personality::Pragmatic)
        .with_ephemeral(true)
        .with_extra("historyMode", "legacy");
    let (thread, params) = tokio::join!(client.start_thread(options), serve(&mut peer, "thread/start", given("t1")));
    let expected = json!({
        "model": "gpt", "modelProvider": "openai", "cwd": "/srv", "sandbox": "workspace-write",
        "approvalPolicy": "untrusted", "approvalsReviewer": "user", "baseInstructions": "base",
        "developerInstructions": "more", "config": { "features.shell_tool": false }, "serviceTier": "flex",
        "personality": "pragmatic", "ephemeral": true, "historyMode": "legacy",
    });
    assert_eq!(params, expected);
    let thread = thread.unwrap();
    let options = TurnOptions::new()
        .with_model("gpt")
        .with_effort(ReasoningEffort::Low)
        .with_summary("none")
        .with_cwd("/srv")
        .with_sandbox_policy(SandboxPolicy::read_only())
        .with_output_schema(json!({ "type": "object" }))
        .with_service_tier_for_turn("priority")
        .with_turn_trigger("cron")
        .with_idle_timeout(Duration::from_secs(9))
        .with_auto_review();
    let (turn, params) = tokio::join!(thread.turn("hi", options), peer.start_turn("u1"));
    let expected = json!({
        "threadId": "t1", "input": [{ "type": "text", "text": "hi" }], "model": "gpt", "effort": "low",
        "summary": "none", "cwd": "/srv", "sandboxPolicy": { "type": "readOnly", "networkAccess": false },
        "approvalPolicy": "on-request", "approvalsReviewer": "auto_review", "outputSchema": { "type": "object" },
        "serviceTierForTurn": "priority", "turnTrigger": "cron",
    });
    assert_eq!(params, expected);
    drop(turn.unwrap());
    let (turn, params) = tokio::join!(thread.turn("hi", TurnOptions::new()), peer.start_turn("u2"));
    assert_eq!(params, json!({ "threadId": "t1", "input": [{ "type": "text", "text": "hi" }] }));
    drop(turn.unwrap());
}

/// 3.3, 19: the older name of the reviewer is read, too.
#[tokio::test]
async fn a_thread_tells_how_it_was_set_up() {
    let (client, mut peer) = Peer::connect(ClientOptions::new()).await;
    let (thread, _) =
        tokio::join!(client.start_thread(ThreadOptions::new()), serve(&mut peer, "thread/start", given("t1")));
    let thread = thread.unwrap();
    let settings = thread.settings();
    assert_eq!((settings.model.as_deref(), settings.cwd.as_deref()), (Some("m"), Some("/srv".as_ref())));
    assert_eq!(settings.approval_policy, Some(ApprovalPolicy::Never));
    assert_eq!(settings.approvals_reviewer, Some(ApprovalsReviewer::AutoReview));
    assert_eq!(settings.sandbox, Some(SandboxPolicy::read_only()));
    assert_eq!(settings.reasoning_effort, Some(ReasoningEffort::High));
}

/// 3.3, 20.
#[tokio::test]
async fn approvals_are_inherited_unless_they_are_chosen_anew() {
    let (client, mut peer) = Peer::connect(ClientOptions::new()).await;
    let deny = ThreadOptions::new().with_deny_all();
    let (thread, params) = tokio::join!(client.start_thread(deny), serve(&mut peer, "thread/start", given("t1")));
    assert_eq!(params, json!({ "approvalPolicy": "never" }));
    let thread = thread.unwrap();
    let (resumed, params) = tokio::join!(
        client.resume_thread("t1", ResumeOptions::new().with_exclude_turns(true)),
        serve(&mut peer, "thread/resume", given("t1"))
    );
    assert_eq!(params, json!({ "threadId": "t1", "excludeTurns": true }));
    assert_eq!(resumed.unwrap().settings().approval_policy, Some(ApprovalPolicy::Never));
    let (forked, params) = tokio::join!(thread.fork(ForkOptions::new()), serve(&mut peer, "thread/fork", given("t2")));
    assert_eq!(params, json!({ "threadId": "t1" }));
    assert_eq!(forked.unwrap().id(), "t2");
    let (forked, params) = tokio::join!(
        client.fork_thread("t1", ForkOptions::new().with_auto_review().with_last_turn("u1")),
        serve(&mut peer, "thread/fork", given("t3"))
    );
    let expected = json!({
        "threadId": "t1", "approvalPolicy": "on-request", "approvalsReviewer": "auto_review", "lastTurnId": "u1",
    });
    assert_eq!((forked.unwrap().id(), params), ("t3", expected));
    let (turn, params) = tokio::join!(thread.turn("a", TurnOptions::new().with_deny_all()), peer.start_turn("u1"));
    assert_eq!(params["approvalPolicy"], "never");
    drop(turn.unwrap());
    // The choice is kept by the server: nothing is said with the next turn.
    let (turn, params) = tokio::join!(thread.turn("b", TurnOptions::new()), peer.start_turn("u2"));
    assert_eq!(params.get("approvalPolicy"), None);
    drop(turn.unwrap());
}

#[tokio::test]
async fn a_function_of_the_program_becomes_a_tool_of_the_thread() {
    let (client, mut peer) = Peer::connect(ClientOptions::new()).await;
    let schema = json!({ "type": "object", "properties": { "city": { "type": "string" } } });
    let function = Function::new("weather").with_description("Of a city").with_parameters(schema.clone());
    let options = ThreadOptions::new().with_tool(function).with_tool(Function::new("ping"));
    let (thread, params) = tokio::join!(client.start_thread(options), serve(&mut peer, "thread/start", given("t1")));
    thread.unwrap();
    let expected = json!([
        { "type": "function", "name": "weather", "description": "Of a city", "inputSchema": schema },
        { "type": "function", "name": "ping", "description": "", "inputSchema": { "type": "object", "properties": {} } },
    ]);
    assert_eq!(params["dynamicTools"], expected);
}

#[tokio::test]
async fn a_message_from_outside_takes_the_place_of_an_input() {
    let (_client, thread, mut peer) = thread().await;
    let options = TurnOptions::new().with_tool_output(ToolOutput::new("mail", "buy now"));
    let (turn, params) = tokio::join!(thread.turn(Vec::<&str>::new(), options), peer.start_turn("u1"));
    drop(turn.unwrap());
    assert_eq!(params["input"], json!([]));
    assert_eq!((&params["toolOutput"]["name"], &params["toolOutput"]["output"]), (&json!("mail"), &json!("buy now")));
}

/// 3.3, 17.
#[tokio::test]
async fn threads_are_named_read_listed_and_put_away() {
    let (client, thread, mut peer) = thread().await;
    let (named, params) = tokio::join!(thread.set_name("n"), serve(&mut peer, "thread/name/set", json!({})));
    named.unwrap();
    assert_eq!(params, json!({ "threadId": "t1", "name": "n" }));

    let turns = json!([{ "id": "u1", "status": "completed", "items": [], "itemsView": "full" }]);
    let answer = json!({ "thread": { "id": "t1", "name": "n", "turns": turns, "future": 1 } });
    let (read, params) = tokio::join!(thread.read(true), serve(&mut peer, "thread/read", answer));
    assert_eq!(params, json!({ "threadId": "t1", "includeTurns": true }));
    let read = read.unwrap();
    assert_eq!((read.name.as_deref(), read.turns[0].status.clone()), (Some("n"), TurnStatus::Completed));

    let page = json!({ "data": [{ "id": "t1" }, { "id": "t2" }], "nextCursor": "c2", "backwardsCursor": "c1" });
    let list = ListThreads::new().with_archived(true).with_limit(2).with_cursor("c0");
    let (page, params) = tokio::join!(client.threads(list), serve(&mut peer, "thread/list", page));
    assert_eq!(params, json!({ "cursor": "c0", "limit": 2, "archived": true }));
    let page = page.unwrap();
    let ids: Vec<_> = page.data.iter().map(|thread| thread.id.as_str()).collect();
    assert_eq!((ids, page.next_cursor.as_deref()), (vec!["t1", "t2"], Some("c2")));
    let (page, params) =
        tokio::join!(client.threads(ListThreads::new()), serve(&mut peer, "thread/list", json!({ "data": [] })));
    assert_eq!((page.unwrap().next_cursor, params), (None, json!({})));

    let of = json!({ "threadId": "t1" });
    let (done, params) = tokio::join!(thread.archive(), serve(&mut peer, "thread/archive", json!({})));
    assert_eq!((done.unwrap(), &params), ((), &of));
    let answer = json!({ "thread": { "id": "t1", "status": { "type": "notLoaded" } } });
    let (back, params) = tokio::join!(client.unarchive_thread("t1"), serve(&mut peer, "thread/unarchive", answer));
    assert_eq!((back.unwrap().id.as_str(), &params), ("t1", &of));
    let (done, params) = tokio::join!(client.delete_thread("t1"), serve(&mut peer, "thread/delete", json!({})));
    assert_eq!((done.unwrap(), &params), ((), &of));
    let item = json!({ "type": "message", "role": "user", "content": [] });
    let (done, params) =
        tokio::join!(thread.inject_items(vec![item.clone()]), serve(&mut peer, "thread/inject_items", json!({})));
    done.unwrap();
    assert_eq!(params, json!({ "threadId": "t1", "items": [item] }));
}

async fn starts(peer: &mut Peer, turn: &str) {
    let turn = json!({ "id": turn, "items": [], "status": "inProgress" });
    peer.notify("turn/started", json!({ "threadId": "t1", "turn": turn })).await;
}

async fn item(peer: &mut Peer, method: &str, turn: &str, item: Value) {
    peer.notify(method, json!({ "threadId": "t1", "turnId": turn, "item": item })).await;
}

/// 3.3, 17, and fact 1: the answer says nothing of the turn, and all of it may come before the answer.
#[tokio::test]
async fn a_compaction_is_a_turn_even_where_it_is_over_before_its_answer() {
    let (_client, thread, mut peer) = thread().await;
    let server = async {
        let (id, params) = peer.asked("thread/compact/start").await;
        starts(&mut peer, "u1").await;
        let compaction = json!({ "type": "contextCompaction", "id": "c" });
        item(&mut peer, "item/started", "u1", compaction.clone()).await;
        item(&mut peer, "item/completed", "u1", compaction).await;
        peer.complete("t1", "u1", "completed").await;
        peer.answer(&id, json!({})).await;
        params
    };
    let compacting = async {
        let mut turn = thread.compact().await.unwrap();
        let mut methods = Vec::new();
        while let Some(event) = turn.next().await {
            methods.push(event.unwrap().method().to_owned());
        }
        (turn.id().to_owned(), methods)
    };
    let ((id, methods), params) = tokio::join!(compacting, server);
    assert_eq!((id.as_str(), params), ("u1", json!({ "threadId": "t1" })));
    assert_eq!(methods, ["turn/started", "item/started", "item/completed", "turn/completed"]);
}

/// A turn that was started just before is another one: its beginning may come after the request, and its message may
/// never come (Codex 0.169.0).
#[tokio::test]
async fn a_compaction_is_not_taken_for_the_turn_that_it_breaks_off() {
    for told in [true, false] {
        let (_client, thread, mut peer) = thread().await;
        let (first, _) = tokio::join!(thread.turn("go", TurnOptions::new()), peer.start_turn("u1"));
        let server = async {
            let (id, _) = peer.asked("thread/compact/start").await;
            peer.answer(&id, json!({})).await;
            starts(&mut peer, "u1").await;
            if told {
                let message = json!({ "type": "userMessage", "id": "i", "content": [] });
                item(&mut peer, "item/started", "u1", message).await;
            }
            peer.complete("t1", "u1", "interrupted").await;
            starts(&mut peer, "u2").await;
            item(&mut peer, "item/started", "u2", json!({ "type": "contextCompaction", "id": "c" })).await;
            peer.complete("t1", "u2", "completed").await;
        };
        let (compaction, ()) = tokio::join!(async { thread.compact().await.unwrap().run().await }, server);
        assert_eq!(compaction.unwrap().id, "u2");
        assert_eq!(first.unwrap().run().await.unwrap().status, TurnStatus::Interrupted);
    }
}

#[tokio::test]
async fn a_compaction_that_fails_at_once_is_a_failed_turn() {
    let (_client, thread, mut peer) = thread().await;
    let server = async {
        serve(&mut peer, "thread/compact/start", json!({})).await;
        starts(&mut peer, "u1").await;
        let error = json!({ "message": "busy", "codexErrorInfo": "serverOverloaded" });
        let turn = json!({ "id": "u1", "items": [], "status": "failed", "error": error });
        peer.notify("turn/completed", json!({ "threadId": "t1", "turn": turn })).await;
    };
    let (compaction, ()) = tokio::join!(async { thread.compact().await.unwrap().run().await }, server);
    assert_eq!(compaction.unwrap_err().kind(), ErrorKind::Server);
}

#[tokio::test(start_paused = true)]
async fn a_compaction_that_never_begins_is_given_up() {
    let options = ClientOptions::new().with_request_timeout(Duration::from_secs(5));
    let (client, mut peer) = Peer::connect(options).await;
    let (thread, ()) = tokio::join!(client.start_thread(ThreadOptions::new()), peer.start_thread("t1"));
    let thread = thread.unwrap();
    let (turn, _) = tokio::join!(thread.compact(), serve(&mut peer, "thread/compact/start", json!({})));
    assert_eq!(turn.unwrap_err().kind(), ErrorKind::Timeout);
}

/// On a thread with a turn under way, the command runs in that one.
#[tokio::test]
async fn a_command_of_the_user_is_found_in_a_turn_that_runs() {
    let (_client, thread, mut peer) = thread().await;
    let shell = |status| json!({ "type": "commandExecution", "id": "c", "command": "ls", "commandActions": [], "cwd": "/", "status": status, "source": "userShell" });
    let server = async {
        let params = serve(&mut peer, "thread/shellCommand", json!({})).await;
        peer.delta("t1", "u1", "of the model").await;
        item(&mut peer, "item/started", "u1", shell("inProgress")).await;
        let output = json!({ "threadId": "t1", "turnId": "u1", "itemId": "c", "delta": "file\n" });
        peer.notify("item/commandExecution/outputDelta", output).await;
        peer.delta("t1", "u2", "foreign").await;
        item(&mut peer, "item/completed", "u1", shell("completed")).await;
        peer.complete("t1", "u1", "completed").await;
        params
    };
    let running = async {
        let mut turn = thread.shell_command("ls").await.unwrap();
        let mut output = String::new();
        let mut ended = 0;
        while let Some(event) = turn.next().await {
            match event.unwrap().kind() {
                EventKind::CommandOutputDelta { delta, .. } => output.push_str(&delta),
                EventKind::AgentMessageDelta { delta, .. } => panic!("{delta}"),
                EventKind::ItemCompleted { item: Item::CommandExecution(_) } => ended += 1,
                _ => {}
            }
        }
        (output, ended)
    };
    let ((output, ended), params) = tokio::join!(running, server);
    assert_eq!((output.as_str(), ended), ("file\n", 1));
    assert_eq!(params, json!({ "threadId": "t1", "command": "ls" }));
}

/// Fact 8: the beginning of a review's turn carries another id.
#[tokio::test]
async fn a_review_is_the_turn_that_its_answer_names() {
    let (_client, thread, mut peer) = thread().await;
    let server = async {
        let (id, params) = peer.asked("review/start").await;
        starts(&mut peer, "u9").await;
        let review = json!({ "type": "exitedReviewMode", "id": "r", "review": "looks good" });
        item(&mut peer, "item/completed", "u1", review).await;
        let turn = json!({ "id": "u1", "items": [], "status": "inProgress" });
        peer.answer(&id, json!({ "turn": turn, "reviewThreadId": "t1" })).await;
        peer.complete("t1", "u1", "completed").await;
        params
    };
    let review = async { thread.review(ReviewTarget::base_branch("main")).await.unwrap().run().await.unwrap() };
    let (review, params) = tokio::join!(review, server);
    assert_eq!(params, json!({ "threadId": "t1", "target": { "type": "baseBranch", "branch": "main" } }));
    assert!(matches!(&review.items[..], [Item::ExitedReviewMode(exited)] if exited.review == "looks good"));
}

/// Refuses to interrupt `u1`, as it runs as `u9`, and interrupts that one.
async fn interrupt_review(peer: &mut Peer) {
    let (id, params) = peer.asked("turn/interrupt").await;
    assert_eq!(params, json!({ "threadId": "t1", "turnId": "u1" }));
    peer.refuse(&id, -32600, "no active turn to interrupt").await;
    let turn = json!({ "id": "u9", "rootTurnId": "u1", "items": [], "status": "inProgress" });
    peer.notify("turn/started", json!({ "threadId": "t1", "turn": turn })).await;
    let (id, _) = peer.asked("turn/interrupt").await;
    peer.refuse(&id, -32600, "expected active turn id u1 but found u9").await;
    let (id, params) = peer.asked("turn/interrupt").await;
    assert_eq!(params, json!({ "threadId": "t1", "turnId": "u9" }));
    peer.answer(&id, json!({})).await;
    peer.complete("t1", "u1", "interrupted").await;
}

/// A review whose caller has gone before it was named.
#[tokio::test]
async fn a_review_that_nobody_waits_for_is_interrupted_by_the_id_that_it_runs_under() {
    let options = ClientOptions::new().with_interrupt_on_drop(true);
    let (client, mut peer) = Peer::connect(options).await;
    let (thread, ()) = tokio::join!(client.start_thread(ThreadOptions::new()), peer.start_thread("t1"));
    let thread = thread.unwrap();
    let id = tokio::select! {
        _ = thread.review(ReviewTarget::UncommittedChanges) => panic!("it has no answer"),
        (id, _) = peer.asked("review/start") => id,
    };
    let turn = json!({ "id": "u1", "items": [], "status": "inProgress" });
    peer.answer(&id, json!({ "turn": turn, "reviewThreadId": "t1" })).await;
    interrupt_review(&mut peer).await;
    // One that is joined is, too, and one that runs as another of the same thread is not.
    let joined = thread.join("u5");
    let (refused, ()) = tokio::join!(joined.interrupt(), async {
        let turn = json!({ "id": "u6", "rootTurnId": "u7", "items": [], "status": "inProgress" });
        peer.notify("turn/started", json!({ "threadId": "t1", "turn": turn })).await;
        let (id, _) = peer.asked("turn/interrupt").await;
        peer.refuse(&id, -32600, "expected active turn id u5 but found u6").await;
    });
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::InvalidRequest);
    let joined = thread.join("u7");
    let (interrupted, ()) = tokio::join!(joined.interrupt(), async {
        let (id, _) = peer.asked("turn/interrupt").await;
        peer.refuse(&id, -32600, "expected active turn id u7 but found u6").await;
        let (id, params) = peer.asked("turn/interrupt").await;
        assert_eq!(params["turnId"], "u6");
        peer.answer(&id, json!({})).await;
    });
    interrupted.unwrap();
}

/// A thread that was named after its caller had gone is not kept; one that was resumed may be somebody else's, too.
#[tokio::test]
async fn a_thread_that_nobody_waits_for_is_unsubscribed_from() {
    let options = ClientOptions::new().with_request_timeout(Duration::from_secs(5));
    let (client, mut peer) = Peer::connect(options).await;
    for (n, method) in ["thread/start", "thread/fork", "thread/resume"].into_iter().enumerate() {
        let started = async {
            match method {
                "thread/start" => client.start_thread(ThreadOptions::new()).await,
                "thread/fork" => client.fork_thread("t", ForkOptions::new()).await,
                _ => client.resume_thread("t", ResumeOptions::new()).await,
            }
        };
        let id = tokio::select! {
            _ = started => panic!("it has no answer"),
            (id, _) = peer.asked(method) => id,
        };
        peer.answer(&id, given(&format!("t{n}"))).await;
        if method != "thread/resume" {
            serve(&mut peer, "thread/unsubscribe", json!({ "status": "unsubscribed" })).await;
        }
    }
    let nothing = json!({});
    let (models, _) =
        tokio::join!(client.request_raw("model/list", &nothing), serve(&mut peer, "model/list", json!({ "data": [] })));
    models.unwrap();
    assert_eq!(client.counts().open_requests, 0);
}

/// Fact 8, and Codex 0.169.0 interrupts a review by that other id only.
#[tokio::test]
async fn a_review_is_interrupted_by_the_id_that_it_runs_under() {
    let (_client, thread, mut peer) = thread().await;
    let server = async {
        let (id, _) = peer.asked("review/start").await;
        let turn = json!({ "id": "u1", "items": [], "status": "inProgress" });
        peer.answer(&id, json!({ "turn": turn, "reviewThreadId": "t1" })).await;
        interrupt_review(&mut peer).await;
    };
    let review = async {
        let turn = thread.review(ReviewTarget::UncommittedChanges).await.unwrap();
        turn.interrupt().await.unwrap();
        turn.run().await.unwrap()
    };
    let (review, ()) = tokio::join!(review, server);
    assert_eq!((review.id.as_str(), review.status), ("u1", TurnStatus::Interrupted));
}

/// The server sends no events of such a thread: a turn could not be followed.
#[tokio::test]
async fn an_unsubscribed_thread_refuses_turns_that_nobody_could_follow() {
    let (client, thread, mut peer) = thread().await;
    let twin = thread.clone();
    let (done, _) =
        tokio::join!(thread.unsubscribe(), serve(&mut peer, "thread/unsubscribe", json!({ "status": "unsubscribed" })));
    done.unwrap();
    assert_eq!(twin.run("hi").await.unwrap_err().kind(), ErrorKind::InvalidRequest);
    assert_eq!(twin.compact().await.unwrap_err().kind(), ErrorKind::InvalidRequest);
    let (resumed, _) =
        tokio::join!(client.resume_thread("t1", ResumeOptions::new()), serve(&mut peer, "thread/resume", given("t1")));
    let (turn, _) = tokio::join!(resumed.as_ref().unwrap().turn("hi", TurnOptions::new()), peer.start_turn("u1"));
    drop(turn.unwrap());
}
