//! What a typed answer costs on top of reading its JSON by hand: a right answer with checks, one in a fence with slips, and
//! one that streams.
//!
//! The floor of each is measured in the same run. Before the timings, what must not grow is printed: the cost of a piece
//! late in a long stream against the first ones.
#![allow(
    missing_docs,
    clippy::print_stdout,
    reason = "a bench prints its figures, and criterion's macros write no docs"
)]

use std::collections::VecDeque;
use std::hint::black_box;
use std::pin::Pin;
use std::sync::Mutex;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use codex_ai::partial::PartialReader;
use codex_ai::schema::WireForm;
use codex_ai::{
    BoxFuture, Chunk, Dispatcher, LlmSchema, Provider, Reply, ReplyStream, Request, Result, Schema, StreamItem,
};
use criterion::{Criterion, criterion_group, criterion_main};
use futures_core::Stream;
use tokio::runtime::Builder;

/// An order with the shapes that answers mostly have.
#[derive(serde::Deserialize, LlmSchema)]
#[llm(validate = Order::adds_up)]
#[serde(rename_all = "camelCase")]
struct Order {
    #[llm(pattern = "^[A-Z]{2}-[0-9]+$")]
    order_number: String,
    #[llm(check = not_empty)]
    customer: String,
    note: Option<String>,
    #[llm(min_items = 1)]
    items: Vec<Item>,
    total: u32,
}

#[derive(serde::Deserialize, LlmSchema)]
struct Item {
    #[llm(check = not_empty, max_length = 200)]
    name: String,
    #[llm(min = 1, max = 100)]
    count: u32,
    price: u32,
    kind: Kind,
    tags: Vec<String>,
}

#[derive(serde::Deserialize, LlmSchema)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Book,
    Tool,
}

fn not_empty(text: &str) -> std::result::Result<(), &'static str> {
    if text.is_empty() { Err("empty") } else { Ok(()) }
}

impl Order {
    fn adds_up(&self) -> std::result::Result<(), String> {
        let sum: u32 = self.items.iter().map(|item| item.count * item.price).sum();
        if sum == self.total { Ok(()) } else { Err(format!("the items make {sum}")) }
    }
}

