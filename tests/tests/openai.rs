//! Calls of OpenAI's Responses API over a real socket: what goes out, and what comes back when all is well.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use codex_ai::layer::{Failover, Retry};
use codex_ai::message::{Image, ToolCall, ToolResult};
use codex_ai::provider::openai::{DEFAULT_MODEL, OpenAi};
use codex_ai::testing::{Recorded, Step, WireServer};
use codex_ai::{
    Dispatcher, ErrorKind, FinishReason, LlmSchema, Message, Options, Output, Part, Provider, Reply, Request, Role,
    Schema, Usage,
};
use serde_json::{Value, json};

const KEY: &str = "sk-test-0123456789";

fn client(server: &WireServer) -> OpenAi {
    OpenAi::builder().key(KEY).base_url(server.url()).build().unwrap()
}

fn hi() -> Request {
    Request::new(vec![Message::user("Hi")])
}

/// Sends one request to a server that answers with any text, and returns what the server got.
async fn sent(request: &Request) -> Recorded {
    let server = WireServer::script([Step::reply(Reply::from_text("m", "ok"))]).unwrap();
    client(&server).generate(request).await.unwrap();
    server.requests().remove(0)
}

async fn sent_json(request: &Request) -> Value {
    sent(request).await.json()
}

#[tokio::test]
async fn a_text_goes_out_and_an_answer_comes_back() {
    let mut reply = Reply::from_text("gpt-5.6-luna-2026-09", "Hello").with_usage(Usage::new(5, 6));
    reply.id = Some("resp_77".to_owned());
    let server = WireServer::script([Step::reply(reply).with_header("x-request-id", "req_abc")]).unwrap();
    let answer = client(&server).generate(&hi()).await.unwrap();
    assert_eq!(answer.text(), "Hello");
    assert_eq!(answer.finish_reason, FinishReason::Stop);
    assert_eq!(answer.usage, Some(Usage::new(5, 6)));
    assert_eq!(answer.model, "gpt-5.6-luna-2026-09");
    assert_eq!(answer.id.as_deref(), Some("resp_77"));
    assert_eq!(answer.request_id.as_deref(), Some("req_abc"));
    assert_eq!(answer.attempts, 1);
    assert_eq!(answer.provider.as_deref(), Some("openai"));

    let request = server.requests().remove(0);
    assert_eq!((request.method.as_str(), request.path.as_str()), ("POST", "/v1/responses"));
    assert!(request.has_key(KEY));
    assert_eq!(request.header("content-type"), Some("application/json"));
    assert_eq!(request.header("accept"), Some("application/json"));
    assert!(request.header("user-agent").unwrap().starts_with("codex-ai/"));
    assert_eq!(request.header("openai-organization"), None);
    let expected = json!({ "model": DEFAULT_MODEL, "input": "Hi", "store": false, "reasoning": { "effort": "none" } });
    assert_eq!(request.json(), expected);
}

#[derive(Debug, serde::Deserialize, LlmSchema)]
struct Mood {
    #[allow(dead_code, reason = "it is never read")]
    word: String,
}

#[tokio::test]
async fn an_answer_that_cannot_be_read_names_the_provider_behind_the_layers() {
    let reply = || Step::reply(Reply::from_text("gpt-9", "no JSON"));
    let server = WireServer::script([reply(), reply()]).unwrap();
    let chain = Failover::builder().route(Retry::new(client(&server))).build().unwrap();
    let dispatcher = Dispatcher::new(chain).unwrap().with_structured_output(codex_ai::StructuredOutput::exact());
    let whole = dispatcher.generate_json::<Mood>("Hi").await.unwrap_err();
    let streamed = dispatcher.stream_reply("Hi").await.unwrap().finish().await.unwrap();
    assert_eq!((whole.kind(), whole.route()), (ErrorKind::InvalidOutput, Some("openai/gpt-9")));
    assert_eq!(streamed.provider.as_deref(), Some("openai"));
}

