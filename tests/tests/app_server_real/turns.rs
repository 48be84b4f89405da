//! Single turns: their text, their end, their failure.

use codex_ai::ErrorKind;
use codex_ai::app_server::{EventKind, ThreadOptions, TurnOptions, TurnStatus};
use serde_json::json;

use crate::codex::{Codex, Config, within};
use crate::model::USAGE;
use crate::turn::{first_text, read, run};

#[tokio::test]
async fn a_turn_gives_its_text_items_and_end() {
    let Some(codex) = Codex::new(&Config::default()) else { return };
    let client = codex.client().await;
    assert_eq!(client.server().version().map(|version| version.to_string()).as_deref(), Some("0.169.0"));
    let thread = client.start_thread(ThreadOptions::new()).await.unwrap();
    let seen = run(&thread, "say one two three").await;
    assert_eq!((seen.status(), seen.text.as_str(), seen.said()), ("completed", "one two three", "one two three"));
    assert_eq!(seen.item("userMessage")["content"][0]["text"], "say one two three");
    let count = |method: &str| seen.methods.iter().filter(|seen| *seen == method).count();
    assert_eq!(count("item/agentMessage/delta"), 3, "{:?}", seen.methods);
    assert_eq!((count("turn/started"), count("turn/completed")), (1, 1));
    // The next turn of the thread is one of its own, and knows of the first.
    assert_eq!(run(&thread, "say again").await.text, "again");
    let body = codex.asked().pop().unwrap().json();
    let input = body["input"].to_string();
    assert!(input.contains("one two three") && input.contains("say again"), "{input}");
    client.shutdown().await;
    codex.emptied().await;
}

#[tokio::test]
async fn an_interrupted_turn_ends_and_its_thread_goes_on() {
    let Some(codex) = Codex::new(&Config::default()) else { return };
    let client = codex.client().await;
    let thread = client.start_thread(ThreadOptions::new()).await.unwrap();
    let mut turn = thread.turn("drip on and on", TurnOptions::default()).await.unwrap();
    assert_eq!(first_text(&mut turn).await, "on ");
    within("the interrupt", turn.interrupt()).await.unwrap();
    let seen = read(turn).await;
    assert_eq!(seen.status(), "interrupted");
    assert!(seen.items.iter().all(|item| item["type"] != "agentMessage"), "{:?}", seen.items);
    assert_eq!(run(&thread, "say still here").await.text, "still here");
    client.shutdown().await;
}

#[tokio::test]
async fn an_interrupt_of_a_finished_turn_is_refused() {
    let Some(codex) = Codex::new(&Config::default()) else { return };
    let client = codex.client().await;
    let thread = client.start_thread(ThreadOptions::new()).await.unwrap();
    let mut turn = thread.turn("say done", TurnOptions::default()).await.unwrap();
    while within("an event", turn.next()).await.is_some() {}
    let error = within("the refusal", turn.interrupt()).await.unwrap_err();
    assert!(error.to_string().contains("no active turn to interrupt"), "{error}");
    client.shutdown().await;
}

#[tokio::test]
async fn an_interrupt_as_soon_as_the_turn_is_known_ends_it() {
    let Some(codex) = Codex::new(&Config::default()) else { return };
    let client = codex.client().await;
    let thread = client.start_thread(ThreadOptions::new()).await.unwrap();
    // The server knows no turn to interrupt until it has told of its start, which may come after its answer.
    for _ in 0..10 {
        let turn = thread.turn("drip on and on", TurnOptions::default()).await.unwrap();
        within("the interrupt", turn.interrupt()).await.unwrap();
        assert_eq!(read(turn).await.status(), "interrupted");
    }
    client.shutdown().await;
}

#[tokio::test]
async fn a_turn_whose_handle_is_dropped_is_interrupted_where_that_is_wanted() {
    let Some(codex) = Codex::new(&Config::default()) else { return };
    let client = codex.client().await;
    let thread = client.start_thread(ThreadOptions::new()).await.unwrap();
    let mut events = thread.events();
    for reads in [true, false] {
        let mut turn = thread.turn("drip on and on", TurnOptions::default()).await.unwrap().interrupt_on_drop(true);
        if reads {
            first_text(&mut turn).await;
        }
        let id = turn.id().to_owned();
        drop(turn);
        let status = loop {
            let event = within("the end of the turn", events.next()).await.unwrap().unwrap();
            if let EventKind::TurnCompleted { turn } = event.kind() {
                assert_eq!(turn.id, id);
                break turn.status;
            }
        };
        assert_eq!(status, TurnStatus::Interrupted);
    }
    client.shutdown().await;
}

/// 3.3, 11 and 13.
#[tokio::test]
async fn a_run_gives_the_text_the_items_and_the_tokens() {
    let Some(codex) = Codex::new(&Config::default()) else { return };
    let client = codex.client().await;
    let thread = client.start_thread(ThreadOptions::new()).await.unwrap();
    for text in ["one", "two"] {
        let finished = within("a run", thread.run(format!("say {text}"))).await.unwrap();
        assert_eq!((finished.final_text.as_deref(), &finished.status), (Some(text), &TurnStatus::Completed));
        assert_eq!(finished.items.len(), 2, "{:?}", finished.items);
        let tokens = finished.tokens.unwrap();
        assert_eq!((tokens.input_tokens, tokens.output_tokens), USAGE, "those of this turn alone");
    }
    client.shutdown().await;
}

/// 3.3, 4.
#[tokio::test]
async fn a_text_stream_gives_the_pieces_as_they_come() {
    let Some(codex) = Codex::new(&Config::default()) else { return };
    let client = codex.client().await;
    let thread = client.start_thread(ThreadOptions::new()).await.unwrap();
    let mut text = thread.stream_text("drip one two").await.unwrap();
    assert_eq!(within("a piece", text.next()).await.unwrap().unwrap(), "one ");
    // Another call is answered, although this model never ends.
    within("the models", client.request_raw("model/list", &json!({}))).await.unwrap();
    assert_eq!(within("a piece", text.next()).await.unwrap().unwrap(), "two");
    client.shutdown().await;
}

/// 3.3, 15.
#[tokio::test]
async fn a_model_that_fails_fails_the_turn_and_not_the_client() {
    let Some(codex) = Codex::new(&Config::default()) else { return };
    let client = codex.client().await;
    let thread = client.start_thread(ThreadOptions::new()).await.unwrap();
    let cases = [
        ("fail 500", ErrorKind::Server, "high demand"),
        ("fail 429", ErrorKind::RateLimit, "429 Too Many Requests"),
        ("fail 401", ErrorKind::Authentication, "401 Unauthorized: as asked"),
        ("fail 404", ErrorKind::NotFound, "as asked"),
        ("fail 400", ErrorKind::InvalidRequest, "as asked"),
    ];
    for (text, kind, words) in cases {
        let error = within(text, thread.run(text)).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{text}: {error}");
        assert!(error.to_string().contains(words), "{text}: {error}");
    }
    assert_eq!(run(&thread, "say well again").await.text, "well again");
    client.shutdown().await;
}
