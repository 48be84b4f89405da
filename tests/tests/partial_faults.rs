//! Answers that go wrong while their value is shown: what was shown stays, the error comes once, and nothing after it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::time::Duration;

use codex_ai::provider::{anthropic::Anthropic, gemini::Gemini, openai::OpenAi, openrouter::OpenRouter};
use codex_ai::testing::{Answer, Scripted, Step, WireServer};
use codex_ai::{
    AnyProvider, Chunk, Dispatcher, Error, ErrorKind, FinishReason, LlmSchema, Options, Part, Partial, Reply,
    ReplyStream, StructuredOutput,
};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, LlmSchema)]
struct News {
    title: String,
    points: Vec<String>,
    count: u32,
}

const TEXT: &str = r#"{"title": "The new bridge over the river", "points": ["it is long", "it is red"], "count": 42}"#;

/// Without its last bracket, and perhaps without the last digit of its number.
const CUT: &str = r#"{"title": "The new bridge over the river", "points": ["it is long", "it is red"], "count": 42"#;

fn news() -> News {
    serde_json::from_str(TEXT).unwrap()
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Vendor {
    Responses,
    Chat,
    Anthropic,
    Gemini,
    OpenRouter,
}

const VENDORS: [Vendor; 5] = [Vendor::Responses, Vendor::Chat, Vendor::Anthropic, Vendor::Gemini, Vendor::OpenRouter];

impl Vendor {
    fn dispatcher(self, server: &WireServer) -> Dispatcher {
        let (key, url, origin) = ("sk-test-0123456789", server.url(), server.origin());
        let provider = match self {
            Self::Responses => AnyProvider::new(OpenAi::builder().key(key).base_url(url).build().unwrap()),
            Self::Chat => AnyProvider::new(OpenAi::builder().key(key).base_url(url).chat().build().unwrap()),
            Self::Anthropic => AnyProvider::new(Anthropic::builder().key(key).base_url(origin).build().unwrap()),
            Self::Gemini => AnyProvider::new(Gemini::builder().key(key).base_url(origin).build().unwrap()),
            Self::OpenRouter => AnyProvider::new(OpenRouter::builder().key(key).base_url(url).build().unwrap()),
        };
        Dispatcher::new(provider).unwrap().with_options(Options::new().with_model("m"))
    }
}

/// How an answer goes wrong.
#[derive(Debug)]
struct Fault {
    name: &'static str,
    step: Step,
    /// What the stream ends in; `None` where only its value is wrong.
    stream: Option<ErrorKind>,
    /// What the value is.
    finish: Option<ErrorKind>,
}

fn faults() -> Vec<Fault> {
    let reply = || Reply::from_text("m", TEXT);
    let cut = |reason| Step::reply(Reply::from_text("m", CUT).with_finish_reason(reason));
    let parts = vec![Part::Text(CUT.to_owned()), Part::Refusal("I will not go on.".to_owned())];
    let refusal = Reply::new("m", parts).with_finish_reason(FinishReason::Refusal);
    let error = || Error::new(ErrorKind::Server, "it broke");
    let fault = |name, step, stream, finish| Fault { name, step, stream, finish };
    let incomplete = Some(ErrorKind::Incomplete);
    vec![
        fault("an error event", Step::reply_then_error(reply(), error()), Some(ErrorKind::Server), incomplete),
        fault("a cut connection", Step::reply(reply()).cut_in_half(), incomplete, incomplete),
        fault("no end", Step::reply(reply()).without_end(), incomplete, incomplete),
        fault("truncated", cut(FinishReason::Length), None, Some(ErrorKind::Truncated)),
        fault("refused", Step::reply(refusal), None, Some(ErrorKind::Refused)),
        fault("filtered", cut(FinishReason::ContentFilter), None, Some(ErrorKind::Filtered)),
        fault("no value", Step::reply(Reply::from_text("m", "I cannot tell.")), None, Some(ErrorKind::InvalidOutput)),
        fault("prose", Step::reply(Reply::from_text("m", format!("Here:\n```json\n{TEXT}\n```\nBye."))), None, None),
    ]
}

async fn open(vendor: Vendor, step: &Step) -> (WireServer, ReplyStream<News>) {
    let server = WireServer::script([step.clone()]).unwrap();
    let stream = vendor.dispatcher(&server).stream_json::<News>("go").await.unwrap();
    (server, stream)
}

fn check(at: &str, vendor: Vendor, fault: &Fault, errors: &[ErrorKind], value: Result<Reply<News>, Error>) {
    assert_eq!(errors, fault.stream.as_slice(), "{at}");
    match value {
        Ok(reply) => {
            assert_eq!(reply.value, news(), "{at}");
            assert_eq!(fault.finish, None, "{at}");
        }
        // These have one word for both.
        Err(error)
            if matches!(vendor, Vendor::Anthropic | Vendor::Gemini) && matches!(fault.name, "refused" | "filtered") =>
        {
            let one = if vendor == Vendor::Gemini { ErrorKind::Filtered } else { ErrorKind::Refused };
            assert_eq!(error.kind(), one, "{at}: {error:?}");
        }
        Err(error) => assert_eq!(Some(error.kind()), fault.finish, "{at}: {error:?}"),
    }
}

#[tokio::test]
async fn partial_values_end_in_one_error_and_stay() {
    for vendor in VENDORS {
        for fault in faults() {
            let at = format!("{vendor:?}, {}", fault.name);
            let (_server, mut stream) = open(vendor, &fault.step).await;
            let (mut title, mut count, mut errors) = (String::new(), None, Vec::new());
            while let Some(shown) = stream.next_partial().await {
                match shown {
                    Ok(shown) => {
                        assert!(errors.is_empty(), "{at}: something comes after the error");
                        assert!(shown.title.as_str().starts_with(&title), "{at}: what was shown is taken back");
                        title = shown.title.as_str().to_owned();
                        count = shown.count.done().copied();
                    }
                    Err(error) => errors.push(error.kind()),
                }
            }
            for _ in 0..3 {
                assert!(stream.next_partial().await.is_none(), "{at}");
                assert!(stream.next().await.is_none(), "{at}");
            }
            assert!(fault.name == "no value" || news().title.starts_with(&title) && !title.is_empty(), "{at}: {title}");
            let is_cut = matches!(fault.name, "truncated" | "refused" | "filtered");
            assert!(!is_cut || count.is_none(), "{at}: a number that was cut off is shown as done");
            check(&at, vendor, &fault, &errors, stream.finish().await);
        }
    }
}

#[tokio::test]
async fn elements_end_in_one_error() {
    for vendor in VENDORS {
        for fault in faults() {
            let at = format!("{vendor:?}, {}", fault.name);
            let (_server, stream) = open(vendor, &fault.step).await;
            let mut elements = stream.into_elements_of::<String>("points").unwrap();
            let (mut points, mut errors) = (Vec::new(), Vec::new());
            while let Some(point) = elements.next().await {
                match point {
                    Ok(point) => {
                        assert!(errors.is_empty(), "{at}");
                        points.push(point);
                    }
                    Err(error) => errors.push(error.kind()),
                }
            }
            assert!(elements.next().await.is_none(), "{at}");
            assert!(news().points.starts_with(&points), "{at}: {points:?}");
            let all = !matches!(fault.name, "no value" | "a cut connection");
            assert!(!all || points.len() == 2, "{at}: {points:?}");
            check(&at, vendor, &fault, &errors, elements.finish().await);
        }
    }
}

#[tokio::test]
async fn the_text_of_a_field_ends_in_one_error() {
    for vendor in VENDORS {
        for fault in faults() {
            let at = format!("{vendor:?}, {}", fault.name);
            let (_server, stream) = open(vendor, &fault.step).await;
            let mut pieces = stream.into_text_of("title").unwrap();
            let (mut title, mut errors) = (String::new(), Vec::new());
            while let Some(piece) = pieces.next().await {
                match piece {
                    Ok(piece) => {
                        assert!(errors.is_empty(), "{at}");
                        title.push_str(&piece);
                    }
                    Err(error) => errors.push(error.kind()),
                }
            }
            assert!(pieces.next().await.is_none(), "{at}");
            assert!(news().title.starts_with(&title), "{at}: {title}");
            let all = !matches!(fault.name, "no value" | "a cut connection");
            assert!(!all || title == news().title, "{at}: {title}");
            check(&at, vendor, &fault, &errors, pieces.finish().await);
        }
    }
}

#[tokio::test]
async fn what_keeps_an_answer_from_beginning_is_an_error_at_once() {
    for vendor in VENDORS {
        let server = WireServer::script([Step::failure(Error::new(ErrorKind::Server, "no"))]).unwrap();
        let error = vendor.dispatcher(&server).stream_json::<News>("go").await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Server, "{vendor:?}");
    }
}

