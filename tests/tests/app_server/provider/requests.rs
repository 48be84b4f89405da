//! What the server is asked for a request, and what is refused before.

use std::collections::BTreeMap;

use codex_ai::app_server::{ClientOptions, Provider, ThreadOptions};
use codex_ai::{
    Dispatcher, ErrorKind, FinishReason, Function, Image, Message, Options, Output, Part, Provider as _, Request,
    SchemaMode, ToolCall, WireForm,
};
use serde_json::{Value, json};

use super::{IN_STRICT_FORM, ListPrices, ListPricesArgs, answered, asking, begun, connected, end, released};
use crate::peer::Peer;

#[tokio::test]
async fn a_request_is_a_turn_of_its_own_and_nothing_else_reaches_the_model() {
    let (provider, mut peer) = connected().await;
    let options =
        Options::default().with_model("codex/gpt-test").with_reasoning_effort("low").with_service_tier("flex");
    let request = asking("Hi").with_system("Be brief.").with_options(options.with_extra("summary", "none"));
    let (reply, asked) = tokio::join!(provider.generate(&request), answered(&mut peer, 1, "Hello there"));
    let mut thread = asked.thread;
    let config = thread["config"].take();
    let expected = json!({
        "model": "gpt-test", "serviceTier": "flex", "ephemeral": true, "sandbox": "read-only", "approvalPolicy": "never",
        "baseInstructions": "Be brief.", "environments": [], "config": null,
    });
    assert_eq!(thread, expected);
    for off in ["shell_tool", "unified_exec", "view_image", "multi_agent", "goals", "hooks", "apps", "plugins"] {
        assert_eq!(config["features"][off], false, "{off}");
    }
    assert_eq!(config["skills"], json!({ "include_instructions": false, "bundled": { "enabled": false } }));
    let input = json!([{ "type": "text", "text": "Hi" }]);
    assert_eq!(asked.turn, json!({ "threadId": "t1", "input": input, "effort": "low", "summary": "none" }));
    assert_eq!(asked.history, Value::Null);

    let reply = reply.unwrap();
    assert_eq!((&*reply.text(), &*reply.model, reply.id.as_deref()), ("Hello there", "gpt-test", Some("u1")));
    assert_eq!((reply.provider.as_deref(), &reply.finish_reason), (Some("codex"), &FinishReason::Stop));
    assert_eq!(reply.vendor_finish_reason.as_deref(), Some("completed"));
    assert_eq!(reply.raw_json()["turn"]["id"], "u1");
    let usage = reply.usage.unwrap();
    assert_eq!((usage.input_tokens, usage.cached_tokens, usage.cache_write_tokens), (11, 3, 2));
    assert_eq!((usage.output_tokens, usage.reasoning_tokens), (7, 4));
}

#[tokio::test]
async fn a_request_without_instructions_gets_none_of_codex() {
    let (provider, mut peer) = connected().await;
    let request = asking("Hi");
    let (reply, asked) = tokio::join!(provider.generate(&request), answered(&mut peer, 1, "Hello"));
    reply.unwrap();
    assert_eq!(asked.thread["baseInstructions"], "");
    assert!(asked.thread.get("model").is_none(), "the server's own model");
    let request = asking("Any number").with_system("Be brief.").with_output(Output::Json);
    let (reply, asked) = tokio::join!(provider.generate(&request), answered(&mut peer, 2, "[1]"));
    reply.unwrap();
    let instructions = asked.thread["baseInstructions"].as_str().unwrap();
    assert!(instructions.starts_with("Be brief.\n\n") && instructions.contains("JSON"), "{instructions}");
}

#[tokio::test]
async fn without_the_experimental_api_no_experimental_field_is_sent() {
    let (client, mut peer) = Peer::connect(ClientOptions::new().with_experimental_api(false)).await;
    let provider = Provider::new(client);
    let request = asking("Hi");
    let (reply, asked) = tokio::join!(provider.generate(&request), answered(&mut peer, 1, "Hello"));
    reply.unwrap();
    assert!(asked.thread.get("environments").is_none(), "{}", asked.thread);
}

