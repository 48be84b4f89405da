//! The client as a whole: its greeting, versions, models, and requests of any method.

use std::time::Duration;

use codex_ai::app_server::{
    Client, ClientOptions, ClosedReason, InputModality, ListModels, ReadConfig, ServerVersion, SpawnOptions,
    ThreadOptions, TurnOptions, WriteConfig,
};
use codex_ai::app_server::{ConfigEdit, MergeStrategy, Model, WriteStatus};
use codex_ai::{ErrorKind, Result};
use serde_json::{Value, json};

use crate::peer::Peer;
use crate::requests::rpc;

/// A peer that answers `initialize` with this, and what came of it.
async fn greeted(options: ClientOptions, answer: Value) -> (Result<Client>, Peer) {
    let (ours, theirs) = tokio::io::duplex(1 << 16);
    let (reader, writer) = tokio::io::split(ours);
    let mut peer = Peer::over(theirs);
    let greeting = async {
        let (id, _) = peer.asked("initialize").await;
        peer.answer(&id, answer).await;
    };
    let (client, ()) = tokio::join!(Client::connect(reader, writer, options), greeting);
    (client, peer)
}

async fn version_of(agent: &str) -> Option<ServerVersion> {
    let (client, _peer) = greeted(ClientOptions::new(), json!({ "userAgent": agent })).await;
    client.unwrap().server().version()
}

/// 3.3, 16: metadata is there.
#[tokio::test]
async fn the_server_says_what_it_is() {
    let answer = json!({
        "userAgent": "codex-ai/0.169.0 (Debian 12.0.0; x86_64) unknown (codex-ai; 0.1.0)",
        "codexHome": "/home/ada/.codex", "platformFamily": "unix", "platformOs": "linux", "newer": 1,
    });
    let (client, mut peer) = greeted(ClientOptions::new(), answer).await;
    let client = client.unwrap();
    assert_eq!(peer.next().await, Some(json!({ "method": "initialized" })));
    let server = client.server();
    assert_eq!(server.version(), Some(ServerVersion::TESTED));
    assert_eq!(server.version().unwrap().to_string(), "0.169.0");
    assert_eq!(server.codex_home.as_deref(), Some("/home/ada/.codex"));
    assert_eq!((server.platform_family.as_deref(), server.platform_os.as_deref()), (Some("unix"), Some("linux")));
    assert_eq!(server.extra["newer"], 1);
}

#[tokio::test]
async fn a_version_is_found_behind_any_name() {
    assert_eq!(version_of("codex-ai/0.170.1-alpha.2 (x)").await, Some(ServerVersion::new(0, 170, 1)));
    assert_eq!(version_of("codex-ai/1.2.3").await, Some(ServerVersion::new(1, 2, 3)));
    // Where another name is repeated, the first version in it.
    assert_eq!(version_of("a/b c/0.169.0 (x)").await, Some(ServerVersion::new(0, 169, 0)));
    for none in ["", "codex-ai", "codex-ai/", "codex-ai/0.169 (x)", "codex-ai/0.169.0.1", "codex-ai/a.b.c", "0.169.0"] {
        assert_eq!(version_of(none).await, None, "{none}");
    }
    let (unnamed, _peer) = greeted(ClientOptions::new(), json!({})).await;
    assert_eq!(unnamed.unwrap().server().version(), None);
}

#[test]
fn versions_are_read_and_compared_by_their_numbers() {
    let version = |text: &str| text.parse::<ServerVersion>();
    assert!(version("0.99.9").unwrap() < version("0.100.0").unwrap());
    assert_eq!(version("0.170.0-alpha.1").unwrap(), ServerVersion::new(0, 170, 0));
    for wrong in ["", "1", "1.2", "1.2.x", "1.2.3.4", "-1.2.3"] {
        assert_eq!(version(wrong).unwrap_err().kind(), ErrorKind::InvalidRequest, "{wrong}");
    }
}

