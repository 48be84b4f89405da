//! Tools that the built-in provider calls by rules: which, with what, and the answer from their results.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use codex_ai::message::ToolResult;
use codex_ai::provider::Local;
use codex_ai::{
    Chunk, Dispatcher, ErrorKind, FinishReason, Function, LlmSchema, Message, Part, Prompt, Reply, Request, ToolCall,
    ToolChoice, prompt, prompts, tool,
};
use serde_json::{Value, json};

use crate::ask;

fn offered() -> Vec<codex_ai::Tool> {
    let function = |name: &'static str, about: &'static str, properties: Value, required: Value| {
        let mut function = Function::new(name);
        function.description = Some(about.into());
        let schema = json!({ "type": "object", "properties": properties, "required": required });
        function.parameters = Some(Arc::new(schema));
        function.into()
    };
    let mut clock = Function::new("get_time");
    clock.description = Some("The time of day now.".into());
    vec![
        function("weather", "How warm it is.", json!({ "city": { "type": "string" } }), json!(["city"])),
        function(
            "refund_order",
            "Gives the money back.",
            json!({ "order": { "type": "integer" }, "reason": { "type": "string" } }),
            json!(["order"]),
        ),
        clock.into(),
    ]
}

fn asked(question: &str) -> Request {
    Request::new(vec![Message::user(question)]).with_tools(offered())
}

/// Name and arguments of all calls.
fn calls(request: &Request) -> Vec<(String, Value)> {
    let reply = ask(request).unwrap();
    let calls: Vec<_> =
        reply.tool_calls().map(|call| (call.name.clone(), serde_json::from_str(&call.arguments).unwrap())).collect();
    assert_eq!(calls.is_empty(), reply.finish_reason == FinishReason::Stop);
    calls
}

fn one(name: &str, arguments: Value) -> Vec<(String, Value)> {
    vec![(name.to_owned(), arguments)]
}

#[test]
fn a_tool_is_called_where_words_and_arguments_fit() {
    assert_eq!(calls(&asked("What is the weather in Oslo?")), one("weather", json!({ "city": "Oslo" })));
    assert_eq!(
        calls(&asked("Tell me the weather of the city of New York, please.")),
        one("weather", json!({ "city": "New York" }))
    );
    assert_eq!(calls(&asked("Please refund order no. 4711.")), one("refund_order", json!({ "order": 4711 })));
    assert_eq!(calls(&asked("What time is it?")), one("get_time", json!({})));
    // All that fit at once, in the order of the offer.
    let both = asked("I want order 17 refunded. And how is the weather in Bergen?");
    assert_eq!(
        calls(&both),
        [("weather".to_owned(), json!({ "city": "Bergen" })), ("refund_order".to_owned(), json!({ "order": 17 })),]
    );
    assert_eq!(ask(&both).unwrap(), ask(&both).unwrap());
    let ids: Vec<String> = ask(&both).unwrap().tool_calls().map(|call| call.id.clone()).collect();
    assert_eq!(ids, ["call_1", "call_2"]);
    let mut single = both;
    single.options.parallel_tool_calls = Some(false);
    assert_eq!(calls(&single).len(), 1);
    // Nothing fits, an argument is missing, or it is not wanted.
    for question in ["Who wrote Dune?", "What is the weather?", "Do not refund order 17."] {
        assert_eq!(calls(&asked(question)), []);
    }
}

#[test]
fn the_choice_is_heeded() {
    let choose = |question, choice| asked(question).with_tool_choice(choice);
    assert_eq!(calls(&choose("What is the weather in Oslo?", ToolChoice::None)), []);
    assert_eq!(calls(&choose("What is the weather in Oslo?", ToolChoice::Auto)).len(), 1);
    assert_eq!(calls(&choose("What time is it?", ToolChoice::Required)), one("get_time", json!({})));
    // Something must be called: what can be, else what cannot.
    assert_eq!(calls(&choose("Who wrote Dune?", ToolChoice::Required)), one("get_time", json!({})));
    let must = calls(&choose("Who wrote it?", ToolChoice::Function("refund_order".into())));
    assert_eq!(must, one("refund_order", json!({ "order": 0 })));
    let error = ask(&choose("x", ToolChoice::Function("refund".into()))).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert!(error.to_string().contains("the tool `refund` is to be called, and is not offered"), "{error}");
}

