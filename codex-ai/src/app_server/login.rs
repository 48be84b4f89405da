//! Logging in: with a key, in a browser, or with a code on another device.

use std::fmt;
use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::client::Client;
use super::core::logins::Waiting;
use super::core::{self, Call, Core};
use super::params::Nothing;
use crate::error::{Error, ErrorKind, Result};

const START: &str = "account/login/start";

/// A login that the user has to finish: in a browser, or with a code on another device.
///
/// The server keeps one at a time: Codex 0.169.0 cancels the one before when another is started. A login that is dropped
/// goes on at the server; [`cancel`](Self::cancel) ends it. Clones are the same login.
#[derive(Clone)]
pub struct Login(Arc<Inner>);

struct Inner {
    core: Core,
    id: Arc<str>,
    url: String,
    user_code: Option<String>,
    waiting: Waiting,
}

/// How a login ended.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct LoginOutcome {
    /// The login; a login with a key has none.
    pub login_id: Option<String>,
    /// Whether the user is logged in now. `false` where the login was cancelled, too.
    pub success: bool,
    /// Why not, in the words of the server.
    pub error: Option<String>,
}

/// What is logged in with.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
enum With<'a> {
    ApiKey { api_key: &'a str },
    Chatgpt,
    ChatgptDeviceCode,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Started {
    login_id: String,
    #[serde(alias = "verificationUrl")]
    auth_url: String,
    user_code: Option<String>,
}

impl Client {
    /// Logs in with an API key of OpenAI, which the server stores in its folder.
    ///
    /// # Errors
    /// Where the server refuses; the key is in no error and not in [`Closed::stderr`](super::Closed::stderr), even where
    /// the server repeats it.
    pub async fn login_api_key(&self, key: impl Into<SecretString>) -> Result<()> {
        let key = key.into();
        self.core.secrets().add(key.clone());
        let with = With::ApiKey { api_key: key.expose_secret() };
        self.core.call::<IgnoredAny>(START, &with).await.map(drop)
    }

    /// Begins a login with ChatGPT in a browser on this machine: open [`Login::url`] there, then [`Login::wait`].
    ///
    /// # Errors
    /// Where the server refuses.
    pub async fn login_chatgpt(&self) -> Result<Login> {
        self.login(&With::Chatgpt).await
    }

    /// Begins a login with ChatGPT on any device: open [`Login::url`] there and type [`Login::user_code`], then
    /// [`Login::wait`]. The server asks OpenAI for the code, so this needs its network.
    ///
    /// # Errors
    /// Where the server refuses.
    pub async fn login_device_code(&self) -> Result<Login> {
        self.login(&With::ChatgptDeviceCode).await
    }

    /// Logs out: the server forgets the key or the tokens.
    ///
    /// # Errors
    /// Where the server refuses.
    pub async fn logout(&self) -> Result<()> {
        self.core.call::<IgnoredAny>("account/logout", &Nothing {}).await?;
        Ok(())
    }

    async fn login(&self, with: &With<'_>) -> Result<Login> {
        let starting = self.core.logins().start();
        let (raw, _) = self.core.call_raw(START, with, &Call::default()).await?;
        let Started { login_id, auth_url, user_code } = core::read(START, &raw)?;
        let id: Arc<str> = login_id.into();
        let waiting = starting.named(&id);
        Ok(Login(Arc::new(Inner { core: self.core.clone(), id, url: auth_url, user_code, waiting })))
    }
}

impl Login {
    /// Its id.
    pub fn id(&self) -> &str {
        &self.0.id
    }

    /// The address that the user opens.
    pub fn url(&self) -> &str {
        &self.0.url
    }

    /// The code that the user types there, where the login goes by one.
    pub fn user_code(&self) -> Option<&str> {
        self.0.user_code.as_deref()
    }

    /// Waits for the end, which may have come before; a failed or cancelled login is `Ok` with
    /// [`success`](LoginOutcome::success) `false`. It has no time limit of its own. Cancel-safe.
    ///
    /// # Errors
    /// Where the connection closed before the login ended.
    pub async fn wait(&self) -> Result<LoginOutcome> {
        let mut waiting = self.0.waiting.clone();
        // The guard of the channel must not live across the look at the core.
        let outcome = waiting.wait_for(Option::is_some).await.ok().and_then(|outcome| outcome.clone());
        outcome.ok_or_else(|| match self.0.core.closed() {
            Some(closed) => closed.refused_call("account/login/completed"),
            None => Error::new(ErrorKind::Incomplete, "the login was replaced by another one of the same id"),
        })
    }

    /// Ends the login; who [waits](Self::wait) for it is told. `false` where it was over already.
    ///
    /// # Errors
    /// Where the server refuses or does not know the login.
    pub async fn cancel(&self) -> Result<bool> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Params<'a> {
            login_id: &'a str,
        }
        #[derive(Deserialize)]
        struct Answer {
            #[serde(default)]
            status: Value,
        }
        let Answer { status } = self.0.core.call("account/login/cancel", &Params { login_id: &self.0.id }).await?;
        Ok(status != "notFound")
    }
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Neither the address nor the code: whoever has them can take part in the login.
        f.debug_struct("Login").field("id", &self.0.id).finish_non_exhaustive()
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.core.logins().forget(&self.id);
    }
}
