//! How a client behaves.

mod spawn;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

pub use self::spawn::SpawnOptions;
use super::requests::{DeclineAll, ErasedHandler, RequestHandler};
use super::server::ServerVersion;

/// How a client behaves.
///
/// ```
/// use std::time::Duration;
///
/// use codex_ai::app_server::{ClientOptions, Overflow};
///
/// let options = ClientOptions::new()
///     .with_name("news-desk")
///     .with_request_timeout(Duration::from_secs(20))
///     .with_opt_out(["account/rateLimits/updated"])
///     .with_overflow(Overflow::Wait);
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub struct ClientOptions {
    pub(crate) name: String,
    pub(crate) title: Option<String>,
    pub(crate) version: String,
    pub(crate) experimental_api: bool,
    pub(crate) opt_out: Vec<String>,
    pub(crate) handler: Arc<dyn ErasedHandler>,
    pub(crate) request_timeout: Duration,
    pub(crate) max_in_flight: usize,
    pub(crate) overload: Overload,
    pub(crate) turn_budget: usize,
    pub(crate) overflow: Overflow,
    pub(crate) max_line: usize,
    pub(crate) max_unsent: usize,
    pub(crate) grace: Duration,
    pub(crate) interrupt_on_drop: bool,
    pub(crate) idle_timeout: Option<Duration>,
    pub(crate) minimum_version: Option<ServerVersion>,
}

/// What happens to the events of a turn that wait for a reader which is too slow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Overflow {
    /// The oldest are lost, pieces of texts first, and the reader is told how many
    /// ([`EventKind::Lagged`](super::EventKind::Lagged)).
    #[default]
    Lag,
    /// Nothing is lost: the client reads nothing more from the server until there is room. All turns wait then, and all
    /// requests.
    Wait,
}

/// How an overloaded server is asked again.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Overload {
    pub(crate) retries: u32,
    pub(crate) first_wait: Duration,
    pub(crate) longest_wait: Duration,
    pub(crate) turn_starts: bool,
}

impl Overload {
    /// The wait before the next try: twice the one before, a fifth more or less.
    pub(crate) fn wait(&self, retries: u32) -> Duration {
        let wait = self.first_wait.saturating_mul(1 << retries.min(16)).min(self.longest_wait);
        Duration::try_from_secs_f64(wait.as_secs_f64() * (0.8 + 0.4 * jitter())).unwrap_or(wait)
    }
}

/// A number from 0 to 1 that is another each time.
fn jitter() -> f64 {
    use std::hash::{BuildHasher, RandomState};
    (RandomState::new().hash_one(0_u8) >> 11) as f64 / (1_u64 << 53) as f64
}

impl Default for ClientOptions {
    fn default() -> Self {
        Self {
            name: env!("CARGO_PKG_NAME").to_owned(),
            title: None,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            experimental_api: true,
            opt_out: Vec::new(),
            handler: Arc::new(DeclineAll),
            request_timeout: Duration::from_secs(60),
            max_in_flight: 64,
            overload: Overload {
                retries: 3,
                first_wait: Duration::from_millis(250),
                longest_wait: Duration::from_secs(2),
                turn_starts: false,
            },
            turn_budget: 4 << 20,
            overflow: Overflow::Lag,
            max_line: 32 << 20,
            max_unsent: 64 << 20,
            grace: Duration::from_secs(2),
            interrupt_on_drop: false,
            idle_timeout: None,
            minimum_version: None,
        }
    }
}

impl ClientOptions {
    /// The defaults.
    pub fn new() -> Self {
        Self::default()
    }

