//! Every notification is read as what it is.

use std::fs;

use codex_ai::app_server::{Client, ClientOptions, EventKind, Events, Item, ThreadOptions};
use codex_ai_tests::data;
use codex_ai_tests::random_values::{Dice, any_value, value_of};
use serde_json::{Value, json};

use super::numbers;
use super::schema::Schema;
use crate::peer::Peer;

/// The notifications that are read by nobody here, and stay JSON: what belongs to parts of the server that the client
/// has no methods for.
const UNKNOWN: &[&str] = &[
    "thread/section/changed",
    "thread/attachment/updated",
    "thread/prediction/updated",
    "project/changed",
    "thread/project/updated",
    "command/exec/outputDelta",
    "process/outputDelta",
    "process/exited",
    "mcpServer/event/stream/notification",
    "account/gatewayOAuth/changed",
    "app/list/updated",
    "externalAgentConfig/import/progress",
    "externalAgentConfig/import/completed",
    "fuzzyFileSearch/sessionUpdated",
    "fuzzyFileSearch/sessionCompleted",
    "thread/realtime/started",
    "thread/realtime/itemAdded",
    "thread/realtime/item/started",
    "thread/realtime/item/transcript/delta",
    "thread/realtime/item/completed",
    "thread/realtime/transcript/delta",
    "thread/realtime/transcript/done",
    "thread/realtime/outputAudio/delta",
    "thread/realtime/sdp",
    "thread/realtime/error",
    "thread/realtime/closed",
    "windows/worldWritableWarning",
    "windowsSandbox/setupCompleted",
];

/// A client that is told notifications.
struct Told {
    peer: Peer,
    thread: Events,
    global: Events,
    told: u64,
    _client: Client,
}

impl Told {
    async fn new() -> Self {
        let (client, mut peer) = Peer::connect(ClientOptions::new()).await;
        let (thread, ()) = tokio::join!(client.start_thread(ThreadOptions::new()), peer.start_thread("t1"));
        let (thread, global) = (thread.unwrap().events(), client.events());
        Self { peer, thread, global, told: 0, _client: client }
    }

    /// What the client makes of it, as one of its only thread.
    async fn kind(&mut self, method: &str, mut params: Value) -> EventKind {
        let mut is_of_thread = false;
        for at in ["/threadId", "/thread/id"] {
            if let Some(id) = params.pointer_mut(at).filter(|id| id.is_string()) {
                *id = json!("t1");
                is_of_thread = true;
            }
        }
        // No field of the protocol; by it, this one is known among those like it.
        self.told += 1;
        let mark = json!(self.told);
        params["mark"] = mark.clone();
        self.peer.notify(method, params).await;
        let events = if is_of_thread { &mut self.thread } else { &mut self.global };
        loop {
            let event = events.next().await.unwrap().unwrap();
            if serde_json::from_str::<Value>(event.params()).unwrap()["mark"] == mark {
                assert_eq!(event.method(), method);
                return event.kind();
            }
        }
    }
}

#[tokio::test]
async fn every_recorded_notification_is_read_whole() {
    let Some(folder) = data::path("app-server-transcripts") else { return };
    let mut told = Told::new().await;
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "jsonl"));
    assert!(!files.is_empty());
    for file in files {
        for line in fs::read_to_string(&file).unwrap().lines() {
            let line: Value = serde_json::from_str(line).unwrap();
            let message = &line["msg"];
            let (Some(method), None, true) = (message["method"].as_str(), message.get("id"), line["dir"] == "s2c")
            else {
                continue;
            };
            let kind = told.kind(method, message["params"].clone()).await;
            // Inside, too: an item, a status, a policy that is not known.
            assert!(!format!("{kind:?}").contains("Unknown"), "{}: {message}\n{kind:?}", file.display());
        }
    }
}

/// A list of what is not read that has another entry would hide a kind that got lost.
#[test]
fn all_notifications_are_in_the_table_or_in_the_list() {
    let Some(schema) = Schema::load() else { return };
    let methods = schema.methods("ServerNotification");
    for method in UNKNOWN {
        assert!(methods.iter().any(|(known, _)| known == method), "the schema has no `{method}`");
    }
    assert_eq!(methods.len(), 86);
}

/// 3.3, 8.: what the schema allows is read, and what it does not allow is read or stays JSON.
#[tokio::test]
async fn random_notifications_of_the_schema_are_read() {
    let Some(schema) = Schema::load() else { return };
    let mut told = Told::new().await;
    for (method, part) in schema.methods("ServerNotification") {
        let validator = schema.validator(&part);
        let mut made = 0;
        for seed in 1..=200 {
            let numbers = numbers(seed);
            let mut dice = Dice::new(&numbers);
            let Some(params) = value_of(&part, schema.root(), &mut dice, 0).filter(|value| validator.is_valid(value))
            else {
                continue;
            };
            made += 1;
            let kind = told.kind(&method, params.clone()).await;
            let is_unknown = matches!(kind, EventKind::Unknown { .. });
            assert_eq!(is_unknown, UNKNOWN.contains(&&*method), "`{method}`: {params}");
            let item = match &kind {
                EventKind::ItemStarted { item } | EventKind::ItemCompleted { item } => Some(item),
                _ => None,
            };
            assert!(!matches!(item, Some(Item::Unknown(_))), "`{method}`: {params}");
            if made == 20 {
                break;
            }
            let spoilt = spoil(params, &mut dice);
            told.kind(&method, spoilt).await;
        }
        assert!(made > 0, "no value of `{method}` could be made");
    }
}

/// Puts something else in the place of a member.
fn spoil(mut params: Value, dice: &mut Dice<'_>) -> Value {
    let members = params.as_object_mut().into_iter().flatten().filter(|(name, _)| *name != "threadId");
    for (_, value) in members {
        if any_value(dice).is_number() {
            *value = any_value(dice);
        }
    }
    params
}
