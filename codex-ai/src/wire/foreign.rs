//! What other vendors' answers left in a conversation; the rule is in [`super`].

use std::borrow::Cow;

use bytes::Bytes;
use serde_json::{Map, Value};

use crate::error::{Error, ErrorKind, Problem, Result};
use crate::message::{Message, Part, Role};
use crate::request::Request;

/// A format in which parts may have come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    Responses,
    Chat,
    Anthropic,
    Gemini,
}

/// Writes a request without what belongs to the thinking and the bookkeeping of other vendors.
///
/// # Errors
/// Those of `write`, with the paths of the whole request, and [`ErrorKind::Unsupported`] for content of another vendor.
pub(super) fn encode_without(
    request: &Request,
    own: Origin,
    write: impl FnOnce(&Request) -> Result<Bytes>,
) -> Result<Bytes> {
    if !request.messages.iter().any(|message| has_foreign(message, own)) {
        return write(request);
    }
    let mut left = Left::default();
    let mut cleaned = request.clone();
    cleaned.messages = left.of(&request.messages, own);
    let written = write(&cleaned).map_err(|error| left.restore(error));
    if left.problems.is_empty() {
        return written;
    }
    Err(match written {
        Ok(_) => Error::new(ErrorKind::Unsupported, "the conversation has content that only another vendor can read")
            .with_help("leave these parts out, or ask the vendor that they came from")
            .with_problems(left.problems),
        Err(error) => {
            left.problems.extend(error.problems().iter().cloned());
            error.with_problems(left.problems)
        }
    })
}

/// What is left of a conversation.
#[derive(Default)]
struct Left {
    /// Where each message stood, and each of its parts.
    places: Vec<(usize, Vec<usize>)>,
    /// Content that cannot be left out.
    problems: Vec<Problem>,
}

impl Left {
    fn of(&mut self, messages: &[Message], own: Origin) -> Vec<Message> {
        let mut left = Vec::with_capacity(messages.len());
        for (index, message) in messages.iter().enumerate() {
            let mut parts = Vec::with_capacity(message.parts.len());
            let mut places = Vec::with_capacity(message.parts.len());
            for (place, part) in message.parts.iter().enumerate() {
                match fate(message, place, own) {
                    Fate::Stays => {
                        parts.push(part.clone());
                        places.push(place);
                    }
                    Fate::LeftOut => {}
                    Fate::Refused => {
                        let path = format!("messages[{index}].parts[{place}]");
                        self.problems.push(Problem::new(path, "this is content of another vendor"));
                    }
                }
            }
            if !parts.is_empty() || message.parts.is_empty() {
                left.push(Message::new(message.role, parts));
                self.places.push((index, places));
            }
        }
        left
    }

    /// Has the problems of an error tell where a part stood before others were left out.
    fn restore(&self, error: Error) -> Error {
        if error.problems().is_empty() {
            return error;
        }
        let restored = error.problems().iter().map(|problem| {
            let path = self.path(&problem.path).map_or_else(|| problem.path.clone(), Cow::into_owned);
            Problem::new(path, problem.message.clone())
        });
        let restored = restored.collect();
        error.with_problems(restored)
    }

    fn path<'p>(&self, path: &'p str) -> Option<Cow<'p, str>> {
        let (index, rest) = path.strip_prefix("messages[")?.split_once(']')?;
        let (index, places) = self.places.get(index.parse::<usize>().ok()?)?;
        let Some((place, rest)) = rest.strip_prefix(".parts[").and_then(|rest| rest.split_once(']')) else {
            return Some(format!("messages[{index}]{rest}").into());
        };
        let place = places.get(place.parse::<usize>().ok()?)?;
        Some(format!("messages[{index}].parts[{place}]{rest}").into())
    }
}

/// What becomes of a part.
#[derive(PartialEq, Eq)]
enum Fate {
    Stays,
    LeftOut,
    Refused,
}

fn has_foreign(message: &Message, own: Origin) -> bool {
    let parts = 0..message.parts.len();
    parts.into_iter().any(|place| fate(message, place, own) != Fate::Stays)
}

fn fate(message: &Message, place: usize, own: Origin) -> Fate {
    match message.parts.get(place) {
        Some(Part::Reasoning(_)) if message.role == Role::Assistant => thinking(&message.parts, place, own),
        Some(Part::Raw(Value::Object(raw))) => match origin(raw) {
            // It stands beside thinking that is left out.
            None if own == Origin::Anthropic && raw.get("type").is_some_and(|kind| kind == "thinking") => Fate::LeftOut,
            None => Fate::Stays,
            Some(origin) if origin == own => Fate::Stays,
            Some(_) if is_beside(raw) => Fate::LeftOut,
            Some(_) => Fate::Refused,
        },
        _ => Fate::Stays,
    }
}

