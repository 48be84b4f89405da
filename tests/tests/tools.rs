//! `#[tool]` and the rounds of a model that calls tools: on every vendor over a socket, whole and streamed.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use codex_ai::layer::Failover;
use codex_ai::provider::anthropic::Anthropic;
use codex_ai::provider::compatible::Compatible;
use codex_ai::provider::gemini::Gemini;
use codex_ai::provider::openai::OpenAi;
use codex_ai::provider::openrouter::OpenRouter;
use codex_ai::testing::{Scripted, Step, WireServer};
use codex_ai::{
    AnyProvider, Chunk, Dispatcher, Error, ErrorKind, FinishReason, Function, LlmSchema, Part, Prompt, Provider,
    Provides, Reply, Role, ToolCall, ToolChoice, ToolDef, ToolResult, ToolUse, Usage, blocking, prompt, prompts, tool,
};

/// The weather in a city now.
#[tool]
async fn weather(
    /// Without the country.
    city: &str,
    #[arg(default = 1)] days: u8,
    tags: Option<&str>,
) -> String {
    format!("{days} days of 12 degrees in {city}{}", tags.unwrap_or_default())
}

#[derive(serde::Serialize)]
struct Receipt {
    order: String,
    cents: u32,
}

mod shop {
    use super::{Receipt, tool};

    /// Gives the money back.
    #[tool(name = "refund-order")]
    pub(crate) async fn refund(order: &str, #[arg(rename = "type")] kind: Option<String>) -> Result<Receipt, String> {
        match order {
            "AB-1" => Ok(Receipt { order: order.to_owned(), cents: kind.map_or(450, |_| 1) }),
            other => Err(format!("there is no order {other}")),
        }
    }

    pub(crate) mod orders {
        use super::tool;

        /// Counts.
        #[tool(marker = Count)]
        pub(crate) async fn count(orders: &[String]) -> usize {
            orders.len()
        }

        // A module has the name already.
        pub(crate) mod count {}
    }
}
use shop::refund;

#[derive(Debug, PartialEq, serde::Deserialize, LlmSchema)]
struct Forecast {
    celsius: i32,
}

/// Advises.
#[prompt(tools(weather, refund, shop::orders::Count))]
async fn advise(city: &str) -> Prompt {
    Prompt::new().user(format!("How warm is it in {city}?"))
}

#[prompt(tools(self::weather), marker = Warmth)]
async fn forecast(city: &str) -> Prompt<Forecast> {
    Prompt::new().user(format!("How warm is it in {city}?"))
}

pub(crate) fn vendors(server: &WireServer) -> Vec<AnyProvider> {
    let (url, origin, key) = (server.url(), server.origin(), "a-key-for-tests");
    vec![
        AnyProvider::new(OpenAi::builder().key(key).base_url(&url).build().unwrap()),
        AnyProvider::new(OpenAi::builder().key(key).base_url(&url).chat().build().unwrap()),
        AnyProvider::new(Anthropic::builder().key(key).base_url(&origin).build().unwrap()),
        AnyProvider::new(Gemini::builder().key(key).base_url(&origin).build().unwrap()),
        AnyProvider::new(OpenRouter::builder().key(key).base_url(&url).build().unwrap()),
        AnyProvider::new(Compatible::at(&url).key(key).default_model("m").build().unwrap()),
    ]
}

/// An answer that calls these tools.
fn calls(calls: &[(&str, &str)]) -> Reply {
    let call = |(at, (name, arguments)): (usize, &(&str, &str))| {
        Part::ToolCall(ToolCall::new(format!("call_{at}"), *name, *arguments))
    };
    Reply::new("m", calls.iter().enumerate().map(call).collect())
        .with_finish_reason(FinishReason::ToolCalls)
        .with_usage(Usage::new(10, 5))
}

fn text(text: &str) -> Reply {
    Reply::from_text("m", text).with_usage(Usage::new(20, 6))
}

