//! Why a model stopped.

use std::borrow::Cow;

use crate::message::Part;
use crate::reply::{FinishReason, Reply};

/// Sets both reasons of a reply. A server that says nothing means `stop`, or `tool_calls` where there are any.
pub(super) fn set_finish(reply: &mut Reply, said: Option<&str>) {
    let has = |wanted: fn(&Part) -> bool| reply.parts.iter().any(wanted);
    let calls = has(|part| matches!(part, Part::ToolCall(_)));
    let said = match said {
        None | Some("") if calls => "tool_calls",
        None | Some("") => "stop",
        Some(said) => said,
    };
    reply.finish_reason = match reason_of(said) {
        FinishReason::Stop if has(|part| matches!(part, Part::Refusal(_))) => FinishReason::Refusal,
        // Some servers say `stop` all the same.
        FinishReason::Stop if calls => FinishReason::ToolCalls,
        reason => reason,
    };
    reply.vendor_finish_reason = Some(known(said).map_or_else(|| Cow::Owned(said.to_owned()), Cow::Borrowed));
}

/// The `finish_reason` that says this.
pub(super) fn finish_name(reply: &Reply) -> &str {
    let name = match &reply.finish_reason {
        FinishReason::Stop | FinishReason::Refusal => "stop",
        FinishReason::Length => "length",
        FinishReason::ToolCalls => "tool_calls",
        FinishReason::ContentFilter => "content_filter",
        FinishReason::Other(other) => other,
    };
    match reply.vendor_finish_reason.as_deref() {
        // The vendor's own word, where it is of this format and says the same.
        Some(said) if known(said).is_some() && reason_of(said) == reason_of(name) => said,
        Some(said) if said == "stop" && reply.finish_reason == FinishReason::ToolCalls => said,
        _ => name,
    }
}

fn reason_of(said: &str) -> FinishReason {
    match said {
        "stop" | "eos" => FinishReason::Stop,
        // `model_length` is Mistral's word for a full context.
        "length" | "model_length" => FinishReason::Length,
        "tool_calls" | "function_call" => FinishReason::ToolCalls,
        // `sensitive` is Z.ai's.
        "content_filter" | "sensitive" => FinishReason::ContentFilter,
        other => FinishReason::Other(other.to_owned()),
    }
}

fn known(said: &str) -> Option<&'static str> {
    const KNOWN: [&str; 8] =
        ["stop", "length", "tool_calls", "content_filter", "function_call", "eos", "model_length", "sensitive"];
    KNOWN.into_iter().find(|known| *known == said)
}
