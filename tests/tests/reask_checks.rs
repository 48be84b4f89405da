//! What is wrong with an answer, all at once: by the schema, by the type, by the checks of its author.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::collections::BTreeMap;

use codex_ai::testing::Scripted;
use codex_ai::{Dispatcher, ErrorKind, Leniency, LlmSchema, Problem, RepairKind, StructuredOutput, ToolCall, json};
use serde_json::json;

#[derive(Debug, PartialEq, serde::Deserialize, LlmSchema)]
struct Menu {
    #[llm(max_length = 5)]
    name: String,
    #[llm(check = lower_case)]
    motto: String,
    dishes: Vec<Dish>,
    prices: BTreeMap<String, Price>,
}

#[derive(Debug, PartialEq, serde::Deserialize, LlmSchema)]
#[llm(validate = Dish::fits)]
struct Dish {
    starter: u8,
    main: u8,
}

#[derive(Debug, PartialEq, serde::Deserialize, LlmSchema)]
struct Price {
    #[llm(check = not_odd)]
    cents: u32,
}

fn lower_case(text: &str) -> Result<(), String> {
    if text.chars().any(char::is_uppercase) { Err("must not shout".to_owned()) } else { Ok(()) }
}

#[derive(Debug)]
struct Odd(u32);

impl std::fmt::Display for Odd {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} is odd", self.0)
    }
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "the form of a check")]
fn not_odd(cents: &u32) -> Result<(), Odd> {
    if cents % 2 == 1 { Err(Odd(*cents)) } else { Ok(()) }
}

impl Dish {
    fn fits(&self) -> Result<(), Vec<Problem>> {
        let mut problems = Vec::new();
        if self.starter > self.main {
            problems.push(Problem::new("starter", "is larger than the main dish").with_expected("a small one"));
            problems.push(Problem::new("", "is upside down"));
        }
        if problems.is_empty() { Ok(()) } else { Err(problems) }
    }
}

fn told(problems: &[Problem]) -> Vec<(&str, &str, Option<&str>)> {
    problems.iter().map(|p| (p.path.as_str(), p.message.as_str(), p.got.as_deref())).collect()
}

fn bad() -> String {
    json!({
        "name": "too long",
        "motto": "EAT",
        "dishes": [{ "starter": 1, "main": 2 }, { "starter": 3, "main": 2 }],
        "prices": { "a": { "cents": 2 }, "b c": { "cents": 3 } },
    })
    .to_string()
}

#[tokio::test]
async fn schema_and_checks_are_told_at_once() {
    for leniency in [Leniency::Lenient, Leniency::Exact] {
        let provider = Scripted::texts([bad()]);
        let policy = StructuredOutput::new().with_leniency(leniency).with_max_reasks(0);
        let dispatcher = Dispatcher::builder(provider).structured_output(policy).build().unwrap();
        let error = dispatcher.generate_json::<Menu>("x").await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidOutput);
        assert_eq!(
            told(error.problems()),
            [
                ("name", "must have at most 5 characters, found 8", Some("8")),
                ("motto", "must not shout", Some("\"EAT\"")),
                ("dishes[1].starter", "is larger than the main dish", Some("3")),
                ("dishes[1]", "is upside down", Some("{\"starter\":3,\"main\":2}")),
                ("prices[\"b c\"].cents", "3 is odd", Some("3")),
            ]
        );
    }
}

#[tokio::test]
async fn the_model_is_told_what_the_checks_say() {
    let good = r#"{"name":"a","motto":"b","dishes":[],"prices":{}}"#;
    let provider = Scripted::texts([bad().as_str(), good]);
    let dispatcher = Dispatcher::new(provider.clone()).unwrap();
    let menu: Menu = dispatcher.generate_json("x").await.unwrap();
    assert_eq!(menu.name, "a");
    let requests = provider.requests();
    let text = requests[1].messages.last().unwrap().text().unwrap();
    let lines: Vec<&str> = text.lines().skip(2).take(5).collect();
    assert_eq!(
        lines,
        [
            "dishes[1] | is upside down | {\"starter\":3,\"main\":2}",
            "dishes[1].starter | is larger than the main dish | 3 | a small one",
            "motto | must not shout | \"EAT\"",
            "name | too long | 8 | at most 5 characters",
            "prices[\"b c\"].cents | 3 is odd | 3",
        ]
    );
}

#[tokio::test]
async fn checks_run_on_every_way_to_a_value() {
    let wrong = r#"{"cents": 3}"#;
    let texts = || Scripted::texts([wrong]);
    let dispatcher = |provider| Dispatcher::new(provider).unwrap().with_structured_output(StructuredOutput::exact());
    let odd = |error: codex_ai::Error| assert_eq!(told(error.problems()), [("cents", "3 is odd", Some("3"))]);
    odd(dispatcher(texts()).generate_json::<Price>("x").await.unwrap_err());
    odd(codex_ai::Reply::from_text("m", wrong).read::<Price>().unwrap_err());
    odd(json::from_str::<Price>(wrong).unwrap_err());
    odd(ToolCall::new("1", "price", wrong).read::<Price>().unwrap_err());
    let list = json::from_str::<Vec<Option<Price>>>(r#"[null, {"cents": 3}]"#).unwrap_err();
    assert_eq!(told(list.problems()), [("$[1].cents", "3 is odd", Some("3"))]);
    // Also where the answer had to be put right first.
    let mended = json::from_str::<Price>("Here: {cents: '3'}").unwrap_err();
    assert_eq!(mended.problems()[0].message, "3 is odd");
}

#[tokio::test]
async fn what_is_put_right_costs_no_question_and_is_reported() {
    #[derive(Debug, PartialEq, serde::Deserialize, LlmSchema)]
    struct Place {
        city: String,
        people: u32,
    }
    let text = "Sure!\n```json\n{\"city\": \"Oslo\", \"people\": \"709,037\",}\n```";
    let provider = Scripted::texts([text, text, r#"{"city":"Oslo","people":1}"#]);
    let dispatcher = Dispatcher::builder(provider.clone()).build().unwrap();
    let place: Place = dispatcher.generate_json("x").await.unwrap();
    assert_eq!(place, Place { city: "Oslo".into(), people: 709_037 });
    assert_eq!(provider.left(), 2);
    // To the letter it is no answer.
    let exact = StructuredOutput::new().with_leniency(Leniency::Exact);
    let place: Place = dispatcher.with_structured_output(exact).generate_json("x").await.unwrap();
    assert_eq!((place.people, provider.left()), (1, 0));
    let parsed = json::from_str::<Place>(text).unwrap();
    assert!(parsed.repairs.iter().any(|repair| repair.kind == RepairKind::Extracted), "{:?}", parsed.repairs);
    assert!(parsed.repairs.iter().any(|repair| repair.path == "people"), "{:?}", parsed.repairs);
}
