//! Anthropic's Messages API.

use codex_ai::FinishReason;
use serde_json::{Map, Value};

use super::{Call, Expected, Streamed, Tokens, arguments, list, number, string};

pub(super) fn whole(body: &Value) -> Expected {
    let mut expected = Expected {
        model: string(body, "/model"),
        id: string(body, "/id"),
        vendor_finish: body["stop_reason"].as_str().map(str::to_owned),
        ..Expected::default()
    };
    for block in list(body, "/content") {
        match block["type"].as_str().unwrap_or_default() {
            "text" => expected.text += block["text"].as_str().unwrap_or_default(),
            "thinking" => expected.reasoning += block["thinking"].as_str().unwrap_or_default(),
            // `server_tool_use` is not for us to call.
            "tool_use" => expected.calls.push(Call {
                id: string(block, "/id"),
                name: string(block, "/name"),
                arguments: block["input"].clone(),
            }),
            _ => {}
        }
    }
    if body["stop_reason"] == "refusal" {
        expected.refusal = string(body, "/stop_details/explanation");
    }
    let usage = &body["usage"];
    let cached = number(usage, &["/cache_read_input_tokens"]);
    let cache_write = number(usage, &["/cache_creation_input_tokens"]);
    expected.tokens = usage.is_object().then(|| Tokens {
        // The vendor counts what came from its cache, or went into it, apart.
        input: number(usage, &["/input_tokens"]) + cached + cache_write,
        output: number(usage, &["/output_tokens"]),
        cached,
        cache_write,
        reasoning: number(usage, &["/output_tokens_details/thinking_tokens"]),
    });
    expected.finish = match body["stop_reason"].as_str().unwrap_or_default() {
        "end_turn" | "stop_sequence" => FinishReason::Stop,
        "max_tokens" | "model_context_window_exceeded" => FinishReason::Length,
        "tool_use" => FinishReason::ToolCalls,
        "refusal" => FinishReason::Refusal,
        other => FinishReason::Other(other.to_owned()),
    };
    expected
}

/// Puts the message together that the events are the pieces of.
pub(super) fn stream(events: &[(String, String)]) -> Result<Streamed, String> {
    let mut message = Value::Null;
    let mut pieces = 0;
    let mut blocks: Vec<(Map<String, Value>, String)> = Vec::new();
    for (_, data) in events {
        let event: Value = serde_json::from_str(data).map_err(|error| error.to_string())?;
        let index = event["index"].as_u64().and_then(|index| usize::try_from(index).ok()).unwrap_or_default();
        match event["type"].as_str().unwrap_or_default() {
            "message_start" => message = event["message"].clone(),
            "content_block_start" => {
                let block = event["content_block"].as_object().cloned().unwrap_or_default();
                if index != blocks.len() {
                    return Err(format!("block {index} comes after {} others", blocks.len()));
                }
                blocks.push((block, String::new()));
            }
            "content_block_delta" => {
                let Some((block, json)) = blocks.get_mut(index) else { return Err(format!("no block {index}")) };
                for name in ["text", "thinking"] {
                    if let (Some(Value::String(text)), Some(more)) =
                        (block.get_mut(name), event["delta"][name].as_str())
                    {
                        text.push_str(more);
                    }
                }
                pieces += usize::from(event["delta"]["text"].as_str().is_some_and(|text| !text.is_empty()));
                json.push_str(event["delta"]["partial_json"].as_str().unwrap_or_default());
            }
            "message_delta" => {
                for (name, value) in event["delta"].as_object().into_iter().flatten() {
                    message[name] = value.clone();
                }
                for (name, value) in event["usage"].as_object().into_iter().flatten().filter(|(_, v)| !v.is_null()) {
                    message["usage"][name] = value.clone();
                }
            }
            "message_stop" => {
                let content = blocks.into_iter().map(|(mut block, json)| {
                    if !json.is_empty() {
                        block.insert("input".to_owned(), arguments(&json));
                    }
                    Value::Object(block)
                });
                message["content"] = content.collect();
                return Ok(Streamed::Whole(Box::new(Expected { pieces, ..whole(&message) })));
            }
            "error" => return Ok(Streamed::Failed(event)),
            _ => {}
        }
    }
    Ok(Streamed::CutOff)
}
