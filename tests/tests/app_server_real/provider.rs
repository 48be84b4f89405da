//! Prompts as turns of the real server.

use std::time::Duration;

use codex_ai::app_server::Provider;
use codex_ai::{Dispatcher, LlmSchema, Prompt, Usage, prompt};
use serde::Deserialize;
use serde_json::json;
use tokio::task::JoinSet;

use crate::codex::{Codex, Config, within};
use crate::model::USAGE;

/// A city.
#[derive(Debug, PartialEq, Deserialize, LlmSchema)]
struct City {
    name: String,
    visitors: u32,
}

/// Tells of a city.
#[prompt(mode = "real.city")]
async fn tell_city(name: &str, visitors: u32) -> Prompt<City> {
    Prompt::new().user(format!("say {}", json!({ "name": name, "visitors": visitors })))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn typed_prompts_run_at_once_over_one_server() {
    let Some(codex) = Codex::new(&Config::default()) else { return };
    let client = codex.client().await;
    let dispatcher = Dispatcher::new(Provider::new(client.clone())).unwrap();
    let mut calls = JoinSet::new();
    for n in 0..8 {
        let dispatcher = dispatcher.clone();
        calls.spawn(async move {
            let name = format!("city-{n}");
            let call = dispatcher.reply::<TellCity>(TellCityArgs { name: &name, visitors: n });
            let reply = within("the answer", call).await.unwrap();
            assert_eq!(reply.value, City { name, visitors: n });
            assert_eq!(reply.usage, Some(Usage::new(USAGE.0, USAGE.1)));
        });
    }
    while let Some(call) = calls.join_next().await {
        call.unwrap();
    }
    let body = codex.asked()[0].json();
    assert_eq!(body["text"]["format"]["type"], "json_schema");
    assert_eq!(body["tools"], json!([]), "the model is given no tools");
    client.shutdown().await;
    codex.emptied().await;
}

#[tokio::test]
async fn a_stream_that_is_dropped_ends_its_turn() {
    let Some(codex) = Codex::new(&Config::default()) else { return };
    let client = codex.client().await;
    let dispatcher = Dispatcher::new(Provider::new(client.clone())).unwrap();
    let mut stream = within("the stream", dispatcher.stream_text("drip one two")).await.unwrap();
    assert_eq!(within("a piece", stream.next()).await.unwrap().unwrap().as_text(), Some("one "));
    assert_eq!(codex.left_answers(), 0);
    drop(stream);
    // The server leaves the answer of the model, which has no end.
    let left = async {
        while codex.left_answers() == 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    within("the end of the turn", left).await;
    client.shutdown().await;
}