#[tokio::test]
async fn what_the_caller_sets_for_threads_goes_before_the_profile() {
    let (provider, mut peer) = connected().await;
    let options = ThreadOptions::new()
        .with_model("own")
        .with_base_instructions("Own.")
        .with_config("features.view_image", true)
        .with_config("web_search", "live")
        .with_config("skills", json!({ "include_instructions": true }));
    let provider = provider.with_thread_options(options);
    let request = asking("Hi");
    let (reply, asked) = tokio::join!(provider.generate(&request), answered(&mut peer, 1, "Hello"));
    reply.unwrap();
    assert_eq!((&asked.thread["model"], &asked.thread["baseInstructions"]), (&json!("own"), &json!("Own.")));
    let config = &asked.thread["config"];
    assert_eq!((&config["features"]["view_image"], &config["features"]["shell_tool"]), (&json!(true), &json!(false)));
    assert_eq!(config["web_search"], "live");
    assert_eq!(config["skills"], json!({ "include_instructions": true, "bundled": { "enabled": false } }));
    // What a request says itself is nearer.
    let request = asking("Hi").with_system("Nearer.").with_options(Options::default().with_model("nearer"));
    let (reply, asked) = tokio::join!(provider.generate(&request), answered(&mut peer, 2, "Hello"));
    reply.unwrap();
    assert_eq!((&asked.thread["model"], &asked.thread["baseInstructions"]), (&json!("nearer"), &json!("Nearer.")));
}

#[tokio::test]
async fn a_conversation_goes_into_the_history_but_for_its_last_message() {
    let (provider, mut peer) = connected().await;
    let call = ToolCall::new("c1", "weather", "{}");
    let picture = Image::bytes(&b"\x89PNG"[..], "image/png");
    let mut said = Message::assistant("Let me look.").with_part(Part::Reasoning("hm".into()));
    said.parts.push(Part::ToolCall(call.clone()));
    let request = Request::new(vec![
        Message::user("What is the weather?").with_part(picture.clone()),
        said,
        Message::tool([call.result("rain")]),
        Message::new(codex_ai::Role::Assistant, vec![Part::Refusal("I may not say.".into())]),
        Message::system("Say it all the same."),
        Message::user("And now?").with_part(picture),
    ]);
    let (reply, asked) = tokio::join!(provider.generate(&request), answered(&mut peer, 1, "Rain"));
    reply.unwrap();
    let url = "data:image/png;base64,iVBORw==";
    let text = |kind: &str, text: &str| json!({ "type": kind, "text": text });
    let expected = json!([
        { "type": "message", "role": "user",
          "content": [text("input_text", "What is the weather?"), { "type": "input_image", "image_url": url }] },
        { "type": "message", "role": "assistant", "content": [text("output_text", "Let me look.")] },
        { "type": "function_call", "call_id": "c1", "name": "weather", "arguments": "{}" },
        { "type": "function_call_output", "call_id": "c1", "output": "rain" },
        { "type": "message", "role": "assistant", "content": [text("output_text", "I may not say.")] },
        { "type": "message", "role": "developer", "content": [text("input_text", "Say it all the same.")] },
    ]);
    assert_eq!(asked.history, expected);
    assert_eq!(asked.turn["input"], json!([text("text", "And now?"), { "type": "image", "url": url }]));

    // Where the user does not have the last word, the turn runs on the history alone.
    let request = Request::new(vec![Message::user("Go on:"), Message::assistant("Once upon")]);
    let (reply, asked) = tokio::join!(provider.generate(&request), answered(&mut peer, 2, "a time"));
    reply.unwrap();
    assert_eq!((asked.history.as_array().map(Vec::len), &asked.turn["input"]), (Some(2), &json!([])));
}

