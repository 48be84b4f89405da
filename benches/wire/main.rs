//! What a call costs over a socket, against the same call by hand with reqwest and serde_json.
//!
//! A table comes first: times on the processor, allocations and bytes, measured in turns on one thread, the server being
//! on another. Then criterion times the same on the clock.
//!
//! With `repeat structured ours 500` after `--` it does just this, which is what a counter of instructions needs:
//! `valgrind --tool=callgrind --separate-threads=yes`. The server's thread has a name of its own.
#![allow(
    missing_docs,
    unreachable_pub,
    clippy::print_stdout,
    reason = "a bench prints its figures, and criterion's macros write no docs"
)]

mod by_hand;
mod data;
mod measure;
mod server;
mod sse;

use std::hint::black_box;
use std::sync::Arc;

use by_hand::ByHand;
use codex_ai::provider::openai::OpenAi;
use codex_ai::{Chunk, Dispatcher, Prompt, Schema, prompt};
use criterion::{Criterion, criterion_group};
use data::{PIECES, Report, SYSTEM, USER};
use serde_json::value::RawValue;
use tokio::runtime::{Builder, Runtime};

/// How many calls are in flight at the same time for the measure of memory.
const TOGETHER: usize = 1_000;

/// Shortens a text.
#[prompt]
async fn shorten(text: &str) -> Prompt {
    Prompt::new().system(SYSTEM).user(text)
}

/// Finds out what happened.
#[prompt]
async fn find_out(text: &str) -> Prompt<Report> {
    Prompt::new().system(SYSTEM).user(text)
}

struct Pair {
    hand: ByHand,
    ours: Dispatcher<OpenAi>,
}

impl Pair {
    fn new(answer: Vec<u8>) -> Self {
        Self::of(&server::start(answer, 1))
    }

    fn of(url: &str) -> Self {
        let openai = OpenAi::builder().key("sk-test-0123456789").base_url(url).build().expect("it can be used");
        Self { hand: ByHand::new(url), ours: Dispatcher::new(openai).expect("the modes are different") }
    }

    async fn text(&self) -> String {
        self.ours.call::<Shorten>(ShortenArgs { text: USER }).await.expect("an answer")
    }

    async fn report(&self) -> Report {
        self.ours.call::<FindOut>(FindOutArgs { text: USER }).await.expect("an answer")
    }

    async fn stream(&self) -> (usize, usize) {
        let mut stream = self.ours.stream::<Shorten>(ShortenArgs { text: USER }).await.expect("an answer");
        let (mut count, mut bytes) = (0, 0);
        while let Some(chunk) = stream.next().await {
            if let Chunk::Text(text) = chunk.expect("a piece") {
                count += 1;
                bytes += black_box(text).len();
            }
        }
        (count, bytes)
    }
}

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().expect("a runtime")
}

fn schema() -> &'static RawValue {
    Schema::of::<Report>()
        .wire(codex_ai::schema::WireForm::OpenAiStrict)
        .map(codex_ai::schema::WireSchema::as_raw)
        .expect("strict mode takes it")
}

fn calls(criterion: &mut Criterion) {
    let runtime = runtime();
    let answer = serde_json::to_string(&data::report()).expect("it is JSON");
    let call = Pair::new(server::json(&data::whole("The bridge is closed.")));
    let structured = Pair::new(server::json(&data::whole(&answer)));
    let stream = Pair::new(server::events(&data::streamed()));
    assert_eq!(runtime.block_on(structured.report()), data::report());
    assert_eq!(runtime.block_on(stream.stream()), runtime.block_on(stream.hand.stream(SYSTEM, USER)));

    println!("the structured answer has {} bytes", answer.len());
    measure::head();
    let [ours, hand] = measure::side_by_side(
        1,
        [&mut || drop(runtime.block_on(call.text())), &mut || drop(runtime.block_on(call.hand.text(SYSTEM, USER)))],
    );
    measure::row("call", ours, hand, 1.05);
    let [ours, hand] = measure::side_by_side(
        1,
        [&mut || drop(runtime.block_on(structured.report())), &mut || {
            drop(runtime.block_on(structured.hand.value::<Report>(SYSTEM, USER, schema())));
        }],
    );
    measure::row("structured call", ours, hand, 1.10);
    let [ours, hand, bare] = measure::side_by_side(
        PIECES,
        [
            &mut || _ = black_box(runtime.block_on(stream.stream())),
            &mut || _ = black_box(runtime.block_on(stream.hand.stream(SYSTEM, USER))),
            &mut || _ = black_box(runtime.block_on(by_hand::bare(&stream.hand, SYSTEM, USER))),
        ],
    );
    measure::row("streamed piece", ours, hand, 0.75);
    println!("  of which reqwest and hyper {:.2} us", bare.micros);
    sse::table(&runtime);
    in_flight(&runtime);

    let mut group = criterion.benchmark_group("wire");
    group.bench_function("call", |b| b.iter(|| runtime.block_on(call.text())));
    group.bench_function("call by hand (floor)", |b| b.iter(|| runtime.block_on(call.hand.text(SYSTEM, USER))));
    group.bench_function("structured", |b| b.iter(|| runtime.block_on(structured.report())));
    group.bench_function("structured by hand (floor)", |b| {
        b.iter(|| runtime.block_on(structured.hand.value::<Report>(SYSTEM, USER, schema())));
    });
    group.bench_function("1,000 pieces", |b| b.iter(|| runtime.block_on(stream.stream())));
    group.bench_function("1,000 pieces by hand (floor)", |b| {
        b.iter(|| runtime.block_on(stream.hand.stream(SYSTEM, USER)));
    });
    group.finish();
}

