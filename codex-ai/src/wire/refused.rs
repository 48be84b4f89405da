//! What a vendor's refusal of a request is about: the schema, the way in which it was sent, or something else.
//!
//! The words are those that the vendors' APIs and servers have been seen to answer with (their SDKs, manuals and issue
//! trackers, November 2026). Only answers of 400, 404 and 422 are looked at, and errors within an answer that name no status
//! and say that the request is wrong.

use crate::error::{Error, ErrorKind, Refused};

/// Marks an error by what the vendor says in `text` and `param`; all else is left as it is.
pub(super) fn mark(error: Error, status: Option<u16>, text: &str, param: Option<&str>, code: Option<&str>) -> Error {
    if !matches!(status, None | Some(400 | 404 | 422))
        || !matches!(error.kind(), ErrorKind::InvalidRequest | ErrorKind::NotFound)
    {
        return error;
    }
    match reason(status == Some(404), text, param.unwrap_or_default(), code.unwrap_or_default()) {
        None => error,
        Some(refused) => error.with_refused(refused),
    }
}

/// How much of a text is looked at.
const LOOKED_AT: usize = 4_000;

fn reason(is_unknown: bool, text: &str, param: &str, code: &str) -> Option<Refused> {
    match code {
        "invalid_json_schema" => return Some(Refused::Schema),
        "invalid_function_parameters" => return Some(Refused::ToolSchema),
        // The model wrote what the vendor did not accept; the request itself is right (Groq).
        "json_validate_failed" | "tool_use_failed" | "output_parse_failed" => return None,
        _ => {}
    }
    let param = param.to_lowercase();
    if !param.is_empty() && !PARAMS.iter().any(|name| param.starts_with(name)) {
        return None;
    }
    let text: String = text.chars().take(LOOKED_AT).collect::<String>().to_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| text.contains(word));
    if is_unknown {
        // OpenRouter, where no vendor behind it takes what was asked for.
        let tools = says(&["tool use", "tool_choice", "tools"]);
        let refused = if tools { Refused::Tools } else { Refused::Format };
        return says(&["no endpoints found that"]).then_some(refused);
    }
    if says(&TOOL_SCHEMA) {
        return Some(Refused::ToolSchema);
    }
    if says(&SCHEMA) {
        return Some(Refused::Schema);
    }
    text.split(['\n', ';']).flat_map(|line| line.split(". ")).find_map(|sentence| by_words(sentence, &param))
}

/// What a sentence refuses, where it says so.
fn by_words(sentence: &str, param: &str) -> Option<Refused> {
    // An address says nothing, whatever words it has.
    let words: Vec<&str> = sentence.split_whitespace().filter(|word| !word.contains("://")).collect();
    let sentence = words.join(" ");
    let says = |words: &[&str]| words.iter().any(|word| sentence.contains(word));
    let is_about = |names: &[&str]| names.iter().any(|name| param.starts_with(name));
    let refuses = says(&REFUSES);
    match () {
        () if refuses && (says(&FORMAT) || is_about(&FORMAT)) => Some(Refused::Format),
        () if refuses && (says(&TOOLS) || is_about(&TOOLS)) => Some(Refused::Tools),
        () if says(&["schema", "grammar"]) && (refuses || says(&TOO_MUCH)) => Some(Refused::Schema),
        () => None,
    }
}

/// The fields of a request that the form of the answer stands in.
const PARAMS: [&str; 8] =
    ["response_format", "text", "tools", "tool_choice", "output_config", "output_format", "functions", "generation"];

/// What is wrong with a schema.
const TOO_MUCH: [&str; 6] = ["invalid", "too large", "too complex", "too deep", "too many", "too long"];

/// About the schema of a function's parameters.
const TOOL_SCHEMA: [&str; 5] = [
    "invalid schema for function",
    "invalid json schema for tool",
    "input_schema",
    "parameters schema specified",
    "function_declarations[",
];

/// About the schema of the answer, or about all schemas of a request together.
const SCHEMA: [&str; 27] = [
    "invalid schema for",
    "invalid json schema",
    "invalid_json_schema",
    "json schema conversion failed",
    "json schema is not supported",
    "compiled grammar",
    "grammar compilation",
    "grammar error",
    "failed to parse grammar",
    "failed to convert the grammar",
    "unsupported json schema",
    "json schema contains features not supported",
    "schema is too complex",
    "schema too complex",
    "too many states",
    "maximum allowed nesting depth",
    "too many optional parameters",
    "too many parameters with union types",
    "too many strict tools",
    "recursive schemas",
    "circular reference",
    "should be non-empty for object type",
    // Paths into a schema: the vendor looked into it.
    "response_schema.",
    "response_json_schema.",
    "output_config.format.schema",
    "output_format.schema",
    "response_format.json_schema.schema",
];

/// The ways to ask for JSON.
const FORMAT: [&str; 19] = [
    "response_format",
    "response format",
    "text.format",
    "output_config.format",
    "output_config: extra",
    "output_format",
    "output format",
    "json_schema",
    "json_object",
    "json mode",
    "json schema mode",
    "structured output",
    "response mime type",
    "response_mime_type",
    "responsemimetype",
    "responsejsonschema",
    "response_json_schema",
    "responseschema",
    "response_schema",
];

/// The ways to ask for the call of a tool.
const TOOLS: [&str; 12] = [
    "tool_choice",
    "tool choice",
    "tools",
    "tool use",
    "tool call",
    "function calling",
    "functions",
    ".strict",
    "'strict'",
    "`strict`",
    "\"strict\"",
    "strict mode",
];

/// Words that refuse a thing as such, not a value of it.
const REFUSES: [&str; 19] = [
    "not support",
    "unsupported",
    "doesn't support",
    "does not allow",
    "unavailable",
    "not available",
    "not enabled",
    "not permitted",
    "not allowed",
    "may not be enabled",
    "not implemented",
    "unknown name",
    "unknown parameter",
    "unknown field",
    "unrecognized",
    "cannot be used",
    "requires --",
    "must be 'json_schema' or 'text'",
    "requires \"--",
];
