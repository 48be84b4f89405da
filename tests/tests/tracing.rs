//! Spans: their names, who is inside of whom, and what is in none of them.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use codex_ai::layer::Retry;
use codex_ai::provider::openai::OpenAi;
use codex_ai::testing::{Answer, Scripted, Step, WireServer};
use codex_ai::{
    Dispatcher, Error, ErrorKind, FinishReason, LlmSchema, Options, Part, Prompt, Reply, StructuredOutput, ToolCall,
    Usage, prompt, tool,
};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::DefaultGuard;
use tracing::{Event, Metadata, Subscriber};

const CANARY: &str = "sk-canary/7f3a9c51e0";
const SECRET_TEXT: &str = "the patient's name is Ada";

#[derive(Debug, serde::Deserialize, LlmSchema)]
struct Note {
    #[allow(dead_code, reason = "read by nobody")]
    text: String,
}

#[prompt(mode = "tracing.note", temperature = 0.5)]
async fn noted(text: &str) -> Prompt<Note> {
    Prompt::new().system(SECRET_TEXT).user(text)
}

#[prompt(mode = "tracing.say")]
async fn say(text: &str) -> String {
    text.to_owned()
}

#[derive(Debug, Clone, Default)]
struct Seen {
    name: &'static str,
    parent: Option<usize>,
    fields: BTreeMap<String, String>,
    closed: bool,
}

/// Keeps every span, by number, and the text of every event.
#[derive(Clone, Default)]
struct Spans(Arc<Mutex<Kept>>);

#[derive(Default)]
struct Kept {
    spans: Vec<(Seen, usize)>,
    entered: Vec<usize>,
    events: Vec<String>,
}

struct Fields<'a>(&'a mut BTreeMap<String, String>);

impl Visit for Fields<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.insert(field.name().to_owned(), format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name().to_owned(), value.to_owned());
    }
}

fn index(id: &Id) -> usize {
    usize::try_from(id.into_u64()).unwrap() - 1
}

impl Subscriber for Spans {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("codex_ai")
    }

    fn new_span(&self, attributes: &Attributes<'_>) -> Id {
        let mut kept = self.0.lock().unwrap();
        let parent = attributes.parent().map(index).or_else(|| kept.entered.last().copied());
        let mut seen = Seen { name: attributes.metadata().name(), parent, ..Seen::default() };
        attributes.record(&mut Fields(&mut seen.fields));
        kept.spans.push((seen, 1));
        Id::from_u64(kept.spans.len() as u64)
    }

    fn record(&self, id: &Id, values: &Record<'_>) {
        values.record(&mut Fields(&mut self.0.lock().unwrap().spans[index(id)].0.fields));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut fields = BTreeMap::new();
        event.record(&mut Fields(&mut fields));
        self.0.lock().unwrap().events.push(format!("{fields:?}"));
    }

    fn enter(&self, id: &Id) {
        self.0.lock().unwrap().entered.push(index(id));
    }

    fn exit(&self, id: &Id) {
        let mut kept = self.0.lock().unwrap();
        assert_eq!(kept.entered.pop(), Some(index(id)));
    }

    fn clone_span(&self, id: &Id) -> Id {
        self.0.lock().unwrap().spans[index(id)].1 += 1;
        id.clone()
    }

    fn try_close(&self, id: Id) -> bool {
        let (seen, references) = &mut self.0.lock().unwrap().spans[index(&id)];
        *references -= 1;
        seen.closed = *references == 0;
        seen.closed
    }
}

impl Spans {
    fn listen() -> (Self, DefaultGuard) {
        let spans = Self::default();
        let guard = tracing::subscriber::set_default(spans.clone());
        (spans, guard)
    }

    fn all(&self) -> Vec<Seen> {
        self.0.lock().unwrap().spans.iter().map(|(seen, _)| seen.clone()).collect()
    }

    /// No word of what was said, and no key.
    fn assert_discreet(&self) {
        let kept = self.0.lock().unwrap();
        let text = format!("{:?} {:?}", kept.spans, kept.events);
        for word in ["canary", "patient", "Ada", "answered", "http://", "/v1"] {
            assert!(!text.contains(word), "`{word}` in {text}");
        }
    }
}

fn openai(server: &WireServer) -> Retry<OpenAi> {
    let openai = OpenAi::builder().key(CANARY).base_url(server.url()).build().unwrap();
    Retry::new(openai).with_waits(std::time::Duration::from_millis(1), std::time::Duration::from_millis(1))
}

fn assert_fields(seen: &Seen, expected: &[(&str, &str)]) {
    for (name, value) in expected {
        assert_eq!(seen.fields.get(*name).map(String::as_str), Some(*value), "{name} in {:#?}", seen.fields);
    }
}

