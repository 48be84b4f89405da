//! What of a request is read, what is refused, and what an answer carries.

use std::fmt::Write;
use std::sync::Arc;
use std::time::Instant;

use codex_ai::message::{Image, ToolResult};
use codex_ai::provider::local::{Local, MODEL};
use codex_ai::{ErrorKind, FinishReason, Message, Options, Output, Part, Provider, Request, Role, Schema};
use serde_json::{Value, json};

use crate::examples::{NEWS, TICKET};
use crate::{ask, fill, problems, request};

#[test]
fn the_answer_names_its_maker_and_counts_no_tokens() {
    let reply = ask(&Request::new(vec![Message::user(NEWS)])).expect("a value");
    assert_eq!(Local::quiet().name(), "local");
    assert_eq!(reply.model, MODEL);
    assert_eq!((reply.usage, reply.attempts), (None, 1));
}

#[test]
fn the_same_request_gets_the_same_answer() {
    let schema = json!({ "type": "object", "additionalProperties": { "type": "string" }, "minProperties": 3 });
    for prompt in [NEWS, TICKET, "", "A: 1\nB: 2"] {
        let request = request(prompt, schema.clone());
        let first = ask(&request).expect("a value");
        assert!((0..5).all(|_| ask(&request).expect("a value") == first));
    }
}

#[test]
fn an_image_is_refused_rather_than_ignored() {
    for role in [Role::User, Role::Assistant, Role::System, Role::Tool] {
        let parts = vec![Part::Text(NEWS.to_owned()), Part::Image(Image::url("https://example.com/a.png"))];
        let error = ask(&Request::new(vec![Message::new(role, parts)])).expect_err("an error");
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        assert!(error.message().contains("cannot look at images"), "{error}");
    }
}

#[test]
fn a_part_of_an_unknown_kind_is_refused() {
    let message = Message::new(Role::User, vec![Part::Raw(json!({ "type": "input_audio" }))]);
    assert_eq!(ask(&Request::new(vec![message])).expect_err("an error").kind(), ErrorKind::Unsupported);
}

#[test]
fn the_result_of_a_tool_is_material() {
    let result = Part::ToolResult(ToolResult::new("1", "The bridge is closed until Friday evening."));
    let messages = vec![Message::user("Is the bridge open?"), Message::new(Role::Tool, vec![result])];
    assert_eq!(ask(&Request::new(messages)).expect("a value").text(), "The bridge is closed until Friday evening.");
}

#[test]
fn an_example_is_not_material() {
    let schema = json!({ "type": "string", "enum": ["weather", "sports"] });
    let messages = vec![
        Message::user("Classify:\n\nThe team won the cup final."),
        Message::assistant("\"sports\""),
        Message::user("Classify:\n\nThe storm brought rain and wind."),
    ];
    let schema = Arc::new(Schema::new("Topic", schema).expect("a value"));
    let reply = ask(&Request::new(messages).with_output(Output::Schema(schema))).expect("a value");
    assert_eq!(reply.text(), "\"weather\"");
}

#[test]
fn an_earlier_turn_is_material_if_there_is_no_other() {
    let messages = vec![
        Message::user(NEWS),
        Message::assistant("What shall I do with it?"),
        Message::user("Summarise it in one sentence."),
    ];
    assert!(ask(&Request::new(messages)).expect("a value").text().starts_with("The new harbour tunnel"));
}

#[test]
fn options_that_mean_nothing_here_change_nothing() {
    let plain = Request::new(vec![Message::user(NEWS)]);
    let options = Options::new()
        .with_temperature(2.0)
        .with_top_p(0.1)
        .with_model("gpt-5.6-luna")
        .with_reasoning_effort("high")
        .with_extra("seed", 7);
    assert_eq!(ask(&plain.clone().with_options(options)).expect("a value"), ask(&plain).expect("a value"));
}

