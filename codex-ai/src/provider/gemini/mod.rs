//! Google's Gemini, with images and Imagen.

mod builder;
mod images;

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use http::HeaderMap;

pub use builder::GeminiBuilder;

use super::endpoint::{Endpoint, Format};
use super::ladder::Ladder;
use super::model::Model;
use super::{BoxFuture, Provider};
use crate::capability::{Capability, Images, StrictSchema, Supports, Tools};
use crate::error::{Error, ErrorKind, Result};
use crate::image::{GenerateImage, GenerateImagen};
use crate::reply::Reply;
use crate::request::Request;
use crate::schema::WireForm;
use crate::stream::ReplyStream;
use crate::structured::SchemaMode;
use crate::wire::Target;
use crate::wire::gemini::{StreamDecoder, decode_error, decode_reply, encode_request, own_format};
use crate::wire::lower::{Rung, Rungs};

/// The model that is asked where nobody names one (the one of the examples of Google's SDK 3.4.0, November 2026).
pub const DEFAULT_MODEL: &str = "gemini-3.8-flash";

/// The model for images where nobody names one (Google's SDK 3.4.0, November 2026).
pub const DEFAULT_IMAGE_MODEL: &str = "gemini-3.1-flash-lite-image";

/// The model for Imagen's call where nobody names one (Google's SDK 3.4.0, November 2026). The Gemini API shut Imagen
/// down on 2026-08-17; for Google Cloud write `publishers/google/models/imagen-4.0-generate-001`.
pub const DEFAULT_IMAGEN_MODEL: &str = "imagen-4.0-generate-001";

/// The address of the Gemini API.
pub const DEFAULT_BASE_URL: &str = "https://generativelanguage.googleapis.com";

/// The version of the API that stands in the path. `v1beta` has all of `v1`, and the fields of previews.
pub const DEFAULT_API_VERSION: &str = "v1beta";

/// Google's models by the Gemini API.
///
/// # Names of models
/// `gemini/` or `google/` in front of a name is the route to this provider and is taken off once. `models/` may stand in
/// front; names that begin with `tunedModels/`, `publishers/` or `projects/` are the path as it is. A name that would
/// change the path or the query otherwise is refused before anything is sent.
///
/// ```no_run
/// use codex_ai::provider::gemini::Gemini;
/// use codex_ai::{Message, Provider, Request};
///
/// # async fn run() -> codex_ai::Result<()> {
/// let gemini = Gemini::from_env()?;
/// let reply = gemini.generate(&Request::new(vec![Message::user("Why is the sky blue?")])).await?;
/// println!("{} ({:?})", reply.text(), reply.usage);
/// # Ok(())
/// # }
/// ```
pub struct Gemini {
    endpoint: Arc<Endpoint>,
    headers: HeaderMap,
    /// The address with the version.
    url: String,
    default_model: String,
    image_model: String,
    imagen_model: String,
    effort: Option<String>,
    /// Whether the address is Google's own.
    own_address: bool,
    ladder: Ladder,
    /// The ways to tell a schema.
    rungs: Rungs,
}

impl Gemini {
    /// Gemini with this key and the defaults for everything else. The environment is not read.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] for a key that no header can hold.
    pub fn new(key: impl Into<String>) -> Result<Self> {
        Self::builder().key(key).build()
    }

    /// Gemini as the environment says: the key from `GOOGLE_API_KEY` or `GEMINI_API_KEY`, and if it is set
    /// `GOOGLE_GEMINI_BASE_URL`. A variable that is empty is as good as unset.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] where there is no key, where the two variables hold different ones, or where a value cannot
    /// be used.
    pub fn from_env() -> Result<Self> {
        Self::builder().from_env()?.build()
    }

    /// All settings, one by one.
    pub fn builder() -> GeminiBuilder {
        GeminiBuilder::default()
    }

    /// The model that is asked where a request names none.
    pub fn default_model(&self) -> &str {
        &self.default_model
    }

    /// The model that is asked, and the URL of a call of it.
    fn locate<'a>(&'a self, asked: &'a str, call: &str) -> Result<(Model<'a>, String)> {
        let model = Model::new("gemini", asked.strip_prefix("google/").unwrap_or(asked), self.own_address)?;
        let name = model.name;
        let known = ["models/", "tunedModels/", "publishers/", "projects/"];
        let whole = known.iter().any(|prefix| name.starts_with(prefix));
        let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '@') || (whole && c == '/');
        if name.is_empty()
            || name.contains("..")
            || name.contains("//")
            || name.ends_with('/')
            || !name.chars().all(is_plain)
        {
            let message = "the name of the model cannot stand in the path of a request";
            return Err(Error::new(ErrorKind::InvalidRequest, message).with_route(model.route()).with_help(
                "write it as `gemini-3.8-flash`, `models/…`, `tunedModels/…` or `publishers/google/models/…`",
            ));
        }
        let prefix = if whole { "" } else { "models/" };
        let url = format!("{}/{prefix}{name}:{call}", self.url);
        Ok((model, url))
    }

    /// The model that is asked, the URL and the body of the request.
    fn prepare<'a>(
        &'a self,
        request: &'a Request,
        form: Option<WireForm>,
        stream: bool,
    ) -> Result<(Model<'a>, String, Bytes)> {
        let asked = request.options.model.as_deref().unwrap_or(&self.default_model);
        let call = if stream { "streamGenerateContent?alt=sse" } else { "generateContent" };
        let (model, url) = self.locate(asked, call)?;
        let target =
            Target { stream, ..Target::new(model.name).with_effort(self.effort.as_deref()).with_schema_form(form) };
        let body = encode_request(request, &target).map_err(|error| error.with_route(model.route()))?;
        Ok((model, url, body))
    }
}

