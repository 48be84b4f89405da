//! OpenAI, and servers that speak its Responses API and its images API.

mod builder;
mod chat;

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue};

pub use builder::OpenAiBuilder;

use super::endpoint::{Endpoint, Format};
use super::ladder::{Climb, Ladder};
use super::model::Model;
use super::rate_limits::rate_limits;
use super::{BoxFuture, Provider};
use crate::capability::{Capability, Images, StrictSchema, Supports, Tools};
use crate::error::{Error, ErrorKind, Result};
use crate::image::{GenerateImage, GeneratedImage, ImageRequest};
use crate::reply::Reply;
use crate::request::Request;
use crate::stream::ReplyStream;
use crate::wire::Target;
use crate::wire::openai_chat::Dialect;
use crate::wire::openai_error::decode_error;
use crate::wire::openai_images::{self, ImageBody};
use crate::wire::openai_responses::{StreamDecoder, decode_reply, encode_request, own_format};

/// The model that is asked where nobody names one.
pub const DEFAULT_MODEL: &str = "gpt-5.6-luna";

/// How much [`DEFAULT_MODEL`] thinks first: not at all. It is sent with this model alone, as not every model takes it;
/// every other model is left to its own default.
pub const DEFAULT_REASONING_EFFORT: &str = "none";

/// The model that is asked for images where nobody names one.
pub const DEFAULT_IMAGE_MODEL: &str = "gpt-image-2";

/// The address of OpenAI's API.
pub const DEFAULT_BASE_URL: &str = "https://api.openai.com/v1";

/// OpenAI's models by the Responses API, or those of a server that speaks it; and its image models.
///
/// Answers are not stored at OpenAI (`store: false`) unless the options carry an extra field `store`.
///
/// # Names of models
/// `openai/` in front of a name is the route to this provider and is taken off once. A server of another address may
/// have a model whose own name begins so: write `openai/openai/gpt-oss-120b`. At OpenAI's own address the prefix of
/// another vendor (`anthropic/…`) is refused before anything is sent; at every other address names with a slash are
/// passed on, as routers and local servers use them.
///
/// ```no_run
/// use codex_ai::provider::openai::OpenAi;
/// use codex_ai::{Message, Provider, Request};
///
/// # async fn run() -> codex_ai::Result<()> {
/// let openai = OpenAi::from_env()?;
/// let reply = openai.generate(&Request::new(vec![Message::user("Why is the sky blue?")])).await?;
/// println!("{} ({:?})", reply.text(), reply.usage);
/// # Ok(())
/// # }
/// ```
pub struct OpenAi {
    endpoint: Arc<Endpoint>,
    headers: HeaderMap,
    url: String,
    /// Whether Chat Completions are spoken, and not the Responses API.
    chat: bool,
    base_url: String,
    default_model: String,
    image_model: String,
    effort: Option<String>,
    /// Whether the address is OpenAI's own.
    own_address: bool,
    ladder: Ladder,
}

impl OpenAi {
    /// OpenAI with this key and the defaults for everything else. The environment is not read.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] for a key that no header can hold.
    pub fn new(key: impl Into<String>) -> Result<Self> {
        Self::builder().key(key).build()
    }

    /// OpenAI as the environment says: `OPENAI_API_KEY`, and if they are set `OPENAI_BASE_URL`, `OPENAI_ORG_ID` and
    /// `OPENAI_PROJECT_ID`. A variable that is empty is as good as unset.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] where there is no key or a value cannot be used.
    pub fn from_env() -> Result<Self> {
        Self::builder().from_env()?.build()
    }

    /// All settings, one by one.
    pub fn builder() -> OpenAiBuilder {
        OpenAiBuilder::default()
    }

    /// The model that is asked where a request names none.
    pub fn default_model(&self) -> &str {
        &self.default_model
    }

    /// The model that is asked for images where a request names none.
    pub fn image_model(&self) -> &str {
        &self.image_model
    }

    /// The model that is asked, and the body of the request.
    fn prepare<'a>(&'a self, request: &'a Request, stream: bool) -> Result<(Model<'a>, Bytes)> {
        let model =
            Model::new("openai", request.options.model.as_deref().unwrap_or(&self.default_model), self.own_address)?;
        let effort = match &self.effort {
            Some(effort) => Some(effort.as_str()),
            None => (model.name == DEFAULT_MODEL).then_some(DEFAULT_REASONING_EFFORT),
        };
        let target = Target { stream, ..Target::new(model.name).with_effort(effort) };
        let encode = if self.chat { chat::encode } else { encode_request };
        let body = encode(request, &target).map_err(|error| error.with_route(model.route()))?;
        Ok((model, body))
    }
}

