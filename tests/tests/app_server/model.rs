//! Random interleavings of what a server says and what callers do, against a model that is a few lists.
//!
//! The model knows which events each handle must yet give, and how many turns must be held; after every step the client is
//! compared with it. So it proves that no event is lost, doubled, put in another order or given to another turn, and that
//! no slot is left.

use std::collections::{BTreeMap, VecDeque};
use std::task::Poll;

use codex_ai::app_server::{Client, ClientOptions, Events, Thread, Turn, TurnOptions};
use proptest::prelude::*;
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use crate::peer::Peer;
use crate::reading::{now, now_of, settled, short, thread};

const THREADS: usize = 2;
const TURNS: usize = 6;

/// One step. Numbers choose among what there is.
#[derive(Debug, Clone)]
enum Step {
    /// `turn/start` is asked on this thread.
    Start(usize),
    /// The server names a turn of its thread to a start.
    Answer(usize, usize),
    Refuse(usize),
    Cancel(usize),
    /// A delta of a turn; with the id of its thread or without.
    Delta(usize, bool),
    /// An unknown notification of a turn, its id nested.
    Unknown(usize),
    Complete(usize),
    OfThread(usize),
    Global,
    Join(usize),
    Read(usize, usize),
    Drop(usize),
    Subscribe(usize),
    ReadThread(usize, usize),
    Unsubscribe(usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let any = 0..64_usize;
    let step = prop_oneof![
        3 => any.clone().prop_map(Step::Start),
        4 => (any.clone(), any.clone()).prop_map(|(start, turn)| Step::Answer(start, turn)),
        1 => any.clone().prop_map(Step::Refuse),
        1 => any.clone().prop_map(Step::Cancel),
        8 => (any.clone(), prop::bool::weighted(0.8)).prop_map(|(turn, thread)| Step::Delta(turn, thread)),
        2 => any.clone().prop_map(Step::Unknown),
        3 => any.clone().prop_map(Step::Complete),
        1 => any.clone().prop_map(Step::OfThread),
        1 => Just(Step::Global),
        2 => any.clone().prop_map(Step::Join),
        4 => (any.clone(), 1..6_usize).prop_map(|(handle, count)| Step::Read(handle, count)),
        3 => any.clone().prop_map(Step::Drop),
        1 => any.clone().prop_map(Step::Subscribe),
        2 => (any.clone(), 1..6_usize).prop_map(|(reader, count)| Step::ReadThread(reader, count)),
        1 => any.prop_map(Step::Unsubscribe),
    ];
    prop::collection::vec(step, 1..60)
}

#[derive(Default)]
struct TurnModel {
    events: Vec<String>,
    complete: bool,
    /// It has a slot.
    held: bool,
    /// An event has told its thread.
    placed: bool,
}

struct Handle {
    /// `None` where it came when the turn was over.
    turn: Option<usize>,
    expected: VecDeque<String>,
    real: Turn,
}

struct Subscription {
    thread: usize,
    expected: VecDeque<String>,
    real: Events,
}

struct Start {
    thread: usize,
    id: Value,
    task: JoinHandle<codex_ai::Result<Turn>>,
}

struct World {
    client: Client,
    peer: Peer,
    threads: Vec<Thread>,
    turns: BTreeMap<usize, TurnModel>,
    handles: Vec<Handle>,
    subscriptions: Vec<Subscription>,
    starts: Vec<Start>,
    global: Subscription,
    said: usize,
}

/// The thread of a turn.
fn home(turn: usize) -> usize {
    turn % THREADS
}

fn pick(choice: usize, among: usize) -> Option<usize> {
    choice.checked_rem(among)
}

impl World {
    async fn new() -> Self {
        let (client, mut peer) = Peer::connect(ClientOptions::new()).await;
        let mut threads = Vec::new();
        for n in 0..THREADS {
            threads.push(thread(&client, &mut peer, &format!("t{n}")).await);
        }
        let global = Subscription { thread: 0, expected: VecDeque::new(), real: client.events() };
        let (turns, handles, subscriptions, starts) = Default::default();
        Self { client, peer, threads, turns, handles, subscriptions, starts, global, said: 0 }
    }

