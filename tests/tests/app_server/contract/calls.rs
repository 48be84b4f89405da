//! Every request of the public API, with all that can be set, has the form that the schema gives it.

use std::collections::{BTreeMap, BTreeSet};

use codex_ai::app_server::{
    AdditionalContext, ApprovalPolicy, ApprovalsReviewer, Client, ClientOptions, ConfigEdit, DynamicTool,
    ExternalNetwork, ForkOptions, GoalOptions, GranularApproval, Input, InputDetail, ListModels, ListThreads,
    MergeStrategy, Personality, ReadConfig, ReasoningSummary, ResumeOptions, ReviewTarget, SandboxMode, SandboxPolicy,
    Thread, ThreadOptions, ToolOutput, TurnOptions, WriteConfig,
};
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use super::schema::Schema;
use crate::peer::Peer;

/// All that a test lets the client send is checked; what is missing in this list was not sent at all.
const METHODS: &[&str] = &[
    "initialize",
    "thread/start",
    "thread/resume",
    "thread/fork",
    "thread/list",
    "thread/read",
    "thread/archive",
    "thread/unarchive",
    "thread/delete",
    "thread/unsubscribe",
    "thread/name/set",
    "thread/compact/start",
    "thread/shellCommand",
    "thread/inject_items",
    "thread/goal/get",
    "thread/goal/set",
    "thread/goal/clear",
    "turn/start",
    "turn/steer",
    "turn/interrupt",
    "review/start",
    "model/list",
    "modelProvider/list",
    "account/read",
    "account/rateLimits/read",
    "account/usage/read",
    "account/login/start",
    "account/login/cancel",
    "account/logout",
    "config/read",
    "config/value/write",
    "config/batchWrite",
];

/// 3.3, 19.: parameters go by their wire names, and what is not set is left out.
#[tokio::test]
async fn every_request_has_the_form_of_the_schema() {
    let Some(schema) = Schema::load() else { return };
    let (client, server) = connect(schema).await;
    let thread = client.start_thread(thread_options()).await.unwrap();
    of_threads(&client, &thread).await;
    of_turns(&thread).await;
    of_the_client(&client).await;
    drop((thread, client));
    let (seen, wrong) = server.await.unwrap();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let missing: Vec<_> = METHODS.iter().filter(|method| !seen.contains(**method)).collect();
    assert!(missing.is_empty(), "never sent: {missing:?}");
}

async fn of_threads(client: &Client, thread: &Thread) {
    let resume = ResumeOptions::new()
        .with_model("m")
        .with_sandbox(SandboxMode::WorkspaceWrite)
        .with_approval_policy(ApprovalPolicy::Granular(GranularApproval::all()))
        .with_exclude_turns(true);
    client.start_thread(ThreadOptions::new()).await.unwrap();
    let _ = client.resume_thread("t1", resume).await;
    let _ = client.fork_thread("t1", ForkOptions::new().with_ephemeral(true).with_last_turn("u1")).await;
    let _ = thread.fork(ForkOptions::new().with_approvals_reviewer(ApprovalsReviewer::AutoReview)).await;
    let list =
        ListThreads::new().with_cursor("c").with_limit(5).with_archived(true).with_search_term("s").with_cwd("/w");
    let _ = client.threads(list).await;
    let _ = client.threads(ListThreads::new()).await;
    let list = ListThreads::new().with_model_providers(["openai"]).with_source_kinds(["cli", "exec"]);
    let _ = client.threads(list.with_sort_key("updated_at").with_sort_direction("asc")).await;
    let _ = client.read_thread("t1", true).await;
    let _ = thread.read(false).await;
    let _ = thread.set_name("n").await;
    let _ = thread.compact().await;
    let _ = thread.shell_command("ls").await;
    let item = json!({ "type": "message", "role": "user", "content": [{ "type": "input_text", "text": "t" }] });
    let _ = thread.inject_items(vec![item]).await;
    let _ = thread.goal(GoalOptions::new("aim").with_token_budget(5)).await;
    let _ = thread.current_goal().await;
    let _ = thread.pause_goal().await;
    let _ = thread.clear_goal().await;
    for target in [
        ReviewTarget::UncommittedChanges,
        ReviewTarget::base_branch("main"),
        ReviewTarget::commit("abc"),
        ReviewTarget::custom("look"),
    ] {
        let _ = thread.review(target).await;
    }
    let _ = client.archive_thread("t1").await;
    let _ = client.unarchive_thread("t1").await;
    let _ = client.delete_thread("t1").await;
    let other = client.start_thread(ThreadOptions::new()).await.unwrap();
    let _ = other.unsubscribe().await;
}