#[tokio::test]
async fn a_call_is_a_span_and_each_attempt_one_inside_of_it() {
    let mut reply = Reply::from_text("gpt-test-2026", r#"{"text":"answered"}"#).with_usage(Usage::new(12, 7));
    reply.id = Some("resp_1".to_owned());
    let server =
        WireServer::script([Step::error(500, "server_error", &format!("{CANARY} {SECRET_TEXT}")), Step::reply(reply)])
            .unwrap();
    let (spans, _guard) = Spans::listen();
    let dispatcher = Dispatcher::new(openai(&server)).unwrap();
    let options = Options::new().with_model("openai/gpt-test").with_max_tokens(99);
    dispatcher.with_options(options).call::<Noted>(NotedArgs { text: SECRET_TEXT }).await.unwrap();

    let all = spans.all();
    let [call, ask, failed, answered] = &all[..] else { panic!("{all:#?}") };
    assert_eq!((call.parent, ask.parent, failed.parent, answered.parent), (None, Some(0), Some(1), Some(1)));
    assert_eq!([call.name, ask.name, failed.name, answered.name], ["chat", "ask", "attempt", "attempt"]);
    assert_fields(ask, &[("codex_ai.ask", "1"), ("codex_ai.repairs", "0"), ("codex_ai.schema_mode", "Native")]);
    assert!(all.iter().all(|span| span.closed));
    assert_fields(
        call,
        &[
            ("otel.name", "chat openai/gpt-test"),
            ("otel.kind", "client"),
            ("gen_ai.operation.name", "chat"),
            ("gen_ai.provider.name", "openai"),
            ("gen_ai.output.type", "json"),
            ("gen_ai.request.model", "openai/gpt-test"),
            ("gen_ai.request.temperature", "0.5"),
            ("gen_ai.request.max_tokens", "99"),
            ("gen_ai.request.stream", "false"),
            ("gen_ai.response.model", "gpt-test-2026"),
            ("gen_ai.response.id", "resp_1"),
            ("gen_ai.response.finish_reasons", r#"["stop"]"#),
            ("gen_ai.usage.input_tokens", "12"),
            ("gen_ai.usage.output_tokens", "7"),
            ("codex_ai.prompt", "tracing.note"),
            ("codex_ai.attempts", "2"),
            ("codex_ai.asks", "1"),
            ("codex_ai.repairs", "0"),
            ("codex_ai.schema_mode", "Native"),
        ],
    );
    assert!(!call.fields.contains_key("error.type"));
    let port = server.port().to_string();
    for attempt in [failed, answered] {
        assert_fields(
            attempt,
            &[
                ("gen_ai.provider.name", "openai"),
                // As the vendor is asked for it.
                ("gen_ai.request.model", "gpt-test"),
                ("otel.kind", "client"),
                ("server.address", "127.0.0.1"),
                ("server.port", &port),
            ],
        );
    }
    assert_fields(failed, &[("error.type", "Server"), ("otel.status_code", "ERROR")]);
    assert_fields(answered, &[("gen_ai.response.model", "gpt-test-2026"), ("gen_ai.usage.output_tokens", "7")]);
    spans.assert_discreet();
}

#[tokio::test]
async fn an_error_is_told_by_its_kind_even_where_the_answer_came() {
    let refused = Error::new(ErrorKind::Authentication, "no").with_request_id("req_9");
    let script = Scripted::new([Err(refused), Ok(Reply::from_text("m", "no JSON, answered by Ada"))]);
    let (spans, _guard) = Spans::listen();
    let dispatcher = Dispatcher::new(script).unwrap().with_structured_output(StructuredOutput::exact());
    for _ in 0..2 {
        dispatcher.call::<Noted>(NotedArgs { text: SECRET_TEXT }).await.unwrap_err();
    }
    let all = spans.all();
    let [refused, _, invalid, ask] = &all[..] else { panic!("{all:#?}") };
    assert_fields(refused, &[("error.type", "Authentication"), ("codex_ai.request_id", "req_9")]);
    assert_fields(invalid, &[("error.type", "InvalidOutput"), ("otel.status_code", "ERROR"), ("codex_ai.asks", "1")]);
    assert_fields(ask, &[("error.type", "InvalidOutput"), ("codex_ai.problems", "1")]);
    spans.assert_discreet();
}

#[tokio::test]
async fn each_question_of_a_call_is_a_span_without_its_words() {
    let wrong = Reply::from_text("m", r#"{"word":{"of":"the patient is Ada"}}"#).with_usage(Usage::new(5, 1));
    let right = Reply::from_text("m", r#"{"text":"answered"}"#).with_usage(Usage::new(7, 1));
    let script = Scripted::new([Ok(wrong.clone()), Ok(wrong), Ok(right)]);
    let (spans, _guard) = Spans::listen();
    let dispatcher = Dispatcher::new(script).unwrap();
    dispatcher.call::<Noted>(NotedArgs { text: SECRET_TEXT }).await.unwrap();
    let all = spans.all();
    let [call, first, second, third] = &all[..] else { panic!("{all:#?}") };
    assert_fields(call, &[("codex_ai.asks", "3"), ("codex_ai.attempts", "3"), ("gen_ai.usage.input_tokens", "17")]);
    for (number, ask) in ["1", "2", "3"].into_iter().zip([first, second, third]) {
        assert_eq!((ask.name, ask.parent, ask.closed), ("ask", Some(0), true));
        assert_fields(ask, &[("codex_ai.ask", number)]);
    }
    assert_fields(first, &[("codex_ai.problems", "1"), ("error.type", "InvalidOutput")]);
    assert_fields(third, &[("codex_ai.repairs", "0")]);
    assert!(!call.fields.contains_key("error.type") && !third.fields.contains_key("error.type"));
    spans.assert_discreet();
}

#[tokio::test]
async fn the_span_of_a_stream_lasts_until_its_end_or_drop() {
    let cut = Err(Error::new(ErrorKind::Incomplete, "cut"));
    let script = Scripted::answers([
        Answer::pieces(["answered ", "by Ada"]),
        Answer::pieces(["answered"]).ending(cut),
        Answer::pieces(["answered"]).stalling(),
        Answer::pieces([""; 0]).ending(Err(Error::new(ErrorKind::Server, "down"))),
    ]);
    let (spans, _guard) = Spans::listen();
    let dispatcher = Dispatcher::new(script).unwrap();
    let mut stream = dispatcher.stream::<Say>(SayArgs { text: SECRET_TEXT }).await.unwrap();
    stream.next().await.unwrap().unwrap();
    assert!(!spans.all()[0].closed);
    while stream.next().await.is_some() {}
    let seen = spans.all().remove(0);
    assert!(seen.closed, "its end is the end");
    assert_fields(&seen, &[("gen_ai.request.stream", "true"), ("gen_ai.response.finish_reasons", r#"["stop"]"#)]);
    assert!(seen.fields.contains_key("gen_ai.response.time_to_first_chunk"));

    let stream = dispatcher.stream::<Say>(SayArgs { text: SECRET_TEXT }).await.unwrap();
    stream.finish().await.unwrap_err();
    assert_fields(&spans.all()[1], &[("error.type", "Incomplete")]);

    let mut stream = dispatcher.stream::<Say>(SayArgs { text: SECRET_TEXT }).await.unwrap();
    stream.next().await.unwrap().unwrap();
    assert!(!spans.all()[2].closed);
    drop(stream);
    assert!(spans.all()[2].closed);

    let stream = dispatcher.stream::<Say>(SayArgs { text: SECRET_TEXT }).await.unwrap();
    stream.finish().await.unwrap_err();
    let failed = spans.all().remove(3);
    assert_fields(&failed, &[("error.type", "Server")]);
    assert!(!failed.fields.contains_key("gen_ai.response.time_to_first_chunk"), "an error is no first piece");
    spans.assert_discreet();
}

/// Fails.
#[tool]
async fn look_up(name: &str) -> Result<String, String> {
    Err(format!("{SECRET_TEXT}: {name}"))
}

#[prompt(mode = "tracing.tools", tools(look_up))]
async fn with_tools(text: &str) -> String {
    text.to_owned()
}

#[tokio::test]
async fn the_call_of_a_tool_is_a_span_without_what_it_says() {
    let call = Part::ToolCall(ToolCall::new("call_7", "look_up", r#"{"name":"Ada"}"#));
    let called = Reply::new("m", vec![call]).with_finish_reason(FinishReason::ToolCalls);
    let (spans, _guard) = Spans::listen();
    let provider = Scripted::new([Ok(called), Ok(Reply::from_text("m", "answered"))]);
    let dispatcher = Dispatcher::new(provider).unwrap();
    dispatcher.call::<WithTools>(WithToolsArgs { text: SECRET_TEXT }).await.unwrap();
    let all = spans.all();
    let [_, tool] = &all[..] else { panic!("{all:#?}") };
    assert_eq!((tool.name, tool.parent, tool.closed), ("execute_tool", Some(0), true));
    assert_fields(
        tool,
        &[
            ("otel.name", "execute_tool look_up"),
            ("gen_ai.operation.name", "execute_tool"),
            ("gen_ai.tool.name", "look_up"),
            ("gen_ai.tool.call.id", "call_7"),
            ("error.type", "tool_error"),
            ("otel.status_code", "ERROR"),
        ],
    );
    spans.assert_discreet();
}
