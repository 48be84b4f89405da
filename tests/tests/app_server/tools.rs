//! Calls of the program's own tools, and requests without a type.

use std::sync::OnceLock;
use std::time::Duration;

use codex_ai::app_server::{ClientOptions, RequestHandler, ServerRequest, ToolContent, ToolRequest};
use codex_ai::{ErrorKind, LlmSchema};
use serde_json::{Value, json};

use crate::approvals::{TOOL, forwarding, params};
use crate::peer::Peer;

/// A file or folder of the data; `None`, with a line that says so, where it is not there.
/// Holds an answer to the stored schema of Codex 0.169.0, where it is there.
pub(crate) fn is_of_the_schema(method: &str, answer: &Value) {
    static SCHEMA: OnceLock<Option<Value>> = OnceLock::new();
    let schema = SCHEMA.get_or_init(|| {
        let file = codex_ai_tests::data::path("app-server-schema/codex_app_server_protocol.experimental.schemas.json")?;
        Some(serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap())
    });
    let Some(schema) = schema else { return };
    let requests = schema["definitions"]["ServerRequest"]["oneOf"].as_array().unwrap();
    let request = requests.iter().find(|request| request["properties"]["method"]["enum"][0] == method).unwrap();
    let params = request["properties"]["params"]["$ref"].as_str().unwrap();
    let response = format!("{}Response", params.strip_suffix("Params").unwrap());
    let root = json!({
        "$schema": "http://json-schema.org/draft-07/schema#", "$ref": response, "definitions": schema["definitions"],
    });
    let check = jsonschema::validator_for(&root).unwrap();
    let problems: Vec<String> = check.iter_errors(answer).map(|error| error.to_string()).collect();
    assert!(problems.is_empty(), "{method}: {answer}: {problems:?}");
}

async fn tool(arguments: Value) -> (codex_ai::app_server::Client, Peer, ToolRequest) {
    let (client, mut peer, mut requests) = forwarding().await;
    let params = json!({
        "threadId": "t1", "turnId": "u1", "callId": "call_1", "namespace": null, "tool": "weather",
        "arguments": arguments,
    });
    peer.ask(0, TOOL, params).await;
    let Some(ServerRequest::Tool(request)) = requests.next().await else { panic!("a tool's call") };
    (client, peer, request)
}

#[derive(Debug, PartialEq, serde::Deserialize, LlmSchema)]
struct Place {
    city: String,
}

#[tokio::test]
async fn a_call_is_read_and_answered_with_a_text() {
    let (_client, mut peer, request) = tool(json!({ "city": "Oslo" })).await;
    assert_eq!((&*request.tool, &*request.call_id, request.namespace.as_deref()), ("weather", "call_1", None));
    let place: Place = request.read().unwrap();
    assert_eq!(request.to_tool_call().read::<Place>().unwrap(), place, "held to the schema of the type");
    request.answer(format!("12 degrees in {}", place.city)).unwrap();
    let result = json!({ "contentItems": [{ "type": "inputText", "text": "12 degrees in Oslo" }], "success": true });
    is_of_the_schema(TOOL, &result);
    assert_eq!(peer.next().await.unwrap(), json!({ "id": 0, "result": result }));
}

