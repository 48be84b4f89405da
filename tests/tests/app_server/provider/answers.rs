//! What comes of a turn: replies, streams, errors, and what happens to one that nobody waits for.

use std::collections::BTreeMap;
use std::time::Duration;

use codex_ai::app_server::{ClientOptions, Provider};
use codex_ai::layer::Failover;
use codex_ai::provider::Local;
use codex_ai::{Chunk, Dispatcher, ErrorKind, FinishReason, Options, Part, Provider as _};
use serde_json::{Value, json};

use super::{
    Greet, GreetArgs, IN_STRICT_FORM, ListPrices, ListPricesArgs, answered, asking, begun, connected, end, notify,
    released, say,
};
use crate::peer::Peer;

#[tokio::test]
async fn a_stream_gives_the_final_answer_alone_as_text() {
    let (provider, mut peer) = connected().await;
    let request = asking("Hi");
    let serve = async {
        begun(&mut peer, 1).await;
        let thought = json!({ "itemId": "r", "summaryIndex": 0, "delta": "thinking" });
        notify(&mut peer, 1, "item/reasoning/summaryTextDelta", thought).await;
        let thought = json!({ "type": "reasoning", "id": "r", "summary": ["thinking"], "content": [] });
        notify(&mut peer, 1, "item/completed", json!({ "item": thought })).await;
        say(&mut peer, 1, "m", Some("commentary"), "I look").await;
        // The ids are the model's own, and need not be unique.
        say(&mut peer, 1, "m", Some("final_answer"), "It is so").await;
        end(&mut peer, 1, "completed", Value::Null).await;
        released(&mut peer, 1).await;
    };
    let read = async {
        let mut stream = provider.stream(&request).await.unwrap();
        let (mut text, mut aside, mut pieces) = (String::new(), Vec::new(), 0);
        while let Some(chunk) = stream.next().await {
            match chunk.unwrap() {
                Chunk::Text(piece) => {
                    pieces += 1;
                    text.push_str(&piece);
                }
                Chunk::Reasoning(piece) => aside.push(piece),
                Chunk::Finish { reason, usage } => {
                    assert_eq!((reason, usage.unwrap().output_tokens), (FinishReason::Stop, 7));
                }
                other => panic!("{other:?}"),
            }
        }
        assert_eq!((text.as_str(), pieces, aside.concat().as_str()), ("It is so", 3, "thinkingI look"));
        stream.finish().await.unwrap()
    };
    let (reply, ()) = tokio::join!(read, serve);
    let reasoning = |text: &str| Part::Reasoning(text.to_owned());
    assert_eq!(reply.parts, [reasoning("thinking"), reasoning("I look"), Part::Text("It is so".into())]);
}

#[tokio::test]
async fn of_messages_without_a_mark_the_last_one_is_the_answer() {
    let (provider, mut peer) = connected().await;
    let request = asking("Hi");
    let serve = async {
        begun(&mut peer, 1).await;
        say(&mut peer, 1, "a", None, "First").await;
        say(&mut peer, 1, "b", None, "Second").await;
        // The mark may come with the end of a message alone.
        notify(&mut peer, 1, "item/agentMessage/delta", json!({ "itemId": "c", "delta": "By the way" })).await;
        let item = json!({ "type": "agentMessage", "id": "c", "text": "By the way", "phase": "commentary" });
        notify(&mut peer, 1, "item/completed", json!({ "item": item })).await;
        end(&mut peer, 1, "completed", Value::Null).await;
        released(&mut peer, 1).await;
    };
    let (reply, ()) = tokio::join!(provider.generate(&request), serve);
    assert_eq!(reply.unwrap().text(), "Second");
}