    /// What the client calls itself: `codex-ai`. Codex sends it upstream, as originator and in its user agent.
    #[must_use]
    pub fn with_name(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// The name for people; none.
    #[must_use]
    pub fn with_title(mut self, title: impl Into<String>) -> Self {
        self.title = Some(title.into());
        self
    }

    /// The version of the program; that of this library.
    #[must_use]
    pub fn with_version(mut self, version: impl Into<String>) -> Self {
        self.version = version.into();
        self
    }

    /// Whether the experimental methods and fields may be used: yes. Without it the server refuses them
    /// ([`Unsupported`](crate::ErrorKind::Unsupported)).
    #[must_use]
    pub fn with_experimental_api(mut self, experimental: bool) -> Self {
        self.experimental_api = experimental;
        self
    }

    /// Notifications that the server shall not send, by the exact names of their methods, as
    /// `account/rateLimits/updated`: none. Whoever leaves out what belongs to turns does not see it in their streams; without
    /// `turn/completed` no turn ends.
    #[must_use]
    pub fn with_opt_out<T: Into<String>>(mut self, methods: impl IntoIterator<Item = T>) -> Self {
        self.opt_out = methods.into_iter().map(Into::into).collect();
        self
    }

    /// Answers what the server asks; without one, everything is declined.
    #[must_use]
    pub fn with_handler(mut self, handler: impl RequestHandler) -> Self {
        self.handler = Arc::new(handler);
        self
    }

    /// How long a call takes at most, waiting for its turn and all retries included: 60 seconds. An overloaded server
    /// loses answers (Codex 0.169.0), so there is always a limit; [`Duration::MAX`] is as good as none.
    #[must_use]
    pub fn with_request_timeout(mut self, timeout: Duration) -> Self {
        self.request_timeout = timeout;
        self
    }

    /// Refuses a server that is older than this, or tells no version, with an error of kind
    /// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported). Without it, one that is older than
    /// [`ServerVersion::TESTED`] is taken, and the log has a warning.
    #[must_use]
    pub fn with_minimum_version(mut self, version: ServerVersion) -> Self {
        self.minimum_version = Some(version);
        self
    }

    /// How many requests may be without an answer at once: 64, at least 1. More of them wait. `turn/interrupt`,
    /// `turn/steer` and `account/login/cancel` do not wait for these: 16 of them may be on the way beside. The answers to
    /// what the server asks never wait. A request whose asker has gone is not counted, though the server may still have
    /// it. Above 128 Codex 0.169.0 refuses some, above 300 it loses some.
    #[must_use]
    pub fn with_max_in_flight(mut self, requests: usize) -> Self {
        self.max_in_flight = requests;
        self
    }

    /// How often a request is made again where the server says that it is overloaded (`-32001`): 3 times. A
    /// `turn/start` is not, see [`with_turn_start_retries`](Self::with_turn_start_retries).
    #[must_use]
    pub fn with_overload_retries(mut self, retries: u32) -> Self {
        self.overload.retries = retries;
        self
    }

    /// The wait before the first of these retries, and the longest one: 250 milliseconds and 2 seconds. Each is twice
    /// the one before, a fifth more or less by chance.
    #[must_use]
    pub fn with_overload_waits(mut self, first: Duration, longest: Duration) -> Self {
        (self.overload.first_wait, self.overload.longest_wait) = (first, longest);
        self
    }

    /// Whether `turn/start` is made again too where the server is overloaded: no. A turn that was started after all would
    /// get its input twice.
    #[must_use]
    pub fn with_turn_start_retries(mut self, retries: bool) -> Self {
        self.overload.turn_starts = retries;
        self
    }

    /// The bytes of events of one turn that wait for its slowest reader: 4 MiB. What happens above, says
    /// [`with_overflow`](Self::with_overflow).
    #[must_use]
    pub fn with_turn_budget(mut self, bytes: usize) -> Self {
        self.turn_budget = bytes;
        self
    }

    /// What happens to the events of a turn that nobody reads in time.
    #[must_use]
    pub fn with_overflow(mut self, overflow: Overflow) -> Self {
        self.overflow = overflow;
        self
    }

    /// The bytes of the longest line that is read: 32 MiB. A longer one is skipped and counted
    /// ([`Counts::oversized_lines`](super::Counts::oversized_lines)), and a call whose answer it is fails with
    /// [`TooLarge`](crate::ErrorKind::TooLarge). Two lines of this length are the memory that one connection may take.
    #[must_use]
    pub fn with_max_line(mut self, bytes: usize) -> Self {
        self.max_line = bytes;
        self
    }

    /// The bytes that may wait for a server that does not read: 64 MiB. Above, requests wait, each no longer than its
    /// timeout. Above twice as much, the connection is closed ([`NotReading`](super::ClosedReason::NotReading)).
    #[must_use]
    pub fn with_max_unsent(mut self, bytes: usize) -> Self {
        self.max_unsent = bytes;
        self
    }

    /// How long the server has to end after its input was closed, before it is killed: 2 seconds. Codex 0.169.0 takes
    /// 35 milliseconds, and up to 300 with many threads.
    #[must_use]
    pub fn with_grace(mut self, grace: Duration) -> Self {
        self.grace = grace;
        self
    }

    /// Whether a turn is interrupted when its last handle is dropped before its end: no, it runs on.
    #[must_use]
    pub fn with_interrupt_on_drop(mut self, interrupt: bool) -> Self {
        self.interrupt_on_drop = interrupt;
        self
    }

    /// How long a turn may be without an event of its own before its stream ends in a
    /// [`Timeout`](crate::ErrorKind::Timeout): no limit.
    #[must_use]
    pub fn with_idle_timeout(mut self, timeout: Duration) -> Self {
        self.idle_timeout = Some(timeout);
        self
    }
}

impl fmt::Debug for ClientOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientOptions")
            .field("name", &self.name)
            .field("title", &self.title)
            .field("version", &self.version)
            .field("experimental_api", &self.experimental_api)
            .field("opt_out", &self.opt_out)
            .field("request_timeout", &self.request_timeout)
            .field("max_in_flight", &self.max_in_flight)
            .field("overload", &self.overload)
            .field("turn_budget", &self.turn_budget)
            .field("overflow", &self.overflow)
            .field("max_line", &self.max_line)
            .field("max_unsent", &self.max_unsent)
            .field("grace", &self.grace)
            .field("interrupt_on_drop", &self.interrupt_on_drop)
            .field("idle_timeout", &self.idle_timeout)
            .field("minimum_version", &self.minimum_version)
            .finish_non_exhaustive()
    }
}
