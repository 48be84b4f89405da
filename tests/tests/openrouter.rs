//! OpenRouter over real sockets: headers, routing, and the errors that only it has.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

#[allow(dead_code, reason = "shared by several tests")]
mod one_answer;

use std::time::Duration;

use codex_ai::provider::openrouter::{DEFAULT_MODEL, OpenRouter, OpenRouterBuilder, Routing};
use codex_ai::{Chunk, Error, ErrorKind, Message, Options, Part, Provider, Request, Usage};
use one_answer::{Asked, Server, answer, says, stream};
use serde_json::{Value, json};

fn hi() -> Request {
    Request::new(vec![Message::user("Hi")])
}

fn client(server: &Server) -> OpenRouterBuilder {
    OpenRouter::builder().key("sk-or-0123456789").base_url(&server.url)
}

async fn sent(set: impl Fn(OpenRouterBuilder) -> OpenRouterBuilder, options: Options) -> Asked {
    let server = Server::new([says("ok")]);
    let router = set(client(&server)).build().unwrap();
    router.generate(&hi().with_options(options)).await.unwrap();
    server.requests().remove(0)
}

async fn fails(with: String) -> Error {
    let server = Server::new([with]);
    client(&server).build().unwrap().generate(&hi()).await.unwrap_err()
}

#[tokio::test]
async fn settings_become_headers_and_fields() {
    let routing =
        Routing::new().with_order(["x"]).with_allow_fallbacks(false).with_extra("quantizations", json!(["fp8"]));
    let set = |builder: OpenRouterBuilder| {
        let builder = builder.site("https://app.example").title("App").routing(routing.clone());
        builder.fallback_models(["vendor/b", "vendor/a"])
    };
    let asked = sent(set, Options::new().with_model("vendor/a")).await;
    assert_eq!(asked.path, "/chat/completions");
    assert_eq!(asked.header("http-referer"), Some("https://app.example"));
    assert_eq!((asked.header("x-title"), asked.header("x-openrouter-title")), (Some("App"), Some("App")));
    let provider = json!({ "order": ["x"], "allow_fallbacks": false, "quantizations": ["fp8"] });
    let body = asked.json();
    assert_eq!((&body["models"], &body["provider"]), (&json!(["vendor/a", "vendor/b"]), &provider));

    let own = Options::new().with_extra("models", json!(["z"])).with_extra("provider", json!({ "sort": "price" }));
    let body = sent(set, own).await.json();
    assert_eq!((&body["models"], &body["provider"]), (&json!(["z"]), &json!({ "sort": "price" })));
}

#[tokio::test]
async fn names_lose_the_route_once_and_own_models_keep_it() {
    for (asked, sent_as) in [
        ("openrouter/anthropic/claude-x", "anthropic/claude-x"),
        ("anthropic/claude-x:free", "anthropic/claude-x:free"),
        ("openrouter/auto", "openrouter/auto"),
        ("openrouter/openrouter/auto", "openrouter/auto"),
    ] {
        let body = sent(|builder| builder, Options::new().with_model(asked)).await.json();
        assert_eq!(body["model"], sent_as, "{asked}");
    }
    let body = sent(|builder| builder, Options::new()).await.json();
    assert_eq!((&body["model"], body.get("models")), (&Value::from(DEFAULT_MODEL), None));
}

#[tokio::test]
async fn credit_that_is_held_comes_back_and_credit_that_is_spent_does_not() {
    let body = r#"{"error":{"code":402,"message":"more credits needed"}}"#;
    let spent = fails(answer(402, "", body)).await;
    assert_eq!((spent.kind(), spent.is_retryable()), (ErrorKind::Quota, false));
    let held = fails(answer(402, "retry-after: 3\r\n", body)).await;
    assert_eq!((held.kind(), held.is_retryable()), (ErrorKind::RateLimit, true));
    assert_eq!(held.retry_after(), Some(Duration::from_secs(3)));
    assert_eq!(held.status(), Some(402));
}

#[tokio::test]
async fn errors_say_what_the_vendor_behind_it_said() {
    let body = json!({ "error": { "code": 403, "message": "flagged", "metadata": { "reasons": ["violence"], "flagged_input": "x" } } });
    let error = fails(answer(403, "", &body.to_string())).await;
    assert_eq!(error.kind(), ErrorKind::Filtered);
    assert!(error.message().contains("violence"), "{error}");

    let raw = r#"{"error":{"message":"context is full"}}"#;
    let body = json!({ "error": { "code": 400, "message": "Provider returned error", "metadata": { "raw": raw } } });
    let error = fails(answer(400, "", &body.to_string())).await;
    assert!(error.message().contains("context is full"), "{error}");
}

