//! What the server asks the client: approvals, input, tools.
//!
//! The reader of the pipe notes a request and starts a task for it ([`Requests::open`]), and no more: the parameters are
//! read, and the program's code runs, in that task. An answer is a line for the writer, so answering does not wait.

mod approval;
mod elicitation;
mod handle;
mod handler;
mod input;
mod open;
mod other;
mod permissions;
mod ready;
mod tool;

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use self::approval::{
    CommandApproval, CommandDecision, CommandParams, FileChangeApproval, FileChangeParams, NetworkAccess,
    NetworkPolicyAmendment,
};
pub use self::elicitation::{Elicitation, ElicitationMode, ElicitationParams};
pub use self::handle::Cancelled;
pub(crate) use self::handler::ErasedHandler;
pub use self::handler::{RequestHandler, ServerRequest};
pub use self::input::{Question, QuestionOption, UserInputParams, UserInputRequest};
pub use self::other::{OtherParams, OtherRequest, TokenRefresh, TokenRefreshParams};
pub use self::permissions::{
    FileSystemEntry, FileSystemPermissions, GrantScope, NetworkPermissions, PermissionProfile, PermissionsParams,
    PermissionsRequest,
};
pub(crate) use self::ready::DeclineAll;
pub use self::ready::{DeclineSilently, ForwardRequests, HandlerFn, ServerRequests, forward_requests, handler_fn};
pub use self::tool::{ToolParams, ToolRequest};

use self::handle::{Handle, Slot};
use self::open::Open;
use super::core::WeakQueue;
use super::core::envelope::Ids;

/// The id of a request: a number or a text.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum RequestId {
    /// As the server's own are, and the client's: both count from 0.
    Number(i64),
    /// As other clients and servers have them.
    Text(String),
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(id) => id.fmt(f),
            Self::Text(id) => id.fmt(f),
        }
    }
}

/// The requests of the server that are open, and who answers them. Its methods are called by the reader of the pipe: none
/// waits, and none runs the program's code.
pub(crate) struct Requests {
    handler: Arc<dyn ErasedHandler>,
    open: Arc<Open>,
}

impl Requests {
    pub(crate) fn new(handler: Arc<dyn ErasedHandler>, queue: WeakQueue) -> Arc<Self> {
        Arc::new(Self { handler, open: Open::new(queue) })
    }

    /// The server asks.
    pub(crate) fn open(self: &Arc<Self>, method: &str, id: RequestId, params: &str) {
        let Some(slot) = self.open.insert(method, id, params) else { return };
        let handle = Handle::new(Arc::clone(&slot), Arc::clone(&self.open));
        let handler = Arc::clone(&self.handler);
        let panic = PanicReport(Arc::clone(&slot));
        let task = tokio::spawn(async move {
            let _panic = panic;
            handler.handle(ServerRequest::read(handle)).await;
        });
        self.open.runs_as(&slot, task.abort_handle());
    }

    /// `serverRequest/resolved` came. It comes after our own answers too, when there is nothing left to cancel.
    pub(crate) fn resolved(&self, params: &str) {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Resolved {
            request_id: RequestId,
            #[serde(default)]
            thread_id: Option<String>,
        }
        let Ok(resolved) = serde_json::from_str::<Resolved>(params) else { return };
        self.open.cancel(&Cancelled::Resolved, |slot| {
            slot.id == resolved.request_id
                && resolved.thread_id.as_deref().is_none_or(|thread| slot.is_of_thread(thread))
        });
    }

    /// A turn is over; what it asked is not to be answered any more.
    pub(crate) fn turn_ended(&self, turn: &str) {
        self.open.cancel(&Cancelled::TurnEnded, |slot| slot.turn.as_deref() == Some(turn));
    }

    /// A thread was closed, archived or deleted: nothing of it goes on, so that nothing waits for an answer.
    pub(crate) fn thread_gone(&self, params: &str) {
        if let Some(thread) = Ids::read(params).thread_id {
            self.open.cancel(&Cancelled::ThreadGone, |slot| slot.thread.as_deref() == Some(&*thread));
        }
    }

    /// The connection is closed.
    pub(crate) fn close(&self) {
        self.open.cancel(&Cancelled::Closed, |_| true);
    }
}

impl fmt::Debug for Requests {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Requests").finish_non_exhaustive()
    }
}

/// Says that a handler panicked. Its request is declined when its handle is dropped on the way.
struct PanicReport(Arc<Slot>);

impl Drop for PanicReport {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let Slot { method, id, .. } = &*self.0;
            tracing::error!(method = &**method, %id, "the handler of a request panicked");
        }
    }
}
