//! What a client of the app server costs as a whole process, beside a bare reader of lines, both fed by the stand-in
//! server: `cargo bench -p codex-ai-benches --bench app_server_load [-- --quick]`.
//!
//! Each figure is from a process of its own, and three of a kind take turns. A burst begins when the server has prepared all
//! of it and only waits; its time is from the request of the last turn to the end of the last turn. The server needs a core
//! for itself: on a machine that has other work, or less than two cores, the figures are too bad. Without the stand-in
//! server, or on a system without `/proc`, nothing is measured.
#![allow(missing_docs, clippy::print_stdout, reason = "a bench prints its figures")]

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use codex_ai::app_server::{Client, ClientOptions, EventKind, SpawnOptions, ThreadOptions, Turn, TurnOptions};
use serde_json::json;

fn main() {
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| arg != "--bench").collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match &args[..] {
        ["--test"] => println!("nothing to test"),
        ["--one", "floor", turns, deltas] => floor(turns, deltas),
        ["--one", "floor_first", turns] => floor_first(turns.parse().expect("a number")),
        ["--one", what, runtime, rest @ ..] => one(what, runtime, rest),
        rest => all(rest.contains(&"--quick")),
    }
}

fn stand_in() -> PathBuf {
    let data = std::env::var_os("CODEX_AI_DATA")
        .map_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared")), PathBuf::from);
    data.join("tools/fake_app_server.py")
}

fn all(quick: bool) {
    if !stand_in().exists() || !std::path::Path::new("/proc/self/status").exists() {
        println!("skipped: there is no {}, or no /proc", stand_in().display());
        return;
    }
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    println!("Other work on this machine, in processors: {}", load.split(' ').next().unwrap_or_default());
    let rounds = if quick { 1 } else { 3 };
    println!("{NOTIFICATIONS} notifications in a burst; of {rounds}: best (median)\n");
    println!("{:>5}  {:>21}  {:>21}  {:>21}", "turns", "bare reader /s", "current_thread /s", "multi_thread /s");
    let (mut used, mut peak) = ([f64::INFINITY; 2], [0.0_f64; 2]);
    for turns in [1, 16, 64] {
        let (turns_text, deltas) = (turns.to_string(), (NOTIFICATIONS / turns).to_string());
        let kinds: [&[&str]; 3] = [
            &["floor", &turns_text, &deltas],
            &["burst", "current", &turns_text, &deltas],
            &["burst", "multi", &turns_text, &deltas],
        ];
        let runs: Vec<Vec<Figures>> = (0..rounds).map(|_| run(&kinds)).collect();
        let rates = [0, 1, 2].map(|kind| {
            let (best, median) = best_and_median(&runs, kind, "per_second", f64::total_cmp);
            format!("{best:.0} ({median:.0})")
        });
        println!("{turns:>5}  {:>21}  {:>21}  {:>21}", rates[0], rates[1], rates[2]);
        for run in &runs {
            for kind in [0, 1] {
                used[kind] = used[kind].min(run[kind + 1]["cpu_us"]);
                peak[kind] = peak[kind].max(run[kind + 1]["peak_mb"]);
            }
        }
    }
    println!(
        "\nprocessor for each, at best: {:.2} us, {:.2} us; memory at most: {:.1} MB, {:.1} MB",
        used[0], used[1], peak[0], peak[1]
    );
    let seconds = if quick { "1" } else { "3" };
    let rows: [(&str, [&[&str]; 3]); 2] = [
        ("first delta", [&["floor_first", "200"], &["first", "current", "200"], &["first", "multi", "200"]]),
        (
            "latency at 10,000/s, 16 turns",
            [&[], &["paced", "current", "16", "10000", seconds], &["paced", "multi", "16", "10000", seconds]],
        ),
    ];
    println!("\n{:>30}  {:>15}  {:>15}  {:>15}", "p50 / p99, ms", "bare reader", "current_thread", "multi_thread");
    for (name, kinds) in rows {
        let cells = kinds.map(|kind| {
            if kind.is_empty() {
                return String::from("-");
            }
            let runs: Vec<_> = (0..rounds).map(|_| run(&[kind])).collect();
            let least = |name| best_and_median(&runs, 0, name, |a, b| b.total_cmp(a)).0;
            format!("{:.3} / {:.3}", least("p50_ms"), least("p99_ms"))
        });
        println!("{name:>30}  {:>15}  {:>15}  {:>15}", cells[0], cells[1], cells[2]);
    }
    let unread = run(&[&["unread", "current", "300000"], &["unread", "multi", "300000"]]);
    println!(
        "\nmemory at most, 300,000 deltas that nobody reads: {:.1} MB, {:.1} MB",
        unread[0]["peak_mb"], unread[1]["peak_mb"]
    );
}

