//! The errors that the server answers with.

use std::fmt;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::secrets::Secrets;
use crate::error::{Error, ErrorKind};

/// The server's own error, word for word; the [`source`](std::error::Error::source) of an [`Error`] of a call.
///
/// Nearly every error of Codex 0.169.0 has the code `-32600`, so that the [kind](Error::kind) of the call's error is read
/// from the message too: `thread not found` and `no rollout found` are [`NotFound`](ErrorKind::NotFound), what needs the
/// experimental API or is unknown to this version is [`Unsupported`](ErrorKind::Unsupported), what needs a login is
/// [`Authentication`](ErrorKind::Authentication), everything else [`InvalidRequest`](ErrorKind::InvalidRequest).
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct RpcError {
    /// `-32600` for nearly everything, `-32001` where the server is overloaded; 0 where it gave none.
    pub code: i64,
    /// What the server says.
    pub message: String,
    /// More, where there is more.
    pub data: Option<Value>,
}

/// The code of an overloaded server's answer. It comes without `data`.
const OVERLOADED: i64 = -32001;
/// JSON-RPC's code for a method that is not known.
pub(super) const METHOD_NOT_FOUND: i64 = -32601;
const INTERNAL: i64 = -32603;
/// The bytes of the server's message that go into the text of an error; a list of all methods has 8 KiB.
const SHOWN: usize = 600;

impl RpcError {
    /// Whether the server was overloaded and has not looked at the request: asking again does no harm.
    pub fn is_overloaded(&self) -> bool {
        self.code == OVERLOADED
    }

    /// The server's own error, where this is one of a call that it refused.
    pub(crate) fn of(error: &Error) -> Option<&Self> {
        std::error::Error::source(error)?.downcast_ref()
    }

    pub(crate) fn read(raw: &str) -> Self {
        #[derive(Deserialize)]
        struct Wire<'a> {
            #[serde(default)]
            code: Value,
            #[serde(default, borrow)]
            message: Option<&'a RawValue>,
            #[serde(default)]
            data: Option<Value>,
        }
        match serde_json::from_str::<Wire<'_>>(raw) {
            Ok(Wire { code, message, data }) => {
                let message = message.map_or("", RawValue::get);
                let message = serde_json::from_str(message).unwrap_or_else(|_| message.to_owned());
                Self { code: code.as_i64().unwrap_or_default(), message, data }
            }
            Err(_) => Self { code: 0, message: raw.to_owned(), data: None },
        }
    }

    /// The same without these, which the server may have repeated.
    pub(crate) fn without(mut self, secrets: &Secrets) -> Self {
        secrets.redact(&mut self.message);
        if let Some(data) = &mut self.data {
            let mut text = data.to_string();
            secrets.redact(&mut text);
            *data = serde_json::from_str(&text).unwrap_or_default();
        }
        self
    }

    /// The error of a call of this method.
    pub(crate) fn into_error(self, method: &str) -> Error {
        let (kind, help) = self.meaning();
        let message = match self.message.char_indices().nth(SHOWN) {
            Some((end, _)) => &format!("{}…", &self.message[..end]),
            None => self.message.trim_end(),
        };
        let mut error = Error::new(kind, format!("the app server refused `{method}`: {message}"))
            .with_code(self.code.to_string())
            .with_help(help);
        if kind == ErrorKind::Server {
            error = error.with_should_retry(self.is_overloaded());
        }
        error.with_source(self)
    }

    /// What it is, and what to do. The texts are those of Codex 0.169.0.
    fn meaning(&self) -> (ErrorKind, &'static str) {
        use ErrorKind::{Authentication, InvalidRequest, NotFound, Server, Unsupported};
        let says = |text: &str| self.message.contains(text);
        match self.code {
            OVERLOADED => return (Server, "ask again later, or with fewer requests at once"),
            METHOD_NOT_FOUND => return (Unsupported, "use another version of the server, or another method"),
            INTERNAL => return (Server, "see the server's words, and its standard error"),
            _ => {}
        }
        if says("requires experimentalApi capability") {
            (Unsupported, "leave that out, or use `ClientOptions::with_experimental_api(true)`")
        } else if says("unknown variant `") {
            (Unsupported, "this version of the server does not know that: use another version, or another value")
        } else if says("not supported") || says("does not support") || says("do not support") || says("is disabled") {
            (Unsupported, "leave that out, or change what it is asked of")
        } else if says("no active turn") {
            (InvalidRequest, "the turn is over: start another one")
        } else if says("expected active turn id") {
            (InvalidRequest, "name the turn that runs")
        } else if says("thread not found") || says("thread not loaded") {
            (NotFound, "resume the thread first: `Client::resume_thread`")
        } else if says("no rollout found") || says("no archived rollout found") {
            (NotFound, "look at the id; a thread is saved at its first turn, and an ephemeral one never")
        } else if says("authentication required") {
            (Authentication, "log in first")
        } else if says("Not initialized") {
            (InvalidRequest, "connect through `Client::connect` or `Client::spawn`, which initialize")
        } else if says("Already initialized") {
            (InvalidRequest, "leave `initialize` to the client")
        } else if says("missing field `") || says("invalid type: ") || says("invalid value: ") {
            (InvalidRequest, "give the parameters that this version of the server takes")
        } else {
            (InvalidRequest, "change what the server's words name")
        }
    }
}

impl fmt::Display for RpcError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (code {})", self.message, self.code)
    }
}

impl std::error::Error for RpcError {}
