//! Handlers that are ready.

use std::fmt;

use tokio::sync::mpsc;

use super::handler::{RequestHandler, ServerRequest};

/// Requests that wait to be taken, at most; further ones stay in their tasks until there is room.
const WAITING: usize = 64;

/// Declines everything, which is what a client without a handler does.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DeclineAll;

impl RequestHandler for DeclineAll {}

/// Declines everything without a warning: for programs that mean it.
#[derive(Debug, Clone, Copy, Default)]
#[non_exhaustive]
pub struct DeclineSilently;

impl RequestHandler for DeclineSilently {
    async fn handle(&self, request: ServerRequest) {
        request.into_handle().decline_silently();
    }
}

/// A handler that hands every request on, and where they come out: for programs whose own loop answers.
///
/// ```
/// use codex_ai::app_server::{ClientOptions, ServerRequest, forward_requests};
///
/// # async fn run() {
/// let (handler, mut requests) = forward_requests();
/// let options = ClientOptions::new().with_handler(handler);
/// // .. connect with the options, start turns, and in the program's loop:
/// while let Some(request) = requests.next().await {
///     match request {
///         ServerRequest::Command(request) if request.command.as_deref() == Some("true") => drop(request.accept()),
///         request => drop(request.decline()),
///     }
/// }
/// # }
/// ```
pub fn forward_requests() -> (ForwardRequests, ServerRequests) {
    let (sender, receiver) = mpsc::channel(WAITING);
    (ForwardRequests { sender }, ServerRequests { receiver })
}

/// Hands every request on to a [`ServerRequests`]; when that is dropped, all are declined, with a warning.
#[derive(Debug, Clone)]
pub struct ForwardRequests {
    sender: mpsc::Sender<ServerRequest>,
}

impl RequestHandler for ForwardRequests {
    async fn handle(&self, request: ServerRequest) {
        // Where nobody receives, the request comes back and is dropped, which declines it.
        drop(self.sender.send(request).await);
    }
}

/// What the server asks, one after another; of [`forward_requests`].
#[derive(Debug)]
pub struct ServerRequests {
    receiver: mpsc::Receiver<ServerRequest>,
}

impl ServerRequests {
    /// The next request that is not cancelled; `None` when the client is gone. Cancel-safe.
    pub async fn next(&mut self) -> Option<ServerRequest> {
        loop {
            let request = self.receiver.recv().await?;
            if !request.is_cancelled() {
                return Some(request);
            }
        }
    }

    /// The same, for threads without an async runtime.
    ///
    /// # Panics
    /// Within an async runtime.
    pub fn blocking_next(&mut self) -> Option<ServerRequest> {
        loop {
            let request = self.receiver.blocking_recv()?;
            if !request.is_cancelled() {
                return Some(request);
            }
        }
    }
}

/// A handler of one function that gets all requests.
///
/// ```
/// use codex_ai::app_server::{ClientOptions, ServerRequest, handler_fn};
///
/// let options = ClientOptions::new().with_handler(handler_fn(|request: ServerRequest| async move {
///     if let ServerRequest::Tool(request) = request {
///         drop(request.answer("12 degrees"));
///     } // All others are dropped, and so declined, with a warning.
/// }));
/// ```
pub fn handler_fn<F, Fut>(function: F) -> HandlerFn<F>
where
    F: Fn(ServerRequest) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = ()> + Send + 'static,
{
    HandlerFn(function)
}

/// See [`handler_fn`].
#[derive(Clone)]
pub struct HandlerFn<F>(F);

impl<F, Fut> RequestHandler for HandlerFn<F>
where
    F: Fn(ServerRequest) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = ()> + Send + 'static,
{
    fn handle(&self, request: ServerRequest) -> impl Future<Output = ()> + Send {
        (self.0)(request)
    }
}

impl<F> fmt::Debug for HandlerFn<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HandlerFn").finish_non_exhaustive()
    }
}
