//! The ways to tell a model a schema, over real sockets: the right request for each, the step down where a vendor
//! refuses one, and what is remembered of it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::collections::BTreeMap;
use std::sync::Arc;

use codex_ai::json::Leniency;
use codex_ai::layer::{Failover, Retry};
use codex_ai::provider::anthropic::Anthropic;
use codex_ai::provider::compatible::{Compatible, Profile};
use codex_ai::provider::gemini::Gemini;
use codex_ai::provider::openai::OpenAi;
use codex_ai::provider::{AnyProvider, Local};
use codex_ai::schema::WireForm;
use codex_ai::testing::{Step, WireServer};
use codex_ai::wire::openai_chat::Dialect;
use codex_ai::{
    Chunk, Dispatcher, FinishReason, JsonOutput, LlmSchema, Message, Options, Output, Part, Provider, Reply, Request,
    Schema, SchemaMode, StructuredOutput, ToolCall,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// A trip, with all that vendors find hard.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, LlmSchema)]
struct Trip {
    /// Where it goes.
    name: String,
    places: BTreeMap<String, (u8, f64)>,
    #[llm(max_length = 5)]
    note: Option<String>,
}

fn trip() -> Trip {
    let places = BTreeMap::from([("Oslo".to_owned(), (2, 59.9)), ("Bergen".to_owned(), (1, 60.4))]);
    Trip { name: "North".to_owned(), places, note: None }
}

fn request() -> Request {
    Request::new(vec![Message::user("Where to?")])
        .with_system("Be brief.")
        .with_output(Output::Schema(Schema::of::<Trip>().clone()))
        .with_options(Options::new().with_model("m"))
}

/// The trip as a vendor writes it where it was told the schema in this form.
fn written(form: WireForm) -> String {
    let value = serde_json::to_value(trip()).unwrap();
    Schema::of::<Trip>().wire(form).unwrap().encode(value).unwrap().to_string()
}

fn says(text: impl Into<String>) -> Step {
    Step::reply(Reply::from_text("m", text))
}

fn calls(arguments: impl Into<String>) -> Step {
    let call = ToolCall::new("call_1", "Trip", arguments);
    Step::reply(Reply::new("m", vec![Part::ToolCall(call)]).with_finish_reason(FinishReason::ToolCalls))
}

/// The value in a reply, decoded from the form that the reply says it has.
fn read(reply: &Reply) -> Trip {
    let value: Value = serde_json::from_str(&reply.text()).unwrap();
    let value = Schema::of::<Trip>().wire(reply.wire_form).unwrap().decode(value).unwrap();
    serde_json::from_value(value).unwrap()
}

fn profile(modes: &'static [SchemaMode]) -> Profile {
    let mut profile = Profile::ANY;
    profile.dialect.schema_modes = modes;
    profile
}

fn compatible(profile: Profile, server: &WireServer) -> Compatible {
    Compatible::builder(profile).key("k").base_url(server.url()).build().unwrap()
}

/// What a server of this profile is asked, whole and streamed, and that its answer is the trip.
async fn asked(profile: Profile, mode: SchemaMode, form: WireForm) -> Value {
    let answer = || match mode {
        SchemaMode::Tool | SchemaMode::StrictTool => calls(written(form)),
        _ => says(written(form)),
    };
    let server = WireServer::script([answer(), answer()]).unwrap();
    let provider = compatible(profile, &server);
    let reply = provider.generate(&request()).await.unwrap();
    assert_eq!((reply.schema_mode, reply.wire_form), (Some(mode), form));
    assert_eq!((read(&reply), &reply.finish_reason), (trip(), &FinishReason::Stop));
    let mut stream = provider.stream(&request()).await.unwrap();
    let mut text = String::new();
    while let Some(chunk) = stream.next().await {
        match chunk.unwrap() {
            Chunk::Text(piece) => text.push_str(&piece),
            Chunk::Finish { reason, .. } => assert_eq!(reason, FinishReason::Stop),
            other => panic!("{other:?}"),
        }
    }
    let streamed = stream.finish().await.unwrap();
    assert_eq!(streamed.text(), text);
    assert_eq!((read(&streamed), streamed.schema_mode, streamed.wire_form), (trip(), Some(mode), form));
    assert_eq!(streamed.answered_by.is_some(), mode == SchemaMode::Tool || mode == SchemaMode::StrictTool);
    let requests = server.requests();
    let (whole, mut streamed) = (requests[0].json(), requests[1].json());
    streamed.as_object_mut().unwrap().retain(|name, _| !name.starts_with("stream"));
    assert_eq!(whole, streamed);
    whole
}

#[tokio::test]
async fn a_server_of_strict_schemas_is_sent_one() {
    let mut strict = profile(&SchemaMode::ALL);
    strict.dialect.strict = true;
    strict.dialect.length_keywords = false;
    let body = asked(strict, SchemaMode::Native, WireForm::OpenAiStrict).await;
    assert_eq!(body["response_format"]["json_schema"]["strict"], true);
    assert_eq!(body["messages"][0]["content"], "Be brief.");
    assert_eq!(body.get("tools"), None);
    assert!(!body.to_string().contains("maxLength"), "{body}");
}

#[tokio::test]
async fn a_server_that_takes_strict_schemas_and_forgets_them_is_told_the_type_too() {
    let mut forgetful = profile(&SchemaMode::ALL);
    forgetful.dialect.strict = true;
    forgetful.dialect.length_keywords = false;
    forgetful.dialect.enforces = false;
    let body = asked(forgetful, SchemaMode::Native, WireForm::OpenAiStrict).await;
    assert_eq!(body["response_format"]["json_schema"]["strict"], true);
    let system = body["messages"][0]["content"].as_str().unwrap();
    assert!(system.starts_with("Be brief.\n\nAnswer with JSON alone"), "{system}");
    assert!(system.contains("name: string // Where it goes."), "{system}");
}

#[tokio::test]
async fn a_server_of_tools_alone_must_call_one() {
    let body = asked(profile(&[SchemaMode::Tool, SchemaMode::Prompt]), SchemaMode::Tool, WireForm::Object).await;
    assert_eq!(body.get("response_format"), None);
    assert_eq!(body["tools"].as_array().unwrap().len(), 1);
    let function = &body["tools"][0]["function"];
    assert_eq!((&function["name"], function.get("strict")), (&json!("Trip"), None));
    assert_eq!(function["parameters"]["type"], "object");
    assert_eq!(body["tool_choice"]["function"]["name"], "Trip");
    assert_eq!(body["messages"][0]["content"], "Be brief.");
    let mut lengths = profile(&[SchemaMode::StrictTool, SchemaMode::Tool]);
    lengths.dialect.length_keywords = false;
    let body = asked(lengths, SchemaMode::StrictTool, WireForm::OpenAiStrict).await;
    assert_eq!(body["tools"][0]["function"]["strict"], true);
    lengths.dialect.schema_modes = &[SchemaMode::Tool];
    let body = asked(lengths, SchemaMode::Tool, WireForm::OpenAiStrict).await;
    assert!(!body.to_string().contains("maxLength") && !body.to_string().contains("\"strict\""), "{body}");
}

#[tokio::test]
async fn a_server_of_json_mode_alone_is_told_the_type_in_words() {
    let modes = &[SchemaMode::JsonMode, SchemaMode::Prompt];
    let body = asked(profile(modes), SchemaMode::JsonMode, WireForm::Object).await;
    assert_eq!(body["response_format"], json!({ "type": "json_object" }));
    let expected = "Be brief.\n\nAnswer with JSON alone, without words around it and without a code fence. It is of this \
                    type:\n\n// A trip, with all that vendors find hard.\n{\nname: string // Where it goes.\nplaces: \
                    {[string]: [int (0 to 255), number]}\nnote?: string | null (at most 5 characters)\n}";
    assert_eq!(body["messages"][0]["content"], expected);
    assert_eq!(body.get("tools"), None);
}

#[tokio::test]
async fn a_server_of_nothing_is_told_the_type_in_words() {
    let body = asked(profile(&[SchemaMode::Prompt]), SchemaMode::Prompt, WireForm::Plain).await;
    assert_eq!((body.get("response_format"), body.get("tools")), (None, None));
    assert!(body["messages"][0]["content"].as_str().unwrap().contains("\nname: string"), "{body}");
}

#[tokio::test]
async fn what_is_known_of_a_server_is_begun_with() {
    for (dialect, mode, form) in [
        (Dialect::DEEPSEEK, SchemaMode::JsonMode, WireForm::Object),
        (Dialect::OLLAMA, SchemaMode::Native, WireForm::Plain),
        (Dialect::LM_STUDIO, SchemaMode::Native, WireForm::Plain),
        (Dialect::MISTRAL, SchemaMode::Native, WireForm::OpenAiStrict),
    ] {
        let mut profile = Profile::ANY;
        profile.dialect = dialect;
        asked(profile, mode, form).await;
    }
}

/// Notes for programs stay here.
#[tokio::test]
async fn notes_for_programs_are_sent_in_no_way() {
    let schema = json!({ "type": "object", "properties": { "x-y": { "type": "string", "x-stream-done": true } },
        "x-own": 1, "required": ["x-y"] });
    let schema = Arc::new(Schema::new("Trip", schema).unwrap());
    for mode in SchemaMode::ALL {
        let server = WireServer::script([says("{}")]).unwrap();
        let request = request().with_output(Output::Schema(Arc::clone(&schema))).with_schema_mode(mode);
        compatible(profile(&SchemaMode::ALL), &server).generate(&request).await.unwrap();
        let body = server.requests()[0].json().to_string();
        assert!(body.contains("x-y") && !body.contains("x-stream") && !body.contains("x-own"), "{mode:?} {body}");
    }
}

/// A root that is no object is one property where only objects are taken.
#[tokio::test]
async fn lists_go_where_only_objects_are_taken() {
    let schema = Schema::of::<Vec<Trip>>();
    let value = serde_json::to_value(vec![trip()]).unwrap();
    for mode in [SchemaMode::Tool, SchemaMode::JsonMode] {
        let wire = schema.wire(WireForm::Object).unwrap();
        let text = wire.encode(value.clone()).unwrap().to_string();
        let call = ToolCall::new("c", schema.name(), text.clone());
        let tool = Step::reply(Reply::new("m", vec![Part::ToolCall(call)]));
        let server = WireServer::script([if mode == SchemaMode::Tool { tool } else { says(text) }]).unwrap();
        let provider = compatible(Profile::ANY, &server);
        let request = request().with_output(Output::Schema(schema.clone())).with_schema_mode(mode);
        let reply = provider.generate(&request).await.unwrap();
        let decoded = wire.decode(serde_json::from_str(&reply.text()).unwrap()).unwrap();
        assert_eq!(decoded, value);
        let body = server.requests()[0].json();
        match mode {
            SchemaMode::Tool => assert_eq!(body["tools"][0]["function"]["parameters"]["type"], "object"),
            _ => assert!(body["messages"][0]["content"].as_str().unwrap().contains("value: "), "{body}"),
        }
    }
}

/// Layers hand on how a schema was told.
#[tokio::test]
async fn layers_hand_it_on() {
    let server = WireServer::script([calls(written(WireForm::Object)), calls(written(WireForm::Object))]).unwrap();
    let first = compatible(profile(&[SchemaMode::Tool]), &server);
    let provider = Retry::new(Failover::builder().route(first).route(Local::quiet()).build().unwrap());
    let whole = provider.generate(&request()).await.unwrap();
    let streamed = provider.stream(&request()).await.unwrap().finish().await.unwrap();
    for reply in [whole, streamed] {
        assert_eq!((reply.schema_mode, reply.wire_form), (Some(SchemaMode::Tool), WireForm::Object));
        assert_eq!((reply.answered_by.is_some(), read(&reply)), (true, trip()));
    }
    let reply = Local::quiet().generate(&request()).await.unwrap();
    assert_eq!((reply.schema_mode, reply.wire_form), (Some(SchemaMode::Native), WireForm::Plain));
    let free = Local::quiet().generate(&Request::new(vec![Message::user("Hi there.")])).await.unwrap();
    assert_eq!(free.schema_mode, None);
}

/// Asks by a dispatcher, of a vendor that answers in the form that it was told, and wants this value of it.
async fn comes_back<T>(value: &T, vendor: &str, mode: SchemaMode, form: WireForm)
where
    T: LlmSchema + JsonOutput + Serialize + PartialEq + std::fmt::Debug + 'static,
{
    let schema = Schema::of::<T>();
    let text = schema.wire(form).unwrap().encode(serde_json::to_value(value).unwrap()).unwrap().to_string();
    let reply = match mode {
        SchemaMode::Tool | SchemaMode::StrictTool => {
            Reply::new("m", vec![Part::ToolCall(ToolCall::new("c", schema.name(), text))])
        }
        _ => Reply::from_text("m", text),
    };
    let server = WireServer::script([Step::reply(reply)]).unwrap();
    let provider: Arc<dyn Provider> = match vendor {
        "anthropic" => Arc::new(Anthropic::builder().key("k").base_url(server.origin()).build().unwrap()),
        "gemini" => Arc::new(Gemini::builder().key("k").base_url(server.origin()).build().unwrap()),
        "gemini-open-api" => {
            Arc::new(Gemini::builder().open_api_schemas().key("k").base_url(server.origin()).build().unwrap())
        }
        _ => Arc::new(OpenAi::builder().key("k").base_url(server.url()).build().unwrap()),
    };
    let policy = StructuredOutput::new().with_mode(mode).with_max_reasks(0).with_leniency(Leniency::Exact);
    let dispatcher = Dispatcher::builder(AnyProvider::from(provider)).structured_output(policy).build().unwrap();
    assert_eq!(dispatcher.generate_json::<T>("q").await.unwrap(), *value, "{vendor} {mode:?}");
}

#[tokio::test]
async fn values_come_back_in_every_way_from_every_vendor() {
    use SchemaMode::{JsonMode, Native, Prompt, StrictTool, Tool};
    let deep: BTreeMap<String, Vec<(u8, Option<Trip>)>> =
        BTreeMap::from([("x".to_owned(), vec![(1, None), (2, Some(trip()))]), (String::new(), vec![])]);
    for (vendor, mode, form) in [
        ("openai", Native, WireForm::OpenAiStrict),
        ("openai", StrictTool, WireForm::OpenAiStrict),
        ("openai", Tool, WireForm::Object),
        ("openai", JsonMode, WireForm::Object),
        ("openai", Prompt, WireForm::Plain),
        ("anthropic", Native, WireForm::Anthropic),
        ("anthropic", StrictTool, WireForm::Anthropic),
        ("anthropic", Tool, WireForm::Object),
        ("anthropic", Prompt, WireForm::Plain),
        ("gemini", Native, WireForm::Gemini),
        ("gemini-open-api", Native, WireForm::GeminiOpenApi),
        ("gemini", Tool, WireForm::Object),
        ("gemini", JsonMode, WireForm::Object),
        ("gemini", Prompt, WireForm::Plain),
    ] {
        comes_back(&trip(), vendor, mode, form).await;
        comes_back(&vec![trip(), trip()], vendor, mode, form).await;
        comes_back(&deep, vendor, mode, form).await;
        comes_back(&7_u64, vendor, mode, form).await;
    }
}
