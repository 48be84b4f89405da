//! Answers to requests with a schema that real vendors gave, through the whole path: served over a socket, read by the
//! provider, and given by the dispatcher as a value of the recorded schema.

use std::process::ExitCode;

use codex_ai::provider::anthropic::Anthropic;
use codex_ai::provider::compatible::Compatible;
use codex_ai::provider::gemini::Gemini;
use codex_ai::provider::openai::OpenAi;
use codex_ai::testing::{Step, WireServer};
use codex_ai::{AnyProvider, Dispatcher, ErrorKind, Leniency, Options, Output, Request, Schema};
use codex_ai_tests::data::suite;
use codex_ai_tests::exchange::{Format, endpoint, text};
use serde_json::{Map, Value};
use tokio::runtime::Runtime;

const FOLDER: &str = "cassettes";

const EXCEPTIONS: &[(&str, &str)] = &[];

fn main() -> ExitCode {
    suite("structured_cassettes", &[FOLDER], EXCEPTIONS, |suite| {
        let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
            Ok(runtime) => runtime,
            Err(error) => return suite.case("start", Err(error.to_string())),
        };
        for file in suite.files(FOLDER, "json") {
            let file = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            let name = format!("{FOLDER}/{file}");
            let content = suite.json(&name);
            let exchanges = content.as_array().map(Vec::as_slice).unwrap_or_default();
            let asked = |exchange: &&Value| exchange["response"]["status"] == 200 && schema_of(exchange).is_some();
            for exchange in exchanges.iter().filter(asked) {
                let case = format!("{name} {} {}", text(exchange, "/name"), exchange["seq"]);
                suite.case(&case, check(&runtime, exchange));
            }
            suite.subtotal(&name);
        }
    })
}

/// The schema that a request holds, in whichever place its vendor has for it.
fn schema_of(exchange: &Value) -> Option<Value> {
    let body = &exchange["request"]["body"];
    let places = [
        "/response_format/json_schema/schema",
        "/text/format/schema",
        "/output_config/format/schema",
        "/output_format/schema",
        "/generationConfig/responseJsonSchema",
        "/generation_config/response_json_schema",
    ];
    let schema = places.iter().find_map(|place| body.pointer(place)).filter(|schema| schema.is_object()).cloned();
    schema.or_else(|| body.pointer("/generationConfig/responseSchema").map(json_schema))
}

/// A schema in Gemini's older language as JSON Schema.
fn json_schema(schema: &Value) -> Value {
    let Value::Object(map) = schema else { return schema.clone() };
    let mut changed = Map::new();
    for (key, value) in map {
        let (key, value) = match key.as_str() {
            "type" => ("type", Value::from(value.as_str().unwrap_or_default().to_lowercase())),
            "any_of" | "anyOf" => {
                ("anyOf", value.as_array().into_iter().flatten().map(json_schema).collect::<Vec<_>>().into())
            }
            "properties" => {
                let map = value.as_object().into_iter().flatten();
                ("properties", map.map(|(key, inner)| (key.clone(), json_schema(inner))).collect::<Map<_, _>>().into())
            }
            "items" => ("items", json_schema(value)),
            "required" | "enum" | "description" => (key.as_str(), value.clone()),
            _ => continue,
        };
        changed.insert(key.to_owned(), value);
    }
    Value::Object(changed)
}

/// What the answer says, and the tool that it calls, found by a plain walk.
struct Said {
    text: String,
    tool: Option<String>,
}

