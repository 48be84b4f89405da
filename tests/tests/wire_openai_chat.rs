//! The codec of Chat Completions, both halves, from texts alone.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use codex_ai::message::{CachePoint, Image, ToolCall, ToolResult};
use codex_ai::request::Function;
use codex_ai::wire::openai_chat::{
    Dialect, StreamDecoder, StreamEncoder, decode_reply, decode_request, encode_reply, encode_request,
};
use codex_ai::wire::{Chunks, DecodeEvents, EncodeEvents, Target};
use codex_ai::{
    Chunk, Error, ErrorKind, FinishReason, Message, Options, Output, Part, Reply, ReplyStream, Request, Role, Schema,
    StreamItem, Tool, ToolChoice, Usage,
};
use proptest::prelude::*;
use serde_json::{Value, json};

fn encode(request: &Request, dialect: &Dialect) -> Result<Value, Error> {
    encode_request(request, &Target::new("m"), dialect).map(|body| serde_json::from_slice(&body).unwrap())
}

/// The body again, by way of a request.
fn again(body: &Value, dialect: &Dialect) -> Value {
    let incoming = decode_request(body.to_string().as_bytes()).unwrap();
    let mut target = Target::new("m");
    if incoming.stream {
        target = target.streamed();
    }
    let first = encode_request(&incoming.request, &target, dialect).unwrap();
    let second = decode_request(&first).unwrap();
    assert_eq!(format!("{:?}", second.request), format!("{:?}", incoming.request));
    serde_json::from_slice(&first).unwrap()
}

/// Reads events until the reply is whole.
fn read(events: &[&str]) -> Result<(Vec<Chunk>, Reply), Error> {
    let (mut decoder, mut chunks) = (StreamDecoder::new(), Chunks::new());
    for data in events {
        decoder.event("", data, &mut chunks)?;
        if chunks.is_done() {
            break;
        }
    }
    if !chunks.is_done() {
        decoder.end(&mut chunks)?;
    }
    let mut pieces = Vec::new();
    loop {
        match chunks.pop() {
            Some(StreamItem::Chunk(chunk)) => pieces.push(chunk),
            Some(StreamItem::Done(reply)) => return Ok((pieces, *reply)),
            other => panic!("{other:?}"),
        }
    }
}

/// The reply by way of a stream.
fn streamed(reply: &Reply) -> Reply {
    let mut encoder = StreamEncoder::new(reply.id.as_deref().unwrap_or_default(), &reply.model, 1);
    let mut out = Vec::new();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let mut stream = ReplyStream::from_reply(reply.clone());
        while let Some(chunk) = stream.next().await {
            encoder.chunk(&chunk.unwrap(), &mut out).unwrap();
        }
    });
    encoder.done(reply, &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    let events: Vec<_> = text.split("\n\n").filter_map(|frame| frame.strip_prefix("data: ")).collect();
    assert_eq!(events.last(), Some(&"[DONE]"));
    read(&events).unwrap().1
}

fn reply_of(message: &Value, finish: &str) -> Reply {
    let choice = json!({ "index": 0, "message": message, "finish_reason": finish });
    let body = json!({ "id": "c", "model": "m", "choices": [choice] });
    let reply = decode_reply(body.to_string().as_bytes()).unwrap();
    assert_eq!(decode_reply(&encode_reply(&reply, 7).unwrap()).unwrap(), reply, "{message}");
    assert_eq!(streamed(&reply), reply, "{message}");
    reply
}

