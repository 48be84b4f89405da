//! Streams of OpenAI's Responses API, without a socket: what the events bring, and that both halves fit each other.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use codex_ai::message::{Image, ToolCall};
use codex_ai::wire::openai_responses::{StreamDecoder, StreamEncoder, decode_reply};
use codex_ai::wire::{Chunks, DecodeEvents, EncodeEvents};
use codex_ai::{Chunk, Error, ErrorKind, FinishReason, Part, Reply, Result, StreamItem, Usage};
use proptest::prelude::*;
use serde_json::{Value, json};

/// Reads events whose names are those of their data, or that have none.
fn read(events: &[Value], named: bool) -> Result<(Vec<Chunk>, Reply)> {
    let mut decoder = StreamDecoder::new();
    read_with(&mut decoder, events, named)
}

fn read_with(decoder: &mut StreamDecoder, events: &[Value], named: bool) -> Result<(Vec<Chunk>, Reply)> {
    let mut chunks = Chunks::new();
    let mut out = Vec::new();
    for event in events {
        let name = if named { event["type"].as_str().unwrap_or_default() } else { "" };
        decoder.event(name, &event.to_string(), &mut chunks)?;
        while let Some(item) = chunks.pop() {
            match item {
                StreamItem::Chunk(chunk) => out.push(chunk),
                StreamItem::Done(reply) => return Ok((out, *reply)),
                _ => panic!("{item:?}"),
            }
        }
    }
    decoder.end(&mut chunks)?;
    panic!("an end without a reply");
}

/// The events of a body, after a look at its form.
fn events(body: &[u8]) -> Vec<Value> {
    let body = std::str::from_utf8(body).unwrap();
    let frames: Vec<_> = body.split_terminator("\n\n").collect();
    let events = frames.iter().enumerate().map(|(number, frame)| {
        let (name, data) = frame.split_once('\n').unwrap();
        let event: Value = serde_json::from_str(data.strip_prefix("data: ").unwrap()).unwrap();
        assert_eq!(event["type"], name.strip_prefix("event: ").unwrap());
        assert_eq!(event["sequence_number"], number);
        event
    });
    events.collect()
}

/// One piece for each part, as a provider without streams gives them.
fn pieces(reply: &Reply) -> Vec<Chunk> {
    let mut chunks = Vec::new();
    let mut calls = 0;
    for part in &reply.parts {
        match part {
            Part::Text(text) => chunks.push(Chunk::Text(text.clone())),
            Part::Reasoning(text) => chunks.push(Chunk::Reasoning(text.clone())),
            Part::Refusal(text) => chunks.push(Chunk::Refusal(text.clone())),
            Part::ToolCall(call) => {
                chunks.push(Chunk::ToolCall { index: calls, id: call.id.clone(), name: call.name.clone() });
                chunks.push(Chunk::ToolArguments { index: calls, text: call.arguments.clone() });
                calls += 1;
            }
            other => chunks.push(Chunk::Part(other.clone())),
        }
    }
    chunks
}

fn write(chunks: &[Chunk], reply: &Reply) -> Vec<u8> {
    let mut encoder = StreamEncoder::new(reply.id.as_deref().unwrap_or_default(), &reply.model, 7);
    let mut out = Vec::new();
    for chunk in chunks {
        encoder.chunk(chunk, &mut out).unwrap();
    }
    encoder.done(reply, &mut out).unwrap();
    out
}

/// What the pieces say together: text, refusal, thinking, calls.
fn joined(chunks: &[Chunk]) -> (String, String, String, Vec<(String, String)>) {
    let mut all = <(String, String, String, Vec<(String, String)>)>::default();
    for chunk in chunks {
        match chunk {
            Chunk::Text(text) => all.0.push_str(text),
            Chunk::Refusal(text) => all.1.push_str(text),
            Chunk::Reasoning(text) => all.2.push_str(text),
            Chunk::ToolCall { index, id, .. } => {
                assert_eq!(*index, all.3.len());
                all.3.push((id.clone(), String::new()));
            }
            Chunk::ToolArguments { index, text } => all.3[*index].1.push_str(text),
            _ => {}
        }
    }
    all
}

