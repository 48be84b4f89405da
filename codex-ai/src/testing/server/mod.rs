//! A server on loopback that speaks the vendors' formats over a real socket.

mod answer;
mod format;
mod frames;
mod handle;
mod pictures;
mod record;
mod route;
mod scenario;
mod sending;
mod step;

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use axum::Router;
use axum::serve::ListenerExt;
use tokio::sync::oneshot;

pub use record::{KEPT_REQUESTS, Recorded};
pub use scenario::SCENARIOS;
pub use step::Step;

use crate::error::{Error, ErrorKind, Result};
use crate::provider::Provider;
use record::Log;
use sending::Counters;

/// The threads that serve, so that an answer that works hard does not hold up the others.
const THREADS: usize = 2;

/// A server on loopback that speaks the formats of all vendors, backed by a provider or by a script.
///
/// The address says which format; the answer is streamed where the request asks for it.
///
/// | address | format | key |
/// | --- | --- | --- |
/// | `/v1/responses` | OpenAI's Responses API | `Authorization: Bearer KEY` |
/// | `/v1/chat/completions` | OpenAI's Chat Completions | the same, or `api-key: KEY` |
/// | `/v1/images/generations`, `/v1/images/edits` | OpenAI's images | the same |
/// | `/v1/messages` | Anthropic's Messages API | `x-api-key: KEY` or `Authorization: Bearer KEY` |
/// | `/v1beta/models/MODEL:generateContent`, `:streamGenerateContent?alt=sse` | Gemini | `x-goog-api-key: KEY` |
/// | `/v1beta/models/MODEL:predict` | Imagen | the same |
///
/// For OpenAI's formats `/api/v1` and `/openai/v1` stand for `/v1`, for Google's `/v1` and `/v1alpha` for `/v1beta`, with
/// or without `/publishers/google` behind it; all of them may be missing. A request needs a key, as at the vendor; which
/// one does not matter.
///
/// It runs on threads of its own, so that it works in tests with and without a runtime, and ends when it is dropped.
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
    /// How many connections were opened.
    connections: AtomicU64,
    counters: Arc<Counters>,
}

enum Backend {
    Provider(Arc<dyn Provider>),
    /// A provider, and faults by the name of the model, with how many times each was asked for.
    Scenarios(Arc<dyn Provider>, Mutex<HashMap<String, u64>>),
    Script(Mutex<VecDeque<Step>>),
}

impl WireServer {
    /// A server on a free port that asks this provider.
    ///
    /// # Errors
    /// [`ErrorKind::Other`] where no port or no thread is to be had.
    pub fn new(provider: impl Provider) -> Result<Self> {
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
    pub fn bind(port: u16, provider: impl Provider) -> Result<Self> {
        Self::start(port, Backend::Provider(Arc::new(provider)))
    }

    /// A server on this port that asks this provider, but gives a fault of [`SCENARIOS`] where the model has the name of
    /// one.
    ///
    /// # Errors
    /// As [`WireServer::bind`].
    pub fn with_scenarios(port: u16, provider: impl Provider) -> Result<Self> {
        Self::start(port, Backend::Scenarios(Arc::new(provider), Mutex::default()))
    }

    /// The base URL for a client of OpenAI's formats: `http://127.0.0.1:PORT/v1`.
    pub fn url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// The base URL for a client of Anthropic or Gemini: `http://127.0.0.1:PORT`.
    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
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

    /// How many connections were opened.
    pub fn connection_count(&self) -> u64 {
        self.shared.connections.load(Ordering::Relaxed)
    }

    /// How many answers the client left before they had ended: it closed the connection while the answer was made, or
    /// while it was sent.
    pub fn abandoned_count(&self) -> u64 {
        self.shared.counters.abandoned.load(Ordering::Relaxed)
    }

    /// How many bytes of bodies could be sent. What the client has not read stands in the buffers of the sockets.
    pub fn bytes_sent(&self) -> u64 {
        self.shared.counters.sent.load(Ordering::Relaxed)
    }

    fn start(port: u16, backend: Backend) -> Result<Self> {
        let failed = |error: std::io::Error| {
            Error::new(ErrorKind::Other, format!("the server cannot start: {error}")).with_source(error)
        };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(failed)?;
        listener.set_nonblocking(true).map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(THREADS)
            .thread_name("wire-server")
            .enable_all()
            .build()
            .map_err(failed)?;
        let shared = Arc::new(Shared {
            backend,
            log: Mutex::default(),
            count: AtomicU64::new(0),
            connections: AtomicU64::new(0),
            counters: Arc::default(),
        });
        let router = Router::new().fallback(handle::handle).with_state(Arc::clone(&shared));
        let accepted = Arc::clone(&shared);
        let (stop, stopped) = oneshot::channel::<()>();
        let serve = async move {
            let Ok(listener) = tokio::net::TcpListener::from_std(listener) else { return };
            // An answer must not wait for more to be sent with it.
            let listener = listener.tap_io(move |stream| {
                accepted.connections.fetch_add(1, Ordering::Relaxed);
                drop(stream.set_nodelay(true));
            });
            tokio::select! {
                _ = axum::serve(listener, router.into_make_service_with_connect_info::<SocketAddr>()) => {}
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