/// In a burst, all turns together.
const NOTIFICATIONS: u64 = 400_000;

type Figures = BTreeMap<String, f64>;

/// The best, which is last in this order, and the median of one figure of one kind.
fn best_and_median(
    runs: &[Vec<Figures>],
    kind: usize,
    name: &str,
    order: impl Fn(&f64, &f64) -> std::cmp::Ordering,
) -> (f64, f64) {
    let mut values: Vec<f64> = runs.iter().map(|run| run[kind][name]).collect();
    values.sort_by(order);
    (values[values.len() - 1], values[values.len() / 2])
}

/// Measurements, each in a process of its own: they prepare together, and run one after another.
fn run(kinds: &[&[&str]]) -> Vec<Figures> {
    let program = std::env::current_exe().expect("this program");
    let start = |args: &&[&str]| {
        let mut command = Command::new(&program);
        command.arg("--one").args(*args).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("it runs");
        let output = BufReader::new(child.stdout.take().expect("a pipe"));
        (child, output)
    };
    let mut children: Vec<_> = kinds.iter().map(start).collect();
    for (_, output) in &mut children {
        let mut line = String::new();
        output.read_line(&mut line).expect("it writes");
        assert_eq!(line, "ready\n");
    }
    let finish = |(mut child, mut output): (std::process::Child, BufReader<std::process::ChildStdout>)| {
        drop(child.stdin.take());
        let mut figures = String::new();
        output.read_to_string(&mut figures).expect("it writes");
        assert!(child.wait().expect("it ends").success(), "a measurement failed");
        serde_json::from_str(&figures).expect("its figures")
    };
    children.into_iter().map(finish).collect()
}

/// Waits until the server is prepared, and then until this process is to begin.
fn ready() {
    let mut asleep = 0;
    while asleep < 5 {
        std::thread::sleep(Duration::from_millis(20));
        asleep = if servers_sleep() { asleep + 1 } else { 0 };
    }
    println!("ready");
    std::io::stdin().read_to_end(&mut Vec::new()).expect("it is closed");
}

/// Whether each thread of each process that this one has started waits for something.
fn servers_sleep() -> bool {
    let this = std::process::id().to_string();
    let state = |stat: &str| stat.rsplit(')').next().map(|rest| rest.split_whitespace().map(str::to_owned).collect());
    let processes = std::fs::read_dir("/proc").expect("/proc");
    processes.filter_map(Result::ok).all(|process| {
        let stat = std::fs::read_to_string(process.path().join("stat")).ok();
        let fields: Option<Vec<String>> = stat.as_deref().and_then(state);
        if fields.is_none_or(|fields| fields.get(1) != Some(&this)) {
            return true;
        }
        let Ok(tasks) = std::fs::read_dir(process.path().join("task")) else { return false };
        tasks.filter_map(Result::ok).all(|task| {
            let stat = std::fs::read_to_string(task.path().join("stat")).ok();
            let fields: Option<Vec<String>> = stat.as_deref().and_then(state);
            fields.is_some_and(|fields| fields[0] == "S")
        })
    })
}

type Pipes = (std::process::Child, std::process::ChildStdin, BufReader<std::process::ChildStdout>);

/// The stand-in server, and nothing between it and the caller.
fn bare(flags: &[&str]) -> Pipes {
    let mut child = Command::new("python3")
        .arg(stand_in())
        .args(flags)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3");
    let input = child.stdin.take().expect("a pipe");
    let output = BufReader::with_capacity(64 << 10, child.stdout.take().expect("a pipe"));
    (child, input, output)
}

/// From the request to the first delta, where lines are compared by their beginning only.
fn floor_first(turns: u64) {
    let (mut child, mut input, mut output) = bare(&["--turns", "1", "--deltas", "50", "--immediate"]);
    ready();
    let mut times = Vec::new();
    let mut until = |input: &mut std::process::ChildStdin, request: serde_json::Value, found: &[&str]| {
        let begin = Instant::now();
        writeln!(input, "{request}").expect("it reads");
        let mut line = String::new();
        for found in found {
            while !line.contains(found) {
                line.clear();
                output.read_line(&mut line).expect("it writes");
            }
            times.push(begin.elapsed());
        }
    };
    for turn in 0..turns {
        until(&mut input, json!({ "id": 0, "method": "thread/start", "params": {} }), &["thread/started"]);
        let params = json!({ "threadId": format!("thread-{turn:04}") });
        let request = json!({ "id": 1, "method": "turn/start", "params": params });
        until(&mut input, request, &["agentMessage/delta", "turn/completed"]);
    }
    // Of the three of each turn, the second.
    println!("{}", percentiles(times.into_iter().skip(1).step_by(3).collect()));
    child.kill().expect("it runs");
    child.wait().expect("it ends");
}

