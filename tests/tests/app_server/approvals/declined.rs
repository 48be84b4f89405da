//! What is declined without anybody having said no.

use codex_ai::app_server::{
    Cancelled, ClientOptions, CommandApproval, DeclineSilently, FileChangeApproval, RequestHandler, ServerRequest,
    ToolRequest, handler_fn,
};
use serde_json::{Value, json};

use super::{
    COMMAND, ELICITATION, FILES, INPUT, PERMISSIONS, Said, TOKENS, TOOL, command, forwarding, is_too_late, params,
};
use crate::peer::Peer;
use crate::reading::settled;
use crate::tools;

/// All kinds, and the answer by which each is declined; `None`: a JSON-RPC error.
pub(crate) fn declined() -> Vec<(&'static str, Option<Value>)> {
    let decision = |word: &str| Some(json!({ "decision": word }));
    let failed = "the program that runs this session gave no result for the call of the tool";
    let rejection = "the program that runs this session did not approve it";
    let denied = Some(json!({ "decision": { "denied": { "rejection": rejection } } }));
    vec![
        (COMMAND, decision("decline")),
        (FILES, decision("decline")),
        (PERMISSIONS, Some(json!({ "permissions": {} }))),
        (INPUT, Some(json!({ "answers": {} }))),
        (ELICITATION, Some(json!({ "action": "decline" }))),
        (TOOL, Some(json!({ "contentItems": [{ "type": "inputText", "text": failed }], "success": false }))),
        (TOKENS, None),
        ("attestation/generate", None),
        ("currentTime/read", None),
        ("future/thing", None),
        ("execCommandApproval", denied.clone()),
        ("applyPatchApproval", denied),
    ]
}

/// The next answer is the one that declines.
async fn is_declined(peer: &mut Peer, id: impl Into<Value>, method: &str, expected: &Option<Value>) {
    let answer = peer.next().await.unwrap();
    assert_eq!(answer["id"], id.into());
    match expected {
        Some(expected) => {
            assert_eq!(answer["result"], *expected, "{method}");
            tools::is_of_the_schema(method, expected);
        }
        None => {
            assert_eq!(answer["error"]["code"], -32601, "{answer}");
            assert!(answer["error"]["message"].as_str().unwrap().contains(method), "{answer}");
        }
    }
}

/// 3.4, no approval handler; other server requests.
#[tokio::test]
async fn without_a_handler_all_is_declined_loudly_and_nothing_is_accepted() {
    let (said, _listening) = Said::listen();
    let (client, mut peer) = Peer::connect(ClientOptions::new()).await;
    for (id, (method, expected)) in declined().into_iter().enumerate() {
        let mut params = params("turn-9");
        params["command"] = json!("canary-command");
        peer.ask(id, method, params).await;
        is_declined(&mut peer, id, method, &expected).await;
        let lines = said.lines();
        let warned = |line: &&String| line.contains("WARN") && line.contains(method) && line.contains("RequestHandler");
        let line = lines.iter().find(warned).unwrap_or_else(|| panic!("{method}: {lines:?}"));
        assert!(line.contains("turn=\"turn-9\"") && line.contains("thread=\"t1\""), "{line}");
        assert!(!lines.iter().any(|line| line.contains("canary")), "{lines:?}");
    }
    settled(&client, &mut peer).await;
}

#[tokio::test]
async fn a_program_that_means_it_declines_without_a_word() {
    let (said, _listening) = Said::listen();
    let (_client, mut peer) = Peer::connect(ClientOptions::new().with_handler(DeclineSilently::default())).await;
    for (id, (method, expected)) in declined().into_iter().enumerate() {
        peer.ask(id, method, params("u1")).await;
        is_declined(&mut peer, id, method, &expected).await;
    }
    assert!(said.lines().is_empty(), "{:?}", said.lines());
}

/// A handle that is dropped declines, whatever its kind.
#[tokio::test]
async fn a_dropped_request_is_declined() {
    let (said, _listening) = Said::listen();
    let (client, mut peer, mut requests) = forwarding().await;
    for (id, (method, expected)) in declined().into_iter().enumerate() {
        peer.ask(id, method, params("u1")).await;
        let request = requests.next().await.unwrap();
        let ended = request.cancelled();
        drop(request);
        is_declined(&mut peer, id, method, &expected).await;
        assert_eq!(ended.await, None, "it is answered, not cancelled");
        assert!(said.lines().iter().any(|line| line.contains(method) && line.contains("no answer")), "{method}");
    }
    settled(&client, &mut peer).await;
}

#[tokio::test]
async fn requests_that_nobody_takes_any_more_are_declined() {
    let (_client, mut peer, requests) = forwarding().await;
    drop(requests);
    peer.ask(3, COMMAND, params("u1")).await;
    is_declined(&mut peer, 3, COMMAND, &Some(json!({ "decision": "decline" }))).await;
}

/// 3.4, handler raises.
#[tokio::test]
async fn a_handler_that_panics_declines_its_request_and_touches_no_other() {
    struct Panics;
    impl RequestHandler for Panics {
        async fn command(&self, request: CommandApproval) {
            tokio::task::yield_now().await;
            panic!("on purpose, at {}", request.item_id);
        }

        // Not even a future is made.
        fn tool(&self, request: ToolRequest) -> impl Future<Output = ()> + Send {
            assert!(request.tool.is_empty(), "on purpose");
            async {}
        }

        async fn file_change(&self, request: FileChangeApproval) {
            request.accept().unwrap();
        }
    }
    let (said, _listening) = Said::listen();
    let (client, mut peer) = Peer::connect(ClientOptions::new().with_handler(Panics)).await;
    for method in [COMMAND, TOOL] {
        peer.ask(0, method, params("u1")).await;
        let expected = declined().into_iter().find(|(name, _)| *name == method).unwrap().1;
        is_declined(&mut peer, 0, method, &expected).await;
        let lines = said.lines();
        let told = |line: &String| line.contains("ERROR") && line.contains(method) && line.contains("panicked");
        assert!(lines.iter().any(told), "{lines:?}");
    }
    peer.ask(1, FILES, params("u1")).await;
    assert_eq!(peer.next().await.unwrap(), json!({ "id": 1, "result": { "decision": "accept" } }));
    settled(&client, &mut peer).await;
}

