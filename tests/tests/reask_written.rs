//! A model is told what is wrong in the form that it wrote, a program in that of its type.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::collections::BTreeMap;

use codex_ai::provider::openai::OpenAi;
use codex_ai::schema::WireForm;
use codex_ai::testing::{Scripted, Step, WireServer};
use codex_ai::{
    Dispatcher, Error, Leniency, LlmSchema, Message, Output, Part, Provider, Reply, Request, Role, Schema, SchemaMode,
    StructuredOutput, ToolCall,
};

#[derive(Debug, PartialEq, serde::Deserialize, LlmSchema)]
struct Shop {
    prices: BTreeMap<String, Price>,
    #[serde(default)]
    pair: Option<(u8, Size)>,
    #[serde(flatten)]
    open: BTreeMap<String, Size>,
}

#[derive(Debug, PartialEq, serde::Deserialize, LlmSchema)]
struct Price {
    #[llm(max = 100, check = even)]
    cents: u32,
}

#[derive(Debug, PartialEq, serde::Deserialize, LlmSchema)]
struct Size {
    #[llm(max_length = 3)]
    name: String,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "the form of a check")]
fn even(cents: &u32) -> Result<(), String> {
    if cents % 2 == 1 { Err("must be even".to_owned()) } else { Ok(()) }
}

/// The lines that the model is told of this answer, and the error that the program has.
async fn told<T: codex_ai::JsonOutput>(form: WireForm, leniency: Leniency, text: &str) -> (Vec<String>, Error) {
    let mut reply = Reply::from_text("m", text);
    reply.wire_form = form;
    let provider = Scripted::new([Ok(reply.clone()), Ok(reply)]);
    let policy = StructuredOutput::new().with_leniency(leniency).with_max_reasks(1);
    let dispatcher = Dispatcher::builder(provider.clone()).structured_output(policy).build().unwrap();
    let error = dispatcher.generate_json::<T>("x").await.map(|_| ()).unwrap_err();
    let requests = provider.requests();
    let text = requests[1].messages.last().unwrap().text().unwrap().into_owned();
    let lines = text.lines().skip(2).take_while(|line| *line != "</problems>").map(str::to_owned).collect();
    (lines, error)
}

fn paths(error: &Error) -> Vec<&str> {
    let mut paths: Vec<_> = error.problems().iter().map(|problem| problem.path.as_str()).collect();
    paths.sort_unstable();
    paths
}

const WRITTEN: &str = r#"{
    "prices": [{"key": "a", "value": {"cents": 2}}, {"key": "b c", "value": {"cents": 101}}],
    "pair": {"0": 30, "1": {"name": "large"}},
    "others": [{"key": "x", "value": {"name": "huge"}}]
}"#;

#[tokio::test]
async fn paths_are_those_of_the_answer() {
    for leniency in [Leniency::Lenient, Leniency::Exact] {
        for form in [WireForm::OpenAiStrict, WireForm::Anthropic] {
            let (lines, error) = told::<Shop>(form, leniency, WRITTEN).await;
            assert_eq!(
                lines,
                [
                    "pair[\"1\"].name | too long | 5 | at most 3 characters",
                    "prices[1].value.cents | too large | 101 | at most 100",
                    "prices[1].value.cents | must be even | 101",
                    "others[0].value.name | too long | 4 | at most 3 characters",
                ]
            );
            let own = ["pair[1].name", "prices[\"b c\"].cents", "prices[\"b c\"].cents", "x.name"];
            assert_eq!(paths(&error), own);
        }
    }
}