fn item(kind: &str, place: u64, item: &Value) -> Value {
    json!({ "type": format!("response.output_item.{kind}"), "output_index": place, "item": item })
}

fn delta(kind: &str, place: u64, text: &str) -> Value {
    json!({ "type": format!("response.{kind}.delta"), "output_index": place, "delta": text, "logprobs": [] })
}

/// The events of an answer with something of everything, and the response at their end.
fn rich() -> (Vec<Value>, Value) {
    let thinking = json!({ "type": "reasoning", "id": "rs_1", "summary": [{ "type": "summary_text", "text": "Hm, well." }], "encrypted_content": "E" });
    let search = json!({ "type": "web_search_call", "id": "ws_1", "status": "completed" });
    let aside = json!({ "type": "message", "id": "msg_1", "role": "assistant", "phase": "commentary", "content": [{ "type": "output_text", "text": "Looking." }] });
    let annotation = json!({ "type": "url_citation", "url": "https://example.com" });
    let answer = json!({ "type": "message", "id": "msg_2", "role": "assistant", "phase": "final_answer", "status": "completed", "content": [
        { "type": "output_text", "text": "It is \"blue\".", "annotations": [annotation] },
        { "type": "refusal", "refusal": "No more." },
    ] });
    let call = json!({ "type": "function_call", "id": "fc_1", "call_id": "call_1", "name": "paint", "arguments": "{\"x\":1}", "status": "completed" });
    let begun = |item: &Value, key: &str, value: Value| {
        let mut begun = item.clone();
        begun[key] = value;
        begun
    };
    let partial = json!({ "type": "response.image_generation_call.partial_image", "item_id": "ig_1", "output_index": 5, "partial_image_b64": "AQID", "partial_image_index": 0 });
    let picture = json!({ "type": "image_generation_call", "id": "ig_1", "status": "completed", "result": "AQID" });
    let response = json!({
        "id": "resp_1", "status": "completed", "model": "m",
        "output": [thinking, search, aside, answer, call, picture],
        "usage": { "input_tokens": 5, "output_tokens": 6, "total_tokens": 11 },
    });
    let events = vec![
        json!({ "type": "response.created", "response": { "id": "resp_1", "status": "in_progress", "output": [] } }),
        item("added", 0, &begun(&thinking, "summary", json!([]))),
        delta("reasoning_summary_text", 0, "Hm, "),
        delta("reasoning_summary_text", 0, "well."),
        item("done", 0, &thinking),
        item("added", 1, &search),
        json!({ "type": "response.web_search_call.searching", "output_index": 1 }),
        item("done", 1, &search),
        item("added", 2, &begun(&aside, "content", json!([]))),
        delta("output_text", 2, "Looking."),
        item("done", 2, &aside),
        item("added", 3, &begun(&answer, "content", json!([]))),
        delta("output_text", 3, "It is "),
        delta("output_text", 3, ""),
        delta("output_text", 3, "\"blue\"."),
        delta("refusal", 3, "No more."),
        item("done", 3, &answer),
        item("added", 4, &begun(&call, "arguments", json!(""))),
        delta("function_call_arguments", 4, "{\"x\""),
        delta("function_call_arguments", 4, ":1}"),
        json!({ "type": "response.function_call_arguments.done", "output_index": 4, "arguments": "{\"x\":1}" }),
        item("done", 4, &call),
        json!({ "type": "response.something.new", "delta": { "of": "another sort" } }),
        partial,
        item("done", 5, &picture),
        json!({ "type": "response.completed", "response": response.clone() }),
    ];
    (events, response)
}

