//! OpenAI's Chat Completions, and what resembles them.

use codex_ai::FinishReason;
use serde_json::{Map, Value};

use super::{Call, Expected, Streamed, Tokens, arguments, bytes, list, number, string};

/// The error in an answer of success; `null` where what is answered is no answer at all.
pub(super) fn failure(body: &Value) -> Option<Value> {
    let choice = body.pointer("/choices/0").filter(|choice| choice.is_object());
    match choice {
        None => Some(Value::Null),
        Some(choice) => choice.get("error").filter(|error| !error.is_null()).map(|_| choice.clone()),
    }
}

pub(super) fn whole(body: &Value) -> Expected {
    let choice = &body["choices"][0];
    let message = &choice["message"];
    let mut expected = Expected {
        model: string(body, "/model"),
        id: string(body, "/id"),
        refusal: string(message, "/refusal"),
        tokens: tokens(&body["usage"]),
        ..Expected::default()
    };
    content(&mut expected, &message["content"]);
    expected.reasoning += &thinking(message);
    // Calls of tools that take free text are none of functions.
    for call in list(message, "/tool_calls").iter().filter(|call| call["function"].is_object()) {
        expected.calls.push(Call {
            id: string(call, "/id"),
            name: string(call, "/function/name"),
            arguments: match &call["function"]["arguments"] {
                Value::String(text) => arguments(text),
                Value::Null => arguments(""),
                other => other.clone(),
            },
        });
    }
    images(&mut expected, message);
    finish(&mut expected, choice["finish_reason"].as_str().unwrap_or_default());
    expected
}

/// Text, or parts of it; Mistral puts its thinking among them.
fn content(expected: &mut Expected, content: &Value) {
    expected.text += content.as_str().unwrap_or_default();
    for part in content.as_array().into_iter().flatten() {
        match part["type"].as_str().unwrap_or_default() {
            "thinking" => {
                expected.reasoning += part["thinking"].as_str().unwrap_or_default();
                for thought in list(part, "/thinking") {
                    expected.reasoning += thought["text"].as_str().unwrap_or_default();
                }
            }
            _ => expected.text += part["text"].as_str().unwrap_or_default(),
        }
    }
}

/// The thinking, by whichever name a server has for it.
fn thinking(message: &Value) -> String {
    let named = ["/reasoning", "/reasoning_content"].iter().map(|pointer| string(message, pointer));
    if let Some(text) = named.into_iter().find(|text| !text.is_empty()) {
        return text;
    }
    let details = list(message, "/reasoning_details").iter();
    details.filter_map(|detail| detail["text"].as_str().or_else(|| detail["summary"].as_str())).collect()
}

/// OpenRouter's pictures.
fn images(expected: &mut Expected, message: &Value) {
    for image in list(message, "/images") {
        let url = string(image, "/image_url/url");
        if let Some((mime_type, data)) = url.strip_prefix("data:").and_then(|url| url.split_once(";base64,")) {
            expected.images.push((mime_type.to_owned(), bytes(data)));
        }
    }
}

fn finish(expected: &mut Expected, reason: &str) {
    // Servers that give none, or an empty one, have stopped.
    expected.vendor_finish = Some(reason.to_owned()).filter(|reason| !reason.is_empty());
    expected.finish = match reason {
        _ if !expected.refusal.is_empty() && matches!(reason, "stop" | "") => FinishReason::Refusal,
        "stop" | "" => FinishReason::Stop,
        "length" | "model_length" => FinishReason::Length,
        "tool_calls" | "function_call" => FinishReason::ToolCalls,
        "content_filter" => FinishReason::ContentFilter,
        other => FinishReason::Other(other.to_owned()),
    };
}

fn tokens(usage: &Value) -> Option<Tokens> {
    usage.is_object().then(|| Tokens {
        input: number(usage, &["/prompt_tokens"]),
        output: number(usage, &["/completion_tokens"]),
        // OpenAI; DeepSeek; Mistral; some hosts of open models.
        cached: number(
            usage,
            &[
                "/prompt_tokens_details/cached_tokens",
                "/prompt_cache_hit_tokens",
                "/num_cached_tokens",
                "/cached_tokens",
            ],
        ),
        cache_write: number(usage, &["/prompt_tokens_details/cache_write_tokens"]),
        reasoning: number(usage, &["/completion_tokens_details/reasoning_tokens"]),
    })
}

pub(super) fn stream(events: &[(String, String)]) -> Result<Streamed, String> {
    let mut expected = Expected::default();
    let mut reason = None;
    let mut is_done = false;
    // By the number of the call: its fields, and the text of its arguments.
    let mut calls: Vec<(u64, Map<String, Value>, String)> = Vec::new();
    for (_, data) in events {
        if data == "[DONE]" {
            is_done = true;
            break;
        }
        let event: Value = serde_json::from_str(data).map_err(|error| error.to_string())?;
        if event.get("error").is_some_and(|error| !error.is_null()) {
            return Ok(Streamed::Failed(event));
        }
        for (field, pointer) in [(&mut expected.model, "/model"), (&mut expected.id, "/id")] {
            if field.is_empty() {
                *field = string(&event, pointer);
            }
        }
        for usage in [&event["usage"], &event["x_groq"]["usage"]] {
            expected.tokens = tokens(usage).or(expected.tokens);
        }
        let choice = &event["choices"][0];
        if choice.get("error").is_some_and(|error| !error.is_null()) {
            return Ok(Streamed::Failed(choice.clone()));
        }
        let delta = &choice["delta"];
        let before = expected.text.len();
        content(&mut expected, &delta["content"]);
        expected.pieces += usize::from(expected.text.len() > before);
        expected.reasoning += &thinking(delta);
        expected.refusal += delta["refusal"].as_str().unwrap_or_default();
        images(&mut expected, delta);
        for piece in list(delta, "/tool_calls") {
            let index = piece["index"].as_u64().unwrap_or(0);
            let place = calls.iter().position(|(of, ..)| *of == index).unwrap_or_else(|| {
                calls.push((index, Map::new(), String::new()));
                calls.len() - 1
            });
            let (_, fields, text) = &mut calls[place];
            for (name, value) in [("id", &piece["id"]), ("name", &piece["function"]["name"])] {
                if value.as_str().is_some_and(|value| !value.is_empty()) {
                    fields.insert(name.to_owned(), value.clone());
                }
            }
            text.push_str(piece["function"]["arguments"].as_str().unwrap_or_default());
        }
        reason = choice["finish_reason"].as_str().map(str::to_owned).or(reason);
    }
    if reason.is_none() && !is_done {
        return Ok(Streamed::CutOff);
    }
    for (_, fields, text) in calls {
        let word = |name: &str| fields.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        expected.calls.push(Call { id: word("id"), name: word("name"), arguments: arguments(&text) });
    }
    finish(&mut expected, reason.as_deref().unwrap_or_default());
    Ok(Streamed::Whole(Box::new(expected)))
}