#[tokio::test]
async fn dropping_it_between_two_values_closes_the_connection() {
    for vendor in VENDORS {
        let long = Reply::from_text("m", format!("{{\"title\": \"{}\"", "word ".repeat(2_000)));
        let step = Step::reply(long).stall_in_half();
        for way in 0..3 {
            let (server, mut stream) = open(vendor, &step).await;
            match way {
                0 => {
                    assert!(!stream.next_partial().await.unwrap().unwrap().title.as_str().is_empty());
                    drop(stream);
                }
                1 => {
                    let mut pieces = stream.into_text_of("title").unwrap();
                    assert!(!pieces.next().await.unwrap().unwrap().is_empty());
                    drop(pieces);
                }
                _ => drop(stream.into_elements_of::<String>("points").unwrap()),
            }
            let left = async {
                while server.abandoned_count() < 1 {
                    tokio::task::yield_now().await;
                }
            };
            tokio::time::timeout(Duration::from_secs(20), left).await.expect("the connection stays");
        }
    }
}

/// All that was shown after so many pieces were read as pieces, and so many partial values were looked at.
async fn mixed(chunks: usize, partials: usize) -> ReplyStream<News> {
    let letters = TEXT.chars().map(String::from);
    let provider = Scripted::answers([Answer::pieces(letters)]);
    let mut stream = Dispatcher::new(provider).unwrap().stream_json::<News>("go").await.unwrap();
    let mut text = String::new();
    for _ in 0..chunks {
        if let Some(Chunk::Text(piece)) = stream.next().await.map(Result::unwrap) {
            text.push_str(&piece);
        }
    }
    assert!(TEXT.starts_with(&text));
    for _ in 0..partials {
        stream.next_partial().await.transpose().unwrap();
    }
    stream
}

