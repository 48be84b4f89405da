//! What is asked again, when, how often, and what an error tells of it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::time::Duration;

use codex_ai::layer::Retry;
use codex_ai::provider::openai::OpenAi;
use codex_ai::testing::{Answer, Scripted, Step, WireServer};
use codex_ai::{
    BoxFuture, Chunk, Dispatcher, Error, ErrorKind, GenerateImage, GeneratedImage, ImageRequest, Message, Provider,
    Reply, Request, Result,
};
use tokio::time::Instant;

fn hi() -> Request {
    Request::new(vec![Message::user("Hi")])
}

fn fails(kind: ErrorKind) -> Result<Reply> {
    Err(Error::new(kind, "no"))
}

fn ok() -> Result<Reply> {
    Ok(Reply::from_text("m", "ok"))
}

fn secs(seconds: f64) -> Duration {
    Duration::from_secs_f64(seconds)
}

#[tokio::test(start_paused = true)]
async fn waits_double_and_an_answer_counts_its_attempts() {
    let script = Scripted::new([fails(ErrorKind::Server), fails(ErrorKind::Connect), ok()]);
    let start = Instant::now();
    let reply = Retry::new(script.clone()).generate(&hi()).await.unwrap();
    assert_eq!((reply.text().as_ref(), reply.attempts, script.left()), ("ok", 3, 0));
    // 0.5 s and 1 s, each times more than 0.75 and at most 1; timers are exact to the millisecond.
    let waited = start.elapsed();
    assert!(waited >= secs(1.125) && waited <= secs(1.503), "{waited:?}");
}

#[tokio::test(start_paused = true)]
async fn waits_have_an_upper_end() {
    let script = Scripted::new((0..8).map(|_| fails(ErrorKind::Server)).chain([ok()]));
    let start = Instant::now();
    Retry::new(script).with_retries(8).generate(&hi()).await.unwrap();
    // 0.5 + 1 + 2 + 4 + 4 * 8
    let waited = start.elapsed();
    assert!(waited >= secs(39.5 * 0.75) && waited <= secs(39.52), "{waited:?}");
}

#[tokio::test(start_paused = true)]
async fn the_vendors_time_is_kept_to_unless_it_is_too_long() {
    let wait = |seconds| Err(Error::new(ErrorKind::RateLimit, "slow down").with_retry_after(secs(seconds)));
    let start = Instant::now();
    let reply = Retry::new(Scripted::new([wait(47.434), ok()])).generate(&hi()).await.unwrap();
    assert_eq!(reply.attempts, 2);
    assert!(start.elapsed() >= secs(47.434) && start.elapsed() < secs(47.44), "{:?}", start.elapsed());

    let start = Instant::now();
    let script = Scripted::new([wait(121.0), ok()]);
    let error = Retry::new(script.clone()).generate(&hi()).await.unwrap_err();
    assert_eq!((error.kind(), error.retry_after(), script.left()), (ErrorKind::RateLimit, Some(secs(121.0)), 1));
    assert_eq!(start.elapsed(), Duration::ZERO);
    assert!(error.attempts().is_empty(), "one attempt needs no list");
}

#[tokio::test(start_paused = true)]
async fn what_cannot_help_is_not_asked_again() {
    use ErrorKind::{Authentication, InvalidOutput, InvalidRequest, NotFound, Quota, Refused, TooLarge};
    for kind in [Authentication, InvalidOutput, InvalidRequest, NotFound, Quota, Refused, TooLarge] {
        let script = Scripted::new([fails(kind), ok()]);
        assert_eq!(Retry::new(script.clone()).generate(&hi()).await.unwrap_err().kind(), kind);
        assert_eq!(script.left(), 1, "{kind:?}");
    }
    // The vendor's own word counts, but not for credit that is used up.
    for (kind, should, left) in [(ErrorKind::Server, false, 1), (InvalidRequest, true, 0), (Quota, true, 1)] {
        let script = Scripted::new([Err(Error::new(kind, "no").with_should_retry(should)), ok()]);
        let _ = Retry::new(script.clone()).generate(&hi()).await;
        assert_eq!(script.left(), left, "{kind:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_error_tells_every_attempt() {
    let failure = |id| Err(Error::new(ErrorKind::Server, "overloaded").with_status(529).with_request_id(id));
    let script = Scripted::new([failure("req_1"), failure("req_2"), failure("req_3"), ok()]);
    let error = Retry::new(script.clone()).generate(&hi()).await.unwrap_err();
    assert_eq!(script.left(), 1);
    let ids: Vec<_> = error.attempts().iter().map(|attempt| attempt.request_id.as_deref().unwrap()).collect();
    assert_eq!(ids, ["req_1", "req_2", "req_3"]);
    assert!(error.attempts().iter().all(|attempt| attempt.route == "scripted" && attempt.kind == ErrorKind::Server));
    let text = error.to_string();
    assert!(ids.iter().all(|id| text.contains(id)), "{text}");
}

#[tokio::test(start_paused = true)]
async fn retries_add_a_fifth_to_the_calls_in_the_long_run_and_clones_share_that() {
    let script = Scripted::new((0..2000).map(|_| fails(ErrorKind::Server)));
    let retry = Retry::new(script.clone());
    for _ in 0..100 {
        retry.clone().generate(&hi()).await.unwrap_err();
        retry.generate(&hi()).await.unwrap_err();
    }
    let asked = script.requests().len();
    // 200 calls, a fifth of that, and the ten in stock.
    assert!((200 + 40..=200 + 40 + 10).contains(&asked), "{asked}");

    let script = Scripted::new((0..2000).map(|_| fails(ErrorKind::Server)));
    let retry = Retry::new(script.clone()).without_budget();
    for _ in 0..100 {
        retry.generate(&hi()).await.unwrap_err();
    }
    assert_eq!(script.requests().len(), 300);
}

#[tokio::test(start_paused = true)]
async fn no_retry_goes_beyond_the_deadline() {
    // The next try would begin after the deadline.
    let start = Instant::now();
    let script = Scripted::answers([Answer::from(fails(ErrorKind::Server)).after(secs(9.7)), Answer::from(ok())]);
    let retry = Retry::new(script.clone()).with_deadline(secs(10.0));
    assert_eq!(retry.generate(&hi()).await.unwrap_err().kind(), ErrorKind::Server);
    assert_eq!((start.elapsed(), script.left()), (secs(9.7), 1));

    // The next try is still running then.
    let start = Instant::now();
    let script = Scripted::answers([Answer::from(fails(ErrorKind::Server)).after(secs(5.0)), Answer::never()]);
    let retry = Retry::new(script).with_deadline(secs(10.0));
    let error = retry.generate(&hi()).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts().len()), (ErrorKind::Timeout, 2));
    assert_eq!(error.route(), Some("scripted"), "it names who was too slow");
    assert_eq!(start.elapsed().as_secs(), 10);
}

