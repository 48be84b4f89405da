//! A `GenerateContentResponse` as it is read: a whole answer, or one frame of a stream.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

use super::read_part::{WirePart, read_part};
use super::{Field, Text, value_of};
use crate::message::Part;
use crate::reply::{FinishReason, Usage};

/// What is read of an answer; `C` is a candidate.
pub(super) struct Answer<'a, C> {
    pub(super) candidates: Option<Vec<C>>,
    pub(super) feedback: Option<&'a RawValue>,
    pub(super) usage: Option<&'a RawValue>,
    pub(super) model: Option<&'a RawValue>,
    pub(super) id: Option<&'a RawValue>,
    pub(super) error: Option<&'a RawValue>,
    pub(super) rest: Vec<Field<'a>>,
}

/// One candidate.
#[derive(Default)]
pub(super) struct Candidate<'a> {
    pub(super) parts: Vec<Piece<'a>>,
    pub(super) finish_reason: Option<Cow<'a, str>>,
    pub(super) index: u64,
    pub(super) rest: Vec<Field<'a>>,
}

/// A part, or what could not be read as one.
pub(super) enum Piece<'a> {
    Part(WirePart<'a>),
    Raw(&'a RawValue),
}

impl<'de: 'a, 'a> Deserialize<'de> for Piece<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        WirePart::deserialize(deserializer).map(Self::Part)
    }
}

impl Piece<'_> {
    pub(super) fn read(self) -> (Part, Option<Part>) {
        match self {
            Self::Part(part) => read_part(part),
            Self::Raw(raw) => (Part::Raw(value_of(raw)), None),
        }
    }
}

/// Reads an answer. One odd field must not lose the others: where the usual shape does not fit, each is read by itself.
///
/// # Errors
/// That of serde_json where it is no JSON object.
pub(super) fn read_answer(text: &str) -> serde_json::Result<Answer<'_, Candidate<'_>>> {
    serde_json::from_str(text).or_else(|_| {
        let Answer { candidates, feedback, usage, model, id, error, rest } =
            serde_json::from_str::<Answer<'_, &RawValue>>(text)?;
        let candidates = candidates.map(|list| list.into_iter().map(lenient).collect());
        Ok(Answer { candidates, feedback, usage, model, id, error, rest })
    })
}

/// The candidate whose fields are read one by one.
fn lenient(raw: &RawValue) -> Candidate<'_> {
    if let Ok(candidate) = serde_json::from_str(raw.get()) {
        return candidate;
    }
    let mut candidate = Candidate::default();
    let Ok(Object(fields)) = serde_json::from_str::<Object<'_>>(raw.get()) else { return candidate };
    for (name, value) in fields {
        match &*name {
            "content" => {
                let Ok(Object(content)) = serde_json::from_str::<Object<'_>>(value.get()) else { continue };
                for (_, parts) in content.into_iter().filter(|(name, _)| name == "parts") {
                    let parts = serde_json::from_str::<Vec<&RawValue>>(parts.get()).unwrap_or_default();
                    let read = |raw| from_raw(raw).unwrap_or(Piece::Raw(raw));
                    candidate.parts.extend(parts.into_iter().map(read));
                }
            }
            "finishReason" | "finish_reason" => candidate.finish_reason = text_of(Some(value)).map(Cow::Owned),
            "index" => candidate.index = value.get().parse().unwrap_or_default(),
            _ => candidate.rest.push((name, value)),
        }
    }
    candidate
}

fn from_raw(raw: &RawValue) -> Option<Piece<'_>> {
    serde_json::from_str(raw.get()).ok()
}

/// The text of a field that should be one.
pub(super) fn text_of(raw: Option<&RawValue>) -> Option<String> {
    match value_of(raw?) {
        Value::String(text) => Some(text).filter(|text| !text.is_empty()),
        Value::Null => None,
        other => Some(other.to_string()),
    }
}

/// The reason for which the prompt was not answered.
pub(super) fn block_reason(feedback: Option<&RawValue>) -> Option<String> {
    let feedback = value_of(feedback?);
    let reason = feedback.get("blockReason").or_else(|| feedback.get("block_reason"))?;
    let reason = reason.as_str().map_or_else(|| reason.to_string(), str::to_owned);
    (!matches!(reason.as_str(), "" | "null" | "BLOCK_REASON_UNSPECIFIED" | "BLOCKED_REASON_UNSPECIFIED"))
        .then_some(reason)
}

