//! Why there is no connection any more.

use std::fmt;
use std::process::ExitStatus;

use super::rpc::RpcError;
use crate::error::{Error, ErrorKind};

/// Why nothing can be asked any more, and what the process said last. Every call that waits, and every later one, gets
/// an error with it as its [`source`](std::error::Error::source).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Closed {
    /// What ended the connection.
    pub reason: ClosedReason,
    /// How the process ended; `None` where there is none, or it did not end in time and was killed.
    pub status: Option<ExitStatus>,
    /// The last lines that the process wrote to its standard error, at most 8 KiB, without colours. Keys that
    /// this client has logged in with, or set by [`with_env`](super::SpawnOptions::with_env), are taken out.
    pub stderr: String,
}

/// What ended a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ClosedReason {
    /// The server closed its output, or its process ended.
    ServerClosed,
    /// The client was shut down, or dropped.
    ShutDown,
    /// The server does not read what it is sent; so many bytes wait.
    NotReading {
        /// The bytes that it has not read.
        unsent: usize,
    },
    /// The async runtime in which the client was made has ended.
    RuntimeEnded,
    /// Reading or writing failed, in the words of the system.
    Transport(String),
}

impl Closed {
    /// Before the process has ended.
    pub(crate) fn early(reason: ClosedReason) -> Self {
        Self { reason, status: None, stderr: String::new() }
    }

    /// The error of a call.
    pub(crate) fn refused_call(&self, method: &str) -> Error {
        self.error(ErrorKind::Connect, format!("`{method}` got no answer: {self}"))
    }

    /// The error that a stream ends in.
    pub(crate) fn ended_stream(&self) -> Error {
        self.error(ErrorKind::Incomplete, format!("the events ended before the turn did: {self}"))
    }

    /// The error of a client that could not begin: with the last words, whatever it was.
    pub(crate) fn refused_start(&self, error: &Error) -> Error {
        let source = std::error::Error::source(error);
        let closed = source.and_then(|source| source.downcast_ref::<Self>()).is_some();
        // Of a connection that was closed they are in the message.
        let words = if closed { String::new() } else { self.last_words() };
        let message = format!("the app server cannot be used: {}{words}", error.message());
        let mut start = Error::new(error.kind(), message);
        // No thread was had yet that another client could go on with.
        let ended = closed && matches!(self.reason, ClosedReason::ServerClosed | ClosedReason::Transport(_));
        if ended && self.status.is_some() {
            start = start.with_help(
                "read what the program said; it has to be `codex app-server`: `SpawnOptions::with_binary`, `with_args`",
            );
        } else if ended {
            start = start.with_help("see that an app server is at the other end, and that it lets this client in");
        } else if let Some(help) = error.help() {
            start = start.with_help(help.to_owned());
        }
        if let Some(code) = error.code() {
            start = start.with_code(code);
        }
        match RpcError::of(error) {
            Some(refusal) => start.with_source(refusal.clone()),
            None => start.with_source(self.clone()),
        }
    }

    /// How the process ended and what it said, for a sentence that goes on; empty where nothing is known.
    pub(crate) fn last_words(&self) -> String {
        let mut words = String::new();
        if let Some(status) = self.status {
            words = format!("; its process ended with {status}");
        }
        // What a server said that ended well, when it was told to, explains nothing.
        let is_clean = self.reason == ClosedReason::ShutDown && self.status.is_some_and(|status| status.success());
        if !self.stderr.is_empty() && !is_clean {
            words = format!("{words}; it said last:\n{}", self.stderr);
        }
        words
    }

    fn error(&self, kind: ErrorKind, message: String) -> Error {
        let help = match self.reason {
            ClosedReason::ShutDown => "ask before the client is shut down or dropped",
            ClosedReason::RuntimeEnded => "make the client in the runtime that lives longest",
            ClosedReason::NotReading { .. } => {
                "send less at once, or allow more: `ClientOptions::with_max_unsent`; else start another client"
            }
            _ => "start another client; `Client::resume_thread` goes on where the server has saved the thread",
        };
        Error::new(kind, message).with_help(help).with_source(self.clone())
    }
}

impl fmt::Display for Closed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.reason {
            ClosedReason::ServerClosed => f.write_str("the app server closed the connection")?,
            ClosedReason::ShutDown => f.write_str("the client was shut down")?,
            ClosedReason::NotReading { unsent } => {
                write!(f, "the app server has stopped reading, and {unsent} bytes wait for it")?;
            }
            ClosedReason::RuntimeEnded => f.write_str("the runtime of the connection has ended")?,
            ClosedReason::Transport(error) => write!(f, "the connection failed: {error}")?,
        }
        f.write_str(&self.last_words())
    }
}

impl std::error::Error for Closed {}
