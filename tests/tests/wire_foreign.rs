//! A conversation that began at one vendor and goes on at another: what the answers of each format leave in it goes into
//! requests of each other format.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use codex_ai::message::{Image, ToolCall, ToolResult};
use codex_ai::wire::openai_chat::{self, Dialect};
use codex_ai::wire::{Target, anthropic, gemini, openai_responses};
use codex_ai::{CachePoint, Error, ErrorKind, Message, Part, Reply, Request, Role};
use serde_json::{Value, json};

const FORMATS: [&str; 4] = ["responses", "chat", "anthropic", "gemini"];

fn encode(format: &str, request: &Request) -> Result<Value, Error> {
    let target = Target::new("m");
    let body = match format {
        "responses" => openai_responses::encode_request(request, &target),
        "chat" => openai_chat::encode_request(request, &target, &Dialect::OPENAI),
        "anthropic" => anthropic::encode_request(request, &target),
        _ => gemini::encode_request(request, &target),
    };
    body.map(|body| serde_json::from_slice(&body).unwrap())
}

fn decode(format: &str, content: &Value) -> Reply {
    let body = match format {
        "responses" => json!({ "id": "1", "model": "m", "status": "completed", "output": content }),
        "chat" => json!({ "id": "1", "model": "m", "choices": [{ "message": content, "finish_reason": "stop" }] }),
        "anthropic" => json!({ "id": "1", "model": "m", "content": content, "stop_reason": "end_turn" }),
        _ => json!({ "candidates": [{ "content": { "role": "model", "parts": content }, "finishReason": "STOP" }] }),
    };
    let body = body.to_string().into_bytes();
    let reply = match format {
        "responses" => openai_responses::decode_reply(&body),
        "chat" => openai_chat::decode_reply(&body),
        "anthropic" => anthropic::decode_reply(&body),
        _ => gemini::decode_reply(&body),
    };
    reply.unwrap()
}

/// What each vendor says in an answer that thinks, speaks and calls, with all that stands beside it.
fn full(format: &str) -> Value {
    match format {
        "responses" => json!([
            { "type": "reasoning", "id": "rs_0", "summary": [], "encrypted_content": "SECRET" },
            { "type": "reasoning", "id": "rs_1", "summary": [{ "type": "summary_text", "text": "Hm." }], "encrypted_content": "SECRET" },
            { "type": "message", "id": "msg_0", "role": "assistant", "phase": "commentary", "content": [{ "type": "output_text", "text": "SECRET" }] },
            { "type": "message", "id": "msg_1", "role": "assistant", "phase": "final_answer", "content": [
                { "type": "output_text", "text": "Blue.", "annotations": [{ "type": "url_citation", "url": "SECRET" }] },
            ] },
            { "type": "function_call", "id": "fc_1", "call_id": "c1", "name": "paint", "arguments": "{\"x\":1}", "namespace": "SECRET" },
        ]),
        "chat" => json!({
            "role": "assistant", "content": [
                { "type": "thinking", "thinking": [{ "type": "text", "text": "Hm." }], "closed": true },
                { "type": "text", "text": "Blue." },
            ],
            "reasoning_details": [{ "type": "reasoning.encrypted", "data": "SECRET" }],
            "tool_calls": [{ "id": "c1", "type": "function", "function": { "name": "paint", "arguments": "{\"x\":1}" }, "extra_content": "SECRET" }],
        }),
        "anthropic" => json!([
            { "type": "thinking", "thinking": "Hm.", "signature": "SECRET" },
            { "type": "redacted_thinking", "data": "SECRET" },
            { "type": "text", "text": "Blue.", "citations": [{ "type": "char_location", "cited_text": "SECRET" }] },
            { "type": "tool_use", "id": "c1", "name": "paint", "input": { "x": 1 }, "caller": { "type": "SECRET" } },
        ]),
        _ => json!([
            { "text": "Hm.", "thought": true },
            { "text": "Blue.", "thoughtSignature": "SECRET" },
            { "functionCall": { "id": "c1", "name": "paint", "args": { "x": 1 } }, "thoughtSignature": "SECRET" },
        ]),
    }
}

