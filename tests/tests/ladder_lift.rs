//! Answers that came by the call of a tool are read as text; and what is sent for a type is the same each time.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use codex_ai::provider::gemini::Gemini;
use codex_ai::provider::openai::OpenAi;
use codex_ai::testing::{Step, WireServer};
use codex_ai::{
    Chunk, LlmSchema, Message, Options, Output, Part, Provider, Reply, Request, Schema, SchemaMode, ToolCall,
};
use serde_json::json;

#[derive(Debug, serde::Deserialize, LlmSchema)]
#[allow(dead_code, reason = "only the schema is looked at")]
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

fn answers(mode: SchemaMode) -> Step {
    let is_tool = matches!(mode, SchemaMode::Tool | SchemaMode::StrictTool);
    if is_tool { Step::reply(Reply::new("m", vec![call()])) } else { says() }
}

fn chat(server: &WireServer) -> OpenAi {
    OpenAi::builder().chat().key("k").base_url(server.url()).build().unwrap()
}

#[tokio::test]
async fn words_around_a_call_are_no_part_of_the_answer() {
    let spoken = || vec![Part::Text("Let me see.".to_owned()), call()];
    let steps = [Reply::new("m", spoken()), Reply::new("m", spoken()), Reply::from_text("m", r#"{"a":7}"#)];
    let server = WireServer::script(steps.map(Step::reply)).unwrap();
    let provider = chat(&server);
    let request = request().with_schema_mode(SchemaMode::Tool);
    let reply = provider.generate(&request).await.unwrap();
    let lifted = [Part::Reasoning("Let me see.".to_owned()), Part::Text(r#"{"a":7}"#.to_owned())];
    assert_eq!(reply.parts, lifted);
    let call = reply.answered_by.unwrap();
    assert_eq!((call.id.as_str(), call.name.as_str(), call.parts), ("c1", "Answer", spoken()));
    let mut stream = provider.stream(&request).await.unwrap();
    let (mut text, mut thoughts) = (String::new(), String::new());
    while let Some(chunk) = stream.next().await {
        match chunk.unwrap() {
            Chunk::Text(piece) => text.push_str(&piece),
            Chunk::Reasoning(piece) => thoughts.push_str(&piece),
            Chunk::Finish { .. } => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!((text.as_str(), thoughts.as_str()), (r#"{"a":7}"#, "Let me see."));
    assert_eq!(stream.finish().await.unwrap().parts, lifted);
    // A model that does not call says its answer.
    let mut stream = provider.stream(&request).await.unwrap();
    let mut text = String::new();
    while let Some(chunk) = stream.next().await {
        text.push_str(chunk.unwrap().as_text().unwrap_or_default());
    }
    let reply = stream.finish().await.unwrap();
    assert_eq!((text.as_str(), reply.answered_by), (r#"{"a":7}"#, None));
}

/// What belongs to a call goes back with it, and does not stay where the call is gone.
#[tokio::test]
async fn a_call_goes_back_with_what_belongs_to_it() {
    let signature = json!({ "type": "functionCall", "thoughtSignature": "c2ln" });
    let parts = vec![call(), Part::Raw(signature)];
    let server = WireServer::script([Step::reply(Reply::new("m", parts.clone())), says(), says()]).unwrap();
    let provider = Gemini::builder().key("k").base_url(server.origin()).build().unwrap();
    let request = request().with_schema_mode(SchemaMode::Tool);
    let reply = provider.generate(&request).await.unwrap();
    assert_eq!(reply.parts, [Part::Text(r#"{"a":7}"#.to_owned())]);
    let mut plain = request.clone();
    plain.messages.extend([reply.to_message(), Message::user("again")]);
    provider.generate(&plain).await.unwrap();
    let answered_by = reply.answered_by.unwrap();
    assert_eq!(answered_by.parts, parts);
    let result = ToolCall::new(&answered_by.id, &answered_by.name, "").result("`a` must be even").as_error();
    let mut again = request.clone();
    again.messages.extend([Message::new(codex_ai::Role::Assistant, answered_by.parts), Message::tool([result])]);
    provider.generate(&again).await.unwrap();
    let body = server.requests()[2].json();
    assert_eq!(body["contents"][1]["parts"][0]["thoughtSignature"], "c2ln");
    assert_eq!(body["contents"][2]["parts"][0]["functionResponse"]["name"], "Answer");
}

/// What a vendor's cache holds is the same from call to call.
#[tokio::test]
async fn what_is_said_of_a_type_has_the_same_bytes_each_time() {
    for mode in SchemaMode::ALL {
        let server = WireServer::script([answers(mode), answers(mode)]).unwrap();
        let provider = chat(&server);
        for question in ["one", "two"] {
            let mut request = request().with_schema_mode(mode).with_system("Rules.");
            request.messages = vec![Message::user(question)];
            provider.generate(&request).await.unwrap();
        }
        let [first, second] = &server.requests()[..] else { panic!("two requests") };
        let second = String::from_utf8(second.body.to_vec()).unwrap();
        assert_eq!(String::from_utf8(first.body.to_vec()).unwrap(), second.replace("two", "one"));
    }
}