impl Gemini {
    async fn ask(&self, request: &Request, form: Option<WireForm>) -> Result<Reply> {
        let (model, url, body) = self.prepare(request, form, false)?;
        let asked = self.endpoint.ask(model.name, &url, &self.headers, body).await;
        asked.map_err(|error| with_advice(error).with_route(model.route()))
    }

    async fn open(&self, request: &Request, form: Option<WireForm>) -> Result<ReplyStream> {
        let (model, url, body) = self.prepare(request, form, true)?;
        let route = model.route();
        match self.endpoint.stream(model.name, &url, &self.headers, body).await {
            Ok(stream) => Ok(stream.with_errors(move |error| error.with_route(route.clone()))),
            Err(error) => Err(with_advice(error).with_route(route)),
        }
    }
}

impl Provider for Gemini {
    fn name(&self) -> &str {
        "gemini"
    }

    fn generate<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Result<Reply>> {
        Box::pin(async move {
            let mut climb = self.ladder.climb(request, self.rungs, own_format(request))?;
            loop {
                let asked = self.ask(climb.request(), climb.form()).await;
                if let Some(result) = climb.whole(asked) {
                    return result;
                }
            }
        })
    }

    fn stream<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Result<ReplyStream>> {
        Box::pin(async move {
            let mut climb = self.ladder.climb(request, self.rungs, own_format(request))?;
            loop {
                let asked = self.open(climb.request(), climb.form()).await;
                if let Some(result) = climb.opened(asked).await {
                    return result;
                }
            }
        })
    }

    fn images(&self) -> Option<&dyn GenerateImage> {
        Some(self)
    }

    fn imagen(&self) -> Option<&dyn GenerateImagen> {
        Some(self)
    }

    fn supports(&self, capability: Capability, _: Option<&str>) -> bool {
        matches!(capability, Capability::IMAGES | Capability::TOOLS | Capability::STRICT_SCHEMA)
    }
}

impl<Q> Supports<Images, Q> for Gemini {}
impl<Q> Supports<Tools, Q> for Gemini {}
impl<Q> Supports<StrictSchema, Q> for Gemini {}

impl fmt::Debug for Gemini {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gemini")
            .field("endpoint", &self.endpoint)
            .field("url", &self.url)
            .field("default_model", &self.default_model)
            .finish_non_exhaustive()
    }
}

/// The same for a server that knows `responseSchema` alone.
const OPEN_API_RUNGS: Rungs = Rungs::new(&[
    Rung::new(SchemaMode::Native, WireForm::GeminiOpenApi),
    Rung::new(SchemaMode::Tool, WireForm::Object),
    Rung::new(SchemaMode::JsonMode, WireForm::Object),
    Rung::new(SchemaMode::Prompt, WireForm::Plain),
]);

/// A function's arguments are held to its schema where it must be called, without a word for it.
const RUNGS: Rungs = Rungs::new(&[
    Rung::new(SchemaMode::Native, WireForm::Gemini),
    Rung::new(SchemaMode::Native, WireForm::GeminiOpenApi),
    Rung::new(SchemaMode::Tool, WireForm::Object),
    Rung::new(SchemaMode::JsonMode, WireForm::Object),
    Rung::new(SchemaMode::Prompt, WireForm::Plain),
]);

/// Google gives no id of a request and tells no limits in headers; gateways give the id that is usual.
static FORMAT: Format = Format {
    decode_reply,
    stream_decoder: || Box::new(StreamDecoder::new()),
    decode_error,
    request_ids: &["x-request-id"],
    rate_limits: |_| None,
};

fn with_advice(error: Error) -> Error {
    match error.kind() {
        ErrorKind::Authentication => {
            error.with_help("check the key: `GEMINI_API_KEY` or `GOOGLE_API_KEY`, or what the program sets")
        }
        ErrorKind::Config if error.status().is_some() => error.with_help("set the base URL to the new address"),
        ErrorKind::NotFound => error.with_help("check the model's name, and whether the API version has it"),
        _ => error,
    }
}
