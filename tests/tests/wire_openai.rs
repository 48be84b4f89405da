//! The codec of OpenAI's Responses API, without a socket: both halves fit each other.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use codex_ai::message::{Image, ToolCall, ToolResult};
use codex_ai::wire::Target;
use codex_ai::wire::openai_error::{ErrorBody, encode_error};
use codex_ai::wire::openai_responses::{decode_reply, decode_request, encode_reply, encode_request};
use codex_ai::{
    CachePoint, Error, ErrorKind, FinishReason, Function, Message, Options, Output, Part, Reply, Request, Role, Schema,
    Tool, ToolChoice, Usage,
};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

const MODEL: &str = "model-1";

/// What a server reads of the request that a client writes.
fn through_the_wire(request: &Request) -> Request {
    let mut incoming = decode_request(&encode_request(request, &Target::new(MODEL)).unwrap()).unwrap();
    assert!(!incoming.stream);
    assert_eq!(incoming.request.options.model.take().as_deref(), Some(MODEL));
    incoming.request
}

fn output_text(output: &Output) -> String {
    format!("{output:?}")
}

#[test]
fn a_server_reads_what_others_write() {
    let body = json!({
        "model": "gpt-6-sol",
        "instructions": "Be kind.",
        "input": [
            { "role": "developer", "content": "Be brief." },
            { "type": "message", "role": "user", "content": [
                { "type": "input_text", "text": "See", "prompt_cache_breakpoint": { "mode": "explicit" } },
                { "type": "input_image", "image_url": "data:image/png;base64,AQID", "detail": "high" },
                { "type": "input_image", "image_url": "data:image/png;base64,cut-off" },
                { "type": "input_image", "file_id": "file_1" },
            ] },
            { "type": "reasoning", "id": "rs_1", "summary": [] },
            { "type": "message", "id": "msg_1", "status": "completed", "role": "assistant", "phase": "final_answer",
              "content": [{ "type": "output_text", "text": "I call.", "annotations": [] }] },
            { "type": "function_call", "id": "fc_1", "call_id": "c1", "name": "f", "arguments": "{}", "namespace": "n" },
            { "type": "function_call", "call_id": "c2", "name": "g", "arguments": "{}" },
            { "type": "function_call_output", "call_id": "c1", "output": "1" },
            { "type": "function_call_output", "call_id": "c2", "output": [{ "type": "input_text", "text": "2" }] },
            { "role": "assistant", "content": "Done." },
            { "type": "item_reference", "id": "msg_9" },
        ],
        "stream": true, "store": true, "temperature": 0, "max_output_tokens": 7, "top_p": null,
        "reasoning": { "effort": "low", "summary": "auto" },
        "text": { "format": { "type": "json_schema", "name": "S", "strict": true, "schema": { "type": "object" } }, "verbosity": "low" },
        "tools": [
            { "type": "function", "name": "f", "description": "Does f.", "parameters": { "type": "object" }, "strict": true, "x": 1 },
            { "type": "web_search" },
        ],
        "tool_choice": { "type": "function", "name": "f" }, "parallel_tool_calls": false, "service_tier": "flex",
    });
    let incoming = decode_request(body.to_string().as_bytes()).unwrap();
    assert!(incoming.stream);
    let request = incoming.request;
    let raw = Part::Raw;
    let expected = vec![
        Message::system("Be brief."),
        Message::new(
            Role::User,
            vec![
                Part::Text("See".into()),
                Part::CachePoint(CachePoint::new()),
                Part::Image(Image::bytes(&[1_u8, 2, 3][..], "image/png")),
                raw(json!({ "type": "input_image", "detail": "high" })),
                Part::Image(Image::url("data:image/png;base64,cut-off")),
                raw(json!({ "type": "input_image", "file_id": "file_1" })),
            ],
        ),
        Message::new(
            Role::Assistant,
            vec![
                raw(json!({ "type": "reasoning", "id": "rs_1", "summary": [] })),
                raw(json!({ "type": "message", "phase": "final_answer" })),
                Part::Text("I call.".into()),
                Part::ToolCall(ToolCall::new("c1", "f", "{}")),
                raw(json!({ "type": "function_call", "namespace": "n" })),
                Part::ToolCall(ToolCall::new("c2", "g", "{}")),
            ],
        ),
        Message::new(
            Role::Tool,
            vec![
                Part::ToolResult(ToolResult::new("c1", "1")),
                raw(
                    json!({ "type": "function_call_output", "call_id": "c2", "output": [{ "type": "input_text", "text": "2" }] }),
                ),
            ],
        ),
        Message::new(
            Role::Assistant,
            vec![Part::Text("Done.".into()), raw(json!({ "type": "item_reference", "id": "msg_9" }))],
        ),
    ];
    assert_eq!(request.messages, expected);
    assert_eq!(request.system.as_deref(), Some("Be kind."));
    let options = Options::new()
        .with_model("gpt-6-sol")
        .with_temperature(0.0)
        .with_max_tokens(7)
        .with_reasoning_effort("low")
        .with_extra("store", true)
        .with_extra("reasoning", json!({ "summary": "auto" }))
        .with_extra("text", json!({ "verbosity": "low", "format": { "strict": true } }))
        .with_parallel_tool_calls(false)
        .with_service_tier("flex");
    assert_eq!(request.options, options);
    let parameters = json!({ "type": "object" });
    let function = Function::new("f").with_description("Does f.").with_parameters(parameters).with_strict(true);
    let tools = [function.with_extra("x", 1).into(), Tool::Raw(json!({ "type": "web_search" }))];
    assert_eq!(request.tools, tools);
    assert_eq!(request.tool_choice, Some(ToolChoice::Function("f".into())));
    let Output::Schema(schema) = &request.output else { panic!("{:?}", request.output) };
    assert_eq!((schema.name(), schema.as_value()), ("S", &json!({ "type": "object" })));

    // And a client writes it as it was, but for what means nothing.
    let mut without_model = request.clone();
    without_model.options.model = None;
    let again: Value =
        serde_json::from_slice(&encode_request(&without_model, &Target::new("gpt-6-sol")).unwrap()).unwrap();
    let mut expected = body["input"].clone();
    expected[0] = json!({ "role": "system", "content": "Be brief." });
    expected[1].as_object_mut().unwrap().remove("type");
    for (index, key) in [(3, "id"), (3, "status"), (4, "id")] {
        expected[index].as_object_mut().unwrap().remove(key);
    }
    assert_eq!(again["input"], expected);
    for field in ["text", "tools", "tool_choice", "parallel_tool_calls", "service_tier"] {
        assert_eq!(again[field], body[field]);
    }
}

