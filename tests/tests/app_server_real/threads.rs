//! What is done with whole threads.

use std::time::Duration;

use codex_ai::app_server::{
    Client, ClientOptions, EventKind, ForkOptions, Goal, GoalStatus, ListThreads, ResumeOptions, ReviewTarget,
    ThreadOptions, TurnStatus,
};

use crate::codex::{Codex, Config, within};
use crate::turn::{read, run};

async fn listed(client: &Client, archived: bool) -> Vec<String> {
    let list = ListThreads::new().with_archived(archived);
    let page = within("the list", client.threads(list)).await.unwrap();
    page.data.into_iter().map(|thread| thread.id).collect()
}

/// 3.3, 17.
#[tokio::test]
async fn a_thread_is_named_read_listed_forked_and_archived() {
    let Some(codex) = Codex::new(&Config::default()) else { return };
    let client = codex.client().await;
    let thread = client.start_thread(ThreadOptions::new()).await.unwrap();
    let id = thread.id().to_owned();
    run(&thread, "say first").await;
    thread.set_name("A name").await.unwrap();
    let info = thread.read(true).await.unwrap();
    assert_eq!((info.name.as_deref(), info.turns.len()), (Some("A name"), 1));

    let fork = thread.fork(ForkOptions::new()).await.unwrap();
    assert_ne!(fork.id(), id);
    assert_eq!(run(&fork, "say second").await.text, "second");
    assert_eq!((fork.read(true).await.unwrap().turns.len(), thread.read(true).await.unwrap().turns.len()), (2, 1));

    assert!(listed(&client, false).await.contains(&id));
    thread.archive().await.unwrap();
    assert!(!listed(&client, false).await.contains(&id));
    assert_eq!(listed(&client, true).await, [id.as_str()]);
    thread.unarchive().await.unwrap();
    assert!(listed(&client, false).await.contains(&id));
    let thread = client.resume_thread(&id, ResumeOptions::new()).await.unwrap();
    assert_eq!(run(&thread, "say third").await.text, "third");
    fork.delete().await.unwrap();
    assert_eq!(listed(&client, false).await, [id.as_str()]);
    client.shutdown().await;
}

/// 3.3, 17.
#[tokio::test]
async fn a_compaction_asks_the_model_once() {
    let Some(codex) = Codex::new(&Config::default()) else { return };
    let client = codex.client().await;
    let thread = client.start_thread(ThreadOptions::new()).await.unwrap();
    run(&thread, "say first").await;
    assert_eq!(codex.asked().len(), 1);
    let seen = read(within("the compaction", thread.compact()).await.unwrap()).await;
    assert_eq!(seen.status(), "completed");
    seen.item("contextCompaction");
    assert_eq!(codex.asked().len(), 2);
    client.shutdown().await;
}

#[tokio::test]
async fn a_command_of_the_user_is_a_turn() {
    let Some(codex) = Codex::new(&Config::default()) else { return };
    let client = codex.client().await;
    let thread = client.start_thread(ThreadOptions::new()).await.unwrap();
    let seen = read(within("the command", thread.shell_command("echo said")).await.unwrap()).await;
    assert_eq!(seen.item("commandExecution")["aggregatedOutput"], "said\n");
    client.shutdown().await;
}

#[tokio::test]
async fn a_review_is_a_turn() {
    let Some(codex) = Codex::new(&Config::default()) else { return };
    let client = codex.client().await;
    let thread = client.start_thread(ThreadOptions::new()).await.unwrap();
    let turn = within("the review", thread.review(ReviewTarget::custom("say looks good"))).await.unwrap();
    let finished = within("its end", turn.run()).await.unwrap();
    assert_eq!(finished.final_text.as_deref(), Some("looks good"));
    client.shutdown().await;
}

/// It runs under another id than its answer names.
#[tokio::test]
async fn a_review_is_interrupted_by_any_of_its_handles() {
    let Some(codex) = Codex::new(&Config::default()) else { return };
    let client = codex.client_with(ClientOptions::new().with_interrupt_on_drop(true)).await;
    let thread = client.start_thread(ThreadOptions::new()).await.unwrap();
    for joins in [false, true] {
        let turn = within("the review", thread.review(ReviewTarget::custom("drip one two"))).await.unwrap();
        let interrupting = async {
            match joins {
                true => thread.join(turn.id()).interrupt().await,
                false => turn.interrupt().await,
            }
        };
        within("the interrupt", interrupting).await.unwrap();
        let finished = within("its end", turn.finish()).await.unwrap();
        assert_eq!(finished.status, TurnStatus::Interrupted, "joined: {joins}");
    }
    // One that is given up before it is named.
    let mut events = thread.events();
    let review = thread.review(ReviewTarget::custom("drip one two"));
    assert!(tokio::time::timeout(Duration::ZERO, review).await.is_err(), "it was sent, and not answered");
    let ended = async {
        while let Some(event) = events.next().await {
            if let EventKind::TurnCompleted { turn } = event.unwrap().kind() {
                return turn.status;
            }
        }
        panic!("no end");
    };
    assert_eq!(within("the end of the review", ended).await, TurnStatus::Interrupted);
    let finished = within("a turn", thread.run("say again")).await.unwrap();
    assert_eq!(finished.final_text.as_deref(), Some("again"));
    client.shutdown().await;
}

/// 3.3, 23.
#[tokio::test]
async fn a_goal_is_one_turn_over_several() {
    let Some(codex) = Codex::new(&Config::default()) else { return };
    let client = codex.client().await;
    let thread = client.start_thread(ThreadOptions::new()).await.unwrap();
    let mut goal = within("the goal", thread.goal("make it good")).await.unwrap();
    let (mut started, mut completed, mut texts) = (0, None, Vec::new());
    while let Some(event) = within("an event of the goal", goal.next()).await {
        match event.unwrap().kind() {
            EventKind::TurnStarted { .. } => started += 1,
            EventKind::TurnCompleted { turn } => completed = Some(turn.status),
            EventKind::ItemCompleted { item } => texts.extend(item.as_agent_message().map(|said| said.text.clone())),
            _ => {}
        }
    }
    assert_eq!((started, completed), (1, Some(TurnStatus::Completed)));
    assert_eq!(texts.first().map(String::as_str), Some("not yet"));
    assert!(texts.last().is_some_and(|text| text.starts_with("result: ")), "{texts:?}");
    let goal: Goal = within("the goal", thread.current_goal()).await.unwrap().unwrap();
    assert_eq!(goal.status, GoalStatus::Complete);
    client.shutdown().await;
}

#[tokio::test]
async fn a_thread_goes_on_in_another_server() {
    let Some(codex) = Codex::new(&Config::default()) else { return };
    let first = codex.client().await;
    let thread = first.start_thread(ThreadOptions::new()).await.unwrap();
    run(&thread, "say remember this").await;
    first.shutdown().await;
    let second = codex.client().await;
    let resumed = within("the thread", second.resume_thread(thread.id(), ResumeOptions::new())).await.unwrap();
    assert_eq!((resumed.id(), resumed.info().turns.len()), (thread.id(), 1));
    assert_eq!(run(&resumed, "say again").await.text, "again");
    let body = codex.asked().pop().unwrap().json();
    assert!(body["input"].to_string().contains("remember this"), "the model is told what was said before");
    second.shutdown().await;
    codex.emptied().await;
}
