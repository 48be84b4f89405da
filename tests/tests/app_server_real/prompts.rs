//! What the layers and the dispatcher do with prompts that the real server runs.

use std::collections::BTreeMap;
use std::time::Duration;

use codex_ai::app_server::{Client, ClientOptions, Provider};
use codex_ai::layer::{Failover, Limit, Retry};
use codex_ai::testing::Scripted;
use codex_ai::{
    Dispatcher, ErrorKind, Image, LlmSchema, Message, Options, Output, Prompt, Provider as _, Reply, Request, Usage,
    prompt,
};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::codex::{Codex, Config, within};
use crate::model::USAGE;

#[derive(Debug, PartialEq, Deserialize, LlmSchema)]
struct Prices {
    prices: BTreeMap<String, u32>,
}

/// Lists prices, whose form is another on the wire.
#[prompt(mode = "real.prices")]
async fn list_prices(number: u32) -> Prompt<Prices> {
    Prompt::new().user(format!("say {}", json!({ "prices": [{ "key": "pear", "value": number }] })))
}

/// Counts, in a list that is an object on the wire.
#[prompt(mode = "real.count")]
async fn count(number: u32) -> Prompt<Vec<u32>> {
    Prompt::new().user(format!("say {}", json!({ "value": [number, number + 1] })))
}