    /// A turn that is complete goes when nobody reads it and no start can name it.
    fn settle(&mut self) {
        for (turn, model) in &mut self.turns {
            let awaited = self.starts.iter().any(|start| !model.placed || start.thread == home(*turn));
            let read = self.handles.iter().any(|handle| handle.turn == Some(*turn));
            if model.complete && !awaited && !read {
                model.held = false;
            }
        }
    }

    /// What a handle that comes now must give.
    fn claim(&mut self, turn: usize) -> VecDeque<String> {
        let model = self.turns.entry(turn).or_default();
        if model.complete && !model.held {
            let lost = model.events.len() - 1;
            let told = (lost > 0).then(|| format!("lost {lost}"));
            return told.into_iter().chain(model.events.last().cloned()).collect();
        }
        model.held = true;
        model.events.iter().cloned().collect()
    }

    /// The server says something of a turn.
    async fn say(&mut self, turn: usize, with_thread: bool, text: Option<&str>) {
        self.said += 1;
        let (thread, id) = (format!("t{}", home(turn)), format!("u{turn}"));
        let (method, mut params, told) = match text {
            None => {
                let delta = format!("{turn}:{}", self.said);
                let params = json!({ "turnId": id, "itemId": "i", "delta": delta });
                ("item/agentMessage/delta", params, delta)
            }
            Some("unknown") => ("future/thing", json!({ "turn": { "id": id } }), "future/thing".to_owned()),
            Some(status) => {
                let status = format!("{status}{}", self.said);
                ("turn/completed", json!({ "turn": { "id": id, "items": [], "status": status } }), status)
            }
        };
        if with_thread {
            params["threadId"] = thread.into();
            for reader in self.subscriptions.iter_mut().filter(|reader| reader.thread == home(turn)) {
                reader.expected.push_back(told.clone());
            }
        }
        self.peer.notify(method, params).await;
        let model = self.turns.entry(turn).or_default();
        if model.complete {
            self.global.expected.push_back(told);
            return;
        }
        model.held = true;
        model.placed |= with_thread;
        model.events.push(told.clone());
        model.complete = method == "turn/completed";
        for handle in self.handles.iter_mut().filter(|handle| handle.turn == Some(turn)) {
            handle.expected.push_back(told.clone());
        }
    }

