//! Anthropic, and servers that speak its Messages API.

mod builder;
mod limits;

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use http::HeaderMap;

pub use builder::AnthropicBuilder;

use super::endpoint::{Endpoint, Format};
use super::ladder::Ladder;
use super::model::Model;
use super::{BoxFuture, Provider};
use crate::capability::{Capability, Images, StrictSchema, Supports, Tools};
use crate::error::{Error, ErrorKind, Problem, Result};
use crate::reply::Reply;
use crate::request::Request;
use crate::schema::WireForm;
use crate::stream::ReplyStream;
use crate::structured::SchemaMode;
use crate::wire::Target;
use crate::wire::anthropic::{
    DEFAULT_MAX_TOKENS, StreamDecoder, decode_error, decode_reply, encode_request, own_format,
};
use crate::wire::lower::{Rung, Rungs};

/// The model that is asked where nobody names one.
pub const DEFAULT_MODEL: &str = "claude-sonnet-5-5";

/// The address of Anthropic's API.
pub const DEFAULT_BASE_URL: &str = "https://api.anthropic.com";

/// The version of the API that is asked for. It takes all that the later ones take, and `temperature`, `top_p` and
/// `top_k` besides, which the version `2026-10-21` refuses whatever their value.
pub const DEFAULT_API_VERSION: &str = "2023-06-01";

/// The largest `max_tokens` that is asked for in one piece. An answer that may be longer can take more than the ten
/// minutes after which connections that say nothing are cut; Anthropic's SDKs draw the line here.
pub const MOST_TOKENS_AT_ONCE: u32 = 21_333;

/// The first version of the API without `temperature`, `top_p` and `top_k`.
const WITHOUT_SAMPLING: &str = "2026-10-21";

/// Anthropic's models by the Messages API, or those of a server that speaks it.
///
/// The API wants a limit of tokens: [`DEFAULT_MAX_TOKENS`] where the request
/// has none. Where it is more than [`MOST_TOKENS_AT_ONCE`], [`generate`](Provider::generate) asks for a stream and gives
/// it as a whole, so that no connection is idle for minutes; the SDKs refuse such a call. The reply is the same but for
/// its `raw`, which then holds only what the reply has no field for.
///
/// # Names of models
/// `anthropic/` in front of a name is the route to this provider and is taken off once. At Anthropic's own address the
/// prefix of another vendor (`openai/…`) is refused before anything is sent; at every other address names with a slash
/// are passed on.
///
/// ```no_run
/// use codex_ai::provider::anthropic::Anthropic;
/// use codex_ai::{Message, Provider, Request};
///
/// # async fn run() -> codex_ai::Result<()> {
/// let anthropic = Anthropic::from_env()?;
/// let reply = anthropic.generate(&Request::new(vec![Message::user("Why is the sky blue?")])).await?;
/// println!("{} ({:?})", reply.text(), reply.usage);
/// # Ok(())
/// # }
/// ```
pub struct Anthropic {
    endpoint: Arc<Endpoint>,
    headers: HeaderMap,
    messages_url: String,
    default_model: String,
    effort: Option<String>,
    takes_sampling: bool,
    /// Whether the address is Anthropic's own.
    own_address: bool,
    ladder: Ladder,
}

impl Anthropic {
    /// Anthropic with this key and the defaults for everything else. The environment is not read.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] for a key that no header can hold.
    pub fn new(key: impl Into<String>) -> Result<Self> {
        Self::builder().key(key).build()
    }

    /// Anthropic as the environment says: `ANTHROPIC_API_KEY`, else `ANTHROPIC_AUTH_TOKEN`, and if it is set
    /// `ANTHROPIC_BASE_URL`. A variable that is empty is as good as unset.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] where there is no key or a value cannot be used.
    pub fn from_env() -> Result<Self> {
        Self::builder().from_env()?.build()
    }

    /// All settings, one by one.
    pub fn builder() -> AnthropicBuilder {
        AnthropicBuilder::default()
    }

    /// The model that is asked where a request names none.
    pub fn default_model(&self) -> &str {
        &self.default_model
    }