/// An answer with so many items.
fn answer(items: u32) -> String {
    let list: Vec<String> = (0..items)
        .map(|number| {
            let kind = if number % 2 == 0 { "book" } else { "tool" };
            format!(
                r#"{{"name":"Thing number {number} of the \"whole\" order","count":2,"price":{number},"kind":"{kind}","tags":["new","on sale"]}}"#
            )
        })
        .collect();
    let total: u32 = (0..items).map(|number| number * 2).sum();
    let list = list.join(",");
    format!(r#"{{"orderNumber":"AB-1204","customer":"Ada Lovelace","note":null,"items":[{list}],"total":{total}}}"#)
}

fn read(criterion: &mut Criterion) {
    let text = answer(17);
    let fence = |text: &str| format!("Here is the order:\n\n```json\n{text}\n```\nAnything else?");
    let (fenced, slips) = (fence(&text), fence(&text.replace("\"count\"", "count")));
    println!("an answer of {} bytes, and one of {} bytes in a fence", text.len(), fenced.len());
    for text in [&text, &fenced, &slips] {
        codex_ai::json::from_str::<Order>(text).expect("it is right");
    }
    let mut group = criterion.benchmark_group("read");
    group.bench_function("floor: serde_json", |bench| {
        bench.iter(|| serde_json::from_str::<Order>(black_box(&text)).expect("it is right"));
    });
    group.bench_function("a right answer, with checks", |bench| {
        bench.iter(|| codex_ai::json::from_str::<Order>(black_box(&text)).expect("it is right"));
    });
    group.bench_function("in a fence", |bench| {
        bench.iter(|| codex_ai::json::from_str::<Order>(black_box(&fenced)).expect("it is right"));
    });
    group.bench_function("in a fence, with slips", |bench| {
        bench.iter(|| codex_ai::json::from_str::<Order>(black_box(&slips)).expect("it is right"));
    });
    group.finish();
}

fn wire(criterion: &mut Criterion) {
    let schema = Schema::of::<Order>();
    let mut group = criterion.benchmark_group("wire schema");
    for form in [WireForm::OpenAiStrict, WireForm::Anthropic, WireForm::Gemini] {
        schema.wire(form).expect("it has that form");
        group.bench_function(format!("second use, {form:?}"), |bench| {
            bench.iter(|| black_box(schema).wire(black_box(form)).expect("it has that form"));
        });
    }
    group.finish();
}

fn stream(criterion: &mut Criterion) {
    let text = answer(9000);
    println!("a stream of {} bytes", text.len());
    let mut group = criterion.benchmark_group("stream of 1 MB");
    group.sample_size(10).warm_up_time(Duration::from_millis(500));
    group.bench_function("floor: serde_json", |bench| {
        bench.iter(|| serde_json::from_str::<Order>(black_box(&text)).expect("it is right"));
    });
    for (name, size) in [("in one piece", text.len()), ("in pieces of 1 byte", 1)] {
        group.bench_function(name, |bench| {
            bench.iter(|| {
                let mut reader = PartialReader::new(Schema::of::<Order>().clone());
                let mut rest = text.as_str();
                while !rest.is_empty() {
                    let (piece, after) = rest.split_at(size.min(rest.len()));
                    reader.push(black_box(piece));
                    rest = after;
                }
                reader.finish().expect("it is JSON")
            });
        });
    }
    group.finish();
    partial_values(&text);
}

/// Typed partial values after each piece of four bytes: the mean of the first tenth and of a late one. Then all of them, for a
/// stream of one piece and for one of pieces of a byte.
fn partial_values(text: &str) {
    let mut best = [Duration::MAX; 4];
    let mut shown = 0;
    for _ in 0..3 {
        let marks = shown_at(text, 4);
        shown = marks.len() - 1;
        let tenth = shown / 10;
        best[0] = best[0].min(marks[tenth] - marks[0]);
        // Not the last tenth: in it the list ends, and becomes a whole value.
        best[1] = best[1].min(marks[shown - tenth] - marks[shown - 2 * tenth]);
        for (best, size) in best[2..].iter_mut().zip([text.len(), 1]) {
            let marks = shown_at(text, size);
            *best = (*best).min(marks[marks.len() - 1] - marks[0]);
        }
    }
    let tenth = f64::from(u32::try_from(shown / 10).unwrap_or(1));
    let [first, last, whole, bytes] = best.map(|time| time.as_secs_f64() * 1e9);
    let (first, last, whole, bytes) = (first / tenth, last / tenth, whole / 1e6, bytes / 1e6);
    println!("partial values: {first:.0} ns each at the beginning, {last:.0} ns each late among {shown}");
    println!("all of them: {whole:.1} ms in one piece, {bytes:.1} ms in pieces of a byte");
}

/// When the stream began, and when each partial value was there, for pieces of so many bytes.
fn shown_at(text: &str, size: usize) -> Vec<Instant> {
    let mut items: VecDeque<StreamItem> = (0..text.len())
        .step_by(size)
        .map(|at| StreamItem::Chunk(Chunk::Text(text[at..text.len().min(at + size)].to_owned())))
        .collect();
    let mut marks = Vec::with_capacity(items.len() + 2);
    items.push_back(StreamItem::Done(Box::new(Reply::from_text("fixed", text))));
    let runtime = Builder::new_current_thread().build().expect("a runtime");
    runtime.block_on(async {
        let dispatcher = Dispatcher::new(Pieces(Mutex::new(Some(items)))).expect("the registry is right");
        let mut stream = dispatcher.stream_json::<Order>("go").await.expect("it streams");
        marks.push(Instant::now());
        while let Some(partial) = stream.next_partial().await {
            black_box(partial.expect("it is right"));
            marks.push(Instant::now());
        }
    });
    marks
}

/// Streams these items, once.
struct Pieces(Mutex<Option<VecDeque<StreamItem>>>);

impl Provider for Pieces {
    fn name(&self) -> &str {
        "pieces"
    }

    fn generate<'a>(&'a self, _: &'a Request) -> BoxFuture<'a, Result<Reply>> {
        Box::pin(async { Ok(Reply::from_text("fixed", "")) })
    }

    fn stream<'a>(&'a self, _: &'a Request) -> BoxFuture<'a, Result<ReplyStream>> {
        let items = self.0.lock().expect("one thread").take().unwrap_or_default();
        Box::pin(async { Ok(ReplyStream::new(Items(items))) })
    }
}

struct Items(VecDeque<StreamItem>);

impl Stream for Items {
    type Item = Result<StreamItem>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(self.0.pop_front().map(Ok))
    }
}

criterion_group!(benches, read, wire, stream);
criterion_main!(benches);
