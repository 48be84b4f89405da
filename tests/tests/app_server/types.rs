//! The types of the protocol: what is known is read, what is not is kept.

use std::error::Error as _;

use codex_ai::app_server::{
    AgentMessage, ApprovalPolicy, ApprovalsReviewer, CodexErrorInfo, CommandAction, GranularApproval, Input, IntoInput,
    Item, ItemStatus, ListModels, MessagePhase, Model, PatchKind, ReadConfig, ReasoningEffort, SandboxPolicy,
    ServiceTier, SessionSource, ThreadInfo, ThreadStatus, ThreadTokenUsage, TokenUsage, TurnError, TurnInfo,
    TurnStatus, WriteConfig,
};
use codex_ai::{ErrorKind, Usage};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

fn read<T: DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).unwrap()
}

fn message(item: &Item) -> &AgentMessage {
    item.as_agent_message().unwrap()
}

#[test]
fn an_item_is_read_as_its_kind_and_newer_members_do_no_harm() {
    let item: Item = read(json!({
        "type": "agentMessage", "id": "m", "text": "hi", "phase": "final_answer", "startedAtMs": 5, "newer": [1],
    }));
    assert_eq!((item.id(), &*message(&item).text), (Some("m"), "hi"));
    assert_eq!(message(&item).phase, Some(MessagePhase::FinalAnswer));
    assert_eq!(message(&item).started_at_ms, Some(5));
    let item: Item = read(json!({
        "type": "commandExecution", "id": "c", "command": "ls", "cwd": "/", "status": "dreaming",
        "commandActions": [{ "type": "unknown", "command": "ls" }, { "type": "newer" }],
    }));
    let Item::CommandExecution(command) = item else { panic!("{item:?}") };
    assert_eq!(command.status, ItemStatus::Unknown("dreaming".into()));
    assert_eq!(command.command_actions[0], CommandAction::Other { command: "ls".into() });
    assert_eq!(command.command_actions[1], CommandAction::Unknown(json!({ "type": "newer" })));
}

/// 3.3, 8.
#[test]
fn an_item_of_an_unknown_kind_or_form_is_kept_whole() {
    for value in [
        json!({ "type": "hologram", "id": "h", "x": [1, { "y": null }] }),
        json!({ "type": "agentMessage", "id": "m", "text": 5 }),
        json!({ "id": "m" }),
        json!("text"),
        json!(null),
    ] {
        let item: Item = read(value.clone());
        assert_eq!(item, Item::Unknown(value.clone()));
        assert_eq!(serde_json::to_value(&item).unwrap(), value);
    }
    let item: Item = read(json!({ "type": "hologram", "id": "h" }));
    assert_eq!(item.id(), Some("h"));
}

#[test]
fn what_is_read_is_written_by_its_wire_names() {
    for value in [
        json!({ "type": "imageView", "id": "i", "path": "/i.png", "startedAtMs": 1, "completedAtMs": 2 }),
        json!({ "type": "contextCompaction", "id": "c", "startedAtMs": null, "completedAtMs": null }),
    ] {
        assert_eq!(serde_json::to_value(read::<Item>(value.clone())).unwrap(), value);
    }
    for value in [json!({ "type": "add" }), json!({ "type": "update", "move_path": "/to" })] {
        assert_eq!(serde_json::to_value(read::<PatchKind>(value.clone())).unwrap(), value);
    }
}

