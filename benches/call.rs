//! What `call::<P>` costs on top of asking the provider by hand with the same request.
//!
//! The provider answers at once, so that only the library's own work is seen. Before the timings, the allocations of one
//! call are counted and printed.
#![allow(
    missing_docs,
    clippy::print_stdout,
    reason = "a bench prints its figures, and criterion's macros write no docs"
)]

use std::hint::black_box;

use allocation_counter::measure;
use codex_ai::{
    BoxFuture, Dispatcher, LlmSchema, Message, Output, Prompt, Provider, Reply, Request, Result, Schema, prompt,
};
use criterion::{Criterion, criterion_group, criterion_main};
use tokio::runtime::{Builder, Runtime};

/// Answers at once with a fixed text.
struct AtOnce(&'static str);

impl Provider for AtOnce {
    fn name(&self) -> &str {
        "at-once"
    }

    fn generate<'a>(&'a self, _: &'a Request) -> BoxFuture<'a, Result<Reply>> {
        Box::pin(async { Ok(Reply::from_text("fixed", self.0)) })
    }
}

const TEXT: &str = "The river rose overnight. By noon the bridge was closed.";
const SYSTEM: &str = "You are a careful editor.";
const ANSWER: &str = r#"{"headline":"The bridge is closed","points":["The river rose","The bridge closed by noon"]}"#;

#[derive(serde::Deserialize, LlmSchema)]
#[expect(dead_code, reason = "what is measured is how it comes")]
struct Summary {
    headline: String,
    points: Vec<String>,
}

/// Shortens a text.
#[prompt]
async fn shorten(text: &str, max_words: u32) -> Prompt {
    Prompt::new().system(SYSTEM).user(format!("In at most {max_words} words:\n\n{text}"))
}

/// Summarises a text.
#[prompt]
async fn summarize(text: &str, max_points: u8) -> Prompt<Summary> {
    Prompt::new().system(SYSTEM).user(format!("At most {max_points} points.\n\n{text}"))
}

async fn text_by_hand(provider: &AtOnce) -> String {
    let user = format!("In at most {} words:\n\n{TEXT}", black_box(20));
    let request = Request::new(vec![Message::user(user)]).with_system(SYSTEM);
    let reply = provider.generate(&request).await.expect("it always answers");
    reply.text().into_owned()
}

async fn text_by_call(dispatcher: &Dispatcher<AtOnce>) -> String {
    dispatcher.call::<Shorten>(ShortenArgs { text: TEXT, max_words: black_box(20) }).await.expect("it always answers")
}

/// Asks by hand and reads the answer with the library's own reader, which both sides need.
async fn json_by_hand(provider: &AtOnce) -> Summary {
    let user = format!("At most {} points.\n\n{TEXT}", black_box(3));
    let request = Request::new(vec![Message::user(user)])
        .with_system(SYSTEM)
        .with_output(Output::Schema(Schema::of::<Summary>().clone()));
    let reply = provider.generate(&request).await.expect("it always answers");
    reply.read().expect("the answer is a summary")
}

async fn json_by_call(dispatcher: &Dispatcher<AtOnce>) -> Summary {
    dispatcher
        .call::<Summarize>(SummarizeArgs { text: TEXT, max_points: black_box(3) })
        .await
        .expect("it always answers")
}

/// The least a JSON answer costs: `serde_json` alone, with nothing checked.
fn json_floor() -> Summary {
    serde_json::from_str(black_box(ANSWER)).expect("the answer is a summary")
}

fn runtime() -> Runtime {
    Builder::new_current_thread().build().expect("a runtime without drivers always starts")
}

fn allocations(what: &str, mut run: impl FnMut()) -> u64 {
    run();
    let count = measure(run).count_total;
    println!("allocations: {what}: {count}");
    count
}

fn calls(criterion: &mut Criterion) {
    let runtime = runtime();
    let (words, json) = (AtOnce("The bridge is closed."), AtOnce(ANSWER));
    let by_call = Dispatcher::new(AtOnce("The bridge is closed.")).expect("the modes are different");
    let json_call = Dispatcher::new(AtOnce(ANSWER)).expect("the modes are different");

    let hand = allocations("text by hand", || drop(runtime.block_on(text_by_hand(&words))));
    let call = allocations("text by call", || drop(runtime.block_on(text_by_call(&by_call))));
    println!("allocations: `call::<P>` adds {} for text", call.saturating_sub(hand));
    let hand = allocations("json by hand", || drop(runtime.block_on(json_by_hand(&json))));
    let call = allocations("json by call", || drop(runtime.block_on(json_by_call(&json_call))));
    println!("allocations: `call::<P>` adds {} for json", call.saturating_sub(hand));

    let mut group = criterion.benchmark_group("call");
    group.bench_function("text by hand (floor)", |b| b.iter(|| runtime.block_on(text_by_hand(&words))));
    group.bench_function("text by call", |b| b.iter(|| runtime.block_on(text_by_call(&by_call))));
    group.bench_function("json by hand (floor)", |b| b.iter(|| runtime.block_on(json_by_hand(&json))));
    group.bench_function("json by call", |b| b.iter(|| runtime.block_on(json_by_call(&json_call))));
    group.bench_function("json by serde_json alone", |b| b.iter(json_floor));
    group.finish();
}

criterion_group!(benches, calls);
criterion_main!(benches);