#[test]
fn every_choice_among_tools_survives() {
    for (choice, json) in [
        (ToolChoice::Auto, json!("auto")),
        (ToolChoice::None, json!("none")),
        (ToolChoice::Required, json!("required")),
        (ToolChoice::Function("f".into()), json!({ "type": "function", "name": "f" })),
        (ToolChoice::Raw(json!({ "type": "web_search" })), json!({ "type": "web_search" })),
    ] {
        let request = Request::new(vec![Message::user("Hi")]).with_tool_choice(choice.clone());
        let body = encode_request(&request, &Target::new(MODEL)).unwrap();
        assert_eq!(serde_json::from_slice::<Value>(&body).unwrap()["tool_choice"], json);
        assert_eq!(through_the_wire(&request).tool_choice, Some(choice));
    }
}

#[test]
fn a_point_for_the_cache_marks_the_block_before_it() {
    let point = || Part::CachePoint(CachePoint::new());
    let hour = Part::CachePoint(CachePoint::new().with_ttl("12h"));
    let file = json!({ "type": "input_file", "file_id": "file_1" });
    let user = vec![
        point(),
        Part::Text("Long".into()),
        Part::Raw(json!({ "type": "input_text", "x": 1 })),
        point(),
        Part::Image(Image::url("https://example.com/a.png")),
        hour,
        Part::Raw(file),
        point(),
    ];
    let messages = vec![
        Message::new(Role::User, user),
        Message::new(Role::Assistant, vec![Part::ToolCall(ToolCall::new("c", "f", "{}")), point()]),
        Message::new(Role::Tool, vec![Part::ToolResult(ToolResult::new("c", "1").as_error()), point()]),
    ];
    let body = encode_request(&Request::new(messages), &Target::new(MODEL)).unwrap();
    let explicit = json!({ "mode": "explicit" });
    let expected = json!([
        { "role": "user", "content": [
            { "type": "input_text", "text": "Long", "x": 1, "prompt_cache_breakpoint": explicit },
            { "type": "input_image", "image_url": "https://example.com/a.png", "prompt_cache_breakpoint": { "mode": "explicit", "ttl": "12h" } },
            { "type": "input_file", "file_id": "file_1", "prompt_cache_breakpoint": explicit },
        ] },
        { "type": "function_call", "call_id": "c", "name": "f", "arguments": "{}" },
        { "type": "function_call_output", "call_id": "c", "output": "1" },
    ]);
    assert_eq!(serde_json::from_slice::<Value>(&body).unwrap()["input"], expected);
    let again = decode_request(&body).unwrap().request;
    assert_eq!(again.messages[0].parts.iter().filter(|part| matches!(part, Part::CachePoint(_))).count(), 2);
    let mut again = again;
    again.options.model = None;
    assert_eq!(
        serde_json::from_slice::<Value>(&encode_request(&again, &Target::new(MODEL)).unwrap()).unwrap()["input"],
        expected
    );
}

