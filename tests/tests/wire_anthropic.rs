//! The codec of Anthropic's Messages API, without a socket: both halves fit each other.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::sync::Arc;

use codex_ai::message::{CachePoint, Image, ToolCall, ToolResult};
use codex_ai::request::{Function, Tool, ToolChoice};
use codex_ai::stream::StreamItem;
use codex_ai::wire::anthropic::{
    DEFAULT_MAX_TOKENS, StreamDecoder, StreamEncoder, decode_error, decode_reply, decode_request, encode_error,
    encode_reply, encode_request,
};
use codex_ai::wire::{Chunks, DecodeEvents, EncodeEvents, Target};
use codex_ai::{
    Chunk, Error, ErrorKind, FinishReason, Message, Options, Output, Part, Reply, Request, Role, Schema, Usage,
};
use proptest::prelude::*;
use serde_json::{Value, json};

const MODEL: &str = "claude-test";

fn written(request: &Request) -> Value {
    serde_json::from_slice(&encode_request(request, &Target::new(MODEL)).unwrap()).unwrap()
}

/// The pieces and the reply of events as an SSE body has them.
fn read_stream(body: &str) -> codex_ai::Result<(Vec<Chunk>, Reply)> {
    let (mut decoder, mut chunks, mut pieces) = (StreamDecoder::new(), Chunks::new(), Vec::new());
    for event in body.split_terminator("\n\n") {
        let (name, data) = event.split_once('\n').unwrap();
        let name = name.strip_prefix("event: ").unwrap();
        decoder.event(name, data.strip_prefix("data: ").unwrap(), &mut chunks)?;
    }
    while let Some(item) = chunks.pop() {
        match item {
            StreamItem::Chunk(chunk) => pieces.push(chunk),
            StreamItem::Done(reply) => return Ok((pieces, *reply)),
            _ => {}
        }
    }
    Err(decoder.end(&mut chunks).unwrap_err())
}

