//! Every kind of request, as it is read and as it is answered.

use codex_ai::app_server::{
    CommandDecision, ElicitationMode, GrantScope, NetworkPolicyAmendment, PermissionProfile, ServerRequest,
};
use serde_json::{Value, json};

use super::{COMMAND, ELICITATION, FILES, INPUT, PERMISSIONS, TOKENS, command, forwarding, params};
use crate::tools;

/// Asks this, answers it so, and gives the result that the server gets.
async fn answered(method: &str, params: Value, answer: impl FnOnce(ServerRequest) -> codex_ai::Result<()>) -> Value {
    let (_client, mut peer, mut requests) = forwarding().await;
    peer.ask(7, method, params).await;
    answer(requests.next().await.unwrap()).unwrap();
    let mut line = peer.next().await.unwrap();
    assert_eq!(line["id"], 7, "{line}");
    let answer = line["result"].take();
    tools::is_of_the_schema(method, &answer);
    answer
}

/// Answers a request that is of this variant.
macro_rules! with {
    ($variant:ident, $answer:expr) => {
        |request| match request {
            ServerRequest::$variant(request) => ($answer)(request),
            other => panic!("{other:?}"),
        }
    };
}

#[tokio::test]
async fn a_command_is_read_with_what_the_server_offers() {
    let (_client, mut peer, mut requests) = forwarding().await;
    let offered = json!(["accept", { "acceptWithExecpolicyAmendment": { "execpolicy_amendment": ["echo", "hi"] } },
        { "applyNetworkPolicyAmendment": { "network_policy_amendment": { "action": "deny", "host": "h" } } },
        "cancel", "ask-mother", { "acceptFor": { "hours": 2 } }]);
    let asked = json!({
        "kind": "command", "threadId": "t1", "turnId": "u1", "itemId": "call_8", "startedAtMs": 1_795_173_979_349_u64,
        "environmentId": "local", "reason": "needed", "command": "/bin/bash -lc 'echo hi'", "cwd": "/w",
        "commandActions": [{ "type": "unknown", "command": "echo hi" }], "proposedExecpolicyAmendment": ["echo", "hi"],
        "availableDecisions": offered, "newField": [1], "networkApprovalContext": { "host": "h", "protocol": "https" },
    });
    peer.ask("seven", COMMAND, asked.clone()).await;
    let request = command(requests.next().await);
    assert_eq!((&*request.thread_id, &*request.turn_id, &*request.item_id), ("t1", "u1", "call_8"));
    assert_eq!(request.command.as_deref(), Some("/bin/bash -lc 'echo hi'"));
    assert_eq!((request.cwd.as_deref(), request.reason.as_deref()), (Some("/w"), Some("needed")));
    assert_eq!(request.network_approval_context.as_ref().unwrap().host, "h");
    assert_eq!(request.extra["newField"], json!([1]));
    assert_eq!(serde_json::from_str::<Value>(request.raw_params()).unwrap(), asked);
    let decisions = request.available_decisions.clone().unwrap();
    assert_eq!(serde_json::to_value(&decisions).unwrap(), offered, "what is not known is kept");
    assert_eq!((&decisions[0], &decisions[3]), (&CommandDecision::Accept, &CommandDecision::Cancel));
    assert_eq!(decisions[4], CommandDecision::Unknown(json!("ask-mother")));
    request.decide(&decisions[5]).unwrap();
    let decision = json!({ "decision": { "acceptFor": { "hours": 2 } } });
    assert_eq!(peer.next().await.unwrap(), json!({ "id": "seven", "result": decision }), "the id as it came");
}

#[tokio::test]
async fn a_command_is_answered_in_the_words_of_the_protocol() {
    type Answer = fn(codex_ai::app_server::CommandApproval) -> codex_ai::Result<()>;
    let answers: [(Answer, Value); 7] = [
        (|request| request.accept(), json!("accept")),
        (|request| request.accept_for_session(), json!("acceptForSession")),
        (|request| request.decline(), json!("decline")),
        (|request| request.cancel(), json!("cancel")),
        (
            |request| request.accept_with_exec_policy_amendment(["git", "status"]),
            json!({ "acceptWithExecpolicyAmendment": { "execpolicy_amendment": ["git", "status"] } }),
        ),
        (
            |request| request.apply_network_policy_amendment(NetworkPolicyAmendment::deny("example.org")),
            json!({ "applyNetworkPolicyAmendment":
                { "network_policy_amendment": { "action": "deny", "host": "example.org" } } }),
        ),
        (
            |request| request.apply_network_policy_amendment(NetworkPolicyAmendment::allow("example.org")),
            json!({ "applyNetworkPolicyAmendment":
                { "network_policy_amendment": { "action": "allow", "host": "example.org" } } }),
        ),
    ];
    for (answer, decision) in answers {
        let result = answered(COMMAND, params("u1"), with!(Command, answer)).await;
        assert_eq!(result, json!({ "decision": decision }));
    }
}