#[test]
fn options_without_a_place_are_told_with_their_paths() {
    let mut options = Options::new().with_top_k(3).with_stop(["END"]).with_seed(1);
    options = options.with_presence_penalty(0.5).with_frequency_penalty(0.5);
    let function = Function::new("f").with_extra("name", "g");
    let request = Request::new(vec![Message::user("Hi")]).with_options(options);
    let error = encode_request(&request, &Target::new(MODEL)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    let paths: Vec<_> = error.problems().iter().map(|problem| problem.path.as_str()).collect();
    let expected =
        ["options.top_k", "options.stop", "options.seed", "options.presence_penalty", "options.frequency_penalty"];
    assert_eq!(paths, expected);
    let request = request.with_options(Options::new()).with_tools([Tool::Function(function), Tool::Raw(json!("x"))]);
    let error = encode_request(&request, &Target::new(MODEL)).unwrap_err();
    let paths: Vec<_> = error.problems().iter().map(|problem| problem.path.as_str()).collect();
    assert_eq!((error.kind(), paths), (ErrorKind::InvalidRequest, vec!["tools[0].extra.name", "tools[1]"]));
}

#[test]
fn a_server_tells_all_that_is_wrong_with_a_request() {
    let body = json!({
        "input": 5, "stream": "yes", "temperature": "hot", "max_output_tokens": -1, "reasoning": { "effort": 3 }, "text": [],
    });
    let error = decode_request(body.to_string().as_bytes()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    let paths: Vec<_> = error.problems().iter().map(|problem| problem.path.as_str()).collect();
    assert_eq!(paths, ["input", "stream", "temperature", "max_output_tokens", "reasoning.effort", "text", "model"]);
    for body in ["", "[]", "{", "\u{0}", "{\"model\":\"m\",\"input\":\"x\"} more"] {
        assert_eq!(decode_request(body.as_bytes()).unwrap_err().kind(), ErrorKind::InvalidRequest, "{body:?}");
    }
}

#[test]
fn thinking_of_models_with_open_weights_is_read_from_the_content() {
    let item = json!({ "type": "reasoning", "id": "rs", "summary": [], "content": [{ "type": "reasoning_text", "text": "Hm." }] });
    let reply = decode_reply(json!({ "output": [item.clone()] }).to_string().as_bytes()).unwrap();
    assert_eq!(reply.parts[0], Part::Reasoning("Hm.".into()));
    let request = Request::new(vec![Message::new(Role::Assistant, reply.parts)]);
    let body: Value = serde_json::from_slice(&encode_request(&request, &Target::new(MODEL)).unwrap()).unwrap();
    assert_eq!(body["input"], json!([item]));
}

#[test]
fn a_refusal_without_words_and_an_image_in_an_answer() {
    let reply = Reply::new("m", Vec::new()).with_finish_reason(FinishReason::Refusal);
    assert_eq!(decode_reply(&encode_reply(&reply, 0).unwrap()).unwrap().finish_reason, FinishReason::Refusal);
    let reply = Reply::new("m", vec![Part::Text("a".into()), Part::Image(Image::url("https://example.com/a.png"))]);
    let error = encode_reply(&reply, 0).unwrap_err();
    assert_eq!((error.kind(), error.problems()[0].path.as_str()), (ErrorKind::Unsupported, "parts[1]"));
}

#[test]
fn an_answer_has_all_fields_that_openais_sdk_demands() {
    let reply = Reply::from_text("m", "Hi").with_usage(Usage::new(5, 6));
    let body: Value = serde_json::from_slice(&encode_reply(&reply, 1_790_000_000).unwrap()).unwrap();
    let expected = json!({
        "id": "", "object": "response", "created_at": 1_790_000_000, "status": "completed", "model": "m", "error": null,
        "incomplete_details": null,
        "output": [{ "id": "msg_0", "type": "message", "role": "assistant", "status": "completed",
            "content": [{ "type": "output_text", "text": "Hi", "annotations": [] }] }],
        "parallel_tool_calls": true, "tool_choice": "auto", "tools": [],
        "usage": {
            "input_tokens": 5, "input_tokens_details": { "cached_tokens": 0, "cache_write_tokens": 0 },
            "output_tokens": 6, "output_tokens_details": { "reasoning_tokens": 0 }, "total_tokens": 11,
        },
    });
    assert_eq!(body, expected);
}

#[test]
fn errors_keep_their_kind_over_the_wire() {
    use ErrorKind::*;
    for kind in [Authentication, Permission, NotFound, InvalidRequest, RateLimit, Quota, Server, Timeout, Filtered] {
        let (status, body) = encode_error(&Error::new(kind, "words"));
        let error = ErrorBody::decode(&body).into_error(Some(status));
        assert_eq!(error.kind(), kind);
        assert!(error.message().ends_with(": words"), "{error}");
    }
    let (status, body) = encode_error(&Error::new(Server, "busy").with_status(503).with_code("overloaded"));
    assert_eq!((status, ErrorBody::decode(&body).code.as_deref()), (503, Some("overloaded")));
    // A status that contradicts the kind is not passed on.
    assert_eq!(encode_error(&Error::new(InvalidRequest, "m").with_status(503)).0, 400);
}

/// JSON of a few levels, with the names that the format uses among others.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        any_text().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((any_name(), inner), 0..5)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![any::<String>(), any_type().prop_map(str::to_owned), Just(String::new())]
}

fn any_type() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "message",
        "output_text",
        "input_text",
        "text",
        "refusal",
        "input_image",
        "input_file",
        "reasoning",
        "summary_text",
        "reasoning_text",
        "function_call",
        "function_call_output",
        "web_search_call",
        "assistant",
        "user",
        "system",
        "critic",
        "final_answer",
        "commentary",
        "completed",
    ])
}

