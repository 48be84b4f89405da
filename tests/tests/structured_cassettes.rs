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

/// What the answer says, and the first tool that it calls, found by a plain walk.
struct Said {
    text: String,
    tool: Option<String>,
}

impl Said {
    fn call(&mut self, part: &Value, name: &str) {
        let name = part.pointer(name).and_then(Value::as_str).map(str::to_owned);
        self.tool = self.tool.take().or(name);
    }
}

fn said(format: Format, body: &str) -> Result<Said, String> {
    let mut said = Said { text: String::new(), tool: None };
    let pieces = match serde_json::from_str::<Value>(body) {
        Ok(whole) => vec![whole],
        Err(_) => {
            let events = body.lines().filter_map(|line| line.strip_prefix("data:")).map(str::trim);
            let events = events.filter(|event| *event != "[DONE]").map(serde_json::from_str);
            events.collect::<Result<_, _>>().map_err(|error| error.to_string())?
        }
    };
    for piece in &pieces {
        match format {
            Format::Chat => {
                for message in [&piece["choices"][0]["message"], &piece["choices"][0]["delta"]] {
                    said.text.push_str(text(message, "/content"));
                    said.call(message, "/tool_calls/0/function/name");
                }
            }
            Format::Responses => {
                // A stream ends with the whole.
                let whole = piece.get("response").filter(|_| text(piece, "/type") == "response.completed");
                for item in list(&whole.unwrap_or(piece)["output"]) {
                    match text(item, "/type") {
                        "message" => list(&item["content"]).iter().for_each(|p| said.text.push_str(text(p, "/text"))),
                        "function_call" => said.call(item, "/name"),
                        _ => {}
                    }
                }
            }
            Format::Anthropic => {
                for part in list(&piece["content"]).iter().chain([&piece["content_block"], &piece["delta"]]) {
                    match text(part, "/type") {
                        "text" | "text_delta" => said.text.push_str(text(part, "/text")),
                        "tool_use" => said.call(part, "/name"),
                        _ => {}
                    }
                }
            }
            Format::Gemini => {
                for part in list(&piece["candidates"][0]["content"]["parts"]) {
                    if part["thought"] != Value::Bool(true) {
                        said.text.push_str(text(part, "/text"));
                    }
                    said.call(part, "/functionCall/name");
                }
            }
            other => return Err(format!("{other:?} gives no text")),
        }
    }
    Ok(said)
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
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
    if found.is_ok() && server.requests().len() != 1 {
        return Err(format!("was asked {} times: {found:?}", server.requests().len()));
    }
    let recorded = serde_json::from_str::<Value>(said.text.trim()).ok();
    let recorded = recorded.filter(|value| schema.validate(value).is_ok());
    match (found, said.tool) {
        (Ok(value), _) => match recorded {
            Some(recorded) if value != recorded => Err(format!("expected {recorded}, found {value}")),
            Some(_) => Ok(()),
            None => schema.validate(&value).map_err(|problems| format!("{value} is no value: {problems:?}")),
        },
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
        // What the recording holds is no value.
        (Err(error), None) if recorded.is_none() && !error.is_retryable() && error.answer().is_some() => Ok(()),
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