#[tokio::test]
async fn a_change_of_files_is_answered_in_the_words_of_the_protocol() {
    type Answer = fn(codex_ai::app_server::FileChangeApproval) -> codex_ai::Result<()>;
    let answers: [(Answer, &str); 4] = [
        (|request| request.accept(), "accept"),
        (|request| request.accept_for_session(), "acceptForSession"),
        (|request| request.decline(), "decline"),
        (|request| request.cancel(), "cancel"),
    ];
    for (answer, decision) in answers {
        let result = answered(FILES, params("u1"), with!(FileChange, answer)).await;
        assert_eq!(result, json!({ "decision": decision }));
    }
}

#[tokio::test]
async fn permissions_are_granted_in_part_as_a_whole_or_not_at_all() {
    type Answer = fn(codex_ai::app_server::PermissionsRequest) -> codex_ai::Result<()>;
    let wanted = json!({
        "fileSystem": { "entries": [{ "access": "write", "path": { "type": "path", "path": "/w" } }], "read": ["/r"] },
        "network": { "enabled": true },
    });
    let mut asked = params("u1");
    asked["permissions"] = wanted.clone();
    let part = json!({ "fileSystem": { "entries": [
        { "access": "write", "path": { "type": "path", "path": "/w" } },
        { "access": "read", "path": { "type": "path", "path": "/x" } },
    ] } });
    let answers: [(Answer, Value); 4] = [
        (|request| request.grant_all(GrantScope::Session), json!({ "permissions": wanted, "scope": "session" })),
        (
            |request| {
                let part = PermissionProfile::new().with_write("/w").with_read("/x");
                request.grant(&part, GrantScope::Turn)
            },
            json!({ "permissions": part, "scope": "turn" }),
        ),
        (
            |request| request.grant(&PermissionProfile::new().with_network(), GrantScope::default()),
            json!({ "permissions": { "network": { "enabled": true } }, "scope": "turn" }),
        ),
        (|request| request.deny(), json!({ "permissions": {} })),
    ];
    for (answer, expected) in answers {
        assert_eq!(answered(PERMISSIONS, asked.clone(), with!(Permissions, answer)).await, expected);
    }
}

#[tokio::test]
async fn questions_are_answered_by_their_ids() {
    let mut asked = params("u1");
    asked["questions"] = json!([{ "id": "q1", "header": "Colour", "question": "Which colour?", "isOther": true,
        "options": [{ "label": "red", "description": "like a rose" }] }]);
    let result = answered(
        INPUT,
        asked,
        with!(UserInput, |request: codex_ai::app_server::UserInputRequest| {
            let [question] = request.questions.as_slice() else { panic!("{request:?}") };
            assert!(question.is_other && !question.is_secret && request.is_blocking);
            let [option] = question.options.as_deref().unwrap() else { panic!("{request:?}") };
            let answers = [(question.id.clone(), [option.label.clone()])];
            request.answer(answers)
        }),
    );
    assert_eq!(result.await, json!({ "answers": { "q1": { "answers": ["red"] } } }));
    let declined = answered(INPUT, params("u1"), ServerRequest::decline).await;
    assert_eq!(declined, json!({ "answers": {} }));
}

