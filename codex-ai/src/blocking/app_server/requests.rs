//! What the server asks, for threads.

use crate::app_server::{self as twin, ForwardRequests, ServerRequest};
use crate::blocking::background::{Owner, inside_async};
#[cfg(doc)]
use crate::error::ErrorKind;
use crate::error::Result;

/// A handler that hands every request on, and the other end, which a thread of the program reads.
///
/// ```
/// use codex_ai::app_server::{ClientOptions, ServerRequest};
/// use codex_ai::blocking::app_server::forward_requests;
///
/// let (handler, requests) = forward_requests();
/// let options = ClientOptions::new().with_handler(handler);
/// std::thread::spawn(move || {
///     for request in requests {
///         match request? {
///             ServerRequest::Command(request) if request.command.as_deref() == Some("true") => request.accept()?,
///             request => request.decline()?,
///         }
///     }
///     Ok::<_, codex_ai::Error>(())
/// });
/// // .. connect with the options, and start turns.
/// ```
pub fn forward_requests() -> (ForwardRequests, ServerRequests) {
    let (handler, inner) = twin::forward_requests();
    (handler, ServerRequests { inner, refused: false })
}

/// The blocking twin of [`ServerRequests`](twin::ServerRequests): an iterator that waits for each request, and ends when
/// the client is gone.
///
/// Inside an async runtime it gives one error of kind [`ErrorKind::Blocking`] and then `None`. No request is lost:
/// outside of the runtime it goes on.
#[derive(Debug)]
pub struct ServerRequests {
    inner: twin::ServerRequests,
    refused: bool,
}

impl Iterator for ServerRequests {
    type Item = Result<ServerRequest>;

    fn next(&mut self) -> Option<Result<ServerRequest>> {
        let told = std::mem::take(&mut self.refused);
        match inside_async() {
            false => self.inner.blocking_next().map(Ok),
            true if told => None,
            true => {
                self.refused = true;
                Some(Err(Owner::AppServer.refusal()))
            }
        }
    }
}