#[test]
fn every_sort_of_event_brings_its_piece() {
    let (events, response) = rich();
    let (chunks, reply) = read(&events, true).unwrap();
    let raw = |value: Value| Chunk::Part(Part::Raw(value));
    let text = |text: &str| Chunk::Text(text.to_owned());
    let mut partial = events[events.len() - 3].clone();
    partial.as_object_mut().unwrap().remove("sequence_number");
    let expected = vec![
        Chunk::Reasoning("Hm, ".to_owned()),
        Chunk::Reasoning("well.".to_owned()),
        raw(json!({ "type": "reasoning", "id": "rs_1", "encrypted_content": "E" })),
        raw(response["output"][1].clone()),
        raw(response["output"][2].clone()),
        raw(json!({ "type": "message", "phase": "final_answer" })),
        text("It is "),
        text("\"blue\"."),
        Chunk::Refusal("No more.".to_owned()),
        raw(
            json!({ "type": "output_text", "annotations": [{ "type": "url_citation", "url": "https://example.com" }] }),
        ),
        Chunk::ToolCall { index: 0, id: "call_1".to_owned(), name: "paint".to_owned() },
        Chunk::ToolArguments { index: 0, text: "{\"x\"".to_owned() },
        Chunk::ToolArguments { index: 0, text: ":1}".to_owned() },
        raw(partial),
        Chunk::Part(Part::Image(Image::bytes(&[1_u8, 2, 3][..], "image/png"))),
        raw(json!({ "type": "image_generation_call", "id": "ig_1", "status": "completed" })),
    ];
    assert_eq!(chunks, expected);
    // The reply is that of a whole answer, and so is what has no field.
    assert_eq!(reply, decode_reply(response.to_string().as_bytes()).unwrap());
    assert_eq!(reply.raw_json(), response);
    assert_eq!(reply.vendor_finish_reason.as_deref(), Some("completed"));
    assert_eq!(read(&events, false).unwrap(), (chunks, reply));
}

#[test]
fn a_server_that_leaves_the_output_out_at_the_end_loses_nothing() {
    let (mut events, response) = rich();
    let whole = decode_reply(response.to_string().as_bytes()).unwrap();
    for output in [None, Some(json!([])), Some(Value::Null)] {
        let mut end = response.clone();
        end.as_object_mut().unwrap().remove("output");
        if let Some(output) = output {
            end["output"] = output;
        }
        *events.last_mut().unwrap() = json!({ "type": "response.completed", "response": end });
        assert_eq!(read(&events, true).unwrap().1, whole);
    }
    // Nor where it tells no item as a whole: then the pieces are put together.
    events.retain(|event| event["type"] != "response.output_item.done");
    let reply = read(&events, true).unwrap().1;
    assert_eq!((reply.text(), reply.refusal()), ("It is \"blue\".".into(), Some("No more.")));
    let calls: Vec<_> = reply.tool_calls().cloned().collect();
    assert_eq!(calls, [ToolCall::new("call_1", "paint", "{\"x\":1}")]);
    assert!(reply.parts.contains(&Part::Reasoning("Hm, well.".into())));
    assert_eq!((reply.usage, reply.finish_reason), (Some(Usage::new(5, 6)), FinishReason::Refusal));
    // And where there is no response at all.
    let events = [delta("output_text", 0, "Hi"), json!({ "type": "response.incomplete" })];
    let (chunks, reply) = read(&events, true).unwrap();
    assert_eq!((chunks, reply.text()), (vec![Chunk::Text("Hi".to_owned())], "Hi".into()));
    assert_eq!(reply.finish_reason, FinishReason::Other("incomplete".to_owned()));
}

#[test]
fn what_did_not_come_in_pieces_comes_with_its_item_or_at_the_end() {
    let (events, response) = rich();
    let expected = joined(&read(&events, true).unwrap().0);
    let without_deltas: Vec<_> =
        events.iter().filter(|event| !event["type"].as_str().unwrap().ends_with(".delta")).cloned().collect();
    assert_eq!(joined(&read(&without_deltas, true).unwrap().0), expected);
    let only_the_end = [json!({ "type": "response.completed", "response": response })];
    assert_eq!(joined(&read(&only_the_end, false).unwrap().0), expected);
}