#[tokio::test]
async fn ways_of_reading_may_be_mixed() {
    for (chunks, partials) in [(0, 0), (5, 0), (30, 1), (60, 3), (20, 40), (90, 1), (200, 0), (0, 200), (200, 200)] {
        let at = format!("{chunks} {partials}");
        let mut stream = mixed(chunks, partials).await;
        let mut last = None;
        while let Some(shown) = stream.next_partial().await {
            last = Some(is_all(shown.unwrap()));
        }
        // Where all was shown before, nothing new is.
        assert!(last.unwrap_or(partials == 200), "{at}");
        assert_eq!(stream.finish().await.unwrap().value, news(), "{at}");

        let mut elements = mixed(chunks, partials).await.into_elements_of::<String>("points").unwrap();
        let mut points = Vec::new();
        while let Some(point) = elements.next().await {
            points.push(point.unwrap());
        }
        assert_eq!(points, news().points, "{at}");
        assert_eq!(elements.finish().await.unwrap().value, news(), "{at}");

        let mut pieces = mixed(chunks, partials).await.into_text_of("title").unwrap();
        let mut title = String::new();
        while let Some(piece) = pieces.next().await {
            title.push_str(&piece.unwrap());
        }
        assert_eq!(title, news().title, "{at}");
    }
}