#[test]
fn bodies_come_back_as_they_were() {
    let schema = json!({ "type": "object", "properties": { "a": { "type": "string", "title": "A" } }, "required": ["a"], "additionalProperties": false });
    let function = json!({ "name": "f", "description": "d", "parameters": { "type": "object" }, "strict": true });
    let body = json!({
        "model": "m",
        "messages": [
            { "role": "system", "content": "Be terse." },
            { "role": "user", "name": "ann", "content": [
                { "type": "text", "text": "What?", "cache_control": { "type": "ephemeral", "ttl": "1h" } },
                { "type": "image_url", "image_url": { "url": "data:image/png;base64,AQID", "detail": "low" } },
                { "type": "image_url", "image_url": { "url": "https://example.com/a.png" } },
                { "type": "input_audio", "input_audio": { "data": "AAAA", "format": "wav" } },
                { "type": "file", "file": { "file_id": "f1" } },
            ] },
            { "role": "assistant", "reasoning": "hm", "reasoning_details": [{ "type": "reasoning.text", "text": "hm" }], "tool_calls": [
                { "id": "1", "type": "function", "function": { "name": "f", "arguments": "{}" }, "extra_content": { "google": { "s": "x" } } },
                { "id": "2", "type": "custom", "custom": { "name": "g", "input": "x" } },
            ] },
            { "role": "tool", "tool_call_id": "1", "content": "one" },
            { "role": "tool", "tool_call_id": "2", "content": [{ "type": "text", "text": "two" }] },
            { "role": "assistant", "content": [
                { "type": "thinking", "thinking": [{ "type": "text", "text": "t" }], "closed": true },
                { "type": "text", "text": "a" },
            ] },
            { "role": "assistant", "content": null, "refusal": "no" },
            { "role": "critic", "content": "?" },
        ],
        "tools": [{ "type": "function", "function": function }, { "type": "web_search" }],
        "tool_choice": { "type": "function", "function": { "name": "f" } },
        "parallel_tool_calls": false,
        "response_format": { "type": "json_schema", "json_schema": { "name": "A", "strict": true, "schema": schema } },
        "max_tokens": 5, "temperature": 0.0, "top_p": 0.5, "top_k": 3, "seed": -7, "stop": ["a", "b"],
        "presence_penalty": 0.25, "frequency_penalty": -0.25, "reasoning_effort": "low", "service_tier": "flex",
        "stream": true, "stream_options": { "include_usage": true }, "logit_bias": { "1": 2 }, "user": "u",
    });
    assert_eq!(again(&body, &Dialect::OPENROUTER), body);
    let without = json!({ "model": "m", "messages": [{ "role": "user", "content": "Hi" }], "stream": true });
    assert_eq!(again(&without, &Dialect::OPENAI), without);
}

#[test]
fn dialects_send_what_their_servers_take() {
    let said = Message::new(Role::Assistant, vec![Part::Reasoning("hm".into()), Part::Text("a".into())]);
    let asked = Message::new(Role::User, vec![Part::Text("q".into()), Part::CachePoint(CachePoint::new())]);
    let request = Request::new(vec![asked, said]).with_options(Options::new().with_max_tokens(4)).with_system("s");
    let body = encode(&request, &Dialect::OPENAI).unwrap();
    assert_eq!(body["max_completion_tokens"], 4);
    assert_eq!(body["messages"][1], json!({ "role": "user", "content": "q" }));
    assert_eq!(body["messages"][2], json!({ "role": "assistant", "content": "a" }));
    let body = encode(&request, &Dialect::OPENROUTER).unwrap();
    assert_eq!(body["messages"][1]["content"][0]["cache_control"], json!({ "type": "ephemeral" }));
    assert_eq!(body["messages"][2]["reasoning"], "hm");
    let mut developer = Dialect::COMPATIBLE;
    developer.system_role = "developer";
    let body = encode(&request, &developer).unwrap();
    assert_eq!(body["messages"][0], json!({ "role": "developer", "content": "s" }));
    assert_eq!((&body["max_tokens"], &body["messages"][2]["reasoning_content"]), (&json!(4), &json!("hm")));
}

#[test]
fn a_schema_goes_out_in_the_form_that_is_taken() {
    let schema = json!({ "type": "object", "properties": { "a": { "type": "integer" } } });
    let schema = Schema::new("A", schema).unwrap();
    let request = Request::new(vec![Message::user("q")]).with_system("s").with_output(Output::Schema(schema.into()));
    let strict = encode(&request, &Dialect::OPENAI).unwrap()["response_format"].take();
    assert_eq!((&strict["type"], &strict["json_schema"]["strict"]), (&json!("json_schema"), &json!(true)));
    assert_eq!(strict["json_schema"]["schema"]["required"], json!(["a"]));
    let plain = encode(&request, &Dialect::COMPATIBLE).unwrap()["response_format"].take();
    assert_eq!((plain["json_schema"].get("strict"), plain["json_schema"]["schema"].get("required")), (None, None));
    let told = encode(&request, &Dialect::DEEPSEEK).unwrap();
    assert_eq!(told["response_format"], json!({ "type": "json_object" }));
    let system = told["messages"][0]["content"].as_str().unwrap();
    assert!(system.starts_with("s\n\n") && system.ends_with("\n\n{a?: int}"), "{system}");
}