#[test]
fn json_without_a_schema_is_a_headline_and_points() {
    let request = Request::new(vec![Message::user(format!("At most 2 points.\n\n{NEWS}"))]).with_output(Output::Json);
    let value: Value = serde_json::from_str(&ask(&request).expect("a value").text()).expect("a value");
    assert_eq!(value["points"].as_array().map(Vec::len), Some(2));
    assert!(value["headline"].as_str().is_some_and(|headline| headline.starts_with("The new harbour tunnel")));
    let empty = Request::new(Vec::new()).with_output(Output::Json);
    assert_eq!(ask(&empty).expect("a value").text(), r#"{"headline":"","points":[]}"#);
}

#[test]
fn a_small_token_limit_gives_a_plainer_value_before_it_cuts_one() {
    let schema = json!({
        "type": "object",
        "properties": { "points": { "type": "array", "items": { "type": "string" } } },
        "required": ["points"],
    });
    let limited = |tokens| request(NEWS, schema.clone()).with_options(Options::new().with_max_tokens(tokens));
    let plain = ask(&limited(10)).expect("a value");
    assert_eq!((&*plain.text(), &plain.finish_reason), (r#"{"points":[]}"#, &FinishReason::Stop));
    let cut = ask(&limited(2)).expect("a value");
    assert_eq!((&*cut.text(), &cut.finish_reason), (r#"{"points"#, &FinishReason::Length));
}

#[test]
fn without_material_a_value_is_valid_all_the_same() {
    let schema = json!({
        "type": "object",
        "properties": {
            "headline": { "type": "string", "minLength": 5 },
            "points": { "type": "array", "items": { "type": "string" }, "minItems": 2 },
            "topic": { "enum": ["a", "b"] },
            "when": { "type": "string", "format": "date-time" },
            "note": { "type": ["string", "null"] },
        },
        "required": ["headline", "points", "topic", "when"],
    });
    for prompt in ["", "Summarise this:", "\n\n"] {
        let value = fill(prompt, schema.clone());
        assert_eq!(problems(&schema, &value), Vec::<String>::new(), "{value}");
        assert!(value.get("note").is_none());
    }
}

/// A text of a million bytes gets an answer; the time is printed, not judged.
#[test]
fn a_megabyte_is_worked_out() {
    let mut prose = String::from("Summarise this report and extract its figures.\n\n");
    let mut n = 0;
    while prose.len() < 1_000_000 {
        n += 1;
        let _ = write!(
            prose,
            "Station {n} in Hamburg measured {}.{} degrees on 5 March 2024, said Ada Lovelace. ",
            n % 40,
            n % 10
        );
        if n % 7 == 0 {
            let _ = write!(prose, "\n\nRecord {n}: value {n}\n- item {n} for EUR {n}.50\n");
        }
    }
    let schema = json!({
        "type": "object",
        "properties": {
            "headline": { "type": "string" },
            "points": { "type": "array", "items": { "type": "string" } },
            "date": { "type": "string", "format": "date" },
            "degrees": { "type": "number" },
            "people": { "type": "array", "items": { "type": "string" } },
            "records": { "type": "object", "additionalProperties": { "type": "string" } },
            "lines": { "type": "array", "items": {
                "type": "object",
                "properties": { "name": { "type": "string" }, "price": { "type": "number" } },
                "required": ["name", "price"],
            } },
        },
        "required": ["headline", "points", "date", "degrees", "people", "records", "lines"],
    });
    for (what, text) in [
        ("prose", prose),
        ("one word", "a".repeat(1_000_000)),
        ("stops", ". ".repeat(500_000)),
        ("lines", "a: b\n".repeat(200_000)),
        ("quotes", "\"".repeat(1_000_000)),
        ("digits", "1-".repeat(500_000)),
        ("tags", "<a>".repeat(333_333)),
        ("spaces", " ".repeat(1_000_000)),
        ("requests", "List it.\n\n".repeat(100_000)),
        ("capitals", "Ada ".repeat(250_000)),
        ("Japanese", "東京は雨だ".repeat(66_000)),
    ] {
        let start = Instant::now();
        assert!(!crate::text(&text).is_empty());
        let free = start.elapsed();
        let value = fill(&text, schema.clone());
        println!("1 MB of {what}: free text {free:?}, with JSON {:?}", start.elapsed());
        assert_eq!(problems(&schema, &value), Vec::<String>::new());
    }
}

#[derive(Debug, serde::Deserialize, codex_ai::LlmSchema)]
struct Picky {
    #[llm(check = never)]
    #[allow(dead_code, reason = "read by its check alone")]
    name: String,
}

fn never(name: &str) -> Result<(), String> {
    Err(format!("`{name}` is never right"))
}

/// What is told of an answer is no text to take one from.
#[test]
fn a_question_that_is_asked_again_has_the_same_answer() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let dispatcher = codex_ai::Dispatcher::new(Local::quiet()).expect("a dispatcher");
    let text = "The ferry to Aldney stops at noon. The wind is too strong.";
    let error = runtime.block_on(dispatcher.generate_json::<Picky>(text)).expect_err("no value");
    let asks = &error.report().expect("a report").asks;
    assert_eq!(asks.len(), 3, "{error}");
    assert!(asks.iter().all(|ask| ask.problems == error.problems()), "{asks:#?}");
    assert!(error.answer().is_some_and(|answer| !answer.contains("never right")), "{error}");
}
