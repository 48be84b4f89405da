//! What the server says of itself, and whether it is new enough.

use std::fmt;
use std::str::FromStr;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::open::or_default;
use crate::error::{Error, ErrorKind, Result};

/// What the server says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ServerInfo {
    /// As `codex-ai/0.169.0 (Debian 12.0.0; x86_64) ..`: the client's name and the server's version.
    #[serde(default, deserialize_with = "or_default")]
    pub user_agent: String,
    /// The folder of its configuration.
    pub codex_home: Option<String>,
    /// `unix` or `windows`.
    pub platform_family: Option<String>,
    /// `linux`, `macos` or `windows`.
    pub platform_os: Option<String>,
    /// Fields of the protocol that have no name here.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
    /// The name that the client gave itself.
    #[serde(skip)]
    client: String,
}

/// The version of a server: its three numbers. What may follow them, as `-alpha.1`, does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct ServerVersion {
    /// The first number.
    pub major: u32,
    /// The second number.
    pub minor: u32,
    /// The third number.
    pub patch: u32,
}

impl ServerVersion {
    /// The version that this client is written for and tested with: 0.169.0.
    ///
    /// An older one may leave out of account what it does not know, without a word. So the log has a warning where one
    /// answers; to have an error instead, name the oldest that will do:
    /// [`ClientOptions::with_minimum_version`](super::ClientOptions::with_minimum_version).
    pub const TESTED: Self = Self::new(0, 169, 0);

    /// The version of these numbers.
    pub const fn new(major: u32, minor: u32, patch: u32) -> Self {
        Self { major, minor, patch }
    }
}

impl fmt::Display for ServerVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

impl FromStr for ServerVersion {
    type Err = Error;

    /// Reads `0.169.0`, and `0.170.0-alpha.1` as 0.170.0.
    fn from_str(text: &str) -> Result<Self> {
        read(text).ok_or_else(|| Error::new(ErrorKind::InvalidRequest, format!("`{text}` is no version")))
    }
}

fn read(text: &str) -> Option<ServerVersion> {
    let numbers = text.split(['-', '+']).next()?;
    let mut numbers = numbers.split('.').map(|number| number.parse().ok());
    let version = ServerVersion::new(numbers.next()??, numbers.next()??, numbers.next()??);
    numbers.next().is_none().then_some(version)
}

impl ServerInfo {
    /// Notes the name that the client gave itself, which the server repeats.
    pub(crate) fn told(mut self, client: &str) -> Self {
        client.clone_into(&mut self.client);
        self
    }

    /// The version of the server. It is in the user agent, and nowhere else; `None` where there is none in it.
    pub fn version(&self) -> Option<ServerVersion> {
        // A name may hold a slash itself, so it is left out where the server repeats it.
        let agent = self.user_agent.strip_prefix(&self.client).unwrap_or(&self.user_agent);
        agent.split('/').skip(1).find_map(|part| read(part.split(' ').next()?))
    }

    /// Whether the server is new enough.
    pub(crate) fn check(&self, minimum: Option<ServerVersion>) -> Result<()> {
        const HELP: &str = "update Codex (`npm install -g @openai/codex@latest`), or name another program: `SpawnOptions::with_binary(path)`";
        match (minimum, self.version()) {
            (Some(minimum), Some(version)) if version < minimum => {
                let message = format!("the app server is Codex {version}, and at least {minimum} is asked for");
                Err(Error::new(ErrorKind::Unsupported, message).with_help(HELP))
            }
            (Some(minimum), None) => {
                let agent = &self.user_agent;
                let message =
                    format!("the app server tells no version (`{agent}`), and at least {minimum} is asked for");
                Err(Error::new(ErrorKind::Unsupported, message).with_help(HELP))
            }
            (None, Some(version)) if version < ServerVersion::TESTED => {
                let tested = ServerVersion::TESTED;
                tracing::warn!(%version, %tested, "the app server is older than what this client is written for: it may ignore options that it does not know");
                Ok(())
            }
            _ => Ok(()),
        }
    }
}
