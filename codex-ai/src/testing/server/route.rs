//! Which format and which call an address means.

use http::HeaderMap;
use http::header::AUTHORIZATION;

use super::format::Format;

/// What is asked for at an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Call {
    /// An answer, whole or streamed as the body says.
    Generate,
    /// An answer whose address says that it is streamed.
    Stream,
    /// A picture, by OpenAI's images.
    Image,
    /// A picture made of others, by OpenAI's images.
    Edit,
    /// A picture, by Imagen.
    Predict,
}

/// An address that the server knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Route<'a> {
    pub(super) format: Format,
    pub(super) call: Call,
    /// The model, where it stands in the path.
    pub(super) model: Option<&'a str>,
}

impl<'a> Route<'a> {
    /// Reads a path. Clients of OpenAI's formats put `/v1`, `/api/v1` or `/openai/v1` in front of it, or nothing.
    pub(super) fn of(path: &'a str) -> Option<Self> {
        let route = |format, call| Some(Self { format, call, model: None });
        let bare = ["/api", "/openai"].iter().find_map(|prefix| path.strip_prefix(prefix)).unwrap_or(path);
        let bare = bare.strip_prefix("/v1").filter(|rest| rest.starts_with('/')).unwrap_or(bare);
        match bare {
            "/responses" => route(Format::Responses, Call::Generate),
            "/chat/completions" => route(Format::Chat, Call::Generate),
            "/images/generations" => route(Format::Responses, Call::Image),
            "/images/edits" => route(Format::Responses, Call::Edit),
            "/messages" => route(Format::Anthropic, Call::Generate),
            _ => Self::of_google(path),
        }
    }

    fn of_google(path: &'a str) -> Option<Self> {
        let versions = ["/v1beta1", "/v1beta", "/v1alpha", "/v1"];
        let path =
            versions.iter().find_map(|v| path.strip_prefix(v).filter(|rest| rest.starts_with('/'))).unwrap_or(path);
        let path = path.strip_prefix("/publishers/google").unwrap_or(path);
        let (model, call) = path.strip_prefix("/models/")?.rsplit_once(':')?;
        let call = match call {
            "generateContent" => Call::Generate,
            "streamGenerateContent" => Call::Stream,
            "predict" => Call::Predict,
            _ => return None,
        };
        (!model.is_empty()).then_some(Self { format: Format::Gemini, call, model: Some(model) })
    }
}

/// The headers in which a vendor's clients send the key.
pub(super) const KEY_HEADERS: [&str; 4] = ["authorization", "x-api-key", "x-goog-api-key", "api-key"];

impl Format {
    /// What is said where no key came.
    pub(super) fn expected_key(self) -> &'static str {
        match self {
            Self::Responses | Self::Chat => "no key: expected a header `Authorization: Bearer KEY`",
            Self::Anthropic => "no key: expected a header `x-api-key: KEY` or `Authorization: Bearer KEY`",
            Self::Gemini => "no key: expected a header `x-goog-api-key: KEY`",
        }
    }

    /// Whether a request has a key, as this vendor takes it; which one does not matter.
    pub(super) fn has_key(self, headers: &HeaderMap, query: Option<&str>) -> bool {
        let plain = |name: &str| headers.get(name).is_some_and(|value| !value.as_bytes().trim_ascii().is_empty());
        let bearer = || {
            let value = headers.get(AUTHORIZATION).and_then(|value| value.as_bytes().strip_prefix(b"Bearer "));
            value.is_some_and(|key| !key.trim_ascii().is_empty())
        };
        match self {
            // Azure has a header of its own for its keys.
            Self::Responses | Self::Chat => bearer() || plain("api-key"),
            Self::Anthropic => plain("x-api-key") || bearer(),
            Self::Gemini => {
                let in_query = |query: &str| query.split('&').any(|pair| pair.starts_with("key=") && pair.len() > 4);
                plain("x-goog-api-key") || query.is_some_and(in_query)
            }
        }
    }
}