#[tokio::test]
async fn what_the_server_has_no_place_for_is_refused_all_at_once_before_anything_is_sent() {
    let (provider, mut peer) = connected().await;
    let options = Options::default()
        .with_temperature(0.5)
        .with_max_tokens(9)
        .with_top_p(0.5)
        .with_top_k(3)
        .with_stop(["."])
        .with_seed(1)
        .with_presence_penalty(0.1)
        .with_frequency_penalty(0.1)
        .with_parallel_tool_calls(true);
    let error = provider.generate(&asking("Hi").with_options(options)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    let paths: Vec<_> = error.problems().iter().map(|problem| problem.path.as_str()).collect();
    let names = [
        "temperature",
        "max_tokens",
        "top_p",
        "top_k",
        "stop",
        "seed",
        "presence_penalty",
        "frequency_penalty",
        "parallel_tool_calls",
    ];
    assert_eq!(paths, names.map(|name| format!("options.{name}")));
    assert!(error.help().unwrap().contains("dropping_unsupported_options"), "{error}");

    let mut request = Request::new(vec![
        Message::user("Hi").with_part(Part::Raw(json!({ "type": "input_file", "file_id": "f" }))),
        Message::assistant("A picture:").with_part(Image::url("https://example.com/a.png")),
        Message::user("Go on"),
    ]);
    request.tools.push(Function::new("weather").into());
    let error = provider.stream(&request).await.unwrap_err();
    let paths: Vec<_> = error.problems().iter().map(|problem| problem.path.as_str()).collect();
    assert_eq!(paths, ["messages[0].parts[1]", "messages[1].parts[1]", "tools"]);
    assert!(error.help().unwrap().contains("ThreadOptions::with_tool"), "{error}");

    let options = Options::default().with_reasoning_effort("low").with_extra("effort", "high").with_extra("input", 1);
    let error = provider.generate(&asking("Hi").with_options(options)).await.unwrap_err();
    assert_eq!((error.kind(), error.problems().len()), (ErrorKind::InvalidRequest, 2));

    provider.client().shutdown().await;
    assert_eq!(peer.next().await, None, "nothing was sent");
}

#[tokio::test]
async fn options_are_left_out_where_the_caller_says_so() {
    let (provider, mut peer) = connected().await;
    let provider = provider.dropping_unsupported_options();
    let request = asking("Hi").with_options(Options::default().with_temperature(0.5).with_max_tokens(9));
    let (reply, asked) = tokio::join!(provider.generate(&request), answered(&mut peer, 1, "Hello"));
    assert_eq!(reply.unwrap().text(), "Hello");
    assert_eq!(asked.turn, json!({ "threadId": "t1", "input": [{ "type": "text", "text": "Hi" }] }));
}

#[tokio::test]
async fn a_typed_prompt_is_asked_in_the_strict_form_and_read_back_from_it() {
    let (provider, mut peer) = connected().await;
    let dispatcher = Dispatcher::new(provider).unwrap();
    let call = dispatcher.reply::<ListPrices>(ListPricesArgs { text: "apple 1.5, pear 2" });
    let (reply, asked) = tokio::join!(call, answered(&mut peer, 1, IN_STRICT_FORM));
    let reply = reply.unwrap();
    assert_eq!(reply.value.prices, BTreeMap::from([("apple".to_owned(), 1.5), ("pear".to_owned(), 2.0)]));
    assert_eq!((reply.schema_mode, reply.wire_form), (Some(SchemaMode::Native), WireForm::OpenAiStrict));
    let schema = &asked.turn["outputSchema"];
    assert_eq!(schema["additionalProperties"], false);
    assert_eq!(schema["properties"]["prices"]["type"], "array", "a map has another form there: {schema}");
}

#[tokio::test]
async fn a_schema_that_the_vendor_refuses_is_told_in_words() {
    let (provider, mut peer) = connected().await;
    let dispatcher = Dispatcher::new(provider).unwrap();
    let refused = async {
        begun(&mut peer, 1).await;
        let body = json!({ "error": {
            "message": "Invalid schema for response_format 'codex_output_schema': nope", "type": "invalid_request_error",
            "param": "text.format.schema", "code": "invalid_json_schema",
        } });
        end(&mut peer, 1, "failed", json!({ "message": body.to_string(), "codexErrorInfo": "other" })).await;
        released(&mut peer, 1).await;
        answered(&mut peer, 2, r#"{"prices":{"apple":1.5}}"#).await
    };
    let call = dispatcher.reply::<ListPrices>(ListPricesArgs { text: "apple 1.5" });
    let (reply, asked) = tokio::join!(call, refused);
    let reply = reply.unwrap();
    assert_eq!((reply.value.prices["apple"], reply.schema_mode), (1.5, Some(SchemaMode::Prompt)));
    assert!(asked.turn.get("outputSchema").is_none());
    let instructions = asked.thread["baseInstructions"].as_str().unwrap();
    assert!(instructions.starts_with("You read lists.") && instructions.contains("prices"), "{instructions}");
}

#[tokio::test]
async fn what_the_server_refuses_is_told_in_its_words() {
    let (provider, mut peer) = connected().await;
    let request = Request::new(vec![Message::user("Hi").with_part(Image::url("https://example.com/a.png"))]);
    let serve = async {
        let (id, _) = peer.asked("thread/start").await;
        peer.answer(&id, json!({ "thread": { "id": "t1" } })).await;
        let (id, params) = peer.asked("turn/start").await;
        assert_eq!(params["input"][1], json!({ "type": "image", "url": "https://example.com/a.png" }));
        peer.refuse(&id, -32600, "remote image URLs are not supported; use an inline data URL instead").await;
        released(&mut peer, 1).await;
    };
    let (reply, ()) = tokio::join!(provider.generate(&request), serve);
    let error = reply.unwrap_err();
    assert!(error.message().contains("use an inline data URL instead"), "{error}");
}