/// Lines counted, and nothing else.
fn floor(turns: &str, deltas: &str) {
    let (mut child, mut input, mut output) = bare(&["--turns", turns, "--deltas", deltas]);
    let turns: u64 = turns.parse().expect("a number");
    let mut line = Vec::new();
    let mut next = |output: &mut BufReader<_>| {
        line.clear();
        output.read_until(b'\n', &mut line).expect("it writes");
        // An answer begins with its id; a notification with its method.
        (line.starts_with(b"{\"id\""), line.is_empty() || line.starts_with(b"{\"method\":\"bench/done\""))
    };
    let ask = |input: &mut std::process::ChildStdin, request: serde_json::Value| {
        writeln!(input, "{request}").expect("it reads");
    };
    for turn in 0..turns {
        ask(&mut input, json!({ "id": turn, "method": "thread/start", "params": {} }));
        while !next(&mut output).0 {}
    }
    ready();
    let mut begin = Instant::now();
    for turn in 0..turns {
        let params = json!({ "threadId": format!("thread-{turn:04}") });
        begin = Instant::now();
        ask(&mut input, json!({ "id": turns + turn, "method": "turn/start", "params": params }));
        while !next(&mut output).0 {}
    }
    let mut lines = 1_u64;
    while !next(&mut output).1 {
        lines += 1;
    }
    println!("{}", json!({ "per_second": lines as f64 / begin.elapsed().as_secs_f64() }));
    child.kill().expect("it runs");
    child.wait().expect("it ends");
}

fn one(what: &str, runtime: &str, rest: &[&str]) {
    let runtime = match runtime {
        "current" => tokio::runtime::Builder::new_current_thread().enable_all().build(),
        _ => tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build(),
    }
    .expect("a runtime");
    let figures = runtime.block_on(async {
        match (what, rest) {
            ("burst", [turns, deltas]) => {
                tokio::spawn(burst(turns.parse().expect("a number"), (*deltas).to_owned())).await
            }
            ("first", [turns]) => tokio::spawn(first(turns.parse().expect("a number"))).await,
            ("paced", [turns, rate, seconds]) => {
                let (turns, rate, seconds) = (turns.parse(), rate.parse(), seconds.parse());
                let task = paced(turns.expect("a number"), rate.expect("a number"), seconds.expect("a number"));
                tokio::spawn(task).await
            }
            ("unread", [deltas]) => tokio::spawn(unread((*deltas).to_owned())).await,
            _ => panic!("nothing is known of {what} {rest:?}"),
        }
        .expect("it ends")
    });
    println!("{figures}");
}

async fn start(flags: &[&str]) -> Client {
    let script = stand_in();
    let args = [script.as_os_str()].into_iter().chain(flags.iter().map(AsRef::as_ref));
    let options = SpawnOptions::new().with_binary("python3").with_args(args).with_client(ClientOptions::new());
    Client::spawn(options).await.expect("the stand-in server")
}

/// Starts so many turns; when the last one was asked for, and the processor that was used until then.
async fn begin(client: &Client, count: usize) -> (Vec<Turn>, Instant, Duration) {
    let mut threads = Vec::new();
    for _ in 0..count {
        threads.push(client.start_thread(ThreadOptions::new()).await.expect("a thread"));
    }
    ready();
    let (mut turns, mut begin, mut used) = (Vec::new(), Instant::now(), processor());
    for thread in threads {
        (begin, used) = (Instant::now(), processor());
        turns.push(thread.turn("go", TurnOptions::default()).await.expect("a turn"));
    }
    (turns, begin, used)
}

/// Reads a turn to its end, and that its deltas are all there in their order; how many notifications there were.
async fn read(mut turn: Turn) -> u64 {
    let (mut notifications, mut deltas) = (0, 0_u64);
    while let Some(event) = turn.next().await {
        let event = event.expect("a connection");
        notifications += event.notifications();
        if let EventKind::AgentMessageDelta { delta, .. } = event.kind() {
            for piece in delta.split_terminator(' ') {
                assert_eq!(piece.parse(), Ok(deltas), "the order is wrong");
                deltas += 1;
            }
        }
    }
    notifications
}