#[test]
fn errors_of_a_stream_are_the_vendors() {
    let kind = |event: Value| read(&[delta("output_text", 0, "Hi"), event], true).unwrap_err();
    let error = kind(json!({ "type": "error", "code": "rate_limit_exceeded", "message": "Slow down.", "param": null }));
    assert_eq!((error.kind(), error.code()), (ErrorKind::RateLimit, Some("rate_limit_exceeded")));
    let error = kind(json!({ "type": "error", "message": "Oops." }));
    assert_eq!((error.kind(), error.code()), (ErrorKind::Server, None));
    let error =
        kind(json!({ "type": "response.output_text.delta", "delta": "x", "error": { "code": "insufficient_quota" } }));
    assert_eq!(error.kind(), ErrorKind::Quota);
    let failed = json!({ "status": "failed", "error": { "code": "invalid_prompt", "message": "No." }, "output": [], "usage": { "input_tokens": 3 } });
    let events = [delta("output_text", 0, "Hi"), json!({ "type": "response.failed", "response": failed })];
    let mut decoder = StreamDecoder::new();
    let error = read_with(&mut decoder, &events, true).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    let so_far = decoder.so_far();
    assert_eq!((so_far.text(), so_far.usage), ("Hi".into(), Some(Usage::new(3, 0))));
    let error = kind(json!({ "type": "response.failed", "response": { "output": [] } }));
    assert_eq!(error.kind(), ErrorKind::Server);
    // What looks like an error but tells none is passed over.
    for nothing in [json!(null), json!(false), json!(""), json!({})] {
        let events = [
            json!({ "type": "x", "error": nothing }),
            json!({ "type": "response.completed", "response": { "output": [] } }),
        ];
        assert!(read(&events, true).is_ok());
    }
}

#[test]
fn an_error_in_an_event_that_looks_like_the_one_before_is_told() {
    let mut decoder = StreamDecoder::new();
    let mut chunks = Chunks::new();
    let event = |count: u32, rest: &str| {
        format!(
            r#"{{"type":"response.output_text.delta","sequence_number":{count},"output_index":0,"delta":"a"{rest}}}"#
        )
    };
    for count in 8..12 {
        decoder.event("", &event(count, ""), &mut chunks).unwrap();
        assert_eq!(chunks.pop(), Some(StreamItem::Chunk(Chunk::Text("a".to_owned()))));
    }
    let error = decoder.event("", &event(12, r#","error":{"code":"rate_limit_exceeded"}"#), &mut chunks).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RateLimit);
    let cut = event(13, "");
    let error = decoder.event("", cut.trim_end_matches('}'), &mut chunks).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Protocol);
    assert_eq!(chunks.pop(), None);
}

#[test]
fn a_stream_without_its_last_event_is_incomplete() {
    let error = read(&[delta("output_text", 0, "Hi")], true).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Incomplete);
    let mut decoder = StreamDecoder::new();
    let mut chunks = Chunks::new();
    decoder.event("", "[DONE]", &mut chunks).unwrap();
    assert_eq!(decoder.end(&mut chunks).unwrap_err().kind(), ErrorKind::Incomplete);
    assert_eq!(decoder.event("x", "{\"type\":", &mut chunks).unwrap_err().kind(), ErrorKind::Protocol);
}

