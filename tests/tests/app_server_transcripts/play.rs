//! One recording, played once.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use codex_ai::app_server::{Client, ClientOptions};
use serde_json::Value;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, sleep_until, timeout};

use crate::client::{self, Came, Seen, Shared, Watched};
use crate::peer::{Peer, Writer, peer};
use crate::recording::{Recording, Said};

/// How the server's lines are written.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Mode {
    /// At the pace recorded, by a clock that stands still while anything can be done.
    Paced,
    /// As fast as they are read.
    AtOnce,
    /// As fast as they are read, in pieces of random lengths that begin with this seed.
    Cut(u64),
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Paced => f.write_str("paced"),
            Self::AtOnce => f.write_str("at once"),
            Self::Cut(seed) => write!(f, "cut {seed}"),
        }
    }
}

/// What came of it.
pub(crate) struct Played {
    pub(crate) turns: BTreeMap<String, Vec<Seen>>,
    pub(crate) threads: Vec<(String, Seen)>,
    pub(crate) global: Seen,
    /// Whether each call got the answer that it should.
    pub(crate) calls: Result<(), String>,
    /// Turns that no client could claim, as it had no thread yet.
    pub(crate) unclaimed: BTreeSet<String>,
}

/// How long anything may take that needs no more than that both sides run. The clock stands still meanwhile.
const SOON: Duration = Duration::from_secs(30);
/// How long the peer waits for what may not come at all.
const MAYBE: Duration = Duration::from_millis(20);

/// Seconds of the real clock for one play: far above what any takes.
const LIMIT: Duration = Duration::from_secs(120);

/// Plays a recording in a thread of its own, which is left behind where it hangs.
///
/// # Errors
/// Where there is no connection, or no end of it.
pub(crate) fn play(recording: &Arc<Recording>, mode: Mode) -> Result<Played, String> {
    let (done, played) = std::sync::mpsc::channel();
    let recording = Arc::clone(recording);
    std::thread::spawn(move || drop(done.send(play_here(&recording, mode))));
    played.recv_timeout(LIMIT).map_err(|_| format!("it panicked, or has no end after {} s", LIMIT.as_secs()))?
}

fn play_here(recording: &Recording, mode: Mode) -> Result<Played, String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.map_err(|error| error.to_string())?.block_on(async {
        let (ours, theirs) = tokio::io::duplex(64 << 10);
        let (reader, writer) = tokio::io::split(ours);
        let seed = match mode {
            Mode::Cut(seed) => Some(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15)),
            _ => None,
        };
        let (peer, out) = peer(theirs, seed);
        let options = ClientOptions::new().with_request_timeout(Duration::from_secs(24 * 3600));
        let connect = tokio::spawn(Client::connect(reader, writer, options));
        let player = Player {
            recording,
            peer,
            connecting: Some(connect),
            client: None,
            shared: Arc::default(),
            calls: BTreeMap::new(),
            asked: BTreeSet::new(),
            claimed: BTreeSet::new(),
            unclaimed: BTreeSet::new(),
        };
        player.run(out, matches!(mode, Mode::Paced)).await
    })
}

struct Player<'r> {
    recording: &'r Recording,
    peer: Peer,
    connecting: Option<JoinHandle<codex_ai::Result<Client>>>,
    client: Option<(Client, Watched)>,
    shared: Arc<Shared>,
    /// What was asked: the method, and what comes of it.
    calls: BTreeMap<String, (String, JoinHandle<Came>)>,
    /// The requests of the recording that the client was told to make.
    asked: BTreeSet<String>,
    claimed: BTreeSet<String>,
    unclaimed: BTreeSet<String>,
}

