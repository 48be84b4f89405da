//! Where a notification carries its ids, and what it is worth.
//!
//! Generated from the stored `routing_table.json` of codex 0.169.0; a test compares. Not to be edited: write it anew with
//! `cargo run -p codex-ai-tests --example app-server-routes -- routing_table.json > codex-ai/src/app_server/core/routes.rs`.

use super::log::Keep;

/// Where an id is in the parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum At {
    Nowhere,
    /// `/turnId`, `/threadId`.
    Top,
    /// `/turn/id`, `/thread/id`.
    Nested,
}

/// One method of the server.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Route {
    pub(crate) method: &'static str,
    pub(crate) turn: At,
    pub(crate) thread: At,
    pub(crate) keep: Keep,
}

/// The route of a notification; `None` for a method that nobody here knows.
#[rustfmt::skip] // One row a line.
pub(crate) fn find(method: &str) -> Option<&'static Route> {
    // A handful of methods have the same length, so the texts compared are few.
    let routes: &[Route] = match method.len() {
        5 => &[
            Route { method: "error", turn: At::Top, thread: At::Top, keep: Keep::Always },
        ],
        7 => &[
            Route { method: "warning", turn: At::Nowhere, thread: At::Top, keep: Keep::Usual },
        ],
        10 => &[
            Route { method: "fs/changed", turn: At::Nowhere, thread: At::Nowhere, keep: Keep::Usual },
        ],
        12 => &[
            Route { method: "hook/started", turn: At::Top, thread: At::Top, keep: Keep::Usual },
            Route { method: "item/started", turn: At::Top, thread: At::Top, keep: Keep::Usual },
            Route { method: "turn/started", turn: At::Nested, thread: At::Top, keep: Keep::Usual },
        ],
        13 => &[
            Route { method: "configWarning", turn: At::Nowhere, thread: At::Nowhere, keep: Keep::Usual },
            Route { method: "thread/closed", turn: At::Nowhere, thread: At::Top, keep: Keep::Usual },
        ],
        14 => &[
            Route { method: "hook/completed", turn: At::Top, thread: At::Top, keep: Keep::Usual },
            Route { method: "item/completed", turn: At::Top, thread: At::Top, keep: Keep::Usual },
            Route { method: "model/rerouted", turn: At::Top, thread: At::Top, keep: Keep::Usual },
            Route { method: "process/exited", turn: At::Nowhere, thread: At::Nowhere, keep: Keep::Usual },
            Route { method: "skills/changed", turn: At::Nowhere, thread: At::Nowhere, keep: Keep::Usual },
            Route { method: "thread/deleted", turn: At::Nowhere, thread: At::Top, keep: Keep::Usual },
            Route { method: "thread/started", turn: At::Nowhere, thread: At::Nested, keep: Keep::Usual },
            Route { method: "turn/completed", turn: At::Nested, thread: At::Top, keep: Keep::Always },
        ],
        15 => &[
            Route { method: "account/updated", turn: At::Nowhere, thread: At::Nowhere, keep: Keep::Usual },
            Route { method: "guardianWarning", turn: At::Nowhere, thread: At::Top, keep: Keep::Usual },
            Route { method: "item/plan/delta", turn: At::Top, thread: At::Top, keep: Keep::Delta },
            Route { method: "project/changed", turn: At::Nowhere, thread: At::Nowhere, keep: Keep::Usual },
            Route { method: "thread/archived", turn: At::Nowhere, thread: At::Top, keep: Keep::Usual },
            Route { method: "thread/reverted", turn: At::Nowhere, thread: At::Top, keep: Keep::Usual },
        ],
        16 => &[
            Route { method: "app/list/updated", turn: At::Nowhere, thread: At::Nowhere, keep: Keep::Usual },
            Route { method: "thread/compacted", turn: At::Top, thread: At::Top, keep: Keep::Usual },
        ],
        17 => &[
            Route { method: "deprecationNotice", turn: At::Nowhere, thread: At::Nowhere, keep: Keep::Usual },
            Route { method: "thread/unarchived", turn: At::Nowhere, thread: At::Top, keep: Keep::Usual },
            Route { method: "turn/diff/updated", turn: At::Top, thread: At::Top, keep: Keep::Usual },
            Route { method: "turn/plan/updated", turn: At::Top, thread: At::Top, keep: Keep::Usual },
        ],
        18 => &[
            Route { method: "model/verification", turn: At::Top, thread: At::Top, keep: Keep::Usual },
        ],
        19 => &[
            Route { method: "process/outputDelta", turn: At::Nowhere, thread: At::Nowhere, keep: Keep::Usual },
            Route { method: "thread/goal/cleared", turn: At::Nowhere, thread: At::Top, keep: Keep::Always },
            Route { method: "thread/goal/updated", turn: At::Top, thread: At::Top, keep: Keep::Always },
            Route { method: "thread/name/updated", turn: At::Nowhere, thread: At::Top, keep: Keep::Usual },
            Route { method: "thread/realtime/sdp", turn: At::Nowhere, thread: At::Top, keep: Keep::Usual },
        ],
        20 => &[
            Route { method: "thread/queue/changed", turn: At::Nowhere, thread: At::Top, keep: Keep::Usual },
        ],
        21 => &[
            Route { method: "thread/realtime/error", turn: At::Nowhere, thread: At::Top, keep: Keep::Usual },
            Route { method: "thread/status/changed", turn: At::Nowhere, thread: At::Top, keep: Keep::Usual },
        ],
        22 => &[
            Route { method: "serverRequest/resolved", turn: At::Nowhere, thread: At::Top, keep: Keep::Usual },
            Route { method: "thread/project/updated", turn: At::Nowhere, thread: At::Top, keep: Keep::Usual },
            Route { method: "thread/realtime/closed", turn: At::Nowhere, thread: At::Top, keep: Keep::Usual },
            Route { method: "thread/section/changed", turn: At::Nowhere, thread: At::Top, keep: Keep::Usual },
        ],
        23 => &[
            Route { method: "account/login/completed", turn: At::Nowhere, thread: At::Nowhere, keep: Keep::Usual },
            Route { method: "item/agentMessage/delta", turn: At::Top, thread: At::Top, keep: Keep::Delta },
            Route { method: "thread/realtime/started", turn: At::Nowhere, thread: At::Top, keep: Keep::Usual },
            Route { method: "thread/settings/updated", turn: At::Nowhere, thread: At::Top, keep: Keep::Usual },
            Route { method: "turn/moderationMetadata", turn: At::Top, thread: At::Top, keep: Keep::Usual },
        ],
        24 => &[
            Route { method: "command/exec/outputDelta", turn: At::Nowhere, thread: At::Nowhere, keep: Keep::Usual },
            Route { method: "item/reasoning/textDelta", turn: At::Top, thread: At::Top, keep: Keep::Delta },
            Route { method: "thread/readState/changed", turn: At::Nowhere, thread: At::Top, keep: Keep::Usual },
        ],
        25 => &[
            Route { method: "item/mcpToolCall/progress", turn: At::Top, thread: At::Top, keep: Keep::Usual },
            Route { method: "thread/attachment/updated", turn: At::Nowhere, thread: At::Top, keep: Keep::Usual },
            Route { method: "thread/prediction/updated", turn: At::Nowhere, thread: At::Top, keep: Keep::Usual },
            Route { method: "thread/realtime/itemAdded", turn: At::Nowhere, thread: At::Top, keep: Keep::Usual },
            Route { method: "thread/tokenUsage/updated", turn: At::Top, thread: At::Top, keep: Keep::Usual },
        ],
        26 => &[
            Route { method: "account/rateLimits/updated", turn: At::Nowhere, thread: At::Nowhere, keep: Keep::Usual },
        ],
        27 => &[
            Route { method: "item/fileChange/outputDelta", turn: At::Top, thread: At::Top, keep: Keep::Delta },
        ],
        28 => &[
            Route { method: "account/gatewayOAuth/changed", turn: At::Nowhere, thread: At::Nowhere, keep: Keep::Usual },
            Route { method: "item/fileChange/patchUpdated", turn: At::Top, thread: At::Top, keep: Keep::Usual },
            Route { method: "remoteControl/status/changed", turn: At::Nowhere, thread: At::Nowhere, keep: Keep::Usual },
            Route { method: "thread/environment/connected", turn: At::Nowhere, thread: At::Top, keep: Keep::Usual },
            Route { method: "thread/realtime/item/started", turn: At::Nowhere, thread: At::Top, keep: Keep::Usual },
            Route { method: "windows/worldWritableWarning", turn: At::Nowhere, thread: At::Nowhere, keep: Keep::Usual },
        ],
        29 => &[
            Route { method: "model/safetyBuffering/updated", turn: At::Top, thread: At::Top, keep: Keep::Usual },
            Route { method: "windowsSandbox/setupCompleted", turn: At::Nowhere, thread: At::Nowhere, keep: Keep::Usual },
        ],
        30 => &[
            Route { method: "fuzzyFileSearch/sessionUpdated", turn: At::Nowhere, thread: At::Nowhere, keep: Keep::Usual },
            Route { method: "mcpServer/oauthLogin/completed", turn: At::Nowhere, thread: At::Top, keep: Keep::Usual },
            Route { method: "thread/realtime/item/completed", turn: At::Nowhere, thread: At::Top, keep: Keep::Usual },
        ],
        31 => &[
            Route { method: "item/autoApprovalReview/started", turn: At::Top, thread: At::Top, keep: Keep::Usual },
            Route { method: "item/reasoning/summaryPartAdded", turn: At::Top, thread: At::Top, keep: Keep::Usual },
            Route { method: "item/reasoning/summaryTextDelta", turn: At::Top, thread: At::Top, keep: Keep::Delta },
            Route { method: "mcpServer/startupStatus/updated", turn: At::Nowhere, thread: At::Top, keep: Keep::Usual },
            Route { method: "thread/environment/disconnected", turn: At::Nowhere, thread: At::Top, keep: Keep::Usual },
            Route { method: "thread/realtime/transcript/done", turn: At::Nowhere, thread: At::Top, keep: Keep::Usual },
        ],
        32 => &[
            Route { method: "fuzzyFileSearch/sessionCompleted", turn: At::Nowhere, thread: At::Nowhere, keep: Keep::Usual },
            Route { method: "thread/realtime/transcript/delta", turn: At::Nowhere, thread: At::Top, keep: Keep::Usual },
        ],
        33 => &[
            Route { method: "item/autoApprovalReview/completed", turn: At::Top, thread: At::Top, keep: Keep::Usual },
            Route { method: "item/commandExecution/outputDelta", turn: At::Top, thread: At::Top, keep: Keep::Delta },
            Route { method: "modelProvider/authRecoveryStarted", turn: At::Top, thread: At::Top, keep: Keep::Usual },
            Route { method: "thread/realtime/outputAudio/delta", turn: At::Nowhere, thread: At::Top, keep: Keep::Usual },
        ],
        35 => &[
            Route { method: "externalAgentConfig/import/progress", turn: At::Nowhere, thread: At::Nowhere, keep: Keep::Usual },
            Route { method: "mcpServer/event/stream/notification", turn: At::Nowhere, thread: At::Nowhere, keep: Keep::Usual },
            Route { method: "modelProvider/authRecoveryCompleted", turn: At::Top, thread: At::Top, keep: Keep::Usual },
        ],
        36 => &[
            Route { method: "externalAgentConfig/import/completed", turn: At::Nowhere, thread: At::Nowhere, keep: Keep::Usual },
        ],
        37 => &[
            Route { method: "thread/realtime/item/transcript/delta", turn: At::Nowhere, thread: At::Top, keep: Keep::Usual },
        ],
        39 => &[
            Route { method: "autoApprovalReview/strictReviewRequired", turn: At::Top, thread: At::Top, keep: Keep::Usual },
        ],
        41 => &[
            Route { method: "item/commandExecution/terminalInteraction", turn: At::Top, thread: At::Top, keep: Keep::Usual },
        ],
        _ => &[],
    };
    routes.iter().find(|route| route.method == method)
}
