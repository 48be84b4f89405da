//! What it costs to give every notification of a server to its own turn, over a pipe in memory.
//!
//! The floor is a reader of lines that does nothing with them, in the same run.
#![allow(missing_docs, reason = "criterion's macros write no docs")]

use std::hint::black_box;

use codex_ai::app_server::{Client, ClientOptions, ThreadOptions, TurnOptions};
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, DuplexStream};
use tokio::runtime::{Builder, Runtime};

/// Notifications of one measurement.
const NOTIFICATIONS: usize = 64_000;
/// Bytes that the pipe holds, as one of Linux does.
const PIPE: usize = 64 << 10;

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().expect("a runtime")
}

/// The lines of this many turns in turn, and the end of each.
fn burst(turns: usize) -> Vec<u8> {
    let mut lines = String::new();
    for n in 0..NOTIFICATIONS {
        let turn = n % turns;
        let params = json!({ "threadId": format!("thread-{turn}"), "turnId": format!("turn-{turn}"), "itemId": format!("msg-{turn}"), "delta": format!("{n:07} ") });
        let line =
            json!({ "method": "item/agentMessage/delta", "params": params, "emittedAtMs": 1_795_173_975_985_u64 });
        lines += &format!("{line}\n");
    }
    for turn in 0..turns {
        let end = json!({ "id": format!("turn-{turn}"), "items": [], "status": "completed", "error": null });
        let params = json!({ "threadId": format!("thread-{turn}"), "turn": end });
        lines += &format!("{}\n", json!({ "method": "turn/completed", "params": params }));
    }
    lines.into_bytes()
}

/// A client with its turns under way, and the server's end of the pipe.
async fn connected(turns: usize) -> (Client, Vec<codex_ai::app_server::Turn>, DuplexStream) {
    let (ours, theirs) = tokio::io::duplex(PIPE);
    let serving = tokio::spawn(async move {
        let mut server = BufReader::new(theirs);
        let (mut line, mut threads, mut left) = (String::new(), 0, turns);
        while left > 0 {
            line.clear();
            server.read_line(&mut line).await.expect("text");
            let message: Value = serde_json::from_str(&line).expect("JSON");
            let result = match message["method"].as_str().unwrap_or_default() {
                "initialize" => json!({ "userAgent": "bench/0.0.0 (bench)" }),
                "thread/start" => {
                    threads += 1;
                    json!({ "thread": { "id": format!("thread-{}", threads - 1) } })
                }
                "turn/start" => {
                    left -= 1;
                    let thread = message["params"]["threadId"].as_str().unwrap_or_default();
                    json!({ "turn": { "id": thread.replace("thread", "turn"), "items": [], "status": "inProgress" } })
                }
                _ => continue,
            };
            let answer = format!("{}\n", json!({ "id": message["id"], "result": result }));
            server.write_all(answer.as_bytes()).await.expect("a client");
        }
        server.into_inner()
    });
    let (reader, writer) = tokio::io::split(ours);
    let client = Client::connect(reader, writer, ClientOptions::new()).await.expect("it answers");
    let mut started = Vec::new();
    for _ in 0..turns {
        let thread = client.start_thread(ThreadOptions::new()).await.expect("a thread");
        started.push(thread.turn("go", TurnOptions::default()).await.expect("a turn"));
    }
    (client, started, serving.await.expect("a server"))
}

fn turns(criterion: &mut Criterion) {
    let runtime = runtime();
    let mut group = criterion.benchmark_group("app_server");
    group.throughput(Throughput::Elements(NOTIFICATIONS as u64)).sample_size(20);
    for turns in [1, 16, 64] {
        let lines: &'static [u8] = burst(turns).leak();
        group.bench_function(format!("floor/{turns}"), |bencher| {
            bencher.iter(|| {
                runtime.block_on(async {
                    let (mut theirs, ours) = tokio::io::duplex(PIPE);
                    let writing = tokio::spawn(async move { theirs.write_all(lines).await });
                    let mut reader = BufReader::with_capacity(PIPE, ours);
                    let mut line = Vec::new();
                    while reader.read_until(b'\n', &mut line).await.expect("lines") > 0 {
                        black_box(&line);
                        line.clear();
                    }
                    writing.await.expect("it ends").expect("it is read");
                });
            });
        });
        for decoded in [false, true] {
            let name = if decoded { "decoded" } else { "raw" };
            group.bench_function(format!("{name}/{turns}"), |bencher| {
                bencher.iter_batched(
                    || runtime.block_on(connected(turns)),
                    |(client, turns, server)| runtime.block_on(given(client, turns, server, lines, decoded)),
                    BatchSize::PerIteration,
                );
            });
        }
    }
    group.finish();
}

/// Writes all lines, and reads every turn to its end in a task of its own.
async fn given(
    client: Client,
    turns: Vec<codex_ai::app_server::Turn>,
    server: DuplexStream,
    lines: &'static [u8],
    decoded: bool,
) -> u64 {
    let (mut reader, mut writer) = tokio::io::split(server);
    let writing = tokio::spawn(async move { writer.write_all(lines).await });
    let reading = turns.into_iter().map(|mut turn| {
        tokio::spawn(async move {
            let mut notifications = 0;
            while let Some(event) = turn.next().await {
                let event = event.expect("a connection");
                notifications += event.notifications();
                if decoded {
                    black_box(event.kind());
                }
            }
            notifications
        })
    });
    let reading: Vec<_> = reading.collect();
    let mut notifications = 0;
    for turn in reading {
        notifications += turn.await.expect("it ends");
    }
    assert!(notifications >= NOTIFICATIONS as u64, "some are missing");
    writing.await.expect("it ends").expect("it is read");
    drop(client);
    let mut nothing = Vec::new();
    let _ = reader.read_to_end(&mut nothing).await;
    notifications
}

criterion_group!(benches, turns);
criterion_main!(benches);
