//! The runtime behind blocking calls.

use std::future::poll_fn;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use tokio::runtime::{Builder, Handle, Runtime};

use crate::error::{Error, ErrorKind, Result};

/// A runtime with one thread of its own, which moves sockets and timers; the work of a call is done by its caller.
#[derive(Debug)]
pub(super) struct Background {
    runtime: Option<Runtime>,
    owner: Owner,
}

/// Whose calls they are; for the texts of errors.
#[derive(Debug, Clone, Copy)]
pub(super) enum Owner {
    Dispatcher,
    #[cfg(feature = "app-server")]
    AppServer,
}

impl Owner {
    pub(super) fn refusal(self) -> Error {
        let (message, help) = match self {
            Self::Dispatcher => (
                "the blocking dispatcher was used inside an async runtime",
                "use the async `Dispatcher`, or `tokio::task::spawn_blocking`",
            ),
            #[cfg(feature = "app-server")]
            Self::AppServer => (
                "the blocking client of the app server was used inside an async runtime",
                "use the async `app_server::Client`, or `tokio::task::spawn_blocking`",
            ),
        };
        Error::new(ErrorKind::Blocking, message).with_help(help)
    }
}

impl Background {
    pub(super) fn start(owner: Owner) -> Result<Self> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("codex-ai-blocking")
            .enable_all()
            .build()
            .map_err(|error| {
                Error::new(ErrorKind::Other, "cannot start a thread for blocking calls").with_source(error)
            })?;
        Ok(Self { runtime: Some(runtime), owner })
    }

    pub(super) fn wait<T>(&self, work: impl Future<Output = Result<T>>) -> Result<T> {
        let mut work = pin!(work);
        let mut ended = None;
        let mut poll = poll_fn(|cx| {
            let polled = work.as_mut().poll(cx);
            polled.map(|value| ended = Some(value))
        });
        self.run(&mut poll);
        match ended {
            Some(ended) => ended,
            None => Err(self.owner.refusal()),
        }
    }

    /// Runs to the end; not at all inside an async runtime. It takes any future, so that tokio's part is compiled once.
    fn run(&self, work: &mut (dyn Future<Output = ()> + Unpin)) {
        match &self.runtime {
            Some(runtime) if !inside_async() => runtime.handle().block_on(work),
            _ => {}
        }
    }

    /// What a stream gives next; `refused` is whether it was asked inside an async runtime, and said so.
    pub(super) fn next<T>(
        &self,
        next: impl Future<Output = Option<Result<T>>>,
        refused: &mut bool,
    ) -> Option<Result<T>> {
        let told = std::mem::take(refused);
        match self.wait(async { Ok(next.await) }) {
            Ok(next) => next,
            // Told for ever, it would be a loop without an end for whoever collects the pieces.
            Err(_) if told => None,
            Err(error) => {
                *refused = true;
                Some(Err(error))
            }
        }
    }

    /// Ends with this work, which goes on without anybody who waits for it.
    #[cfg(feature = "app-server")]
    pub(super) fn end_after(mut self, work: impl Future<Output = ()> + Send + 'static) {
        if let Some(runtime) = self.runtime.take() {
            let handle = runtime.handle().clone();
            handle.spawn(async move {
                work.await;
                runtime.shutdown_background();
            });
        }
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // Waiting for it would be a panic inside another runtime.
            runtime.shutdown_background();
        }
    }
}

/// Whether this thread is polling a future of tokio's, where waiting is not allowed.
///
/// A runtime's handle is there in `spawn_blocking` too, where waiting is fine, and tokio has no question for the
/// difference. But it limits how much a future may do in one poll, and nothing else: so the limit tells. Asking for it
/// takes from it, and each permit gives back what it took when it is dropped unused.
pub(super) fn inside_async() -> bool {
    // Above tokio's own limit of 128.
    const MORE_THAN_THE_LIMIT: usize = 256;
    if Handle::try_current().is_err() {
        return false;
    }
    let mut context = Context::from_waker(Waker::noop());
    let mut permits = Vec::new();
    for _ in 0..MORE_THAN_THE_LIMIT {
        match tokio::task::coop::poll_proceed(&mut context) {
            Poll::Ready(permit) => permits.push(permit),
            Poll::Pending => {
                // The last one to be dropped restores the most.
                while permits.pop().is_some() {}
                return true;
            }
        }
    }
    false
}
