//! Stepping down: a vendor refuses the schema, or the way in which it was sent, and is asked in the next way.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use codex_ai::provider::anthropic::Anthropic;
use codex_ai::provider::compatible::{Compatible, Profile};
use codex_ai::provider::gemini::Gemini;
use codex_ai::provider::openai::OpenAi;
use codex_ai::provider::openrouter::OpenRouter;
use codex_ai::testing::{Step, WireServer};
use codex_ai::transport::{Body, Outgoing, Response, Transport};
use codex_ai::{
    BoxFuture, Dispatcher, ErrorKind, FinishReason, Function, LlmSchema, Message, Options, Output, Part, Provider,
    Reply, Request, Result, Schema, SchemaMode, Tool, ToolCall,
};
use serde_json::{Value, json};

#[derive(Debug, PartialEq, serde::Deserialize, LlmSchema)]
struct Answer {
    a: i32,
}

fn request() -> Request {
    Request::new(vec![Message::user("q")])
        .with_output(Output::Schema(Schema::of::<Answer>().clone()))
        .with_options(Options::new().with_model("m"))
}

fn call() -> Part {
    Part::ToolCall(ToolCall::new("c1", "Answer", r#"{"a":7}"#))
}

fn says() -> Step {
    Step::reply(Reply::from_text("m", r#"{"a":7}"#))
}

fn calls() -> Step {
    Step::reply(Reply::new("m", vec![call()]).with_finish_reason(FinishReason::ToolCalls))
}

fn answers(mode: SchemaMode) -> Step {
    if matches!(mode, SchemaMode::Tool | SchemaMode::StrictTool) { calls() } else { says() }
}

/// A refusal in OpenAI's format.
fn refuses(message: &str, param: Option<&str>, code: Option<&str>) -> Step {
    let error = json!({ "message": message, "type": "invalid_request_error", "param": param, "code": code });
    Step::json(400, &json!({ "error": error }))
}

/// A refusal in Anthropic's format.
fn anthropic_refuses(message: &str) -> Step {
    let error = json!({ "type": "invalid_request_error", "message": message });
    Step::json(400, &json!({ "type": "error", "error": error, "request_id": "req_1" }))
}

/// A refusal in Google's format.
fn gemini_refuses(message: &str) -> Step {
    Step::json(400, &json!({ "error": { "code": 400, "message": message, "status": "INVALID_ARGUMENT" } }))
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Vendor {
    Responses,
    Chat,
    OpenRouter,
    Anthropic,
    Gemini,
    Compatible(Profile),
}

impl Vendor {
    fn provider(self, server: &WireServer) -> Box<dyn Provider> {
        let (url, origin) = (server.url(), server.origin());
        match self {
            Self::Responses => Box::new(OpenAi::builder().key("k").base_url(url).build().unwrap()),
            Self::Chat => Box::new(OpenAi::builder().chat().key("k").base_url(url).build().unwrap()),
            Self::OpenRouter => Box::new(OpenRouter::builder().key("k").base_url(url).build().unwrap()),
            Self::Anthropic => Box::new(Anthropic::builder().key("k").base_url(origin).build().unwrap()),
            Self::Gemini => Box::new(Gemini::builder().key("k").base_url(origin).build().unwrap()),
            Self::Compatible(profile) => Box::new(Compatible::builder(profile).key("k").base_url(url).build().unwrap()),
        }
    }
}

/// The same refusal as the first event of a stream that began as if all were well.
fn in_a_stream(body: &Value) -> Step {
    let name = if body["type"] == "error" { "event: error\n" } else { "" };
    Step::bytes(200, "text/event-stream", format!("{name}data: {body}\n\n"))
}

/// Which way a request goes.
fn mode_of(body: &Value) -> SchemaMode {
    let text = body.to_string();
    let tool = body.pointer("/tools/0");
    match tool {
        Some(_) if text.contains("\"strict\":true") => SchemaMode::StrictTool,
        Some(_) => SchemaMode::Tool,
        None if ["json_schema", "responseJsonSchema", "responseSchema"].iter().any(|name| text.contains(name)) => {
            SchemaMode::Native
        }
        None if text.contains("json_object") || text.contains("responseMimeType") => SchemaMode::JsonMode,
        None => SchemaMode::Prompt,
    }
}

/// Refused so often, the vendor is asked in this way; whole and streamed, and from then on at once.
async fn goes_down(vendor: Vendor, refusals: Vec<Step>, to: SchemaMode) {
    for streamed in [false, true] {
        let count = refusals.len();
        let server = WireServer::script(refusals.iter().cloned().chain([answers(to), answers(to)])).unwrap();
        let provider = vendor.provider(&server);
        for _ in 0..2 {
            let reply = if streamed {
                provider.stream(&request()).await.unwrap().finish().await.unwrap()
            } else {
                provider.generate(&request()).await.unwrap()
            };
            assert_eq!((reply.text().as_ref(), reply.schema_mode), (r#"{"a":7}"#, Some(to)), "{vendor:?}");
            assert_eq!((&reply.finish_reason, reply.attempts), (&FinishReason::Stop, 1));
        }
        let modes: Vec<_> = server.requests().iter().map(|request| mode_of(&request.json())).collect();
        assert_eq!(modes.len(), count + 2, "{vendor:?} {modes:?}");
        assert_eq!(modes[count..], [to, to], "{vendor:?} {modes:?}");
        assert!(modes.is_sorted() || matches!(vendor, Vendor::Compatible(_)), "{modes:?}");
    }
}

#[tokio::test]
async fn openai_steps_over_a_schema_that_it_refuses() {
    let schema = "Invalid schema for response_format 'Answer': In context=(), 'required' is required to be supplied.";
    let refused = || refuses(schema, Some("response_format"), None);
    goes_down(Vendor::Chat, vec![refused()], SchemaMode::Tool).await;
    let refused = || refuses(schema, Some("text.format.schema"), Some("invalid_json_schema"));
    goes_down(Vendor::Responses, vec![refused()], SchemaMode::Tool).await;
    let function = "Invalid schema for function 'Answer': schema must be a JSON Schema of 'type: \"object\"'.";
    let code = Some("invalid_function_parameters");
    let refused = vec![refused(), refuses(function, Some("tools[0].parameters"), code)];
    goes_down(Vendor::Responses, refused, SchemaMode::JsonMode).await;
}

#[tokio::test]
async fn openai_steps_over_ways_that_a_model_does_not_have() {
    let native = "Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model. Learn more \
                  about supported models at the Structured Outputs guide: https://platform.openai.com/docs/guides/structured-outputs";
    let tools = "Unsupported parameter: 'tools' is not supported with this model.";
    let json = "Invalid parameter: 'response_format' of type 'json_object' is not supported with this model.";
    let mut refused = vec![refuses(native, None, None)];
    goes_down(Vendor::Chat, refused.clone(), SchemaMode::StrictTool).await;
    refused.extend([tools, tools].map(|text| refuses(text, Some("tools"), Some("unsupported_parameter"))));
    goes_down(Vendor::Chat, refused.clone(), SchemaMode::JsonMode).await;
    refused.push(refuses(json, Some("response_format"), None));
    goes_down(Vendor::Chat, refused, SchemaMode::Prompt).await;
    let responses = "Invalid parameter: 'text.format' of type 'json_schema' is not supported with model version `m`.";
    goes_down(Vendor::Responses, vec![refuses(responses, Some("text.format.type"), None)], SchemaMode::StrictTool)
        .await;
    let none =
        json!({ "error": { "code": 404, "message": "No endpoints found that can handle the requested parameters." } });
    goes_down(Vendor::OpenRouter, vec![Step::json(404, &none)], SchemaMode::StrictTool).await;
}

#[tokio::test]
async fn anthropic_steps_over_grammars_that_are_too_large() {
    for text in [
        "The compiled grammar is too large, which would cause performance issues. Simplify your tool schemas or reduce \
         the number of strict tools.",
        "Schema is too complex for compilation.",
        "Schemas contains too many optional parameters (30), which would make grammar compilation inefficient.",
        "output_config.format.schema: For 'object' type, 'additionalProperties' must be explicitly set to false",
    ] {
        goes_down(Vendor::Anthropic, vec![anthropic_refuses(text)], SchemaMode::Tool).await;
    }
    let old = anthropic_refuses("output_config.format: Extra inputs are not permitted");
    goes_down(Vendor::Anthropic, vec![old.clone()], SchemaMode::StrictTool).await;
    let thinking = anthropic_refuses("Thinking may not be enabled when tool_choice forces tool use.");
    goes_down(Vendor::Anthropic, vec![old, thinking.clone(), thinking], SchemaMode::Prompt).await;
}

#[tokio::test]
async fn gemini_has_a_second_field_and_then_tools() {
    let states = "The specified schema produces a constraint that has too many states for serving. Typical causes of this \
                  error are schemas with lots of text.";
    let unknown = "Invalid JSON payload received. Unknown name \"responseJsonSchema\" at 'generation_config': Cannot find \
                   field.";
    goes_down(Vendor::Gemini, vec![gemini_refuses(unknown)], SchemaMode::Native).await;
    goes_down(Vendor::Gemini, vec![gemini_refuses(states); 2], SchemaMode::Tool).await;
    let off = gemini_refuses("Function calling is not enabled for models/m");
    let json = gemini_refuses("JSON mode is not enabled for models/m");
    goes_down(Vendor::Gemini, vec![json.clone(), json.clone(), off, json], SchemaMode::Prompt).await;
    let server = WireServer::script([gemini_refuses(unknown), says()]).unwrap();
    Vendor::Gemini.provider(&server).generate(&request()).await.unwrap();
    let config = |at: usize| server.requests()[at].json()["generationConfig"].clone();
    assert!(config(0).get("responseJsonSchema").is_some() && config(0).get("responseSchema").is_none());
    assert!(config(1).get("responseJsonSchema").is_none() && config(1).get("responseSchema").is_some());
}

#[tokio::test]
async fn compatible_servers_step_over_what_they_have_not() {
    for (profile, text, to) in [
        (
            Profile::GROQ,
            "This model does not support response format `json_schema`. See supported models.",
            SchemaMode::Tool,
        ),
        (Profile::GROQ, "invalid JSON schema for response_format: 'Answer': /required: is required", SchemaMode::Tool),
        (Profile::VLLM, "Grammar error: Unimplemented keys: [\"uniqueItems\"]", SchemaMode::Tool),
        (Profile::LLAMA_CPP, "JSON schema conversion failed: Unrecognized schema: {}", SchemaMode::JsonMode),
        (Profile::OLLAMA, "invalid JSON schema in format", SchemaMode::JsonMode),
        (Profile::DEEPSEEK, "This response_format type is unavailable now", SchemaMode::Tool),
    ] {
        goes_down(Vendor::Compatible(profile), vec![refuses(text, None, None)], to).await;
    }
    let no_schema = || refuses("This response_format type is unavailable now", None, None);
    for text in [
        "deepseek-reasoner does not support this tool_choice",
        "registry.ollama.ai/library/gemma3:latest does not support tools",
        "\"auto\" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set",
        "tools param requires --jinja flag, which is not supported here",
    ] {
        let refused = vec![no_schema(), refuses(text, None, None)];
        goes_down(Vendor::Compatible(Profile::ANY), refused, SchemaMode::JsonMode).await;
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_request_otherwise_is_told_at_once() {
    let failed = json!({ "error": { "message": "Failed to generate JSON. Please adjust your prompt.",
        "code": "json_validate_failed", "failed_generation": "{" } });
    for (vendor, step, kind) in [
        (
            Vendor::Chat,
            refuses("Invalid 'temperature': decimal below minimum value.", Some("temperature"), None),
            ErrorKind::InvalidRequest,
        ),
        (
            Vendor::Chat,
            refuses("Invalid 'messages[0]'. 'tools' of type 'x' are not supported.", Some("messages[0]"), None),
            ErrorKind::InvalidRequest,
        ),
        (
            Vendor::Chat,
            refuses("This model's maximum context length is 8192 tokens.", None, Some("context_length_exceeded")),
            ErrorKind::InvalidRequest,
        ),
        (Vendor::Compatible(Profile::GROQ), Step::json(400, &failed), ErrorKind::InvalidRequest),
        (
            Vendor::Anthropic,
            anthropic_refuses("output_config.effort: Extra inputs are not permitted"),
            ErrorKind::InvalidRequest,
        ),
        (
            Vendor::Anthropic,
            anthropic_refuses("max_tokens: 99999 > 64000, which is the maximum allowed"),
            ErrorKind::InvalidRequest,
        ),
        (
            Vendor::Gemini,
            gemini_refuses("The input token count (2000000) exceeds the maximum number of tokens allowed"),
            ErrorKind::InvalidRequest,
        ),
        (
            Vendor::Chat,
            Step::error(401, "invalid_api_key", "response_format is not supported"),
            ErrorKind::Authentication,
        ),
        (Vendor::Chat, Step::error(500, "server_error", "schema is too complex"), ErrorKind::Server),
        (
            Vendor::Chat,
            Step::error(404, "model_not_found", "The model `json_schema` does not exist"),
            ErrorKind::NotFound,
        ),
    ] {
        let server = WireServer::script([step, says()]).unwrap();
        let error = vendor.provider(&server).generate(&request()).await.unwrap_err();
        assert_eq!((error.kind(), server.request_count()), (kind, 1), "{vendor:?} {error}");
    }
}

#[tokio::test]
async fn a_refusal_that_begins_a_stream_goes_down_too() {
    let said = |kind: &str, message: &str| json!({ "type": kind, "message": message });
    let wrong = "invalid_request_error";
    for (vendor, body, to) in [
        (
            Vendor::Chat,
            json!({ "error": said(wrong, "Invalid schema for response_format 'Answer': x") }),
            SchemaMode::Tool,
        ),
        (
            Vendor::Responses,
            json!({ "type": "error", "error": { "code": "invalid_json_schema", "message": "x", "type": wrong } }),
            SchemaMode::Tool,
        ),
        (
            Vendor::Anthropic,
            json!({ "type": "error", "error": said(wrong, "Schema is too complex for compilation.") }),
            SchemaMode::Tool,
        ),
        (
            Vendor::Gemini,
            json!({ "error": { "code": 400, "message": "JSON mode is not enabled for models/m",
                "status": "INVALID_ARGUMENT" } }),
            SchemaMode::Native,
        ),
        (
            Vendor::Compatible(Profile::LLAMA_CPP),
            json!({ "error": { "code": 400, "message": "failed to parse grammar" } }),
            SchemaMode::JsonMode,
        ),
        (
            Vendor::Compatible(Profile::VLLM),
            json!({ "object": "error", "error": { "message": "Grammar error: x", "type": "BadRequestError", "code": 400 } }),
            SchemaMode::Tool,
        ),
    ] {
        let server = WireServer::script([in_a_stream(&body), answers(to), answers(to)]).unwrap();
        let provider = vendor.provider(&server);
        for _ in 0..2 {
            let reply = provider.stream(&request()).await.unwrap().finish().await.unwrap();
            assert_eq!((reply.text().as_ref(), reply.schema_mode), (r#"{"a":7}"#, Some(to)), "{vendor:?}");
        }
        assert_eq!(server.request_count(), 3, "{vendor:?}");
    }
}

/// What was handed on cannot be taken back, and what is wrong otherwise is no reason to go another way.
#[tokio::test]
async fn other_errors_of_a_stream_end_it() {
    let text = r#"{"model":"m","choices":[{"index":0,"delta":{"content":"{"}}]}"#;
    let refused = json!({ "error": { "code": 400, "message": "failed to parse grammar" } });
    let late = Step::bytes(200, "text/event-stream", format!("data: {text}\n\ndata: {refused}\n\n"));
    let server = WireServer::script([late, says()]).unwrap();
    let mut stream = Vendor::Chat.provider(&server).stream(&request()).await.unwrap();
    assert_eq!(stream.next().await.unwrap().unwrap().as_text(), Some("{"));
    let error = stream.next().await.unwrap().unwrap_err();
    assert_eq!((error.answer(), server.request_count()), (Some("{"), 1), "{error}");
    for (message, kind) in [
        ("This model's maximum context length is 8192 tokens.", ErrorKind::InvalidRequest),
        ("The server is overloaded", ErrorKind::Server),
    ] {
        let code = if kind == ErrorKind::Server { 503 } else { 400 };
        let body = json!({ "error": { "code": code, "message": message } });
        let server = WireServer::script([in_a_stream(&body), says()]).unwrap();
        let error = Vendor::Chat.provider(&server).stream(&request()).await.unwrap_err();
        assert_eq!((error.kind(), server.request_count()), (kind, 1), "{error}");
    }
}

/// A 400 about a tool of the request's own is not about the schema of the answer.
#[tokio::test]
async fn tools_of_the_request_keep_the_tool_ways_away() {
    let weather = Tool::from(Function::new("weather").with_parameters(json!({ "type": "object" })));
    let with_tools = || request().with_tools([weather.clone()]);
    let wrong = refuses("Invalid schema for function 'weather': x", None, Some("invalid_function_parameters"));
    let server = WireServer::script([wrong, says()]).unwrap();
    let error = Vendor::Chat.provider(&server).generate(&with_tools()).await.unwrap_err();
    assert_eq!((error.kind(), error.status(), server.request_count()), (ErrorKind::Schema, Some(400), 1));
    let format = "Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model.";
    let server = WireServer::script([refuses(format, None, None), says(), says(), says()]).unwrap();
    let provider = Vendor::Chat.provider(&server);
    let reply = provider.generate(&with_tools()).await.unwrap();
    assert_eq!(reply.schema_mode, Some(SchemaMode::JsonMode));
    assert_eq!(server.requests()[1].json()["tools"][0]["function"]["name"], "weather");
    // What was found out beside tools is not held against a request without.
    assert_eq!(provider.generate(&request()).await.unwrap().schema_mode, Some(SchemaMode::Native));
    let error = provider.generate(&with_tools().with_schema_mode(SchemaMode::Tool)).await.unwrap_err();
    assert_eq!((error.kind(), server.request_count()), (ErrorKind::Unsupported, 3), "{error}");
}

#[tokio::test]
async fn a_way_that_was_asked_for_is_the_only_one() {
    let format = "Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model.";
    let server = WireServer::script([refuses(format, None, None), says(), calls()]).unwrap();
    let provider = Vendor::Chat.provider(&server);
    let error = provider.generate(&request().with_schema_mode(SchemaMode::Native)).await.unwrap_err();
    assert_eq!((error.kind(), error.status(), server.request_count()), (ErrorKind::Unsupported, Some(400), 1));
    assert!(error.help().unwrap().contains("schema mode"), "{error}");
    // It is not remembered, either.
    assert_eq!(provider.generate(&request()).await.unwrap().schema_mode, Some(SchemaMode::Native));
    let reply = provider.generate(&request().with_schema_mode(SchemaMode::Tool)).await.unwrap();
    assert_eq!(reply.schema_mode, Some(SchemaMode::Tool));
    let error = Vendor::Anthropic.provider(&server).generate(&request().with_schema_mode(SchemaMode::JsonMode)).await;
    let error = error.unwrap_err();
    assert_eq!((error.kind(), server.request_count()), (ErrorKind::Unsupported, 3));
    assert_eq!(error.help(), Some("there are `Native`, `StrictTool`, `Tool`, `Prompt`"));
}

/// A schema that strict mode cannot hold is not sent there.
#[tokio::test]
async fn what_a_vendor_cannot_hold_is_found_before_anything_is_sent() {
    let many: serde_json::Map<_, _> = (0..5_001).map(|n| (format!("p{n}"), json!({ "type": "null" }))).collect();
    let schema = Schema::new("Answer", json!({ "type": "object", "properties": many })).unwrap();
    let request = request().with_output(Output::Schema(schema.into()));
    let server = WireServer::script([calls(), says()]).unwrap();
    let provider = Vendor::Chat.provider(&server);
    let reply = provider.generate(&request).await.unwrap();
    assert_eq!((reply.schema_mode, server.request_count()), (Some(SchemaMode::Tool), 1));
    let error = provider.generate(&request.with_schema_mode(SchemaMode::Native)).await.unwrap_err();
    assert_eq!((error.kind(), error.status(), server.request_count()), (ErrorKind::Schema, None, 1));
}

/// Fields of the vendor's own are sent as they are; nobody goes another way then.
#[tokio::test]
async fn own_fields_of_the_format_settle_the_way() {
    let own = json!({ "json_schema": { "strict": false } });
    let request = request().with_options(Options::new().with_model("m").with_extra("response_format", own));
    let format = "Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model.";
    let server = WireServer::script([says(), refuses(format, None, None), calls()]).unwrap();
    let provider = Vendor::Chat.provider(&server);
    let reply = provider.generate(&request).await.unwrap();
    assert_eq!((reply.schema_mode, reply.wire_form), (Some(SchemaMode::Native), codex_ai::schema::WireForm::Plain));
    assert!(provider.generate(&request).await.is_err());
    assert_eq!(server.request_count(), 2);
}

fn request_of(name: &str) -> Request {
    let schema = json!({ "type": "object", "title": name, "properties": { "a": { "type": "integer" } } });
    request().with_output(Output::Schema(Schema::new("Answer", schema).unwrap().into()))
}

#[tokio::test]
async fn a_model_without_a_way_is_asked_about_it_once_for_all_schemas() {
    let format = "Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model.";
    let tools = "Unsupported parameter: 'tools' is not supported with this model.";
    let steps = [refuses(format, None, None), refuses(tools, Some("tools"), None), refuses(tools, Some("tools"), None)];
    let server = WireServer::script(steps.into_iter().chain([says(), says(), says(), calls(), says()])).unwrap();
    let provider = Vendor::Chat.provider(&server);
    for name in ["A", "B", "C"] {
        let reply = provider.generate(&request_of(name)).await.unwrap();
        assert_eq!(reply.schema_mode, Some(SchemaMode::JsonMode), "{name}");
    }
    assert_eq!(server.request_count(), 6);
    // Neither another model nor one that is to think more is held to it, and a way that is asked for is tried.
    let tool = request_of("A").with_schema_mode(SchemaMode::Tool);
    assert_eq!(provider.generate(&tool).await.unwrap().schema_mode, Some(SchemaMode::Tool));
    let other = request_of("A").with_options(Options::new().with_model("n"));
    assert_eq!(provider.generate(&other).await.unwrap().schema_mode, Some(SchemaMode::Native));
}

#[tokio::test]
async fn a_schema_that_is_refused_is_held_against_no_other() {
    let schema = "Invalid schema for response_format 'Answer': x";
    let steps = [refuses(schema, Some("response_format"), None), calls(), says(), calls()];
    let server = WireServer::script(steps).unwrap();
    let provider = Vendor::Chat.provider(&server);
    let modes = [("A", SchemaMode::Tool), ("B", SchemaMode::Native), ("A", SchemaMode::Tool)];
    for (name, mode) in modes {
        assert_eq!(provider.generate(&request_of(name)).await.unwrap().schema_mode, Some(mode), "{name}");
    }
    assert_eq!(server.request_count(), 4);
}

#[tokio::test]
async fn a_dispatcher_reads_the_value_whatever_the_way() {
    let format = "Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model.";
    let server = WireServer::script([refuses(format, None, None), calls(), calls()]).unwrap();
    let openai = OpenAi::builder().chat().key("k").base_url(server.url()).build().unwrap();
    let dispatcher = Dispatcher::new(openai).unwrap();
    assert_eq!(dispatcher.generate_json::<Answer>("q").await.unwrap(), Answer { a: 7 });
    assert_eq!(dispatcher.generate_json::<Answer>("q").await.unwrap(), Answer { a: 7 });
    assert_eq!(server.request_count(), 3);
}

/// Refuses structured output, and answers everything else.
#[derive(Default)]
struct Old {
    requests: AtomicUsize,
    last: Mutex<String>,
}

impl Transport for Old {
    fn send<'a>(&'a self, request: Outgoing<'a>) -> BoxFuture<'a, Result<Response>> {
        Box::pin(async move {
            self.requests.fetch_add(1, Ordering::Relaxed);
            let body = String::from_utf8(request.body.to_vec()).unwrap();
            let refused = body.contains("json_schema");
            *self.last.lock().unwrap() = body;
            Ok(if refused {
                Response::new(400, Body::full(r#"{"error":{"message":"response_format is not supported"}}"#))
            } else {
                let answer = json!({ "choices": [{ "message": { "content": "{\"a\":7}" }, "finish_reason": "stop" }] });
                Response::new(200, Body::full(answer.to_string()))
            })
        })
    }
}

#[tokio::test]
async fn as_many_ways_are_remembered_as_there_is_room_for() {
    let transport = Arc::new(Old::default());
    let builder = Compatible::at("http://localhost:1/v1").transport(Arc::clone(&transport) as Arc<dyn Transport>);
    let provider = builder.build().unwrap();
    let ask = async |model: usize| {
        let before = transport.requests.load(Ordering::Relaxed);
        let request = request().with_options(Options::new().with_model(format!("m{model}")));
        provider.generate(&request).await.unwrap();
        transport.requests.load(Ordering::Relaxed) - before
    };
    for model in 0..1_024 {
        assert_eq!(ask(model).await, 2);
    }
    assert_eq!((ask(0).await, ask(1_023).await), (1, 1));
    assert_eq!(ask(1_024).await, 2);
    assert_eq!((ask(1).await, ask(0).await), (1, 2));
}