impl Player<'_> {
    async fn run(mut self, mut out: Writer, paced: bool) -> Result<Played, String> {
        let start = Instant::now();
        for line in &self.recording.lines {
            if paced {
                out.flush().await;
                sleep_until(start + line.at).await;
            }
            match &line.said {
                Said::Server { text, turn } => {
                    if let Some(turn) = turn {
                        self.claim(turn);
                    }
                    out.line(text);
                }
                Said::ServerAnswer { id, message } => self.server_answer(id, message, &mut out).await?,
                Said::Ask { id, method, params } => {
                    out.flush().await;
                    self.ask(id, method, params).await;
                }
                Said::Answer { id } => {
                    out.flush().await;
                    self.peer.answer(id, MAYBE).await;
                }
                Said::Tell { method } => {
                    out.flush().await;
                    self.peer.tell(method, MAYBE).await;
                }
                Said::End { rest } => {
                    out.bytes(rest);
                    break;
                }
            }
        }
        out.close().await;
        self.finish().await
    }

    /// The client does what the recording shows.
    async fn ask(&mut self, id: &str, method: &str, params: &Value) {
        if !self.asked.insert(id.to_owned()) {
            return;
        }
        self.peer.expect(id, method, params);
        if method != "initialize" {
            let Some((client, _)) = &self.client else { return };
            if let Some(turn) = params.get("turnId").or(params.get("expectedTurnId")).and_then(Value::as_str) {
                self.handle_of(turn).await;
            }
            let (client, shared) = (client.clone(), Arc::clone(&self.shared));
            let line = self.recording.answers.get(id).map_or(usize::MAX, |(line, _)| *line);
            let call = client::call(client, shared, method.to_owned(), params.clone(), line);
            self.calls.insert(id.to_owned(), (method.to_owned(), tokio::spawn(call)));
        }
        // It may be held back, as too many are under way.
        self.peer.id(id, MAYBE).await;
    }

    /// Waits until the client has its handle of a turn whose answer was written.
    async fn handle_of(&self, turn: &str) {
        for _ in 0..100 {
            if self.shared.control(turn).is_some() || !self.recording.started.contains(turn) {
                return;
            }
            sleep(Duration::from_micros(100)).await;
        }
    }

    /// Writes an answer with the id that the client used.
    async fn server_answer(&mut self, id: &str, message: &Value, out: &mut Writer) -> Result<(), String> {
        // Two ends may be recorded out of step: the answer's line before that of what it answers.
        let late = self.recording.lines.iter().find_map(|line| match &line.said {
            Said::Ask { id: asked, method, params } if asked == id => Some((method, params)),
            _ => None,
        });
        if let Some((method, params)) = late
            && !self.asked.contains(id)
        {
            out.flush().await;
            self.ask(id, method, params).await;
        }
        if self.peer.id(id, Duration::ZERO).await.is_none() {
            // It may wait for answers that were not written yet.
            out.flush().await;
        }
        let mut message = message.clone();
        match self.peer.id(id, SOON).await {
            Some(actual) => message["id"] = actual,
            // To something that this client never asked.
            None => message["id"] = Value::from(u64::from(u32::MAX)),
        }
        out.line(&message.to_string());
        if let Some(connecting) = self.connecting.take() {
            out.flush().await;
            let connected = timeout(SOON, connecting).await.map_err(|_| "`initialize` never ended")?;
            let client = connected.map_err(|error| error.to_string())?.map_err(|error| error.to_string())?;
            let global = self.shared.watch(client.events(), 0);
            self.client = Some((client, global));
            return Ok(());
        }
        let is_thread = self
            .calls
            .get(id)
            .is_some_and(|(method, _)| matches!(&**method, "thread/start" | "thread/resume" | "thread/fork"));
        if is_thread && let Some((_, call)) = self.calls.get_mut(id) {
            // The client reads the thread's events from the next line on.
            out.flush().await;
            let _ = timeout(SOON, async {
                while !call.is_finished() {
                    sleep(Duration::from_micros(1)).await;
                }
            })
            .await;
        }
        Ok(())
    }

    /// Claims a turn that no answer names, before its first event.
    fn claim(&mut self, turn: &str) {
        if self.recording.started.contains(turn) || !self.claimed.insert(turn.to_owned()) {
            return;
        }
        match self.shared.any_thread() {
            Some(thread) => self.shared.add_turn(turn, thread.join(turn)),
            None => {
                self.unclaimed.insert(turn.to_owned());
            }
        }
    }

    async fn finish(mut self) -> Result<Played, String> {
        let (client, global) = self.client.take().ok_or("the recording does not initialize its connection")?;
        let mut calls = Ok(());
        for (id, (method, call)) in std::mem::take(&mut self.calls) {
            let stop = call.abort_handle();
            let came = match timeout(SOON, call).await {
                Ok(Ok(came)) => fits(self.recording.answers.get(&id).map(|(_, answer)| answer), &came),
                Ok(Err(error)) => Err(error.to_string()),
                Err(_) => {
                    stop.abort();
                    Err("it never ended".to_owned())
                }
            };
            calls = calls.and(came.map_err(|wrong| format!("`{method}`, {id}: {wrong}")));
        }
        self.shared.ended().await;
        client.shutdown().await;
        Ok(Played {
            turns: self.shared.take_turns(),
            threads: self.shared.take_threads(),
            global: client::take(&global),
            calls,
            unclaimed: self.unclaimed,
        })
    }
}

/// What a call came to against the recorded answer; without one, the end of the connection ends it.
fn fits(answer: Option<&Value>, came: &Came) -> Result<(), String> {
    let result = answer.and_then(|answer| answer.get("result"));
    match (result, came) {
        (None, Came::Failed(error)) => match answer.and_then(|answer| answer.pointer("/error/message")?.as_str()) {
            Some(message) if !error.contains(message) => Err(format!("the error does not say {message:?}: {error}")),
            _ => Ok(()),
        },
        (None, _) => Err("it got an answer that is no result".to_owned()),
        (Some(_), Came::Failed(error)) => Err(error.clone()),
        (Some(result), Came::Raw(raw)) if result != raw => Err(format!("{raw} instead of {result}")),
        (Some(result), Came::Id(id)) => {
            let named = result.pointer("/thread/id").or(result.pointer("/turn/id")).and_then(Value::as_str);
            if named == Some(id) { Ok(()) } else { Err(format!("{id} instead of {named:?}")) }
        }
        (Some(_), _) => Ok(()),
    }
}