fn write_stream(pieces: &[Chunk], reply: &Reply) -> String {
    let mut encoder = StreamEncoder::new(reply.id.as_deref().unwrap_or_default(), &reply.model, 0);
    let mut out = Vec::new();
    for piece in pieces {
        encoder.chunk(piece, &mut out).unwrap();
    }
    encoder.done(reply, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn events(list: &[Value]) -> String {
    list.iter().map(|event| format!("event: {}\ndata: {event}\n\n", event["type"].as_str().unwrap())).collect()
}

/// A request with everything that the format has, as others write it.
fn full_body() -> Value {
    json!({
        "model": MODEL, "max_tokens": 7,
        "system": [
            { "type": "text", "text": "Be kind." },
            { "type": "text", "text": "Be brief.", "cache_control": { "type": "ephemeral", "ttl": "1h" } },
        ],
        "messages": [
            { "role": "user", "content": [
                { "type": "image", "source": { "type": "base64", "media_type": "image/png", "data": "AQID" } },
                { "type": "image", "source": { "type": "url", "url": "https://example.com/a.png" } },
                { "type": "image", "source": { "type": "file", "file_id": "file_1" } },
                { "type": "document", "source": { "type": "text", "media_type": "text/plain", "data": "d" }, "title": "t" },
                { "type": "text", "text": "See", "cache_control": { "type": "ephemeral" } },
            ] },
            { "role": "assistant", "content": [
                { "type": "thinking", "thinking": "Hm.", "signature": "c2ln" },
                { "type": "redacted_thinking", "data": "eA==" },
                { "type": "text", "text": "I", "citations": [{ "type": "char_location", "cited_text": "d" }] },
                { "type": "text", "text": " call." },
                { "type": "server_tool_use", "id": "s1", "name": "web_search", "input": { "query": "q" } },
                { "type": "web_search_tool_result", "tool_use_id": "s1", "content": [] },
                { "type": "tool_use", "id": "t1", "name": "f", "input": { "b": 1, "a": [1.50] }, "caller": { "type": "direct" } },
                { "type": "tool_use", "id": "t2", "name": "g", "input": {}, "cache_control": { "type": "ephemeral" } },
            ] },
            { "role": "user", "content": [
                { "type": "tool_result", "tool_use_id": "t1", "content": "1", "is_error": true },
                { "type": "tool_result", "tool_use_id": "t2", "content": [
                    { "type": "text", "text": "2" },
                    { "type": "image", "source": { "type": "base64", "media_type": "image/png", "data": "AQID" } },
                ], "cache_control": { "type": "ephemeral", "ttl": "5m" } },
            ] },
            { "role": "user", "content": "And?" },
            { "role": "system", "content": "Hurry." },
        ],
        "temperature": 0.0, "top_p": 0.5, "top_k": 3, "stop_sequences": ["END"],
        "output_config": {
            "effort": "low", "new": 1,
            "format": { "type": "json_schema", "schema": {
                "type": "object", "properties": { "ok": { "type": "boolean" } }, "required": ["ok"],
                "additionalProperties": false,
            } },
        },
        "thinking": { "type": "adaptive" }, "metadata": { "user_id": "u1" }, "service_tier": "auto",
        "tools": [
            { "name": "f", "description": "F", "input_schema": { "type": "object" }, "strict": true,
              "cache_control": { "type": "ephemeral" }, "defer_loading": true },
            { "type": "web_search_20250305", "name": "web_search", "max_uses": 2 },
        ],
        "tool_choice": { "type": "tool", "name": "f", "disable_parallel_tool_use": true },
        "stream": true,
    })
}

#[test]
fn a_body_read_and_written_is_the_same() {
    let body = full_body();
    let incoming = decode_request(body.to_string().as_bytes()).unwrap();
    let again = encode_request(&incoming.request, &Target::new(MODEL).streamed()).unwrap();
    assert_eq!(serde_json::from_slice::<Value>(&again).unwrap(), body);
}

#[test]
fn a_server_reads_what_others_write() {
    let incoming = decode_request(full_body().to_string().as_bytes()).unwrap();
    assert!(incoming.stream);
    let request = incoming.request;
    assert_eq!(request.messages[0].role, Role::System);
    assert_eq!(request.messages[0].parts[2], Part::CachePoint(CachePoint::new().with_ttl("1h")));
    let user = &request.messages[1].parts;
    assert_eq!(user[0], Part::Image(Image::bytes(vec![1, 2, 3], "image/png")));
    assert_eq!(user[1], Part::Image(Image::url("https://example.com/a.png")));
    assert!(matches!((&user[2], &user[3]), (Part::Raw(_), Part::Raw(_))));
    assert_eq!(user[5], Part::CachePoint(CachePoint::new()));
    let model = &request.messages[2].parts;
    assert_eq!(model[0], Part::Reasoning("Hm.".to_owned()));
    assert_eq!(model[1], Part::Raw(json!({ "type": "thinking", "signature": "c2ln" })));
    let call = Part::ToolCall(ToolCall::new("t1", "f", r#"{"b":1,"a":[1.5]}"#));
    assert!(model.contains(&call), "{model:?}");
    let results = &request.messages[3];
    assert_eq!(results.role, Role::Tool);
    assert_eq!(results.parts[0], Part::ToolResult(ToolResult::new("t1", "1").as_error()));
    assert_eq!(results.parts[1], Part::ToolResult(ToolResult::new("t2", "2")));
    assert_eq!(request.tool_choice, Some(ToolChoice::Function("f".into())));
    assert_eq!(request.options.parallel_tool_calls, Some(false));
    assert_eq!(request.options.reasoning_effort.as_deref(), Some("low"));
    assert_eq!(request.options.extra["output_config"], json!({ "new": 1 }));
    assert!(matches!(request.output, Output::Schema(_)));
    assert!(matches!(&request.tools[1], Tool::Raw(_)));
}

#[test]
fn a_wrong_body_tells_all_that_is_wrong() {
    let body =
        json!({ "model": 1, "max_tokens": -1, "messages": [{ "role": "robot", "content": "x" }, 3], "stream": "no" });
    let error = decode_request(body.to_string().as_bytes()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    let paths: Vec<_> = error.problems().iter().map(|problem| problem.path.as_str()).collect();
    assert_eq!(paths, ["model", "max_tokens", "messages[0].role", "messages[1]", "stream"]);
    for bad in ["", "[]", "{", "\"x\"", "{}"] {
        assert_eq!(decode_request(bad.as_bytes()).unwrap_err().kind(), ErrorKind::InvalidRequest, "{bad}");
    }
}

#[test]
fn system_text_goes_where_the_model_takes_it() {
    let messages = vec![Message::system("B"), Message::user("Hi"), Message::system("C")];
    let request = Request::new(messages).with_system("A");
    let body = written(&request);
    let text = |text: &str| json!({ "type": "text", "text": text });
    assert_eq!(body["system"], json!([text("A"), text("B")]));
    assert_eq!(body["messages"][1], json!({ "role": "system", "content": "C" }));
    for old in
        ["claude-sonnet-4-5-20250929", "claude-opus-4-20250514", "anthropic.claude-3-7-sonnet", "claude-opus-4-7"]
    {
        let body = encode_request(&request, &Target::new(old)).unwrap();
        let body: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(body["system"], json!([text("A"), text("B"), text("C")]), "{old}");
        assert_eq!(body["messages"].as_array().unwrap().len(), 1, "{old}");
    }
    for new in ["claude-opus-4-8", "claude-haiku-5-5", "claude-fable-5-2", "other"] {
        let body = encode_request(&request, &Target::new(new)).unwrap();
        let body: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(body["messages"].as_array().unwrap().len(), 2, "{new}");
    }
    let plain = written(&Request::new(vec![Message::system("B"), Message::user("Hi")]));
    assert_eq!(plain["system"], "B");
    assert_eq!(plain["max_tokens"], DEFAULT_MAX_TOKENS);
    assert_eq!(written(&Request::new(vec![Message::user("Hi")]).with_system("")).get("system"), None);
    let json = written(&Request::new(vec![Message::user("Hi")]).with_output(Output::Json));
    assert!(json["system"].as_str().unwrap().contains("JSON"));
}

#[test]
fn what_cannot_be_sent_is_told_all_at_once() {
    let calls = vec![
        Part::CachePoint(CachePoint::new()),
        Part::Reasoning("of another vendor".to_owned()),
        Part::ToolCall(ToolCall::new("1", "f", "{\"cut")),
        Part::Image(Image::url("https://example.com")),
        Part::Raw(json!("text")),
    ];
    let messages = vec![Message::new(Role::Assistant, calls), Message::new(Role::Tool, vec![])];
    let mut request = Request::new(messages);
    request.options.seed = Some(1);
    request.options.frequency_penalty = Some(0.0);
    let error = encode_request(&request, &Target::new(MODEL)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    let paths: Vec<_> = error.problems().iter().map(|problem| problem.path.as_str()).collect();
    // A cache point is a hint, and thinking of another vendor is left out.
    let parts = (2..5).map(|index| format!("messages[0].parts[{index}]"));
    let all: Vec<_> =
        parts.chain(["messages[1]".into(), "options.seed".into(), "options.frequency_penalty".into()]).collect();
    assert_eq!(paths, all);

    let options = Options::new().with_reasoning_effort("low").with_extra("output_config", json!({ "effort": "high" }));
    let options = options.with_extra("messages", 1).with_extra("stream", true);
    let error = encode_request(&Request::new(vec![]).with_options(options), &Target::new(MODEL)).unwrap_err();
    assert_eq!((error.kind(), error.problems().len()), (ErrorKind::InvalidRequest, 3));
}

#[test]
fn tools_and_their_choice() {
    let request = Request::new(vec![Message::user("Hi")]);
    let tools = [Tool::from(Function::new("f"))];
    let choice = |choice: ToolChoice| written(&request.clone().with_tools(tools.clone()).with_tool_choice(choice));
    assert_eq!(choice(ToolChoice::Auto)["tool_choice"], json!({ "type": "auto" }));
    assert_eq!(choice(ToolChoice::Required)["tool_choice"], json!({ "type": "any" }));
    assert_eq!(choice(ToolChoice::None)["tool_choice"], json!({ "type": "none" }));
    assert_eq!(choice(ToolChoice::Auto)["tools"][0]["input_schema"]["type"], "object");
    let one = request.clone().with_options(Options::new().with_parallel_tool_calls(false));
    assert_eq!(written(&one).get("tool_choice"), None);
    let expected = json!({ "type": "auto", "disable_parallel_tool_use": true });
    assert_eq!(written(&one.with_tools(tools.clone()))["tool_choice"], expected);
}

#[test]
fn the_vendors_arguments_are_kept_to_the_letter() {
    let body = r#"{"id":"m","model":"c","content":[{"type":"tool_use","id":"t","name":"f","input":{ "n": 1.0e2,  "é": 123456789012345678901234567890 }},{"type":"tool_use","id":"u","name":"g"}],"stop_reason":"tool_use"}"#;
    let reply = decode_reply(body.as_bytes()).unwrap();
    let calls: Vec<_> = reply.tool_calls().map(|call| call.arguments.as_str()).collect();
    assert_eq!(calls, [r#"{ "n": 1.0e2,  "é": 123456789012345678901234567890 }"#, "{}"]);
    assert_eq!(reply.finish_reason, FinishReason::ToolCalls);
    assert_eq!(decode_reply(&encode_reply(&reply, 0).unwrap()).unwrap(), reply);
}

#[test]
fn stop_reasons_have_their_meaning_and_their_word() {
    for (word, reason) in [
        ("end_turn", FinishReason::Stop),
        ("stop_sequence", FinishReason::Stop),
        ("max_tokens", FinishReason::Length),
        ("model_context_window_exceeded", FinishReason::Length),
        ("tool_use", FinishReason::ToolCalls),
        ("refusal", FinishReason::Refusal),
        ("pause_turn", FinishReason::Other("pause_turn".to_owned())),
        ("new_reason", FinishReason::Other("new_reason".to_owned())),
    ] {
        let body = json!({ "content": [], "model": "c", "stop_reason": word });
        let reply = decode_reply(body.to_string().as_bytes()).unwrap();
        assert_eq!((&reply.finish_reason, reply.vendor_finish_reason.as_deref()), (&reason, Some(word)));
        assert_eq!(decode_reply(&encode_reply(&reply, 0).unwrap()).unwrap(), reply);
    }
}

#[test]
fn bad_answers_are_clear_errors() {
    let kind = |body: &str| decode_reply(body.as_bytes()).unwrap_err().kind();
    assert_eq!(kind(""), ErrorKind::Protocol);
    assert_eq!(kind("<html>"), ErrorKind::Protocol);
    assert_eq!(kind("[]"), ErrorKind::Protocol);
    assert_eq!(kind(r#"{"id":"m"}"#), ErrorKind::Protocol);
    assert_eq!(kind(r#"{"content":[{"type":"te"#), ErrorKind::Incomplete);
    let error = decode_reply(br#"{"type":"error","error":{"type":"overloaded_error","message":"x"}}"#).unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::Server, Some("overloaded_error")));
    let deep = format!(
        r#"{{"content":[{{"type":"text","text":"ok"}},{{"type":"x","y":{}{}}}]}}"#,
        "[".repeat(9_999),
        "]".repeat(9_999)
    );
    assert_eq!(decode_reply(deep.as_bytes()).unwrap().text(), "ok");
}

/// A stream with every sort of block, and the whole answer that says the same.
fn stream_and_whole() -> (String, Value) {
    let start =
        |index: u64, block: Value| json!({ "type": "content_block_start", "index": index, "content_block": block });
    let delta = |index: u64, delta: Value| json!({ "type": "content_block_delta", "index": index, "delta": delta });
    let stop = |index: u64| json!({ "type": "content_block_stop", "index": index });
    let citation = json!({ "type": "char_location", "cited_text": "c" });
    let list = [
        json!({ "type": "message_start", "message": { "id": "msg_1", "model": "c", "usage": { "input_tokens": 3, "cache_read_input_tokens": 4, "output_tokens": 1 } } }),
        start(0, json!({ "type": "thinking", "thinking": "", "signature": "" })),
        delta(0, json!({ "type": "thinking_delta", "thinking": "Hm" })),
        delta(0, json!({ "type": "signature_delta", "signature": "c2ln" })),
        stop(0),
        json!({ "type": "ping" }),
        start(1, json!({ "type": "text", "text": "" })),
        delta(1, json!({ "type": "text_delta", "text": "a\n\"" })),
        delta(1, json!({ "type": "text_delta", "text": "b" })),
        stop(1),
        start(2, json!({ "type": "text", "text": "", "citations": [] })),
        delta(2, json!({ "type": "text_delta", "text": "c" })),
        delta(2, json!({ "type": "citations_delta", "citation": citation })),
        stop(2),
        start(3, json!({ "type": "server_tool_use", "id": "s", "name": "web_search", "input": {} })),
        delta(3, json!({ "type": "input_json_delta", "partial_json": "{\"q\":" })),
        delta(3, json!({ "type": "input_json_delta", "partial_json": "1}" })),
        stop(3),
        start(4, json!({ "type": "tool_use", "id": "t", "name": "f", "input": {}, "caller": { "type": "direct" } })),
        delta(4, json!({ "type": "input_json_delta", "partial_json": "" })),
        delta(4, json!({ "type": "input_json_delta", "partial_json": "{\"x\"" })),
        delta(4, json!({ "type": "input_json_delta", "partial_json": ":2}" })),
        delta(4, json!({ "type": "new_delta", "z": 1 })),
        stop(4),
        start(5, json!({ "type": "tool_use", "id": "u", "name": "g", "input": {} })),
        stop(5),
        json!({ "type": "new_event" }),
        json!({ "type": "message_delta", "delta": { "stop_reason": "tool_use", "container": { "id": "k" } }, "usage": { "output_tokens": 9, "output_tokens_details": { "thinking_tokens": 2 } } }),
        json!({ "type": "message_stop" }),
    ];
    let whole = json!({
        "id": "msg_1", "model": "c", "stop_reason": "tool_use",
        "content": [
            { "type": "thinking", "thinking": "Hm", "signature": "c2ln" },
            { "type": "text", "text": "a\n\"b" },
            { "type": "text", "text": "c", "citations": [citation] },
            { "type": "server_tool_use", "id": "s", "name": "web_search", "input": { "q": 1 } },
            { "type": "tool_use", "id": "t", "name": "f", "input": { "x": 2 }, "caller": { "type": "direct" } },
            { "type": "tool_use", "id": "u", "name": "g", "input": {} },
        ],
        "usage": { "input_tokens": 3, "cache_read_input_tokens": 4, "output_tokens": 9, "output_tokens_details": { "thinking_tokens": 2 } },
    });
    (events(&list), whole)
}

#[test]
fn a_stream_says_what_the_whole_answer_says() {
    let (body, whole) = stream_and_whole();
    let (pieces, reply) = read_stream(&body).unwrap();
    let whole = decode_reply(whole.to_string().as_bytes()).unwrap();
    assert_eq!(reply, whole);
    let usage = reply.usage.unwrap();
    assert_eq!((usage.input_tokens, usage.cached_tokens, usage.reasoning_tokens), (7, 4, 2));
    assert_eq!(reply.raw_json()["container"]["id"], "k");
    assert_eq!(reply.raw_json()["events"].as_array().unwrap().len(), 2);
    let arguments: String = pieces
        .iter()
        .filter_map(|piece| match piece {
            Chunk::ToolArguments { index: 0, text } => Some(text.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(arguments, r#"{"x":2}"#);
    // And what is written from the pieces is read as the same.
    assert_eq!(read_stream(&write_stream(&pieces, &reply)).unwrap().1, whole);
}

#[test]
fn a_refusal_amid_a_stream_says_why() {
    let [start, delta] = [
        json!({ "type": "content_block_start", "index": 0, "content_block": { "type": "text", "text": "I c" } }),
        json!({ "type": "message_delta", "delta": { "stop_reason": "refusal", "stop_details": {
            "type": "refusal", "category": "cyber", "explanation": "no" } }, "usage": { "output_tokens": 1 } }),
    ];
    let (pieces, reply) = read_stream(&events(&[start, delta, json!({ "type": "message_stop" })])).unwrap();
    let category = Part::Raw(json!({ "type": "refusal", "category": "cyber" }));
    let words = Chunk::Refusal("no".to_owned());
    assert_eq!(pieces, [Chunk::Text("I c".to_owned()), words, Chunk::Part(category.clone())]);
    assert_eq!(reply.parts, [Part::Text("I c".to_owned()), Part::Refusal("no".to_owned()), category]);
    assert_eq!(reply.finish_reason, FinishReason::Refusal);
    assert_eq!(read_stream(&write_stream(&pieces, &reply)).unwrap().1, reply);
    assert_eq!(decode_reply(&encode_reply(&reply, 0).unwrap()).unwrap(), reply);
}

#[test]
fn two_texts_in_a_row_stay_two() {
    let block = |index: u64| {
        json!({ "type": "content_block_start", "index": index,
                "content_block": { "type": "text", "text": "a", "citations": [] } })
    };
    let stop = |index: u64| json!({ "type": "content_block_stop", "index": index });
    let end = json!({ "type": "message_stop" });
    let body = events(&[block(0), stop(0), block(1), stop(1), end]);
    let (pieces, reply) = read_stream(&body).unwrap();
    assert_eq!(reply.parts, vec![Part::Text("a".to_owned()); 2]);
    assert_eq!(read_stream(&write_stream(&pieces, &reply)).unwrap().1.parts, reply.parts);
}

#[test]
fn calls_that_come_in_turns_are_written_one_after_another() {
    let call = |index: usize, id: &str| Chunk::ToolCall { index, id: id.to_owned(), name: "f".to_owned() };
    let piece = |index: usize, text: &str| Chunk::ToolArguments { index, text: text.to_owned() };
    let pieces = [call(0, "a"), call(1, "b"), piece(0, "{\"x\""), piece(1, "{}"), piece(0, ":1}")];
    let call = |id: &str, text: &str| Part::ToolCall(ToolCall::new(id, "f", text));
    let reply = Reply::new("c", vec![call("a", "{\"x\":1}"), call("b", "{}")]);
    assert_eq!(read_stream(&write_stream(&pieces, &reply)).unwrap().1.parts, reply.parts);
}

#[test]
fn frames_without_a_name_go_by_their_type() {
    let (body, _) = stream_and_whole();
    let (mut decoder, mut chunks) = (StreamDecoder::new(), Chunks::new());
    for data in body.lines().filter_map(|line| line.strip_prefix("data: ")) {
        decoder.event("", data, &mut chunks).unwrap();
    }
    assert!(chunks.is_done());
}

#[test]
fn a_stream_without_its_end_is_incomplete() {
    let (body, _) = stream_and_whole();
    let cut = body.replace("event: message_stop", "event: ping");
    assert_eq!(read_stream(&cut).unwrap_err().kind(), ErrorKind::Incomplete);
    let mut decoder = StreamDecoder::new();
    let error = decoder.event("content_block_start", "{\"index\":", &mut Chunks::new()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Protocol);
}

#[test]
fn errors_go_both_ways() {
    for kind in [
        ErrorKind::Authentication,
        ErrorKind::Permission,
        ErrorKind::NotFound,
        ErrorKind::InvalidRequest,
        ErrorKind::RateLimit,
        ErrorKind::Quota,
        ErrorKind::Server,
        ErrorKind::Timeout,
    ] {
        let (status, body) = encode_error(&Error::new(kind, "words"));
        let error = decode_error(status, &body, "");
        assert_eq!((error.kind(), error.status()), (kind, Some(status)));
        assert!(error.message().ends_with("words"));
    }
    let body = json!({ "type": "error", "error": { "type": "rate_limit_error", "message": "m", "details": { "error_code": "enforced_spend_limit_reached" } }, "request_id": "req_9" });
    let error = decode_error(429, body.to_string().as_bytes(), "");
    assert_eq!((error.kind(), error.code()), (ErrorKind::Quota, Some("enforced_spend_limit_reached")));
    assert_eq!(error.request_id(), Some("req_9"));
    let (status, again) = encode_error(&error);
    assert_eq!(decode_error(status, &again, "").kind(), ErrorKind::Quota);
}

fn wire(schema: Value) -> Value {
    let schema = Schema::new("S", schema).unwrap();
    serde_json::from_str(
        schema.wire(codex_ai::schema::WireForm::Anthropic).map(codex_ai::schema::WireSchema::as_raw).unwrap().get(),
    )
    .unwrap()
}

#[test]
fn a_schema_takes_the_vendors_form() {
    let schema = json!({
        "type": "object",
        "properties": {
            "score": { "type": "integer", "format": "uint8", "minimum": 0, "maximum": 10, "description": "Points" },
            "name": { "type": ["string", "null"], "default": null, "maxLength": 3 },
            "when": { "type": "string", "format": "date" },
            "tags": { "type": "array", "items": { "type": "string" }, "minItems": 1, "maxItems": 3 },
            "kind": { "oneOf": [{ "type": "string", "const": "a", "description": "A" }, { "type": "string", "enum": ["b"] }] },
            "next": { "$ref": "#", "description": "The next one" },
            "part": { "$ref": "#/$defs/Part" },
        },
        "required": ["score"],
        "$defs": { "Part": { "type": "object", "properties": {} } },
    });
    let expected = json!({
        "$ref": "#/$defs/Root",
        "$defs": {
            "Part": { "type": "object", "properties": {}, "additionalProperties": false },
            "Root": {
                "type": "object",
                "properties": {
                    "score": { "type": "integer", "description": "Points. 0 to 10." },
                    "name": { "type": ["string", "null"], "description": "At most 3 characters." },
                    "when": { "type": "string", "format": "date" },
                    "tags": { "type": "array", "items": { "type": "string" }, "minItems": 1, "description": "1 to 3 items." },
                    "kind": { "type": "string", "enum": ["a", "b"], "description": "a: A" },
                    "next": { "description": "The next one", "anyOf": [{ "$ref": "#/$defs/Root" }] },
                    "part": { "$ref": "#/$defs/Part" },
                },
                "required": ["score"],
                "additionalProperties": false,
            },
        },
    });
    let written = wire(schema);
    assert_eq!(written, expected);
    assert_eq!(wire(written.clone()), written);
}

#[test]
fn a_choice_beside_fields_is_written_out() {
    let schema = json!({
        "type": "object", "properties": { "id": { "type": "integer" } }, "required": ["id"],
        "oneOf": [
            { "type": "object", "properties": { "a": { "type": "string" } }, "required": ["a"] },
            { "type": "object", "properties": { "b": { "type": "string" } }, "required": ["b"] },
        ],
    });
    let schema = json!({ "type": "object", "properties": { "it": schema }, "required": ["it"] });
    let forms = &wire(schema)["properties"]["it"]["anyOf"];
    for form in forms.as_array().unwrap() {
        assert!(form["properties"].get("id").is_some() && form["additionalProperties"] == false, "{form}");
    }
}

#[test]
fn a_schema_that_cannot_be_held_tells_where() {
    let schema = json!({ "type": "object", "properties": {
        "never": { "not": {} },
        "list": { "type": "array", "items": { "type": "array", "items": { "enum": [] } } },
    } });
    let request = Request::new(vec![Message::user("Hi")])
        .with_output(Output::Schema(Arc::new(Schema::new("S", schema).unwrap())));
    let error = encode_request(&request, &Target::new(MODEL)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Schema);
    let paths: Vec<_> = error.problems().iter().map(|problem| problem.path.as_str()).collect();
    assert_eq!(paths, ["never", "list[][]"]);
}

#[test]
fn strict_tools_are_counted() {
    let request = |count: usize| {
        let tools = (0..count).map(|i| {
            let mut function = Function::new(format!("f{i}"));
            function.strict = Some(true);
            Tool::Function(function)
        });
        let mut request = Request::new(vec![Message::user("Hi")]);
        request.tools = tools.collect();
        encode_request(&request, &Target::new(MODEL))
    };
    assert!(request(20).is_ok());
    let error = request(21).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert_eq!(error.problems()[0].message, "21 of the tools are strict, Anthropic takes 20");
}

fn part() -> impl Strategy<Value = Part> {
    prop_oneof![
        "[a-z\"\\\\\n é]{1,8}".prop_map(Part::Text),
        "[a-z]{1,8}".prop_map(Part::Reasoning),
        ("[a-z]{1,3}", -9..9)
            .prop_map(|(id, n)| { Part::ToolCall(ToolCall::new(id, "f", json!({ "n": n }).to_string())) }),
        "[a-z]{1,3}".prop_map(|data| Part::Raw(json!({ "type": "redacted_thinking", "data": data }))),
        Just(Part::Raw(json!({ "type": "text", "citations": [{ "x": 1 }] }))),
        Just(Part::Raw(json!({ "type": "tool_use", "caller": { "type": "direct" } }))),
        Just(Part::Raw(json!({ "type": "thinking", "signature": "s" }))),
    ]
}

/// Parts as a decoder makes them: what belongs to another part follows it.
fn parts() -> impl Strategy<Value = Vec<Part>> {
    let companion_of = |part: &Part| match part {
        Part::Raw(raw) if raw["type"] == "text" => Some("text"),
        Part::Raw(raw) if raw["type"] == "tool_use" => Some("tool_use"),
        Part::Raw(raw) if raw["type"] == "thinking" => Some("thinking"),
        _ => None,
    };
    prop::collection::vec(part(), 0..12).prop_map(move |list| {
        let mut parts: Vec<Part> = Vec::new();
        for part in list {
            let fits = matches!(
                (companion_of(&part), parts.last()),
                (None, _)
                    | (Some("text"), Some(Part::Text(_)))
                    | (Some("tool_use"), Some(Part::ToolCall(_)))
                    | (Some("thinking"), Some(Part::Reasoning(_)))
            );
            if fits {
                parts.push(part);
            }
        }
        parts
    })
}

proptest! {
    #[test]
    fn what_is_written_is_read_as_the_same(parts in parts(), id in "[a-z]{1,3}") {
        let mut reply = Reply::new("c", parts).with_usage(Usage::new(3, 4));
        reply.id = Some(id);
        reply.vendor_finish_reason = Some("end_turn".into());
        prop_assert_eq!(&decode_reply(&encode_reply(&reply, 0).unwrap()).unwrap(), &reply);

        // A reply taken apart and streamed. Two texts in a row are one block unless something parts them.
        let whole = serde_json::from_slice::<Value>(&encode_reply(&reply, 0).unwrap()).unwrap();
        let mut list = vec![json!({ "type": "message_start", "message": { "id": reply.id, "model": "c" } })];
        for (index, block) in whole["content"].as_array().unwrap().iter().enumerate() {
            list.push(json!({ "type": "content_block_start", "index": index, "content_block": block }));
            list.push(json!({ "type": "content_block_stop", "index": index }));
        }
        let delta = json!({ "stop_reason": "end_turn" });
        list.push(json!({ "type": "message_delta", "delta": delta, "usage": whole["usage"] }));
        list.push(json!({ "type": "message_stop" }));
        let (pieces, streamed) = read_stream(&events(&list)).unwrap();
        prop_assert_eq!(&streamed, &reply);
        prop_assert_eq!(read_stream(&write_stream(&pieces, &streamed)).unwrap().1, reply);
    }

    #[test]
    fn no_body_and_no_event_makes_the_codec_panic(text in ".{0,64}", name in "[a-z_]{0,20}", cut in 0usize..4_000) {
        let _ = decode_request(text.as_bytes());
        let _ = decode_reply(text.as_bytes());
        let _ = decode_error(400, text.as_bytes(), "secret-secret");
        let _ = StreamDecoder::new().event(&name, &text, &mut Chunks::new());
        let body = full_body().to_string();
        let cut = body.floor_char_boundary(cut.min(body.len() - 1));
        prop_assert!(decode_request(&body.as_bytes()[..cut]).is_err());
    }
}

#[test]
fn what_nobody_knows_comes_back_at_its_place() {
    let schema = json!({ "type": "object", "properties": { "a": { "type": "integer", "minimum": 3 } } });
    let body = json!({
        "model": MODEL, "max_tokens": 1,
        "messages": [{ "role": "user", "content": "Hi", "x": { "y": 1 } }],
        "output_config": { "format": { "type": "json_schema", "schema": schema, "z": 2 } },
    });
    let incoming = decode_request(body.to_string().as_bytes()).unwrap();
    assert_eq!(written(&incoming.request), body);

    let body = json!({ "model": MODEL, "messages": [{ "role": "system", "content": "Hi", "x": 1 }] });
    let error = decode_request(body.to_string().as_bytes()).unwrap_err();
    assert_eq!(error.problems()[0].path, "messages[0].x");
}

#[test]
fn fields_and_counts_nobody_knows_survive_a_stream() {
    let text = Part::Raw(json!({ "type": "text", "x": 1 }));
    let thought = Part::Raw(json!({ "type": "thinking", "signature": "S", "y": 2 }));
    let parts = vec![Part::Reasoning("Hm.".into()), thought.clone(), Part::Text("Yes.".into()), text.clone()];
    let mut reply = Reply::new(MODEL, parts);
    (reply.id, reply.vendor_finish_reason) = (Some("m".to_owned()), Some("end_turn".into()));
    let pieces = [Chunk::Reasoning("Hm.".into()), Chunk::Part(thought), Chunk::Text("Yes.".into()), Chunk::Part(text)];
    let (read, mut again) = read_stream(&write_stream(&pieces, &reply)).unwrap();
    again.raw = None;
    assert_eq!((read.as_slice(), again), (pieces.as_slice(), reply));
}