    async fn step(&mut self, step: Step) {
        match step {
            Step::Start(thread) => {
                let thread = thread % THREADS;
                let real = self.threads[thread].clone();
                let task = tokio::spawn(async move { real.turn("go", TurnOptions::default()).await });
                let (id, _) = self.peer.asked("turn/start").await;
                self.starts.push(Start { thread, id, task });
            }
            Step::Answer(start, turn) => {
                let Some(start) = pick(start, self.starts.len()) else { return };
                let Start { thread, id, task } = self.starts.remove(start);
                let turn = turn % (TURNS / THREADS) * THREADS + thread;
                let status = json!({ "turn": { "id": format!("u{turn}"), "items": [], "status": "inProgress" } });
                self.peer.answer(&id, status).await;
                // A turn that was over before is another now.
                if self.turns.get(&turn).is_some_and(|turn| turn.complete && !turn.held) {
                    self.turns.remove(&turn);
                }
                let expected = self.claim(turn);
                let turn = self.turns[&turn].held.then_some(turn);
                self.handles.push(Handle { turn, expected, real: task.await.unwrap().unwrap() });
            }
            Step::Refuse(start) => {
                let Some(start) = pick(start, self.starts.len()) else { return };
                let start = self.starts.remove(start);
                self.peer.refuse(&start.id, -32600, "no").await;
                start.task.await.unwrap().unwrap_err();
            }
            Step::Cancel(start) => {
                let Some(start) = pick(start, self.starts.len()) else { return };
                let start = self.starts.remove(start);
                start.task.abort();
                start.task.await.unwrap_err();
                // The answer comes all the same.
                let turn =
                    json!({ "turn": { "id": format!("u{}", start.thread), "items": [], "status": "inProgress" } });
                self.peer.answer(&start.id, turn).await;
            }
            Step::Delta(turn, thread) => self.say(turn % TURNS, thread, None).await,
            Step::Unknown(turn) => self.say(turn % TURNS, true, Some("unknown")).await,
            Step::Complete(turn) => self.say(turn % TURNS, true, Some("completed")).await,
            Step::OfThread(thread) => {
                let thread = thread % THREADS;
                self.peer.notify("thread/status/changed", json!({ "threadId": format!("t{thread}") })).await;
                for reader in self.subscriptions.iter_mut().filter(|reader| reader.thread == thread) {
                    reader.expected.push_back("thread/status/changed".to_owned());
                }
                self.global.expected.push_back("thread/status/changed".to_owned());
            }
            Step::Global => {
                self.peer.notify("configWarning", json!({ "deep": { "turnId": "u0" } })).await;
                self.global.expected.push_back("configWarning".to_owned());
            }
            Step::Join(turn) => {
                let turn = turn % TURNS;
                let expected = self.claim(turn);
                let real = self.threads[home(turn)].join(format!("u{turn}"));
                let turn = self.turns[&turn].held.then_some(turn);
                self.handles.push(Handle { turn, expected, real });
            }
            Step::Read(handle, count) => {
                let Some(handle) = pick(handle, self.handles.len()) else { return };
                let complete = self.handles[handle].turn.is_none_or(|turn| self.turns[&turn].complete);
                self.handles[handle].read(count, complete);
            }
            Step::Drop(handle) => {
                if let Some(handle) = pick(handle, self.handles.len()) {
                    self.handles.remove(handle);
                }
            }
            Step::Subscribe(thread) => {
                let thread = thread % THREADS;
                let real = self.threads[thread].events();
                self.subscriptions.push(Subscription { thread, expected: VecDeque::new(), real });
            }
            Step::ReadThread(reader, count) => {
                if let Some(reader) = pick(reader, self.subscriptions.len()) {
                    self.subscriptions[reader].read(count);
                }
            }
            Step::Unsubscribe(reader) => {
                if let Some(reader) = pick(reader, self.subscriptions.len()) {
                    self.subscriptions.remove(reader);
                }
            }
        }
    }

    /// Waits until the client has read all, and compares what it holds.
    async fn compare(&mut self) {
        settled(&self.client, &mut self.peer).await;
        self.settle();
        let counts = self.client.counts();
        let held = self.turns.values().filter(|turn| turn.held).count();
        assert_eq!(counts.open_turns, held, "turns that are held");
        assert_eq!(counts.open_requests, self.starts.len());
        let mut threads: Vec<_> = self.subscriptions.iter().map(|reader| reader.thread).collect();
        threads.sort_unstable();
        threads.dedup();
        assert_eq!(counts.open_threads, threads.len());
    }