fn said(format: Format, body: &str) -> Result<Said, String> {
    let mut said = Said { text: String::new(), tool: None };
    let whole = serde_json::from_str::<Value>(body);
    let events = body.lines().filter_map(|line| line.strip_prefix("data: ")).map(serde_json::from_str);
    let pieces = match whole {
        Ok(whole) => vec![whole],
        Err(_) => events.collect::<Result<Vec<Value>, _>>().map_err(|error| error.to_string())?,
    };
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    for piece in &pieces {
        match format {
            Format::Chat => {
                let message = &piece["choices"][0]["message"];
                said.text.push_str(text(message, "/content"));
                said.tool = message.pointer("/tool_calls/0/function/name").and_then(Value::as_str).map(str::to_owned);
            }
            Format::Responses => {
                for item in list(&piece["output"]) {
                    match text(&item, "/type") {
                        "message" => {
                            list(&item["content"]).iter().for_each(|part| said.text.push_str(text(part, "/text")));
                        }
                        "function_call" => said.tool = Some(text(&item, "/name").to_owned()),
                        _ => {}
                    }
                }
            }
            Format::Anthropic => {
                for part in list(&piece["content"]) {
                    match text(&part, "/type") {
                        "text" => said.text.push_str(text(&part, "/text")),
                        "tool_use" => said.tool = Some(text(&part, "/name").to_owned()),
                        _ => {}
                    }
                }
            }
            Format::Gemini => {
                for part in list(&piece["candidates"][0]["content"]["parts"]) {
                    if part["thought"] != Value::Bool(true) {
                        said.text.push_str(text(&part, "/text"));
                    }
                    if part.get("functionCall").is_some() {
                        said.tool = Some(text(&part, "/functionCall/name").to_owned());
                    }
                }
            }
            other => return Err(format!("{other:?} gives no text")),
        }
    }
    Ok(said)
}

/// One exchange; the first thing that is wrong with it is told.
fn check(runtime: &Runtime, exchange: &Value) -> Result<(), String> {
    let request = &exchange["request"];
    let endpoint = endpoint(text(request, "/method"), text(request, "/path"))?;
    let body = text(exchange, "/response/body");
    let said = said(endpoint.format, body)?;
    let schema = Schema::new("Answer", schema_of(exchange).unwrap_or_default()).map_err(|error| error.to_string())?;

    let streamed = endpoint.stream || request.pointer("/body/stream") == Some(&Value::Bool(true));
    let content_type = if streamed { "text/event-stream" } else { "application/json" };
    let server = WireServer::script([Step::bytes(200, content_type, body.to_owned())]).map_err(|e| e.to_string())?;
    let provider = provider(endpoint.format, text(exchange, "/provider"), &server).map_err(|e| e.to_string())?;
    let dispatcher = Dispatcher::builder(provider).build().map_err(|error| error.to_string())?;
    let schema = std::sync::Arc::new(schema);
    let asked = Request::from("Hi").with_output(Output::Schema(schema.clone()));
    let asked = asked.with_options(Options::new().with_model("asked-model"));
    let found = runtime.block_on(async {
        if streamed {
            let reply = dispatcher.stream_reply(asked).await?.finish().await?;
            Ok(schema.read(&reply.text(), Leniency::Lenient)?.value)
        } else {
            dispatcher.generate_value(asked).await
        }
    });
    if server.requests().len() != 1 {
        return Err(format!("was asked {} times: {found:?}", server.requests().len()));
    }
    match (found, said.tool) {
        (Ok(value), _) => {
            let expected: Value = serde_json::from_str(said.text.trim()).map_err(|error| error.to_string())?;
            if value == expected { Ok(()) } else { Err(format!("expected {expected}, found {value}")) }
        }
        (Err(error), Some(tool)) => {
            let kind = if said.text.trim().is_empty() { ErrorKind::Empty } else { ErrorKind::InvalidOutput };
            if error.kind() != kind || !error.help().is_some_and(|help| help.contains("`generate_reply`")) {
                return Err(format!("a call of `{tool}` is no fault of the answer: {error}"));
            }
            if kind == ErrorKind::Empty && !error.message().contains(&format!("`{tool}`")) {
                return Err(format!("the tool `{tool}` is not named: {error}"));
            }
            Ok(())
        }
        (Err(error), None) => Err(error.to_string()),
    }
}

fn provider(format: Format, vendor: &str, server: &WireServer) -> codex_ai::Result<AnyProvider> {
    Ok(match format {
        Format::Anthropic => AnyProvider::new(Anthropic::builder().key("sk-test").base_url(server.origin()).build()?),
        Format::Gemini => AnyProvider::new(Gemini::builder().key("test").base_url(server.origin()).build()?),
        Format::Responses => AnyProvider::new(OpenAi::builder().key("sk-test").base_url(server.url()).build()?),
        _ if vendor == "openai" => {
            AnyProvider::new(OpenAi::builder().chat().key("sk-test").base_url(server.url()).build()?)
        }
        _ => AnyProvider::new(Compatible::at(server.url()).key("sk-test").build()?),
    })
}
