//! The real providers, asked over a real socket.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use codex_ai::provider::anthropic::Anthropic;
use codex_ai::provider::compatible::Compatible;
use codex_ai::provider::gemini::Gemini;
use codex_ai::provider::openai::OpenAi;
use codex_ai::provider::openrouter::OpenRouter;
use codex_ai::transport::{HttpTransport, Transport};
use codex_ai::{Chunk, Error, Message, Options, Provider, Reply, Request};
use codex_ai_tests::exchange::Format;
use serde_json::Value;
use tokio::runtime::Runtime;

use crate::case::Case;
use crate::compare;
use crate::expect::Outcome;
use crate::serve::{Answer, Framing, Server};

/// The model that is asked for; what answers is the recording's.
const MODEL: &str = "asked-model";

/// Asks for recorded answers.
pub(crate) struct Asker {
    runtime: Runtime,
    server: Server,
    providers: HashMap<&'static str, Box<dyn Provider>>,
}

impl Asker {
    /// # Errors
    /// What keeps the server or a provider from being made.
    pub(crate) fn new() -> Result<Self, String> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|e| e.to_string())?;
        let server = Server::start().map_err(|error| error.to_string())?;
        let providers = providers(server.port).map_err(|error| error.to_string())?;
        Ok(Self { runtime, server, providers })
    }

    /// Serves an answer whole and in pieces, and compares what the provider makes of it.
    ///
    /// # Errors
    /// The first difference.
    pub(crate) fn check(&self, case: &Case, expected: &Outcome) -> Result<(), String> {
        for framing in [Framing::Whole, Framing::Cut(case.seed)] {
            self.served(case, expected, framing).map_err(|wrong| match framing {
                Framing::Whole => wrong,
                Framing::Cut(_) => format!("in pieces: {wrong}"),
            })?;
        }
        Ok(())
    }

    fn served(&self, case: &Case, expected: &Outcome, framing: Framing) -> Result<(), String> {
        let name = provider_of(case);
        let provider = self.providers.get(name).ok_or_else(|| format!("there is no provider `{name}`"))?;
        let (headers, body) = (case.headers.clone(), case.body.clone().into_bytes());
        self.server.set(Answer { status: case.status, headers, body, framing });
        let request = Request::new(vec![Message::user("Hi")]).with_options(Options::new().with_model(MODEL));
        let asking = async {
            if case.streamed {
                stream(&**provider, &request).await
            } else {
                (Vec::new(), provider.generate(&request).await)
            }
        };
        let (chunks, found) = self.runtime.block_on(async {
            let limit = Duration::from_secs(20);
            tokio::time::timeout(limit, asking).await.map_err(|_| "hangs".to_owned())
        })?;
        let asked = self.server.asked().ok_or_else(|| format!("nothing was asked: {:?}", found.as_ref().err()))?;
        let ending = ending(case);
        if !asked.path.ends_with(ending) {
            return Err(format!("was asked for at `{}`, and not at `{ending}`", asked.path));
        }
        let sent: Value = serde_json::from_slice(&asked.body).map_err(|error| format!("what was asked: {error}"))?;
        if case.endpoint.format != Format::Gemini && (sent["stream"] == Value::Bool(true)) != case.streamed {
            return Err(format!("what was asked has `stream` of {}", sent["stream"]));
        }
        compare::outcome(expected, &found)?;
        if let Ok(reply) = &found {
            let request_id = case.headers.iter().find(|(name, _)| name == request_id_header(case));
            let request_id = request_id.map(|(_, value)| value.as_str());
            if request_id.is_some() && reply.request_id.as_deref() != request_id {
                return Err(format!("request id: expected {request_id:?}, found {:?}", reply.request_id));
            }
            if case.streamed {
                compare::pieces(&chunks, reply)?;
                compare::came_in_pieces(expected, &chunks)?;
            } else if reply.raw.as_deref() != Some(case.body.as_bytes()) {
                return Err("the raw answer is not the body".to_owned());
            }
        }
        Ok(())
    }
}

/// All pieces of a stream, and its end.
async fn stream(provider: &dyn Provider, request: &Request) -> (Vec<Chunk>, Result<Reply, Error>) {
    let mut chunks = Vec::new();
    let mut stream = match provider.stream(request).await {
        Ok(stream) => stream,
        Err(error) => return (chunks, Err(error)),
    };
    while let Some(chunk) = stream.next().await {
        match chunk {
            Ok(chunk) => chunks.push(chunk),
            Err(error) => return (chunks, Err(error)),
        }
    }
    (chunks, stream.finish().await)
}

/// The provider that speaks the format of the case to such a vendor.
fn provider_of(case: &Case) -> &'static str {
    match (case.endpoint.format, case.vendor.as_str()) {
        (Format::Responses, _) => "openai",
        (Format::Anthropic, _) => "anthropic",
        (Format::Gemini, _) => "gemini",
        (Format::Chat, "openai") => "openai-chat",
        (Format::Chat, "openrouter") => "openrouter",
        _ => "compatible",
    }
}

/// How the path of the request must end.
fn ending(case: &Case) -> &'static str {
    match case.endpoint.format {
        Format::Responses => "/responses",
        Format::Chat => "/chat/completions",
        Format::Anthropic => "/messages",
        _ if case.streamed => "/models/asked-model:streamGenerateContent?alt=sse",
        _ => "/models/asked-model:generateContent",
    }
}

fn request_id_header(case: &Case) -> &'static str {
    match case.endpoint.format {
        Format::Anthropic => "request-id",
        _ => "x-request-id",
    }
}

fn providers(port: u16) -> codex_ai::Result<HashMap<&'static str, Box<dyn Provider>>> {
    // One transport for all: making one costs more than an exchange.
    let transport: Arc<dyn Transport> = Arc::new(HttpTransport::new());
    let url = format!("http://127.0.0.1:{port}/v1");
    let mut providers: HashMap<&'static str, Box<dyn Provider>> = HashMap::new();
    let openai = OpenAi::builder().key("sk-test").base_url(&url).transport(Arc::clone(&transport));
    providers.insert("openai", Box::new(openai.build()?));
    let root = format!("http://127.0.0.1:{port}");
    let anthropic = Anthropic::builder().key("sk-test").base_url(&root).transport(Arc::clone(&transport));
    providers.insert("anthropic", Box::new(anthropic.build()?));
    let gemini = Gemini::builder().key("test").base_url(&root).transport(Arc::clone(&transport));
    providers.insert("gemini", Box::new(gemini.build()?));
    let chat = OpenAi::builder().chat().key("sk-test").base_url(&url).transport(Arc::clone(&transport));
    providers.insert("openai-chat", Box::new(chat.build()?));
    let openrouter = OpenRouter::builder().key("sk-test").base_url(&url).transport(Arc::clone(&transport));
    providers.insert("openrouter", Box::new(openrouter.build()?));
    let compatible = Compatible::at(&url).key("sk-test").transport(Arc::clone(&transport));
    providers.insert("compatible", Box::new(compatible.build()?));
    Ok(providers)
}
