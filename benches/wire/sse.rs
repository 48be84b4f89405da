//! The parser of server-sent events alone, against the crate `sse-stream`, on the same bytes.

use std::hint::black_box;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};

use bytes::Bytes;
use codex_ai::transport::{DEFAULT_EVENT_LIMIT, SseParser};
use futures_core::Stream;
use sse_stream::SseByteStream;
use tokio::runtime::Runtime;

use crate::data::{self, PIECES};
use crate::measure;

/// Pieces that are there already.
struct Pieces<'a>(std::slice::Iter<'a, Bytes>);

impl Stream for Pieces<'_> {
    type Item = Result<Bytes, std::convert::Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(self.0.next().cloned().map(Ok))
    }
}

fn ours(pieces: &[Bytes]) -> usize {
    let mut parser = SseParser::new(DEFAULT_EVENT_LIMIT);
    let mut bytes = 0;
    for piece in pieces {
        parser.push(piece);
        while let Some(event) = parser.next().expect("an event") {
            bytes += black_box(event).data.len();
        }
    }
    bytes
}

async fn theirs(pieces: &[Bytes]) -> usize {
    let mut events = pin!(SseByteStream::new(Pieces(pieces.iter())));
    let mut bytes = 0;
    while let Some(event) = std::future::poll_fn(|cx| events.as_mut().poll_next(cx)).await {
        bytes += black_box(event.expect("an event")).data.map_or(0, |data| data.len());
    }
    bytes
}

pub fn table(runtime: &Runtime) {
    let events: Vec<_> = data::streamed().into_iter().map(Bytes::from).collect();
    let all = Bytes::from(events.concat());
    let packets: Vec<_> = all.chunks(1_400).map(Bytes::copy_from_slice).collect();
    let cases = [
        ("parser alone, events", events),
        ("parser alone, packets of 1,400", packets),
        ("parser alone, at once", vec![all]),
    ];
    for (what, pieces) in cases {
        assert_eq!(ours(&pieces), runtime.block_on(theirs(&pieces)));
        let [own, other] = measure::side_by_side(
            PIECES,
            [&mut || _ = black_box(ours(&pieces)), &mut || _ = black_box(runtime.block_on(theirs(&pieces)))],
        );
        measure::row(&format!("{what} / sse-stream"), own, other, 1.0);
    }
}