#[test]
fn a_status_of_another_type_is_kept_as_its_json() {
    let turn: TurnInfo = read(json!({ "id": "u", "status": { "odd": [1] }, "items": null }));
    assert_eq!(turn.status, TurnStatus::Unknown(r#"{"odd":[1]}"#.into()));
    let status: ThreadStatus = read(json!({ "type": "active", "activeFlags": ["waitingOnApproval", "newer"] }));
    assert!(matches!(status, ThreadStatus::Active { active_flags } if active_flags.len() == 2));
    assert_eq!(read::<SessionSource>(json!("vscode")), SessionSource::VsCode);
    assert_eq!(read::<SessionSource>(json!({ "custom": "x" })), SessionSource::Other(json!({ "custom": "x" })));
    let thread: ThreadInfo = read(json!({ "id": "t", "preview": null, "source": 7, "status": 8 }));
    assert_eq!(thread.status, Some(ThreadStatus::Unknown(json!(8))));
}

/// Types stand within flattened ones, as in the answer to `thread/start`.
#[test]
fn open_types_are_read_within_a_flattened_struct() {
    #[derive(serde::Deserialize)]
    struct Outer {
        #[serde(flatten)]
        inner: Inner,
    }
    #[derive(serde::Deserialize)]
    struct Inner {
        sandbox: SandboxPolicy,
        item: Item,
        effort: ReasoningEffort,
    }
    let outer: Outer = read(json!({
        "sandbox": { "type": "readOnly" }, "item": { "type": "plan", "id": "p", "text": "t" }, "effort": 5,
    }));
    assert_eq!(outer.inner.sandbox, SandboxPolicy::read_only());
    assert_eq!(outer.inner.item.id(), Some("p"));
    assert_eq!(outer.inner.effort, ReasoningEffort::Unknown("5".into()));
}

/// 3.3, 19.: both values of the reviewer are read.
#[test]
fn the_older_name_of_the_reviewer_is_read() {
    for name in ["auto_review", "guardian_subagent"] {
        assert_eq!(read::<ApprovalsReviewer>(json!(name)), ApprovalsReviewer::AutoReview);
    }
    assert_eq!(serde_json::to_value(ApprovalsReviewer::AutoReview).unwrap(), "auto_review");
}

#[test]
fn policies_keep_what_they_do_not_know() {
    let granular = json!({ "granular": { "sandbox_approval": true, "rules": false, "mcp_elicitations": false } });
    let ApprovalPolicy::Granular(read_policy) = read(granular) else { panic!("not granular") };
    assert!(read_policy.sandbox_approval && !read_policy.rules);
    let odd = json!({ "sometimes": 5 });
    assert_eq!(read::<ApprovalPolicy>(odd.clone()), ApprovalPolicy::Unknown(odd.clone()));
    assert_eq!(serde_json::to_value(ApprovalPolicy::Unknown(odd.clone())).unwrap(), odd);
    assert_ne!(GranularApproval::none(), GranularApproval::all());
    assert_eq!(ServiceTier::from("galactic").as_str(), "galactic");
    let policy = json!({ "type": "workspaceWrite", "writableRoots": ["/w"] });
    assert!(matches!(read(policy), SandboxPolicy::WorkspaceWrite { network_access: false, .. }));
}

/// 3.3, 13.: a text is one text item.
#[test]
fn inputs_are_made_of_texts_and_parts() {
    assert_eq!("a".into_input(), [Input::text("a")]);
    assert_eq!(String::from("a").into_input(), [Input::text("a")]);
    assert_eq!(["a", "b"].into_input().len(), 2);
    assert_eq!(vec![Input::text("a"), Input::image("u")].into_input().len(), 2);
    let sent = |input: Input| serde_json::to_value(input).unwrap();
    assert_eq!(sent(Input::text("a")), json!({ "type": "text", "text": "a" }));
    assert_eq!(sent(Input::image_file("f")), json!({ "type": "image", "fileId": "f" }));
    assert_eq!(sent(Input::local_image("/i")), json!({ "type": "localImage", "path": "/i" }));
    assert_eq!(sent(Input::raw(json!({ "type": "newer", "x": 1 }))), json!({ "type": "newer", "x": 1 }));
}

#[test]
fn tokens_become_the_usage_of_a_call() {
    let usage: ThreadTokenUsage = read(json!({
        "total": { "totalTokens": 18, "inputTokens": 11, "cachedInputTokens": 3, "cacheWriteInputTokens": 2,
            "outputTokens": 7, "reasoningOutputTokens": 1 },
        "last": { "totalTokens": -4 }, "modelContextWindow": null,
    }));
    let counts = |of: TokenUsage| {
        let of = Usage::from(of);
        [of.input_tokens, of.output_tokens, of.cached_tokens, of.cache_write_tokens, of.reasoning_tokens]
    };
    assert_eq!(counts(usage.total), [11, 7, 3, 2, 1]);
    assert_eq!((usage.last.total_tokens, usage.model_context_window), (0, None));
    let twice: TokenUsage = [usage.total, usage.total].into_iter().sum();
    assert_eq!((counts(twice), twice.total_tokens), ([22, 14, 6, 4, 2], 36));
}

/// 3.3, 15.: a failed turn is an error of the kind that fits, in the server's words.
#[test]
fn a_failed_turn_is_an_error_of_the_kind_that_fits() {
    use ErrorKind::{
        Authentication, Connect, Filtered, Incomplete, InvalidRequest, NotFound, Other, Permission, Quota, RateLimit,
        Server, Truncated,
    };
    let status = |name: &str, code: Value| json!({ name: { "httpStatusCode": code } });
    for (info, message, kind) in [
        (json!("usageLimitExceeded"), "m", Quota),
        (json!("sessionBudgetExceeded"), "m", Quota),
        (json!("rateLimitExceeded"), "m", RateLimit),
        (json!("unauthorized"), "m", Authentication),
        (json!("contextWindowExceeded"), "m", InvalidRequest),
        (json!("badRequest"), "m", InvalidRequest),
        (json!("modelNotFound"), "m", NotFound),
        (json!("serverOverloaded"), "m", Server),
        (json!("internalServerError"), "m", Server),
        (json!("cyberPolicy"), "m", Filtered),
        (json!("tooManyDenials"), "m", Permission),
        (json!("other"), "m", Other),
        (json!("other"), r#"{"error":{"message":"bad field"}}"#, InvalidRequest),
        (json!("other"), "Incomplete response returned, reason: max_output_tokens", Truncated),
        (json!("somethingNewer"), "m", Other),
        (json!({ "newer": { "x": 1 } }), "m", Other),
        (json!(null), "m", Other),
        (status("httpConnectionFailed", json!(null)), "m", Connect),
        (status("httpConnectionFailed", json!(401)), "m", Authentication),
        (status("httpConnectionFailed", json!(404)), "m", NotFound),
        (status("httpConnectionFailed", json!("odd")), "m", Other),
        (status("responseStreamDisconnected", json!(null)), "m", Incomplete),
        (status("responseTooManyFailedAttempts", json!(429)), "m", RateLimit),
        (status("responseTooManyFailedAttempts", json!(503)), "m", Server),
        (json!({ "activeTurnNotSteerable": { "turnKind": "review" } }), "m", InvalidRequest),
    ] {
        let failed: TurnError = read(json!({ "message": message, "codexErrorInfo": info }));
        assert_eq!(serde_json::to_value(&failed).unwrap()["codexErrorInfo"], info);
        let error = failed.to_error();
        assert_eq!(error.kind(), kind, "{info}");
        assert!(error.to_string().contains(message), "{error}");
        assert_eq!(error.source().unwrap().downcast_ref::<TurnError>(), Some(&failed));
    }
    let failed: TurnError =
        read(json!({ "message": "m", "codexErrorInfo": status("httpConnectionFailed", json!(403)) }));
    let error = failed.to_error();
    assert_eq!((error.status(), error.code()), (Some(403), Some("httpConnectionFailed")));
    assert_eq!(failed.codex_error_info, Some(CodexErrorInfo::HttpConnectionFailed { http_status_code: Some(403) }));
}

#[test]
fn a_null_is_as_good_as_a_member_that_is_not_there() {
    let model: Model = read(json!({
        "id": "m", "model": "m", "displayName": null, "isDefault": null, "serviceTiers": null, "upgrade": null,
    }));
    assert_eq!((&*model.display_name, model.is_default, model.service_tiers.len()), ("", false, 0));
    let item: Item = read(json!({ "type": "reasoning", "id": "r", "summary": null }));
    assert!(matches!(item, Item::Reasoning(thought) if thought.summary.is_empty() && thought.content.is_empty()));
}

#[test]
fn every_list_of_options_takes_fields_that_have_no_name_here() {
    let expected = json!({ "newer": 1 });
    assert_eq!(json!(ListModels::new().with_extra("newer", 1)), expected);
    assert_eq!(json!(ReadConfig::new().with_extra("newer", 1)), expected);
    assert_eq!(json!(WriteConfig::new([]).with_extra("newer", 1)), json!({ "edits": [], "newer": 1 }));
}

/// A task that is spawned may hold a turn and await what is done to it.
#[test]
fn handles_can_be_used_from_any_task() {
    fn shared<T: Send + Sync + std::fmt::Debug + 'static>() {}
    shared::<codex_ai::app_server::Client>();
    shared::<codex_ai::app_server::Thread>();
    shared::<codex_ai::app_server::Turn>();
    shared::<codex_ai::app_server::TurnText>();
    shared::<codex_ai::app_server::GoalRun>();
    shared::<codex_ai::app_server::Events>();
    shared::<codex_ai::app_server::ServerRequests>();
    shared::<codex_ai::app_server::Login>();
    shared::<codex_ai::app_server::Provider>();
}
