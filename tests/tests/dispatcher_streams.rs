//! Streams of the dispatcher and of its blocking twin: pieces, the value at the end, and errors that say where they are
//! from.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use codex_ai::testing::{Answer, Scripted};
use codex_ai::{
    Chunk, Dispatcher, Error, ErrorKind, FinishReason, LlmSchema, Options, Output, Part, Prompt, Reply, ToolCall,
    Usage, blocking, prompt,
};
use serde::Deserialize;

#[derive(Debug, PartialEq, Deserialize, LlmSchema)]
struct Mood {
    #[llm(min_length = 1)]
    word: String,
    strength: u8,
}

/// Tells the mood of a text.
#[prompt(mode = "streams.mood", temperature = 0.5)]
async fn feel(text: &str) -> Prompt<Mood> {
    Prompt::new().user(text)
}

/// Fails before anything is asked.
#[prompt(mode = "streams.broken")]
async fn broken() -> codex_ai::Result<String> {
    Err(Error::new(ErrorKind::Prompt, "no"))
}

fn dispatcher(answers: impl IntoIterator<Item = codex_ai::Result<Reply>>) -> (Dispatcher<Scripted>, Scripted) {
    let provider = Scripted::new(answers);
    (Dispatcher::new(provider.clone()).unwrap(), provider)
}

fn reply(text: &str) -> Reply {
    Reply::from_text("test-1", text).with_usage(Usage::new(7, 3))
}

const GOOD: &str = r#"{"word":"calm","strength":3}"#;

#[tokio::test]
async fn pieces_then_the_finish_then_the_value() {
    let (dispatcher, provider) = dispatcher([Ok(reply(GOOD))]);
    let mut stream = dispatcher.stream::<Feel>(FeelArgs { text: "Rain." }).await.unwrap();
    assert_eq!(stream.next().await.unwrap().unwrap().as_text(), Some(GOOD));
    let finish = stream.next().await.unwrap().unwrap();
    assert_eq!(finish, Chunk::Finish { reason: FinishReason::Stop, usage: Some(Usage::new(7, 3)) });
    assert!(stream.next().await.is_none());
    let whole = stream.finish().await.unwrap();
    assert_eq!(whole.value, Mood { word: "calm".to_owned(), strength: 3 });
    assert_eq!(whole.usage, Some(Usage::new(7, 3)));
    // The options are put together as for a whole call.
    let asked = provider.requests().remove(0);
    assert_eq!(asked.options.temperature, Some(0.5));
    assert!(matches!(asked.output, Output::Schema(_)));
}

#[tokio::test]
async fn finish_reads_what_was_not_read_before() {
    let (dispatcher, _) = dispatcher([Ok(reply(GOOD))]);
    let stream = dispatcher.stream::<Feel>(FeelArgs { text: "Rain." }).await.unwrap();
    assert_eq!(stream.finish().await.unwrap().value.word, "calm");
}