#[test]
fn what_cannot_be_sent_is_told_at_once() {
    let messages = vec![
        Message::new(Role::User, vec![Part::ToolCall(ToolCall::new("1", "f", "{}"))]),
        Message::new(Role::Assistant, vec![Part::Image(Image::url("https://example.com/a.png"))]),
        Message::new(Role::Tool, vec![]),
        Message::new(Role::User, vec![Part::Raw(json!("x"))]),
    ];
    let options = Options::new().with_top_k(3).with_temperature(f64::NAN).with_extra("stream", true);
    let error = encode(&Request::new(messages).with_options(options), &Dialect::OPENAI).unwrap_err();
    let paths: Vec<_> = error.problems().iter().map(|problem| problem.path.as_str()).collect();
    let expected = [
        "options.temperature",
        "options.extra.stream",
        "messages[0].parts[0]",
        "messages[1].parts[0]",
        "messages[2]",
        "messages[3].parts[0]",
        "options.top_k",
    ];
    assert_eq!((error.kind(), paths.as_slice()), (ErrorKind::InvalidRequest, expected.as_slice()));
    let twice = Options::new().with_max_tokens(1).with_extra("max_completion_tokens", 2);
    let request = Request::new(vec![Message::user("q")]).with_options(twice);
    assert!(encode(&request, &Dialect::OPENAI).is_err() && encode(&request, &Dialect::COMPATIBLE).is_ok());
    let error = decode_request(br#"{"messages":[{"content":"x"}],"temperature":"hot","stop":[1]}"#).unwrap_err();
    assert_eq!(error.problems().len(), 4, "{error}");
}

#[test]
fn tools_and_results_have_their_places() {
    let call = Message::new(Role::Assistant, vec![Part::ToolCall(ToolCall::new("1", "f", "{}"))]);
    let results = vec![Part::ToolResult(ToolResult::new("1", "a")), Part::ToolResult(ToolResult::new("2", "b"))];
    let request = Request::new(vec![call, Message::new(Role::Tool, results)])
        .with_tools([Tool::from(Function::new("f"))])
        .with_tool_choice(ToolChoice::Required);
    let body = encode(&request, &Dialect::OPENAI).unwrap();
    let function = json!({ "id": "1", "type": "function", "function": { "name": "f", "arguments": "{}" } });
    let expected = json!([
        { "role": "assistant", "tool_calls": [function] },
        { "role": "tool", "tool_call_id": "1", "content": "a" },
        { "role": "tool", "tool_call_id": "2", "content": "b" },
    ]);
    assert_eq!((&body["messages"], &body["tool_choice"]), (&expected, &json!("required")));
}

#[test]
fn answers_of_every_shape_are_read() {
    let reply = reply_of(&json!({ "content": "a", "reasoning_content": "t", "reasoning": "t" }), "length");
    assert_eq!(reply.parts, [Part::Reasoning("t".into()), Part::Text("a".into())]);
    assert_eq!((reply.finish_reason, reply.vendor_finish_reason.as_deref()), (FinishReason::Length, Some("length")));
    let reply = reply_of(&json!({ "content": null, "refusal": "no" }), "stop");
    assert_eq!((reply.refusal(), reply.finish_reason.clone()), (Some("no"), FinishReason::Refusal));
    let call = json!({ "id": "1", "function": { "name": "f", "arguments": { "a": 1 } }, "index": 0 });
    let reply = reply_of(&json!({ "content": "", "tool_calls": [call] }), "stop");
    assert_eq!(reply.parts, [Part::ToolCall(ToolCall::new("1", "f", r#"{"a":1}"#))]);
    assert_eq!(reply.finish_reason, FinishReason::ToolCalls);
    let content = json!([{ "type": "text", "text": "a" }, { "type": "text", "text": "b" }]);
    assert_eq!(reply_of(&json!({ "content": content }), "weird").finish_reason, FinishReason::Other("weird".into()));
    let thinking = json!({ "type": "thinking", "thinking": [{ "type": "text", "text": "t", "new": 1 }] });
    let reply = reply_of(&json!({ "content": [thinking, { "type": "text", "text": "a", "new": 1 }] }), "stop");
    assert_eq!((reply.text().as_ref(), reply.parts[0].clone()), ("a", Part::Reasoning("t".into())));
    let details = json!([{ "type": "reasoning.text", "text": "deep", "index": 0 }]);
    let reply = reply_of(&json!({ "content": "a", "reasoning_details": details }), "stop");
    assert!(reply.parts.contains(&Part::Reasoning("deep".into())), "{reply:?}");
    reply_of(
        &json!({ "content": "a", "executed_tools": [{ "type": "search" }], "function_call": { "name": "f", "arguments": "{}" } }),
        "stop",
    );
    for body in ["", "{}", r#"{"choices":[]}"#, "<html>", "nonsense"] {
        assert_eq!(decode_reply(body.as_bytes()).unwrap_err().kind(), ErrorKind::Protocol, "{body}");
    }
    let cut = br#"{"choices":[{"message":{"content":"a"#;
    assert_eq!(decode_reply(cut).unwrap_err().kind(), ErrorKind::Incomplete);
    let odd = format!(
        r#"{{"x":1e999,"choices":[{{"message":{{"content":"a"}},"y":{}}}]}}"#,
        "[".repeat(500) + &"]".repeat(500)
    );
    assert_eq!(decode_reply(odd.as_bytes()).unwrap().text(), "a");
}

#[test]
fn usage_has_many_names() {
    for usage in [
        json!({ "prompt_tokens_details": { "cached_tokens": 3 }, "completion_tokens_details": { "reasoning_tokens": 4 } }),
        json!({ "prompt_cache_hit_tokens": 3, "reasoning_tokens": 4 }),
        json!({ "num_cached_tokens": 3, "reasoning_tokens": 4.0 }),
    ] {
        let mut body = json!({ "choices": [{ "message": {} }], "usage": usage });
        body["usage"]["prompt_tokens"] = json!(10);
        body["usage"]["completion_tokens"] = json!(5);
        let usage = decode_reply(body.to_string().as_bytes()).unwrap().usage.unwrap();
        let expected = Usage::new(10, 5);
        assert_eq!((usage.input_tokens, usage.output_tokens), (expected.input_tokens, expected.output_tokens));
        assert_eq!((usage.cached_tokens, usage.reasoning_tokens), (3, 4));
    }
}

#[test]
fn calls_in_pieces_are_put_together() {
    let piece = |calls: Value| json!({ "choices": [{ "delta": { "tool_calls": calls } }] }).to_string();
    let begin = |index: Value, id: &str, text: &str| json!([{ "index": index, "id": id, "type": "function", "function": { "name": "f", "arguments": text } }]);
    let more = |index: Value, text: &str| json!([{ "index": index, "function": { "arguments": text } }]);
    let end = r#"{"choices":[{"delta":{},"finish_reason":"tool_calls"}]}"#.to_owned();
    let two = |first: [(&str, &str); 2]| first.map(|(id, text)| Part::ToolCall(ToolCall::new(id, "f", text)));
    for (events, expected) in [
        (
            vec![
                begin(json!(0), "a", ""),
                more(json!(0), "{"),
                begin(json!(1), "b", ""),
                more(json!(0), "}"),
                more(json!(1), "[]"),
            ],
            two([("a", "{}"), ("b", "[]")]),
        ),
        (vec![begin(json!(0), "a", "{}"), begin(json!(0), "b", "[]")], two([("a", "{}"), ("b", "[]")])),
        (
            vec![begin(Value::Null, "a", "{}"), begin(Value::Null, "b", "["), more(Value::Null, "]")],
            two([("a", "{}"), ("b", "[]")]),
        ),
        (vec![begin(Value::Null, "", "{}"), begin(Value::Null, "", "[]")], two([("", "{}"), ("", "[]")])),
    ] {
        let mut events: Vec<_> = events.into_iter().map(piece).collect();
        events.push(end.clone());
        let (chunks, reply) = read(&events.iter().map(String::as_str).collect::<Vec<_>>()).unwrap();
        assert_eq!(reply.parts, expected, "{events:?}");
        let starts = chunks.iter().filter(|chunk| matches!(chunk, Chunk::ToolCall { .. })).count();
        assert_eq!((starts, reply.finish_reason), (2, FinishReason::ToolCalls));
    }
}

#[test]
fn the_end_of_a_stream_is_told_apart_from_a_cut() {
    let text = r#"{"id":"c","model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":"a"}}]}"#;
    let stop = r#"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#;
    let usage = r#"{"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":2}}"#;
    for events in [&[text, stop][..], &[text, stop, "[DONE]"], &[text, "[DONE]"], &[text, stop, usage, "[DONE]"]] {
        let (_, reply) = read(events).unwrap();
        assert_eq!(
            (reply.text().as_ref(), reply.finish_reason.clone(), reply.id.as_deref()),
            ("a", FinishReason::Stop, Some("c"))
        );
        assert_eq!(reply.usage, events.contains(&usage).then(|| Usage::new(1, 2)));
    }
    for events in [&[][..], &["[DONE]"], &[text], &[text, usage]] {
        assert_eq!(read(events).unwrap_err().kind(), ErrorKind::Incomplete, "{events:?}");
    }
    let error = read(&[text, r#"{"error":{"message":"x","status_code":400}}"#]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert_eq!(read(&[text, "{"]).unwrap_err().kind(), ErrorKind::Protocol);
}

#[test]
fn what_a_stream_says_besides_is_kept() {
    let first = r#"{"model":"m","provider":"P","choices":[{"delta":{"content":"a","new":{"x":1}}}]}"#;
    let other = r#"{"choices":[{"index":1,"delta":{"content":"b"}}]}"#;
    let (_, reply) = read(&[first, other, "[DONE]"]).unwrap();
    assert_eq!(reply.parts, [Part::Raw(json!({ "type": "message", "new": { "x": 1 } })), Part::Text("a".into())]);
    let raw = reply.raw_json();
    assert_eq!((&raw["provider"], &raw["choices"][0]["delta"]["content"]), (&json!("P"), &json!("b")));
}

proptest! {
    #[test]
    fn replies_are_the_same_whole_and_streamed(
        text in ".{0,20}", thought in ".{0,20}", calls in prop::collection::vec(("[a-z0-9]{1,4}", "[a-z]{1,4}", ".{0,12}"), 0..3),
        usage in prop::option::of((0..1000_u64, 0..1000_u64)),
    ) {
        let mut parts = Vec::new();
        parts.extend(Some(thought).filter(|text| !text.is_empty()).map(Part::Reasoning));
        parts.extend(Some(text).filter(|text| !text.is_empty()).map(Part::Text));
        for (number, (id, name, arguments)) in calls.into_iter().enumerate() {
            parts.push(Part::ToolCall(ToolCall::new(format!("{id}{number}"), name, arguments)));
        }
        let mut reply = Reply::new("m", parts);
        reply.usage = usage.map(|(input, output)| Usage::new(input, output));
        let reply = decode_reply(&encode_reply(&reply, 1).unwrap()).unwrap();
        prop_assert_eq!(&decode_reply(&encode_reply(&reply, 1).unwrap()).unwrap(), &reply);
        prop_assert_eq!(&streamed(&reply), &reply);
    }

    #[test]
    fn no_event_is_too_odd(events in prop::collection::vec(
        prop_oneof![
            ".{0,30}",
            Just(r#"{"choices":[{"delta":{"content":[1,{"type":"text"},{"type":"thinking","thinking":3}]}}]}"#.to_owned()),
            Just(r#"{"choices":[{"delta":{"tool_calls":[{"index":-1},7,{"function":3},{"id":9}]}}]}"#.to_owned()),
            Just(r#"{"choices":[null,{"index":4}],"id":{},"model":[]}"#.to_owned()),
            Just(r#"{"choices":[{"delta":{"images":[null,{}],"audio":1,"refusal":[]},"finish_reason":{}}]}"#.to_owned()),
        ], 0..6)) {
        drop(read(&events.iter().map(String::as_str).collect::<Vec<_>>()));
        for event in &events {
            drop((decode_reply(event.as_bytes()), decode_request(event.as_bytes())));
        }
    }
}

#[test]
fn what_stands_beside_a_part_goes_through_a_stream() {
    let image =
        json!({ "type": "image_url", "image_url": { "url": "https://example.com/a.png", "detail": "low" }, "new": 1 });
    reply_of(&json!({ "content": "a", "images": [image] }), "stop");
    let content = json!([{ "type": "text", "text": "a", "new": 1 }, { "type": "reference", "reference_ids": [1] }, { "type": "text", "text": "b" }]);
    let delta = json!({ "choices": [{ "delta": { "content": content }, "finish_reason": "stop" }] }).to_string();
    let (chunks, reply) = read(&[&delta, "[DONE]"]).unwrap();
    assert_eq!(reply_of(&json!({ "content": content }), "stop").parts, reply.parts);
    let mut encoder = StreamEncoder::new("", "", 1);
    let mut out = Vec::new();
    chunks.iter().for_each(|chunk| encoder.chunk(chunk, &mut out).unwrap());
    encoder.done(&reply, &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    let events: Vec<_> = text.split("\n\n").filter_map(|frame| frame.strip_prefix("data: ")).collect();
    assert_eq!(read(&events).unwrap().1, reply);
}

#[test]
fn what_was_said_aloud_is_named_with_fields_nobody_knows() {
    let said = json!({ "role": "assistant", "audio": { "id": "a", "x": 1 } });
    let body = json!({ "model": "m", "messages": [{ "role": "user", "content": "Hi" }, said] });
    assert_eq!(again(&body, &Dialect::OPENAI)["messages"][1]["audio"], json!({ "id": "a", "x": 1 }));
}
