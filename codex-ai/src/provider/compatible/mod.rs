//! Servers that speak OpenAI's Chat Completions.

mod address;
mod builder;
mod profile;

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use http::HeaderMap;

pub use builder::CompatibleBuilder;
pub use profile::{KeyHeader, Profile};

use self::address::Address;
use super::endpoint::Endpoint;
use super::ladder::{Climb, Ladder};
use super::model::Model;
use super::{BoxFuture, Provider};
use crate::capability::{Capability, Supports};
use crate::error::{Error, ErrorKind, Result};
use crate::reply::Reply;
use crate::request::Request;
use crate::stream::ReplyStream;
use crate::structured::SchemaMode;
use crate::wire::Target;
use crate::wire::openai_chat::{encode_request, own_format};

/// A server that speaks OpenAI's Chat Completions: Ollama, vLLM, LM Studio, llama.cpp, Groq, DeepSeek, Mistral, Azure,
/// and any other by its URL.
///
/// # Names of models
/// The profile's name in front, as in `ollama/llama3.2`, is the route to this provider and is taken off once. Every
/// other name is passed on as it is, slashes included.
///
/// ```no_run
/// use codex_ai::provider::compatible::{Compatible, Profile};
/// use codex_ai::{Message, Options, Provider, Request};
///
/// # async fn run() -> codex_ai::Result<()> {
/// let ollama = Compatible::ollama()?;
/// let request = Request::new(vec![Message::user("Why is the sky blue?")])
///     .with_options(Options::new().with_model("llama3.2"));
/// println!("{}", ollama.generate(&request).await?.text());
///
/// let groq = Compatible::from_env(Profile::GROQ)?;
/// let other = Compatible::at("http://localhost:9000/v1").default_model("my-model").build()?;
/// # Ok(())
/// # }
/// ```
pub struct Compatible {
    endpoint: Arc<Endpoint>,
    headers: HeaderMap,
    address: Address,
    default_model: Option<String>,
    profile: Profile,
    ladder: Ladder,
}

impl Compatible {
    /// Ollama on this machine. The environment is not read; [`from_env`](Self::from_env) does.
    ///
    /// # Errors
    /// None today.
    pub fn ollama() -> Result<Self> {
        Self::builder(Profile::OLLAMA).build()
    }

    /// A server of which nothing else is known, at this base URL, such as `http://localhost:8000/v1`.
    pub fn at(base_url: impl Into<String>) -> CompatibleBuilder {
        Self::builder(Profile::ANY).base_url(base_url)
    }

    /// A server as its profile and the environment say; a variable that is empty is as good as unset.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] where a key or an address is missing or a value cannot be used.
    pub fn from_env(profile: Profile) -> Result<Self> {
        Self::builder(profile).from_env()?.build()
    }

    /// All settings, one by one.
    pub fn builder(profile: Profile) -> CompatibleBuilder {
        CompatibleBuilder::new(profile)
    }

    /// What is known of the server.
    pub fn profile(&self) -> &Profile {
        &self.profile
    }

    /// The model that is asked where a request names none.
    pub fn default_model(&self) -> Option<&str> {
        self.default_model.as_deref()
    }

    /// The model that is asked, the URL, and the body of the request.
    fn prepare<'a>(&'a self, request: &'a Request, stream: bool) -> Result<(Model<'a>, Cow<'a, str>, Bytes)> {
        let name = self.profile.name;
        let asked = request.options.model.as_deref().or(self.default_model.as_deref()).ok_or_else(|| {
            Error::new(ErrorKind::Config, format!("no model is named for `{name}`, and it has no default"))
                .with_help("name one in the options, or set `default_model` of the builder")
        })?;
        let model = Model::new(name, asked, false)?;
        let target = Target { stream, ..Target::new(model.name) };
        let made = encode_request(request, &target, &self.profile.dialect)
            .and_then(|body| Ok((self.address.url(model.name)?, body)));
        let (url, body) = made.map_err(|error| error.with_route(model.route()))?;
        Ok((model, url, body))
    }

    /// The ways to tell a schema, one after the other.
    fn climb<'a>(&'a self, request: &'a Request) -> Result<Climb<'a>> {
        self.ladder.climb(request, self.profile.dialect.rungs(), own_format(request))
    }

    async fn ask(&self, request: &Request) -> Result<Reply> {
        let (model, url, body) = self.prepare(request, false)?;
        let asked = self.endpoint.ask(model.name, &url, &self.headers, body).await;
        asked.map_err(|error| self.advise(error, &model).with_route(model.route()))
    }

    async fn open(&self, request: &Request) -> Result<ReplyStream> {
        let (model, url, body) = self.prepare(request, true)?;
        let route = model.route();
        match self.endpoint.stream(model.name, &url, &self.headers, body).await {
            Ok(stream) => Ok(stream.with_errors(move |error| error.with_route(route.clone()))),
            Err(error) => Err(self.advise(error, &model).with_route(route)),
        }
    }

    fn advise(&self, error: Error, model: &Model<'_>) -> Error {
        let Profile { name, key_variable, start_help, .. } = self.profile;
        let asked = model.name;
        match (error.kind(), key_variable, start_help) {
            (ErrorKind::Authentication, Some(variable), _) => {
                error.with_help(format!("check the key: `{variable}`, or what the program sets"))
            }
            (ErrorKind::Authentication, None, _) => error.with_help("check the key that the program sets"),
            (ErrorKind::Connect, _, Some(help)) => error.with_help(help),
            (ErrorKind::Config, ..) if error.status().is_some() => {
                error.with_help("set the base URL to the new address")
            }
            (ErrorKind::NotFound, ..) if name == Profile::OLLAMA.name => {
                error.with_help(format!("fetch the model with `ollama pull {asked}`; `ollama list` tells what is there"))
            }
            (ErrorKind::NotFound, ..) if name == Profile::AZURE.name => {
                error.with_help(format!("check that there is a deployment named `{asked}` at this address"))
            }
            (ErrorKind::NotFound, ..) if model.had_prefix => error.with_help(format!(
                "the model was asked for as `{asked}`; if its own name begins with `{name}/`, write `{name}/{name}/{asked}`"
            )),
            _ => error,
        }
    }
}

impl Provider for Compatible {
    fn name(&self) -> &str {
        self.profile.name
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

    /// By the profile. Which models take pictures and call tools is not known, and all are believed to.
    fn supports(&self, capability: Capability, _: Option<&str>) -> bool {
        let dialect = &self.profile.dialect;
        capability != Capability::STRICT_SCHEMA
            || dialect.enforces && dialect.schema_modes.contains(&SchemaMode::Native)
    }

    fn is_dynamic(&self) -> bool {
        true
    }
}

/// A server's profile is data: what it supports is checked when a dispatcher is built.
impl<C, Q> Supports<C, Q> for Compatible {}

impl fmt::Debug for Compatible {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Compatible")
            .field("profile", &self.profile.name)
            .field("endpoint", &self.endpoint)
            .field("address", &self.address)
            .field("default_model", &self.default_model)
            .finish_non_exhaustive()
    }
}
