//! Faults by the name of the model, for whoever tries a client by hand or in another language.

use std::time::Duration;

use serde_json::{Value, json};

use super::step::Step;
use crate::error::{Error, ErrorKind, Result};
use crate::message::{Part, Role, ToolCall};
use crate::provider::Provider;
use crate::reply::{FinishReason, Reply};
use crate::request::{Output, Request, Tool};
use crate::schema::Schema;

/// The models of [`WireServer::with_scenarios`](super::WireServer::with_scenarios), and what each answers.
pub const SCENARIOS: &[(&str, &str)] = &[
    ("scenario-401", "the key is not accepted"),
    ("scenario-403", "the key may not do this"),
    ("scenario-404", "the model is not known"),
    ("scenario-429-then-ok", "too many requests, every other time; to be tried again after 50 ms"),
    ("scenario-quota", "the account has no credit"),
    ("scenario-500", "the vendor failed"),
    ("scenario-529", "the server is overloaded"),
    ("scenario-html", "status 502 and a page of HTML, as a proxy sends it"),
    ("scenario-slow-first-token", "the body begins after 2 s"),
    ("scenario-slow-tokens", "100 ms between the events of a stream"),
    ("scenario-never", "no answer; the connection stays open"),
    ("scenario-cut", "the connection breaks in the middle of the body"),
    ("scenario-stall", "nothing more comes from the middle of the body on"),
    ("scenario-bytes", "every byte of the body is sent by itself"),
    ("scenario-invalid-utf8", "the text has bytes that are not UTF-8"),
    ("scenario-no-end", "a stream without its end marker; a whole answer without its last byte"),
    ("scenario-error-event", "a stream fails after its last piece; a whole answer is status 500"),
    ("scenario-huge", "a text of 1 GiB"),
    ("scenario-endless", "a text, or an event, that never ends"),
    ("scenario-endless-events", "a stream of events that never ends"),
    ("scenario-wrong-type", "the answer is declared as text/html"),
    ("scenario-refusal", "the model refuses"),
    ("scenario-length", "the model stops at the token limit, in the middle of the answer"),
    ("scenario-empty", "an answer that holds nothing"),
    ("scenario-invalid-json", "text where JSON was asked for"),
    ("scenario-wrong-json", "JSON that does not fit the schema"),
    ("scenario-tool-call", "the first tool is called; when its result is there, the provider's answer"),
];

/// What the model of this name answers; `count` is how many times it was asked before.
pub(super) async fn step(name: &str, provider: &dyn Provider, request: &Request, count: u64) -> Result<Step> {
    let error = |kind: ErrorKind, message: &'static str| Ok(Step::failure(Error::new(kind, message)));
    match name {
        "scenario-401" => return error(ErrorKind::Authentication, "the key is not accepted"),
        "scenario-403" => return error(ErrorKind::Permission, "the key may not do this"),
        "scenario-404" => return error(ErrorKind::NotFound, "the model `scenario-404` does not exist"),
        "scenario-quota" => return error(ErrorKind::Quota, "the account has no credit"),
        "scenario-500" => return error(ErrorKind::Server, "the server failed"),
        "scenario-529" => {
            let error = Error::new(ErrorKind::Server, "the server is overloaded").with_status(OVERLOADED);
            return Ok(Step::failure(error));
        }
        "scenario-429-then-ok" if count.is_multiple_of(2) => {
            let error = Error::new(ErrorKind::RateLimit, "too many requests").with_retry_after(RETRY_AFTER);
            return Ok(Step::failure(error));
        }
        "scenario-html" => {
            let page = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>";
            return Ok(Step::bytes(502, "text/html", page));
        }
        "scenario-never" => return Ok(Step::never()),
        "scenario-invalid-utf8" => return Ok(Step::invalid_utf8()),
        "scenario-huge" => return Ok(Step::huge(1 << 30)),
        "scenario-endless" => return Ok(Step::endless()),
        "scenario-endless-events" => return Ok(Step::endless_events()),
        "scenario-refusal" => {
            let refusal = Reply::new(name, vec![Part::Refusal("I will not help with that.".to_owned())]);
            return Ok(Step::reply(refusal.with_finish_reason(FinishReason::Refusal)));
        }
        "scenario-empty" => return Ok(Step::reply(Reply::new(name, Vec::new()))),
        "scenario-invalid-json" => return Ok(Step::reply(Reply::from_text(name, "Here you are: {\"headline\": "))),
        "scenario-wrong-json" => {
            return Ok(Step::reply(Reply::from_text(name, json!({ "unexpected": [1, 2, 3] }).to_string())));
        }
        "scenario-tool-call" => {
            if let Some(reply) = tool_call(provider, request).await? {
                return Ok(Step::reply(reply));
            }
        }
        _ if !SCENARIOS.iter().any(|(known, _)| *known == name) => {
            return Err(Error::new(ErrorKind::NotFound, format!("there is no scenario of the name `{name}`")));
        }
        _ => {}
    }
    let reply = provider.generate(request).await?;
    Ok(match name {
        "scenario-slow-first-token" => Step::reply(reply).with_first_delay(Duration::from_secs(2)),
        "scenario-slow-tokens" => Step::reply(reply).with_delay(Duration::from_millis(100)),
        "scenario-cut" => Step::reply(reply).cut_in_half(),
        "scenario-stall" => Step::reply(reply).stall_in_half(),
        "scenario-bytes" => Step::reply(reply).in_pieces_of(1),
        "scenario-no-end" => Step::reply(reply).without_end(),
        "scenario-error-event" => Step::reply_then_error(reply, Error::new(ErrorKind::Server, "the server failed")),
        "scenario-wrong-type" => Step::reply(reply).with_header("content-type", "text/html; charset=utf-8"),
        "scenario-length" => Step::reply(cut(&reply)),
        _ => Step::reply(reply),
    })
}

/// Anthropic's own status; a format without it says another of the 5xx.
const OVERLOADED: u16 = 529;

const RETRY_AFTER: Duration = Duration::from_millis(50);

/// Half of a reply, as if the token limit had been met.
fn cut(reply: &Reply) -> Reply {
    let text = reply.text();
    let half: String = text.chars().take(text.chars().count() / 2).collect();
    Reply::from_text(reply.model.clone(), half).with_finish_reason(FinishReason::Length)
}

/// A call of the first tool with arguments that the provider makes up, unless a result is there already.
async fn tool_call(provider: &dyn Provider, request: &Request) -> Result<Option<Reply>> {
    let has_result = request.messages.iter().any(|message| message.role == Role::Tool);
    let function = request.tools.iter().find_map(|tool| match tool {
        Tool::Function(function) => Some(function),
        _ => None,
    });
    let Some(function) = function.filter(|_| !has_result) else { return Ok(None) };
    let arguments = match &function.parameters {
        None => "{}".to_owned(),
        Some(parameters) => {
            let schema = Schema::new("Arguments", Value::clone(parameters))?;
            let request = Request { tools: Vec::new(), tool_choice: None, ..request.clone() };
            provider.generate(&request.with_output(Output::Schema(schema.into()))).await?.text().into_owned()
        }
    };
    let call = Part::ToolCall(ToolCall::new("call_1", function.name.clone(), arguments));
    Ok(Some(Reply::new("scenario-tool-call", vec![call]).with_finish_reason(FinishReason::ToolCalls)))
}