/// Thinking goes back where the format can tell that it is its own, or takes any.
fn thinking(parts: &[Part], place: usize, own: Origin) -> Fate {
    let mut after = parts.iter().skip(place).skip_while(|part| matches!(part, Part::Reasoning(_)));
    let beside = match after.next() {
        Some(Part::Raw(Value::Object(raw))) => Some(raw),
        _ => None,
    };
    let is_type = |wanted: &str| beside.and_then(|raw| raw.get("type")).is_some_and(|kind| kind == wanted);
    let is_own = match own {
        Origin::Responses => is_type("reasoning"),
        Origin::Anthropic => is_type("thinking") && beside.is_some_and(|raw| raw.contains_key("signature")),
        Origin::Chat | Origin::Gemini => true,
    };
    if is_own { Fate::Stays } else { Fate::LeftOut }
}

/// The format that a raw part is known to come from. What nobody knows may be the format's own.
fn origin(raw: &Map<String, Value>) -> Option<Origin> {
    let has = |name: &str| raw.contains_key(name);
    let any = |names: &[&str]| names.iter().any(|name| has(name));
    let Some(kind) = raw.get("type").and_then(Value::as_str) else {
        if any(&GEMINIS) {
            return Some(Origin::Gemini);
        }
        return raw.get("role").is_some_and(Value::is_string).then_some(Origin::Chat);
    };
    Some(match kind {
        "inlineData" | "fileData" | "functionCall" | "functionResponse" => Origin::Gemini,
        "text" if any(&GEMINIS_OWN) => Origin::Gemini,
        "text" if has("citations") => Origin::Anthropic,
        "thinking" if any(&["texts", "closed"]) || raw.get("thinking").is_some_and(Value::is_array) => Origin::Chat,
        "thinking" if any(&["signature", "thinking"]) => Origin::Anthropic,
        "refusal" if has("category") => Origin::Anthropic,
        "message" if any(&["role", "phase"]) => Origin::Responses,
        "message" if any(&["audio", "annotations", "reasoning_details", "reasoning", "executed_tools"]) => Origin::Chat,
        "redacted_thinking" | "tool_use" | "server_tool_use" | "mcp_tool_use" | "tool_result" | "image"
        | "document" | "search_result" | "container_upload" => Origin::Anthropic,
        "image_url" | "function" | "custom" | "file" => Origin::Chat,
        "reasoning"
        | "output_text"
        | "input_text"
        | "input_image"
        | "input_file"
        | "item_reference"
        | "mcp_list_tools"
        | "mcp_approval_request"
        | "mcp_approval_response" => Origin::Responses,
        _ if kind.ends_with("_tool_result") => Origin::Anthropic,
        _ if kind.ends_with("_call") || kind.ends_with("_call_output") || kind.starts_with("response.") => {
            Origin::Responses
        }
        _ => return None,
    })
}

/// The contents of Gemini's parts, which have no `type`.
const GEMINIS: [&str; 8] = [
    "inlineData",
    "fileData",
    "functionCall",
    "functionResponse",
    "executableCode",
    "codeExecutionResult",
    "toolCall",
    "toolResponse",
];

/// What Gemini's parts have besides.
const GEMINIS_OWN: [&str; 5] = ["thoughtSignature", "thought", "videoMetadata", "partMetadata", "mediaResolution"];

/// Whether a raw part is no content: thinking, a piece of what came as a whole, words before the answer, or what another
/// part has besides its content.
pub(crate) fn is_beside(raw: &Map<String, Value>) -> bool {
    let lacks = |name: &str| !raw.contains_key(name);
    let lacks_within = |name: &str, key: &str| raw.get(name).is_none_or(|inner| inner.get(key).is_none());
    match raw.get("type").and_then(Value::as_str).unwrap_or_default() {
        // Of Gemini, whose content has no `type`, the latter are what a part has besides.
        "thinking" | "redacted_thinking" | "reasoning" | "inlineData" | "fileData" | "functionCall"
        | "functionResponse" => true,
        "message" => lacks("role") || raw.get("phase").is_some_and(|phase| phase != "final_answer"),
        "text" | "output_text" | "input_text" => lacks("text"),
        "refusal" => lacks("refusal"),
        "image" => lacks("source"),
        "tool_use" => lacks("id"),
        // The output is the join of the texts; what else there is would be lost.
        "tool_result" => lacks("tool_use_id") && !raw.get("content").is_some_and(has_more_than_text),
        "function_call" => lacks("arguments"),
        "function_call_output" => lacks("output"),
        "input_image" => lacks("image_url") && lacks("file_id"),
        "image_generation_call" => lacks("result"),
        "image_url" => lacks_within("image_url", "url"),
        "function" => lacks("id") && lacks_within("function", "name"),
        kind => kind.starts_with("response."),
    }
}

fn has_more_than_text(content: &Value) -> bool {
    let is_text = |block: &Value| block.get("type").is_some_and(|kind| kind == "text");
    content.as_array().is_some_and(|blocks| !blocks.iter().all(is_text))
}
