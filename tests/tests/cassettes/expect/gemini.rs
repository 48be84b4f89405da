//! Gemini's `generateContent`.

use codex_ai::FinishReason;
use serde_json::{Value, json};

use super::{Call, Expected, Streamed, Tokens, bytes, list, number, string};

pub(super) fn whole(body: &Value) -> Expected {
    let mut expected = Expected::default();
    frame(&mut expected, body);
    expected
}

/// Adds what one answer, or one frame of a stream, brings.
fn frame(expected: &mut Expected, body: &Value) {
    for (field, pointer) in [(&mut expected.model, "/modelVersion"), (&mut expected.id, "/responseId")] {
        let said = string(body, pointer);
        if !said.is_empty() {
            *field = said;
        }
    }
    let candidate = &body["candidates"][0];
    for part in list(candidate, "/content/parts") {
        let thought = part["thought"] == json!(true);
        let text = part["text"].as_str().unwrap_or_default();
        if thought {
            expected.reasoning += text;
        } else {
            expected.text += text;
        }
        if let Some(call) = part.get("functionCall") {
            expected.calls.push(Call {
                id: string(call, "/id"),
                name: string(call, "/name"),
                arguments: call.get("args").cloned().unwrap_or_else(|| json!({})),
            });
        }
        let mime_type = string(part, "/inlineData/mimeType");
        if mime_type.starts_with("image/") && !thought {
            expected.images.push((mime_type, bytes(&string(part, "/inlineData/data"))));
        }
    }
    let usage = &body["usageMetadata"];
    if usage.is_object() {
        expected.tokens = Some(Tokens {
            // What a tool of the vendor read for the model counts as input: only so the sum is the vendor's own.
            input: number(usage, &["/promptTokenCount"]) + number(usage, &["/toolUsePromptTokenCount"]),
            output: number(usage, &["/candidatesTokenCount"]) + number(usage, &["/thoughtsTokenCount"]),
            cached: number(usage, &["/cachedContentTokenCount"]),
            cache_write: 0,
            reasoning: number(usage, &["/thoughtsTokenCount"]),
        });
    }
    let blocked = body.pointer("/promptFeedback/blockReason").and_then(Value::as_str);
    let Some(reason) = candidate["finishReason"].as_str().or(blocked) else { return };
    expected.vendor_finish = Some(reason.to_owned());
    expected.finish = match reason {
        _ if blocked.is_some() => FinishReason::ContentFilter,
        "STOP" => FinishReason::Stop,
        "MAX_TOKENS" => FinishReason::Length,
        "SAFETY"
        | "RECITATION"
        | "BLOCKLIST"
        | "PROHIBITED_CONTENT"
        | "SPII"
        | "IMAGE_SAFETY"
        | "MODEL_ARMOR"
        | "IMAGE_PROHIBITED_CONTENT"
        | "IMAGE_RECITATION" => FinishReason::ContentFilter,
        other => FinishReason::Other(other.to_owned()),
    };
}

pub(super) fn stream(events: &[(String, String)]) -> Result<Streamed, String> {
    let mut expected = Expected::default();
    for (_, data) in events {
        let event: Value = serde_json::from_str(data).map_err(|error| error.to_string())?;
        if event.get("error").is_some() {
            return Ok(Streamed::Failed(event));
        }
        let before = expected.text.len();
        frame(&mut expected, &event);
        expected.pieces += usize::from(expected.text.len() > before);
    }
    if expected.vendor_finish.is_none() { Ok(Streamed::CutOff) } else { Ok(Streamed::Whole(Box::new(expected))) }
}
