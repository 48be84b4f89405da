//! The blocking twin: where it works, where it refuses, and that asking leaves no trace.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker};

use codex_ai::blocking::Dispatcher;
use codex_ai::testing::{Scripted, Step, WireServer};
use codex_ai::{BoxFuture, ErrorKind, LlmSchema, Options, Prompt, Provider, Reply, Request, Result, Router, prompt};
use serde_json::json;
use tokio::runtime::{Builder, Handle, Runtime};

#[derive(Debug, PartialEq, serde::Deserialize, LlmSchema)]
struct Rating {
    stars: u8,
}

#[prompt]
async fn greet(name: &str) -> String {
    format!("Greet {name}.")
}

#[prompt]
async fn rate(text: &str) -> Prompt<Rating> {
    Prompt::new().user(text)
}

/// Says the last message back, after it gave way once and met a timer: so that somebody must wake it.
struct Echo;

impl Provider for Echo {
    fn name(&self) -> &str {
        "echo"
    }

    fn generate<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Result<Reply>> {
        Box::pin(async move {
            tokio::task::yield_now().await;
            tokio::time::sleep(std::time::Duration::from_nanos(1)).await;
            Ok(Reply::from_text("echo", request.messages[0].text().unwrap_or_default()))
        })
    }
}

fn echo() -> Dispatcher<Echo> {
    Dispatcher::new(Echo).unwrap()
}

fn greeting(dispatcher: &Dispatcher<impl Provider>) -> Result<String> {
    dispatcher.call::<Greet>(GreetArgs { name: "Ada" })
}

fn assert_works(dispatcher: &Dispatcher<impl Provider>) {
    assert_eq!(greeting(dispatcher).unwrap(), "Greet Ada.");
}

/// Every method refuses, and nothing is asked.
fn assert_refuses() {
    let provider = Scripted::texts(["x"; 9]);
    let dispatcher = Dispatcher::new(provider.clone()).unwrap();
    let errors = [
        dispatcher.call::<Greet>(GreetArgs { name: "Ada" }).unwrap_err(),
        dispatcher.reply::<Greet>(GreetArgs { name: "Ada" }).unwrap_err(),
        Greet::builder().name("Ada").call(&dispatcher).unwrap_err(),
        dispatcher.process("greet", json!({ "name": "Ada" })).unwrap_err(),
        dispatcher.process_reply("greet", json!({ "name": "Ada" })).unwrap_err(),
        dispatcher.generate_text("x").unwrap_err(),
        dispatcher.generate_json::<Rating>("x").unwrap_err(),
    ];
    for error in errors {
        assert_eq!(error.kind(), ErrorKind::Blocking);
        assert_eq!(error.message(), "the blocking dispatcher was used inside an async runtime");
        assert_eq!(error.help(), Some("use the async `Dispatcher`, or `tokio::task::spawn_blocking`"));
    }
    assert_eq!(provider.left(), 9);
}

