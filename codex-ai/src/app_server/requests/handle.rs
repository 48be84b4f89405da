//! What all requests have in common: they are answered once, cancelled, or declined when they are dropped.

use std::fmt;
use std::sync::Arc;

use serde::Serialize;
use serde_json::{Value, json};
use tokio::sync::watch;

use super::super::rpc::METHOD_NOT_FOUND;
use super::RequestId;
use super::open::{Open, Reply, line};
use crate::error::{Error, ErrorKind, Result};

/// Why a request of the server is not to be answered any more; the [`source`](std::error::Error::source) of the error of
/// an answer that came too late.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cancelled {
    /// The turn that asked is over: it was interrupted, or it failed.
    TurnEnded,
    /// The thread that asked was closed, archived or deleted.
    ThreadGone,
    /// The server says that it needs no answer any more; another client may have given one.
    Resolved,
    /// The connection is closed.
    Closed,
    /// The server asked something else by the same id, so that an answer could be taken for one to that. Both requests
    /// were declined.
    IdReused,
}

impl fmt::Display for Cancelled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TurnEnded => "the turn that asked is over",
            Self::ThreadGone => "the thread that asked is gone",
            Self::Resolved => "the server needs no answer any more",
            Self::Closed => "the connection is closed",
            Self::IdReused => "the server asked something else by the same id",
        })
    }
}

impl std::error::Error for Cancelled {}

/// Makes the type of a request: what came, and a handle to answer it.
macro_rules! request {
    ($(#[$doc:meta])* $name:ident, $params:ident) => {
        $(#[$doc])*
        ///
        /// It may be moved anywhere and answered at any time by any task. Dropped without an answer, it is declined. Its
        /// fields are those of what it dereferences to.
        #[must_use = "a request that is dropped is declined"]
        pub struct $name {
            params: Box<$params>,
            handle: $crate::app_server::requests::handle::Handle,
        }

        impl std::ops::Deref for $name {
            type Target = $params;

            fn deref(&self) -> &$params {
                &self.params
            }
        }

        impl $name {
            pub(super) fn new(params: Box<$params>, handle: $crate::app_server::requests::handle::Handle) -> Self {
                Self { params, handle }
            }

            pub(super) fn into_handle(self) -> $crate::app_server::requests::handle::Handle {
                self.handle
            }

            pub(super) fn handle(&self) -> &$crate::app_server::requests::handle::Handle {
                &self.handle
            }

            /// The server's id of the request.
            pub fn request_id(&self) -> &$crate::app_server::RequestId {
                self.handle.id()
            }

            /// What was asked, as the JSON text that came.
            pub fn raw_params(&self) -> &str {
                self.handle.raw_params()
            }

            /// Whether an answer would come too late: the turn is over, the server needs none any more, or the connection
            /// is closed.
            pub fn is_cancelled(&self) -> bool {
                self.handle.is_cancelled()
            }

            /// Waits until an answer would come too late, and says why; `None` once the request is answered. The future
            /// keeps nothing of the request, so it can be awaited beside an answer in another task.
            pub fn cancelled(&self) -> impl Future<Output = Option<$crate::app_server::Cancelled>> + Send + use<> {
                self.handle.cancelled()
            }

            /// Answers with any JSON, for what has no method here.
            ///
            /// # Errors
            /// An answer that is no JSON, which is declined then; a request that was [cancelled](Self::cancelled).
            pub fn answer_raw(self, result: &impl serde::Serialize) -> $crate::error::Result<()> {
                self.handle.answer(result)
            }

            /// Answers with a JSON-RPC error. To an approval, Codex 0.169.0 takes it as a failure of the command or the
            /// patch, and the turn goes on.
            ///
            /// # Errors
            /// A request that was [cancelled](Self::cancelled).
            pub fn refuse(self, code: i64, message: impl Into<String>) -> $crate::error::Result<()> {
                self.handle.refuse(code, message.into())
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($name))
                    .field("id", self.handle.id())
                    .field("params", &self.params)
                    .finish_non_exhaustive()
            }
        }
    };
}
pub(super) use request;

/// What is known of a request.
pub(super) struct Slot {
    pub(super) id: RequestId,
    pub(super) method: Box<str>,
    /// As JSON text.
    pub(super) params: Box<str>,
    pub(super) thread: Option<Box<str>>,
    pub(super) turn: Option<Box<str>>,
    pub(super) decline: Decline,
    pub(super) state: watch::Sender<State>,
}

/// How far a request has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum State {
    Open,
    Answered,
    Cancelled(Cancelled),
}

impl Slot {
    /// `false` only for a request of another thread.
    pub(super) fn is_of_thread(&self, thread: &str) -> bool {
        self.thread.as_deref().is_none_or(|own| own == thread)
    }
}

/// How a request is declined, so that its turn can go on (as Codex 0.169.0 takes it).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Decline {
    /// `{"decision": "decline"}`.
    Decision,
    /// The same in the first version of the protocol.
    Denied,
    /// Nothing is granted; there is no decision.
    NoPermission,
    /// Nothing is answered.
    NoAnswers,
    /// `{"action": "decline"}`.
    Action,
    /// The tool has failed, which the model is told.
    FailedTool,
    /// A JSON-RPC error.
    Error,
}