async fn of_turns(thread: &Thread) {
    for sandbox in [
        SandboxPolicy::DangerFullAccess,
        SandboxPolicy::read_only(),
        SandboxPolicy::workspace_write(),
        SandboxPolicy::ExternalSandbox { network_access: ExternalNetwork::Enabled },
    ] {
        let _ = thread.turn("t", TurnOptions::new().with_sandbox_policy(sandbox)).await;
    }
    for policy in [ApprovalPolicy::Untrusted, ApprovalPolicy::OnRequest, ApprovalPolicy::Never] {
        let _ = thread.turn("t", TurnOptions::new().with_approval_policy(policy)).await;
    }
    let all = TurnOptions::new()
        .with_model("m")
        .with_effort("high")
        .with_summary(ReasoningSummary::Detailed)
        .with_cwd("/w")
        .with_approvals_reviewer(ApprovalsReviewer::User)
        .with_output_schema(json!({ "type": "object" }))
        .with_personality(Personality::Pragmatic)
        .with_service_tier("flex")
        .with_service_tier_for_turn("default")
        .with_turn_trigger("test")
        .with_client_user_message_id("m1")
        .with_additional_context("mail", AdditionalContext::untrusted("hello").with_name("a mail"))
        .with_additional_context("app", AdditionalContext::application("now"))
        .with_tool_output(ToolOutput::new("mail", "a text"));
    let input = [
        Input::text("t"),
        Input::image("data:image/png;base64,AA==").with_detail(InputDetail::High),
        Input::image_file("file-1"),
        Input::local_image("/w/i.png").with_detail(InputDetail::Low),
        Input::audio("data:audio/wav;base64,AA=="),
        Input::audio_file("file-2"),
        Input::local_audio("/w/a.wav"),
        Input::skill("s", "/w/SKILL.md"),
        Input::mention("f", "/w/f.rs"),
        Input::raw(json!({ "type": "text", "text": "as it is", "text_elements": [] })),
    ];
    let turn = thread.turn(input, all).await.unwrap();
    let _ = turn.steer(["more", "and more"]).await;
    let _ = turn.interrupt().await;
}

async fn of_the_client(client: &Client) {
    let which = ListModels::new().with_cursor("c").with_limit(1).with_hidden(true).with_model_provider("p");
    let _ = client.models(which).await;
    let _ = client.models(ListModels::new()).await;
    let _ = client.model_providers().await;
    let _ = client.account().await;
    let _ = client.refresh_account().await;
    let _ = client.rate_limits().await;
    let _ = client.account_usage().await;
    let _ = client.login_api_key("key").await;
    let _ = client.login_chatgpt().await.unwrap().cancel().await;
    let _ = client.login_device_code().await;
    let _ = client.logout().await;
    let _ = client.config(ReadConfig::new().with_cwd("/w").with_layers(true)).await;
    let _ = client.write_config_value("model", "m").await;
    let edits = [ConfigEdit::new("a.b", 1).with_merge_strategy(MergeStrategy::Upsert), ConfigEdit::new("c", "d")];
    let write = WriteConfig::new(edits).with_file_path("/w/config.toml").with_expected_version("v").with_reload(true);
    let _ = client.write_config(write).await;
}

fn thread_options() -> ThreadOptions {
    ThreadOptions::new()
        .with_model("m")
        .with_model_provider("p")
        .with_cwd("/w")
        .with_sandbox(SandboxMode::ReadOnly)
        .with_approval_policy(ApprovalPolicy::Granular(GranularApproval::none()))
        .with_approvals_reviewer(ApprovalsReviewer::AutoReview)
        .with_base_instructions("b")
        .with_developer_instructions("d")
        .with_config("features.goals", true)
        .with_service_tier("flex")
        .with_personality(Personality::None)
        .with_ephemeral(false)
        .with_service_name("s")
        .with_thread_source("user")
        .with_tool(DynamicTool::new("look", "Looks.", json!({ "type": "object" })))
}

type Served = JoinHandle<(BTreeSet<String>, Vec<String>)>;

/// A client of a server that checks what it is sent: which methods came, and what was wrong.
async fn connect(schema: Schema) -> (Client, Served) {
    let (ours, theirs) = tokio::io::duplex(1 << 20);
    let (reader, writer) = tokio::io::split(ours);
    let served = tokio::spawn(serve(Peer::over(theirs), schema));
    (Client::connect(reader, writer, ClientOptions::new()).await.unwrap(), served)
}

async fn serve(mut peer: Peer, schema: Schema) -> (BTreeSet<String>, Vec<String>) {
    let mut validators = BTreeMap::new();
    let (mut seen, mut wrong) = (BTreeSet::new(), Vec::new());
    while let Some(message) = peer.next().await {
        let method = message["method"].as_str().unwrap().to_owned();
        let Some(id) = message.get("id") else { continue };
        let params = &message["params"];
        if !validators.contains_key(&method) {
            match schema.params("ClientRequest", &method) {
                Some(part) => {
                    validators.insert(method.clone(), schema.closed_validator(&part));
                }
                None => wrong.push(format!("there is no method `{method}`")),
            }
        }
        if let Some(validator) = validators.get(&method) {
            wrong.extend(validator.iter_errors(params).map(|error| format!("`{method}`: {error}\n  {params}")));
        }
        let nulls = params.as_object().into_iter().flatten().filter(|(_, value)| value.is_null());
        wrong.extend(nulls.map(|(name, _)| format!("`{method}` has a null at `{name}`")));
        match answer(&method, params) {
            Some(result) => peer.answer(id, result).await,
            None => peer.refuse(id, -32600, "not here").await,
        }
        seen.insert(method);
    }
    (seen, wrong)
}

/// What is answered where the client goes on from the answer; all else is refused.
fn answer(method: &str, params: &Value) -> Option<Value> {
    let thread =
        || json!({ "thread": { "id": "t1", "path": "/saved", "ephemeral": false, "status": { "type": "idle" } } });
    Some(match method {
        "initialize" => json!({ "userAgent": "peer/0.169.0 (test)", "codexHome": "/nowhere" }),
        "thread/start" | "thread/read" => thread(),
        "turn/start" => json!({ "turn": { "id": "u1", "items": [], "status": "inProgress" } }),
        "thread/goal/get" => json!({ "goal": null }),
        "account/login/start" if params["type"] == "chatgpt" => {
            json!({ "type": "chatgpt", "loginId": "l1", "authUrl": "https://example.com" })
        }
        _ => return None,
    })
}