#[test]
fn a_conversation_goes_on_at_every_other_vendor() {
    for from in FORMATS {
        let mut reply = decode(from, &full(from));
        assert!(reply.parts.iter().any(|part| matches!(part, Part::Raw(_))), "{from}");
        let said = std::mem::take(&mut reply.parts);
        let result = Part::ToolResult(ToolResult::new("c1", "done").with_name("paint"));
        let request = Request::new(vec![
            Message::user("Which colour?"),
            Message::new(Role::Assistant, said),
            Message::new(Role::Tool, vec![result, Part::CachePoint(CachePoint::new())]),
        ]);
        for to in FORMATS {
            let body = encode(to, &request).unwrap_or_else(|error| panic!("{from} to {to}: {error:?}")).to_string();
            assert!(
                body.contains("Blue.") && body.contains("paint") && body.contains("done"),
                "{from} to {to}: {body}"
            );
            // Its own vendor gets all of it back, another nothing that only the first can read.
            assert_eq!(body.contains("SECRET"), from == to, "{from} to {to}: {body}");
            let takes_thinking = from == to || to == "gemini";
            let takes_thinking = takes_thinking && !(to == "chat" && from != "chat");
            assert_eq!(body.contains("Hm."), takes_thinking, "{from} to {to}: {body}");
        }
    }
}

#[test]
fn content_that_only_its_vendor_can_read_is_told_with_its_path() {
    let cases = [
        (
            "responses",
            json!([{ "type": "reasoning", "id": "r", "summary": [] }, { "type": "web_search_call", "id": "ws_1", "status": "completed" }]),
        ),
        ("chat", json!({ "reasoning_details": [1], "content": [{ "type": "file", "file": { "file_id": "f" } }] })),
        (
            "anthropic",
            json!([{ "type": "redacted_thinking", "data": "D" }, { "type": "server_tool_use", "id": "s", "name": "web_search", "input": {} }]),
        ),
        (
            "gemini",
            json!([{ "text": "", "thoughtSignature": "S" }, { "executableCode": { "language": "PYTHON", "code": "1" } }]),
        ),
    ];
    for (from, content) in cases {
        let parts = decode(from, &content).parts;
        let place = parts.len() - 1;
        let request = Request::new(vec![Message::user("Go on."), Message::new(Role::Assistant, parts)]);
        for to in FORMATS {
            match encode(to, &request) {
                Ok(_) => assert_eq!(from, to),
                Err(error) => {
                    assert_ne!(from, to, "{error:?}");
                    assert_eq!(error.kind(), ErrorKind::Unsupported);
                    assert_eq!(error.problems()[0].path, format!("messages[1].parts[{place}]"), "{from} to {to}");
                    assert_eq!(error.problems().len(), 1, "{from} to {to}: {error:?}");
                }
            }
        }
    }
}

#[test]
fn paths_are_those_of_the_whole_conversation() {
    let thought = Part::Raw(json!({ "type": "thinking", "signature": "S" }));
    let picture = Part::Image(Image::url("https://example.com/a.png"));
    let request = Request::new(vec![
        Message::user("Draw."),
        Message::new(Role::Assistant, vec![Part::Reasoning("Hm.".into()), thought.clone()]),
        Message::new(Role::Assistant, vec![Part::Reasoning("Hm.".into()), thought, picture]),
    ]);
    for to in ["responses", "chat"] {
        let error = encode(to, &request).unwrap_err();
        assert_eq!(error.problems()[0].path, "messages[2].parts[2]", "{to}: {error:?}");
    }
}

#[test]
fn a_cache_point_is_refused_nowhere() {
    let point = || Part::CachePoint(CachePoint::new());
    let call = Part::ToolCall(ToolCall::new("c", "f", "{}"));
    let result = Part::ToolResult(ToolResult::new("c", "1").with_name("f"));
    let request = Request::new(vec![
        Message::new(Role::System, vec![point(), Part::Text("Be brief.".into()), point()]),
        Message::new(Role::User, vec![point(), Part::Text("Hi".into()), point(), point()]),
        Message::new(Role::Assistant, vec![point(), Part::Text("Yes".into()), point(), call, point()]),
        Message::new(Role::Tool, vec![point(), result, point()]),
    ]);
    for to in FORMATS {
        encode(to, &request).unwrap_or_else(|error| panic!("{to}: {error:?}"));
    }
}