async fn burst(turns: usize, deltas: String) -> serde_json::Value {
    let client = start(&["--turns", &turns.to_string(), "--deltas", &deltas]).await;
    let (turns, begin, used) = begin(&client, turns).await;
    let tasks: Vec<_> = turns.into_iter().map(|turn| tokio::spawn(read(turn))).collect();
    let mut notifications = 0;
    for task in tasks {
        notifications += task.await.expect("it ends");
    }
    let (elapsed, used) = (begin.elapsed(), processor() - used);
    client.shutdown().await;
    json!({
        "per_second": notifications as f64 / elapsed.as_secs_f64(),
        "cpu_us": used.as_secs_f64() * 1e6 / notifications as f64,
        "peak_mb": peak_mb(),
    })
}

async fn first(turns: usize) -> serde_json::Value {
    let client = start(&["--turns", "1", "--deltas", "50", "--immediate"]).await;
    ready();
    let mut times = Vec::new();
    for _ in 0..turns {
        let thread = client.start_thread(ThreadOptions::new()).await.expect("a thread");
        let begin = Instant::now();
        let mut turn = thread.turn("go", TurnOptions::default()).await.expect("a turn");
        let mut told = false;
        while let Some(event) = turn.next().await {
            let event = event.expect("a connection");
            if !told && matches!(event.kind(), EventKind::AgentMessageDelta { .. }) {
                times.push(begin.elapsed());
                told = true;
            }
        }
    }
    client.shutdown().await;
    percentiles(times)
}

async fn paced(turns: usize, rate: usize, seconds: usize) -> serde_json::Value {
    let deltas = (rate * seconds / turns).to_string();
    let client = start(&["--turns", &turns.to_string(), "--deltas", &deltas, "--paced", &rate.to_string()]).await;
    let base = (Instant::now(), monotonic());
    let tasks = begin(&client, turns).await.0.into_iter().map(|mut turn| {
        tokio::spawn(async move {
            let mut times = Vec::new();
            while let Some(event) = turn.next().await {
                if let EventKind::AgentMessageDelta { delta, .. } = event.expect("a connection").kind() {
                    let now = base.1 + base.0.elapsed();
                    for written in delta.split_whitespace().filter_map(|piece| piece.strip_prefix("t=")) {
                        let written = Duration::from_nanos(written.parse().expect("a time"));
                        times.push(now.saturating_sub(written));
                    }
                }
            }
            times
        })
    });
    let tasks: Vec<_> = tasks.collect();
    let mut times = Vec::new();
    for task in tasks {
        times.extend(task.await.expect("it ends"));
    }
    client.shutdown().await;
    percentiles(times)
}

async fn unread(deltas: String) -> serde_json::Value {
    let client = start(&["--turns", "1", "--deltas", &deltas]).await;
    let mut events = client.events();
    let (turns, ..) = begin(&client, 1).await;
    // The server's last word, which belongs to no turn.
    while let Some(event) = events.next().await {
        if event.expect("a connection").method() == "bench/done" {
            break;
        }
    }
    let peak = peak_mb();
    for turn in turns {
        read(turn).await;
    }
    client.shutdown().await;
    json!({ "peak_mb": peak })
}

fn percentiles(mut times: Vec<Duration>) -> serde_json::Value {
    times.sort_unstable();
    let at = |part: usize| times[(times.len() - 1) * part / 100].as_secs_f64() * 1e3;
    json!({ "p50_ms": at(50), "p99_ms": at(99) })
}

/// The most memory that this process has had, in MB.
fn peak_mb() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("/proc");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("a line of its own");
    let kib: f64 = line.trim().trim_end_matches(" kB").parse().expect("a number");
    kib / 1024.0
}

/// The time of the processor that this process has used.
fn processor() -> Duration {
    let tasks = std::fs::read_dir("/proc/self/task").expect("/proc");
    let nanoseconds = tasks.filter_map(|task| {
        let text = std::fs::read_to_string(task.ok()?.path().join("schedstat")).ok()?;
        text.split(' ').next()?.parse::<u64>().ok()
    });
    Duration::from_nanos(nanoseconds.sum())
}

/// The clock that the stand-in server writes; the standard library keeps it to itself but for its debug text.
fn monotonic() -> Duration {
    let text = format!("{:?}", Instant::now());
    let number = |name: &str| -> u64 {
        let from = text.split(name).nth(1).expect("a field");
        from.chars().take_while(char::is_ascii_digit).collect::<String>().parse().expect("a number")
    };
    Duration::new(number("tv_sec: "), u32::try_from(number("tv_nsec: ")).expect("a number"))
}