#[tokio::test]
async fn arguments_that_do_not_fit_are_told_with_their_place() {
    let (_client, mut peer, request) = tool(json!({ "city": [1] })).await;
    let error = request.read::<Place>().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidOutput);
    assert!(error.message().contains("`weather`") && error.message().contains("city"), "{error}");
    assert_eq!(error.answer(), Some(r#"{"city":[1]}"#));
    request.fail(error.to_string()).unwrap();
    let answer = peer.next().await.unwrap();
    assert_eq!(answer["result"]["success"], false);
    assert!(answer["result"]["contentItems"][0]["text"].as_str().unwrap().contains("city"), "{answer}");
}

#[tokio::test]
async fn a_result_has_texts_images_and_sound() {
    let (_client, mut peer, request) = tool(json!(null)).await;
    let content = [
        ToolContent::from("a map"),
        ToolContent::image("data:image/png;base64,AA=="),
        ToolContent::audio("data:audio/wav;base64,AA=="),
    ];
    request.respond(true, content).unwrap();
    let result = json!({ "success": true, "contentItems": [
        { "type": "inputText", "text": "a map" },
        { "type": "inputImage", "imageUrl": "data:image/png;base64,AA==" },
        { "type": "inputAudio", "audioUrl": "data:audio/wav;base64,AA==" },
    ] });
    is_of_the_schema(TOOL, &result);
    assert_eq!(peer.next().await.unwrap(), json!({ "id": 0, "result": result }));
}

/// Arguments are any JSON, numbers as they are written.
#[tokio::test]
async fn arguments_are_kept_as_they_came() {
    let (_client, mut peer, mut requests) = forwarding().await;
    let line = r#"{"id":0,"method":"item/tool/call","params":{"threadId":"t","turnId":"u","callId":"c","tool":"f","arguments": {"b":1.10,"a":12345678901234567890123} }}"#;
    peer.send_raw(format!("{line}\n").as_bytes()).await;
    let Some(ServerRequest::Tool(request)) = requests.next().await else { panic!("a tool's call") };
    assert_eq!(request.arguments.get(), r#"{"b":1.10,"a":12345678901234567890123}"#);
    assert_eq!(request.to_tool_call().arguments, request.arguments.get());
}

/// 3.4, other server requests: what has no type is answered with any JSON or an error.
#[tokio::test]
async fn requests_without_a_type_are_answered_with_any_json() {
    let (_client, mut peer, mut requests) = forwarding().await;
    let mut other = async |peer: &mut Peer, method: &str| {
        peer.ask(1, method, json!({ "threadId": "t7", "turnId": null, "x": [1] })).await;
        let Some(ServerRequest::Other(request)) = requests.next().await else { panic!("{method}") };
        assert_eq!(
            (&*request.method, request.thread_id.as_deref(), request.turn_id.as_deref()),
            (method, Some("t7"), None)
        );
        assert_eq!(request.problem, None);
        assert_eq!(request.read::<Value>().unwrap()["x"], json!([1]));
        request
    };
    let request = other(&mut peer, "attestation/generate").await;
    let result = json!({ "token": "proof" });
    is_of_the_schema("attestation/generate", &result);
    request.answer_raw(&result).unwrap();
    assert_eq!(peer.next().await.unwrap(), json!({ "id": 1, "result": result }));

    let request = other(&mut peer, "currentTime/read").await;
    request.answer_time(Duration::from_millis(1_795_174_906_755)).unwrap();
    let result = json!({ "currentTimeAt": 1_795_174_906 });
    is_of_the_schema("currentTime/read", &result);
    assert_eq!(peer.next().await.unwrap(), json!({ "id": 1, "result": result }));

    let request = other(&mut peer, "execCommandApproval").await;
    let result = json!({ "decision": "approved" });
    is_of_the_schema("execCommandApproval", &result);
    request.answer_raw(&result).unwrap();
    assert_eq!(peer.next().await.unwrap(), json!({ "id": 1, "result": result }));

    let request = other(&mut peer, "future/thing").await;
    assert_eq!(request.read::<u8>().unwrap_err().kind(), ErrorKind::Protocol);
    request.refuse(-32000, "not today").unwrap();
    let error = json!({ "code": -32000, "message": "not today" });
    assert_eq!(peer.next().await.unwrap(), json!({ "id": 1, "error": error }));
}

/// An answer that is no JSON is an error here, and declined there.
#[tokio::test]
async fn an_answer_that_is_no_json_is_declined() {
    let (_client, mut peer, request) = tool(json!({})).await;
    let error = request.answer_raw(&std::collections::HashMap::from([(vec![1], 2)])).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert_eq!(peer.next().await.unwrap()["result"]["success"], false);
}

/// Several tools at once: each call is in a task of its own, and each answer goes to its own call.
#[tokio::test]
async fn tools_are_called_at_once() {
    struct Meet(tokio::sync::Barrier);
    impl RequestHandler for Meet {
        async fn tool(&self, request: ToolRequest) {
            self.0.wait().await; // All sixteen must be under way before one of them goes on.
            let text = request.turn_id.clone();
            request.answer(text).unwrap();
        }
    }
    let meet = Meet(tokio::sync::Barrier::new(16));
    let (_client, mut peer) = Peer::connect(ClientOptions::new().with_handler(std::sync::Arc::new(meet))).await;
    for id in 0..16 {
        peer.ask(id, TOOL, params(&format!("turn {id}"))).await;
    }
    let mut seen = Vec::new();
    for _ in 0..16 {
        let answer = peer.next().await.unwrap();
        let id = answer["id"].as_i64().unwrap();
        assert_eq!(answer["result"]["contentItems"][0]["text"], format!("turn {id}"));
        seen.push(id);
    }
    seen.sort_unstable();
    assert_eq!(seen, (0..16).collect::<Vec<i64>>());
}