#[tokio::test]
async fn a_method_that_ends_without_an_answer_declines() {
    let handler = handler_fn(|request: ServerRequest| async move {
        tokio::task::yield_now().await;
        assert_eq!(request.method(), COMMAND);
    });
    let (_client, mut peer) = Peer::connect(ClientOptions::new().with_handler(handler)).await;
    peer.ask(0, COMMAND, params("u1")).await;
    is_declined(&mut peer, 0, COMMAND, &Some(json!({ "decision": "decline" }))).await;
}

/// Parameters that do not fit come as another request, which says what is wrong, and are declined like their method.
#[tokio::test]
async fn parameters_of_another_form_are_shown_and_declined() {
    let (_client, mut peer, mut requests) = forwarding().await;
    for (id, (method, expected)) in declined().into_iter().take(7).enumerate() {
        for wrong in [json!({}), json!([1, 2]), json!(null), json!("text"), json!({ "threadId": 5, "turnId": {} })] {
            peer.ask(id, method, wrong.clone()).await;
            let Some(ServerRequest::Other(request)) = requests.next().await else { panic!("{method} {wrong}") };
            assert_eq!(request.method, method);
            assert!(request.problem.is_some(), "{wrong}");
            if !wrong.is_null() {
                assert_eq!(request.read::<Value>().unwrap(), wrong);
            }
            request.decline().unwrap();
            is_declined(&mut peer, id, method, &expected).await;
        }
    }
    // Without parameters, which is not the same for the reader of the pipe.
    peer.send(&json!({ "id": 1, "method": COMMAND })).await;
    drop(requests.next().await.unwrap());
    is_declined(&mut peer, 1, COMMAND, &Some(json!({ "decision": "decline" }))).await;
}

/// A request that is said again while it is open is the same one.
#[tokio::test]
async fn a_request_that_is_repeated_is_asked_once() {
    let (client, mut peer, mut requests) = forwarding().await;
    peer.ask(0, COMMAND, params("u1")).await;
    let request = command(requests.next().await);
    peer.ask(0, COMMAND, params("u1")).await;
    settled(&client, &mut peer).await;
    request.accept().unwrap();
    assert_eq!(peer.next().await.unwrap(), json!({ "id": 0, "result": { "decision": "accept" } }));
    settled(&client, &mut peer).await;
    // The id is free again.
    peer.ask(0, COMMAND, params("u2")).await;
    assert_eq!(command(requests.next().await).turn_id, "u2");
}

/// Two open requests with one id: a yes to one could be taken for a yes to the other.
#[tokio::test]
async fn two_requests_with_one_id_are_both_declined() {
    let (said, _listening) = Said::listen();
    let (client, mut peer, mut requests) = forwarding().await;
    peer.ask(4, COMMAND, params("u1")).await;
    peer.ask(5, COMMAND, params("u1")).await;
    let (first, other) = (command(requests.next().await), command(requests.next().await));
    peer.ask(4, TOOL, params("u2")).await;
    is_declined(&mut peer, 4, COMMAND, &Some(json!({ "decision": "decline" }))).await;
    is_declined(&mut peer, 4, TOOL, &declined()[5].1).await;
    assert!(first.is_cancelled() && !other.is_cancelled());
    is_too_late(first.accept(), &Cancelled::IdReused);
    other.accept().unwrap();
    assert_eq!(peer.next().await.unwrap(), json!({ "id": 5, "result": { "decision": "accept" } }));
    assert!(said.lines().iter().any(|line| line.contains("WARN") && line.contains("same id")), "{:?}", said.lines());
    settled(&client, &mut peer).await;
}

/// The bound on open requests: those above are declined at once, and those below stay.
#[tokio::test]
async fn above_the_bound_requests_are_declined_at_once() {
    const MOST: usize = 1024;
    let (said, _listening) = Said::listen();
    let (sender, mut parked) = tokio::sync::mpsc::unbounded_channel();
    let handler = handler_fn(move |request: ServerRequest| {
        let sent = sender.send(request);
        async move { sent.unwrap() }
    });
    let (client, mut peer) = Peer::connect(ClientOptions::new().with_handler(handler)).await;
    for id in 0..=MOST {
        peer.ask(id, COMMAND, params("u1")).await;
    }
    is_declined(&mut peer, MOST, COMMAND, &Some(json!({ "decision": "decline" }))).await;
    assert!(said.lines().iter().any(|line| line.contains("too many") && line.contains("1024")));
    // There is room again after an answer.
    command(parked.recv().await).accept().unwrap();
    assert_eq!(peer.next().await.unwrap(), json!({ "id": 0, "result": { "decision": "accept" } }));
    peer.ask("another", COMMAND, params("u1")).await;
    settled(&client, &mut peer).await;
    for _ in 0..MOST - 1 {
        command(parked.recv().await).decline().unwrap();
        peer.next().await.unwrap();
    }
    assert_eq!(*command(parked.recv().await).request_id(), codex_ai::app_server::RequestId::Text("another".into()));
}