fn any_name() -> impl Strategy<Value = String> {
    let known = prop::sample::select(vec![
        "type",
        "role",
        "content",
        "text",
        "refusal",
        "image_url",
        "file_id",
        "summary",
        "call_id",
        "id",
        "name",
        "arguments",
        "output",
        "phase",
        "status",
        "annotations",
        "logprobs",
        "encrypted_content",
    ]);
    prop_oneof![4 => known.prop_map(str::to_owned), 1 => "[a-z]{1,3}"]
}

/// An item that is well formed, or nearly so, or not at all.
fn any_item() -> impl Strategy<Value = Value> {
    let text = (any_text(), any_json())
        .prop_map(|(text, notes)| json!({ "type": "output_text", "text": text, "annotations": notes }));
    let part =
        prop_oneof![text, any_text().prop_map(|text| json!({ "type": "refusal", "refusal": text })), any_json(),];
    let message = (prop::collection::vec(part, 0..4), any_json(), prop::option::of(any_type())).prop_map(
        |(content, phase, role)| {
            let mut item = json!({ "type": "message", "content": content, "phase": phase });
            if let Some(role) = role {
                item["role"] = role.into();
            }
            item
        },
    );
    let summary =
        prop::collection::vec(any_text().prop_map(|text| json!({ "type": "summary_text", "text": text })), 0..3);
    let thought =
        prop::collection::vec(any_text().prop_map(|text| json!({ "type": "reasoning_text", "text": text })), 0..3);
    let reasoning = (summary, thought, any_json()).prop_map(
        |(summary, content, id)| json!({ "type": "reasoning", "summary": summary, "content": content, "id": id }),
    );
    let call = (any_text(), any_text(), any_json())
        .prop_map(|(id, arguments, more)| json!({ "type": "function_call", "call_id": id, "name": "f", "arguments": arguments, "more": more }));
    prop_oneof![3 => message, 1 => reasoning, 1 => call, 2 => any_json()]
}

