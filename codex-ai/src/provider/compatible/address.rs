//! The addresses that differ from a base URL.

use crate::error::{Error, ErrorKind, Result};

/// Where requests go.
#[derive(Debug)]
pub(super) enum Address {
    /// One URL for all models.
    One(String),
    /// Azure's older form: the deployment in the path, the version in the query.
    Deployments { base: String, version: String },
}

impl Address {
    /// The URL for a model.
    pub(super) fn url(&self, model: &str) -> Result<std::borrow::Cow<'_, str>> {
        match self {
            Self::One(url) => Ok(url.into()),
            Self::Deployments { base, version } => {
                if model.is_empty() || !model.bytes().all(is_plain) {
                    let message = format!("`{model}` cannot be the name of a deployment");
                    return Err(Error::new(ErrorKind::InvalidRequest, message)
                        .with_help("name the deployment at Azure: letters, digits, `-`, `_` and `.`"));
                }
                Ok(format!("{base}/openai/deployments/{model}/chat/completions?api-version={version}").into())
            }
        }
    }
}

/// The address at Azure of a resource's URL, with or without `/openai/v1` at its end.
pub(super) fn azure(base: &str, version: Option<&str>) -> Result<Address> {
    let (resource, is_v1) = match base.strip_suffix("/openai/v1") {
        Some(resource) => (resource, true),
        None => (base.strip_suffix("/openai").unwrap_or(base), false),
    };
    match version.map(str::trim).filter(|version| !version.is_empty()) {
        // `v1` is the name of what has no version any more.
        None | Some("v1") => Ok(Address::One(format!("{resource}/openai/v1/chat/completions"))),
        Some(_) if is_v1 => {
            Err(Error::new(ErrorKind::Config, "the base URL ends with `/openai/v1`, which takes no version")
                .with_help("leave the version out, or the end of the URL"))
        }
        Some(version) if version.bytes().all(is_plain) => {
            Ok(Address::Deployments { base: resource.to_owned(), version: version.to_owned() })
        }
        Some(_) => Err(Error::new(ErrorKind::Config, "the version of the API has characters that no version has")
            .with_help("write it as `2024-10-21`")),
    }
}

fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.')
}

/// The base URL of what `OLLAMA_HOST` says, which is written for the server: the scheme may be missing, and an address
/// that means "all" is this machine for a client (Ollama's `envconfig`, November 2026).
pub(super) fn ollama(host: &str) -> String {
    let host = host.trim().trim_end_matches('/');
    let (scheme, rest, default_port) = match host.split_once("://") {
        None => ("http", host, ":11434"),
        Some((scheme, rest)) => (scheme, rest, ""),
    };
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    // The colons of an address in brackets are no port's.
    let port = authority.rfind(':').filter(|colon| !authority.get(*colon..).unwrap_or_default().contains(']'));
    let (name, port) = authority.split_at(port.unwrap_or(authority.len()));
    let name = match name {
        "" | "0.0.0.0" => "127.0.0.1",
        "[::]" => "[::1]",
        other => other,
    };
    let port = if port.is_empty() { default_port } else { port };
    let path = path.strip_suffix("/v1").unwrap_or(path);
    format!("{scheme}://{name}{port}{path}/v1")
}