impl OpenAi {
    /// The ways to tell a schema, one after the other.
    fn climb<'a>(&'a self, request: &'a Request) -> Result<Climb<'a>> {
        let own = if self.chat { chat::own_format(request) } else { own_format(request) };
        self.ladder.climb(request, Dialect::OPENAI.rungs(), own)
    }

    async fn ask(&self, request: &Request) -> Result<Reply> {
        let (model, body) = self.prepare(request, false)?;
        let asked = self.endpoint.ask(model.name, &self.url, &self.headers, body).await;
        asked.map_err(|error| with_advice(error, prefixed(&model)).with_route(model.route()))
    }

    async fn open(&self, request: &Request) -> Result<ReplyStream> {
        let (model, body) = self.prepare(request, true)?;
        let route = model.route();
        match self.endpoint.stream(model.name, &self.url, &self.headers, body).await {
            Ok(stream) => {
                let prefixed = prefixed(&model).map(str::to_owned);
                Ok(stream.with_errors(move |error| with_advice(error, prefixed.as_deref()).with_route(route.clone())))
            }
            Err(error) => Err(with_advice(error, prefixed(&model)).with_route(route)),
        }
    }
}

impl Provider for OpenAi {
    fn name(&self) -> &str {
        "openai"
    }

    fn generate<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Result<Reply>> {
        Box::pin(async move {
            let mut climb = self.climb(request)?;
            loop {
                let asked = self.ask(climb.request()).await;
                if let Some(result) = climb.whole(asked) {
                    return result;
                }
            }
        })
    }

    fn stream<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Result<ReplyStream>> {
        Box::pin(async move {
            let mut climb = self.climb(request)?;
            loop {
                let asked = self.open(climb.request()).await;
                if let Some(result) = climb.opened(asked).await {
                    return result;
                }
            }
        })
    }

    fn images(&self) -> Option<&dyn GenerateImage> {
        Some(self)
    }

    fn supports(&self, capability: Capability, _: Option<&str>) -> bool {
        matches!(capability, Capability::IMAGES | Capability::TOOLS | Capability::STRICT_SCHEMA)
    }
}

impl<Q> Supports<Images, Q> for OpenAi {}
impl<Q> Supports<Tools, Q> for OpenAi {}
impl<Q> Supports<StrictSchema, Q> for OpenAi {}

impl GenerateImage for OpenAi {
    fn generate_image<'a>(&'a self, request: &'a ImageRequest) -> BoxFuture<'a, Result<GeneratedImage>> {
        Box::pin(async move {
            let asked = request.model.as_deref().unwrap_or(&self.image_model);
            let model = Model::new("openai", asked, self.own_address)?;
            let complete = |error| with_advice(error, prefixed(&model)).with_route(model.route());
            let ImageBody { path, content_type, body, .. } =
                openai_images::encode_request(request, model.name).map_err(complete)?;
            let mut headers = self.headers.clone();
            let content_type = HeaderValue::try_from(&*content_type).map_err(|_| {
                complete(Error::new(ErrorKind::Other, "the content type of the request cannot be written"))
            })?;
            headers.insert(CONTENT_TYPE, content_type);
            let url = format!("{}/{path}", self.base_url);
            let whole = self.endpoint.post(model.name, &url, &headers, body).await.map_err(complete)?;
            openai_images::decode_reply(&whole.body).map_err(|error| complete(self.endpoint.blame(error, &whole)))
        })
    }
}

impl fmt::Debug for OpenAi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenAi")
            .field("endpoint", &self.endpoint)
            .field("url", &self.url)
            .field("default_model", &self.default_model)
            .finish_non_exhaustive()
    }
}

static FORMAT: Format = Format {
    decode_reply,
    stream_decoder: || Box::new(StreamDecoder::new()),
    decode_error,
    request_ids: &["x-request-id"],
    rate_limits,
};

/// The name of a model that was asked for with the provider in front of it.
fn prefixed<'a>(model: &Model<'a>) -> Option<&'a str> {
    model.had_prefix.then_some(model.name)
}

fn with_advice(error: Error, prefixed: Option<&str>) -> Error {
    match (error.kind(), prefixed) {
        (ErrorKind::Authentication, _) => error.with_help("check the key: `OPENAI_API_KEY`, or what the program sets"),
        (ErrorKind::Config, _) if error.status().is_some() => error.with_help("set the base URL to the new address"),
        (ErrorKind::NotFound, Some(name)) => error.with_help(format!(
            "the model was asked for as `{name}`; if its own name begins with `openai/`, write `openai/openai/{name}`"
        )),
        _ => error,
    }
}