#[tokio::test]
async fn a_schema_goes_out_byte_for_byte_as_strict_mode_has_it() {
    let point = json!({ "type": "object", "properties": { "x": { "type": "integer" } }, "required": ["x"] });
    let schema = std::sync::Arc::new(Schema::new("Point", point).unwrap());
    let request = hi().with_output(Output::Schema(schema.clone()));
    let server = WireServer::script([Step::reply(Reply::from_text("m", r#"{"x":1}"#))]).unwrap();
    let answer = client(&server).generate(&request).await.unwrap();
    assert_eq!(answer.text(), r#"{"x":1}"#);
    let request = server.requests().remove(0);
    let strict =
        schema.wire(codex_ai::schema::WireForm::OpenAiStrict).map(codex_ai::schema::WireSchema::as_raw).unwrap().get();
    let body = std::str::from_utf8(&request.body).unwrap();
    assert!(body.contains(&format!("\"schema\":{strict}")), "{body}");
    let format = &request.json()["text"]["format"];
    assert_eq!(format["type"], "json_schema");
    assert_eq!(format["name"], schema.name());
    assert_eq!(format["strict"], true);
}

#[tokio::test]
async fn json_mode_and_a_schema_without_strict_mode() {
    let body = sent_json(&hi().with_output(Output::Json)).await;
    assert_eq!(body["text"], json!({ "format": { "type": "json_object" } }));

    let schema =
        Schema::new("Loose", json!({ "type": "object", "additionalProperties": { "type": "string" } })).unwrap();
    let options = Options::new().with_extra("text", json!({ "verbosity": "low", "format": { "strict": false } }));
    let body = sent_json(&hi().with_output(Output::Schema(schema.into())).with_options(options)).await;
    let schema = json!({ "type": "object", "additionalProperties": { "type": "string" } });
    let format = json!({ "type": "json_schema", "name": "Loose", "schema": schema, "strict": false });
    assert_eq!(body["text"], json!({ "format": format, "verbosity": "low" }));
}

#[tokio::test]
async fn instructions_and_system_messages_go_where_they_belong() {
    let messages = vec![Message::user("Hi"), Message::system("Now be rude."), Message::user("Hello?")];
    let body = sent_json(&Request::new(messages).with_system("Be kind.")).await;
    assert_eq!(body["instructions"], "Be kind.");
    let expected = json!([
        { "role": "user", "content": "Hi" },
        { "role": "system", "content": "Now be rude." },
        { "role": "user", "content": "Hello?" },
    ]);
    assert_eq!(body["input"], expected);
}

#[tokio::test]
async fn images_tools_and_history_are_items() {
    let messages = vec![
        Message::new(
            Role::User,
            vec![
                Part::Text("Compare".into()),
                Part::Image(Image::bytes(&[1_u8, 2, 3, 250][..], "image/png")),
                Part::Image(Image::url("https://example.com/a.png")),
                Part::Raw(json!({ "type": "input_image", "detail": "low" })),
                Part::Raw(json!({ "type": "input_file", "file_id": "file_1" })),
            ],
        ),
        Message::new(
            Role::Assistant,
            vec![
                Part::Raw(json!({ "type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "E" })),
                Part::Text("Let me look.".into()),
                Part::ToolCall(ToolCall::new("call_1", "look", "{\"at\":1}")),
            ],
        ),
        Message::new(Role::Tool, vec![Part::ToolResult(ToolResult::new("call_1", "a fox"))]),
    ];
    let expected = json!([
        { "role": "user", "content": [
            { "type": "input_text", "text": "Compare" },
            { "type": "input_image", "image_url": "data:image/png;base64,AQID+g==" },
            { "type": "input_image", "image_url": "https://example.com/a.png", "detail": "low" },
            { "type": "input_file", "file_id": "file_1" },
        ] },
        { "type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "E" },
        { "role": "assistant", "content": "Let me look." },
        { "type": "function_call", "call_id": "call_1", "name": "look", "arguments": "{\"at\":1}" },
        { "type": "function_call_output", "call_id": "call_1", "output": "a fox" },
    ]);
    assert_eq!(sent_json(&Request::new(messages)).await["input"], expected);
}

#[tokio::test]
async fn options_go_out_and_zero_is_a_value() {
    let options = Options::new()
        .with_model("openai/gpt-6-sol")
        .with_temperature(0.0)
        .with_top_p(0.5)
        .with_max_tokens(256)
        .with_reasoning_effort("low")
        .with_extra("reasoning", json!({ "summary": "auto" }))
        .with_extra("store", true)
        .with_extra("metadata", json!({ "team": "a" }));
    let expected = json!({
        "model": "gpt-6-sol", "input": "Hi", "temperature": 0.0, "top_p": 0.5, "max_output_tokens": 256,
        "reasoning": { "effort": "low", "summary": "auto" }, "store": true, "metadata": { "team": "a" },
    });
    assert_eq!(sent_json(&hi().with_options(options)).await, expected);
}

#[tokio::test]
async fn effort_is_the_default_of_the_default_model_alone() {
    let body = sent_json(&hi().with_options(Options::new().with_model("gpt-4.1"))).await;
    assert_eq!(body.get("reasoning"), None);
    let server =
        WireServer::script([Step::reply(Reply::from_text("m", "ok")), Step::reply(Reply::from_text("m", "ok"))]);
    let server = server.unwrap();
    let openai = OpenAi::builder().key(KEY).base_url(server.url()).reasoning_effort("high").build().unwrap();
    openai.generate(&hi().with_options(Options::new().with_model("gpt-6-sol"))).await.unwrap();
    openai
        .generate(&hi().with_options(Options::new().with_extra("reasoning", json!({ "effort": "low" }))))
        .await
        .unwrap();
    let efforts: Vec<_> =
        server.requests().iter().map(|request| request.json()["reasoning"]["effort"].clone()).collect();
    assert_eq!(efforts, ["high", "low"]);
}

#[tokio::test]
async fn organisation_project_and_a_slash_at_the_end_of_the_address() {
    let server = WireServer::script([Step::reply(Reply::from_text("m", "ok"))]).unwrap();
    let openai = OpenAi::builder()
        .key(KEY)
        .base_url(format!("{}//", server.url()))
        .organization("org-1")
        .project("proj_2")
        .default_model("small")
        .build()
        .unwrap();
    openai.generate(&hi()).await.unwrap();
    let request = server.requests().remove(0);
    assert_eq!(request.path, "/v1/responses");
    assert_eq!(request.header("openai-organization"), Some("org-1"));
    assert_eq!(request.header("openai-project"), Some("proj_2"));
    assert_eq!(request.json()["model"], "small");
}

#[tokio::test]
async fn all_that_an_answer_holds_comes_back() {
    let body = json!({
        "id": "resp_1", "object": "response", "status": "completed", "model": "m", "error": null,
        "output": [
            { "type": "reasoning", "id": "rs_1", "summary": [{ "type": "summary_text", "text": "Hm." }], "encrypted_content": "E" },
            { "type": "message", "id": "msg_0", "role": "assistant", "status": "completed", "phase": "commentary",
              "content": [{ "type": "output_text", "text": "Looking.", "annotations": [] }] },
            { "type": "web_search_call", "id": "ws_1", "status": "completed", "action": { "type": "search" } },
            { "type": "message", "id": "msg_1", "role": "assistant", "status": "completed", "phase": "final_answer", "content": [
                { "type": "output_text", "text": "It is ", "annotations": [{ "type": "url_citation", "url": "https://example.com" }], "logprobs": [] },
                { "type": "output_text", "text": "blue.", "annotations": [], "logprobs": [] },
            ] },
            { "type": "function_call", "id": "fc_1", "call_id": "call_1", "name": "paint", "arguments": "{}", "status": "completed" },
        ],
        "usage": {
            "input_tokens": 100, "input_tokens_details": { "cached_tokens": 64, "cache_write_tokens": 32 },
            "output_tokens": 50, "output_tokens_details": { "reasoning_tokens": 20 }, "total_tokens": 150,
        },
    });
    let server = WireServer::script([Step::json(200, &body)]).unwrap();
    let reply = client(&server).generate(&hi()).await.unwrap();
    assert_eq!(reply.text(), "It is blue.");
    assert_eq!(reply.finish_reason, FinishReason::ToolCalls);
    let output = body["output"].as_array().unwrap();
    let expected = vec![
        Part::Reasoning("Hm.".into()),
        Part::Raw(json!({ "type": "reasoning", "id": "rs_1", "encrypted_content": "E" })),
        Part::Raw(output[1].clone()),
        Part::Raw(output[2].clone()),
        Part::Raw(json!({ "type": "message", "phase": "final_answer" })),
        Part::Text("It is ".into()),
        Part::Raw(
            json!({ "type": "output_text", "annotations": [{ "type": "url_citation", "url": "https://example.com" }] }),
        ),
        Part::Text("blue.".into()),
        Part::ToolCall(ToolCall::new("call_1", "paint", "{}")),
    ];
    assert_eq!(reply.parts, expected);
    let usage = reply.usage.unwrap();
    assert_eq!((usage.input_tokens, usage.cached_tokens, usage.cache_write_tokens), (100, 64, 32));
    assert_eq!((usage.output_tokens, usage.reasoning_tokens, usage.total_tokens()), (50, 20, 150));
}

#[tokio::test]
async fn how_an_answer_ended_is_said_by_its_reason() {
    let text = json!([{ "type": "message", "role": "assistant", "content": [{ "type": "output_text", "text": "x" }] }]);
    let refusal =
        json!([{ "type": "message", "role": "assistant", "content": [{ "type": "refusal", "refusal": "No." }] }]);
    let cases = [
        (json!({ "status": "completed", "output": text }), FinishReason::Stop),
        (json!({ "output": text }), FinishReason::Stop),
        (json!({ "status": "completed", "output": refusal }), FinishReason::Refusal),
        (
            json!({ "status": "incomplete", "incomplete_details": { "reason": "max_output_tokens" }, "output": text }),
            FinishReason::Length,
        ),
        (
            json!({ "status": "incomplete", "incomplete_details": { "reason": "content_filter" }, "output": [] }),
            FinishReason::ContentFilter,
        ),
        (
            json!({ "status": "incomplete", "incomplete_details": { "reason": "steered" }, "output": text }),
            FinishReason::Other("steered".into()),
        ),
        (json!({ "status": "queued", "output": [] }), FinishReason::Other("queued".into())),
    ];
    let server = WireServer::script(cases.iter().map(|(body, _)| Step::json(200, body))).unwrap();
    let openai = client(&server);
    for (body, reason) in cases {
        let reply = openai.generate(&hi()).await.unwrap();
        assert_eq!(reply.finish_reason, reason, "{body}");
        assert_eq!(reply.refusal(), (reason == FinishReason::Refusal).then_some("No."));
    }
}

#[tokio::test]
async fn a_provider_behind_the_server_gets_the_same_request() {
    let scripted = codex_ai::testing::Scripted::new([
        Ok(Reply::from_text("local-1", "Hello").with_finish_reason(FinishReason::Length)),
        Err(codex_ai::Error::new(ErrorKind::RateLimit, "slow down")
            .with_retry_after(std::time::Duration::from_millis(1_500))),
    ]);
    let server = WireServer::new(scripted.clone()).unwrap();
    let openai = client(&server);
    let options = Options::new().with_model("any/model").with_temperature(0.25).with_max_tokens(9);
    let request = hi().with_system("Be kind.").with_options(options).with_output(Output::Json);
    let reply = openai.generate(&request).await.unwrap();
    assert_eq!((reply.text().as_ref(), &reply.finish_reason), ("Hello", &FinishReason::Length));
    assert_eq!(reply.id.as_deref(), Some("resp_1"));
    let seen = scripted.requests().remove(0);
    assert_eq!(
        (seen.system, seen.messages, seen.options),
        (request.system.clone(), request.messages.clone(), request.options.clone())
    );
    assert!(matches!(seen.output, Output::Json));

    let error = openai.generate(&request).await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::RateLimit, Some(429)));
    assert_eq!(error.retry_after(), Some(std::time::Duration::from_millis(1_500)));
    assert_eq!(scripted.left(), 0);
}

#[tokio::test]
async fn what_has_no_form_is_refused_before_anything_is_sent() {
    let server = WireServer::script([]).unwrap();
    let openai = client(&server);
    let options = Options::new()
        .with_temperature(f64::NAN)
        .with_max_tokens(5)
        .with_extra("max_output_tokens", 6)
        .with_extra("input", "other")
        .with_extra("stream", true)
        .with_extra("text", json!({ "format": { "type": "text" } }));
    let messages = vec![
        Message::new(
            Role::Assistant,
            vec![Part::Text("a".into()), Part::Image(Image::url("https://example.com/b.png"))],
        ),
        Message::new(Role::Tool, vec![Part::Text("no id".into())]),
    ];
    let request = Request::new(messages).with_options(options).with_output(Output::Json);
    let error = openai.generate(&request).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert_eq!(error.route(), Some("openai/gpt-5.6-luna"));
    let paths: Vec<_> = error.problems().iter().map(|problem| problem.path.as_str()).collect();
    let expected = [
        "options.temperature",
        "options.extra.input",
        "options.extra.max_output_tokens",
        "options.extra.stream",
        "options.extra.text.format",
        "messages[0].parts[1]",
        "messages[1].parts[0]",
    ];
    assert_eq!(paths, expected);

    let picture = Message::new(Role::Assistant, vec![Part::Image(Image::url("https://example.com/b.png"))]);
    assert_eq!(openai.generate(&Request::new(vec![picture])).await.unwrap_err().kind(), ErrorKind::Unsupported);
    assert_eq!(server.request_count(), 0);
}

#[tokio::test]
async fn names_of_models_at_another_address_and_at_openai() {
    let server = WireServer::script((0..3).map(|_| Step::reply(Reply::from_text("m", "ok")))).unwrap();
    let openai = client(&server);
    for name in ["openai/gpt-6-sol", "anthropic/claude", "openai/openai/gpt-oss-20b"] {
        openai.generate(&hi().with_options(Options::new().with_model(name))).await.unwrap();
    }
    let models: Vec<_> = server.requests().iter().map(|request| request.json()["model"].clone()).collect();
    assert_eq!(models, ["gpt-6-sol", "anthropic/claude", "openai/gpt-oss-20b"]);

    // The address is OpenAI's own; nothing is sent, so the test needs no network.
    let openai = OpenAi::new(KEY).unwrap();
    let error = openai.generate(&hi().with_options(Options::new().with_model("anthropic/claude"))).await.unwrap_err();
    assert_eq!((error.kind(), error.route()), (ErrorKind::Unsupported, Some("openai/anthropic/claude")));
    assert!(error.help().unwrap().contains("anthropic"));
}

#[test]
fn settings_that_cannot_be_used_are_told_at_once() {
    let kind = |builder: codex_ai::provider::openai::OpenAiBuilder| builder.build().unwrap_err().kind();
    for key in ["", "  ", "sk-line\n", "sk-\u{e9}", "two words"] {
        assert_eq!(kind(OpenAi::builder().key(key)), ErrorKind::Config, "{key:?}");
    }
    for url in [
        "",
        "api.openai.com/v1",
        "ftp://host/v1",
        "https://user:pw@host/v1",
        "https://host/v1?x=1",
        "http://",
        "https://a b",
        "http://host:port/v1",
    ] {
        assert_eq!(kind(OpenAi::builder().key(KEY).base_url(url)), ErrorKind::Config, "{url}");
    }
    assert_eq!(kind(OpenAi::builder().key(KEY).organization("a\nb")), ErrorKind::Config);
    let error = OpenAi::builder().build().unwrap_err();
    assert!(error.help().unwrap().contains("OPENAI_API_KEY"), "{error}");
}

#[test]
fn outside_of_a_runtime_a_call_is_an_error_and_no_panic() {
    let openai = OpenAi::builder().key(KEY).base_url("http://127.0.0.1:9/v1").build().unwrap();
    let request = hi();
    let mut call = openai.generate(&request);
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    match call.as_mut().poll(&mut context) {
        std::task::Poll::Ready(Err(error)) => assert_eq!(error.kind(), ErrorKind::Config, "{error}"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_server_works_without_a_runtime_and_frees_its_port() {
    let server = WireServer::script([]).unwrap();
    let port = server.port();
    assert_eq!(server.url(), format!("http://127.0.0.1:{port}/v1"));
    drop(server);
    let again = WireServer::bind(port, codex_ai::testing::Scripted::texts(["x"])).unwrap();
    assert_eq!(again.port(), port);
    assert_eq!(WireServer::bind(port, codex_ai::testing::Scripted::texts(["x"])).unwrap_err().kind(), ErrorKind::Other);
}
