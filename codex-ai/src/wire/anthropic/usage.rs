//! Tokens, and why a model stopped: what whole and streamed answers tell alike.

use std::borrow::Cow;

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Value;

use super::Object;
use crate::message::Part;
use crate::reply::{FinishReason, Usage};

/// The counts of one answer, as the vendor splits them.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Counts {
    is_set: bool,
    input: u64,
    cache_write: u64,
    cache_read: u64,
    output: u64,
    thinking: u64,
}

impl Counts {
    /// Takes over what `usage` says. Counts are totals, also in a stream; what is absent stays.
    pub(super) fn update(&mut self, usage: &Value) {
        if !usage.is_object() {
            return;
        }
        self.is_set = true;
        for (path, count) in [
            ("/input_tokens", &mut self.input),
            ("/cache_creation_input_tokens", &mut self.cache_write),
            ("/cache_read_input_tokens", &mut self.cache_read),
            ("/output_tokens", &mut self.output),
            ("/output_tokens_details/thinking_tokens", &mut self.thinking),
        ] {
            if let Some(Value::Number(number)) = usage.pointer(path) {
                *count = number.as_u64().or_else(|| number.as_f64().map(|n| n as u64)).unwrap_or(0);
            }
        }
    }

    /// Takes over what the first event of a stream says: counts of 0 alone say that nothing is known yet.
    pub(super) fn start(&mut self, usage: &Value) {
        self.update(usage);
        self.is_set &= [self.input, self.cache_write, self.cache_read, self.output].iter().any(|count| *count > 0);
    }

    /// The same, in the library's sense: the input with what came from the cache and what went into it.
    pub(super) fn usage(&self) -> Option<Usage> {
        self.is_set.then(|| Usage {
            input_tokens: self.input.saturating_add(self.cache_write).saturating_add(self.cache_read),
            output_tokens: self.output,
            cached_tokens: self.cache_read,
            cache_write_tokens: self.cache_write,
            reasoning_tokens: self.thinking,
        })
    }
}

/// The field `usage`.
pub(super) struct UsageBody(pub(super) Usage);

impl Serialize for UsageBody {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Usage { input_tokens, output_tokens, cached_tokens, cache_write_tokens, reasoning_tokens } = self.0;
        let mut map = serializer.serialize_map(None)?;
        let uncached = input_tokens.saturating_sub(cached_tokens).saturating_sub(cache_write_tokens);
        map.serialize_entry("input_tokens", &uncached)?;
        map.serialize_entry("cache_creation_input_tokens", &cache_write_tokens)?;
        map.serialize_entry("cache_read_input_tokens", &cached_tokens)?;
        map.serialize_entry("output_tokens", &output_tokens)?;
        if reasoning_tokens > 0 {
            let details = serde_json::json!({ "thinking_tokens": reasoning_tokens });
            map.serialize_entry("output_tokens_details", &details)?;
        }
        map.end()
    }
}

/// What a `stop_reason` says, and the word itself.
pub(super) fn finish_reason(word: Option<String>) -> (FinishReason, Option<Cow<'static, str>>) {
    // What came whole and says nothing of its end came to it.
    let word = word.unwrap_or_else(|| "end_turn".to_owned());
    let (reason, known) = match word.as_str() {
        "end_turn" => (FinishReason::Stop, "end_turn"),
        "stop_sequence" => (FinishReason::Stop, "stop_sequence"),
        "max_tokens" => (FinishReason::Length, "max_tokens"),
        "model_context_window_exceeded" => (FinishReason::Length, "model_context_window_exceeded"),
        "tool_use" => (FinishReason::ToolCalls, "tool_use"),
        "refusal" => (FinishReason::Refusal, "refusal"),
        _ => return (FinishReason::Other(word.clone()), Some(word.into())),
    };
    (reason, Some(known.into()))
}

/// The `stop_reason` that says this: the vendor's own word, where it is one of this vendor.
pub(super) fn stop_reason<'a>(reason: &'a FinishReason, word: Option<&'a str>) -> &'a str {
    if let Some(word) = word
        && finish_reason(Some(word.to_owned())).0 == *reason
    {
        return word;
    }
    match reason {
        FinishReason::Stop => "end_turn",
        FinishReason::Length => "max_tokens",
        FinishReason::ToolCalls => "tool_use",
        FinishReason::ContentFilter | FinishReason::Refusal => "refusal",
        FinishReason::Other(other) => other,
    }
}

/// The words of a refusal and what else `stop_details` says of it.
pub(super) fn refusal(details: Option<Value>) -> impl Iterator<Item = Part> {
    let mut rest = match details {
        Some(Value::Object(details)) if details.get("type").is_some_and(|kind| kind == "refusal") => details,
        _ => Object::new(),
    };
    let words = match rest.shift_remove("explanation") {
        Some(Value::String(words)) => Some(Part::Refusal(words)),
        _ => None,
    };
    rest.shift_remove("type");
    rest.retain(|_, value| !value.is_null());
    [words, super::read_block::companion("refusal", rest)].into_iter().flatten()
}

/// The field `stop_details`.
pub(super) struct StopDetails<'a>(pub(super) &'a [Part]);

impl Serialize for StopDetails<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let words = self.0.iter().find_map(|part| match part {
            Part::Refusal(words) => Some(words),
            _ => None,
        });
        let rest = self.0.iter().find_map(|part| match part {
            Part::Raw(Value::Object(raw)) if raw.get("type").is_some_and(|kind| kind == "refusal") => Some(raw),
            _ => None,
        });
        if words.is_none() && rest.is_none() {
            return serializer.serialize_none();
        }
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("type", "refusal")?;
        for (name, value) in rest.into_iter().flatten().filter(|(name, _)| *name != "type") {
            map.serialize_entry(name, value)?;
        }
        map.serialize_entry("explanation", &words)?;
        map.end()
    }
}
