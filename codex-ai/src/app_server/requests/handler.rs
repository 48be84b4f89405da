//! Who answers: a trait with a method a kind of request.

use std::fmt;
use std::sync::Arc;

use serde::de::DeserializeOwned;

use super::handle::{Cancelled, Handle};
use super::{
    CommandApproval, Elicitation, FileChangeApproval, OtherParams, OtherRequest, PermissionsRequest, RequestId,
    TokenRefresh, ToolRequest, UserInputRequest,
};
use crate::error::Result;
use crate::provider::BoxFuture;

/// Answers what the server asks.
///
/// Each request comes in a task of its own, so a method may take its time: nothing else waits for it. Each is an owned
/// handle: it can be answered at once, or moved elsewhere and answered later.
///
/// ```
/// use codex_ai::app_server::{CommandApproval, RequestHandler, ToolRequest};
///
/// struct Careful;
///
/// impl RequestHandler for Careful {
///     async fn command(&self, request: CommandApproval) {
///         let harmless = request.command.as_deref() == Some("cargo check");
///         let answered = if harmless { request.accept() } else { request.decline() };
///         if let Err(error) = answered {
///             tracing::info!(%error); // The turn was over.
///         }
///     }
///
///     async fn tool(&self, request: ToolRequest) {
///         #[derive(serde::Deserialize)]
///         struct Place {
///             city: String,
///         }
///         let answered = match (request.tool.as_str(), request.read::<Place>()) {
///             ("weather", Ok(place)) => request.answer(format!("12 degrees in {}", place.city)),
///             ("weather", Err(error)) => request.fail(error.to_string()),
///             (other, _) => {
///                 let unknown = format!("there is no tool `{other}`");
///                 request.fail(unknown)
///             }
///         };
///         drop(answered);
///     }
/// }
/// # let _ = codex_ai::app_server::ClientOptions::new().with_handler(Careful);
/// ```
///
/// # What is declined
/// Nothing is accepted unless a method accepts it. A request is declined, with a warning of `tracing` that tells method,
/// thread and turn and nothing of its contents, when its method is not overridden, when its handle is dropped without
/// an answer, when its method panics, and when more than 1,024 requests, or 64 MiB of them, are open. So that the turn can
/// go on: an approval is answered `decline`, permissions with none, questions with no answers, a tool's call with a
/// failure, and what has no such answer with a JSON-RPC error.
///
/// # What is cancelled
/// When its turn ends, when the server says that it needs no answer any more (`serverRequest/resolved`), and when the
/// connection closes, a request is cancelled: the task of its method is ended at its next `await`, a handle that was moved
/// elsewhere says so ([`cancelled`](CommandApproval::cancelled)), and a later answer is an error whose source is
/// [`Cancelled`]. Nothing of it is sent.
///
/// # Order
/// The events of a turn come by another way. Whether the event of a command's start is read before or after the request
/// to approve it, nobody promises; the item's id connects them.
pub trait RequestHandler: Send + Sync + 'static {
    /// May this command run?
    fn command(&self, request: CommandApproval) -> impl Future<Output = ()> + Send {
        unhandled(request.into_handle())
    }

    /// May these files be changed?
    fn file_change(&self, request: FileChangeApproval) -> impl Future<Output = ()> + Send {
        unhandled(request.into_handle())
    }

    /// May the model have these permissions?
    fn permissions(&self, request: PermissionsRequest) -> impl Future<Output = ()> + Send {
        unhandled(request.into_handle())
    }

    /// The model has questions for the user.
    fn user_input(&self, request: UserInputRequest) -> impl Future<Output = ()> + Send {
        unhandled(request.into_handle())
    }

    /// An MCP server wants something of the user.
    fn elicitation(&self, request: Elicitation) -> impl Future<Output = ()> + Send {
        unhandled(request.into_handle())
    }

    /// The model calls a tool of this program.
    fn tool(&self, request: ToolRequest) -> impl Future<Output = ()> + Send {
        unhandled(request.into_handle())
    }

    /// The server needs a new token.
    fn token_refresh(&self, request: TokenRefresh) -> impl Future<Output = ()> + Send {
        unhandled(request.into_handle())
    }

    /// Any other request.
    fn other(&self, request: OtherRequest) -> impl Future<Output = ()> + Send {
        unhandled(request.into_handle())
    }

    /// All requests come here, and go on to the methods above.
    fn handle(&self, request: ServerRequest) -> impl Future<Output = ()> + Send {
        async {
            match request {
                ServerRequest::Command(request) => self.command(request).await,
                ServerRequest::FileChange(request) => self.file_change(request).await,
                ServerRequest::Permissions(request) => self.permissions(request).await,
                ServerRequest::UserInput(request) => self.user_input(request).await,
                ServerRequest::Elicitation(request) => self.elicitation(request).await,
                ServerRequest::Tool(request) => self.tool(request).await,
                ServerRequest::TokenRefresh(request) => self.token_refresh(request).await,
                ServerRequest::Other(request) => self.other(request).await,
            }
        }
    }
}

impl<H: RequestHandler> RequestHandler for Arc<H> {
    fn handle(&self, request: ServerRequest) -> impl Future<Output = ()> + Send {
        H::handle(self, request)
    }
}