#[tokio::test]
async fn what_stands_there_is_told_as_it_stands() {
    let cases = [
        (
            r#"{"prices": [], "pair": {"0": 3}, "others": []}"#,
            r#"pair | wrong type | {"0":3} | an object with the properties `0` to `1`"#,
        ),
        (
            r#"{"prices": 7, "pair": null, "others": []}"#,
            "prices | wrong type | 7 | a list of objects with `key` and `value`",
        ),
        (
            r#"{"prices": [{"key": "a"}], "pair": null, "others": []}"#,
            r#"prices | wrong type | [{"key":"a"}] | a list of objects with `key` and `value`"#,
        ),
        (
            r#"{"prices": [{"key": "a", "value": {"cents": "lots"}}], "pair": null, "others": []}"#,
            r#"prices[0].value.cents | wrong type | "lots" | a whole number"#,
        ),
        // A model that does not care for the vendor's form is told in the form that it wrote.
        (r#"{"prices": {"a": {"cents": 103}}}"#, "prices.a.cents | too large | 103 | at most 100"),
    ];
    for (text, line) in cases {
        let (lines, _) = told::<Shop>(WireForm::OpenAiStrict, Leniency::Lenient, text).await;
        assert_eq!(lines[0], line, "{lines:?}");
    }
    let text = r#"{"value": [{"cents": 200}]}"#;
    let (lines, error) = told::<Vec<Price>>(WireForm::OpenAiStrict, Leniency::Lenient, text).await;
    assert_eq!(lines, ["value[0].cents | too large | 200 | at most 100"]);
    assert_eq!(paths(&error), ["$[0].cents"]);
}

#[tokio::test]
async fn all_problems_come_in_one_round() {
    // Decoded, or with something put right first: what the schema says and what the checks say come together.
    let fenced = "Here:\n```json\n{prices: {a: {cents: '101'}}}\n```";
    let (lines, _) = told::<Shop>(WireForm::Plain, Leniency::Lenient, fenced).await;
    assert_eq!(lines, ["prices.a.cents | too large | 101 | at most 100", "prices.a.cents | must be even | 101"]);
}

#[tokio::test]
async fn a_text_that_runs_on_is_not_sent_back_whole() {
    let long = "é ".repeat(1 << 17);
    let provider = Scripted::texts([long.as_str(), r#"{"cents": 2}"#]);
    let dispatcher = Dispatcher::new(provider.clone()).unwrap();
    dispatcher.generate_json::<Price>("x").await.unwrap();
    let requests = provider.requests();
    let [_, attempt, _] = &requests[1].messages[..] else { panic!("three messages") };
    let sent = attempt.text().unwrap();
    assert!(sent.len() < 10_000, "{}", sent.len());
    assert!(sent.ends_with(&format!("[cut here: {} bytes in all]", long.len())), "{sent}");
}

#[tokio::test]
async fn tokens_that_nobody_counts_are_estimated() {
    // 4,000 bytes are a thousand tokens.
    let text = format!("no{}", " ".repeat(3998));
    for (most, asked) in [(999, 1), (1001, 2), (4000, 3)] {
        let provider = Scripted::texts([text.as_str(); 3]);
        let policy = StructuredOutput::new().with_max_total_tokens(most);
        let dispatcher = Dispatcher::builder(provider.clone()).structured_output(policy).build().unwrap();
        let error = dispatcher.generate_json::<Price>("x").await.unwrap_err();
        assert_eq!(provider.requests().len(), asked, "{most}: {error}");
        assert_eq!(error.help().unwrap().contains("about "), asked < 3, "{error}");
    }
}

#[tokio::test]
async fn marks_that_nobody_sees_are_written_out() {
    #[derive(Debug, serde::Deserialize, LlmSchema)]
    struct Short {
        #[llm(max_length = 1, check = never)]
        name: String,
    }
    fn never(_: &str) -> Result<(), String> {
        Err("is\u{200b} it".to_owned())
    }
    let text = serde_json::json!({ "name": "a\u{202e}b\u{2066}\u{feff}\u{e0041}" }).to_string();
    let (lines, _) = told::<Short>(WireForm::Plain, Leniency::Lenient, &text).await;
    assert_eq!(lines[1], r#"name | is\u200b it | "a\u202eb\u2066\ufeff\udb40\udc41""#);
}

#[tokio::test]
async fn the_text_of_an_error_tells_how_often_and_what_it_took() {
    let reply = || Ok(Reply::from_text("m", r#"{"cents": 3}"#).with_usage(codex_ai::Usage::new(100, 20)));
    let dispatcher = Dispatcher::new(Scripted::new([reply(), reply(), reply()])).unwrap();
    let error = dispatcher.generate_json::<Price>("x").await.unwrap_err();
    let text = error.to_string();
    let (before, after) = text.split_once("asked 3 times: ").unwrap();
    let (seconds, after) = after.split_once(" s, ").unwrap();
    assert!(seconds.parse::<f64>().is_ok(), "{text}");
    assert_eq!(
        format!("{before}{after}"),
        "`scripted/m`: the answer is not a `Price`\n  \
         360 tokens\n  \
         `cents`: must be even\n  \
         = help: it was asked 3 times, as `max_reasks` is 2; look at `report()`"
    );
}

#[tokio::test]
async fn checks_run_once_for_a_value() {
    thread_local! {
        static RUNS: std::cell::Cell<u32> = const { std::cell::Cell::new(0) };
    }
    #[derive(Debug, serde::Deserialize, LlmSchema)]
    struct Counted {
        #[llm(check = counted)]
        small: u8,
    }
    #[allow(clippy::trivially_copy_pass_by_ref, reason = "the form of a check")]
    fn counted(small: &u8) -> Result<(), String> {
        RUNS.set(RUNS.get() + 1);
        if *small > 9 { Err("is not small".to_owned()) } else { Ok(()) }
    }
    let runs = |text: &str| {
        RUNS.set(0);
        let is_ok = codex_ai::json::from_str::<Counted>(text).is_ok();
        (is_ok, RUNS.get())
    };
    assert_eq!(runs(r#"{"small": 1}"#), (true, 1));
    assert_eq!(runs("{small: '1'}"), (true, 1));
    assert_eq!(runs(r#"{"small": 10}"#), (false, 1));
    assert_eq!(runs("{small: '10'}"), (false, 1));
    let call = ToolCall::new("1", "t", r#"{"small": 10}"#);
    RUNS.set(0);
    assert!(call.read::<Counted>().is_err());
    assert_eq!(RUNS.get(), 1);
    RUNS.set(0);
    let (_, _) = told::<Counted>(WireForm::Plain, Leniency::Exact, r#"{"small": 10}"#).await;
    assert_eq!(RUNS.get(), 2);
}

#[tokio::test]
async fn a_vendor_without_the_tool_is_told_of_its_call_in_text() {
    let server =
        WireServer::script([r#"{"cents": 2}"#, r#"{"cents": 2}"#].map(|text| Step::reply(Reply::from_text("m", text))))
            .unwrap();
    let openai = OpenAi::builder().key("test-key").base_url(server.url()).chat().build().unwrap();
    let call = ToolCall::new("call_1", "Price", r#"{"cents": 3}"#);
    let result = call.result("must be even").as_error();
    let said = vec![
        Message::user("x"),
        Message::new(Role::Assistant, vec![Part::Reasoning("hm".to_owned()), Part::ToolCall(call)]),
        Message::tool([result]),
    ];
    let mut request = Request::new(said).with_output(Output::Schema(Schema::of::<Price>().clone()));
    openai.generate(&request).await.unwrap();
    request.schema_mode = Some(SchemaMode::Tool);
    openai.generate(&request).await.unwrap();
    let roles = |at: usize| {
        let body = server.requests()[at].json();
        let messages = body["messages"].as_array().unwrap().clone();
        messages.iter().map(|message| message["role"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(roles(0), ["user", "assistant", "user"]);
    assert_eq!(server.requests()[0].json()["messages"][1]["content"], r#"{"cents": 3}"#);
    assert_eq!(roles(1), ["user", "assistant", "tool"]);
}
