//! The body of an answer as its reader gets it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use codex_ai::Result;
use codex_ai::transport::Body;
use futures_core::Stream;

/// How many pieces a body has.
const PIECES: u32 = 10_000;

/// Pieces that are all there already; each is its number.
struct Ready(u32);

impl Stream for Ready {
    type Item = Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let number = self.0;
        self.0 += 1;
        Poll::Ready((number < PIECES).then(|| Ok(Bytes::copy_from_slice(&number.to_le_bytes()))))
    }
}

#[tokio::test]
async fn a_body_that_is_always_ready_loses_nothing_and_lets_others_run() {
    let (read, when) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(PIECES)));
    let (so_far, noted) = (Arc::clone(&read), Arc::clone(&when));
    let other = tokio::spawn(async move { noted.store(so_far.load(Ordering::SeqCst), Ordering::SeqCst) });
    let mut body = Body::stream(Ready(0));
    for number in 0..PIECES {
        let piece = body.next().await.unwrap().unwrap();
        assert_eq!(piece, number.to_le_bytes().as_slice());
        read.fetch_add(1, Ordering::SeqCst);
    }
    assert!(body.next().await.is_none());
    other.await.unwrap();
    assert!(when.load(Ordering::SeqCst) < PIECES);
}
