//! How many tokens a request may take.

use crate::message::Part;
use crate::request::{Output, Request, Tool};

/// How many bytes of text are taken for one token.
const BYTES_PER_TOKEN: usize = 4;

/// What a picture is taken for, in tokens.
const TOKENS_PER_IMAGE: usize = 1000;

/// What a schema is taken for, in tokens; counting it would cost more than it tells.
const TOKENS_PER_SCHEMA: usize = 200;

/// What an answer is taken for, in tokens, where the request sets no limit for it.
const TOKENS_PER_ANSWER: usize = 500;

/// The tokens of a request and its answer, before anybody has counted them.
pub(super) fn tokens(request: &Request) -> f64 {
    let mut bytes = request.system.as_ref().map_or(0, String::len);
    let mut images = 0_usize;
    for part in request.messages.iter().flat_map(|message| &message.parts) {
        match part {
            Part::Text(text) | Part::Reasoning(text) | Part::Refusal(text) => bytes += text.len(),
            Part::ToolCall(call) => bytes += call.name.len() + call.arguments.len(),
            Part::ToolResult(result) => bytes += result.output.len(),
            Part::Image(_) => images += 1,
            _ => bytes += BYTES_PER_TOKEN,
        }
    }
    for tool in &request.tools {
        if let Tool::Function(function) = tool {
            bytes += function.name.len() + function.description.as_ref().map_or(0, |text| text.len());
        }
    }
    if let Output::Schema(_) = &request.output {
        bytes += TOKENS_PER_SCHEMA * BYTES_PER_TOKEN;
    }
    let answer = request.options.max_tokens.map_or(TOKENS_PER_ANSWER, |most| most as usize);
    (bytes / BYTES_PER_TOKEN + images * TOKENS_PER_IMAGE + answer) as f64
}