fn multi_thread() -> Runtime {
    Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

fn current_thread() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

// Where it works.

#[test]
fn from_a_plain_thread() {
    assert_works(&echo());
}

#[test]
fn all_methods() {
    let json = r#"{ "stars": 3 }"#;
    let provider = Scripted::texts(["a", "b", json, json, json, "c", json, "d"]);
    let mut dispatcher = Dispatcher::new(provider.clone()).unwrap();
    assert_eq!(greeting(&dispatcher).unwrap(), "a");
    assert_eq!(Greet::builder().name("Ada").call(&dispatcher).unwrap(), "b");
    assert_eq!(dispatcher.reply::<Rate>(RateArgs { text: "t" }).unwrap().value, Rating { stars: 3 });
    assert_eq!(dispatcher.process("rate", json!({ "text": "t" })).unwrap(), json!({ "stars": 3 }));
    assert_eq!(dispatcher.process_reply("rate", json!({ "text": "t" })).unwrap().model, "scripted");
    assert_eq!(dispatcher.generate_text("x").unwrap(), "c");
    assert_eq!(dispatcher.generate_json::<Rating>("x").unwrap(), Rating { stars: 3 });
    let cold = dispatcher.with_options(Options::new().with_temperature(0.0));
    assert_eq!(cold.generate_text("x").unwrap(), "d");
    assert_eq!(provider.requests()[7].options.temperature, Some(0.0));
    dispatcher.include_router(Router::new().prompt::<Greet>());
    assert_eq!(dispatcher.modes().collect::<Vec<_>>(), ["asks_another", "greet", "rate"]);
    assert_eq!(dispatcher.provider().left(), 0);
    assert_eq!(dispatcher.process("gret", json!({})).unwrap_err().help(), Some("did you mean `greet`?"));
}

#[test]
fn from_many_threads() {
    let dispatcher = echo();
    std::thread::scope(|scope| {
        let shared = &dispatcher;
        for thread in 0..8 {
            scope.spawn(move || {
                let own = shared.clone();
                let dispatcher = if thread % 2 == 0 { shared } else { &own };
                for call in 0..20 {
                    let name = format!("{thread}-{call}");
                    let answer = dispatcher.call::<Greet>(GreetArgs { name: &name }).unwrap();
                    assert_eq!(answer, format!("Greet {name}."));
                }
            });
        }
    });
}

#[test]
fn over_a_socket() {
    let server = WireServer::script([Step::reply(Reply::from_text("m", "Hello"))]).unwrap();
    let openai = codex_ai::provider::openai::OpenAi::builder().key("sk-test-0123456789").base_url(server.url());
    let dispatcher = Dispatcher::new(openai.build().unwrap()).unwrap();
    assert_eq!(greeting(&dispatcher).unwrap(), "Hello");
}

#[test]
fn in_spawn_blocking() {
    for runtime in [multi_thread(), current_thread()] {
        runtime.block_on(async { tokio::task::spawn_blocking(|| assert_works(&echo())).await }).unwrap();
    }
}

#[test]
fn in_spawn_blocking_with_a_dispatcher_from_outside() {
    let dispatcher = Arc::new(echo());
    let runtime = multi_thread();
    let inside = Arc::clone(&dispatcher);
    runtime.block_on(async { tokio::task::spawn_blocking(move || assert_works(&inside)).await }).unwrap();
    assert_works(&dispatcher);
}

#[test]
fn in_block_in_place() {
    let runtime = multi_thread();
    runtime.block_on(async { tokio::task::block_in_place(|| assert_works(&echo())) });
    let task = runtime.spawn(async { tokio::task::block_in_place(|| assert_works(&echo())) });
    runtime.block_on(task).unwrap();
}

#[test]
fn with_a_runtime_entered_but_not_running() {
    let runtime = current_thread();
    let _guard = runtime.enter();
    assert!(Handle::try_current().is_ok());
    assert_works(&echo());
}

#[test]
fn on_a_thread_of_ones_own_inside_a_runtime() {
    multi_thread().block_on(async {
        let handle = Handle::current();
        let thread = std::thread::spawn(move || {
            let _guard = handle.enter();
            assert_works(&echo());
        });
        thread.join().unwrap();
    });
}

#[test]
fn under_an_executor_that_is_not_tokios() {
    // It blocks that executor, as any blocking call would; but it works.
    let mut future = pin!(async { assert_works(&echo()) });
    let mut context = Context::from_waker(Waker::noop());
    assert_eq!(future.as_mut().poll(&mut context), Poll::Ready(()));
}

// Where it refuses.

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_a_multi_thread_runtime() {
    assert_refuses();
    tokio::spawn(async { assert_refuses() }).await.unwrap();
}

#[tokio::test(flavor = "current_thread")]
async fn in_a_current_thread_runtime() {
    assert_refuses();
    tokio::spawn(async { assert_refuses() }).await.unwrap();
    tokio::task::LocalSet::new().run_until(async { assert_refuses() }).await;
}

#[test]
fn in_select_join_and_nested_futures() {
    for runtime in [multi_thread(), current_thread()] {
        runtime.block_on(async {
            tokio::join!(async { assert_refuses() }, async {
                tokio::task::yield_now().await;
                assert_refuses();
            });
        });
    }
}

#[test]
fn inside_a_prompt_function() {
    /// Asks another prompt, which it must not do by blocking.
    #[prompt]
    async fn asks_another() -> Result<String> {
        greeting(&echo())
    }
    let error = echo().call::<AsksAnother>(AsksAnotherArgs {}).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Blocking);
}