#[tokio::test]
async fn an_answer_is_whole_for_a_reader_that_was_too_slow() {
    let (client, mut peer) = Peer::connect(ClientOptions::new().with_turn_budget(2 << 10)).await;
    let provider = Provider::new(client.clone());
    let request = asking("Hi");
    let (stream, _) = tokio::join!(provider.stream(&request), begun(&mut peer, 1));
    let whole: String = (0..4000).map(|n| format!("{n} ")).collect();
    let item = |text: &str| json!({ "type": "agentMessage", "id": "m", "text": text, "phase": "final_answer" });
    notify(&mut peer, 1, "item/started", json!({ "item": item("") })).await;
    for word in whole.split_inclusive(' ') {
        notify(&mut peer, 1, "item/agentMessage/delta", json!({ "itemId": "m", "delta": word })).await;
    }
    // As the server does: the end of a turn has its last message.
    let turn = json!({ "id": "u1", "items": [item(&whole)], "itemsView": "summary", "status": "completed" });
    peer.notify("turn/completed", json!({ "threadId": "t1", "turn": turn })).await;
    // Whatever the peer says is read in order: after this answer the client has read all before it.
    let nothing = json!({});
    let (models, ()) = tokio::join!(client.request_raw("model/list", &nothing), async {
        let (id, _) = peer.asked("model/list").await;
        peer.answer(&id, json!({ "data": [] })).await;
    });
    models.unwrap();
    let mut stream = stream.unwrap();
    let mut text = String::new();
    while let Some(chunk) = stream.next().await {
        text.push_str(chunk.unwrap().as_text().unwrap_or_default());
    }
    assert!(text == whole, "{} of {} bytes came", text.len(), whole.len());
    assert!(stream.finish().await.unwrap().text() == whole);
}

#[tokio::test]
async fn a_typed_stream_grows() {
    let (provider, mut peer) = connected().await;
    let dispatcher = Dispatcher::new(provider).unwrap();
    let read = async {
        let mut stream = dispatcher.stream::<ListPrices>(ListPricesArgs { text: "apple 1.5, pear 2" }).await.unwrap();
        let mut seen = Vec::new();
        while let Some(partial) = stream.next_partial().await {
            let partial = partial.unwrap();
            let prices = &partial.prices;
            let growing = prices.partial().map(|prices| prices.iter().count());
            seen.extend(growing.or(prices.done().map(BTreeMap::len)));
        }
        (seen, stream.finish().await.unwrap().value)
    };
    let text = IN_STRICT_FORM.replace("},{", "}, {");
    let ((seen, value), _) = tokio::join!(read, answered(&mut peer, 1, &text));
    assert_eq!((seen, value.prices.len()), (vec![1, 2], 2));
}

#[tokio::test]
async fn sixteen_calls_run_at_once_over_one_connection() {
    const CALLS: usize = 16;
    let (provider, mut peer) = connected().await;
    let dispatcher = Dispatcher::new(provider).unwrap();
    let serve = async {
        // All turns run before the first one says a word, and the last one ends first.
        let mut started = Vec::new();
        let mut texts = BTreeMap::new();
        while texts.len() < CALLS {
            let mut message = peer.next().await.unwrap();
            let id = message["id"].take();
            match message["method"].as_str() {
                Some("thread/start") => {
                    let thread = json!({ "id": format!("t{}", started.len()) });
                    started.push(id.clone());
                    peer.answer(&id, json!({ "thread": thread })).await;
                }
                Some("turn/start") => {
                    let n: usize = message["params"]["threadId"].as_str().unwrap()[1..].parse().unwrap();
                    let turn = json!({ "id": format!("u{n}"), "items": [], "status": "inProgress" });
                    peer.answer(&id, json!({ "turn": turn })).await;
                    texts.insert(n, message["params"]["input"][0]["text"].as_str().unwrap().to_owned());
                }
                _ => panic!("{message}"),
            }
        }
        for (n, text) in texts.iter().rev() {
            say(&mut peer, *n, "m", Some("final_answer"), &text.replace("Greet", "Hello")).await;
        }
        for n in 0..CALLS {
            end(&mut peer, n, "completed", Value::Null).await;
        }
        peer
    };
    let calls = async {
        let mut calls = tokio::task::JoinSet::new();
        for n in 0..CALLS {
            let dispatcher = dispatcher.clone();
            calls.spawn(async move {
                let name = format!("number {n}");
                let greeting = dispatcher.call::<Greet>(GreetArgs { name: &name }).await.unwrap();
                assert_eq!(greeting, format!("Hello number {n}."));
            });
        }
        calls.join_all().await.len()
    };
    let (answered, _peer) = tokio::join!(calls, serve);
    assert_eq!(answered, CALLS);
}

#[tokio::test]
async fn a_failed_turn_is_an_error_that_failover_acts_on() {
    let (provider, mut peer) = connected().await;
    let chain = Failover::builder().route(provider).route(Local::quiet()).build().unwrap();
    let dispatcher = Dispatcher::new(chain).unwrap();
    let serve = async {
        begun(&mut peer, 1).await;
        let error = json!({ "message": "Quota exceeded.", "codexErrorInfo": "usageLimitExceeded" });
        end(&mut peer, 1, "failed", error).await;
        released(&mut peer, 1).await;
    };
    let question = Dispatcher::generate_text(&dispatcher, "Summarise: The bridge opened on Monday. It took two years.");
    let (text, ()) = tokio::join!(question, serve);
    assert!(text.unwrap().contains("The bridge opened"));
}

