//! The Gemini format, both halves, with texts alone.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::time::Duration;

use codex_ai::image::{GeneratedImage, ImageRequest};
use codex_ai::message::{Image, ToolCall, ToolResult};
use codex_ai::request::{Function, Tool, ToolChoice};
use codex_ai::stream::StreamItem;
use codex_ai::wire::gemini::{
    StreamDecoder, StreamEncoder, decode_error, decode_image_reply, decode_reply, decode_request, encode_error,
    encode_image_request, encode_reply, encode_request,
};
use codex_ai::wire::{Chunks, DecodeEvents, EncodeEvents, Target, imagen};
use codex_ai::{
    Chunk, Error, ErrorKind, FinishReason, Message, Options, Output, Part, Reply, Request, Role, Schema, Usage,
};
use proptest::prelude::*;
use serde_json::{Value, json};

fn sent(request: &Request) -> Value {
    serde_json::from_slice(&encode_request(request, &Target::new("m")).unwrap()).unwrap()
}

fn read(body: &Value) -> Request {
    decode_request("m", body.to_string().as_bytes()).unwrap().request
}

/// Reads frames, and returns the pieces and the whole.
fn stream(frames: &[Value]) -> codex_ai::Result<(Vec<Chunk>, Reply)> {
    let (mut decoder, mut chunks) = (StreamDecoder::new(), Chunks::new());
    for frame in frames {
        decoder.event("", &frame.to_string(), &mut chunks)?;
    }
    decoder.end(&mut chunks)?;
    let (mut pieces, mut whole) = (Vec::new(), None);
    while let Some(item) = chunks.pop() {
        match item {
            StreamItem::Chunk(chunk) => pieces.push(chunk),
            StreamItem::Done(reply) => whole = Some(*reply),
            _ => {}
        }
    }
    Ok((pieces, whole.unwrap()))
}

fn frame(parts: &Value) -> Value {
    json!({ "candidates": [{ "content": { "role": "model", "parts": parts }, "index": 0 }], "modelVersion": "m-1" })
}

#[test]
fn a_conversation_with_tools_comes_back_as_the_same_json() {
    let body = json!({
        "contents": [
            { "role": "user", "parts": [
                { "text": "Look" },
                { "inlineData": { "mimeType": "image/png", "data": "iVBORw==" } },
                { "fileData": { "fileUri": "https://example.com/a", "mimeType": "image/jpeg" }, "videoMetadata": { "fps": 1 } },
                { "fileData": { "fileUri": "gs://b/c.mp4", "mimeType": "video/mp4" } }
            ] },
            { "role": "model", "parts": [
                { "text": "Hm", "thought": true },
                { "functionCall": { "id": "c1", "name": "f", "args": { "a": 1.50, "b": [1e3] } }, "thoughtSignature": "sig" },
                { "functionCall": { "name": "g", "args": {} } },
                { "executableCode": { "language": "PYTHON", "code": "1" } },
                { "quantumState": { "spin": "up" } }
            ] },
            { "role": "user", "parts": [
                { "functionResponse": { "id": "c1", "name": "f", "response": { "output": "warm" } } },
                { "functionResponse": { "name": "g", "response": { "error": "no" }, "willContinue": false } }
            ] },
            { "role": "user", "parts": [
                { "functionResponse": { "name": "g", "response": { "x": [1] } } }, { "text": "and?" }
            ] }
        ],
        "systemInstruction": { "parts": [{ "text": "Be terse." }] },
        "tools": [
            { "functionDeclarations": [{ "name": "f", "description": "d", "parametersJsonSchema": { "type": "object" } }] },
            { "googleSearch": {} }
        ],
        "toolConfig": { "functionCallingConfig": { "mode": "ANY", "allowedFunctionNames": ["f"] }, "retrievalConfig": {} },
        "generationConfig": {
            "temperature": 0.0, "topP": 0.5, "topK": 40, "maxOutputTokens": 9, "stopSequences": ["END"], "seed": -1,
            "presencePenalty": 0.1, "frequencyPenalty": 0.2, "candidateCount": 1,
            "thinkingConfig": { "thinkingLevel": "LOW", "includeThoughts": true }
        },
        "safetySettings": [{ "category": "HARM_CATEGORY_HARASSMENT", "threshold": "OFF" }],
        "cachedContent": "cachedContents/1", "labels": { "a": "b" }, "serviceTier": "flex"
    });
    let request = read(&body);
    assert_eq!(request.system.as_deref(), Some("Be terse."));
    assert_eq!(request.options.reasoning_effort.as_deref(), Some("low"));
    assert_eq!(request.tool_choice, Some(ToolChoice::Function("f".into())));
    let roles: Vec<_> = request.messages.iter().map(|message| message.role).collect();
    assert_eq!(roles, [Role::User, Role::Assistant, Role::Tool, Role::User]);
    assert_eq!(request.messages[1].parts[0], Part::Reasoning("Hm".to_owned()));
    // The text of the arguments, and the signature that goes with them.
    let text = r#"{"a":1.5,"b":[1000.0]}"#;
    assert_eq!(request.messages[1].parts[1], Part::ToolCall(ToolCall::new("c1", "f", text)));
    assert_eq!(request.messages[1].parts[2], Part::Raw(json!({ "type": "functionCall", "thoughtSignature": "sig" })));
    let failed = ToolResult::new("", "no").with_name("g").as_error();
    assert_eq!(request.messages[2].parts[1], Part::ToolResult(failed));
    assert_eq!(sent(&request), body);
}