/// 3.2: what the runtime is too old for is refused, and the server is ended.
#[tokio::test(start_paused = true)]
async fn a_server_that_is_too_old_is_refused() {
    let least = || ClientOptions::new().with_minimum_version(ServerVersion::new(0, 169, 0));
    for (agent, says) in [("codex-ai/0.168.9 (x)", "Codex 0.168.9"), ("something", "no version")] {
        let (refused, mut peer) = greeted(least(), json!({ "userAgent": agent })).await;
        let error = refused.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        assert!(error.message().contains(says) && error.message().contains("at least 0.169.0"), "{error}");
        assert_eq!(peer.next().await, None, "the connection is closed, and nothing more was said");
    }
    greeted(least(), json!({ "userAgent": "codex-ai/0.169.0 (x)" })).await.0.unwrap();
    // Without a minimum it is the program's own risk; the log has a warning.
    greeted(ClientOptions::new(), json!({ "userAgent": "codex-ai/0.1.0 (x)" })).await.0.unwrap();
}

/// 3.3, 16: a failed greeting closes the connection.
#[tokio::test(start_paused = true)]
async fn a_refused_greeting_closes_the_connection() {
    let (ours, theirs) = tokio::io::duplex(1 << 16);
    let (reader, writer) = tokio::io::split(ours);
    let mut peer = Peer::over(theirs);
    let greeting = async {
        let (id, params) = peer.asked("initialize").await;
        assert_eq!(params["clientInfo"]["name"], "codex-ai");
        peer.refuse(&id, -32600, "Already initialized").await;
        assert_eq!(peer.next().await, None);
    };
    let (client, ()) = tokio::join!(Client::connect(reader, writer, ClientOptions::new()), greeting);
    assert_eq!(rpc(&client.unwrap_err()).message, "Already initialized");
}

/// 3.3, 16: a failed greeting ends the process.
#[cfg(unix)]
#[tokio::test]
async fn a_refused_greeting_ends_the_process() {
    let script = r#"echo "pid $$" >&2; read greeting
        echo "{\"id\":0,\"error\":{\"code\":-32600,\"message\":\"not you: $$\"}}"; exec cat >/dev/null"#;
    let options = SpawnOptions::new().with_binary("sh").with_args(["-c", script]);
    let error = Client::spawn(options).await.unwrap_err();
    let pid = rpc(&error).message.strip_prefix("not you: ").unwrap().to_owned();
    assert!(!std::path::Path::new("/proc").join(pid).exists(), "the process is gone");
}

/// 3.3, 16: the greeting happens once, however many use the client at once.
#[tokio::test]
async fn the_greeting_happens_once() {
    const USERS: usize = 16;
    let (client, mut peer) = Peer::connect(ClientOptions::new()).await;
    let users: Vec<_> = (0..USERS)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { client.models(ListModels::new()).await.unwrap().data.len() })
        })
        .collect();
    for _ in 0..USERS {
        // `asked` fails where anything else comes: a second `initialize`, or `initialized`.
        let (id, _) = peer.asked("model/list").await;
        peer.answer(&id, json!({ "data": [] })).await;
    }
    for user in users {
        assert_eq!(user.await.unwrap(), 0);
    }
}

/// 3.3, 12: models are listed while a turn is under way and says nothing.
#[tokio::test]
async fn models_are_listed_while_a_turn_runs() {
    let (client, mut peer) = Peer::connect(ClientOptions::new()).await;
    let (thread, ()) = tokio::join!(client.start_thread(ThreadOptions::new()), peer.start_thread("t"));
    let thread = thread.unwrap();
    let (turn, _) = tokio::join!(thread.turn("hello", TurnOptions::default()), peer.start_turn("u"));
    let mut turn = turn.unwrap();
    peer.delta("t", "u", "first").await;
    turn.next().await.unwrap().unwrap();

    let reading = tokio::spawn(async move { turn.next().await });
    let listing = async {
        let (id, params) = peer.asked("model/list").await;
        assert_eq!(params, json!({ "limit": 1, "includeHidden": true }));
        let model = json!({
            "id": "m", "model": "m-1", "displayName": "M", "description": "A model.", "hidden": false,
            "isDefault": true, "defaultReasoningEffort": "low", "inputModalities": ["text", "smell"],
            "supportedReasoningEfforts": [{ "reasoningEffort": "enormous", "description": "More." }],
            "serviceTiers": [{ "id": "priority", "name": "Fast", "description": "" }], "upgrade": null,
            "modelSpecialty": "rhymes",
        });
        peer.answer(&id, json!({ "data": [model], "nextCursor": "1" })).await;
    };
    let (page, ()) = tokio::join!(client.models(ListModels::new().with_limit(1).with_hidden(true)), listing);
    assert!(!reading.is_finished());
    let page = page.unwrap();
    assert_eq!(page.next_cursor.as_deref(), Some("1"));
    let model: &Model = &page.data[0];
    assert_eq!((&*model.model, model.is_default, model.hidden), ("m-1", true, false));
    assert_eq!(model.supported_reasoning_efforts[0].reasoning_effort.as_str(), "enormous");
    assert_eq!(model.input_modalities, [InputModality::Text, InputModality::Unknown("smell".into())]);
    assert_eq!(model.service_tiers[0].id, "priority");
    assert_eq!(model.extra["modelSpecialty"], "rhymes");

    peer.delta("t", "u", "second").await;
    assert!(reading.await.unwrap().unwrap().is_ok());
}

