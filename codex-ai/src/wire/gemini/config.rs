//! The field `generationConfig`: what the options, the form of the answer and an extra field of that name say.

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::value::RawValue;

use super::{Object, camel};
use crate::request::Options;

pub(super) struct Config<'a> {
    pub(super) options: &'a Options,
    pub(super) output: Form<'a>,
    /// The level of thinking, and what an extra `thinkingConfig` adds.
    pub(super) effort: Option<&'a str>,
    pub(super) thinking: Option<&'a Object>,
    /// The extra `generationConfig`, if it is merged.
    pub(super) extra: Option<&'a Object>,
}

/// The form of the answer.
pub(super) enum Form<'a> {
    Text,
    Json,
    Schema { field: &'static str, schema: &'a RawValue },
}

impl Config<'_> {
    pub(super) fn size_hint(&self) -> usize {
        match &self.output {
            Form::Schema { schema, .. } => schema.get().len(),
            _ => 0,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        let Options { temperature, max_tokens, top_p, top_k, stop, seed, presence_penalty, frequency_penalty, .. } =
            self.options;
        temperature.is_none()
            && max_tokens.is_none()
            && top_p.is_none()
            && top_k.is_none()
            && stop.is_empty()
            && seed.is_none()
            && presence_penalty.is_none()
            && frequency_penalty.is_none()
            && self.effort.is_none()
            && self.extra.is_none()
            && matches!(self.output, Form::Text)
    }
}

impl Serialize for Config<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Options { temperature, max_tokens, top_p, top_k, stop, seed, presence_penalty, frequency_penalty, .. } =
            self.options;
        let mut map = serializer.serialize_map(None)?;
        for (name, value) in [
            ("temperature", temperature),
            ("topP", top_p),
            ("presencePenalty", presence_penalty),
            ("frequencyPenalty", frequency_penalty),
        ] {
            if let Some(value) = value {
                map.serialize_entry(name, value)?;
            }
        }
        if let Some(top_k) = top_k {
            map.serialize_entry("topK", top_k)?;
        }
        if let Some(limit) = max_tokens {
            map.serialize_entry("maxOutputTokens", limit)?;
        }
        if !stop.is_empty() {
            map.serialize_entry("stopSequences", stop)?;
        }
        if let Some(seed) = seed {
            map.serialize_entry("seed", seed)?;
        }
        match &self.output {
            Form::Text => {}
            Form::Json => map.serialize_entry("responseMimeType", "application/json")?,
            Form::Schema { field, schema } => {
                map.serialize_entry("responseMimeType", "application/json")?;
                map.serialize_entry(field, schema)?;
            }
        }
        if let Some(effort) = self.effort {
            map.serialize_entry("thinkingConfig", &Thinking { effort, extra: self.thinking })?;
        }
        for (name, value) in self.extra.into_iter().flatten() {
            if !(self.effort.is_some() && camel(name) == "thinkingConfig") {
                map.serialize_entry(name, value)?;
            }
        }
        map.end()
    }
}

struct Thinking<'a> {
    effort: &'a str,
    extra: Option<&'a Object>,
}

impl Serialize for Thinking<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("thinkingLevel", &self.effort.to_ascii_uppercase())?;
        for (name, value) in self.extra.into_iter().flatten() {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}
