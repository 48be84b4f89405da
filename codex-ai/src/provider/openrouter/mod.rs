//! OpenRouter.

mod builder;
mod routing;

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use http::HeaderMap;

pub use builder::OpenRouterBuilder;
pub use routing::Routing;

use super::endpoint::Endpoint;
use super::ladder::{Climb, Ladder};
use super::model::Model;
use super::{BoxFuture, Provider};
use crate::capability::{Capability, Images, StrictSchema, Supports, Tools};
use crate::error::{Error, ErrorKind, Result};
use crate::reply::Reply;
use crate::request::Request;
use crate::stream::ReplyStream;
use crate::wire::Target;
use crate::wire::openai_chat::{Dialect, encode_request, own_format};

/// The model that is asked where nobody names one.
pub const DEFAULT_MODEL: &str = "openai/gpt-5.6-luna";

/// The address of OpenRouter's API.
pub const DEFAULT_BASE_URL: &str = "https://openrouter.ai/api/v1";

/// The models of many vendors by OpenRouter.
///
/// # Names of models
/// Its models are named with their vendor: `anthropic/claude-sonnet-5`. `openrouter/` in front of such a name is the
/// route to this provider and is taken off once. OpenRouter's own models, such as `openrouter/auto`, have no vendor
/// after the slash and keep it.
///
/// ```no_run
/// use codex_ai::provider::openrouter::OpenRouter;
/// use codex_ai::{Message, Options, Provider, Request};
///
/// # async fn run() -> codex_ai::Result<()> {
/// let router = OpenRouter::from_env()?;
/// let request = Request::new(vec![Message::user("Why is the sky blue?")])
///     .with_options(Options::new().with_model("openrouter/auto"));
/// let reply = router.generate(&request).await?;
/// println!("{} says: {}", reply.model, reply.text());
/// # Ok(())
/// # }
/// ```
pub struct OpenRouter {
    endpoint: Arc<Endpoint>,
    headers: HeaderMap,
    url: String,
    default_model: String,
    fallback_models: Vec<Cow<'static, str>>,
    /// The field `provider` as JSON.
    provider: Option<String>,
    ladder: Ladder,
}

impl OpenRouter {
    /// OpenRouter with this key and the defaults for everything else. The environment is not read.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] for a key that no header can hold.
    pub fn new(key: impl Into<String>) -> Result<Self> {
        Self::builder().key(key).build()
    }

    /// OpenRouter as the environment says: `OPENROUTER_API_KEY`, and if it is set `OPENROUTER_BASE_URL`. A variable that
    /// is empty is as good as unset.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] where there is no key or a value cannot be used.
    pub fn from_env() -> Result<Self> {
        Self::builder().from_env()?.build()
    }

    /// All settings, one by one.
    pub fn builder() -> OpenRouterBuilder {
        OpenRouterBuilder::default()
    }

    /// The model that is asked where a request names none.
    pub fn default_model(&self) -> &str {
        &self.default_model
    }

    /// The model that is asked, and the body of the request.
    fn prepare<'a>(&'a self, request: &'a Request, stream: bool) -> Result<(Model<'a>, Bytes)> {
        let asked = request.options.model.as_deref().unwrap_or(&self.default_model);
        let mut model = Model::new("openrouter", asked, false)?;
        if model.had_prefix && !model.name.contains('/') {
            model.name = asked;
        }
        let target = Target { stream, ..Target::new(model.name) };
        let body = encode_request(request, &target, &Dialect::OPENROUTER)
            .and_then(|body| self.with_settings(body, request, model.name))
            .map_err(|error| error.with_route(model.route()))?;
        Ok((model, body))
    }

    /// The ways to tell a schema, one after the other.
    fn climb<'a>(&'a self, request: &'a Request) -> Result<Climb<'a>> {
        self.ladder.climb(request, Dialect::OPENROUTER.rungs(), own_format(request))
    }

    async fn ask(&self, request: &Request) -> Result<Reply> {
        let (model, body) = self.prepare(request, false)?;
        let asked = self.endpoint.ask(model.name, &self.url, &self.headers, body).await;
        asked.map_err(|error| with_advice(error).with_route(model.route()))
    }

    async fn open(&self, request: &Request) -> Result<ReplyStream> {
        let (model, body) = self.prepare(request, true)?;
        let route = model.route();
        match self.endpoint.stream(model.name, &self.url, &self.headers, body).await {
            Ok(stream) => Ok(stream.with_errors(move |error| error.with_route(route.clone()))),
            Err(error) => Err(with_advice(error).with_route(route)),
        }
    }

    /// Adds to a body what was set for all requests; what a request says itself goes before.
    fn with_settings(&self, body: Bytes, request: &Request, model: &str) -> Result<Bytes> {
        let extra = &request.options.extra;
        let models = (!self.fallback_models.is_empty() && !extra.contains_key("models"))
            .then(|| {
                let others = self.fallback_models.iter().map(AsRef::as_ref).filter(|other: &&str| *other != model);
                builder::json(&std::iter::once(model).chain(others).collect::<Vec<_>>())
            })
            .transpose()?;
        let provider = self.provider.as_deref().filter(|_| !extra.contains_key("provider"));
        let fields = [("models", models.as_deref()), ("provider", provider)];
        let Some(open) = body.strip_suffix(b"}").filter(|_| fields.iter().any(|(_, json)| json.is_some())) else {
            return Ok(body);
        };
        let mut out = Vec::with_capacity(body.len() + 256);
        out.extend_from_slice(open);
        for (name, json) in fields {
            if let Some(json) = json {
                out.extend_from_slice(format!(",\"{name}\":{json}").as_bytes());
            }
        }
        out.push(b'}');
        Ok(out.into())
    }
}

impl Provider for OpenRouter {
    fn name(&self) -> &str {
        "openrouter"
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

    fn supports(&self, capability: Capability, _: Option<&str>) -> bool {
        matches!(capability, Capability::IMAGES | Capability::TOOLS | Capability::STRICT_SCHEMA)
    }
}

impl<Q> Supports<Images, Q> for OpenRouter {}
impl<Q> Supports<Tools, Q> for OpenRouter {}
impl<Q> Supports<StrictSchema, Q> for OpenRouter {}

impl fmt::Debug for OpenRouter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenRouter")
            .field("endpoint", &self.endpoint)
            .field("url", &self.url)
            .field("default_model", &self.default_model)
            .finish_non_exhaustive()
    }
}

fn with_advice(error: Error) -> Error {
    match (error.kind(), error.status(), error.retry_after()) {
        (ErrorKind::Authentication, ..) => {
            error.with_help("check the key: `OPENROUTER_API_KEY`, or what the program sets")
        }
        // Credit that other requests hold comes back when they are done; OpenRouter says so by a time to wait.
        (ErrorKind::Quota, Some(402), Some(wait)) => {
            let message = "the account's credit is held by requests that are still running";
            let mut later = Error::new(ErrorKind::RateLimit, message).with_status(402).with_retry_after(wait);
            if let Some(code) = error.code() {
                later = later.with_code(code);
            }
            if let Some(id) = error.request_id() {
                later = later.with_request_id(id);
            }
            later.with_source(error)
        }
        (ErrorKind::Quota, ..) => error.with_help("add credit to the account, or ask a model that is free"),
        (ErrorKind::NotFound, ..) => error.with_help("name the model with its vendor, as in `openai/gpt-5.6-luna`"),
        (ErrorKind::Config, Some(_), _) => error.with_help("set the base URL to the new address"),
        _ => error,
    }
}
