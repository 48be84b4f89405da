//! A server on loopback that speaks a vendor's format over a real socket.

mod answer;
mod record;
mod step;

use std::collections::VecDeque;
use std::fmt;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use axum::Router;
use axum::extract::{Request as HttpRequest, State};
use axum::response::Response;
use axum::serve::ListenerExt;
use http::header::AUTHORIZATION;
use http::{HeaderMap, Method};
use tokio::sync::oneshot;

pub use record::{KEPT_REQUESTS, Recorded};
pub use step::Step;

use crate::error::{Error, ErrorKind, Result};
use crate::provider::Provider;
use crate::wire::openai_responses::decode_request;
use answer::{failure, result, text};
use record::Log;

/// The largest request that the server reads: 64 MiB.
const REQUEST_LIMIT: usize = 64 << 20;

/// A server on loopback that speaks OpenAI's Responses API, backed by a provider or by a script.
///
/// It runs on a thread of its own, so that it works in tests with and without a runtime, and ends when it is dropped.
/// As at OpenAI a request needs a key; which one does not matter.
///
/// ```
/// use codex_ai::provider::openai::OpenAi;
/// use codex_ai::testing::{Step, WireServer};
/// use codex_ai::{Message, Provider, Reply, Request};
///
/// # fn main() -> codex_ai::Result<()> {
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// let server = WireServer::script([Step::reply(Reply::from_text("gpt-5.6-luna", "Hello"))])?;
/// let openai = OpenAi::builder().key("test-key").base_url(server.url()).build()?;
/// let reply = openai.generate(&Request::new(vec![Message::user("Hi")])).await?;
/// assert_eq!(reply.text(), "Hello");
/// assert_eq!(server.requests()[0].json()["input"], "Hi");
/// # Ok(())
/// # })
/// # }
/// ```
#[must_use = "the server ends when it is dropped"]
pub struct WireServer {
    address: SocketAddr,
    shared: Arc<Shared>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

struct Shared {
    backend: Backend,
    log: Mutex<Log>,
    /// How many requests came; their ids are made from it.
    count: AtomicU64,
}

enum Backend {
    Provider(Arc<dyn Provider>),
    Script(Mutex<VecDeque<Step>>),
}

impl WireServer {
    /// A server on a free port that asks this provider.
    ///
    /// # Errors
    /// [`ErrorKind::Other`] where no port or no thread is to be had.
    pub fn new(provider: impl Provider + 'static) -> Result<Self> {
        Self::bind(0, provider)
    }

    /// A server on a free port that gives these answers, in order.
    ///
    /// # Errors
    /// As [`WireServer::new`].
    pub fn script(steps: impl IntoIterator<Item = Step>) -> Result<Self> {
        Self::start(0, Backend::Script(Mutex::new(steps.into_iter().collect())))
    }

    /// A server on this port that asks this provider; `0` is any free port.
    ///
    /// # Errors
    /// [`ErrorKind::Other`] where the port is taken, or no thread is to be had.
    pub fn bind(port: u16, provider: impl Provider + 'static) -> Result<Self> {
        Self::start(port, Backend::Provider(Arc::new(provider)))
    }

    /// The base URL for a client: `http://127.0.0.1:PORT/v1`.
    pub fn url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// The port.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// The requests that came, oldest first; of a server that runs long the newest [`KEPT_REQUESTS`].
    pub fn requests(&self) -> Vec<Recorded> {
        self.shared.log.lock().unwrap_or_else(PoisonError::into_inner).all()
    }

    /// How many requests came.
    pub fn request_count(&self) -> u64 {
        self.shared.count.load(Ordering::Relaxed)
    }

    fn start(port: u16, backend: Backend) -> Result<Self> {
        let failed = |error: std::io::Error| {
            Error::new(ErrorKind::Other, format!("the server cannot start: {error}")).with_source(error)
        };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(failed)?;
        listener.set_nonblocking(true).map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(failed)?;
        let shared = Arc::new(Shared { backend, log: Mutex::default(), count: AtomicU64::new(0) });
        let router = Router::new().fallback(handle).with_state(Arc::clone(&shared));
        let (stop, stopped) = oneshot::channel::<()>();
        let serve = async move {
            let Ok(listener) = tokio::net::TcpListener::from_std(listener) else { return };
            // An answer must not wait for more to be sent with it.
            let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
            tokio::select! {
                _ = axum::serve(listener, router) => {}
                _ = stopped => {}
            }
        };
        let thread = std::thread::Builder::new()
            .name("wire-server".to_owned())
            .spawn(move || {
                runtime.block_on(serve);
                // Ends the open connections, too: nobody is left to answer them.
                runtime.shutdown_background();
            })
            .map_err(failed)?;
        Ok(Self { address, shared, stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for WireServer {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has ended as well.
            drop(thread.join());
        }
    }
}

impl fmt::Debug for WireServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WireServer")
            .field("address", &self.address)
            .field("requests", &self.request_count())
            .finish_non_exhaustive()
    }
}

async fn handle(State(shared): State<Arc<Shared>>, request: HttpRequest) -> Response {
    let number = shared.count.fetch_add(1, Ordering::Relaxed) + 1;
    let id = format!("req_{number}");
    let (head, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, REQUEST_LIMIT).await else {
        return text(413, &id, "the request is too large or broke off", "request_too_large");
    };
    let path = head.uri.path().to_owned();
    let has_key = has_key(&head.headers);
    let recorded = Recorded::new(head.method.clone(), path.clone(), head.headers, body.clone());
    shared.log.lock().unwrap_or_else(PoisonError::into_inner).push(recorded);

    if path != "/v1/responses" {
        return text(404, &id, &format!("Unknown address: {} {path}", head.method), "unknown_url");
    }
    if head.method != Method::POST {
        return text(405, &id, &format!("{} is not possible here", head.method), "method_not_supported");
    }
    if !has_key {
        return text(401, &id, "No key: expected a header `Authorization: Bearer KEY`", "invalid_api_key");
    }
    let provider = match &shared.backend {
        Backend::Provider(provider) => provider,
        Backend::Script(steps) => {
            let step = steps.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
            return match step {
                Some(step) => step.answer(number, &id).await,
                // A status that no client tries again.
                None => text(400, &id, "the script has no answer left", "script_exhausted"),
            };
        }
    };
    let incoming = match decode_request(&body) {
        Ok(incoming) => incoming,
        Err(error) => return failure(&error, &id),
    };
    if incoming.stream {
        return text(400, &id, "This server does not stream", "unsupported_parameter");
    }
    result(provider.generate(&incoming.request).await, number, &id)
}

fn has_key(headers: &HeaderMap) -> bool {
    let value = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    value.and_then(|value| value.strip_prefix("Bearer ")).is_some_and(|key| !key.trim().is_empty())
}