fn any_reply_body() -> impl Strategy<Value = Value> {
    let status = prop_oneof![
        Just(json!("completed")),
        Just(json!("incomplete")),
        Just(json!("queued")),
        Just(json!("paused")),
        Just(Value::Null),
    ];
    let reason = prop_oneof![
        Just(Value::Null),
        Just(json!({ "reason": "max_output_tokens" })),
        Just(json!({ "reason": "content_filter" })),
        Just(json!({ "reason": "steered" })),
        any_json(),
    ];
    (prop::collection::vec(any_item(), 0..5), status, reason, any_text(), any_json(), any_json()).prop_map(
        |(output, status, reason, model, id, usage)| {
            json!({ "output": output, "status": status, "incomplete_details": reason, "model": model, "id": id, "usage": usage })
        },
    )
}

/// Parts of a message as a program, or `decode_request`, makes them: what belongs together stands together.
fn any_message() -> impl Strategy<Value = Message> {
    let rest = |kind: &'static str| {
        prop::option::of(any::<u8>().prop_map(move |n| Part::Raw(json!({ "type": kind, "extra": n }))))
    };
    let with_rest = |part: BoxedStrategy<Part>, kind| {
        (part, rest(kind)).prop_map(|(part, rest)| [vec![part], rest.into_iter().collect()].concat())
    };
    let text = || any::<String>().prop_map(Part::Text).boxed();
    let image = prop_oneof![
        prop::collection::vec(any::<u8>(), 0..20).prop_map(|bytes| Part::Image(Image::bytes(bytes, "image/png"))),
        "[a-z]{1,9}".prop_map(|name| Part::Image(Image::url(format!("https://example.com/{name}")))),
    ];
    let file = any::<u8>().prop_map(|n| vec![Part::Raw(json!({ "type": "input_file", "file_id": n }))]);
    let user_part = prop_oneof![with_rest(text(), "input_text"), with_rest(image.boxed(), "input_image"), file];
    let user = prop::collection::vec(user_part, 0..4).prop_map(|parts| Message::new(Role::User, parts.concat()));
    let system = any::<String>().prop_map(Message::system);

    let refusal = any::<String>().prop_map(Part::Refusal).boxed();
    let content =
        prop::collection::vec(prop_oneof![with_rest(text(), "output_text"), with_rest(refusal, "refusal")], 1..3);
    let head = any::<bool>().prop_map(|phase| {
        if phase { vec![Part::Raw(json!({ "type": "message", "phase": "final_answer" }))] } else { vec![] }
    });
    let content = (head, content).prop_map(|(head, content)| [head, content.concat()].concat());
    let thinking = any::<String>()
        .prop_map(|text| vec![Part::Reasoning(text), Part::Raw(json!({ "type": "reasoning", "id": "rs" }))]);
    let call = (any::<String>(), "[a-z]{1,5}", any::<String>())
        .prop_map(|(id, name, arguments)| Part::ToolCall(ToolCall::new(id, name, arguments)));
    let item = any::<u8>().prop_map(|n| vec![Part::Raw(json!({ "type": "web_search_call", "id": n }))]);
    let after = prop_oneof![with_rest(call.boxed(), "function_call"), item];
    let assistant = (prop::option::of(thinking), content, prop::collection::vec(after, 0..3)).prop_map(
        |(thinking, content, after)| {
            Message::new(Role::Assistant, [thinking.unwrap_or_default(), content, after.concat()].concat())
        },
    );
    let result =
        (any::<String>(), any::<String>()).prop_map(|(id, output)| Part::ToolResult(ToolResult::new(id, output)));
    let tool = prop::collection::vec(result, 1..3).prop_map(|parts| Message::new(Role::Tool, parts));
    prop_oneof![user, system, assistant, tool]
}

fn any_request() -> impl Strategy<Value = Request> {
    let options = (
        prop::option::of((0..=200_u32).prop_map(|n| f64::from(n) / 100.0)),
        prop::option::of(any::<u32>()),
        prop::option::of("[a-z]{1,6}"),
        prop::collection::vec(
            ("x[a-z]{0,3}", any_json().prop_filter("null is absent", |value| !value.is_null())),
            0..3,
        ),
    )
        .prop_map(|(temperature, limit, effort, extra)| {
            let mut options = Options::new();
            options.temperature = temperature;
            options.top_p = temperature.map(|n| n / 2.0);
            options.max_tokens = limit;
            options.reasoning_effort = effort.map(Into::into);
            options.extra = extra.into_iter().collect::<Map<_, _>>();
            options
        });
    let schema = json!({ "type": "object", "properties": { "x": { "type": "string" } }, "required": ["x"], "additionalProperties": false });
    let output = prop_oneof![
        Just(Output::Text),
        Just(Output::Json),
        Just(Output::Schema(Schema::new("Point", schema).unwrap().into())),
    ];
    (prop::collection::vec(any_message(), 0..5), prop::option::of("[ -~]{1,20}"), options, output).prop_map(
        |(messages, system, options, output)| {
            let request = Request::new(in_turns(messages)).with_options(options).with_output(output);
            match system {
                Some(system) => request.with_system(system),
                None => request,
            }
        },
    )
}

