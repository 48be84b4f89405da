//! Limits of time and of load.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use codex_ai::layer::{Limit, Retry, Timeout};
use codex_ai::provider::openai::OpenAi;
use codex_ai::testing::{Answer, Scripted, Step, WireServer};
use codex_ai::{
    BoxFuture, Chunk, Error, ErrorKind, Message, Options, Provider, Reply, ReplyStream, Request, Result, StreamItem,
    Usage,
};
use futures_core::Stream;
use tokio::time::Instant;

fn hi() -> Request {
    Request::new(vec![Message::user("Hi")])
}

fn ok() -> Answer {
    Answer::from(Ok(Reply::from_text("m", "ok")))
}

const fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

#[tokio::test(start_paused = true)]
async fn a_whole_call_has_a_limit_and_the_first_token_is_none_of_it() {
    let timeout = Timeout::new(Scripted::answers([ok().after(secs(20)), Answer::never()]))
        .with_first_token(secs(5))
        .with_whole(secs(30));
    assert_eq!(timeout.generate(&hi()).await.unwrap().text(), "ok");
    let start = Instant::now();
    let error = timeout.generate(&hi()).await.unwrap_err();
    assert_eq!((error.kind(), start.elapsed().as_secs(), error.route()), (ErrorKind::Timeout, 30, Some("scripted")));
}