// Dropping.

#[test]
fn dropped_inside_a_runtime() {
    for runtime in [multi_thread(), current_thread()] {
        runtime.block_on(async { drop(echo()) });
        runtime.block_on(async { tokio::spawn(async { drop(echo()) }).await }).unwrap();
        let used = echo();
        assert_works(&used);
        runtime.block_on(async move { drop(used) });
    }
}

#[test]
fn a_clone_lives_on() {
    let one = echo();
    let two = one.clone();
    drop(one);
    assert_works(&two);
}

// Asking whether it may block takes nothing away.

/// How many times something that counts as work may be done before tokio wants the task to give way.
fn budget() -> usize {
    let mut context = Context::from_waker(Waker::noop());
    let mut count = 0;
    while let Poll::Ready(permit) = tokio::task::coop::poll_proceed(&mut context) {
        permit.made_progress();
        count += 1;
        if count > 10_000 {
            break;
        }
    }
    count
}

#[test]
fn the_question_gives_back_what_it_took() {
    for runtime in [multi_thread(), current_thread()] {
        runtime.block_on(async {
            tokio::task::yield_now().await;
            let dispatcher = Dispatcher::new(Scripted::texts([""; 0])).unwrap();
            let plain = tokio::spawn(async { budget() }).await.unwrap();
            let asked = tokio::spawn(async move {
                for _ in 0..1000 {
                    assert_eq!(greeting(&dispatcher).unwrap_err().kind(), ErrorKind::Blocking);
                }
                budget()
            });
            assert_eq!(asked.await.unwrap(), plain);
            assert!((1..10_000).contains(&plain), "there is a limit, or the question would have no answer");
        });
    }
}

#[test]
fn a_question_with_little_left_leaves_that_little() {
    current_thread().block_on(async {
        let task = tokio::spawn(async {
            let dispatcher = Dispatcher::new(Scripted::texts([""; 0])).unwrap();
            let mut context = Context::from_waker(Waker::noop());
            let whole = {
                let mut spent = 0;
                while spent < 100 {
                    match tokio::task::coop::poll_proceed(&mut context) {
                        Poll::Ready(permit) => permit.made_progress(),
                        Poll::Pending => break,
                    }
                    spent += 1;
                }
                spent
            };
            assert_eq!(whole, 100);
            assert_eq!(greeting(&dispatcher).unwrap_err().kind(), ErrorKind::Blocking);
            let left = budget();
            // With nothing left the question still has its answer.
            assert_eq!(greeting(&dispatcher).unwrap_err().kind(), ErrorKind::Blocking);
            assert_eq!(budget(), 0);
            left
        });
        let plain = tokio::spawn(async { budget() }).await.unwrap();
        assert_eq!(task.await.unwrap(), plain - 100);
    });
}

#[test]
fn a_task_that_asks_a_lot_is_not_starved_and_starves_nobody() {
    current_thread().block_on(async {
        let finished = Arc::new(AtomicBool::new(false));
        let others = Arc::new(AtomicUsize::new(0));
        let (end, turns) = (Arc::clone(&finished), Arc::clone(&others));
        let other = tokio::spawn(async move {
            while !end.load(Ordering::SeqCst) {
                turns.fetch_add(1, Ordering::SeqCst);
                tokio::task::yield_now().await;
            }
        });
        let dispatcher = Dispatcher::new(Scripted::texts([""; 0])).unwrap();
        let (sender, mut receiver) = tokio::sync::mpsc::unbounded_channel();
        for number in 0..1000 {
            sender.send(number).unwrap();
        }
        // Reading from the channel counts as work, asking does not: the task gives way now and then, and gets to its end.
        for number in 0..1000 {
            assert_eq!(receiver.recv().await, Some(number));
            assert_eq!(greeting(&dispatcher).unwrap_err().kind(), ErrorKind::Blocking);
        }
        finished.store(true, Ordering::SeqCst);
        other.await.unwrap();
        assert!(others.load(Ordering::SeqCst) > 1);
    });
}