#[tokio::test]
async fn errors_of_turns_keep_what_is_known() {
    let (provider, mut peer) = connected().await;
    let request = asking("Hi").with_options(Options::default().with_model("gpt-test"));
    let cases = [
        (json!({ "message": "busy", "codexErrorInfo": "serverOverloaded" }), ErrorKind::Server),
        (
            json!({ "message": "no", "codexErrorInfo": { "httpConnectionFailed": { "httpStatusCode": 401 } } }),
            ErrorKind::Authentication,
        ),
        (json!({ "message": "what?", "codexErrorInfo": "modelNotFound" }), ErrorKind::NotFound),
        (json!({ "message": "too long", "codexErrorInfo": "contextWindowExceeded" }), ErrorKind::InvalidRequest),
        (
            json!({ "message": "slow down", "codexErrorInfo": { "responseTooManyFailedAttempts": { "httpStatusCode": 429 } } }),
            ErrorKind::RateLimit,
        ),
        (
            json!({ "message": r#"{"error":{"message":"bad","type":"invalid_request_error"}}"#, "codexErrorInfo": "other" }),
            ErrorKind::InvalidRequest,
        ),
        (Value::Null, ErrorKind::Server),
    ];
    for (n, (error, kind)) in cases.into_iter().enumerate() {
        let serve = async {
            begun(&mut peer, n).await;
            notify(&mut peer, n, "item/agentMessage/delta", json!({ "itemId": "m", "delta": "So far" })).await;
            end(&mut peer, n, "failed", error.clone()).await;
            released(&mut peer, n).await;
        };
        let (reply, ()) = tokio::join!(provider.generate(&request), serve);
        let failed = reply.unwrap_err();
        assert_eq!(failed.kind(), kind, "{failed}");
        assert_eq!((failed.route(), failed.answer()), (Some("codex/gpt-test"), Some("So far")));
        assert_eq!(failed.usage().unwrap().input_tokens, 11);
    }
    // Somebody else interrupts the turn.
    let serve = async {
        begun(&mut peer, 9).await;
        end(&mut peer, 9, "interrupted", Value::Null).await;
        released(&mut peer, 9).await;
    };
    let (reply, ()) = tokio::join!(provider.generate(&request), serve);
    assert_eq!(reply.unwrap_err().kind(), ErrorKind::Incomplete);
}

#[tokio::test]
async fn an_answer_that_was_cut_off_says_so() {
    let (provider, mut peer) = connected().await;
    let dispatcher = Dispatcher::new(provider).unwrap();
    let cases = [
        ("Incomplete response returned, reason: max_output_tokens", ErrorKind::Truncated),
        (
            "stream disconnected before completion: Incomplete response returned, reason: content_filter",
            ErrorKind::Filtered,
        ),
    ];
    for (n, (message, kind)) in cases.into_iter().enumerate() {
        let serve = async {
            begun(&mut peer, n).await;
            say(&mut peer, n, "m", None, "So far").await;
            end(&mut peer, n, "failed", json!({ "message": message, "codexErrorInfo": "other" })).await;
            released(&mut peer, n).await;
        };
        let (answer, ()) = tokio::join!(dispatcher.call::<Greet>(GreetArgs { name: "Ada" }), serve);
        let error = answer.unwrap_err();
        assert_eq!((error.kind(), error.answer()), (kind, Some("So far")), "{error}");
    }
}

/// The two requests that end a turn that was given up, in whatever order they come.
async fn given_up(peer: &mut Peer, n: usize) {
    let mut seen = Vec::new();
    for _ in 0..2 {
        let mut message = peer.next().await.expect("a request");
        let (id, params) = (message["id"].take(), message["params"].take());
        assert_eq!(params["threadId"], format!("t{n}"));
        peer.answer(&id, json!({})).await;
        seen.push(message["method"].as_str().unwrap().to_owned());
    }
    seen.sort();
    assert_eq!(seen, ["thread/unsubscribe", "turn/interrupt"]);
}

#[tokio::test]
async fn dropping_the_future_or_the_stream_interrupts_the_turn() {
    let (provider, mut peer) = connected().await;
    let request = asking("Hi");
    {
        let call = provider.generate(&request);
        tokio::select! {
            _ = call => panic!("it has no answer"),
            _ = begun(&mut peer, 1) => {}
        }
        // The turn is known to the client once its answer was read.
    }
    let given = tokio::time::timeout(Duration::from_secs(60), given_up(&mut peer, 1)).await;
    given.expect("the turn is interrupted");

    let (stream, ()) = tokio::join!(provider.stream(&request), async {
        begun(&mut peer, 2).await;
        notify(&mut peer, 2, "item/agentMessage/delta", json!({ "itemId": "m", "delta": "So" })).await;
    });
    let mut stream = stream.unwrap();
    assert_eq!(stream.next().await.unwrap().unwrap(), Chunk::Text("So".into()));
    drop(stream);
    given_up(&mut peer, 2).await;
}

/// What is named after its caller has gone is ended: first the thread, and on the next one the turn.
#[tokio::test]
async fn a_call_that_is_dropped_before_its_thread_is_named_leaves_nothing_behind() {
    let (provider, mut peer) = connected().await;
    let request = asking("Hi");
    for n in 0..2 {
        let (id, streams) = tokio::select! {
            _ = provider.generate(&request), if n == 0 => panic!("it has no answer"),
            _ = provider.stream(&request), if n == 1 => panic!("it has no answer"),
            (id, _) = peer.asked("thread/start") => (id, n),
        };
        peer.answer(&id, json!({ "thread": { "id": format!("t{streams}") } })).await;
        let released = tokio::time::timeout(Duration::from_secs(5), released(&mut peer, n)).await;
        released.expect("the thread is let go of");
    }
    let id = tokio::select! {
        _ = provider.generate(&request) => panic!("it has no answer"),
        id = async {
            let (id, _) = peer.asked("thread/start").await;
            peer.answer(&id, json!({ "thread": { "id": "t3" } })).await;
            peer.asked("turn/start").await.0
        } => id,
    };
    peer.answer(&id, json!({ "turn": { "id": "u3", "items": [], "status": "inProgress" } })).await;
    tokio::time::timeout(Duration::from_secs(5), given_up(&mut peer, 3)).await.expect("the turn is interrupted");
}

#[tokio::test]
async fn a_closed_client_is_no_connection() {
    let (provider, peer) = connected().await;
    drop(peer);
    let error = provider.generate(&asking("Hi")).await.unwrap_err();
    assert_eq!((error.kind(), error.route()), (ErrorKind::Connect, Some("codex")));
}

/// The runtime is the blocking client's own, which lives as long as the provider.
#[test]
fn a_blocking_dispatcher_asks_through_a_blocking_client() {
    let (ours, theirs) = tokio::io::duplex(1 << 16);
    let served = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let mut peer = Peer::over(theirs);
            let (id, _) = peer.asked("initialize").await;
            peer.answer(&id, json!({ "userAgent": "codex-ai/0.169.0 (x)" })).await;
            peer.next().await;
            for n in 1..3 {
                answered(&mut peer, n, "Hello Ada").await;
            }
            assert_eq!(peer.next().await, None, "the last handle closes the connection");
        });
    });
    let (reader, writer) = tokio::io::split(ours);
    let client = codex_ai::blocking::app_server::Client::connect(reader, writer, ClientOptions::new()).unwrap();
    let provider = Provider::new(client.as_async().clone());
    let dispatcher = codex_ai::blocking::Dispatcher::new(provider).unwrap();
    assert_eq!(dispatcher.call::<Greet>(GreetArgs { name: "Ada" }).unwrap(), "Hello Ada");
    drop(client);
    assert_eq!(dispatcher.call::<Greet>(GreetArgs { name: "Ada" }).unwrap(), "Hello Ada");
    drop(dispatcher);
    served.join().unwrap();
}

#[test]
fn a_blocking_dispatcher_asks_through_it() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let (provider, mut peer) = runtime.block_on(connected());
    let served = runtime.spawn(async move {
        answered(&mut peer, 1, "Hello Ada").await;
        peer
    });
    let dispatcher = codex_ai::blocking::Dispatcher::new(provider).unwrap();
    assert_eq!(dispatcher.call::<Greet>(GreetArgs { name: "Ada" }).unwrap(), "Hello Ada");
    drop(runtime.block_on(served).unwrap());
}