#[test]
fn snake_case_is_read_and_camel_case_is_sent() {
    let body = json!({
        "contents": { "parts": [
            { "inline_data": { "mime_type": "image/png", "data": "_-8=" } },
            { "function_call": { "name": "f" }, "thought_signature": "s" }
        ], "role": "model" },
        "system_instruction": { "parts": [{ "text": "a" }, { "text": "b" }] },
        "generation_config": { "max_output_tokens": 7.0, "thinking_config": { "thinking_budget": 0 } },
        "tools": { "function_declarations": { "name": "f", "parameters_json_schema": { "type": "object" } } },
        "tool_config": { "function_calling_config": { "mode": "AUTO" } }
    });
    // Google reads both alphabets of base64; the usual one is sent.
    let picture = json!({ "inlineData": { "mimeType": "image/png", "data": "/+8=" } });
    assert_eq!(
        sent(&read(&body)),
        json!({
            "contents": [{ "role": "model", "parts": [picture, { "functionCall": { "name": "f", "args": {} }, "thoughtSignature": "s" }] }],
            "systemInstruction": { "parts": [{ "text": "a" }, { "text": "b" }] },
            "generationConfig": { "maxOutputTokens": 7, "thinkingConfig": { "thinkingBudget": 0 } },
            "tools": [{ "functionDeclarations": [{ "name": "f", "parametersJsonSchema": { "type": "object" } }] }],
            "toolConfig": { "functionCallingConfig": { "mode": "AUTO" } }
        })
    );
}

