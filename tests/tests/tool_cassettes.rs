//! Calls of tools that real models made, through the whole loop: the recorded answer is served over a socket, the tools are
//! called, and the next request has the recorded answer as it came and the results beside it; whole and streamed.

use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};

use codex_ai::provider::anthropic::Anthropic;
use codex_ai::provider::compatible::Compatible;
use codex_ai::provider::gemini::Gemini;
use codex_ai::provider::openai::OpenAi;
use codex_ai::testing::{Step, WireServer};
use codex_ai::wire::{anthropic, gemini, openai_chat, openai_responses};
use codex_ai::{
    AnyProvider, Dispatcher, Function, Message, Options, Part, Prompt, Reply, Request, Role, ToolCall, ToolResult,
    prompt,
};
use codex_ai_tests::data::suite;
use codex_ai_tests::exchange::{Format, endpoint, text};
use serde_json::Value;
use tokio::runtime::Runtime;

const FOLDER: &str = "cassettes";

const EXCEPTIONS: &[(&str, &str)] = &[];

/// What the model says after the results.
const ANSWER: &str = "That is all.";

fn main() -> ExitCode {
    suite("tool_cassettes", &[FOLDER], EXCEPTIONS, |suite| {
        let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
            Ok(runtime) => runtime,
            Err(error) => return suite.case("start", Err(error.to_string())),
        };
        for file in suite.files(FOLDER, "json") {
            let file = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            let name = format!("{FOLDER}/{file}");
            let content = suite.json(&name);
            let calls = |exchange: &&Value| {
                let kinds = exchange["kinds"].as_array().map(Vec::as_slice).unwrap_or_default();
                exchange["response"]["status"] == 200 && kinds.iter().any(|kind| kind == "tool-call")
            };
            for exchange in content.as_array().into_iter().flatten().filter(calls) {
                let case = format!("{name} {} {}", text(exchange, "/name"), exchange["seq"]);
                match check(&runtime, exchange) {
                    Ok(true) => suite.case(&case, Ok(())),
                    Ok(false) => suite.skip("the vendor has called a tool of its own".to_owned()),
                    Err(wrong) => suite.case(&case, Err(wrong)),
                }
            }
            suite.subtotal(&name);
        }
    })
}

/// One recorded answer, in the way in which it was recorded, and in the other as this library writes it. Whether it calls a
/// function.
fn check(runtime: &Runtime, exchange: &Value) -> Result<bool, String> {
    let request = &exchange["request"];
    let endpoint = endpoint(text(request, "/method"), text(request, "/path"))?;
    let body = text(exchange, "/response/body");
    let streamed = endpoint.stream || request.pointer("/body/stream") == Some(&Value::Bool(true));
    let content_type = if streamed { "text/event-stream" } else { "application/json" };
    let vendor = text(exchange, "/provider");
    let reply = read(runtime, endpoint.format, vendor, streamed, Step::bytes(200, content_type, body.to_owned()))?;
    if reply.tool_calls().next().is_none() {
        return Ok(false);
    }
    let recorded = || Step::bytes(200, content_type, body.to_owned());
    let replay = |streamed: bool, first: Step| {
        replay(runtime, endpoint.format, vendor, streamed, first, &reply)
            .map_err(|wrong| format!("{}: {wrong}", if streamed { "streamed" } else { "whole" }))
    };
    replay(streamed, recorded())?;
    replay(!streamed, Step::reply(reply.clone()))?;
    Ok(true)
}

/// The recorded answer as a reply.
fn read(runtime: &Runtime, format: Format, vendor: &str, streamed: bool, step: Step) -> Result<Reply, String> {
    let server = WireServer::script([step]).map_err(|error| error.to_string())?;
    let dispatcher = dispatcher(format, vendor, &server)?;
    runtime
        .block_on(async {
            if streamed {
                dispatcher.stream_reply(asked()).await?.finish().await
            } else {
                dispatcher.generate_reply(asked()).await
            }
        })
        .map_err(|error| format!("the recording cannot be read: {error}"))
}

/// A prompt of whatever is asked.
#[prompt(json = false)]
async fn conversation(request: Request) -> Prompt {
    let prompt = Prompt::new().history(request.messages).options(request.options);
    request.tools.into_iter().fold(prompt, Prompt::tool)
}