#[tokio::test]
async fn an_elicitation_of_any_mode_is_read_and_answered() {
    type Answer = fn(codex_ai::app_server::Elicitation) -> codex_ai::Result<()>;
    let answers: [(Answer, Value); 4] = [
        (
            |request| request.accept(&json!({ "name": "Ann" })),
            json!({ "action": "accept", "content": { "name": "Ann" } }),
        ),
        (|request| request.accept_without_content(), json!({ "action": "accept" })),
        (|request| request.decline(), json!({ "action": "decline" })),
        (|request| request.cancel(), json!({ "action": "cancel" })),
    ];
    for (answer, expected) in answers {
        assert_eq!(answered(ELICITATION, params("u1"), with!(Elicitation, answer)).await, expected);
    }
    let schema = json!({ "type": "object" });
    let modes = [
        (
            json!({ "mode": "form", "requestedSchema": schema, "_meta": {} }),
            ElicitationMode::Form { requested_schema: schema.clone() },
        ),
        (
            json!({ "mode": "openai/form", "requestedSchema": schema }),
            ElicitationMode::OpenAiForm { requested_schema: schema.clone() },
        ),
        (
            json!({ "mode": "openaiForm", "requestedSchema": schema }),
            ElicitationMode::OpenAiForm { requested_schema: schema.clone() },
        ),
        (
            json!({ "mode": "url", "url": "https://example.org", "elicitationId": "e1" }),
            ElicitationMode::Url { url: "https://example.org".into(), elicitation_id: "e1".into() },
        ),
        (
            json!({ "mode": "openai/userVerification", "challenge": "c", "title": "t", "description": "d" }),
            ElicitationMode::UserVerification { challenge: "c".into(), title: "t".into(), description: "d".into() },
        ),
        (
            json!({ "mode": "dance", "steps": 3 }),
            ElicitationMode::Unknown(json!({ "mode": "dance", "steps": 3 }).as_object().unwrap().clone()),
        ),
    ];
    for (mut asked, mode) in modes {
        for (name, value) in [("threadId", json!("t1")), ("turnId", Value::Null), ("serverName", json!("s"))] {
            asked[name] = value;
        }
        let check = |request: codex_ai::app_server::Elicitation| {
            assert_eq!((&request.mode, request.turn_id.as_deref(), &*request.server_name), (&mode, None, "s"));
            request.decline()
        };
        answered(ELICITATION, asked, with!(Elicitation, check)).await;
    }
}

#[tokio::test]
async fn a_token_is_sent_and_shown_nowhere() {
    let asked = json!({ "reason": "unauthorized", "previousAccountId": "a0" });
    let result = answered(
        TOKENS,
        asked,
        with!(TokenRefresh, |request: codex_ai::app_server::TokenRefresh| {
            assert_eq!((&*request.reason, request.previous_account_id.as_deref()), ("unauthorized", Some("a0")));
            request.answer("secret-token", "a1", Some("plus"))
        }),
    );
    let expected = json!({ "accessToken": "secret-token", "chatgptAccountId": "a1", "chatgptPlanType": "plus" });
    assert_eq!(result.await, expected);
}

/// All that the real server asked in the recordings is read as its own type.
#[tokio::test]
async fn recorded_requests_are_read_as_their_types() {
    let Some(folder) = codex_ai_tests::data::path("app-server-transcripts") else { return };
    let (_client, mut peer, mut requests) = forwarding().await;
    let mut kinds = Vec::new();
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    for file in files.iter().filter(|file| file.extension().is_some_and(|extension| extension == "jsonl")) {
        for line in std::fs::read_to_string(file).unwrap().lines() {
            let line: Value = serde_json::from_str(line).unwrap();
            let message = &line["msg"];
            if line["dir"] != "s2c" || message["method"].is_null() || message["id"].is_null() {
                continue;
            }
            peer.send(message).await;
            let request = requests.next().await.unwrap();
            kinds.push(match &request {
                ServerRequest::Command(request) => {
                    let known = request.available_decisions.as_deref().unwrap();
                    assert!(!known.iter().any(|known| matches!(known, CommandDecision::Unknown(_))), "{request:?}");
                    assert!(request.extra.is_empty(), "{request:?}");
                    "command"
                }
                ServerRequest::FileChange(request) => {
                    assert!(request.extra.is_empty(), "{request:?}");
                    "files"
                }
                ServerRequest::Tool(_) => "tool",
                other => panic!("{other:?}"),
            });
            request.decline().unwrap();
            assert_eq!(peer.next().await.unwrap()["id"], message["id"]);
        }
    }
    for kind in ["command", "files", "tool"] {
        assert!(kinds.contains(&kind), "{kinds:?}");
    }
}