/// The results that a request tells, oldest first.
fn results(messages: &[codex_ai::Message]) -> Vec<ToolResult> {
    let parts = messages.iter().filter(|message| message.role == Role::Tool).flat_map(|message| &message.parts);
    parts.filter_map(|part| if let Part::ToolResult(result) = part { Some(result.clone()) } else { None }).collect()
}

#[tokio::test]
async fn tools_are_called_until_the_model_answers_on_every_vendor() {
    let steps = || {
        [
            calls(&[("weather", r#"{"city":"Oslo"}"#), ("refund-order", r#"{"order":"AB-1","type":"x"}"#)]),
            calls(&[("count", r#"{"orders":["a","b"]}"#)]),
            text("12 degrees."),
        ]
    };
    let server = WireServer::script((0..12).flat_map(|_| steps()).map(Step::reply)).unwrap();
    for vendor in vendors(&server) {
        let name = vendor.name().to_owned();
        let dispatcher = Dispatcher::new(vendor).unwrap();
        let reply = dispatcher.reply::<Advise>(AdviseArgs { city: "Oslo" }).await.unwrap();
        assert_eq!(
            (&*reply.value, reply.usage, reply.attempts),
            ("12 degrees.", Some(Usage::new(40, 16)), 3),
            "{name}"
        );
        let told: Vec<_> = results(&reply.tool_messages).into_iter().map(|result| result.output).collect();
        assert_eq!(told, ["1 days of 12 degrees in Oslo", r#"{"order":"AB-1","cents":1}"#, "2"], "{name}");

        let mut stream = dispatcher.stream::<Advise>(AdviseArgs { city: "Oslo" }).await.unwrap();
        let mut shown = Vec::new();
        while let Some(chunk) = stream.next().await {
            match chunk.unwrap() {
                Chunk::ToolCall { index, name, .. } => shown.push(format!("{index} {name}")),
                Chunk::ToolResult { index, result } => shown.push(format!("{index} = {}", result.output)),
                Chunk::Text(text) => shown.push(text),
                Chunk::Finish { usage, .. } => shown.push(usage.unwrap().total_tokens().to_string()),
                _ => {}
            }
        }
        let wanted = [
            "0 weather",
            "1 refund-order",
            "0 = 1 days of 12 degrees in Oslo",
            r#"1 = {"order":"AB-1","cents":1}"#,
            "2 count",
            "2 = 2",
        ];
        assert_eq!(shown[..6], wanted, "{name}");
        assert_eq!(shown[6..shown.len() - 1].concat(), "12 degrees.", "{name}");
        assert_eq!(shown.last().unwrap(), "56", "{name}");
        let streamed = stream.finish().await.unwrap();
        assert_eq!((streamed.value, streamed.usage), ("12 degrees.".to_owned(), reply.usage), "{name}");
        assert_eq!(streamed.tool_messages.len(), 4, "{name}");
    }
    assert_eq!(server.request_count(), 36);
    for (at, request) in server.requests().iter().enumerate() {
        let body = request.json().to_string();
        assert!(body.contains("Without the country.") && body.contains("Gives the money back."), "{body}");
        assert_eq!(body.contains("12 degrees in Oslo"), at % 3 > 0, "{body}");
    }
}

#[tokio::test]
async fn values_are_read_after_the_tools_on_every_vendor() {
    let mut call = calls(&[("weather", r#"{"city":"Oslo"}"#)]);
    call.parts.insert(0, Part::Text("I look that up: {".into()));
    let steps = || [call.clone(), text(r#"{"celsius":12}"#)];
    let server = WireServer::script((0..12).flat_map(|_| steps()).map(Step::reply)).unwrap();
    for vendor in vendors(&server) {
        let name = vendor.name().to_owned();
        let dispatcher = Dispatcher::new(vendor).unwrap();
        let value = dispatcher.call::<Warmth>(WarmthArgs { city: "Oslo" }).await.unwrap();
        assert_eq!(value, Forecast { celsius: 12 }, "{name}");
        let mut stream = dispatcher.stream::<Warmth>(WarmthArgs { city: "Oslo" }).await.unwrap();
        let mut last = None;
        while let Some(partial) = stream.next_partial().await {
            last = partial.unwrap().celsius.done().copied();
        }
        assert_eq!(last, Some(12), "{name}");
        assert_eq!(stream.finish().await.unwrap().value, value, "{name}");
    }
}

#[tokio::test]
async fn what_goes_wrong_with_a_call_is_told_to_the_model() {
    let wrong = calls(&[
        ("weather", r#"{"days":300}"#),
        ("wether", "{}"),
        ("refund-order", r#"{"order":"no"}"#),
        ("weather", r#"{"city":"Oslo","days":"3","tags":null}"#),
        ("count", "not JSON"),
    ]);
    let provider = Scripted::new([Ok(wrong), Ok(text("ok"))]);
    let dispatcher = Dispatcher::new(provider.clone()).unwrap();
    dispatcher.call::<Advise>(AdviseArgs { city: "Oslo" }).await.unwrap();
    let told = results(&provider.requests()[1].messages);
    assert_eq!(told.iter().map(|result| result.is_error).collect::<Vec<_>>(), [true, true, true, false, true]);
    assert!(told[0].output.starts_with("the arguments do not fit the tool `weather`\n"), "{}", told[0].output);
    assert!(told[0].output.contains("`city`") && told[0].output.contains("`days`"), "{}", told[0].output);
    assert_eq!(told[1].output, "there is no tool `wether`; did you mean `weather`?");
    assert_eq!(told[2].output, "there is no order no");
    assert_eq!(told[3].output, "3 days of 12 degrees in Oslo");
    assert!(told[4].output.starts_with("the arguments do not fit the tool `count`"), "{}", told[4].output);
    let ids: Vec<_> = told.iter().map(|result| (&*result.id, result.name.as_deref().unwrap())).collect();
    assert_eq!(ids[2], ("call_2", "refund-order"));
}

#[tokio::test]
async fn limits_end_in_an_error_that_keeps_what_was_paid_for() {
    let call = |said: &str| {
        let mut reply = calls(&[("weather", r#"{"city":"Oslo"}"#)]);
        reply.parts.insert(0, Part::Text(said.into()));
        Ok(reply)
    };
    let ask = |policy: ToolUse| {
        let provider = Scripted::new([call("One."), call("Two."), call("Three."), Ok(text("ok"))]);
        let dispatcher = Dispatcher::builder(provider.clone()).tool_use(policy).build().unwrap();
        async move {
            let ended = dispatcher.reply::<Advise>(AdviseArgs { city: "Oslo" }).await;
            (ended, provider.requests().len())
        }
    };
    let (ended, asked) = ask(ToolUse::new().with_max_rounds(1)).await;
    let error = ended.unwrap_err();
    assert_eq!((error.kind(), asked), (ErrorKind::ToolLimit, 2));
    assert_eq!((error.usage().copied(), error.answer()), (Some(Usage::new(20, 10)), Some("One.\n\nTwo.")));
    assert_eq!(error.prompt(), Some("advise"));
    assert!(error.help().unwrap().contains("`max_rounds`"), "{error}");

    let (ended, asked) = ask(ToolUse::new().with_max_total_tokens(30)).await;
    let error = ended.unwrap_err();
    assert_eq!((error.kind(), asked, error.answer()), (ErrorKind::ToolLimit, 2, Some("One.\n\nTwo.")));
    assert!(error.help().unwrap().contains("`max_total_tokens`"), "{error}");

    assert_eq!(ask(ToolUse::new().with_max_rounds(3)).await.0.unwrap().value, "ok");

    let provider = Scripted::new([call("One."), Err(Error::new(ErrorKind::Server, "down"))]);
    let error = Dispatcher::new(provider).unwrap().call::<Advise>(AdviseArgs { city: "Oslo" }).await.unwrap_err();
    assert_eq!((error.kind(), error.usage().copied()), (ErrorKind::Server, Some(Usage::new(10, 5))));
    assert_eq!(error.answer(), Some("One."));
}

/// Waits for ever.
#[tool]
async fn sleep() -> String {
    std::future::pending().await
}

#[prompt(tools(sleep, weather))]
async fn rest() -> Prompt {
    Prompt::new().user("Rest.")
}

#[tokio::test(start_paused = true)]
async fn time_ends_a_call_or_all_of_them() {
    let script = || Scripted::new([Ok(calls(&[("sleep", ""), ("weather", r#"{"city":"Oslo"}"#)])), Ok(text("ok"))]);
    let limit = std::time::Duration::from_secs(5);
    let provider = script();
    let policy = ToolUse::new().with_call_timeout(limit).with_max_result_bytes(24);
    let dispatcher = Dispatcher::new(provider.clone()).unwrap().with_tool_use(policy);
    dispatcher.call::<Rest>(RestArgs {}).await.unwrap();
    let told = results(&provider.requests()[1].messages);
    assert_eq!(told[0].output, "the tool took longer tha [cut here: 28 bytes in all]");
    assert!(told[0].is_error);
    assert_eq!(told[1].output, "1 days of 12 degrees in  [cut here: 28 bytes in all]");

    let dispatcher = Dispatcher::new(script()).unwrap().with_tool_use(ToolUse::new().with_deadline(limit));
    let error = dispatcher.call::<Rest>(RestArgs {}).await.unwrap_err();
    assert_eq!((error.kind(), error.usage().copied()), (ErrorKind::Timeout, Some(Usage::new(10, 5))));
    let mut stream = dispatcher.stream::<Rest>(RestArgs {}).await;
    while let Ok(stream) = &mut stream
        && let Some(chunk) = stream.next().await
    {
        if let Err(error) = chunk {
            assert_eq!(error.prompt(), Some("rest"));
        }
    }
}

#[tokio::test]
async fn tools_of_one_answer_run_at_the_same_time() {
    let barrier = Arc::new(tokio::sync::Barrier::new(2));
    let both = Function::new("both").with_handler(move |_| {
        let barrier = Arc::clone(&barrier);
        async move {
            barrier.wait().await;
            Ok::<_, Error>(1)
        }
    });
    let provider = Scripted::new([Ok(calls(&[("both", "{}"), ("both", "{}")])), Ok(text("ok"))]);
    let dispatcher = Dispatcher::new(provider.clone()).unwrap();
    let prompt: Prompt = Prompt::new().user("Go.").tool(both).tool_choice(ToolChoice::Required);
    assert_eq!(dispatcher.generate_text(prompt).await.unwrap(), "ok");
    let choices: Vec<_> = provider.requests().iter().map(|request| request.tool_choice.clone()).collect();
    assert_eq!(choices, [Some(ToolChoice::Required), None]);
}

#[tokio::test]
async fn a_function_without_a_handler_is_the_programs_own_business() {
    let script = || Scripted::new([Ok(calls(&[("weather", r#"{"city":"Oslo"}"#), ("own", "{}")]))]);
    let prompt = || Prompt::<String>::new().user("x").tool(Function::new("own")).tool(Function::of::<weather>());
    let error = Dispatcher::new(script()).unwrap().generate_text(prompt()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Empty);
    let reply = Dispatcher::new(script()).unwrap().generate_reply(prompt()).await.unwrap();
    assert_eq!(reply.tool_calls().count(), 2);
    let twice = prompt().tool(Function::new("weather"));
    let error = Dispatcher::new(script()).unwrap().generate_text(twice).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert!(error.message().starts_with("two tools are called `weather` (") && error.message().contains("tools.rs:"));
}

#[tokio::test]
async fn a_model_is_asked_again_with_the_results_in_place() {
    let provider = Scripted::new([
        Ok(calls(&[("weather", r#"{"city":"Oslo"}"#)])),
        Ok(text("not JSON")),
        Ok(text(r#"{"celsius":"warm"}"#)),
        Ok(text(r#"{"celsius":12}"#)),
    ]);
    let dispatcher = Dispatcher::new(provider.clone()).unwrap();
    let reply = dispatcher.reply::<Warmth>(WarmthArgs { city: "Oslo" }).await.unwrap();
    assert_eq!((reply.value.celsius, reply.usage), (12, Some(Usage::new(70, 23))));
    let lengths: Vec<_> = provider.requests().iter().map(|request| request.messages.len()).collect();
    assert_eq!(lengths, [1, 3, 5, 5]);
    assert_eq!(results(&provider.requests()[3].messages).len(), 1);
}

#[tokio::test]
async fn limits_go_on_where_a_model_is_asked_again() {
    let call = || Ok(calls(&[("weather", r#"{"city":"Oslo"}"#)]));
    // 15 tokens, 26, 15.
    for (policy, named) in [
        (ToolUse::new().with_max_rounds(1), "`max_rounds`"),
        (ToolUse::new().with_max_total_tokens(50), "`max_total_tokens`"),
    ] {
        let provider = Scripted::new([call(), Ok(text("not JSON")), call(), Ok(text(r#"{"celsius":12}"#))]);
        let dispatcher = Dispatcher::builder(provider.clone()).tool_use(policy).build().unwrap();
        let error = dispatcher.call::<Warmth>(WarmthArgs { city: "Oslo" }).await.unwrap_err();
        assert_eq!((error.kind(), provider.requests().len()), (ErrorKind::ToolLimit, 3));
        assert!(error.help().unwrap().contains(named), "{error}");
        assert_eq!(error.usage().copied(), Some(Usage::new(40, 16)));
    }
}

/// Lists days.
#[prompt(tools(weather))]
async fn days(city: &str) -> Prompt<Vec<Forecast>> {
    Prompt::new().user(city)
}

#[derive(Debug, PartialEq, serde::Deserialize, LlmSchema)]
struct Report {
    text: String,
    days: Vec<Forecast>,
}

/// Reports.
#[prompt(tools(weather), marker = Reporting)]
async fn report(city: &str) -> Prompt<Report> {
    Prompt::new().user(city)
}

#[tokio::test]
async fn what_is_said_beside_calls_is_no_part_of_what_grows() {
    let say = |said: &str| {
        let mut reply = calls(&[("weather", r#"{"city":"Oslo"}"#)]);
        reply.parts.insert(0, Part::Text(said.into()));
        Ok(reply)
    };
    let whole = r#"{"text":"It is warm, [nearly] hot.","days":[{"celsius":12},{"celsius":13}]}"#;
    for said in ["I look: [", "I look: {", "Now [1, {", "```json\n", r#"{"days":["#] {
        let script = |last: &str| Dispatcher::new(Scripted::new([say(said), say(said), Ok(text(last))])).unwrap();
        let list = script(r#"[{"celsius":12},{"celsius":13}]"#);
        let mut elements = list.stream::<Days>(DaysArgs { city: "Oslo" }).await.unwrap().into_elements();
        let mut found = Vec::new();
        while let Some(element) = elements.next().await {
            found.push(element.unwrap().celsius);
        }
        assert_eq!(found, [12, 13], "{said}");
        assert_eq!(elements.finish().await.unwrap().value.len(), 2);

        let open = async || script(whole).stream::<Reporting>(ReportingArgs { city: "Oslo" }).await.unwrap();
        let mut elements = open().await.into_elements_of::<Forecast>("days").unwrap();
        let mut found = Vec::new();
        while let Some(element) = elements.next().await {
            found.push(element.unwrap().celsius);
        }
        assert_eq!(found, [12, 13], "{said}");

        let mut grown = open().await.into_text_of("text").unwrap();
        let mut found = String::new();
        while let Some(piece) = grown.next().await {
            found.push_str(&piece.unwrap());
        }
        assert_eq!(found, "It is warm, [nearly] hot.", "{said}");

        let mut stream = open().await;
        let mut last = None;
        while let Some(partial) = stream.next_partial().await {
            last = partial.unwrap().text.done().cloned();
        }
        assert_eq!(last.as_deref(), Some("It is warm, [nearly] hot."), "{said}");
    }
}

#[test]
fn a_blocking_dispatcher_calls_tools_and_so_does_a_call_by_name() {
    let script = || Scripted::new([Ok(calls(&[("weather", r#"{"city":"Oslo"}"#)])), Ok(text("ok"))]);
    let dispatcher = blocking::Dispatcher::new(script()).unwrap();
    assert_eq!(dispatcher.call::<Advise>(AdviseArgs { city: "Oslo" }).unwrap(), "ok");
    let dispatcher = blocking::Dispatcher::new(script()).unwrap();
    assert_eq!(dispatcher.process("advise", serde_json::json!({ "city": "Oslo" })).unwrap(), "ok");
    let dispatcher = blocking::Dispatcher::new(script()).unwrap().with_tool_use(ToolUse::new().with_max_rounds(0));
    assert_eq!(dispatcher.call::<Advise>(AdviseArgs { city: "Oslo" }).unwrap_err().kind(), ErrorKind::ToolLimit);
}

#[test]
fn what_the_binary_knows_of_a_tool() {
    let entry = <refund as ToolDef>::TOOL;
    assert_eq!((entry.name(), entry.docs(), entry.state()), ("refund-order", "Gives the money back.", None));
    assert_eq!(entry.signature(), "refund(order: &str, type: Option<String> = None) -> Result<Receipt, String>");
    let names: Vec<_> = <Advise as codex_ai::PromptDef>::ENTRY.tools().map(codex_ai::ToolEntry::name).collect();
    assert_eq!(names, ["weather", "refund-order", "count"]);
    assert_eq!(<Advise as codex_ai::PromptDef>::ENTRY.describe()["tools"][2]["name"], "count");
    let schema = Function::of::<weather>().parameters.unwrap();
    assert_eq!(schema["required"], serde_json::json!(["city"]));
    assert_eq!(Function::of::<sleep>().parameters, None);
}

/// What tools and prompts are called on.
struct Store {
    prices: Vec<u32>,
}

/// Has a store.
struct Company {
    store: Store,
}

impl Provides<Store> for Company {
    fn provide(&self) -> &Store {
        &self.store
    }
}

#[prompts]
impl Store {
    /// The price of an item.
    #[tool]
    async fn price(&self, number: usize) -> Result<u32, String> {
        self.prices.get(number).copied().ok_or_else(|| "there is no such item".to_owned())
    }

    /// Says it louder.
    #[tool(name = "shout")]
    async fn louder(text: &str) -> String {
        text.to_uppercase()
    }

    #[prompt(tools(Self::price, weather))]
    async fn sell(&self) -> Prompt {
        Prompt::new().user(format!("Sell {} items.", self.prices.len()))
    }
}

#[prompts]
impl Company {
    #[prompt(tools(Store::price))]
    async fn boast(&self) -> Prompt {
        Prompt::new().user("Boast.")
    }
}

#[prompt(tools(Store::price, Store::louder))]
async fn quote(item: u8) -> Prompt {
    Prompt::new().user(format!("Item {item}?"))
}

#[tokio::test]
async fn tools_that_are_methods_are_called_on_what_is_mounted() {
    let called = calls(&[("price", r#"{"number":1}"#), ("price", r#"{"number":9}"#)]);
    let provider = Scripted::new((0..4).flat_map(|_| [Ok(called.clone()), Ok(text("ok"))]));
    let store = || Store { prices: vec![7, 9] };
    let dispatcher = Dispatcher::new(provider.clone()).unwrap().mount(Arc::new(store()));
    dispatcher.call::<Sell>(SellArgs {}).await.unwrap();
    dispatcher.call::<Quote>(QuoteArgs { item: 1 }).await.unwrap();
    dispatcher.process("quote", serde_json::json!({ "item": 1 })).await.unwrap();
    let company = Company { store: store() };
    let dispatcher = Dispatcher::new(provider.clone()).unwrap().mount(Arc::new(company));
    dispatcher.stream::<Boast>(BoastArgs {}).await.unwrap().finish().await.unwrap();
    for request in provider.requests().iter().skip(1).step_by(2) {
        let told: Vec<_> =
            results(&request.messages).into_iter().map(|result| (result.output, result.is_error)).collect();
        assert_eq!(told, [("9".to_owned(), false), ("there is no such item".to_owned(), true)]);
    }
    let error = dispatcher.process("quote", serde_json::json!({ "item": 1 })).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert_eq!(<Quote as codex_ai::PromptDef>::ENTRY.state(), Some("Store"));
}

#[tokio::test]
async fn a_conversation_with_tools_goes_on_at_the_next_vendor() {
    let called = || Step::reply(calls(&[("weather", r#"{"city":"Oslo"}"#)]));
    let down = || Step::error(500, "server_error", "down");
    let first = WireServer::script([called(), down(), called(), down()]).unwrap();
    let second = WireServer::script([text("ok"), text("ok")].map(Step::reply)).unwrap();
    // A chain of its own for each call: one that knows that its first route is ill would begin at the second.
    for streamed in [false, true] {
        let chain = Failover::builder()
            .route(Anthropic::builder().key("a-key-for-tests").base_url(first.origin()).build().unwrap())
            .route(OpenAi::builder().key("a-key-for-tests").base_url(second.url()).build().unwrap())
            .build()
            .unwrap();
        let dispatcher = Dispatcher::new(chain).unwrap();
        let args = AdviseArgs { city: "Oslo" };
        let reply = if streamed {
            dispatcher.stream::<Advise>(args).await.unwrap().finish().await.unwrap()
        } else {
            dispatcher.reply::<Advise>(args).await.unwrap()
        };
        assert_eq!((&*reply.value, reply.usage), ("ok", Some(Usage::new(30, 11))));
    }
    assert_eq!((first.request_count(), second.request_count()), (4, 2));
    for request in second.requests() {
        assert!(request.json().to_string().contains("12 degrees in Oslo"), "{}", request.json());
    }
}

#[tokio::test]
async fn a_stream_that_is_dropped_ends_the_call_of_its_tool() {
    struct Ended(Arc<AtomicBool>);
    impl Drop for Ended {
        fn drop(&mut self) {
            self.0.store(true, Ordering::Relaxed);
        }
    }
    let (ended, begun) = (Arc::new(AtomicBool::new(false)), Arc::new(tokio::sync::Notify::new()));
    let tool = Function::new("wait").with_handler({
        let (ended, begun) = (Arc::clone(&ended), Arc::clone(&begun));
        move |_| {
            let (guard, begun) = (Ended(Arc::clone(&ended)), Arc::clone(&begun));
            async move {
                begun.notify_one();
                std::future::pending::<()>().await;
                drop(guard);
                Ok::<_, Error>(1)
            }
        }
    });
    let dispatcher = Dispatcher::new(Scripted::new([Ok(calls(&[("wait", "{}")]))])).unwrap();
    let prompt: Prompt = Prompt::new().user("Go.").tool(tool);
    let mut stream = dispatcher.stream_text(prompt).await.unwrap();
    let read = async { while stream.next().await.is_some() {} };
    tokio::select! {
        () = read => panic!("the tool has not ended"),
        () = begun.notified() => {}
    }
    assert!(!ended.load(Ordering::Relaxed));
    drop(stream);
    assert!(ended.load(Ordering::Relaxed));
}
