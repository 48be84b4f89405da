//! What the client answers to the server's requests has the form that the schema gives it.

use codex_ai::Result;
use codex_ai::app_server::{
    Client, ClientOptions, GrantScope, NetworkPolicyAmendment, PermissionProfile, ServerRequest, ServerRequests,
    ThreadOptions, ToolContent, forward_requests,
};
use codex_ai_tests::random_values::{Dice, value_of};
use serde_json::json;

use super::numbers;
use super::schema::Schema;
use crate::peer::Peer;

/// The requests that have no type of their own here; they can be answered with JSON.
const OTHERS: &[&str] = &["attestation/generate", "currentTime/read", "applyPatchApproval", "execCommandApproval"];

/// How often each request is asked, so that each way to answer has its turn.
const TIMES: usize = 24;

#[tokio::test]
async fn every_answer_has_the_form_of_the_schema() {
    let Some(schema) = Schema::load() else { return };
    let (mut peer, mut asked, _client) = connect().await;
    let mut id = 0;
    for (method, part) in schema.methods("ServerRequest") {
        let of = part["$ref"].as_str().unwrap().strip_suffix("Params").unwrap();
        let answers = schema.closed_validator(&json!({ "$ref": format!("{of}Response") }));
        let params = schema.validator(&part);
        let mut times = 0;
        for seed in 1..=400 {
            let numbers = numbers(seed);
            let Some(mut made) = value_of(&part, schema.root(), &mut Dice::new(&numbers), 0) else { continue };
            if !params.is_valid(&made) {
                continue;
            }
            if made.get("threadId").is_some() {
                made["threadId"] = json!("t1");
            }
            id += 1;
            peer.send(&json!({ "method": method, "id": id, "params": made })).await;
            let request = asked.next().await.unwrap();
            assert_eq!(matches!(request, ServerRequest::Other(_)), OTHERS.contains(&&*method), "`{method}`: {made}");
            respond(request, times).unwrap();
            let answer = peer.next().await.unwrap();
            assert_eq!(answer["id"], id);
            match answer.get("result") {
                Some(result) => {
                    let wrong: Vec<_> = answers.iter_errors(result).map(|error| error.to_string()).collect();
                    assert!(wrong.is_empty(), "`{method}`: {result}\n{}", wrong.join("\n"));
                }
                None => assert!(answer["error"]["message"].is_string(), "`{method}`: {answer}"),
            }
            times += 1;
            if times == TIMES {
                break;
            }
        }
        assert!(times > 8, "only {times} values of `{method}` could be made");
    }
}

/// Answers in one of the ways that there are.
fn respond(request: ServerRequest, way: usize) -> Result<()> {
    match (request, way % 6) {
        (ServerRequest::Command(command), 0) => command.accept(),
        (ServerRequest::Command(command), 1) => command.accept_for_session(),
        (ServerRequest::Command(command), 2) => command.accept_with_exec_policy_amendment(["ls", "-l"]),
        (ServerRequest::Command(command), 3) => {
            command.apply_network_policy_amendment(NetworkPolicyAmendment::allow("example.com"))
        }
        (ServerRequest::Command(command), 4) => command.cancel(),
        (ServerRequest::FileChange(change), 0) => change.accept(),
        (ServerRequest::FileChange(change), 1) => change.accept_for_session(),
        (ServerRequest::FileChange(change), 2) => change.cancel(),
        (ServerRequest::Permissions(request), 0) => request.grant_all(GrantScope::Session),
        (ServerRequest::Permissions(request), 1) => {
            let some = PermissionProfile::new().with_network().with_read("/r").with_write("/w");
            request.grant(&some, GrantScope::Turn)
        }
        (ServerRequest::UserInput(request), 0) => request.answer([("q", ["a", "b"])]),
        (ServerRequest::Elicitation(request), 0) => request.accept(&json!({ "name": "n" })),
        (ServerRequest::Elicitation(request), 1) => request.accept_without_content(),
        (ServerRequest::Elicitation(request), 2) => request.cancel(),
        (ServerRequest::Tool(call), 0) => call.answer("7 C"),
        (ServerRequest::Tool(call), 1) => call.fail("no such city"),
        (ServerRequest::Tool(call), 2) => {
            call.respond(true, [ToolContent::text("t"), ToolContent::image("data:,"), ToolContent::audio("data:,")])
        }
        (ServerRequest::TokenRefresh(request), 0) => request.answer("token", "account", Some("pro")),
        (ServerRequest::TokenRefresh(request), 1) => request.answer("token", "account", None),
        (request, _) => request.decline(),
    }
}

async fn connect() -> (Peer, ServerRequests, Client) {
    let (handler, asked) = forward_requests();
    let (client, mut peer) = Peer::connect(ClientOptions::new().with_handler(handler)).await;
    let (thread, ()) = tokio::join!(client.start_thread(ThreadOptions::new()), peer.start_thread("t1"));
    drop(thread.unwrap());
    (peer, asked, client)
}