    /// The model that is asked, and the body of the request.
    fn prepare<'a>(&'a self, request: &'a Request, stream: bool) -> Result<(Model<'a>, Bytes)> {
        let asked = request.options.model.as_deref().unwrap_or(&self.default_model);
        let model = Model::new("anthropic", asked, self.own_address)?;
        let target = Target { stream, ..Target::new(model.name).with_effort(self.effort.as_deref()) };
        let body = self.check_sampling(request).and_then(|()| encode_request(request, &target));
        let body = body.map_err(|error| error.with_route(model.route()))?;
        Ok((model, body))
    }

    fn check_sampling(&self, request: &Request) -> Result<()> {
        let options = &request.options;
        let set = [
            ("temperature", options.temperature.is_some()),
            ("top_p", options.top_p.is_some()),
            ("top_k", options.top_k.is_some()),
        ];
        if self.takes_sampling || set.iter().all(|(_, set)| !set) {
            return Ok(());
        }
        let set = set.iter().filter(|(_, set)| *set);
        let problems = set.map(|(name, _)| Problem::new(format!("options.{name}"), "is unknown to this version"));
        let message = "the version of Anthropic's API that is set takes no sampling options";
        Err(Error::new(ErrorKind::Unsupported, message)
            .with_problems(problems.collect())
            .with_help(format!("leave these options out, or set the API version `{DEFAULT_API_VERSION}`")))
    }

    async fn ask(&self, request: &Request) -> Result<Reply> {
        let (model, body) = self.prepare(request, false)?;
        let asked = self.endpoint.ask(model.name, &self.messages_url, &self.headers, body).await;
        asked.map_err(|error| with_advice(error, &model).with_route(model.route()))
    }

    async fn open(&self, request: &Request) -> Result<ReplyStream> {
        let (model, body) = self.prepare(request, true)?;
        let route = model.route();
        match self.endpoint.stream(model.name, &self.messages_url, &self.headers, body).await {
            Ok(stream) => Ok(stream.with_errors(move |error| error.with_route(route.clone()))),
            Err(error) => Err(with_advice(error, &model).with_route(route)),
        }
    }
}

impl Provider for Anthropic {
    fn name(&self) -> &str {
        "anthropic"
    }

    fn generate<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Result<Reply>> {
        Box::pin(async move {
            if limit_of(request) > u64::from(MOST_TOKENS_AT_ONCE) {
                return self.stream(request).await?.finish().await;
            }
            let mut climb = self.ladder.climb(request, RUNGS, own_format(request))?;
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
            let mut climb = self.ladder.climb(request, RUNGS, own_format(request))?;
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

impl<Q> Supports<Images, Q> for Anthropic {}
impl<Q> Supports<Tools, Q> for Anthropic {}
impl<Q> Supports<StrictSchema, Q> for Anthropic {}

impl fmt::Debug for Anthropic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Anthropic")
            .field("endpoint", &self.endpoint)
            .field("url", &self.messages_url)
            .field("default_model", &self.default_model)
            .finish_non_exhaustive()
    }
}

/// The API has no JSON mode without a schema. A tool that must be called is refused beside some ways of thinking.
const RUNGS: Rungs = Rungs::new(&[
    Rung::new(SchemaMode::Native, WireForm::Anthropic),
    Rung::new(SchemaMode::StrictTool, WireForm::Anthropic),
    Rung::new(SchemaMode::Tool, WireForm::Object),
    Rung::new(SchemaMode::Prompt, WireForm::Plain),
]);

static FORMAT: Format = Format {
    decode_reply,
    stream_decoder: || Box::new(StreamDecoder::new()),
    decode_error,
    request_ids: &["request-id"],
    rate_limits: limits::rate_limits,
};

/// The most tokens that the answer may take.
fn limit_of(request: &Request) -> u64 {
    let own = request.options.max_tokens.map(u64::from);
    let extra = || request.options.extra.get("max_tokens").and_then(serde_json::Value::as_u64);
    own.or_else(extra).unwrap_or(DEFAULT_MAX_TOKENS.into())
}

fn with_advice(error: Error, model: &Model<'_>) -> Error {
    match error.kind() {
        ErrorKind::Authentication => error.with_help("check the key: `ANTHROPIC_API_KEY`, or what the program sets"),
        ErrorKind::Quota => error.with_help("look at the plan, the credit and the spend limits of the workspace"),
        ErrorKind::Config if error.status().is_some() => error.with_help("set the base URL to the new address"),
        ErrorKind::NotFound if model.had_prefix => {
            let name = model.name;
            error.with_help(format!("the model was asked for as `{name}`; see which models the key may use"))
        }
        _ => error,
    }
}