fn replay(
    runtime: &Runtime,
    format: Format,
    vendor: &str,
    streamed: bool,
    first: Step,
    reply: &Reply,
) -> Result<(), String> {
    let server = WireServer::script([first, Step::reply(Reply::from_text("m", ANSWER))]).map_err(|e| e.to_string())?;
    let dispatcher = dispatcher(format, vendor, &server)?;
    let called = Arc::new(Mutex::new(Vec::<ToolCall>::new()));
    let mut request = asked();
    let wanted: Vec<ToolCall> = reply.tool_calls().cloned().collect();
    for call in &wanted {
        let is_there =
            |tool: &codex_ai::Tool| matches!(tool, codex_ai::Tool::Function(function) if function.name == call.name);
        if request.tools.iter().any(is_there) {
            continue;
        }
        let called = Arc::clone(&called);
        let function = Function::new(call.name.clone()).with_handler(move |call: ToolCall| {
            let output = format!("result of {} {}", call.name, call.id);
            called.lock().unwrap_or_else(PoisonError::into_inner).push(call);
            async move { Ok::<_, String>(output) }
        });
        request.tools.push(function.into());
    }
    let ended = runtime.block_on(async {
        if streamed {
            dispatcher.stream_text(request).await?.finish().await
        } else {
            dispatcher.reply::<Conversation>(ConversationArgs { request }).await
        }
    });
    let ended = ended.map_err(|error| error.to_string())?;
    same("answer", &*ended.text(), ANSWER)?;
    let called = called.lock().unwrap_or_else(PoisonError::into_inner).clone();
    same("calls", &called, &wanted)?;
    let results: Vec<ToolResult> =
        wanted.iter().map(|call| call.result(format!("result of {} {}", call.name, call.id))).collect();
    let [said, told] = ended.tool_messages.as_slice() else {
        return Err(format!("{} messages of tools", ended.tool_messages.len()));
    };
    same("what the model said", said, &reply.to_message())?;
    same("what it was told", told, &Message::tool(results.clone()))?;
    let Some(second) = server.requests().into_iter().nth(1) else { return Err("was asked once".to_owned()) };
    let body = second.json().to_string();
    // Signed and encrypted thoughts go back as they came.
    for signature in reply.parts.iter().flat_map(signatures) {
        if !body.contains(&Value::from(signature.as_str()).to_string()) {
            return Err(format!("the signature `{signature:.20}` does not go back"));
        }
    }
    sent(format, body.as_bytes(), &wanted, &results)
}

/// What a vendor signed or encrypted in a part.
fn signatures(part: &Part) -> Vec<String> {
    fn walk(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Object(map) => {
                for (key, value) in map {
                    match value.as_str() {
                        Some(text) if matches!(&**key, "signature" | "thoughtSignature" | "encrypted_content") => {
                            found.push(text.to_owned());
                        }
                        _ => walk(value, found),
                    }
                }
            }
            Value::Array(list) => list.iter().for_each(|value| walk(value, found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    if let Part::Raw(value) = part {
        walk(value, &mut found);
    }
    found
}

/// What the second request says, read as a server reads it.
fn sent(format: Format, body: &[u8], calls: &[ToolCall], results: &[ToolResult]) -> Result<(), String> {
    let incoming = match format {
        Format::Responses => openai_responses::decode_request(body),
        Format::Chat => openai_chat::decode_request(body),
        Format::Anthropic => anthropic::decode_request(body),
        Format::Gemini => gemini::decode_request("m", body),
        other => return Err(format!("{other:?} has no tools")),
    };
    let request = incoming.map_err(|error| format!("the second request: {error}"))?.request;
    let parts = || request.messages.iter().flat_map(|message| message.parts.iter().map(|part| (message.role, part)));
    let sent_calls = parts().filter_map(|(role, part)| match part {
        Part::ToolCall(call) if role == Role::Assistant => Some((call.name.clone(), json(&call.arguments))),
        _ => None,
    });
    let wanted = calls.iter().map(|call| (call.name.clone(), json(&call.arguments)));
    same("calls that go back", &sent_calls.collect::<Vec<_>>(), &wanted.collect::<Vec<_>>())?;
    let sent_results = parts().filter_map(|(_, part)| match part {
        Part::ToolResult(result) => Some(result.output.clone()),
        _ => None,
    });
    let wanted = results.iter().map(|result| result.output.clone());
    same("results that go back", &sent_results.collect::<Vec<_>>(), &wanted.collect::<Vec<_>>())
}

fn json(arguments: &str) -> Value {
    serde_json::from_str(arguments).unwrap_or_else(|_| Value::String(arguments.to_owned()))
}

fn asked() -> Request {
    Request::from("Hi").with_options(Options::new().with_model("asked-model"))
}

fn same<T: PartialEq + std::fmt::Debug + ?Sized>(what: &str, found: &T, wanted: &T) -> Result<(), String> {
    if found == wanted { Ok(()) } else { Err(format!("{what}: expected {wanted:?}, found {found:?}")) }
}

fn dispatcher(format: Format, vendor: &str, server: &WireServer) -> Result<Dispatcher<AnyProvider>, String> {
    let provider = match format {
        Format::Anthropic => {
            Anthropic::builder().key("sk-test").base_url(server.origin()).build().map(AnyProvider::new)
        }
        Format::Gemini => Gemini::builder().key("test").base_url(server.origin()).build().map(AnyProvider::new),
        Format::Responses => OpenAi::builder().key("sk-test").base_url(server.url()).build().map(AnyProvider::new),
        _ if vendor == "openai" => {
            OpenAi::builder().chat().key("sk-test").base_url(server.url()).build().map(AnyProvider::new)
        }
        _ => Compatible::at(server.url()).key("sk-test").build().map(AnyProvider::new),
    };
    provider.and_then(Dispatcher::new).map_err(|error| error.to_string())
}