#[test]
fn results_are_answered_from_whatever_is_offered_and_chosen() {
    let question = "What is the weather in Oslo, and what time is it?";
    let call = |id: &str, name: &str| Part::ToolCall(ToolCall::new(id, name, "{}"));
    let told = [
        ToolResult::new("1", "Rain falls in Oslo until the evening."),
        ToolResult::new("2", "the clock is broken").as_error(),
    ];
    let messages = vec![
        Message::user(question),
        Reply::new("m", vec![call("1", "weather"), call("2", "get_time")]).to_message(),
        Message::tool(told),
    ];
    for choice in [ToolChoice::Auto, ToolChoice::Required, ToolChoice::Function("weather".into())] {
        let request = Request::new(messages.clone()).with_tools(offered()).with_tool_choice(choice);
        let reply = ask(&request).unwrap();
        assert_eq!((reply.tool_calls().count(), &*reply.text()), (0, "Rain falls in Oslo until the evening."));
    }
    // The next question is one of its own.
    let mut next = messages;
    next.push(Message::assistant("Rain."));
    next.push(Message::user("And the weather in Bergen?"));
    let request = Request::new(next).with_tools(offered());
    assert_eq!(calls(&request), one("weather", json!({ "city": "Bergen" })));
    assert_eq!(ask(&request).unwrap().tool_calls().next().unwrap().id, "call_3");
}

#[derive(Debug, PartialEq, serde::Deserialize, serde::Serialize, LlmSchema)]
struct Weather {
    city: String,
    celsius: i32,
}

#[derive(Default)]
struct Station(AtomicUsize);

#[prompts]
impl Station {
    /// The weather in a city now.
    #[tool]
    async fn weather(&self, city: &str) -> Weather {
        self.0.fetch_add(1, Ordering::Relaxed);
        Weather { city: city.to_owned(), celsius: -4 }
    }

    #[prompt(tools(Station::weather))]
    async fn look_out(&self, city: &str) -> Prompt<Weather> {
        Prompt::new().user(format!("What is the weather in {city}?"))
    }

    #[prompt(tools(Station::weather))]
    async fn tell(&self, city: &str) -> Prompt {
        Prompt::new().user(format!("What is the weather in {city}?"))
    }
}

#[tokio::test]
async fn the_whole_loop_runs_without_a_key() {
    let station = Arc::new(Station::default());
    let dispatcher = Dispatcher::new(Local::quiet()).unwrap().mount(Arc::clone(&station));
    let weather = dispatcher.call::<LookOut>(LookOutArgs { city: "Oslo" }).await.unwrap();
    assert_eq!(weather, Weather { city: "Oslo".to_owned(), celsius: -4 });
    assert_eq!(station.0.load(Ordering::Relaxed), 1);

    let mut stream = dispatcher.stream::<Tell>(TellArgs { city: "Oslo" }).await.unwrap();
    let (mut arguments, mut result, mut said) = (String::new(), String::new(), String::new());
    while let Some(chunk) = stream.next().await {
        match chunk.unwrap() {
            Chunk::ToolArguments { text, .. } => arguments.push_str(&text),
            Chunk::ToolResult { result: told, .. } => result = told.output,
            Chunk::Text(text) => said.push_str(&text),
            _ => {}
        }
    }
    assert_eq!((&*arguments, &*result), (r#"{"city":"Oslo"}"#, r#"{"city":"Oslo","celsius":-4}"#));
    assert_eq!(said, "city: Oslo, celsius: -4");
    assert_eq!(stream.finish().await.unwrap().value, said);
    assert_eq!(station.0.load(Ordering::Relaxed), 2);
}