async fn unhandled(handle: Handle) {
    handle.decline_unhandled();
}

/// [`RequestHandler`] behind a pointer.
pub(crate) trait ErasedHandler: Send + Sync {
    fn handle(&self, request: ServerRequest) -> BoxFuture<'_, ()>;
}

impl<H: RequestHandler> ErasedHandler for H {
    fn handle(&self, request: ServerRequest) -> BoxFuture<'_, ()> {
        Box::pin(RequestHandler::handle(self, request))
    }
}

/// What the server asks.
#[derive(Debug)]
#[non_exhaustive]
#[must_use = "a request that is dropped is declined"]
pub enum ServerRequest {
    /// May this command run?
    Command(CommandApproval),
    /// May these files be changed?
    FileChange(FileChangeApproval),
    /// May the model have these permissions?
    Permissions(PermissionsRequest),
    /// The model has questions for the user.
    UserInput(UserInputRequest),
    /// An MCP server wants something of the user.
    Elicitation(Elicitation),
    /// The model calls a tool of this program.
    Tool(ToolRequest),
    /// The server needs a new token.
    TokenRefresh(TokenRefresh),
    /// Any other request.
    Other(OtherRequest),
}

impl ServerRequest {
    /// Reads the parameters by the method.
    pub(super) fn read(handle: Handle) -> Self {
        fn typed<P: DeserializeOwned, R>(
            handle: Handle,
            new: fn(Box<P>, Handle) -> R,
            variant: fn(R) -> ServerRequest,
        ) -> ServerRequest {
            match serde_json::from_str(handle.raw_params()) {
                Ok(params) => variant(new(params, handle)),
                Err(error) => ServerRequest::other(handle, Some(error.to_string())),
            }
        }
        match handle.method() {
            "item/commandExecution/requestApproval" => typed(handle, CommandApproval::new, Self::Command),
            "item/fileChange/requestApproval" => typed(handle, FileChangeApproval::new, Self::FileChange),
            "item/permissions/requestApproval" => typed(handle, PermissionsRequest::new, Self::Permissions),
            "item/tool/requestUserInput" => typed(handle, UserInputRequest::new, Self::UserInput),
            "mcpServer/elicitation/request" => typed(handle, Elicitation::new, Self::Elicitation),
            "item/tool/call" => typed(handle, ToolRequest::new, Self::Tool),
            "account/chatgptAuthTokens/refresh" => typed(handle, TokenRefresh::new, Self::TokenRefresh),
            _ => Self::other(handle, None),
        }
    }

    fn other(handle: Handle, problem: Option<String>) -> Self {
        let params = OtherParams {
            method: handle.method().to_owned(),
            thread_id: handle.thread_id().map(str::to_owned),
            turn_id: handle.turn_id().map(str::to_owned),
            problem,
        };
        Self::Other(OtherRequest::new(Box::new(params), handle))
    }

    fn shared(&self) -> &Handle {
        match self {
            Self::Command(request) => request.handle(),
            Self::FileChange(request) => request.handle(),
            Self::Permissions(request) => request.handle(),
            Self::UserInput(request) => request.handle(),
            Self::Elicitation(request) => request.handle(),
            Self::Tool(request) => request.handle(),
            Self::TokenRefresh(request) => request.handle(),
            Self::Other(request) => request.handle(),
        }
    }

    pub(super) fn into_handle(self) -> Handle {
        match self {
            Self::Command(request) => request.into_handle(),
            Self::FileChange(request) => request.into_handle(),
            Self::Permissions(request) => request.into_handle(),
            Self::UserInput(request) => request.into_handle(),
            Self::Elicitation(request) => request.into_handle(),
            Self::Tool(request) => request.into_handle(),
            Self::TokenRefresh(request) => request.into_handle(),
            Self::Other(request) => request.into_handle(),
        }
    }

    /// The server's id of the request.
    pub fn request_id(&self) -> &RequestId {
        self.shared().id()
    }

    /// The method.
    pub fn method(&self) -> &str {
        self.shared().method()
    }

    /// What was asked, as the JSON text that came.
    pub fn raw_params(&self) -> &str {
        self.shared().raw_params()
    }

    /// The thread that asks, if one does.
    pub fn thread_id(&self) -> Option<&str> {
        self.shared().thread_id()
    }

    /// The turn that asks, if one does.
    pub fn turn_id(&self) -> Option<&str> {
        self.shared().turn_id()
    }

    /// Whether an answer would come too late.
    pub fn is_cancelled(&self) -> bool {
        self.shared().is_cancelled()
    }

    /// Waits until an answer would come too late, and says why; `None` once the request is answered.
    pub fn cancelled(&self) -> impl Future<Output = Option<Cancelled>> + Send + use<> {
        self.shared().cancelled()
    }

    /// Declines, so that the turn can go on.
    ///
    /// # Errors
    /// A request that was [cancelled](Self::cancelled).
    pub fn decline(self) -> Result<()> {
        self.into_handle().decline()
    }
}

impl fmt::Display for ServerRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` ({})", self.method(), self.request_id())
    }
}