#[tokio::test(start_paused = true)]
async fn a_stream_is_opened_again_until_its_first_piece_and_never_after() {
    let cut = || Err(Error::new(ErrorKind::Incomplete, "cut"));
    let script = Scripted::answers([
        Answer::from(fails(ErrorKind::Server)),
        Answer::pieces([""; 0]).ending(cut()),
        Answer::pieces(["a", "b"]),
    ]);
    let mut stream = Retry::new(script.clone()).stream(&hi()).await.unwrap();
    let mut pieces = Vec::new();
    while let Some(chunk) = stream.next().await {
        if let Chunk::Text(text) = chunk.unwrap() {
            pieces.push(text);
        }
    }
    let reply = stream.finish().await.unwrap();
    assert_eq!((pieces.concat().as_str(), reply.attempts, script.left()), ("ab", 3, 0));

    let script = Scripted::answers([Answer::pieces(["a"]).ending(cut()), Answer::from(ok())]);
    let mut stream = Retry::new(script.clone()).stream(&hi()).await.unwrap();
    assert_eq!(stream.next().await.unwrap().unwrap().as_text(), Some("a"));
    assert_eq!(stream.next().await.unwrap().unwrap_err().kind(), ErrorKind::Incomplete);
    assert!(stream.next().await.is_none());
    assert_eq!(script.left(), 1);
}

#[tokio::test]
async fn over_a_socket_the_vendors_headers_decide() {
    let server = WireServer::script([
        Step::error(429, "rate_limit_exceeded", "slow down").with_header("retry-after-ms", "1"),
        Step::error(500, "server_error", "no").with_header("x-should-retry", "false"),
        Step::reply(Reply::from_text("m", "unused")),
    ])
    .unwrap();
    let openai = OpenAi::builder().key("sk-test-0123456789").base_url(server.url()).build().unwrap();
    let error = Retry::new(openai).generate(&hi()).await.unwrap_err();
    assert_eq!((error.kind(), server.request_count()), (ErrorKind::Server, 2));
    let kinds: Vec<_> = error.attempts().iter().map(|attempt| attempt.kind).collect();
    assert_eq!(kinds, [ErrorKind::RateLimit, ErrorKind::Server]);
    assert!(error.attempts()[0].route.starts_with("openai/"), "{error}");
}

#[test]
fn outside_of_a_runtime_an_error_is_given_as_it_is() {
    let script = Scripted::new([fails(ErrorKind::Server), ok()]);
    let retry = Retry::new(script);
    let waker = std::task::Waker::noop();
    let request = hi();
    let mut asked = retry.generate(&request);
    let polled = asked.as_mut().poll(&mut std::task::Context::from_waker(waker));
    assert!(matches!(polled, std::task::Poll::Ready(Err(error)) if error.kind() == ErrorKind::Server));
}

/// Makes images, the second time it is asked.
struct Painter(std::sync::atomic::AtomicU32);

impl Provider for Painter {
    fn name(&self) -> &str {
        "painter"
    }

    fn generate<'a>(&'a self, _: &'a Request) -> BoxFuture<'a, Result<Reply>> {
        Box::pin(async { ok() })
    }

    fn images(&self) -> Option<&dyn GenerateImage> {
        Some(self)
    }
}

impl GenerateImage for Painter {
    fn generate_image<'a>(&'a self, _: &'a ImageRequest) -> BoxFuture<'a, Result<GeneratedImage>> {
        Box::pin(async {
            match self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed) {
                0 => Err(Error::new(ErrorKind::Server, "no")),
                _ => Ok(GeneratedImage::new(&b"png"[..], "image/png")),
            }
        })
    }
}

#[tokio::test(start_paused = true)]
async fn images_are_asked_for_again_too_typed_or_not() {
    let typed = Dispatcher::new(Retry::new(Painter(0.into()))).unwrap();
    assert_eq!(typed.generate_image(ImageRequest::new("a fox")).await.unwrap().mime_type, "image/png");

    let retry = Retry::new(Painter(0.into()));
    let image = retry.images().unwrap().generate_image(&ImageRequest::new("a fox")).await;
    assert_eq!(image.unwrap().mime_type, "image/png");
    assert!(retry.imagen().is_none());
}
