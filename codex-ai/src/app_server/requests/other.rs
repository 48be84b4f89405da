//! Tokens of an account, and requests that have no type here.

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::handle::request;
use crate::error::{Error, ErrorKind, Result};

request! {
    /// The server needs new tokens for an account that this program signed in with (`account/chatgptAuthTokens/refresh`).
    TokenRefresh, TokenRefreshParams
}

/// What is known of tokens that are needed.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct TokenRefreshParams {
    /// Why: `unauthorized`.
    pub reason: String,
    /// The account that was used before.
    pub previous_account_id: Option<String>,
    /// Fields that have no name here.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

impl TokenRefresh {
    /// The new token, the account it is for, and its plan, if it is known.
    ///
    /// # Errors
    /// A request that was [cancelled](Self::cancelled), here and below.
    pub fn answer(self, token: impl Into<SecretString>, account_id: &str, plan: Option<&str>) -> Result<()> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Answer<'a> {
            access_token: &'a str,
            chatgpt_account_id: &'a str,
            #[serde(skip_serializing_if = "Option::is_none")]
            chatgpt_plan_type: Option<&'a str>,
        }
        let token = token.into();
        let answer =
            Answer { access_token: token.expose_secret(), chatgpt_account_id: account_id, chatgpt_plan_type: plan };
        self.answer_raw(&answer)
    }

    /// There is no token: the server gets a JSON-RPC error.
    ///
    /// # Errors
    /// As [`answer`](Self::answer).
    pub fn decline(self) -> Result<()> {
        self.into_handle().decline()
    }
}

request! {
    /// Any other request: attestations, the time, approvals of the first version of the protocol, methods that are newer
    /// than this library; and one that has a type here, but not the form that was expected
    /// ([`problem`](OtherParams::problem) tells it).
    ///
    /// [`answer_raw`](Self::answer_raw) answers it.
    OtherRequest, OtherParams
}

/// What is known of a request without a type.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct OtherParams {
    /// The method.
    pub method: String,
    /// The thread, where `threadId` names one.
    pub thread_id: Option<String>,
    /// The turn, where `turnId` names one.
    pub turn_id: Option<String>,
    /// What is wrong with the parameters of a method that has a type here.
    pub problem: Option<String>,
}

impl OtherRequest {
    /// Reads the parameters.
    ///
    /// # Errors
    /// [`ErrorKind::Protocol`] where they have another form.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T> {
        serde_json::from_str(self.raw_params()).map_err(|error| {
            let message = format!("the parameters of `{}` have another form than was expected: {error}", self.method);
            Error::new(ErrorKind::Protocol, message).with_source(error)
        })
    }

    /// Answers `currentTime/read`: the time since 1970.
    ///
    /// # Errors
    /// A request that was [cancelled](Self::cancelled).
    pub fn answer_time(self, since_1970: Duration) -> Result<()> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Answer {
            current_time_at: u64,
        }
        self.answer_raw(&Answer { current_time_at: since_1970.as_secs() })
    }

    /// Declines: approvals of the first version of the protocol are denied, and so is what should have had a type; the
    /// others get a JSON-RPC error.
    ///
    /// # Errors
    /// A request that was [cancelled](Self::cancelled).
    pub fn decline(self) -> Result<()> {
        self.into_handle().decline()
    }
}