fn is_all(shown: &Partial<News>) -> bool {
    shown.title.is_done() && shown.points.is_done() && shown.count.is_done()
}

/// Texts of which `Leniency::Exact` refuses the whole, with the fields of which something is wrong.
const WRONG: &[(&str, &[&str])] = &[
    (r#"{"title": 'a', "points": ["b"], "count": 4}"#, &["title"]),
    (r#"{"title": "a", "points": ["b" "c"], "count": 4}"#, &["points"]),
    (r#"{"title": "a", "points": "b", "count": "4"}"#, &["points", "count"]),
    (r#"{"title": "a", "points": ["b",], "count": 4,000}"#, &["points", "count"]),
    (r#"So: {"title": "a", "points": ["b"], "count": 4}"#, &["title", "points", "count"]),
    ("```json\n{\"title\": \"a\", \"points\": [\"b\"], \"count\": 4}\n```", &["title", "points", "count"]),
];

async fn exact(text: &str) -> ReplyStream<News> {
    let provider = Scripted::answers([Answer::pieces(text.chars().map(String::from))]);
    let dispatcher = Dispatcher::new(provider).unwrap().with_structured_output(StructuredOutput::exact());
    dispatcher.stream_json::<News>("go").await.unwrap()
}

#[tokio::test]
async fn what_is_not_exact_is_not_done_where_nothing_is_put_right() {
    for (text, wrong) in WRONG {
        let mut stream = exact(text).await;
        while let Some(shown) = stream.next_partial().await {
            let shown = shown.unwrap();
            for (name, is_done) in
                [("title", shown.title.is_done()), ("points", shown.points.is_done()), ("count", shown.count.is_done())]
            {
                assert!(!(is_done && wrong.contains(&name)), "{text}: `{name}` is done");
            }
        }
        assert_eq!(stream.finish().await.unwrap_err().kind(), ErrorKind::InvalidOutput, "{text}");
    }
    let mut stream = exact(TEXT).await;
    let mut all = false;
    while let Some(shown) = stream.next_partial().await {
        all = is_all(shown.unwrap());
    }
    assert!(all);
    assert_eq!(stream.finish().await.unwrap().value, news());
}

#[tokio::test]
async fn an_element_that_is_not_exact_is_wrong_where_nothing_is_put_right() {
    let mut points = exact(r#"{"title": "a", "points": ["b", 'c', "d"], "count": 4}"#)
        .await
        .into_elements_of::<String>("points")
        .unwrap();
    assert_eq!(points.next().await.unwrap().unwrap(), "b");
    let error = points.next().await.unwrap().unwrap_err();
    assert_eq!((error.kind(), error.answer()), (ErrorKind::InvalidOutput, Some("'c'")));
    assert_eq!(points.next().await.unwrap().unwrap(), "d");
    assert!(points.next().await.is_none());
}

/// A quote at the end may be a part of the text where the answer was cut off.
#[tokio::test]
async fn what_stands_at_the_end_is_settled_only_by_an_answer_that_ended() {
    for (reason, expected) in [(FinishReason::Stop, true), (FinishReason::Length, false)] {
        let text = r#"{"points": ["a"], "count": 1, "title": "so ""#;
        let reply = Reply::from_text("m", text).with_finish_reason(reason.clone());
        let provider = Scripted::answers([Answer::pieces([text]).ending(Ok(reply))]);
        let mut stream = Dispatcher::new(provider).unwrap().stream_json::<News>("go").await.unwrap();
        let mut is_done = false;
        while let Some(shown) = stream.next_partial().await {
            is_done = shown.unwrap().title.is_done();
        }
        assert_eq!(is_done, expected, "{reason:?}");
    }
}
