//! What the server asks: read, answered, declined, parked and cancelled.

mod answers;
mod cancelled;
mod declined;
mod parked;

use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};

use codex_ai::app_server::{Cancelled, Client, ClientOptions, ServerRequest, ServerRequests, forward_requests};
use codex_ai::{Error, ErrorKind};
use serde_json::{Value, json};
use tracing::subscriber::DefaultGuard;

use crate::peer::Peer;

pub(crate) const COMMAND: &str = "item/commandExecution/requestApproval";
pub(crate) const FILES: &str = "item/fileChange/requestApproval";
pub(crate) const PERMISSIONS: &str = "item/permissions/requestApproval";
pub(crate) const INPUT: &str = "item/tool/requestUserInput";
pub(crate) const ELICITATION: &str = "mcpServer/elicitation/request";
pub(crate) const TOOL: &str = "item/tool/call";
pub(crate) const TOKENS: &str = "account/chatgptAuthTokens/refresh";

/// A client whose requests come out of a channel.
pub(crate) async fn forwarding() -> (Client, Peer, ServerRequests) {
    let (handler, requests) = forward_requests();
    let (client, peer) = Peer::connect(ClientOptions::new().with_handler(handler)).await;
    (client, peer, requests)
}

/// Parameters that are enough for any kind of request.
pub(crate) fn params(turn: &str) -> Value {
    json!({
        "threadId": "t1", "turnId": turn, "itemId": "call_1", "callId": "call_1", "startedAtMs": 0, "command": "true",
        "cwd": "/", "permissions": { "network": { "enabled": true } }, "questions": [], "isBlocking": true, "tool": "f",
        "arguments": {}, "serverName": "s", "mode": "form", "message": "m", "requestedSchema": {}, "reason": "unauthorized",
    })
}

impl Peer {
    /// Asks the client.
    pub(crate) async fn ask(&mut self, id: impl Into<Value>, method: &str, params: Value) {
        self.send(&json!({ "id": id.into(), "method": method, "params": params })).await;
    }

    pub(crate) async fn resolved(&mut self, thread: &str, id: impl Into<Value>) {
        self.notify("serverRequest/resolved", json!({ "threadId": thread, "requestId": id.into() })).await;
    }
}

/// The answer to a request that was cancelled for this reason.
pub(crate) fn is_too_late(answered: Result<(), Error>, why: &Cancelled) {
    let error = answered.unwrap_err();
    let expected = if *why == Cancelled::Closed { ErrorKind::Connect } else { ErrorKind::Other };
    assert_eq!(error.kind(), expected, "{error}");
    let source = std::error::Error::source(&error).and_then(|source| source.downcast_ref::<Cancelled>());
    assert_eq!(source, Some(why), "{error}");
    assert!(error.message().contains("too late"), "{error}");
}

/// What is said through `tracing` on this thread.
#[derive(Clone, Default)]
pub(crate) struct Said(Arc<Mutex<Vec<u8>>>);

impl Said {
    pub(crate) fn listen() -> (Self, DefaultGuard) {
        let said = Self::default();
        let writer = said.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::DEBUG)
            .with_ansi(false)
            .without_time()
            .with_writer(move || writer.clone())
            .finish();
        (said, tracing::subscriber::set_default(subscriber))
    }

    pub(crate) fn lines(&self) -> Vec<String> {
        let bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        String::from_utf8(bytes).unwrap().lines().map(str::to_owned).collect()
    }
}

impl Write for Said {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// The command's approval that this is.
pub(crate) fn command(request: Option<ServerRequest>) -> codex_ai::app_server::CommandApproval {
    match request {
        Some(ServerRequest::Command(request)) => request,
        other => panic!("{other:?}"),
    }
}
