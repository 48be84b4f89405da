//! The model: what it answers follows from the newest thing that it was told, so that turns need not take turns.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use codex_ai::testing::Answer;
use codex_ai::{Error, ErrorKind, FinishReason, Message, Part, Reply, Request, Role, ToolCall, Usage};
use serde_json::{Value, json};

/// The tokens of each answer.
pub(crate) const USAGE: (u64, u64) = (21, 8);

/// | the newest text | the answer |
/// | --- | --- |
/// | `say TEXT` | the text, a word at a time |
/// | `drip TEXT` | the same, slowly, and then nothing |
/// | `run COMMAND` | runs it outside of the sandbox, which takes an approval |
/// | `write FILE` | a patch that adds the file |
/// | `call NAME ARGUMENTS` | calls the tool |
/// | `fail STATUS` | an error |
/// | `mend TEXT` | `no`, and when it is asked again, the text |
/// | the result of a tool | `result: RESULT` |
/// | what the server says to go on with a goal | `not yet` twice, and then that it is reached |
/// | anything else | `ok` |
pub(crate) fn answer(request: &Request) -> Answer {
    if let Some(result) = newest_result(request) {
        return text(&format!("result: {result}"));
    }
    let newest = newest_text(request);
    if newest.contains("source=\"goal\"") {
        let said = request.messages.iter().filter(|message| message.role == Role::Assistant).count();
        return if said < 2 { text("not yet") } else { call("update_goal", &json!({ "status": "complete" })) };
    }
    if let Some(text) = asked_again(request) {
        return self::text(&text);
    }
    let (verb, rest) = newest.split_once(' ').unwrap_or((&newest, ""));
    match verb {
        "say" => text(rest),
        "drip" => Answer::pieces(words(rest)).pause(Duration::from_millis(20)).stalling(),
        "run" => call(
            "exec_command",
            &json!({ "cmd": rest, "sandbox_permissions": "require_escalated", "justification": "as asked" }),
        ),
        "write" => {
            let patch = format!("*** Begin Patch\n*** Add File: {rest}\n+hello\n*** End Patch");
            call("exec_command", &json!({ "cmd": format!("apply_patch <<'EOF'\n{patch}\nEOF") }))
        }
        "call" => {
            let (name, arguments) = rest.split_once(' ').unwrap_or((rest, "{}"));
            call(name, &serde_json::from_str(arguments).unwrap_or_default())
        }
        "fail" => {
            let status: u16 = rest.parse().unwrap_or(500);
            Answer::from(Err(Error::new(kind_of(status), "as asked").with_status(status)))
        }
        "mend" => text("no"),
        _ => text("ok"),
    }
}

fn kind_of(status: u16) -> ErrorKind {
    match status {
        400 => ErrorKind::InvalidRequest,
        401 => ErrorKind::Authentication,
        404 => ErrorKind::NotFound,
        429 => ErrorKind::RateLimit,
        _ => ErrorKind::Server,
    }
}

/// The result that the newest message is, if it is one.
fn newest_result(request: &Request) -> Option<String> {
    let newest = request.messages.last().filter(|message| message.role == Role::Tool)?;
    newest.parts.iter().find_map(|part| match part {
        Part::ToolResult(result) => Some(result.output.clone()),
        _ => None,
    })
}

/// The newest text of the user.
fn newest_text(request: &Request) -> String {
    let of_user = |message: &&Message| message.role == Role::User;
    let newest = request.messages.iter().rev().find(of_user);
    newest.and_then(Message::text).unwrap_or_default().into_owned()
}

/// What is said where the answer `no` was not taken.
fn asked_again(request: &Request) -> Option<String> {
    let mut of_user = request.messages.iter().filter(|message| message.role == Role::User).filter_map(Message::text);
    let first = of_user.find_map(|text| text.strip_prefix("mend ").map(str::to_owned));
    first.filter(|_| of_user.next().is_some())
}

fn words(text: &str) -> Vec<String> {
    text.split_inclusive(' ').map(str::to_owned).collect()
}

fn text(text: &str) -> Answer {
    Answer::pieces(words(text)).ending(Ok(finished(vec![Part::Text(text.to_owned())], FinishReason::Stop)))
}

fn call(name: &str, arguments: &Value) -> Answer {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let id = format!("call_{}", COUNT.fetch_add(1, Ordering::Relaxed));
    let call = Part::ToolCall(ToolCall::new(id, name, arguments.to_string()));
    Answer::from(Ok(finished(vec![call], FinishReason::ToolCalls)))
}

fn finished(parts: Vec<Part>, reason: FinishReason) -> Reply {
    Reply::new("mock-model", parts).with_usage(Usage::new(USAGE.0, USAGE.1)).with_finish_reason(reason)
}