    /// Ends all there is, and reads all that is left.
    async fn end(mut self, dies: bool) {
        if dies {
            drop(self.peer);
            while self.client.closed().is_none() {
                tokio::task::yield_now().await;
            }
            for start in self.starts {
                start.task.await.unwrap().unwrap_err();
            }
            for mut handle in self.handles {
                let complete = handle.turn.is_none_or(|turn| self.turns[&turn].complete);
                handle.read(usize::MAX, true);
                if !complete {
                    assert!(matches!(now(&mut handle.real), Poll::Ready(Some(Err(_)))));
                }
                assert!(matches!(now(&mut handle.real), Poll::Ready(None)));
            }
            drop(self.subscriptions);
        } else {
            while !self.starts.is_empty() {
                self.step(Step::Refuse(0)).await;
            }
            let running: Vec<_> = self.turns.iter().filter(|(_, turn)| !turn.complete).map(|(turn, _)| *turn).collect();
            for turn in running {
                self.say(turn, true, Some("completed")).await;
            }
            self.compare().await;
            for handle in &mut self.handles {
                handle.read(usize::MAX, true);
                assert!(matches!(now(&mut handle.real), Poll::Ready(None)));
            }
            for reader in self.subscriptions.iter_mut().chain([&mut self.global]) {
                reader.read(usize::MAX);
            }
            self.handles.clear();
            self.subscriptions.clear();
            self.compare().await;
        }
        let counts = self.client.counts();
        assert_eq!((counts.open_turns, counts.open_requests, counts.open_threads), (0, 0, 0));
    }
}

impl Handle {
    fn read(&mut self, count: usize, complete: bool) {
        for _ in 0..count {
            let Some(expected) = self.expected.pop_front() else {
                assert!(complete || now(&mut self.real).is_pending(), "an event too many");
                return;
            };
            match now(&mut self.real) {
                Poll::Ready(Some(event)) => assert_eq!(short(&event.unwrap()), expected, "turn {:?}", self.turn),
                other => panic!("{expected} of turn {:?} is missing: {other:?}", self.turn),
            }
        }
    }
}

impl Subscription {
    fn read(&mut self, count: usize) {
        for _ in 0..count {
            let Some(expected) = self.expected.pop_front() else {
                assert!(now_of(&mut self.real).is_pending(), "an event too many");
                return;
            };
            match now_of(&mut self.real) {
                Poll::Ready(Some(event)) => assert_eq!(short(&event.unwrap()), expected),
                other => panic!("{expected} is missing: {other:?}"),
            }
        }
    }
}

/// The budgets are small here, and what is lost must be told exactly.
async fn squeezed(budget: usize, pieces: Vec<(usize, usize)>) {
    let (client, mut peer) = Peer::connect(ClientOptions::new().with_turn_budget(budget)).await;
    let thread = thread(&client, &mut peer, "t0").await;
    let mut readers: Vec<_> = (0..3).map(|_| (thread.join("u0"), 0_u64)).collect();
    let mut said = 0_u64;
    for (count, read) in pieces {
        for _ in 0..count {
            // Each piece is its own number, so that texts put together can be told apart.
            peer.delta("t0", "u0", &format!("{said} ")).await;
            said += 1;
        }
        settled(&client, &mut peer).await;
        for (which, (reader, at)) in readers.iter_mut().enumerate() {
            // One is quick, one is slow, and one reads all.
            for _ in 0..[read, read / 8, usize::MAX][which] {
                let Poll::Ready(event) = now(reader) else { break };
                check(&event.unwrap().unwrap(), at);
            }
        }
    }
    peer.complete("t0", "u0", "completed").await;
    settled(&client, &mut peer).await;
    for (mut reader, mut at) in readers {
        let mut last = None;
        while let Some(event) = reader.next().await {
            let event = event.unwrap();
            check(&event, &mut at);
            last = Some(event);
        }
        assert_eq!(last.unwrap().method(), "turn/completed");
        assert_eq!(at, said + 1);
    }
}

fn check(event: &codex_ai::app_server::Event, at: &mut u64) {
    let text = short(event);
    if let Some(lost) = text.strip_prefix("lost ") {
        *at += lost.parse::<u64>().unwrap();
        return;
    }
    if event.method() == "item/agentMessage/delta" {
        let expected: String = (*at..*at + event.notifications()).map(|n| format!("{n} ")).collect();
        assert_eq!(text, expected);
    }
    *at += event.notifications();
}

fn run(test: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(test);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn any_interleaving_is_as_the_model_says(steps in steps(), dies in any::<bool>()) {
        run(async move {
            let mut world = World::new().await;
            for step in steps {
                world.step(step).await;
                world.compare().await;
            }
            world.end(dies).await;
        });
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn what_is_lost_is_told_exactly(
        budget in 500..20_000_usize,
        pieces in prop::collection::vec((0..200_usize, 0..200_usize), 1..12),
    ) {
        run(squeezed(budget, pieces));
    }
}