impl Decline {
    pub(super) fn of(method: &str) -> Self {
        match method {
            "item/commandExecution/requestApproval" | "item/fileChange/requestApproval" => Self::Decision,
            "execCommandApproval" | "applyPatchApproval" => Self::Denied,
            "item/permissions/requestApproval" => Self::NoPermission,
            "item/tool/requestUserInput" => Self::NoAnswers,
            "mcpServer/elicitation/request" => Self::Action,
            "item/tool/call" => Self::FailedTool,
            _ => Self::Error,
        }
    }

    pub(super) fn reply(self, method: &str) -> Reply<Value> {
        const REJECTION: &str = "the program that runs this session did not approve it";
        const NO_TOOL: &str = "the program that runs this session gave no result for the call of the tool";
        Reply::Result(match self {
            Self::Decision => json!({ "decision": "decline" }),
            Self::Denied => json!({ "decision": { "denied": { "rejection": REJECTION } } }),
            Self::NoPermission => json!({ "permissions": {} }),
            Self::NoAnswers => json!({ "answers": {} }),
            Self::Action => json!({ "action": "decline" }),
            Self::FailedTool => {
                json!({ "contentItems": [{ "type": "inputText", "text": NO_TOOL }], "success": false })
            }
            Self::Error => {
                let message = format!("this client does not answer `{method}`");
                return Reply::Error { code: METHOD_NOT_FOUND, message };
            }
        })
    }
}

/// A request that waits for its answer. Dropped without one, it is declined.
pub(super) struct Handle {
    slot: Arc<Slot>,
    open: Arc<Open>,
    /// What is said when it is dropped without an answer; nothing where that is meant.
    drop_note: Option<&'static str>,
}

impl Handle {
    pub(super) fn new(slot: Arc<Slot>, open: Arc<Open>) -> Self {
        Self { slot, open, drop_note: Some("declined, as its handler gave no answer") }
    }

    pub(super) fn id(&self) -> &RequestId {
        &self.slot.id
    }

    pub(super) fn method(&self) -> &str {
        &self.slot.method
    }

    pub(super) fn raw_params(&self) -> &str {
        &self.slot.params
    }

    pub(super) fn thread_id(&self) -> Option<&str> {
        self.slot.thread.as_deref()
    }

    pub(super) fn turn_id(&self) -> Option<&str> {
        self.slot.turn.as_deref()
    }

    /// The server gets this result.
    pub(super) fn answer(self, result: &impl Serialize) -> Result<()> {
        self.reply(&Reply::Result(result))
    }

    /// The server gets an error.
    pub(super) fn refuse(self, code: i64, message: String) -> Result<()> {
        self.reply::<()>(&Reply::Error { code, message })
    }

    /// The server gets the answer by which its turn goes on without what it asked for.
    pub(super) fn decline(self) -> Result<()> {
        let reply = self.slot.decline.reply(&self.slot.method);
        self.reply(&reply)
    }

    /// Declines what no handler is there for, and says so.
    pub(super) fn decline_unhandled(mut self) {
        self.drop_note = Some("declined, as nothing in this program handles it (`RequestHandler`)");
    }

    /// Declines without a word.
    pub(super) fn decline_silently(mut self) {
        self.drop_note = None;
    }

    fn reply<T: Serialize>(&self, reply: &Reply<T>) -> Result<()> {
        let line = line(&self.slot.id, reply).map_err(|error| {
            let message = format!("the answer to `{}` is no JSON, so it was declined: {error}", self.slot.method);
            Error::new(ErrorKind::InvalidRequest, message).with_source(error)
        })?;
        self.open.answer(&self.slot, line).map_err(|why| {
            let kind = match why {
                Cancelled::Closed => ErrorKind::Connect,
                _ => ErrorKind::Other,
            };
            let message = format!("the answer to `{}` came too late and was not sent: {why}", self.slot.method);
            Error::new(kind, message).with_source(why)
        })
    }

    pub(super) fn is_cancelled(&self) -> bool {
        matches!(*self.slot.state.borrow(), State::Cancelled(_))
    }

    pub(super) fn cancelled(&self) -> impl Future<Output = Option<Cancelled>> + Send + use<> {
        let mut state = self.slot.state.subscribe();
        async move {
            match &*state.wait_for(|state| *state != State::Open).await.ok()? {
                State::Cancelled(why) => Some(why.clone()),
                State::Open | State::Answered => None,
            }
        }
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        let Ok(line) = line(&self.slot.id, &self.slot.decline.reply(&self.slot.method)) else { return };
        if self.open.answer(&self.slot, line).is_err() {
            return; // Answered before, or cancelled.
        }
        if let Some(note) = self.drop_note {
            let slot = &*self.slot;
            let (thread, turn) = (slot.thread.as_deref(), slot.turn.as_deref());
            tracing::warn!(method = &*slot.method, id = %slot.id, thread, turn, "{note}");
        }
    }
}

impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handle").field("id", &self.slot.id).field("method", &self.slot.method).finish_non_exhaustive()
    }
}