#[tokio::test]
async fn model_providers_are_listed() {
    let (client, mut peer) = Peer::connect(ClientOptions::new()).await;
    let answer = async {
        let (id, params) = peer.asked("modelProvider/list").await;
        assert_eq!(params, json!({}));
        let own = json!({ "id": "own", "name": "Own", "canEdit": true, "baseUrl": "http://127.0.0.1/v1" });
        let all = json!({ "data": [own], "defaultProviderId": "own", "canChangeDefault": true });
        peer.answer(&id, all).await;
    };
    let (providers, ()) = tokio::join!(client.model_providers(), answer);
    let providers = providers.unwrap();
    assert_eq!(providers.default_provider_id.as_deref(), Some("own"));
    assert_eq!(providers.data[0].base_url.as_deref(), Some("http://127.0.0.1/v1"));
    assert_eq!(providers.data[0].extra["canEdit"], true);
}

#[tokio::test]
async fn any_method_can_be_asked() {
    #[derive(serde::Deserialize)]
    struct Answer {
        entries: Vec<String>,
    }
    let (client, mut peer) = Peer::connect(ClientOptions::new()).await;
    let answers = async {
        let (id, params) = peer.asked("fs/readDirectory").await;
        assert_eq!(params, json!({ "path": "/" }));
        peer.answer(&id, json!({ "entries": ["a"] })).await;
        // The server wants an object, always.
        let (id, params) = peer.asked("configRequirements/read").await;
        assert_eq!(params, json!({}));
        peer.send_raw(format!("{{\"id\":{id},\"result\":{{\"n\": 1e0, \"n\":2}}}}\n").as_bytes()).await;
        let (id, _) = peer.asked("fs/readDirectory").await;
        peer.answer(&id, json!({ "entries": 1 })).await;
        let (id, _) = peer.asked("nope").await;
        peer.refuse(&id, -32600, "Invalid request: unknown variant `nope`").await;
    };
    let asking = async {
        let answer: Answer = client.request("fs/readDirectory", &json!({ "path": "/" })).await.unwrap();
        assert_eq!(answer.entries, ["a"]);
        let raw = client.request_raw("configRequirements/read", &()).await.unwrap();
        assert_eq!(raw.get(), r#"{"n": 1e0, "n":2}"#, "as it came");
        let misfit = client.request::<Answer>("fs/readDirectory", &()).await.err().unwrap();
        assert_eq!(misfit.kind(), ErrorKind::Protocol);
        let refused = client.request_raw("nope", &()).await.unwrap_err();
        assert_eq!(rpc(&refused).message, "Invalid request: unknown variant `nope`");
    };
    tokio::join!(asking, answers);
}

#[tokio::test]
async fn parameters_that_are_no_json_are_told_before_anything_is_sent() {
    let (client, mut peer) = Peer::connect(ClientOptions::new()).await;
    let keys = std::collections::HashMap::from([((1, 2), 3)]);
    assert_eq!(client.request_raw("x", &keys).await.unwrap_err().kind(), ErrorKind::InvalidRequest);
    let (_, ()) = tokio::join!(client.request_raw_within("after", &(), Duration::from_millis(1)), async {
        peer.asked("after").await;
    });
}

#[tokio::test(start_paused = true)]
async fn a_request_has_a_time_limit_of_its_own() {
    let (client, mut peer) = Peer::connect(ClientOptions::new()).await;
    let begun = tokio::time::Instant::now();
    let error = client.request_raw_within("slow", &(), Duration::from_millis(1500)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert_eq!(begun.elapsed().as_millis(), 1500);
    let (slow, _) = peer.asked("slow").await;
    // The late answer disturbs nobody.
    peer.answer(&slow, json!({})).await;
    let (fast, ()) = tokio::join!(client.request_raw_within("fast", &(), Duration::from_secs(1)), async {
        let (id, _) = peer.asked("fast").await;
        peer.answer(&id, json!({})).await;
    });
    assert_eq!(fast.unwrap().get(), "{}");
}

#[tokio::test]
async fn configuration_is_read_and_written() {
    let (client, mut peer) = Peer::connect(ClientOptions::new()).await;
    let written = json!({ "status": "okOverridden", "version": "v2", "filePath": "/c.toml", "overriddenMetadata": {} });
    let answers = async {
        let (id, params) = peer.asked("config/read").await;
        assert_eq!(params, json!({ "cwd": "/w", "includeLayers": true }));
        let user = json!({ "type": "user", "file": "/c.toml" });
        let answer = json!({
            "config": { "model": "m", "newer": [1] }, "origins": { "model": { "name": user, "version": "v1" } },
            "layers": [{ "name": user, "version": "v1", "config": { "model": "m" } }],
        });
        peer.answer(&id, answer).await;
        let (id, params) = peer.asked("config/value/write").await;
        assert_eq!(params, json!({ "keyPath": "model", "value": "n", "mergeStrategy": "replace" }));
        peer.answer(&id, written.clone()).await;
        let (id, params) = peer.asked("config/batchWrite").await;
        let edits = json!([
            { "keyPath": "model", "value": null, "mergeStrategy": "replace" },
            { "keyPath": "features", "value": { "goals": true }, "mergeStrategy": "upsert" },
        ]);
        assert_eq!(params, json!({ "edits": edits, "expectedVersion": "v2" }));
        peer.refuse(&id, -32600, "Configuration was modified since last read.").await;
    };
    let asking = async {
        let config = client.config(ReadConfig::new().with_cwd("/w").with_layers(true)).await.unwrap();
        assert_eq!((&config.config["model"], &config.config["newer"]), (&json!("m"), &json!([1])));
        assert_eq!(config.origins["model"].version, "v1");
        assert_eq!(config.layers.unwrap()[0].config["model"], "m");
        let written = client.write_config_value("model", "n").await.unwrap();
        assert_eq!((written.status, &*written.version), (WriteStatus::OkOverridden, "v2"));
        let edits = [
            ConfigEdit::new("model", Value::Null),
            ConfigEdit::new("features", json!({ "goals": true })).with_merge_strategy(MergeStrategy::Upsert),
        ];
        let conflict = client.write_config(WriteConfig::new(edits).with_expected_version("v2")).await.unwrap_err();
        assert!(rpc(&conflict).message.starts_with("Configuration was modified"));
    };
    tokio::join!(asking, answers);
}

/// A configuration may hold keys; whoever prints one for a log does not print them.
#[tokio::test]
async fn no_value_of_a_configuration_is_printed() {
    const KEY: &str = "sk-test-0123456789";
    let (client, mut peer) = Peer::connect(ClientOptions::new()).await;
    let (config, ()) = tokio::join!(client.config(ReadConfig::new()), async {
        let (id, _) = peer.asked("config/read").await;
        let layer = json!({ "name": { "type": "user" }, "version": "v1", "config": { "token": KEY } });
        peer.answer(&id, json!({ "config": { "token": KEY }, "origins": { "token": layer }, "layers": [layer] })).await;
    });
    let config = config.unwrap();
    let what = WriteConfig::new([ConfigEdit::new("token", KEY)]);
    for text in [format!("{config:?}"), format!("{:?}", config.origins), format!("{what:#?}")] {
        assert!(text.contains("token") && !text.contains(KEY), "{text}");
    }
}

#[tokio::test]
async fn a_client_that_is_shut_down_says_so() {
    let (client, mut peer) = Peer::connect(ClientOptions::new()).await;
    let (closed, ()) = tokio::join!(client.shutdown(), async {
        assert_eq!(peer.next().await, None);
        drop(peer);
    });
    assert_eq!(closed.reason, ClosedReason::ShutDown);
    assert!(client.models(ListModels::new()).await.is_err());
}