/// Is not understood at first.
#[prompt(mode = "real.mend")]
async fn mend() -> Prompt<Prices> {
    Prompt::new().user(format!("mend {}", json!({ "prices": [] })))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixteen_typed_calls_run_at_once_whatever_the_form_of_their_types() {
    let Some(codex) = Codex::new(&Config::default()) else { return };
    let client = codex.client().await;
    let dispatcher = Dispatcher::new(Provider::new(client.clone())).unwrap();
    let mut calls = JoinSet::new();
    for n in 0..16 {
        let dispatcher = dispatcher.clone();
        calls.spawn(async move {
            if n % 2 == 0 {
                let value = within("a map", dispatcher.call::<ListPrices>(ListPricesArgs { number: n })).await.unwrap();
                assert_eq!(value.prices, BTreeMap::from([("pear".to_owned(), n)]));
            } else {
                let value = within("a list", dispatcher.call::<Count>(CountArgs { number: n })).await.unwrap();
                assert_eq!(value, [n, n + 1]);
            }
        });
    }
    while let Some(call) = calls.join_next().await {
        call.unwrap();
    }
    assert_eq!(codex.asked().len(), 16);
    client.shutdown().await;
}

/// A request that is asked again is another thread, and what both cost is told.
#[tokio::test]
async fn an_answer_that_is_no_value_is_asked_for_again() {
    let Some(codex) = Codex::new(&Config::default()) else { return };
    let client = codex.client().await;
    let dispatcher = Dispatcher::new(Provider::new(client.clone())).unwrap();
    let reply = within("the answer", dispatcher.reply::<Mend>(MendArgs {})).await.unwrap();
    assert_eq!(reply.value.prices, BTreeMap::new());
    assert_eq!(codex.asked().len(), 2);
    assert_eq!(reply.usage, Some(Usage::new(2 * USAGE.0, 2 * USAGE.1)));
    client.shutdown().await;
}

fn asking(text: &str) -> Request {
    Request::new(vec![Message::user(text)])
}

#[tokio::test]
async fn a_turn_that_fails_goes_to_the_next_provider() {
    let Some(codex) = Codex::new(&Config::default()) else { return };
    let client = codex.client().await;
    let cases = [
        ("fail 401", ErrorKind::Authentication),
        ("fail 404", ErrorKind::NotFound),
        ("fail 429", ErrorKind::RateLimit),
        ("fail 500", ErrorKind::Server),
    ];
    for (text, kind) in cases {
        let alone = within(text, Provider::new(client.clone()).generate(&asking(text))).await.unwrap_err();
        assert_eq!(alone.kind(), kind, "{text}: {alone}");
        let other = Scripted::by(|_| Ok(Reply::from_text("m", "from the other")).into());
        let chain = Failover::builder().route(Provider::new(client.clone())).route(other).build().unwrap();
        let reply = within(text, chain.generate(&asking(text))).await.unwrap();
        assert_eq!(reply.text(), "from the other", "{text}");
    }
    client.shutdown().await;
}

#[tokio::test]
async fn layers_go_round_it() {
    let Some(codex) = Codex::new(&Config::default()) else { return };
    let client = codex.client().await;
    let provider = Limit::new(Provider::new(client.clone())).with_concurrency(2);
    let requests = ["say a", "say b", "say c", "say d"].map(asking);
    let all = futures_all(requests.iter().map(|request| provider.generate(request)).collect());
    let texts: Vec<_> = within("four", all).await.into_iter().map(|reply| reply.unwrap().text().into_owned()).collect();
    assert_eq!(texts, ["a", "b", "c", "d"]);

    let asked = codex.asked().len();
    let retry = Retry::new(Provider::new(client.clone()))
        .with_retries(2)
        .with_waits(Duration::from_millis(1), Duration::from_millis(2));
    assert_eq!(within("500", retry.generate(&asking("fail 500"))).await.unwrap_err().kind(), ErrorKind::Server);
    assert_eq!(codex.asked().len() - asked, 3, "a turn that failed is asked for again");
    assert_eq!(within("401", retry.generate(&asking("fail 401"))).await.unwrap_err().kind(), ErrorKind::Authentication);
    assert_eq!(codex.asked().len() - asked, 4, "one that is refused is not");

    // What has begun to come is not asked for again.
    let request = asking("drip one two");
    let mut stream = within("the stream", retry.stream(&request)).await.unwrap();
    assert_eq!(within("a piece", stream.next()).await.unwrap().unwrap().as_text(), Some("one "));
    client.shutdown().await;
    let error = within("the end", stream.finish()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Incomplete, "{error}");
    assert_eq!(codex.asked().len() - asked, 5);
}

async fn futures_all<F: Future>(all: Vec<F>) -> Vec<F::Output> {
    let mut all: Vec<_> = all.into_iter().map(Box::pin).collect();
    let mut done: Vec<Option<F::Output>> = all.iter().map(|_| None).collect();
    std::future::poll_fn(|cx| {
        for (future, done) in all.iter_mut().zip(&mut done) {
            if done.is_none()
                && let std::task::Poll::Ready(value) = future.as_mut().poll(cx)
            {
                *done = Some(value);
            }
        }
        if done.iter().all(Option::is_some) { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
    done.into_iter().flatten().collect()
}

const PIXEL: &[u8] = b"\
    \x89PNG\x0d\x0a\x1a\x0a\x00\x00\x00\x0dIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\
    \x15\xc4\x89\x00\x00\x00\x0dIDATx\xdacd\xf8\xcfP\x0f\x00\x03\x86\x01\x80Z4}k\x00\x00\x00\x00IEND\xae\
    B`\x82";

/// All of a conversation, its pictures and its options reach the model.
#[tokio::test]
async fn what_is_said_reaches_the_model_as_it_was_said() {
    let Some(codex) = Codex::new(&Config::default()) else { return };
    let client = codex.client().await;
    let provider = Provider::new(client.clone());
    let picture = || Image::bytes(PIXEL, "image/png");
    let request = Request::new(vec![
        Message::user("First").with_part(picture()),
        Message::assistant("Second"),
        Message::system("Third"),
        Message::user("say seen").with_part(picture()).with_part(picture()),
    ])
    .with_system("Be brief.")
    .with_output(Output::Json)
    .with_options(Options::default().with_reasoning_effort("low").with_extra("summary", "none"));
    assert_eq!(within("the answer", provider.generate(&request)).await.unwrap().text(), "seen");
    let body = codex.asked()[0].json();
    let said: Vec<_> = body["input"].as_array().unwrap().iter().map(|item| item["role"].as_str().unwrap()).collect();
    assert_eq!(said, ["developer", "user", "assistant", "developer", "user"]);
    let texts = body["input"].to_string();
    assert!(texts.contains("Be brief.") && texts.contains("JSON") && texts.contains("Third"), "{texts}");
    let pictures = |item: &Value| {
        let parts = item["content"].as_array().unwrap();
        parts.iter().filter(|part| part["image_url"].as_str().is_some_and(|url| url.starts_with("data:"))).count()
    };
    assert_eq!((pictures(&body["input"][1]), pictures(&body["input"][4])), (1, 2));
    assert_eq!(body["reasoning"]["effort"], "low");
    // The assistant's word is the last, and there is no system text.
    let request = Request::new(vec![Message::user("say gone"), Message::assistant("Once")]).with_system("");
    assert_eq!(within("the answer", provider.generate(&request)).await.unwrap().text(), "gone");
    let body = codex.asked()[1].json();
    assert_eq!(body["input"].as_array().unwrap().len(), 2, "{}", body["input"]);
    client.shutdown().await;
}

/// The threads of calls stay loaded in the server until nobody was subscribed to them for as long as its configuration
/// says, and are gone then.
#[tokio::test]
async fn what_is_left_of_calls_in_the_server_goes_by_itself() {
    const CALLS: usize = 50;
    let Some(codex) = Codex::new(&Config::default()) else { return };
    let spawn = codex.spawn_options(ClientOptions::new());
    let spawn = spawn.with_arg("-c").with_arg("thread_unload_delay_secs=2");
    let client = within("the start", Client::spawn(spawn)).await.unwrap();
    let provider = Provider::new(client.clone());
    let memory = || {
        let status = std::fs::read_to_string(format!("/proc/{}/status", codex.process_id())).unwrap_or_default();
        let line = status.lines().find(|line| line.starts_with("VmRSS")).unwrap_or_default();
        line.split_whitespace().nth(1).and_then(|kib| kib.parse::<u64>().ok()).unwrap_or_default()
    };
    let loaded = async || {
        let raw = within("a list", client.request_raw("thread/loaded/list", &json!({ "limit": 1000 }))).await.unwrap();
        serde_json::from_str::<Value>(raw.get()).unwrap()["data"].as_array().unwrap().len()
    };
    let before = (loaded().await, memory());
    for n in 0..CALLS {
        within("a call", provider.generate(&asking(&format!("say {n}")))).await.unwrap();
    }
    let after = (loaded().await, memory());
    assert_eq!(before.0, 0);
    let each = after.1.saturating_sub(before.1) / 50;
    assert!(each < 8 << 10, "{each} KiB of the server for each call, and the documentation says 2 MB");
    let unloaded = async {
        while loaded().await > 0 {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    within("the threads to be unloaded", unloaded).await;
    let counts = client.counts();
    assert_eq!((counts.open_turns, counts.open_threads), (0, 0));
    client.shutdown().await;
}
