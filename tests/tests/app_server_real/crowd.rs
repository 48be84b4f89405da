//! Many turns of one server at once.

use codex_ai::app_server::{Client, ThreadOptions};
use tokio::task::JoinSet;

use crate::codex::{Codex, Config};
use crate::turn::run;

/// Runs that many turns at once, each on a thread of its own and with a text of its own.
async fn crowd(client: &Client, count: usize) {
    let mut turns = JoinSet::new();
    for n in 0..count {
        let client = client.clone();
        turns.spawn(async move {
            let thread = client.start_thread(ThreadOptions::new()).await.unwrap();
            let text: Vec<String> = (0..10).map(|word| format!("{n}.{word}")).collect();
            let text = text.join(" ");
            let seen = run(&thread, &format!("say {text}")).await;
            assert_eq!((seen.status(), &seen.text, seen.said()), ("completed", &text, text.as_str()));
            assert_eq!(seen.items.iter().filter(|item| item["type"] == "agentMessage").count(), 1);
        });
    }
    while let Some(turn) = turns.join_next().await {
        turn.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixteen_turns_at_once_each_see_their_own() {
    let Some(codex) = Codex::new(&Config::default()) else { return };
    let client = codex.client().await;
    crowd(&client, 16).await;
    client.shutdown().await;
    codex.emptied().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_turns_at_once_all_complete() {
    let Some(codex) = Codex::new(&Config::default()) else { return };
    let client = codex.client().await;
    crowd(&client, 200).await;
    client.shutdown().await;
    codex.emptied().await;
}