/// The memory of calls that wait for their answers at the same time, for each: while they wait, and the most it ever was.
fn in_flight(runtime: &Runtime) {
    let url = server::start(server::json(&data::whole("The bridge is closed.")), TOGETHER);
    let pair = Arc::new(Pair::of(&url));
    let each = |bytes: i64| bytes as f64 / 1024.0 / TOGETHER as f64;
    let [ours, hand] = [true, false].map(|ours| {
        let call = || {
            let pair = Arc::clone(&pair);
            async move { if ours { pair.text().await } else { pair.hand.text(SYSTEM, USER).await } }
        };
        let mut tasks = Vec::with_capacity(TOGETHER);
        let start = || {
            runtime.block_on(async {
                tasks.extend((1..TOGETHER).map(|_| tokio::spawn(call())));
                // One is missing, so all the others wait when nothing is left to do.
                while server::waiting() + 1 < TOGETHER {
                    tokio::task::yield_now().await;
                }
            });
        };
        let waiting = allocation_counter::measure(start);
        let end = || {
            runtime.block_on(async {
                call().await;
                for task in tasks.drain(..) {
                    task.await.expect("a call does not panic");
                }
            });
        };
        let rest = allocation_counter::measure(end);
        let most = (waiting.bytes_max as i64).max(waiting.bytes_current + rest.bytes_max as i64);
        (each(waiting.bytes_current), each(most))
    });
    // By hand it is more than the bar by itself: buffers and queues of HTTP/1, a connection for each call.
    let verdict = if ours.0 <= 32.0 { "met" } else { "NOT MET" };
    println!(
        "memory of each of {TOGETHER} calls in flight, KiB: {:.1}, by hand {:.1}, bar 32: {verdict}",
        ours.0, hand.0
    );
    println!("  at most, while they are begun and ended: {:.1}, by hand {:.1}", ours.1, hand.1);
}

/// Does one thing many times and nothing else.
fn repeat(what: &str, who: &str, times: usize) {
    let runtime = runtime();
    let answer = serde_json::to_string(&data::report()).expect("it is JSON");
    let answer = match what {
        "call" => server::json(&data::whole("The bridge is closed.")),
        "structured" => server::json(&data::whole(&answer)),
        _ => server::events(&data::streamed()),
    };
    let pair = Pair::new(answer);
    runtime.block_on(async {
        for _ in 0..times {
            match (what, who) {
                ("call", "ours") => drop(pair.text().await),
                ("call", _) => drop(pair.hand.text(SYSTEM, USER).await),
                ("structured", "ours") => drop(pair.report().await),
                ("structured", _) => drop(pair.hand.value::<Report>(SYSTEM, USER, schema()).await),
                (_, "ours") => _ = pair.stream().await,
                (_, "hand") => _ = pair.hand.stream(SYSTEM, USER).await,
                _ => _ = by_hand::bare(&pair.hand, SYSTEM, USER).await,
            }
        }
    });
}

criterion_group!(benches, calls);

fn main() {
    let arguments: Vec<_> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["repeat", what, who, times] => repeat(what, who, times.parse().expect("a number")),
        ["in-flight"] => in_flight(&runtime()),
        _ => {
            benches();
            Criterion::default().configure_from_args().final_summary();
        }
    }
}