#[tokio::test(start_paused = true)]
async fn a_stream_has_to_begin_in_time() {
    let script = Scripted::answers([ok().after(secs(6)), Answer::never(), Answer::pieces(["a"]).after(secs(4))]);
    let timeout = Timeout::new(script).with_first_token(secs(5));
    for _ in 0..2 {
        let start = Instant::now();
        assert_eq!(timeout.stream(&hi()).await.unwrap_err().kind(), ErrorKind::Timeout);
        assert_eq!(start.elapsed().as_secs(), 5);
    }
    assert_eq!(timeout.stream(&hi()).await.unwrap().finish().await.unwrap().text(), "a");
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_pauses_or_lasts_too_long_keeps_what_came() {
    for (idle, whole, seconds) in
        [(Some(3), None, 4), (None, Some(10), 10), (Some(30), Some(10), 10), (Some(3), Some(10), 4)]
    {
        // Pieces at 0 s and 1 s, and then nothing.
        let answer = Answer::pieces(["Hel", "lo"]).pause(secs(1)).stalling();
        let mut timeout = Timeout::new(Scripted::answers([answer]));
        if let Some(idle) = idle {
            timeout = timeout.with_idle(secs(idle));
        }
        if let Some(whole) = whole {
            timeout = timeout.with_whole(secs(whole));
        }
        let start = Instant::now();
        let mut stream = timeout.stream(&hi()).await.unwrap();
        let error = loop {
            match stream.next().await.unwrap() {
                Ok(_) => {}
                Err(error) => break error,
            }
        };
        assert_eq!((error.kind(), error.answer()), (ErrorKind::Timeout, Some("Hello")));
        assert_eq!(start.elapsed().as_secs(), seconds, "{idle:?} {whole:?}");
        assert!(stream.next().await.is_none());
    }
}

#[tokio::test(start_paused = true)]
async fn the_pause_of_a_reader_is_not_the_streams() {
    let timeout = Timeout::new(Scripted::answers([Answer::pieces(["a", "b"]).pause(secs(1))])).with_idle(secs(3));
    let mut stream = timeout.stream(&hi()).await.unwrap();
    stream.next().await.unwrap().unwrap();
    tokio::time::sleep(secs(60)).await;
    assert_eq!(stream.next().await.unwrap().unwrap().as_text(), Some("b"));
    stream.finish().await.unwrap();
}

#[tokio::test]
async fn a_stalled_socket_is_given_up() {
    let server = WireServer::script([Step::never()]).unwrap();
    let openai = OpenAi::builder().key("sk-test-0123456789").base_url(server.url()).build().unwrap();
    let timeout = Timeout::new(openai).with_first_token(Duration::from_millis(50));
    assert_eq!(timeout.stream(&hi()).await.unwrap_err().kind(), ErrorKind::Timeout);
}

#[tokio::test(start_paused = true)]
async fn so_many_calls_run_at_once_and_a_stream_counts_until_it_ends() {
    let script = Scripted::answers((0..6).map(|_| Answer::pieces(["a", "b"])));
    let limit = Arc::new(Limit::new(script.clone()).with_concurrency(2));
    let request = hi();
    let first = limit.stream(&request).await.unwrap();
    let mut second = limit.stream(&request).await.unwrap();
    let waiting = tokio::spawn({
        let limit = Arc::clone(&limit);
        async move { limit.generate(&hi()).await.unwrap() }
    });
    tokio::time::sleep(secs(1)).await;
    assert_eq!(script.requests().len(), 2);
    // Dropped: the next may go.
    drop(first);
    waiting.await.unwrap();
    assert_eq!(script.requests().len(), 3);
    // Read to its end, and still held: the next may go.
    while second.next().await.is_some() {}
    let _third = limit.stream(&request).await.unwrap();
    let fourth = limit.stream(&request).await.unwrap();
    assert!(tokio::time::timeout(secs(1), limit.generate(&request)).await.is_err());
    drop(fourth);
    limit.generate(&request).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn requests_of_a_minute_are_counted_by_route() {
    let limit = Limit::new(Scripted::answers((0..20).map(|_| ok()))).with_requests_per_minute(6);
    let start = Instant::now();
    for _ in 0..6 {
        limit.generate(&hi()).await.unwrap();
    }
    assert_eq!(start.elapsed(), Duration::ZERO);
    let other = hi().with_options(Options::new().with_model("other"));
    limit.generate(&other).await.unwrap();
    assert_eq!(start.elapsed(), Duration::ZERO);
    for _ in 0..2 {
        limit.clone().generate(&hi()).await.unwrap();
    }
    assert_eq!(start.elapsed().as_secs(), 20);

    // A call that is given up while it waits takes nothing.
    assert!(tokio::time::timeout(secs(1), limit.generate(&hi())).await.is_err());
    limit.generate(&hi()).await.unwrap();
    assert_eq!(start.elapsed().as_secs(), 30);
}

#[tokio::test(start_paused = true)]
async fn tokens_are_estimated_before_and_corrected_after() {
    let used = |tokens| Answer::from(Ok(Reply::from_text("m", "ok").with_usage(Usage::new(tokens, 0))));
    let failed = || Answer::from(Err(Error::new(ErrorKind::Server, "no")));
    let request = hi().with_options(Options::new().with_max_tokens(600));

    // Each is taken for 600 and uses ten, or nothing at all.
    let limit = Limit::new(Scripted::answers([used(10), used(10), failed(), used(10)])).with_tokens_per_minute(1000);
    let start = Instant::now();
    for _ in 0..4 {
        let _ = limit.generate(&request).await;
    }
    assert_eq!(start.elapsed(), Duration::ZERO);

    // Each is taken for 600 and uses 1500: the next one waits for (1500 - 1000 + 600) / 1000 minutes.
    let limit = Limit::new(Scripted::answers([used(1500), used(1500)])).with_tokens_per_minute(1000);
    limit.generate(&request).await.unwrap();
    limit.generate(&request).await.unwrap();
    assert_eq!(start.elapsed().as_secs(), 66);
}

#[tokio::test(start_paused = true)]
async fn whoever_would_wait_too_long_is_told_at_once() {
    let script = Scripted::answers((0..3).map(|_| ok()));
    let limit = Limit::new(script.clone()).with_requests_per_minute(1).with_longest_wait(secs(10));
    limit.generate(&hi()).await.unwrap();
    let error = limit.generate(&hi()).await.unwrap_err();
    assert_eq!((error.kind(), error.retry_after().unwrap().as_secs()), (ErrorKind::RateLimit, 60));
    assert_eq!(script.left(), 2, "nothing was sent");
    // So a retry waits for as long as it has to, and no longer.
    let start = Instant::now();
    assert_eq!(Retry::new(limit).generate(&hi()).await.unwrap().attempts, 2);
    assert_eq!(start.elapsed().as_secs(), 60);
}

/// Has a piece at every moment.
struct Flood;

impl Provider for Flood {
    fn name(&self) -> &str {
        "flood"
    }

    fn generate<'a>(&'a self, _: &'a Request) -> BoxFuture<'a, Result<Reply>> {
        Box::pin(std::future::pending())
    }

    fn stream<'a>(&'a self, _: &'a Request) -> BoxFuture<'a, Result<ReplyStream>> {
        Box::pin(async { Ok(ReplyStream::new(Pieces(std::time::Instant::now()))) })
    }
}

struct Pieces(std::time::Instant);

impl Stream for Pieces {
    type Item = Result<StreamItem>;

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        // A test that never came to an end would tell nothing.
        let over = self.0.elapsed() > Duration::from_secs(10);
        Poll::Ready((!over).then(|| Ok(StreamItem::Chunk(Chunk::Text("a".to_owned())))))
    }
}

#[tokio::test]
async fn a_stream_that_never_pauses_is_ended_too() {
    let timeout = Timeout::new(Flood).with_whole(Duration::from_millis(50));
    let error = timeout.stream(&hi()).await.unwrap().finish().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout, "{error}");
    assert!(error.answer().is_some_and(|text| text.starts_with("aa")));
}