#[test]
fn events_are_written_in_the_vendors_order() {
    let mut reply = Reply::from_text("m", "Hi there");
    reply.parts.push(Part::ToolCall(ToolCall::new("call_1", "f", "{}")));
    reply.finish_reason = FinishReason::ToolCalls;
    reply.vendor_finish_reason = Some("completed".into());
    reply.id = Some("resp_1".to_owned());
    let chunks = [
        Chunk::Text("Hi ".to_owned()),
        Chunk::Text("there".to_owned()),
        Chunk::ToolCall { index: 0, id: "call_1".to_owned(), name: "f".to_owned() },
        Chunk::ToolArguments { index: 0, text: "{}".to_owned() },
    ];
    let written = events(&write(&chunks, &reply));
    let kinds: Vec<_> = written.iter().map(|event| event["type"].as_str().unwrap().to_owned()).collect();
    let expected = [
        "response.created",
        "response.in_progress",
        "response.output_item.added",
        "response.content_part.added",
        "response.output_text.delta",
        "response.output_text.delta",
        "response.output_text.done",
        "response.content_part.done",
        "response.output_item.done",
        "response.output_item.added",
        "response.function_call_arguments.delta",
        "response.function_call_arguments.done",
        "response.output_item.done",
        "response.completed",
    ];
    assert_eq!(kinds, expected);
    assert_eq!(written[6]["text"], "Hi there");
    assert_eq!(written[8]["item"], written[13]["response"]["output"][0]);
    assert_eq!(written[12]["item"], written[13]["response"]["output"][1]);
    // The vendor's client wants one id for an item, and one for all the answer.
    assert_eq!(written[2]["item"]["id"], written[8]["item"]["id"]);
    assert_eq!(written[0]["response"]["id"], written[13]["response"]["id"]);
    let (read_chunks, read_reply) = read(&written, true).unwrap();
    assert_eq!((read_chunks.as_slice(), read_reply), (chunks.as_slice(), reply));
}

#[test]
fn calls_that_are_written_at_the_same_time_stay_apart() {
    let call = |index: usize| Chunk::ToolCall { index, id: format!("call_{index}"), name: "f".to_owned() };
    let arguments = |index, text: &str| Chunk::ToolArguments { index, text: text.to_owned() };
    let chunks =
        [call(0), arguments(0, "{\"a\""), call(1), arguments(1, "{\"b\""), arguments(0, ":1}"), arguments(1, ":2}")];
    let calls = [("call_0", "{\"a\":1}"), ("call_1", "{\"b\":2}")];
    let parts = calls.map(|(id, arguments)| Part::ToolCall(ToolCall::new(id, "f", arguments)));
    let written = write(&chunks, &Reply::new("m", parts.to_vec()));
    let (chunks, reply) = read(&events(&written), true).unwrap();
    assert_eq!(reply.parts, parts);
    assert_eq!(joined(&chunks).3, calls.map(|(id, arguments)| (id.to_owned(), arguments.to_owned())));
}

#[test]
fn an_error_is_written_as_an_event() {
    let mut encoder = StreamEncoder::new("resp_1", "m", 7);
    let mut out = Vec::new();
    encoder.chunk(&Chunk::Text("Hi".to_owned()), &mut out).unwrap();
    encoder.error(&Error::new(ErrorKind::Quota, "no credit"), &mut out);
    let error = read(&events(&out), true).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Quota);
    assert!(error.message().contains("no credit"), "{error}");
}

fn any_reply() -> impl Strategy<Value = Reply> {
    let raw = |value: Value| Part::Raw(value);
    let text = "[a-z\"\\\\\né€ ]{0,6}";
    let part = prop_oneof![
        text.prop_map(|text| vec![Part::Text(text)]),
        text.prop_map(move |text| {
            vec![Part::Text(text), raw(json!({ "type": "output_text", "annotations": [{ "n": 1 }] }))]
        }),
        text.prop_map(move |text| {
            vec![raw(json!({ "type": "message", "phase": "final_answer" })), Part::Text(text)]
        }),
        text.prop_map(|text| vec![Part::Refusal(text)]),
        text.prop_map(move |text| vec![Part::Reasoning(text), raw(json!({ "type": "reasoning", "id": "rs_x" }))]),
        (text, text).prop_map(|(id, arguments)| vec![Part::ToolCall(ToolCall::new(id, "f", arguments))]),
        any::<u8>().prop_map(move |n| vec![raw(json!({ "type": "web_search_call", "id": n }))]),
    ];
    (prop::collection::vec(part, 0..6), any::<bool>(), prop::option::of("[a-z]{1,4}")).prop_map(|(parts, cut, id)| {
        let mut reply = Reply::new("m", parts.concat());
        reply.id = id;
        if cut {
            reply.finish_reason = FinishReason::Length;
        }
        // What a codec reads of it, so that the reason is the one that the parts give.
        decode_reply(&codex_ai::wire::openai_responses::encode_reply(&reply, 1).unwrap()).unwrap()
    })
}