/// Puts a word of the user between two messages of the assistant, or of tools: the wire knows items, not messages, so
/// that two in a row are read as one turn.
fn in_turns(messages: Vec<Message>) -> Vec<Message> {
    let mut out: Vec<Message> = Vec::new();
    for message in messages {
        let same = out.last().is_some_and(|last| last.role == message.role);
        if same && matches!(message.role, Role::Assistant | Role::Tool) {
            out.push(Message::user("And?"));
        }
        out.push(message);
    }
    out
}

proptest! {
    #[test]
    fn a_reply_survives_the_server_and_the_client(body in any_reply_body()) {
        let reply = decode_reply(body.to_string().as_bytes()).unwrap();
        let again = decode_reply(&encode_reply(&reply, 1).unwrap()).unwrap();
        prop_assert_eq!(again, reply);
    }

    #[test]
    fn a_request_survives_the_client_and_the_server(request in any_request()) {
        let again = through_the_wire(&request);
        prop_assert_eq!(&again.system, &request.system);
        prop_assert_eq!(&again.messages, &request.messages);
        let mut options = request.options.clone();
        // That the schema is strict already, so that it is not made so again.
        if matches!(request.output, Output::Schema(_)) {
            options.extra.insert("text".to_owned(), json!({ "format": { "strict": true } }));
        }
        prop_assert_eq!(&again.options, &options);
        prop_assert_eq!(output_text(&again.output), output_text(&request.output));
    }

    #[test]
    fn what_a_server_reads_is_written_the_same_by_a_client(items in prop::collection::vec(any_item(), 0..5)) {
        let body = json!({ "model": MODEL, "input": items });
        let read = decode_request(body.to_string().as_bytes()).unwrap().request;
        let mut read = read;
        read.options.model = None;
        // Items that are no items are kept, and told when they are to be sent.
        if let Ok(once) = encode_request(&read, &Target::new(MODEL)) {
            let mut again = decode_request(&once).unwrap().request;
            again.options.model = None;
            prop_assert_eq!(encode_request(&again, &Target::new(MODEL)).unwrap(), once);
        }
    }

    #[test]
    fn no_body_makes_a_codec_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), value in any_json()) {
        drop(decode_reply(&bytes));
        drop(decode_request(&bytes));
        drop(ErrorBody::decode(&bytes).into_error(Some(500)));
        let text = value.to_string();
        drop(decode_reply(text.as_bytes()));
        drop(decode_request(text.as_bytes()));
        drop(ErrorBody::decode(text.as_bytes()).into_error(None));
    }
}

#[test]
fn pictures_and_thinking_with_fields_nobody_knows_are_read_and_go_back_as_they_came() {
    let items = json!([
        { "type": "reasoning", "id": "rs_1", "summary": [{ "type": "summary_text", "text": "Hm.", "x": 1 }] },
        { "type": "image_generation_call", "id": "ig_1", "status": "completed", "output_format": "webp", "result": "AQID" },
        { "type": "image_generation_call", "id": "ig_2", "status": "failed" },
    ]);
    let body = json!({ "id": "r", "model": "m", "status": "completed", "output": items });
    let reply = decode_reply(body.to_string().as_bytes()).unwrap();
    assert_eq!(reply.parts[0], Part::Reasoning("Hm.".into()));
    assert_eq!(reply.parts[2], Part::Image(Image::bytes(&[1_u8, 2, 3][..], "image/webp")));
    assert_eq!(decode_reply(&encode_reply(&reply, 0).unwrap()).unwrap(), reply);

    let request = Request::new(vec![Message::new(Role::Assistant, reply.parts)]);
    let sent: Value = serde_json::from_slice(&encode_request(&request, &Target::new(MODEL)).unwrap()).unwrap();
    assert_eq!(sent["input"], items);
}
