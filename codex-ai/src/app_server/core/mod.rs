//! The connection: requests and their answers, and the way of every event to who reads it.

mod call;
pub(crate) mod driver;
mod ending;
pub(crate) mod envelope;
mod interrupt;
mod lines;
pub(crate) mod log;
pub(crate) mod logins;
mod merge;
mod peek;
mod pending;
mod queue;
pub(crate) mod router;
mod routes;
mod scan;
mod turns;

use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::runtime::Handle;
use tokio::sync::{Semaphore, mpsc, watch};

pub(crate) use self::call::{Call, unwritable};
use self::driver::Reading;
use self::ending::{Signals, Stop};
use self::log::Limits;
use self::logins::Logins;
pub(crate) use self::queue::{Outgoing, Queue, WeakQueue};
use self::router::{Counts, Router};
use super::closed::Closed;
use super::event::Events;
use super::options::{ClientOptions, Overflow};
use super::process::{self, Process};
use super::requests::Requests;
use super::secrets::Secrets;
use crate::error::{Error, ErrorKind, Result};

/// The handle of a connection; when the last one is dropped, the server's input is closed.
#[derive(Clone)]
pub(crate) struct Core {
    shared: Arc<Shared>,
    _alive: Arc<Alive>,
}

/// What requests need. It does not keep the connection open.
struct Shared {
    router: Arc<Router>,
    queue: Queue,
    /// A permit for each request that may be without an answer at once.
    in_flight: Arc<Semaphore>,
    /// The same for those that end something: they are never behind the others.
    urgent: Arc<Semaphore>,
    stop: watch::Sender<Stop>,
    logins: Arc<Logins>,
    secrets: Secrets,
    closed: watch::Sender<Option<Arc<Closed>>>,
    options: ClientOptions,
    runtime: Handle,
}

/// Dropped with the last handle.
struct Alive(Arc<Shared>);

impl Drop for Alive {
    fn drop(&mut self) {
        self.0.shut_down();
    }
}

/// Requests beside those of `max_in_flight`.
const URGENT: usize = 16;

impl Core {
    /// Starts the two tasks of a connection.
    pub(crate) fn start<R, W>(reader: R, writer: W, options: ClientOptions, process: Option<Process>) -> Result<Self>
    where
        R: AsyncRead + Send + Unpin + 'static,
        W: AsyncWrite + Send + Unpin + 'static,
    {
        const MERGE_ABOVE: usize = 128 << 10;
        const HISTORY: usize = 32 << 10;
        const GLOBAL: usize = 256 << 10;
        let runtime = Handle::try_current().map_err(|_| process::no_runtime())?;
        let budget = options.turn_budget;
        let limits =
            Limits { budget, merge_above: MERGE_ABOVE.min(budget / 2), history: HISTORY, overflow: options.overflow };
        let global = Limits { budget: GLOBAL, merge_above: usize::MAX, history: 0, overflow: Overflow::Lag };
        let router = Router::new(limits, global);
        let (stop, _) = watch::channel(Stop::Running);
        let (write_failed, write_failure) = watch::channel(None);
        let (closed, _) = watch::channel(None);
        let logins = Arc::new(Logins::default());
        let (unwanted, to_end) = mpsc::unbounded_channel();
        let secrets = process.as_ref().map(Process::secrets).unwrap_or_default();
        let (queue, lines) = Queue::new(options.max_unsent, stop.clone());
        let reading = Reading {
            reader,
            router: Arc::clone(&router),
            requests: Requests::new(options.handler.clone(), queue.downgrade()),
            logins: Arc::clone(&logins),
            queue: queue.downgrade(),
            signals: Signals::new(process, stop.clone(), write_failure, options.grace),
            max_line: options.max_line,
            writing: runtime.spawn(driver::write(writer, lines, write_failed)),
            closed: closed.clone(),
            unwanted,
        };
        runtime.spawn(reading.run());
        let in_flight = options.max_in_flight.clamp(1, Semaphore::MAX_PERMITS);
        let shared = Arc::new(Shared {
            router,
            queue,
            in_flight: Arc::new(Semaphore::new(in_flight)),
            urgent: Arc::new(Semaphore::new(URGENT)),
            stop,
            logins,
            secrets,
            closed,
            options,
            runtime,
        });
        interrupt::serve(&shared.runtime, Arc::downgrade(&shared), to_end);
        Ok(Self { _alive: Arc::new(Alive(Arc::clone(&shared))), shared })
    }

