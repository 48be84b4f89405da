//! The other end of a client's connection, line by line, and the stand-in server as a process.

use std::time::Duration;

use codex_ai::app_server::{Client, ClientOptions, SpawnOptions};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, DuplexStream, Lines, ReadHalf, WriteHalf};
use tokio::time::timeout;

use crate::limit;

/// How long a client may take that is to say or to read something. A clock that stands still gets there at once, when
/// nothing else is to come.
const LIMIT: Duration = Duration::from_secs(60);

/// A server in memory that says what a test tells it to.
pub(crate) struct Peer {
    lines: Lines<BufReader<ReadHalf<DuplexStream>>>,
    out: WriteHalf<DuplexStream>,
}

impl Peer {
    /// A client that is connected to a peer and has been answered `initialize`.
    pub(crate) async fn connect(options: ClientOptions) -> (Client, Self) {
        Self::connect_over(1 << 20, options).await
    }

    /// The same over a pipe of this many bytes.
    pub(crate) async fn connect_over(pipe: usize, options: ClientOptions) -> (Client, Self) {
        let (ours, theirs) = tokio::io::duplex(pipe);
        let (reader, writer) = tokio::io::split(ours);
        let mut peer = Self::over(theirs);
        let greeting = async {
            let (id, _) = peer.asked("initialize").await;
            peer.answer(&id, json!({ "userAgent": "peer/0.169.0 (test)", "codexHome": "/nowhere" })).await;
            assert_eq!(peer.next().await, Some(json!({ "method": "initialized" })));
        };
        let (client, ()) = tokio::join!(Client::connect(reader, writer, options), greeting);
        (client.expect("a peer that answers"), peer)
    }

    /// A peer at this end of a pipe.
    pub(crate) fn over(end: DuplexStream) -> Self {
        limit::begins();
        let (reader, out) = tokio::io::split(end);
        Self { lines: BufReader::new(reader).lines(), out }
    }

    /// The next message of the client; `None` when it has closed its end.
    pub(crate) async fn next(&mut self) -> Option<Value> {
        let line = timeout(LIMIT, self.lines.next_line()).await;
        let line = line.unwrap_or_else(|_| panic!("the client said nothing for {LIMIT:?}")).expect("text")?;
        Some(serde_json::from_str(&line).expect("one JSON value a line"))
    }

    /// The next message, which is a request of this method: its id and parameters.
    pub(crate) async fn asked(&mut self, method: &str) -> (Value, Value) {
        let mut message = self.next().await.expect("a request");
        assert_eq!(message["method"], method, "{message}");
        (message["id"].take(), message["params"].take())
    }

    pub(crate) async fn answer(&mut self, id: &Value, result: Value) {
        self.send(&json!({ "id": id, "result": result })).await;
    }

    pub(crate) async fn refuse(&mut self, id: &Value, code: i64, message: &str) {
        self.send(&json!({ "id": id, "error": { "code": code, "message": message } })).await;
    }

    pub(crate) async fn notify(&mut self, method: &str, params: Value) {
        self.send(&json!({ "method": method, "params": params, "emittedAtMs": 1_795_173_975_985_u64 })).await;
    }

    pub(crate) async fn send(&mut self, message: &Value) {
        self.send_raw(format!("{message}\n").as_bytes()).await;
    }

    pub(crate) async fn send_raw(&mut self, bytes: &[u8]) {
        let sent = timeout(LIMIT, self.out.write_all(bytes)).await;
        sent.unwrap_or_else(|_| panic!("the client read nothing for {LIMIT:?}")).expect("a client that reads");
    }

    /// `false` where the client has gone.
    pub(crate) async fn try_send(&mut self, bytes: &[u8]) -> bool {
        self.out.write_all(bytes).await.is_ok()
    }

    /// Answers `thread/start` with this thread.
    pub(crate) async fn start_thread(&mut self, thread: &str) {
        let (id, _) = self.asked("thread/start").await;
        self.answer(&id, json!({ "thread": { "id": thread }, "model": "m", "modelProvider": "p", "cwd": "/" })).await;
    }

    /// Answers `turn/start` with this turn.
    pub(crate) async fn start_turn(&mut self, turn: &str) -> Value {
        let (id, params) = self.asked("turn/start").await;
        self.answer(&id, json!({ "turn": { "id": turn, "items": [], "status": "inProgress" } })).await;
        params
    }

    pub(crate) async fn delta(&mut self, thread: &str, turn: &str, text: &str) {
        let params = json!({ "threadId": thread, "turnId": turn, "itemId": "msg", "delta": text });
        self.notify("item/agentMessage/delta", params).await;
    }

    pub(crate) async fn complete(&mut self, thread: &str, turn: &str, status: &str) {
        let turn = json!({ "id": turn, "items": [], "status": status, "error": null });
        self.notify("turn/completed", json!({ "threadId": thread, "turn": turn })).await;
    }
}

/// The stand-in server with these flags; `None`, with a line that says why, where it cannot be run.
#[expect(clippy::print_stdout, reason = "a test that does not run says so")]
pub(crate) fn stand_in(flags: &[&str]) -> Option<SpawnOptions> {
    limit::begins();
    let script = codex_ai_tests::data::path("tools/fake_app_server.py")?;
    if std::process::Command::new("python3").arg("--version").output().is_err() {
        let required = std::env::var_os("CODEX_AI_REQUIRE_DATA").is_some_and(|value| value == "1");
        assert!(!required, "the stand-in server is required, and there is no python3");
        println!("skipped: there is no python3");
        return None;
    }
    let args = [script.as_os_str()].into_iter().chain(flags.iter().map(AsRef::as_ref));
    Some(SpawnOptions::new().with_binary("python3").with_args(args))
}