#[tokio::test]
async fn a_value_that_cannot_be_read_is_told_at_the_end_with_its_text() {
    let (dispatcher, _) = dispatcher([Ok(reply(r#"{"word":"","strength":900}"#))]);
    let mut stream = dispatcher.stream::<Feel>(FeelArgs { text: "Rain." }).await.unwrap();
    while let Some(chunk) = stream.next().await {
        chunk.unwrap();
    }
    let error = stream.finish().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidOutput);
    assert_eq!((error.prompt(), error.route()), (Some("streams.mood"), Some("scripted/test-1")));
    assert_eq!(error.problems().len(), 2, "{error}");
    assert_eq!(error.answer(), Some(r#"{"word":"","strength":900}"#));
    assert_eq!(error.usage(), Some(&Usage::new(7, 3)));
}

#[tokio::test]
async fn what_keeps_a_stream_from_beginning_is_an_error_at_once() {
    let (dispatcher, provider) = dispatcher([Err(Error::new(ErrorKind::RateLimit, "too fast"))]);
    let error = dispatcher.stream::<Broken>(BrokenArgs {}).await.unwrap_err();
    assert_eq!((error.kind(), error.prompt()), (ErrorKind::Prompt, Some("streams.broken")));
    assert!(provider.requests().is_empty());
    let error = dispatcher.stream::<Feel>(FeelArgs { text: "Rain." }).await.unwrap_err();
    assert_eq!((error.kind(), error.prompt()), (ErrorKind::RateLimit, Some("streams.mood")));
}

#[tokio::test]
async fn tool_calls_come_with_their_number_and_arguments() {
    let call = |id: &str| Part::ToolCall(ToolCall::new(id, "look", r#"{"at":"sky"}"#));
    let parts = vec![Part::Reasoning("hm".to_owned()), call("a"), call("b")];
    let (dispatcher, _) = dispatcher([Ok(Reply::new("test-1", parts).with_finish_reason(FinishReason::ToolCalls))]);
    let mut stream = dispatcher.stream_text("Look.").await.unwrap();
    let mut seen = Vec::new();
    while let Some(chunk) = stream.next().await {
        seen.push(chunk.unwrap());
    }
    let begin = |index, id: &str| Chunk::ToolCall { index, id: id.to_owned(), name: "look".to_owned() };
    let arguments = |index| Chunk::ToolArguments { index, text: r#"{"at":"sky"}"#.to_owned() };
    assert_eq!(
        seen,
        [
            Chunk::Reasoning("hm".to_owned()),
            begin(0, "a"),
            arguments(0),
            begin(1, "b"),
            arguments(1),
            Chunk::Finish { reason: FinishReason::ToolCalls, usage: None },
        ]
    );
    // Free text was asked for and none came.
    assert_eq!(stream.finish().await.unwrap_err().kind(), ErrorKind::Empty);
}

#[tokio::test]
async fn text_is_streamed_without_a_prompt_and_options_go_first() {
    let (dispatcher, provider) = dispatcher([Ok(reply("Hello."))]);
    let dispatcher = dispatcher.with_options(Options::new().with_temperature(0.0));
    let reply = dispatcher.stream_text("Hi").await.unwrap().finish().await.unwrap();
    assert_eq!(reply.value, "Hello.");
    assert_eq!(provider.requests()[0].options.temperature, Some(0.0));
}

#[test]
fn the_blocking_twin_iterates() {
    let provider = Scripted::new([Ok(reply(GOOD)), Ok(reply("Hello."))]);
    let dispatcher = blocking::Dispatcher::new(provider).unwrap();
    let mut stream = dispatcher.stream::<Feel>(FeelArgs { text: "Rain." }).unwrap();
    let chunks: Vec<Chunk> = stream.by_ref().collect::<Result<_, _>>().unwrap();
    assert_eq!(chunks.len(), 2);
    assert_eq!(stream.finish().unwrap().value.strength, 3);
    assert_eq!(dispatcher.stream_text("Hi").unwrap().finish().unwrap().value, "Hello.");
}

#[tokio::test]
async fn the_blocking_twin_refuses_to_wait_inside_a_runtime() {
    let provider = Scripted::new([Ok(reply("Hello."))]);
    let dispatcher = tokio::task::spawn_blocking(|| blocking::Dispatcher::new(provider).unwrap()).await.unwrap();
    assert_eq!(dispatcher.stream_text("Hi").unwrap_err().kind(), ErrorKind::Blocking);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_blocking_stream_that_is_moved_into_a_runtime_says_so_once_and_loses_nothing() {
    let provider = Scripted::answers([Answer::pieces(["Hel", "lo"])]);
    let open = || blocking::Dispatcher::new(provider).unwrap().stream_text("Hi").unwrap();
    let mut stream = tokio::task::spawn_blocking(open).await.unwrap();
    for _ in 0..2 {
        let refused: Vec<_> = stream.by_ref().map(|chunk| chunk.unwrap_err().kind()).take(9).collect();
        assert_eq!(refused, [ErrorKind::Blocking]);
    }
    let read = move || (stream.next().unwrap().unwrap(), stream.finish().unwrap().value);
    let (first, value) = tokio::task::spawn_blocking(read).await.unwrap();
    assert_eq!((first.as_text(), value.as_str()), (Some("Hel"), "Hello"));
}