    /// Asks, and reads the answer.
    pub(crate) async fn call<T: DeserializeOwned>(&self, method: &str, params: &impl Serialize) -> Result<T> {
        let (raw, _) = self.call_raw(method, params, &Call::default()).await?;
        read(method, &raw)
    }

    /// Asks, and gives the raw answer, with the events of the turn that it names.
    pub(crate) async fn call_raw(
        &self,
        method: &str,
        params: &impl Serialize,
        call: &Call,
    ) -> Result<(Box<RawValue>, Option<Events>)> {
        self.shared.call(method, params, call).await
    }

    /// Tells the server something that it does not answer.
    pub(crate) fn notify(&self, method: &str) -> Result<()> {
        #[derive(Serialize)]
        struct Line<'a> {
            method: &'a str,
        }
        let line = serde_json::to_vec(&Line { method }).map_err(|error| unwritable(method, error))?;
        let _ = self.shared.queue.send(Outgoing::Line(line));
        Ok(())
    }

    /// Makes a request whose answer nobody waits for; for drops. It goes out before what is asked later, and does not
    /// keep the connection open.
    pub(crate) fn fire(&self, method: &'static str, params: &impl Serialize) {
        if let Ok(params) = serde_json::value::to_raw_value(params) {
            self.shared.fire(method, params, Call::default());
        }
    }

    pub(crate) fn turn_events(&self, turn: &str) -> Events {
        self.shared.router.turn(turn)
    }

    pub(crate) fn thread_events(&self, thread: &str) -> Events {
        self.shared.router.thread(thread)
    }

    pub(crate) fn global_events(&self) -> Events {
        self.shared.router.global()
    }

    pub(crate) fn counts(&self) -> Counts {
        self.shared.router.counts()
    }

    pub(crate) fn closed(&self) -> Option<Arc<Closed>> {
        self.shared.router.closed()
    }

    pub(crate) fn logins(&self) -> &Arc<Logins> {
        &self.shared.logins
    }

    /// What no error is to repeat.
    pub(crate) fn secrets(&self) -> &Secrets {
        &self.shared.secrets
    }

    pub(crate) fn options(&self) -> &ClientOptions {
        &self.shared.options
    }

    /// Closes the server's input, waits for its end, and ends it where it takes too long.
    pub(crate) async fn shutdown(&self) -> Arc<Closed> {
        self.shared.shut_down();
        self.shared.ended().await
    }
}

impl Shared {
    fn shut_down(&self) {
        let _ = self.queue.send(Outgoing::End);
        self.stop.send_if_modified(Stop::shut_down);
    }

    /// Waits until the connection is closed.
    async fn ended(&self) -> Arc<Closed> {
        let mut closed = self.closed.subscribe();
        let closed = closed.wait_for(Option::is_some).await.ok().and_then(|closed| closed.clone());
        match closed {
            Some(closed) => closed,
            // Not reached: its sender is here.
            None => std::future::pending().await,
        }
    }
}

/// Reads an answer.
pub(crate) fn read<T: DeserializeOwned>(method: &str, raw: &RawValue) -> Result<T> {
    serde_json::from_str(raw.get()).map_err(|error| {
        Error::new(ErrorKind::Protocol, format!("the answer to `{method}` has another form than was expected: {error}"))
            .with_help("use `Client::request_raw`, and report which version of the server it is")
            .with_source(error)
    })
}
