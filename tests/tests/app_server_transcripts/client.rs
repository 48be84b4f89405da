//! The side of the client: what its lines show, done by the public API, and what its streams give.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use codex_ai::Result;
use codex_ai::app_server::{
    Client, Event, ForkOptions, Input, ResumeOptions, Thread, ThreadOptions, TurnControl, TurnOptions,
};
use futures_core::Stream;
use serde_json::Value;
use tokio::task::JoinHandle;

/// What a stream gave.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    /// The line of the recording after which it missed nothing.
    pub(crate) from: usize,
    pub(crate) events: Vec<Got>,
    pub(crate) ending: Ending,
}

#[derive(Debug)]
pub(crate) struct Got {
    pub(crate) method: String,
    pub(crate) params: Value,
    pub(crate) emitted_at_ms: Option<u64>,
    pub(crate) notifications: u64,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    /// It has not ended.
    #[default]
    Open,
    Complete,
    Failed,
    /// Something came after its end.
    More,
}

/// What all calls share.
#[derive(Default)]
pub(crate) struct Shared {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    threads: BTreeMap<String, Thread>,
    controls: BTreeMap<String, TurnControl>,
    /// The streams of each turn; the first has all events.
    turns: BTreeMap<String, Vec<Watched>>,
    thread_streams: Vec<(String, Watched)>,
    reading: Vec<JoinHandle<()>>,
}

pub(crate) type Watched = Arc<Mutex<Seen>>;

pub(crate) fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    pub(crate) fn thread(&self, id: &str) -> Option<Thread> {
        lock(&self.state).threads.get(id).cloned()
    }

    /// Any thread, for what needs one, but not which.
    pub(crate) fn any_thread(&self) -> Option<Thread> {
        lock(&self.state).threads.values().next().cloned()
    }

    pub(crate) fn control(&self, turn: &str) -> Option<TurnControl> {
        lock(&self.state).controls.get(turn).cloned()
    }

    /// Notes a thread and reads its events from this line on.
    pub(crate) fn add_thread(&self, thread: Thread, line: usize) {
        let seen = self.watch(thread.events(), line);
        let mut state = lock(&self.state);
        state.thread_streams.push((thread.id().to_owned(), seen));
        state.threads.insert(thread.id().to_owned(), thread);
    }

    /// Reads the events of a turn.
    pub(crate) fn add_turn(&self, id: &str, events: impl Stream<Item = Result<Event>> + Send + Unpin + 'static) {
        let seen = self.watch(events, 0);
        lock(&self.state).turns.entry(id.to_owned()).or_default().push(seen);
    }

    /// Reads a stream to its end.
    pub(crate) fn watch(
        &self,
        mut events: impl Stream<Item = Result<Event>> + Send + Unpin + 'static,
        from: usize,
    ) -> Watched {
        let seen: Watched = Arc::new(Mutex::new(Seen { from, ..Seen::default() }));
        let noting = Arc::clone(&seen);
        let reading = tokio::spawn(async move {
            loop {
                let next = std::future::poll_fn(|cx| Pin::new(&mut events).poll_next(cx)).await;
                let mut seen = lock(&noting);
                match (next, seen.ending) {
                    (Some(Ok(event)), Ending::Open) => {
                        // What is no message of the server is no event of the recording.
                        if event.method() != "codex-ai/unreadable" {
                            seen.events.push(Got::of(&event));
                        }
                    }
                    (Some(Err(_)), Ending::Open) => seen.ending = Ending::Failed,
                    (Some(_), _) => return seen.ending = Ending::More,
                    (None, Ending::Open) => return seen.ending = Ending::Complete,
                    (None, _) => return,
                }
            }
        });
        lock(&self.state).reading.push(reading);
        seen
    }

    /// Waits until all streams have ended, a minute of the clock of this runtime at most.
    pub(crate) async fn ended(&self) {
        let reading = std::mem::take(&mut lock(&self.state).reading);
        for task in reading {
            let stop = task.abort_handle();
            if tokio::time::timeout(Duration::from_secs(60), task).await.is_err() {
                stop.abort();
            }
        }
    }

    pub(crate) fn take_turns(&self) -> BTreeMap<String, Vec<Seen>> {
        let turns = std::mem::take(&mut lock(&self.state).turns);
        turns.into_iter().map(|(id, seen)| (id, seen.iter().map(take).collect())).collect()
    }

    pub(crate) fn take_threads(&self) -> Vec<(String, Seen)> {
        let streams = std::mem::take(&mut lock(&self.state).thread_streams);
        streams.into_iter().map(|(id, seen)| (id, take(&seen))).collect()
    }
}

pub(crate) fn take(seen: &Watched) -> Seen {
    std::mem::take(&mut lock(seen))
}

impl Got {
    fn of(event: &Event) -> Self {
        // An event is read as what it is, too: nothing of the server may make that fail.
        let _ = event.kind();
        Self {
            method: event.method().to_owned(),
            params: crate::recording::params(serde_json::from_str(event.params()).ok()),
            emitted_at_ms: event.emitted_at_ms(),
            notifications: event.notifications(),
        }
    }
}

/// What a call came to, as far as the recording can tell.
pub(crate) enum Came {
    /// The answer.
    Raw(Value),
    /// The id of a thread or turn.
    Id(String),
    /// Nothing to compare.
    Done,
    Failed(String),
}

/// Does what the recorded request shows: threads, turns, interruptions and more input by their methods, all others raw.
/// `line` is where its answer is.
pub(crate) async fn call(client: Client, shared: Arc<Shared>, method: String, params: Value, line: usize) -> Came {
    match typed(&client, &shared, &method, &params, line).await {
        Some(Ok(came)) => came,
        Some(Err(error)) => Came::Failed(error.to_string()),
        None => match client.request_raw(&method, &params).await {
            Ok(raw) => Came::Raw(serde_json::from_str(raw.get()).unwrap_or(Value::Null)),
            Err(error) => Came::Failed(error.to_string()),
        },
    }
}

async fn typed(client: &Client, shared: &Shared, method: &str, params: &Value, line: usize) -> Option<Result<Came>> {
    let of = |key: &str| params.get(key).and_then(Value::as_str);
    let input = || params["input"].as_array().into_iter().flatten().cloned().map(Input::raw).collect::<Vec<_>>();
    let started = match method {
        "thread/start" => client.start_thread(ThreadOptions::new()).await,
        "thread/resume" => client.resume_thread(of("threadId")?, ResumeOptions::new()).await,
        "thread/fork" => client.fork_thread(of("threadId")?, ForkOptions::new()).await,
        "turn/start" => {
            let turn = shared.thread(of("threadId")?)?.turn(input(), TurnOptions::new()).await;
            return Some(turn.map(|turn| {
                let (id, control) = (turn.id().to_owned(), turn.control());
                // A further handle of a turn that has one may begin after this line.
                let has_one = lock(&shared.state).turns.contains_key(&id);
                let seen = shared.watch(turn, if has_one { line } else { 0 });
                let mut state = lock(&shared.state);
                state.turns.entry(id.clone()).or_default().push(seen);
                state.controls.insert(id.clone(), control);
                Came::Id(id)
            }));
        }
        "turn/interrupt" => {
            return Some(shared.control(of("turnId")?)?.interrupt().await.map(|()| Came::Done));
        }
        "turn/steer" => {
            return Some(shared.control(of("expectedTurnId")?)?.steer(input()).await.map(|()| Came::Done));
        }
        _ => return None,
    };
    Some(started.map(|thread| {
        let id = thread.id().to_owned();
        shared.add_thread(thread, line);
        Came::Id(id)
    }))
}
