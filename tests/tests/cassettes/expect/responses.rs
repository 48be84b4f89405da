//! OpenAI's Responses API.

use codex_ai::FinishReason;
use serde_json::Value;

use super::{Call, Expected, Streamed, Tokens, arguments, bytes, list, number, string};

pub(super) fn whole(body: &Value) -> Expected {
    let mut expected = Expected { model: string(body, "/model"), id: string(body, "/id"), ..Expected::default() };
    for item in list(body, "/output") {
        match item["type"].as_str().unwrap_or_default() {
            // What the model says on its way to the answer is none.
            "message" if item["phase"].as_str().is_none_or(|phase| phase == "final_answer") => {
                for part in list(item, "/content") {
                    expected.text +=
                        part["text"].as_str().filter(|_| part["type"] == "output_text").unwrap_or_default();
                    expected.refusal += part["refusal"].as_str().unwrap_or_default();
                }
            }
            "reasoning" => {
                let place = if list(item, "/summary").is_empty() { "/content" } else { "/summary" };
                for part in list(item, place) {
                    expected.reasoning += part["text"].as_str().unwrap_or_default();
                }
            }
            "function_call" => expected.calls.push(Call {
                id: string(item, "/call_id"),
                name: string(item, "/name"),
                arguments: arguments(item["arguments"].as_str().unwrap_or_default()),
            }),
            "image_generation_call" => {
                if let Some(result) = item["result"].as_str() {
                    let format = item["output_format"].as_str().unwrap_or("png");
                    expected.images.push((format!("image/{format}"), bytes(result)));
                }
            }
            _ => {}
        }
    }
    let usage = &body["usage"];
    expected.tokens = usage.is_object().then(|| Tokens {
        input: number(usage, &["/input_tokens"]),
        output: number(usage, &["/output_tokens"]),
        cached: number(usage, &["/input_tokens_details/cached_tokens"]),
        cache_write: number(usage, &["/input_tokens_details/cache_write_tokens"]),
        reasoning: number(usage, &["/output_tokens_details/reasoning_tokens"]),
    });
    let why = body["incomplete_details"]["reason"].as_str();
    expected.finish = match (body["status"].as_str().unwrap_or_default(), why) {
        ("completed" | "complete", _) if !expected.refusal.is_empty() => FinishReason::Refusal,
        ("completed" | "complete", _) => FinishReason::Stop,
        ("incomplete", Some("max_output_tokens")) => FinishReason::Length,
        ("incomplete", Some("content_filter")) => FinishReason::ContentFilter,
        ("incomplete", Some(why)) => FinishReason::Other(why.to_owned()),
        (status, _) => FinishReason::Other(status.to_owned()),
    };
    expected
}

pub(super) fn stream(events: &[(String, String)]) -> Result<Streamed, String> {
    let mut aside = Vec::new();
    let mut pieces = 0;
    for (_, data) in events.iter().filter(|(_, data)| data != "[DONE]") {
        let event: Value = serde_json::from_str(data).map_err(|error| error.to_string())?;
        match event["type"].as_str().unwrap_or_default() {
            "response.output_item.added" if event["item"]["phase"] == "commentary" => {
                aside.push(event["output_index"].clone());
            }
            "response.output_text.delta" if !aside.contains(&event["output_index"]) => pieces += 1,
            "response.completed" | "response.incomplete" => {
                return Ok(Streamed::Whole(Box::new(Expected { pieces, ..whole(&event["response"]) })));
            }
            "response.failed" => return Ok(Streamed::Failed(event["response"].clone())),
            "error" => return Ok(Streamed::Failed(event)),
            _ if event.get("error").is_some_and(|error| !error.is_null()) => return Ok(Streamed::Failed(event)),
            _ => {}
        }
    }
    Ok(Streamed::CutOff)
}