#[test]
fn results_are_named_and_those_of_one_turn_stand_together() {
    let call = |id: &str, name: &str| Part::ToolCall(ToolCall::new(id, name, "{}"));
    let result = |id: &str, output: &str| Message::new(Role::Tool, vec![Part::ToolResult(ToolResult::new(id, output))]);
    let mut request = Request::new(vec![
        Message::user("Hi"),
        Message::new(Role::Assistant, vec![call("a", "first"), call("b", "second")]),
        result("a", "12 degrees"),
        result("b", r#"{"sky":"blue"}"#),
    ]);
    let parts = &sent(&request)["contents"][2]["parts"];
    assert_eq!(
        parts[0]["functionResponse"],
        json!({ "id": "a", "name": "first", "response": { "output": "12 degrees" } })
    );
    assert_eq!(parts[1]["functionResponse"], json!({ "id": "b", "name": "second", "response": { "sky": "blue" } }));
    request.messages.push(result("unknown", "x"));
    let error = encode_request(&request, &Target::new("m")).unwrap_err();
    assert_eq!((error.kind(), error.problems()[0].path.as_str()), (ErrorKind::Unsupported, "messages[4].parts[0]"));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_output_of_a_tool_comes_back_as_it_was(text in "(\\{\"output\":\"|\\{\"a\":|[a-z\"{}\\\\]){0,6}.{0,8}", wraps in 0_usize..4) {
        let mut output = text;
        for _ in 0..wraps {
            output = json!({ "output": output }).to_string();
        }
        let part = Part::ToolResult(ToolResult::new("", output).with_name("f"));
        let request = Request::new(vec![Message::new(Role::Tool, vec![part])]);
        let body = encode_request(&request, &Target::new("m")).unwrap();
        prop_assert_eq!(decode_request("m", &body).unwrap().request.messages, request.messages);
    }

    #[test]
    fn no_body_makes_a_reader_panic(text in "[\\[\\]{}\":,a-z0-9 ]{0,60}") {
        let _ = decode_reply(text.as_bytes());
        let _ = decode_request("m", text.as_bytes());
        let _ = decode_error(400, text.as_bytes(), "");
        let _ = imagen::decode_reply(text.as_bytes(), None);
        let _ = imagen::decode_request("m", text.as_bytes());
        let _ = StreamDecoder::new().event("", &text, &mut Chunks::new());
    }
}

#[test]
fn a_schema_goes_in_geminis_form_and_an_own_one_as_it_is() {
    let value = json!({
        "type": "object",
        "properties": {
            "code": { "type": "string", "pattern": "^[A-Z]+$", "description": "The code.", "default": "A" },
            "age": { "type": "integer", "exclusiveMinimum": 0 },
            "kind": { "const": "x" },
            "next": { "$ref": "#", "description": "The one after." }
        },
        "required": ["code"]
    });
    let schema = std::sync::Arc::new(Schema::new("Point", value.clone()).unwrap());
    let body = sent(&Request::new(vec![Message::user("Hi")]).with_output(Output::Schema(schema)));
    let config = &body["generationConfig"];
    assert_eq!(config["responseMimeType"], "application/json");
    let properties = &config["responseJsonSchema"]["properties"];
    let words = "The code. The default is \"A\". Matches the regular expression `^[A-Z]+$`.";
    assert_eq!(properties["code"], json!({ "type": "string", "description": words }));
    assert_eq!(properties["age"], json!({ "type": "integer", "minimum": 1 }));
    assert_eq!(properties["kind"], json!({ "type": "string", "enum": ["x"] }));
    assert_eq!(properties["next"], json!({ "description": "The one after.", "anyOf": [{ "$ref": "#" }] }));
    assert_eq!(config["responseJsonSchema"]["required"], json!(["code"]));

    // What a client sends is sent on as it came, whichever form it has.
    for (name, schema) in
        [("responseJsonSchema", value), ("responseSchema", json!({ "type": "OBJECT", "nullable": true }))]
    {
        let body = json!({
            "contents": [{ "role": "user", "parts": [{ "text": "x" }] }],
            "generationConfig": { "responseMimeType": "application/json", (name): schema }
        });
        let request = read(&body);
        assert_eq!(matches!(request.output, Output::Schema(_)), name == "responseJsonSchema");
        assert_eq!(sent(&request), body);
    }
}

#[test]
fn schemas_that_are_all_meant_become_one_and_may_not_multiply() {
    let form = |value: Value| {
        let raw = Schema::new("S", value)?
            .wire(codex_ai::schema::WireForm::Gemini)
            .map(codex_ai::schema::WireSchema::as_raw)?
            .to_string();
        Ok::<Value, Error>(serde_json::from_str(&raw).unwrap())
    };
    let both = json!({
        "$defs": { "Base": { "type": "object", "properties": { "a": { "type": "string" } }, "required": ["a"] } },
        "allOf": [{ "$ref": "#/$defs/Base" }, { "properties": { "b": { "type": "null" } }, "required": ["b"] }]
    });
    let form_of_both = form(both).unwrap();
    assert_eq!(form_of_both["properties"], json!({ "a": { "type": "string" }, "b": { "type": "null" } }));
    assert_eq!(form_of_both["required"], json!(["a", "b"]));
    let double = |to: &str| json!({ "properties": { "x": { "allOf": [{ "$ref": to }, { "$ref": to }] } } });
    let endless = json!({ "$defs": { "A": double("#/$defs/A") }, "properties": { "a": { "$ref": "#/$defs/A" } } });
    let error = form(endless).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Schema);
    assert_eq!(error.problems().len(), 1, "{error}");
}