proptest! {
    #[test]
    fn a_piece_is_read_alike_however_it_is_written(text in any::<String>(), id in any::<String>(), spaced: bool, escaped: bool) {
        let mut event = json!({ "type": "response.output_text.delta", "item_id": id, "logprobs": [], "n": null, "delta": text, "output_index": 3 });
        if escaped {
            event["logprobs"] = json!([{ "token": "\"delta\":\"x\"" }]);
        }
        let mut data = if spaced { serde_json::to_string_pretty(&event).unwrap() } else { event.to_string() };
        if spaced && escaped {
            data = data.replace('\n', " ");
        }
        let mut decoder = StreamDecoder::new();
        let mut chunks = Chunks::new();
        decoder.event("", &data, &mut chunks).unwrap();
        let expected = (!text.is_empty()).then(|| StreamItem::Chunk(Chunk::Text(text.clone())));
        prop_assert_eq!(chunks.pop(), expected);
        let so_far = decoder.so_far();
        prop_assert_eq!(so_far.text(), text);
    }

    #[test]
    fn pieces_are_read_alike_whatever_came_before_them(
        pieces in prop::collection::vec((0..4_usize, 0..3_u64, 0..3_usize, "[a-c\"\\\\é\n]{0,3}"), 0..12)
    ) {
        const KINDS: [&str; 4] = ["output_text", "refusal", "reasoning_text", "function_call_arguments"];
        let (mut plain, mut spaced) = (StreamDecoder::new(), StreamDecoder::new());
        for (count, (kind, index, form, text)) in pieces.into_iter().enumerate() {
            let mut event = json!({ "type": format!("response.{}.delta", KINDS[kind]) });
            match form {
                0 => event["sequence_number"] = json!(count * 7),
                1 => event["sequence_number"] = json!(1.5),
                _ => {}
            }
            event["item_id"] = json!(format!("item_{}", index % 2));
            event["output_index"] = index.into();
            event["delta"] = text.clone().into();
            event["obfuscation"] = text.into();
            let [short, long] = [(&mut plain, event.to_string()), (&mut spaced, format!("{event:#}"))].map(|(decoder, data)| {
                let mut chunks = Chunks::new();
                decoder.event("", &data, &mut chunks).unwrap();
                std::iter::from_fn(|| chunks.pop()).collect::<Vec<_>>()
            });
            prop_assert_eq!(short, long);
        }
        prop_assert_eq!(plain.so_far(), spaced.so_far());
    }

    #[test]
    fn a_streamed_reply_survives_the_server_and_the_client(reply in any_reply()) {
        let chunks = pieces(&reply);
        let written = events(&write(&chunks, &reply));
        let (read_chunks, read_reply) = read(&written, true).unwrap();
        prop_assert_eq!(joined(&read_chunks), joined(&chunks));
        prop_assert_eq!(&read_reply, &reply);
        let again = events(&write(&read_chunks, &read_reply));
        prop_assert_eq!(read(&again, false).unwrap().1, read_reply);
    }

    #[test]
    fn no_event_makes_the_decoder_panic(
        names in prop::collection::vec(0..26_usize, 0..12), texts in prop::collection::vec("[\\PC]{0,12}", 0..12), cut in 0..200_usize,
    ) {
        let (all, _) = rich();
        let mut decoder = StreamDecoder::new();
        let mut chunks = Chunks::new();
        for (name, text) in names.iter().zip(&texts) {
            let whole = all[*name].to_string();
            let cut: String = whole.chars().take(cut).collect();
            for data in [whole.as_str(), cut.as_str(), text] {
                drop(decoder.event("", data, &mut chunks));
                drop(decoder.event("response.output_text.delta", data, &mut chunks));
            }
        }
        drop(decoder.end(&mut chunks));
        decoder.so_far();
    }
}