#[tokio::test]
async fn an_error_within_an_answer_keeps_what_was_paid_for() {
    let choice = json!({ "message": { "content": "Half" }, "finish_reason": "error", "error": { "code": 502, "message": "cut" } });
    let body = json!({ "model": "m", "choices": [choice], "usage": { "prompt_tokens": 3, "completion_tokens": 1 } });
    let error = fails(answer(200, "", &body.to_string())).await;
    assert_eq!(
        (error.kind(), error.answer(), error.usage()),
        (ErrorKind::Server, Some("Half"), Some(&Usage::new(3, 1)))
    );
}

#[tokio::test]
async fn a_stream_has_comments_and_may_end_in_an_error() {
    let events = concat!(
        ": OPENROUTER PROCESSING\n\n: OPENROUTER PROCESSING\n\n",
        "data: {\"id\":\"g\",\"model\":\"m\",\"provider\":\"P\",\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"Ha\"},\"finish_reason\":null,\"native_finish_reason\":null}]}\n\n",
        "data: {\"id\":\"g\",\"error\":{\"code\":429,\"message\":\"slow down\"},\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\"},\"finish_reason\":\"error\"}]}\n\n",
    );
    let server = Server::new([stream(events)]);
    let mut answer = client(&server).build().unwrap().stream(&hi()).await.unwrap();
    assert_eq!(answer.next().await.unwrap().unwrap(), Chunk::Text("Ha".to_owned()));
    let error = answer.next().await.unwrap().unwrap_err();
    assert_eq!((error.kind(), error.answer()), (ErrorKind::RateLimit, Some("Ha")));
    assert!(answer.next().await.is_none());
}

#[tokio::test]
async fn pictures_come_as_parts() {
    let image = json!({ "type": "image_url", "image_url": { "url": "data:image/png;base64,AQID" } });
    let choice = json!({ "message": { "content": "Here", "images": [image] }, "finish_reason": "stop" });
    let server = Server::new([answer(200, "", &json!({ "choices": [choice] }).to_string())]);
    let reply = client(&server).build().unwrap().generate(&hi()).await.unwrap();
    let picture = codex_ai::Image::bytes(vec![1, 2, 3], "image/png");
    assert_eq!(reply.parts, [Part::Text("Here".to_owned()), Part::Image(picture)]);
}

#[tokio::test]
async fn the_id_of_a_generation_stands_for_that_of_a_request() {
    for (headers, expected) in
        [("x-generation-id: gen-1\r\n", "gen-1"), ("x-generation-id: gen-1\r\nx-request-id: req-1\r\n", "req-1")]
    {
        let body = json!({ "choices": [{ "message": { "content": "ok" }, "finish_reason": "stop" }] }).to_string();
        let server = Server::new([answer(200, headers, &body), answer(500, headers, "{}")]);
        let router = client(&server).build().unwrap();
        let reply = router.generate(&hi()).await.unwrap();
        assert_eq!(reply.request_id.as_deref(), Some(expected));
        assert_eq!(router.generate(&hi()).await.unwrap_err().request_id(), Some(expected));
    }
}

/// Runs in a process of its own, whose environment the test below sets.
#[test]
#[ignore = "is run by `the_environment_says_where_and_with_which_key`"]
#[allow(clippy::print_stdout, reason = "the test below reads it")]
fn says_where() {
    println!("{:?}", OpenRouter::from_env());
}

#[test]
fn the_environment_says_where_and_with_which_key() {
    const KEY: &str = "sk-or-canary-0123456789";
    let said = |set: &[(&str, &str)]| {
        let mut command = std::process::Command::new(std::env::current_exe().unwrap());
        for name in ["OPENROUTER_API_KEY", "OPENROUTER_BASE_URL"] {
            command.env_remove(name);
        }
        command.args(["--exact", "says_where", "--ignored", "--nocapture"]).envs(set.iter().copied());
        let said = String::from_utf8(command.output().unwrap().stdout).unwrap();
        assert!(!said.contains(KEY), "{said}");
        said
    };
    for set in [&[][..], &[("OPENROUTER_API_KEY", " ")]] {
        let said = said(set);
        assert!(said.contains("Config") && said.contains("OPENROUTER_API_KEY"), "{said}");
    }
    let key = ("OPENROUTER_API_KEY", KEY);
    for (set, url) in [
        (&[key][..], "https://openrouter.ai/api/v1/chat/completions"),
        (&[key, ("OPENROUTER_BASE_URL", "")], "https://openrouter.ai/api/v1/chat/completions"),
        (&[key, ("OPENROUTER_BASE_URL", "https://gate.example/or/")], "https://gate.example/or/chat/completions"),
    ] {
        let said = said(set);
        assert!(said.contains(&format!("\"{url}\"")), "{said}");
    }
}