#[test]
fn what_cannot_be_sent_is_told_at_once_with_paths() {
    let request = Request::new(vec![
        Message::new(Role::User, vec![Part::Refusal("no".to_owned()), Part::Raw(json!({ "type": "x" }))]),
        Message::new(Role::Assistant, vec![Part::ToolCall(ToolCall::new("a", "f", "[1]"))]),
    ])
    .with_options(Options::new().with_parallel_tool_calls(false).with_reasoning_effort("none"));
    let error = encode_request(&request, &Target::new("m")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    let paths: Vec<_> = error.problems().iter().map(|problem| problem.path.as_str()).collect();
    assert_eq!(
        paths,
        [
            "messages[0].parts[0]",
            "messages[0].parts[1]",
            "messages[1].parts[0]",
            "options.parallel_tool_calls",
            "options.reasoning_effort"
        ]
    );
    let twice = Options::new().with_top_p(0.5).with_extra("generationConfig", json!({ "top_p": 1 }));
    let error =
        encode_request(&Request::new(vec![Message::user("x")]).with_options(twice), &Target::new("m")).unwrap_err();
    assert_eq!(
        (error.kind(), error.problems()[0].path.as_str()),
        (ErrorKind::InvalidRequest, "options.extra.generationConfig.top_p")
    );
    let error = decode_request("m", br#"{"contents":[{"role":"system","parts":[]}],"generationConfig":{"topK":-1}}"#)
        .unwrap_err();
    let paths: Vec<_> = error.problems().iter().map(|problem| problem.path.as_str()).collect();
    assert_eq!(paths, ["contents[0].role", "generationConfig.topK"]);
}

#[test]
fn a_strict_function_is_validated() {
    let tool = Tool::Function(Function::new("f").with_strict(true));
    let body = sent(&Request::new(vec![Message::user("x")]).with_tools([tool]));
    assert_eq!(body["toolConfig"], json!({ "functionCallingConfig": { "mode": "VALIDATED" } }));
}

#[test]
fn an_answer_is_read_and_written() {
    let body = json!({
        "candidates": [
            { "content": { "role": "model", "parts": [
                { "text": "Think", "thought": true }, { "text": "Hi", "thoughtSignature": "s" },
                { "functionCall": { "name": "f", "args": { "a": 1 } } },
                { "inlineData": { "mimeType": "image/webp", "data": "AAEC" } }, { "novelty": 1 }
            ] }, "finishReason": "STOP", "index": 0, "groundingMetadata": {} },
            { "content": { "parts": [{ "text": "Other" }] }, "index": 1 }
        ],
        "usageMetadata": { "promptTokenCount": 5, "candidatesTokenCount": 6, "thoughtsTokenCount": 7,
            "cachedContentTokenCount": 2, "toolUsePromptTokenCount": 3, "totalTokenCount": 21 },
        "modelVersion": "m-1", "responseId": "r"
    });
    let reply = decode_reply(body.to_string().as_bytes()).unwrap();
    assert_eq!(reply.text(), "Hi");
    assert_eq!(reply.finish_reason, FinishReason::ToolCalls);
    assert_eq!(reply.vendor_finish_reason.as_deref(), Some("STOP"));
    assert_eq!((reply.model.as_str(), reply.id.as_deref()), ("m-1", Some("r")));
    let usage = reply.usage.unwrap();
    assert_eq!((usage.input_tokens, usage.output_tokens, usage.cached_tokens, usage.reasoning_tokens), (8, 13, 2, 7));
    assert!(reply.parts.contains(&Part::Image(Image::bytes(vec![0, 1, 2], "image/webp"))));
    assert_eq!(reply.parts.last(), Some(&Part::Raw(json!({ "novelty": 1 }))));
    let again = encode_reply(&reply, 0).unwrap();
    assert_eq!(decode_reply(&again).unwrap(), reply);
    let (_, streamed) = stream(&[body]).unwrap();
    assert_eq!(streamed, reply);
    let raw = streamed.raw_json();
    assert_eq!(raw["candidates"][1]["content"]["parts"][0]["text"], "Other");
    assert!(raw["candidates"][0].get("groundingMetadata").is_some());
}

#[test]
fn arguments_are_the_very_text_that_the_model_wrote() {
    let arguments = r#"{ "a": 1.50, "big": 123456789012345678901234567890, "a": 2 }"#;
    let body = format!(
        r#"{{"candidates":[{{"content":{{"parts":[{{"functionCall":{{"name":"f","args":{arguments}}}}}]}},"finishReason":"STOP"}}]}}"#
    );
    let reply = decode_reply(body.as_bytes()).unwrap();
    assert_eq!(reply.parts, [Part::ToolCall(ToolCall::new("", "f", arguments))]);
    assert!(String::from_utf8(encode_reply(&reply, 0).unwrap().to_vec()).unwrap().contains(arguments));
}

#[test]
fn a_blocked_prompt_is_an_answer_that_says_so() {
    let body = json!({ "promptFeedback": { "blockReason": "OTHER" }, "usageMetadata": { "promptTokenCount": 4 } });
    let reply = decode_reply(body.to_string().as_bytes()).unwrap();
    assert_eq!(reply.finish_reason, FinishReason::ContentFilter);
    assert_eq!(reply.vendor_finish_reason.as_deref(), Some("OTHER"));
    assert!(reply.parts.is_empty());
    assert_eq!(decode_reply(&encode_reply(&reply, 0).unwrap()).unwrap(), reply);
    assert_eq!(stream(&[body]).unwrap().1, reply);
    let mut foreign = reply.clone();
    foreign.vendor_finish_reason = Some("content_filter".into());
    let body: Value = serde_json::from_slice(&encode_reply(&foreign, 0).unwrap()).unwrap();
    assert_eq!(body["candidates"][0]["finishReason"], "SAFETY");
    for (said, meant) in [("MAX_TOKENS", FinishReason::Length), ("SAFETY", FinishReason::ContentFilter)] {
        let body = json!({ "candidates": [{ "finishReason": said }] });
        let reply = decode_reply(body.to_string().as_bytes()).unwrap();
        assert_eq!(reply.finish_reason, meant);
        assert_eq!(decode_reply(&encode_reply(&reply, 0).unwrap()).unwrap(), reply);
    }
    assert_eq!(decode_reply(b"{\"a\":1}").unwrap_err().kind(), ErrorKind::Protocol);
    assert_eq!(decode_reply(b"{\"candidates\":[").unwrap_err().kind(), ErrorKind::Incomplete);
}

#[test]
fn one_odd_field_does_not_lose_an_answer() {
    let body = json!({ "candidates": [{ "content": { "parts": [{ "text": "Hi" }, { "text": 5 }] }, "finishReason": 3,
        "index": "0" }], "usageMetadata": { "promptTokenCount": "12" }, "modelVersion": null });
    let reply = decode_reply(body.to_string().as_bytes()).unwrap();
    assert_eq!(reply.parts, [Part::Text("Hi".to_owned()), Part::Raw(json!({ "text": 5 }))]);
    assert_eq!(reply.finish_reason, FinishReason::Other("3".to_owned()));
    assert_eq!(reply.usage, Some(Usage::new(12, 0)));
    let deep = format!(
        "{{\"candidates\":[{{\"content\":{{\"parts\":[{{\"text\":\"Hi\"}},{{\"x\":{}{}}}]}}}}]}}",
        "[".repeat(5_000),
        "]".repeat(5_000)
    );
    assert_eq!(decode_reply(deep.as_bytes()).unwrap().text(), "Hi");
}

#[test]
fn a_stream_is_put_together_and_written_again() {
    let frames = [
        frame(&json!([{ "text": "Hm", "thought": true }])),
        frame(&json!([{ "text": "Hel" }])),
        frame(&json!([{ "text": "lo" }])),
        frame(&json!([{ "text": "", "thoughtSignature": "s1" }])),
        frame(&json!([{ "functionCall": { "id": "c", "name": "f", "args": { "a": 1 } }, "thoughtSignature": "s2" }])),
        json!({ "candidates": [{ "content": { "parts": [{ "text": "" }] }, "finishReason": "STOP" }],
            "usageMetadata": { "promptTokenCount": 1, "candidatesTokenCount": 2 }, "responseId": "r" }),
    ];
    let (chunks, reply) = stream(&frames).unwrap();
    assert_eq!(
        reply.parts,
        [
            Part::Reasoning("Hm".to_owned()),
            Part::Text("Hello".to_owned()),
            Part::Raw(json!({ "type": "text", "thoughtSignature": "s1" })),
            Part::ToolCall(ToolCall::new("c", "f", r#"{"a":1}"#)),
            Part::Raw(json!({ "type": "functionCall", "thoughtSignature": "s2" })),
        ]
    );
    assert_eq!(reply.finish_reason, FinishReason::ToolCalls);
    let mut encoder = StreamEncoder::new("r", "m-1", 0);
    let mut out = Vec::new();
    for chunk in &chunks {
        encoder.chunk(chunk, &mut out).unwrap();
    }
    encoder.done(&reply, &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    let frames: Vec<Value> = text
        .split("\r\n\r\n")
        .filter(|frame| !frame.is_empty())
        .map(|frame| serde_json::from_str(frame.strip_prefix("data: ").unwrap()).unwrap())
        .collect();
    let (again_chunks, again) = stream(&frames).unwrap();
    assert_eq!((again_chunks, again), (chunks, reply));
}

#[test]
fn a_stream_without_a_reason_is_incomplete_and_an_error_is_the_vendors() {
    let error = stream(&[frame(&json!([{ "text": "Hel" }]))]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Incomplete);
    let told = json!({ "error": { "code": 503, "message": "overloaded", "status": "UNAVAILABLE" } });
    let error = stream(&[frame(&json!([{ "text": "Hel" }])), told.clone()]).unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::Server, Some("UNAVAILABLE")));
    assert_eq!(stream(&[json!([told])]).unwrap_err().kind(), ErrorKind::Server);
    let mut out = Vec::new();
    StreamEncoder::new("", "m", 0).error(&Error::new(ErrorKind::Timeout, "too long"), &mut out);
    let text = String::from_utf8(out).unwrap();
    let event = serde_json::from_str(text.trim().strip_prefix("data: ").unwrap()).unwrap();
    assert_eq!(stream(&[event]).unwrap_err().kind(), ErrorKind::Timeout);
}

#[test]
fn errors_tell_what_google_means() {
    let of = |code: u16, status: &str, details: Value| {
        let body = json!([{ "error": { "code": code, "message": "m AIza-secret-key", "status": status, "details": details } }]);
        decode_error(code, body.to_string().as_bytes(), "AIza-secret-key")
    };
    let wait = json!([{ "@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "47.434392449s" }]);
    let error = of(429, "RESOURCE_EXHAUSTED", wait);
    assert_eq!(
        (error.kind(), error.status(), error.code()),
        (ErrorKind::RateLimit, Some(429), Some("RESOURCE_EXHAUSTED"))
    );
    assert_eq!(error.retry_after().map(|wait| wait.as_millis()), Some(47_434));
    assert!(!error.to_string().contains("AIza"));
    let daily = json!([{ "violations": [{ "quotaId": "GenerateRequestsPerDayPerProject" }] }]);
    let error = of(429, "RESOURCE_EXHAUSTED", daily);
    assert_eq!((error.kind(), error.status()), (ErrorKind::Quota, Some(429)));
    let error = of(400, "INVALID_ARGUMENT", json!([{ "reason": "API_KEY_INVALID" }]));
    assert_eq!((error.kind(), error.status()), (ErrorKind::Authentication, Some(400)));
    assert_eq!(decode_error(502, b"<html>bad</html>", "").kind(), ErrorKind::Server);
    for kind in [
        ErrorKind::Authentication,
        ErrorKind::Permission,
        ErrorKind::NotFound,
        ErrorKind::RateLimit,
        ErrorKind::Quota,
        ErrorKind::Timeout,
        ErrorKind::InvalidRequest,
        ErrorKind::Server,
    ] {
        let (status, body) = encode_error(&Error::new(kind, "x").with_retry_after(Duration::from_millis(1_500)));
        let error = decode_error(status, &body, "");
        assert_eq!((error.kind(), error.retry_after()), (kind, Some(Duration::from_millis(1_500))));
    }
}

#[test]
fn pictures_are_asked_for_and_read() {
    let request = ImageRequest::new("A map")
        .with_size("2K")
        .with_aspect_ratio("16:9")
        .with_mime_type("image/webp")
        .with_input_image(Image::bytes(vec![0, 1, 2], "image/png"));
    let body: Value = serde_json::from_slice(&encode_image_request(&request).unwrap()).unwrap();
    assert_eq!(
        body,
        json!({
            "contents": [{ "role": "user", "parts": [
                { "text": "A map" }, { "inlineData": { "mimeType": "image/png", "data": "AAEC" } }
            ] }],
            "generationConfig": {
                "responseModalities": ["IMAGE"], "imageConfig": { "imageSize": "2K", "aspectRatio": "16:9" }
            }
        })
    );
    let error = encode_image_request(&request.with_quality("high").with_background("opaque")).unwrap_err();
    assert_eq!((error.kind(), error.problems().len()), (ErrorKind::Unsupported, 2));
    let answer = json!({ "candidates": [{ "content": { "parts": [
        { "inlineData": { "mimeType": "image/png", "data": "BBBB" }, "thought": true },
        { "text": "Here" }, { "inlineData": { "mimeType": "image/jpeg", "data": "AAEC" } }
    ] }, "finishReason": "STOP" }] });
    let image = decode_image_reply(answer.to_string().as_bytes(), Some("image/webp")).unwrap();
    assert_eq!((image.bytes.as_ref(), image.mime_type.as_str()), (&[0, 1, 2][..], "image/jpeg"));
    let none = json!({ "candidates": [{ "content": { "parts": [{ "text": "Sorry" }] }, "finishReason": "IMAGE_SAFETY",
        "finishMessage": "too close to a real person" }], "usageMetadata": { "promptTokenCount": 3 } });
    let error = decode_image_reply(none.to_string().as_bytes(), None).unwrap_err();
    assert_eq!((error.kind(), error.answer()), (ErrorKind::Filtered, Some("Sorry")));
    assert!(error.message().contains("IMAGE_SAFETY") && error.message().contains("real person"), "{error}");
    assert_eq!(error.usage(), Some(&Usage::new(3, 0)));
}

#[test]
fn imagen_speaks_both_ways() {
    let body = json!({
        "instances": [{ "prompt": "A banner" }],
        "parameters": { "sampleCount": 2, "aspectRatio": "16:9", "sampleImageSize": "2K", "language": "en",
            "outputOptions": { "mimeType": "image/jpeg", "compressionQuality": 80 }, "includeRaiReason": true }
    });
    let request = imagen::decode_request("imagen", body.to_string().as_bytes()).unwrap();
    assert_eq!((request.prompt.as_str(), request.mime_type.as_deref()), ("A banner", Some("image/jpeg")));
    let again: Value = serde_json::from_slice(&imagen::encode_request(&request).unwrap()).unwrap();
    assert_eq!(again, body);
    let error = imagen::encode_request(&request.with_input_image(Image::url("https://example.com/a"))).unwrap_err();
    assert_eq!((error.kind(), error.problems()[0].path.as_str()), (ErrorKind::Unsupported, "input_images"));

    let images = [GeneratedImage::new(vec![1], "image/png"), GeneratedImage::new(vec![2], "image/jpeg")];
    assert_eq!(imagen::decode_reply(&imagen::encode_reply(&images).unwrap(), None).unwrap(), images);
    let filtered = json!({ "predictions": [{ "raiFilteredReason": "code 42" }, { "contentType": "Positive Prompt" }] });
    let error = imagen::decode_reply(filtered.to_string().as_bytes(), None).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Filtered);
    assert!(error.message().contains("code 42"), "{error}");
    assert_eq!(imagen::decode_reply(b"{}", None).unwrap_err().kind(), ErrorKind::Empty);
}