/// What the vendor's reason means.
pub(super) fn finish_reason(said: &str, calls: bool) -> FinishReason {
    match said {
        "STOP" if calls => FinishReason::ToolCalls,
        "STOP" => FinishReason::Stop,
        "MAX_TOKENS" => FinishReason::Length,
        "SAFETY"
        | "RECITATION"
        | "BLOCKLIST"
        | "PROHIBITED_CONTENT"
        | "SPII"
        | "IMAGE_SAFETY"
        | "IMAGE_PROHIBITED_CONTENT"
        | "IMAGE_RECITATION"
        | "MODEL_ARMOR"
        | "JAILBREAK" => FinishReason::ContentFilter,
        other => FinishReason::Other(other.to_owned()),
    }
}

/// The tokens of an answer. Those of the results of Google's own tools are part of what went in.
pub(super) fn usage(raw: &str) -> Option<Usage> {
    let usage: Value = serde_json::from_str(raw).ok()?;
    let count = |camel: &str, snake: &str| match usage.get(camel).or_else(|| usage.get(snake)) {
        Some(Value::Number(number)) => number.as_u64().or_else(|| number.as_f64().map(|n| n as u64)).unwrap_or(0),
        // 64-bit numbers are texts in the JSON of protobuf.
        Some(Value::String(text)) => text.parse().unwrap_or(0),
        _ => 0,
    };
    let prompt = count("promptTokenCount", "prompt_token_count");
    let tools = count("toolUsePromptTokenCount", "tool_use_prompt_token_count");
    let thoughts = count("thoughtsTokenCount", "thoughts_token_count");
    let answer = count("candidatesTokenCount", "candidates_token_count");
    usage.is_object().then(|| Usage {
        input_tokens: prompt.saturating_add(tools),
        output_tokens: answer.saturating_add(thoughts),
        cached_tokens: count("cachedContentTokenCount", "cached_content_token_count"),
        cache_write_tokens: 0,
        reasoning_tokens: thoughts,
    })
}

impl<'de, C: Deserialize<'de>> Deserialize<'de> for Answer<'de, C> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields<C>(PhantomData<C>);
        impl<'de, C: Deserialize<'de>> Visitor<'de> for Fields<C> {
            type Value = Answer<'de, C>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an answer")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut answer = Answer {
                    candidates: None,
                    feedback: None,
                    usage: None,
                    model: None,
                    id: None,
                    error: None,
                    rest: Vec::new(),
                };
                while let Some(Text(name)) = map.next_key()? {
                    match &*name {
                        "candidates" => answer.candidates = map.next_value()?,
                        "promptFeedback" | "prompt_feedback" => answer.feedback = map.next_value()?,
                        "usageMetadata" | "usage_metadata" => answer.usage = map.next_value()?,
                        "modelVersion" | "model_version" => answer.model = map.next_value()?,
                        "responseId" | "response_id" => answer.id = map.next_value()?,
                        "error" => answer.error = map.next_value()?,
                        _ => answer.rest.push((name, map.next_value()?)),
                    }
                }
                Ok(answer)
            }
        }
        deserializer.deserialize_map(Fields(PhantomData))
    }
}

impl<'de> Deserialize<'de> for Candidate<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Content<'a> {
            #[serde(borrow)]
            parts: Option<Vec<Piece<'a>>>,
        }
        struct Fields;
        impl<'de> Visitor<'de> for Fields {
            type Value = Candidate<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a candidate")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut candidate = Candidate::default();
                while let Some(Text(name)) = map.next_key()? {
                    match &*name {
                        "content" => {
                            let content = map.next_value::<Option<Content<'_>>>()?;
                            candidate.parts = content.and_then(|content| content.parts).unwrap_or_default();
                        }
                        "finishReason" | "finish_reason" => {
                            candidate.finish_reason = map.next_value::<Option<Text<'_>>>()?.map(|Text(text)| text);
                        }
                        "index" => candidate.index = map.next_value::<Option<u64>>()?.unwrap_or_default(),
                        _ => candidate.rest.push((name, map.next_value()?)),
                    }
                }
                Ok(candidate)
            }
        }
        deserializer.deserialize_map(Fields)
    }
}

/// An object whose fields are left as they are.
pub(super) struct Object<'a>(pub(super) Vec<Field<'a>>);

impl<'de> Deserialize<'de> for Object<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Each;
        impl<'de> Visitor<'de> for Each {
            type Value = Object<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut fields = Vec::new();
                while let Some(Text(name)) = map.next_key()? {
                    fields.push((name, map.next_value()?));
                }
                Ok(Object(fields))
            }
        }
        deserializer.deserialize_map(Each)
    }
}
